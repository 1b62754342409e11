//! The kind that asks how old the newest row is.

use serde::Deserialize;

use crate::contract::Type;
use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::arg::{Arg, Effect, Takes};
use super::bound::Unit;
use super::common::{DATED, wrong};
use super::groups::valued;
use super::kind::load_as;
use super::sql::ident;
use super::{Bound, Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fresh {
    column: Name,
    within: Name,
    #[serde(default)]
    ahead: Option<Name>,
    #[serde(default)]
    per: Option<Name>,
}

pub(super) const FRESH: Kind = Kind {
    name: "fresh",
    summary: "the newest value is not too old",
    about: "The newest value of the column is held against the run's day: the clock's, or the newest file date of all sources where \
        the manifest says `as_of = \"newest_file\"`, or `--file-date`. The value measured is the age in days: today's \
        rows are 0 days old, yesterday's 1, by the calendar in UTC. With `within` in hours or minutes it is the age in \
        hours at the moment the run started, or at the end of its day where that is not the clock's.\n\
        A newest value of the future violates, unless `ahead` says how far ahead it may lie: a wrong year would else be \
        fresh for ever. Nulls are no value. A table without a value is not fresh: it fails.",
    args: &[
        Arg::required(
            "column",
            Takes::Column,
            "the column asked about: dates or timestamps",
        ),
        Arg::required(
            "within",
            Takes::Text,
            "how old the newest value may be: \"45 days\", \"6 weeks\", \"36 hours\", \"90 minutes\"",
        ).with(Effect::Most),
        Arg::optional(
            "ahead",
            Takes::Text,
            "how far in the future the newest value may lie: \"7 days\"; by default not at all",
        ).with(Effect::Most),
        Arg::optional(
            "per",
            Takes::Column,
            "the newest value of each group of rows that share the value of this column: a violation is a group, shown \
             with its age",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'fresh'\ncolumn = 'file_date'\nwithin = '45 days'",
            passes: "SELECT * FROM (VALUES (DATE '2024-01-01'), (DATE '2024-03-01')) AS t(file_date)",
            fails: "SELECT * FROM (VALUES (DATE '2024-01-01')) AS t(file_date)",
            others: &[],
        },
        Example {
            toml: "kind = 'fresh'\ncolumn = 'valid_from'\nwithin = '45 days'\nahead = '31 days'",
            passes: "SELECT * FROM (VALUES (DATE '2024-03-31')) AS t(valid_from)",
            fails: "SELECT * FROM (VALUES (DATE '2204-03-01')) AS t(valid_from)",
            others: &[],
        },
        Example {
            toml: "kind = 'fresh'\ncolumn = 'sold'\nwithin = '7 days'\nper = 'shop'",
            passes: "SELECT * FROM (VALUES ('a', DATE '2024-03-01'), ('b', DATE '2024-02-24'), ('b', NULL)) AS t(shop, sold)",
            fails: "SELECT * FROM (VALUES ('a', DATE '2024-03-01'), ('b', DATE '2024-02-01')) AS t(shop, sold)",
            others: &[],
        },
    ],
    load: load_as::<Fresh>,
};

/// A length of time in days, or in minutes where hours or minutes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Days(i64),
    Minutes(i64),
}

impl Length {
    fn read(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(' ')?;
        let number: i64 = number.parse().ok().filter(|number| *number >= 0)?;
        match unit.trim().trim_end_matches('s') {
            "minute" => Some(Self::Minutes(number)),
            "hour" => Some(Self::Minutes(number.checked_mul(60)?)),
            "day" => Some(Self::Days(number)),
            "week" => Some(Self::Days(number.checked_mul(7)?)),
            _ => None,
        }
    }

    fn hours(self) -> f64 {
        match self {
            Self::Days(days) => days as f64 * 24.0,
            Self::Minutes(minutes) => minutes as f64 / 60.0,
        }
    }
}

impl Fresh {
    /// The greatest age, and how far ahead the newest value may lie.
    fn lengths(&self) -> (Length, Length) {
        let read = |name: &Name| Length::read(name.get_ref());
        let none = Length::Days(0);
        let ahead = self.ahead.as_ref().map_or(Some(none), read);
        (read(&self.within).unwrap_or(none), ahead.unwrap_or(none))
    }
}

impl Lower for Fresh {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (day, moment) = (subject.moment.day, subject.moment.seconds);
        let ([most, least], unit) = match self.lengths() {
            (Length::Days(within), Length::Days(ahead)) => {
                ([within, -ahead].map(Number::Int), Unit::Plain)
            }
            (within, ahead) => {
                let hours = [within.hours(), -ahead.hours()];
                (hours.map(|hours| Number::Float(hours + 0.0)), Unit::Hours)
            }
        };
        let bound = Bound {
            min: Some(least),
            max: Some(most),
            unit,
            ..Bound::default()
        };
        valued(subject, self.per.as_ref(), bound, "age", |subject| {
            let newest = format!("max({column}){}", subject.only());
            match unit {
                Unit::Hours => format!("settled(({moment} - seconds_of({newest})) / 3600.0)"),
                _ => format!("{day} - days_of({newest})"),
            }
        })
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, DATED)]
    }

    fn needs_value(&self) -> bool {
        true
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let named = [
            (Some(&self.within), "within"),
            (self.ahead.as_ref(), "ahead"),
        ];
        let mut problems = Vec::new();
        for (length, name) in named {
            if let Some(length) = length
                && Length::read(length.get_ref()).is_none()
            {
                let message = format!("`{name}` is not a length of time");
                let help = "write `45 days`, `6 weeks`, `36 hours` or `90 minutes`";
                problems.extend(wrong(text, length.span(), message, help));
            }
        }
        problems
    }
}
