//! What a value is, the same for every kind: docs/values.md as tables. A kind without a line fails the test.

mod edges;
mod meaning;
mod nan;
mod refused;

use lockgate::engine::cells_of;
use lockgate::expect::Past;
use lockgate::outcome::Number;
use lockgate::outcome::Verdict::{Fail, Pass};

use crate::ask::{Asked, ask, first_run, rows};
use crate::support::wait;
use meaning::VALUES;

/// A table of good numbers.
const OTHER: &str = "SELECT * FROM (VALUES (0.5, 'a'), (0.7, 'b')) AS t(x, s)";

async fn verdict(toml: &str, this: &str, other: &str) -> Asked {
    let tables = [("this", rows(this).await), ("other", rows(other).await)];
    ask(toml, &tables, first_run()).await
}

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
