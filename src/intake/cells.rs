//! A short CSV text as cells that know where they stand, null told from blank.

use std::ops::Range;

use super::machine::{End, Machine, Sink};
use super::refusal::count;
use super::scan::Dialect;

/// One cell of a CSV text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The bytes of the text it takes, its quotes included.
    pub span: Range<usize>,
    /// Quotes resolved; `None` where nothing stands, not even quotes.
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
/// Cells end where they end in a source file: commas, double quotes, blank lines are no records. Meant for
/// texts that a person wrote: all of it is held in memory.
///
/// # Errors
/// A record of more or fewer cells than the header, a quote that is never closed, or no header at all.
///
/// ```
/// let records = lockgate::intake::cells("id,phone\n1,\n2,\"\"\n").unwrap();
/// assert_eq!(records[1][1].value, None);
/// assert_eq!(records[2][1].value.as_deref(), Some(""));
/// assert_eq!(records[2][1].span, 14..16);
/// ```
pub fn cells(text: &str) -> Result<Vec<Vec<Cell>>, Unreadable> {
    let mut machine = Machine::new(Dialect::default());
    let mut sink = Placed::default();
    let mut records: Vec<Vec<Cell>> = Vec::new();
    let mut start = None;
    // One byte at a time: the machine then stands exactly where a cell ends.
    for (at, byte) in text.bytes().enumerate() {
        let (_, ended) = machine.step(&[byte], at as u64, &mut sink);
        if !machine.is_between() && start.is_none() {
            start = Some(at);
        }
        sink.close(text, &mut start, at);
        if ended {
            start = None;
            push(&mut records, std::mem::take(&mut sink.cells))?;
        }
    }
    match machine.end(&mut sink) {
        End::Between => {}
        End::Quoted => {
            let from = machine.quoted.offset as usize;
            let line = text[from..].find('\n').map_or(text.len(), |n| from + n);
            return Err(Unreadable {
                span: from..line,
                message: "the quote opened here is never closed".to_owned(),
            });
        }
        End::Record => {
            sink.close(text, &mut start, text.len());
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
    fn close(&mut self, text: &str, start: &mut Option<usize>, end: usize) {
        if !std::mem::take(&mut self.ended) {
            return;
        }
        let from = start.unwrap_or(end);
        let quoted = text.as_bytes().get(from) == Some(&b'"');
        let value = String::from_utf8_lossy(&self.text).into_owned();
        self.text.clear();
        self.cells.push(Cell {
            span: from..end,
            value: (quoted || !value.is_empty()).then_some(value),
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
