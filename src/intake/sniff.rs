//! What a file is by its first bytes, when it is not CSV.

use super::refusal::{Reason, Refusal, SHOWN_BYTES};

pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The first bytes in which NULs are counted.
const PEEK: usize = 4096;

/// Refuses a file that begins like something else than CSV in UTF-8.
pub(super) fn body(bytes: &[u8]) -> Result<(), Refusal> {
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
    ["<!doctype html", "<html"].iter().any(|tag| {
        text.get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    })
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
