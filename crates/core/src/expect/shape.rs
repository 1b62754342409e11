//! Kinds that ask something of the table as a whole: how many rows, how fresh,
//! how unique.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, Effect, Takes};
use super::bound::{AgainstArg, Ends, Given, NOT_NEGATIVE};
use super::common::{SkipNull, wrong};
use super::groups::Groups;
use super::kind::load_as;
use super::sql::{Limit, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowCount {
    #[serde(default)]
    min: Option<u64>,
    #[serde(default)]
    max: Option<u64>,
    #[serde(default)]
    equals: Option<u64>,
    #[serde(default)]
    per: Option<Name>,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
}

pub(super) const ROW_COUNT: Kind = Kind {
    name: "row_count",
    summary: "the table, or each group of it, has so many rows",
    about: "Without `per` the rows of the table are counted, and the count is held against the bounds or against the \
        counts of earlier runs. An empty table has 0 rows, which is judged.\n\
        With `per = \"file_name\"` every group's count is bounded, and a violation is a group. With `against = \
        { previous = 3 }` and `between = [0.8, 1.25]` each group's count is divided by the median count of the three \
        groups before it; groups are ordered by their earliest `file_date`, and the first one, having nothing before \
        it, passes. Rows with a null in the column of `per` are a group. Where there is no group at all, \
        `min` and `equals` above 0 are violated, and everything else is skipped.\n\
        `min = 0` says that the table may be empty: without it, one that held rows before and holds none now is told.",
    args: &[
        Arg::optional("min", Takes::Count, "the least number of rows").with(Effect::Least),
        Arg::optional("max", Takes::Count, "the greatest number of rows").with(Effect::Most),
        Arg::optional("equals", Takes::Count, "the only number of rows"),
        Arg::optional(
            "per",
            Takes::Column,
            "count each value of this column by itself",
        ),
        AGAINST,
        BETWEEN,
    ],
    examples: &[
        Example {
            toml: "kind = 'row_count'\nmin = 1\nmax = 3",
            passes: "SELECT * FROM (VALUES (1), (2)) AS t(id)",
            fails: "SELECT * FROM (VALUES (1)) AS t(id) WHERE id > 1",
            others: &[],
        },
        Example {
            toml: "kind = 'row_count'\nper = 'file_name'\nagainst = { previous = 3 }\nbetween = [0.5, 2]",
            passes: "SELECT * FROM (VALUES ('a', DATE '2024-01-01'), ('b', DATE '2024-02-01')) AS t(file_name, file_date)",
            fails: "SELECT * FROM (VALUES ('a', DATE '2024-01-01'), ('b', DATE '2024-02-01'), \
                ('b', DATE '2024-02-01'), ('b', DATE '2024-02-01')) AS t(file_name, file_date)",
            others: &[],
        },
    ],
    load: load_as::<RowCount>,
};

impl RowCount {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.equals.or(self.min).map(Limit::from),
            max: self.equals.or(self.max).map(Limit::from),
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: NOT_NEGATIVE,
            ..Ends::default()
        }
    }
}

