//! What records of format 1 said in words, as the facts of today.

use serde_json::{Map, Value, json};

use super::{Blame, Command, Proof, Tolerance};

/// The command behind a record that does not name it: outcomes of laws, and models without a text
/// to try them on, were of `fuzz` alone. Runs of `test` were never stored.
pub(super) fn command_of_format_1(record: &Map<String, Value>) -> Command {
    let outcomes = |model: &'_ Value| model["outcomes"].as_array().cloned().unwrap_or_default();
    let law = |model: &Value| outcomes(model).iter().any(|it| it["kind"] == "law");
    let untried = |model: &Value| model["note"] == "no text was tried";
    let models = record.get("models").and_then(Value::as_array);
    let mut models = models.into_iter().flatten();
    let fuzzed = models.any(|model| law(model) || untried(model));
    if fuzzed { Command::Fuzz } else { Command::Run }
}

/// Adds what was only told in sentences: proofs, limits, and what a model waits for.
pub(super) fn facts_of_format_1(record: &mut Map<String, Value>) {
    for part in ["files", "models"] {
        let list = record.get_mut(part).and_then(Value::as_array_mut);
        for one in list.into_iter().flatten().filter_map(Value::as_object_mut) {
            if let Some(blame) = blame(one) {
                one.insert("waits_for".to_owned(), json!(blame));
            }
            let outcomes = one.get_mut("outcomes").and_then(Value::as_array_mut);
            let outcomes = outcomes.into_iter().flatten();
            outcomes
                .filter_map(Value::as_object_mut)
                .for_each(of_outcome);
        }
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

fn of_outcome(outcome: &mut Map<String, Value>) {
    let added = [
        ("proof", proof(outcome).map(|it| json!(it))),
        ("allow", allow(outcome).map(|it| json!(it))),
        ("shown", shown(outcome).map(|it| json!(it))),
    ];
    for (name, value) in added {
        if let Some(value) = value {
            outcome.insert(name.to_owned(), value);
        }
    }
}

fn proof(outcome: &Map<String, Value>) -> Option<Proof> {
    (text(outcome, "kind") == Some("unique")).then_some(())?;
    let note = text(outcome, "note");
    Some(match note.and_then(|note| note.strip_prefix("proved: ")) {
        Some(why) => Proof::Plan(why.to_owned()),
        None if text(outcome, "verdict") == Some("pass")
            && outcome.get("rows") == Some(&json!(0)) =>
        {
            Proof::Counted
        }
        None => Proof::NotEstablished,
    })
}

fn allow(outcome: &Map<String, Value>) -> Option<Tolerance> {
    let told = text(outcome, "expected")?.strip_prefix("violations allowed: ")?;
    match told.split_once(' ') {
        None if told == "none" => Some(Tolerance::Rows(0)),
        Some((share, "%")) => Tolerance::share(share.parse::<f64>().ok()? / 100.0),
        Some((rows, "row" | "rows")) => Some(Tolerance::Rows(rows.parse().ok()?)),
        _ => None,
    }
}

/// A value that a note told in a form to read began with a digit.
fn shown(outcome: &Map<String, Value>) -> Option<&str> {
    outcome.get("value").filter(|value| !value.is_null())?;
    let note = text(outcome, "note")?;
    let digits = note.strip_prefix('-').unwrap_or(note);
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(note)
}

fn blame(model: &Map<String, Value>) -> Option<Blame> {
    (text(model, "gate") == Some("skipped")).then_some(())?;
    let note = text(model, "note")?;
    let between = |before: &str, after: &str| -> Option<String> {
        let name = note.strip_prefix(before)?.strip_suffix(after)?;
        Some(name.to_owned())
    };
    if note == "a unit test failed" {
        return Some(Blame::UnitTest);
    }
    let unpublished = note.split_once(" was never published: ");
    between("the gate of ", " is closed")
        .map(Blame::Gate)
        .or_else(|| between("the file ", " was refused").map(Blame::File))
        .or_else(|| between("no file of ", " has come in").map(Blame::NoFile))
        .or_else(|| unpublished.map(|(model, _)| Blame::Unpublished(model.to_owned())))
}
