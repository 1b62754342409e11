//! Exit codes, formats, streams and signals, each by a process of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Answer, RUN, lockgate, starter, steady};
use crate::shop::{pin, write};

const MODEL: &str = "models/base/base_contacts.sql";

/// The starter whose base model casts a column that holds a text in one row.
fn casts(samples: &str) -> tempfile::TempDir {
    let folder = starter();
    let manifest = fs::read_to_string(folder.path().join("lockgate.toml")).unwrap();
    let manifest = manifest.replace("samples = 5", samples);
    write(folder.path(), "lockgate.toml", &manifest);
    let model = fs::read_to_string(folder.path().join(MODEL)).unwrap();
    let model = model.replace(
        "try_cast(since as date)",
        "cast(replace(since, '2023-02-28', 'soon') as date)",
    );
    write(folder.path(), MODEL, &model);
    folder
}

#[test]
fn the_exit_code_says_whose_fault_it_is() {
    let run = RUN.path();
    let never = starter();
    for (folder, args, code) in [
        (run, &["query", "select 1"][..], 0),
        (
            run,
            &["query", "select cast(phone as int) from stg_contacts"],
            1,
        ),
        (
            run,
            &["query", "select 1 / (id - id) from (select 1 as id)"],
            1,
        ),
        (run, &["query", "select nope from stg_contacts"], 2),
        (run, &["trace", "stg_contacts", "no-such-id"], 1),
        (
            run,
            &["trace", "stg_contacts", "no-such-id", "--format", "json"],
            1,
        ),
        (never.path(), &["trace", "stg_contacts", "1"], 2),
        (never.path(), &["show", "stg_contacts"], 2),
        (
            never.path(),
            &["show", "stg_contacts", "--format", "json"],
            2,
        ),
        (run, &["show", "stg_contacts"], 0),
        (run, &["profile", "nowhere.csv"], 2),
    ] {
        let answer = lockgate(folder, args);
        assert_eq!(answer.code, code, "{args:?}: {}{}", answer.out, answer.err);
    }
}

#[test]
fn every_command_answers_in_a_format_or_refuses_it() {
    let run = RUN.path();
    for (args, rows) in [
        (&["run"][..], true),
        (&["check"], true),
        (&["test"], true),
        (&["diff", "latest", "latest"], true),
        (&["query", "select 1 as x"], true),
        (&["show", "stg_contacts"], true),
        (&["history"], true),
        (&["trace", "stg_contacts", "no-such-id"], false),
        (&["profile", "data/contacts_2024-01-01.csv"], false),
        (&["explain"], false),
        (&["explain", "in_set"], false),
        (&["explain", "clean_phone"], false),
        (&["schema"], false),
        (&["docs", "--out", "pages"], false),
        (&["report", "--out", "month.html"], false),
    ] {
        let ask = |format: &str| lockgate(run, &[args, &["--format", format]].concat());
        let json = ask("json");
        assert!(json.code < 2, "{args:?}: {}{}", json.out, json.err);
        json.json();
        let csv = ask("csv");
        if rows {
            assert_eq!(csv.code, 0, "{args:?}: {}", csv.err);
            let head = csv.out.lines().next().unwrap_or_default();
            assert!(
                !head.is_empty() && !head.starts_with('{'),
                "{args:?}: {}",
                csv.out
            );
        } else {
            assert_eq!((csv.code, csv.out.as_str()), (2, ""), "{args:?}");
            assert!(csv.err.contains("cannot be CSV"), "{args:?}: {}", csv.err);
        }
    }
    let answer = lockgate(run, &["query", "select 1", "--csv-safe"]);
    assert_eq!(answer.code, 2, "{}", answer.out);
}

