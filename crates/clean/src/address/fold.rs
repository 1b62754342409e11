//! Raw text to words: ASCII capitals, one space apart, with the delimiters remembered.

use super::word::{self, Word};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One word of an address.
#[derive(Clone, Copy)]
pub(super) struct Token {
    /// Where the word stands in [`Words::text`].
    pub start: usize,
    pub end: usize,
    /// What the word can mean.
    pub word: &'static Word,
    /// A comma, semicolon, bar or line end stands before it.
    pub delimited: bool,
    /// It holds a digit.
    pub digit: bool,
}

/// The words of an address. Neighbours are one space apart, so any run of them is a slice.
pub(super) struct Words {
    pub text: String,
    pub tokens: Vec<Token>,
}

impl Words {
    /// Folds `raw`. Characters that have no ASCII form part words.
    pub(super) fn of(raw: &str) -> Self {
        let mut words = Self {
            text: String::with_capacity(raw.len() + 8),
            tokens: Vec::with_capacity(16),
        };
        words.refill(raw);
        words
    }

    /// Folds `raw` in place of the words so far.
    pub(super) fn refill(&mut self, raw: &str) {
        self.text.clear();
        self.tokens.clear();
        if raw.is_ascii() {
            self.read(raw);
        } else {
            self.read(&ascii(raw));
        }
    }

