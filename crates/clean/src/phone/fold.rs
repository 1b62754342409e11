//! Any script's text to the characters the rules are written in.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// NFKC, decimal digits as 0 to 9, characters without width dropped. ASCII is
/// returned as it is.
pub(super) fn fold(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(
        raw.nfkc()
            .filter(|letter| !is_invisible(*letter))
            .map(digit)
            .collect(),
    )
}

fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

fn digit(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let after = ZEROS.partition_point(|zero| *zero <= letter);
    let value = after
        .checked_sub(1)
        .map(|at| u32::from(letter) - u32::from(ZEROS[at]));
    match value.and_then(|value| char::from_digit(value, 10)) {
        Some(digit) => digit,
        None => letter,
    }
}

/// The zero of every run of decimal digits (general category Nd, Unicode 16)
/// that NFKC leaves alone. The other nine digits follow each.
const ZEROS: [char; 66] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11f50}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{16d70}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_borrowed() {
        assert!(matches!(fold("(212) 555-2368"), Cow::Borrowed(_)));
    }

    #[test]
    fn zeros_are_in_order_and_do_not_overlap() {
        assert!(
            ZEROS
                .windows(2)
                .all(|pair| u32::from(pair[0]) + 10 <= u32::from(pair[1]))
        );
    }

    #[test]
    fn every_digit_of_every_run_has_its_value() {
        for zero in ZEROS {
            for value in 0..10 {
                let letter = char::from_u32(u32::from(zero) + value).expect("a digit");
                assert_eq!(digit(letter).to_digit(10), Some(value), "{letter:?}");
            }
        }
    }

    #[test]
    fn a_letter_next_to_a_run_of_digits_stays() {
        assert_eq!(digit('\u{66a}'), '\u{66a}');
        assert_eq!(digit('\u{65f}'), '\u{65f}');
        assert_eq!(digit('é'), 'é');
    }

    #[test]
    fn compatibility_forms_and_widths_are_folded() {
        assert_eq!(fold("２１２\u{a0}\u{200b}ｅｘｔ²"), "212 ext2");
    }
}
