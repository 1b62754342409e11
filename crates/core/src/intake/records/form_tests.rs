//! What breaks the form of CSV, and what is too large.

use std::io::Cursor;

use super::super::{Reason, ScanError};
use super::tests::{lines, lines_by, refused};
use super::*;

/// The text, what it is refused with, and the beginning of what to do.
type Form = (&'static [u8], &'static str, &'static str);

#[test]
fn a_quote_where_rfc_4180_has_none_is_refused_with_its_line_and_character() {
    let cases: [Form; 9] = [
        (
            b"a,b\n1,2\n3,\"Acme, Inc.\"x\n",
            "line 3, character 15: text stands after the closing quote of a cell (`\"Acme, Inc.\"x`)",
            "double every quote that belongs to the text of a quoted cell; if quotes are plain text in this file, write `quote = false`",
        ),
        (
            b"a,b\n\"1\" ,2\n",
            "line 2, character 4: text stands after the closing quote of a cell (`\"1\"`)",
            "double every quote",
        ),
        (
            "a,b\né 5\" pipe,2\n".as_bytes(),
            "line 2, character 4: a quote stands inside a cell that does not begin with one (`é 5\" pipe`)",
            "put the cell in quotes and double the quotes inside it; if quotes are plain text",
        ),
        (
            b"a,b\n1, \"2\"\n",
            "line 2, character 4: a quote stands inside a cell that does not begin with one (` \"2\"`)",
            "put the cell in quotes",
        ),
        (
            b"a,b\n1,\"say \\\"hi\\\" now\"\n",
            "line 2, character 10: text stands after the closing quote of a cell (`\"say \\\"hi\\\" now\"`)",
            "a backslash stands before a quote: if the file escapes quotes so, write `escape = \"\\\\\"` under [file] in the contract",
        ),
        (
            b"a,b\n1,\"5\\\"\"\n",
            "the quote opened in line 2 is never closed (`\"5\\\"\"`)",
            "a backslash stands before a quote",
        ),
        (
            b"a,b\n1,\\\"5\\\"\n",
            "line 2, character 4: a quote stands inside a cell that does not begin with one (`\\\"5\\\"`)",
            "a backslash stands before a quote",
        ),
        (
            b"\"a\"\t\"b\"\n\"1\"\t\"2\"\n",
            "line 1, character 4: a tab stands after the closing quote, and is not the delimiter of the contract (`\"a\"\t\"b\"`)",
            "if it separates the cells, write `delimiter = \"\\t\"` under [file] in the contract",
        ),
        (
            b"\"a\";\"b\"\n\"1\";\"2\"\n",
            "line 1, character 4: a semicolon stands after the closing quote, and is not the delimiter of the contract (`\"a\";\"b\"`)",
            "if it separates the cells, write `delimiter = \";\"`",
        ),
    ];
    for (text, message, help) in cases {
        let refusal = lines(text).unwrap_err();
        assert_eq!(
            refusal.message.replace('\t', "\\t"),
            message.replace('\t', "\\t")
        );
        assert!(
            refusal.help.starts_with(help),
            "{message}: {}",
            refusal.help
        );
        let bare = lines_by(text, 1, 64).unwrap_err();
        assert_eq!((bare.reason, bare.line), (refusal.reason, refusal.line));
    }
    let named = lines(b"a,b\n1,x\"\n").unwrap_err();
    assert_eq!(named.column.as_deref(), Some("b"));
}

#[test]
fn a_contract_may_declare_an_escape_or_that_quotes_are_text() {
    let read = |text: &'static str, dialect: Dialect| {
        let mut records = Records::new(text.as_bytes(), dialect);
        records.cells().unwrap().unwrap()
    };
    let escape = Dialect {
        escape: Some(b'\\'),
        ..Dialect::default()
    };
    let text = "a,b\n\"say \\\"hi\\\"\",\"C:\\new\\\\\"\"\"\n";
    assert_eq!(read(text, escape), ["say \"hi\"", "C:\\new\\\""]);
    let never = Dialect {
        quote: None,
        ..Dialect::default()
    };
    assert_eq!(read("a,b\n5\" pipe,\"\"\n", never), ["5\" pipe", "\"\""]);
}

#[test]
fn a_line_end_of_another_kind_is_refused_and_not_read_as_a_record() {
    refused(
        b"a,b\n1,2\n3,x\ry,\n",
        Reason::LineEnds,
        Some(3),
        "line 3 holds a carriage return (CR) outside quotes, and lines of this file end in LF or CRLF (`3,x`)",
    );
    refused(
        b"a\r\nx\ry\r\n",
        Reason::LineEnds,
        Some(2),
        "line 2 holds a carriage return (CR) outside quotes, and lines of this file end in LF or CRLF (`x`)",
    );
    refused(
        b"a,b\r1,2\r3,4\n",
        Reason::LineEnds,
        Some(3),
        "line 3 ends in LF, and the header in CR (`3,4`)",
    );
    assert_eq!(lines(b"a,b\r\n1,2\n3,4\r"), Ok(vec![2, 3]));
}

#[test]
fn what_a_client_or_dos_puts_below_the_records_is_told_as_that() {
    let client = "is no record: it counts the rows, as a database's client prints them";
    for (trailer, shown) in [
        ("(2 rows affected)\n", "(2 rows affected)"),
        ("\n(1 row affected)", "(1 row affected)"),
        ("(12 rows)\r\n", "(12 rows)"),
        ("2 rows selected.\n", "2 rows selected."),
    ] {
        let text = format!("a,b\n1,2\n{trailer}");
        let line = if trailer.starts_with('\n') { 4 } else { 3 };
        let message = format!("line {line} {client} (`{shown}`)");
        refused(text.as_bytes(), Reason::Trailer, Some(line), &message);
    }
    let dos = |line| {
        format!(
            "the file ends in a Ctrl-Z (byte 0x1A) in line {line}: DOS marked the end of a text with it"
        )
    };
    refused(b"a,b\r\n1,2\r\n\x1a", Reason::Trailer, Some(3), &dos(3));
    refused(b"a,b\n1,2\x1a", Reason::Trailer, Some(2), &dos(2));
    refused(b"a\n1\n\x1a", Reason::Trailer, Some(3), &dos(3));
    refused(b"a,b\n1,2\n\x1a\n", Reason::Trailer, Some(3), &dos(3));
}

