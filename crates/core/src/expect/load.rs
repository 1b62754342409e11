//! From `expectations/<layer>/<model>.toml`, and from a contract, to expectations.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::contract::Contract;
use crate::document;
use crate::error::{Problem, Text};
use crate::outcome::Severity;

use super::advice::{nearest_kinds, no_tolerance, unknown_keys};
use super::change::removed_problems;
use super::common::SkipNull;
use super::rows::NotNull;
use super::shape::Unique;
use super::{Arg, Expectation, Measure, Name, Origin, Subject, Takes, Tolerance, kind};

/// The keys every kind has; what is left over belongs to the kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    kind: Name,
    #[serde(default)]
    id: Option<Name>,
    #[serde(default)]
    because: Option<String>,
    #[serde(default)]
    severity: Severity,
    #[serde(default)]
    allow: Option<Spanned<Allow>>,
    #[serde(default, rename = "where")]
    filter: Option<Name>,
    #[serde(default)]
    on_fail: Option<Spanned<OnFail>>,
    #[serde(default)]
    missing: Option<Spanned<Vec<String>>>,
    /// Why it asks for less than it did: what a comparison with a base wants to read.
    #[serde(default)]
    weakened: Option<Name>,
}

/// What becomes of the rows that violate.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnFail {
    Quarantine,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Allow {
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    rows: Option<u64>,
}

/// The keys every kind has, beside its own arguments.
pub const COMMON: [Arg; 9] = [
    Arg::required("kind", Takes::Text, "what is expected: the name of a kind"),
    Arg::optional(
        "id",
        Takes::Text,
        "unique within the model; by default the kind and its columns",
    ),
    Arg::optional("because", Takes::Text, "why you ask: shown where it fails"),
    Arg::optional(
        "severity",
        Takes::Word(&["error", "warn"]),
        "\"error\" (the default) closes the gate, \"warn\" only tells",
    ),
    Arg::optional(
        "allow",
        Takes::Tolerance,
        "violations that still pass; by default none",
    ),
    Arg::optional(
        "where",
        Takes::Sql,
        "a condition on one row: only these rows are asked about",
    ),
    Arg::optional(
        "on_fail",
        Takes::Word(&["quarantine"]),
        "\"quarantine\" sets the violating rows aside, with the reason, and lets the rest pass",
    ),
    Arg::optional(
        "missing",
        Takes::Texts,
        "words that count as null in the columns asked about, to the letter, such as [\"\", \"N/A\", \"-\"]",
    ),
    Arg::optional(
        "weakened",
        Takes::Text,
        "why it asks for less than it did: `check --base` stops a gate that became weaker without saying so",
    ),
];

/// Reads an expectations file: the expectations that are right, and every problem of the others.
pub fn load(text: &Text) -> (Vec<Expectation>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut document = match document::document(text) {
        Ok(document) => document,
        Err(problems) => return (Vec::new(), problems),
    };
    let list = document.get_mut().remove("expect");
    let removed = document.get_mut().remove("removed");
    for key in document.get_ref().keys() {
        problems.push(
            Problem::new(
                "lockgate::toml::unknown_key",
                format!("unknown key `{}`", key.get_ref()),
            )
            .at(text, key.span(), "not a key of an expectations file")
            .help("an expectations file is a list of [[expect]] and [[removed]] tables"),
        );
    }
    let mut expectations: Vec<Expectation> = Vec::new();
    let help = "write [[expect]] above each expectation";
    for table in document::tables(text, ("expect", list), help, &mut problems) {
        let span = table.span();
        match one(text, table, span) {
            Ok(expectation) => add(text, &mut expectations, expectation, &mut problems),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(removed_problems(text, removed, &expectations));
    (expectations, problems)
}

type Table<'t> = Spanned<DeTable<'t>>;

/// Two expectations of one id would be one line of the history.
fn add(text: &Text, all: &mut Vec<Expectation>, new: Expectation, problems: &mut Vec<Problem>) {
    match all.iter().find(|other| other.id == new.id) {
        None => all.push(new),
        Some(other) => problems.push(
            Problem::new(
                "lockgate::expect::duplicate_id",
                format!("two expectations have the id `{}`", new.id),
            )
            .at(text, head(text, &other.span), "the first")
            .at(text, head(text, &new.span), "the second")
            .help("give one of them an `id` of its own"),
        ),
    }
}

/// The first line of a span.
fn head(text: &Text, span: &Range<usize>) -> Range<usize> {
    let end = text.text[span.clone()]
        .find('\n')
        .map_or(span.end, |n| span.start + n);
    span.start..end
}

/// The keys of these names, out of the table.
fn taken<'t>(table: &mut Table<'t>, args: &[Arg]) -> DeTable<'t> {
    let mut found = DeTable::new();
    for arg in args {
        if let Some((key, value)) = table.get_mut().remove_entry(arg.name) {
            found.insert(key, value);
        }
    }
    found
}

