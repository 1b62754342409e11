//! The rows to profile, batch by batch: of a file, as the intake reads it, or of a table.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::{ident, relation};
use lockgate_core::intake::{
    CellBatch, Dialect, Limits, Once, Reason, Records, Refusal, ScanError,
};

use super::super::Engine;
use super::super::records::FileReader;

/// Delimiters tried where no contract says which.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records read to tell the delimiter.
const TRIED: usize = 20;

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum Origin {
    File {
        path: PathBuf,
        dialect: Dialect,
        limits: Limits,
        header: Vec<String>,
        bom: bool,
    },
    /// A table of the session, by its name in SQL.
    Table {
        name: String,
        columns: Vec<(String, DataType)>,
    },
}

/// Rows as text, with the line of each where they are of a file.
pub(super) struct Texts {
    pub columns: Vec<ArrayRef>,
    pub lines: Vec<i64>,
    pub rows: usize,
}

/// The next rows, or why there are no more.
pub(super) type Read = std::result::Result<Texts, Refusal>;

impl Origin {
    /// A file by its header, its delimiter told from its first records unless `dialect` is known.
    ///
    /// # Errors
    /// Of reading; a file that is not CSV in UTF-8 is refused.
    pub fn of_file(
        path: &Path,
        dialect: Option<Dialect>,
        limits: Limits,
    ) -> std::result::Result<Self, ScanError> {
        let dialect = match dialect {
            Some(dialect) => dialect,
            None => sniffed(path)?,
        };
        let mut records = Records::within(Once::open(path)?, dialect, limits);
        let header = records.header()?.to_vec();
        Ok(Self::File {
            path: path.to_owned(),
            dialect,
            limits,
            header,
            bom: records.bom(),
        })
    }

    pub fn names(&self) -> Vec<String> {
        match self {
            Self::File { header, .. } => header.clone(),
            Self::Table { columns, .. } => columns.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// Reads all rows, in order where they are of a file.
    pub(super) async fn each(
        &self,
        engine: &Engine,
        mut take: impl FnMut(Texts) -> Result<()> + Send,
    ) -> Result<Option<Refusal>> {
        let mut rows = self.rows(engine).await?;
        while let Some(next) = rows.try_next().await? {
            match next {
                Ok(texts) => take(texts)?,
                Err(refusal) => return Ok(Some(refusal)),
            }
        }
        Ok(None)
    }

    /// As [`Origin::each`], once an earlier scan came to the end.
    ///
    /// # Errors
    /// Also of a refusal: what is read changed meanwhile.
    pub(super) async fn again(
        &self,
        engine: &Engine,
        take: impl FnMut(Texts) -> Result<()> + Send,
    ) -> Result<()> {
        match self.each(engine, take).await? {
            None => Ok(()),
            Some(mut refusal) => {
                refusal.hide_values();
                let changed = format!("it changed meanwhile: {}", refusal.message);
                let why = DataFusionError::Execution(changed);
                Err(Error::engine("reading once more what is profiled", why))
            }
        }
    }

    /// All rows as they are read; a refusal is the last of them.
    pub(super) async fn rows(&self, engine: &Engine) -> Result<BoxStream<'static, Result<Read>>> {
        match self {
            Self::File {
                path,
                dialect,
                limits,
                ..
            } => Ok(of_file(path, *dialect, *limits)),
            Self::Table { name, columns } => of_table(engine, name, columns).await,
        }
    }
}

async fn of_table(
    engine: &Engine,
    name: &str,
    columns: &[(String, DataType)],
) -> Result<BoxStream<'static, Result<Read>>> {
    let reading = format!("reading {name}");
    let list: Vec<String> = columns.iter().map(|(name, _)| ident(name)).collect();
    let sql = format!("SELECT {} FROM {}", list.join(", "), relation(name));
    let failed = |error| Error::engine(reading.clone(), error);
    let frame = engine.frame(&sql).await.map_err(failed)?;
    let stream = frame.execute_stream().await.map_err(failed)?;
    let read = move |batch: datafusion::common::Result<RecordBatch>| {
        let batch = batch.map_err(|error| Error::engine(reading.clone(), error))?;
        let columns = texts(&batch).map_err(|error| Error::engine(reading.clone(), error))?;
        Ok(Ok(Texts {
            columns,
            lines: Vec::new(),
            rows: batch.num_rows(),
        }))
    };
    Ok(stream.map(read).boxed())
}

/// Every column as text; a nested one as it is shown.
fn texts(batch: &RecordBatch) -> std::result::Result<Vec<ArrayRef>, arrow::error::ArrowError> {
    use arrow::array::StringArray;
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    let column = |column: &ArrayRef| {
        if !column.data_type().is_nested() {
            return cast(column, &DataType::Utf8);
        }
        let shown = ArrayFormatter::try_new(column.as_ref(), &FormatOptions::default())?;
        let cell = |row| column.is_valid(row).then(|| shown.value(row).to_string());
        let text: StringArray = (0..column.len()).map(cell).collect();
        Ok(Arc::new(text) as ArrayRef)
    };
    batch.columns().iter().map(column).collect()
}

/// The dialect under which the first records have the most cells, each as many as the header.
fn sniffed(path: &Path) -> std::result::Result<Dialect, ScanError> {
    let mut best = (Dialect::default(), 1);
    for delimiter in DELIMITERS {
        let dialect = Dialect {
            delimiter,
            ..Dialect::default()
        };
        let mut records = Records::new(Once::open(path)?, dialect);
        let cells = match records.header() {
            Ok(header) => header.len(),
            // Under another delimiter quotes stand where they may; if under none, the first is told.
            Err(ScanError::Refused(_)) => continue,
            Err(error) => return Err(error),
        };
        if cells > best.1 && even(&mut records)? {
            best = (dialect, cells);
        }
    }
    Ok(best.0)
}

fn even(records: &mut Records<Once>) -> std::result::Result<bool, ScanError> {
    match records.read(TRIED, &mut CellBatch::default()) {
        Err(ScanError::Refused(refusal)) => Ok(!matches!(
            refusal.reason,
            Reason::Ragged | Reason::Truncated | Reason::UnclosedQuote | Reason::Quotes
        )),
        Err(error) => Err(error),
        Ok(_) => Ok(true),
    }
}

fn of_file(path: &Path, dialect: Dialect, limits: Limits) -> BoxStream<'static, Result<Read>> {
    let mut opened = Some(FileReader::open(path, dialect, limits));
    let next = move || {
        let read = match opened.as_mut()? {
            Ok(file) => file.next(),
            Err(refusal) => Err(refusal.clone()),
        };
        let read = match read {
            Ok(None) => None,
            Ok(Some((columns, lines))) => {
                return Some(Ok(Ok(Texts {
                    columns,
                    rows: lines.len(),
                    lines: lines.to_vec(),
                })));
            }
            Err(refusal) => Some(Ok(Err(refusal))),
        };
        opened = None;
        read
    };
    stream::iter(std::iter::from_fn(next)).boxed()
}
