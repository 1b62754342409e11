//! `samples = 0` keeps every value of every file out of every output and of
//! the history.

use lockgate::outcome::{FileState, Gate, Run, Verdict};
use lockgate::report::{self, Detail, Format, Month};

use super::{JANUARY, MANIFEST, market};
use crate::support::{Scratch, file, model, outcome};

/// Every value of the files that must not show holds this.
const MARK: &str = "zyxq";

/// Everything that a run prints or remembers.
fn told(market: &Scratch, run: &Run) -> Vec<String> {
    let mut told = printed(run);
    told.extend(market.query("select * from history.runs"));
    told.extend(market.query("select * from history.outcomes"));
    told
}

/// Every text that is made of a run.
fn printed(run: &Run) -> Vec<String> {
    let runs = [run.clone()];
    let month = Month::of(run, &runs);
    let mut told = vec![report::json(run)];
    told.push(report::html(&month));
    told.push(report::month_markdown(&month));
    told.push(month.json());
    told.push(report::json(&report::slack(&month, true)));
    for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
        told.push(report::run_summary(run, detail));
    }
    for model in &run.models {
        told.push(report::show_summary(&run.run_id, model));
    }
    let outcomes = report::outcomes_page(run);
    told.push(report::page(&outcomes, Format::Csv));
    told.push(report::page(&outcomes, Format::Table));
    told
}

/// No text holds a value of a file.
fn nothing_shows(market: &Scratch, run: &Run, case: &str) {
    for text in told(market, run) {
        assert!(!text.contains(MARK), "{case}:\n{text}");
    }
}

fn silent() -> Scratch {
    let market = market();
    market.write(
        "lockgate.toml",
        MANIFEST.replace("samples = 2", "samples = 0"),
    );
    market
}

#[test]
fn without_samples_no_value_of_a_failing_row_shows() {
    let market = silent();
    market.write(
        "data/orders_2024-01-01.csv",
        format!("Id,Town,Amount\n{MARK}1,{MARK} town,10\n{MARK}1,{MARK} town,-1\n"),
    );
    let expectations = "
        [[expect]]
        kind = 'unique'
        columns = ['id']
        [[expect]]
        kind = 'between'
        column = 'amount'
        min = 0
        [[expect]]
        kind = 'refers_to'
        column = 'town'
        to = 'base_towns.town'
        [[expect]]
        kind = 'reconciles'
        with = ['base_towns']
        per = 'town'
        [[expect]]
        kind = 'row_count'
        per = 'town'
        min = 5
        [[expect]]
        kind = 'no_rows'
        id = 'none'
        sql = 'select town from base_orders'
        [[expect]]
        kind = 'matches'
        column = 'id'
        pattern = '^[0-9]+$'
        severity = 'warn'
        [[expect]]
        kind = 'holds'
        id = 'fails_on_a_value'
        sql = 'cast(town as bigint) > 0'";
    market.write("expectations/base/base_orders.toml", expectations);
    let run = market.run();
    let found: Vec<Verdict> = model(&run, "base_orders")
        .outcomes
        .iter()
        .map(|outcome| outcome.verdict)
        .collect();
    let mut expected = [Verdict::Fail; 8];
    expected[6] = Verdict::Warn;
    assert_eq!(found, expected);
    nothing_shows(&market, &run, "failing rows");

    market.write("lockgate.toml", MANIFEST);
    let run = market.run();
    let shows = told(&market, &run).iter().any(|text| text.contains(MARK));
    assert!(shows, "with samples the same rows are shown");
    assert!(!outcome(&run, "base_orders", "none").samples.is_empty());
}

#[test]
fn without_samples_a_failed_query_shows_no_value() {
    let market = silent();
    market.write(
        "data/orders_2024-01-01.csv",
        format!("Id,Town,Amount\n1,Elko,{MARK}\n"),
    );
    let run = market.run();
    let failed = model(&run, "base_orders");
    assert_eq!(failed.gate, Gate::Closed);
    let note = "the query failed: the engine failed on a value";
    assert_eq!(failed.note.as_deref(), Some(note));
    nothing_shows(&market, &run, "a failed query");
}

