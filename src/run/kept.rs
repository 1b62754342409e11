//! The small models that the report shows whole.

use crate::engine::text_rows;
use crate::error::{Error, Result};
use crate::expect::ident;
use crate::outcome::{Gate, Kept, ModelRun};

use super::Runner;

/// A model of more rows is no table for a person to read, and does not belong in the record.
const ROWS: usize = 200;

impl Runner<'_> {
    /// The rows of the models listed under `[report]` whose gate is open in this run, in the
    /// order of their columns; none while `samples = 0`, for rows are values.
    pub(super) async fn kept(&self, models: &[ModelRun]) -> Result<Vec<Kept>> {
        let mut kept = Vec::new();
        if self.project.manifest.samples == 0 {
            return Ok(kept);
        }
        for name in &self.project.manifest.report.tables {
            let name = name.get_ref();
            let open = |model: &&ModelRun| model.name == *name && model.gate == Gate::Open;
            let few = |model: &ModelRun| model.rows.is_some_and(|rows| rows <= ROWS as u64);
            if !models.iter().find(open).is_some_and(few) {
                continue;
            }
            let failed = |error| Error::engine(format!("reading {name}"), error);
            let table = ident(name);
            let head = format!("SELECT * FROM {table} LIMIT 0");
            let head = text_rows(&self.engine, &head, 0).await.map_err(failed)?;
            let order: Vec<String> = head.columns.iter().map(|column| ident(column)).collect();
            let sql = format!("SELECT * FROM {table} ORDER BY {}", order.join(", "));
            kept.push(Kept {
                model: name.clone(),
                page: text_rows(&self.engine, &sql, ROWS).await.map_err(failed)?,
            });
        }
        Ok(kept)
    }
}
