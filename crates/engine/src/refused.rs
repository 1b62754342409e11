//! Refusals remembered: a file whose bytes, contract and expectations are those of an earlier run
//! is refused in the same words, and not read again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use lockgate_core::error::{Error, Result};
use lockgate_core::outcome::FileRun;

use super::{Engine, Warehouse, text_rows};

/// The table of the refusals in the warehouse. It is a memory and no record: without it the
/// files are read again.
pub const REFUSALS: &str = "history/refusals";

/// The form of the rows that this version writes; it reads no other.
const FORMAT: i64 = 1;

/// What was refused before, by all that the refusal depends on.
#[derive(Debug, Default)]
pub struct Refusals {
    told: BTreeMap<String, FileRun>,
    /// Source and name of each.
    names: BTreeSet<(String, String)>,
    new: Vec<(String, FileRun)>,
}

impl Refusals {
    /// The refusals of earlier runs; none where they cannot be read.
    pub async fn load(engine: &Engine, warehouse: &Warehouse) -> Self {
        let told = told(engine, warehouse).await.unwrap_or_default();
        let names = told.values();
        Self {
            names: names
                .map(|file| (file.source.clone(), file.name.clone()))
                .collect(),
            told,
            new: Vec::new(),
        }
    }

    /// Whether a file of this name was ever refused.
    pub fn knows(&self, source: &str, name: &str) -> bool {
        self.names.contains(&(source.to_owned(), name.to_owned()))
    }

    /// The file as it was refused before.
    pub fn of(&self, key: &str) -> Option<&FileRun> {
        self.told.get(key)
    }

    /// Remembers a refusal, for this run and, once saved, for later ones.
    pub fn learn(&mut self, key: String, file: &FileRun) {
        self.told.insert(key.clone(), file.clone());
        self.new.push((key, file.clone()));
    }

    /// Saves what this run refused for the first time, in one commit.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn save(&mut self, warehouse: &Warehouse) -> Result<()> {
        let new = std::mem::take(&mut self.new);
        if new.is_empty() {
            return Ok(());
        }
        let failed = |error: String| Error::engine("remembering refused files", error);
        let told = new.iter().map(|(_, file)| serde_json::to_string(file));
        let told = told.collect::<Result<Vec<String>, _>>();
        let told = told.map_err(|error| failed(error.to_string()))?;
        let texts = |of: &dyn Fn(&(String, FileRun)) -> &str| {
            Arc::new(StringArray::from_iter_values(new.iter().map(of))) as ArrayRef
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("key", texts(&|(key, _)| key)),
            ("source", texts(&|(_, file)| &file.source)),
            ("file_name", texts(&|(_, file)| &file.name)),
            ("told", Arc::new(StringArray::from(told))),
            (
                "format",
                Arc::new(Int64Array::from_value(FORMAT, new.len())),
            ),
        ];
        let columns = columns.into_iter();
        let columns = columns.map(|(name, column)| (name, column, true));
        let rows = RecordBatch::try_from_iter_with_nullable(columns);
        let rows = rows.map_err(|error| failed(error.to_string()))?;
        let notes = Default::default();
        warehouse.append(REFUSALS, rows, Vec::new(), notes).await
    }
}

async fn told(engine: &Engine, warehouse: &Warehouse) -> Result<BTreeMap<String, FileRun>> {
    let Some(table) = warehouse.table(REFUSALS).await? else {
        return Ok(BTreeMap::new());
    };
    let failed = |error| Error::engine("reading the refused files", error);
    engine.put_table("history.refusals", &table).await?;
    let sql = format!("SELECT key, told FROM history.refusals WHERE format = {FORMAT}");
    let page = text_rows(engine, &sql, usize::MAX).await.map_err(failed)?;
    let pairs = page.rows.into_iter().filter_map(|row| {
        let mut cells = row.into_iter().flatten();
        let (key, told) = (cells.next()?, cells.next()?);
        Some((key, serde_json::from_str(&told).ok()?))
    });
    Ok(pairs.collect())
}
