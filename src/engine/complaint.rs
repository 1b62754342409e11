//! The engine's errors as problems, each at the token it is about.

use std::ops::Range;

use datafusion::common::{DataFusionError, Diagnostic};
use regex::Regex;

use crate::document;
use crate::error::{Problem, Text, suggest};
use crate::expect::{Expectation, Name};
use crate::project::sql;

const NOWHERE: &str =
    "the engine does not say where; run the parts of the query with `lockgate query`";

const TABLES: &str =
    "tables are the published models, raw.<source>, history.runs and history.outcomes";

/// What the engine has against a SQL text, and where in it.
struct Complaint {
    message: String,
    places: Vec<(Range<usize>, String)>,
    help: String,
}

/// The engine's complaints about a SQL file as problems.
pub(super) fn explain_error(error: &DataFusionError, text: &Text) -> Vec<Problem> {
    let problem = |error| {
        let found = complaint(error, text);
        let problem = Problem::new("lockgate::sql::plan", found.message).help(found.help);
        if found.places.is_empty() {
            return problem.at(text, 0..0, "in this query");
        }
        let places = found.places.into_iter();
        places.fold(problem, |problem, (span, label)| {
            problem.at(text, span, label)
        })
    };
    error.iter().map(problem).collect()
}

/// A complaint about the SQL of an expectation: at the place within the text
/// the user wrote, where that can be told, else at the expectation.
pub fn plan_text_problem(
    error: &DataFusionError,
    expectation: &Expectation,
    written: Option<&Name>,
    planned: &str,
) -> Problem {
    let text = &expectation.text;
    let planned = Text::new("", planned);
    let found = complaint(error.iter().next().unwrap_or(error), &planned);
    let token = found.places.first().map(|(span, _)| span.clone());
    let inside = token.as_ref().zip(written);
    let place = inside
        .and_then(|(token, written)| within(text, written, &planned, token.clone()))
        .or_else(|| word_of(expectation, planned.text.get(token?)?))
        .or_else(|| written.map(Name::span))
        .or_else(|| Some(expectation.args.columns().first()?.span()))
        .unwrap_or_else(|| expectation.span.start..text.line_end(expectation.span.start));
    let mut message = found.message;
    if written.is_none() {
        // The query is lockgate's own, and so are the names of its tables.
        let end = message.find(" in '").unwrap_or(message.len());
        message.truncate(end);
    }
    Problem::new(
        "lockgate::expect::sql",
        format!("`{}` cannot be asked: {message}", expectation.id),
    )
    .at(text, place, "here")
    .help(found.help)
}

fn complaint(error: &DataFusionError, text: &Text) -> Complaint {
    if let DataFusionError::SQL(error, _) = error.find_root() {
        let (message, span) = sql::syntax(text, error);
        return Complaint {
            message,
            places: vec![(span, "here".to_owned())],
            help: "mend the SQL here".to_owned(),
        };
    }
    match error.diagnostic() {
        Some(found) => diagnosed(found, error, text),
        None => undiagnosed(error, text),
    }
}

fn diagnosed(found: &Diagnostic, error: &DataFusionError, text: &Text) -> Complaint {
    let range = |span: datafusion::common::Span| {
        let start = text.offset(span.start.line, span.start.column);
        let end = text.offset(span.end.line, span.end.column);
        start..end.max(start)
    };
    let mut places: Vec<(Range<usize>, String)> = found
        .notes
        .iter()
        .filter_map(|note| Some((range(note.span?), note.message.clone())))
        .collect();
    if places.is_empty() {
        places.extend(found.span.map(|span| (range(span), "here".to_owned())));
    }
    let message = sql::without_place(&found.message).to_owned();
    let token = places
        .first()
        .and_then(|(span, _)| text.text.get(span.clone()));
    let table = message.starts_with("table '") && message.ends_with(" not found");
    let help = advice(found)
        .or_else(|| table.then(|| TABLES.to_owned()))
        .or_else(|| nearest(token?, error))
        .unwrap_or_else(|| "mend the query here".to_owned());
    if places.is_empty() {
        places = named(&message, text);
    }
    Complaint {
        message,
        places,
        help,
    }
}

fn undiagnosed(error: &DataFusionError, text: &Text) -> Complaint {
    let message = plain(&error.strip_backtrace());
    let (message, help) = match unfit(&error.strip_backtrace()) {
        Some(message) => (message, "cast the argument to a type that it takes"),
        None => (message, "mend the query here"),
    };
    let places = named(&message, text);
    let help = if places.is_empty() { NOWHERE } else { help };
    Complaint {
        message,
        places,
        help: help.to_owned(),
    }
}

