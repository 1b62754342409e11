//! The history of earlier and of later versions, and what is no month.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use lockgate::engine::{Engine, Warehouse};
use lockgate::history;
use lockgate::outcome::Run;
use serde_json::{Map, Value, json};

use crate::cli::lockgate;
use crate::support::{Scratch, wait};

const RUN_1: &str = include_str!("../../crates/core/tests/records/run-1.json");
const FUZZ_1: &str = include_str!("../../crates/core/tests/records/fuzz-1.json");

fn shop() -> Scratch {
    let manifest = "name = \"shop\"\nlayers = [\"base\"]\nas_of = \"newest_file\"\n";
    Scratch::new(&[
        ("lockgate.toml", manifest),
        ("models/base/one.sql", "select 1 as n\n"),
        ("cleaners/code.toml", "sql = \"upper(value)\"\n"),
    ])
}

fn batch(columns: Vec<(&str, Vec<&str>)>, counts: &[&str]) -> RecordBatch {
    let rows = columns[0].1.len();
    let texts = columns.into_iter();
    let texts =
        texts.map(|(name, values)| (name, Arc::new(StringArray::from(values)) as ArrayRef, true));
    let counts = counts.iter().map(|name| {
        let zeros = Arc::new(Int64Array::from(vec![0; rows])) as ArrayRef;
        (*name, zeros, true)
    });
    let none = Arc::new(Float64Array::from(vec![None; rows])) as ArrayRef;
    let value = [("value", none, true)];
    RecordBatch::try_from_iter_with_nullable(texts.chain(counts).chain(value)).unwrap()
}

/// Writes the history as the first version did: no command, and no note of the form.
fn keep_as_before(warehouse: Warehouse) {
    let runs = batch(
        vec![
            ("run_id", vec!["0199-run", "0199-fuzz"]),
            (
                "started",
                vec!["2024-03-02T08:00:00.000Z", "2024-03-01T09:00:00.000Z"],
            ),
            (
                "finished",
                vec!["2024-03-02T08:00:01.250Z", "2024-03-01T09:00:02.000Z"],
            ),
            ("project", vec!["shop", "shop"]),
            ("as_of", vec!["2024-03-01", "2024-03-01"]),
            ("verdict", vec!["fail", "fail"]),
            ("record", vec![RUN_1, FUZZ_1]),
        ],
        &[
            "files_new",
            "files_refused",
            "gates_open",
            "gates_closed",
            "gates_skipped",
        ],
    );
    let outcomes = batch(
        vec![
            ("run_id", vec!["0199-run", "0199-fuzz"]),
            ("as_of", vec!["2024-03-01", "2024-03-01"]),
            ("model", vec!["base_orders", "zip"]),
            ("gate", vec!["closed", "closed"]),
            ("id", vec!["in_set(state)", "idempotent"]),
            ("kind", vec!["in_set", "law"]),
            ("verdict", vec!["fail", "fail"]),
        ],
        &["rows", "of"],
    );
    wait(async move {
        for (path, rows) in [("history/outcomes", outcomes), ("history/runs", runs)] {
            let done = warehouse.append(path, rows, Vec::new(), HashMap::new());
            done.await.unwrap();
        }
    });
}

fn ids(warehouse: Warehouse, fuzzed: bool) -> Vec<String> {
    wait(async move {
        let engine = Engine::new(None).unwrap();
        history::open(&engine, &warehouse).await.unwrap();
        let runs = match fuzzed {
            true => history::fuzz_runs(&engine, "shop").await,
            false => history::months(&engine, "shop").await,
        };
        runs.unwrap().into_iter().map(|run| run.run_id).collect()
    })
}

