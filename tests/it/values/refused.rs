//! What cannot be asked, told at its place.

use super::verdict;
use crate::ask::Asked;
use crate::support::wait;

/// Questions that cannot be asked, and a word of the message.
const REFUSED: &[(&str, &str)] = &[
    (
        "kind = 'metric'\nvalue = 'sum(n) / count(*)'\nmin = 0",
        "`/` of two whole numbers drops the fraction",
    ),
    (
        "kind = 'reconciles'\nwith = ['other']\nvalue = 'sum(n)'\neach = 'sum(n) / count(*)'",
        "`/` of two whole numbers drops the fraction",
    ),
    (
        "kind = 'metric'\nvalue = 'sum(n / 2)'\nmin = 0\nwhere = 'n > 0'",
        "`/` of two whole numbers drops the fraction",
    ),
    (
        "kind = 'metric'\nvalue = 'cast(count(t) / count(*) as double)'\nmin = 0\nper = 't'",
        "`/` of two whole numbers drops the fraction",
    ),
    (
        "kind = 'refers_to'\ncolumn = 't'\nto = 'other.n'",
        "do not compare",
    ),
    (
        "kind = 'refers_to'\ncolumn = 'n'\nto = 'other.t'",
        "do not compare",
    ),
    (
        "kind = 'overlap'\ncolumn = 't'\nwith = 'other.n'\nmin = 0.5",
        "do not compare",
    ),
    (
        "kind = 'compare'\ncolumn = 't'\nis = 'equal'\nto = 'n'",
        "do not compare",
    ),
    (
        "kind = 'unique_within_record'\ncolumns = ['t', 'n']",
        "do not compare",
    ),
    (
        "kind = 'same_rows_as'\nmodel = 'other'\ncolumns = ['m']",
        "do not compare",
    ),
    (
        "kind = 'pair_in_set'\ncolumns = ['t', 'n']\nvalues = [[1, 1]]",
        "is text",
    ),
    ("kind = 'in_set'\ncolumn = 't'\nvalues = [1]", "is text"),
    (
        "kind = 'sum_of_columns'\ncolumns = ['t', 'n']\nmin = 1",
        "is text",
    ),
    (
        "kind = 'not_null'\ncolumn = 't'\nwhere = 't = 5'",
        "is text, and is compared with",
    ),
    (
        "kind = 'holds'\nsql = 't > n'",
        "is text, and is compared with `n`",
    ),
    (
        "kind = 'holds'\nsql = 't in (1, 2)'",
        "is text, and is compared with",
    ),
    ("kind = 'holds'\nsql = 'd = t'", "which is date"),
    (
        "kind = 'no_rows'\nsql = 'select t from this where t between 1 and 2'",
        "is text, and is compared with",
    ),
    (
        "kind = 'no_rows'\nsql = 'select a.t from this a join other b on a.t = b.n'",
        "is text, and is compared with",
    ),
    (
        "kind = 'no_rows'\nsql = 'select t from this where t in (select n from other)'",
        "is text",
    ),
    (
        "kind = 'mean'\ncolumn = 'n'\nmin = 0\nallow = { rows = 1 }",
        "`allow` does not go with `mean`",
    ),
    (
        "kind = 'sum'\ncolumn = 'n'\nmin = 0\nallow = { share = 0.1 }",
        "`allow` does not go with `sum`",
    ),
    (
        "kind = 'row_count'\nmin = 1\nallow = { share = 0.1 }",
        "`allow` does not go with `row_count`",
    ),
    (
        "kind = 'column_count'\nmin = 1\nallow = { rows = 1 }",
        "`allow` does not go with `column_count`",
    ),
    (
        "kind = 'no_rows'\nsql = 'select 1 as a'\nallow = { share = 0.1 }",
        "`allow` does not go with `no_rows`",
    ),
    (
        "kind = 'between'\ncolumn = 'n'\nmin = 2\nmax = 1",
        "`min` is greater than `max`",
    ),
    (
        "kind = 'between'\ncolumn = 't'\nmin = 'b'\nmax = 'a'",
        "`min` is greater than `max`",
    ),
    (
        "kind = 'between'\ncolumn = 'n'\nmin = 1\nmax = 1\nstrict_max = true",
        "the same, and not allowed",
    ),
    ("kind = 'between'\ncolumn = 'n'\nmin = nan", "nan"),
    ("kind = 'in_set'\ncolumn = 'n'\nvalues = [nan]", "nan"),
    ("kind = 'in_set'\ncolumn = 'n'\nvalues = []", "empty"),
    (
        "kind = 'max'\ncolumn = 'n'\nmin = 2\nmax = 1",
        "`min` is greater than `max`",
    ),
    ("kind = 'max'\ncolumn = 'n'\nmax = nan", "nan"),
    (
        "kind = 'max'\ncolumn = 'd'\nmin = 1\nmax = 2024-01-01",
        "do not compare",
    ),
    (
        "kind = 'mean'\ncolumn = 'n'\nmin = 1\nstrict_max = true",
        "`strict_max` says nothing",
    ),
    (
        "kind = 'length'\ncolumn = 't'\nmin = 2\nequals = 3",
        "`equals` does not go with",
    ),
    (
        "kind = 'length'\ncolumn = 't'\nmin = 3\nmax = 2",
        "`min` is greater than `max`",
    ),
    (
        "kind = 'column_count'\nmin = 3\nequals = 2",
        "`equals` does not go with",
    ),
    (
        "kind = 'row_count'\nmin = 3\nequals = 2",
        "`equals` does not go with",
    ),
    (
        "kind = 'row_count'\nmin = 3\nmax = 2",
        "`min` is greater than `max`",
    ),
    (
        "kind = 'row_count'\nper = 't'\nmin = 3\nmax = 2",
        "`min` is greater than `max`",
    ),
    (
        "kind = 'sum_of_columns'\ncolumns = ['n']\nmin = 1\nequals = 2",
        "`equals` does not go with",
    ),
    (
        "kind = 'distinct_share'\ncolumn = 'n'\nmin = 1.5",
        "nothing could pass",
    ),
    (
        "kind = 'overlap'\ncolumn = 'n'\nwith = 'other.n'\nmin = 50",
        "nothing could pass",
    ),
    (
        "kind = 'stdev'\ncolumn = 'n'\nmax = -1",
        "nothing could pass",
    ),
    (
        "kind = 'distinct_count'\ncolumn = 'n'\nmax = -1",
        "nothing could pass",
    ),
    (
        "kind = 'z_score'\ncolumn = 'n'\nmax = -1",
        "nothing could pass",
    ),
    (
        "kind = 'fresh'\ncolumn = 'd'\nwithin = '-1 days'",
        "not a length of time",
    ),
    (
        "kind = 'fresh'\ncolumn = 'd'\nwithin = '1 day'\nahead = 'soon'",
        "not a length of time",
    ),
];

#[test]
fn what_has_no_answer_is_refused_at_its_place_by_every_kind_alike() {
    wait(async {
        let this = "SELECT 'a' AS t, 1 AS n, DATE '2024-01-01' AS d, 'a' AS m";
        let other = "SELECT '1' AS t, 1 AS n, 1 AS m";
        let mut wrong = Vec::new();
        for (toml, word) in REFUSED {
            match verdict(toml, this, other).await {
                Asked::Wrong(problems) if problems[0].to_string().contains(word) => {
                    let placed = problems[0].place().is_some() && problems[0].help_text().is_some();
                    if !placed {
                        wrong.push(format!("{toml}\n  without place or help: {problems:?}"));
                    }
                }
                other => wrong.push(format!("{toml}\n  {word}: {other:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
