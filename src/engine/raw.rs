//! What befalls a raw table besides new files: rows taken out again, columns added.

use deltalake::DeltaTable;
use serde_json::json;

use crate::error::{Error, Result};
use crate::project::Source;

use super::ingest::raw_path;
use super::warehouse::{Commit, Staged, Warehouse, Write, widens};

/// Takes the rows of a file out of the raw table, in one commit, and remembers
/// its bytes with it: [`is_withdrawn`].
///
/// # Errors
/// Of the storage. A file that the table does not hold is remembered all the same.
pub async fn withdraw(
    warehouse: &Warehouse,
    source: &Source,
    name: &str,
    sha256: &str,
    run_id: &str,
) -> Result<()> {
    let instead_of = Some(("file_name", name));
    change(warehouse, source, instead_of, mark(name, sha256), run_id).await
}

/// Gives the raw table the columns that its contract gained, null in the rows that are there.
///
/// # Errors
/// Of the storage.
pub async fn widen(
    warehouse: &Warehouse,
    source: &Source,
    table: &DeltaTable,
    run_id: &str,
) -> Result<()> {
    if !widens(table, &source.contract.raw_schema())? {
        return Ok(());
    }
    change(warehouse, source, None, "columns".to_owned(), run_id).await
}

/// One commit without new rows.
async fn change(
    warehouse: &Warehouse,
    source: &Source,
    instead_of: Option<(&str, &str)>,
    mark: String,
    run_id: &str,
) -> Result<()> {
    let nothing = Staged {
        schema: source.contract.raw_schema().into(),
        adds: Vec::new(),
        rows: 0,
    };
    let commit = Commit {
        write: Write::Append { instead_of },
        partitions: &[],
        mark,
        notes: [("run_id".to_owned(), json!(run_id))].into(),
    };
    let table = raw_path(&source.name);
    warehouse.publish(&table, &nothing, commit).await?;
    Ok(())
}

/// Whether a file of this name and these bytes was taken out before.
///
/// Other bytes under the name are another file: they were not.
pub async fn is_withdrawn(table: &DeltaTable, name: &str, sha256: &str) -> Result<bool> {
    let failed = |error| Error::engine("reading which files were taken out", error);
    let version = table
        .snapshot()
        .map_err(failed)?
        .transaction_version(table.log_store().as_ref(), mark(name, sha256))
        .await
        .map_err(failed)?;
    Ok(version.is_some())
}

fn mark(name: &str, sha256: &str) -> String {
    format!("withdrawn/{sha256}/{name}")
}
