//! What the kinds over rows take for a violation: ranges, steps, keys of several columns, tolerances, missing words.

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

/// The first cells of the violating rows, in order.
fn first(judged: &Judged) -> String {
    let mut cells: Vec<&str> = judged
        .violations
        .rows
        .iter()
        .map(|row| row[0].as_deref().unwrap_or("null"))
        .collect();
    cells.sort_unstable();
    cells.join(" ")
}

#[tokio::test]
async fn ranges_violate_where_they_overlap_hold_nothing_or_leave_a_gap() {
    for (ranges, args, wanted) in [
        ("('a', 1, 3), ('b', 3, 5), ('c', 5, 9)", "", ""),
        (
            "('a', 1, 3), ('b', 3, 5), ('c', 5, 9)",
            "closed = true",
            "b c",
        ),
        (
            "('a', 1, 9), ('b', 2, 3), ('c', 4, 5), ('d', 9, 9)",
            "",
            "b c d",
        ),
        (
            "('a', 1, 9), ('b', 2, 2), ('c', 4, 3)",
            "zero_length = true",
            "c",
        ),
        (
            "('a', 1, 9), ('b', 2, 2), ('c', 12, 12)",
            "closed = true",
            "b",
        ),
        ("('a', 1, NULL), ('b', 7, 9)", "", "b"),
        ("('a', NULL, 3), ('b', 3, NULL), ('c', NULL, 2)", "", "a"),
        ("('a', 1, 3), ('b', 4, 5)", "gaps = 'none'", "b"),
        ("('a', 1, 3), ('b', 3, NULL)", "gaps = 'none'", ""),
        ("('a', 5, 1), ('b', 1, 9)", "", "a"),
    ] {
        let toml = format!("kind = 'disjoint_ranges'\nstart = 'f'\nend = 't'\n{args}");
        let sql = format!("SELECT * FROM (VALUES {ranges}) AS t(id, f, t)");
        let judged = judged(&toml, &sql, &[]).await;
        assert_eq!(first(&judged), wanted, "{ranges} {args} {judged:?}");
        let count = wanted.split_whitespace().count() as u64;
        assert_eq!(judged.rows, Some(count), "{ranges} {args}");
    }
}

#[tokio::test]
async fn a_step_is_exact_for_whole_numbers_near_for_floats_and_by_the_calendar_for_dates() {
    let day = |days: &[&str]| {
        let days: Vec<String> = days.iter().map(|day| format!("(DATE '{day}')")).collect();
        days.join(", ")
    };
    for (values, step, wanted) in [
        ("(3), (1), (2)".to_owned(), "1", ""),
        ("(3), (1), (2), (2), (NULL)".to_owned(), "1", "2"),
        (
            "(9007199254740992), (9007199254740993), (9007199254740995)".to_owned(),
            "1",
            "9007199254740995",
        ),
        (
            "(0.1), (0.1 + 0.1), (0.1 + 0.1 + 0.1), (0.5)".to_owned(),
            "0.1",
            "0.5",
        ),
        (
            day(&["2024-02-28", "2024-02-29", "2024-03-02"]),
            "'1 day'",
            "2024-03-02",
        ),
        (day(&["2024-01-01", "2024-01-15"]), "'2 weeks'", ""),
        (
            day(&[
                "2023-12-31",
                "2024-01-31",
                "2024-02-29",
                "2024-03-31",
                "2024-04-30",
            ]),
            "'1 month'",
            "",
        ),
        (
            day(&["2024-01-30", "2024-02-29", "2024-03-30"]),
            "'1 month'",
            "2024-03-30",
        ),
        (
            day(&["2024-01-15", "2024-02-15", "2024-03-16"]),
            "'1 month'",
            "2024-03-16",
        ),
        (
            day(&["2020-02-29", "2021-02-28", "2022-02-28"]),
            "'1 year'",
            "",
        ),
    ] {
        let toml = format!("kind = 'fixed_step'\ncolumn = 'v'\nstep = {step}");
        let sql = format!("SELECT * FROM (VALUES {values}) AS t(v)");
        let judged = judged(&toml, &sql, &[]).await;
        assert_eq!(first(&judged), wanted, "{values} {step} {judged:?}");
    }
    let times = "SELECT * FROM (VALUES (TIMESTAMP '2024-01-31 08:30:00'), (TIMESTAMP '2024-02-29 08:30:00'), \
        (TIMESTAMP '2024-03-31 08:31:00')) AS t(v)";
    let toml = "kind = 'fixed_step'\ncolumn = 'v'\nstep = '1 month'";
    assert_eq!(judged(toml, times, &[]).await.rows, Some(1));
}

