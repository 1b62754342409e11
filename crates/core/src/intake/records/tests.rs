use std::io::{self, Cursor};
use std::path::PathBuf;

use super::super::{Reason, ScanError};
use super::*;

/// The lines of all records, or why they are refused; read `n` at a time through a buffer of `size`.
pub(super) fn lines_by(text: &[u8], n: usize, size: usize) -> Result<Vec<i64>, Refusal> {
    let (dialect, limits) = (Dialect::default(), Limits::default());
    let mut records = Records::with_buffer(Cursor::new(text), dialect, limits, size);
    let (mut lines, mut batch) = (Vec::new(), CellBatch::default());
    loop {
        match records.read(n, &mut batch) {
            Ok(0) => return Ok(lines),
            Ok(_) => lines.extend_from_slice(batch.lines()),
            Err(ScanError::Refused(refusal)) => return Err(refusal),
            Err(ScanError::Io(error)) => panic!("{error}"),
        }
    }
}

pub(super) fn lines(text: &[u8]) -> Result<Vec<i64>, Refusal> {
    lines_by(text, 100, CHUNK)
}

pub(super) fn all_cells(text: &[u8]) -> Result<Vec<Vec<String>>, ScanError> {
    cells_by(text, Dialect::default())
}

fn cells_by(text: &[u8], dialect: Dialect) -> Result<Vec<Vec<String>>, ScanError> {
    let mut records = Records::new(text, dialect);
    let mut all = vec![records.header()?.to_vec()];
    while let Some(cells) = records.cells()? {
        all.push(cells);
    }
    Ok(all)
}

/// Asserts the whole message, and that it does not hang on the size of the buffer.
#[track_caller]
pub(super) fn refused(text: &[u8], reason: Reason, line: Option<u64>, message: &str) -> Refusal {
    let refusal = lines(text).expect_err("it should be refused");
    assert_eq!((refusal.reason, refusal.line), (reason, line), "{refusal}");
    assert_eq!(refusal.message, message);
    let mut bare = lines_by(text, 1, 64).expect_err("it should be refused");
    assert_eq!((bare.reason, bare.line), (reason, line));
    bare.hide_values();
    assert!(message.starts_with(&bare.message), "{bare}");
    refusal
}

/// As `outside` of the integration tests: data beside the repository, which `LOCKGATE_REAL_DATA` asks for.
fn shared(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(path);
    let wanted = std::env::var_os("LOCKGATE_REAL_DATA").is_some();
    assert!(path.exists() || !wanted, "there is no {}", path.display());
    path.exists().then_some(path)
}

#[test]
fn an_empty_file_is_refused() {
    refused(b"", Reason::Empty, None, "the file is empty");
    let blank = "the file holds no text in its 3 bytes";
    refused(b"\n\r\n", Reason::Empty, None, blank);
    refused(b"\xef\xbb\xbf", Reason::Empty, None, blank);
}

#[test]
fn a_header_without_a_record_is_refused() {
    let message = "the file has a header of 2 cells and no record";
    for text in ["a,b", "a,b\n", "a,b\r\n\r\n", "\u{feff}a,\"b\"\n"] {
        refused(text.as_bytes(), Reason::HeaderOnly, None, message);
    }
}

#[test]
fn utf_16_is_refused_with_and_without_its_mark() {
    let le = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let be = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let text = "name,city\nJosé,Málaga\n";
    let mark = |order| {
        format!("the file is UTF-16, not UTF-8: it begins with the byte order mark {order}")
    };
    let marked = format!("\u{feff}{text}");
    refused(&le(&marked), Reason::Utf16, None, &mark("FF FE"));
    refused(&be(&marked), Reason::Utf16, None, &mark("FE FF"));
    let unmarked = "the file is UTF-16, not UTF-8: every other byte is NUL";
    refused(&le(text), Reason::Utf16, None, unmarked);
    refused(&be(text), Reason::Utf16, None, unmarked);
}

#[test]
fn a_byte_that_is_not_utf_8_is_refused_with_its_line_and_column() {
    let refusal = refused(
        b"Name,City\nAnn,Reno\n\"two\nlines\",x\nMY LITTLE ANGEL\x92S,Reno\n",
        Reason::InvalidUtf8,
        Some(5),
        "line 5 is not UTF-8: byte 0x92 (`MY LITTLE ANGEL\\x92S,Reno`)",
    );
    assert_eq!(refusal.column.as_deref(), Some("Name"));
    refused(
        b"Name,Cit\xe9\nAnn,Reno\n",
        Reason::InvalidUtf8,
        Some(1),
        "line 1 is not UTF-8: byte 0xE9 (`Name,Cit\\xe9`)",
    );
    let half = refused(
        b"a,b\n1,caf\xc3",
        Reason::InvalidUtf8,
        Some(2),
        "the file ends inside a UTF-8 character in line 2 (`1,caf\\xc3`)",
    );
    assert_eq!(half.column.as_deref(), Some("b"));
}

