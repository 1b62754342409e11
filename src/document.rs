//! TOML files read so that every problem of a file is found in one go, each at
//! its exact key or value.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::error::{Problem, Text, suggest};

/// Parses the text of a TOML file; every syntax error is a problem.
pub fn document(text: &Text) -> Result<Spanned<DeTable<'_>>, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(&text.text);
    if errors.is_empty() {
        return Ok(table);
    }
    Err(errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Problem::new(
                "lockgate::toml",
                format!("this is not TOML: {}", first_line(error)),
            )
            .at(text, span, "here")
            .help("mend the syntax; strings stand in quotes, tables in [brackets]")
        })
        .collect())
}

/// Reads a table as `T`.
///
/// serde stops at its first error; here a key that is unknown or has a wrong
/// value is reported, set aside, and the rest is read again, so that all of
/// them are reported. A missing key is reported only if no other was wrong.
pub fn typed<T: DeserializeOwned>(
    text: &Text,
    mut table: Spanned<DeTable<'_>>,
) -> Result<T, Vec<Problem>> {
    let mut problems = Vec::new();
    loop {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(value) if problems.is_empty() => return Ok(value),
            Ok(_) => return Err(problems),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_else(|| table.span());
        let missing = error.message().starts_with("missing field");
        if missing && !problems.is_empty() {
            return Err(problems);
        }
        problems.push(explain(text, &error, span.clone()));
        if missing || !remove(table.get_mut(), &span) {
            return Err(problems);
        }
    }
}

fn first_line(error: &toml::de::Error) -> String {
    error
        .message()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn explain(text: &Text, error: &toml::de::Error, span: Range<usize>) -> Problem {
    let message = first_line(error);
    if let Some((name, known)) = unknown_field(&message) {
        return Problem::new(
            "lockgate::toml::unknown_key",
            format!("unknown key `{name}`"),
        )
        .at(text, span, "not a key of this table")
        .help(suggest(&name, known.iter().map(String::as_str)));
    }
    if let Some(name) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        return Problem::new(
            "lockgate::toml::missing_key",
            format!("the key `{name}` is missing"),
        )
        .at(text, head(text, span), "in this table")
        .help(format!("add `{name} = …`"));
    }
    if let Some((name, known)) = unknown_variant(&message) {
        return Problem::new(
            "lockgate::toml::value",
            format!("`{name}` is not a value of this key"),
        )
        .at(text, span, "here")
        .help(suggest(&name, known.iter().map(String::as_str)));
    }
    Problem::new("lockgate::toml::value", message)
        .at(text, span, "here")
        .help("see the reference of the key for the values it takes")
}

/// The first line of a span: a table's span may be the whole file.
fn head(text: &Text, span: Range<usize>) -> Range<usize> {
    let end = span.end.min(text.text.len());
    let start = span.start.min(end);
    let line = text.text[start..end].find('\n').map_or(end, |n| start + n);
    start..line
}

/// Splits serde's ``unknown field `a`, expected one of `b`, `c` ``.
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    quoted(message.strip_prefix("unknown field ")?)
}

fn unknown_variant(message: &str) -> Option<(String, Vec<String>)> {
    quoted(message.strip_prefix("unknown variant ")?)
}

fn quoted(rest: &str) -> Option<(String, Vec<String>)> {
    let mut names = rest.split('`').skip(1).step_by(2).map(str::to_owned);
    let first = names.next()?;
    Some((first, names.collect()))
}

/// Removes the entry whose key or value stands at (or nearest around) `span`.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let covers = |range: Range<usize>| range.start <= span.start && span.end <= range.end;
    let mut hit = None;
    for (key, value) in table.iter_mut() {
        if covers(key.span()) {
            hit = Some(key.clone());
            break;
        }
        if let DeValue::Table(inner) = value.get_mut()
            && remove(inner, span)
        {
            return true;
        }
        if covers(value.span()) {
            hit = Some(key.clone());
            break;
        }
    }
    match hit {
        Some(key) => table.remove(&key).is_some(),
        None => false,
    }
}
