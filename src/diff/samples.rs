//! The first rows that differ, kept from part to part.

use arrow::array::RecordBatch;

use crate::engine::{Engine, QueryError, rows_of, text_rows};
use crate::error::{Error, Result};
use crate::outcome::{RowDiff, RowKind};

use super::sides::listed;

/// The name of the rows kept in the session.
const KEPT: &str = "rows_that_differ";

pub(super) struct Samples {
    /// Of which the first rows are shown, in SQL.
    order: String,
    /// Rows shown of each kind.
    limit: usize,
    kept: [Vec<RecordBatch>; RowKind::ALL.len()],
}

impl Samples {
    /// Rows are shown in the order of these columns, at most `limit` of each kind.
    pub fn new(order: &[String], limit: usize) -> Self {
        Self {
            order: listed("", order),
            limit,
            kept: Default::default(),
        }
    }

    /// Takes in the rows of a query, of which no more are held than are shown.
    pub async fn add(&mut self, engine: &Engine, kind: RowKind, query: &str) -> Result<()> {
        if self.limit == 0 {
            return Ok(());
        }
        let kept = &mut self.kept[kind as usize];
        let mut all = query.to_owned();
        if !kept.is_empty() {
            engine.put_rows(KEPT, std::mem::take(kept))?;
            all = format!("SELECT * FROM {KEPT} UNION ALL {query}");
        }
        let (order, limit) = (&self.order, self.limit);
        let sql = format!("SELECT * FROM ({all}) ORDER BY {order} LIMIT {limit}");
        *kept = rows_of(engine, &sql).await.map_err(failed)?;
        Ok(())
    }

    pub async fn shown(
        self,
        engine: &Engine,
        row_diff: impl Fn(RowKind, Vec<Option<String>>) -> RowDiff,
    ) -> Result<Vec<RowDiff>> {
        let sql = format!("SELECT * FROM {KEPT} ORDER BY {}", self.order);
        let mut shown = Vec::new();
        for (kind, rows) in RowKind::ALL.into_iter().zip(self.kept) {
            if rows.is_empty() {
                continue;
            }
            engine.put_rows(KEPT, rows)?;
            let page = text_rows(engine, &sql, self.limit).await.map_err(failed)?;
            shown.extend(page.rows.into_iter().map(|row| row_diff(kind, row)));
        }
        Ok(shown)
    }
}

fn failed(error: QueryError) -> Error {
    Error::engine("reading the rows that differ", error)
}
