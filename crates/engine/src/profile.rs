//! Measuring what a file or a table holds: one pass for the figures of every
//! column and a sample of rows, one more for each width of key to confirm.

mod agree;
mod breaking;
mod form;
mod read;
mod sample;
mod spot;
mod tally;

pub use agree::{Agreement, Asked, agreements};
pub use breaking::breaking;
pub use form::{FORMS, Form, forms, shape};
pub use read::Origin;
pub use sample::{Coded, Sample, scattered};
pub use spot::{First, Scanned, Spot};
pub use tally::{Point, Tally};

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::hash_utils::{RandomState, create_hashes};

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::SkipNull;
use lockgate_core::intake::Refusal;

use super::Engine;
use super::key_counts::KeySet;
use super::unique::KeyCounter;
use read::Texts;

/// Bytes that a cell of the sample takes, about.
const CELL: usize = 96;

/// The figures of every column, and a sample of the rows.
#[derive(Debug)]
pub struct Figures {
    pub rows: u64,
    pub columns: Vec<Tally>,
    pub sample: Sample,
}

/// Reads all rows once. At most `limit` rows are sampled, fewer where memory is bounded.
///
/// # Errors
/// Of reading. A file that is damaged further down is refused instead.
pub async fn figures(
    engine: &Engine,
    origin: &Origin,
    limit: usize,
) -> Result<std::result::Result<Figures, Refusal>> {
    let width = origin.names().len();
    let fits = engine
        .memory
        .map_or(limit, |bytes| bytes / 4 / CELL / width.max(1));
    let mut figures = Figures {
        rows: 0,
        columns: vec![Tally::default(); width],
        sample: Sample::new(width, limit.min(fits)),
    };
    let failed = |error| Error::engine("measuring", error);
    let refused = origin
        .each(engine, |texts| figures.take(&texts).map_err(failed))
        .await?;
    if let Some(refusal) = refused {
        return Ok(Err(refusal));
    }
    for column in &mut figures.columns {
        column.finish();
    }
    figures.sample.settle();
    Ok(Ok(figures))
}

impl Figures {
    fn take(&mut self, texts: &Texts) -> datafusion::common::Result<()> {
        let state = RandomState::with_seed(0);
        let mut hashes = vec![0; texts.rows];
        for (tally, column) in self.columns.iter_mut().zip(&texts.columns) {
            create_hashes([column], &state, &mut hashes)?;
            let values = column.as_string::<i32>();
            for (value, hash) in values.iter().zip(&hashes) {
                match value {
                    Some(text) => tally.value(text, *hash),
                    None => tally.null(),
                }
            }
        }
        let of_a_file = !texts.lines.is_empty();
        if !of_a_file {
            // A null leaves a hash as it is.
            hashes.fill(0);
            create_hashes(&texts.columns, &state, &mut hashes)?;
        }
        let columns: Vec<_> = texts.columns.iter().map(|c| c.as_string::<i32>()).collect();
        for (row, hash) in hashes.iter().enumerate() {
            let tag = match of_a_file {
                true => scattered(self.rows + row as u64),
                false => *hash,
            };
            if self.sample.wants(tag) {
                let line = texts.lines.get(row).map(|line| line.cast_unsigned());
                let cells = columns
                    .iter()
                    .map(|c| c.is_valid(row).then(|| c.value(row)));
                self.sample.push(tag, line, cells);
            }
        }
        self.rows += texts.rows as u64;
        Ok(())
    }
}

/// Which of some sets of columns, by their places, no two of all rows share.
///
/// # Errors
/// Of reading.
pub async fn unique_sets(
    engine: &Engine,
    origin: &Origin,
    sets: &[Vec<usize>],
) -> Result<Vec<bool>> {
    let failed = |error| Error::engine("counting keys", error);
    let fields = (0..origin.names().len())
        .map(|place| Field::new(place.to_string(), DataType::Utf8, true))
        .collect::<Vec<_>>();
    let schema = Arc::new(Schema::new(fields));
    let mut counters = Vec::new();
    for set in sets {
        let set = KeySet {
            columns: set.iter().map(usize::to_string).collect(),
            skip_null: SkipNull::Never,
            filter: None,
        };
        let counter = KeyCounter::new(engine, &schema, &set, 1);
        counters.push(counter.map_err(failed)?);
    }
    let take = |texts: Texts| {
        let batch = RecordBatch::try_new(schema.clone(), texts.columns)
            .map_err(|error| Error::engine("counting keys", error))?;
        for counter in counters.iter_mut().flatten() {
            counter.push(&batch).map_err(failed)?;
        }
        Ok(())
    };
    origin.again(engine, take).await?;
    let mut unique = Vec::new();
    for counter in counters {
        let count = counter.map(|counter| counter.finish().map_err(failed));
        unique.push(count.transpose()?.is_some_and(|count| !count.suspects));
    }
    Ok(unique)
}
