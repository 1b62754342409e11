//! From any text to words in capitals.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The word that stands between a company's own name and the one it trades under.
pub(super) const DBA: &str = "DBA";

/// A word, and whether a dash that a blank sets off stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) dash: bool,
}

/// Texts that UTF-8 read as Windows-1252 leaves, and what was meant.
const MOJIBAKE: &[(&str, &str)] = &[
    ("\u{e2}\u{20ac}\u{2122}", "'"),
    ("\u{e2}\u{20ac}\u{2dc}", "'"),
    ("\u{e2}\u{20ac}\u{201c}", "-"),
    ("\u{e2}\u{20ac}\u{201d}", "-"),
    ("\u{e2}\u{20ac}\u{153}", "\""),
    ("\u{c3}\u{a1}", "a"),
    ("\u{c3}\u{a9}", "e"),
    ("\u{c3}\u{ad}", "i"),
    ("\u{c3}\u{b3}", "o"),
    ("\u{c3}\u{ba}", "u"),
    ("\u{c3}\u{b1}", "n"),
    ("\u{c3}\u{bc}", "u"),
    ("\u{c3}\u{2030}", "E"),
    ("\u{c3}\u{2018}", "N"),
];

/// The words of a text; none for a text without a letter or digit.
pub(super) fn tokens(raw: &str) -> Vec<Token> {
    let text = fold(raw);
    let letters: Vec<char> = text.chars().collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut dash = false;
    let mut at = 0;
    while at < letters.len() {
        if letters[at] == '-' {
            let blank = |at: Option<usize>| {
                at.and_then(|at| letters.get(at))
                    .is_some_and(|letter| letter.is_whitespace())
            };
            dash |= blank(at.checked_sub(1)) || blank(Some(at + 1));
        }
        if !letters[at].is_alphanumeric() {
            at += 1;
            continue;
        }
        let (word, next) = word(&letters, at);
        tokens.push(Token {
            text: word,
            dash: dash && !tokens.is_empty(),
        });
        dash = false;
        at = next;
    }
    marked(tokens)
}

/// The word that starts at `at`, and where it ends. Letters that periods set apart are one word.
fn word(letters: &[char], at: usize) -> (String, usize) {
    let is_word = |at: usize| {
        letters
            .get(at)
            .is_some_and(|letter| letter.is_alphanumeric())
    };
    let single = |at: usize| {
        letters.get(at).is_some_and(|letter| letter.is_alphabetic()) && !is_word(at + 1)
    };
    if single(at) && letters.get(at + 1) == Some(&'.') && single(at + 2) {
        let mut word = String::from(letters[at]);
        let mut end = at + 1;
        while letters.get(end) == Some(&'.') && single(end + 1) {
            word.push(letters[end + 1]);
            end += 2;
        }
        return (word, end);
    }
    let end = (at..).find(|at| !is_word(*at)).unwrap_or(letters.len());
    (letters[at..end].iter().collect(), end)
}

/// Spellings of the trade-name mark that are more than one word.
const MARKS: &[&[&str]] = &[
    &["DOING", "BUSINESS", "AS"],
    &["ALSO", "KNOWN", "AS"],
    &["TRADING", "AS"],
    &["D", "B", "A"],
    &["A", "K", "A"],
];

/// Every trade-name mark as one word.
fn marked(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        let mark = MARKS.iter().find(|mark| {
            mark.len() <= rest.len()
                && mark
                    .iter()
                    .zip(rest)
                    .all(|(word, token)| token.text == *word)
        });
        let (text, used) = match mark {
            Some(mark) => (DBA.to_owned(), mark.len()),
            None if first.text == "AKA" => (DBA.to_owned(), 1),
            None => (first.text.clone(), 1),
        };
        out.push(Token {
            text,
            dash: first.dash,
        });
        rest = &rest[used..];
    }
    out
}

pub(super) fn text(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    words.join(" ")
}

/// Capitals without accents, apostrophes or wrong decodings; `&` as AND, every dash as a hyphen.
pub(super) fn fold(raw: &str) -> String {
    let mut text = repaired(raw);
    // Folding can yield what folds again: a capital of a ligature, a mark of its own.
    for _ in 0..4 {
        let next = once(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn once(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkd() {
        match letter {
            '&' => out.push_str(" AND "),
            '\'' | '`' | '\u{b4}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}'
            | '\u{2bb}' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            letter if is_combining_mark(letter) => {}
            letter => out.extend(letter.to_uppercase()),
        }
    }
    // `T/A` is a mark only with its slash.
    let slash = out.contains("T/A").then(|| slashed(&out));
    slash.unwrap_or(out)
}

/// The text with `T/A` as DBA, where it is a word of its own.
fn slashed(text: &str) -> String {
    let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("T/A") {
        let (before, behind) = (&rest[..at], &rest[at + 3..]);
        out.push_str(before);
        let word = apart(out.chars().next_back()) && apart(behind.chars().next());
        out.push_str(if word { DBA } else { "T/A" });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The text with its wrong decodings put right, by a list of pairs that can be nothing else.
fn repaired(raw: &str) -> String {
    let mut text = raw.to_owned();
    if text.is_ascii() {
        return text;
    }
    for (wrong, right) in MOJIBAKE {
        if text.contains(wrong) {
            text = text.replace(wrong, right);
        }
    }
    // The apostrophe of Windows-1252 read as Mac Roman: `ANGELíS`.
    let letters: Vec<char> = text.chars().collect();
    let meant = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let ends = letters
            .get(at + 2)
            .is_none_or(|letter| !letter.is_alphanumeric());
        letters[at] == '\u{ed}'
            && before.is_some_and(char::is_ascii_uppercase)
            && letters.get(at + 1) == Some(&'S')
            && ends
    };
    (0..letters.len())
        .map(|at| if meant(at) { '\'' } else { letters[at] })
        .collect()
}
