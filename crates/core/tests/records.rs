//! A record of every format so far, as it was stored: each later version must read them.

use lockgate_core::outcome::{Command, FileState, Gate, RECORD_FORMAT, Run, Verdict};

const STORED: [(&str, &str, Command); 4] = [
    ("run-1", include_str!("records/run-1.json"), Command::Run),
    ("run-2", include_str!("records/run-2.json"), Command::Run),
    ("fuzz-1", include_str!("records/fuzz-1.json"), Command::Fuzz),
    ("fuzz-2", include_str!("records/fuzz-2.json"), Command::Fuzz),
];

fn read(text: &str) -> Run {
    Run::of(text).unwrap_or_else(|why| panic!("{why}"))
}

fn refused(text: &str) -> String {
    Run::of(text).map(|run| run.run_id).unwrap_err()
}

/// The stored run with one text replaced, which it must hold.
fn with(old: &str, new: &str) -> String {
    let text = STORED[1].1;
    assert!(text.contains(old), "the fixture has no {old}");
    text.replacen(old, new, 1)
}

#[test]
fn a_record_of_every_format_is_read_with_its_command() {
    for (name, text, command) in STORED {
        let run = read(text);
        assert_eq!(run.command, command, "{name}");
        assert_eq!(run.format, RECORD_FORMAT, "{name}");
        assert_eq!(run.as_of.to_string(), "2024-03-01", "{name}");
        assert_eq!(run.models.len(), 2, "{name}");
    }
}

#[test]
fn what_an_old_record_says_is_what_the_new_one_says() {
    assert_eq!(read(STORED[0].1), read(STORED[1].1));
    assert_eq!(read(STORED[2].1), read(STORED[3].1));
    let run = read(STORED[0].1);
    assert_eq!((run.verdict, run.files.len()), (Verdict::Fail, 2));
    assert_eq!(run.files[0].state, FileState::New);
    assert_eq!(run.models[0].gate, Gate::Closed);
    assert_eq!(run.models[0].outcomes[1].rows, Some(2));
}

#[test]
fn a_record_is_written_as_it_was_stored() {
    for (name, text, _) in [&STORED[1], &STORED[3]] {
        let written = serde_json::to_string_pretty(&read(text)).unwrap();
        assert_eq!(written, text.trim_end(), "{name}");
    }
}

#[test]
fn a_fuzz_without_a_text_to_try_is_told_from_a_run_in_format_1() {
    let text = r#"{"run_id": "f", "verdict": "skip", "project": "p", "started": "2024-03-01T08:00:00.000Z",
        "finished": "2024-03-01T08:00:01.000Z", "as_of": "2024-03-01", "files": [], "unclaimed": [],
        "models": [{"name": "zip", "layer": "cleaners", "gate": "skipped", "rows": 0, "quarantined": null,
        "unchanged": false, "note": "no text was tried", "outcomes": []}]}"#;
    assert_eq!(read(text).command, Command::Fuzz);
}

#[test]
fn a_bad_date_is_told_with_its_record_and_field_and_never_another_day() {
    let of_run = "the record of run 0199-run: ";
    for (old, new, told) in [
        (
            "\"as_of\": \"2024-03-01\"",
            "\"as_of\": \"2024-02-30\"",
            "as_of: \"2024-02-30\" is no date of the form YYYY-MM-DD",
        ),
        (
            "\"as_of\": \"2024-03-01\"",
            "\"as_of\": 7",
            "as_of: \"7\" is no date of the form YYYY-MM-DD",
        ),
        (
            "\"started\": \"2024-03-02T08:00:00.000Z\"",
            "\"started\": \"yesterday\"",
            "started: \"yesterday\" is no time of the form 2024-05-02T08:00:09.000Z",
        ),
        (
            "\"finished\": \"2024-03-02T08:00:01.250Z\"",
            "\"finished\": \"\"",
            "finished: \"\" is no time of the form 2024-05-02T08:00:09.000Z",
        ),
        (
            "\"date\": \"2024-03-01\"",
            "\"date\": \"01.03.2024\"",
            "files[0].date: \"01.03.2024\" is no date of the form YYYY-MM-DD",
        ),
    ] {
        assert_eq!(refused(&with(old, new)), format!("{of_run}{told}"));
    }
}

#[test]
fn a_record_of_a_later_format_is_refused_and_not_half_read() {
    let later = with("\"format\": 2", "\"format\": 3");
    assert_eq!(
        refused(&later),
        "the record of run 0199-run: it has format 3 and was written by a newer lockgate, upgrade; \
         this one reads formats up to 2"
    );
    assert_eq!(
        refused(&with("\"format\": 2", "\"format\": \"two\"")),
        "the record of run 0199-run: format is \"two\", which is no whole number"
    );
}

#[test]
fn what_is_no_record_is_told() {
    assert!(refused("{").starts_with("the record of a run is no JSON object: "));
    assert!(refused("{}").starts_with("the record of a run without run_id: "));
    assert!(refused("7").starts_with("the record of a run is no JSON object: "));
}

#[test]
fn what_format_1_said_in_sentences_is_a_fact_now() {
    use lockgate_core::expect::Tolerance;
    use lockgate_core::outcome::{Blame, Proof};
    for (note, blame) in [
        (
            "the gate of base_orders is closed",
            Some(Blame::Gate("base_orders".to_owned())),
        ),
        (
            "the file a b.csv was refused",
            Some(Blame::File("a b.csv".to_owned())),
        ),
        (
            "no file of towns has come in",
            Some(Blame::NoFile("towns".to_owned())),
        ),
        (
            "base_x was never published: select it too, as in --select +base_x+",
            Some(Blame::Unpublished("base_x".to_owned())),
        ),
        ("a unit test failed", Some(Blame::UnitTest)),
        ("something else", None),
    ] {
        let old = STORED[0].1;
        let text = old.replace("the gate of base_orders is closed", note);
        let model = &read(&text).models[1];
        assert_eq!(model.waits_for, blame, "{note}");
        let told = blame.map(|blame| blame.to_string());
        assert!(told.is_none_or(|told| told == note), "{note}");
    }
    for (told, allow) in [
        ("none", Some(Tolerance::Rows(0))),
        ("1 row", Some(Tolerance::Rows(1))),
        ("12 rows", Some(Tolerance::Rows(12))),
        ("3 %", Tolerance::share(0.03)),
        ("0.25 %", Tolerance::share(0.0025)),
        ("something", None),
    ] {
        let old = STORED[0].1;
        let text = old.replace(
            "violations allowed: none",
            &format!("violations allowed: {told}"),
        );
        let outcomes = &read(&text).models[0].outcomes;
        assert_eq!(outcomes[1].allow, allow, "{told}");
        assert!(
            allow.is_none_or(|allow| allow.to_string() == told),
            "{told}"
        );
        assert_eq!(outcomes[2].allow, None, "a value has no violations");
        let why = "file_name and file_row identify a raw row".to_owned();
        assert_eq!(outcomes[0].proof, Some(Proof::Plan(why)));
        assert_eq!(outcomes[1].proof, None);
    }
}
