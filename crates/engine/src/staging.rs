//! Rows on their way into files that no reader sees yet, and what becomes of those files
//! when a run ends early.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use deltalake::kernel::Add;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};

use lockgate_core::error::{Error, Result};

use super::Staged;

/// Rows on their way into staged files.
pub struct Staging {
    /// `None` once the files are closed.
    writer: Option<RecordBatchWriter>,
    schema: SchemaRef,
    carried: SchemaRef,
    rows: u64,
    name: String,
    unpublished: Arc<Unpublished>,
}

impl Staging {
    pub(super) fn new(
        name: &str,
        schema: SchemaRef,
        writer: RecordBatchWriter,
        unpublished: Arc<Unpublished>,
    ) -> Self {
        Self {
            carried: writer.arrow_schema(),
            writer: Some(writer),
            schema,
            rows: 0,
            name: name.to_owned(),
            unpublished,
        }
    }

    /// The schema of the rows to write: the table's without its partition columns.
    pub fn file_schema(&self) -> SchemaRef {
        self.carried.clone()
    }

    pub async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        let failed = |error| Error::engine(format!("staging {}", self.name), error);
        // Reading and writing may never wait: a run that is to stop is stopped here.
        tokio::task::yield_now().await;
        match &mut self.writer {
            Some(writer) => writer.write(batch).await.map_err(failed),
            None => Ok(()),
        }
    }

    /// Closes the files. With `partition`, each is noted to hold those values
    /// in columns that its rows do not carry.
    pub async fn finish(mut self, partition: &[(&str, String)]) -> Result<Staged> {
        let failed = |error| Error::engine(format!("staging {}", self.name), error);
        let mut adds = match &mut self.writer {
            Some(writer) => writer.flush().await.map_err(failed)?,
            None => Vec::new(),
        };
        self.writer = None;
        self.unpublished.remember(&self.name, &adds);
        for add in &mut adds {
            let values = partition.iter();
            add.partition_values
                .extend(values.map(|(name, value)| ((*name).to_owned(), Some(value.clone()))));
        }
        Ok(Staged {
            schema: self.schema.clone(),
            adds,
            rows: self.rows,
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            self.unpublished.abandon(&self.name, writer);
        }
    }
}

/// The staged files of a process that are neither published nor discarded.
#[derive(Debug, Default)]
pub(super) struct Unpublished {
    /// Held for as long as a commit takes.
    pub commits: tokio::sync::Mutex<()>,
    open: Mutex<Open>,
}

/// What is written for tables, by their names, and not yet visible.
#[derive(Default)]
pub struct Open {
    /// Writers whose rows were given up; files of theirs may be on disk.
    pub writers: Vec<(String, RecordBatchWriter)>,
    pub staged: Vec<(String, Add)>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} writers, {} files",
            self.writers.len(),
            self.staged.len()
        )
    }
}

impl Unpublished {
    fn abandon(&self, table: &str, writer: RecordBatchWriter) {
        if let Ok(mut open) = self.open.lock() {
            open.writers.push((table.to_owned(), writer));
        }
    }

    fn remember(&self, table: &str, adds: &[Add]) {
        if let Ok(mut open) = self.open.lock() {
            let adds = adds.iter().map(|add| (table.to_owned(), add.clone()));
            open.staged.extend(adds);
        }
    }

    /// They are published or discarded. Those that were neither until now, for
    /// [`Unpublished::restore`].
    pub fn forget(&self, table: &str, adds: &[Add]) -> Vec<Add> {
        let Ok(mut open) = self.open.lock() else {
            return Vec::new();
        };
        let paths: HashSet<&str> = adds.iter().map(|add| add.path.as_str()).collect();
        let gone =
            |(of, known): &mut (String, Add)| of == table && paths.contains(known.path.as_str());
        let forgotten = open.staged.extract_if(.., gone);
        forgotten.map(|(_, add)| add).collect()
    }

    /// A commit did not take them: they are as they were before.
    pub fn restore(&self, table: &str, adds: &[Add]) {
        self.remember(table, adds);
    }

    /// Everything that is open; then nothing is.
    pub fn take(&self) -> Open {
        let open = self.open.lock().map(|mut open| std::mem::take(&mut *open));
        open.unwrap_or_default()
    }
}
