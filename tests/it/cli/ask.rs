//! The commands that answer without building: query, show, history, explain, init, sample.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{RUN, lockgate, starter, steady};
use crate::shop::pin;

#[test]
fn a_query_answers_in_each_format() {
    let sql = "select id, phone, file_line from stg_contacts order by id limit 2";
    let cases = [
        ("query as table", "table"),
        ("query as csv", "csv"),
        ("query as json", "json"),
    ];
    pin(
        "cli",
        cases.map(|(name, format)| {
            (
                name,
                lockgate(RUN.path(), &["query", sql, "--format", format]).whole(),
            )
        }),
    );
}

#[test]
fn a_query_that_is_wrong_or_fails_says_so_with_its_exit_code() {
    let cases = [
        (
            "query of an unknown column",
            "select nope from stg_contacts",
        ),
        ("query of an unknown table", "select id from stg_contact"),
        ("query that would drop a table", "drop table stg_contacts"),
        (
            "query that would write a file",
            "copy stg_contacts to 'x.csv'",
        ),
        ("query of two statements", "select 1; select 2"),
        ("query of nothing", ""),
        (
            "query that fails on the data",
            "select cast(phone as date) from stg_contacts",
        ),
    ];
    pin(
        "cli",
        cases.map(|(name, sql)| (name, lockgate(RUN.path(), &["query", sql]).whole())),
    );
}

#[test]
fn a_query_that_takes_too_long_is_stopped_and_prints_nothing() {
    let numbers = "select value from generate_series(1, 1000000)";
    let sql = format!(
        "select count(*) from ({numbers}) a join ({numbers}) b on a.value % 7 = b.value % 7 and a.value + b.value < 0"
    );
    let answer = lockgate(RUN.path(), &["query", &sql, "--timeout", "1s"]);
    let sql = "select 1 as n";
    let quick = lockgate(RUN.path(), &["query", sql, "--timeout", "5m"]);
    assert_eq!(quick.code, 0, "{}", quick.err);
    let wrong = lockgate(RUN.path(), &["query", sql, "--timeout", "soon"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    pin("cli", [("query that takes too long", answer.whole())]);
}

#[test]
fn a_query_sees_raw_tables_and_the_history_and_says_that_there_is_more() {
    let sql = "select count(*) as n from raw.contacts";
    let answer = lockgate(RUN.path(), &["query", sql, "--format", "csv"]);
    assert_eq!(answer.out, "n\n6\n");
    let sql = "select verdict, gates_open from history.runs";
    let answer = lockgate(RUN.path(), &["query", sql, "--format", "csv"]);
    assert_eq!(answer.out, "verdict,gates_open\npass,2\n");
    let sql = "select count(*) as n from history.outcomes where verdict = 'pass'";
    let answer = lockgate(RUN.path(), &["query", sql, "--format", "csv"]);
    assert_eq!(answer.out, "n\n21\n");
    let sql = "select file_row from raw.contacts order by file_name, file_row";
    pin(
        "cli",
        [(
            "query of more rows than asked for",
            lockgate(RUN.path(), &["query", sql, "--limit", "2"]).whole(),
        )],
    );
}

#[test]
fn show_prints_rows_and_the_last_verdicts() {
    let answer = lockgate(RUN.path(), &["show", "stg_contacts", "--limit", "2"]);
    let unknown = lockgate(RUN.path(), &["show", "stg_contact"]);
    let never = lockgate(starter().path(), &["show", "stg_contacts"]);
    pin(
        "cli",
        [
            ("show of a model", steady(&answer.whole())),
            ("show of an unknown model", unknown.whole()),
            ("show of a model that was never published", never.whole()),
        ],
    );
}

#[test]
fn history_lists_the_runs_newest_first() {
    let answer = lockgate(RUN.path(), &["history"]);
    let none = lockgate(starter().path(), &["history"]);
    pin(
        "cli",
        [
            ("history of one run", steady(&answer.whole())),
            ("history of no run", none.whole()),
        ],
    );
}

#[test]
fn explain_needs_no_project() {
    let elsewhere = tempfile::tempdir().unwrap();
    let ask = |name: &str| lockgate(elsewhere.path(), &["explain", name]).whole();
    let catalogue = lockgate(elsewhere.path(), &["explain"]);
    assert_eq!(catalogue.code, 0);
    for kind in lockgate::expect::KINDS {
        assert!(catalogue.out.contains(kind.name), "{}", kind.name);
        assert_eq!(lockgate(elsewhere.path(), &["explain", kind.name]).code, 0);
    }
    pin(
        "cli",
        [
            ("explain of a kind", ask("in_set")),
            ("explain of a function", ask("clean_phone")),
            ("explain of an unknown name", ask("rowcount")),
        ],
    );
}

#[test]
fn init_fills_an_empty_folder_only() {
    let folder = starter();
    let again = lockgate(folder.path(), &["init", "."]);
    let new = tempfile::tempdir().unwrap();
    let made = lockgate(new.path(), &["init", "mine"]);
    pin(
        "cli",
        [
            ("init in a folder that is not empty", again.whole()),
            ("init of a new folder", made.whole()),
        ],
    );
}

#[test]
fn init_of_the_leads_project_writes_the_repositorys_own() {
    let folder = tempfile::tempdir().unwrap();
    let made = lockgate(folder.path(), &["init", "--example", "leads", "leads"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let (mine, theirs) = (super::root(), folder.path().join("leads"));
    for part in ["models", "contracts", "expectations", "cleaners", "data"] {
        assert_eq!(files(&mine.join(part)), files(&theirs.join(part)), "{part}");
    }
    let answer = lockgate(&theirs, &["check"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
}

#[test]
fn sample_makes_the_same_bytes_of_the_same_plan_and_others_of_another_seed() {
    let folder = tempfile::tempdir().unwrap();
    let make = |out: &str, seed: &str| {
        let plan = [
            "--rows", "12", "--months", "2", "--seed", seed, "--out", out,
        ];
        let args: Vec<&str> = [&["sample"][..], &plan].concat();
        let answer = lockgate(folder.path(), &args);
        assert_eq!(answer.code, 0, "{}", answer.err);
        files(&folder.path().join(out))
    };
    let first = make("a", "7");
    assert_eq!(first.len(), 8, "four sources of two months");
    assert!(first == make("b", "7"));
    assert!(first != make("c", "8"));
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(here) = todo.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    all
}
