//! Looking at a table's files as storage has them: the log entry by entry, the data file by file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use deltalake::kernel::Add;
use url::Url;

use lockgate_core::error::{Error, Result};
use lockgate_core::outcome::Fault;
use lockgate_core::table_name::raw;

use super::ledger::add_of;
use super::warehouse::{Table, Warehouse, files};
use super::{Engine, text_rows};

/// What a table is, and with it how it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of the files that came in.
    Raw,
    /// Of a model, or what it set aside.
    Built,
    /// Of past runs.
    History,
}

impl Role {
    fn again(self, table: &str) -> String {
        match self {
            Self::Raw => format!(
                "bring it back from a backup; without one move the folder {table} away and say \
                 `lockgate run`: the files that are still in the data folder come in again"
            ),
            Self::Built => format!(
                "move the folder {table} away and say `lockgate run`: the model is built again"
            ),
            Self::History => format!(
                "bring it back from a backup; without one move the folder {table} away: runs go on, \
                 and what past runs measured is forgotten"
            ),
        }
    }
}

/// A table that was looked at: as it opens, if it does, and what is wrong with it.
#[derive(Default)]
pub struct Examined {
    pub table: Option<Table>,
    pub faults: Vec<Fault>,
}

/// Looks at the log and the data files of a table; `None`: there is no such table.
///
/// # Errors
/// The folder cannot be listed.
pub async fn examine(warehouse: &Warehouse, table: &str, role: Role) -> Result<Option<Examined>> {
    let Ok(folder) = warehouse.url(table)?.to_file_path() else {
        return Ok(None);
    };
    let log = folder.join("_delta_log");
    if !log.is_dir() {
        return Ok(None);
    }
    let mut examined = Examined::default();
    let failed = |error| Error::engine(format!("looking at {}", log.display()), error);
    examined.faults = broken_entries(&log, table, role).map_err(failed)?;
    match warehouse.table(table).await {
        Ok(opened) => examined.table = opened,
        Err(error) if examined.faults.is_empty() => examined.faults.push(Fault {
            table: table.to_owned(),
            file: None,
            what: format!("the table cannot be opened: {error}"),
            lost: "all of it".to_owned(),
            mend: role.again(table),
            harmless: false,
        }),
        Err(_) => {}
    }
    if let Some(opened) = &examined.table {
        let found = broken_files(opened, &folder, table, role).await?;
        examined.faults.extend(found);
    }
    Ok(Some(examined))
}

/// Entries of the log that are cut short or missing, of those that a reader needs.
fn broken_entries(log: &Path, table: &str, role: Role) -> std::io::Result<Vec<Fault>> {
    let (mut entries, mut checkpoint) = (BTreeSet::new(), None);
    for entry in fs::read_dir(log)? {
        let name = entry?.file_name();
        let Some((number, ending)) = name.to_str().and_then(|name| name.split_once('.')) else {
            continue;
        };
        match (number.parse::<u64>(), ending) {
            (Ok(version), "json") => {
                entries.insert(version);
            }
            (Ok(version), "checkpoint.parquet") => checkpoint = checkpoint.max(Some(version)),
            _ => {}
        }
    }
    let newest = entries.last().copied();
    let first = checkpoint.map_or(0, |version| version + 1);
    let mut faults = Vec::new();
    for version in first..newest.map_or(first, |newest| newest + 1) {
        let name = format!("{version:020}.json");
        let what = match fs::read_to_string(log.join(&name)) {
            Ok(text) if is_whole(&text) => continue,
            Ok(_) => "the log entry is cut short or is no JSON".to_owned(),
            Err(error) => format!("the log entry cannot be read: {error}"),
        };
        let (lost, mend) = if Some(version) == newest && version > 0 {
            let mend = format!(
                "bring it back from a backup; without one move _delta_log/{name} away: the table is \
                 then that of version {}, and the next run does again what is missing",
                version - 1
            );
            (format!("what version {version} changed"), mend)
        } else {
            let lost = format!("what version {version} changed, and with it the whole table");
            (lost, role.again(table))
        };
        faults.push(Fault {
            table: table.to_owned(),
            file: Some(format!("_delta_log/{name}")),
            what,
            lost,
            mend,
            harmless: false,
        });
    }
    Ok(faults)
}

/// Whether every line is an action, and there is one.
fn is_whole(text: &str) -> bool {
    let action = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(action) && lines.all(action)
}

