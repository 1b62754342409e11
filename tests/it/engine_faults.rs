//! What DataFusion answers wrongly and lockgate does not: every case as rows in memory, as staged
//! files and as a published table, right or refused; and wrong on the bare engine, so that a
//! guard that an upgrade makes needless is seen.

mod bare;
mod cases;
mod ignored;
mod projects;
mod refused;
mod unplanned;

use arrow::array::RecordBatch;
use lockgate::engine::{Commit, Engine, Staged, Table, Warehouse, Write, text_rows};
use tempfile::TempDir;

use crate::ask;
use crate::support::wait;
use cases::{CASES, Case, Right};

/// The tables of a case, as files of one batch each.
pub struct Tables {
    folder: TempDir,
    rows: Vec<(&'static str, Vec<RecordBatch>)>,
}

/// Ways in which lockgate reads a table.
const WAYS: [&str; 3] = ["in memory", "staged", "published"];

impl Tables {
    pub async fn of(case: &Case) -> Self {
        let mut rows = Vec::new();
        for (name, files) in case.tables {
            let mut batches = Vec::new();
            for file in *files {
                batches.extend(ask::rows(file).await);
            }
            rows.push((*name, batches));
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, rows }
    }

    fn warehouse(&self) -> Warehouse {
        Warehouse::open("warehouse", self.folder.path()).expect("a warehouse")
    }

    /// Every batch in a file of its own.
    async fn staged(&self, name: &str, batches: &[RecordBatch]) -> Staged {
        let warehouse = self.warehouse();
        let mut all: Option<Staged> = None;
        for batch in batches {
            let mut staging = warehouse
                .stage(name, batch.schema(), &[])
                .expect("a folder");
            staging.write(batch.clone()).await.expect("a file");
            let staged = staging.finish(&[]).await.expect("a file");
            match &mut all {
                None => all = Some(staged),
                Some(all) => {
                    all.adds.extend(staged.adds);
                    all.rows += staged.rows;
                }
            }
        }
        all.expect("a file at least")
    }

    /// Each table staged, and then published.
    pub async fn published(&self) -> Vec<(&'static str, Table)> {
        let mut tables = Vec::new();
        for (name, batches) in &self.rows {
            let staged = self.staged(name, batches).await;
            let commit = Commit {
                write: Write::Replace,
                partitions: &[],
                marks: vec![(*name).to_owned()],
                notes: [].into(),
            };
            let table = self.warehouse().publish(name, &staged, commit).await;
            tables.push((*name, table.expect("a commit")));
        }
        tables
    }

    pub fn in_memory(&self) -> &[(&'static str, Vec<RecordBatch>)] {
        &self.rows
    }

    async fn engine(&self, way: &str) -> Engine {
        let engine = Engine::new(None).expect("an engine");
        match way {
            "in memory" => {
                for (name, batches) in &self.rows {
                    engine.put_rows(name, batches.clone()).expect("a table");
                }
            }
            "staged" => {
                for (name, batches) in &self.rows {
                    let staged = self.staged(name, batches).await;
                    let folder = self.warehouse().url(name).expect("a folder");
                    engine.put_staged(name, &folder, &staged).expect("a table");
                }
            }
            _ => {
                for (name, table) in self.published().await {
                    engine.put_table(name, &table).await.expect("a table");
                }
            }
        }
        engine
    }
}

/// An engine with tables in memory, each by its name and the query of its rows.
async fn engine_of(tables: &[(&str, &str)]) -> Engine {
    let engine = Engine::new(None).expect("an engine");
    for (name, rows) in tables {
        engine
            .put_rows(name, ask::rows(rows).await)
            .expect("a table");
    }
    engine
}

/// The answer as sorted lines, or what came instead.
async fn answer(engine: &Engine, sql: &str) -> Result<Vec<String>, String> {
    match text_rows(engine, sql, 1000).await {
        Ok(page) => {
            let cell = |cell: Option<String>| cell.unwrap_or_else(|| "null".to_owned());
            let line = |row: Vec<Option<String>>| row.into_iter().map(cell).collect::<Vec<_>>();
            let mut lines: Vec<String> = page
                .rows
                .into_iter()
                .map(|row| line(row).join(","))
                .collect();
            lines.sort();
            Ok(lines)
        }
        Err(error) => Err(match error.refusal() {
            Some(refusal) => format!("refused: {} | {}", refusal.message, refusal.help),
            None => format!("failed: {error}"),
        }),
    }
}

fn is_right(right: &Right, answer: &Result<Vec<String>, String>) -> bool {
    match (right, answer) {
        (Right::Rows(rows), Ok(lines)) => rows == lines,
        (Right::Fails(why), Err(error)) => error.starts_with("failed") && error.contains(why),
        (Right::Refused(message, help), Err(error)) => {
            error.starts_with(&format!("refused: {message}"))
                && error.contains(&format!(" | {help}"))
        }
        _ => false,
    }
}

#[test]
fn every_case_is_right_or_refused_in_memory_staged_and_published() {
    let wrong = wait(async {
        let mut wrong = Vec::new();
        for case in CASES {
            let tables = Tables::of(case).await;
            for way in WAYS {
                let engine = tables.engine(way).await;
                // Some faults come and go.
                for _ in 0..3 {
                    let answer = answer(&engine, case.sql).await;
                    if !is_right(&case.right, &answer) {
                        wrong.push(format!("{} ({way}): {answer:?}", case.id));
                        break;
                    }
                }
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
