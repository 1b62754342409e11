//! What a value is held against: fixed ends, or its own past.

use std::ops::Range;

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::Name;
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
    /// An age.
    Hours,
}

/// Earlier values, and how near to them the new one is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Against {
    pub past: Earlier,
    /// Which of several earlier values counts.
    pub of: Of,
    pub near: Near,
}

/// Which earlier values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// The last so many.
    Last(usize),
    /// Those of the same weekday in the last so many weeks.
    SameWeekday(usize),
    /// That of the same month a year ago.
    SameMonthLastYear,
}

/// Several values as one.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    #[default]
    Median,
    Mean,
    Least,
    Greatest,
}

/// How near the new value is to be to the earlier one; infinite ends are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Near {
    /// The new value divided by the earlier one.
    Ratio([f64; 2]),
    /// The change in per cent of the earlier one, whatever its sign: 10 is a tenth more.
    Percent([f64; 2]),
    /// The new value less the earlier one.
    Difference([f64; 2]),
    /// The distance from the median in units of the usual spread.
    RobustZ(f64),
}

impl Of {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Mean => "mean",
            Self::Least => "least",
            Self::Greatest => "greatest",
        }
    }
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
            Self::Hours => return format!("{value} hours"),
            Self::Days => value.as_f64() * 86_400.0,
            Self::Seconds => value.as_f64(),
        };
        let Some(time) = DateTime::from_timestamp_micros((seconds * 1e6).round() as i64) else {
            return value.to_string();
        };
        match self {
            Self::Days => time.format("%Y-%m-%d").to_string(),
            _ => time.format("%Y-%m-%d %H:%M:%S%.f").to_string(),
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
    previous: Option<usize>,
    #[serde(default)]
    same_weekday: Option<usize>,
    #[serde(default)]
    same_month_last_year: bool,
    #[serde(default)]
    of: Option<Of>,
    #[serde(default)]
    change: Option<[f64; 2]>,
    #[serde(default)]
    difference: Option<[f64; 2]>,
    #[serde(default)]
    robust_z: Option<f64>,
}

impl AgainstArg {
    fn earlier(&self) -> Option<Earlier> {
        match (self.previous, self.same_weekday, self.same_month_last_year) {
            (Some(n), None, false) => Some(Earlier::Last(n)),
            (None, Some(n), false) => Some(Earlier::SameWeekday(n)),
            (None, None, true) => Some(Earlier::SameMonthLastYear),
            _ => None,
        }
    }

    /// How near, where that is said once; `between` stands beside it.
    fn near(&self, between: Option<[f64; 2]>) -> Option<Near> {
        let ways = [
            between.map(Near::Ratio),
            self.change.map(Near::Percent),
            self.difference.map(Near::Difference),
            self.robust_z.map(Near::RobustZ),
        ];
        let mut given = ways.into_iter().flatten();
        given.next().filter(|_| given.next().is_none())
    }
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
    /// The column of the groups that are bounded one by one.
    pub(super) per: Option<&'a Name>,
    /// The least and the greatest figure that the kind can measure; `None`: any.
    pub(super) range: Option<[f64; 2]>,
}

/// The figures that a count or a deviation can be.
pub(super) const NOT_NEGATIVE: Option<[f64; 2]> = Some([0.0, f64::INFINITY]);
/// The figures that a share can be.
pub(super) const SHARE: Option<[f64; 2]> = Some([0.0, 1.0]);

/// The ends that the arguments of a kind give, for what is wrong with them together: the same for every kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    pub min: Option<Limit>,
    pub max: Option<Limit>,
    pub equals: Option<Limit>,
    pub strict_min: bool,
    pub strict_max: bool,
    /// As of [`Ends`].
    pub range: Option<[f64; 2]>,
}

impl Given {
    /// Ends of counts.
    pub fn counts(min: Option<u64>, max: Option<u64>, equals: Option<u64>) -> Self {
        Self {
            min: min.map(Limit::from),
            max: max.map(Limit::from),
            equals: equals.map(Limit::from),
            range: NOT_NEGATIVE,
            ..Self::default()
        }
    }

