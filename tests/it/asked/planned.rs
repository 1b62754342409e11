//! What a run executes is what `check` planned.

use lockgate::check;
use lockgate::engine::{Engine, Passed, Question, measure, sample, text_rows};
use lockgate::error::Text;
use lockgate::expect::{self, Example, Expectation, KINDS, ident};

use crate::ask::rows;
use crate::support::wait;

/// Filters put to every example: over the row, with a comment, and over another table.
const FILTERS: [&str; 4] = [
    "",
    "where = 'true -- always'\n",
    "where = 'exists (select 1 from extra)'\n",
    "where = '1 in (select one from extra) and 2 not in (select one from extra)'\n",
];

fn name(example: &Example) -> &'static str {
    match example.toml.contains("FROM orders") {
        true => "orders",
        false => "this",
    }
}

async fn engine(example: &Example) -> Engine {
    let engine = Engine::new(None).expect("an engine");
    let table = rows(example.fails).await;
    engine.put_rows(name(example), table).expect("a table");
    let extra = rows("SELECT * FROM (VALUES (1)) AS t(one)").await;
    engine.put_rows("extra", extra).expect("a table");
    for (other, sql) in example.others {
        engine.put_rows(other, rows(sql).await).expect("a table");
    }
    engine
}

fn loaded(toml: &str) -> Option<Expectation> {
    let (list, problems) = expect::load(&Text::new("this.toml", format!("[[expect]]\n{toml}\n")));
    problems
        .is_empty()
        .then(|| list.into_iter().next())
        .flatten()
}

/// How many rows are shown is not known before the run.
fn unlimited(sql: &str) -> String {
    match sql.rsplit_once(" LIMIT ") {
        Some((head, digits)) if digits.chars().all(|c| c.is_ascii_digit()) => head.to_owned(),
        _ => sql.to_owned(),
    }
}

#[test]
fn every_sql_text_of_every_kind_was_planned_by_check_and_runs() {
    let asked = wait(executed());
    assert!(asked > 500, "{asked}");
}

/// How many texts were executed, each of them planned.
async fn executed() -> usize {
    let mut asked = 0;
    for example in KINDS.iter().flat_map(|kind| kind.examples) {
        for filter in FILTERS {
            if !filter.is_empty() && example.toml.contains("where") {
                continue;
            }
            let toml = format!("{}\n{filter}", example.toml);
            // Some kinds take no filter.
            let Some(expectation) = loaded(&toml) else {
                assert!(!filter.is_empty(), "{toml}");
                continue;
            };
            let engine = engine(example).await;
            let table = name(example);
            engine.keep_log();
            let schema = rows(example.fails).await[0].schema();
            let problems = check::ask(&engine, table, None, &schema, &expectation).await;
            assert!(problems.is_empty(), "{toml}\n{problems:?}");
            let planned: Vec<String> = engine.take_log().iter().map(|sql| unlimited(sql)).collect();

            let question = Question::new(&expectation, &ident(table), None, 0);
            let questions = [question];
            let measured = measure(&engine, &ident(table), &questions, Passed::default()).await;
            let metric = measured.expect("a row count").metrics.remove(0);
            assert!(metric.is_ok(), "{toml}\n{metric:?}");
            if let Some(rows) = questions[0].violations() {
                let shown = sample(&engine, &rows, "", 3).await;
                assert!(shown.is_ok(), "{toml}\n{shown:?}");
            }
            // The hashes of a key are taken of the table's columns, by no SQL of the question.
            let whole = format!("SELECT * FROM {}", ident(table));
            for sql in engine.take_log().into_iter().filter(|sql| *sql != whole) {
                assert!(
                    planned.contains(&unlimited(&sql)),
                    "{toml}\nnot planned: {sql}\n{planned:#?}"
                );
                asked += 1;
            }
        }
    }
    asked
}

#[tokio::test]
async fn what_check_planned_of_every_kind_runs_each_by_itself() {
    for example in KINDS.iter().flat_map(|kind| kind.examples) {
        let expectation = loaded(example.toml).expect("an expectation");
        let engine = engine(example).await;
        let question = Question::new(&expectation, &ident(name(example)), None, 0);
        for sql in question.texts(&ident(name(example))) {
            let page = text_rows(&engine, &sql, usize::MAX).await;
            assert!(page.is_ok(), "{}\n{sql}\n{page:?}", example.toml);
        }
    }
}
