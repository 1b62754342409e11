//! SQL to plans, and the engine's errors to problems at their place.

use std::collections::BTreeMap;

use datafusion::common::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;

use crate::error::{Error, Problem, Text, suggest};
use crate::expect::{Expectation, Name};
use crate::project::{Model, sql};

use super::{Engine, keys};

type PlanResult<T> = std::result::Result<T, DataFusionError>;

/// Plans SQL over the tables of the session and type-checks it; nothing is read.
pub async fn plan_sql(engine: &Engine, text: &str) -> PlanResult<LogicalPlan> {
    let plan = engine.ctx.state().create_logical_plan(text).await?;
    checked(engine, plan)
}

/// Plans a model's query.
///
/// # Errors
/// Every problem the engine finds, each at its token of the SQL where it tells it.
pub async fn plan_model(engine: &Engine, model: &Model) -> Result<LogicalPlan, Vec<Problem>> {
    let statement = sql::statement(&model.sql);
    let statement = Statement::Statement(Box::new(statement));
    let plan = engine.ctx.state().statement_to_plan(statement).await;
    plan.and_then(|plan| checked(engine, plan))
        .map_err(|error| explain_error(&error, &model.text))
}

/// Which columns a model passes on from each table it reads, under their own name.
pub async fn lineage_of(
    engine: &Engine,
    model: &Model,
) -> Result<BTreeMap<String, Vec<String>>, Vec<Problem>> {
    let plan = plan_model(engine, model).await?;
    let mut passed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let fields = plan.schema().fields();
    for (field, sources) in fields.iter().zip(keys::lineage(&plan)) {
        for (table, column) in sources {
            if column == *field.name() {
                passed.entry(table).or_default().push(column);
            }
        }
    }
    Ok(passed)
}

/// The plan itself, once the optimiser (which includes the type checks) has accepted it.
fn checked(engine: &Engine, plan: LogicalPlan) -> PlanResult<LogicalPlan> {
    engine.ctx.state().optimize(&plan)?;
    Ok(plan)
}

/// A query from the command line that does not plan (the project's fault) or
/// fails on the data (the engine's).
pub fn query_problem(error: &DataFusionError, sql: &str) -> Error {
    let text = Text::new("the query", sql);
    if let Err(problem) = sql::parse(&text) {
        return Error::project(*problem);
    }
    match error.find_root() {
        DataFusionError::Execution(_)
        | DataFusionError::ResourcesExhausted(_)
        | DataFusionError::ArrowError(..)
        | DataFusionError::External(_) => {
            Error::engine("the query failed", plain(&error.strip_backtrace()))
        }
        _ => Error::Project(explain_error(error, &text)),
    }
}

/// The engine's complaints about a SQL file as problems.
fn explain_error(error: &DataFusionError, text: &Text) -> Vec<Problem> {
    error.iter().map(|error| one(error, text)).collect()
}

/// The first complaint of the engine at its place in the text.
pub(super) fn one(error: &DataFusionError, text: &Text) -> Problem {
    let Some(found) = error.diagnostic() else {
        let message = error.strip_backtrace();
        return Problem::new("lockgate::sql::plan", plain(&message))
            .at(text, 0..0, "in this query")
            .help(
                "the engine does not say where; run the parts of the query with `lockgate query`",
            );
    };
    let span = found.span.map_or(0..0, |span| {
        let start = text.offset(span.start.line, span.start.column);
        let end = text.offset(span.end.line, span.end.column);
        start..end.max(start)
    });
    let token = text.text.get(span.clone()).unwrap_or_default().to_owned();
    let notes = found.notes.iter().map(|note| note.message.clone());
    let helps = found.helps.iter().map(|help| help.message.clone());
    let advice: Vec<String> = notes.chain(helps).collect();
    let help = if advice.is_empty() {
        nearest(&token, error).unwrap_or_else(|| "mend the query here".to_owned())
    } else {
        advice.join("; ")
    };
    Problem::new("lockgate::sql::plan", found.message.clone())
        .at(text, span, "here")
        .help(help)
}

/// A complaint about the SQL of an expectation: at the place within the text
/// the user wrote, where the engine tells it, else at the expectation.
pub fn plan_text_problem(
    error: &DataFusionError,
    expectation: &Expectation,
    written: Option<&Name>,
    planned: &str,
) -> Problem {
    let text = &expectation.text;
    let planned = Text::new("", planned);
    let found = error.iter().next().unwrap_or(error);
    let problem = one(found, &planned);
    let place = written
        .and_then(|written| within(text, written, &planned, found))
        .or_else(|| written.map(Name::span))
        .unwrap_or_else(|| expectation.span.start..text.line_end(expectation.span.start));
    let message = format!(
        "`{}` cannot be asked: {}",
        expectation.id,
        problem.message()
    );
    Problem::new("lockgate::expect::sql", message)
        .at(text, place, "here")
        .help(problem.help_text().unwrap_or("mend the SQL").to_owned())
}

/// The token of the file that the engine complains of, if the SQL stands in it to the letter.
fn within(
    text: &Text,
    written: &Name,
    planned: &Text,
    error: &DataFusionError,
) -> Option<std::ops::Range<usize>> {
    let span = error.diagnostic()?.span?;
    let start = planned.offset(span.start.line, span.start.column);
    let end = planned.offset(span.end.line, span.end.column);
    let body = planned.text.find(written.get_ref().as_str())?;
    let within = start.checked_sub(body)?;
    let stands = text
        .text
        .get(written.span())?
        .find(written.get_ref().as_str())?;
    let start = written.span().start + stands + within;
    Some(start..start + (end.max(body + within) - (body + within)))
}

/// A did-you-mean from the list of valid names that the engine's message ends in.
fn nearest(token: &str, error: &DataFusionError) -> Option<String> {
    let message = error.strip_backtrace();
    let (_, valid) = message.split_once("Valid fields are ")?;
    let names: Vec<&str> = valid
        .split(',')
        .map(|name| name.trim().trim_end_matches('.'))
        .map(|name| name.rsplit('.').next().unwrap_or(name).trim_matches('"'))
        .collect();
    let name = token.rsplit('.').next().unwrap_or(token);
    Some(suggest(name, names))
}

/// The engine's message without the names of its own error types.
pub(super) fn plain(message: &str) -> String {
    let mut text = message;
    for prefix in [
        "Error during planning: ",
        "Schema error: ",
        "Execution error: ",
        "External error: ",
        "Arrow error: ",
        "SQL error: ",
        "type_coercion\ncaused by\n",
    ] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    text.lines().next().unwrap_or_default().to_owned()
}
