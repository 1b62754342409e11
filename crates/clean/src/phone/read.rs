//! A folded cell to its numbers, by every rule.

use super::number::{self, Digits, Key};
use super::{Reason, extension, vanity};

/// A valid number as a cell gives it.
pub(super) struct Number<'a> {
    pub(super) key: Key,
    pub(super) extension: Option<&'a str>,
}

type Answer<'a> = Result<Number<'a>, Reason>;

/// What each part of a cell says, at least one answer.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = Answer<'_>> {
    let whole = text.trim_matches(|letter: char| {
        letter.is_whitespace() || letter.is_control() || matches!(letter, '\'' | '"' | '=')
    });
    let spreadsheet = spreadsheet(whole);
    let (one, parts) = match spreadsheet {
        Some(answer) => (Some(answer), None),
        None if is_list(whole) => (None, Some(Parts { rest: Some(whole) })),
        None => (Some(read(whole)), None),
    };
    let parts = parts.into_iter().flatten();
    one.into_iter().chain(
        parts
            .filter(|part| part.digits > 0)
            .map(|part| read(part.text)),
    )
}

/// What a spreadsheet made of a number, if that is all there is.
fn spreadsheet(text: &str) -> Option<Answer<'_>> {
    let bytes = text.as_bytes();
    let whole = run(bytes);
    // At any length: the zero is never a digit of the number, and would make
    // ten digits of nine.
    if whole > 0 && bytes[whole..] == *b".0" {
        return Some(plain(&text[..whole]));
    }
    is_scientific(bytes).then_some(Err(Reason::ExcelScientific))
}

/// Whether a text is a number in scientific notation, as `2.12555E+09`.
fn is_scientific(bytes: &[u8]) -> bool {
    let mut rest = unsigned(bytes);
    let whole = run(rest);
    rest = &rest[whole..];
    if let [b'.' | b',', fraction @ ..] = rest {
        rest = &fraction[run(fraction)..];
    }
    match rest {
        [b'e' | b'E', power @ ..] if whole > 0 => {
            let power = unsigned(power);
            !power.is_empty() && run(power) == power.len()
        }
        _ => false,
    }
}

fn unsigned(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    }
}

/// How many digits a text begins with.
fn run(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// One number at most: extension, words, digits, plan.
fn read(text: &str) -> Answer<'_> {
    let (text, extension) = extension::split(text);
    let seen = Seen::of(text);
    if seen.digits.count() == 0 {
        return Err(if seen.letters {
            Reason::Letters
        } else {
            Reason::Blank
        });
    }
    if seen.foreign {
        return Err(Reason::Foreign);
    }
    let short = seen.digits.count() < 10;
    if (seen.inside || (seen.letters && short))
        && let Some(spelled) = vanity::number(text)
    {
        return number::valid(spelled).map(|key| Number { key, extension });
    }
    if seen.inside || (seen.letters && seen.digits.count() < 7) {
        return Err(Reason::Letters);
    }
    seen.digits.number().map(|key| Number { key, extension })
}

/// Digits alone.
fn plain(text: &str) -> Answer<'_> {
    let digits = Seen::of(text).digits;
    digits.number().map(|key| Number {
        key,
        extension: None,
    })
}

/// What stands in a text.
#[derive(Default)]
struct Seen {
    digits: Digits,
    letters: bool,
    /// A letter between two digits.
    inside: bool,
    /// A plus whose next digit is not 1.
    foreign: bool,
}

impl Seen {
    fn of(text: &str) -> Self {
        let mut seen = Self::default();
        let mut letter_after_digit = false;
        let mut plus = false;
        for letter in text.chars() {
            match u8::try_from(letter) {
                Ok(digit @ b'0'..=b'9') => {
                    seen.digits.push(digit);
                    seen.inside |= letter_after_digit;
                    seen.foreign |= plus && digit != b'1';
                    plus = false;
                }
                Ok(b'+') => plus = true,
                _ if letter.is_alphabetic() => {
                    seen.letters = true;
                    letter_after_digit = seen.digits.count() > 0;
                }
                _ => {}
            }
        }
        seen
    }
}

/// Whether a text is several numbers: every part has ten digits or more.
fn is_list(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // Two parts are the fewest, and most cells are told apart by this alone.
    if digits < 20 {
        return false;
    }
    let mut parts = 0;
    for part in (Parts { rest: Some(text) }) {
        match part.digits {
            0 => {}
            1..10 => return false,
            _ => parts += 1,
        }
    }
    parts > 1
}

/// A text cut at separators. A separator counts only behind ten digits, since
/// `212,555,2368` and `212/555-2368` are one number, and not in front of an
/// extension.
struct Parts<'a> {
    rest: Option<&'a str>,
}

struct Part<'a> {
    text: &'a str,
    digits: usize,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let text = self.rest.take()?;
        let bytes = text.as_bytes();
        let mut digits = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if byte.is_ascii_digit() {
                digits += 1;
            } else if digits >= 10
                && let Some(length) = separator(bytes, at)
                && let rest = &text[at + length..]
                && !extension::begins(rest)
            {
                self.rest = Some(rest);
                let text = &text[..at];
                return Some(Part { text, digits });
            }
        }
        Some(Part { text, digits })
    }
}

/// The length of the separator that begins at a byte.
fn separator(bytes: &[u8], at: usize) -> Option<usize> {
    let word = match bytes[at] {
        b';' | b',' | b'|' | b'/' | b'&' | b'\n' | b'\r' => return Some(1),
        b'o' | b'O' => "or",
        b'a' | b'A' => "and",
        _ => return None,
    };
    let end = at + word.len();
    let is_word = bytes.get(at..end)?.eq_ignore_ascii_case(word.as_bytes())
        && !bytes[..at].last().is_some_and(u8::is_ascii_alphabetic)
        && !bytes.get(end).is_some_and(u8::is_ascii_alphabetic);
    is_word.then_some(word.len())
}
