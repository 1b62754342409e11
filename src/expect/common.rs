//! What several families of kinds share.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::sql::{Literal, ident, relation};
use super::{Name, Subject};

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

/// SQL values with commas between.
pub(super) fn listed(values: &[Spanned<Literal>]) -> String {
    let values: Vec<&str> = values.iter().map(|value| value.get_ref().sql()).collect();
    values.join(", ")
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

/// `model.column` taken apart, the model as SQL.
pub(super) fn column_of(name: &str) -> Option<(&str, String, String)> {
    let (model, column) = name.rsplit_once('.')?;
    Some((model, relation(model), ident(column)))
}

/// What is wrong with `model.column`.
pub(super) fn column_of_problems(text: &Text, name: &Name, argument: &str) -> Vec<Problem> {
    if column_of(name.get_ref()).is_some() {
        return Vec::new();
    }
    let message = format!("`{argument}` does not name a column of a model");
    wrong(text, name.span(), message, "write `model.column`")
}

/// The model of `model.column`, at its place.
pub(super) fn model_of(name: &Name) -> Option<Name> {
    let (model, ..) = column_of(name.get_ref())?;
    Some(Spanned::new(name.span(), model.to_owned()))
}
