//! Values, or sets of values, that occur in another model.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, Takes};
use super::common::{SkipNull, column_of, column_of_problems, joined, model_of, wrong};
use super::kind::load_as;
use super::sql::{ident, relation};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefersTo {
    #[serde(default)]
    column: Option<Name>,
    #[serde(default)]
    to: Option<Name>,
    #[serde(default)]
    columns: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    model: Option<Name>,
    #[serde(default)]
    model_columns: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    skip_null: Option<Spanned<SkipNull>>,
}

pub(super) const REFERS_TO: Kind = Kind {
    name: "refers_to",
    summary: "every value, or set of values, occurs in another model",
    about: "A row whose value does not occur in the other column violates. Values are compared to the letter. Several         columns together, as of a foreign key, are named by `columns` and `model`: the other model must have one row         with all of the values.\n\
        Nulls are not asked: of several columns, a row with a null in one of them is not, and `skip_null` says         otherwise; what is asked in spite of a null occurs nowhere. A column of nulls alone, or an empty table, is         skipped. Where the other model is empty every value violates; where its gate is closed nothing is asked.",
    args: &[
        Arg::optional("column", Takes::Column, "the column asked about"),
        Arg::optional("to", Takes::ColumnOf, "where each of its values must occur"),
        Arg::optional(
            "columns",
            Takes::Columns,
            "in place of `column`: the columns asked about together",
        ),
        Arg::optional(
            "model",
            Takes::Model,
            "with `columns`, in place of `to`: the other model",
        ),
        Arg::optional(
            "model_columns",
            Takes::ColumnsOf("model"),
            "what the other model calls them, in the same order; by default the same",
        ),
        Arg::optional(
            "skip_null",
            Takes::Word(&["any", "all", "never"]),
            "with `columns`, which rows are not asked: those with a null in any of them (the default), in all of them, or none",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'refers_to'\ncolumn = 'lead'\nto = 'leads.id'",
            passes: "SELECT * FROM (VALUES (1), (NULL)) AS t(lead)",
            fails: "SELECT * FROM (VALUES (1), (3)) AS t(lead)",
            others: &[("leads", "SELECT * FROM (VALUES (1), (2)) AS t(id)")],
        },
        Example {
            toml: "kind = 'refers_to'\ncolumns = ['state', 'county']\nmodel = 'counties'\nmodel_columns = ['state', 'name']",
            passes: "SELECT * FROM (VALUES ('NV', 'Clark'), ('OK', NULL)) AS t(state, county)",
            fails: "SELECT * FROM (VALUES ('NV', 'Clark'), ('OK', 'Clark')) AS t(state, county)",
            others: &[(
                "counties",
                "SELECT * FROM (VALUES ('NV', 'Clark'), ('OK', 'Tulsa')) AS t(state, name)",
            )],
        },
    ],
    load: load_as::<RefersTo>,
};

impl RefersTo {
    /// The columns asked about.
    fn here(&self) -> &[Name] {
        let several = self
            .columns
            .as_ref()
            .map(|columns| columns.get_ref().as_slice());
        several.unwrap_or(self.column.as_slice())
    }

    /// The other model and its columns, as SQL.
    fn there(&self) -> (String, Vec<String>) {
        if let Some((_, model, to)) = self.to.as_ref().and_then(|to| column_of(to.get_ref())) {
            return (model, vec![to]);
        }
        let model = self.model.as_ref().map(|model| relation(model.get_ref()));
        let renamed = self
            .model_columns
            .as_ref()
            .map(|columns| columns.get_ref().as_slice());
        let columns = renamed.unwrap_or_else(|| self.here()).iter();
        let columns = columns.map(|column| ident(column.get_ref())).collect();
        (model.unwrap_or_default(), columns)
    }

