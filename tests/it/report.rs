//! The report of a month: what it says first, that it is safe to open, and that it is quick.

mod contrast;
mod months;
mod notify;
pub mod scale;
mod synthetic;
mod tested;

use lockgate::outcome::{FileState, Gate, Verdict};
use lockgate::report::{self, Month};

use synthetic::{file, model, outcome, run, sample};

#[test]
fn of_several_runs_of_one_day_the_last_counts_and_the_month_before_is_compared_with() {
    let mut early = run("a", "2024-04-01");
    early.started = "2024-04-02T08:00:00Z".parse().unwrap();
    let mut late = run("b", "2024-04-01");
    late.started = "2024-04-02T09:00:00Z".parse().unwrap();
    let again = run("c", "2024-05-01");
    let other = lockgate::outcome::Run {
        project: "other".into(),
        ..run("d", "2024-04-15")
    };
    let now = run("e", "2024-05-02");
    let past = [late, early, again, other];
    let month = Month::of(&now, &past);
    let ids: Vec<&str> = month.runs.iter().map(|run| run.run_id.as_str()).collect();
    assert_eq!(ids, ["b", "c", "e"]);
    assert_eq!(month.before.map(|run| run.run_id.as_str()), Some("b"));
}

#[test]
fn the_first_run_is_compared_with_nothing() {
    let now = run("a", "2024-05-01");
    let month = Month::of(&now, &[]);
    assert!(month.before.is_none() && month.news.is_empty());
    assert!(report::html(&month).contains("What the first run found"));
}

#[test]
fn a_warning_is_news_once_and_stands_afterwards_until_it_grows() {
    let with = |id: &str, day: &str, rows: u64, of: u64| {
        let mut run = run(id, day);
        run.models = vec![model(
            "base",
            "a",
            vec![outcome("o", Verdict::Warn, rows, of)],
        )];
        run
    };
    let past = [
        with("1", "2024-01-01", 0, 100),
        with("2", "2024-02-01", 2, 200),
    ];
    let past = {
        let mut past = past;
        past[0].models[0].outcomes[0].verdict = Verdict::Pass;
        past
    };
    let fresh = with("2", "2024-02-01", 2, 200);
    let told = Month::of(&fresh, &past);
    assert_eq!((told.news.len(), told.standing.len()), (1, 0));
    let same = with("3", "2024-03-01", 3, 300);
    let told = Month::of(&same, &past);
    assert_eq!((told.news.len(), told.standing.len()), (0, 1));
    assert_eq!(told.standing[0].since, "2024-02-01".parse().ok());
    let grown = with("3", "2024-03-01", 30, 300);
    let told = Month::of(&grown, &past);
    assert_eq!((told.news.len(), told.standing.len()), (1, 0));
}

#[test]
fn a_run_repeated_tells_the_files_of_its_month_although_they_are_known_by_now() {
    let mut before = run("1", "2024-01-01");
    before.files = vec![file("s", "s_1.csv", "2024-01-01", Some(10))];
    let mut now = run("2", "2024-02-01");
    let mut known = file("s", "s_2.csv", "2024-02-01", Some(12));
    known.state = FileState::Known;
    let mut old = before.files[0].clone();
    old.state = FileState::Known;
    now.files = vec![old, known];
    let past = [before];
    let month = Month::of(&now, &past);
    let names: Vec<&str> = month.arrived().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["s_2.csv"]);
}

#[test]
fn what_was_asked_of_a_file_stays_told_when_its_day_is_run_again() {
    let mut first = run("1", "2024-02-01");
    first.files = vec![file("s", "s_2.csv", "2024-02-01", Some(12))];
    first.files[0].outcomes = vec![outcome("o", Verdict::Warn, 1, 12)];
    first.models = vec![model("base", "a", vec![outcome("o", Verdict::Pass, 0, 12)])];
    let mut again = run("2", "2024-02-01");
    again.files = first.files.clone();
    again.files[0].state = FileState::Known;
    again.files[0].outcomes.clear();
    let later = {
        let mut later = run("3", "2024-02-01");
        later.files = first.files.clone();
        later.files[0].outcomes[0].verdict = Verdict::Fail;
        later
    };
    let past = [later, first];
    let month = Month::of(&again, &past);
    let told = month.trends.get("raw.s", "o");
    let told: Vec<Verdict> = told.iter().map(|point| point.outcome.verdict).collect();
    assert_eq!(told, [Verdict::Warn]);
    assert!(month.trends.get("a", "o").is_empty());
}

