//! The figures that kinds measure, against values computed independently, with their pasts and their groups.

use lockgate::expect::Past;
use lockgate::outcome::Verdict;

use crate::ask::{Asked, Judged, ask, first_run, rows};

async fn judged(toml: &str, sql: &str, others: &[(&str, &str)]) -> Judged {
    let mut tables = vec![("this", rows(sql).await)];
    for (name, sql) in others {
        tables.push((*name, rows(sql).await));
    }
    match ask(toml, &tables, first_run()).await {
        Asked::Judged(judged) => judged,
        other => panic!("{toml}\n{other:?}"),
    }
}

const NUMBERS: &str =
    "SELECT * FROM (VALUES (2), (8), (0), (NULL), (4), (1), (9), (9), (0)) AS t(n)";
const PAIRS: &str =
    "SELECT * FROM (VALUES (1, 10), (2, 21), (3, 29), (NULL, 3), (4.5, 30), (7, NULL)) AS t(a, b)";
const WORDS: &str = "SELECT * FROM (VALUES ('a', 'x'), ('a', 'x'), ('a', 'y'), ('b', 'y'), ('b', NULL), (NULL, 'y')) \
    AS t(a, b)";

/// In Python, with xs = [2, 8, 0, 4, 1, 9, 9, 0], n = 8, `import statistics as st` and
/// m = lambda k: sum((x - st.fmean(xs))**k for x in xs) / n:
const FIGURES: &[(&str, &str, f64)] = &[
    ("kind = 'range'\ncolumn = 'n'", NUMBERS, 9.0),
    // a, _, c = st.quantiles(xs, n=4, method='inclusive'); c - a
    ("kind = 'interquartile_range'\ncolumn = 'n'", NUMBERS, 7.5),
    // st.variance(xs), st.pvariance(xs)
    (
        "kind = 'variance'\ncolumn = 'n'",
        NUMBERS,
        15.839_285_714_285_714,
    ),
    (
        "kind = 'variance'\ncolumn = 'n'\npopulation = true",
        NUMBERS,
        13.859_375,
    ),
    // g1 = m(3) / m(2)**1.5; g1 * (n * (n-1))**.5 / (n-2)
    (
        "kind = 'skewness'\ncolumn = 'n'",
        NUMBERS,
        0.330_582_180_407_974_7,
    ),
    (
        "kind = 'skewness'\ncolumn = 'n'\npopulation = true",
        NUMBERS,
        0.265_055_412_269_857_3,
    ),
    // g2 = m(4) / m(2)**2 - 3; (n-1) / ((n-2) * (n-3)) * ((n+1) * g2 + 6)
    (
        "kind = 'kurtosis'\ncolumn = 'n'",
        NUMBERS,
        -2.098_602_258_096_087,
    ),
    (
        "kind = 'kurtosis'\ncolumn = 'n'\npopulation = true",
        NUMBERS,
        -1.666_001_075_283_850_8,
    ),
    // st.correlation([1, 2, 3, 4.5], [10, 21, 29, 30])
    (
        "kind = 'correlation'\ncolumns = ['a', 'b']",
        PAIRS,
        0.910_580_816_790_208_9,
    ),
    // Four rows: p(a,x)=1/2, p(a,y)=p(b,y)=1/4; log(4/3)/2 + log(2/3)/4 + log(2)/4
    (
        "kind = 'mutual_information'\ncolumns = ['a', 'b']",
        WORDS,
        0.215_761_554_333_035_65,
    ),
    // -(.6*log(.6) + .4*log(.4))
    (
        "kind = 'entropy'\ncolumn = 'a'",
        WORDS,
        0.673_011_667_009_256_5,
    ),
    ("kind = 'distinct_share'\ncolumn = 'a'", WORDS, 2.0 / 5.0),
    (
        "kind = 'distinct_share'\ncolumns = ['a', 'b']",
        WORDS,
        3.0 / 4.0,
    ),
    (
        "kind = 'distinct_share'\ncolumns = ['a', 'b']\nskip_null = 'never'",
        WORDS,
        5.0 / 6.0,
    ),
    (
        "kind = 'unique_share'\ncolumns = ['a', 'b']",
        WORDS,
        2.0 / 4.0,
    ),
    ("kind = 'unique_share'\ncolumn = 'a'", WORDS, 0.0),
    ("kind = 'row_count_ratio'\nto = 'other'", WORDS, 2.0),
    (
        "kind = 'metric'\nvalue = 'sum(length(a)) * 1.0 / count(*) -- letters'",
        WORDS,
        5.0 / 6.0,
    ),
    (
        "kind = 'metric'\nvalue = 'avg(CASE WHEN a = b THEN 1.0 ELSE 0.0 END)'",
        WORDS,
        0.0,
    ),
];

