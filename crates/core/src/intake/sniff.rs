//! What a file is by its first bytes, when it is not CSV.

use super::refusal::{Reason, Refusal, SHOWN_BYTES};

pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The first bytes in which NULs are counted.
const PEEK: usize = 4096;

/// Refuses a file that begins like something else than CSV in UTF-8.
pub(super) fn body(bytes: &[u8]) -> Result<(), Refusal> {
    if let Some((what, help)) = other_format(bytes) {
        return Err(Refusal::new(
            Reason::OtherFormat,
            format!("the file is {what}, not CSV"),
            help,
        ));
    }
    if let Some(how) = utf16(bytes) {
        return Err(Refusal::new(
            Reason::Utf16,
            format!("the file is UTF-16, not UTF-8: {how}"),
            "save it as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`",
        ));
    }
    let text = bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii_start();
    let start = &text[..text.len().min(SHOWN_BYTES)];
    if is_html(text) {
        return Err(Refusal::new(
            Reason::Html,
            "the file is a web page, not CSV".to_owned(),
            "a server answered with a page, often a log-in or an error: \
             open the file in a browser, then fetch it again",
        )
        .value(start));
    }
    if is_json(text) {
        return Err(Refusal::new(
            Reason::Json,
            "the file is JSON, not CSV".to_owned(),
            "read what it says, it may be an error; then export the data as CSV",
        )
        .value(start));
    }
    Ok(())
}

/// How files of other formats begin, what they are, and what to do with them.
const FORMATS: [(&[u8], &str, &str); 19] = [
    (
        b"\x1f\x8b",
        "compressed with gzip",
        "unpack it, for example with `gunzip`",
    ),
    (
        b"BZh",
        "compressed with bzip2",
        "unpack it, for example with `bunzip2`",
    ),
    (
        b"\xfd7zXZ\0",
        "compressed with xz",
        "unpack it, for example with `unxz`",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "compressed with Zstandard",
        "unpack it, for example with `unzstd`",
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        "a 7-Zip archive",
        "unpack it, and put the file that is inside here",
    ),
    (
        b"PK\x05\x06",
        "an empty ZIP archive",
        "ask the sender for the file again",
    ),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", SAVE_AS_CSV),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"ORC", "an ORC file", EXPORT),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"ARROW1", "an Arrow file", EXPORT),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"%PDF-", "a PDF document", EXPORT),
    (b"{\\rtf", "an RTF document", EXPORT),
    (b"\xff\xfe\0\0", "UTF-32", UTF_32),
    (b"\0\0\xfe\xff", "UTF-32", UTF_32),
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer to the data",
        "fetch the data itself: `git lfs pull`",
    ),
    (
        b"/annex/objects/",
        "a git-annex pointer to the data",
        "fetch the data itself: `git annex get`",
    ),
    (
        b"<?xml",
        "XML",
        "read what it says, it may be an error; then export the data as CSV",
    ),
];

const SAVE_AS_CSV: &str = "save the sheet as \"CSV UTF-8\" in the program that made it";
const EXPORT: &str = "export the data as CSV in UTF-8";
const UTF_32: &str = "save it as UTF-8, for example with `iconv -f UTF-32 -t UTF-8`";

/// What a file is by its first bytes, and what to do with it.
fn other_format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let holds = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(if holds(b"xl/") || holds(b"[Content_Types].xml") {
            ("an Excel workbook (.xlsx)", SAVE_AS_CSV)
        } else if holds(b"opendocument.spreadsheet") {
            ("an OpenDocument spreadsheet (.ods)", SAVE_AS_CSV)
        } else {
            (
                "a ZIP archive",
                "unpack it, and put the file that is inside here",
            )
        });
    }
    let text = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let found = FORMATS.iter().find(|(start, ..)| text.starts_with(start));
    // A header may begin with the letters of a short mark: the rest tells.
    let is_text = |start: &[u8]| start.iter().all(u8::is_ascii_graphic) && start.len() < 5;
    found
        .filter(|(start, ..)| {
            !is_text(start) || memchr::memchr(0, bytes).is_some() || is_binary(bytes)
        })
        .filter(|(start, ..)| *start != b"<?xml" || !holds_html(text))
        .map(|(_, what, help)| (*what, *help))
}

/// XML that is a web page is told as that.
fn holds_html(text: &[u8]) -> bool {
    let start = text[..text.len().min(PEEK)].to_ascii_lowercase();
    memchr::memmem::find(&start, b"<html").is_some()
}

/// Whether many of the first bytes are control characters that no text holds.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let peek = &bytes[..bytes.len().min(PEEK)];
    let control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x1a);
    peek.iter().filter(control).count() * 50 > peek.len()
}

/// Whether a line counts the rows of an answer, as the clients of databases print it:
/// `(2 rows affected)`, `(2 rows)`, `2 rows selected.`
pub(super) fn is_row_count(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let line = line.trim().trim_end_matches('.');
    let bare = line
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let words: Vec<&str> = bare.unwrap_or(line).split_whitespace().collect();
    let number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match words.as_slice() {
        [count, "row" | "rows" | "row(s)"] => number(count),
        [
            count,
            "row" | "rows" | "row(s)",
            "affected" | "selected" | "returned" | "fetched" | "exported",
        ] => number(count),
        _ => false,
    }
}

/// By what the bytes are UTF-16, if they are.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => return Some("it begins with the byte order mark FF FE"),
        [0xfe, 0xff, ..] => return Some("it begins with the byte order mark FE FF"),
        _ => {}
    }
    let peek = &bytes[..bytes.len().min(PEEK) & !1];
    let mut nuls = [0, 0];
    for pair in peek.chunks_exact(2) {
        nuls[0] += usize::from(pair[0] == 0);
        nuls[1] += usize::from(pair[1] == 0);
    }
    // Western text has a NUL in nearly every pair, always on the same side.
    let pairs = peek.len() / 2;
    let one_sided = |many: usize, few: usize| many * 10 >= pairs * 7 && few * 10 <= pairs;
    let found = pairs >= 2 && (one_sided(nuls[0], nuls[1]) || one_sided(nuls[1], nuls[0]));
    found.then_some("every other byte is NUL")
}

fn is_html(text: &[u8]) -> bool {
    const TAGS: [&str; 12] = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
        "<div",
        "<table",
        "<h1",
        "<p>",
        "<pre",
    ];
    let begins = |text: &[u8], tag: &str| {
        text.get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    let is_xml = begins(text, "<?xml") || text.starts_with(b"<!--");
    TAGS.iter().any(|tag| begins(text, tag)) || is_xml && holds_html(text)
}

/// `{`, or `[` before what a JSON array may hold: `[id],[name]` is a header
/// some databases write.
fn is_json(text: &[u8]) -> bool {
    let Some((b'[', rest)) = text.split_first() else {
        return text.starts_with(b"{");
    };
    let rest = rest.trim_ascii_start();
    let literals: [&[u8]; 3] = [b"true", b"false", b"null"];
    match rest.first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
            literals.iter().any(|word| rest.starts_with(word))
        }
        _ => true,
    }
}
