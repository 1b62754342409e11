//! Ranges, from one column to another, that do not overlap.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Takes};
use super::common::{ORDERED, wrong};
use super::kind::load_as;
use super::pairs::beside;
use super::sql::ident;
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DisjointRanges {
    start: Name,
    end: Name,
    #[serde(default)]
    closed: Option<Spanned<bool>>,
    #[serde(default)]
    zero_length: bool,
    #[serde(default)]
    gaps: Option<Spanned<Gaps>>,
    #[serde(default)]
    per: Option<Name>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Gaps {
    #[default]
    Allowed,
    None,
}

pub(super) const DISJOINT_RANGES: Kind = Kind {
    name: "disjoint_ranges",
    summary: "the ranges from one column to another do not overlap",
    about: "Each row is a range from `start` to `end`. A row whose range begins before all ranges that begin before it have \
        ended violates, and so does one that ends before it starts; it is shown with the latest end before it, as \
        `end_before`. By default a range holds its start and not its end, so that one may start where another ends, and \
        one that ends where it starts holds nothing and violates. With `closed = true` it holds its end too.\n\
        NaN in one of the two violates. A null in `start` is a range without a beginning, one in `end` a range that has not ended. An empty table is \
        skipped.",
    args: &[
        Arg::required(
            "start",
            Takes::Column,
            "where a range starts: numbers, dates or timestamps",
        ),
        Arg::required("end", Takes::Column, "where it ends, of the same type"),
        Arg::optional("closed", Takes::Flag, "true: the end belongs to the range"),
        Arg::optional(
            "zero_length",
            Takes::Flag,
            "true: a range that ends where it starts is right; it holds nothing and overlaps none",
        ),
        Arg::optional(
            "gaps",
            Takes::Word(&["allowed", "none"]),
            "\"none\": each range but the first starts where the ranges before it have ended; not with `closed`",
        ),
        Arg::optional(
            "per",
            Takes::Column,
            "ranges of different values of this column may overlap, such as \"customer\"",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'disjoint_ranges'\nstart = 'valid_from'\nend = 'valid_to'\nper = 'customer'",
            passes: "SELECT * FROM (VALUES (1, 3, 5), (1, 1, 3), (1, 7, NULL), (2, 1, 9)) \
                AS t(customer, valid_from, valid_to)",
            fails: "SELECT * FROM (VALUES (1, 1, 9), (1, 2, 3), (1, 4, 5)) AS t(customer, valid_from, valid_to)",
            others: &[],
        },
        Example {
            toml: "kind = 'disjoint_ranges'\nstart = 'first'\nend = 'last'\nclosed = true",
            passes: "SELECT * FROM (VALUES (DATE '2024-01-01', DATE '2024-01-31'), (DATE '2024-02-01', DATE '2024-02-01')) \
                AS t(first, last)",
            fails: "SELECT * FROM (VALUES (DATE '2024-01-01', DATE '2024-01-31'), (DATE '2024-01-31', DATE '2024-02-29')) \
                AS t(first, last)",
            others: &[],
        },
        Example {
            toml: "kind = 'disjoint_ranges'\nstart = 'first'\nend = 'last'\ngaps = 'none'",
            passes: "SELECT * FROM (VALUES (1, 3), (3, 4), (4, NULL)) AS t(first, last)",
            fails: "SELECT * FROM (VALUES (1, 3), (3, 4), (5, NULL)) AS t(first, last)",
            others: &[],
        },
    ],
    load: load_as::<DisjointRanges>,
};

impl DisjointRanges {
    fn is_closed(&self) -> bool {
        self.closed.as_ref().is_some_and(|closed| *closed.get_ref())
    }

    fn seamless(&self) -> bool {
        self.gaps
            .as_ref()
            .is_some_and(|gaps| *gaps.get_ref() == Gaps::None)
    }

    /// Every range with the latest end before it, and whether it violates.
    fn judged(&self, subject: &Subject) -> String {
        let (start, end) = (ident(self.start.get_ref()), ident(self.end.get_ref()));
        let per = self.per.as_ref();
        let per = per.map_or(String::new(), |per| {
            format!("PARTITION BY {} ", ident(per.get_ref()))
        });
        // Ranges that hold nothing are right or wrong by themselves: the others are taken in order without them.
        let before_end = if self.is_closed() { "<=" } else { "<" };
        let holds = format!(
            "coalesce({start} {before_end} {end}, true) AND NOT coalesce(is_nan({start}) OR is_nan({end}), false)"
        );
        let before = format!(
            "OVER ({per}ORDER BY holds_some DESC, {start} ASC NULLS FIRST, {end} ASC NULLS LAST ROWS BETWEEN \
             UNBOUNDED PRECEDING AND 1 PRECEDING)"
        );
        let ranges = format!(
            "SELECT *, max({end}) {before} AS end_before, coalesce(bool_or({end} IS NULL) {before}, false) AS open_before, \
             count(*) {before} AS ranges_before FROM (SELECT *, {holds} AS holds_some FROM {})",
            subject.rows()
        );
        let touches = if self.is_closed() { "<=" } else { "<" };
        let mut wrong = vec![format!(
            "(ranges_before > 0 AND ({start} IS NULL OR open_before OR {start} {touches} end_before))"
        )];
        if self.seamless() {
            wrong.push(format!("(ranges_before > 0 AND {start} > end_before)"));
        }
        let nothing = match self.zero_length {
            true => format!("coalesce({start} <> {end} OR is_nan({start}), true)"),
            false => "true".to_owned(),
        };
        format!(
            "SELECT * EXCEPT (open_before, ranges_before, holds_some), CASE WHEN holds_some THEN coalesce({}, false) \
             ELSE {nothing} END AS bad FROM ({ranges})",
            wrong.join(" OR ")
        )
    }
}

impl Lower for DisjointRanges {
    fn lower(&self, subject: &Subject) -> Measure {
        let judged = self.judged(subject);
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE bad), count(*) FROM ({judged})"),
            rows: format!("SELECT * EXCEPT (bad) FROM ({judged}) WHERE bad"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        [&self.start, &self.end]
            .into_iter()
            .chain(&self.per)
            .collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.start, ORDERED), (&self.end, ORDERED)]
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let pair = beside(&self.start, &self.end);
        vec![Pair {
            by_day: false,
            ..pair
        }]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if let (true, true, Some(gaps)) = (self.is_closed(), self.seamless(), &self.gaps) {
            let message = "`gaps = \"none\"` does not go with `closed`: what follows an end is not told by it";
            let help = "write the end as the first value that is no longer in the range, and take `closed` out";
            return wrong(text, gaps.span(), message, help);
        }
        if let (true, true, Some(closed)) = (self.is_closed(), self.zero_length, &self.closed) {
            let message = "with `closed` a range that ends where it starts holds that one value";
            return wrong(text, closed.span(), message, "take `zero_length` out");
        }
        if self.start.get_ref() == self.end.get_ref() {
            let message = "`start` and `end` are the same column";
            return wrong(text, self.end.span(), message, "name the column of the end");
        }
        Vec::new()
    }
}
