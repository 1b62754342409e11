//! What several families of kinds share.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::bound::Given;
use super::sql::{ident, relation};
use super::{Name, Pair, Subject};

pub(super) const TEXT: &[Type] = &[Type::Text];
pub(super) const NUMERIC: &[Type] = &[Type::Int, Type::Float, Type::Decimal];
pub(super) const DATED: &[Type] = &[Type::Date, Type::Timestamp];
/// What has a least and a greatest value that a person would bound.
pub(super) const ORDERED: &[Type] = &[
    Type::Int,
    Type::Float,
    Type::Decimal,
    Type::Date,
    Type::Timestamp,
];

/// The rows where `column` is not null.
pub(super) fn present(column: &Name) -> Option<String> {
    Some(format!("{} IS NOT NULL", ident(column.get_ref())))
}

/// A problem with one argument, at its place; with the arguments together, where the span is empty.
pub(super) fn wrong(
    text: &Text,
    span: Range<usize>,
    message: impl Into<String>,
    help: &str,
) -> Vec<Problem> {
    let problem = Problem::new("lockgate::expect::argument", message).help(help);
    vec![if span.is_empty() {
        problem
    } else {
        problem.at(text, span, "here")
    }]
}

/// An empty list of values is a slip: `consequence` says what it would do.
pub(super) fn empty<T>(
    text: &Text,
    list: &Spanned<Vec<T>>,
    name: &str,
    consequence: &str,
) -> Vec<Problem> {
    if !list.get_ref().is_empty() {
        return Vec::new();
    }
    let message = format!("`{name}` is empty: {consequence}");
    wrong(text, list.span(), message, "list at least one")
}

/// What is wrong with the ends of a kind together; `help` is told where none is given.
pub(super) fn contradiction(
    text: &Text,
    place: Range<usize>,
    given: &Given,
    (any, all): (&str, &str),
) -> Vec<Problem> {
    match given.wrong() {
        None => Vec::new(),
        Some((message, help)) if message.starts_with("no bound") => {
            let message = format!("no bound is given: any {any} would pass");
            wrong(
                text,
                place,
                message,
                if all.is_empty() { help } else { all },
            )
        }
        Some((message, help)) => wrong(text, place, message, help),
    }
}

/// The narrowed rows with a value in each of the columns, as a subquery named `t`.
pub(super) fn present_rows(subject: &Subject, column: &str) -> String {
    format!(
        "(SELECT * FROM {} WHERE {column} IS NOT NULL) AS t",
        subject.rows()
    )
}

/// Which rows of a kind over several columns are not asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SkipNull {
    #[default]
    Any,
    All,
    Never,
}

impl SkipNull {
    /// What a key asks by default: a row of nulls alone is none, another with a null may not repeat.
    pub(super) fn of_a_key() -> Self {
        Self::All
    }

    /// The rows that are asked; `None`: every row.
    pub(super) fn among(self, columns: &[Name]) -> Option<String> {
        let present: Vec<String> = columns
            .iter()
            .map(|column| format!("{} IS NOT NULL", ident(column.get_ref())))
            .collect();
        match self {
            Self::Any => Some(present.join(" AND ")),
            Self::All => Some(format!("({})", present.join(" OR "))),
            Self::Never => None,
        }
    }
}

/// `model.column` taken apart, the model as SQL; a column with a dot in its name is quoted as in SQL:
/// `model."price.usd"`.
pub(super) fn column_of(name: &str) -> Option<(&str, String, String)> {
    let (model, column) = parts(name)?;
    Some((model, relation(model), ident(&column)))
}

/// As [`column_of`], both as they are called.
fn parts(name: &str) -> Option<(&str, String)> {
    let (model, column) = match name.split_once(".\"") {
        Some((model, rest)) => (model, rest.strip_suffix('"')?.replace("\"\"", "\"")),
        None => {
            let (model, column) = name.rsplit_once('.')?;
            (model, column.to_owned())
        }
    };
    let told = !(model.is_empty() || column.is_empty());
    told.then_some((model, column))
}

/// A column held against the values of `model.column`.
pub(super) fn joined<'a>(column: &'a Name, other: &Name) -> Option<Pair<'a>> {
    let (model, with) = parts(other.get_ref())?;
    Some(Pair {
        column,
        model: Some(model.to_owned()),
        with,
        place: other.span(),
        by_day: false,
    })
}

/// What is wrong with `model.column`.
pub(super) fn column_of_problems(text: &Text, name: &Name, argument: &str) -> Vec<Problem> {
    if column_of(name.get_ref()).is_some() {
        return Vec::new();
    }
    let message = format!("`{argument}` does not name a column of a model");
    let help =
        "write `model.column`; a column with a dot in its name in quotes: `model.\"column\"`";
    wrong(text, name.span(), message, help)
}

/// The model of `model.column`, at its place.
pub(super) fn model_of(name: &Name) -> Option<Name> {
    let (model, ..) = column_of(name.get_ref())?;
    Some(Spanned::new(name.span(), model.to_owned()))
}
