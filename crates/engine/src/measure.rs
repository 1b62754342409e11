//! Measuring: all row and value measures of a table in one aggregate over one scan.

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::physical_plan::displayable;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::{Expectation, Measure, Moment, Subject, body, is_query};
use lockgate_core::outcome::{Metric, Number};
use lockgate_core::project::sql::{Condition, condition};

use super::Engine;
use super::failure::Failed;
use super::gauge::Passed;
use super::key_counts::{KeyCounts, KeySet};
use super::sieve::REASONS;
use super::unique::KeyCount;

/// One expectation about one table, lowered.
#[derive(Debug)]
pub struct Question<'a> {
    pub expectation: &'a Expectation,
    pub measure: Measure,
    subject: Subject,
    /// The rows asked about, as SQL reads them.
    rows: String,
    /// Whether it holds a query of its own, which rows that pass by once cannot answer.
    apart: bool,
}

/// What was measured of a table.
#[derive(Debug)]
pub struct Measured {
    /// How many rows the table has.
    pub rows: u64,
    /// For each question its metric, or why it could not be asked.
    pub metrics: Vec<Result<Metric, Failed>>,
}

/// The scope of a question about all rows of a table.
const EVERY_ROW: &str = "true";

type QueryResult<T> = std::result::Result<T, DataFusionError>;

impl<'a> Question<'a> {
    /// Asks `expectation` of a table named as in SQL, at a `moment` (or the end of a day, as days since 1970-01-01).
    ///
    /// `quarantine` names the rows that were set aside on the way into the table. They are among
    /// the rows asked, if the expectation is one that sets rows aside.
    pub fn new(
        expectation: &'a Expectation,
        table: &str,
        quarantine: Option<&str>,
        moment: impl Into<Moment>,
    ) -> Self {
        let name = table;
        let table = match quarantine {
            Some(aside) if expectation.quarantine => format!(
                "(SELECT * FROM {table} UNION ALL SELECT * EXCEPT ({REASONS}) FROM {aside})"
            ),
            _ => table.to_owned(),
        };
        let filter = expectation.filter.as_ref();
        let filter = filter.map(|filter| body(filter.get_ref()).to_owned());
        // A filter that asks other tables cannot stand within an aggregate: it narrows the table instead.
        let narrowed = filter.as_deref().map(|filter| condition(filter, name));
        let (table, filter) = match narrowed {
            Some(Condition::OfTables(truth)) => {
                (format!("(SELECT * FROM {table} WHERE {truth})"), None)
            }
            _ => (table, filter),
        };
        let subject = Subject {
            table,
            quarantine: quarantine.map(str::to_owned),
            filter,
            moment: moment.into(),
        };
        let mut question = Self {
            expectation,
            measure: expectation.lower(&subject),
            rows: subject.table.clone(),
            apart: expectation.filter.is_some() && subject.filter.is_none(),
            subject,
        };
        question.look_apart(name);
        question
    }

    /// Conditions that ask other tables in the form that can be judged.
    fn look_apart(&mut self, name: &str) {
        let derived = self.apart || self.rows.starts_with('(');
        match &mut self.measure {
            Measure::Rows { holds, .. } => {
                if let Condition::OfTables(truth) = condition(holds, name) {
                    *holds = truth;
                    self.apart = true;
                }
                // The condition may call the table by its name.
                if derived && self.apart {
                    let own = name.rsplit('.').next().unwrap_or(name);
                    self.rows = format!("{} AS {own}", self.rows);
                }
            }
            Measure::Value { aggregate, .. } => {
                let asks = !matches!(condition(aggregate, name), Condition::OfRow);
                self.apart |= asks;
            }
            Measure::Unique { .. } | Measure::Query { .. } => {}
        }
    }

    /// A fingerprint of what is asked, bounds apart.
    pub fn fingerprint(&self) -> String {
        let definition = self.expectation.definition.as_deref();
        let filter = self.expectation.filter.as_ref();
        let parts = [definition, filter.map(|filter| filter.get_ref().as_str())];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        let more = parts.join(" where ");
        self.measure
            .fingerprint((!more.is_empty()).then_some(more.as_str()))
    }

    /// The aggregates it adds to the one scan; none for a query of its own,
    /// or for one whose rows were counted as they were set aside.
    fn aggregates(&self) -> Vec<String> {
        if self.expectation.quarantine || self.apart {
            return Vec::new();
        }
        self.own_aggregates()
    }

    /// Whether it holds a query of its own, which rows that pass by once cannot answer.
    pub fn asks_apart(&self) -> bool {
        self.apart
    }

