//! Rows in an order: equal values, equal places, nulls, and what is shown of a row that breaks it.

use crate::ask::{Asked, Judged, ask, first_run, rows};

async fn judged(kind: &str, more: &str, values: &str) -> Judged {
    let toml = format!("kind = '{kind}'\ncolumn = 'n'\norder_by = ['day']{more}");
    let sql = format!("SELECT * FROM (VALUES {values}) AS t(day, n)");
    match ask(&toml, &[("this", rows(&sql).await)], first_run()).await {
        Asked::Judged(judged) => judged,
        other => panic!("{toml}: {other:?}"),
    }
}

#[tokio::test]
async fn equal_values_violate_where_strict_says_so_and_equal_places_in_no_order_of_the_rows() {
    for (values, rises, strictly, falls) in [
        ("(1, 10), (2, 10)", 0, 1, 0),
        ("(1, 10), (2, 10), (3, 10)", 0, 2, 0),
        // Two rows of one place, in both orders of the file.
        ("(1, 10), (2, 12), (2, 11), (3, 13)", 0, 0, 2),
        ("(1, 10), (2, 11), (2, 12), (3, 13)", 0, 0, 2),
        ("(1, 10), (2, 11), (2, 11), (3, 13)", 0, 1, 2),
        // What follows is held against the greatest of them.
        ("(2, 14), (2, 11), (3, 13)", 1, 1, 1),
        // A null in the order stands last, one in the column is left out.
        ("(NULL, 9), (1, 10), (2, 11)", 1, 1, 1),
        ("(1, 10), (2, NULL), (3, 10)", 0, 1, 0),
        ("(1, CAST(NULL AS INT)), (2, NULL)", 0, 0, 0),
    ] {
        for (kind, more, wanted) in [
            ("increasing", "", rises),
            ("increasing", "\nstrict = true", strictly),
            ("decreasing", "", falls),
        ] {
            let found = judged(kind, more, values).await;
            assert_eq!(found.rows, Some(wanted), "{kind}{more}: {values}");
        }
    }
}

#[tokio::test]
async fn a_row_that_breaks_the_order_is_shown_with_the_row_before_it() {
    let found = judged("increasing", "", "(1, 10), (2, 12), (4, 11)").await;
    let columns = ["day", "n", "value_before", "day_before"];
    assert_eq!(found.violations.columns, columns);
    let row = found.violations.rows[0].iter();
    let row: Vec<&str> = row.map(|cell| cell.as_deref().unwrap_or("null")).collect();
    assert_eq!(row, ["4", "11", "12", "2"]);
}
