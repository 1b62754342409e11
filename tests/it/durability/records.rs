//! What was judged of a file comes and goes with the file.

use std::fs;

use lockgate::engine::{Ledger, Running};
use lockgate::outcome::{FileState, Verdict};

use crate::support::{Scratch, file, wait};

const CONTRACT: &str = "version = '1.0.0'\nsummary = 'What was sold.'\nowner = 'data@example.com'\n\n\
    [file]\nname = ['orders_{date}.csv']\ndate = '%Y-%m-%d'\n\n[columns]\nId = {}\n";

const ASKED: &str =
    "[[expect]]\nkind = 'row_count'\nagainst = { previous = 3 }\nbetween = [0.5, 2.0]\n";

fn shop() -> Scratch {
    Scratch::new(&[
        ("lockgate.toml", "name = 'shop'\nlayers = ['base']\n"),
        ("contracts/sources/orders.toml", CONTRACT),
        ("expectations/sources/orders.toml", ASKED),
        ("models/base/base_orders.sql", "select id from raw.orders"),
    ])
}

fn name(month: u32) -> String {
    format!("orders_2024-{month:02}-01.csv")
}

fn deliver(shop: &Scratch, month: u32, rows: u32) {
    let rows: String = (0..rows).map(|row| format!("{month}-{row}\n")).collect();
    shop.write(&format!("data/{}", name(month)), format!("Id\n{rows}"));
}

/// Each file with the value measured of it and the values it was held against.
fn points(shop: &Scratch) -> Vec<String> {
    let (project, warehouse) = (shop.project(), shop.warehouse());
    wait(async move {
        let ledger = Ledger::open(&warehouse, &project.sources[0]).await.unwrap();
        let files = ledger.files().map(|known| {
            let judged = known.judged.as_ref();
            let points = judged.map(|judged| {
                let points = judged.points.iter();
                let points = points.map(|point| {
                    let past: Vec<f64> =
                        point.past.iter().filter_map(|(_, value)| *value).collect();
                    let value = point.outcome.value.map(|value| value.as_f64());
                    format!("{} {value:?} {past:?}", point.outcome.verdict)
                });
                points.collect::<Vec<_>>().join("; ")
            });
            format!("{} {} {points:?}", known.date, known.rows)
        });
        files.collect()
    })
}

/// Takes every record out of the log, as if an earlier version had written it.
fn forget(shop: &Scratch) {
    let log = shop.path("warehouse/raw/orders/_delta_log");
    for entry in fs::read_dir(log).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| {
            let mut action: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(add) = action.get_mut("add") {
                add["tags"] = serde_json::Value::Null;
            }
            action.to_string()
        });
        fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
}

#[test]
fn each_file_keeps_its_figures_and_what_it_was_held_against() {
    let shop = shop();
    for (month, rows) in [(1, 10), (2, 12), (3, 11)] {
        deliver(&shop, month, rows);
        shop.run();
    }
    assert_eq!(
        points(&shop),
        [
            r#"2024-01-01 10 Some("pass Some(10.0) []")"#,
            r#"2024-02-01 12 Some("pass Some(12.0) [10.0]")"#,
            r#"2024-03-01 11 Some("pass Some(11.0) [12.0, 10.0]")"#,
        ]
    );
}

#[test]
fn a_superseded_or_withdrawn_file_takes_its_figures_with_it() {
    let shop = shop();
    for (month, rows) in [(1, 10), (2, 12)] {
        deliver(&shop, month, rows);
    }
    shop.run();
    deliver(&shop, 2, 8);
    shop.run_as(|options| options.supersede = vec![name(2)]);
    assert_eq!(
        points(&shop),
        [
            r#"2024-01-01 10 Some("pass Some(10.0) []")"#,
            r#"2024-02-01 8 Some("pass Some(8.0) [10.0]")"#,
        ]
    );
    shop.run_as(|options| options.withdraw = vec![name(1)]);
    assert_eq!(
        points(&shop),
        [r#"2024-02-01 8 Some("pass Some(8.0) [10.0]")"#]
    );
    deliver(&shop, 3, 30);
    let run = shop.run();
    let outcome = &file(&run, &name(3)).outcomes[0];
    assert_eq!(outcome.verdict, Verdict::Fail, "{}", outcome.expected);
}

#[test]
fn records_outlive_the_checkpoints_of_the_log() {
    let shop = shop();
    for month in 1..=12 {
        deliver(&shop, month, 10 + month % 3);
        shop.run();
    }
    assert!(shop.stored("raw/orders/_delta_log", ".checkpoint.parquet") > 0);
    let points = points(&shop);
    assert_eq!(points.len(), 12);
    assert_eq!(
        points[11],
        r#"2024-12-01 10 Some("pass Some(10.0) [12.0, 11.0, 10.0]")"#
    );
}

#[test]
fn files_of_an_earlier_version_are_measured_again_from_their_rows() {
    let shop = shop();
    for (month, rows) in [(1, 10), (2, 12), (3, 11)] {
        deliver(&shop, month, rows);
    }
    shop.run();
    let (before, rows) = (
        points(&shop),
        shop.query("select * from raw.orders order by id"),
    );
    forget(&shop);
    fs::remove_dir_all(shop.path("warehouse/history")).unwrap();
    assert_eq!(points(&shop)[0], "2024-01-01 10 None");

    deliver(&shop, 4, 1);
    let run = shop.run();
    assert_eq!(points(&shop), before);
    assert_eq!(shop.query("select * from raw.orders order by id"), rows);
    let refused = file(&run, &name(4));
    assert_eq!(
        refused.state,
        FileState::Refused,
        "one row is told from the past"
    );
    let known = file(&run, &name(1));
    assert_eq!((known.state, known.outcomes.len()), (FileState::Known, 0));
}

#[test]
fn what_a_killed_run_took_in_is_told_by_the_next_run() {
    let shop = shop();
    deliver(&shop, 1, 10);
    let first = shop.run();
    let run_id = first.run_id.clone();
    let run = shop.run_as(|options| options.cut_off = vec![run_id]);
    let told = file(&run, &name(1));
    assert_eq!(told, file(&first, &name(1)));
    let run = shop.run();
    assert_eq!(file(&run, &name(1)).state, FileState::Known);
}

#[test]
fn a_run_is_cut_off_when_its_process_is_gone_and_not_while_it_lasts() {
    let shop = shop();
    let warehouse = shop.warehouse();
    let first = Running::begin(&warehouse, "first").unwrap();
    let second = Running::begin(&warehouse, "second").unwrap();
    assert!(second.cut_off().is_empty(), "the first is under way");
    second.end(true);
    drop(first);
    let third = Running::begin(&warehouse, "third").unwrap();
    assert_eq!(third.cut_off(), ["first"]);
    let fourth = Running::begin(&warehouse, "fourth").unwrap();
    assert!(fourth.cut_off().is_empty(), "the third took it over");
    fourth.end(true);
    third.end(false);
    let fifth = Running::begin(&warehouse, "fifth").unwrap();
    assert_eq!(fifth.cut_off(), ["first"], "the third told not all of it");
    fifth.end(true);
    assert!(
        Running::begin(&warehouse, "sixth")
            .unwrap()
            .cut_off()
            .is_empty()
    );
}