#[tokio::test]
async fn a_key_of_several_columns_refers_as_a_foreign_key_does() {
    let sql = "SELECT * FROM (VALUES ('ok', 'NV', 'Clark'), ('half', 'NV', NULL), ('none', NULL, NULL), \
        ('gone', 'NV', 'Tulsa')) AS t(id, state, county)";
    let counties = [(
        "counties",
        "SELECT * FROM (VALUES ('NV', 'Clark'), ('OK', 'Tulsa'), (NULL, NULL)) AS t(state, county)",
    )];
    for (skip, wanted) in [
        ("any", "gone"),
        ("all", "gone half"),
        ("never", "gone half none"),
    ] {
        let toml = format!(
            "kind = 'refers_to'\ncolumns = ['state', 'county']\nmodel = 'counties'\nskip_null = '{skip}'"
        );
        assert_eq!(
            first(&judged(&toml, sql, &counties).await),
            wanted,
            "{skip}"
        );
    }
}

#[tokio::test]
async fn rows_told_by_a_key_differ_by_more_than_the_tolerance_or_by_being_there_once() {
    let sql = "SELECT * FROM (VALUES (1, 5.01, 'a'), (2, 5.02, 'a'), (3, NULL, 'a'), (4, CAST('NaN' AS DOUBLE), 'a'), \
        (5, 1.0, 'b'), (6, 1.0, NULL), (7, 1.0, 'a'), (7, 1.0, 'a'), (8, 1.0, 'a'), (NULL, 1.0, 'a')) AS t(id, paid, town)";
    let other = "SELECT * FROM (VALUES (1, 5.0, 'a'), (2, 5.0, 'a'), (3, NULL, 'a'), (4, CAST('NaN' AS DOUBLE), 'a'), \
        (5, 1.0, 'a'), (6, 1.0, 'a'), (7, 1.0, 'a'), (9, 1.0, 'a'), (NULL, 1.0, 'a')) AS t(nr, sum, town)";
    let toml = "kind = 'same_rows_as'\nmodel = 'other'\ncolumns = ['id', 'paid', 'town']\n\
        model_columns = ['nr', 'sum', 'town']\nkey = ['id']\ntolerance = { paid = 0.01 }";
    let judged = judged(toml, sql, &[("other", other)]).await;
    assert_eq!(first(&judged), "2 5 6 7 8 9", "{judged:?}");
    let columns = [
        "id",
        "paid",
        "paid_there",
        "town",
        "town_there",
        "times_here",
        "times_there",
    ];
    assert_eq!(judged.violations.columns, columns);
}

