//! The engine's errors as problems, each at the token it is about.

use std::ops::Range;
use std::sync::LazyLock;

use datafusion::common::{DataFusionError, Diagnostic};
use regex::{Captures, Regex};

use lockgate_core::document;
use lockgate_core::error::{Problem, Text, suggest};
use lockgate_core::expect::{Expectation, Name, body};
use lockgate_core::project::sql;

use super::QueryError;
use super::guard::{refusal, unplanned};

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
    QueryError(error): &QueryError,
    expectation: &Expectation,
    written: &[&Name],
    planned: &str,
) -> Problem {
    let text = &expectation.text;
    let planned = Text::new("", planned);
    let found = complaint(error.iter().next().unwrap_or(error), &planned);
    let token = found.places.first().map(|(span, _)| span.clone());
    let mut inside = token.iter().flat_map(|token| {
        let written = written.iter();
        written.map(move |written| (token.clone(), *written))
    });
    let place = inside
        .find_map(|(token, written)| within(text, written, &planned, token))
        .or_else(|| word_of(expectation, planned.text.get(token.clone()?)?))
        .or_else(|| written.first().map(|written| written.span()))
        .or_else(|| Some(expectation.args.columns().first()?.span()))
        .unwrap_or_else(|| expectation.span.start..text.line_end(expectation.span.start));
    let mut message = found.message;
    if written.is_empty() {
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
    if let Some(refused) = refusal(error) {
        let span = trimmed(text, sql::range(text, refused.span));
        let places = (!span.is_empty()).then(|| (span, "here".to_owned()));
        return Complaint {
            message: refused.message.clone(),
            places: places.into_iter().collect(),
            help: refused.help.clone(),
        };
    }
    if let DataFusionError::SQL(error, _) = error.find_root() {
        let (message, span) = sql::syntax(text, error);
        return Complaint {
            message,
            places: vec![(span, "here".to_owned())],
            help: "mend the SQL here".to_owned(),
        };
    }
    if let Some(found) = unplanned(&error.strip_backtrace(), text) {
        return Complaint {
            message: found.message.to_owned(),
            places: vec![(found.place, "here".to_owned())],
            help: found.help,
        };
    }
    match error.diagnostic() {
        Some(found) => diagnosed(found, error, text),
        None => undiagnosed(error, text),
    }
}

/// A range without the blanks at its ends.
fn trimmed(text: &Text, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.text.get(range.clone()) else {
        return range;
    };
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
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
        .filter_map(|note| Some((range(note.span?), named_types(&note.message))))
        .collect();
    if places.is_empty() {
        places.extend(found.span.map(|span| (range(span), "here".to_owned())));
    }
    let message = named_types(sql::without_place(&found.message));
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
        Some(message) => (
            message,
            "give the function the arguments that it takes; cast one to the type it wants",
        ),
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
    // Of one side the engine may know the place, of the other not.
    let all = found.notes.iter().map(|note| note.message.as_str());
    let types: Vec<&str> = all
        .filter_map(|note| note.strip_prefix("has type "))
        .collect();
    if !types.is_empty() {
        let types: Vec<String> = types.into_iter().map(named_types).collect();
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
    let names = quoted
        .captures_iter(message)
        .filter_map(|found| Some(found.get(1).or(found.get(2))?.as_str()));
    let places = names.map(|name| {
        let last = name.rsplit('.').next().unwrap_or(name);
        match sql::words(text, last) {
            places if places.is_empty() => sql::literals(text, name),
            places => places,
        }
    });
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
    // The engine counts the arguments where their number is wrong.
    if given.trim().parse::<usize>().is_ok() {
        return Some(format!(
            "the function {function} takes another number of arguments than {}",
            given.trim()
        ));
    }
    Some(format!(
        "the function {function} takes no argument of type {}",
        named_types(given)
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
    let core = body(sql);
    let body = planned.text.find(core)?;
    let part = token.start.checked_sub(body)?..token.end.checked_sub(body)?;
    if part.end > core.len() {
        return None;
    }
    let lead = core.as_ptr().addr() - sql.as_ptr().addr();
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
    // What the engine was at is said before the cause.
    let mut text = message.rsplit("\ncaused by\n").next().unwrap_or(message);
    let prefixes = [
        "Error during planning: ",
        "Schema error: ",
        "Execution error: ",
        "External error: ",
        "Internal error: ",
        "Arrow error: ",
        "Cast error: ",
        "Parser error: ",
        "Compute error: ",
        "SQL error: ",
    ];
    while let Some(rest) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        text = rest;
    }
    named_types(text.lines().next().unwrap_or_default())
}

/// The message with the types by the names that contracts have for them, texts in quotes apart.
fn named_types(message: &str) -> String {
    static TYPES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(TYPE).ok());
    let Some(types) = TYPES.as_ref() else {
        return message.to_owned();
    };
    let named = types.replace_all(message, |found: &Captures<'_>| {
        let kind = match &found[1] {
            quoted if quoted.starts_with(['\'', '"']) => return found[0].to_owned(),
            "Utf8" | "LargeUtf8" | "Utf8View" => "text",
            "Boolean" => "bool",
            "Date32" | "Date64" => "date",
            "Null" => "null",
            nested if nested.starts_with("Interval") => "interval",
            number if number.contains("Int") => "int",
            number if number.starts_with("Float") => "float",
            nested if nested.starts_with("Timestamp") => "timestamp",
            nested if nested.starts_with("Decimal") => "decimal",
            _ => "list",
        };
        kind.to_owned()
    });
    named.into_owned()
}

/// A text in quotes, or an Arrow type as the engine writes it.
const TYPE: &str = r#"(?x) (
    '[^']*' | "[^"]*"
    | \b (?: LargeUtf8 | Utf8View | Utf8 | Boolean | Date32 | Date64 | Null
        | U?Int(?:8|16|32|64) | Float(?:16|32|64) ) \b
    | \b (?: Timestamp | (?:Large)?List ) \( (?: [^()] | \([^()]*\) )* \)
    | \b Interval \( [^()]* \)
    | \b Decimal(?:32|64|128|256) \( [^()]* \)
)"#;

#[cfg(test)]
mod tests {
    use super::named_types;

    #[test]
    fn types_have_the_names_of_contracts() {
        for (message, named) in [
            (
                "Cannot cast string 'Utf8' to value of Int32 type",
                "Cannot cast string 'Utf8' to value of int type",
            ),
            ("has type Utf8View", "has type text"),
            (
                "Timestamp(µs, \"UTC\") and Decimal128(38, 10)",
                "timestamp and decimal",
            ),
            ("List(Utf8) = Boolean", "list = bool"),
            ("Interval(MonthDayNano), UInt64", "interval, int"),
            ("column Int64s of UInt8", "column Int64s of int"),
        ] {
            assert_eq!(named_types(message), named);
        }
    }
}
