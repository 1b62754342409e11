//! Rows as text: samples of what violates, and pages for a person to read.

mod nested;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::TryStreamExt;
use indexmap::IndexMap;

use datafusion::common::DataFusionError;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::ident;
use lockgate_core::outcome::{Location, Page, Sample};

use super::{Engine, QueryError};

/// Runs a query and reads at most `limit` of its rows.
pub async fn text_rows(engine: &Engine, sql: &str, limit: usize) -> Result<Page, QueryError> {
    read(engine, sql, limit, false).await
}

/// As [`text_rows`], lists, maps and structs as JSON: null for null, a number that JSON has none for as text.
pub async fn json_rows(engine: &Engine, sql: &str, limit: usize) -> Result<Page, QueryError> {
    read(engine, sql, limit, true).await
}

async fn read(engine: &Engine, sql: &str, limit: usize, json: bool) -> Result<Page, QueryError> {
    let frame = engine.frame(sql).await?;
    let mut page = Page::default();
    for field in frame.schema().fields() {
        page.columns.push(field.name().clone());
        let kind = field.data_type();
        page.numeric
            .push(kind.is_numeric() || (json && nested::holds_values(kind)));
    }
    let mut stream = frame.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        let batch = match json {
            true => nested::flat(&batch)?,
            false => batch,
        };
        for row in text_of(&batch)? {
            if page.rows.len() == limit {
                page.more = true;
                return Ok(page);
            }
            page.rows.push(row);
        }
    }
    Ok(page)
}

/// The rows of a query that bounds how many there are, as they are.
pub async fn rows_of(engine: &Engine, sql: &str) -> Result<Vec<RecordBatch>, QueryError> {
    Ok(engine.frame(sql).await?.collect().await?)
}

/// The columns of a table of the session with their types, in order.
pub async fn columns_of(engine: &Engine, table: &str) -> Result<Vec<(String, DataType)>> {
    let failed = |error| Error::engine(format!("reading the columns of {table}"), error);
    let frame = engine
        .ctx
        .table(super::reference(table))
        .await
        .map_err(failed)?;
    let fields = frame.schema().fields().iter();
    Ok(fields
        .map(|field| (field.name().clone(), field.data_type().clone()))
        .collect())
}

fn text_of(batch: &RecordBatch) -> Result<Vec<Vec<Option<String>>>, DataFusionError> {
    let options = FormatOptions::default().with_display_error(true);
    let columns = batch.columns().iter();
    let formats = columns
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
        .collect::<Result<Vec<_>, _>>()?;
    let cell = |column: usize, row: usize| {
        let valid = batch.column(column).is_valid(row);
        valid.then(|| formats[column].value(row).to_string())
    };
    let rows = (0..batch.num_rows()).map(|row| {
        (0..batch.num_columns())
            .map(|column| cell(column, row))
            .collect()
    });
    Ok(rows.collect())
}

/// The first violating rows: by the line of their file where the rows know it,
/// else by all their columns, so that the same data shows the same samples.
/// The columns that the question (SQL) `asked` speaks of stand first.
pub async fn sample(engine: &Engine, rows: &str, asked: &str, limit: usize) -> Result<Vec<Sample>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let failed = |error: QueryError| Error::engine("reading the rows that violate", error);
    let sql = in_order(engine, rows, limit).await.map_err(failed)?;
    let page = text_rows(engine, &sql, limit).await.map_err(failed)?;
    let words: Vec<&str> = asked
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .collect();
    let samples = page.rows.into_iter().map(|row| {
        let cells = page.columns.iter().cloned().zip(row);
        let (first, rest): (Vec<_>, Vec<_>) =
            cells.partition(|(name, _)| words.contains(&name.as_str()));
        let values: IndexMap<String, Option<String>> = first.into_iter().chain(rest).collect();
        Sample {
            place: place(&values),
            values,
        }
    });
    Ok(samples.collect())
}

/// The query of the first rows that violate, in the order in which they are shown.
pub async fn in_order(engine: &Engine, rows: &str, limit: usize) -> Result<String, QueryError> {
    let frame = engine.frame(rows).await?;
    let names: Vec<String> = frame
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let order: Vec<String> = if has("file_name") && has("file_row") {
        let by = ["file_date", "file_name", "file_row"].into_iter();
        by.filter(|name| has(name)).map(ident).collect()
    } else {
        names.iter().map(|name| ident(name)).collect()
    };
    Ok(format!(
        "SELECT * FROM ({rows}) ORDER BY {} LIMIT {limit}",
        order.join(", ")
    ))
}

fn place(values: &IndexMap<String, Option<String>>) -> Option<Location> {
    let file = values.get("file_name")?.clone()?;
    let line = values.get("file_line")?.as_ref()?.parse().ok()?;
    Some(Location { file, line })
}
