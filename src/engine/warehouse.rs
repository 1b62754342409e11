//! The tables of a project as Delta Lake tables: staged first, visible only by
//! one atomic commit.
//!
//! Staging writes Parquet files into the table's folder; no log entry names
//! them, so no reader sees them. A commit names all of them at once. A process
//! that dies in between leaves files nobody reads, and nothing else.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, LogicalFileView, MetadataExt, StructType, Transaction};
use deltalake::logstore::object_store::ObjectStoreExt;
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableBuilder};
use futures::TryStreamExt;
use serde_json::Value;
use url::Url;

use crate::error::{Error, Problem, Result};

/// The folder of a project's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warehouse {
    root: Url,
}

/// Files written and not yet visible.
#[derive(Debug)]
pub struct Staged {
    pub schema: SchemaRef,
    pub adds: Vec<Add>,
    pub rows: u64,
}

/// What a commit does with the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write<'a> {
    /// The new rows replace all others.
    Replace,
    /// The new rows come on top, and replace those of the named partition value, if one is named.
    Append {
        instead_of: Option<(&'a str, &'a str)>,
    },
}

/// One commit: where, what, and what is noted with it.
#[derive(Debug)]
pub struct Commit<'a> {
    pub write: Write<'a>,
    pub partitions: &'a [&'a str],
    /// Two writers with the same mark cannot both commit.
    pub mark: String,
    pub notes: HashMap<String, Value>,
}

