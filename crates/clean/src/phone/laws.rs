//! Laws of the phone cleaner alone.

use super::super::law::{CASE, same};
use super::super::{Broken, Cleaner, Law};
use super::{fold, vanity};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "one_answer",
        statement: "The key, the list of numbers, the extension and the reason are of one reading.",
        holds: one_answer,
    },
    Law {
        name: "noise",
        statement: "The key in any of 21 notations cleans to the key.",
        holds: |cleaner, raw| each_cleans(cleaner, raw, notations, Clean::Key),
    },
    Law {
        name: "prefix",
        statement: "A country code or a trunk prefix before the key leaves it.",
        holds: |cleaner, raw| each_cleans(cleaner, raw, prefixed, Clean::Key),
    },
    Law {
        name: "extension",
        statement: "An extension behind the key leaves it, and is found.",
        holds: extension_is_found,
    },
    Law {
        name: "label",
        statement: "A word before or behind the key leaves it.",
        holds: |cleaner, raw| each_cleans(cleaner, raw, labelled, Clean::Key),
    },
    Law {
        name: "nothing_invented",
        statement: "The key's digits stand in the text in that order, as digits or as letters of the keypad.",
        holds: nothing_invented,
    },
    Law {
        name: "missing_digit",
        statement: "The key with a digit left out has no clean form.",
        holds: |cleaner, raw| each_cleans(cleaner, raw, one_digit_short, Clean::Null),
    },
    Law {
        name: "another_digit",
        statement: "Ten digits that differ from the key in one never have the key.",
        holds: another_digit,
    },
    Law {
        name: "extra_digits",
        statement: "The key with digits added behind it has no clean form.",
        holds: |cleaner, raw| each_cleans(cleaner, raw, too_long, Clean::Null),
    },
    Law {
        name: "leading_one",
        statement: "A 1 before the first ten digits of a text makes no number of what was none.",
        holds: leading_one,
    },
    Law {
        name: "order",
        statement: "The numbers of a cell are the same in any order, and the first is the key.",
        holds: order,
    },
    CASE,
    Law {
        name: "script",
        statement: "Digits of another script read like 0 to 9.",
        holds: |cleaner, raw| {
            same(
                &cleaner.apply(raw),
                &cleaner.apply(&in_digits(raw, '\u{660}')),
            )
        },
    },
];

enum Clean {
    Key,
    Null,
}

/// Whether every text made of the key cleans to the key, or to nothing.
/// Without a key there is nothing to make.
fn each_cleans(
    cleaner: &Cleaner,
    raw: &str,
    made: fn(&str) -> Vec<String>,
    clean: Clean,
) -> Result<(), Broken> {
    let key = cleaner.apply(raw);
    let expected = match clean {
        Clean::Key => &key,
        Clean::Null => &None,
    };
    for text in key.iter().flat_map(|key| made(key)) {
        same(expected, &cleaner.apply(&text)).map_err(|broken| from(&text, broken))?;
    }
    Ok(())
}

/// The broken law with the text that was made of the input.
fn from(text: &str, broken: Broken) -> Broken {
    Broken::new(broken.expected, format!("{} from {text:?}", broken.found))
}

/// The three groups of a key. What is not ten ASCII digits is one group, so
/// that a cleaner gone wrong is found out rather than sliced.
fn groups(key: &str) -> (&str, &str, &str) {
    match (key.get(..3), key.get(3..6), key.get(6..)) {
        (Some(area), Some(exchange), Some(line)) => (area, exchange, line),
        _ => (key, "", ""),
    }
}

pub(super) fn notations(key: &str) -> Vec<String> {
    let (a, b, c) = groups(key);
    vec![
        key.to_owned(),
        format!("{a}-{b}-{c}"),
        format!("{a}.{b}.{c}"),
        format!("{a} {b} {c}"),
        format!("{a}/{b}-{c}"),
        format!("{a}_{b}_{c}"),
        format!("{a},{b},{c}"),
        format!("{a}*{b}*{c}"),
        format!("({a}) {b}-{c}"),
        format!("({a}){b}-{c}"),
        format!("(({a})) {b} - {c}"),
        format!("[{a}] {b}{c}"),
        format!("\t{a}\n{b} {c}  "),
        format!("{a}\u{a0}{b}\u{a0}{c}"),
        format!("{a}\u{2013}{b}\u{2014}{c}"),
        format!("\u{feff}{a}\u{200b}{b}\u{200b}{c}"),
        format!("{key}.0"),
        format!("'{key}"),
        format!("=\"{key}\""),
        in_digits(&format!("{a}-{b}-{c}"), '\u{ff10}'),
        in_digits(key, '\u{966}'),
    ]
}

fn prefixed(key: &str) -> Vec<String> {
    let (a, b, c) = groups(key);
    vec![
        format!("1{key}"),
        format!("+1{key}"),
        format!("+1 ({a}) {b}-{c}"),
        format!("1-{a}-{b}-{c}"),
        format!("1.{a}.{b}.{c}"),
        format!("1{key}.0"),
        format!("tel:+1-{a}-{b}-{c}"),
        format!("001 {a} {b} {c}"),
        format!("011 1 {a} {b} {c}"),
        format!("\u{ff0b}1{key}"),
    ]
}