fn one(text: &Text, table: Table<'_>, span: Range<usize>) -> Result<Expectation, Vec<Problem>> {
    let mut own = table;
    let common = taken(&mut own, &COMMON);
    if let Some((_, allow)) = common.get_key_value("allow")
        && !matches!(allow.get_ref(), DeValue::Table(_))
    {
        return Err(vec![no_tolerance(text, allow)]);
    }
    let common: Common = document::typed(text, Spanned::new(span.clone(), common))?;
    let Some(kind) = kind(common.kind.get_ref()) else {
        let name = common.kind.get_ref();
        return Err(vec![
            Problem::new(
                "lockgate::expect::unknown_kind",
                format!("no expectation kind is called `{name}`"),
            )
            .at(text, common.kind.span(), "not a kind")
            .help(nearest_kinds(name)),
        ]);
    };
    let mut problems = unknown_keys(text, &own, kind);
    let strays = !problems.is_empty();
    let own = Spanned::new(own.span(), taken(&mut own, kind.args));
    let reason = common.weakened.as_ref();
    problems.extend(reason.and_then(|reason| {
        let help = "say why the gate may be weaker than it was, in a sentence";
        document::unsaid(text, reason, "lockgate::expect::reason", help)
    }));
    let quarantine = common.on_fail.is_some();
    let allowed = common.allow.as_ref().map(Spanned::span);
    let mut allow = tolerance(text, common.allow, &mut problems);
    let given = allow;
    if quarantine && allow.is_none() {
        allow = Tolerance::share(1.0);
    }
    let args = match (kind.load)(text, own) {
        Ok(args) if problems.is_empty() => args,
        Ok(_) => return Err(problems),
        Err(found) => {
            let placed = |problem: Problem| match problem.place() {
                Some(_) => problem,
                None => problem.at(text, head(text, &span), "of this expectation"),
            };
            // A key that is missing is probably the one that is misspelt.
            let found = found
                .into_iter()
                .filter(|problem| !(strays && problem.code() == "lockgate::toml::missing_key"));
            problems.extend(found.map(placed));
            return Err(problems);
        }
    };
    if let (Some(allowed), Some(given)) = (allowed, given)
        && let Some(why) = intolerant(args.as_ref(), given)
    {
        return Err(vec![
            Problem::new(
                "lockgate::expect::argument",
                format!("`allow` does not go with `{}`", kind.name),
            )
            .at(text, allowed, why)
            .help("take it out, or move the bound"),
        ]);
    }
    if let Some(on_fail) = &common.on_fail
        && !matches!(args.lower(&Subject::nothing()), Measure::Rows { .. })
    {
        return Err(vec![
            Problem::new(
                "lockgate::expect::quarantine",
                format!("`{}` has no single rows to set aside", kind.name),
            )
            .at(text, on_fail.span(), "not for this kind")
            .help("take `on_fail` out, or ask a kind that judges each row, such as `holds`"),
        ]);
    }
    if let (Some(filter), Some(why)) = (&common.filter, args.whole()) {
        return Err(vec![
            Problem::new(
                "lockgate::expect::argument",
                format!("`where` does not go with `{}`", kind.name),
            )
            .at(text, filter.span(), why)
            .help("take it out"),
        ]);
    }
    if let Some(missing) = &common.missing {
        let problems = missing_problems(text, missing, kind.name, args.as_ref());
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    let columns: Vec<&str> = args
        .columns()
        .into_iter()
        .map(|name| name.get_ref().as_str())
        .collect();
    let id = common
        .id
        .map_or_else(|| default_id(kind.name, &columns), Spanned::into_inner);
    Ok(Expectation {
        id,
        kind,
        because: common.because,
        severity: common.severity,
        allow: allow.unwrap_or_default(),
        filter: common.filter,
        missing: common.missing.map(Spanned::into_inner).unwrap_or_default(),
        quarantine,
        args: args.into(),
        definition: None,
        origin: Origin::File,
        text: text.clone(),
        span,
    })
}

/// Words that count as null say nothing where no column of values is named.
fn missing_problems(
    text: &Text,
    missing: &Spanned<Vec<String>>,
    kind: &str,
    args: &dyn super::Lower,
) -> Vec<Problem> {
    if args.columns().is_empty() || args.whole().is_some() || !args.sql().is_empty() {
        let message =
            format!("`missing` does not go with `{kind}`, which names no column of values");
        let help = "take it out; in SQL write nullif(column, 'N/A')";
        return super::common::wrong(text, missing.span(), message, help);
    }
    super::common::empty(text, missing, "missing", "no word counts as null")
}

/// Why no violations can be allowed of it; `None`: they can.
fn intolerant(args: &dyn super::Lower, allow: Tolerance) -> Option<&'static str> {
    if let Measure::Value { .. } = args.lower(&Subject::nothing()) {
        return Some("one value is measured, which lies within the bounds or not");
    }
    args.intolerant(matches!(allow, Tolerance::Share(_)))
}

