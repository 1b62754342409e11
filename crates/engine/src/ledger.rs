//! The ledger of a raw table: which files it holds and what was judged of each, as the table's log
//! has it. There is no other: a file, its rows and its verdicts come and go in one commit.

use std::collections::HashMap;

use chrono::NaiveDate;
use deltalake::kernel::{Add, LogicalFileView};
use indexmap::IndexMap;
use serde_json::json;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::{relation, text_literal};
use lockgate_core::outcome::{FileRecord, when};
use lockgate_core::project::Source;
use lockgate_core::table_name::{TableName, raw};

use super::Engine;
use super::commit::{Commit, Write, marked, widens};
use super::warehouse::{Staged, Table, Warehouse, files};

/// Columns that are the same for all rows of a file: kept once in the table's log.
pub(super) const OF_THE_FILE: [&str; 3] = ["file_name", "file_date", "file_sha256"];

/// Where the log keeps what was judged of a file: a tag of its first data file.
const JUDGED: &str = "lockgate.judged";

/// The mark of tables that note with [`SOME_WITHDRAWN`] whether any file was ever taken out.
const NOTES_WITHDRAWALS: &str = "ledger/1";

const SOME_WITHDRAWN: &str = "withdrawn";

/// A file that was taken in, as the raw table remembers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub name: String,
    pub date: NaiveDate,
    pub sha256: String,
    pub rows: u64,
    /// `None` for a file that an earlier version of lockgate took in, which kept none.
    pub judged: Option<FileRecord>,
}

/// A staged file with what was judged of it.
#[derive(Debug)]
pub struct Taken {
    pub name: String,
    pub date: NaiveDate,
    pub sha256: String,
    /// Whether it replaces what the table holds under this name.
    pub supersede: bool,
    pub rows: Staged,
    pub judged: FileRecord,
}

/// The raw table of a source in the warehouse.
pub fn raw_path(source: &str) -> String {
    format!("raw/{source}")
}

/// What identifies a raw row, by how files are taken in.
pub fn raw_key() -> Vec<String> {
    vec!["file_name".to_owned(), "file_row".to_owned()]
}

/// A raw table at one version: every decision about its files is taken from it, and every commit
/// is made on this version or not at all.
pub struct Ledger<'a> {
    source: &'a Source,
    table: Option<Table>,
    known: IndexMap<String, Known>,
    /// Whether the table says that no file was ever taken out.
    none_withdrawn: bool,
}

impl<'a> Ledger<'a> {
    /// The ledger as it is now.
    ///
    /// # Errors
    /// Of the storage; a record that a later version wrote.
    pub async fn open(warehouse: &Warehouse, source: &'a Source) -> Result<Self> {
        let mut ledger = Self {
            source,
            table: None,
            known: IndexMap::new(),
            none_withdrawn: true,
        };
        if let Some(table) = warehouse.table(&raw_path(&source.name)).await? {
            ledger.see(table).await?;
        }
        Ok(ledger)
    }

    async fn see(&mut self, table: Table) -> Result<()> {
        self.known = entries(&self.source.name, &table).await?;
        self.none_withdrawn =
            marked(&table, NOTES_WITHDRAWALS).await? && !marked(&table, SOME_WITHDRAWN).await?;
        self.table = Some(table);
        Ok(())
    }

    /// The files that the table holds, by name.
    pub fn files(&self) -> impl Iterator<Item = &Known> {
        self.known.values()
    }

    pub fn file(&self, name: &str) -> Option<&Known> {
        self.known.get(name)
    }

