//! The state machine that finds where cells and records end.
//!
//! It agrees with csv-core, the parser that reads beside it: a quote is special
//! only where a cell begins; two quotes in a quoted cell are one; text after the
//! closing quote belongs to the cell; LF, CRLF and CR each end a record outside
//! quotes; blank lines are no records. Both must count alike, or comparing the
//! counts would say nothing.

use memchr::{memchr2, memchr3};

use super::scan::Dialect;

/// Takes the text of cells as the machine passes over it.
pub(super) trait Sink {
    /// More text of the current cell, quotes resolved.
    fn text(&mut self, text: &[u8]);
    /// The current cell is complete.
    fn cell(&mut self);
}

/// Forgets all text: only places count.
pub(super) struct Forget;

impl Sink for Forget {
    #[inline]
    fn text(&mut self, _: &[u8]) {}
    #[inline]
    fn cell(&mut self) {}
}

/// Keeps the cells of one record.
#[derive(Default)]
pub(super) struct Keep {
    pub cells: Vec<String>,
    text: Vec<u8>,
}

impl Sink for Keep {
    fn text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn cell(&mut self) {
        self.cells
            .push(String::from_utf8_lossy(&self.text).into_owned());
        self.text.clear();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between records.
    Between,
    /// Where a cell begins.
    Cell,
    /// In an unquoted cell, or past the closing quote of a quoted one.
    Plain,
    Quoted,
    /// At a quote in a quoted cell: it closes the cell unless another follows.
    Closing,
}

/// How the input ended.
pub(super) enum End {
    /// Between two records, or before the first.
    Between,
    /// In a record that may be complete; it counts, and its last cell is closed.
    Record,
    /// Inside quotes.
    Quoted,
}

/// Where a record or a quoted cell begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    /// The 1-based physical line.
    pub line: u64,
    /// The byte of the file.
    pub offset: u64,
}

pub(super) struct Machine {
    delimiter: u8,
    quote: u8,
    state: State,
    /// Whether the byte before was a CR that ended a line: an LF after it ends none.
    cr: bool,
    /// The 1-based physical line of the next byte.
    pub line: u64,
    /// Where the current record, or between two the last one, begins.
    pub record: Mark,
    /// Where the last quoted cell begins.
    pub quoted: Mark,
    /// The cells of the current record that are complete.
    pub cells: usize,
    /// The bytes that end an unquoted cell.
    ends: [bool; 256],
}

impl Machine {
    pub fn new(dialect: Dialect) -> Self {
        let mut ends = [false; 256];
        for byte in [dialect.delimiter, b'\n', b'\r'] {
            ends[usize::from(byte)] = true;
        }
        Self {
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            state: State::Between,
            cr: false,
            line: 1,
            record: Mark::default(),
            quoted: Mark::default(),
            cells: 0,
            ends,
        }
    }

    /// The 0-based place of the cell that the next byte belongs to.
    pub fn place(&self) -> usize {
        match self.state {
            State::Between => 0,
            _ => self.cells,
        }
    }

    /// Whether a quoted cell is open.
    pub fn is_quoted(&self) -> bool {
        self.state == State::Quoted
    }

    /// Whether the input so far ends between two records.
    pub fn is_between(&self) -> bool {
        self.state == State::Between
    }

    /// Reads on to the end of a record or of `bytes`, which begin at byte
    /// `offset` of the file. Returns how many bytes it took, and whether a
    /// record ended there.
    pub fn step(&mut self, bytes: &[u8], offset: u64, sink: &mut impl Sink) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            match self.state {
                State::Between => {
                    if byte == b'\n' || byte == b'\r' {
                        self.end_line(byte);
                        at += 1;
                    } else {
                        self.begin(offset + at as u64);
                    }
                }
                State::Cell if byte == self.quote => {
                    self.quoted = Mark {
                        line: self.line,
                        offset: offset + at as u64,
                    };
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Cell | State::Plain => {
                    let length = self.plain(&bytes[at..]);
                    sink.text(&bytes[at..at + length]);
                    at += length;
                    self.state = State::Plain;
                    if at < bytes.len() {
                        at += 1;
                        if self.end_cell(bytes[at - 1], sink) {
                            return (at, true);
                        }
                    }
                }
                State::Quoted => at += self.quoted(&bytes[at..], sink),
                State::Closing if byte == self.quote => {
                    sink.text(&bytes[at..=at]);
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Closing => self.state = State::Plain,
            }
        }
        (at, false)
    }

    /// Tells the machine that no byte follows.
    pub fn end(&mut self, sink: &mut impl Sink) -> End {
        match self.state {
            State::Between => End::Between,
            State::Quoted => End::Quoted,
            State::Cell | State::Plain | State::Closing => {
                sink.cell();
                self.cells += 1;
                self.state = State::Between;
                End::Record
            }
        }
    }

    fn begin(&mut self, offset: u64) {
        self.state = State::Cell;
        self.cr = false;
        self.cells = 0;
        self.record = Mark {
            line: self.line,
            offset,
        };
    }

    /// The length of the unquoted text at the front of `bytes`.
    #[inline]
    fn plain(&self, bytes: &[u8]) -> usize {
        // A vector search costs more to start than most cells are long.
        let near = bytes.len().min(16);
        for (at, byte) in bytes[..near].iter().enumerate() {
            if self.ends[usize::from(*byte)] {
                return at;
            }
        }
        memchr3(self.delimiter, b'\n', b'\r', &bytes[near..])
            .map_or(bytes.len(), |length| near + length)
    }

    /// Passes over quoted text up to and with a quote or a line end; returns how many bytes.
    #[inline]
    fn quoted(&mut self, bytes: &[u8], sink: &mut impl Sink) -> usize {
        let Some(length) = memchr2(self.quote, b'\n', bytes) else {
            sink.text(bytes);
            return bytes.len();
        };
        if bytes[length] == self.quote {
            sink.text(&bytes[..length]);
            self.state = State::Closing;
        } else {
            sink.text(&bytes[..=length]);
            self.line += 1;
        }
        length + 1
    }

    /// Ends a cell at `byte`, the delimiter or a line end; says whether the record ends too.
    #[inline]
    fn end_cell(&mut self, byte: u8, sink: &mut impl Sink) -> bool {
        sink.cell();
        self.cells += 1;
        if byte == self.delimiter {
            self.state = State::Cell;
            return false;
        }
        self.state = State::Between;
        self.end_line(byte);
        true
    }

    #[inline]
    fn end_line(&mut self, byte: u8) {
        let second = byte == b'\n' && self.cr;
        self.line += u64::from(!second);
        self.cr = byte == b'\r';
    }
}
