//! Why a file is refused, in words a person can act on.

use std::{fmt, io};

/// The characters of a value that a message shows.
const SHOWN: usize = 60;

/// The bytes that are sure to hold as many characters as a message shows, and one more.
pub(super) const SHOWN_BYTES: usize = 4 * (SHOWN + 1);

/// What stands between a message and the value it ends in.
const VALUE: &str = " (`";

/// What is wrong with a refused file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No byte, or nothing but blank lines.
    Empty,
    /// A header and no record.
    HeaderOnly,
    /// UTF-16 by its byte order mark or by a NUL in every other byte.
    Utf16,
    /// A byte that is no UTF-8.
    InvalidUtf8,
    /// A NUL byte in a file that is UTF-8 otherwise.
    Nul,
    /// A web page.
    Html,
    /// A JSON document.
    Json,
    /// A record with more or fewer cells than the header.
    Ragged,
    /// A quoted cell that runs to the end of the file.
    UnclosedQuote,
    /// The last record is short and the file does not end in a newline.
    Truncated,
    /// The first line names no column of the contract.
    NoHeader,
    /// Two header cells of one name.
    DuplicateHeader,
    /// A header cell with no name.
    BlankHeader,
    /// The header lacks a column the contract calls essential.
    MissingColumn,
    /// The parser and [`Records`](super::Records) count differently.
    CountDiffers,
}

impl Reason {
    /// The stable name, as reports and the history write it.
    ///
    /// ```
    /// assert_eq!(lockgate::intake::Reason::InvalidUtf8.as_str(), "invalid_utf8");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::HeaderOnly => "header_only",
            Self::Utf16 => "utf16",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::Nul => "nul",
            Self::Html => "html",
            Self::Json => "json",
            Self::Ragged => "ragged",
            Self::UnclosedQuote => "unclosed_quote",
            Self::Truncated => "truncated",
            Self::NoHeader => "no_header",
            Self::DuplicateHeader => "duplicate_header",
            Self::BlankHeader => "blank_header",
            Self::MissingColumn => "missing_column",
            Self::CountDiffers => "count_differs",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a file is refused, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    /// One sentence without a full stop. A value of the file stands at its end,
    /// in parentheses, escaped and cut to 60 characters.
    pub message: String,
    /// The 1-based physical line; `None` where the whole file is meant.
    pub line: Option<u64>,
    /// The column's header cell; `None` where no single column is meant.
    pub column: Option<String>,
    pub help: String,
}

impl Refusal {
    pub(super) fn new(reason: Reason, message: String, help: impl Into<String>) -> Self {
        Self {
            reason,
            message,
            line: None,
            column: None,
            help: help.into(),
        }
    }

    pub(super) fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn column(mut self, column: Option<String>) -> Self {
        self.column = column;
        self
    }

    /// Ends the message in a value of the file; nothing is added for an empty one.
    pub(super) fn value(mut self, value: &[u8]) -> Self {
        if !value.is_empty() {
            self.message.push_str(&format!("{VALUE}{}`)", shown(value)));
        }
        self
    }

    /// Takes the file's value out of the message; names of columns stay.
    ///
    /// For runs that keep every value out of their output. Does nothing to a
    /// message that shows none.
    ///
    /// ```
    /// use lockgate::intake::{Dialect, Records, ScanError};
    /// let mut records = Records::new("a,b\n1\n".as_bytes(), Dialect::default());
    /// let Err(ScanError::Refused(mut refusal)) = records.advance(9, &mut Vec::new()) else {
    ///     panic!("a short record is refused")
    /// };
    /// assert_eq!(refusal.message, "line 2 has 1 cell, the header has 2 (`1`)");
    /// refusal.hide_values();
    /// assert_eq!(refusal.message, "line 2 has 1 cell, the header has 2");
    /// ```
    pub fn hide_values(&mut self) {
        let has_value = matches!(
            self.reason,
            Reason::InvalidUtf8
                | Reason::Nul
                | Reason::Html
                | Reason::Json
                | Reason::Ragged
                | Reason::UnclosedQuote
                | Reason::Truncated
        );
        // The first: the value itself may hold another.
        if let (true, Some(bare)) = (has_value, self.message.find(VALUE)) {
            self.message.truncate(bare);
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Why reading a file ended before its end.
#[derive(Debug)]
pub enum ScanError {
    /// The file could not be read; it may be fine.
    Io(io::Error),
    /// The file was read and is not what it should be.
    Refused(Refusal),
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Refusal> for ScanError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for ScanError {}

/// Bytes as a message shows them: what a terminal would not print is escaped,
/// a byte that is no UTF-8 is `\xNN`, and what is long ends in an ellipsis.
pub(super) fn shown(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut count = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if count == SHOWN {
                out.push('…');
                return out;
            }
            count += 1;
            match c {
                // Common in cells, and harmless between backticks.
                '"' | '\'' | '\\' => out.push(c),
                _ => out.extend(c.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            count += 1;
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// `1 cell`, `2 cells`.
pub(super) fn count(n: usize, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {what}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_escaped_and_cut_to_sixty_characters() {
        assert_eq!(shown(b"a\n\"b\"\\\0\x1b[1m"), "a\\n\"b\"\\\\0\\u{1b}[1m");
        assert_eq!(shown("í\u{202e}".as_bytes()), "í\\u{202e}");
        assert_eq!(shown(b"ANGEL\x92S"), "ANGEL\\x92S");
        assert_eq!(shown("é".repeat(60).as_bytes()), "é".repeat(60));
        let long = "é".repeat(61);
        assert_eq!(shown(long.as_bytes()), format!("{}…", "é".repeat(60)));
    }

    #[test]
    fn hiding_values_leaves_the_rest_of_the_message() {
        let mut refusal = Refusal::new(Reason::Json, "the file is JSON".into(), "").value(b"{ (`");
        assert_eq!(refusal.to_string(), "the file is JSON (`{ (``)");
        refusal.hide_values();
        refusal.hide_values();
        assert_eq!(refusal.to_string(), "the file is JSON");
    }
}