#[test]
fn a_file_of_another_format_is_told_as_what_it_is() {
    let xlsx = [
        b"PK\x03\x04\x14\0\x06\0".as_slice(),
        b"....[Content_Types].xml",
    ]
    .concat();
    let ods = [
        b"PK\x03\x04".as_slice(),
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    ]
    .concat();
    let cases: [(&[u8], &str); 11] = [
        (
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03K\xd4I",
            "compressed with gzip",
        ),
        (b"PK\x03\x04\x14\0\0\0a.csv", "a ZIP archive"),
        (&xlsx, "an Excel workbook (.xlsx)"),
        (&ods, "an OpenDocument spreadsheet (.ods)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an Excel workbook (.xls)",
        ),
        (b"PAR1\x15\x04\0\0", "a Parquet file"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"BZh91AY&SY\0\0", "compressed with bzip2"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
            "a Git LFS pointer to the data",
        ),
        (b"<?xml version=\"1.0\"?><Error/>", "XML"),
    ];
    for (bytes, what) in cases {
        let message = format!("the file is {what}, not CSV");
        refused(bytes, Reason::OtherFormat, None, &message);
    }
    for text in [
        "ORC,b\n1,2\n",
        "BZh,PAR1\n1,2\n",
        "PAR1\n2\n",
        "Obj,b\n1,2\n",
    ] {
        assert_eq!(lines(text.as_bytes()), Ok(vec![2]), "{text}");
    }
    refused(
        b"a,b\n\x01\x02\x03\x04\xff\xfe\n",
        Reason::OtherFormat,
        Some(2),
        "line 2 is no text: byte 0xFF among control characters (`\\u{1}\\u{2}\\u{3}\\u{4}\\xff\\xfe`)",
    );
    for page in [
        "<!-- x --><html>",
        "<?xml version=\"1.0\"?>\n<html>",
        "<h1>Not Found</h1>",
    ] {
        assert_eq!(
            lines(page.as_bytes()).unwrap_err().reason,
            Reason::Html,
            "{page}"
        );
    }
}

#[test]
fn what_is_larger_than_the_limits_is_refused_with_the_key_that_raises_them() {
    let limits = Limits {
        cell: 10,
        record: 30,
        cells: 4,
        ..Limits::default()
    };
    let read = |text: &[u8], limits: Limits, size| {
        let mut records = Records::with_buffer(Cursor::new(text), Dialect::default(), limits, size);
        let mut batch = CellBatch::default();
        loop {
            match records.read(9, &mut batch) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(ScanError::Refused(refusal)) => return Err((refusal.message, refusal.help)),
                Err(ScanError::Io(error)) => panic!("{error}"),
            }
        }
    };
    let raise = |key: &str, most: u64| {
        format!(
            "if the file is right, raise `{key}` under [file] in the contract: it is {most} now"
        )
    };
    for size in [16, CHUNK] {
        let fits = b"a,b,c\n1234567890,1234567890,1234567\n";
        assert_eq!(read(fits, limits, size), Ok(()));
        assert_eq!(
            read(b"a,b\n1,12345678901\n", limits, size),
            Err((
                "a cell that begins in line 2 has more than 10 bytes".to_owned(),
                raise("max_cell_bytes", 10)
            ))
        );
        assert_eq!(
            read(b"a,b,c\n1234567890,1234567890,12345678\n", limits, size),
            Err((
                "the record of line 2 has more than 30 bytes".to_owned(),
                raise("max_record_bytes", 30)
            ))
        );
        assert_eq!(
            read(b"a,b,c,d,e\n1,2,3,4,5\n", limits, size),
            Err((
                "the record of line 1 has more than 4 cells".to_owned(),
                raise("max_cells", 4)
            ))
        );
        let (message, help) =
            read(b"a,b\n1,\"23456\n1,2\n3,4\n5,6\n7,8\n9,0\n", limits, size).unwrap_err();
        if size == 16 {
            assert_eq!(
                message,
                "a cell that begins in line 2 has more than 10 bytes"
            );
            assert!(
                help.ends_with(
                    "; or a quote is missing: the one opened in line 2 is not closed by then"
                ),
                "{help}"
            );
        }
    }
    let memory = Limits {
        cell: 30,
        by_memory: true,
        ..limits
    };
    let (message, help) = read(b"a,b\n123456789012345,1234567890123456\n", memory, 64).unwrap_err();
    assert_eq!(message, "the record of line 2 has more than 30 bytes");
    assert!(
        help.starts_with("give the run more memory, for example `--memory 4GiB`"),
        "{help}"
    );
}

#[test]
fn a_batch_ends_where_its_bytes_do() {
    let text = format!("a\n{}", "12345\n".repeat(100));
    let limits = Limits {
        batch: 50,
        ..Limits::default()
    };
    let mut records = Records::within(text.as_bytes(), Dialect::default(), limits);
    let (mut batch, mut read) = (CellBatch::default(), Vec::new());
    while records.read(1000, &mut batch).unwrap() > 0 {
        assert!(batch.bytes() < 50 + 16, "{}", batch.bytes());
        read.extend_from_slice(batch.lines());
    }
    assert_eq!(read.len(), 100);
}
