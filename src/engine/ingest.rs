//! Files into append-only raw tables: every record once, or the file not at all.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use deltalake::DeltaTable;
use indexmap::IndexMap;
use serde_json::json;

use crate::error::{Error, Result};
use crate::expect::{ident, relation, text_literal};
use crate::intake::{Dialect, HeaderCheck, Opening, Refusal, ScanError, Warning};
use crate::project::Source;

use super::records::{InStep, Step};
use super::warehouse::{Commit, Staged, Staging, Warehouse, Write, files};
use super::{Engine, Gauge, Passed, Question};

/// Columns that are the same for all rows of a file: kept once in the table's log.
const OF_THE_FILE: [&str; 3] = ["file_name", "file_date", "file_sha256"];

/// A file that was taken in, as the raw table remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    /// `YYYY-MM-DD`.
    pub date: String,
    pub sha256: String,
    pub rows: u64,
}

/// The files a raw table holds, by name.
pub async fn ledger(table: &DeltaTable) -> Result<Vec<Known>> {
    let mut known: IndexMap<String, Known> = IndexMap::new();
    for file in files(table).await? {
        let mut values = file.partition_values_map();
        let mut take = |name: &str| values.remove(name).flatten().unwrap_or_default();
        let name = take("file_name");
        let entry = known.entry(name.clone()).or_insert_with(|| Known {
            name,
            date: take("file_date"),
            sha256: take("file_sha256"),
            rows: 0,
        });
        entry.rows += file.num_records().unwrap_or(0) as u64;
    }
    known.sort_keys();
    Ok(known.into_values().collect())
}

/// A file to take in.
#[derive(Debug)]
pub struct IngestPlan<'a> {
    pub source: &'a Source,
    pub path: PathBuf,
    pub name: String,
    /// `YYYY-MM-DD`.
    pub date: String,
    pub sha256: String,
    /// Whether it replaces what the table holds under this name.
    pub supersede: bool,
    pub run_id: &'a str,
    /// Microseconds since 1970-01-01, UTC.
    pub loaded_at: i64,
}

impl IngestPlan<'_> {
    /// The columns that are the same for all rows of the file, with their values.
    fn of_the_file(&self) -> [(&'static str, String); 3] {
        let [name, date, sha256] = OF_THE_FILE;
        [
            (name, self.name.clone()),
            (date, self.date.clone()),
            (sha256, self.sha256.clone()),
        ]
    }
}

/// How reading a file went.
#[derive(Debug)]
pub enum Intake {
    /// Written, measured, and seen by nobody yet.
    Staged {
        rows: Staged,
        passed: Passed,
        warnings: Vec<Warning>,
    },
    Refused {
        refusals: Vec<Refusal>,
        warnings: Vec<Warning>,
    },
}

/// What a file says of itself before its records are read.
struct Opened {
    opening: Opening,
    header: HeaderCheck,
    dialect: Dialect,
}

/// The raw table of a source in the warehouse.
pub fn raw_path(source: &str) -> String {
    format!("raw/{source}")
}

/// What identifies a raw row, by how files are taken in.
pub fn raw_key() -> Vec<String> {
    vec!["file_name".to_owned(), "file_row".to_owned()]
}

