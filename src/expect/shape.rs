//! Kinds that ask something of the table as a whole: how many rows, how fresh,
//! how unique.

use serde::Deserialize;

use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::kind::load_as;
use super::sql::{ident, idents};
use super::{Bound, Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowCount {
    #[serde(default)]
    min: Option<u64>,
    #[serde(default)]
    max: Option<u64>,
    #[serde(default)]
    per: Option<Name>,
    #[serde(default)]
    against: Option<Against>,
    #[serde(default)]
    between: Option<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Against {
    previous: u32,
}

pub(super) const ROW_COUNT: Kind = Kind {
    name: "row_count",
    summary: "the table, or each group of it, has so many rows",
    about: "Arguments: `min`, `max` (either may be left out), for the whole table.\n\
        With `per = \"file_name\"` every group's count is bounded, and a violation is a group.\n\
        With `per`, `against = { previous = 3 }` and `between = [0.8, 1.25]` each group's count is divided by the \
        median count of the three groups before it; groups are ordered by their earliest `file_date`, and the first \
        one, having nothing before it, passes.\n\
        An empty table has 0 rows, which is judged; no groups at all are skipped.",
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
    /// The groups with their counts, and those out of bounds as `bad`.
    fn groups(&self, subject: &Subject, per: &str) -> String {
        let counts = |order: &str| {
            format!(
                "SELECT {per} AS \"group\", {order} AS starts, count(*) AS \"rows\" FROM {} GROUP BY {per}",
                subject.rows()
            )
        };
        let (Some(against), Some([low, high])) = (&self.against, self.between) else {
            let low = self.min.unwrap_or(0);
            let high = self
                .max
                .map_or(String::new(), |max| format!(" OR \"rows\" > {max}"));
            return format!(
                "SELECT \"group\", \"rows\", \"rows\" < {low}{high} AS bad FROM ({})",
                counts("NULL")
            );
        };
        let previous = against.previous;
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
                bound: Bound {
                    min: self.min.map(|min| Number::Int(min as i64)),
                    max: self.max.map(|max| Number::Int(max as i64)),
                },
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

    fn problems(&self, _: &Text) -> Vec<Problem> {
        let problem = |message: &str, help: &str| {
            vec![Problem::new("lockgate::expect::argument", message).help(help)]
        };
        match (&self.per, &self.against, &self.between) {
            (None, Some(_), _) => problem("`against` needs `per`", "add `per = \"file_name\"`"),
            (_, Some(_), None) => {
                problem("`against` needs `between`", "add `between = [0.8, 1.25]`")
            }
            (_, None, Some(_)) => problem(
                "`between` needs `against`",
                "for plain counts write `min` and `max`",
            ),
            (_, Some(_), Some(_)) if self.min.or(self.max).is_some() => problem(
                "`min` and `max` do not go with `against`",
                "write two expectations",
            ),
            (_, None, None) if self.min.is_none() && self.max.is_none() => {
                problem("no bound is given", "give `min`, `max` or both")
            }
            _ => Vec::new(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unique {
    pub(super) columns: Vec<Name>,
}

pub(super) const UNIQUE: Kind = Kind {
    name: "unique",
    summary: "no two rows share the values of the columns",
    about: "Arguments: `columns`, one or more.\n\
        Rows with a null in one of them are not asked, as in SQL. Every row of a repeated group violates. \
        Where the model's plan proves the columns a key, nothing is read and the outcome says `proved`.",
    examples: &[Example {
        toml: "kind = 'unique'\ncolumns = ['source', 'licence']",
        passes: "SELECT * FROM (VALUES ('a', 1), ('b', 1), (NULL, 1), (NULL, 1)) AS t(source, licence)",
        fails: "SELECT * FROM (VALUES ('a', 1), ('a', 1)) AS t(source, licence)",
        others: &[],
    }],
    load: load_as::<Unique>,
};

impl Lower for Unique {
    fn lower(&self, subject: &Subject) -> Measure {
        let key = idents(&self.columns);
        let present: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("{} IS NOT NULL", ident(column.get_ref())))
            .collect();
        let present = present.join(" AND ");
        let groups = format!(
            "SELECT {key}, count(*) AS repeats FROM {} WHERE {present} GROUP BY {key}",
            subject.rows()
        );
        let on: Vec<String> = self
            .columns
            .iter()
            .map(|column| ident(column.get_ref()))
            .map(|column| format!("t.{column} = d.{column}"))
            .collect();
        Measure::Unique {
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

    fn unique_key(&self) -> Option<Vec<String>> {
        Some(
            self.columns
                .iter()
                .map(|name| name.get_ref().clone())
                .collect(),
        )
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
    about: "Arguments: `column` (date or timestamp), `within` (as `45 days`, `6 weeks`).\n\
        The newest value is held against the run's day: the clock's, or the newest file date of all sources where \
        the manifest says `as_of = \"newest_file\"`, or `--file-date`. The value measured is the age in days. \
        A table without a value is skipped.",
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
                min: None,
                max: days(self.within.get_ref()).map(Number::Int),
            },
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
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
