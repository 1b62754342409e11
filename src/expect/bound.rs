//! What a value is held against: fixed ends, or its own past.

use std::ops::Range;

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::common::wrong;
use super::sql::Limit;

/// An interval, or a way to hold the value against its past; an absent end is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bound {
    pub min: Option<Number>,
    pub max: Option<Number>,
    /// Whether `min` itself is outside.
    pub strict_min: bool,
    pub strict_max: bool,
    pub unit: Unit,
    /// In place of the ends.
    pub against: Option<Against>,
}

/// How a value is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    Plain,
    /// Days since 1970-01-01: a date.
    Days,
    /// Seconds since 1970-01-01 UTC: a timestamp.
    Seconds,
}

/// Earlier values, and how near to them the new one is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Against {
    /// The ratio to the median of the last `previous` values lies in `between`.
    Median { previous: usize, between: [f64; 2] },
    /// The distance from that median in units of the usual spread is at most `limit`.
    RobustZ { previous: usize, limit: f64 },
    /// The ratio to the value of the same month a year ago lies in `between`.
    SameMonthLastYear { between: [f64; 2] },
}

impl Bound {
    /// Whether a value lies between the ends; a value that is not a number never does.
    pub fn holds(&self, value: Number) -> bool {
        let after = |min: Number| min.at_most(value) && !(self.strict_min && value.at_most(min));
        let before = |max: Number| value.at_most(max) && !(self.strict_max && max.at_most(value));
        !value.as_f64().is_nan() && self.min.is_none_or(after) && self.max.is_none_or(before)
    }
}

impl Unit {
    /// `19723` days as `2024-01-01`.
    pub fn show(self, value: Number) -> String {
        let seconds = match self {
            Self::Plain => return value.to_string(),
            Self::Days => value.as_f64() * 86_400.0,
            Self::Seconds => value.as_f64(),
        };
        let Some(time) = DateTime::from_timestamp(seconds as i64, 0) else {
            return value.to_string();
        };
        match self {
            Self::Days => time.format("%Y-%m-%d").to_string(),
            _ => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let min = self.min.map(|min| self.unit.show(min));
        let max = self.max.map(|max| self.unit.show(max));
        match (min, max, self.strict_min, self.strict_max) {
            (Some(min), Some(max), false, false) if min == max => write!(f, "equal to {min}"),
            (Some(min), Some(max), false, false) => write!(f, "between {min} and {max}"),
            (Some(min), Some(max), true, true) => write!(f, "above {min} and below {max}"),
            (Some(min), Some(max), true, false) => write!(f, "above {min} and at most {max}"),
            (Some(min), Some(max), false, true) => write!(f, "at least {min} and below {max}"),
            (Some(min), None, false, _) => write!(f, "at least {min}"),
            (Some(min), None, true, _) => write!(f, "above {min}"),
            (None, Some(max), _, false) => write!(f, "at most {max}"),
            (None, Some(max), _, true) => write!(f, "below {max}"),
            (None, None, ..) => f.write_str("anything"),
        }
    }
}

/// The day as days since 1970-01-01.
pub fn days_since_epoch(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - 719_163
}

/// The values an expectation had before, newest first, at most one for each day.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// The day the run takes for today.
    pub as_of: NaiveDate,
    pub values: &'a [(NaiveDate, f64)],
}

/// `against` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgainstArg {
    #[serde(default)]
    pub(super) previous: Option<usize>,
    #[serde(default)]
    robust_z: Option<f64>,
    #[serde(default)]
    same_month_last_year: bool,
}

/// The arguments of a kind that bound a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends<'a> {
    pub(super) min: Option<Limit>,
    pub(super) max: Option<Limit>,
    pub(super) strict_min: bool,
    pub(super) strict_max: bool,
    pub(super) against: Option<&'a Spanned<AgainstArg>>,
    pub(super) between: Option<&'a Spanned<[f64; 2]>>,
}

impl Ends<'_> {
    pub(super) fn bound(&self) -> Bound {
        let unit = self.min.or(self.max).map(Limit::unit).unwrap_or_default();
        Bound {
            min: self.min.map(|min| min.number(unit)),
            max: self.max.map(|max| max.number(unit)),
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            unit,
            against: self.past(),
        }
    }

    fn past(&self) -> Option<Against> {
        let against = self.against?.get_ref();
        let between = self.between.map(|between| *between.get_ref());
        match (against.previous, against.robust_z) {
            (Some(previous), Some(limit)) => Some(Against::RobustZ { previous, limit }),
            (Some(previous), None) => between.map(|between| Against::Median { previous, between }),
            (None, _) => between.map(|between| Against::SameMonthLastYear { between }),
        }
    }

    /// What is wrong with them together; `place` is where a missing bound is told.
    pub(super) fn problems(&self, text: &Text, place: Range<usize>) -> Vec<Problem> {
        let problem =
            |message: &str, span: Range<usize>, help: &str| wrong(text, span, message, help);
        if let Some(against) = self.against {
            let span = against.span();
            if let Some(message) = self.wrong_past(against.get_ref()) {
                return problem(
                    message,
                    span,
                    "write `{ previous = 3 }` or `{ same_month_last_year = true }` with `between`, \
                     or `{ previous = 12, robust_z = 3.5 }`",
                );
            }
        } else if let Some(between) = self.between {
            let help = "for plain ends write `min` and `max`";
            return problem("`between` needs `against`", between.span(), help);
        } else if self.min.is_none() && self.max.is_none() {
            let help = "give `min`, `max` or both";
            return problem("no bound is given: any value would pass", place, help);
        }
        if let (Some(min), Some(max)) = (self.min, self.max) {
            let unit = min.unit();
            if !min.number(unit).at_most(max.number(unit)) {
                let help = "exchange the two";
                return problem(
                    "`min` is greater than `max`: nothing could pass",
                    place,
                    help,
                );
            }
        }
        Vec::new()
    }

    fn wrong_past(&self, against: &AgainstArg) -> Option<&'static str> {
        let lonely = self.between.is_none();
        match (
            against.previous,
            against.robust_z,
            against.same_month_last_year,
        ) {
            _ if self.min.is_some() || self.max.is_some() => {
                Some("`min` and `max` do not go with `against`: write two expectations")
            }
            (None, _, false) => Some("`against` names no past"),
            (Some(_), _, true) => Some("`against` names two pasts"),
            (Some(0), ..) => Some("`previous = 0` is no past"),
            (None, Some(_), true) => Some("`robust_z` needs `previous`: one value has no spread"),
            (Some(_), Some(_), false) if !lonely => Some("`between` does not go with `robust_z`"),
            (_, None, _) if lonely => Some("`against` needs `between`"),
            _ => None,
        }
    }
}
