//! How a source's files are cut, and how large their parts may be.

use crate::contract::FileRule;

/// How cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// ASCII, and neither CR nor LF.
    pub delimiter: u8,
    /// ASCII, and not the delimiter; doubled, it stands for itself in a quoted cell.
    /// `None`: no cell is quoted, and quotes are text.
    pub quote: Option<u8>,
    /// In a quoted cell it takes the meaning from a quote or from itself; before anything else it is text.
    pub escape: Option<u8>,
}

impl Default for Dialect {
    /// A comma and the double quote, as RFC 4180 has them.
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: None,
        }
    }
}

impl Dialect {
    /// As a source's contract declares it.
    pub fn of(rule: &FileRule) -> Self {
        let byte = |text: &str| text.bytes().next();
        Self {
            delimiter: byte(rule.delimiter.get_ref()).unwrap_or(b','),
            quote: rule.quote.get_ref().character().and_then(byte),
            escape: rule.escape.as_ref().and_then(|text| byte(text.get_ref())),
        }
    }
}

/// How much of a file may have to be held at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a cell as it is written, its quotes included.
    pub cell: u64,
    /// Bytes of a record, its line ends included.
    pub record: u64,
    /// Cells of a record.
    pub cells: usize,
    /// Bytes of a batch of records, but for its last record.
    pub batch: usize,
    /// Whether `record` is what the memory of the run allows, and not the contract.
    pub by_memory: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell: 8 << 20,
            record: 32 << 20,
            cells: 16_384,
            batch: 4 << 20,
            by_memory: false,
        }
    }
}

impl Limits {
    /// As a source's contract declares them, within the memory of the run: a record is held up to
    /// eight times over (its bytes, its cells, their columns, what is written of them).
    pub fn of(rule: &FileRule, memory: Option<usize>) -> Self {
        let own = Self::default();
        let mut limits = Self {
            cell: rule
                .max_cell_bytes
                .as_ref()
                .map_or(own.cell, |max| *max.get_ref()),
            record: rule
                .max_record_bytes
                .as_ref()
                .map_or(own.record, |max| *max.get_ref()),
            cells: rule
                .max_cells
                .as_ref()
                .map_or(own.cells, |max| *max.get_ref() as usize),
            ..own
        };
        // One that is raised alone means both.
        limits.record = limits.record.max(limits.cell);
        if let Some(memory) = memory {
            let most = (memory as u64 / 8).max(1);
            limits.by_memory = limits.record > most;
            limits.record = limits.record.min(most);
            limits.batch = limits.batch.min(memory / 16);
        }
        limits
    }
}
