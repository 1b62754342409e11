//! A file's records, read, checked, counted and cut in one pass.

use std::io::{ErrorKind, Read};

use memchr::memchr;

use super::batch::CellBatch;
use super::machine::{Broken, End, Keep, Machine, Mark, Sink, Step};
use super::once::CHUNK;
use super::refusal::{Refusal, SHOWN_BYTES, ScanError};
use super::scan::{Dialect, Limits};
use super::sniff::{self, BOM};

mod told;

/// Cells in a batch at most, but for its last record.
const CELLS: usize = 1 << 20;

/// Bytes of the file's beginning that are kept.
const HEAD: usize = 8192;

/// DOS marks the end of a text with it.
const CTRL_Z: u8 = 0x1a;

/// The records of a file.
///
/// Every byte is checked on the way: UTF-8, no NUL, quotes as RFC 4180 has them, every record
/// as many cells as the header, no quote left open, the last record whole, nothing larger than
/// the limits. Blank lines are no records. Memory stays the same however long the file is.
pub struct Records<R> {
    reader: R,
    dialect: Dialect,
    limits: Limits,
    machine: Machine,
    /// `at..limit` is text to read, `limit..length` what is not known to be text.
    buffer: Vec<u8>,
    at: usize,
    limit: usize,
    length: usize,
    /// The byte of the file at which the buffer begins.
    base: u64,
    fault: Option<Fault>,
    eof: bool,
    bom: bool,
    /// The last byte of the file so far.
    last: u8,
    /// How the file begins, its byte order mark left out.
    head: Vec<u8>,
    /// How the current record and its open cell begin, once the buffer has moved on.
    record_head: Vec<u8>,
    cell_head: Vec<u8>,
    header: Option<Vec<String>>,
    /// Records so far.
    records: u64,
    refused: Option<Refusal>,
}

/// What stands at `limit`.
#[derive(Clone, Copy)]
enum Fault {
    Nul,
    NotUtf8,
    /// The file ends inside a character.
    HalfCharacter,
}

impl<R: Read> Records<R> {
    /// Nothing is read until the first call of another method.
    pub fn new(reader: R, dialect: Dialect) -> Self {
        Self::within(reader, dialect, Limits::default())
    }

    /// As [`Self::new`], with other limits.
    pub fn within(reader: R, dialect: Dialect, limits: Limits) -> Self {
        Self::with_buffer(reader, dialect, limits, CHUNK)
    }

    fn with_buffer(reader: R, dialect: Dialect, limits: Limits, size: usize) -> Self {
        Self {
            reader,
            dialect,
            limits,
            machine: Machine::new(dialect, limits),
            buffer: vec![0; size],
            at: 0,
            limit: 0,
            length: 0,
            base: 0,
            fault: None,
            eof: false,
            bom: false,
            last: 0,
            head: Vec::new(),
            record_head: Vec::new(),
            cell_head: Vec::new(),
            header: None,
            records: 0,
            refused: None,
        }
    }

    /// The reader; what it has given is more than was cut.
    pub fn into_reader(self) -> R {
        self.reader
    }

    /// How the file begins: at most 8 KiB, for a look at what stands above a header.
    pub fn opening(&self) -> &[u8] {
        &self.head
    }

    /// The header cells, quotes resolved, nothing trimmed.
    ///
    /// # Errors
    ///
    /// Of the storage, or a refusal of the first record or of the absence of any.
    pub fn header(&mut self) -> Result<&[String], ScanError> {
        self.fused(|records| {
            if records.header.is_none() {
                let mut keep = Keep::default();
                if !records.record(&mut keep)? {
                    return Err(records.empty().into());
                }
                records.header = Some(keep.cells);
            }
            Ok(())
        })?;
        Ok(self.header.as_deref().unwrap_or_default())
    }

    /// Whether the file begins with the UTF-8 byte order mark; false until something is read.
    pub fn bom(&self) -> bool {
        self.bom
    }

    /// Reads up to `n` records after the header into `batch`, in place of what it holds. Returns
    /// how many it read: fewer where they are large, 0 only at the end of the file.
    ///
    /// # Errors
    ///
    /// [`ScanError::Io`] where reading fails; [`ScanError::Refused`] at the first
    /// thing that is wrong, and again at each later call. `batch` has the records
    /// before it by then. The end of a file without a record is refused.
    ///
    /// ```
    /// use lockgate_core::intake::{CellBatch, Dialect, Records};
    /// let text = "a,b\n1,\"two\nlines\"\n\n3,4\n5,6";
    /// let mut records = Records::new(text.as_bytes(), Dialect::default());
    /// let mut batch = CellBatch::default();
    /// assert_eq!(records.read(2, &mut batch)?, 2);
    /// assert_eq!(batch.lines(), [2, 5]);
    /// assert_eq!(&batch.text().unwrap()[batch.cell(0, 1, 2)], "two\nlines");
    /// assert_eq!(records.read(2, &mut batch)?, 1);
    /// assert_eq!(records.read(2, &mut batch)?, 0);
    /// # Ok::<(), lockgate_core::intake::ScanError>(())
    /// ```
    pub fn read(&mut self, n: usize, batch: &mut CellBatch) -> Result<usize, ScanError> {
        batch.clear();
        let width = self.header()?.len();
        let limit = self.limits.batch.max(1);
        let outcome = self.fused(|records| {
            let mut cells = 0;
            while batch.records() < n && batch.bytes() < limit && cells < CELLS {
                if !records.next(batch)? {
                    break;
                }
                batch.complete(records.machine.record.line);
                cells += width;
            }
            Ok(batch.records())
        });
        batch.drop_incomplete(width);
        outcome
    }