#[test]
fn a_nul_byte_is_refused_with_its_line_and_column() {
    let refusal = refused(
        b"a,b\n1,2\n3,x\0y\n",
        Reason::Nul,
        Some(3),
        "line 3 holds a NUL byte (`3,x\\0y`)",
    );
    assert_eq!(refusal.column.as_deref(), Some("b"));
}

#[test]
fn a_web_page_named_csv_is_refused() {
    let message = "the file is a web page, not CSV (`<!DocType HTML><title>Log in</title>`)";
    let page = b"\xef\xbb\xbf \n<!DocType HTML><title>Log in</title>";
    refused(page, Reason::Html, None, message);
    let message = "the file is a web page, not CSV (`<HTML lang=\"en\">\\n`)";
    refused(b"<HTML lang=\"en\">\n", Reason::Html, None, message);
}

#[test]
fn a_json_document_named_csv_is_refused_and_a_bracketed_header_is_not() {
    let message = "the file is JSON, not CSV (`{\"error\": \"expired\"}`)";
    refused(b"\n{\"error\": \"expired\"}", Reason::Json, None, message);
    for text in ["[{\"a\":1}]", "[ 1, 2]", "[true]", "["] {
        assert_eq!(lines(text.as_bytes()).unwrap_err().reason, Reason::Json);
    }
    assert_eq!(lines(b"[id],[name]\n1,Ann\n"), Ok(vec![2]));
}

#[test]
fn a_record_with_fewer_or_more_cells_than_the_header_is_refused() {
    refused(
        b"a,b,c\n1,2,3\n\"4\n4\",5\n6,7,8\n",
        Reason::Ragged,
        Some(3),
        "line 3 has 2 cells, the header has 3 (`\"4\\n4\",5`)",
    );
    refused(
        b"a,b\n1,2\n\n3,4,5",
        Reason::Ragged,
        Some(4),
        "line 4 has 3 cells, the header has 2 (`3,4,5`)",
    );
    refused(
        b"a,b\n \n",
        Reason::Ragged,
        Some(2),
        "line 2 has 1 cell, the header has 2",
    );
}

#[test]
fn a_short_last_record_without_a_newline_is_a_file_cut_off() {
    let message = "the file is cut off in line 3: 2 of 3 cells (`4,5`)";
    refused(b"a,b,c\n1,2,3\n4,5", Reason::Truncated, Some(3), message);
    assert_eq!(lines(b"a,b,c\n1,2,3\n4,5,"), Ok(vec![2, 3]));
    assert_eq!(lines(b"a,b,c\n1,2,3\n4,5,\"6\""), Ok(vec![2, 3]));
}

#[test]
fn a_quote_open_at_the_end_is_refused_where_it_was_opened() {
    let refusal = refused(
        b"a,b\n1,\"two\nlines\"\n3,\"open, \"\"and\n5,6\n",
        Reason::UnclosedQuote,
        Some(4),
        "the quote opened in line 4 is never closed (`\"open, \"\"and\\n5,6`)",
    );
    assert_eq!(refusal.column.as_deref(), Some("b"));
    let message = "the quote opened in line 1 is never closed (`\"b\\n1,2`)";
    refused(b"a,\"b\n1,2\n", Reason::UnclosedQuote, Some(1), message);
}

#[test]
fn a_value_that_left_the_buffer_is_still_shown() {
    let text = format!("a,b\n1,\"{}\n", "long ".repeat(50));
    let message = format!(
        "the quote opened in line 2 is never closed (`\"{}long…`)",
        "long ".repeat(11)
    );
    let by_size = |size| lines_by(text.as_bytes(), 1, size).unwrap_err().message;
    assert_eq!(by_size(CHUNK), message);
    assert_eq!(by_size(100), message);
    let ragged = format!("a,b\n1{}\n", " ".repeat(500));
    let refusal = lines_by(ragged.as_bytes(), 1, 64).unwrap_err();
    assert!(
        refusal
            .message
            .starts_with("line 2 has 1 cell, the header has 2 (`1")
    );
}

