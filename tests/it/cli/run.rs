//! `run` as a command: its documents, its exit codes, what it selects.

use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use super::{Answer, lockgate, root, starter, steady};
use crate::shop::{pin, write};

const EXPECTATIONS: &str = "expectations/base/base_contacts.toml";

/// One run of the leads project into a warehouse of its own.
static LEADS: LazyLock<(TempDir, Answer)> = LazyLock::new(|| {
    let warehouse = tempfile::tempdir().unwrap();
    let at = warehouse.path().to_str().unwrap();
    let answer = lockgate(&root(), &["run", "--warehouse", at, "--format", "json"]);
    (warehouse, answer)
});

/// The starter with one more expectation of its base model.
fn starter_with(expectation: &str) -> TempDir {
    let folder = starter();
    let path = folder.path().join(EXPECTATIONS);
    let text = std::fs::read_to_string(path).unwrap() + "\n[[expect]]\n" + expectation;
    write(folder.path(), EXPECTATIONS, &text);
    folder
}

const MAPLE: &str = "kind = \"holds\"\nid = \"not_maple\"\nsql = \"company not like 'Maple%'\"\nbecause = \"maple closed in 2023\"\n";

fn names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn holds_all(value: &Value, wanted: &[&str]) {
    let has = names(value);
    for name in wanted {
        assert!(has.contains(name), "{name} in {has:?}");
    }
}