/// Reads a file into staged rows, or refuses it whole; `questions` about its rows are measured as they pass.
///
/// # Errors
/// Of the storage only; what is wrong with the file is a refusal.
pub async fn stage_file(
    engine: &Engine,
    warehouse: &Warehouse,
    plan: &IngestPlan<'_>,
    questions: &[Question<'_>],
) -> Result<Intake> {
    let opened = match open(plan)? {
        Ok(opened) => opened,
        Err(refusal) => {
            return Ok(Intake::Refused {
                refusals: vec![refusal],
                warnings: Vec::new(),
            });
        }
    };
    let warnings = opened.header.warnings.clone();
    if !opened.header.refusals.is_empty() {
        let refusals = opened.header.refusals;
        return Ok(Intake::Refused { refusals, warnings });
    }
    let table = raw_path(&plan.source.name);
    let schema = Arc::new(plan.source.contract.raw_schema());
    let mut staging = warehouse.stage(&table, schema.clone(), &OF_THE_FILE)?;
    let mut gauge = None;
    if !questions.is_empty() {
        let name = format!("raw.{}", plan.source.name);
        gauge = Some(Gauge::start(engine, &name, &relation(&name), schema, questions).await?);
    }
    let refused = copy(plan, &opened, &mut staging, &mut gauge).await?;
    let rows = staging.finish(&plan.of_the_file()).await?;
    if let Some(refusal) = refused {
        warehouse.discard(&table, rows).await?;
        let refusals = vec![refusal];
        return Ok(Intake::Refused { refusals, warnings });
    }
    let passed = match gauge {
        Some(gauge) => gauge.finish().await,
        None => Passed::default(),
    };
    Ok(Intake::Staged {
        rows,
        passed,
        warnings,
    })
}

/// Makes a staged file part of its raw table, in one commit.
pub async fn commit_file(
    warehouse: &Warehouse,
    plan: &IngestPlan<'_>,
    rows: &Staged,
) -> Result<()> {
    let instead_of = plan.supersede.then_some(("file_name", plan.name.as_str()));
    let commit = Commit {
        write: Write::Append { instead_of },
        partitions: &OF_THE_FILE,
        mark: format!("file/{}", plan.name),
        notes: [("run_id".to_owned(), json!(plan.run_id))].into(),
    };
    warehouse
        .publish(&raw_path(&plan.source.name), rows, commit)
        .await?;
    Ok(())
}

/// Puts the rows of a staged file into the session as the source's raw table.
pub async fn put_file(
    engine: &Engine,
    warehouse: &Warehouse,
    plan: &IngestPlan<'_>,
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
            .of_the_file()
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
    let view = engine.ctx.sql(&sql).await.map_err(failed)?.into_view();
    engine.put(&format!("raw.{}", plan.source.name), view)
}

/// The session's name of a staged file's rows without the columns of the file.
const STAGED_FILE: &str = "staged_file";

fn unreadable(plan: &IngestPlan<'_>, error: impl std::fmt::Display) -> Error {
    Error::engine(format!("reading {}", plan.path.display()), error)
}

fn open(plan: &IngestPlan<'_>) -> Result<std::result::Result<Opened, Refusal>> {
    let contract = &plan.source.contract;
    let byte = |text: &str| text.as_bytes().first().copied().unwrap_or(b',');
    let dialect = Dialect {
        delimiter: byte(contract.file.delimiter.get_ref()),
        quote: byte(contract.file.quote.get_ref()),
    };
    let failed = |error: ScanError| match error {
        ScanError::Refused(refusal) => Ok(Err(refusal)),
        ScanError::Io(error) => Err(unreadable(plan, error)),
    };
    let opening = match crate::intake::open(&plan.path, dialect) {
        Ok(opening) => opening,
        Err(error) => return failed(error),
    };
    let sample = match crate::intake::sample(&plan.path, dialect, 200) {
        Ok(sample) => sample,
        Err(error) => return failed(error),
    };
    let header = crate::intake::check(&contract.at(&plan.date), &opening.header, &sample);
    Ok(Ok(Opened {
        opening,
        header,
        dialect,
    }))
}

/// Copies the records, the parser and the independent count in step; why not, if not.
async fn copy(
    plan: &IngestPlan<'_>,
    opened: &Opened,
    staging: &mut Staging,
    gauge: &mut Option<Gauge>,
) -> Result<Option<Refusal>> {
    let cells = opened.opening.header.len();
    let mut records = InStep::open(&plan.path, opened.dialect, cells, opened.opening.bom)?;
    let schema = staging.file_schema();
    let mut before = 0_i64;
    loop {
        let (parsed, lines) = match records.advance()? {
            Step::Batch(parsed, lines) => (parsed, lines),
            Step::End => return Ok(None),
            Step::Refused(refusal) => return Ok(Some(refusal)),
        };
        let rows = parsed.num_rows() as i64;
        let batch = raw_batch(plan, &opened.header, &schema, &parsed, lines, before);
        let batch = batch.map_err(|error| unreadable(plan, error))?;
        if let Some(gauge) = gauge {
            let whole = whole(plan, &batch).map_err(|error| unreadable(plan, error))?;
            gauge.push(&whole).await;
        }
        staging.write(batch).await?;
        before += rows;
    }
}

/// The rows with the columns of the file, as the raw table has them.
fn whole(plan: &IngestPlan<'_>, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = Arc::new(plan.source.contract.raw_schema());
    let of_the_file = plan.of_the_file();
    let columns = schema.fields().iter().map(|field| {
        match of_the_file.iter().find(|(own, _)| own == field.name()) {
            Some((_, value)) => {
                let text =
                    StringArray::from_iter_values(std::iter::repeat_n(value, batch.num_rows()));
                cast(&text, field.data_type())
            }
            None => Ok(batch.column(batch.schema().index_of(field.name())?).clone()),
        }
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
    RecordBatch::try_new(schema, columns)
}

/// The parsed cells in the contract's order, with where each record stands.
fn raw_batch(
    plan: &IngestPlan<'_>,
    header: &HeaderCheck,
    schema: &SchemaRef,
    parsed: &RecordBatch,
    lines: &[i64],
    before: i64,
) -> Result<RecordBatch, ArrowError> {
    let rows = parsed.num_rows();
    let mut columns: Vec<ArrayRef> = header
        .places
        .iter()
        .map(|place| match place {
            Some(place) => parsed.column(*place).clone(),
            None => Arc::new(StringArray::new_null(rows)) as ArrayRef,
        })
        .collect();
    let numbers = Int64Array::from_iter_values(before + 1..=before + rows as i64);
    let loaded_at = TimestampMicrosecondArray::from_value(plan.loaded_at, rows);
    columns.push(Arc::new(numbers));
    columns.push(Arc::new(Int64Array::from(lines.to_vec())));
    columns.push(Arc::new(loaded_at.with_timezone("UTC")));
    RecordBatch::try_new(schema.clone(), columns)
}
