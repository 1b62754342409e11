//! Rows of a query on disk, in parts told apart by the hash of some columns: rows
//! that agree in these columns meet in the same part. Two tables spread alike can
//! be joined part by part, in the memory that one part takes.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::kernels::numeric::add;
use arrow::compute::{BatchCoalescer, cast, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::execution::{SendableRecordBatchStream, SpillFile};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use futures::{Stream, TryStreamExt};

use crate::error::{Error, Result};

use super::Engine;

/// A part takes this share of the bound on memory: its rows, what a join builds
/// from them and what it gives out must all fit, and parts are never quite even.
const SHARE: usize = 8;

/// A file of each part is open while rows are spread, and some systems give a process 256.
/// Tables of more than this many parts have larger ones.
const MOST: usize = 200;

/// Rows whose width stands for that of all rows.
const LOOK: usize = 8192;

/// Rows that are cut into parts at a time, at most: a part's slice of fewer is mostly overhead on disk.
const CUT: usize = 65_536;

/// What is cut at a time takes this share of the bound: it is there twice, as it came and by part.
const CUT_SHARE: usize = 32;

/// Not the seed of a join: what it hashes anew must not all fall into one of its partitions.
const SEED: u64 = 0x6c6f_636b;

/// Rows of a batch that is read back.
const BATCH: usize = 8192;

type Fallible<T> = std::result::Result<T, datafusion::error::DataFusionError>;

/// The parts; their files go when it is dropped.
pub struct Spread {
    files: SpillManager,
    parts: Vec<Option<Arc<dyn SpillFile>>>,
}

/// How tables are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub parts: usize,
    /// Rows that are taken in hand at a time.
    pub rows: usize,
}

/// How the rows of `queries`, each with how many it has, are cut so that a part of all of them fits
/// into the bound on memory; one part where it has no bound or holds them all.
///
/// # Errors
/// A query fails.
pub async fn cut(engine: &Engine, queries: &[(&str, u64)]) -> Result<Cut> {
    let Some(memory) = engine.memory else {
        let (parts, rows) = (1, CUT);
        return Ok(Cut { parts, rows });
    };
    let (mut bytes, mut widest) = (0usize, 1);
    for (query, rows) in queries {
        let width = width(engine, query).await.map_err(failed)?;
        let rows = usize::try_from(*rows).unwrap_or(usize::MAX);
        bytes = bytes.saturating_add(width.saturating_mul(rows));
        widest = widest.max(width);
    }
    let part = (memory / SHARE).max(1);
    Ok(Cut {
        parts: bytes.div_ceil(part).clamp(1, MOST),
        rows: (memory / CUT_SHARE / widest).clamp(1, CUT),
    })
}

/// Bytes of a row in memory.
async fn width(engine: &Engine, query: &str) -> Fallible<usize> {
    let frame = engine.ctx.sql(query).await?.limit(0, Some(LOOK))?;
    let schema = plain(frame.schema().as_arrow());
    let (mut bytes, mut rows) = (0, 0);
    for batch in frame.collect().await? {
        // Copied row by row, it holds nothing of what it was cut from.
        let all = UInt32Array::from_iter_values(0..batch.num_rows() as u32);
        let batch = take_record_batch(&plain_batch(&schema, &batch)?, &all)?;
        bytes += batch.get_array_memory_size();
        rows += batch.num_rows();
    }
    Ok(bytes / rows.max(1))
}

/// Runs a query and spreads its rows by their first `columns` columns.
///
/// # Errors
/// The query fails; the disk is full.
pub async fn spread(engine: &Engine, query: &str, columns: usize, cut: Cut) -> Result<Spread> {
    spread_rows(engine, query, columns, cut)
        .await
        .map_err(failed)
}

fn failed(error: datafusion::error::DataFusionError) -> Error {
    Error::engine("spreading rows over the disk", error)
}

async fn spread_rows(engine: &Engine, query: &str, columns: usize, cut: Cut) -> Fallible<Spread> {
    let frame = engine.ctx.sql(query).await?;
    let schema = plain(frame.schema().as_arrow());
    let hashed = hashed(&schema, columns);
    let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
    let files = SpillManager::new(engine.ctx.runtime_env(), metrics, schema.clone());
    let open = (0..cut.parts).map(|_| files.create_in_progress_file("a part of a table"));
    let mut open = open.collect::<Fallible<Vec<_>>>()?;
    let mut stream = coalesced(frame.execute_stream().await?, schema, cut.rows);
    while let Some(batch) = stream.try_next().await? {
        let keys = hashed.iter().map(|place| hashable(batch.column(*place)));
        let keys = keys.collect::<Fallible<Vec<_>>>()?;
        for (part, rows) in by_part(&batch, &keys, cut.parts)? {
            open[part].append_batch(&rows)?;
        }
    }
    let parts = open.iter_mut().map(|file| file.finish());
    let parts = parts.collect::<Fallible<Vec<_>>>()?;
    Ok(Spread { files, parts })
}

