//! Rows of two tables on disk, in parts told apart by the hash of some columns: rows
//! that agree in these columns meet in the same part. So the tables can be joined part
//! by part, each in a share of the bound on memory.
//!
//! Nothing of a part is held: it is read from the disk as often as it is asked for.

use std::fmt;
use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::kernels::numeric::add;
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::ScalarValue;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use tempfile::{NamedTempFile, TempPath};

use lockgate_core::error::{Error, Result};

use super::Engine;

/// A part takes this share of the bound on memory: its rows, what a join builds
/// from them and what it gives out must all fit.
const SHARE: usize = 8;

/// Parts are never quite even: one of so many shares is not cut again.
const UNEVEN: usize = 2;

/// With more parts at once, what is written of each at a time would be mostly overhead.
const MOST: usize = 256;

/// What is taken in hand at a time has this share of the bound: it is there more
/// than once, as it came and as it goes, on every thread.
const HAND: usize = 32;

/// Rows that operators take in hand at a time, at most: as many as without a bound.
const BATCH: usize = 8192;

/// Rows that are cut into parts at a time, at most.
const CUT: usize = 65_536;

/// Rows whose width stands for that of all rows.
const LOOK: usize = 8192;

/// Rows that are read at a time while their width is not known.
const GLANCE: usize = 128;

/// Not the seed of a join: what it hashes anew must not all fall into one of its partitions.
const SEED: u64 = 0x6c6f_636b;

/// The tables of a part that is cut again.
const AGAIN: [&str; 2] = ["cut_again_1", "cut_again_2"];

type Fallible<T> = std::result::Result<T, DataFusionError>;

/// Rows of one table that belong together.
#[derive(Clone)]
pub struct Part {
    written: Arc<Written>,
    /// The places of its batches in the file.
    batches: Vec<usize>,
    bytes: usize,
}

/// A file with the rows of all parts of a table; it goes when this is dropped.
struct Written {
    path: TempPath,
    schema: SchemaRef,
    /// Bytes that are taken in hand at a time.
    hand: usize,
}

/// How rows are cut.
#[derive(Clone, Copy)]
struct Cut {
    /// By so many of their first columns.
    columns: usize,
    parts: usize,
    seed: u64,
    /// Bytes that are taken in hand at a time.
    hand: usize,
}

/// Spreads the rows of two queries, each with how many it has, by their first `columns`
/// columns; `None` where memory has no bound, or a part's share of it holds them all.
///
/// A part is far larger than its share only where no hash can cut it: all its rows agree
/// in those columns.
///
/// # Errors
/// A query fails; the disk is full.
pub async fn spread(
    engine: &Engine,
    queries: [(&str, u64); 2],
    columns: usize,
) -> Result<Option<Vec<[Part; 2]>>> {
    let Some(memory) = engine.memory else {
        return Ok(None);
    };
    let (share, hand) = ((memory / SHARE).max(1), (memory / HAND).max(1));
    let bytes = look(engine, queries, hand).await.map_err(failed)?;
    if bytes <= share {
        return Ok(None);
    }
    let cut = |bytes: usize, seed| Cut {
        columns,
        parts: bytes.div_ceil(share).clamp(2, MOST),
        seed,
        hand,
    };
    let queries = queries.map(|(query, _)| query.to_owned());
    let pairs = cut_both(engine, &queries, cut(bytes, SEED)).await;
    let mut open: Vec<_> = with(pairs.map_err(failed)?, SEED + 1).collect();
    let again = AGAIN.map(|name| format!("SELECT * FROM {name}"));
    let mut done = Vec::new();
    while let Some((pair, seed)) = open.pop() {
        let bytes = pair.iter().map(|part| part.bytes).sum();
        if bytes <= UNEVEN * share {
            done.push(pair);
            continue;
        }
        for (name, part) in AGAIN.iter().zip(&pair) {
            engine.put_part(name, part)?;
        }
        let pairs = cut_both(engine, &again, cut(bytes, seed)).await;
        match pairs.map_err(failed)? {
            pairs if pairs.len() == 1 => done.extend(pairs),
            pairs => open.extend(with(pairs, seed + 1)),
        }
    }
    Ok(Some(done))
}