    /// What is wrong with the forms together, where it is and what to do.
    fn mixed(&self) -> Option<(Range<usize>, String, &'static str)> {
        let one = "write `column = \"lead\"` with `to = \"leads.id\"`";
        let several = "write `columns = [\"state\", \"county\"]` with `model = \"counties\"`";
        let stray = |name: &str| format!("`{name}` goes with `columns`");
        match (&self.column, &self.columns) {
            (Some(column), None) => {
                let model = self.model.as_ref().map(|model| (model.span(), "model"));
                let others = self.model_columns.as_ref();
                let others = others.map(|others| (others.span(), "model_columns"));
                let skip = self
                    .skip_null
                    .as_ref()
                    .map(|skip| (skip.span(), "skip_null"));
                let stray = model
                    .or(others)
                    .or(skip)
                    .map(|(span, name)| (span, stray(name), one));
                let none = || {
                    (
                        column.span(),
                        "`to` is missing: where must it occur?".to_owned(),
                        one,
                    )
                };
                stray.or_else(|| self.to.is_none().then(none))
            }
            (None, Some(columns)) => {
                if let Some(to) = &self.to {
                    return Some((to.span(), "`to` goes with `column`".to_owned(), several));
                }
                let wanted = columns.get_ref().len();
                if wanted == 0 {
                    let message = "`columns` is empty: nothing would be asked".to_owned();
                    return Some((columns.span(), message, several));
                }
                if self.model.is_none() {
                    let message = "`model` is missing: where must they occur?".to_owned();
                    return Some((columns.span(), message, several));
                }
                let others = self.model_columns.as_ref()?;
                let found = others.get_ref().len();
                let message = format!("there are {found} `model_columns` for {wanted} `columns`");
                (found != wanted).then_some((
                    others.span(),
                    message,
                    "name one for each, in the same order",
                ))
            }
            _ => {
                let message = "exactly one of `column` and `columns` is needed".to_owned();
                Some((0..0, message, one))
            }
        }
    }
}

impl Lower for RefersTo {
    fn lower(&self, subject: &Subject) -> Measure {
        let (model, there) = self.there();
        let here = self.here().iter().map(|column| ident(column.get_ref()));
        let pairs = here.zip(&there);
        let pairs: Vec<String> = pairs
            .map(|(here, there)| format!("value_of(t.{here}) = value_of(o.{there})"))
            .collect();
        let skip = self
            .skip_null
            .as_ref()
            .map_or_else(SkipNull::default, |skip| *skip.get_ref());
        let asked = match skip.among(self.here()) {
            Some(among) => format!("(SELECT * FROM {} WHERE {among})", subject.rows()),
            None => subject.rows(),
        };
        let missing = format!(
            "FROM {asked} AS t LEFT ANTI JOIN {model} AS o ON {}",
            pairs.join(" AND ")
        );
        Measure::Query {
            count: format!(
                "SELECT (SELECT count(*) {missing}), (SELECT count(*) FROM {asked}) AS asked"
            ),
            rows: format!("SELECT t.* {missing}"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.here().iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        let one = self.to.as_ref().and_then(model_of);
        one.or_else(|| self.model.clone()).into_iter().collect()
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        if let (Some(column), Some(to)) = (&self.column, &self.to) {
            return joined(column, to).into_iter().collect();
        }
        let renamed = self.model_columns.as_ref().map(Spanned::get_ref);
        let others = renamed.map_or(self.here(), Vec::as_slice);
        let pairs = self.here().iter().zip(others);
        let model = self.model.as_ref().map(|model| model.get_ref().clone());
        let pair = |(column, other): (_, &Name)| Pair {
            column,
            model: model.clone(),
            with: other.get_ref().clone(),
            place: other.span(),
            by_day: false,
        };
        pairs.map(pair).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if let Some((span, message, help)) = self.mixed() {
            return wrong(text, span, message, help);
        }
        match &self.to {
            Some(to) => column_of_problems(text, to, "to"),
            None => Vec::new(),
        }
    }
}