#[tokio::test]
async fn missing_words_are_nulls_to_every_kind_that_looks_at_nulls() {
    let sql = "SELECT * FROM (VALUES (1, 'a', 3), (2, 'N/A', -1), (3, '-', 4), (4, NULL, 5), (5, 'b', 5)) AS t(id, word, n)";
    let other = [("other", "SELECT 'a' AS word UNION ALL SELECT 'b' AS word")];
    for (toml, plain, missing) in [
        ("kind = 'not_null'\ncolumn = 'word'", "4", "2 3 4"),
        ("kind = 'is_null'\ncolumn = 'word'", "1 2 3 5", "1 5"),
        (
            "kind = 'in_set'\ncolumn = 'word'\nvalues = ['a']",
            "2 3 5",
            "5",
        ),
        (
            "kind = 'matches'\ncolumn = 'word'\npattern = '[ab]'",
            "2 3",
            "",
        ),
        ("kind = 'not_null'\ncolumn = 'n'", "", "2"),
        ("kind = 'between'\ncolumn = 'n'\nmin = 0", "2", ""),
        (
            "kind = 'compare'\ncolumn = 'n'\nis = 'greater'\nto = 'id'",
            "2 5",
            "5",
        ),
        (
            "kind = 'refers_to'\ncolumn = 'word'\nto = 'other.word'",
            "2 3",
            "",
        ),
        (
            "kind = 'increasing'\ncolumn = 'n'\norder_by = ['id']",
            "2",
            "",
        ),
        (
            "kind = 'unique'\ncolumns = ['word']\nskip_null = 'never'",
            "",
            "2 3 4",
        ),
    ] {
        assert_eq!(first(&judged(toml, sql, &other).await), plain, "{toml}");
        let told = format!("{toml}\nmissing = ['N/A', '-', '-1']");
        let found = judged(&told, sql, &other).await;
        assert_eq!(first(&found), missing, "{told} {found:?}");
    }
    for (toml, value) in [
        ("kind = 'min'\ncolumn = 'n'\nmin = 0", 3.0),
        ("kind = 'distinct_count'\ncolumn = 'word'\nmax = 2", 2.0),
        (
            "kind = 'entropy'\ncolumn = 'word'\nmax = 0.7",
            (std::f64::consts::LN_2 * 1e15).round() / 1e15,
        ),
        (
            "kind = 'min'\ncolumn = 'n'\nwhere = \"\\\"word\\\" = 'N/A' or n > 3\"\nmin = 0",
            4.0,
        ),
    ] {
        assert_eq!(
            judged(toml, sql, &other).await.verdict,
            Verdict::Fail,
            "{toml}"
        );
        let told = format!("{toml}\nmissing = ['N/A', '-', '-1']");
        let found = judged(&told, sql, &other).await;
        assert_eq!(
            found.value.map(|value| value.as_f64()),
            Some(value),
            "{told}"
        );
        assert_eq!(found.verdict, Verdict::Pass, "{told}");
    }
    let shown = judged(
        "kind = 'not_null'\ncolumn = 'word'\nmissing = ['-']",
        sql,
        &[],
    )
    .await;
    assert_eq!(
        shown.violations.rows[0][1].as_deref(),
        Some("-"),
        "the row is shown as it is"
    );
}

#[tokio::test]
async fn numbers_are_equal_within_a_tolerance_on_either_side_and_to_the_end_of_it() {
    for (a, b, holds) in [
        ("1.1", "1.0", [true, false]),
        ("1.0", "1.1", [true, false]),
        ("1.0", "1.1000001", [false, true]),
        (
            "CAST('Infinity' AS DOUBLE)",
            "CAST('Infinity' AS DOUBLE)",
            [true, false],
        ),
        ("CAST('Infinity' AS DOUBLE)", "1.0", [false, true]),
        (
            "CAST('Infinity' AS DOUBLE)",
            "CAST('-Infinity' AS DOUBLE)",
            [false, true],
        ),
        ("CAST('NaN' AS DOUBLE)", "1.0", [false, false]),
        ("1.0", "CAST('NaN' AS DOUBLE)", [false, false]),
    ] {
        let sql = format!("SELECT {a} AS a, {b} AS b");
        for (is, wanted) in ["equal", "not_equal"].into_iter().zip(holds) {
            let toml =
                format!("kind = 'compare'\ncolumn = 'a'\nis = '{is}'\nto = 'b'\ntolerance = 0.1");
            let verdict = judged(&toml, &sql, &[]).await.verdict;
            assert_eq!(verdict == Verdict::Pass, wanted, "{a} {b} {is}");
        }
    }
}
