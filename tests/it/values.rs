//! What a value is, the same for every kind: docs/values.md as tables. A kind without a line fails the test.

mod edges;

use lockgate::engine::cells_of;
use lockgate::expect::{KINDS, Past};
use lockgate::outcome::{Number, Verdict};

use crate::ask::{Asked, ask, first_run, rows};
use crate::support::wait;

use Verdict::{Fail, Pass};

/// A table with NaN beside good numbers, and an other one without.
const WITH_NAN: &str = "SELECT * FROM (VALUES (0.5, 'a', 1, DATE '2024-03-01', 0.5), \
    (CAST('NaN' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)) AS t(x, s, file_row, file_date, y)";
const OTHER: &str = "SELECT * FROM (VALUES (0.5, 'a'), (0.7, 'b')) AS t(x, s)";

/// Of each kind a question that would pass of the numbers alone, and its verdict with NaN among them; without
/// a question the kind is not about numbers.
const NAN: &[(&str, &str, Verdict)] = &[
    ("row_count", "min = 1", Pass),
    ("fresh", "", Pass),
    ("column_count", "min = 1", Pass),
    ("columns", "names = ['x']\nmatch = 'contain'", Pass),
    ("type", "column = 'x'\ntypes = ['float']", Pass),
    ("unique", "columns = ['x']", Pass),
    ("unique_within_record", "columns = ['x', 'file_row']", Pass),
    ("distinct_count", "column = 'x'\nmax = 2", Pass),
    ("distinct_share", "column = 'x'\nmin = 1", Pass),
    (
        "differs_from_previous",
        "per = 's'\ncolumns = ['x']\nbetween = [0.5, 1]",
        Pass,
    ),
    ("not_null", "column = 'x'", Pass),
    ("is_null", "column = 'x'\nwhere = 'x > 0.5'", Fail),
    ("in_set", "column = 'x'\nvalues = [0.5, 1e300]", Fail),
    ("not_in_set", "column = 'x'\nvalues = [9]", Pass),
    ("distinct_values", "column = 'x'\nin = [0.5]", Fail),
    (
        "most_common",
        "column = 'x'\nvalues = [0.5]\nties = true",
        Pass,
    ),
    ("matches", "", Pass),
    ("not_matches", "", Pass),
    ("like", "", Pass),
    ("not_like", "", Pass),
    ("length", "", Pass),
    ("parses_as", "", Pass),
    ("json_schema", "", Pass),
    ("is_clean", "", Pass),
    ("between", "column = 'x'\nmin = 0", Fail),
    ("z_score", "column = 'x'\nmax = 3", Fail),
    ("min", "column = 'x'\nmin = 0", Fail),
    ("max", "column = 'x'\nmin = 0", Fail),
    ("mean", "column = 'x'\nmin = 0", Fail),
    ("median", "column = 'x'\nmin = 0", Fail),
    ("quantile", "column = 'x'\nq = 0\nmin = 0", Fail),
    ("stdev", "column = 'x'\nmin = 0", Fail),
    ("sum", "column = 'x'\nmin = 0", Fail),
    ("increasing", "column = 'x'", Fail),
    ("decreasing", "column = 'x'", Fail),
    (
        "compare",
        "column = 'x'\nis = 'greater_or_equal'\nto = 'y'",
        Fail,
    ),
    (
        "pair_in_set",
        "columns = ['x', 's']\nvalues = [[0.5, 'a'], [0.5, 'b']]",
        Fail,
    ),
    ("sum_of_columns", "columns = ['x', 'y']\nmin = 0", Fail),
    (
        "divergence",
        "column = 'x'\nbins = [0, 1]\nshares = [0.5]\nabove = 0.5\nmax = 9",
        Fail,
    ),
    (
        "chi_square",
        "column = 'x'\nvalues = [0.5]\nshares = [0.5]\nother = 0.5",
        Fail,
    ),
    (
        "kolmogorov_smirnov",
        "column = 'x'\nuniform = [0, 1]\nmax = 1",
        Fail,
    ),
    ("refers_to", "column = 'x'\nto = 'other.x'", Fail),
    ("overlap", "column = 'x'\nwith = 'other.x'\nmin = 0.6", Fail),
    ("same_rows_as", "model = 'other'\ncolumns = ['x']", Fail),
    (
        "reconciles",
        "with = ['other']\nvalue = 'sum(x)'\neach = 'sum(x)'",
        Fail,
    ),
    ("no_rows", "sql = 'select x from this where x > 9'", Fail),
    ("holds", "sql = 'x <= 1'", Fail),
    ("row_count_ratio", "to = 'other'\nmin = 1", Pass),
    ("unique_share", "column = 'x'\nmin = 1", Pass),
    ("entropy", "column = 'x'\nmax = 1", Pass),
    ("variance", "column = 'x'\nmin = 0", Fail),
    ("range", "column = 'x'\nmin = 0", Fail),
    ("interquartile_range", "column = 'x'\nmin = 0", Fail),
    (
        "skewness",
        "column = 'x'\npopulation = true\nmin = -9",
        Fail,
    ),
    (
        "kurtosis",
        "column = 'x'\npopulation = true\nmin = -9",
        Fail,
    ),
    ("metric", "value = 'sum(x)'\nmin = 0", Fail),
    ("fixed_step", "column = 'x'\nstep = 1", Fail),
    ("disjoint_ranges", "start = 'x'\nend = 'file_row'", Fail),
    ("correlation", "columns = ['x', 'file_row']\nmin = -1", Fail),
    ("mutual_information", "columns = ['x', 's']\nmin = 0", Pass),
];