#[tokio::test]
async fn every_figure_is_that_of_its_definition_and_where_narrows_it() {
    let other = [("other", "SELECT * FROM (VALUES (1), (2), (3)) AS t(id)")];
    for (toml, sql, wanted) in FIGURES {
        let toml = format!("{toml}\nmin = -inf");
        let near = |found: &Judged| {
            let found = found.value.expect("a value").as_f64();
            assert!(
                (found - wanted).abs() < 1e-9,
                "{toml}: {found}, not {wanted}"
            );
        };
        near(&judged(&toml, sql, &other).await);
        let twice = format!(
            "SELECT *, true AS asked FROM ({sql}) UNION ALL SELECT *, false AS asked FROM ({sql})"
        );
        near(&judged(&format!("{toml}\nwhere = 'asked'"), &twice, &other).await);
    }
}

#[tokio::test]
async fn a_figure_that_no_number_of_rows_gives_fails_and_one_of_too_few_values_is_skipped() {
    let same = "SELECT * FROM (VALUES (0.1, 1), (0.1, 2), (0.1, 3), (0.1, 5)) AS t(n, m)";
    let one = "SELECT * FROM (VALUES (0.1, 1), (NULL, 2)) AS t(n, m)";
    for kind in [
        "'skewness'\ncolumn = 'n'",
        "'kurtosis'\ncolumn = 'n'",
        "'correlation'\ncolumns = ['n', 'm']",
    ] {
        let toml = format!("kind = {kind}\nmin = -inf\nmax = inf");
        let toml = toml.replace("min = -inf\nmax = inf", "min = -1");
        let constant = judged(&toml, same, &[]).await;
        assert_eq!(constant.verdict, Verdict::Fail, "{toml} {constant:?}");
        assert_eq!(
            judged(&toml, one, &[]).await.verdict,
            Verdict::Skip,
            "{toml}"
        );
    }
    let nan = "SELECT * FROM (VALUES (1.0), (CAST('NaN' AS DOUBLE)), (3.0)) AS t(n)";
    for kind in ["range", "variance", "skewness"] {
        let toml = format!("kind = '{kind}'\ncolumn = 'n'\nmin = -1000");
        assert_eq!(
            judged(&toml, nan, &[]).await.verdict,
            Verdict::Fail,
            "{kind}"
        );
    }
}

/// Group b, a null group and a NaN of c are out of bounds; of d there is no value.
const GROUPED: &str = "SELECT * FROM (VALUES ('a', 1.0, DATE '2024-01-01'), ('a', 3.0, DATE '2024-01-01'), \
    ('b', 1.0, DATE '2024-02-01'), ('b', 90.0, DATE '2024-02-01'), (NULL, 99.0, DATE '2024-03-01'), \
    ('c', CAST('NaN' AS DOUBLE), DATE '2024-04-01'), ('d', NULL, DATE '2024-05-01')) AS t(part, n, file_date)";

