//! Kinds that ask something of each row.

use serde::Deserialize;
use toml::Spanned;

use crate::clean::{CLEANERS, cleaner};
use crate::error::{Problem, Text, suggest};

use super::kind::load_as;
use super::sql::{Literal, ident, text as text_literal};
use super::{Example, Kind, Lower, Measure, Name, Subject};

/// The rows where `column` is not null.
fn present(column: &Name) -> Option<String> {
    Some(format!("{} IS NOT NULL", ident(column.get_ref())))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotNull {
    pub(super) column: Name,
}

pub(super) const NOT_NULL: Kind = Kind {
    name: "not_null",
    summary: "no row holds a null in the column",
    about: "Arguments: `column`.\n\
        Every row is asked; the empty text is not null. An empty table is skipped.",
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InSet {
    column: Name,
    values: Spanned<Vec<Literal>>,
}

pub(super) const IN_SET: Kind = Kind {
    name: "in_set",
    summary: "every value is one of a list",
    about: "Arguments: `column`, `values` (text, numbers, booleans or TOML dates, at least one).\n\
        Nulls are not asked. Text is compared to the letter. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'in_set'\ncolumn = 'state'\nvalues = ['NV', 'OK']",
        passes: "SELECT * FROM (VALUES ('NV'), ('OK'), (NULL)) AS t(state)",
        fails: "SELECT * FROM (VALUES ('NV'), ('nv')) AS t(state)",
        others: &[],
    }],
    load: load_as::<InSet>,
};