#[test]
fn no_text_of_a_record_becomes_markup_in_any_format() {
    let evil = "<script>alert(1)</script>&\"'|`*_@here";
    let mut now = run("1", "2024-01-01");
    now.project = evil.into();
    now.files = vec![file(evil, evil, "2024-01-01", None)];
    now.files[0].state = FileState::Refused;
    now.files[0].reason = Some(evil.into());
    now.files[0].warnings = vec![evil.into()];
    now.unclaimed = vec![evil.into()];
    let mut bad = outcome(evil, Verdict::Fail, 1, 2);
    bad.because = Some(evil.into());
    bad.note = Some(evil.into());
    bad.samples = vec![sample(evil, evil)];
    let mut shut = model(evil, evil, vec![bad]);
    shut.gate = Gate::Closed;
    shut.note = Some(evil.into());
    shut.reads = vec![format!("raw.{evil}")];
    now.models = vec![shut];
    let month = Month::of(&now, &[]);
    let html = report::html(&month);
    assert!(!html.contains("<script>alert"));
    assert_eq!(html.matches("<script>").count(), 1);
    let markdown = report::month_markdown(&month);
    assert!(!markdown.contains("<script>") && !markdown.contains("@here"));
    let slack = report::slack(&month, true).to_string();
    assert!(!slack.contains("<script>"));
}

#[test]
fn the_file_reaches_for_nothing_on_the_network() {
    let now = run("1", "2024-01-01");
    let html = report::html(&Month::of(&now, &[]));
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn slack_gets_no_more_than_it_takes_and_no_value_unless_asked() {
    let mut now = run("1", "2024-01-01");
    let long = "& ".repeat(4000);
    for i in 0..200 {
        let mut bad = outcome(&format!("o{i}"), Verdict::Fail, 1, 2);
        bad.because = Some(long.clone());
        bad.samples = vec![sample("phone", "775-555-0100")];
        now.models.push(model("base", &format!("m{i}"), vec![bad]));
    }
    let mut refused = file("s", "s.csv", "2024-01-01", None);
    refused.state = FileState::Refused;
    refused.reason = Some("line 2 is `775-555-0100`".into());
    refused.masked = Some("line 2 is wrong".into());
    refused.warnings = vec!["775-555-0100 is odd".into()];
    now.files = vec![refused];
    now.models[0].outcomes.push(lockgate::outcome::Outcome {
        note: Some("cannot cast 775-555-0100".into()),
        rows: None,
        of: None,
        ..outcome("err", Verdict::Error, 0, 0)
    });
    let month = Month::of(&now, &[]);
    let plain = report::slack(&month, false);
    let blocks = plain["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    for block in blocks {
        if let Some(text) = block["text"]["text"].as_str() {
            assert!(text.chars().count() <= 3000);
            assert!(!text.contains("&amp…") && !text.contains("&am…") && !text.contains("&a…"));
        }
    }
    let plain = plain.to_string();
    assert!(plain.contains("Line 2 is wrong"), "{}", &plain[..3000]);
    let at = plain
        .find("775-555-0100")
        .map(|at| &plain[at - 200..at + 20]);
    assert_eq!(at, None);
    assert!(
        report::slack(&month, true)
            .to_string()
            .contains("775-555-0100")
    );
}

#[test]
fn the_trend_of_an_expectation_has_a_row_for_each_day_and_an_unknown_name_is_told_the_known() {
    let day = |id: &str, day: &str, rows: u64| {
        let mut run = run(id, day);
        run.models = vec![model(
            "base",
            "a",
            vec![outcome("not_null(b.c)", Verdict::Pass, rows, 10)],
        )];
        run
    };
    let runs = [day("1", "2024-01-01", 1), day("2", "2024-02-01", 2)];
    let page = report::month::trend_page(&runs, "a.not_null(b.c)").unwrap();
    let days: Vec<_> = page
        .rows
        .iter()
        .map(|row| row[0].clone().unwrap())
        .collect();
    assert_eq!(days, ["2024-02-01", "2024-01-01"]);
    let known = report::month::trend_page(&runs, "a.nothing").unwrap_err();
    assert_eq!(known, ["a.not_null(b.c)"]);
}
