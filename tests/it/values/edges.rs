//! Every kind about numbers, asked of tables at the edge: none, one row, nulls alone, NaN, the infinities.

use lockgate::expect::KINDS;

use super::nan::NAN;
use super::{OTHER, verdict};
use crate::ask::Asked;

/// Each table by its name: its rows `(x, s, file_row, file_date, y)`.
const TABLES: &[(&str, &str)] = &[
    ("empty", ""),
    ("one row", "(0.5, 'a', 1, DATE '2024-03-01', 0.5)"),
    (
        "two rows",
        "(0.5, 'a', 1, DATE '2024-03-01', 0.5), (0.7, 'b', 2, DATE '2024-03-01', 0.7)",
    ),
    (
        "nulls",
        "(NULL, 'a', 1, DATE '2024-03-01', 0.5), (NULL, 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "NaN",
        "(CAST('NaN' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5)",
    ),
    (
        "NaN twice",
        "(CAST('NaN' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5), (CAST('NaN' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "NaN and null",
        "(CAST('NaN' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5), (NULL, 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "inf",
        "(CAST('Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5)",
    ),
    (
        "-inf",
        "(CAST('-Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5)",
    ),
    (
        "inf twice",
        "(CAST('Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5), (CAST('Infinity' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "number, inf",
        "(0.5, 'a', 1, DATE '2024-03-01', 0.5), (CAST('Infinity' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "-inf, number",
        "(CAST('-Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5), (0.5, 'b', 2, DATE '2024-03-01', 0.5)",
    ),
    (
        "inf beside -inf",
        "(CAST('Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', CAST('-Infinity' AS DOUBLE))",
    ),
    (
        "-inf, inf",
        "(CAST('-Infinity' AS DOUBLE), 'a', 1, DATE '2024-03-01', 0.5), (CAST('Infinity' AS DOUBLE), 'b', 2, DATE '2024-03-01', 0.5)",
    ),
];

/// More questions of kinds that ask in several ways.
const MORE: &[(&str, &str)] = &[
    ("stdev", "column = 'x'\nmin = 0\nper = 's'"),
    ("variance", "column = 'x'\npopulation = true\nmin = 0"),
    ("skewness", "column = 'x'\nmin = -9"),
    ("kurtosis", "column = 'x'\nmin = -9"),
    ("quantile", "column = 'x'\nq = 0.25\nmin = 0"),
    ("z_score", "column = 'x'\nmax = 3\nside = 'below'"),
    ("fixed_step", "column = 'x'\nstep = 0.2"),
    ("fixed_step", "column = 'x'\nstep = 1\nper = 's'"),
    (
        "compare",
        "column = 'x'\nis = 'equal'\nto = 'y'\ntolerance = 0.1",
    ),
    (
        "compare",
        "column = 'x'\nis = 'not_equal'\nvalue = 9\ntolerance = 0.1",
    ),
    (
        "sum",
        "column = 'x'\nagainst = { previous = 3, robust_z = 3 }",
    ),
    (
        "sum",
        "column = 'x'\nagainst = { previous = 3 }\nbetween = [0.5, 2]\nper = 's'",
    ),
    (
        "same_rows_as",
        "model = 'other'\ncolumns = ['s', 'x']\nkey = ['s']\ntolerance = { x = 0.1 }",
    ),
    ("disjoint_ranges", "start = 'y'\nend = 'x'"),
];

fn table(rows: &str) -> String {
    let typed = "SELECT CAST(x AS DOUBLE) AS x, s, file_row, file_date, y";
    match rows {
        "" => format!(
            "{typed} FROM (VALUES (0.5, 'a', 1, DATE '2024-03-01', 0.5)) AS t(x, s, file_row, file_date, y) WHERE false"
        ),
        _ => format!("{typed} FROM (VALUES {rows}) AS t(x, s, file_row, file_date, y)"),
    }
}

/// The verdict, with the rows that violate or the figure.
fn told(asked: &Asked) -> String {
    let Asked::Judged(judged) = asked else {
        return format!("{asked:?}");
    };
    let shown = judged.violations.rows.len() as u64;
    match (judged.rows, judged.value) {
        (Some(rows), _) if rows != shown && rows > 0 => {
            format!("{} {rows} but {shown} shown", judged.verdict)
        }
        (Some(0), _) | (None, None) => judged.verdict.to_string(),
        (Some(rows), _) => format!("{} {rows}", judged.verdict),
        (None, Some(value)) => format!("{} {value}", judged.verdict),
    }
}

#[tokio::test]
async fn every_kind_has_a_pinned_answer_to_none_one_null_nan_and_infinity() {
    let mut text = String::new();
    let asked = NAN.iter().map(|(kind, arguments, _)| (*kind, *arguments));
    let asked = asked.chain(MORE.iter().copied());
    for (kind, arguments) in asked.filter(|(_, arguments)| !arguments.is_empty()) {
        let written = arguments.replace('\n', ", ");
        text.push_str(&format!("{kind}: {written}\n"));
        let toml = format!("kind = '{kind}'\n{arguments}");
        let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
        for (name, rows) in TABLES {
            let answer = told(&verdict(&toml, &table(rows), OTHER).await);
            match answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, names)) => names.push(name),
                None => answers.push((answer, vec![name])),
            }
        }
        for (answer, names) in answers {
            text.push_str(&format!("  {answer}: {}\n", names.join(" | ")));
        }
    }
    assert_eq!(
        NAN.len(),
        KINDS.len(),
        "say what the edges are to every kind"
    );
    insta::assert_snapshot!(text);
}

/// The last groups that count are those of numbers: NaN and infinities enter no past, also not of groups.
#[tokio::test]
async fn a_group_is_held_against_the_groups_before_it_that_have_a_number() {
    let row = |group: &str, value: &str| format!("('{group}', CAST('{value}' AS DOUBLE))");
    let toml =
        "kind = 'sum'\ncolumn = 'x'\nper = 's'\nagainst = { previous = 1 }\nbetween = [0.5, 2]";
    for (between, last, fails) in [
        ("NaN", "12", 1),
        ("NaN", "90", 2),
        ("Infinity", "12", 1),
        ("Infinity", "90", 2),
        ("-Infinity", "12", 1),
    ] {
        let rows = [row("a", "10"), row("b", between), row("c", last)].join(", ");
        let sql =
            format!("SELECT *, DATE '2024-03-01' AS file_date FROM (VALUES {rows}) AS t(s, x)");
        let Asked::Judged(judged) = verdict(toml, &sql, OTHER).await else {
            panic!("not judged");
        };
        assert_eq!(judged.rows, Some(fails), "{between}, {last}");
    }
}
