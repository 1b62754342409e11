//! What a month tells of the unit tests that its run began with.

use lockgate::outcome::{Location, Marked, Run, State, TableDiff, Tested, Verdict};
use lockgate::report::{self, Month};

use super::synthetic::{model, outcome, run};
use crate::cli::lockgate;
use crate::shop::pin;
use crate::support::Scratch;

fn row(cells: &[Option<&str>]) -> Option<Vec<Option<String>>> {
    Some(cells.iter().map(|it| it.map(str::to_owned)).collect())
}

/// A run that three tests stopped; one of them could not be run.
fn stopped() -> Run {
    let test = |name: &str, verdict, rows| {
        let mut test = outcome(name, verdict, rows, 3);
        test.kind = "test".into();
        test.expected = "the expected rows, in any order".into();
        test.location = Location {
            file: "tests/base/base_orders.toml".into(),
            line: 4,
        };
        test
    };
    let mut differs = test("an amount <is> a number", Verdict::Fail, 3);
    differs.because = Some("it is added | up".into());
    differs.note = Some("1 row with other cells, 1 row missing, 1 row unexpected".into());
    differs.table = Some(TableDiff {
        columns: vec!["id".into(), "amount".into(), "note".into()],
        rows: vec![
            Marked {
                state: State::Differs,
                expected: row(&[Some("1"), Some("5"), Some("")]),
                found: row(&[Some("1"), None, Some("")]),
            },
            Marked {
                state: State::Missing,
                expected: row(&[Some("2"), Some("6"), Some("a*b")]),
                found: None,
            },
            Marked {
                state: State::Unexpected,
                expected: None,
                found: row(&[Some("3"), Some("7"), Some("9 < 10")]),
            },
        ],
        more: 2,
    });
    let mut broken = test("a word is no number", Verdict::Fail, 0);
    broken.rows = None;
    broken.note = Some("the query failed on the given rows: cannot cast 'Jane' to Int64".into());
    let mut run = run("b", "2024-02-01");
    run.verdict = Verdict::Fail;
    run.tests = vec![
        Tested {
            model: "base_orders".into(),
            layer: "base".into(),
            outcomes: vec![differs, broken, test("no order, no row", Verdict::Pass, 0)],
        },
        Tested {
            model: "mart_days".into(),
            layer: "marts".into(),
            outcomes: vec![test("a day is a row", Verdict::Pass, 0)],
        },
    ];
    run
}

#[test]
fn a_test_that_failed_is_the_first_thing_told_with_its_rows() {
    let run = stopped();
    let month = Month::of(&run, &[]);
    let json: serde_json::Value = serde_json::from_str(&month.json()).unwrap();
    assert_eq!(json["tests"]["failed"], 2);
    assert_eq!(
        json["news"][0]["evidence"][0]["outcome"]["table"]["more"],
        2
    );
    let page = report::html(&month).replace("<wbr>", "");
    assert!(!page.contains("The gates, layer by layer"));
    let card = page.split_once("<article").unwrap().1;
    let card = card.split_once("</article>").unwrap().0;
    for told in [
        "A unit test of base_orders fails: an amount &lt;is&gt; a number",
        "<mark>null</mark>",
        "9 &lt; 10",
        "and 2 rows more",
        "tests/base/base_orders.toml:4",
    ] {
        assert!(card.contains(told), "{told}: {card}");
    }
    pin("report", [("tests failed", report::month_markdown(&month))]);
}

#[test]
fn a_message_tells_of_a_failed_test_without_its_values() {
    let run = stopped();
    let month = Month::of(&run, &[]);
    let bare = report::slack(&month, false).to_string();
    assert!(bare.contains("an amount &lt;is&gt; a number"), "{bare}");
    assert!(bare.contains("2 of 4 unit tests failed"), "{bare}");
    assert!(!bare.contains("Jane") && !bare.contains("a*b"), "{bare}");
    assert!(report::slack(&month, true).to_string().contains("Jane"));
}

#[test]
fn tests_that_passed_are_counted_and_listed() {
    let mut run = stopped();
    run.verdict = Verdict::Pass;
    run.tests.remove(0);
    run.models = vec![model("marts", "mart_days", Vec::new())];
    let month = Month::of(&run, &[]);
    assert!(month.news.is_empty());
    let told = "1 unit test of 1 model passed";
    let page = report::html(&month);
    assert!(
        page.contains(told) && page.contains("a day is a row"),
        "{page}"
    );
    assert!(report::month_markdown(&month).contains(told));
    assert!(report::slack(&month, false).to_string().contains(told));
}

#[test]
fn the_report_of_a_stored_run_tells_of_its_tests() {
    let shop = Scratch::new(crate::shop::SOUND);
    shop.write("data/orders_2024-01-01.csv", "Id,Amount\n1,5\n");
    let folder = shop.data().parent().unwrap().to_owned();
    lockgate(&folder, &["run"]);
    let without = lockgate(&folder, &["report", "--as", "markdown"]).out;
    assert!(!without.contains("Unit tests"), "{without}");
    let tests = "[[test]]\nname = \"no order, no row\"\nexpect.rows = []\n";
    shop.write("tests/base/base_orders.toml", tests);
    lockgate(&folder, &["run"]);
    let with = lockgate(&folder, &["report", "--as", "markdown"]).out;
    assert!(with.contains("1 unit test of 1 model passed"), "{with}");
}