async fn verdict(toml: &str, this: &str, other: &str) -> Asked {
    let tables = [("this", rows(this).await), ("other", rows(other).await)];
    ask(toml, &tables, first_run()).await
}

#[test]
fn nan_never_passes_for_a_number_in_any_kind() {
    wait(async {
        let told: Vec<&str> = NAN.iter().map(|(kind, ..)| *kind).collect();
        let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let missing: Vec<_> = known.iter().filter(|kind| !told.contains(kind)).collect();
        assert!(missing.is_empty(), "say what NaN is to {missing:?}");
        let mut wrong = Vec::new();
        for (kind, arguments, wanted) in NAN {
            if arguments.is_empty() {
                continue;
            }
            let toml = format!("kind = '{kind}'\n{arguments}");
            let asked = verdict(&toml, WITH_NAN, OTHER).await;
            if asked.verdict() != Some(*wanted) {
                wrong.push(format!("{toml}: {wanted}, and was {asked:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// A value, a question about it, a table that holds it, and the verdict.
const VALUES: &[(&str, &str, &str, Verdict)] = &[
    // Both zeros are one value.
    (
        "zeros",
        "kind = 'unique'\ncolumns = ['x']",
        "VALUES (0.0), (CAST('-0.0' AS DOUBLE))",
        Fail,
    ),
    (
        "zeros",
        "kind = 'unique'\ncolumns = ['x']\nskip_null = 'any'",
        "VALUES (0.0), (CAST('-0.0' AS DOUBLE))",
        Fail,
    ),
    (
        "zeros",
        "kind = 'distinct_count'\ncolumn = 'x'\nmax = 1",
        "VALUES (0.0), (CAST('-0.0' AS DOUBLE))",
        Pass,
    ),
    (
        "zeros",
        "kind = 'between'\ncolumn = 'x'\nmin = 0",
        "VALUES (CAST('-0.0' AS DOUBLE))",
        Pass,
    ),
    (
        "zeros",
        "kind = 'between'\ncolumn = 'x'\nmin = 0.0\nmax = 0.0",
        "VALUES (CAST('-0.0' AS DOUBLE)), (0.0)",
        Pass,
    ),
    (
        "zeros",
        "kind = 'in_set'\ncolumn = 'x'\nvalues = [0, 1]",
        "VALUES (CAST('-0.0' AS DOUBLE))",
        Pass,
    ),
    (
        "zeros",
        "kind = 'distinct_values'\ncolumn = 'x'\nequal = [0]",
        "VALUES (CAST('-0.0' AS DOUBLE)), (0.0)",
        Pass,
    ),
    (
        "zeros",
        "kind = 'refers_to'\ncolumn = 'x'\nto = 'other.x'",
        "VALUES (CAST('-0.0' AS DOUBLE))",
        Pass,
    ),
    (
        "zeros",
        "kind = 'max'\ncolumn = 'x'\nmin = 0\nmax = 0",
        "VALUES (CAST('-0.0' AS DOUBLE))",
        Pass,
    ),
    (
        "zeros",
        "kind = 'most_common'\ncolumn = 'x'\nvalues = [0]",
        "VALUES (CAST('-0.0' AS DOUBLE)), (0.0), (1.0)",
        Pass,
    ),
    // A key with a null and a repeat is no key.
    (
        "null",
        "kind = 'unique'\ncolumns = ['x', 'y']",
        "SELECT * FROM (VALUES ('a', NULL), ('a', NULL)) AS t(x, y)",
        Fail,
    ),
    (
        "null",
        "kind = 'unique'\ncolumns = ['x', 'y']",
        "SELECT * FROM (VALUES (NULL, NULL), (NULL, NULL), ('a', NULL)) AS t(x, y)",
        Pass,
    ),
    (
        "null",
        "kind = 'unique'\ncolumns = ['x']",
        "SELECT * FROM (VALUES ('a'), (NULL), (NULL)) AS t(x)",
        Pass,
    ),
    (
        "null",
        "kind = 'unique'\ncolumns = ['x']\nskip_null = 'never'",
        "SELECT * FROM (VALUES ('a'), (NULL), (NULL)) AS t(x)",
        Fail,
    ),
    // The end of time and its beginning.
    (
        "far",
        "kind = 'max'\ncolumn = 'x'\nmax = 9999-12-31",
        "VALUES (DATE '9999-12-31'), (DATE '0001-01-01')",
        Pass,
    ),
    (
        "far",
        "kind = 'max'\ncolumn = 'x'\nmax = 9999-12-30",
        "VALUES (DATE '9999-12-31')",
        Fail,
    ),
    (
        "far",
        "kind = 'min'\ncolumn = 'x'\nmin = 0001-01-01",
        "VALUES (DATE '9999-12-31'), (DATE '0001-01-01')",
        Pass,
    ),
    (
        "far",
        "kind = 'between'\ncolumn = 'x'\nmin = 0001-01-01\nmax = 9999-12-31",
        "VALUES (DATE '9999-12-31'), (DATE '0001-01-01')",
        Pass,
    ),
    (
        "far",
        "kind = 'between'\ncolumn = 'x'\nmax = 9999-12-31",
        "SELECT arrow_cast(253402300799000000, 'Timestamp(Microsecond, Some(\"UTC\"))') AS column1",
        Pass,
    ),
    (
        "far",
        "kind = 'max'\ncolumn = 'x'\nmax = 9999-12-31T23:59:58Z",
        "SELECT arrow_cast(253402300799000000, 'Timestamp(Microsecond, Some(\"UTC\"))') AS column1",
        Fail,
    ),
    (
        "far",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '3 days'",
        "VALUES (DATE '9999-12-31')",
        Fail,
    ),
    (
        "far",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '3 days'",
        "VALUES (DATE '0001-01-01')",
        Fail,
    ),
    (
        "far",
        "kind = 'in_set'\ncolumn = 'x'\nvalues = [9999-12-31]",
        "VALUES (DATE '9999-12-31')",
        Pass,
    ),
    (
        "far",
        "kind = 'compare'\ncolumn = 'x'\nis = 'less'\nto = 'y'",
        "SELECT TIMESTAMP '2024-01-01 12:00:00' AS x, DATE '9999-12-31' AS y",
        Pass,
    ),
    // A date is its whole day, in every kind.
    (
        "day",
        "kind = 'between'\ncolumn = 'x'\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'max'\ncolumn = 'x'\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'max'\ncolumn = 'x'\nmin = 2024-01-01T00:00:00\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'quantile'\ncolumn = 'x'\nq = 1\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'median'\ncolumn = 'x'\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'in_set'\ncolumn = 'x'\nvalues = [2024-01-31]",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'not_in_set'\ncolumn = 'x'\nvalues = [2024-01-31]",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Fail,
    ),
    (
        "day",
        "kind = 'distinct_values'\ncolumn = 'x'\nequal = [2024-01-31]",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00')",
        Pass,
    ),
    (
        "day",
        "kind = 'between'\ncolumn = 'x'\nmax = 2024-01-31\nstrict_max = true",
        "VALUES (TIMESTAMP '2024-01-31 00:00:00')",
        Fail,
    ),
    (
        "day",
        "kind = 'max'\ncolumn = 'x'\nmax = 2024-01-31\nstrict_max = true",
        "VALUES (TIMESTAMP '2024-01-31 00:00:00')",
        Fail,
    ),
    (
        "day",
        "kind = 'between'\ncolumn = 'x'\nmax = 2024-01-31",
        "VALUES (TIMESTAMP '2024-02-01 00:00:00')",
        Fail,
    ),
    (
        "day",
        "kind = 'compare'\ncolumn = 'x'\nis = 'less_or_equal'\nto = 'y'",
        "SELECT TIMESTAMP '2024-01-31 12:00:00' AS x, DATE '2024-01-31' AS y",
        Pass,
    ),
    // Zones: a moment is one moment, however it is written.
    (
        "zone",
        "kind = 'max'\ncolumn = 'x'\nmax = 2024-01-31T12:00:00+02:00",
        "VALUES (TIMESTAMP '2024-01-31 10:00:00')",
        Pass,
    ),
    (
        "zone",
        "kind = 'max'\ncolumn = 'x'\nmax = 2024-01-31T12:00:00+02:00",
        "VALUES (TIMESTAMP '2024-01-31 10:00:01')",
        Fail,
    ),
    (
        "zone",
        "kind = 'between'\ncolumn = 'x'\nmax = 2024-01-31T12:00:00+02:00",
        "SELECT arrow_cast(TIMESTAMP '2024-01-31 10:00:01', 'Timestamp(Microsecond, Some(\"UTC\"))') AS column1",
        Fail,
    ),
    (
        "zone",
        "kind = 'between'\ncolumn = 'x'\nmax = 2024-01-31T12:00:00.5Z",
        "VALUES (TIMESTAMP '2024-01-31 12:00:00.6')",
        Fail,
    ),
    // Today is 2024-03-01, and its moment the end of the day.
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '1 day'",
        "VALUES (TIMESTAMP '2024-02-29 00:00:00')",
        Pass,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '24 hours'",
        "VALUES (TIMESTAMP '2024-02-29 23:59:59')",
        Fail,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '24 hours'",
        "VALUES (TIMESTAMP '2024-03-01 00:00:00')",
        Pass,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '90 minutes'",
        "VALUES (TIMESTAMP '2024-03-01 22:30:00')",
        Pass,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '90 minutes'",
        "VALUES (TIMESTAMP '2024-03-01 22:29:59')",
        Fail,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '3 days'",
        "VALUES (DATE '2024-03-02')",
        Fail,
    ),
    (
        "age",
        "kind = 'fresh'\ncolumn = 'x'\nwithin = '3 days'\nahead = '1 day'",
        "VALUES (DATE '2024-03-02')",
        Pass,
    ),
    // Decimals and sums are what a person adds up.
    (
        "sum",
        "kind = 'sum'\ncolumn = 'x'\nmin = 0.3\nmax = 0.3",
        "VALUES (0.1), (0.2)",
        Pass,
    ),
    (
        "sum",
        "kind = 'mean'\ncolumn = 'x'\nmin = 0.2\nmax = 0.2",
        "VALUES (0.1), (0.2), (0.3)",
        Pass,
    ),
    (
        "sum",
        "kind = 'sum'\ncolumn = 'x'\nmin = 0.3\nmax = 0.3",
        "VALUES (CAST('0.1' AS DECIMAL(10,2))), (CAST('0.2' AS DECIMAL(10,2)))",
        Pass,
    ),
    (
        "sum",
        "kind = 'mean'\ncolumn = 'x'\nmin = 0.15\nmax = 0.15",
        "VALUES (CAST('0.1' AS DECIMAL(10,2))), (CAST('0.2' AS DECIMAL(10,2)))",
        Pass,
    ),
    (
        "sum",
        "kind = 'sum'\ncolumn = 'x'\nmax = 5",
        "VALUES (9223372036854775807), (1)",
        Fail,
    ),
    (
        "sum",
        "kind = 'sum'\ncolumn = 'x'\nmax = 9223372036854775807",
        "VALUES (9223372036854775807), (1)",
        Fail,
    ),
    (
        "sum",
        "kind = 'median'\ncolumn = 'x'\nmax = 0.15",
        "VALUES (0.1), (0.2)",
        Pass,
    ),
    (
        "sum",
        "kind = 'sum_of_columns'\ncolumns = ['x', 'y']\nequals = 0.3",
        "SELECT 0.1 AS x, 0.2 AS y",
        Pass,
    ),
    (
        "sum",
        "kind = 'sum_of_columns'\ncolumns = ['x', 'y']\nequals = 0.3",
        "SELECT 0.1 AS x, 0.2000001 AS y",
        Fail,
    ),
    (
        "sum",
        "kind = 'sum_of_columns'\ncolumns = ['x', 'y']\nmax = 1e-10",
        "SELECT 4e-10 AS x, 1e-10 AS y",
        Fail,
    ),
    (
        "decimal",
        "kind = 'between'\ncolumn = 'x'\nmax = 0.3",
        "VALUES (CAST('0.3' AS DECIMAL(30,20)))",
        Pass,
    ),
    (
        "decimal",
        "kind = 'between'\ncolumn = 'x'\nmax = 0.3",
        "VALUES (CAST('0.30000000000000000001' AS DECIMAL(30,20)))",
        Fail,
    ),
    (
        "decimal",
        "kind = 'between'\ncolumn = 'x'\nmax = 0.5",
        "VALUES (1)",
        Fail,
    ),
    (
        "decimal",
        "kind = 'compare'\ncolumn = 'x'\nis = 'equal'\nto = 'y'",
        "SELECT CAST('1.50' AS DECIMAL(5,2)) AS x, 1.5 AS y",
        Pass,
    ),
    (
        "decimal",
        "kind = 'in_set'\ncolumn = 'x'\nvalues = [0.1, 2]",
        "VALUES (CAST('0.10' AS DECIMAL(5,2))), (CAST('2.00' AS DECIMAL(5,2)))",
        Pass,
    ),
    (
        "whole",
        "kind = 'compare'\ncolumn = 'x'\nis = 'equal'\nto = 'y'",
        "SELECT 9007199254740993 AS x, 9007199254740992 AS y",
        Fail,
    ),
    (
        "quotient",
        "kind = 'metric'\nvalue = 'cast(sum(x) as double) / count(*)'\nmin = 1.5\nmax = 1.5",
        "VALUES (1), (2)",
        Pass,
    ),
    (
        "quotient",
        "kind = 'metric'\nvalue = 'trunc(cast(sum(x) as double) / count(*))'\nmin = 1\nmax = 1",
        "VALUES (1), (2)",
        Pass,
    ),
    (
        "quotient",
        "kind = 'metric'\nvalue = 'sum(x) / count(*)'\nmin = 1.5\nmax = 1.5",
        "VALUES (1.0), (2.0)",
        Pass,
    ),
    (
        "quotient",
        "kind = 'metric'\nvalue = 'sum(x) / count(*)'\nmin = 1.5\nmax = 1.5",
        "VALUES (CAST('1' AS DECIMAL(10,2))), (CAST('2' AS DECIMAL(10,2)))",
        Pass,
    ),
    // Blank is a text, and no null.
    (
        "blank",
        "kind = 'not_null'\ncolumn = 'x'",
        "VALUES (''), ('a')",
        Pass,
    ),
    (
        "blank",
        "kind = 'in_set'\ncolumn = 'x'\nvalues = ['a']",
        "VALUES (''), ('a')",
        Fail,
    ),
    (
        "blank",
        "kind = 'unique'\ncolumns = ['x']",
        "VALUES (''), ('')",
        Fail,
    ),
];

#[test]
fn a_value_means_the_same_to_every_kind() {
    wait(async {
        let other = "SELECT * FROM (VALUES (0.0), (1.0)) AS t(x)";
        let mut wrong = Vec::new();
        for (what, toml, sql, wanted) in VALUES {
            let this = match sql.contains("column1") || sql.starts_with("VALUES") {
                true => format!("SELECT column1 AS x FROM ({sql})"),
                false => (*sql).to_owned(),
            };
            let asked = verdict(toml, &this, other).await;
            if asked.verdict() != Some(*wanted) {
                wrong.push(format!(
                    "{what}\n{toml}\n{sql}\n  {wanted}, and was {asked:?}"
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

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

#[tokio::test]
async fn a_quotient_of_whole_numbers_is_refused_at_its_sign_with_the_form_that_works() {
    let toml = "kind = 'metric'\nvalue = '1 + sum(n) / count(*)'\nmin = 0";
    let Asked::Wrong(problems) = verdict(toml, "SELECT 1 AS n", OTHER).await else {
        panic!("not refused");
    };
    assert_eq!(
        problems[0].message(),
        "`metric` cannot be asked: `/` of two whole numbers drops the fraction, so that 1 / 2 is 0"
    );
    assert_eq!(
        problems[0].help_text(),
        Some(
            "write `cast(sum(n) as double) / count(*)`, or `trunc(cast(sum(n) as double) / count(*))` where the whole \
             part is meant"
        )
    );
    let shown = crate::shop::rendered(&problems);
    assert!(shown.contains("both sides are whole numbers"), "{shown}");
}

#[tokio::test]
async fn the_same_rows_in_another_order_are_no_change() {
    let values: Vec<String> = (0..2000)
        .map(|n| format!("({:?})", f64::from(n).sin() * 10_f64.powi(n % 19 - 9)))
        .collect();
    let backwards: Vec<String> = values.iter().rev().cloned().collect();
    for (kind, more) in [
        ("sum", ""),
        ("mean", ""),
        ("stdev", ""),
        ("median", ""),
        ("quantile", "\nq = 0.9"),
    ] {
        let toml = format!("kind = '{kind}'\ncolumn = 'x'\nmin = -1e300{more}");
        let mut found = Vec::new();
        for rows in [&values, &backwards] {
            let sql = format!("SELECT column1 AS x FROM (VALUES {})", rows.join(", "));
            let Asked::Judged(judged) = verdict(&toml, &sql, OTHER).await else {
                panic!("{toml}: not judged");
            };
            found.push(judged.value);
        }
        assert!(
            found[0].is_some() && found[0] == found[1],
            "{kind}: {found:?}"
        );
    }
}

#[tokio::test]
async fn nan_is_within_no_past_and_a_constant_past_says_that_it_has_no_spread() {
    let day = |text: &str| text.parse().unwrap();
    let values = [
        (day("2024-02-01"), 10.0),
        (day("2024-01-01"), 10.0),
        (day("2023-12-01"), 10.0),
    ];
    let past = |values| Past {
        as_of: day("2024-03-01"),
        values,
    };
    let robust = "kind = 'sum'\ncolumn = 'x'\nagainst = { previous = 5, robust_z = 3.5 }";
    let median = "kind = 'sum'\ncolumn = 'x'\nagainst = { previous = 5 }\nbetween = [0.5, 2]";
    let nan = "SELECT CAST('NaN' AS DOUBLE) AS x";
    for (toml, sql, values, wanted, note) in [
        (
            robust,
            "SELECT 12 AS x",
            &values[..],
            Pass,
            Some("constant: the last 3 values are all 10"),
        ),
        (robust, "SELECT 10 AS x", &values[..], Pass, None),
        (robust, nan, &values[..], Fail, Some("NaN is no number")),
        (robust, nan, &values[..0], Fail, Some("NaN is no number")),
        (median, nan, &values[..0], Fail, Some("NaN is no number")),
        (median, nan, &values[..], Fail, Some("NaN is no number")),
    ] {
        let asked = ask(toml, &[("this", rows(sql).await)], past(values)).await;
        let Asked::Judged(judged) = asked else {
            panic!("{toml}: {asked:?}");
        };
        assert_eq!(judged.verdict, wanted, "{toml}\n{sql}");
        let said = judged.note.as_deref();
        assert_eq!(said.is_some(), note.is_some(), "{toml}\n{sql}\n{said:?}");
        assert!(
            said.unwrap_or_default()
                .starts_with(note.unwrap_or_default()),
            "{said:?}"
        );
    }
}

#[test]
fn a_number_goes_through_json_and_compares_as_what_it_is() {
    for number in [
        Number::Int(3),
        Number::Float(0.3),
        Number::Float(f64::INFINITY),
    ] {
        let text = serde_json::to_string(&Some(number)).unwrap();
        let back: Option<Number> = serde_json::from_str(&text).unwrap();
        assert_eq!(back, Some(number), "{text}");
    }
    let text = serde_json::to_string(&Number::Float(f64::NAN)).unwrap();
    assert_eq!(text, "\"NaN\"");
    let Number::Float(nan) = serde_json::from_str(&text).unwrap() else {
        panic!("no float");
    };
    assert!(nan.is_nan());
    let (most, beyond) = (
        Number::Int(i64::MAX),
        Number::Float(9_223_372_036_854_775_808.0),
    );
    assert!(most.at_most(beyond) && !beyond.at_most(most));
    assert!(!Number::Float(9_007_199_254_740_992.0).at_most(Number::Int(9_007_199_254_740_991)));
    assert!(!Number::Int(9_007_199_254_740_993).at_most(Number::Float(9_007_199_254_740_992.0)));
    assert!(!most.at_most(Number::Float(f64::NAN)));
}

#[tokio::test]
async fn the_cells_of_a_unit_test_compare_as_values_do() {
    let batch = rows(
        "SELECT 0.1 + 0.2 AS a, CAST('-0.0' AS DOUBLE) AS b, CAST('1.50' AS DECIMAL(5, 2)) AS c, '' AS d, \
         DATE '9999-12-31' AS e",
    )
    .await;
    let cells = cells_of(&batch[0]).unwrap().remove(0);
    let texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
    assert_eq!(
        texts,
        [
            Some("0.3"),
            Some("0"),
            Some("1.5"),
            Some(""),
            Some("9999-12-31")
        ]
    );
}

#[test]
fn an_empty_cell_of_a_unit_test_is_null_in_quotes_or_not_as_it_is_in_a_file() {
    let records = lockgate::intake::cells("id,phone\n1,\n2,\"\"\n3,\" \"\n").unwrap();
    let phones: Vec<Option<&str>> = records[1..]
        .iter()
        .map(|record| record[1].value.as_deref())
        .collect();
    assert_eq!(phones, [None, None, Some(" ")]);
}