#[test]
fn without_samples_a_refused_file_shows_no_value() {
    let market = silent();
    let expected = "[[expect]]\nkind = 'matches'\ncolumn = 'amount'\npattern = '^\\d+$'\n";
    market.write("expectations/sources/orders.toml", expected);
    market.run();
    let name = "orders_2024-02-01.csv";
    let cases: [(&str, Vec<u8>); 16] = [
        (
            "ragged",
            format!("Id,Town,Amount\n1,{MARK}\n2,{MARK},3\n").into(),
        ),
        (
            "cut off",
            format!("Id,Town,Amount\n1,{MARK},2\n2,{MARK}").into(),
        ),
        ("unclosed", format!("Id,Town,Amount\n1,\"{MARK},2\n").into()),
        ("NUL", format!("Id,Town,Amount\n1,{MARK}\0,2\n").into()),
        (
            "not UTF-8",
            [b"Id,Town,Amount\n1,", MARK.as_bytes(), b"\xff,2\n"].concat(),
        ),
        ("HTML", format!("<html><p>{MARK}</p></html>").into()),
        ("JSON", format!("{{\"a\": \"{MARK}\"}}").into()),
        (
            "no header",
            format!("1,{MARK} town,{MARK}2\n2,{MARK},3\n").into(),
        ),
        (
            "no header, and a value that is called like a column",
            format!("Id,{MARK} town,{MARK}2\n2,{MARK},3\n").into(),
        ),
        (
            "no header, and values like the pattern",
            format!("{MARK},Town,Amount,{MARK}2\n2,{MARK},3,4\n").into(),
        ),
        (
            "one value twice",
            format!("Id,Town,Amount,{MARK},{MARK}\n1,2,3,4,5\n").into(),
        ),
        (
            "quotes",
            format!("Id,Town,Amount\n1,\"{MARK}\"x,2\n").into(),
        ),
        (
            "a stray quote",
            format!("Id,Town,Amount\n1,{MARK}\"x,2\n").into(),
        ),
        (
            "line ends",
            format!("Id,Town,Amount\n1,{MARK}\rx,2\n").into(),
        ),
        ("no header, unlike", format!("{MARK}\n{MARK}\n").into()),
        (
            "not what is expected",
            format!("Id,Town,Amount\n{MARK}1,{MARK} town,{MARK}\n").into(),
        ),
    ];
    for (case, bytes) in cases {
        market.write(&format!("data/{name}"), bytes);
        let run = market.run();
        assert_eq!(file(&run, name).state, FileState::Refused, "{case}");
        nothing_shows(&market, &run, case);
    }
    market.write(&format!("data/{name}"), JANUARY);
    assert_eq!(file(&market.run(), name).state, FileState::New);
}

#[test]
fn without_samples_a_new_column_is_told_by_its_place() {
    let market = silent();
    let name = "orders_2024-01-01.csv";
    market.write(
        &format!("data/{name}"),
        format!("Id,{MARK},Town,Amount\n1,2,Elko,3\n"),
    );
    let run = market.run();
    let taken = file(&run, name);
    assert_eq!(taken.state, FileState::New);
    assert_eq!(
        taken.warnings,
        [
            "a column is new, in cell 2 of the header: it is not loaded until the contract lists it. \
          List it in the contract, in its place, with the date of this file as `since`, \
          or with `use = \"ignored\"` if nobody needs it"
        ]
    );
    nothing_shows(&market, &run, "a new column");
}

#[test]
fn a_record_of_when_there_were_samples_shows_none_once_there_are_none() {
    let market = market();
    let expected = "[[expect]]\nkind = 'matches'\ncolumn = 'town'\npattern = '^\\d+$'\n\
        [[expect]]\nkind = 'holds'\nid = 'fails'\nsql = 'cast(town as bigint) > 0'\n";
    market.write("expectations/base/base_orders.toml", expected);
    market.write(
        "data/orders_2024-01-01.csv",
        format!("Id,{MARK},Town,Amount\n1,2,{MARK} town,3\n"),
    );
    market.write(
        "data/orders_2024-02-01.csv",
        format!("Id,Town,Amount\n1,{MARK}\n"),
    );
    let run = market.run();
    let shows = |run: &Run| printed(run).iter().any(|text| text.contains(MARK));
    assert!(shows(&run));
    assert!(run.clone().shown_with(2) == run);
    let hidden = run.shown_with(0);
    for text in printed(&hidden) {
        assert!(!text.contains(MARK), "{text}");
    }
}
