//! Measuring: all row and value measures of a table in one aggregate over one scan.

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::physical_plan::displayable;

use crate::error::{Error, Result};
use crate::expect::{Expectation, Measure, Subject};
use crate::outcome::{Metric, Number};

use super::Engine;
use super::plan::plain;

/// One expectation about one table, lowered.
#[derive(Debug)]
pub struct Question<'a> {
    pub expectation: &'a Expectation,
    pub measure: Measure,
    subject: Subject,
}

/// What was measured of a table.
#[derive(Debug)]
pub struct Measured {
    /// How many rows the table has.
    pub rows: u64,
    /// For each question its metric, or why it could not be asked.
    pub metrics: Vec<Result<Metric, String>>,
}

type QueryResult<T> = std::result::Result<T, DataFusionError>;

impl<'a> Question<'a> {
    /// Asks `expectation` of a table named as in SQL, on the day `as_of` (days since 1970-01-01).
    pub fn new(expectation: &'a Expectation, table: &str, as_of: i32) -> Self {
        let filter = expectation.filter.as_ref();
        let subject = Subject {
            table: table.to_owned(),
            filter: filter.map(|filter| filter.get_ref().clone()),
            as_of,
        };
        Self {
            expectation,
            measure: expectation.args.lower(&subject),
            subject,
        }
    }

    /// The aggregates it adds to the one scan; none for a query of its own.
    fn aggregates(&self) -> Vec<String> {
        match &self.measure {
            Measure::Rows { .. } => vec![
                format!("count(*) FILTER (WHERE {})", self.violates()),
                format!("count(*) FILTER (WHERE {})", self.scope()),
            ],
            Measure::Value { aggregate, .. } => vec![aggregate.clone()],
            Measure::Query { .. } => Vec::new(),
        }
    }

    /// The rows asked about.
    fn scope(&self) -> String {
        let among = match &self.measure {
            Measure::Rows { among, .. } => among.as_ref(),
            _ => None,
        };
        let parts = self.subject.filter.iter().chain(among);
        let parts: Vec<String> = parts.map(|part| format!("({part})")).collect();
        if parts.is_empty() {
            "true".to_owned()
        } else {
            parts.join(" AND ")
        }
    }

    fn violates(&self) -> String {
        match &self.measure {
            Measure::Rows { holds, .. } => format!("{} AND ({holds}) IS NOT TRUE", self.scope()),
            _ => "false".to_owned(),
        }
    }

    /// A query of the violating rows; `None` for a value, which no single row has.
    pub fn violations(&self) -> Option<String> {
        match &self.measure {
            Measure::Rows { .. } => Some(format!(
                "SELECT * FROM {} WHERE {}",
                self.subject.table,
                self.violates()
            )),
            Measure::Query { rows, .. } => Some(rows.clone()),
            Measure::Value { .. } => None,
        }
    }

    /// The condition or query it is about, as SQL.
    pub fn about(&self) -> String {
        match &self.measure {
            Measure::Rows { .. } => self.violates(),
            Measure::Value { aggregate, .. } => aggregate.clone(),
            Measure::Query { count, .. } => count.clone(),
        }
    }

    /// The SQL that answers it alone, for a check without data.
    pub fn alone(&self) -> String {
        match &self.measure {
            Measure::Query { count, .. } => count.clone(),
            _ => aggregate_sql(&self.subject.table, &self.aggregates()),
        }
    }
}

fn aggregate_sql(table: &str, aggregates: &[String]) -> String {
    let columns: Vec<String> = aggregates
        .iter()
        .enumerate()
        .map(|(i, aggregate)| format!("{aggregate} AS m{i}"))
        .collect();
    format!("SELECT {} FROM {table}", columns.join(", "))
}

/// The one aggregate of all row and value measures, the row count first.
fn one_scan(table: &str, questions: &[Question<'_>]) -> String {
    let mut aggregates = vec!["count(*)".to_owned()];
    aggregates.extend(questions.iter().flat_map(Question::aggregates));
    aggregate_sql(table, &aggregates)
}

/// The physical plan of the one aggregate, as text: it holds one scan however many questions.
pub async fn scan_plan(engine: &Engine, table: &str, questions: &[Question<'_>]) -> Result<String> {
    let failed = |error| Error::engine("planning the measures", error);
    let frame = engine
        .ctx
        .sql(&one_scan(table, questions))
        .await
        .map_err(failed)?;
    let plan = frame.create_physical_plan().await.map_err(failed)?;
    Ok(displayable(plan.as_ref()).indent(false).to_string())
}

/// Measures a table, named as in SQL.
///
/// A question that cannot be asked (its SQL fails on the data) does not keep the others from it.
///
/// # Errors
/// Only where not even the rows can be counted.
pub async fn measure(engine: &Engine, table: &str, questions: &[Question<'_>]) -> Result<Measured> {
    let sql = one_scan(table, questions);
    let Ok(row) = numbers(engine, &sql).await else {
        return one_by_one(engine, table, questions).await;
    };
    let mut values = row.into_iter();
    let rows = values.next().flatten().map_or(0, count);
    let mut metrics = Vec::with_capacity(questions.len());
    for question in questions {
        metrics.push(match &question.measure {
            Measure::Query { .. } => query(engine, question).await,
            _ => Ok(metric(&question.measure, &mut values)),
        });
    }
    Ok(Measured { rows, metrics })
}

async fn one_by_one(engine: &Engine, table: &str, questions: &[Question<'_>]) -> Result<Measured> {
    let counted = numbers(engine, &one_scan(table, &[])).await;
    let counted = counted.map_err(|error| Error::engine("counting rows", error))?;
    let mut metrics = Vec::with_capacity(questions.len());
    for question in questions {
        metrics.push(query(engine, question).await);
    }
    Ok(Measured {
        rows: counted.into_iter().next().flatten().map_or(0, count),
        metrics,
    })
}

async fn query(engine: &Engine, question: &Question<'_>) -> Result<Metric, String> {
    let row = numbers(engine, &question.alone()).await;
    let row = row.map_err(|error| plain(&error.strip_backtrace()))?;
    Ok(metric(&question.measure, &mut row.into_iter()))
}

fn metric(measure: &Measure, values: &mut impl Iterator<Item = Option<Number>>) -> Metric {
    let mut next = || values.next().flatten();
    match measure {
        Measure::Value { .. } => Metric::Value(next()),
        _ => Metric::Violations {
            rows: next().map_or(0, count),
            of: next().map(count),
        },
    }
}

fn count(number: Number) -> u64 {
    match number {
        Number::Int(value) => value.max(0) as u64,
        Number::Float(value) => value.max(0.0) as u64,
    }
}

/// Runs a query of one row and reads it as numbers.
async fn numbers(engine: &Engine, sql: &str) -> QueryResult<Vec<Option<Number>>> {
    let batches: Vec<RecordBatch> = engine.ctx.sql(sql).await?.collect().await?;
    let row = batches.iter().find(|batch| batch.num_rows() > 0);
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    row.columns().iter().map(number).collect()
}

fn number(column: &ArrayRef) -> QueryResult<Option<Number>> {
    use arrow::array::AsArray;
    // A column of the type null has no null buffer of its own.
    if column.logical_nulls().is_some_and(|nulls| nulls.is_null(0)) {
        return Ok(None);
    }
    Ok(Some(if column.data_type().is_integer() {
        let whole = cast(column, &DataType::Int64)?;
        Number::Int(whole.as_primitive::<Int64Type>().value(0))
    } else {
        let real = cast(column, &DataType::Float64)?;
        Number::Float(real.as_primitive::<Float64Type>().value(0))
    }))
}
