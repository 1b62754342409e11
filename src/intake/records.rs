//! Counting a file's records while the parser reads them.

use std::io::{ErrorKind, Read};

use memchr::memchr;

use super::machine::{End, Forget, Keep, Machine, Mark, Sink};
use super::refusal::{Refusal, SHOWN_BYTES, ScanError};
use super::scan::{CHUNK, Dialect};
use super::sniff::{self, BOM};

mod told;

/// An independent count of a file's records, read in lockstep with the parser.
///
/// Every byte is checked on the way: UTF-8, no NUL, every record as many cells
/// as the header, no quote left open, the last record whole. Blank lines are no
/// records. Memory stays the same however long the file is.
pub struct Records<R> {
    reader: R,
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
    /// How the current record and its quoted cell begin, once the buffer has moved on.
    record_head: Vec<u8>,
    quoted_head: Vec<u8>,
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
        Self::with_buffer(reader, dialect, CHUNK)
    }

    fn with_buffer(reader: R, dialect: Dialect, size: usize) -> Self {
        Self {
            reader,
            machine: Machine::new(dialect),
            buffer: vec![0; size],
            at: 0,
            limit: 0,
            length: 0,
            base: 0,
            fault: None,
            eof: false,
            bom: false,
            record_head: Vec::new(),
            quoted_head: Vec::new(),
            header: None,
            records: 0,
            refused: None,
        }
    }

    /// The header cells, quotes resolved, nothing trimmed.
    ///
    /// # Errors
    ///
    /// As [`open`](super::open), but for a header only, which the first record tells.
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

    /// Reads up to `n` records after the header and pushes the 1-based physical
    /// line on which each begins to `lines`. Returns how many it read; fewer
    /// than `n` only at the end of the file, from where on it is 0.
    ///
    /// # Errors
    ///
    /// [`ScanError::Io`] where reading fails; [`ScanError::Refused`] at the first
    /// thing that is wrong, and again at each later call. `lines` has the records
    /// before it by then. The end of a file without a record is refused.
    ///
    /// ```
    /// use lockgate::intake::{Dialect, Records};
    /// let text = "a,b\n1,\"two\nlines\"\n\n3,4\n5,6";
    /// let mut records = Records::new(text.as_bytes(), Dialect::default());
    /// let mut lines = Vec::new();
    /// assert_eq!(records.advance(2, &mut lines)?, 2);
    /// assert_eq!(records.advance(2, &mut lines)?, 1);
    /// assert_eq!(records.advance(2, &mut lines)?, 0);
    /// assert_eq!(lines, [2, 5, 6]);
    /// # Ok::<(), lockgate::intake::ScanError>(())
    /// ```
    pub fn advance(&mut self, n: usize, lines: &mut Vec<i64>) -> Result<usize, ScanError> {
        self.header()?;
        self.fused(|records| {
            let mut read = 0;
            while read < n && records.next(&mut Forget)? {
                lines.push(records.machine.record.line.cast_signed());
                read += 1;
            }
            Ok(read)
        })
    }

    /// The cells of the next record; `None` at the end of the file. Otherwise as [`Self::advance`].
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
            let (used, ended) = self
                .machine
                .step(&self.buffer[self.at..self.limit], offset, sink);
            self.at += used;
            if ended {
                self.measure(false)?;
                return Ok(true);
            }
            if let Some(fault) = self.fault {
                return Err(self.faulty(fault).into());
            }
            if self.eof {
                return match self.machine.end(sink) {
                    End::Between => Ok(false),
                    End::Record => self.measure(true).map(|()| true),
                    End::Quoted => Err(self.unclosed().into()),
                };
            }
            self.fill()?;
        }
    }

    /// Compares the record's cells with the header's; `cut`: no newline ends the record.
    fn measure(&self, cut: bool) -> Result<(), ScanError> {
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
        if self.base == 0 {
            sniff::body(filled)?;
            self.bom = filled.starts_with(BOM);
            self.at = if self.bom { BOM.len() } else { 0 };
        }
        (self.limit, self.fault) = text(filled, self.eof);
        // A fault inside the mark itself leaves nothing before it to read.
        self.at = self.at.min(self.limit);
        Ok(())
    }

    /// Keeps how the open record and its quoted cell begin before the buffer moves on.
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
        if self.machine.is_quoted()
            && let Some(head) = head(self.machine.quoted)
        {
            self.quoted_head = head;
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
mod laws;
#[cfg(test)]
mod tests;