#[test]
fn a_value_that_cannot_be_cast_is_the_datas_fault_and_its_line_is_named() {
    let folder = casts("samples = 5");
    let answer = lockgate(folder.path(), &["run"]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    pin(
        "cli/codes",
        [("a cast that fails in a model", steady(&answer.whole()))],
    );
    let hidden = casts("samples = 0");
    let answer = lockgate(hidden.path(), &["run"]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(
        !answer.out.contains("soon") && !answer.out.contains(", line"),
        "{}",
        answer.out
    );
}

#[test]
fn an_expectation_that_fails_on_a_value_names_its_line() {
    let folder = starter();
    let expectation =
        "[[expect]]\nkind = \"holds\"\nid = \"as_number\"\nsql = \"cast(company as int) > 0\"\n";
    write(
        folder.path(),
        "expectations/base/base_contacts.toml",
        expectation,
    );
    let answer = lockgate(folder.path(), &["run"]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    pin(
        "cli/codes",
        [(
            "a cast that fails in an expectation",
            steady(&answer.whole()),
        )],
    );
}

#[test]
fn csv_is_written_to_the_byte() {
    let sql = "select 'a' || chr(27) || '[31m' || chr(7) || chr(31) as x, '=1+1' as f, '-1' as g, -1 as n";
    let ask = |more: &[&str]| {
        let args = [
            &["query", sql, "--format", "csv", "--color", "always"],
            more,
        ]
        .concat();
        lockgate(RUN.path(), &args).out
    };
    assert_eq!(ask(&[]), "x,f,g,n\na\u{1b}[31m\u{7}\u{1f},=1+1,-1,-1\n");
    assert_eq!(
        ask(&["--csv-safe"]),
        "x,f,g,n\na\u{1b}[31m\u{7}\u{1f},'=1+1,'-1,-1\n"
    );
    let table = lockgate(RUN.path(), &["query", sql, "--color", "always"]).out;
    assert!(
        !table.contains("\u{1b}[31m") && !table.contains('\u{7}'),
        "{table:?}"
    );
}

fn started(folder: &Path, args: &[&str], out: Stdio) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command
        .current_dir(folder)
        .args(args)
        .stdout(out)
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn ended(child: std::process::Child) -> Answer {
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe_behind_the_output_are_no_panic() {
    for format in ["table", "json", "csv"] {
        let args = ["query", "select 1 as x", "--format", format];
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let answer = ended(started(RUN.path(), &args, full.into()));
        assert_eq!(answer.code, 3, "{}", answer.err);
        assert!(
            answer.err.contains("writing to standard output"),
            "{}",
            answer.err
        );
        assert!(!answer.err.contains("panicked"), "{}", answer.err);
        let mut child = started(RUN.path(), &args, Stdio::piped());
        drop(child.stdout.take());
        let answer = ended(child);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    }
}

/// A starter with a file that takes some seconds to come in.
#[cfg(unix)]
fn slow() -> tempfile::TempDir {
    use std::fmt::Write;
    let folder = starter();
    let path = "data/contacts_2024-01-01.csv";
    let text = fs::read_to_string(folder.path().join(path)).unwrap();
    let mut lines = text.lines();
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    let (_, rest) = row.split_once(',').unwrap();
    let mut text = format!("{head}\n");
    for at in 0..400_000 {
        writeln!(text, "c{at},{rest}").unwrap();
    }
    write(folder.path(), "data/contacts_2024-03-01.csv", &text);
    folder
}

#[cfg(unix)]
fn parquet(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| match path.is_dir() {
            true => parquet(&path),
            false => usize::from(path.extension().is_some_and(|end| end == "parquet")),
        })
        .sum()
}

#[cfg(unix)]
#[test]
fn a_signal_stops_a_run_in_order_and_the_next_run_goes_on() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = slow();
        let child = started(folder.path(), &["run"], Stdio::piped());
        let raw = folder.path().join("warehouse/raw/contacts");
        let until = Instant::now() + Duration::from_secs(60);
        // The two small files are in; the large one is being read.
        let first = raw.join("_delta_log/00000000000000000000.json");
        while !(first.exists() && parquet(&raw) >= 2) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        self::signal(&child, signal);
        let answer = ended(child);
        assert_eq!(answer.code, code, "{}{}", answer.out, answer.err);
        assert!(answer.err.starts_with("stopped: "), "{}", answer.err);
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        let sql = "select count(distinct file_name) as n from raw.contacts";
        let files = lockgate(folder.path(), &["query", sql, "--format", "csv"]);
        let published: usize = files
            .out
            .lines()
            .nth(1)
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let said = format!("stopped: {published} new file");
        assert!(answer.err.starts_with(&said), "{published}: {}", answer.err);
        assert_eq!(parquet(&raw), published, "what is staged is discarded");
        let again = lockgate(folder.path(), &["run"]);
        assert!(again.code < 2, "{}{}", again.out, again.err);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_a_run_at_once_and_the_next_run_goes_on() {
    let folder = slow();
    let child = started(folder.path(), &["run"], Stdio::piped());
    let first = (folder.path()).join("warehouse/raw/contacts/_delta_log/00000000000000000000.json");
    let until = Instant::now() + Duration::from_secs(60);
    while !first.exists() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Both are pending before the process goes on: one asks to stop in order, the other does not
    // wait for that. Which of them is delivered first is up to the kernel.
    let both = format!(
        "kill -STOP {0}; kill -INT {0}; kill -TERM {0}; kill -CONT {0}",
        child.id()
    );
    let kill = Command::new("sh").args(["-c", &both]).status();
    assert!(kill.unwrap().success());
    let answer = ended(child);
    let second = [130, 143].contains(&answer.code);
    assert!(second, "{}: {}{}", answer.code, answer.out, answer.err);
    assert_eq!(answer.err, "", "nothing is said to be in order");
    let again = lockgate(folder.path(), &["run"]);
    assert!(again.code < 2, "{}{}", again.out, again.err);
    let sql = "select count(*) as n from raw.contacts";
    let rows = lockgate(folder.path(), &["query", sql, "--format", "csv"]);
    assert_eq!(rows.out, "n\n400006\n");
}

#[cfg(unix)]
#[test]
fn a_query_that_keeps_every_worker_busy_ends_at_the_first_signal() {
    let numbers = "select value from generate_series(1, 1000000)";
    let sql = format!(
        "select count(*) from ({numbers}) a join ({numbers}) b on a.value % 7 = b.value % 7 and a.value + b.value < 0"
    );
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let child = started(RUN.path(), &["query", &sql], Stdio::piped());
        std::thread::sleep(Duration::from_secs(2));
        signal(&child, name);
        let answer = ended(child);
        assert_eq!(
            (answer.code, answer.out.as_str()),
            (code, ""),
            "{}",
            answer.err
        );
    }
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let kill = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
fn memory_that_is_used_up_is_the_engines_fault_in_a_unit_test_too() {
    let folder = starter();
    for args in [&["test", "--memory", "1B"][..], &["run", "--memory", "1B"]] {
        let answer = lockgate(folder.path(), args);
        assert_eq!(answer.code, 3, "{args:?}: {}{}", answer.out, answer.err);
        let said = answer.out + &answer.err;
        assert!(said.contains("give it more memory"), "{said}");
    }
}