    /// What keeps them from being a question, and what to do; `None`: nothing.
    pub fn wrong(&self) -> Option<(String, &'static str)> {
        let Self {
            min, max, equals, ..
        } = *self;
        let told = |message: &str, help| Some((message.to_owned(), help));
        let mut all = [min, max, equals].into_iter().flatten();
        if all.clone().any(|end| end.first().is_nan()) {
            return told("a bound is nan: nothing could pass", "write a number");
        }
        if equals.is_some() && min.or(max).is_some() {
            let help = "give one or the other";
            return told("`equals` does not go with `min` and `max`", help);
        }
        if all.clone().next().is_none() {
            let help = "give `min`, `max` or both";
            return told("no bound is given: any value would pass", help);
        }
        let dated = |end: Limit| !matches!(end, Limit::Number(_));
        if let (Some(min), Some(max)) = (min, max) {
            if dated(min) != dated(max) {
                let help = "write two numbers, or two dates";
                return told("`min` and `max` do not compare", help);
            }
            if min.first() > max.last() {
                let message = "`min` is greater than `max`: nothing could pass";
                return told(message, "exchange the two");
            }
            if min == max && (self.strict_min || self.strict_max) {
                let message = "`min` and `max` are the same, and not allowed: nothing could pass";
                return told(message, "take `strict_min` or `strict_max` out");
            }
        }
        let strict = [(self.strict_min, min, "min"), (self.strict_max, max, "max")];
        for (strict, end, name) in strict {
            if strict && end.is_none() {
                let message = format!("`strict_{name}` says nothing without `{name}`");
                return Some((message, "give that end too, or take it out"));
            }
        }
        let [least, most] = self.range?;
        let below = |end: Limit| end.first() < least;
        let above = |end: Limit| end.first() > most;
        let none = max.is_some_and(below)
            || min.is_some_and(above)
            || equals.is_some_and(|end| below(end) || above(end));
        let help = match (least < 0.0, most.is_finite()) {
            (true, _) => "write a number from -1 to 1",
            (false, true) => "write a share, from 0 to 1",
            (false, false) => "write a number from 0 on",
        };
        all.next().filter(|_| none)?;
        told(
            "no figure of this kind lies there: nothing could pass",
            help,
        )
    }
}

const PASTS: &str = "write `{ previous = 3 }` or `{ same_month_last_year = true }` with `between`, \
    `{ previous = 3, change = [-10, 10] }` in per cent, or `{ previous = 12, robust_z = 3.5 }`";

