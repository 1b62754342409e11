//! The tables of a project as Delta Lake tables: staged first, visible only by
//! one atomic commit.
//!
//! Staging writes Parquet files into the table's folder; no log entry names
//! them, so no reader sees them. A commit names all of them at once. A process
//! that dies in between leaves files nobody reads, and nothing else.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake::kernel::{Add, LogicalFileView};
use deltalake::logstore::object_store::ObjectStoreExt;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use futures::TryStreamExt;
use serde_json::Value;
use url::Url;

use lockgate_core::error::{Error, Problem, Result, without_secrets};

use super::staging::{Open, Staging, Unpublished};

/// The folder of a project's tables.
#[derive(Clone, Debug)]
pub struct Warehouse {
    root: Url,
    pub(super) unpublished: Arc<Unpublished>,
}

impl PartialEq for Warehouse {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for Warehouse {}

/// Files written and not yet visible.
#[derive(Debug)]
pub struct Staged {
    pub schema: SchemaRef,
    pub adds: Vec<Add>,
    pub rows: u64,
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
        Ok(Self {
            root: url,
            unpublished: Arc::default(),
        })
    }

    /// The folder of a table named by its path, such as `raw/source1`.
    pub fn url(&self, table: &str) -> Result<Url> {
        self.root
            .join(&format!("{table}/"))
            .map_err(|error| Error::engine(format!("the name of table {table}"), error))
    }

    /// The published table; `None` where nothing was published yet.
    pub async fn table(&self, name: &str) -> Result<Option<Table>> {
        let url = self.url(name)?;
        if url
            .to_file_path()
            .is_ok_and(|path| !path.join("_delta_log").is_dir())
        {
            return Ok(None);
        }
        let mut table = self.builder(&url)?;
        match table.0.load().await {
            Ok(()) => Ok(Some(table)),
            Err(DeltaTableError::NotATable(_)) => Ok(None),
            Err(error) => Err(damaged(name, error)),
        }
    }

    /// The published table as one of its versions had it; `None` where nothing was published yet.
    pub async fn table_at(&self, name: &str, version: u64) -> Result<Option<Table>> {
        let Some(mut table) = self.table(name).await? else {
            return Ok(None);
        };
        let failed = |error| Error::engine(format!("opening version {version} of {name}"), error);
        table.0.load_version(version).await.map_err(failed)?;
        Ok(Some(table))
    }

    pub(super) fn builder(&self, url: &Url) -> Result<Table> {
        if let Ok(path) = url.to_file_path() {
            std::fs::create_dir_all(&path)
                .map_err(|error| Error::engine(format!("making {}", path.display()), error))?;
        }
        DeltaTableBuilder::from_url(url.clone())
            .and_then(DeltaTableBuilder::build)
            .map(Table)
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
        let writer = writer.with_target_file_size(256 * 1024 * 1024);
        Ok(Staging::new(name, schema, writer, self.unpublished.clone()))
    }

    /// Removes staged files that will not be published.
    pub async fn discard(&self, name: &str, staged: Staged) -> Result<()> {
        self.unpublished.forget(name, &staged.adds);
        self.remove(name, staged.adds).await
    }

    async fn remove(&self, name: &str, adds: Vec<Add>) -> Result<()> {
        let store = self.builder(&self.url(name)?)?.0.object_store();
        for add in adds {
            let failed = |error| Error::engine(format!("removing a staged file of {name}"), error);
            let path = deltalake::Path::from(add.path.as_str());
            store.delete(&path).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Waits until no commit is under way; none begins while the guard is held.
    pub async fn between_commits(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.unpublished.commits.lock().await
    }

    /// Removes all staged files that were neither published nor discarded, for a run that ends early.
    pub async fn discard_unpublished(&self) -> Result<()> {
        let Open {
            writers,
            mut staged,
        } = self.unpublished.take();
        for (name, mut writer) in writers {
            // Only closing the files tells their names.
            if let Ok(adds) = writer.flush().await {
                staged.extend(adds.into_iter().map(|add| (name.clone(), add)));
            }
        }
        for (name, add) in staged {
            self.remove(&name, vec![add]).await?;
        }
        Ok(())
    }
}

/// A published table, as one of its versions has it.
#[derive(Clone, Debug)]
pub struct Table(pub(super) DeltaTable);

impl Table {
    /// For tests that hold lockgate's answers against those of DataFusion as it comes.
    #[doc(hidden)]
    pub fn delta(&self) -> &DeltaTable {
        &self.0
    }

    /// The version that was opened; `None` of a table that has no commit yet.
    pub fn version(&self) -> Option<u64> {
        self.0.version()
    }
}

/// The data files a table consists of now.
pub async fn files(table: &Table) -> Result<Vec<LogicalFileView>> {
    table
        .0
        .get_active_add_actions_by_partitions(&[])
        .try_collect()
        .await
        .map_err(|error| Error::engine("listing the files of a table", error))
}

/// What a table holds, as a text that no other rows have: the names of its data files, which are
/// never used twice, and its columns. A version number is used again where a log was mended.
pub async fn content_of(table: &Table) -> Result<String> {
    let files = files(table).await?;
    let mut paths: Vec<String> = files.iter().map(|file| file.path().to_string()).collect();
    paths.sort();
    let columns = schema_of(table)?;
    Ok(format!("{paths:?} {:?}", columns.fields()))
}

/// The columns of a table.
pub fn schema_of(table: &Table) -> Result<SchemaRef> {
    let failed = |error| Error::engine("reading the columns of a table", error);
    let snapshot = table.0.snapshot().map_err(failed)?;
    let schema: Schema = snapshot
        .schema()
        .as_ref()
        .try_into_arrow()
        .map_err(|error| failed(error.into()))?;
    Ok(Arc::new(schema))
}

/// How many rows a table has as published; 0 where nothing was published yet.
pub async fn rows_published(warehouse: &Warehouse, path: &str) -> Result<u64> {
    let Some(table) = warehouse.table(path).await? else {
        return Ok(0);
    };
    let files = files(&table).await?;
    let rows = files.iter().filter_map(LogicalFileView::num_records);
    Ok(rows.map(|rows| rows as u64).sum())
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
pub async fn commits(table: &Table) -> Result<Vec<Committed>> {
    let infos: Vec<_> = table
        .0
        .history(None)
        .try_collect()
        .await
        .map_err(|error| Error::engine("reading the history of a table", error))?;
    let newest = table.0.version().unwrap_or(0);
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
pub async fn notes(table: &Table) -> Result<HashMap<String, Value>> {
    let newest: Vec<_> = table
        .0
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

/// A table that storage has and that cannot be opened.
fn damaged(name: &str, why: DeltaTableError) -> Error {
    let message = format!("table {name} cannot be opened: {why}");
    let problem = Problem::new("lockgate::storage", message).help(
        "lockgate doctor says which of its files is damaged, what is lost and how it is mended",
    );
    Error::failed(problem, why)
}

fn unsupported(location: &str, scheme: &str) -> Error {
    Error::project(
        Problem::new(
            "lockgate::warehouse",
            format!(
                "`{}` is no place for a warehouse: {scheme} is not supported",
                without_secrets(location)
            ),
        )
        .help("name a folder, or a file:// URL"),
    )
}
