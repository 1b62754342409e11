//! Uniqueness without grouping: a 64-bit hash per row, sorted, neighbours compared.
//!
//! Equal keys have equal hashes, so hashes that all differ prove that no key
//! repeats. Hashes that meet are suspects: a repeated key, or (once in ten
//! thousand tables of fifty million rows) a chance meeting. Suspects are
//! confirmed by an exact query, which a table without repeats never pays for.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::sync::Arc;

use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::{and, filter_record_batch, is_not_null, or};
use arrow::datatypes::SchemaRef;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::physical_expr::PhysicalExpr;

use lockgate_core::expect::SkipNull;

use super::Engine;
use super::key_counts::KeySet;
use super::values::canonical;

/// Hashes kept before they go to disk, where memory is bounded: a sixteenth of it.
const SHARE: usize = 16;

/// How many rows were asked about, and whether any two of them may share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyCount {
    pub asked: u64,
    pub suspects: bool,
}

/// Takes in the key columns of a table batch by batch.
pub(super) struct KeyCounter {
    columns: Vec<usize>,
    skip_null: SkipNull,
    filter: Option<Arc<dyn PhysicalExpr>>,
    hashes: Vec<u64>,
    /// Sorted runs of hashes that went to disk.
    runs: Vec<File>,
    /// Hashes kept in memory at most.
    limit: usize,
    asked: u64,
}

impl KeyCounter {
    /// For a key set of a table of `schema`, of which it counts one of `parts`.
    ///
    /// `None` where the hash of a column says nothing of its equality.
    pub fn new(
        engine: &Engine,
        schema: &SchemaRef,
        set: &KeySet,
        parts: usize,
    ) -> Result<Option<Self>> {
        let mut places = Vec::with_capacity(set.columns.len());
        for column in &set.columns {
            let place = schema.index_of(column)?;
            let data_type = schema.field(place).data_type();
            if data_type.is_nested() {
                return Ok(None);
            }
            places.push(place);
        }
        let filter = match &set.filter {
            None => None,
            Some(sql) => {
                let schema = DFSchema::try_from(schema.as_ref().clone())?;
                let expr = engine.expression(sql, &schema)?;
                Some(engine.physical(expr, &schema)?)
            }
        };
        let limit = engine
            .memory
            .map_or(usize::MAX, |bytes| bytes / SHARE / size_of::<u64>() / parts);
        Ok(Some(Self {
            columns: places,
            skip_null: set.skip_null,
            filter,
            hashes: Vec::new(),
            runs: Vec::new(),
            limit: limit.max(1024),
            asked: 0,
        }))
    }

    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let kept = self.asked_of(batch)?;
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|i| canonical(kept.column(*i)))
            .collect::<Result<_>>()?;
        let start = self.hashes.len();
        self.hashes.resize(start + kept.num_rows(), 0);
        create_hashes(
            &columns,
            &RandomState::with_seed(0),
            &mut self.hashes[start..],
        )?;
        self.asked += kept.num_rows() as u64;
        if self.hashes.len() >= self.limit {
            self.spill()?;
        }
        Ok(())
    }

    /// Takes in what was counted of another part of the table.
    pub fn absorb(&mut self, part: Self) -> Result<()> {
        self.asked += part.asked;
        self.runs.extend(part.runs);
        self.hashes.extend(part.hashes);
        if self.hashes.len() >= self.limit {
            self.spill()?;
        }
        Ok(())
    }

    /// The rows that pass the filter and are not left out for their nulls.
    fn asked_of(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut mask: Option<BooleanArray> = None;
        if let Some(filter) = &self.filter {
            mask = Some(super::sieve::mask(filter, batch)?);
        }
        if let Some(present) = self.present(batch)? {
            mask = Some(match mask {
                Some(mask) => and(&mask, &present)?,
                None => present,
            });
        }
        match mask {
            Some(mask) => Ok(filter_record_batch(batch, &mask)?),
            None => Ok(batch.clone()),
        }
    }

    /// Which rows have what it takes in the key columns; `None`: all of them.
    fn present(&self, batch: &RecordBatch) -> Result<Option<BooleanArray>> {
        let columns = self.columns.iter().map(|column| batch.column(*column));
        let nullable = columns
            .clone()
            .any(|column| column.logical_null_count() > 0);
        let join = match self.skip_null {
            SkipNull::Never => return Ok(None),
            _ if !nullable => return Ok(None),
            SkipNull::Any => and,
            SkipNull::All => or,
        };
        let mut present: Option<BooleanArray> = None;
        for column in columns {
            let this = is_not_null(column)?;
            present = Some(match present {
                Some(before) => join(&before, &this)?,
                None => this,
            });
        }
        Ok(present)
    }

    fn spill(&mut self) -> Result<()> {
        self.hashes.sort_unstable();
        let mut file = tempfile::tempfile()?;
        let mut out = BufWriter::new(&mut file);
        for hash in self.hashes.drain(..) {
            out.write_all(&hash.to_le_bytes())?;
        }
        out.flush()?;
        drop(out);
        file.rewind()?;
        self.runs.push(file);
        Ok(())
    }

    /// Sorts and compares neighbours, those on disk merged in.
    pub fn finish(mut self) -> Result<KeyCount> {
        self.hashes.sort_unstable();
        let mut suspects = self.hashes.windows(2).any(|pair| pair[0] == pair[1]);
        if !suspects && !self.runs.is_empty() {
            self.spill()?;
            suspects = merge_meets(self.runs)?;
        }
        Ok(KeyCount {
            asked: self.asked,
            suspects,
        })
    }
}

