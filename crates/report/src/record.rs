//! Whole records as JSON, and their lines as rows.

use serde::Serialize;

use lockgate_core::outcome::{Checked, Gate, Outcome, Page, Run};

/// A record as one JSON document; ends in a line break. No control character stands in it bare.
pub fn json(record: &impl Serialize) -> String {
    match serde_json::to_string_pretty(record) {
        Ok(text) => format!("{}\n", escaped(&text)),
        Err(error) => format!("{:#}\n", serde_json::json!({ "error": error.to_string() })),
    }
}

/// serde escapes the control characters below the blank, and leaves DEL and the C1 set, which
/// some terminals obey. They can stand in a string only.
fn escaped(json: &str) -> String {
    let bare = |c: char| ('\u{7f}'..='\u{9f}').contains(&c);
    if !json.contains(bare) {
        return json.to_owned();
    }
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match bare(letter) {
            true => text.push_str(&format!("\\u{:04x}", letter as u32)),
            false => text.push(letter),
        }
    }
    text
}

fn page(columns: &[&str], numbers: &[&str], rows: Vec<Vec<Option<String>>>) -> Page {
    Page {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        numeric: columns.iter().map(|name| numbers.contains(name)).collect(),
        rows,
        more: false,
    }
}

/// Every outcome of a run, one row each.
pub fn outcomes_page(run: &Run) -> Page {
    let columns = [
        "model", "layer", "gate", "id", "kind", "severity", "verdict", "rows", "of", "value",
        "file", "line",
    ];
    let line = |model: &str, layer: &str, gate: Option<Gate>, outcome: &Outcome| {
        vec![
            Some(model.to_owned()),
            Some(layer.to_owned()),
            gate.map(|gate| gate.as_str().to_owned()),
            Some(outcome.id.clone()),
            Some(outcome.kind.clone()),
            Some(outcome.severity.as_str().to_owned()),
            Some(outcome.verdict.to_string()),
            outcome.rows.map(|rows| rows.to_string()),
            outcome.of.map(|of| of.to_string()),
            outcome.value.map(|value| value.to_string()),
            Some(outcome.location.file.clone()),
            Some(outcome.location.line.to_string()),
        ]
    };
    let models = run.models.iter();
    let tests = run.tests.iter().flat_map(|model| {
        let outcomes = model.outcomes.iter();
        outcomes.map(move |outcome| line(&model.model, &model.layer, None, outcome))
    });
    let rows = models.flat_map(|model| {
        model
            .outcomes
            .iter()
            .map(move |outcome| line(&model.name, &model.layer, Some(model.gate), outcome))
    });
    page(
        &columns,
        &["rows", "of", "value", "line"],
        tests.chain(rows).collect(),
    )
}

/// Every model of a check, one row each.
pub fn checked_page(checked: &Checked) -> Page {
    let rows = checked.models.iter().map(|model| {
        let key = model.key.as_ref();
        let proof = key.map(|key| {
            if key.proof.is_some() {
                "proved"
            } else {
                "counted"
            }
        });
        vec![
            Some(model.name.clone()),
            Some(model.layer.clone()),
            model.columns.map(|columns| columns.to_string()),
            Some(model.expectations.to_string()),
            key.map(|key| key.columns.join(" ")),
            proof.map(str::to_owned),
            key.and_then(|key| key.proof.clone()),
        ]
    });
    let columns = [
        "model",
        "layer",
        "columns",
        "expectations",
        "key",
        "key_is",
        "proof",
    ];
    page(&columns, &["columns", "expectations"], rows.collect())
}
