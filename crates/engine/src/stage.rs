//! Reading a file into staged rows: one pass hashes, checks, counts and cuts it, and measures
//! its rows as they go by.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::relation;
use lockgate_core::intake::{Dialect, HeaderCheck, Limits, Refusal, Warning};
use lockgate_core::table_name::raw;

use super::ingest::{IngestPlan, Intake};
use super::ledger::{OF_THE_FILE, raw_path};
use super::records::FileReader;
use super::staging::Staging;
use super::warehouse::Warehouse;
use super::{Engine, Gauge, Passed, Question};

/// Records that tell what a missing column is called now.
const SAMPLE: usize = 200;

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
    let rule = &plan.source.contract.file;
    let limits = Limits::of(rule, engine.memory);
    let mut file = match FileReader::open(&plan.path, Dialect::of(rule), limits) {
        Ok(file) => file,
        Err(refusal) => return Ok(refuse(plan, None, vec![refusal], Vec::new())),
    };
    let header = match header(plan, &mut file) {
        Ok(header) => header,
        Err(refusal) => return Ok(refuse(plan, Some(file), vec![refusal], Vec::new())),
    };
    let warnings = header.warnings.clone();
    if !header.refusals.is_empty() {
        return Ok(refuse(plan, Some(file), header.refusals, warnings));
    }
    let table = raw_path(&plan.source.name);
    let schema = Arc::new(plan.source.contract.raw_schema());
    let mut staging = warehouse.stage(&table, schema, &OF_THE_FILE)?;
    let mut gauge = None;
    if !questions.is_empty() {
        let name = raw(&plan.source.name);
        let schema = passing_schema(plan);
        gauge = Some(Gauge::start(engine, &name, &relation(&name), schema, questions).await?);
    }
    let refused = copy(plan, &mut file, &header, &mut staging, &mut gauge).await?;
    let read = match refused {
        Some(refusal) => Err(refuse(plan, Some(file), vec![refusal], warnings.clone())),
        None => file
            .finish(began(plan))
            .map_err(|refusal| refuse(plan, None, vec![refusal], Vec::new())),
    };
    let sha256 = read.as_deref().unwrap_or_default();
    let rows = staging.finish(&plan.of_the_file(sha256)).await?;
    let sha256 = match read {
        Ok(sha256) => sha256,
        Err(refused) => {
            warehouse.discard(&table, rows).await?;
            return Ok(refused);
        }
    };
    let passed = match gauge {
        Some(gauge) => gauge.finish().await,
        None => Passed::default(),
    };
    Ok(Intake::Staged {
        sha256,
        rows,
        passed,
        warnings,
    })
}

/// Refuses a file; one that changed while it was read is refused for that alone.
fn refuse(
    plan: &IngestPlan<'_>,
    file: Option<FileReader>,
    refusals: Vec<Refusal>,
    warnings: Vec<Warning>,
) -> Intake {
    match file.map(|file| file.finish(began(plan))).transpose() {
        Ok(sha256) => Intake::Refused {
            sha256,
            refusals,
            warnings,
        },
        Err(changed) => Intake::Refused {
            sha256: None,
            refusals: vec![changed],
            warnings: Vec::new(),
        },
    }
}

/// When the run began.
fn began(plan: &IngestPlan<'_>) -> SystemTime {
    let micros = u64::try_from(plan.loaded_at).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}

/// The header against the contract; what is wrong with it is told before what is wrong with a record.
fn header(plan: &IngestPlan<'_>, file: &mut FileReader) -> Result<HeaderCheck, Refusal> {
    let contract = plan.source.contract.at(plan.date);
    let (header, sample) = (file.header()?, file.sample(SAMPLE)?);
    let mut check = lockgate_core::intake::check(&contract, &header, &sample);
    let (head, dialect) = file.head();
    check.look_below(&contract, head, dialect);
    Ok(check)
}

/// Copies the records into staged files; why not, if not.
async fn copy(
    plan: &IngestPlan<'_>,
    file: &mut FileReader,
    header: &HeaderCheck,
    staging: &mut Staging,
    gauge: &mut Option<Gauge>,
) -> Result<Option<Refusal>> {
    let failed = |error| Error::engine(format!("reading {}", plan.path.display()), error);
    let schema = staging.file_schema();
    let mut before = 0;
    loop {
        let (columns, lines) = match file.next() {
            Ok(Some(columns)) => columns,
            Ok(None) => return Ok(None),
            Err(refusal) => return Ok(Some(refusal)),
        };
        let batch = raw_batch(plan, header, &schema, &columns, lines, before).map_err(failed)?;
        before += batch.num_rows() as i64;
        if let Some(gauge) = gauge {
            gauge.push(&whole(plan, &batch).map_err(failed)?).await;
        }
        staging.write(batch).await?;
    }
}

/// The raw table's columns but for the identity of the bytes, which is not known while
/// rows pass: a question that reads it is answered from the staged rows.
fn passing_schema(plan: &IngestPlan<'_>) -> SchemaRef {
    let schema = plan.source.contract.raw_schema();
    let fields = schema.fields().iter();
    let fields = fields.filter(|field| field.name() != OF_THE_FILE[2]);
    Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
}

/// The rows with the columns of the file, as they are measured in passing.
fn whole(plan: &IngestPlan<'_>, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = passing_schema(plan);
    let of_the_file = plan.of_the_file("");
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

/// The cells in the contract's order, with where each record stands.
fn raw_batch(
    plan: &IngestPlan<'_>,
    header: &HeaderCheck,
    schema: &SchemaRef,
    cells: &[ArrayRef],
    lines: &[i64],
    before: i64,
) -> Result<RecordBatch, ArrowError> {
    let rows = lines.len();
    let mut columns: Vec<ArrayRef> = header
        .places
        .iter()
        .map(|place| match place {
            Some(place) => cells[*place].clone(),
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
