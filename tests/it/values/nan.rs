//! What NaN is to each kind.

use lockgate::expect::KINDS;
use lockgate::outcome::Verdict::{self, Fail, Pass};

use super::{OTHER, verdict};
use crate::support::wait;

/// A table with NaN beside good numbers.
const WITH_NAN: &str = "SELECT * FROM (VALUES (0.5, 'a', 1, DATE '2024-03-01', 0.5), \
    (CAST('NaN' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)) AS t(x, s, file_row, file_date, y)";

/// Of each kind a question that would pass of the numbers alone, and its verdict with NaN among them; without
/// a question the kind is not about numbers.
pub(super) const NAN: &[(&str, &str, Verdict)] = &[
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
