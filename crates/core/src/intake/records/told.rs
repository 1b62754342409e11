//! The refusals of records, each told from where the reader stands.

use super::super::machine::{Broken, Mark};
use super::super::refusal::{Reason, Refusal, SHOWN_BYTES, count};
use super::super::sniff::{self, BOM};
use super::{CTRL_Z, Fault, Records};

mod form;

impl<R> Records<R> {
    pub(super) fn empty(&self) -> Refusal {
        let bytes = self.base + self.length as u64;
        let message = match bytes {
            0 => "the file is empty".to_owned(),
            _ => format!(
                "the file holds no text in its {}",
                count(bytes as usize, "byte")
            ),
        };
        Refusal::new(Reason::Empty, message, "ask the sender for the file again")
    }

    pub(super) fn header_only(&self) -> Refusal {
        let cells = self.header.as_deref().unwrap_or_default().len();
        Refusal::new(
            Reason::HeaderOnly,
            format!(
                "the file has a header of {} and no record",
                count(cells, "cell")
            ),
            "ask the sender for the file again: a month without a record is not to be believed",
        )
    }

    pub(super) fn ragged(&self, expected: usize, cut: bool) -> Refusal {
        let (line, cells) = (self.machine.record.line, self.machine.cells);
        let head = self.head(self.machine.record, &self.record_head);
        if head.trim_ascii_end() == [CTRL_Z] {
            return self.ctrl_z();
        }
        if sniff::is_row_count(head) {
            return Refusal::new(
                Reason::Trailer,
                format!("line {line} is no record: it counts the rows, as a database's client prints them"),
                "have the client print no count (`SET NOCOUNT ON` or sqlcmd -W, psql -t or \\copy), \
                 or take the line out",
            )
            .line(line)
            .value(head.trim_ascii_end());
        }
        let refusal = if cut && cells < expected {
            Refusal::new(
                Reason::Truncated,
                format!("the file is cut off in line {line}: {cells} of {expected} cells"),
                "fetch the file again: its end is missing",
            )
        } else {
            let cells = count(cells, "cell");
            Refusal::new(
                Reason::Ragged,
                format!("line {line} has {cells}, the header has {expected}"),
                "put every cell that holds a delimiter, a quote or a line break in quotes, \
                 and export the file again",
            )
        };
        refusal.line(line).value(head.trim_ascii_end())
    }

    pub(super) fn unclosed(&self) -> Refusal {
        let line = self.machine.cell.line;
        let head = self.head(self.machine.cell, &self.cell_head);
        Refusal::new(
            Reason::UnclosedQuote,
            format!("the quote opened in line {line} is never closed"),
            self.quote_help(head).unwrap_or_else(|| {
                "close the quote, or double it if it belongs to the text; \
                 if the line is in order, the file is cut off"
                    .to_owned()
            }),
        )
        .line(line)
        .column(self.column())
        .value(head.trim_ascii_end())
    }

    pub(super) fn faulty(&self, fault: Fault) -> Refusal {
        let line = self.machine.line;
        let byte = self.buffer.get(self.limit).copied().unwrap_or_default();
        let (reason, message, help) = match fault {
            Fault::Nul => (
                Reason::Nul,
                format!("line {line} holds a NUL byte"),
                "no text holds one: the file is damaged or binary; export it again",
            ),
            Fault::NotUtf8 if sniff::is_binary(&self.buffer[..self.length]) => (
                Reason::OtherFormat,
                format!("line {line} is no text: byte 0x{byte:02X} among control characters"),
                "the file is binary or damaged: export the data as CSV in UTF-8",
            ),
            Fault::NotUtf8 => (
                Reason::InvalidUtf8,
                format!("line {line} is not UTF-8: byte 0x{byte:02X}"),
                "the file was probably saved as Windows-1252: save it as UTF-8, \
                 for example with `iconv -f WINDOWS-1252 -t UTF-8`",
            ),
            Fault::HalfCharacter => (
                Reason::InvalidUtf8,
                format!("the file ends inside a UTF-8 character in line {line}"),
                "fetch the file again: it is cut off, or was not saved as UTF-8",
            ),
        };
        Refusal::new(reason, message, help)
            .line(line)
            .column(self.column())
            .value(self.around())
    }

    /// The header cell over the one in which the machine stands.
    fn column(&self) -> Option<String> {
        let header = self.header.as_deref()?;
        header.get(self.machine.place()).cloned()
    }

    /// The text of one line about the byte at `limit`.
    fn around(&self) -> &[u8] {
        const BEFORE: usize = 30;
        const AFTER: usize = 15;
        let bytes = &self.buffer[..self.length];
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let first = if self.bom && self.base == 0 {
            BOM.len()
        } else {
            0
        };
        let mut start = self.limit.saturating_sub(BEFORE).max(first.min(self.limit));
        while start < self.limit && bytes[start] & 0xc0 == 0x80 {
            start += 1;
        }
        if let Some(end) = bytes[start..self.limit].iter().rposition(is_end) {
            start += end + 1;
        }
        let mut end = bytes.len().min(self.limit + AFTER);
        while end < bytes.len() && bytes[end] & 0xc0 == 0x80 {
            end += 1;
        }
        let rest = &bytes[self.limit..end];
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        &bytes[start..self.limit + length]
    }

    /// The beginning of what was marked, up to where the machine stands.
    fn head<'a>(&'a self, mark: Mark, kept: &'a [u8]) -> &'a [u8] {
        match mark.offset.checked_sub(self.base) {
            Some(start) => {
                let end = self.at.min(start as usize + SHOWN_BYTES);
                self.buffer.get(start as usize..end).unwrap_or_default()
            }
            None => kept,
        }
    }
}
