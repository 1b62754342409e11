//! Whether an expectation can be asked of a table: its SQL parses, plans, and fits the columns.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};

use crate::contract::{Type, type_name};
use crate::document;
use crate::engine::{
    Engine, QueryError, Question, columns_of, in_order, plan_sql, plan_text_problem, plan_to_run,
    row_by_row,
};
use crate::error::Problem;
use crate::expect::{Expectation, Measure, Name, body, relation};
use crate::project::sql::{self, Condition};

use super::{fit, whole};

/// Why an expectation cannot be asked of a table with that schema, which the
/// session holds by that name; empty: it can. `aside` names its quarantine in SQL.
///
/// What is planned here is what a run executes: the texts of the question, and the query that shows rows.
pub async fn ask(
    engine: &Engine,
    name: &str,
    aside: Option<&str>,
    schema: &Schema,
    expectation: &Expectation,
) -> Vec<Problem> {
    let table = relation(name);
    let problem = |error, written: &[&Name], sql: &str| {
        vec![plan_text_problem(error, expectation, written, sql)]
    };
    if let Some(problem) = unparsed(expectation, &table) {
        return vec![problem];
    }
    if let Some(filter) = &expectation.filter {
        let sql = format!("SELECT 1 FROM {table} WHERE {}", body(filter.get_ref()));
        if let Some(error) = wrong(engine, &sql).await {
            return problem(&error, &[filter], &sql);
        }
    }
    let others = others(engine, expectation).await;
    let problems = fit::misfits(expectation, schema, &others);
    if !problems.is_empty() {
        return problems;
    }
    let question = Question::new(expectation, &table, aside, 0);
    let written = expectation.args.sql();
    // As it was written, so that what is wrong is told at its place.
    if let (true, Measure::Rows { .. }, [holds]) =
        (question.asks_apart(), &question.measure, written.as_slice())
    {
        let sql = format!("SELECT * FROM {table} WHERE {}", body(holds.get_ref()));
        if let Some(error) = wrong(engine, &sql).await {
            return problem(&error, &written, &sql);
        }
    }
    let mut texts = question.texts(&table);
    if let Some(rows) = question.violations() {
        match in_order(engine, &rows, 1).await {
            Ok(sql) => texts.insert(0, sql),
            Err(error) => return problem(&error, &written, &rows),
        }
    }
    for sql in texts {
        if let Err(error) = plan_to_run(engine, &sql).await {
            return problem(&error, &written, &sql);
        }
    }
    if let (true, [value]) = (expectation.args.aggregates(), written.as_slice()) {
        // As in the one scan, beside the row count: an expression over single rows is refused.
        let sql = format!(
            "SELECT count(*) AS all_rows, {}\n AS figure FROM {table}",
            value.get_ref()
        );
        let plan = match plan_sql(engine, &sql).await {
            Ok(plan) => plan,
            Err(error) => return problem(&error, &written, &sql),
        };
        let yields = plan.schema().field(1).data_type();
        if !(yields.is_numeric() || yields.is_null() || *yields == DataType::Boolean) {
            return vec![no_number(expectation, value, yields)];
        }
    }
    let cut = whole::problems(engine, &table, expectation).await;
    if !cut.is_empty() {
        return cut;
    }
    if expectation.quarantine && row_by_row(engine, &Arc::new(schema.clone()), &question).is_err() {
        return vec![beyond_the_row(expectation)];
    }
    Vec::new()
}

/// A value that no bound can hold.
fn no_number(expectation: &Expectation, value: &Name, yields: &DataType) -> Problem {
    let family = type_name(yields);
    let message = format!(
        "`{}` yields {family}, and should yield a number",
        expectation.id
    );
    Problem::new("lockgate::expect::type", message)
        .at(&expectation.text, value.span(), format!("this is {family}"))
        .help("write an aggregate of numbers, such as sum(paid) or count(DISTINCT city)")
}

/// The types of the columns of other models that the expectation holds its own against, as far as the
/// session knows them.
async fn others(engine: &Engine, expectation: &Expectation) -> fit::Others {
    let pairs = expectation.args.pairs().into_iter();
    let mut others = fit::Others::new();
    for model in pairs.filter_map(|pair| pair.model) {
        let columns = columns_of(engine, &model).await.unwrap_or_default();
        let known = columns.into_iter().filter_map(|(name, kind)| {
            let family = Type::of(&kind)?;
            Some(((model.clone(), name), family))
        });
        others.extend(known);
    }
    others
}

/// What is wrong with a condition as it was written; nothing where it is only that the engine would
/// answer it wrongly, for it is asked in another form.
async fn wrong(engine: &Engine, sql: &str) -> Option<QueryError> {
    let error = plan_sql(engine, sql).await.err()?;
    error.refusal().is_none().then_some(error)
}

/// A condition that asks the table as well: rows are set aside one by one, before it is whole.
fn beyond_the_row(expectation: &Expectation) -> Problem {
    let text = &expectation.text;
    let start = expectation.span.start;
    let mut written = expectation.sql().into_iter().rev();
    let place = written.next();
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

/// SQL that the user wrote into an expectation and that does not parse by itself, or asks other tables
/// in a form that cannot be judged.
fn unparsed(expectation: &Expectation, table: &str) -> Option<Problem> {
    expectation.sql().into_iter().find_map(|written| {
        let sql = written.get_ref();
        let (message, part, help) = match sql::mistake(sql) {
            Some((message, part)) => (message, part, "mend the SQL here"),
            None => match sql::condition(sql, table) {
                Condition::Unfit(message, part) => (message.to_owned(), part, REWRITE),
                _ => return None,
            },
        };
        let what = format!("`{}` cannot be asked: {message}", expectation.id);
        let place = document::within(&expectation.text, written, part);
        Some(
            Problem::new("lockgate::expect::sql", what)
                .at(&expectation.text, place, "here")
                .help(help),
        )
    })
}

const REWRITE: &str = "write the condition with AND, OR, NOT and EXISTS (SELECT 1 FROM … WHERE …), or ask with kind = \"no_rows\"";
