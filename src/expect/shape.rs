//! Kinds that ask something of the table as a whole: how many rows, how fresh,
//! how unique.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::arg::{AGAINST, Arg, BETWEEN, SKIP_NULL, Takes};
use super::bound::{AgainstArg, Ends};
use super::common::{DATED, SkipNull, wrong};
use super::kind::load_as;
use super::sql::{Limit, ident, idents};
use super::{Bound, Example, Kind, Lower, Measure, Name, Subject};

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
        it, passes. Rows with a null in the column of `per` are a group. No groups at all are skipped.",
    args: &[
        Arg::optional("min", Takes::Count, "the least number of rows"),
        Arg::optional("max", Takes::Count, "the greatest number of rows"),
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
            ..Ends::default()
        }
    }

    /// The groups with their counts, and those out of bounds as `bad`.
    fn groups(&self, subject: &Subject, per: &str) -> String {
        let counts = |order: &str| {
            format!(
                "SELECT {per} AS \"group\", {order} AS starts, count(*) AS \"rows\" FROM {} GROUP BY {per}",
                subject.rows()
            )
        };
        let ends = (self.against.as_ref(), self.between.as_ref());
        let (Some(against), Some(between)) = ends else {
            let low = self.equals.or(self.min).unwrap_or(0);
            let high = self
                .equals
                .or(self.max)
                .map_or(String::new(), |max| format!(" OR \"rows\" > {max}"));
            return format!(
                "SELECT \"group\", \"rows\", \"rows\" < {low}{high} AS bad FROM ({})",
                counts("NULL")
            );
        };
        let previous = against.get_ref().previous.unwrap_or(1);
        let [low, high] = *between.get_ref();
        format!(
            "WITH counts AS ({}), ranked AS (SELECT *, row_number() OVER (ORDER BY starts, \"group\") AS place \
             FROM counts), usual AS (SELECT now.place, median(CAST(before.\"rows\" AS DOUBLE)) AS usual \
             FROM ranked AS now JOIN ranked AS before ON before.place BETWEEN now.place - {previous} AND now.place - 1 \
             GROUP BY now.place) SELECT \"group\", \"rows\", usual AS median_before, \
             coalesce(\"rows\" < usual * {low:?} OR \"rows\" > usual * {high:?}, false) AS bad \
             FROM ranked LEFT JOIN usual USING (place)",
            counts("min(file_date)")
        )
    }
}

