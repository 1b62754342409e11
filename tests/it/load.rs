//! Each problem of loading a project, as it is shown.

mod cases;
mod expected;

use crate::shop::{Change, pin, project, rendered};
use cases::{CONTRACTS, Case, FILES, MODEL, MODELS, SOURCES, TOGETHER};
use expected::EXPECTED;

fn told(changes: &[Change]) -> String {
    let folder = project(changes);
    match lockgate::project::load(folder.path()) {
        Ok(_) => "no problem\n".to_owned(),
        Err(error) => rendered(error.problems()),
    }
}

fn pinned(cases: &'static [Case]) {
    pin(
        "load",
        cases.iter().map(|(name, changes)| (*name, told(changes))),
    );
}

#[test]
fn the_sound_project_has_no_problem() {
    assert_eq!(told(&[]), "no problem\n");
}

#[test]
fn problems_of_the_manifest_and_the_folders_are_told() {
    pinned(FILES);
}

#[test]
fn problems_of_contracts_are_told() {
    pinned(CONTRACTS);
}

#[test]
fn problems_of_source_contracts_are_told() {
    pinned(SOURCES);
}

#[test]
fn problems_of_expectations_are_told() {
    pinned(EXPECTED);
}

#[test]
fn problems_of_models_are_told() {
    pinned(MODELS);
}

#[test]
fn problems_of_several_files_are_told_in_one_go() {
    pinned(TOGETHER);
}

#[test]
fn a_model_that_is_not_text_is_told_and_its_readers_are_not() {
    let folder = project(&[]);
    std::fs::write(folder.path().join(MODEL), b"select '\xff' as id\n").unwrap();
    let error = lockgate::project::load(folder.path()).unwrap_err();
    pin(
        "load",
        [("a model that is not UTF-8 text", rendered(error.problems()))],
    );
}

#[test]
fn a_folder_in_no_project_is_told_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = lockgate::project::find(folder.path()).unwrap_err();
    pin(
        "load",
        [("a folder in no project", rendered(error.problems()))],
    );
}