/// What the engine's notes and helps come to.
fn advice(found: &Diagnostic) -> Option<String> {
    let notes = found.notes.iter().filter(|note| note.span.is_none());
    let notes: Vec<&str> = notes.map(|note| note.message.as_str()).collect();
    let possible = |prefix: &str| -> Vec<&str> {
        let helps = found.helps.iter().map(|help| help.message.as_str());
        let all = notes.iter().copied().chain(helps);
        all.filter_map(|text| text.strip_prefix(prefix)).collect()
    };
    let columns = possible("possible column ");
    if found.message.ends_with("is ambiguous") && !columns.is_empty() {
        return Some(format!("write `{}`", columns.join("` or `")));
    }
    let last = |name: &&str| {
        name.rsplit('.')
            .next()
            .unwrap_or(name)
            .trim_matches('"')
            .to_owned()
    };
    let mut names: Vec<String> = columns.iter().map(last).collect();
    let functions = possible("Possible function ");
    names.extend(
        functions
            .iter()
            .map(|name| name.trim_matches('\'').to_owned()),
    );
    names.dedup();
    if !names.is_empty() {
        return Some(format!("did you mean `{}`?", names.join("` or `")));
    }
    let types: Vec<&str> = notes
        .iter()
        .filter_map(|note| note.strip_prefix("has type "))
        .collect();
    if !types.is_empty() {
        return Some(format!("the types are {}: cast one", types.join(" and ")));
    }
    let helps = found.helps.iter().map(|help| help.message.as_str());
    let all: Vec<&str> = notes.into_iter().chain(helps).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Where the names stand that a message without a place quotes: few enough to be looked at.
fn named(message: &str, text: &Text) -> Vec<(Range<usize>, String)> {
    let Ok(quoted) = Regex::new(r#"['"]([^'"]+)['"]|field name (\S+)"#) else {
        return Vec::new();
    };
    let names = quoted.captures_iter(message).filter_map(|found| {
        let name = found.get(1).or(found.get(2))?.as_str();
        name.rsplit('.').next()
    });
    let places = names.map(|name| sql::words(text, name));
    let few = places
        .into_iter()
        .find(|places| (1..=3).contains(&places.len()));
    let few = few.unwrap_or_default().into_iter();
    few.map(|span| (span, "named in the message".to_owned()))
        .collect()
}

/// A function that does not take a type, without the list of all that it takes.
fn unfit(message: &str) -> Option<String> {
    let (before, after) = message.split_once(" failed to match any signature")?;
    let function = before.rsplit(' ').next()?;
    let (_, received) = after.split_once("but received ")?;
    let given = match received.split_once("(DataType: ") {
        Some((_, exact)) => exact.split(')').next()?,
        None => received.split(['.', ',']).next()?,
    };
    Some(format!(
        "the function {function} takes no argument of type {given}"
    ))
}

/// The place in the file of a token of the planned text, if it stands in what the user wrote.
fn within(
    text: &Text,
    written: &Name,
    planned: &Text,
    token: Range<usize>,
) -> Option<Range<usize>> {
    let sql = written.get_ref();
    let core = sql.trim().trim_end_matches(';');
    let body = planned.text.find(core)?;
    let part = token.start.checked_sub(body)?..token.end.checked_sub(body)?;
    if part.end > core.len() {
        return None;
    }
    let lead = sql.len() - sql.trim_start().len();
    let place = document::within(text, written, part.start + lead..part.end + lead);
    (place != written.span()).then_some(place)
}

/// The one place in the lines of an expectation where a token of the planned text stands.
fn word_of(expectation: &Expectation, token: &str) -> Option<Range<usize>> {
    let name = token.rsplit('.').next()?.trim_matches('"');
    let start = expectation.span.start;
    let rest = expectation.text.text.get(start..)?;
    let end = rest.find("\n[[").unwrap_or(rest.len());
    let word = Regex::new(&format!(r"\b{}\b", regex::escape(name))).ok()?;
    let mut found = word.find_iter(&rest[..end]);
    let (first, second) = (found.next()?, found.next());
    (second.is_none() && !name.is_empty()).then(|| start + first.start()..start + first.end())
}

/// A did-you-mean from the list of valid names that the engine's message ends in.
fn nearest(token: &str, error: &DataFusionError) -> Option<String> {
    let message = error.strip_backtrace();
    let (_, valid) = message.split_once("Valid fields are ")?;
    let names: Vec<&str> = valid
        .split(',')
        .map(|name| name.trim().trim_end_matches('.'))
        .map(|name| name.rsplit('.').next().unwrap_or(name).trim_matches('"'))
        .collect();
    let name = token.rsplit('.').next().unwrap_or(token);
    Some(suggest(name.trim_matches('"'), names))
}

/// The engine's message without the names of its own error types.
pub(super) fn plain(message: &str) -> String {
    let mut text = message;
    let prefixes = [
        "Error during planning: ",
        "Schema error: ",
        "Execution error: ",
        "External error: ",
        "Internal error: ",
        "Arrow error: ",
        "SQL error: ",
        "type_coercion\ncaused by\n",
    ];
    while let Some(rest) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        text = rest;
    }
    text.lines().next().unwrap_or_default().to_owned()
}
