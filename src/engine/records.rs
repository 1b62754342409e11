//! A file's records as batches of text, parsed and counted by two readers in step.
//!
//! The count knows nothing but quotes and line ends; where the parser finds
//! another number of records, the file is not what its contract takes it for.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::BufReader as Parser;
use arrow::datatypes::{DataType, Field, Schema};

use crate::error::{Error, Result};
use crate::intake::{Dialect, Reason, Records, Refusal, ScanError};

/// Records read and written at a time.
const BATCH: usize = 8192;

/// The records of one file, the header left out.
pub(super) struct InStep {
    path: PathBuf,
    records: Records<File>,
    parser: Parser<BufReader<File>>,
    lines: Vec<i64>,
}

/// What comes next of a file.
pub(super) enum Step<'a> {
    /// Columns by their places in the file, and the 1-based line of each record.
    Batch(RecordBatch, &'a [i64]),
    End,
    Refused(Refusal),
}

impl InStep {
    /// `bom`: the file begins with a byte order mark.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: &Path, dialect: Dialect, cells: usize, bom: bool) -> Result<Self> {
        let unreadable = |error| unreadable(path, error);
        let records = Records::new(File::open(path).map_err(unreadable)?, dialect);
        let fields = (0..cells).map(|place| Field::new(place.to_string(), DataType::Utf8, true));
        let mut file = File::open(path).map_err(unreadable)?;
        if bom {
            file.seek(SeekFrom::Start(3)).map_err(unreadable)?;
        }
        let parser = ReaderBuilder::new(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
            .with_header(true)
            .with_delimiter(dialect.delimiter)
            .with_quote(dialect.quote)
            .with_batch_size(BATCH)
            .build_buffered(BufReader::with_capacity(1 << 20, file))
            .map_err(|error| Error::engine(reading(path), error))?;
        Ok(Self {
            path: path.to_owned(),
            records,
            parser,
            lines: Vec::with_capacity(BATCH),
        })
    }

    /// The next records.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn advance(&mut self) -> Result<Step<'_>> {
        self.lines.clear();
        let counted = match self.records.advance(BATCH, &mut self.lines) {
            Ok(counted) => counted,
            Err(ScanError::Refused(refusal)) => return Ok(Step::Refused(refusal)),
            Err(ScanError::Io(error)) => return Err(unreadable(&self.path, error)),
        };
        let parsed = match self.parser.next().transpose() {
            Ok(parsed) => parsed,
            Err(error) => return Ok(self.differs(counted, &error.to_string())),
        };
        let rows = parsed.as_ref().map_or(0, RecordBatch::num_rows);
        if rows != counted {
            return Ok(self.differs(counted, &format!("the parser found {rows}")));
        }
        Ok(match parsed.filter(|_| counted > 0) {
            Some(parsed) => Step::Batch(parsed, &self.lines),
            None => Step::End,
        })
    }

    fn differs(&self, counted: usize, found: &str) -> Step<'static> {
        Step::Refused(Refusal {
            reason: Reason::CountDiffers,
            message: format!("the file holds {counted} records here by their quotes and line ends, and {found}"),
            line: self.lines.first().map(|line| *line as u64),
            column: None,
            help: "look at the quotes from this line on; the delimiter and the quote of the source's contract must be the file's".to_owned(),
        })
    }
}

fn reading(path: &Path) -> String {
    format!("reading {}", path.display())
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::engine(reading(path), error)
}
