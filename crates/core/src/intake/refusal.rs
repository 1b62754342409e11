//! Why a file is refused, in words a person can act on.

use std::{fmt, io};

/// The characters of a value that a message shows.
const SHOWN: usize = 60;

/// The bytes that are sure to hold as many characters as a message shows, and one more.
pub(super) const SHOWN_BYTES: usize = 4 * (SHOWN + 1);

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
    /// A quote where RFC 4180 has none: inside an unquoted cell, or with text behind a closing one.
    Quotes,
    /// Records of one file end in CR and in LF.
    LineEnds,
    /// A cell, a record or the number of cells is larger than the contract or the memory allows.
    TooLarge,
    /// The file is of another format by its first bytes: an archive, a workbook, a pointer to the data.
    OtherFormat,
    /// A mark of the end or a count of rows stands below the last record.
    Trailer,
    /// The file changed while it was read.
    Changed,
    /// The operating system does not let it be read.
    Unreadable,
}

impl Reason {
    /// The stable name, as reports and the history write it.
    ///
    /// ```
    /// assert_eq!(lockgate_core::intake::Reason::InvalidUtf8.as_str(), "invalid_utf8");
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
            Self::Quotes => "quotes",
            Self::LineEnds => "line_ends",
            Self::TooLarge => "too_large",
            Self::OtherFormat => "other_format",
            Self::Trailer => "trailer",
            Self::Changed => "changed",
            Self::Unreadable => "unreadable",
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
    /// The message and the help without a text of the file, where they hold one.
    masked: Option<Box<(String, String)>>,
}

impl Refusal {
    pub(super) fn new(reason: Reason, message: String, help: impl Into<String>) -> Self {
        Self {
            reason,
            message,
            line: None,
            column: None,
            help: help.into(),
            masked: None,
        }
    }

    /// A file that the operating system does not let be read.
    pub fn unreadable(why: impl fmt::Display) -> Self {
        Self::new(
            Reason::Unreadable,
            format!("the file cannot be read: {why}"),
            "mend the file, its permissions or the disk, then run again",
        )
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
    pub(super) fn value(self, value: &[u8]) -> Self {
        if value.is_empty() {
            return self;
        }
        let full = format!("{} (`{}`)", self.message, shown(value));
        let (message, help) = (self.message.clone(), self.help.clone());
        Self {
            message: full,
            ..self.masked(message, help)
        }
    }

    /// What it says where no text of the file may show.
    pub(super) fn masked(mut self, message: String, help: String) -> Self {
        self.masked.get_or_insert_with(|| Box::new((message, help)));
        self
    }

    /// Takes every text of the file out of the message, the help and the column.
    ///
    /// For runs that keep every value out of their output. Names of the contract stay.
    ///
    /// ```
    /// use lockgate_core::intake::{CellBatch, Dialect, Records, ScanError};
    /// let mut records = Records::new("a,b\n1\n".as_bytes(), Dialect::default());
    /// let Err(ScanError::Refused(mut refusal)) = records.read(9, &mut CellBatch::default()) else {
    ///     panic!("a short record is refused")
    /// };
    /// assert_eq!(refusal.message, "line 2 has 1 cell, the header has 2 (`1`)");
    /// refusal.hide_values();
    /// assert_eq!(refusal.message, "line 2 has 1 cell, the header has 2");
    /// ```
    pub fn hide_values(&mut self) {
        if let Some(masked) = self.masked.take() {
            (self.message, self.help) = *masked;
            self.column = None;
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