    /// Whether a file of this name and these bytes was taken out before.
    ///
    /// Other bytes under the name are another file: they were not.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn is_withdrawn(&self, name: &str, sha256: &str) -> Result<bool> {
        match &self.table {
            Some(table) if !self.none_withdrawn => marked(table, &withdrawn(name, sha256)).await,
            _ => Ok(false),
        }
    }

    /// Whether the table says that no file was ever taken out.
    pub fn none_withdrawn(&self) -> bool {
        self.none_withdrawn
    }

    /// Puts the rows that the table holds into the session, for questions that compare.
    ///
    /// # Errors
    /// Of the engine.
    pub async fn put(&self, engine: &Engine, name: &str) -> Result<()> {
        match &self.table {
            Some(table) => engine.put_table(name, table).await,
            None => engine.put_empty(name, self.source.contract.raw_schema()),
        }
    }

    /// Puts the rows of one file of the table into the session as the raw table, and those that
    /// came before it as the known ones.
    ///
    /// # Errors
    /// Of the engine.
    pub async fn put_file(&self, engine: &Engine, file: &Known) -> Result<()> {
        let failed = |error| Error::engine(format!("reading the rows of {}", file.name), error);
        let (raw, known) = (
            raw(&self.source.name),
            TableName::known(&self.source.name).to_string(),
        );
        self.put(engine, &known).await?;
        let (own, rows) = (text_literal(&file.name), relation(&known));
        let before = format!(
            "file_name <> {own} AND file_date <= DATE {}",
            text_literal(&file.date.to_string())
        );
        for (name, which) in [(&raw, format!("file_name = {own}")), (&known, before)] {
            let sql = format!("SELECT * FROM {rows} WHERE {which}");
            let view = engine.frame(&sql).await.map_err(failed)?.into_view();
            engine.put(name, view)?;
        }
        Ok(())
    }

    /// Takes staged files in, in one commit, each with what was judged of it. `false`: another
    /// process changed the table since, and nothing was done.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn take_in(
        &mut self,
        warehouse: &Warehouse,
        taken: &mut [Taken],
        run_id: &str,
    ) -> Result<bool> {
        let mut adds = Vec::new();
        for file in taken.iter_mut() {
            if let Some(first) = file.rows.adds.first_mut() {
                tag(first, &file.judged)?;
            }
            adds.extend(file.rows.adds.iter().cloned());
        }
        let replaced = taken.iter().filter(|file| file.supersede);
        let replaced: Vec<String> = replaced.map(|file| file.name.clone()).collect();
        let instead_of = (!replaced.is_empty()).then_some(("file_name", replaced.as_slice()));
        let marks = match self.table {
            Some(_) => Vec::new(),
            None => vec![NOTES_WITHDRAWALS.to_owned()],
        };
        let write = Write::Append { instead_of };
        let Some(table) = self.change(warehouse, adds, write, marks, run_id).await? else {
            return Ok(false);
        };
        self.none_withdrawn |= self.table.is_none();
        self.table = Some(table);
        for file in taken {
            let known = Known {
                name: file.name.clone(),
                date: file.date,
                sha256: file.sha256.clone(),
                rows: file.rows.rows,
                judged: Some(file.judged.clone()),
            };
            self.known.insert(file.name.clone(), known);
        }
        Ok(true)
    }

    /// Takes the rows of a file out of the table, in one commit, and remembers its bytes with it:
    /// [`Ledger::is_withdrawn`]. `false`: another process changed the table since.
    ///
    /// # Errors
    /// Of the storage. A file that the table does not hold is remembered all the same.
    pub async fn withdraw(
        &mut self,
        warehouse: &Warehouse,
        name: &str,
        sha256: &str,
        run_id: &str,
    ) -> Result<bool> {
        let names = [name.to_owned()];
        let write = Write::Append {
            instead_of: Some(("file_name", &names)),
        };
        let marks = vec![withdrawn(name, sha256), SOME_WITHDRAWN.to_owned()];
        self.rewrite(warehouse, Vec::new(), write, marks, run_id)
            .await
    }

    /// Gives the table the columns that its contract gained, null in the rows that are there.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn widen(&mut self, warehouse: &Warehouse, run_id: &str) -> Result<()> {
        let append = Write::Append { instead_of: None };
        loop {
            match &self.table {
                Some(table) if widens(table, &self.source.contract.raw_schema())? => {}
                _ => return Ok(()),
            }
            let widened = self.rewrite(warehouse, Vec::new(), append, Vec::new(), run_id);
            if !widened.await? {
                *self = Self::open(warehouse, self.source).await?;
            }
        }
    }

    /// Keeps what was judged of files that the table holds without a record. Their rows stay.
    /// `false`: another process changed the table since.
    ///
    /// # Errors
    /// Of the storage.
    pub async fn record(
        &mut self,
        warehouse: &Warehouse,
        judged: &HashMap<String, FileRecord>,
        run_id: &str,
    ) -> Result<bool> {
        let Some(table) = &self.table else {
            return Ok(true);
        };
        let mut adds: IndexMap<String, Add> = IndexMap::new();
        for file in files(table).await? {
            let add = add_of(&file);
            if let Some(Some(name)) = add.partition_values.get("file_name")
                && let Some(record) = judged.get(name)
                && !adds.contains_key(name)
            {
                let name = name.clone();
                let mut add = Add {
                    data_change: false,
                    ..add
                };
                tag(&mut add, record)?;
                adds.insert(name, add);
            }
        }
        let append = Write::Append { instead_of: None };
        let adds = adds.into_values().collect();
        self.rewrite(warehouse, adds, append, Vec::new(), run_id)
            .await
    }

    /// One commit, and the ledger as it is after it.
    async fn rewrite(
        &mut self,
        warehouse: &Warehouse,
        adds: Vec<Add>,
        write: Write<'_>,
        marks: Vec<String>,
        run_id: &str,
    ) -> Result<bool> {
        let done = self.change(warehouse, adds, write, marks, run_id).await?;
        let Some(table) = done else {
            return Ok(false);
        };
        self.see(table).await?;
        Ok(true)
    }

    async fn change(
        &self,
        warehouse: &Warehouse,
        adds: Vec<Add>,
        write: Write<'_>,
        marks: Vec<String>,
        run_id: &str,
    ) -> Result<Option<Table>> {
        let staged = Staged {
            schema: self.source.contract.raw_schema().into(),
            adds,
            rows: 0,
        };
        let commit = Commit {
            write,
            partitions: &OF_THE_FILE,
            marks,
            notes: [("run_id".to_owned(), json!(run_id))].into(),
        };
        let path = raw_path(&self.source.name);
        let seen = self.table.as_ref();
        warehouse.publish_on(&path, seen, &staged, &commit).await
    }
}

