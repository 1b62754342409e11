//! Kinds about how many of the values are different ones, and how many stand alone.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, Effect, PER, STRICT_MAX, STRICT_MIN, Takes};
use super::bound::{AgainstArg, Ends, SHARE};
use super::common::{SkipNull, wrong};
use super::kind::load_as;
use super::sql::{Limit, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

/// A share of the values of a column, or of the sets of values of several: of the different ones, or (`ALONE`) of
/// those that no other row has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shares<const ALONE: bool> {
    #[serde(default)]
    column: Option<Name>,
    #[serde(default)]
    columns: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    skip_null: Option<Spanned<SkipNull>>,
    #[serde(default)]
    min: Option<f64>,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    strict_min: bool,
    #[serde(default)]
    strict_max: bool,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    per: Option<Name>,
}

const ARGS: &[Arg] = &[
    Arg::optional("column", Takes::Column, "the column asked about"),
    Arg::optional(
        "columns",
        Takes::Columns,
        "in place of `column`: the columns whose values are taken together",
    ),
    Arg::optional(
        "skip_null",
        Takes::Word(&["any", "all", "never"]),
        "with `columns`, which rows are left out: those with a null in any of them (the default), in all of them, or none",
    ),
    Arg::optional("min", Takes::Number, "the least share allowed").with(Effect::Least),
    Arg::optional("max", Takes::Number, "the greatest share allowed").with(Effect::Most),
    STRICT_MIN,
    STRICT_MAX,
    AGAINST,
    BETWEEN,
    PER,
];

pub(super) const DISTINCT_SHARE: Kind = Kind {
    name: "distinct_share",
    summary: "so large a share of the values are different ones",
    about: "The value measured is the number of different values divided by the number of values: 1 where none repeats, \
        near 0 where few are used over and over. With `columns` it is the number of different sets of values divided by \
        the number of rows. Nulls are no value; where `skip_null` keeps them they count as the same value. Without a \
        value it is skipped. The count is exact: of a column with millions of different values it takes time and memory.",
    args: ARGS,
    examples: &[
        Example {
            toml: "kind = 'distinct_share'\ncolumn = 'email'\nmin = 0.7",
            passes: "SELECT * FROM (VALUES ('a'), ('b'), ('c'), ('c'), (NULL)) AS t(email)",
            fails: "SELECT * FROM (VALUES ('a'), ('b'), ('b'), ('b')) AS t(email)",
            others: &[],
        },
        Example {
            toml: "kind = 'distinct_share'\ncolumns = ['name', 'city']\nmin = 0.7",
            passes: "SELECT * FROM (VALUES ('a', 1), ('a', 2), ('b', 1), ('b', 1), ('b', NULL)) AS t(name, city)",
            fails: "SELECT * FROM (VALUES ('a', 1), ('a', 1), ('b', 1)) AS t(name, city)",
            others: &[],
        },
    ],
    load: load_as::<Shares<false>>,
};

pub(super) const UNIQUE_SHARE: Kind = Kind {
    name: "unique_share",
    summary: "so large a share of the values occur once only",
    about: "The value measured is the number of values that no other row has, divided by the number of values: 1 where none \
        repeats, 0 where all do. With `columns` sets of values are counted. Nulls are no value; where `skip_null` keeps \
        them they count as the same value. Without a value it is skipped. The count is exact: of a column with millions \
        of different values it takes time and memory.",
    args: ARGS,
    examples: &[Example {
        toml: "kind = 'unique_share'\ncolumn = 'email'\nmin = 0.5",
        passes: "SELECT * FROM (VALUES ('a'), ('b'), ('c'), ('c'), (NULL)) AS t(email)",
        fails: "SELECT * FROM (VALUES ('a'), ('b'), ('b'), ('c'), ('c')) AS t(email)",
        others: &[],
    }],
    load: load_as::<Shares<true>>,
};

impl<const ALONE: bool> Shares<ALONE> {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.min.map(Limit::from),
            max: self.max.map(Limit::from),
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: SHARE,
        }
    }

    fn asked(&self) -> &[Name] {
        let several = self
            .columns
            .as_ref()
            .map(|columns| columns.get_ref().as_slice());
        several.unwrap_or(self.column.as_slice())
    }
}

impl<const ALONE: bool> Lower for Shares<ALONE> {
    fn lower(&self, subject: &Subject) -> Measure {
        if let (Some(column), false) = (&self.column, ALONE) {
            let column = ident(column.get_ref());
            return self.ends().measure(subject, "value", |subject| {
                let only = subject.only();
                format!(
                    "CAST(count(DISTINCT value_of({column})){only} AS DOUBLE) / nullif(count({column}){only}, 0)"
                )
            });
        }
        let skip = self
            .skip_null
            .as_ref()
            .map_or_else(SkipNull::default, |skip| *skip.get_ref());
        let among = skip.among(self.asked());
        let among = among.map_or(String::new(), |among| format!(" WHERE {among}"));
        let columns = self.asked().iter();
        let columns = columns.map(|column| format!("value_of({})", ident(column.get_ref())));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let sets = |per: Option<&str>| {
            let kept = per.map_or(String::new(), |per| format!("{per}, "));
            format!(
                "(SELECT {kept}count(*) AS times FROM {}{among} GROUP BY {kept}{columns})",
                subject.rows()
            )
        };
        let counted = if ALONE {
            "count(*) FILTER (WHERE times = 1)"
        } else {
            "count(*)"
        };
        let share = format!("CAST({counted} AS DOUBLE) / nullif(sum(times), 0)");
        self.ends().measure_of(subject, sets, &share)
    }

    fn columns(&self) -> Vec<&Name> {
        self.asked().iter().chain(&self.per).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let place = match (&self.column, &self.columns) {
            (Some(column), None) => column.span(),
            (None, Some(columns)) if columns.get_ref().is_empty() => {
                let message = "`columns` is empty: nothing would be counted";
                return wrong(text, columns.span(), message, "name at least one column");
            }
            (None, Some(columns)) => columns.span(),
            _ => {
                let message = "exactly one of `column` and `columns` is needed";
                return wrong(text, 0..0, message, "give one of them");
            }
        };
        if let (Some(_), Some(skip)) = (&self.column, &self.skip_null) {
            let message = "`skip_null` goes with `columns`: of one column nulls are no value";
            return wrong(text, skip.span(), message, "take it out");
        }
        self.ends().problems(text, place)
    }
}