    /// The cells of the next record; `None` at the end of the file. Otherwise as [`Self::read`].
    pub fn cells(&mut self) -> Result<Option<Vec<String>>, ScanError> {
        self.header()?;
        self.fused(|records| {
            let mut keep = Keep::default();
            Ok(records.next(&mut keep)?.then_some(keep.cells))
        })
    }

    /// Does `work` unless the file is refused; a refusal stays.
    fn fused<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, ScanError>,
    ) -> Result<T, ScanError> {
        if let Some(refusal) = &self.refused {
            return Err(refusal.clone().into());
        }
        let outcome = work(self);
        if let Err(ScanError::Refused(refusal)) = &outcome {
            self.refused = Some(refusal.clone());
        }
        outcome
    }

    /// Reads the next record after the header; false at the end of the file.
    fn next(&mut self, sink: &mut impl Sink) -> Result<bool, ScanError> {
        let more = self.record(sink)?;
        self.records += u64::from(more);
        if self.records == 0 {
            return Err(self.header_only().into());
        }
        Ok(more)
    }

    /// Reads the next record, the header included; false at the end of the file.
    fn record(&mut self, sink: &mut impl Sink) -> Result<bool, ScanError> {
        loop {
            let offset = self.base + self.at as u64;
            let (used, step) = self
                .machine
                .step(&self.buffer[self.at..self.limit], offset, sink);
            self.at += used;
            match step {
                Step::Record => {
                    self.measure(false)?;
                    return Ok(true);
                }
                Step::Broken(broken) => return Err(self.broken(broken).into()),
                Step::More => {}
            }
            if let Some(fault) = self.fault {
                return Err(self.faulty(fault).into());
            }
            self.bound()?;
            if self.eof {
                return self.finish(sink);
            }
            self.fill()?;
        }
    }

    /// What the end of the file makes of the last record.
    fn finish(&mut self, sink: &mut impl Sink) -> Result<bool, ScanError> {
        match self.machine.end(sink) {
            End::Between => Ok(false),
            End::Record => {
                self.measure(true)?;
                if self.last == CTRL_Z {
                    return Err(self.ctrl_z().into());
                }
                Ok(true)
            }
            End::Quoted => Err(self.unclosed().into()),
        }
    }

    /// Holds what is open of a cell and a record against the limits.
    fn bound(&self) -> Result<(), ScanError> {
        let here = self.base + self.at as u64;
        if self.machine.is_in_cell() && here - self.machine.cell.offset > self.limits.cell {
            return Err(self.broken(Broken::Cell).into());
        }
        if !self.machine.is_between() && here - self.machine.record.offset > self.limits.record {
            return Err(self.record_too_large().into());
        }
        Ok(())
    }

    /// Compares the record's cells with the header's; `cut`: no newline ends the record.
    fn measure(&self, cut: bool) -> Result<(), ScanError> {
        let here = self.base + self.at as u64;
        if here - self.machine.record.offset > self.limits.record {
            return Err(self.record_too_large().into());
        }
        match &self.header {
            Some(header) if header.len() != self.machine.cells => {
                Err(self.ragged(header.len(), cut).into())
            }
            _ => Ok(()),
        }
    }

    /// Fills the buffer, behind what the last filling left at its end, and
    /// finds how far it is text.
    fn fill(&mut self) -> Result<(), ScanError> {
        self.remember();
        self.buffer.copy_within(self.limit..self.length, 0);
        self.base += self.limit as u64;
        self.length -= self.limit;
        (self.at, self.limit) = (0, 0);
        while self.length < self.buffer.len() && !self.eof {
            match self.reader.read(&mut self.buffer[self.length..]) {
                Ok(read) => {
                    self.eof = read == 0;
                    self.length += read;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let filled = &self.buffer[..self.length];
        self.last = filled.last().copied().unwrap_or(self.last);
        if self.base == 0 {
            sniff::body(filled)?;
            self.bom = filled.starts_with(BOM);
            self.at = if self.bom { BOM.len() } else { 0 };
            self.head = filled[self.at..self.length.min(HEAD)].to_vec();
        }
        (self.limit, self.fault) = text(filled, self.eof);
        // A fault inside the mark itself leaves nothing before it to read.
        self.at = self.at.min(self.limit);
        Ok(())
    }

    /// Keeps how the open record and its cell begin before the buffer moves on.
    fn remember(&mut self) {
        let head = |mark: Mark| {
            let start = mark.offset.checked_sub(self.base)? as usize;
            let end = self.limit.min(start + SHOWN_BYTES);
            Some(self.buffer.get(start..end)?.to_vec())
        };
        if self.machine.is_between() {
            return;
        }
        if let Some(head) = head(self.machine.record) {
            self.record_head = head;
        }
        if let Some(head) = head(self.machine.cell) {
            self.cell_head = head;
        }
    }
}

/// How far `bytes` are text, and what stands there if it is not just a piece
/// of a character whose rest is still to come.
fn text(bytes: &[u8], eof: bool) -> (usize, Option<Fault>) {
    let (limit, fault) = match std::str::from_utf8(bytes) {
        Ok(_) => (bytes.len(), None),
        Err(error) => {
            let fault = match error.error_len() {
                Some(_) => Some(Fault::NotUtf8),
                None => eof.then_some(Fault::HalfCharacter),
            };
            (error.valid_up_to(), fault)
        }
    };
    match memchr(0, &bytes[..limit]) {
        Some(at) => (at, Some(Fault::Nul)),
        None => (limit, fault),
    }
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
