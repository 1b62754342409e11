//! Text appended to a row. Bytes, not `fmt`: a row is some thirty cells.

/// How the letters of a source are cased.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Title,
}

pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn put_all(out: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        put(out, text);
    }
}

/// Appends title-cased `text` in the given case.
pub(super) fn put_as(out: &mut Vec<u8>, text: &str, case: Case) {
    let from = out.len();
    put(out, text);
    if case == Case::Upper {
        out[from..].make_ascii_uppercase();
    }
}

pub(super) fn number(out: &mut Vec<u8>, n: u64) {
    padded(out, n, 1);
}

/// Appends `n` with zeros before it up to `width` digits, at most 20.
pub(super) fn padded(out: &mut Vec<u8>, mut n: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    while n > 0 {
        from -= 1;
        digits[from] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    out.extend_from_slice(&digits[from.min(digits.len() - width)..]);
}

/// Appends ten digits as three groups, each after its own mark.
pub(super) fn phone(out: &mut Vec<u8>, phone: u64, marks: [&str; 3]) {
    let groups = [
        (phone / 10_000_000, 3),
        (phone / 10_000 % 1000, 3),
        (phone % 10_000, 4),
    ];
    for (mark, (group, width)) in marks.into_iter().zip(groups) {
        put(out, mark);
        padded(out, group, width);
    }
}

/// Ends a cell that cannot need quotes.
pub(super) fn end(out: &mut Vec<u8>) {
    out.push(b',');
}

/// Ends the cell that began at `from`, in quotes if RFC 4180 asks for them.
pub(super) fn end_quoted(out: &mut Vec<u8>, from: usize) {
    quote(out, from);
    out.push(b',');
}

/// Quotes what was appended since `from` if it holds a comma, a quote or a newline.
pub(super) fn quote(out: &mut Vec<u8>, from: usize) {
    if !out[from..].iter().any(|b| matches!(b, b',' | b'"' | b'\n')) {
        return;
    }
    if out[from..].contains(&b'"') {
        let text = out.split_off(from);
        out.push(b'"');
        for byte in text {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
    } else {
        out.insert(from, b'"');
    }
    out.push(b'"');
}
