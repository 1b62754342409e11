//! The catalogue of kinds, cleaners and functions as pages for a person.

mod cleaner;
mod schema;
mod unit;

pub use schema::{schema, schema_names};

use serde_json::{Value, json};

use crate::clean::CLEANERS;
use crate::engine::FUNCTIONS;
use crate::error::{Error, Problem, Result, suggest};
use crate::expect::{Arg, COMMON, KINDS, Kind, kind};

/// The name of a file, a line on it, its page.
type Page = (&'static str, &'static str, fn() -> String);

/// Files that have a page.
const FILES: &[Page] = &[
    (unit::NAME, unit::SUMMARY, unit::page),
    (cleaner::NAME, cleaner::SUMMARY, cleaner::page),
];

/// One line for each kind, cleaner and function.
pub fn catalogue() -> String {
    let names = KINDS.iter().map(|kind| (kind.name, kind.summary));
    let mut text = section("Expectation kinds", names);
    let names = CLEANERS
        .iter()
        .map(|cleaner| (cleaner.name, cleaner.summary));
    text.push_str(&section("Cleaners", names));
    let names = FUNCTIONS
        .iter()
        .map(|function| (function.usage, function.about));
    text.push_str(&section("SQL functions", names));
    let files = FILES.iter().map(|(name, summary, _)| (*name, *summary));
    text.push_str(&section("Files", files));
    text.push_str("lockgate explain NAME prints the page of one.\n");
    text
}

/// As [`catalogue`], as JSON: `kinds`, `cleaners`, `functions` and `files`, each with a `name` and a `summary`.
pub fn catalogue_json() -> Value {
    let entry = |name: &str, summary: &str| json!({ "name": name, "summary": summary });
    let kinds = KINDS.iter().map(|it| entry(it.name, it.summary));
    let cleaners = CLEANERS.iter().map(|it| entry(it.name, it.summary));
    let functions = FUNCTIONS.iter().map(|it| entry(it.name, it.about));
    let files = FILES.iter().map(|(name, summary, _)| entry(name, summary));
    json!({
        "kinds": kinds.collect::<Vec<_>>(),
        "cleaners": cleaners.collect::<Vec<_>>(),
        "functions": functions.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

fn section<'a>(title: &str, lines: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let width = lines.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = format!("{title}\n");
    for (name, summary) in lines {
        text.push_str(&format!("  {name:width$}  {summary}\n"));
    }
    text.push('\n');
    text
}

/// The page of one kind, cleaner or function.
pub fn explain(name: &str) -> Result<String> {
    if let Some(kind) = kind(name) {
        return Ok(page(kind));
    }
    if let Some(cleaner) = crate::clean::cleaner(name) {
        let mut text = format!(
            "{}: {}\n\n{}\n\nExamples\n",
            cleaner.name, cleaner.summary, cleaner.about
        );
        for (raw, clean) in cleaner.examples {
            let clean = clean.map_or("null".to_owned(), |clean| format!("{clean:?}"));
            text.push_str(&format!("  {raw:?} -> {clean}\n"));
        }
        return Ok(text);
    }
    if let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) {
        return Ok(format!("{}\n\n{}\n", function.usage, function.about));
    }
    if let Some((_, _, page)) = FILES.iter().find(|(file, ..)| *file == name) {
        return Ok(page());
    }
    let kinds = KINDS.iter().map(|kind| kind.name);
    let cleaners = CLEANERS.iter().map(|cleaner| cleaner.name);
    let functions = FUNCTIONS.iter().map(|function| function.name);
    let files = FILES.iter().map(|(name, ..)| *name);
    Err(Error::project(
        Problem::new(
            "lockgate::explain",
            format!("there is no kind, cleaner or function `{name}`"),
        )
        .help(suggest(
            name,
            kinds.chain(cleaners).chain(functions).chain(files),
        )),
    ))
}

/// As [`explain`], as JSON: the page as `text`, and a kind's arguments and examples each by itself.
pub fn explain_json(name: &str) -> Result<Value> {
    let mut page = json!({ "name": name, "text": explain(name)? });
    let Some(kind) = kind(name) else {
        return Ok(page);
    };
    let arguments = kind.args.iter().chain(&COMMON).map(|arg| {
        json!({
            "name": arg.name,
            "takes": arg.takes.words(),
            "required": arg.required,
            "about": arg.about,
        })
    });
    let examples = kind.examples.iter();
    let examples =
        examples.map(|it| json!({ "toml": it.toml, "passes": it.passes, "fails": it.fails }));
    page["summary"] = json!(kind.summary);
    page["arguments"] = arguments.collect();
    page["examples"] = examples.collect();
    Ok(page)
}

fn page(kind: &Kind) -> String {
    let mut text = format!("{}: {}\n\n", kind.name, kind.summary);
    for paragraph in kind.about.lines() {
        text.push_str(&filled(paragraph, ""));
    }
    text.push_str("\nArguments\n\n");
    for arg in kind.args {
        text.push_str(&argument(arg));
    }
    text.push_str("\nAs every kind\n\n");
    for arg in COMMON.iter().filter(|arg| arg.name != "kind") {
        text.push_str(&argument(arg));
    }
    for example in kind.examples {
        text.push_str("\nExample\n\n  [[expect]]\n");
        for line in example.toml.lines() {
            text.push_str(&format!("  {line}\n"));
        }
        for (name, sql) in example.others {
            text.push_str(&format!("\n  with {name} as  {sql}\n"));
        }
        text.push_str(&format!("\n  passes on  {}\n", example.passes));
        text.push_str(&format!("  fails on   {}\n", example.fails));
    }
    text
}

/// An argument with what may be written and what it means.
fn argument(arg: &Arg) -> String {
    let needed = if arg.required { ", required" } else { "" };
    let head = format!("  {}: {}{needed}\n", arg.name, arg.takes.words());
    head + &filled(arg.about, "      ")
}

/// Letters in a line, at most.
const WIDTH: usize = 100;

/// The text in lines that fit, each indented.
fn filled(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty()
            && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH
        {
            lines.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push_str(&format!("{indent}{line}\n"));
    lines
}