    fn own_aggregates(&self) -> Vec<String> {
        match &self.measure {
            Measure::Rows { .. } => vec![counted(&self.violates()), counted(&self.scope())],
            Measure::Value { aggregate, .. } => vec![aggregate.clone()],
            Measure::Unique { .. } | Measure::Query { .. } => Vec::new(),
        }
    }

    /// SQL that narrows the rows asked about.
    pub(super) fn filter(&self) -> Option<&str> {
        self.subject.filter.as_deref()
    }

    /// The rows asked about.
    pub(super) fn scope(&self) -> String {
        let among = match &self.measure {
            Measure::Rows { among, .. } => among.as_ref(),
            _ => None,
        };
        let parts = self.subject.filter.iter().chain(among);
        let parts: Vec<String> = parts.map(|part| format!("({part})")).collect();
        if parts.is_empty() {
            EVERY_ROW.to_owned()
        } else {
            parts.join(" AND ")
        }
    }

    pub(super) fn violates(&self) -> String {
        match &self.measure {
            Measure::Rows { holds, .. } => format!("{} AND ({holds}) IS NOT TRUE", self.scope()),
            _ => "false".to_owned(),
        }
    }

    /// A query of the violating rows; `None` for a value, which no single row has.
    pub fn violations(&self) -> Option<String> {
        match &self.measure {
            Measure::Rows { .. } => {
                let evidence = self.expectation.args.evidence();
                let shown =
                    evidence.map_or(String::new(), |(name, sql)| format!(", {sql} AS {name}"));
                Some(format!(
                    "SELECT *{shown} FROM {} WHERE {}",
                    self.rows,
                    self.violates()
                ))
            }
            Measure::Unique { rows, .. } | Measure::Query { rows, .. } => Some(rows.clone()),
            Measure::Value { .. } => None,
        }
    }

    /// Every SQL text that a run may execute to measure it of `table`: the query that answers it alone, and
    /// its part of the one scan. That of the rows that violate is [`in_order`](super::in_order).
    pub fn texts(&self, table: &str) -> Vec<String> {
        vec![self.alone(), one_scan(table, std::slice::from_ref(self))]
    }

    /// The condition or query it is about, as SQL.
    pub fn about(&self) -> String {
        match &self.measure {
            Measure::Rows { .. } => self.violates(),
            Measure::Value { aggregate, .. } => aggregate.clone(),
            Measure::Unique { count, .. } | Measure::Query { count, .. } => count.clone(),
        }
    }

