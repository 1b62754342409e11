//! Rows that a person wrote, as typed batches, and what a model makes of them.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, RecordBatchOptions, cast::as_list_array};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::json::ReaderBuilder;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::DataFusionError;
use futures::TryStreamExt;
use serde_json::{Map, Value, json};

use lockgate_core::contract::{RAW_COLUMNS, Type, portable};
use lockgate_core::error::{Error, Problem, Result, suggest};
use lockgate_core::expect::relation;
use lockgate_core::project::{Entry, Model, TestTable};
use lockgate_core::table_name::source_of;

use super::build::{stored_schema, stream};
use super::failure::Failed;
use super::plan::plan_unchecked;
use super::sieve::{Sieve, quarantine_schema};
use super::{Engine, Question};

/// The types that the rows of a test are read as: those a table is stored with, null allowed everywhere.
pub fn test_schema(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter();
    let fields = fields.map(|field| Field::new(field.name(), portable(field.data_type()), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The rows of a table named `table`, with every column of `schema`; null where nothing is given. Of a raw
/// table the columns that lockgate adds are never null: the page of `lockgate explain test` says what they are.
///
/// # Errors
/// Each column that the table does not have, and each value that is not of its column's type.
pub fn given_rows(
    written: &TestTable,
    table: &str,
    schema: &SchemaRef,
) -> Result<RecordBatch, Vec<Problem>> {
    let mut problems = unknown(written, table, schema);
    let mut rows = Vec::new();
    for (at, cells) in written.rows.iter().enumerate() {
        let mut row = Map::new();
        if source_of(table).is_some() {
            row.extend(of_a_raw_row(at + 1));
        }
        for (column, cell) in written.columns.iter().zip(cells) {
            let Some(cell) = cell else { continue };
            let Ok(field) = schema.field_with_name(column.get_ref()) else {
                continue;
            };
            match value(cell.get_ref(), field.data_type()) {
                Some(value) => drop(row.insert(field.name().clone(), value)),
                None => problems.push(misfit(written, table, field, cell.get_ref(), cell.span())),
            }
        }
        rows.push(row);
    }
    match decode(schema.clone(), &rows) {
        Some(batch) if problems.is_empty() => Ok(batch),
        batch => {
            if batch.is_none() {
                problems.extend(misfits(written, table, schema));
            }
            problems.sort_by_key(|problem| problem.span().map(|at| (at.line, at.column)));
            Err(problems)
        }
    }
}

/// What a raw row has where a test does not say it: the first file there ever was.
fn of_a_raw_row(row: usize) -> impl Iterator<Item = (String, Value)> {
    let values = [
        json!("given.csv"),
        json!("2024-01-01"),
        json!(row),
        json!(row + 1),
        json!("0".repeat(64)),
        json!("2024-01-01T00:00:00Z"),
    ];
    let names = RAW_COLUMNS.iter().map(|name| (*name).to_owned());
    names.zip(values)
}

fn unknown(written: &TestTable, table: &str, schema: &SchemaRef) -> Vec<Problem> {
    let known = || schema.fields().iter().map(|field| field.name().as_str());
    let missing = written
        .columns
        .iter()
        .filter(|column| known().all(|name| name != column.get_ref()));
    missing
        .map(|column| {
            Problem::new(
                "lockgate::test::unknown_column",
                format!("`{table}` has no column `{}`", column.get_ref()),
            )
            .at(&written.text, column.span(), "not a column of it")
            .help(suggest(column.get_ref(), known()))
        })
        .collect()
}

/// The values that the reader refuses, found one by one.
fn misfits(written: &TestTable, table: &str, schema: &SchemaRef) -> Vec<Problem> {
    let mut problems = Vec::new();
    for cells in &written.rows {
        for (column, cell) in written.columns.iter().zip(cells) {
            let Some(cell) = cell else { continue };
            let Ok(field) = schema.field_with_name(column.get_ref()) else {
                continue;
            };
            let Some(value) = value(cell.get_ref(), field.data_type()) else {
                continue;
            };
            let row = Map::from_iter([(field.name().clone(), value)]);
            let alone = Arc::new(Schema::new(vec![field.clone()]));
            if decode(alone, &[row]).is_none() {
                problems.push(misfit(written, table, field, cell.get_ref(), cell.span()));
            }
        }
    }
    problems
}

fn misfit(
    written: &TestTable,
    table: &str,
    field: &Field,
    entry: &Entry,
    span: Range<usize>,
) -> Problem {
    let kind = Type::of(field.data_type());
    let name = kind.map_or_else(
        || field.data_type().to_string(),
        |it| it.as_str().to_owned(),
    );
    let quoted = matches!(entry, Entry::Value(_));
    let help = match kind {
        Some(Type::Text) => "write it in quotes",
        Some(Type::Int) if quoted => "write a whole number, without quotes",
        Some(Type::Int) => "write a whole number",
        Some(Type::Float) if quoted => "write a number, without quotes",
        Some(Type::Float) => "write a number",
        Some(Type::Decimal) => "write a number, such as 12.50",
        Some(Type::Bool) if quoted => "write true or false, without quotes",
        Some(Type::Bool) => "write true or false",
        Some(Type::Date) => "write a day that exists as 2024-01-31",
        Some(Type::Timestamp) => "write it as 2024-01-31T12:00:00Z",
        Some(Type::List) => "write a list of texts: [\"a\", \"b\"]",
        None => "write a value of that type",
    };
    Problem::new(
        "lockgate::test::value",
        format!("`{}` of `{table}` is {name}, and this is not", field.name()),
    )
    .at(&written.text, span, "here")
    .help(help)
}

/// A written value in the form that the JSON reader takes for the type; `None` where it cannot be of it.
fn value(entry: &Entry, data_type: &DataType) -> Option<Value> {
    use toml::Value as Toml;
    let kind = Type::of(data_type);
    let day = |text: &str| text.len() == 10;
    Some(match (kind, entry) {
        (Some(Type::Bool), Entry::Text(text)) => json!(text.parse::<bool>().ok()?),
        (Some(Type::List), Entry::Text(text)) => match serde_json::from_str(text).ok()? {
            Value::Array(list) => Value::Array(list),
            _ => return None,
        },
        (Some(Type::Date), Entry::Text(text)) if !day(text) => return None,
        (_, Entry::Text(text)) => json!(text),
        (Some(Type::Date), Entry::Value(Toml::String(text))) => day(text).then(|| json!(text))?,
        (Some(Type::Date), Entry::Value(Toml::Datetime(time))) => {
            time.time.is_none().then(|| json!(time.to_string()))?
        }
        (Some(Type::Timestamp), Entry::Value(Toml::Datetime(time))) => json!(time.to_string()),
        (Some(Type::Text | Type::Timestamp | Type::Decimal), Entry::Value(Toml::String(text))) => {
            json!(text)
        }
        (Some(Type::Int | Type::Float | Type::Decimal), Entry::Value(Toml::Integer(number))) => {
            json!(number)
        }
        (Some(Type::Float | Type::Decimal), Entry::Value(Toml::Float(number))) => {
            json!(number.to_string())
        }
        (Some(Type::Bool), Entry::Value(Toml::Boolean(flag))) => json!(flag),
        (Some(Type::List), Entry::Value(list @ Toml::Array(_))) => {
            serde_json::to_value(list).ok()?
        }
        (None, Entry::Value(value)) => serde_json::to_value(value).ok()?,
        _ => return None,
    })
}

/// The rows by arrow's JSON reader; `None` where a value is not of its type.
fn decode(schema: SchemaRef, rows: &[Map<String, Value>]) -> Option<RecordBatch> {
    if schema.fields().is_empty() {
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        return RecordBatch::try_new_with_options(schema, Vec::new(), &options).ok();
    }
    let builder = ReaderBuilder::new(schema.clone()).with_batch_size(rows.len().max(1));
    let mut decoder = builder.build_decoder().ok()?;
    decoder.serialize(rows).ok()?;
    let batch = decoder.flush().ok()?;
    Some(batch.unwrap_or_else(|| RecordBatch::new_empty(schema)))
}

/// Plans and runs a model over the tables of the session: its rows, of the types they are stored with.
///
/// # Errors
/// Only that the model does not plan; a query that fails on the rows is the inner error.
pub async fn made_of_them(
    engine: &Engine,
    model: &Model,
) -> Result<std::result::Result<RecordBatch, Failed>> {
    // A check has planned it before: the optimiser need not run twice.
    let plan = plan_unchecked(engine, model)
        .await
        .map_err(Error::Project)?;
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let schema = stored_schema(plan.schema().as_arrow(), contract);
    let rows = async {
        let mut batches = Vec::new();
        let mut stream = stream(engine, &plan, &schema).await?;
        while let Some(batch) = stream.try_next().await? {
            batches.push(batch.with_schema(schema.clone())?);
        }
        Ok::<_, DataFusionError>(concat_batches(&schema, &batches)?)
    };
    Ok(rows.await.map_err(Failed::from))
}

/// The rows of a model that pass on, and those that its expectations set aside, with their reasons.
///
/// # Errors
/// Only that the expectations cannot be asked at all; a condition that fails on the rows is the inner error.
pub fn set_aside(
    engine: &Engine,
    model: &Model,
    rows: &RecordBatch,
) -> Result<std::result::Result<(RecordBatch, RecordBatch), Failed>> {
    let table = relation(&model.name);
    let asked = model.expectations.iter().filter(|it| it.quarantine);
    // No question about one row alone asks what day it is.
    let asked: Vec<Question<'_>> = asked
        .map(|expectation| Question::new(expectation, &table, None, 0))
        .collect();
    let sieve = Sieve::new(engine, &rows.schema(), &asked);
    let Some(mut sieve) = sieve.map_err(|error| Error::engine("setting rows aside", error))? else {
        let none = RecordBatch::new_empty(quarantine_schema(&rows.schema()));
        return Ok(Ok((rows.clone(), none)));
    };
    let split = sieve.split(rows);
    let split = split.map_err(Failed::from);
    Ok(split.map(|(kept, aside)| {
        let none = || RecordBatch::new_empty(sieve.schema());
        (kept, aside.unwrap_or_else(none))
    }))
}

/// Every cell as a text that is the same for equal values, row by row; `None` is null.
///
/// A float is rounded to twelve significant digits, a decimal loses the zeros at its end, a list is JSON.
pub fn cells_of(batch: &RecordBatch) -> Result<Vec<Vec<Option<String>>>> {
    let failed = |error| Error::engine("comparing rows", error);
    let mut rows = vec![Vec::with_capacity(batch.num_columns()); batch.num_rows()];
    let options = FormatOptions::default().with_display_error(true);
    for column in batch.columns() {
        let plain = ArrayFormatter::try_new(column.as_ref(), &options).map_err(failed)?;
        for (at, row) in rows.iter_mut().enumerate() {
            let text = || text(column.as_ref(), at, plain.value(at).to_string());
            row.push(column.is_valid(at).then(text));
        }
    }
    Ok(rows)
}

fn text(column: &dyn Array, at: usize, shown: String) -> String {
    match column.data_type() {
        DataType::Float64 => {
            let value = column
                .as_primitive::<arrow::datatypes::Float64Type>()
                .value(at);
            let rounded = format!("{value:.11e}").parse().unwrap_or(value);
            // Both zeros are one.
            format!("{}", rounded + 0.0)
        }
        DataType::Decimal128(..) if shown.contains('.') => {
            let whole = shown.trim_end_matches('0');
            whole.trim_end_matches('.').to_owned()
        }
        DataType::List(field) if field.data_type() == &DataType::Utf8 => {
            let list = as_list_array(column).value(at);
            let texts: Vec<Option<&str>> = list.as_string::<i32>().iter().collect();
            json!(texts).to_string()
        }
        _ => shown,
    }
}