#[test]
fn what_stands_before_a_refused_record_is_counted_and_the_refusal_stays() {
    let mut records = Records::new("a,b\n1,2\n3\n5,6\n".as_bytes(), Dialect::default());
    let mut batch = CellBatch::default();
    let error = records.read(10, &mut batch).unwrap_err();
    assert!(matches!(error, ScanError::Refused(refusal) if refusal.line == Some(3)));
    assert_eq!(batch.lines(), [2]);
    assert_eq!(batch.text(), Ok("12"));
    let error = records.read(10, &mut batch).unwrap_err();
    assert!(matches!(error, ScanError::Refused(refusal) if refusal.line == Some(3)));
}

#[test]
fn lf_crlf_and_cr_end_a_line_and_in_quotes_they_are_data() {
    assert_eq!(lines(b"a,b\r\n1,2\r\n\r\n3,4\r\n"), Ok(vec![2, 4]));
    assert_eq!(lines(b"a,b\r1,2\r\r3,4"), Ok(vec![2, 4]));
    assert_eq!(lines(b"a,b\n\"1\r\n\r2\",3\n4,5"), Ok(vec![2, 4]));
    let cells = all_cells(b"a,b\n\"1\r\n\r2\",\"x\"\"y\"\n").unwrap();
    assert_eq!(cells[1], ["1\r\n\r2", "x\"y"]);
}

#[test]
fn other_delimiters_and_quotes_are_read() {
    let dialect = Dialect {
        delimiter: b';',
        quote: Some(b'\''),
        escape: None,
    };
    let mut records = Records::new("a;b\n'1;''x';\"2\n".as_bytes(), dialect);
    assert_eq!(records.cells().unwrap().unwrap(), ["1;'x", "\"2"]);
    assert!(records.cells().unwrap().is_none());
}

/// Fails once, in the middle, and gives its bytes one at a time.
struct Flaky<'a> {
    text: &'a [u8],
    calls: usize,
}

impl Read for Flaky<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        match self.calls {
            3 => Err(ErrorKind::Interrupted.into()),
            6 => Err(ErrorKind::TimedOut.into()),
            _ => self.text.read(&mut buffer[..1]),
        }
    }
}

#[test]
fn an_io_error_is_no_refusal_and_reading_can_go_on() {
    let text = "a,b\n1,é\n3,4\n".as_bytes();
    let mut records = Records::new(Flaky { text, calls: 0 }, Dialect::default());
    let mut batch = CellBatch::default();
    let error = records.read(9, &mut batch).unwrap_err();
    assert!(matches!(error, ScanError::Io(_)));
    assert_eq!(records.read(9, &mut batch).unwrap(), 2);
    assert_eq!(batch.lines(), [2, 3]);
}

#[test]
fn the_files_of_csv_spectrum_are_read_as_their_json_says() {
    let Some(folder) = shared("csv_spectrum") else {
        return;
    };
    let mut files = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let json = std::fs::read(folder.join("json").join(format!("{name}.json"))).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        // One of the files has its only record outside a list, and other values in it.
        let is_list = json.is_array();
        let expected = json.as_array().cloned().unwrap_or_else(|| vec![json]);
        let text = std::fs::read(&path).unwrap();
        let mut dialect = Dialect::default();
        if name == "location_coordinates" {
            // Its coordinates are in minutes and seconds (' and "), and not quoted: no RFC 4180.
            assert_eq!(lines(&text).unwrap_err().reason, Reason::Quotes);
            dialect.quote = None;
        }
        let cells = cells_by(&text, dialect).unwrap();
        assert_eq!(cells.len() - 1, expected.len(), "{name}");
        for (record, expected) in cells[1..].iter().zip(&expected) {
            assert_eq!(record.len(), expected.as_object().unwrap().len(), "{name}");
            for (column, value) in cells[0].iter().zip(record).filter(|_| is_list) {
                assert_eq!(expected[column], **value, "{name}");
            }
        }
        files += 1;
    }
    assert_eq!(files, 12);
}

#[test]
fn the_leads_files_are_counted_right() {
    for (name, records) in [
        ("source1", 70),
        ("source2", 28),
        ("source3", 29),
        ("salesforce_leads", 39),
    ] {
        let Some(path) = shared(&format!("leads/{name}.csv")) else {
            return;
        };
        let text = std::fs::read(path).unwrap();
        assert_eq!(lines(&text).unwrap().len(), records, "{name}");
    }
}
