//! The leads project over the generator's year, a fault in each of three months.

use std::fs;
use std::path::Path;

use lockgate::outcome::{Gate, Run, Verdict};
use lockgate::report::{self, Month, month::Tone};
use lockgate::sample::{Plan, write};

use crate::cli::lockgate;
use crate::support::{Scratch, model};

/// The text of the first thing that the page tells, and of its headline.
fn first(page: &str) -> (&str, &str) {
    let between = |from: &str, to: &str| {
        let rest = page.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0
    };
    (between("<article", "</article>"), between("<h1", "</h1>"))
}

#[test]
fn each_fault_of_a_year_is_the_first_thing_its_month_tells() {
    let leads = Scratch::of(Path::new(env!("CARGO_MANIFEST_DIR")));
    let year = tempfile::tempdir().unwrap();
    let faults = ["half-rows@7", "vocabulary@9", "shifted-phone@11"];
    let plan = Plan {
        rows: 60,
        months: 12,
        seed: 1,
        faults: faults.map(|fault| fault.parse().unwrap()).to_vec(),
    };
    let files = write(&plan, year.path()).unwrap();
    let mut runs: Vec<Run> = Vec::new();
    for files in files.chunks(4) {
        for file in files {
            let name = file.path.file_name().unwrap();
            fs::copy(&file.path, leads.data().join(name)).unwrap();
        }
        runs.push(leads.run());
    }
    // Where a narrow page may break a name says nothing here.
    let page = |month: usize| {
        let page = report::html(&Month::of(&runs[month - 1], &runs));
        page.replace("<wbr>", "")
    };

    let july = page(7);
    let (card, headline) = first(&july);
    assert!(
        headline.contains("source1_2024-07-01.csv has 30 rows, half of the usual 60"),
        "{headline}"
    );
    assert!(
        card.contains("source1_2024-07-01.csv has 30 rows") && card.contains("file_size_usual")
    );

    let september = page(9);
    let (card, headline) = first(&september);
    assert!(headline.contains("one thing is unusual"), "{headline}");
    assert!(card.contains("in_set(credential_type) in base_leads_source_1"));
    assert!(card.contains("Every row shown is of source1_2024-09-01.csv"));
    assert!(card.contains("source1_2024-09-01.csv:2"));

    let november = page(11);
    let (card, headline) = first(&november);
    assert!(headline.contains("source3_2024-11-01.csv was refused"));
    assert!(card.contains("raw.source3.matches(phone)") && card.contains("7 models wait"));

    for calm in [3, 4, 5, 6, 10] {
        let month = Month::of(&runs[calm - 1], &runs);
        let worst = month.news.iter().map(|news| news.tone).min();
        assert!(
            worst.is_none_or(|tone| tone >= Tone::Note),
            "month {calm}: {:?}",
            month.news
        );
    }
    let december = Month::of(&runs[11], &runs);
    assert_eq!(december.news[0].since, "2024-11-01".parse().ok());
    assert_eq!(runs[8].tables.len(), 3);
    assert_eq!(model(&runs[8], "net_new_leads_by_file").rows, Some(27));
}

const POSITIVE: &str = "\
[[expect]]
kind = \"between\"
column = \"amount\"
min = 0
allow = { rows = 1 }
";

/// The small shop, run once on an order that is below nothing.
fn shop() -> Scratch {
    let shop = Scratch::new(crate::shop::SOUND);
    shop.write("data/orders_2024-01-01.csv", "Id,Amount\n1,5\n2,-7\n3,9\n");
    shop
}

#[test]
fn a_stored_run_is_judged_again_under_other_bounds_and_stays_as_it_was() {
    let shop = shop();
    let run = shop.run();
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
    let folder = shop.data().parent().unwrap().to_owned();
    let judge = |more: &[&str]| {
        let args = ["judge", "--format", "json", "--run", run.run_id.as_str()];
        lockgate(&folder, &[&args, more].concat())
    };
    let same = judge(&[]);
    assert_eq!(
        (same.code, same.json()["changes"].as_array().unwrap().len()),
        (1, 0)
    );

    shop.write("expectations/base/base_orders.toml", POSITIVE);
    let looser = judge(&[]);
    let told = looser.json();
    assert_eq!(told["run"]["models"][0]["gate"], "open", "{}", looser.out);
    assert_eq!(
        told["changes"][0]["told"],
        "fail before, pass now; violations allowed: 1 row"
    );
    assert!(shop.query("SELECT count(*) FROM history.runs") == ["1"]);
    assert_eq!(run.verdict, Verdict::Fail);

    shop.write(
        "expectations/base/base_orders.toml",
        POSITIVE.replace("min = 0", "min = 6"),
    );
    let other = judge(&[]);
    let told = other.json()["changes"].to_string();
    assert!(
        told.contains("asks something else now: it takes a run"),
        "{told}"
    );

    judge(&["--save"]);
    assert!(shop.query("SELECT count(*) FROM history.runs") == ["2"]);
}

#[test]
fn the_report_and_the_trend_are_written_from_the_history_by_the_command() {
    let shop = shop();
    shop.write(
        "expectations/sources/orders.toml",
        "[[expect]]\nkind = \"row_count\"\nid = \"size\"\nmin = 1\n",
    );
    shop.run();
    shop.run();
    let folder = shop.data().parent().unwrap().to_owned();
    let report = lockgate(&folder, &["report"]);
    assert_eq!(report.code, 0, "{}", report.err);
    let name = report.out.lines().nth(1).unwrap();
    assert!(
        fs::read_to_string(folder.join(name))
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
    for kind in ["markdown", "json", "slack"] {
        let told = lockgate(&folder, &["report", "--as", kind]);
        assert!(
            told.code == 0 && told.out.contains("between(amount)"),
            "{kind}: {}",
            told.err
        );
    }
    let none = lockgate(&folder, &["report", "--month", "1999-01"]);
    assert!(
        none.code == 2 && none.err.contains("no run `1999-01`"),
        "{}",
        none.err
    );
    let trend = lockgate(
        &folder,
        &["history", "--expectation", "base_orders.between(amount)"],
    );
    assert!(trend.out.contains("fail"), "{}{}", trend.out, trend.err);
    // The second run judged no file: the first has.
    let source = lockgate(&folder, &["history", "--expectation", "raw.orders.size"]);
    assert!(source.out.contains("pass"), "{}{}", source.out, source.err);
    let unknown = lockgate(
        &folder,
        &["history", "--expectation", "base_orders.between(amont)"],
    );
    assert!(
        unknown.code == 2 && unknown.err.contains("between(amount)"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_project_that_hides_values_keeps_no_table_and_an_unknown_table_is_told() {
    let shop = shop();
    shop.write("data/orders_2024-01-01.csv", "Id,Amount\n1,5\n");
    let manifest = "name = \"shop\"\nlayers = [\"base\", \"marts\"]\n";
    let shown = format!("{manifest}[report]\ntables = [\"mart_days\"]\n");
    shop.write("lockgate.toml", &shown);
    assert_eq!(shop.run().tables[0].page.columns, ["file_date", "orders"]);
    shop.write(
        "lockgate.toml",
        shown.replace("[report]", "samples = 0\n[report]"),
    );
    assert!(shop.run().tables.is_empty());
    shop.write("lockgate.toml", shown.replace("mart_days", "mart_day"));
    let folder = shop.data().parent().unwrap().to_owned();
    let wrong = lockgate(&folder, &["check"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("mart_days"),
        "{}",
        wrong.err
    );
}
