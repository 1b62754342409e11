//! Commits to the tables of a warehouse: one atomic step each, made on the version of the table
//! that the decision was taken from, or not at all.
//!
//! Two processes that commit on the same version write the same log entry, and storage lets one
//! of them create it. The other is told, looks again, and decides again. No lock is held, so none
//! is left behind by a process that was killed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, LogicalFileView, MetadataExt, StructType, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaResult, DeltaTableError};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;
use url::Url;

use lockgate_core::error::{Error, Problem, Result};

use super::warehouse::{Staged, Table, Warehouse, files};

/// Commits between two checkpoints of a table's log.
const CHECKPOINT_EVERY: u64 = 10;

/// How often a commit that depends on nothing it read is tried on a newer version.
const TRIES: usize = 1000;

/// Files synced to disk at a time.
const SYNCED_AT_ONCE: usize = 16;

/// What a commit does with the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write<'a> {
    /// The new rows replace all others.
    Replace,
    /// The new rows come on top, and replace those of the named partition values, if there are some.
    Append {
        instead_of: Option<(&'a str, &'a [String])>,
    },
}

/// One commit: what it does, and what is noted with it.
#[derive(Clone, Debug)]
pub struct Commit<'a> {
    pub write: Write<'a>,
    pub partitions: &'a [&'a str],
    /// Remembered by the table for good; see [`marked`].
    pub marks: Vec<String>,
    pub notes: HashMap<String, Value>,
}

impl Warehouse {
    /// Makes staged rows visible in one commit, if the table is still as it was `seen`; `None`: it
    /// is not, another process committed to it, and nothing was done.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn publish_on(
        &self,
        name: &str,
        seen: Option<&Table>,
        staged: &Staged,
        commit: &Commit<'_>,
    ) -> Result<Option<Table>> {
        let url = self.url(name)?;
        let paths = staged
            .adds
            .iter()
            .filter_map(|add| path_in(&url, &add.path));
        synced(paths.collect()).await?;
        let _one_at_a_time = self.between_commits().await;
        // From here on nobody but the commit knows whether the files are needed.
        let forgotten = self.unpublished.forget(name, &staged.adds);
        let done = match seen {
            Some(seen) => self.changed(name, seen, staged, commit).await?,
            None => self.created(name, staged, commit).await?,
        };
        if done.is_none() {
            self.unpublished.restore(name, &forgotten);
        }
        Ok(done)
    }

    /// A commit to a table that is there; `None`: another process committed to it.
    async fn changed(
        &self,
        name: &str,
        seen: &Table,
        staged: &Staged,
        commit: &Commit<'_>,
    ) -> Result<Option<Table>> {
        let url = self.url(name)?;
        let failed = |error| Error::engine(format!("publishing {name}"), error);
        let mut actions: Vec<Action> = removals(seen, commit.write).await?;
        actions.extend(evolved(seen, &staged.schema, commit.write).map_err(failed)?);
        actions.extend(staged.adds.iter().cloned().map(Action::Add));
        let mode = match commit.write {
            Write::Replace => SaveMode::Overwrite,
            Write::Append { .. } => SaveMode::Append,
        };
        let operation = DeltaOperation::Write {
            mode,
            partition_by: None,
            predicate: None,
        };
        let snapshot = seen.0.snapshot().map_err(failed)?;
        let done = CommitBuilder::from(properties(commit))
            .with_actions(actions)
            .build(Some(snapshot), seen.0.log_store(), operation)
            .await;
        let version = match done {
            Ok(done) => done.version(),
            Err(error) if is_conflict(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        self.committed(name, &url, version).await.map(Some)
    }

    /// Makes staged rows visible in one commit, whatever the table has become meanwhile.
    ///
    /// # Errors
    /// Of the storage; where the table holds one of the commit's marks already.
    pub async fn publish(&self, name: &str, staged: &Staged, commit: Commit<'_>) -> Result<Table> {
        for _ in 0..TRIES {
            let table = self.table(name).await?;
            if let Some(table) = &table {
                for mark in &commit.marks {
                    if marked(table, mark).await? {
                        return Err(busy(name));
                    }
                }
            }
            let done = self.publish_on(name, table.as_ref(), staged, &commit);
            if let Some(done) = done.await? {
                return Ok(done);
            }
        }
        Err(busy(name))
    }

    /// Appends rows in one commit, which nothing that others write can be in the way of. With
    /// `marks`, once for all.
    ///
    /// # Errors
    /// Of the storage; where a mark is there already.
    pub async fn append(
        &self,
        table: &str,
        rows: RecordBatch,
        marks: Vec<String>,
        notes: HashMap<String, Value>,
    ) -> Result<()> {
        let mut staging = self.stage(table, rows.schema(), &[])?;
        staging.write(rows).await?;
        let staged = staging.finish(&[]).await?;
        let commit = Commit {
            write: Write::Append { instead_of: None },
            partitions: &[],
            marks,
            notes,
        };
        self.publish(table, &staged, commit).await?;
        Ok(())
    }

    /// The first commit of a table; `None`: another process made it.
    async fn created(
        &self,
        name: &str,
        staged: &Staged,
        commit: &Commit<'_>,
    ) -> Result<Option<Table>> {
        let failed = |error| Error::engine(format!("publishing {name}"), error);
        let url = self.url(name)?;
        let schema = kernel_schema(&staged.schema).map_err(failed)?;
        let done = CreateBuilder::new()
            .with_log_store(self.builder(&url)?.0.log_store())
            .with_columns(schema.fields().cloned())
            .with_partition_columns(commit.partitions.iter().copied())
            .with_actions(staged.adds.iter().cloned().map(Action::Add))
            .with_commit_properties(properties(commit))
            .await;
        match done {
            Ok(_) => self.committed(name, &url, 0).await.map(Some),
            Err(error) => match self.table(name).await? {
                Some(_) => Ok(None),
                None => Err(failed(error)),
            },
        }
    }

    /// The table at a version that was just committed, its log entry on disk.
    async fn committed(&self, name: &str, url: &Url, version: u64) -> Result<Table> {
        let entry = format!("_delta_log/{version:020}.json");
        let paths = [entry.as_str(), "_delta_log/"].map(|path| path_in(url, path));
        synced(paths.into_iter().flatten().collect()).await?;
        let Some(table) = self.table_at(name, version).await? else {
            let gone = "the table is gone after its commit";
            return Err(Error::engine(format!("publishing {name}"), gone));
        };
        if (version + 1).is_multiple_of(CHECKPOINT_EVERY) {
            // The log says the same without it, at more cost; the next one is due soon.
            let _ = deltalake::checkpoints::create_checkpoint(&table.0, None).await;
        }
        Ok(table)
    }
}

/// Whether a commit of the table left this mark.
///
/// # Errors
/// Of the storage.
pub async fn marked(table: &Table, mark: &str) -> Result<bool> {
    let failed = |error| Error::engine("reading the marks of a table", error);
    let version = table
        .0
        .snapshot()
        .map_err(failed)?
        .transaction_version(table.0.log_store().as_ref(), mark)
        .await
        .map_err(failed)?;
    Ok(version.is_some())
}

/// No retries: what was decided on one version is decided again on another, and not by storage.
fn properties(commit: &Commit<'_>) -> CommitProperties {
    let marks = commit.marks.iter();
    CommitProperties::default()
        .with_max_retries(0)
        .with_create_checkpoint(false)
        .with_application_transactions(marks.map(|mark| Transaction::new(mark, 1)).collect())
        .with_metadata(commit.notes.clone())
}

fn is_conflict(error: &DeltaTableError) -> bool {
    use deltalake::kernel::transaction::TransactionError::{
        CommitConflict, MaxCommitAttempts, VersionAlreadyExists,
    };
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            MaxCommitAttempts(_) | VersionAlreadyExists(_) | CommitConflict(_)
        ),
        _ => false,
    }
}

