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
    let mut places: Vec<_> = errors
        .iter()
        .map(|error| (error.span().unwrap_or(0..0), first_line(error)))
        .collect();
    places.sort_by_key(|(span, _)| span.start);
    // The rest of a line that is wrong, and all that follows a bracket left open, is wrong only for that.
    let open = |message: &str| message.contains("array") || message.contains("inline table");
    let until = places.iter().position(|(_, message)| open(message));
    places.truncate(until.map_or(places.len(), |first| first + 1));
    places.dedup_by_key(|(span, _)| text.line(span.start));
    let problem = |(span, message): (Range<usize>, String)| {
        let help = match escape(text, &span) {
            true => ESCAPE,
            false => "mend the syntax; strings stand in quotes, tables in [brackets]",
        };
        Problem::new("lockgate::toml", format!("this is not TOML: {message}"))
            .at(text, span, "here")
            .help(help)
    };
    Err(places.into_iter().map(problem).collect())
}

/// What to do about a backslash that TOML takes for its own.
pub const ESCAPE: &str = "in \"…\" a backslash begins an escape: write the text in single quotes, '\\d+', \
                          where a backslash is a backslash";

/// Whether a syntax error lies on a backslash, or on what follows one.
fn escape(text: &Text, span: &Range<usize>) -> bool {
    let bytes = text.text.as_bytes();
    let is_backslash = |at: usize| bytes.get(at) == Some(&b'\\');
    is_backslash(span.start) || span.start.checked_sub(1).is_some_and(is_backslash)
}

/// The place in the file of a part of a string value, if the string stands there to the letter (without
/// escapes); else the place of the whole value.
pub fn within(text: &Text, value: &Spanned<String>, part: Range<usize>) -> Range<usize> {
    let whole = value.span();
    let found = text.text.get(whole.clone());
    match found.and_then(|raw| raw.find(value.get_ref().as_str())) {
        Some(at) => whole.start + at + part.start..whole.start + at + part.end,
        None => whole,
    }
}

/// The tables of a list such as `[[expect]]`, with their places; none where there is no list. What is no table
/// is a problem, of which `help` says what to write.
pub fn tables<'t>(
    text: &Text,
    (key, list): (&str, Option<Spanned<DeValue<'t>>>),
    help: &str,
    problems: &mut Vec<Problem>,
) -> Vec<Spanned<DeTable<'t>>> {
    let Some(list) = list else { return Vec::new() };
    let mut wrong = |span: Range<usize>| {
        let what = format!("`{key}` is not a list of tables");
        let problem = Problem::new("lockgate::toml::value", what);
        problems.push(problem.at(text, span, "here").help(help));
    };
    let whole = list.span();
    let DeValue::Array(items) = list.into_inner() else {
        wrong(whole);
        return Vec::new();
    };
    let mut tables = Vec::new();
    for item in items {
        let span = item.span();
        match item.into_inner() {
            DeValue::Table(table) => tables.push(Spanned::new(span, table)),
            _ => wrong(span),
        }
    }
    tables
}

/// Reads a table as `T`.
///
/// serde stops at its first error; here a key that is unknown or has a wrong
/// value is reported, set aside, and the rest is read again, so that all of
/// them are reported. A missing key is reported only if no other was wrong; an
/// empty text then stands in for it, so that the next one is found.
pub fn typed<T: DeserializeOwned>(
    text: &Text,
    mut table: Spanned<DeTable<'_>>,
) -> Result<T, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut wrong = false;
    loop {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(value) if problems.is_empty() => return Ok(value),
            Ok(_) => return Err(problems),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_else(|| table.span());
        if let Some(name) = missing_field(error.message()) {
            if wrong || table.get_ref().contains_key(name) {
                return Err(problems);
            }
            let stand_in = Spanned::new(span.clone(), DeValue::String("".into()));
            let key = Spanned::new(span.clone(), name.to_owned().into());
            table.get_mut().insert(key, stand_in);
            problems.push(explain(text, &error, span));
            continue;
        }
        // With a stand-in about, what is wrong may be no more than that.
        if !wrong && !problems.is_empty() {
            return Err(problems);
        }
        wrong = true;
        problems.push(explain(text, &error, span.clone()));
        if !remove(table.get_mut(), &span) {
            return Err(problems);
        }
    }
}

/// A reason of no words is a problem of that code.
pub fn unsaid(
    text: &Text,
    reason: &Spanned<String>,
    code: &'static str,
    help: &str,
) -> Option<Problem> {
    reason.get_ref().trim().is_empty().then(|| {
        Problem::new(code, "the reason says nothing")
            .at(text, reason.span(), "here")
            .help(help)
    })
}

/// Where a top-level key stands; the start of the file where it is not written.
pub fn key_span(text: &Text, key: &str) -> Range<usize> {
    let table = document(text).ok();
    let found = table
        .as_ref()
        .and_then(|table| table.get_ref().get_key_value(key));
    found.map_or(0..0, |(key, _)| key.span())
}

fn missing_field(message: &str) -> Option<&str> {
    let name = message.strip_prefix("missing field `")?;
    name.lines().next()?.strip_suffix('`')
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
    if let Some(name) = missing_field(&message) {
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
    let (message, help) = wrong_type(&message);
    Problem::new("lockgate::toml::value", message)
        .at(text, span, "here")
        .help(help)
}

/// serde's ``invalid type: string "yes", expected a boolean`` in the words of TOML.
fn wrong_type(message: &str) -> (String, &'static str) {
    let parts = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    let Some((found, expected)) = parts else {
        return (message.to_owned(), "write a value that the key takes");
    };
    let (expected, help) = match expected {
        "a boolean" => ("true or false", "write it without quotes"),
        "a string" | "string" => ("a text", "write it in quotes"),
        "f32" | "f64" => ("a number", "write it without quotes"),
        _ if expected.contains("sequence") || expected.contains("array") => {
            ("a list", "write it in [brackets]")
        }
        _ if expected.starts_with("struct") || expected.contains("map") => {
            ("a table", "write it in {braces}, or under a [heading]")
        }
        _ if expected.starts_with(['u', 'i']) => {
            ("a whole number", "write it in digits, without quotes")
        }
        other => (other, "write a value that the key takes"),
    };
    let found = match found.split_once(' ') {
        Some(("string", value)) => format!("the text {value}"),
        Some(("floating", value)) => format!("the number {}", value.trim_start_matches("point ")),
        _ => match found {
            "map" => "a table".to_owned(),
            "sequence" => "a list".to_owned(),
            other => format!("the {other}"),
        },
    };
    (
        format!("{expected} is expected here, and this is {found}"),
        help,
    )
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
