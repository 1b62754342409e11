//! `samples = 0`: values are planted everywhere, and every command is asked in every format.

use std::fs;
use std::path::Path;

use super::{Answer, lockgate, starter};
use crate::shop::write;

/// Every value that must not show holds this, in any case.
const MARK: &str = "zyxq";

/// A project that shows no values, whose files hold the mark in good, failing and quarantined
/// rows, in a cell that no cast takes, and in the header of a file that has none.
fn planted() -> tempfile::TempDir {
    let folder = starter();
    let path = folder.path();
    let manifest = fs::read_to_string(path.join("lockgate.toml")).unwrap();
    write(
        path,
        "lockgate.toml",
        &manifest.replace("samples = 5", "samples = 0"),
    );
    let rows = |from: usize| -> String {
        let row = |at: usize| format!("{at},{MARK} {at} Ltd,{MARK}{at},{MARK}\n");
        (from..from + 8).map(row).collect()
    };
    let january = format!("Id,Company,Phone,Since\n{}", rows(1));
    write(path, "data/contacts_2024-01-01.csv", &january);
    let february = format!("Id,Company,Phone,Since\n{}1,{MARK},,\n", rows(3));
    write(path, "data/contacts_2024-02-01.csv", &february);
    // No header: its first row is taken for one.
    let bare = format!("9,{MARK} Ltd,{MARK},{MARK}\n{}", rows(10));
    write(path, "data/contacts_2024-03-01.csv", &bare);
    let added = format!("Id,Company,Phone,Since,{MARK} Extra\n1,a,b,c,{MARK}\n");
    write(path, "data/contacts_2024-04-01.csv", &added);
    let expectations = "
        [[expect]]
        kind = 'not_null'
        column = 'phone'
        [[expect]]
        kind = 'matches'
        column = 'company'
        pattern = '^[0-9]+$'
        on_fail = 'quarantine'
        [[expect]]
        kind = 'holds'
        id = 'a_cast_that_fails'
        sql = 'cast(company as bigint) > 0'
        [[expect]]
        kind = 'refers_to'
        column = 'company'
        to = 'raw.contacts.id'
        severity = 'warn'";
    write(path, "expectations/base/base_contacts.toml", expectations);
    folder
}

fn hides(told: &str, case: &str) {
    assert!(
        !told.to_lowercase().contains(MARK),
        "{case} shows a value:\n{told}"
    );
}

fn asked(folder: &Path, args: &[&str]) -> Answer {
    let answer = lockgate(folder, args);
    let case = args.join(" ");
    hides(&answer.out, &case);
    hides(&answer.err, &case);
    answer
}

/// Every text file below a folder.
fn files_hide(folder: &Path) -> usize {
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            seen += files_hide(&path);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        hides(
            &String::from_utf8_lossy(&bytes),
            &path.display().to_string(),
        );
        seen += 1;
    }
    seen
}

#[test]
fn no_command_lets_a_value_out_in_any_format() {
    let folder = planted();
    let folder = folder.path();
    let documents = ["junit", "sarif", "github", "markdown", "json"];
    let reports: Vec<String> = documents
        .iter()
        .map(|kind| format!("{kind}=out/run.{kind}"))
        .collect();
    let mut run = vec!["run", "--verbose"];
    for report in &reports {
        run.extend(["--report", report]);
    }
    assert_eq!(asked(folder, &run).code, 1);
    for format in ["table", "json", "csv"] {
        for args in [
            &["run", "--verbose"][..],
            &["check"],
            &["test"],
            &["history"],
            &["history", "--expectation", "base_contacts.not_null(phone)"],
            &["query", "select * from history.runs"],
            &["query", "select * from history.outcomes"],
            &["query", "select cast(company as date) from raw.contacts"],
            &[
                "query",
                "select sum(cast(phone as bigint)) from raw.contacts",
            ],
            &[
                "trace",
                "base_contacts",
                "file_row=1",
                "file_date=2024-01-01",
            ],
            &["profile", "raw.contacts"],
            &["profile", "base_contacts"],
            &["profile", "data/contacts_2024-02-01.csv"],
            &["profile", "data/contacts_2024-03-01.csv"],
            &["profile", "data/contacts_2024-04-01.csv"],
            &[
                "profile",
                "data/contacts_2024-03-01.csv",
                "--out",
                "out/profile",
            ],
            &["diff", "previous", "latest"],
            &["fuzz", "--cases", "50", "--seed", "1"],
            &["doctor"],
        ] {
            asked(folder, &[args, &["--format", format]].concat());
        }
    }
    let runs = asked(folder, &["history", "--format", "json"]).json();
    let id = runs.to_string();
    assert!(id.contains("run_id"), "{id}");
    for kind in ["html", "markdown", "json", "slack"] {
        let out = format!("out/month.{kind}");
        let args = ["report", "--as", kind, "--out", &out];
        assert_eq!(asked(folder, &args).code, 0, "{kind}");
    }
    assert_eq!(asked(folder, &["docs", "--out", "out/docs"]).code, 0);
    assert!(files_hide(&folder.join("out")) > 15);
}

#[test]
fn a_profile_without_samples_keeps_what_is_no_value() {
    let folder = planted();
    let args = ["profile", "data/contacts_2024-04-01.csv"];
    let answer = asked(folder.path(), &args);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for known in ["Id", "Company", "Phone", "Since", "column 5"] {
        assert!(answer.out.contains(known), "{known}: {}", answer.out);
    }
    let args = ["profile", "data/contacts_2024-04-01.csv", "--out", "out"];
    let answer = asked(folder.path(), &args);
    assert_eq!(answer.code, 2);
    let why = "the project shows no values (samples = 0), and a header cell that no contract names may be one";
    let told = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.replace("│ ", "").contains(why), "{told}");
}

#[test]
fn what_is_asked_for_by_name_is_answered_and_its_errors_hide_values() {
    let folder = planted();
    let folder = folder.path();
    asked(folder, &["run"]);
    // A question that names rows is answered: the bound is on what shows by itself.
    let answer = lockgate(folder, &["query", "select company from raw.contacts"]);
    assert!(answer.out.contains(MARK), "{}", answer.err);
    let sql = "select cast(company as bigint) from raw.contacts";
    let answer = asked(folder, &["query", sql]);
    assert_eq!(answer.code, 1);
    let told = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let why = "the query failed on a value, which is not shown";
    assert!(told.contains(why), "{told}");
}