/// Another process is at the same work; nothing is broken.
fn busy(name: &str) -> Error {
    let what = format!("another process wrote to {name} at the same time");
    let problem = Problem::new("lockgate::busy", what.as_str())
        .help("nothing was lost or doubled: let it come to its end, then say the same again");
    Error::failed(problem, what)
}

/// The path of a file of a table on this machine; `None` where the table lies elsewhere.
fn path_in(table: &Url, file: &str) -> Option<PathBuf> {
    table.join(file).ok()?.to_file_path().ok()
}

/// Waits until files, and the entries of folders, are on disk and not only on their way.
async fn synced(paths: Vec<PathBuf>) -> Result<()> {
    let sync = |path: PathBuf| async move {
        let failed = |error| Error::engine(format!("writing {} to disk", path.display()), error);
        let file = path.clone();
        let synced = move || std::fs::File::open(file).and_then(|file| file.sync_all());
        let synced = tokio::task::spawn_blocking(synced).await;
        synced
            .map_err(std::io::Error::from)
            .flatten()
            .map_err(failed)
    };
    futures::stream::iter(paths.into_iter().map(sync))
        .buffer_unordered(SYNCED_AT_ONCE)
        .try_collect()
        .await
}

async fn removals(table: &Table, write: Write<'_>) -> Result<Vec<Action>> {
    let gone = |file: &LogicalFileView| match write {
        Write::Replace => true,
        Write::Append { instead_of: None } => false,
        Write::Append {
            instead_of: Some((column, values)),
        } => match file.partition_values_map().get(column) {
            Some(Some(value)) => values.contains(value),
            _ => false,
        },
    };
    if write == (Write::Append { instead_of: None }) {
        return Ok(Vec::new());
    }
    let files = files(table).await?;
    let files = files.iter().filter(|file| gone(file));
    Ok(files
        .map(|file| Action::Remove(file.remove_action(true)))
        .collect())
}

fn kernel_schema(schema: &Schema) -> DeltaResult<StructType> {
    let nullable: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true))
        .collect();
    Ok((&Schema::new(nullable)).try_into_kernel()?)
}

/// The change of a table's schema that a commit needs; none where the columns are the same.
///
/// A replaced table takes the new schema; an appended one keeps its columns and gains the new ones.
fn evolved(table: &Table, new: &Schema, write: Write<'_>) -> DeltaResult<Option<Action>> {
    let metadata = table.0.snapshot()?.metadata().clone();
    let old: Schema = (&metadata.parse_schema()?).try_into_arrow()?;
    let fields: Vec<Arc<Field>> = match write {
        Write::Replace => new.fields().to_vec(),
        Write::Append { .. } => {
            let added = new
                .fields()
                .iter()
                .filter(|field| old.field_with_name(field.name()).is_err());
            old.fields().iter().chain(added).cloned().collect()
        }
    };
    let wanted = kernel_schema(&Schema::new(fields))?;
    if wanted == metadata.parse_schema()? {
        return Ok(None);
    }
    Ok(Some(Action::Metadata(metadata.with_schema(&wanted)?)))
}

/// Whether a schema has columns that a table does not have.
pub fn widens(table: &Table, schema: &Schema) -> Result<bool> {
    let append = Write::Append { instead_of: None };
    let change = evolved(table, schema, append);
    let change = change.map_err(|error| Error::engine("reading the columns of a table", error))?;
    Ok(change.is_some())
}
