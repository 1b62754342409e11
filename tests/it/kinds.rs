//! Every kind: its examples, its page, and what it makes of nothing and of nulls.

mod figures;
mod json;
mod order;
mod refused;
mod rowwise;

use std::collections::BTreeMap;

use arrow::array::{RecordBatch, new_null_array};
use lockgate::engine::{Engine, Warehouse, past};
use lockgate::expect::{Example, KINDS, Past};
use lockgate::history;
use lockgate::outcome::{Gate, Location, ModelRun, Number, Outcome, Run, Severity, Verdict};
use lockgate::reference;

use crate::ask::{Asked, ask, first_run, rows};
use crate::support::wait;

/// The table that an example is about: what its SQL calls it, or `this`.
fn name(example: &Example) -> &'static str {
    if example.toml.contains("FROM orders") {
        "orders"
    } else {
        "this"
    }
}

async fn ask_example(example: &Example, toml: &str, table: Vec<RecordBatch>) -> Asked {
    let mut tables = vec![(name(example), table)];
    for (other, sql) in example.others {
        tables.push((*other, rows(sql).await));
    }
    ask(toml, &tables, first_run()).await
}

#[test]
fn every_example_passes_and_fails_as_it_says() {
    wait(async {
        for kind in KINDS {
            assert!(!kind.examples.is_empty(), "{}", kind.name);
            for example in kind.examples {
                for (sql, wanted) in [
                    (example.passes, Verdict::Pass),
                    (example.fails, Verdict::Fail),
                ] {
                    let asked = ask_example(example, example.toml, rows(sql).await).await;
                    assert_eq!(
                        asked.verdict(),
                        Some(wanted),
                        "{}\n{sql}\n{asked:?}",
                        example.toml
                    );
                    if let Asked::Judged(judged) = &asked
                        && let Some(violations) = judged.rows
                    {
                        assert_eq!(violations > 0, wanted == Verdict::Fail, "{}", example.toml);
                        let shown = judged.violations.rows.is_empty();
                        assert!(
                            wanted == Verdict::Pass || !shown,
                            "{}: no row shown",
                            example.toml
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn where_narrows_every_kind_that_asks_of_rows() {
    wait(async {
        for kind in KINDS {
            for example in kind.examples.iter().filter(|e| !e.toml.contains("where")) {
                let both = format!(
                    "SELECT *, 'good' AS part FROM ({}) UNION ALL SELECT *, 'bad' AS part FROM ({})",
                    example.passes, example.fails
                );
                let whole = ["column_count", "columns", "type", "no_rows"].contains(&kind.name);
                if whole {
                    let toml = format!("{}\nwhere = 'true'", example.toml);
                    let asked = ask_example(example, &toml, rows(example.passes).await).await;
                    assert!(matches!(asked, Asked::Wrong(_)), "{}: {asked:?}", kind.name);
                    continue;
                }
                let table = rows(&both).await;
                for (part, wanted) in [("good", Verdict::Pass), ("bad", Verdict::Fail)] {
                    let toml = format!("{}\nwhere = \"part = '{part}'\"", example.toml);
                    let asked = ask_example(example, &toml, table.clone()).await;
                    assert_eq!(asked.verdict(), Some(wanted), "{toml}\n{asked:?}");
                }
            }
        }
    });
}

/// The verdicts over some table made from the first example's, where they are not `Skip`.
async fn verdicts(table: impl Fn(&RecordBatch) -> RecordBatch) -> BTreeMap<&'static str, Verdict> {
    let mut verdicts = BTreeMap::new();
    for kind in KINDS {
        let example = &kind.examples[0];
        let batch = table(&rows(example.passes).await[0]);
        let toml: Vec<&str> = example.toml.lines().collect();
        let toml: Vec<&str> = toml
            .into_iter()
            .filter(|l| !l.starts_with("where"))
            .collect();
        let asked = ask_example(example, &toml.join("\n"), vec![batch]).await;
        let verdict = asked.verdict();
        let verdict = verdict.unwrap_or_else(|| panic!("{}: {asked:?}", kind.name));
        if verdict != Verdict::Skip {
            verdicts.insert(kind.name, verdict);
        }
    }
    verdicts
}

#[test]
fn an_empty_table_is_skipped_by_all_but_those_that_say_otherwise() {
    wait(async {
        let verdicts = verdicts(|batch| RecordBatch::new_empty(batch.schema())).await;
        let wanted = BTreeMap::from([
            ("column_count", Verdict::Pass),
            ("columns", Verdict::Pass),
            ("distinct_count", Verdict::Fail),
            ("distinct_values", Verdict::Fail),
            ("fresh", Verdict::Fail),
            ("no_rows", Verdict::Pass),
            ("reconciles", Verdict::Fail),
            ("row_count", Verdict::Fail),
            ("row_count_ratio", Verdict::Pass),
            ("same_rows_as", Verdict::Fail),
            ("type", Verdict::Pass),
        ]);
        assert_eq!(verdicts, wanted);
    });
}

#[test]
fn a_row_of_nulls_is_asked_only_by_those_that_say_so() {
    wait(async {
        let verdicts = verdicts(|batch| {
            let schema = batch.schema();
            let nulls = schema
                .fields()
                .iter()
                .map(|f| new_null_array(f.data_type(), 1));
            let nullable = schema
                .fields()
                .iter()
                .map(|f| f.as_ref().clone().with_nullable(true));
            let schema = arrow::datatypes::Schema::new(nullable.collect::<Vec<_>>());
            RecordBatch::try_new(schema.into(), nulls.collect()).unwrap()
        })
        .await;
        let wanted = BTreeMap::from([
            ("column_count", Verdict::Pass),
            ("columns", Verdict::Pass),
            ("disjoint_ranges", Verdict::Pass),
            ("distinct_count", Verdict::Fail),
            ("distinct_values", Verdict::Fail),
            ("fresh", Verdict::Fail),
            ("holds", Verdict::Fail),
            ("is_null", Verdict::Pass),
            ("no_rows", Verdict::Pass),
            ("not_null", Verdict::Fail),
            ("reconciles", Verdict::Fail),
            ("row_count", Verdict::Pass),
            ("row_count_ratio", Verdict::Pass),
            ("same_rows_as", Verdict::Fail),
            ("type", Verdict::Pass),
        ]);
        assert_eq!(verdicts, wanted);
    });
}

#[test]
fn a_value_is_held_against_its_past_and_the_first_one_is_a_baseline() {
    wait(async {
        let toml = "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 3 }\nbetween = [0.5, 2]";
        let table = || async { vec![("this", rows("SELECT 10 AS n").await)] };
        let Asked::Judged(first) = ask(toml, &table().await, first_run()).await else {
            panic!("not judged");
        };
        assert_eq!(
            (first.verdict, first.value),
            (Verdict::Pass, Some(Number::Int(10)))
        );
        assert!(first.note.unwrap().starts_with("baseline"));
        let day = |text: &str| text.parse().unwrap();
        for (before, wanted) in [(12.0, Verdict::Pass), (50.0, Verdict::Fail)] {
            let values = [(day("2024-02-01"), before), (day("2024-01-01"), before)];
            let past = Past {
                as_of: day("2024-03-01"),
                values: &values,
            };
            let asked = ask(toml, &table().await, past).await;
            assert_eq!(asked.verdict(), Some(wanted), "{before}");
        }
    });
}

#[test]
fn a_column_or_value_of_a_wrong_type_is_a_problem_of_the_project() {
    wait(async {
        let table = [(
            "this",
            rows("SELECT 1 AS n, 'a' AS t, DATE '2024-01-01' AS d").await,
        )];
        for toml in [
            "kind = 'length'\ncolumn = 'n'\nmax = 3",
            "kind = 'mean'\ncolumn = 't'\nmax = 3",
            "kind = 'between'\ncolumn = 't'\nmax = 3",
            "kind = 'between'\ncolumn = 'd'\nmax = '2024-01-01'",
            "kind = 'in_set'\ncolumn = 'n'\nvalues = [1, 'a']",
            "kind = 'max'\ncolumn = 'n'\nmax = 2024-01-01",
            "kind = 'fresh'\ncolumn = 'n'\nwithin = '3 days'",
            "kind = 'increasing'\ncolumn = 'n'",
            "kind = 'matches'\ncolumn = 'n'\npattern = 'a'",
            "kind = 'not_null'\ncolumn = 'gone'",
        ] {
            let Asked::Wrong(problems) = ask(toml, &table, first_run()).await else {
                panic!("{toml}: not refused");
            };
            assert_eq!(problems.len(), 1, "{toml}: {problems:?}");
            assert!(
                problems[0].place().is_some() && problems[0].help_text().is_some(),
                "{toml}"
            );
        }
    });
}

#[test]
fn the_catalogue_and_every_page_read_as_approved() {
    let mut pinned = vec![("the catalogue", reference::catalogue())];
    for kind in KINDS {
        let page = reference::explain(kind.name).unwrap();
        // What every kind takes is pinned once.
        let (own, rest) = page.split_once("\nAs every kind\n").unwrap();
        let (common, examples) = rest.split_once("\nExample\n").unwrap();
        if kind.name == KINDS[0].name {
            pinned.push(("what every kind takes", common.to_owned()));
        }
        pinned.push((kind.name, format!("{own}\nExample\n{examples}")));
    }
    crate::shop::pin("kinds", pinned);
}

#[test]
fn the_arguments_described_are_those_that_are_read() {
    for kind in KINDS {
        let text = lockgate::error::Text::new("this.toml", "\"###\" = 1\n");
        // Past the check of keys against those described: what the arguments themselves read.
        let table = toml::de::DeTable::parse(&text.text).unwrap();
        let problems = (kind.load)(&text, table).unwrap_err();
        let help = problems[0].help_text().unwrap();
        let known = help.strip_prefix("known are: ").expect(help);
        let mut read: Vec<&str> = known.split(", ").collect();
        let mut described: Vec<&str> = kind.args.iter().map(|arg| arg.name).collect();
        read.sort_unstable();
        described.sort_unstable();
        assert_eq!(read, described, "{}", kind.name);
        for arg in kind.args.iter().filter(|arg| arg.required) {
            let examples = kind.examples.iter();
            let written = |toml: &str| toml.lines().any(|line| line.starts_with(arg.name));
            assert!(
                examples.into_iter().all(|e| written(e.toml)),
                "{} {}",
                kind.name,
                arg.name
            );
        }
    }
}

fn run_of(run_id: &str, as_of: &str, gate: Gate, value: i64) -> Run {
    let outcome = Outcome {
        id: "sum(n)".to_owned(),
        kind: "sum".to_owned(),
        severity: Severity::Error,
        verdict: Verdict::Pass,
        rows: None,
        of: None,
        value: Some(Number::Int(value)),
        expected: String::new(),
        limits: Default::default(),
        allow: None,
        shown: None,
        asked: None,
        proof: None,
        note: None,
        set_aside: false,
        because: None,
        location: Location {
            file: "this.toml".to_owned(),
            line: 1,
        },
        samples: Vec::new(),
        table: None,
    };
    let model = ModelRun {
        name: "this".to_owned(),
        layer: "base".to_owned(),
        gate,
        rows: Some(1),
        quarantined: None,
        unchanged: false,
        note: None,
        waits_for: None,
        reads: Vec::new(),
        outcomes: vec![outcome],
    };
    Run {
        format: lockgate::outcome::RECORD_FORMAT,
        command: lockgate::outcome::Command::Run,
        run_id: run_id.to_owned(),
        verdict: Verdict::Pass,
        project: "test".to_owned(),
        started: "2024-03-01T00:00:00.000Z".parse().unwrap(),
        finished: "2024-03-01T00:00:01.000Z".parse().unwrap(),
        as_of: as_of.parse().unwrap(),
        files: Vec::new(),
        unclaimed: Vec::new(),
        tests: Vec::new(),
        models: vec![model],
        tables: Vec::new(),
    }
}

#[test]
fn a_day_counts_once_in_the_past_by_its_latest_run_and_today_and_closed_gates_do_not() {
    wait(async {
        let folder = tempfile::tempdir().unwrap();
        let warehouse = Warehouse::open("warehouse", folder.path()).unwrap();
        for (run_id, as_of, gate, value) in [
            ("1", "2024-01-01", Gate::Open, 10),
            ("2", "2024-02-01", Gate::Open, 20),
            ("3", "2024-02-01", Gate::Open, 21),
            ("4", "2024-02-15", Gate::Closed, 999),
            ("5", "2024-03-01", Gate::Open, 30),
        ] {
            let run = run_of(run_id, as_of, gate, value);
            history::save(&warehouse, &run).await.unwrap();
        }
        let engine = Engine::new(None).unwrap();
        let past = past(&engine, &warehouse).await.unwrap();
        let day = |text: &str| text.parse().unwrap();
        let values = past.before("this", "sum(n)", day("2024-03-01"));
        assert_eq!(
            values,
            [(day("2024-02-01"), 21.0), (day("2024-01-01"), 10.0)]
        );
        assert!(past.before("this", "sum(m)", day("2024-03-01")).is_empty());
    });
}