    fn read(&mut self, raw: &str) {
        let bytes = raw.as_bytes();
        let mut delimited = false;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    at = self.read_word(raw, at, delimited);
                    delimited = false;
                    continue;
                }
                b'#' => {
                    self.push("#", delimited);
                    delimited = false;
                }
                b'&' => {
                    self.push("AND", delimited);
                    delimited = false;
                }
                b',' | b';' | b'|' | b'\n' | b'\r' => delimited = true,
                _ => {}
            }
            at += 1;
        }
        self.read_no();
    }

    /// NO after a street's type is north, unless a number follows it.
    fn read_no(&mut self) {
        for index in 2..self.tokens.len() {
            let typed = self.word(index - 1).street_only;
            let north = typed && self.at(index) == "NO" && !self.digit(index + 1);
            if north && self.at(index + 1) != "#" {
                self.tokens[index].word = word::look_up("N");
            }
        }
    }

    /// Reads the word that starts at `at` and gives where it ends.
    fn read_word(&mut self, raw: &str, mut at: usize, delimited: bool) -> usize {
        let bytes = raw.as_bytes();
        let start = self.begin();
        while at < bytes.len() {
            match bytes[at] {
                byte if byte.is_ascii_alphanumeric() => {
                    let rest = &bytes[at..];
                    let run = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
                    let end = at + run.count();
                    self.text.push_str(&raw[at..end]);
                    at = end;
                    continue;
                }
                b'\'' | b'`' => {}
                b'/' if is_mail_code(bytes, at) => {}
                byte @ (b'.' | b'/') if between_digits(bytes, at) => {
                    self.text.push(char::from(byte));
                }
                b'-' if hyphen_holds(bytes, at) => self.text.push('-'),
                b' ' if self.tokens.is_empty() => {
                    let Some(end) = range_goes_on(bytes, at) else {
                        break;
                    };
                    self.text.push('-');
                    at = end;
                    continue;
                }
                _ => break,
            }
            at += 1;
        }
        self.text[start..].make_ascii_uppercase();
        self.finish(start, delimited);
        at
    }

    fn push(&mut self, word: &str, delimited: bool) {
        let start = self.begin();
        self.text.push_str(word);
        self.finish(start, delimited);
    }

    fn begin(&mut self) -> usize {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.len()
    }

    /// Records the word from `start` on, parting a designator from the number glued to it.
    fn finish(&mut self, start: usize, delimited: bool) {
        let text = &self.text[start..];
        let digit = text.bytes().any(|b| b.is_ascii_digit());
        let letters = match text.bytes().take_while(u8::is_ascii_alphabetic) {
            letters if digit => letters.count(),
            _ => 0,
        };
        let glued = letters >= 3
            && text.as_bytes()[letters].is_ascii_digit()
            && word::takes_number(&text[..letters]);
        if glued {
            self.record(start, start + letters, delimited, false);
            self.text.insert(start + letters, ' ');
            self.record(start + letters + 1, self.text.len(), false, true);
        } else {
            self.record(start, self.text.len(), delimited, digit);
        }
    }

    fn record(&mut self, start: usize, end: usize, delimited: bool, digit: bool) {
        self.tokens.push(Token {
            start,
            end,
            word: word::look_up(&self.text[start..end]),
            delimited: delimited && !self.tokens.is_empty(),
            digit,
        });
    }

    /// The text of one word; empty past the end.
    pub(super) fn at(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .map_or("", |token| &self.text[token.start..token.end])
    }

    /// The text of the words `from..to`; empty where the range is.
    pub(super) fn slice(&self, from: usize, to: usize) -> &str {
        match (
            self.tokens.get(from),
            to.checked_sub(1).and_then(|last| self.tokens.get(last)),
        ) {
            (Some(first), Some(last)) if from < to => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// What one word can mean; nothing past the end.
    pub(super) fn word(&self, index: usize) -> &'static Word {
        self.tokens
            .get(index)
            .map_or(&word::UNKNOWN, |token| token.word)
    }

    /// Whether the word holds a digit.
    pub(super) fn digit(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.digit)
    }

    /// Whether the word is digits alone.
    pub(super) fn number(&self, index: usize) -> bool {
        self.digit(index) && self.at(index).bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether a delimiter stands before the word.
    pub(super) fn delimited(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.delimited)
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// Where the second house number stands, if a hyphen with blanks round it is between two: 12 - 14.
fn range_goes_on(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = |from: usize| {
        let run = bytes.get(from..)?.iter().take_while(|byte| **byte == b' ');
        Some(from + run.count()).filter(|end| *end > from)
    };
    let hyphen = blanks(at)?;
    let second = blanks(hyphen + 1)?;
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (at > 0 && digit(at - 1) && bytes.get(hyphen) == Some(&b'-') && digit(second)).then_some(second)
}

/// The slash of M/C, a mail code.
fn is_mail_code(bytes: &[u8], at: usize) -> bool {
    let around = at
        .checked_sub(1)
        .map(|start| &bytes[start..bytes.len().min(at + 2)]);
    let part = |index: Option<usize>| {
        let byte = index.and_then(|index| bytes.get(index));
        !byte.is_some_and(u8::is_ascii_alphanumeric)
    };
    around.is_some_and(|around| around.eq_ignore_ascii_case(b"M/C"))
        && part(at.checked_sub(2))
        && part(Some(at + 2))
}

fn between_digits(bytes: &[u8], at: usize) -> bool {
    at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
}

/// A hyphen is part of a word between digits, and between a digit and at most two letters: 104-106,
/// 103-B, PN-12, but not SUITE-100.
fn hyphen_holds(bytes: &[u8], at: usize) -> bool {
    let letters = |run: &mut dyn Iterator<Item = &u8>| {
        run.take_while(|b| b.is_ascii_alphabetic()).take(3).count()
    };
    let (before, after) = bytes.split_at(at);
    let after = &after[1..];
    let ends = before.last().zip(after.first());
    ends.is_some_and(|(last, first)| {
        let either_digit = last.is_ascii_digit() || first.is_ascii_digit();
        either_digit
            && last.is_ascii_alphanumeric()
            && first.is_ascii_alphanumeric()
            && letters(&mut before.iter().rev()) <= 2
            && letters(&mut after.iter()) <= 2
    })
}

/// `raw` with every character replaced by its nearest ASCII form.
fn ascii(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            _ if c.is_ascii() => out.push(c),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' => out.push('\''),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            'ß' | 'ẞ' => out.push_str("SS"),
            'Æ' | 'æ' => out.push_str("AE"),
            'Œ' | 'œ' => out.push_str("OE"),
            'Ø' | 'ø' => out.push('O'),
            'Ł' | 'ł' => out.push('L'),
            'Đ' | 'đ' | 'Ð' | 'ð' => out.push('D'),
            'ı' => out.push('I'),
            _ => decompose(c, &mut out),
        }
    }
    out
}

fn decompose(c: char, out: &mut String) {
    let start = out.len();
    for part in std::iter::once(c).nfkd() {
        match part {
            _ if part.is_ascii() => out.push(part),
            // A vulgar fraction is a word of its own: 16½ is 16 1/2.
            '\u{2044}' => {
                out.push('/');
                out.insert(start, ' ');
            }
            _ if is_combining_mark(part) => {}
            _ => out.push(' '),
        }
    }
}