/// A message without the line breaks of its frame.
fn flat(message: &str) -> String {
    let words = message.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

const COMMANDS: &str = "select command from history.runs order by started";

#[test]
fn the_history_of_the_first_version_is_read_with_commands_and_written_on() {
    let shop = shop();
    keep_as_before(shop.warehouse());
    assert_eq!(shop.query(COMMANDS), ["fuzz", "run"]);
    assert_eq!(ids(shop.warehouse(), false), ["0199-run"]);
    assert_eq!(ids(shop.warehouse(), true), ["0199-fuzz"]);
    shop.run();
    assert_eq!(shop.query(COMMANDS), ["fuzz", "run", "run"]);
    let fuzzed = lockgate(&shop.path(""), &["fuzz", "code", "--cases", "50"]);
    assert_eq!(fuzzed.code, 0, "{}", fuzzed.err);
    assert_eq!(shop.query(COMMANDS), ["fuzz", "run", "run", "fuzz"]);
    assert_eq!(ids(shop.warehouse(), false).len(), 2);
}

#[test]
fn a_history_of_a_later_version_is_refused_before_anything_is_built() {
    let shop = shop();
    shop.run();
    let warehouse = shop.warehouse();
    let rows = batch(vec![("run_id", vec!["r"])], &["novel"]);
    wait(async move {
        let notes = HashMap::from([("lockgate.history".to_owned(), json!(3))]);
        let done = warehouse.append("history/outcomes", rows, Vec::new(), notes);
        done.await.unwrap();
    });
    let versions = shop.versions();
    for command in [&["run"][..], &["history"], &["report"]] {
        let told = lockgate(&shop.path(""), command);
        assert_eq!(told.code, 3, "{command:?}: {}", told.err);
        let why = "history/outcomes has form 3 and was written by a newer lockgate; this one knows \
                   forms up to 2";
        assert!(flat(&told.err).contains(why), "{}", told.err);
        assert!(told.err.contains("upgrade lockgate"), "{}", told.err);
    }
    assert_eq!(shop.versions(), versions);
}

#[test]
fn a_record_with_a_bad_date_is_told_by_the_report_and_is_no_day_of_1970() {
    let shop = shop();
    let mut record: Map<String, Value> = serde_json::from_str(RUN_1).unwrap();
    record["as_of"] = json!("2024-03-1x");
    let record = serde_json::to_string(&record).unwrap();
    let runs = batch(
        vec![
            ("run_id", vec!["0199-run"]),
            ("started", vec!["2024-03-02T08:00:00.000Z"]),
            ("finished", vec!["2024-03-02T08:00:01.250Z"]),
            ("project", vec!["shop"]),
            ("as_of", vec!["2024-03-1x"]),
            ("record", vec![&record]),
        ],
        &["files_new", "files_refused"],
    );
    let warehouse = shop.warehouse();
    wait(async move {
        let done = warehouse.append("history/runs", runs, Vec::new(), HashMap::new());
        done.await.unwrap();
    });
    for command in [&["report"][..], &["judge", "--run", "0199-run"]] {
        let told = lockgate(&shop.path(""), command);
        assert_eq!(told.code, 3, "{}", told.err);
        let why = "as_of: \"2024-03-1x\" is no date of the form YYYY-MM-DD";
        assert!(flat(&told.err).contains(why), "{}", told.err);
        assert!(told.err.contains("0199-run"), "{}", told.err);
    }
}

#[test]
fn a_run_of_fuzz_is_no_month_to_report_or_to_judge() {
    let shop = shop();
    let run: Run = shop.run();
    let fuzzed = lockgate(
        &shop.path(""),
        &["fuzz", "code", "--cases", "50", "--format", "json"],
    );
    let id = fuzzed.json()["run_id"].as_str().unwrap().to_owned();
    assert_eq!(fuzzed.json()["command"], "fuzz");
    for command in [&["judge", "--run", &id][..], &["report", "--run", &id]] {
        let told = lockgate(&shop.path(""), command);
        assert_eq!(told.code, 2, "{command:?}: {}{}", told.out, told.err);
        let why = format!("{id} is a run of `fuzz`, which built no model: it is no month");
        assert!(flat(&told.err).contains(&why), "{}", told.err);
        let months = format!("{} (as of {})", run.run_id, run.as_of);
        assert!(flat(&told.err).contains(&months), "{}", told.err);
    }
    let none = lockgate(&shop.path(""), &["report", "--run", "nobody"]);
    assert!(none.err.contains("the history has no run `nobody`"));
}

#[test]
fn a_file_of_a_raw_table_without_a_date_is_told_and_is_of_no_other_day() {
    let shop = shop();
    let contract = "version = '1.0.0'\nsummary = 's'\nowner = 'o@example.com'\n\
                    [file]\nname = ['orders_{date}.csv']\ndate = '%Y-%m-%d'\n[columns]\nId = {}\n";
    shop.write("contracts/sources/orders.toml", contract);
    shop.write("models/base/one.sql", "select id from raw.orders\n");
    shop.write("data/orders_2024-01-01.csv", "Id\n1\n");
    shop.run();
    let log = shop.path("warehouse/raw/orders/_delta_log");
    for entry in std::fs::read_dir(log).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(text) = std::fs::read_to_string(&path) {
            let text = text.replace("\"file_date\":\"2024-01-01\"", "\"file_date\":\"soon\"");
            std::fs::write(&path, text).unwrap();
        }
    }
    let error = shop
        .try_run(|_| {})
        .expect_err("no day to judge the file by");
    let told = error.problems()[0].message();
    assert!(
        told.contains("raw/orders") && told.contains("'soon'"),
        "{told}"
    );
}
