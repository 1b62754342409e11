//! The distance of each value from the mean of its column.

use serde::Deserialize;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, NUMBER_COLUMN, STRICT_MAX, Takes};
use super::bound::{Given, NOT_NEGATIVE};
use super::common::{NUMERIC, contradiction, present_rows};
use super::kind::load_as;
use super::sql::{Limit, float, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ZScore {
    column: Name,
    max: f64,
    #[serde(default)]
    strict_max: bool,
    #[serde(default)]
    side: Side,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Side {
    #[default]
    Both,
    Above,
    Below,
}

pub(super) const Z_SCORE: Kind = Kind {
    name: "z_score",
    summary: "no value lies too many standard deviations from the mean",
    about: "The z-score of a value is its distance from the column's mean in standard deviations (of a sample). A row \
        whose z-score is greater than `max` violates. Where all values are equal every z-score is 0. \
        NaN has none, counts for nothing in the mean, and violates.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        NUMBER_COLUMN,
        Arg::required(
            "max",
            Takes::Number,
            "the greatest distance allowed: 3 is usual",
        )
        .with(Effect::Most),
        STRICT_MAX,
        Arg::optional(
            "side",
            Takes::Word(&["both", "above", "below"]),
            "which values may be too far: those on both sides of the mean (the default), above it or below it",
        ),
    ],
    examples: &[Example {
        toml: "kind = 'z_score'\ncolumn = 'price'\nmax = 1.5",
        passes: "SELECT * FROM (VALUES (1), (1), (1), (3), (3), (NULL)) AS t(price)",
        fails: "SELECT * FROM (VALUES (0), (0), (0), (0), (9)) AS t(price)",
        others: &[],
    }],
    load: load_as::<ZScore>,
};

impl Lower for ZScore {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let sign = if self.strict_max { ">=" } else { ">" };
        let far = match self.side {
            Side::Both => "abs(z_score)",
            Side::Above => "z_score",
            Side::Below => "-z_score",
        };
        let present = present_rows(subject, &column);
        let numbers = format!("FILTER (WHERE NOT is_nan({column}))");
        let scored = format!(
            "(SELECT t.*, coalesce((CAST(t.{column} AS DOUBLE) - s.middle) / nullif(s.spread, 0), 0) AS z_score \
             FROM {present} CROSS JOIN (SELECT exact_mean({column}) {numbers} AS middle, \
             exact_stdev({column}) {numbers} AS spread FROM {present}) AS s)"
        );
        let far = format!(
            "(not_finite({column}) OR is_nan(z_score) OR {far} {sign} {})",
            float(self.max)
        );
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE {far}), count(*) FROM {scored}"),
            rows: format!("SELECT * FROM {scored} WHERE {far}"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let given = Given {
            max: Some(Limit::from(self.max)),
            strict_max: self.strict_max,
            range: NOT_NEGATIVE.filter(|_| self.side == Side::Both),
            ..Given::default()
        };
        contradiction(text, self.column.span(), &given, ("value", ""))
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, NUMERIC)]
    }
}
