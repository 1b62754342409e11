//! Rows that differ, gathered part by part, of which the first are shown.

use arrow::array::RecordBatch;

use crate::engine::{Engine, rows_of, text_rows};
use crate::error::{Error, Result};
use crate::outcome::{RowDiff, RowKind};

use super::sides::listed;

/// The name of the gathered rows in the session.
const GATHERED: &str = "rows_that_differ";

pub(super) struct Samples {
    /// Rows shown of each kind.
    pub limit: usize,
    gathered: [Vec<RecordBatch>; RowKind::ALL.len()],
}

impl Samples {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            gathered: Default::default(),
        }
    }

    /// Takes in the first rows of a query, in an order of its own.
    pub async fn add(&mut self, engine: &Engine, kind: RowKind, query: &str) -> Result<()> {
        let sql = format!("{query} LIMIT {}", self.limit);
        let rows = rows_of(engine, &sql)
            .await
            .map_err(|error| Error::engine("reading the rows that differ", error))?;
        self.gathered[kind as usize].extend(rows);
        Ok(())
    }

    /// The first rows of each kind, by the columns `order`.
    pub async fn shown(
        self,
        engine: &Engine,
        order: &[String],
        row_diff: impl Fn(RowKind, Vec<Option<String>>) -> RowDiff,
    ) -> Result<Vec<RowDiff>> {
        let (order, limit) = (listed("", order), self.limit);
        let sql = format!("SELECT * FROM {GATHERED} ORDER BY {order} LIMIT {limit}");
        let mut shown = Vec::new();
        for (kind, rows) in RowKind::ALL.into_iter().zip(self.gathered) {
            if rows.is_empty() {
                continue;
            }
            engine.put_rows(GATHERED, rows)?;
            let page = text_rows(engine, &sql, limit)
                .await
                .map_err(|error| Error::engine("reading the rows that differ", error))?;
            shown.extend(page.rows.into_iter().map(|row| row_diff(kind, row)));
        }
        Ok(shown)
    }
}
