//! Whether an expectation can be asked of a table: its SQL parses, plans, and fits the columns.

use std::sync::Arc;

use arrow::datatypes::Schema;

use crate::document;
use crate::engine::{Engine, Question, plan_sql, plan_text_problem, row_by_row};
use crate::error::Problem;
use crate::expect::{Expectation, relation};
use crate::project::sql;

use super::fit;

/// Why an expectation cannot be asked of a table with that schema, which the
/// session holds by that name; empty: it can. `aside` names its quarantine in SQL.
pub async fn ask(
    engine: &Engine,
    name: &str,
    aside: Option<&str>,
    schema: &Schema,
    expectation: &Expectation,
) -> Vec<Problem> {
    let table = relation(name);
    let problem = |error, written, sql: &str| plan_text_problem(error, expectation, written, sql);
    if let Some(problem) = unparsed(expectation) {
        return vec![problem];
    }
    if let Some(filter) = &expectation.filter {
        let sql = format!("SELECT 1 FROM {table} WHERE {}", filter.get_ref());
        if let Err(error) = plan_sql(engine, &sql).await {
            return vec![problem(&error, Some(filter), &sql)];
        }
    }
    let problems = fit::misfits(expectation, schema);
    if !problems.is_empty() {
        return problems;
    }
    let question = Question::new(expectation, &table, aside, 0);
    let written = expectation.args.sql();
    for sql in question.violations().into_iter().chain([question.alone()]) {
        if let Err(error) = plan_sql(engine, &sql).await {
            return vec![problem(&error, written, &sql)];
        }
    }
    if expectation.quarantine && row_by_row(engine, &Arc::new(schema.clone()), &question).is_err() {
        return vec![beyond_the_row(expectation)];
    }
    Vec::new()
}

/// A condition that asks the table as well: rows are set aside one by one, before it is whole.
fn beyond_the_row(expectation: &Expectation) -> Problem {
    let text = &expectation.text;
    let start = expectation.span.start;
    let place = expectation.args.sql().or(expectation.filter.as_ref());
    let place = place.map_or(start..text.line_end(start), |written| written.span());
    Problem::new(
        "lockgate::expect::quarantine",
        format!(
            "`{}` cannot set rows aside: it asks more than the row itself",
            expectation.id
        ),
    )
    .at(text, place, "here")
    .help("rows are set aside one by one; take `on_fail` out, or ask only the row's own columns")
}

/// SQL that the user wrote into an expectation and that does not parse by itself.
fn unparsed(expectation: &Expectation) -> Option<Problem> {
    let mut written = expectation.filter.iter().chain(expectation.args.sql());
    written.find_map(|written| {
        let (message, part) = sql::mistake(written.get_ref())?;
        let what = format!("`{}` cannot be asked: {message}", expectation.id);
        let place = document::within(&expectation.text, written, part);
        Some(
            Problem::new("lockgate::expect::sql", what)
                .at(&expectation.text, place, "here")
                .help("mend the SQL here"),
        )
    })
}