impl Lower for RowCount {
    fn lower(&self, subject: &Subject) -> Measure {
        match &self.per {
            None => Measure::Value {
                aggregate: format!("count(*){}", subject.only()),
                bound: self.ends().bound(),
            },
            Some(per) => {
                let groups = self.groups(subject, &ident(per.get_ref()));
                Measure::Query {
                    count: format!("SELECT count(*) FILTER (WHERE bad), count(*) FROM ({groups})"),
                    rows: format!(
                        "SELECT * EXCEPT (bad) FROM ({groups}) WHERE bad ORDER BY \"group\""
                    ),
                }
            }
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let named = [
            self.per.as_ref().map(Name::span),
            self.against.as_ref().map(Spanned::span),
            self.between.as_ref().map(Spanned::span),
        ];
        let place = named.into_iter().flatten().next().unwrap_or_default();
        let both = self.equals.is_some() && (self.min.or(self.max).is_some());
        if both {
            let message = "`equals` does not go with `min` and `max`";
            return wrong(text, place, message, "give one or the other");
        }
        let problems = self.ends().problems(text, place);
        if let (true, Some(_), Some(against)) = (problems.is_empty(), &self.per, &self.against)
            && (against.get_ref().previous.is_none() || self.between.is_none())
        {
            let message = "with `per` a group is held against the groups before it";
            let help = "write `against = { previous = 3 }` and `between = [0.8, 1.25]`";
            return wrong(text, against.span(), message, help);
        }
        problems
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unique {
    pub(super) columns: Vec<Name>,
    #[serde(default)]
    pub(super) skip_null: SkipNull,
}

pub(super) const UNIQUE: Kind = Kind {
    name: "unique",
    summary: "no two rows share the values of the columns",
    about: "Every row of a repeated group violates, the first one included. Rows with a null in one of the columns are \
        not asked, as in SQL; with `skip_null = \"all\"` or `\"never\"` two nulls count as the same value.\n\
        Where the model's plan proves the columns a key, nothing is read and the outcome says `proved`. Without a row \
        to ask about it is skipped.",
    args: &[
        Arg::required("columns", Takes::Columns, "one column or more"),
        SKIP_NULL,
    ],
    examples: &[
        Example {
            toml: "kind = 'unique'\ncolumns = ['source', 'licence']",
            passes: "SELECT * FROM (VALUES ('a', 1), ('b', 1), (NULL, 1), (NULL, 1)) AS t(source, licence)",
            fails: "SELECT * FROM (VALUES ('a', 1), ('a', 1)) AS t(source, licence)",
            others: &[],
        },
        Example {
            toml: "kind = 'unique'\ncolumns = ['source', 'licence']\nskip_null = 'all'",
            passes: "SELECT * FROM (VALUES ('a', 1), (NULL, NULL), (NULL, NULL)) AS t(source, licence)",
            fails: "SELECT * FROM (VALUES ('a', NULL), ('a', NULL)) AS t(source, licence)",
            others: &[],
        },
    ],
    load: load_as::<Unique>,
};

impl Lower for Unique {
    fn lower(&self, subject: &Subject) -> Measure {
        let key = idents(&self.columns);
        let among = self.skip_null.among(&self.columns);
        let among = among.map_or(String::new(), |among| format!(" WHERE {among}"));
        let groups = format!(
            "SELECT {key}, count(*) AS repeats FROM {}{among} GROUP BY {key}",
            subject.rows()
        );
        let same = match self.skip_null {
            SkipNull::Any => "=",
            SkipNull::All | SkipNull::Never => "IS NOT DISTINCT FROM",
        };
        let columns = self.columns.iter().map(|column| ident(column.get_ref()));
        let on: Vec<String> = columns
            .map(|column| format!("(t.{column} {same} d.{column})"))
            .collect();
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
        (self.skip_null == SkipNull::Any).then(|| {
            let columns = self.columns.iter();
            columns.map(|name| name.get_ref().clone()).collect()
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fresh {
    column: Name,
    within: Name,
}

pub(super) const FRESH: Kind = Kind {
    name: "fresh",
    summary: "the newest value is not too old",
    about: "The newest value of the column is held against the run's day: the clock's, or the newest file date of all sources where \
        the manifest says `as_of = \"newest_file\"`, or `--file-date`. The value measured is the age in days. \
        Nulls are no value. A table without a value is skipped.",
    args: &[
        Arg::required(
            "column",
            Takes::Column,
            "the column asked about: dates or timestamps",
        ),
        Arg::required(
            "within",
            Takes::Text,
            "how old the newest value may be: \"45 days\", \"6 weeks\"",
        ),
    ],
    examples: &[Example {
        toml: "kind = 'fresh'\ncolumn = 'file_date'\nwithin = '45 days'",
        passes: "SELECT * FROM (VALUES (DATE '2024-01-01'), (DATE '2024-03-01')) AS t(file_date)",
        fails: "SELECT * FROM (VALUES (DATE '2024-01-01')) AS t(file_date)",
        others: &[],
    }],
    load: load_as::<Fresh>,
};

/// Reads `45 days` or `6 weeks` as days.
fn days(within: &str) -> Option<i64> {
    let (number, unit) = within.trim().split_once(' ')?;
    let number: i64 = number.parse().ok()?;
    match unit.trim().trim_end_matches('s') {
        "day" => Some(number),
        "week" => number.checked_mul(7),
        _ => None,
    }
}

impl Lower for Fresh {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        Measure::Value {
            aggregate: format!(
                "{} - arrow_cast(CAST(date_trunc('day', max({column}){}) AS DATE), 'Int32')",
                subject.as_of,
                subject.only()
            ),
            bound: Bound {
                max: days(self.within.get_ref()).map(Number::Int),
                ..Bound::default()
            },
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, DATED)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if days(self.within.get_ref()).is_some() {
            return Vec::new();
        }
        vec![
            Problem::new(
                "lockgate::expect::argument",
                "`within` is not a length of time",
            )
            .at(text, self.within.span(), "here")
            .help("write `45 days` or `6 weeks`"),
        ]
    }
}