#[test]
fn the_json_document_of_a_run_has_the_fields_that_are_promised() {
    let (_, answer) = &*LEADS;
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(answer.err, "");
    let run = answer.json();
    holds_all(&run, &["run_id", "verdict", "models", "files"]);
    let models = run["models"].as_array().unwrap();
    assert_eq!(models.len(), 13);
    for model in models {
        holds_all(model, &["name", "layer", "gate", "rows", "outcomes"]);
        assert_eq!(model["gate"], "open");
        for outcome in model["outcomes"].as_array().unwrap() {
            let wanted = [
                "id", "kind", "severity", "verdict", "rows", "of", "value", "because", "location",
                "samples",
            ];
            holds_all(outcome, &wanted);
            assert_eq!(names(&outcome["location"]), ["file", "line"]);
            let file = outcome["location"]["file"].as_str().unwrap();
            assert!(root().join(file).is_file(), "{file}");
        }
    }
    let files = run["files"].as_array().unwrap();
    assert_eq!(files.len(), 12);
    for file in files {
        let wanted = [
            "source", "name", "date", "sha256", "rows", "state", "reason",
        ];
        holds_all(file, &wanted);
        assert_eq!(file["state"], "new");
        assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn the_outcomes_of_a_run_as_csv_are_one_line_each() {
    let folder = starter();
    let answer = lockgate(folder.path(), &["run", "--format", "csv"]);
    pin("cli", [("run as csv", answer.whole())]);
}

#[test]
fn a_run_of_the_starter_passes_and_a_second_finds_nothing_new() {
    let folder = starter();
    let first = lockgate(folder.path(), &["run"]);
    let second = lockgate(folder.path(), &["run"]);
    let quiet = lockgate(folder.path(), &["run", "-q"]);
    let verbose = lockgate(folder.path(), &["run", "-v"]);
    pin(
        "cli",
        [
            ("run that passes", steady(&first.whole())),
            ("run again", steady(&second.whole())),
            ("run quietly", steady(&quiet.whole())),
            ("run verbosely", steady(&verbose.whole())),
        ],
    );
}

#[test]
fn a_failing_run_shows_what_failed_where_and_what_to_do() {
    let folder = starter_with(MAPLE);
    let answer = lockgate(folder.path(), &["run"]);
    let json = lockgate(folder.path(), &["run", "--format", "json"]);
    assert_eq!(json.code, 1);
    let run = json.json();
    assert_eq!(run["models"][0]["gate"], "closed");
    assert_eq!(run["models"][1]["gate"], "skipped");
    let quiet = lockgate(folder.path(), &["run", "-q"]);
    let warned = ["run", "--severity", "base_contacts.not_maple=warn"];
    let warned = lockgate(folder.path(), &warned);
    pin(
        "cli",
        [
            ("run that fails", steady(&answer.whole())),
            ("run that fails quietly", steady(&quiet.whole())),
            (
                "run that fails with the severity lowered",
                steady(&warned.whole()),
            ),
        ],
    );
}

#[test]
fn warnings_fail_only_on_demand() {
    let folder = starter_with(&format!("{MAPLE}severity = \"warn\"\n"));
    assert_eq!(lockgate(folder.path(), &["run"]).code, 0);
    assert_eq!(
        lockgate(folder.path(), &["run", "--fail-on", "warn"]).code,
        1
    );
}

#[test]
fn a_refused_file_fails_the_run_and_keeps_its_readers_waiting() {
    let folder = starter();
    let text = "Id,Company,Phone No,Since\n\
        8,Blue Door Nursery,421-337-0199,2020-01-01\n\
        9,Red Door Nursery,421-337-0198,2021-01-01\n";
    write(folder.path(), "data/contacts_2024-03-01.csv", text);
    write(folder.path(), "data/notes.csv", "a,b\n1,2\n");
    let answer = lockgate(folder.path(), &["run"]);
    pin(
        "cli",
        [("run with a refused file", steady(&answer.whole()))],
    );
}

#[test]
fn a_wrong_term_of_a_run_names_what_there_is() {
    let folder = starter();
    let cases = [
        (
            "run with an unknown severity id",
            "--severity",
            "not_null(companie)=warn",
        ),
        (
            "run with a severity id like none",
            "--severity",
            "zebra=warn",
        ),
        (
            "run with a severity that is none",
            "--severity",
            "phone_valid",
        ),
        (
            "run with an unknown model selected",
            "--select",
            "stg_contact",
        ),
        (
            "run superseding an unknown file",
            "--supersede",
            "contacts_2024-01-02.csv",
        ),
    ];
    let here = folder.path().to_str().unwrap();
    let told = |flag, term| {
        let answer = lockgate(folder.path(), &["run", flag, term]);
        answer.whole().replace(here, "<project>")
    };
    pin(
        "cli",
        cases.map(|(name, flag, term)| (name, told(flag, term))),
    );
}

#[test]
fn selection_follows_names_globs_layers_paths_and_the_graph() {
    let project = lockgate::project::load(&root()).unwrap();
    let selected = |terms: &str| -> Vec<String> {
        let found = lockgate::project::select(&project, &[terms.to_owned()], None);
        found.unwrap().into_iter().collect()
    };
    let stg_1 = ["stg_leads_source_1"];
    assert_eq!(selected("stg_leads_source_1"), stg_1);
    assert_eq!(
        selected("+stg_leads_source_1"),
        ["base_leads_source_1", "stg_leads_source_1"]
    );
    assert_eq!(
        selected("1+stg_leads_source_1"),
        ["base_leads_source_1", "stg_leads_source_1"]
    );
    let down = selected("stg_leads_source_1+1");
    assert_eq!(
        down,
        ["dim_prospective_leads_source_level", "stg_leads_source_1"]
    );
    let around = selected("+stg_leads_source_1+");
    assert!(around.contains(&"base_leads_source_1".to_owned()));
    assert!(around.contains(&"source_overlap".to_owned()));
    assert!(!around.contains(&"stg_leads_source_2".to_owned()));
    assert_eq!(selected("layer:dims").len(), 2);
    assert_eq!(selected("path:models/dims"), selected("layer:dims"));
    assert_eq!(
        selected("path:models/staging/stg_leads_source_1.sql"),
        stg_1
    );
    assert_eq!(selected("*_source_1").len(), 2);
    assert_eq!(selected("layer:staging,*_source_1"), stg_1);
    assert_eq!(selected("layer:dims stg_leads_source_1").len(), 3);
    assert_eq!(selected("layer:dims,layer:base"), Vec::<String>::new());
    for wrong in ["layer:dim", "path:models/none", "stg_?", "+nope"] {
        let error = lockgate::project::select(&project, &[wrong.to_owned()], None).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{wrong}");
    }
}

#[test]
fn a_selected_run_builds_only_what_is_selected() {
    let folder = starter();
    let args = ["run", "--select", "base_contacts", "--format", "json"];
    let run = lockgate(folder.path(), &args).json();
    let models = run["models"].as_array().unwrap();
    let built: Vec<&Value> = models.iter().map(|model| &model["name"]).collect();
    assert_eq!(built, ["base_contacts"]);
    let args = [
        "run",
        "--select",
        "layer:staging",
        "+stg_contacts",
        "--format",
        "json",
    ];
    let answer = lockgate(folder.path(), &args);
    assert_eq!(answer.code, 0);
    assert_eq!(answer.json()["models"].as_array().unwrap().len(), 2);
}

#[test]
fn samples_of_0_keep_every_value_out_of_every_output() {
    let folder = starter_with(MAPLE);
    let path = folder.path().join("lockgate.toml");
    let text = std::fs::read_to_string(path).unwrap();
    write(
        folder.path(),
        "lockgate.toml",
        &text.replace("samples = 5", "samples = 0"),
    );
    for format in ["table", "json", "csv"] {
        let answer = lockgate(folder.path(), &["run", "--format", format]);
        assert_eq!(answer.code, 1);
        let said = answer.out + &answer.err;
        assert!(!said.contains("Maple Grove"), "{said}");
    }
    let sql = "select record from history.runs where record like '%Maple Grove%'";
    let answer = lockgate(folder.path(), &["query", sql, "--format", "csv"]);
    assert_eq!(answer.out, "record\n");
}
