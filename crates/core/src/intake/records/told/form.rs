//! The refusals of what breaks the form of CSV, and of what is too large.

use super::*;

/// What stands between cells in files of other dialects, and how a contract writes it.
const OTHERS: [(u8, &str, &str); 4] = [
    (b',', "a comma", ","),
    (b';', "a semicolon", ";"),
    (b'\t', "a tab", "\\t"),
    (b'|', "a vertical bar", "|"),
];

impl<R> Records<R> {
    pub(in super::super) fn broken(&self, broken: Broken) -> Refusal {
        match broken {
            Broken::AfterQuote => self.after_quote(),
            Broken::StrayQuote => self.stray_quote(),
            Broken::Return => self.line_end(
                "holds a carriage return (CR) outside quotes, and lines of this file end in LF or CRLF",
                "put the cell that holds it in quotes, or take it out; \
                 if it ends the line, export the file with one kind of line end",
            ),
            Broken::Feed => self.line_end(
                "ends in LF, and the header in CR",
                "export the file with one kind of line end",
            ),
            Broken::Cell => self.too_large(
                format!("a cell that begins in line {} has more than {} bytes", self.machine.cell.line, self.limits.cell),
                "max_cell_bytes",
                self.limits.cell,
            ),
            Broken::Cells => self.too_large(
                format!("the record of line {} has more than {} cells", self.machine.record.line, self.limits.cells),
                "max_cells",
                self.limits.cells as u64,
            ),
        }
    }

    /// The file ends in the mark by which DOS ended texts.
    pub(in super::super) fn ctrl_z(&self) -> Refusal {
        let line = self.machine.record.line;
        Refusal::new(
            Reason::Trailer,
            format!("the file ends in a Ctrl-Z (byte 0x1A) in line {line}: DOS marked the end of a text with it"),
            "take the byte out, for example with `tr -d '\\032'`; the records before it are whole",
        )
        .line(line)
    }

    pub(in super::super) fn record_too_large(&self) -> Refusal {
        let line = self.machine.record.line;
        let most = self.limits.record;
        let message = format!("the record of line {line} has more than {most} bytes");
        if self.limits.by_memory {
            let help = "give the run more memory, for example `--memory 4GiB`; a record may take an eighth of it";
            return Refusal::new(Reason::TooLarge, message, help).line(line);
        }
        self.too_large(message, "max_record_bytes", most)
    }

    fn too_large(&self, message: String, key: &str, most: u64) -> Refusal {
        let line = self.machine.record.line;
        let open = match self.machine.is_quoted() {
            true => format!(
                "; or a quote is missing: the one opened in line {} is not closed by then",
                self.machine.cell.line
            ),
            false => String::new(),
        };
        let help = format!(
            "if the file is right, raise `{key}` under [file] in the contract: it is {most} now{open}"
        );
        Refusal::new(Reason::TooLarge, message, help).line(line)
    }

    fn line_end(&self, what: &str, help: &str) -> Refusal {
        let line = self.machine.line;
        let head = self.head(self.machine.record, &self.record_head);
        Refusal::new(Reason::LineEnds, format!("line {line} {what}"), help)
            .line(line)
            .value(head.trim_ascii_end())
    }

    fn after_quote(&self) -> Refusal {
        let next = self.buffer.get(self.at).copied().unwrap_or_default();
        let other = OTHERS
            .iter()
            .find(|(sign, ..)| *sign == next && next != self.dialect.delimiter);
        let (message, help) = match other {
            Some((_, name, key)) => (
                format!(
                    "{name} stands after the closing quote, and is not the delimiter of the contract"
                ),
                Some(format!(
                    "if it separates the cells, write `delimiter = \"{key}\"` under [file] in the contract"
                )),
            ),
            None => (
                "text stands after the closing quote of a cell".to_owned(),
                None,
            ),
        };
        self.quotes(
            message,
            help,
            "double every quote that belongs to the text of a quoted cell",
        )
    }

    fn stray_quote(&self) -> Refusal {
        self.quotes(
            "a quote stands inside a cell that does not begin with one".to_owned(),
            None,
            "put the cell in quotes and double the quotes inside it",
        )
    }

    /// A quote where none may be: line, character, the cell, what to do.
    fn quotes(&self, message: String, help: Option<String>, mend: &str) -> Refusal {
        let line = self.machine.line;
        let head = self.head(self.machine.cell, &self.cell_head);
        let help = help.or_else(|| self.quote_help(head)).unwrap_or_else(|| {
            format!("{mend}; if quotes are plain text in this file, write `quote = false` under [file] in the contract")
        });
        let place = match self.character() {
            Some(character) => format!("line {line}, character {character}"),
            None => format!("line {line}"),
        };
        Refusal::new(Reason::Quotes, format!("{place}: {message}"), help)
            .line(line)
            .column(self.column())
            .value(self.cell_text().trim_ascii_end())
    }

    /// What to do where a backslash stands before a quote of the cell.
    pub(super) fn quote_help(&self, head: &[u8]) -> Option<String> {
        let quote = self.dialect.quote?;
        let escaped = |text: &[u8]| text.windows(2).any(|pair| pair == [b'\\', quote]);
        (self.dialect.escape.is_none() && (escaped(head) || escaped(self.cell_text()))).then(|| {
            "a backslash stands before a quote: if the file escapes quotes so, \
             write `escape = \"\\\\\"` under [file] in the contract; otherwise double the quotes"
                .to_owned()
        })
    }

    /// The 1-based character of its line at which the machine stopped, while the line is at hand.
    fn character(&self) -> Option<usize> {
        let start = self
            .machine
            .line_start
            .max(if self.bom { BOM.len() as u64 } else { 0 });
        let start = start.checked_sub(self.base)? as usize;
        let before = self.buffer.get(start..self.at)?;
        Some(1 + String::from_utf8_lossy(before).chars().count())
    }

    /// The broken cell from its beginning to the end of its line, or as much as a message shows.
    fn cell_text(&self) -> &[u8] {
        let Some(start) = self.machine.cell.offset.checked_sub(self.base) else {
            return &self.cell_head;
        };
        let text = self
            .buffer
            .get(start as usize..self.limit)
            .unwrap_or_default();
        let broken = self.at.saturating_sub(start as usize);
        let ends = |byte: &u8| matches!(byte, b'\n' | b'\r') || *byte == self.dialect.delimiter;
        let rest = text.get(broken..).unwrap_or_default();
        let end = broken + rest.iter().position(ends).unwrap_or(rest.len());
        &text[..end.min(SHOWN_BYTES).min(text.len())]
    }
}
