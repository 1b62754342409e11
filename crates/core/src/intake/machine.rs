//! The state machine that finds where cells and records end, by RFC 4180 to the letter.
//!
//! It is the only tokenizer: the bytes that are counted are the bytes that are cut.
//! A lenient parser such as csv-core finds *some* reading of every text and cannot say
//! that it guessed; this one stops where the text allows more than one reading: at a
//! quote inside an unquoted cell, at text after a closing quote, at a line end of
//! another kind than the header's. Whatever it reads, the csv crate reads the same (tested).
//!
//! Two quotes in a quoted cell are one; LF and CRLF end a record, or CR where it ends
//! the header; blank lines are no records.

use memchr::{memchr, memchr2, memchr3};

use super::scan::{Dialect, Limits};

/// Takes the text of cells as the machine passes over it.
pub(super) trait Sink {
    /// More text of the current cell, quotes resolved.
    fn text(&mut self, text: &[u8]);
    /// The current cell is complete.
    fn cell(&mut self);
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
    /// In an unquoted cell.
    Plain,
    Quoted,
    /// Behind the escape character in a quoted cell.
    Escaped,
    /// At a quote in a quoted cell: it closes the cell unless another follows.
    Closing,
    /// Behind a CR that ended the last cell of a record; an LF may follow.
    Return,
}

/// What a record ends in; CRLF counts as LF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    Lf,
    Cr,
}

/// What the text breaks where the machine stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Text after the closing quote of a cell.
    AfterQuote,
    /// A quote inside an unquoted cell.
    StrayQuote,
    /// A record ends in CR and the header in LF or CRLF.
    Return,
    /// A record ends in LF or CRLF and the header in CR.
    Feed,
    /// A cell of more bytes than allowed.
    Cell,
    /// More cells than allowed.
    Cells,
}

/// How far a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the end of the bytes.
    More,
    /// To the end of a record.
    Record,
    Broken(Broken),
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

/// Where a record or a cell begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    /// The 1-based physical line.
    pub line: u64,
    /// The byte of the file.
    pub offset: u64,
}

pub(super) struct Machine {
    delimiter: u8,
    quote: Option<u8>,
    escape: Option<u8>,
    max_cell: u64,
    max_cells: usize,
    state: State,
    /// What the header ended in.
    line_end: Option<LineEnd>,
    /// Whether the byte before was a CR that ended a blank line: an LF after it ends none.
    cr: bool,
    /// The 1-based physical line of the next byte.
    pub line: u64,
    /// The byte of the file at which that line begins.
    pub line_start: u64,
    /// Where the current record, or between two the last one, begins.
    pub record: Mark,
    /// Where the current cell begins, its quote included.
    pub cell: Mark,
    /// The cells of the current record that are complete.
    pub cells: usize,
    /// The bytes at which an unquoted cell ends or breaks.
    ends: [bool; 256],
}

