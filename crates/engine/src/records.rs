//! A file's records as columns of text, in one pass over its bytes.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use arrow::array::{ArrayRef, StringBuilder};

use lockgate_core::intake::{
    CellBatch, Dialect, Limits, Once, Reason, Records, Refusal, ScanError,
};

/// Records read and written at a time.
const BATCH: usize = 8192;

/// The records of one file, the header left out.
pub(super) struct FileReader {
    records: Records<Once>,
    batch: CellBatch,
    /// Whether `batch` holds records that [`Self::next`] has not given yet.
    ahead: bool,
    /// What is wrong behind them.
    refused: Option<Refusal>,
    dialect: Dialect,
    width: usize,
}

/// Columns by their places in the file, and the 1-based line of each record.
pub(super) type Columns<'a> = (Vec<ArrayRef>, &'a [i64]);

impl FileReader {
    /// Opens a file; nothing of it is read yet.
    ///
    /// # Errors
    /// It is no file, or cannot be opened.
    pub fn open(path: &Path, dialect: Dialect, limits: Limits) -> Result<Self, Refusal> {
        let once = Once::open(path).map_err(Refusal::unreadable)?;
        Ok(Self {
            records: Records::within(once, dialect, limits),
            batch: CellBatch::default(),
            ahead: false,
            refused: None,
            dialect,
            width: 0,
        })
    }

    /// The header cells, as they are written.
    ///
    /// # Errors
    /// The file is refused by its beginning.
    pub fn header(&mut self) -> Result<Vec<String>, Refusal> {
        let header = self.records.header().map_err(refusal)?;
        self.width = header.len();
        Ok(header.to_vec())
    }

    /// How the file begins, and how it is cut.
    pub fn head(&self) -> (&[u8], Dialect) {
        (self.records.opening(), self.dialect)
    }

    /// The cells of up to `n` records, which [`Self::next`] gives again.
    ///
    /// # Errors
    /// There is no record. What is wrong with one is told by [`Self::next`].
    pub fn sample(&mut self, n: usize) -> Result<Vec<Vec<String>>, Refusal> {
        match self.records.read(BATCH, &mut self.batch) {
            Ok(_) => {}
            Err(error) => {
                let refusal = refusal(error);
                if refusal.reason == Reason::HeaderOnly {
                    return Err(refusal);
                }
                self.refused = Some(refusal);
            }
        }
        self.ahead = true;
        let text = self.batch.text().map_err(Refusal::unreadable)?;
        let records = 0..self.batch.records().min(n);
        let cell = |record, place| text[self.batch.cell(record, place, self.width)].to_owned();
        Ok(records
            .map(|record| (0..self.width).map(|place| cell(record, place)).collect())
            .collect())
    }

    /// The next records; `None` at the end of the file.
    ///
    /// # Errors
    /// Something is wrong with the file, and nothing of it is to be believed.
    pub fn next(&mut self) -> Result<Option<Columns<'_>>, Refusal> {
        if let Some(refusal) = self.refused.take() {
            return Err(refusal);
        }
        if !std::mem::take(&mut self.ahead) {
            self.width = self.records.header().map_err(refusal)?.len();
            self.records.read(BATCH, &mut self.batch).map_err(refusal)?;
        }
        if self.batch.records() == 0 {
            return Ok(None);
        }
        let text = self.batch.text().map_err(Refusal::unreadable)?;
        let columns = (0..self.width).map(|place| column(&self.batch, text, place, self.width));
        Ok(Some((columns.collect(), self.batch.lines())))
    }

    /// Reads the rest, and gives the identity of all bytes that were read.
    ///
    /// # Errors
    /// The file changed meanwhile, or cannot be read on.
    pub fn finish(self, since: SystemTime) -> Result<String, Refusal> {
        self.records.into_reader().finish(since).map_err(refusal)
    }
}

/// The cells of one place; an empty one is null, quoted or not.
fn column(batch: &CellBatch, text: &str, place: usize, width: usize) -> ArrayRef {
    let records = batch.records();
    let mut cells = StringBuilder::with_capacity(records, text.len() / width.max(1));
    for record in 0..records {
        match &text[batch.cell(record, place, width)] {
            "" => cells.append_null(),
            cell => cells.append_value(cell),
        }
    }
    Arc::new(cells.finish())
}

/// A file that cannot be read is told like one that is wrong: the others come in all the same.
fn refusal(error: ScanError) -> Refusal {
    match error {
        ScanError::Refused(refusal) => refusal,
        ScanError::Io(error) => Refusal::unreadable(error),
    }
}