/// The files that a raw table holds, by name, as one of its versions has them.
///
/// # Errors
/// Of the storage; a record that a later version wrote.
pub async fn files_of(source: &Source, table: &Table) -> Result<Vec<Known>> {
    Ok(entries(&source.name, table).await?.into_values().collect())
}

/// The entries of a raw table, by name.
async fn entries(source: &str, table: &Table) -> Result<IndexMap<String, Known>> {
    let mut known: IndexMap<String, Known> = IndexMap::new();
    for file in files(table).await? {
        let mut add = add_of(&file);
        let mut values = std::mem::take(&mut add.partition_values);
        let mut take = |name: &str| values.remove(name).flatten().unwrap_or_default();
        let name = take("file_name");
        let date = when::day_of(&take("file_date")).map_err(|why| {
            let what = format!("reading when {name} in raw.{source} is of (file_date)");
            Error::engine(what, why)
        })?;
        let entry = known.entry(name.clone()).or_insert_with(|| Known {
            name,
            date,
            sha256: take("file_sha256"),
            rows: 0,
            judged: None,
        });
        entry.rows += file.num_records().unwrap_or(0) as u64;
        if let Some(text) = add.tags.and_then(|mut tags| tags.remove(JUDGED)).flatten() {
            let what = || format!("reading what was judged of {} in raw.{source}", entry.name);
            let record = FileRecord::of(&text).map_err(|why| Error::engine(what(), why))?;
            entry.judged = Some(record);
        }
    }
    known.sort_keys();
    Ok(known)
}

/// The action that added a file: the only form in which its tags can be had.
#[allow(deprecated)]
pub(super) fn add_of(file: &LogicalFileView) -> Add {
    file.add_action()
}

fn tag(add: &mut Add, judged: &FileRecord) -> Result<()> {
    let text = judged.text();
    let text = text.map_err(|error| Error::engine("keeping what was judged of a file", error))?;
    let tags = add.tags.get_or_insert_default();
    tags.insert(JUDGED.to_owned(), Some(text));
    Ok(())
}

fn withdrawn(name: &str, sha256: &str) -> String {
    format!("withdrawn/{sha256}/{name}")
}