impl Machine {
    pub fn new(dialect: Dialect, limits: Limits) -> Self {
        let mut ends = [false; 256];
        let special = [dialect.delimiter, b'\n', b'\r'];
        for byte in special.into_iter().chain(dialect.quote) {
            ends[usize::from(byte)] = true;
        }
        Self {
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            escape: dialect.escape,
            max_cell: limits.cell,
            max_cells: limits.cells,
            state: State::Between,
            line_end: None,
            cr: false,
            line: 1,
            line_start: 0,
            record: Mark::default(),
            cell: Mark::default(),
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
        matches!(self.state, State::Quoted | State::Escaped)
    }

    /// Whether the input so far ends between two records.
    pub fn is_between(&self) -> bool {
        self.state == State::Between
    }

    /// Whether the input so far ends inside a cell.
    pub fn is_in_cell(&self) -> bool {
        !matches!(self.state, State::Between | State::Return)
    }

    /// Reads on to the end of a record or of `bytes`, which begin at byte
    /// `offset` of the file. Returns how many bytes it took, and why it stopped;
    /// what is broken begins at the first byte not taken.
    pub fn step(&mut self, bytes: &[u8], offset: u64, sink: &mut impl Sink) -> (usize, Step) {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            let here = offset + at as u64;
            match self.state {
                State::Between if byte == b'\n' || byte == b'\r' => {
                    self.blank_line(byte, here);
                    at += 1;
                }
                State::Between => self.begin(here),
                State::Cell if Some(byte) == self.quote => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Cell | State::Plain => {
                    at += self.plain_text(&bytes[at..], sink);
                    if let Some(byte) = bytes.get(at) {
                        match self.end_plain(*byte, offset + at as u64, sink) {
                            Step::More => at += 1,
                            Step::Record => return (at + 1, Step::Record),
                            broken => return (at, broken),
                        }
                    }
                }
                State::Quoted => at += self.quoted(&bytes[at..], here, sink),
                State::Escaped => at += self.escaped(byte, sink),
                State::Closing if Some(byte) == self.quote => {
                    sink.text(&bytes[at..=at]);
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Closing if self.ends[usize::from(byte)] => {
                    match self.end_cell(byte, here, sink) {
                        Step::More => at += 1,
                        Step::Record => return (at + 1, Step::Record),
                        broken => return (at, broken),
                    }
                }
                State::Closing => return (at, Step::Broken(Broken::AfterQuote)),
                State::Return if byte == b'\n' => {
                    let step = self.end_record(LineEnd::Lf, here + 1);
                    return (at + usize::from(step == Step::Record), step);
                }
                State::Return => return (at, self.end_record(LineEnd::Cr, here)),
            }
        }
        (at, Step::More)
    }

    /// Tells the machine that no byte follows.
    pub fn end(&mut self, sink: &mut impl Sink) -> End {
        match self.state {
            State::Between => return End::Between,
            State::Quoted | State::Escaped => return End::Quoted,
            State::Return => {}
            State::Cell | State::Plain | State::Closing => {
                sink.cell();
                self.cells += 1;
            }
        }
        self.state = State::Between;
        End::Record
    }

    fn begin(&mut self, offset: u64) {
        self.state = State::Cell;
        self.cr = false;
        self.cells = 0;
        self.record = Mark {
            line: self.line,
            offset,
        };
        self.cell = self.record;
    }

    /// Passes over unquoted text; returns how many bytes.
    #[inline]
    fn plain_text(&mut self, bytes: &[u8], sink: &mut impl Sink) -> usize {
        let length = self.plain(bytes);
        sink.text(&bytes[..length]);
        self.state = State::Plain;
        length
    }

    /// Ends an unquoted cell at a byte that is not of its text.
    #[inline]
    fn end_plain(&mut self, byte: u8, offset: u64, sink: &mut impl Sink) -> Step {
        if Some(byte) == self.quote {
            return Step::Broken(Broken::StrayQuote);
        }
        self.end_cell(byte, offset, sink)
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
        let rest = &bytes[near..];
        let end = memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        let quote = self.quote.and_then(|quote| memchr(quote, &rest[..end]));
        near + quote.unwrap_or(end)
    }

    /// Passes over quoted text up to and with a quote, an escape or a line end; returns how many bytes.
    #[inline]
    fn quoted(&mut self, bytes: &[u8], offset: u64, sink: &mut impl Sink) -> usize {
        let quote = self.quote.unwrap_or(b'"');
        let found = match self.escape {
            Some(escape) => memchr3(quote, b'\n', escape, bytes),
            None => memchr2(quote, b'\n', bytes),
        };
        let Some(length) = found else {
            sink.text(bytes);
            return bytes.len();
        };
        if bytes[length] == b'\n' {
            sink.text(&bytes[..=length]);
            self.line += 1;
            self.line_start = offset + length as u64 + 1;
        } else {
            sink.text(&bytes[..length]);
            self.state = match bytes[length] == quote {
                true => State::Closing,
                false => State::Escaped,
            };
        }
        length + 1
    }

    /// Takes the byte behind an escape; one that needs none leaves the escape as it stands.
    fn escaped(&mut self, byte: u8, sink: &mut impl Sink) -> usize {
        self.state = State::Quoted;
        if Some(byte) == self.quote || Some(byte) == self.escape {
            sink.text(&[byte]);
            return 1;
        }
        sink.text(self.escape.as_slice());
        0
    }

    /// Ends a cell at `byte` of the file's byte `offset`: the delimiter or a line end.
    #[inline]
    fn end_cell(&mut self, byte: u8, offset: u64, sink: &mut impl Sink) -> Step {
        if offset - self.cell.offset > self.max_cell {
            return Step::Broken(Broken::Cell);
        }
        sink.cell();
        self.cells += 1;
        if byte == self.delimiter {
            if self.cells >= self.max_cells {
                return Step::Broken(Broken::Cells);
            }
            self.state = State::Cell;
            self.cell = Mark {
                line: self.line,
                offset: offset + 1,
            };
            return Step::More;
        }
        if byte == b'\r' {
            self.state = State::Return;
            return Step::More;
        }
        self.end_record(LineEnd::Lf, offset + 1)
    }

    #[inline]
    fn end_record(&mut self, by: LineEnd, next: u64) -> Step {
        match (*self.line_end.get_or_insert(by), by) {
            (LineEnd::Lf, LineEnd::Cr) => return Step::Broken(Broken::Return),
            (LineEnd::Cr, LineEnd::Lf) => return Step::Broken(Broken::Feed),
            _ => {}
        }
        self.state = State::Between;
        self.line += 1;
        self.line_start = next;
        self.cr = false;
        Step::Record
    }

    fn blank_line(&mut self, byte: u8, offset: u64) {
        let second = byte == b'\n' && self.cr;
        self.line += u64::from(!second);
        self.line_start = offset + 1;
        self.cr = byte == b'\r';
    }
}