fn extended(key: &str) -> Vec<String> {
    [
        "x42",
        " x42",
        " X. 42",
        " ext 42",
        " Ext.42",
        " EXTN 42",
        " extension: 42",
        ";ext=42",
        ", ext 42",
        " #42",
        "#42",
        ",,42",
        "\u{ff58}42",
    ]
    .map(|extension| format!("{key}{extension}"))
    .to_vec()
}

fn labelled(key: &str) -> Vec<String> {
    [
        format!("{key} cell"),
        format!("{key} (office)"),
        format!("{key}abc"),
        format!("Phone: {key}"),
        format!("Fax {key}"),
        format!("tel:{key}"),
        format!("{key}, home"),
        format!("tel\u{e9}fono {key}"),
    ]
    .to_vec()
}

fn one_digit_short(key: &str) -> Vec<String> {
    let short = key.char_indices().map(|(at, digit)| {
        let mut short = key.to_owned();
        short.replace_range(at..at + digit.len_utf8(), "");
        short
    });
    short
        .flat_map(|short| {
            let (a, b, c) = groups(&short);
            [
                format!("({a}) {b}-{c}"),
                format!("+1 {a} {b} {c}"),
                format!("{short}.0"),
                format!("{short} x42"),
                format!("{short} cell"),
                format!("+{short}"),
                short,
            ]
        })
        .collect()
}

/// Valid numbers keep apart: no two of them share a key, those least unlike included.
fn another_digit(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let key = cleaner.apply(raw);
    for (at, digit) in key.iter().flat_map(|key| key.char_indices()) {
        for other in ('0'..='9').filter(|other| *other != digit) {
            let mut text = key.clone().unwrap_or_default();
            text.replace_range(at..at + digit.len_utf8(), other.encode_utf8(&mut [0; 4]));
            if cleaner.apply(&text) == key {
                let broken = Broken::new("another key, or none", format!("{key:?}"));
                return Err(from(&text, broken));
            }
        }
    }
    Ok(())
}

fn too_long(key: &str) -> Vec<String> {
    let one = (0..10).map(|digit| format!("{key}{digit}"));
    let more = ["00", "123", "12345", "1234567890"].map(|digits| format!("{key}{digits}"));
    one.chain(more).collect()
}

/// A text with its ASCII digits in the script that starts with this zero.
fn in_digits(text: &str, zero: char) -> String {
    let other = |letter: char| {
        let value = letter.to_digit(10)?;
        char::from_u32(u32::from(zero) + value)
    };
    text.chars()
        .map(|letter| other(letter).unwrap_or(letter))
        .collect()
}

fn one_answer(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let phone = super::parse(raw);
    let key = cleaner.apply(raw);
    same(&phone.key, &key)?;
    same(&phone.numbers.first().cloned(), &key)?;
    same(&phone.extension, &super::extension(raw))?;
    let reason = super::reason(raw);
    let said = |reason: super::Reason| Some(reason.as_str().to_owned());
    same(&said(phone.reason), &said(reason))?;
    match (reason.has_key(), &key) {
        (true, Some(_)) | (false, None) => Ok(()),
        (true, None) => Err(Broken::new("a key", reason.as_str())),
        (false, Some(_)) => Err(Broken::new("no key", reason.as_str())),
    }
}

fn extension_is_found(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    each_cleans(cleaner, raw, extended, Clean::Key)?;
    let expected = Some("42".to_owned());
    for text in cleaner.apply(raw).iter().flat_map(|key| extended(key)) {
        same(&expected, &super::extension(&text)).map_err(|broken| from(&text, broken))?;
    }
    Ok(())
}

fn nothing_invented(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let Some(key) = cleaner.apply(raw) else {
        return Ok(());
    };
    let text = fold::fold(raw);
    let mut image = text.bytes().map(vanity::keypad);
    match key.bytes().find(|digit| !image.any(|byte| byte == *digit)) {
        None => Ok(()),
        Some(_) => Err(Broken::new("digits of the text", format!("{key:?}"))),
    }
}

fn leading_one(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let text = fold::fold(raw);
    let digits = text.chars().filter(char::is_ascii_digit).take(10);
    let ten: String = digits.collect();
    if ten.len() < 10 {
        return Ok(());
    }
    same(&cleaner.apply(&ten), &cleaner.apply(&format!("1{ten}")))
}

/// A made-up number to stand beside those of the text.
const OTHER: &str = "2125552368";

fn order(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let mut numbers = super::numbers(raw);
    if numbers.is_empty() {
        return Ok(());
    }
    if !numbers.iter().any(|number| number == OTHER) {
        numbers.push(OTHER.to_owned());
    }
    for separator in ["; ", ", ", " | ", "\n", " / ", " or ", " AND ", " & "] {
        for _ in 0..2 {
            numbers.reverse();
            let cell = numbers.join(separator);
            let found = super::numbers(&cell);
            if found != numbers {
                let (expected, found) = (format!("{numbers:?}"), format!("{found:?}"));
                return Err(from(&cell, Broken::new(expected, found)));
            }
            same(&numbers.first().cloned(), &cleaner.apply(&cell))
                .map_err(|broken| from(&cell, broken))?;
        }
    }
    Ok(())
}