    /// The SQL that answers it alone, for a check without data.
    pub fn alone(&self) -> String {
        match &self.measure {
            Measure::Unique { count, .. } | Measure::Query { count, .. } => count.clone(),
            // The engine answers sub-queries in WHERE, and not within an aggregate.
            Measure::Rows { .. } if self.apart => format!(
                "SELECT v.n AS m0, s.n AS m1 FROM (SELECT count(*) AS n FROM {rows} WHERE {}) AS v \
                 CROSS JOIN (SELECT count(*) AS n FROM {rows} WHERE {}) AS s",
                self.violates(),
                self.scope(),
                rows = self.rows
            ),
            // A query of its own is judged over an empty table too.
            Measure::Value { aggregate, .. } if is_query(aggregate) => {
                format!("SELECT {aggregate} AS m0")
            }
            // A value from a query within would come once for each row.
            Measure::Rows { .. } | Measure::Value { .. } => format!(
                "{} LIMIT 1",
                aggregate_sql(&self.rows, &self.own_aggregates())
            ),
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

/// A count that the row count of the table answers too, where it is of every row.
fn counted(condition: &str) -> String {
    if condition == EVERY_ROW {
        return "count(*)".to_owned();
    }
    format!("count(*) FILTER (WHERE {condition})")
}

/// The one aggregate of all row and value measures, the row count first.
pub fn one_scan(table: &str, questions: &[Question<'_>]) -> String {
    let mut aggregates = vec!["count(*)".to_owned()];
    aggregates.extend(questions.iter().flat_map(Question::aggregates));
    aggregate_sql(table, &aggregates)
}

/// The physical plan of the one aggregate, as text: it holds one scan however many questions.
pub async fn scan_plan(engine: &Engine, table: &str, questions: &[Question<'_>]) -> Result<String> {
    let failed = |error| Error::engine("planning the measures", error);
    let frame = engine
        .frame(&one_scan(table, questions))
        .await
        .map_err(failed)?;
    let plan = frame.create_physical_plan().await.map_err(failed)?;
    Ok(displayable(plan.as_ref()).indent(false).to_string())
}

/// Measures a table, named as in SQL; what was `passed` by a [`Gauge`](super::Gauge) is not read again.
///
/// A question that cannot be asked (its SQL fails on the data) does not keep the others from it.
///
/// # Errors
/// Only where not even the rows can be counted.
pub async fn measure(
    engine: &Engine,
    table: &str,
    questions: &[Question<'_>],
    passed: Passed,
) -> Result<Measured> {
    let numbers = match passed.numbers {
        Some(numbers) => Ok(numbers),
        None => numbers(engine, &one_scan(table, questions)).await,
    };
    let Ok(numbers) = numbers else {
        return one_by_one(engine, table, questions).await;
    };
    let mut values = numbers.into_iter();
    let rows = values.next().flatten().map_or(0, whole);
    let mut keys = passed.keys;
    keys.complete(engine, table, questions).await;
    let mut aside = passed.aside.into_iter();
    let mut metrics = Vec::with_capacity(questions.len());
    for question in questions {
        metrics.push(match &question.measure {
            _ if question.expectation.quarantine => match aside.next() {
                Some(metric) => Ok(metric),
                None => query(engine, question).await,
            },
            Measure::Unique { .. } => unique(engine, question, &keys).await,
            Measure::Query { .. } => query(engine, question).await,
            _ if question.asks_apart() => query(engine, question).await,
            _ => Ok(metric(&question.measure, &mut values)),
        });
    }
    Ok(Measured { rows, metrics })
}

/// Hashes first; the exact query only where they raise a suspicion, or cannot tell.
async fn unique(
    engine: &Engine,
    question: &Question<'_>,
    keys: &KeyCounts,
) -> Result<Metric, Failed> {
    match KeySet::of(question).and_then(|set| keys.get(&set)) {
        Some(KeyCount {
            asked,
            suspects: false,
        }) => Ok(Metric::Violations {
            rows: 0,
            of: Some(asked),
        }),
        _ => query(engine, question).await,
    }
}

/// How many rows a table has, named as in SQL.
pub async fn count(engine: &Engine, table: &str) -> Result<u64> {
    let counted = numbers(engine, &one_scan(table, &[])).await;
    let counted = counted.map_err(|error| Error::engine("counting rows", error))?;
    Ok(counted.into_iter().next().flatten().map_or(0, whole))
}

async fn one_by_one(engine: &Engine, table: &str, questions: &[Question<'_>]) -> Result<Measured> {
    let rows = count(engine, table).await?;
    let mut metrics = Vec::with_capacity(questions.len());
    for question in questions {
        metrics.push(query(engine, question).await);
    }
    Ok(Measured { rows, metrics })
}

async fn query(engine: &Engine, question: &Question<'_>) -> Result<Metric, Failed> {
    let row = numbers(engine, &question.alone()).await?;
    Ok(metric(&question.measure, &mut row.into_iter()))
}

fn metric(measure: &Measure, values: &mut impl Iterator<Item = Option<Number>>) -> Metric {
    let mut next = || values.next().flatten();
    match measure {
        Measure::Value { .. } => Metric::Value(next()),
        _ => Metric::Violations {
            rows: next().map_or(0, whole),
            of: next().map(whole),
        },
    }
}

fn whole(number: Number) -> u64 {
    match number {
        Number::Int(value) => value.max(0) as u64,
        Number::Float(value) => value.max(0.0) as u64,
    }
}

/// Runs a query of one row and reads it as numbers.
pub(super) async fn numbers(engine: &Engine, sql: &str) -> QueryResult<Vec<Option<Number>>> {
    numbers_of(&engine.frame(sql).await?.collect().await?)
}

/// The one row of a result as numbers; none where there is no row.
pub(super) fn numbers_of(batches: &[RecordBatch]) -> QueryResult<Vec<Option<Number>>> {
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
    let whole = |column: &ArrayRef| {
        let whole = cast(column, &DataType::Int64)?;
        Ok::<_, DataFusionError>(whole.as_primitive::<Int64Type>().value(0))
    };
    Ok(Some(match column.data_type() {
        kind if kind.is_integer() => Number::Int(whole(column)?),
        // By its digits: a cast would divide, and round what a person wrote.
        kind if kind.is_decimal() => {
            let text = cast(column, &DataType::Utf8)?;
            let text = text.as_string::<i32>().value(0);
            match (text.parse(), text.parse()) {
                (Ok(whole), _) => Number::Int(whole),
                (_, real) => Number::Float(real.unwrap_or(f64::NAN)),
            }
        }
        _ => {
            let real = cast(column, &DataType::Float64)?;
            // Both zeros are one.
            Number::Float(real.as_primitive::<Float64Type>().value(0) + 0.0)
        }
    }))
}