/// Data files that are lost or cannot be read to their end, and those that no version names.
async fn broken_files(
    opened: &Table,
    folder: &Path,
    table: &str,
    role: Role,
) -> Result<Vec<Fault>> {
    let (mut faults, mut named) = (Vec::new(), BTreeSet::new());
    for file in files(opened).await? {
        let path = file.path().to_string();
        let of = file.partition_values_map().remove("file_name").flatten();
        let at = folder.join(&path);
        named.insert(at.clone());
        let Some(what) = broken(at).await else {
            continue;
        };
        let rows = match file.num_records() {
            Some(1) => "1 row".to_owned(),
            Some(rows) => format!("{rows} rows"),
            None => "its rows".to_owned(),
        };
        let (lost, mend) = match of {
            Some(name) => (
                format!("{rows} of {name}"),
                format!(
                    "bring it back from a backup, or with {name} in the data folder say \
                     `lockgate run --supersede {name}`"
                ),
            ),
            None => (rows, role.again(table)),
        };
        faults.push(Fault {
            table: table.to_owned(),
            file: Some(path),
            what,
            lost,
            mend,
            harmless: false,
        });
    }
    faults.extend(litter(folder, &named, table));
    Ok(faults)
}

/// The data files of a table that can be read to their end.
pub(super) async fn readable(table: &Table, folder: &Url) -> Result<Vec<Add>> {
    let mut adds = Vec::new();
    for file in files(table).await? {
        let at = folder.join(&file.path()).ok();
        let whole = match at.and_then(|at| at.to_file_path().ok()) {
            Some(path) => broken(path).await.is_none(),
            None => false,
        };
        if whole {
            adds.push(add_of(&file));
        }
    }
    Ok(adds)
}

/// Why a data file cannot be read to its end; `None`: it can.
async fn broken(path: PathBuf) -> Option<String> {
    let read = tokio::task::spawn_blocking(move || {
        let file = File::open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "the data file is gone".to_owned(),
            _ => format!("the data file cannot be opened: {error}"),
        })?;
        let told = |error: String| format!("the data file is no whole Parquet: {error}");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.build())
            .map_err(|error| told(error.to_string()))?;
        for batch in reader {
            batch.map_err(|error| told(error.to_string()))?;
        }
        Ok(())
    });
    match read.await {
        Ok(read) => read.err(),
        Err(_) => Some("the data file is no whole Parquet: reading it broke off".to_owned()),
    }
}

/// Files of runs that were killed, or of versions that are no more: no version names them.
fn litter(folder: &Path, named: &BTreeSet<PathBuf>, table: &str) -> Option<Fault> {
    let entries = fs::read_dir(folder).ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut count = 0_u64;
    for path in paths {
        let parquet = path.extension().is_some_and(|ending| ending == "parquet");
        count += u64::from(parquet && !named.contains(&path));
    }
    (count > 0).then(|| Fault {
        table: table.to_owned(),
        file: None,
        what: format!("{count} data files are not of the newest version"),
        lost: "nothing: earlier versions read some of them, runs that were killed left others"
            .to_owned(),
        mend: "leave them".to_owned(),
        harmless: true,
    })
}

/// Source files whose rows a raw table, put into the session as `name`, holds more than once or not
/// in full.
///
/// # Errors
/// Why the rows cannot be counted.
pub async fn miscounted(engine: &Engine, source: &str, table: &str) -> Result<Vec<Fault>, String> {
    let sql = format!(
        "SELECT file_name, count(*), count(DISTINCT file_row), max(file_row) FROM {} \
         GROUP BY file_name HAVING count(*) <> count(DISTINCT file_row) OR count(*) <> max(file_row) \
         ORDER BY file_name",
        lockgate_core::expect::relation(&raw(source))
    );
    let page = text_rows(engine, &sql, usize::MAX).await;
    let page = page.map_err(|error| error.to_string())?;
    let faults = page.rows.into_iter().filter_map(|row| {
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let (name, rows) = (cells.next()?, cells.next()?);
        let (distinct, last) = (cells.next()?, cells.next()?);
        let what = if rows == distinct {
            format!("{rows} rows of a file whose last row is {last}")
        } else {
            format!("{rows} rows of {distinct} records: they came in more than once")
        };
        Some(Fault {
            table: table.to_owned(),
            mend: format!(
                "with {name} in the data folder say `lockgate run --supersede {name}`; where it is \
                 gone, `lockgate run --withdraw {name}` takes all of its rows out"
            ),
            file: Some(name),
            what,
            lost: "nothing; every figure of these rows is wrong".to_owned(),
            harmless: false,
        })
    });
    Ok(faults.collect())
}