impl Ends<'_> {
    /// Where one end is a date and the other a timestamp, the date stands for its whole day.
    pub(super) fn bound(&self) -> Bound {
        let unit = |end: &Limit| end.unit();
        let ends = [self.min.as_ref().map(unit), self.max.as_ref().map(unit)];
        let mixed = ends == [Some(Unit::Days), Some(Unit::Seconds)]
            || ends == [Some(Unit::Seconds), Some(Unit::Days)];
        let unit = match mixed {
            true => Unit::Seconds,
            false => ends.into_iter().flatten().next().unwrap_or_default(),
        };
        let mut bound = Bound {
            min: self.min.map(|min| min.number(unit)),
            max: self.max.map(|max| max.number(unit)),
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            unit,
            against: self.past(),
        };
        if let (true, Some(Limit::Days(day)), true) = (mixed, self.min, self.strict_min) {
            bound.min = Some(Limit::Days(day + 1).number(unit));
            bound.strict_min = false;
        }
        if let (true, Some(Limit::Days(day)), false) = (mixed, self.max, self.strict_max) {
            bound.max = Some(Limit::Days(day + 1).number(unit));
            bound.strict_max = true;
        }
        bound
    }

    fn past(&self) -> Option<Against> {
        let against = self.against?.get_ref();
        Some(Against {
            past: against.earlier()?,
            of: against.of.unwrap_or_default(),
            near: against.near(self.between.map(|between| *between.get_ref()))?,
        })
    }

    /// What is wrong with them together; `place` is where a missing bound is told.
    pub(super) fn problems(&self, text: &Text, place: Range<usize>) -> Vec<Problem> {
        let problem =
            |message: &str, span: Range<usize>, help: &str| wrong(text, span, message, help);
        if let Some(against) = self.against {
            let span = against.span();
            if let Some(message) = self.wrong_past(against.get_ref()) {
                return problem(message, span, PASTS);
            }
            if let Some((span, name)) = self.turned(against) {
                let message = format!("`{name}` is no range: nothing could pass");
                return problem(&message, span, "write two numbers, the lower first");
            }
        } else if let Some(between) = self.between {
            let help = "for plain ends write `min` and `max`";
            return problem("`between` needs `against`", between.span(), help);
        } else if let Some((message, help)) = self.given().wrong() {
            return problem(&message, place, help);
        }
        Vec::new()
    }

    /// A range whose ends are no numbers or stand the wrong way round.
    fn turned(&self, against: &Spanned<AgainstArg>) -> Option<(Range<usize>, &'static str)> {
        let bad = |[low, high]: [f64; 2]| low > high || low.is_nan() || high.is_nan();
        let arg = against.get_ref();
        let between = self.between.filter(|between| bad(*between.get_ref()));
        let named = [("change", arg.change), ("difference", arg.difference)];
        let mut named = named.into_iter();
        let named = named.find(|(_, range)| range.is_some_and(bad));
        let between = between.map(|between| (between.span(), "between"));
        between.or_else(|| named.map(|(name, _)| (against.span(), name)))
    }

    fn given(&self) -> Given {
        Given {
            min: self.min,
            max: self.max,
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            range: self.range,
            ..Given::default()
        }
    }

    fn wrong_past(&self, against: &AgainstArg) -> Option<&'static str> {
        let pasts = [
            against.previous.is_some(),
            against.same_weekday.is_some(),
            against.same_month_last_year,
        ];
        let pasts = pasts.into_iter().filter(|given| *given).count();
        let between = self.between.map(|between| *between.get_ref());
        let near = against.near(between);
        let ways = [
            between.is_some(),
            against.change.is_some(),
            against.difference.is_some(),
            against.robust_z.is_some(),
        ];
        let ways = ways.into_iter().filter(|given| *given).count();
        match (against.earlier(), near) {
            _ if self.min.is_some() || self.max.is_some() => {
                Some("`min` and `max` do not go with `against`: write two expectations")
            }
            (None, _) if pasts == 0 => Some("`against` names no past"),
            (None, _) => Some("`against` names two pasts"),
            (Some(Earlier::Last(0)), _) => Some("`previous = 0` is no past"),
            (Some(Earlier::SameWeekday(0)), _) => Some("`same_weekday = 0` is no past"),
            (Some(Earlier::SameMonthLastYear), Some(Near::RobustZ(_))) => {
                Some("`robust_z` needs `previous`: one value has no spread")
            }
            (Some(Earlier::SameMonthLastYear), _) if against.of.is_some() => {
                Some("`of` needs several values, and last year's month is one")
            }
            (_, Some(Near::RobustZ(_))) if against.of.is_some() => {
                Some("`robust_z` is about the median: `of` does not go with it")
            }
            (_, Some(near)) => self.wrong_per(against.earlier(), near),
            (_, None) if ways == 0 => Some("`against` needs `between`"),
            (_, None) if between.is_some() && against.robust_z.is_some() => {
                Some("`between` does not go with `robust_z`")
            }
            (_, None) => {
                Some("`between`, `change`, `difference` and `robust_z` exclude each other")
            }
        }
    }

    /// Groups are held against the groups before them, of which nothing is known but their order.
    fn wrong_per(&self, past: Option<Earlier>, near: Near) -> Option<&'static str> {
        self.per?;
        match (past, near) {
            (Some(Earlier::Last(_)), Near::RobustZ(_)) => Some("`robust_z` does not go with `per`"),
            (Some(Earlier::Last(_)), _) => None,
            _ => Some("with `per` a group is held against the groups before it"),
        }
    }
}
