//! Any number of cases, on demand: what is done is noted, so that a run that was cut off goes on,
//! and every case is written down for DuckDB (`scripts/differential_duckdb.py`).

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::{Value as Json, json};

use super::render::{Dialect, render};
use super::run::{Case, Sessions, Verdict, World, queries};
use super::shapes::Ask;
use super::tables::Ty;
use super::work::{Report, Span, measure, work};

/// Cases between two notes.
const STEP: u64 = 1_000;

fn setting<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .ok()
            .unwrap_or_else(|| panic!("{name} = {text}")),
        Err(_) => otherwise,
    }
}

/// `LOCKGATE_CASES` cases, resumed in the folder `LOCKGATE_OUT`; `LOCKGATE_SHAPE` takes one shape only,
/// `LOCKGATE_SESSIONS` is `all` ways, `some` of them, or `bare`: DataFusion as it comes.
#[test]
#[ignore = "takes as long as it is told"]
fn many_cases_agree_in_all_ways_and_with_sqlite() {
    let cases: u64 = setting("LOCKGATE_CASES", 20_000);
    let out = PathBuf::from(setting("LOCKGATE_OUT", "target/differential".to_owned()));
    fs::create_dir_all(&out).unwrap();
    let sessions = match setting("LOCKGATE_SESSIONS", "all".to_owned()).as_str() {
        "bare" => Sessions::Bare,
        "some" => Sessions::Some,
        _ => Sessions::All,
    };
    let mut total = Report::default();
    let mut from = done(&out).unwrap_or_else(|| setting("LOCKGATE_FROM", 0));
    while from < cases {
        let to = (from + STEP).min(cases);
        let span = Span {
            from,
            to,
            sessions,
            shown: setting("LOCKGATE_SHOWN", 10),
            only: env::var("LOCKGATE_SHAPE").ok(),
        };
        let path = out.join(format!("cases-{from:07}.jsonl"));
        let lines = Mutex::new(BufWriter::new(File::create(path).unwrap()));
        let failed = append(&out, "failed.txt");
        let failed = Mutex::new(failed);
        let report = work(&span, &|world, case, verdict| {
            if let Some(line) = line(world, case, verdict) {
                writeln!(lines.lock().unwrap(), "{line}").unwrap();
            }
            if let Verdict::Failed(why) = verdict {
                let sql = queries(&case.ask)
                    .iter()
                    .filter_map(|query| render(query, Dialect::DataFusion, case.bare))
                    .collect::<Vec<_>>();
                let mut failed = failed.lock().unwrap();
                writeln!(
                    failed,
                    "case {} ({}): {why}\n  {}",
                    case.number,
                    case.shape,
                    sql.join("\n  ")
                )
                .unwrap();
            }
        });
        lines.into_inner().unwrap().flush().unwrap();
        println!("{from} to {to}: {report}");
        note(&out, &report);
        total.merge(report);
        from = to;
        fs::write(out.join("done"), from.to_string()).unwrap();
    }
    let kinds = kinds(sessions, cases);
    note(&out, &kinds);
    total.merge(kinds);
    println!("in all: {total}");
    assert_eq!(total.differing(), 0, "{}", total.differences.join("\n"));
}

/// Every kind, in as many rounds as `cases` are worth.
fn kinds(sessions: Sessions, cases: u64) -> Report {
    let rounds = match sessions {
        // DataFusion knows no expectations.
        Sessions::Bare => 0,
        _ => setting("LOCKGATE_KINDS", cases / 2_000),
    };
    let kinds = measure(
        0..rounds,
        &Span {
            sessions,
            ..Span::new(0, 0)
        },
    );
    println!("every kind, {rounds} rounds: {kinds}");
    kinds
}

/// The case that a run before this one got to.
fn done(out: &Path) -> Option<u64> {
    fs::read_to_string(out.join("done"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Adds the differences found to those of the folder.
fn note(out: &Path, report: &Report) {
    let mut file = append(out, "differences.txt");
    for difference in &report.differences {
        writeln!(file, "{difference}").unwrap();
    }
}

fn append(out: &Path, name: &str) -> File {
    let mut options = OpenOptions::new();
    options
        .create(true)
        .append(true)
        .open(out.join(name))
        .unwrap()
}

/// A query that gave rows, its tables and its answer; the other kinds of cases need no oracle.
fn line(world: &World, case: &Case, verdict: &Verdict) -> Option<Json> {
    let (Verdict::Agreed { oracle, rows }, Ask::Query(query)) = (verdict, &case.ask) else {
        return None;
    };
    let asked = json!({
        "number": case.number,
        "shape": case.shape,
        "sqlite": oracle,
        "sql": render(query, Dialect::DuckDb, false)?,
        "lockgate": render(query, Dialect::DataFusion, case.bare)?,
        "ordered": !query.order.is_empty(),
        "rows": rows,
    });
    Some(json!({ "tables": tables(world), "case": asked }))
}

fn tables(world: &World) -> Json {
    let tables = world.set.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|column| {
            let ty = match column.ty {
                Ty::Int => "bigint",
                Ty::Float => "double",
                Ty::Text => "varchar",
                Ty::Bool => "boolean",
                Ty::Date => "date",
                Ty::Decimal => "decimal(10, 2)",
            };
            json!([column.name, ty])
        });
        let rows = table.rows.iter().map(|row| {
            let cells = row.iter().map(|cell| json!(cell.text()));
            Json::Array(cells.collect())
        });
        json!({
            "name": table.name,
            "columns": columns.collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
        })
    });
    Json::Array(tables.collect())
}