/// Whether two hashes of sorted runs are equal.
fn merge_meets(runs: Vec<File>) -> Result<bool> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    let mut readers: Vec<_> = runs
        .into_iter()
        .map(|run| BufReader::with_capacity(1 << 16, run))
        .collect();
    let mut heads = BinaryHeap::with_capacity(readers.len());
    for (run, reader) in readers.iter_mut().enumerate() {
        heads.extend(next(reader)?.map(|hash| Reverse((hash, run))));
    }
    let mut last = None;
    while let Some(Reverse((hash, run))) = heads.pop() {
        if last == Some(hash) {
            return Ok(true);
        }
        last = Some(hash);
        heads.extend(next(&mut readers[run])?.map(|hash| Reverse((hash, run))));
    }
    Ok(false)
}

fn next(reader: &mut BufReader<File>) -> Result<Option<u64>> {
    let mut bytes = [0; 8];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u64::from_le_bytes(bytes))),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(DataFusionError::IoError(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, StringArray};

    fn count(limit: usize, batches: &[Vec<Option<i64>>]) -> KeyCount {
        let engine = Engine::new(None).unwrap();
        let batch = |values: &Vec<Option<i64>>| {
            let text: StringArray = values.iter().map(|v| v.map(|v| format!("k{v}"))).collect();
            let odd: Int64Array = values.iter().map(|v| v.map(|v| v % 2)).collect();
            let columns: Vec<(&str, ArrayRef)> =
                vec![("k", Arc::new(text)), ("odd", Arc::new(odd))];
            RecordBatch::try_from_iter_with_nullable(
                columns
                    .into_iter()
                    .map(|(name, column)| (name, column, true)),
            )
            .unwrap()
        };
        let batches: Vec<_> = batches.iter().map(batch).collect();
        let schema = batches[0].schema();
        let set = KeySet {
            columns: vec!["k".to_owned(), "odd".to_owned()],
            skip_null: SkipNull::Any,
            filter: Some("odd = 1".to_owned()),
        };
        let mut parts = [(); 2].map(|()| {
            let mut part = KeyCounter::new(&engine, &schema, &set, 2).unwrap().unwrap();
            part.limit = limit;
            part
        });
        for (number, batch) in batches.iter().enumerate() {
            parts[number % 2].push(batch).unwrap();
        }
        let [mut all, part] = parts;
        all.absorb(part).unwrap();
        all.finish().unwrap()
    }

    #[test]
    fn keys_that_differ_raise_no_suspicion_in_memory_or_on_disk() {
        let batches: Vec<Vec<Option<i64>>> = (0..10)
            .map(|b| (0..1000).map(|i| Some(b * 1000 + i)).collect())
            .collect();
        for limit in [usize::MAX, 700] {
            let found = count(limit, &batches);
            assert_eq!(
                found,
                KeyCount {
                    asked: 5000,
                    suspects: false
                },
                "limit {limit}"
            );
        }
    }

    #[test]
    fn a_key_repeated_in_another_batch_is_a_suspect_in_memory_and_on_disk() {
        let batches = [
            vec![Some(1), Some(3)],
            vec![Some(5), Some(7)],
            vec![Some(9), Some(3)],
        ];
        for limit in [usize::MAX, 2] {
            assert!(count(limit, &batches).suspects, "limit {limit}");
        }
    }

    #[test]
    fn nulls_and_rows_outside_of_the_filter_are_not_asked() {
        let found = count(usize::MAX, &[vec![None, None, Some(2), Some(2), Some(3)]]);
        assert_eq!(
            found,
            KeyCount {
                asked: 1,
                suspects: false
            }
        );
    }
}
