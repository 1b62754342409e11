//! One column held against another, or against a value, row by row.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, SKIP_NULL, Takes};
use super::bound::Unit;
use super::common::{NUMERIC, SkipNull, wrong};
use super::kind::load_as;
use super::pairs::beside;
use super::same_rows::within;
use super::sql::{Literal, float, ident};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compare {
    column: Name,
    is: Spanned<Relation>,
    #[serde(default)]
    to: Option<Name>,
    #[serde(default)]
    value: Option<Spanned<Literal>>,
    #[serde(default)]
    tolerance: Option<Spanned<f64>>,
    #[serde(default)]
    skip_null: SkipNull,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Relation {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Relation {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

pub(super) const COMPARE: Kind = Kind {
    name: "compare",
    summary: "one column is equal to, greater or less than another, or than a value, row by row",
    about: "A row for which it is not so violates, and so does one with NaN, which is neither greater nor less nor equal. \
        Numbers compare as numbers; a date beside a timestamp stands for its whole day (UTC); text beside a number is \
        refused. With a `tolerance` numbers that lie no farther apart than that are equal: decimal fractions such as 0.1 \
        are not exact in a column of floats. A row with a null in one of the two columns is not asked; with \
        `skip_null = \"all\"` it violates unless both are null, with `\"never\"` always.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required("column", Takes::Column, "the one column"),
        Arg::required(
            "is",
            Takes::Word(&[
                "equal",
                "not_equal",
                "greater",
                "greater_or_equal",
                "less",
                "less_or_equal",
            ]),
            "how it is to the other",
        ),
        Arg::optional(
            "to",
            Takes::Column,
            "the other column, of a type that compares with it",
        ),
        Arg::optional(
            "value",
            Takes::Value,
            "in place of `to`: the same value for every row",
        ),
        Arg::optional(
            "tolerance",
            Takes::Number,
            "with \"equal\" and \"not_equal\": how far apart two numbers may lie and count as equal",
        ).with(Effect::Tolerance),
        SKIP_NULL,
    ],
    examples: &[
        Example {
            toml: "kind = 'compare'\ncolumn = 'expires'\nis = 'greater'\nto = 'issued'",
            passes: "SELECT * FROM (VALUES (1, 2), (3, NULL)) AS t(issued, expires)",
            fails: "SELECT * FROM (VALUES (1, 2), (3, 3)) AS t(issued, expires)",
            others: &[],
        },
        Example {
            toml: "kind = 'compare'\ncolumn = 'a'\nis = 'equal'\nto = 'b'\nskip_null = 'all'",
            passes: "SELECT * FROM (VALUES (1, 1), (NULL, NULL)) AS t(a, b)",
            fails: "SELECT * FROM (VALUES (1, 1), (1, NULL)) AS t(a, b)",
            others: &[],
        },
        Example {
            toml: "kind = 'compare'\ncolumn = 'net'\nis = 'equal'\nto = 'booked'\ntolerance = 0.01",
            passes: "SELECT * FROM (VALUES (0.3, 0.1 + 0.2), (1.1, 1.11), (5.0, NULL)) AS t(net, booked)",
            fails: "SELECT * FROM (VALUES (0.3, 0.1 + 0.2), (1.1, 1.12)) AS t(net, booked)",
            others: &[],
        },
        Example {
            toml: "kind = 'compare'\ncolumn = 'total'\nis = 'equal'\nvalue = 100\ntolerance = 0.5",
            passes: "SELECT * FROM (VALUES (99.5), (100.5), (NULL)) AS t(total)",
            fails: "SELECT * FROM (VALUES (99.4), (100.0)) AS t(total)",
            others: &[],
        },
    ],
    load: load_as::<Compare>,
};

impl Compare {
    /// NaN is not equal to anything, and not unequal.
    fn holds(&self) -> String {
        let column = ident(self.column.get_ref());
        let is = *self.is.get_ref();
        let limit = self
            .value
            .as_ref()
            .and_then(|value| value.get_ref().limit());
        let other = match (&self.to, limit) {
            (Some(to), _) => ident(to.get_ref()),
            (None, Some(limit)) => float(limit.number(Unit::Plain).as_f64()),
            (None, None) => "NULL".to_owned(),
        };
        if let Some(tolerance) = &self.tolerance {
            let near = within(&column, &other, *tolerance.get_ref());
            let not = if is == Relation::Equal { "" } else { "NOT " };
            return format!(
                "CASE WHEN is_nan({column}) OR is_nan({other}) THEN NULL ELSE {not}{near} END"
            );
        }
        match &self.value {
            None => format!("order_of({column}, {other}) {} 0", is.sign()),
            Some(value) => format!(
                "CASE WHEN is_nan({column}) THEN NULL ELSE {} END",
                value.get_ref().compared(&column, is.sign())
            ),
        }
    }
}

impl Lower for Compare {
    fn lower(&self, _: &Subject) -> Measure {
        let asked: Vec<Name> = self.columns().into_iter().cloned().collect();
        Measure::Rows {
            holds: self.holds(),
            among: self.skip_null.among(&asked),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.to).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let columns = self.columns().into_iter();
        let columns = columns.filter(|_| self.tolerance.is_some());
        columns.map(|column| (column, NUMERIC)).collect()
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        let value = self.value.iter();
        value.map(|value| (&self.column, value)).collect()
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        // With a tolerance the types are asked for already.
        let to = self.to.iter().filter(|_| self.tolerance.is_none());
        to.map(|to| beside(&self.column, to)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.to.is_some() == self.value.is_some() {
            let message = "exactly one of `to` and `value` is needed";
            return wrong(text, self.column.span(), message, "give one of them");
        }
        let Some(tolerance) = &self.tolerance else {
            return Vec::new();
        };
        let span = tolerance.span();
        if !matches!(self.is.get_ref(), Relation::Equal | Relation::NotEqual) {
            let message = "`tolerance` goes with `is = \"equal\"` and `is = \"not_equal\"`";
            return wrong(text, span, message, "take it out");
        }
        if !(*tolerance.get_ref() >= 0.0 && tolerance.get_ref().is_finite()) {
            let message = "a tolerance is a number from 0 on";
            return wrong(text, span, message, "write `tolerance = 0.01`");
        }
        Vec::new()
    }
}