fn failed(error: DataFusionError) -> Error {
    Error::engine("spreading rows over the disk", error)
}

fn with<T>(all: Vec<T>, seed: u64) -> impl Iterator<Item = (T, u64)> {
    all.into_iter().map(move |one| (one, seed))
}

/// What all rows take in memory, as their first ones tell. From now on the session takes
/// no more than `hand` bytes of them in hand.
async fn look(engine: &Engine, queries: [(&str, u64); 2], hand: usize) -> Fallible<usize> {
    let (mut bytes, mut widest) = (0usize, 1);
    engine.take_in_hand(GLANCE);
    for (query, rows) in queries {
        let width = width(engine, query, hand).await?;
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        bytes = bytes.saturating_add(width.saturating_mul(rows));
        widest = widest.max(width);
    }
    engine.take_in_hand((hand / widest).clamp(1, BATCH));
    Ok(bytes)
}

/// Bytes of a row in memory.
async fn width(engine: &Engine, query: &str, hand: usize) -> Fallible<usize> {
    let frame = engine.frame(query).await?.limit(0, Some(LOOK))?;
    let schema = plain(frame.schema().as_arrow());
    let mut stream = frame.execute_stream().await?;
    let (mut bytes, mut rows) = (0, 0);
    while bytes < hand
        && let Some(batch) = stream.try_next().await?
    {
        bytes += bytes_of(&plain_batch(&schema, &batch)?)?;
        rows += batch.num_rows();
    }
    Ok(bytes.div_ceil(rows.max(1)))
}

fn bytes_of(batch: &RecordBatch) -> Fallible<usize> {
    let columns = batch.columns().iter();
    let bytes = columns.map(|column| Ok(column.to_data().get_slice_memory_size()?));
    bytes.sum()
}

/// The parts of two queries, those that have rows on one side at least.
async fn cut_both(engine: &Engine, queries: &[String; 2], cut: Cut) -> Fallible<Vec<[Part; 2]>> {
    let [first, second] = queries;
    let first = cut_one(engine, first, cut).await?;
    let second = cut_one(engine, second, cut).await?;
    let pairs = first.into_iter().zip(second).map(|(a, b)| [a, b]);
    let pairs = pairs.filter(|pair| pair.iter().any(|part| !part.batches.is_empty()));
    Ok(pairs.collect())
}

async fn cut_one(engine: &Engine, query: &str, cut: Cut) -> Fallible<Vec<Part>> {
    let frame = engine.frame(query).await?;
    let schema = plain(frame.schema().as_arrow());
    let hashed = hashed(&schema, cut.columns);
    let (file, path) = NamedTempFile::new()?.into_parts();
    let mut writer = FileWriter::try_new_buffered(file, &schema)?;
    let (mut written, mut parts) = (0, vec![(Vec::new(), 0); cut.parts]);
    let rows = frame.execute_stream().await?;
    let mut rows = std::pin::pin!(in_hands(rows, schema.clone(), CUT, cut.hand));
    while let Some(batch) = rows.try_next().await? {
        let keys = hashed.iter().map(|place| hashable(batch.column(*place)));
        let keys = keys.collect::<Fallible<Vec<_>>>()?;
        for (part, rows) in by_part(&batch, &keys, cut)? {
            writer.write(&rows)?;
            let (batches, bytes) = &mut parts[part];
            batches.push(written);
            *bytes += bytes_of(&rows)?;
            written += 1;
        }
    }
    writer.finish()?;
    let hand = cut.hand;
    let written = Arc::new(Written { path, schema, hand });
    let parts = parts.into_iter().map(|(batches, bytes)| Part {
        written: written.clone(),
        batches,
        bytes,
    });
    Ok(parts.collect())
}