impl Lower for InSet {
    fn lower(&self, _: &Subject) -> Measure {
        let values: Vec<&str> = self.values.get_ref().iter().map(Literal::sql).collect();
        Measure::Rows {
            holds: format!(
                "{} IN ({})",
                ident(self.column.get_ref()),
                values.join(", ")
            ),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if !self.values.get_ref().is_empty() {
            return Vec::new();
        }
        vec![
            Problem::new("lockgate::expect::argument", "`values` is empty")
                .at(text, self.values.span(), "no value could pass")
                .help("list the values allowed"),
        ]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matches {
    column: Name,
    pattern: Name,
}

pub(super) const MATCHES: Kind = Kind {
    name: "matches",
    summary: "every value matches a regular expression",
    about: "Arguments: `column` (text), `pattern` (a regular expression of the Rust `regex` crate, found anywhere \
        in the value; write ^ and $ for the whole of it).\n\
        Nulls are not asked; the empty text is. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'matches'\ncolumn = 'zip'\npattern = '^\\d{5}$'",
        passes: "SELECT * FROM (VALUES ('89101'), (NULL)) AS t(zip)",
        fails: "SELECT * FROM (VALUES ('89101'), ('8910')) AS t(zip)",
        others: &[],
    }],
    load: load_as::<Matches>,
};

impl Lower for Matches {
    fn lower(&self, _: &Subject) -> Measure {
        let (column, pattern) = (ident(self.column.get_ref()), self.pattern.get_ref());
        Measure::Rows {
            holds: format!("regexp_like({column}, {})", text_literal(pattern)),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let Err(error) = regex::Regex::new(self.pattern.get_ref()) else {
            return Vec::new();
        };
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default();
        vec![
            Problem::new(
                "lockgate::expect::argument",
                "the pattern is not a regular expression",
            )
            .at(text, self.pattern.span(), why.trim_start_matches("error: "))
            .help("the syntax is the Rust regex crate's: no look-around, no back references"),
        ]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    column: Name,
    #[serde(default)]
    min: Option<Literal>,
    #[serde(default)]
    max: Option<Literal>,
    #[serde(default)]
    strict: bool,
}

pub(super) const BETWEEN: Kind = Kind {
    name: "between",
    summary: "every value lies within bounds",
    about: "Arguments: `column`, `min` and `max` (either may be left out; a number, a TOML date or text), \
        `strict = true` to leave the bounds themselves out.\n\
        Nulls are not asked. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'between'\ncolumn = 'capacity'\nmin = 1\nmax = 2000",
        passes: "SELECT * FROM (VALUES (1), (2000), (NULL)) AS t(capacity)",
        fails: "SELECT * FROM (VALUES (0), (12)) AS t(capacity)",
        others: &[],
    }],
    load: load_as::<Between>,
};

impl Lower for Between {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (at_least, at_most) = if self.strict {
            (">", "<")
        } else {
            (">=", "<=")
        };
        let mut parts = Vec::new();
        if let Some(min) = &self.min {
            parts.push(format!("{column} {at_least} {}", min.sql()));
        }
        if let Some(max) = &self.max {
            parts.push(format!("{column} {at_most} {}", max.sql()));
        }
        Measure::Rows {
            holds: parts.join(" AND "),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        no_bounds(text, &self.column, self.min.is_none() && self.max.is_none())
    }
}

fn no_bounds(text: &Text, column: &Name, missing: bool) -> Vec<Problem> {
    if !missing {
        return Vec::new();
    }
    vec![
        Problem::new("lockgate::expect::argument", "no bound is given")
            .at(text, column.span(), "any value of it would pass")
            .help("give `min`, `max` or both"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Length {
    column: Name,
    #[serde(default)]
    min: Option<u32>,
    #[serde(default)]
    max: Option<u32>,
    #[serde(default)]
    equals: Option<u32>,
}

pub(super) const LENGTH: Kind = Kind {
    name: "length",
    summary: "every text has a length within bounds",
    about: "Arguments: `column` (text), `min`, `max` or `equals`, in characters (Unicode scalar values).\n\
        Nulls are not asked; the empty text has length 0. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'length'\ncolumn = 'zip'\nequals = 5",
        passes: "SELECT * FROM (VALUES ('89101'), (NULL)) AS t(zip)",
        fails: "SELECT * FROM (VALUES ('89101'), ('')) AS t(zip)",
        others: &[],
    }],
    load: load_as::<Length>,
};

impl Lower for Length {
    fn lower(&self, _: &Subject) -> Measure {
        let length = format!("character_length({})", ident(self.column.get_ref()));
        let part = |sign: &str, bound: Option<u32>| bound.map(|n| format!("{length} {sign} {n}"));
        let parts: Vec<String> = [
            part(">=", self.min),
            part("<=", self.max),
            part("=", self.equals),
        ]
        .into_iter()
        .flatten()
        .collect();
        Measure::Rows {
            holds: parts.join(" AND "),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let missing = self.min.is_none() && self.max.is_none() && self.equals.is_none();
        no_bounds(text, &self.column, missing)
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
    about: "Arguments: `sql`, a boolean expression over the columns of one row.\n\
        A row for which it is null violates, as one for which it is false. An empty table is skipped.",
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
            holds: self.sql.get_ref().clone(),
            among: None,
        }
    }

    fn sql(&self) -> Option<&Name> {
        Some(&self.sql)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IsClean {
    column: Name,
    by: Name,
}

pub(super) const IS_CLEAN: Kind = Kind {
    name: "is_clean",
    summary: "every value is what the cleaner would make of it",
    about: "Arguments: `column` (text), `by` (the name of a cleaner: `phone`, `address`, `company`, `person`).\n\
        A value the cleaner rejects or would change violates. Nulls are not asked. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'is_clean'\ncolumn = 'phone'\nby = 'phone'",
        passes: "SELECT * FROM (VALUES ('2125552368'), (NULL)) AS t(phone)",
        fails: "SELECT * FROM (VALUES ('212-555-2368'), ('12345')) AS t(phone)",
        others: &[],
    }],
    load: load_as::<IsClean>,
};

impl Lower for IsClean {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let by = self.by.get_ref();
        let function = cleaner(by).map_or(by.as_str(), |cleaner| cleaner.function);
        Measure::Rows {
            holds: format!("{function}({column}) = {column}"),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let by = self.by.get_ref();
        if cleaner(by).is_some() {
            return Vec::new();
        }
        vec![
            Problem::new(
                "lockgate::expect::argument",
                format!("no cleaner is called `{by}`"),
            )
            .at(text, self.by.span(), "not a cleaner")
            .help(suggest(by, CLEANERS.iter().map(|cleaner| cleaner.name))),
        ]
    }
}