fn default_id(kind: &str, columns: &[&str]) -> String {
    if columns.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}({})", columns.join(","))
    }
}

fn tolerance(
    text: &Text,
    allow: Option<Spanned<Allow>>,
    problems: &mut Vec<Problem>,
) -> Option<Tolerance> {
    let allow = allow?;
    let span = allow.span();
    let read = match allow.into_inner() {
        Allow {
            share: Some(share),
            rows: None,
        } => Tolerance::share(share),
        Allow {
            share: None,
            rows: Some(rows),
        } => Some(Tolerance::Rows(rows)),
        _ => None,
    };
    if read.is_none() {
        problems.push(
            Problem::new("lockgate::expect::argument", "`allow` is not a tolerance")
                .at(text, span, "here")
                .help(
                    "write `allow = { share = 0.03 }`, between 0 and 1, or `allow = { rows = 5 }`",
                ),
        );
    }
    read
}

/// What a contract promises that only the data can confirm: that its key does
/// not repeat, and that no null stands where none may.
pub fn implied(contract: &Contract, text: &Text) -> Vec<Expectation> {
    let expectation = |id: String, name: &str, args: Arc<dyn super::Lower>, span: Range<usize>| {
        kind(name).map(|kind| Expectation {
            id,
            kind,
            because: Some("the contract promises it".to_owned()),
            severity: Severity::Error,
            allow: Tolerance::default(),
            filter: None,
            missing: Vec::new(),
            quarantine: false,
            args,
            definition: None,
            origin: Origin::Contract,
            text: text.clone(),
            span,
        })
    };
    let mut all = Vec::new();
    if let Some(first) = contract.key.first() {
        let args = Arc::new(Unique {
            columns: contract.key.clone(),
            // A null is a value of a key: two rows that share it are not told apart.
            skip_null: SkipNull::Never,
        });
        all.extend(expectation("key".to_owned(), "unique", args, first.span()));
    }
    for (name, column) in &contract.columns {
        if !column.null {
            let args = Arc::new(NotNull {
                column: name.clone(),
            });
            let id = default_id("not_null", &[name.get_ref()]);
            all.extend(expectation(id, "not_null", args, name.span()));
        }
    }
    all
}
