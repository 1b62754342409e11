//! The common case without a second look: ASCII, ten digits and punctuation.

use super::Reason;
use super::number::{self, Digits, Key};

/// The answer for text in which no rule but the numbering plan's can matter;
/// `None` for text that has to be read with all of them.
pub(super) fn key(raw: &str) -> Option<Result<Key, Reason>> {
    let bytes = raw.as_bytes();
    if let Ok(key) = Key::try_from(bytes)
        && key.iter().all(u8::is_ascii_digit)
    {
        return Some(number::valid(key));
    }
    let mut digits = Digits::default();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits.push(*byte),
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => return None,
            b'+' if bytes.get(at + 1) != Some(&b'1') => return None,
            b'#' if digits.count() >= 7 => return None,
            // A spreadsheet's `.0`, or the pause before an extension.
            b'.' if digits.count() >= 9 => return None,
            b',' | b';' if digits.count() >= 10 => return None,
            _ => {}
        }
    }
    match digits.count() {
        10 | 11 => Some(digits.number()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_and_punctuation_are_decided_here() {
        for raw in [
            "2125552368",
            "(212) 555-2368",
            "+1 (212) 555-2368",
            "1-212-555-2368",
            "212.555.2368",
            "=\"2125552368\"",
        ] {
            assert_eq!(key(raw), Some(Ok(*b"2125552368")), "{raw}");
        }
        assert_eq!(key("123-456-7890"), Some(Err(Reason::NpaStart)));
    }

    #[test]
    fn what_another_rule_may_touch_is_left() {
        for raw in [
            "",
            "555-2368",
            "2125552368 x1",
            "2125552368#1",
            "212555236.0",
            "12125552368.0",
            "1212555236,8",
            "+2125552368",
            "212–555–2368",
        ] {
            assert_eq!(key(raw), None, "{raw}");
        }
    }
}
