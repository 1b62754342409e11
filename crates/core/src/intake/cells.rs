//! A short CSV text as cells that know where they stand.

use std::ops::Range;

use super::machine::{Broken, End, Machine, Sink, Step};
use super::refusal::count;
use super::scan::{Dialect, Limits};

/// One cell of a CSV text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The bytes of the text it takes, its quotes included.
    pub span: Range<usize>,
    /// Quotes resolved; `None` where nothing stands, or nothing in quotes, which is null as in a source file.
    pub value: Option<String>,
}

/// Why a text is not CSV, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub span: Range<usize>,
    pub message: String,
}

/// The records of a text, its header first, each with as many cells as the header.
///
/// Cells end where they end in a source file: commas, double quotes by RFC 4180, blank lines are no records. Meant for
/// texts that a person wrote: all of it is held in memory.
///
/// # Errors
/// A record of more or fewer cells than the header, a quote that is never closed, or no header at all.
///
/// ```
/// let records = lockgate_core::intake::cells("id,phone\n1,\n2,\"\"\n").unwrap();
/// assert_eq!(records[1][1].value, None);
/// assert_eq!(records[2][1].value, None);
/// assert_eq!(records[2][1].span, 14..16);
/// ```
pub fn cells(text: &str) -> Result<Vec<Vec<Cell>>, Unreadable> {
    let mut machine = Machine::new(Dialect::default(), Limits::default());
    let mut sink = Placed::default();
    let mut records: Vec<Vec<Cell>> = Vec::new();
    let mut start = None;
    // One byte at a time: the machine then stands exactly where a cell ends.
    for (at, byte) in text.bytes().enumerate() {
        let mut taken = 0;
        // A byte that only ends the record before it is given once more.
        while taken == 0 {
            let (used, step) = machine.step(&[byte], at as u64, &mut sink);
            taken = used;
            if !machine.is_between() && start.is_none() {
                start = Some(at);
            }
            sink.close(&mut start, at);
            match step {
                Step::More => {}
                Step::Record => {
                    start = None;
                    push(&mut records, std::mem::take(&mut sink.cells))?;
                }
                Step::Broken(broken) => return Err(unreadable(text, &machine, broken, at)),
            }
        }
    }
    match machine.end(&mut sink) {
        End::Between => {}
        End::Quoted => {
            let from = machine.cell.offset as usize;
            let line = text[from..].find('\n').map_or(text.len(), |n| from + n);
            return Err(Unreadable {
                span: from..line,
                message: "the quote opened here is never closed".to_owned(),
            });
        }
        End::Record => {
            sink.close(&mut start, text.len());
            push(&mut records, sink.cells)?;
        }
    }
    if records.is_empty() {
        return Err(Unreadable {
            span: 0..text.len(),
            message: "there is no header".to_owned(),
        });
    }
    Ok(records)
}

/// What is wrong at a byte that the machine does not take.
fn unreadable(text: &str, machine: &Machine, broken: Broken, at: usize) -> Unreadable {
    let message = match broken {
        Broken::AfterQuote => {
            "text stands after the closing quote: double a quote that belongs to the text"
        }
        Broken::StrayQuote => {
            "a quote stands inside an unquoted cell: put the cell in quotes and double the quote"
        }
        Broken::Return | Broken::Feed => "the line ends in another way than the header",
        Broken::Cell => "the cell is too large for a text by hand",
        Broken::Cells => "the record has too many cells for a text by hand",
    };
    let from = machine.cell.offset as usize;
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find([',', '\n', '\r']).map_or(text.len(), |n| at + n);
    Unreadable {
        span: from.min(end)..end,
        message: message.to_owned(),
    }
}

/// Takes a record in if it has as many cells as the header.
fn push(records: &mut Vec<Vec<Cell>>, record: Vec<Cell>) -> Result<(), Unreadable> {
    if let Some(header) = records.first()
        && header.len() != record.len()
    {
        let ends = record.first().zip(record.last());
        return Err(Unreadable {
            span: ends.map_or(0..0, |(first, last)| first.span.start..last.span.end),
            message: format!(
                "this record has {} and the header {}",
                count(record.len(), "cell"),
                header.len()
            ),
        });
    }
    records.push(record);
    Ok(())
}

/// Keeps the cells of the current record with their places.
#[derive(Default)]
struct Placed {
    cells: Vec<Cell>,
    text: Vec<u8>,
    /// Whether a cell ended in the last step.
    ended: bool,
}

impl Placed {
    /// Places the cell that ended before `end`, if one did; the next begins after it.
    fn close(&mut self, start: &mut Option<usize>, end: usize) {
        if !std::mem::take(&mut self.ended) {
            return;
        }
        let from = start.unwrap_or(end);
        let value = String::from_utf8_lossy(&self.text).into_owned();
        self.text.clear();
        self.cells.push(Cell {
            span: from..end,
            value: (!value.is_empty()).then_some(value),
        });
        *start = Some(end + 1);
    }
}

impl Sink for Placed {
    fn text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn cell(&mut self) {
        self.ended = true;
    }
}
