//! Dependencies counted over all rows: one scan, grouped by what tells and what
//! is told, which spills where memory is bounded.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt32Array, new_null_array,
};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, UInt32Type};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, TryStreamExt, stream};

use lockgate_core::error::{Error, Result};

use super::super::Engine;
use super::read::{Origin, Texts};

/// The session's name of what is counted.
const ASKED: &str = "profile_asked";

/// Groups that break a dependency, of which the rows are looked at, and their different values.
const BROKEN: usize = 200;
const VALUES: u64 = 4096;

/// Whether columns tell another one, or, where they are to tell none, whether they repeat.
/// Rows in which one of `from` is null are not asked, nor, of several, rows in which `to` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Places of columns.
    pub from: Vec<usize>,
    pub to: Option<usize>,
}

/// What all rows answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Rows that were asked.
    pub of: u64,
    /// Rows that agree with the most frequent value of their group.
    pub holds: u64,
    /// Different values of `from`.
    pub groups: u64,
    /// Groups that hold more than one value, or, without `to`, more than one row: the first few
    /// by text, each with how many values it holds.
    pub(super) broken: BTreeMap<String, u64>,
}

/// Counts over all rows how far columns tell others, in one scan.
///
/// # Errors
/// Of reading; memory does not suffice even on disk.
pub async fn agreements(
    engine: &Engine,
    origin: &Origin,
    asked: &[Asked],
) -> Result<Vec<Agreement>> {
    let mut found = vec![Agreement::default(); asked.len()];
    if asked.is_empty() {
        return Ok(found);
    }
    let failed = |error| Error::engine("counting dependencies", error);
    put(engine, origin, asked).await?;
    let sql = format!(
        "SELECT k, f, CAST(sum(n) AS BIGINT) AS n, CAST(max(n) AS BIGINT) AS most, \
         count(*) AS vals \
         FROM (SELECT k, f, t, count(*) AS n FROM {ASKED} WHERE f IS NOT NULL GROUP BY k, f, t) \
         GROUP BY k, f"
    );
    let frame = engine.frame(&sql).await.map_err(failed)?;
    let mut groups = frame.execute_stream().await.map_err(failed)?;
    while let Some(batch) = groups.try_next().await.map_err(failed)? {
        let keys = batch.column(0).as_primitive::<UInt32Type>();
        let [rows, most, values] = [2, 3, 4].map(|at| batch.column(at).as_primitive::<Int64Type>());
        let from = arrow::compute::cast(batch.column(1), &DataType::Utf8);
        let from = from.map_err(|error| Error::engine("counting dependencies", error))?;
        let from = from.as_string::<i32>();
        for row in 0..batch.num_rows() {
            let at = keys.value(row) as usize;
            let (rows, most) = (
                rows.value(row).cast_unsigned(),
                most.value(row).cast_unsigned(),
            );
            let one = &mut found[at];
            one.of += rows;
            one.holds += most;
            one.groups += 1;
            let is_broken = if asked[at].to.is_some() {
                rows > most
            } else {
                rows > 1
            };
            if is_broken {
                keep(
                    &mut one.broken,
                    from.value(row),
                    values.value(row).cast_unsigned(),
                );
            }
        }
    }
    let gone = engine.ctx.deregister_table(ASKED);
    gone.map_err(failed)?;
    Ok(found)
}

/// Keeps the first few by their text, whatever the order they come in, and of many values fewer.
fn keep(broken: &mut BTreeMap<String, u64>, text: &str, values: u64) {
    let full = broken.len() >= BROKEN;
    let last = broken.last_key_value();
    if values > VALUES || full && last.is_some_and(|(last, _)| text >= last.as_str()) {
        return;
    }
    broken.insert(text.to_owned(), values);
    while broken.len() > BROKEN || broken.values().sum::<u64>() > VALUES {
        broken.pop_last();
    }
}

/// The values of `from` as one text, the same for the same values only; `None` where one is null.
pub(super) fn joined(columns: &[&StringArray], row: usize) -> Option<String> {
    let mut text = String::new();
    for column in columns {
        let value = column.is_valid(row).then(|| column.value(row))?;
        // Writing into a text does not fail.
        let _ = write!(text, "{}:{value}", value.len());
    }
    Some(text)
}

/// What tells, as one column of text.
pub(super) fn telling(texts: &Texts, asked: &Asked) -> ArrayRef {
    match asked.from[..] {
        [one] => texts.columns[one].clone(),
        _ => {
            let columns: Vec<&StringArray> = asked
                .from
                .iter()
                .map(|at| texts.columns[*at].as_string::<i32>())
                .collect();
            let told = asked.to.map(|to| &texts.columns[to]);
            let cell = |row: usize| {
                let is_asked = told.is_none_or(|told| told.is_valid(row));
                joined(&columns, row).filter(|_| is_asked)
            };
            Arc::new((0..texts.rows).map(cell).collect::<StringArray>())
        }
    }
}

async fn put(engine: &Engine, origin: &Origin, asked: &[Asked]) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("k", DataType::UInt32, false),
        Field::new("f", DataType::Utf8, true),
        Field::new("t", DataType::Utf8, true),
    ]));
    let rows = origin.rows(engine).await?;
    let (shape, asked) = (schema.clone(), asked.to_vec());
    let batches = rows.flat_map(move |read| {
        let batches: Vec<_> = match read {
            Ok(Ok(texts)) => (0..asked.len())
                .map(|at| batch(&shape, &texts, at, &asked[at]))
                .collect(),
            // The first scan read to the end: the file changed meanwhile.
            Ok(Err(mut refusal)) => {
                refusal.hide_values();
                vec![Err(DataFusionError::Execution(refusal.message))]
            }
            Err(error) => vec![Err(DataFusionError::External(Box::new(error)))],
        };
        stream::iter(batches)
    });
    let batches = RecordBatchStreamAdapter::new(schema.clone(), batches);
    let once = Once {
        schema: schema.clone(),
        batches: Mutex::new(Some(Box::pin(batches))),
    };
    let failed = |error| Error::engine("counting dependencies", error);
    let table = StreamingTable::try_new(schema, vec![Arc::new(once)]).map_err(failed)?;
    engine.put(ASKED, Arc::new(table))
}

fn batch(
    schema: &SchemaRef,
    texts: &Texts,
    at: usize,
    asked: &Asked,
) -> datafusion::common::Result<RecordBatch> {
    let told = match asked.to {
        Some(to) => texts.columns[to].clone(),
        None => new_null_array(&DataType::Utf8, texts.rows),
    };
    let number = u32::try_from(at).unwrap_or(u32::MAX);
    let keys = UInt32Array::from_value(number, texts.rows);
    let columns: Vec<ArrayRef> = vec![Arc::new(keys), telling(texts, asked), told];
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

/// A stream as a table that is read once.
struct Once {
    schema: SchemaRef,
    batches: Mutex<Option<SendableRecordBatchStream>>,
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(ASKED)
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let taken = self
            .batches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        taken.unwrap_or_else(|| {
            let again = DataFusionError::Execution(format!("{ASKED} is read once"));
            Box::pin(RecordBatchStreamAdapter::new(
                self.schema.clone(),
                stream::iter([Err(again)]),
            ))
        })
    }
}
