//! Files into append-only raw tables: every record once, or the file not at all.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::Schema;
use chrono::NaiveDate;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::{ident, text_literal};
use lockgate_core::intake::{Refusal, Warning};
use lockgate_core::project::Source;
use lockgate_core::table_name::raw;

use super::ledger::{OF_THE_FILE, raw_path};
use super::warehouse::{Staged, Warehouse};
use super::{Engine, Passed};

/// A file to take in.
#[derive(Debug)]
pub struct IngestPlan<'a> {
    pub source: &'a Source,
    pub path: PathBuf,
    pub name: String,
    pub date: NaiveDate,
    /// Whether it replaces what the table holds under this name.
    pub supersede: bool,
    pub run_id: &'a str,
    /// Microseconds since 1970-01-01, UTC.
    pub loaded_at: i64,
}

impl IngestPlan<'_> {
    /// The columns that are the same for all rows of the file, with their values;
    /// `sha256`: the identity of its bytes, known once all of them are read.
    pub(super) fn of_the_file(&self, sha256: &str) -> [(&'static str, String); 3] {
        let [name, date, identity] = OF_THE_FILE;
        [
            (name, self.name.clone()),
            (date, self.date.to_string()),
            (identity, sha256.to_owned()),
        ]
    }
}

/// How reading a file went.
#[derive(Debug)]
pub enum Intake {
    /// Written, measured, and seen by nobody yet.
    Staged {
        /// The identity of exactly the bytes that were read.
        sha256: String,
        rows: Staged,
        passed: Passed,
        warnings: Vec<Warning>,
    },
    Refused {
        /// `None`: the file changed while it was read, so no identity is its own.
        sha256: Option<String>,
        refusals: Vec<Refusal>,
        warnings: Vec<Warning>,
    },
}

impl Intake {
    /// The identity of the bytes that were read, if they are still the file's.
    pub fn sha256(&self) -> Option<&str> {
        match self {
            Self::Staged { sha256, .. } => Some(sha256),
            Self::Refused { sha256, .. } => sha256.as_deref(),
        }
    }
}

/// Puts the rows of a staged file into the session as the source's raw table.
pub async fn put_file(
    engine: &Engine,
    warehouse: &Warehouse,
    plan: &IngestPlan<'_>,
    sha256: &str,
    rows: &Staged,
) -> Result<()> {
    let failed = |error| Error::engine(format!("reading the staged rows of {}", plan.name), error);
    let folder = warehouse.url(&raw_path(&plan.source.name))?;
    let schema = plan.source.contract.raw_schema();
    let carried = schema.fields().iter();
    let carried = carried.filter(|field| !OF_THE_FILE.contains(&field.name().as_str()));
    let staged = Staged {
        schema: Arc::new(Schema::new(carried.cloned().collect::<Vec<_>>())),
        adds: rows.adds.clone(),
        rows: rows.rows,
    };
    engine.put_staged(STAGED_FILE, &folder, &staged)?;
    let columns = schema.fields().iter().map(|field| {
        let name = ident(field.name());
        match plan
            .of_the_file(sha256)
            .iter()
            .find(|(own, _)| own == field.name())
        {
            Some((_, value)) => format!(
                "arrow_cast({}, '{}') AS {name}",
                text_literal(value),
                field.data_type()
            ),
            None => name,
        }
    });
    let columns: Vec<String> = columns.collect();
    let sql = format!("SELECT {} FROM {STAGED_FILE}", columns.join(", "));
    let view = engine.frame(&sql).await.map_err(failed)?.into_view();
    engine.put(&raw(&plan.source.name), view)
}

/// The session's name of a staged file's rows without the columns of the file.
const STAGED_FILE: &str = "staged_file";