impl Lower for RowCount {
    fn lower(&self, subject: &Subject) -> Measure {
        let Some(per) = &self.per else {
            return self.ends().measure(subject, "rows", |subject| {
                format!("count(*){}", subject.only())
            });
        };
        let groups = Groups {
            per,
            from: subject.rows(),
            aggregate: "count(*)".to_owned(),
            dated: None,
            called: "rows",
            bound: self.ends().bound(),
            needed: self.equals.or(self.min).unwrap_or(0) > 0,
        };
        groups.measure()
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn allows_empty(&self) -> bool {
        self.per.is_none() && (self.min == Some(0) || self.equals == Some(0))
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let named = [
            self.per.as_ref().map(Name::span),
            self.against.as_ref().map(Spanned::span),
            self.between.as_ref().map(Spanned::span),
        ];
        let place = named.into_iter().flatten().next().unwrap_or_default();
        let given = Given::counts(self.min, self.max, self.equals);
        if self.against.is_none()
            && self.between.is_none()
            && let Some((message, help)) = given.wrong()
        {
            return wrong(text, place, message, help);
        }
        if self.equals.is_some() && self.against.is_some() {
            let message = "`equals` does not go with `against`: write two expectations";
            return wrong(text, place, message, "give one or the other");
        }
        self.ends().problems(text, place)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unique {
    pub(super) columns: Vec<Name>,
    #[serde(default = "SkipNull::of_a_key")]
    pub(super) skip_null: SkipNull,
}

pub(super) const UNIQUE: Kind = Kind {
    name: "unique",
    summary: "no two rows share the values of the columns",
    about: "Every row of a repeated group violates, the first one included. Two nulls count as the same value: ('a', null) \
        twice is a repeat. Rows with a null in all of the columns are not asked, so that of a single column nulls may \
        repeat; with `skip_null = \"any\"` rows with a null in one of them are not asked either, as in SQL, with \
        `\"never\"` every row is. The two zeros of floats are one value, and so is NaN.\n\
        Where the model's plan proves the columns a key, nothing is read and the outcome says `proved`. Without a row \
        to ask about it is skipped.",
    args: &[
        Arg::required("columns", Takes::Columns, "one column or more"),
        Arg::optional(
            "skip_null",
            Takes::Word(&["any", "all", "never"]),
            "which rows are not asked: those with a null in any of the columns, in all of them (the default), or none",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'unique'\ncolumns = ['source', 'licence']",
            passes: "SELECT * FROM (VALUES ('a', 1), ('b', 1), (NULL, 1), (NULL, NULL), (NULL, NULL)) AS t(source, licence)",
            fails: "SELECT * FROM (VALUES ('a', NULL), ('a', NULL)) AS t(source, licence)",
            others: &[],
        },
        Example {
            toml: "kind = 'unique'\ncolumns = ['source', 'licence']\nskip_null = 'any'",
            passes: "SELECT * FROM (VALUES ('a', 1), ('a', NULL), ('a', NULL)) AS t(source, licence)",
            fails: "SELECT * FROM (VALUES ('a', 1), ('a', 1)) AS t(source, licence)",
            others: &[],
        },
    ],
    load: load_as::<Unique>,
};

impl Lower for Unique {
    fn lower(&self, subject: &Subject) -> Measure {
        let among = self.skip_null.among(&self.columns);
        let among = among.map_or(String::new(), |among| format!(" WHERE {among}"));
        let columns = self.columns.iter().map(|column| ident(column.get_ref()));
        let (keys, on): (Vec<String>, Vec<String>) = columns
            .enumerate()
            .map(|(at, column)| {
                let value = format!("value_of({column}) AS k{at}");
                let same = format!("(value_of(t.{column}) IS NOT DISTINCT FROM d.k{at})");
                (value, same)
            })
            .unzip();
        let places: Vec<String> = (0..keys.len()).map(|at| format!("k{at}")).collect();
        let groups = format!(
            "SELECT {places}, count(*) AS repeats FROM (SELECT {} FROM {}{among}) GROUP BY {places}",
            keys.join(", "),
            subject.rows(),
            places = places.join(", "),
        );
        Measure::Unique {
            skip_null: self.skip_null,
            columns: self
                .columns
                .iter()
                .map(|name| name.get_ref().clone())
                .collect(),
            count: format!(
                "SELECT coalesce(sum(repeats) FILTER (WHERE repeats > 1), 0), coalesce(sum(repeats), 0) FROM ({groups})"
            ),
            rows: format!(
                "SELECT t.* FROM {} AS t JOIN ({groups} HAVING count(*) > 1) AS d ON {}",
                subject.rows(),
                on.join(" AND ")
            ),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.iter().collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.columns.is_empty() {
            let message = "`columns` is empty: no columns are to be unique";
            return wrong(text, 0..0, message, "name at least one column");
        }
        Vec::new()
    }

    fn unique_key(&self) -> Option<Vec<String>> {
        // A proof counts nulls as values: it holds whichever rows are left out.
        let columns = self.columns.iter();
        Some(columns.map(|name| name.get_ref().clone()).collect())
    }
}