impl Warehouse {
    /// Opens a folder: a path, or a `file://` URL. It is made when something is first written.
    pub fn open(location: &str, root: &Path) -> Result<Self> {
        let url = match Url::parse(location) {
            Ok(url) if url.scheme() == "file" => Some(url),
            Ok(url) if url.scheme().len() > 1 => return Err(unsupported(location, url.scheme())),
            _ => std::path::absolute(root.join(location))
                .ok()
                .and_then(|path| Url::from_directory_path(path).ok()),
        };
        let Some(mut url) = url else {
            return Err(unsupported(location, "this"));
        };
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self { root: url })
    }

    /// The folder of a table named by its path, such as `raw/source1`.
    pub fn url(&self, table: &str) -> Result<Url> {
        self.root
            .join(&format!("{table}/"))
            .map_err(|error| Error::engine(format!("the name of table {table}"), error))
    }

    /// The published table; `None` where nothing was published yet.
    pub async fn table(&self, name: &str) -> Result<Option<DeltaTable>> {
        let failed = |error| Error::engine(format!("opening table {name}"), error);
        let url = self.url(name)?;
        if url
            .to_file_path()
            .is_ok_and(|path| !path.join("_delta_log").is_dir())
        {
            return Ok(None);
        }
        let mut table = self.builder(&url)?;
        match table.load().await {
            Ok(()) => Ok(Some(table)),
            Err(deltalake::DeltaTableError::NotATable(_)) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The published table as one of its versions had it; `None` where nothing was published yet.
    pub async fn table_at(&self, name: &str, version: u64) -> Result<Option<DeltaTable>> {
        let Some(mut table) = self.table(name).await? else {
            return Ok(None);
        };
        let failed = |error| Error::engine(format!("opening version {version} of {name}"), error);
        table.load_version(version).await.map_err(failed)?;
        Ok(Some(table))
    }

    fn builder(&self, url: &Url) -> Result<DeltaTable> {
        if let Ok(path) = url.to_file_path() {
            std::fs::create_dir_all(&path)
                .map_err(|error| Error::engine(format!("making {}", path.display()), error))?;
        }
        DeltaTableBuilder::from_url(url.clone())
            .and_then(DeltaTableBuilder::build)
            .map_err(|error| Error::engine(format!("opening {url}"), error))
    }

    /// Begins to write rows for a table of `schema`; the rows come without the `partitions` columns.
    pub fn stage(&self, name: &str, schema: SchemaRef, partitions: &[&str]) -> Result<Staging> {
        let url = self.url(name)?;
        self.builder(&url)?;
        let carried = schema.fields().iter();
        let carried = carried.filter(|field| !partitions.contains(&field.name().as_str()));
        let carried = Arc::new(Schema::new(carried.cloned().collect::<Vec<_>>()));
        let writer = RecordBatchWriter::try_new(url.as_str(), carried, None, None)
            .map_err(|error| Error::engine(format!("staging {name}"), error))?;
        Ok(Staging {
            writer: writer.with_target_file_size(256 * 1024 * 1024),
            schema,
            rows: 0,
            name: name.to_owned(),
        })
    }

    /// Removes staged files that will not be published.
    pub async fn discard(&self, name: &str, staged: Staged) -> Result<()> {
        let store = self.builder(&self.url(name)?)?.object_store();
        for add in staged.adds {
            let failed = |error| Error::engine(format!("removing a staged file of {name}"), error);
            let path = deltalake::Path::from(add.path.as_str());
            store.delete(&path).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Makes staged rows visible, in one commit.
    pub async fn publish(
        &self,
        name: &str,
        staged: &Staged,
        commit: Commit<'_>,
    ) -> Result<DeltaTable> {
        let failed = |error| Error::engine(format!("publishing {name}"), error);
        let adds = staged.adds.iter().cloned().map(Action::Add);
        let properties = CommitProperties::default()
            .with_application_transaction(Transaction::new(&commit.mark, 1))
            .with_metadata(commit.notes);
        let Some(table) = self.table(name).await? else {
            let schema = kernel_schema(&staged.schema).map_err(failed)?;
            return CreateBuilder::new()
                .with_log_store(self.builder(&self.url(name)?)?.log_store())
                .with_columns(schema.fields().cloned())
                .with_partition_columns(commit.partitions.iter().copied())
                .with_actions(adds)
                .with_commit_properties(properties)
                .await
                .map_err(failed);
        };
        let mut actions: Vec<Action> = self.removals(&table, commit.write).await?;
        actions.extend(evolved(&table, &staged.schema, commit.write).map_err(failed)?);
        actions.extend(adds);
        let mode = match commit.write {
            Write::Replace => SaveMode::Overwrite,
            Write::Append { .. } => SaveMode::Append,
        };
        let operation = DeltaOperation::Write {
            mode,
            partition_by: None,
            predicate: None,
        };
        let snapshot = table.snapshot().map_err(failed)?;
        CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(snapshot), table.log_store(), operation)
            .await
            .map_err(failed)?;
        self.table(name).await?.ok_or_else(|| {
            Error::engine(
                format!("publishing {name}"),
                "the table is gone after its commit",
            )
        })
    }

    async fn removals(&self, table: &DeltaTable, write: Write<'_>) -> Result<Vec<Action>> {
        let gone = |file: &LogicalFileView| match write {
            Write::Replace => true,
            Write::Append { instead_of: None } => false,
            Write::Append {
                instead_of: Some((column, value)),
            } => file.partition_values_map().get(column) == Some(&Some(value.to_owned())),
        };
        let files = files(table).await?;
        let files = files.iter().filter(|file| gone(file));
        Ok(files
            .map(|file| Action::Remove(file.remove_action(true)))
            .collect())
    }
}

/// The data files a table consists of now.
pub async fn files(table: &DeltaTable) -> Result<Vec<LogicalFileView>> {
    table
        .get_active_add_actions_by_partitions(&[])
        .try_collect()
        .await
        .map_err(|error| Error::engine("listing the files of a table", error))
}

/// A commit of a table's log.
#[derive(Clone, Debug)]
pub struct Committed {
    pub version: u64,
    /// The run that made it, if its notes say so.
    pub run_id: Option<String>,
    /// Milliseconds since 1970.
    pub time: Option<i64>,
}

/// The commits of a table that its log still holds, newest first.
pub async fn commits(table: &DeltaTable) -> Result<Vec<Committed>> {
    let infos: Vec<_> = table
        .history(None)
        .try_collect()
        .await
        .map_err(|error| Error::engine("reading the history of a table", error))?;
    let newest = table.version().unwrap_or(0);
    let versions = (0..=newest).rev();
    let commits = versions.zip(infos).map(|(version, info)| Committed {
        version,
        run_id: info
            .info
            .get("run_id")
            .and_then(Value::as_str)
            .map(str::to_owned),
        time: info.timestamp,
    });
    Ok(commits.collect())
}

/// The notes of a table's newest commit.
pub async fn notes(table: &DeltaTable) -> Result<HashMap<String, Value>> {
    let newest: Vec<_> = table
        .history(Some(1))
        .try_collect()
        .await
        .map_err(|error| Error::engine("reading the history of a table", error))?;
    Ok(newest
        .into_iter()
        .next()
        .map(|info| info.info)
        .unwrap_or_default())
}

fn kernel_schema(schema: &Schema) -> deltalake::DeltaResult<StructType> {
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
fn evolved(
    table: &DeltaTable,
    new: &Schema,
    write: Write<'_>,
) -> deltalake::DeltaResult<Option<Action>> {
    let metadata = table.snapshot()?.metadata().clone();
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
pub fn widens(table: &DeltaTable, schema: &Schema) -> Result<bool> {
    let append = Write::Append { instead_of: None };
    let change = evolved(table, schema, append);
    let change = change.map_err(|error| Error::engine("reading the columns of a table", error))?;
    Ok(change.is_some())
}

fn unsupported(location: &str, scheme: &str) -> Error {
    Error::project(
        Problem::new(
            "lockgate::warehouse",
            format!("`{location}` is no place for a warehouse: {scheme} is not supported"),
        )
        .help("name a folder, or a file:// URL"),
    )
}

/// Rows on their way into staged files.
pub struct Staging {
    writer: RecordBatchWriter,
    schema: SchemaRef,
    rows: u64,
    name: String,
}

impl Staging {
    /// The schema of the rows to write: the table's without its partition columns.
    pub fn file_schema(&self) -> SchemaRef {
        self.writer.arrow_schema()
    }

    pub async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        let failed = |error| Error::engine(format!("staging {}", self.name), error);
        self.writer.write(batch).await.map_err(failed)
    }

    /// Closes the files. With `partition`, each is noted to hold those values
    /// in columns that its rows do not carry.
    pub async fn finish(mut self, partition: &[(&str, String)]) -> Result<Staged> {
        let failed = |error| Error::engine(format!("staging {}", self.name), error);
        let mut adds = self.writer.flush().await.map_err(failed)?;
        for add in &mut adds {
            let values = partition.iter();
            add.partition_values
                .extend(values.map(|(name, value)| ((*name).to_owned(), Some(value.clone()))));
        }
        Ok(Staged {
            schema: self.schema,
            adds,
            rows: self.rows,
        })
    }
}
