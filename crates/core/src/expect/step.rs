//! A sequence of numbers or dates with a fixed step.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Takes};
use super::common::{DATED, NUMERIC, wrong};
use super::kind::load_as;
use super::sql::{float, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixedStep {
    column: Name,
    step: Spanned<Step>,
    #[serde(default)]
    per: Option<Name>,
}

/// From one value to the next.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(from = "toml::Value")]
enum Step {
    Number(f64),
    /// So many of a unit of time, in the singular.
    Time(u32, String),
    Neither,
}

const UNITS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];
const TIMES: &[Type] = &[Type::Timestamp];

impl From<toml::Value> for Step {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::Integer(step) => Self::Number(step as f64),
            toml::Value::Float(step) => Self::Number(step),
            toml::Value::String(step) => Self::time(&step).unwrap_or(Self::Neither),
            _ => Self::Neither,
        }
    }
}

impl Step {
    /// Reads `1 day` or `15 minutes`.
    fn time(step: &str) -> Option<Self> {
        let (number, unit) = step.trim().split_once(' ')?;
        let unit = unit.trim();
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let number = number.parse().ok().filter(|number| *number > 0)?;
        UNITS
            .contains(&unit)
            .then(|| Self::Time(number, unit.to_owned()))
    }

    /// That `value` follows `before`.
    fn follows(&self, value: &str, before: &str) -> String {
        match self {
            Self::Number(step) => {
                // A difference of binary fractions is near the step; one of whole numbers is exact.
                let slack = float(step * 1e-6);
                format!(
                    "abs(CAST({value} - {before} AS DOUBLE) - {}) <= {slack}",
                    float(*step)
                )
            }
            Self::Time(number, unit) => {
                let by = format!("INTERVAL '{number} {unit}'");
                let next = format!("{value} = {before} + {by}");
                if !matches!(unit.as_str(), "month" | "year") {
                    return next;
                }
                // The last day of a month is followed by the last day, be it the 28th or the 31st.
                let day_after = |point: &str| format!("({point} + INTERVAL '1 day')");
                let first = |point: &str| format!("date_trunc('month', {point})");
                let last_day =
                    |point: &str| format!("{} <> {}", first(point), first(&day_after(point)));
                format!(
                    "({next} OR ({} AND {} AND {} = {} + {by} AND {value} - {} = {before} - {}))",
                    last_day(value),
                    last_day(before),
                    first(value),
                    first(before),
                    format_args!("date_trunc('day', {value})"),
                    format_args!("date_trunc('day', {before})"),
                )
            }
            Self::Neither => "false".to_owned(),
        }
    }
}

pub(super) const FIXED_STEP: Kind = Kind {
    name: "fixed_step",
    summary: "the values are a sequence with a fixed step, without gaps and repeats",
    about: "The values are put in order, and each must follow the one before it by exactly the step; a row whose value does \
        not violates, be it after a gap or a repeat, and is shown with the value before it, as `value_before`. The first \
        value may be any. NaN and infinities violate, and are no part of the sequence. Steps of months and years lead from the last day of a month to the last day of another, and \
        else to the same day.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        Arg::required(
            "column",
            Takes::Column,
            "the column asked about: numbers, dates or timestamps",
        ),
        Arg::required(
            "step",
            Takes::Step,
            "for numbers a number above 0; for dates and timestamps a length of time: \"1 day\", \"15 minutes\", \"3 months\"",
        ),
        Arg::optional(
            "per",
            Takes::Column,
            "each value of this column has a sequence of its own",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'fixed_step'\ncolumn = 'invoice'\nstep = 1\nper = 'shop'",
            passes: "SELECT * FROM (VALUES ('a', 12), ('a', 11), ('b', 7), ('b', NULL)) AS t(shop, invoice)",
            fails: "SELECT * FROM (VALUES ('a', 11), ('a', 13), ('b', 12)) AS t(shop, invoice)",
            others: &[],
        },
        Example {
            toml: "kind = 'fixed_step'\ncolumn = 'month_end'\nstep = '1 month'",
            passes: "SELECT * FROM (VALUES (DATE '2024-01-31'), (DATE '2024-02-29'), (DATE '2024-03-31')) AS t(month_end)",
            fails: "SELECT * FROM (VALUES (DATE '2024-01-31'), (DATE '2024-02-28'), (DATE '2024-03-31')) AS t(month_end)",
            others: &[],
        },
        Example {
            toml: "kind = 'fixed_step'\ncolumn = 'at'\nstep = '15 minutes'",
            passes: "SELECT * FROM (VALUES (TIMESTAMP '2024-01-31 23:45:00'), (TIMESTAMP '2024-02-01 00:00:00')) AS t(at)",
            fails: "SELECT * FROM (VALUES (TIMESTAMP '2024-01-31 23:45:00'), (TIMESTAMP '2024-01-31 23:45:00')) AS t(at)",
            others: &[],
        },
    ],
    load: load_as::<FixedStep>,
};

impl Lower for FixedStep {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let per = self.per.as_ref();
        let per = per.map_or(String::new(), |per| format!(", {}", ident(per.get_ref())));
        let follows = self.step.get_ref().follows(&column, "value_before");
        let judged = format!(
            "SELECT *, not_finite({column}) OR (value_before IS NOT NULL AND NOT ({follows})) AS bad FROM (SELECT *, \
             CASE WHEN not_finite({column}) THEN NULL ELSE lag({column}) OVER (PARTITION BY not_finite({column}){per} \
             ORDER BY {column}) END AS value_before FROM {} WHERE {column} IS NOT NULL)",
            subject.rows()
        );
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE bad), count(*) FROM ({judged})"),
            rows: format!("SELECT * EXCEPT (bad) FROM ({judged}) WHERE bad"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let types = match self.step.get_ref() {
            Step::Time(_, unit) if matches!(unit.as_str(), "second" | "minute" | "hour") => TIMES,
            Step::Time(..) => DATED,
            _ => NUMERIC,
        };
        vec![(&self.column, types)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let right = match self.step.get_ref() {
            Step::Number(step) => *step > 0.0 && step.is_finite(),
            Step::Time(..) => true,
            Step::Neither => false,
        };
        if right {
            return Vec::new();
        }
        let help = "write `step = 1`, `step = \"1 day\"` or `step = \"15 minutes\"`";
        wrong(text, self.step.span(), "`step` is not a step above 0", help)
    }
}