/// The same rows in plain batches of `rows` rows.
fn coalesced(
    stream: SendableRecordBatchStream,
    schema: SchemaRef,
    rows: usize,
) -> impl Stream<Item = Fallible<RecordBatch>> + Unpin {
    let whole = BatchCoalescer::new(schema.clone(), rows);
    let state = (stream, whole, schema);
    Box::pin(futures::stream::try_unfold(
        state,
        async |(mut stream, mut whole, schema)| {
            loop {
                if let Some(batch) = whole.next_completed_batch() {
                    return Ok(Some((batch, (stream, whole, schema))));
                }
                match stream.try_next().await? {
                    Some(batch) => whole.push_batch(plain_batch(&schema, &batch)?)?,
                    None if whole.is_empty() => return Ok(None),
                    None => whole.finish_buffered_batch()?,
                }
            }
        },
    ))
}

/// Text of a view may hold on to far more than it shows, also on disk: it becomes plain.
fn plain(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            DataType::BinaryView => DataType::Binary,
            other => other.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn plain_batch(schema: &SchemaRef, batch: &RecordBatch) -> Fallible<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

/// The columns to hash: nothing nested, which may hold floats.
fn hashed(schema: &Schema, columns: usize) -> Vec<usize> {
    let fields = schema.fields().iter().take(columns).enumerate();
    let fields = fields.filter(|(_, field)| !field.data_type().is_nested());
    fields.map(|(place, _)| place).collect()
}

/// Floats with one zero: the two are equal and hash apart.
fn hashable(column: &ArrayRef) -> Fallible<ArrayRef> {
    if !column.data_type().is_floating() {
        return Ok(column.clone());
    }
    let zero = ScalarValue::new_zero(column.data_type())?.to_scalar()?;
    Ok(add(column, &zero)?)
}

/// The rows of each part that has any, one copy of the batch cut into slices.
fn by_part(
    batch: &RecordBatch,
    keys: &[ArrayRef],
    parts: usize,
) -> Fallible<Vec<(usize, RecordBatch)>> {
    let mut hashes = vec![0; batch.num_rows()];
    create_hashes(keys, &RandomState::with_seed(SEED), &mut hashes)?;
    let part = |row: u32| (hashes[row as usize] % parts as u64) as usize;
    let mut order: Vec<u32> = (0..batch.num_rows() as u32).collect();
    order.sort_by_key(|row| part(*row));
    let slices = order.chunk_by(|a, b| part(*a) == part(*b));
    let slices: Vec<(usize, usize)> = slices.map(|rows| (part(rows[0]), rows.len())).collect();
    let sorted = take_record_batch(batch, &UInt32Array::from(order))?;
    let mut start = 0;
    let cut = slices.into_iter().map(|(part, length)| {
        let slice = sorted.slice(start, length);
        start += length;
        (part, slice)
    });
    Ok(cut.collect())
}

impl Engine {
    /// Puts in the rows of one part as a table.
    ///
    /// # Errors
    /// The part cannot be read.
    pub async fn put_part(&self, name: &str, spread: &Spread, part: usize) -> Result<()> {
        let batches = spread.read(part).await.map_err(failed)?;
        if batches.is_empty() {
            return self.put_empty(name, spread.files.schema().as_ref().clone());
        }
        self.put_rows(name, batches)
    }
}

impl Spread {
    async fn read(&self, part: usize) -> Fallible<Vec<RecordBatch>> {
        let Some(file) = &self.parts[part] else {
            return Ok(Vec::new());
        };
        let stream = self.files.read_spill_as_stream(file.clone(), None)?;
        coalesced(stream, self.files.schema().clone(), BATCH)
            .try_collect()
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, Float64Array};
    use arrow::datatypes::Float64Type;

    #[test]
    fn floats_are_spread_over_the_parts_and_both_zeros_go_into_one() {
        let values = [0.0, -0.0].into_iter().chain((1..500).map(f64::from));
        let column: ArrayRef = Arc::new(Float64Array::from_iter_values(values));
        let batch = RecordBatch::try_from_iter([("amount", column.clone())]).unwrap();
        let parts = by_part(&batch, &[hashable(&column).unwrap()], 8).unwrap();
        assert_eq!(parts.len(), 8);
        let zeros = parts.iter().filter(|(_, rows)| {
            let values = rows.column(0).as_primitive::<Float64Type>();
            values.values().contains(&0.0)
        });
        assert_eq!(zeros.count(), 1);
        let rows: usize = parts.iter().map(|(_, rows)| rows.num_rows()).sum();
        assert_eq!(rows, batch.num_rows());
    }
}
