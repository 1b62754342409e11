//! What expectations make of the rows: tolerances, filters, severities, and
//! questions between models.

use lockgate::outcome::{Gate, Run, Verdict};

use super::{BASE_ORDERS, all_open, market};
use crate::support::{Scratch, model, outcome};

/// An expectation, and how it comes out: verdict, rows that violate, rows asked.
pub(super) type Judged = (&'static str, Verdict, Option<u64>, Option<u64>);

/// Ten orders of Elko, of which three are 0; one of Reno, which is 5.
fn eleven() -> String {
    let mut text = "Id,Town,Amount\n".to_owned();
    for id in 1..=10 {
        text.push_str(&format!("{id},Elko,{}\n", if id <= 3 { 0 } else { 7 }));
    }
    text + "11,Reno,5\n"
}

/// Writes the expectations under ids of their places, runs, compares.
pub(super) fn judged(market: &Scratch, of: &str, layer: &str, cases: &[Judged]) -> Run {
    let expectations: Vec<String> = cases
        .iter()
        .enumerate()
        .map(|(place, (toml, ..))| format!("[[expect]]\nid = 'e{place}'\n{toml}\n"))
        .collect();
    let path = format!("expectations/{layer}/{of}.toml");
    market.write(&path, expectations.concat());
    let run = market.run();
    for (place, (toml, verdict, rows, asked)) in cases.iter().enumerate() {
        let outcome = outcome(&run, of, &format!("e{place}"));
        let found = (outcome.verdict, outcome.rows, outcome.of);
        assert_eq!(found, (*verdict, *rows, *asked), "{toml}");
    }
    run
}

#[test]
fn tolerance_filter_and_severity_decide_what_violations_mean() {
    use Verdict::{Fail, Pass, Skip, Warn};
    let market = market();
    market.write("data/orders_2024-01-01.csv", eleven());
    let zero = "kind = 'between'\ncolumn = 'amount'\nmin = 1\n";
    let with = |more: &str| -> &'static str { format!("{zero}{more}").leak() };
    let run = judged(
        &market,
        "base_orders",
        "base",
        &[
            (with(""), Fail, Some(3), Some(11)),
            (with("severity = 'warn'"), Warn, Some(3), Some(11)),
            (with("allow = { rows = 2 }"), Fail, Some(3), Some(11)),
            (with("allow = { rows = 3 }"), Pass, Some(3), Some(11)),
            (with("allow = { share = 0.27 }"), Fail, Some(3), Some(11)),
            (with("allow = { share = 0.28 }"), Pass, Some(3), Some(11)),
            (
                with("where = \"town = 'Elko'\"\nallow = { share = 0.3 }"),
                Pass,
                Some(3),
                Some(10),
            ),
            (
                with("where = \"town = 'Elko'\"\nallow = { share = 0.299999999 }"),
                Fail,
                Some(3),
                Some(10),
            ),
            (with("where = \"town = 'Reno'\""), Pass, Some(0), Some(1)),
            (with("where = \"town = 'Omaha'\""), Skip, Some(0), Some(0)),
            (
                with("where = 'amount > 1000'\nallow = { share = 1.0 }"),
                Skip,
                Some(0),
                Some(0),
            ),
            ("kind = 'row_count'\nmin = 11\nmax = 11", Pass, None, None),
            (
                "kind = 'row_count'\nmax = 9\nwhere = \"town = 'Elko'\"",
                Fail,
                None,
                None,
            ),
            (
                "kind = 'unique'\ncolumns = ['town']",
                Fail,
                Some(10),
                Some(11),
            ),
            (
                "kind = 'unique'\ncolumns = ['town']\nallow = { rows = 10 }",
                Pass,
                Some(10),
                Some(11),
            ),
            (
                "kind = 'unique'\ncolumns = ['id']\nwhere = \"town = 'Elko'\"",
                Pass,
                Some(0),
                Some(10),
            ),
        ],
    );
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
}

#[test]
fn violations_at_warn_are_told_and_let_the_gate_open() {
    let market = market();
    market.write("data/orders_2024-01-01.csv", eleven());
    let warned = "kind = 'between'\ncolumn = 'amount'\nmin = 1\nseverity = 'warn'";
    let cases = [(warned, Verdict::Warn, Some(3), Some(11))];
    let run = judged(&market, "base_orders", "base", &cases);
    all_open(&run);
    assert_eq!(run.verdict, Verdict::Warn);
    let run = market.run_as(|options| options.severities = vec!["base_orders.e0=error".to_owned()]);
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
    assert_eq!(model(&run, "stg_orders").gate, Gate::Skipped);
}

#[test]
fn models_are_held_against_each_other() {
    use Verdict::{Fail, Pass};
    let market = market();
    market.write(
        "data/orders_2024-01-01.csv",
        "Id,Town,Amount\n1,Elko,10\n2,Reno,20\n3,Oz,30\n4,,40\n",
    );
    let of_marts = [
        (
            "kind = 'reconciles'\nwith = ['stg_orders']\nvalue = 'sum(amount)'\neach = 'sum(amount)'",
            Fail,
            Some(1),
            Some(1),
        ),
        (
            "kind = 'reconciles'\nwith = ['stg_orders']\nvalue = 'sum(amount)'\neach = \"sum(amount) filter (where town <> 'Oz')\"",
            Pass,
            Some(0),
            Some(1),
        ),
        (
            "kind = 'no_rows'\nsql = 'select state from mart_states where state not in (select state from stg_towns)'",
            Pass,
            Some(0),
            None,
        ),
        (
            "kind = 'no_rows'\nsql = \"select town from stg_orders where town not in (select town from stg_towns)\"",
            Fail,
            Some(1),
            None,
        ),
    ];
    judged(&market, "mart_states", "marts", &of_marts);
    let of_orders = [
        (
            "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_towns.town'",
            Fail,
            Some(1),
            Some(3),
        ),
        (
            "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_towns.town'\nwhere = 'amount < 30'",
            Pass,
            Some(0),
            Some(2),
        ),
        (
            "kind = 'reconciles'\nwith = ['raw.orders']\nper = 'town'",
            Fail,
            Some(4),
            Some(4),
        ),
        (
            "kind = 'reconciles'\nwith = ['base_orders']\nper = 'town'",
            Pass,
            Some(0),
            Some(4),
        ),
    ];
    // Each order twice, as a careless join would have it.
    let doubled = "select id, town, sum(amount) as amount from base_orders group by id, town";
    market.write(
        "models/staging/stg_orders.sql",
        format!("{doubled} union all {doubled}"),
    );
    let mut cases = of_orders;
    cases[0].2 = Some(2);
    cases[0].3 = Some(6);
    cases[1].3 = Some(4);
    cases[3] = (cases[3].0, Fail, Some(4), Some(4));
    judged(&market, "stg_orders", "staging", &cases);
    market.write("models/staging/stg_orders.sql", doubled);
    let mut cases = of_orders;
    cases[2] = (cases[2].0, Pass, Some(0), Some(4));
    judged(&market, "stg_orders", "staging", &cases);
}

#[test]
fn a_question_to_a_table_behind_a_closed_gate_is_skipped_with_the_reason() {
    let market = market();
    market.write("data/orders_2024-01-01.csv", "Id,Town,Amount\n1,Elko,-1\n");
    let refers = "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_orders.town'";
    let run = judged(
        &market,
        "stg_towns",
        "staging",
        &[(refers, Verdict::Skip, None, None)],
    );
    let note = outcome(&run, "stg_towns", "e0").note.as_deref();
    assert_eq!(note, Some("the gate of base_orders is closed"));
    assert_eq!(model(&run, "stg_towns").gate, Gate::Open);
}

#[test]
fn a_model_without_rows_is_published_and_questions_about_rows_are_not_passed_in_silence() {
    use Verdict::{Fail, Pass, Skip};
    let market = market();
    market.run();
    let none = format!("{BASE_ORDERS}where cast(amount as bigint) > 1000");
    market.write("models/base/base_orders.sql", none);
    let cases = [
        ("kind = 'not_null'\ncolumn = 'id'", Skip, Some(0), Some(0)),
        ("kind = 'unique'\ncolumns = ['id']", Skip, Some(0), Some(0)),
        ("kind = 'row_count'\nmin = 0", Pass, None, None),
        (
            "kind = 'row_count'\nmin = 1\nseverity = 'error'",
            Fail,
            None,
            None,
        ),
        (
            "kind = 'no_rows'\nsql = 'select id from base_orders'",
            Pass,
            Some(0),
            None,
        ),
    ];
    let run = judged(&market, "base_orders", "base", &cases);
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
    assert_eq!(market.query("select count(*) from base_orders"), ["3"]);
    let empty = "[[expect]]\nkind = 'row_count'\nmin = 0\n";
    market.write("expectations/staging/stg_orders.toml", empty);
    let run = judged(&market, "base_orders", "base", &cases[..3]);
    all_open(&run);
    assert_eq!(market.query("select count(*) from base_orders"), ["0"]);
    assert_eq!(market.query("select sum(orders) from mart_states"), ["0"]);
}

#[test]
fn failing_rows_are_shown_with_their_file_and_line() {
    let market = market();
    market.write(
        "data/orders_2024-02-01.csv",
        "Id,Town,Amount\n4,\"El\nko\",-1\n\n5,Reno,5\n6,Reno,-2\n7,Reno,-3\n",
    );
    let run = market.run();
    let positive = outcome(&run, "base_orders", "positive");
    assert_eq!(positive.rows, Some(3));
    assert_eq!(positive.because.as_deref(), Some("a refund is no order"));
    assert_eq!(
        positive.location.to_string(),
        "expectations/base/base_orders.toml:1"
    );
    let shown: Vec<(String, Option<&str>)> = positive
        .samples
        .iter()
        .map(|sample| {
            let place = sample.place.as_ref().expect("a place").to_string();
            (place, sample.values["amount"].as_deref())
        })
        .collect();
    let expected = [
        ("orders_2024-02-01.csv:2".to_owned(), Some("-1")),
        ("orders_2024-02-01.csv:6".to_owned(), Some("-2")),
    ];
    assert_eq!(
        shown, expected,
        "as many as the manifest's `samples`, in file order"
    );
}
