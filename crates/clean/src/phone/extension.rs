//! What is dialled after the number.

use super::vanity;

/// Words and signs before an extension, and the most digits each may have.
/// Longer words first. `x` and `#` are used for so much else that only short
/// runs count.
const MARKERS: &[(&str, usize)] = &[
    ("extension", 20),
    ("extensión", 20),
    ("extensiÓn", 20),
    ("extn", 20),
    ("ext", 20),
    ("xt", 20),
    ("int", 9),
    ("x", 9),
    ("#", 9),
];

/// The fewest digits in front of an extension: a local number.
const LOCAL: usize = 7;

/// The fewest digits in front of a pause: `212,555,2368` has none.
const NATIONAL: usize = 10;

/// A text without its extension, and the extension's digits.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            digits += 1;
            continue;
        }
        let found = match marked(text, at) {
            Some(run) => (digits >= LOCAL || spells_number(&text[..at], digits)).then_some(run),
            None if digits >= NATIONAL => paused(bytes, at),
            None => None,
        };
        if let Some((start, end)) = found
            && !bytes[end..].iter().any(u8::is_ascii_digit)
        {
            return (&text[..at], Some(&text[start..end]));
        }
    }
    (text, None)
}

/// Whether a text is a number dialled as a word, which has few digits or none
/// behind its area code.
fn spells_number(text: &str, digits: usize) -> bool {
    digits >= 3 && vanity::number(text).is_some()
}

/// Whether a text begins with an extension.
pub(super) fn begins(text: &str) -> bool {
    let blanks = text.len() - text.trim_start_matches(' ').len();
    marked(text, blanks).is_some()
}

/// Where the digits are of an extension whose marker begins at a byte.
fn marked(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    if !matches!(
        bytes.get(at)?,
        b'e' | b'E' | b'i' | b'I' | b'x' | b'X' | b'#'
    ) {
        return None;
    }
    let (marker, most) = MARKERS.iter().find(|(marker, _)| {
        bytes
            .get(at..at + marker.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(marker.as_bytes()))
    })?;
    if *marker != "#" && text[..at].ends_with(char::is_alphabetic) {
        return None;
    }
    let after = at + marker.len();
    let skipped = bytes[after..]
        .iter()
        .take_while(|byte| b" \t.:=-".contains(byte))
        .count();
    run(bytes, after + skipped, *most)
}

/// Where the digits are of an extension behind commas or semicolons that begin
/// at a byte. A blank in between is prose, not a pause.
fn paused(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let is_pause = |byte: &u8| matches!(byte, b',' | b';');
    // Only the first of several is tried, lest a row of them cost its square.
    if at > 0 && is_pause(&bytes[at - 1]) {
        return None;
    }
    let pauses = bytes[at..].iter().take_while(|byte| is_pause(byte)).count();
    if pauses == 0 {
        return None;
    }
    run(bytes, at + pauses, 9)
}

/// The run of 1 to `most` digits that starts at a byte.
fn run(bytes: &[u8], start: usize, most: usize) -> Option<(usize, usize)> {
    let digits = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (1..=most)
        .contains(&digits)
        .then_some((start, start + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_is_taken_off() {
        for tail in [
            "x123",
            " x123",
            " X 123",
            "x.123",
            " ext 123",
            " Ext.123",
            " EXTN: 123",
            ";ext=123",
            ", extension 123",
            " extensión 123",
            " EXTENSIÓN 123",
            " #123",
            "#123",
            ",123",
            ",,123",
            ";123",
            " int 123",
            " or x123",
            "x123 (desk)",
        ] {
            let text = format!("212-555-2368{tail}");
            assert_eq!(split(&text).1, Some("123"), "{text}");
        }
    }

    #[test]
    fn a_marker_needs_a_number_before_it_and_only_itself_after_it() {
        for text in [
            "#5552368",
            "x212-555-2368",
            "555236 x12",
            "212-555-2368 fax 12",
            "212-555-2368 x",
            "212-555-2368 x12 y13",
            "212-555-2368 x1234567890",
            "212,555,2368",
            "212-555-2368, 12",
        ] {
            assert_eq!(split(text), (text, None));
        }
    }
}
