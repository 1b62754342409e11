//! Kinds that hold each group of rows against the group before it.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, Takes};
use super::common::wrong;
use super::kind::load_as;
use super::sql::{float, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DiffersFromPrevious {
    per: Name,
    columns: Spanned<Vec<Name>>,
    between: Spanned<[f64; 2]>,
}

pub(super) const DIFFERS_FROM_PREVIOUS: Kind = Kind {
    name: "differs_from_previous",
    summary: "the share of rows that the group before did not have lies within bounds",
    about: "A row is new if no row of the group before has the same values in all of `columns`; nulls are the same as \
        nulls, and how often a row stands there does not matter. The share is the new rows among the rows of the \
        group, and a violation is a group whose share lies outside of `between`. Groups are ordered by their earliest \
        `file_date`, then by name; the first one, having nothing before it, passes. Rows without a `per` are not \
        asked; no groups at all are skipped.\n\
        With the columns that change from month to month and `between = [0.01, 1]` it finds the file that is last \
        month's under a new name: leave out the columns that tell the month. With the key alone and \
        `between = [0, 0.2]` it finds a file of other things than the one before, or a key that was damaged.",
    args: &[
        Arg::required(
            "per",
            Takes::Column,
            "the column of the groups, such as `file_name`",
        ),
        Arg::required("columns", Takes::Columns, "what is compared"),
        Arg::required(
            "between",
            Takes::Range,
            "the least and the greatest share of new rows, from 0 to 1",
        )
        .with(Effect::Interval),
    ],
    examples: &[
        Example {
            toml: "kind = 'differs_from_previous'\nper = 'file_name'\ncolumns = ['id', 'paid']\nbetween = [0.01, 1]",
            passes: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 1, 5), ('a', DATE '2024-01-01', 2, NULL), \
                ('b', DATE '2024-02-01', 1, 6), ('b', DATE '2024-02-01', 2, NULL)) AS t(file_name, file_date, id, paid)",
            fails: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 1, 5), ('a', DATE '2024-01-01', 2, NULL), \
                ('b', DATE '2024-02-01', 1, 5), ('b', DATE '2024-02-01', 2, NULL)) AS t(file_name, file_date, id, paid)",
            others: &[],
        },
        Example {
            toml: "kind = 'differs_from_previous'\nper = 'file_name'\ncolumns = ['id']\nbetween = [0, 0.5]",
            passes: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 1), ('b', DATE '2024-02-01', 1), \
                ('b', DATE '2024-02-01', 2)) AS t(file_name, file_date, id)",
            fails: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 1), ('b', DATE '2024-02-01', 3), \
                ('b', DATE '2024-02-01', 2)) AS t(file_name, file_date, id)",
            others: &[],
        },
    ],
    load: load_as::<DiffersFromPrevious>,
};

impl DiffersFromPrevious {
    /// One row for each group: its rows, the new ones among them, and whether their share is out of bounds.
    fn groups(&self, subject: &Subject) -> String {
        let per = ident(self.per.get_ref());
        let rows = subject.rows();
        let names = self.columns.get_ref().iter();
        let names = names.map(|name| ident(name.get_ref())).enumerate();
        let compared: Vec<String> = names
            .map(|(n, column)| format!("value_of(t.{column}) AS c{n}"))
            .collect();
        // The place is compared like the columns: with one plain equality among
        // them the engine would not join on the null-safe ones.
        let same: Vec<String> = (0..compared.len())
            .map(|n| format!(" AND (before.c{n} IS NOT DISTINCT FROM now.c{n})"))
            .collect();
        let [low, high] = self.between.get_ref().map(float);
        format!(
            "WITH groups AS (SELECT {per} AS \"group\", count(*) AS \"rows\", \
             CAST(row_number() OVER (ORDER BY min(file_date), {per}) AS BIGINT) AS place \
             FROM {rows} WHERE {per} IS NOT NULL GROUP BY {per}), \
             own AS (SELECT g.place, {} FROM {rows} AS t JOIN groups AS g ON t.{per} = g.\"group\"), \
             earlier AS (SELECT DISTINCT place + 1 AS place, {} FROM own), \
             known AS (SELECT now.place, count(*) AS known FROM own AS now LEFT SEMI JOIN earlier AS before \
             ON (before.place IS NOT DISTINCT FROM now.place){} GROUP BY now.place), \
             shares AS (SELECT g.\"group\", g.place, g.\"rows\", g.\"rows\" - coalesce(k.known, 0) AS new_rows \
             FROM groups AS g LEFT JOIN known AS k ON k.place = g.place) \
             SELECT \"group\", \"rows\", new_rows, place > 1 AND (CAST(new_rows AS DOUBLE) / \"rows\" < {low} \
             OR CAST(new_rows AS DOUBLE) / \"rows\" > {high}) AS bad FROM shares",
            compared.join(", "),
            (0..compared.len())
                .map(|n| format!("c{n}"))
                .collect::<Vec<_>>()
                .join(", "),
            same.concat(),
        )
    }
}

impl Lower for DiffersFromPrevious {
    fn lower(&self, subject: &Subject) -> Measure {
        let groups = self.groups(subject);
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE bad), count(*) FROM ({groups})"),
            rows: format!("SELECT * EXCEPT (bad) FROM ({groups}) WHERE bad ORDER BY \"group\""),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.per)
            .chain(self.columns.get_ref())
            .collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let [low, high] = *self.between.get_ref();
        if self.columns.get_ref().is_empty() {
            let message = "`columns` is empty: nothing would be compared";
            return wrong(
                text,
                self.columns.span(),
                message,
                "name at least one column",
            );
        }
        if !(0.0 <= low && low <= high && high <= 1.0) {
            return wrong(
                text,
                self.between.span(),
                "`between` is not two shares, the lower first",
                "for a file that must not repeat the one before write `between = [0.01, 1]`",
            );
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Text;
    use crate::expect::load;

    #[test]
    fn bounds_that_are_no_shares_and_columns_that_are_none_are_told_at_their_place() {
        for (columns, between, line) in [
            ("'id'", "[0.5, 2]", 5),
            ("'id'", "[0.9, 0.1]", 5),
            ("'id'", "[nan, 1]", 5),
            ("", "[0, 1]", 4),
        ] {
            let toml = format!(
                "[[expect]]\nkind = 'differs_from_previous'\nper = 'file_name'\n\
                 columns = [{columns}]\nbetween = {between}\n"
            );
            let (_, problems) = load(&Text::new("base.toml", toml));
            assert_eq!(problems.len(), 1);
            assert_eq!(problems[0].place(), Some(("base.toml".to_owned(), line)));
        }
    }
}
