//! The ways in which lockgate holds the tables of a query.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use futures::FutureExt;
use lockgate::engine::{self, Commit, Engine, Fault, Passed, QueryError, Staged, Warehouse, Write};

use super::answer::{self, Answer};
use super::expectations;
use super::tables::{Table, TableSet};

/// A session with the tables of a set, held in one way.
pub struct Way {
    pub name: &'static str,
    session: Session,
}

enum Session {
    Lockgate(Box<Engine>),
    /// DataFusion as it comes: what proves that the test finds what is wrong.
    Bare(SessionContext),
}

/// A query that has not ended by then is told.
const PATIENCE: Duration = Duration::from_secs(60);

impl Way {
    /// The rows of a query. With `planned` it is planned first, as `check` does.
    pub async fn ask(&self, sql: &str, planned: bool) -> Answer {
        let asked = AssertUnwindSafe(self.batches(sql, planned)).catch_unwind();
        match tokio::time::timeout(PATIENCE, asked).await {
            Err(_) => Answer::Failed(format!("no end after {PATIENCE:?}")),
            Ok(Err(_)) => Answer::Failed("a panic".to_owned()),
            Ok(Ok(Err(error))) => failure(&error),
            Ok(Ok(Ok(batches))) => Answer::Rows(answer::rows_of(&batches)),
        }
    }

    /// What an expectation (TOML) says of a table.
    pub async fn measure(&self, table: &str, toml: &str) -> Answer {
        match &self.session {
            Session::Lockgate(engine) => {
                expectations::measured(engine, table, toml, Passed::default()).await
            }
            Session::Bare(_) => Answer::Refused("DataFusion knows no expectations".to_owned()),
        }
    }

    async fn batches(&self, sql: &str, planned: bool) -> Result<Vec<RecordBatch>, QueryError> {
        match &self.session {
            Session::Bare(context) => Ok(context.sql(sql).await?.collect().await?),
            Session::Lockgate(engine) => {
                if planned {
                    engine::plan_sql(engine, sql).await?;
                }
                // What `check` accepts must run: the data's faults apart, this does not fail.
                engine::rows_of(engine, sql).await
            }
        }
    }
}

/// A refusal of lockgate's, or the first line of an error.
fn failure(error: &QueryError) -> Answer {
    if let Some(refusal) = error.refusal() {
        return Answer::Refused(refusal.message.clone());
    }
    let text = error.root();
    let line = text.lines().next().unwrap_or_default().to_owned();
    match error.fault() {
        Fault::Value => Answer::Misfit(line),
        _ => Answer::Failed(line),
    }
}

/// How lockgate holds a set of tables; the folder is for its files.
pub async fn ways(set: &TableSet, folder: &Path, all: bool) -> Vec<Way> {
    let warehouse = Warehouse::open("warehouse", folder).unwrap();
    let mut stored = Vec::new();
    for table in &set.tables {
        stored.push((table, staged(&warehouse, table).await));
    }
    for (table, staged) in &stored {
        let commit = Commit {
            write: Write::Replace,
            partitions: &[],
            marks: vec![table.name.clone()],
            notes: HashMap::new(),
        };
        warehouse
            .publish(&table.name, staged, commit)
            .await
            .unwrap();
    }
    let mut ways = Vec::new();
    for (name, holds, split) in [
        ("memory", Holds::Memory, false),
        ("staged", Holds::Staged, true),
        ("published", Holds::Published, false),
        ("memory, split", Holds::Memory, true),
        ("staged, one partition, small batches", Holds::Staged, false),
        ("published, split", Holds::Published, true),
    ] {
        let engine = Engine::new(None).unwrap();
        for (table, staged) in &stored {
            match holds {
                Holds::Memory => engine.put_rows(&table.name, table.small_batches()).unwrap(),
                Holds::Staged => {
                    let url = warehouse.url(&table.name).unwrap();
                    engine.put_staged(&table.name, &url, staged).unwrap();
                }
                Holds::Published => {
                    let published = warehouse.table(&table.name).await.unwrap().unwrap();
                    engine.put_table(&table.name, &published).await.unwrap();
                }
            }
        }
        if !split {
            engine.unsplit();
        }
        ways.push(Way {
            name,
            session: Session::Lockgate(Box::new(engine)),
        });
        if !all && ways.len() == 3 {
            break;
        }
    }
    ways
}

#[derive(Clone, Copy)]
enum Holds {
    Memory,
    Staged,
    Published,
}

/// The same tables in sessions that nothing guards.
pub async fn bare(set: &TableSet, folder: &Path) -> Vec<Way> {
    let warehouse = Warehouse::open("bare", folder).unwrap();
    let (memory, files) = (SessionContext::new(), SessionContext::new());
    for table in &set.tables {
        let batches = table.small_batches();
        let held = MemTable::try_new(table.schema(), vec![batches]).unwrap();
        memory.register_table(&table.name, Arc::new(held)).unwrap();
        let staged = staged(&warehouse, table).await;
        let url = warehouse.url(&table.name).unwrap();
        let schema = table.schema();
        let options = ParquetReadOptions::default().schema(&schema);
        if staged.adds.is_empty() {
            let empty = MemTable::try_new(table.schema(), vec![vec![]]).unwrap();
            files.register_table(&table.name, Arc::new(empty)).unwrap();
        } else {
            let registered = files.register_parquet(&table.name, url.as_str(), options);
            registered.await.unwrap();
        }
    }
    let way = |name, context| Way {
        name,
        session: Session::Bare(context),
    };
    vec![way("bare, memory", memory), way("bare, files", files)]
}

/// Writes a table as lockgate does, but for smaller row groups and pages, a file for each of its parts.
async fn staged(warehouse: &Warehouse, table: &Table) -> Staged {
    let url = warehouse.url(&table.name).unwrap();
    std::fs::create_dir_all(url.to_file_path().unwrap()).unwrap();
    let small = WriterProperties::builder()
        .set_max_row_group_row_count(Some(table.group))
        .set_data_page_row_count_limit(2)
        .set_write_batch_size(1)
        .build();
    let writer = RecordBatchWriter::try_new(url.as_str(), table.schema(), None, None).unwrap();
    let mut writer = writer.with_writer_properties(small);
    let mut adds = Vec::new();
    for batch in table.batches() {
        writer.write(batch).await.unwrap();
        adds.extend(writer.flush().await.unwrap());
    }
    Staged {
        schema: table.schema(),
        adds,
        rows: table.rows.len() as u64,
    }
}
