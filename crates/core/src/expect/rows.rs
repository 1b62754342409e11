//! Kinds that ask something of each row.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, COLUMN, Effect, STRICT_MAX, STRICT_MIN, Takes};
use super::bound::Given;
use super::common::{contradiction, present, wrong};
use super::kind::load_as;
use super::sql::{Literal, body, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotNull {
    pub(super) column: Name,
}

pub(super) const NOT_NULL: Kind = Kind {
    name: "not_null",
    summary: "no row holds a null in the column",
    about: "Every row is asked; a row with a null violates. The empty text is not null. An empty table is skipped.",
    args: &[COLUMN],
    examples: &[Example {
        toml: "kind = 'not_null'\ncolumn = 'phone'",
        passes: "SELECT * FROM (VALUES ('2025550123'), ('')) AS t(phone)",
        fails: "SELECT * FROM (VALUES ('2025550123'), (NULL)) AS t(phone)",
        others: &[],
    }],
    load: load_as::<NotNull>,
};

impl Lower for NotNull {
    fn lower(&self, _: &Subject) -> Measure {
        Measure::Rows {
            holds: format!("{} IS NOT NULL", ident(self.column.get_ref())),
            among: None,
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn full_column(&self) -> Option<&Name> {
        Some(&self.column)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IsNull {
    column: Name,
}

pub(super) const IS_NULL: Kind = Kind {
    name: "is_null",
    summary: "every row holds a null in the column",
    about: "Every row is asked; a row with a value violates, the empty text included. An empty table is skipped.\n\
        It is of use with `where`: `where = \"status = 'open'\"` says that an open case has no closing date yet.",
    args: &[COLUMN],
    examples: &[Example {
        toml: "kind = 'is_null'\ncolumn = 'closed_on'\nwhere = \"status = 'open'\"",
        passes: "SELECT * FROM (VALUES ('open', NULL), ('closed', DATE '2024-01-31')) AS t(status, closed_on)",
        fails: "SELECT * FROM (VALUES ('open', DATE '2024-01-31'), ('open', NULL)) AS t(status, closed_on)",
        others: &[],
    }],
    load: load_as::<IsNull>,
};

impl Lower for IsNull {
    fn lower(&self, _: &Subject) -> Measure {
        Measure::Rows {
            holds: format!("{} IS NULL", ident(self.column.get_ref())),
            among: None,
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    column: Name,
    #[serde(default)]
    min: Option<Spanned<Literal>>,
    #[serde(default)]
    max: Option<Spanned<Literal>>,
    #[serde(default)]
    strict_min: bool,
    #[serde(default)]
    strict_max: bool,
}

pub(super) const BETWEEN: Kind = Kind {
    name: "between",
    summary: "every value lies within bounds",
    about: "Each value is held against the bounds, which are of the column's own type: numbers for numbers, dates \
        (written `2024-01-31`, without quotes) for dates and timestamps, texts for texts, compared letter by letter.\n\
        A date as bound stands for its whole day, also against timestamps (in UTC): 23:59 of the day of `max` passes. NaN \
        lies between nothing and violates.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        COLUMN,
        Arg::optional("min", Takes::Value, "the least value allowed").with(Effect::Least),
        Arg::optional("max", Takes::Value, "the greatest value allowed").with(Effect::Most),
        STRICT_MIN,
        STRICT_MAX,
    ],
    examples: &[
        Example {
            toml: "kind = 'between'\ncolumn = 'capacity'\nmin = 1\nmax = 2000",
            passes: "SELECT * FROM (VALUES (1), (2000), (NULL)) AS t(capacity)",
            fails: "SELECT * FROM (VALUES (0), (12)) AS t(capacity)",
            others: &[],
        },
        Example {
            toml: "kind = 'between'\ncolumn = 'rate'\nmin = 0\nstrict_min = true\nmax = 1",
            passes: "SELECT * FROM (VALUES (0.1), (1.0)) AS t(rate)",
            fails: "SELECT * FROM (VALUES (0.0), (1.0)) AS t(rate)",
            others: &[],
        },
        Example {
            toml: "kind = 'between'\ncolumn = 'issued'\nmin = 1950-01-01",
            passes: "SELECT * FROM (VALUES (DATE '1950-01-01'), (NULL)) AS t(issued)",
            fails: "SELECT * FROM (VALUES (DATE '1900-01-01')) AS t(issued)",
            others: &[],
        },
    ],
    load: load_as::<Between>,
};

impl Between {
    fn ends(&self) -> impl Iterator<Item = &Spanned<Literal>> {
        self.min.iter().chain(&self.max)
    }
}

impl Lower for Between {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let at_least = if self.strict_min { ">" } else { ">=" };
        let at_most = if self.strict_max { "<" } else { "<=" };
        let part = |end: &Option<Spanned<Literal>>, sign: &str| {
            let end = end.as_ref()?;
            Some(end.get_ref().compared(&column, sign))
        };
        let parts = [part(&self.min, at_least), part(&self.max, at_most)];
        let mut parts: Vec<String> = parts.into_iter().flatten().collect();
        // NaN sorts after all numbers, and lies between none.
        parts.push(format!("NOT is_nan({column})"));
        Measure::Rows {
            holds: parts.join(" AND "),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        self.ends().map(|end| (&self.column, end)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let limit = |end: &Option<Spanned<Literal>>| end.as_ref()?.get_ref().limit();
        let span = self.column.span();
        if let (Some(min), Some(max)) = (&self.min, &self.max) {
            let (min, max) = (min.get_ref(), max.get_ref());
            if min.after(max) {
                let message = "`min` is greater than `max`: nothing could pass";
                return wrong(text, span, message, "exchange the two");
            }
            if limit(&self.min).is_none() || limit(&self.max).is_none() {
                return Vec::new();
            }
        } else if self.ends().any(|end| end.get_ref().limit().is_none()) {
            return Vec::new();
        }
        let given = Given {
            min: limit(&self.min),
            max: limit(&self.max),
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            ..Given::default()
        };
        contradiction(text, span, &given, ("value", ""))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Holds {
    sql: Name,
}

pub(super) const HOLDS: Kind = Kind {
    name: "holds",
    summary: "a SQL condition is true of every row",
    about: "A row for which the condition is null violates, as one for which it is false. An empty table is skipped.\n\
        It may ask other tables, which are built before it is judged: `town in (select town from towns)`, `not in` and \
        `exists`, joined by `and`, `or` and `not`. In their queries the row's own table is named in full: \
        `exists (select 1 from towns as t where t.town = orders.town)`. So may `where`.",
    args: &[Arg::required(
        "sql",
        Takes::Sql,
        "a condition over the columns of one row",
    )],
    examples: &[Example {
        toml: "kind = 'holds'\nsql = 'issued <= expires'",
        passes: "SELECT * FROM (VALUES (1, 2)) AS t(issued, expires)",
        fails: "SELECT * FROM (VALUES (1, 2), (3, NULL)) AS t(issued, expires)",
        others: &[],
    }],
    load: load_as::<Holds>,
};

impl Lower for Holds {
    fn lower(&self, _: &Subject) -> Measure {
        Measure::Rows {
            holds: body(self.sql.get_ref()).to_owned(),
            among: None,
        }
    }

    fn sql(&self) -> Vec<&Name> {
        vec![&self.sql]
    }
}