#[tokio::test]
async fn a_group_out_of_bounds_is_named_with_its_value_and_one_without_a_value_is_not_asked() {
    let mut text = String::new();
    for kind in ["max", "mean", "median", "sum"] {
        let toml = format!("kind = '{kind}'\ncolumn = 'n'\nmax = 10\nper = 'part'");
        let judged = judged(&toml, GROUPED, &[]).await;
        assert_eq!(judged.rows, Some(3), "{kind}: {judged:?}");
        text.push_str(&format!("{kind} {:?}\n", judged.violations.columns));
        for row in &judged.violations.rows {
            text.push_str(&format!("  {row:?}\n"));
        }
    }
    let toml = "kind = 'max'\ncolumn = 'file_date'\nmax = 2024-03-31\nper = 'part'";
    let dated = judged(toml, GROUPED, &[]).await;
    text.push_str(&format!("max of dates {:?}\n", dated.violations.rows));
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn each_group_is_held_against_the_groups_before_it_by_their_date() {
    let table = "SELECT * FROM (VALUES ('z', 10, DATE '2024-01-01', 'p'), ('y', 20, DATE '2024-02-01', 'p'), \
        ('x', 30, DATE '2024-03-01', 'q'), ('w', 33, DATE '2024-04-01', 'q'), ('v', -5, DATE '2024-05-01', 'q')) \
        AS t(part, n, file_date, word)";
    let groups = |judged: &Judged| {
        let groups = judged.violations.rows.iter();
        groups
            .map(|row| row[0].clone().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    for (against, wanted) in [
        ("{ previous = 1, change = [-10, 10] }", "v x y"),
        ("{ previous = 1, change = [-inf, 10] }", "x y"),
        ("{ previous = 1, difference = [0, 10] }", "v"),
        ("{ previous = 3, of = 'least', change = [0, inf] }", "v"),
        (
            "{ previous = 2, of = 'greatest', difference = [0, 3] }",
            "v x y",
        ),
        ("{ previous = 2, of = 'mean', difference = [0, 15] }", "v"),
    ] {
        let toml = format!("kind = 'sum'\ncolumn = 'n'\nper = 'part'\nagainst = {against}");
        let judged = judged(&toml, table, &[]).await;
        assert_eq!(groups(&judged).join(" "), wanted, "{against} {judged:?}");
    }
    for kind in [
        "'entropy'\ncolumn = 'word'",
        "'unique_share'\ncolumn = 'word'",
        "'distinct_share'\ncolumns = ['word', 'part']",
        "'mutual_information'\ncolumns = ['word', 'part']",
        "'overlap'\ncolumn = 'word'\nwith = 'other.word'",
        "'row_count_ratio'\nto = 'other'",
        "'metric'\nvalue = 'count(*)'",
        "'row_count'",
        "'kolmogorov_smirnov'\ncolumn = 'n'\nuniform = [0, 40]",
    ] {
        let toml = format!(
            "kind = {kind}\nper = 'part'\nagainst = {{ previous = 1, difference = [0, 0] }}"
        );
        let other = [("other", "SELECT 'p' AS word, 'z' AS part")];
        let judged = judged(&toml, table, &other).await;
        let asked = judged.rows.expect("groups");
        assert!(asked < 5, "{kind}: {judged:?}");
    }
}

#[tokio::test]
async fn a_value_is_held_against_the_least_of_the_last_ones_a_change_and_the_same_weekday() {
    let day = |text: &str| text.parse().unwrap();
    // Friday the 1st of March is today.
    let values = [
        (day("2024-02-29"), 50.0),
        (day("2024-02-23"), 10.0),
        (day("2024-02-16"), 30.0),
    ];
    let past = Past {
        as_of: day("2024-03-01"),
        values: &values,
    };
    for (against, wanted) in [
        (
            "{ previous = 3, of = 'least', difference = [0, 2] }",
            Verdict::Pass,
        ),
        (
            "{ previous = 2, of = 'greatest', difference = [0, 2] }",
            Verdict::Fail,
        ),
        ("{ previous = 1, change = [-10, 10] }", Verdict::Fail),
        ("{ previous = 1, change = [-78, -78] }", Verdict::Pass),
        ("{ same_weekday = 1, change = [0, 10] }", Verdict::Pass),
        ("{ same_weekday = 2, change = [0, 10] }", Verdict::Fail),
    ] {
        for kind in ["'metric'\nvalue = 'sum(n)'", "'range'\ncolumn = 'm'"] {
            let toml = format!("kind = {kind}\nagainst = {against}");
            let table = [(
                "this",
                rows("SELECT * FROM (VALUES (5, 1), (6, 12)) AS t(n, m)").await,
            )];
            let asked = ask(&toml, &table, past).await;
            assert_eq!(asked.verdict(), Some(wanted), "{toml} {asked:?}");
            let first = ask(&toml, &table, first_run()).await;
            let Asked::Judged(first) = first else {
                panic!("{toml}: {first:?}");
            };
            assert!(first.note.unwrap().starts_with("baseline"), "{toml}");
        }
    }
}
