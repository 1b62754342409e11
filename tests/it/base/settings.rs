//! Settings that gates are judged by: another one is told as any weaker gate is.

use lockgate::outcome::Class;

use super::{Repository, commit, told};
use crate::shop::write;

const MANIFEST: &str = "lockgate.toml";
const ASKED: &str = "[[expect]]
kind = \"fresh\"
column = \"file_date\"
within = \"45 days\"

[[expect]]
kind = \"row_count\"
against = { previous = 3 }
between = [0.8, 1.25]

[[expect]]
kind = \"between\"
column = \"orders\"
min = 0
";

/// The shop, in which one model is asked how old it is and how it compares with its past.
fn dated() -> Repository {
    let repository = Repository::shop();
    write(&repository.root, "expectations/marts/mart_days.toml", ASKED);
    commit(repository.folder.path());
    repository
}

fn manifest(repository: &Repository, more: &str) {
    let text = format!("name = \"shop\"\nlayers = [\"base\", \"marts\"]\n{more}");
    write(&repository.root, MANIFEST, &text);
}

#[test]
fn another_day_to_judge_by_is_a_weaker_gate_of_every_table_that_asks_for_one() {
    let repository = dated();
    manifest(&repository, "as_of = \"newest_file\"\n");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking as_of_changed"]);
    assert_eq!(changes[0].table, "mart_days");
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(problem.code(), "lockgate::base::weakened");
    assert_eq!(problem.place(), Some((MANIFEST.to_owned(), 3)));
    assert_eq!(
        problem.message(),
        "a gate of `mart_days` is weaker, and nobody says why: as_of was \"now\" and is \"newest_file\", by which \
         `fresh(file_date)`, `row_count` is judged"
    );
    let output = repository.command(&["check", "--base", "main"]);
    assert_eq!(output.status.code(), Some(2));

    let reason = "as_of = \"newest_file\"\nweakened = \"old months are judged again\"\n";
    manifest(&repository, reason);
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["compatible as_of_changed"]);
    assert_eq!(
        changes[0].reason.as_deref(),
        Some("old months are judged again")
    );
    assert!(problems.is_empty());
    commit(repository.folder.path());
    // The reason is that of the last time, and a key that is gone is told at the file's first line.
    manifest(&repository, "weakened = \"old months are judged again\"\n");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking as_of_changed"]);
    assert_eq!(problems[0].place(), Some((MANIFEST.to_owned(), 1)));
}

#[test]
fn another_day_to_judge_by_is_no_change_where_nothing_asks_for_one() {
    let repository = Repository::shop();
    manifest(&repository, "as_of = \"newest_file\"\nsamples = 0\n");
    assert_eq!(repository.changes().0, []);
}

#[test]
fn a_warehouse_without_the_past_and_links_to_files_elsewhere_are_weaker_gates() {
    let repository = dated();
    manifest(&repository, "warehouse = \"elsewhere\"\n");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking warehouse_changed"]);
    assert!(
        problems[0]
            .message()
            .ends_with("another warehouse has another past, by which `row_count` is judged"),
        "{problems:?}"
    );
    manifest(&repository, "outside_links = true\n");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking links_allowed"]);
    assert_eq!(changes[0].table, "raw.orders");
    assert_eq!(problems.len(), 1);
    commit(repository.folder.path());
    manifest(&repository, "");
    assert_eq!(repository.changes().0, []);
}

#[test]
fn one_setting_is_told_once_with_all_that_feel_it() {
    let repository = dated();
    write(
        &repository.root,
        "expectations/base/base_orders.toml",
        ASKED.rsplit_once("[[expect]]").unwrap().0,
    );
    commit(repository.folder.path());
    manifest(&repository, "as_of = \"newest_file\"\n");
    let (changes, problems) = repository.changes();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| change.class == Class::Breaking));
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert!(
        problem.message().ends_with("; so are those of `mart_days`"),
        "{}",
        problem.message()
    );
}

#[test]
fn a_reason_of_no_words_is_refused_in_the_manifest_too() {
    let repository = dated();
    manifest(&repository, "weakened = \" \"\n");
    let error = lockgate::project::load(&repository.root).unwrap_err();
    assert!(
        error.to_string().contains("the reason says nothing"),
        "{error}"
    );
}