/// The same rows in plain batches of about `rows` rows, or fewer where these take `bytes` bytes.
fn in_hands(
    stream: impl Stream<Item = Fallible<RecordBatch>> + Send,
    schema: SchemaRef,
    rows: usize,
    bytes: usize,
) -> impl Stream<Item = Fallible<RecordBatch>> + Send {
    let plain = schema.clone();
    let pieces = stream
        .map(move |batch| pieces(&plain_batch(&plain, &batch?)?, rows, bytes))
        .map_ok(|pieces| stream::iter(pieces.into_iter().map(Fallible::Ok)))
        .try_flatten();
    let state = (Box::pin(pieces.fuse()), schema);
    stream::try_unfold(state, move |(mut pieces, schema)| async move {
        let (mut held, mut held_rows, mut held_bytes) = (Vec::new(), 0, 0);
        while held_rows < rows
            && held_bytes < bytes
            && let Some((piece, size)) = pieces.try_next().await?
        {
            held_rows += piece.num_rows();
            held_bytes += size;
            held.push(piece);
        }
        if held.is_empty() {
            return Ok(None);
        }
        let batch = concat_batches(&schema, &held)?;
        Ok(Some((batch, (pieces, schema))))
    })
}

/// A batch in slices of at most so many rows and about so many bytes, each with its bytes.
fn pieces(batch: &RecordBatch, rows: usize, bytes: usize) -> Fallible<Vec<(RecordBatch, usize)>> {
    let (all, size) = (batch.num_rows(), bytes_of(batch)?);
    let step = match size > bytes {
        true => all * bytes / size,
        false => all,
    };
    let step = step.clamp(1, rows);
    let starts = (0..all).step_by(step);
    let slices = starts.map(|start| batch.slice(start, step.min(all - start)));
    slices
        .map(|slice| bytes_of(&slice).map(|size| (slice, size)))
        .collect()
}

/// Text of a view may hold on to far more than it shows, also on disk, and a file has
/// one dictionary of a column: both become plain.
fn plain(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            DataType::BinaryView => DataType::Binary,
            DataType::Dictionary(_, value) => value.as_ref().clone(),
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
    cut: Cut,
) -> Fallible<Vec<(usize, RecordBatch)>> {
    let mut hashes = vec![0; batch.num_rows()];
    create_hashes(keys, &RandomState::with_seed(cut.seed), &mut hashes)?;
    let part = |row: u32| (hashes[row as usize] % cut.parts as u64) as usize;
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
    /// Puts in the rows of a part as a table, which is read from the disk whenever it is asked.
    ///
    /// # Errors
    /// Never for a part of this session.
    pub fn put_part(&self, name: &str, part: &Part) -> Result<()> {
        let schema = part.written.schema.clone();
        let table = StreamingTable::try_new(schema, vec![Arc::new(part.clone())])
            .map_err(|error| Error::engine(format!("reading {name}"), error))?;
        self.put(name, Arc::new(table))
    }

    /// Operators take so many rows in hand at a time from now on.
    fn take_in_hand(&self, rows: usize) {
        let state = self.ctx.state_ref();
        let mut state = state.write();
        let config = state.config_mut();
        *config = config.clone().with_batch_size(rows);
    }
}

impl Part {
    /// What its rows take in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn batches(&self) -> Fallible<impl Iterator<Item = Fallible<RecordBatch>> + use<>> {
        let file = File::open(&self.written.path)?;
        let mut reader = FileReader::try_new_buffered(file, None)?;
        let batches = self.batches.clone().into_iter().map(move |batch| {
            reader.set_index(batch)?;
            let batch = reader.next().transpose()?;
            batch.ok_or_else(|| DataFusionError::Internal("a part ends early".to_owned()))
        });
        Ok(batches)
    }
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.written.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let schema = self.written.schema.clone();
        let batches = stream::iter([self.batches()])
            .map_ok(stream::iter)
            .try_flatten();
        let rows = context.session_config().batch_size();
        let batches = in_hands(batches, schema.clone(), rows, self.written.hand);
        Box::pin(RecordBatchStreamAdapter::new(schema, batches))
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in {:?}", self.bytes, self.written.path)
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
        let cut = Cut {
            columns: 1,
            parts: 8,
            seed: SEED,
            hand: 1 << 20,
        };
        let parts = by_part(&batch, &[hashable(&column).unwrap()], cut).unwrap();
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
