//! How two states of the tables differ, for a comment of a merge request.

use lockgate_core::outcome::{Diff, ModelDiff, Pair, RowDiff, RowKind};

use super::diff::{figures, withheld};
use super::markdown::{code, plain};
use super::value::celled;
use super::{counted, grouped};

/// Characters of a value at most.
const VALUE: usize = 40;

/// The document, of at most `most` bytes: the figures of every model that differs, then the
/// details of as many as fit, the rest counted. What is the same is counted, not listed.
pub fn diff_markdown(diff: &Diff, most: usize) -> String {
    let differ: Vec<&ModelDiff> = diff.models.iter().filter(|model| model.differs()).collect();
    let same = diff.models.len() - differ.len();
    let mut text = format!(
        "## {} → {}\n\n**{} of {} differ, {same} the same.**\n",
        plain(&diff.base),
        plain(&diff.other),
        differ.len(),
        counted(diff.models.len() as u64, "model")
    );
    for sentence in withheld(diff) {
        text.push_str(&format!("\n{}.\n", plain(&sentence)));
    }
    // What is left out is told in a line of its own, for which there must be room.
    let most = most.saturating_sub(100);
    if !differ.is_empty() {
        text.push_str("\n| model | rows | added | removed | changed |\n|---|--:|--:|--:|--:|\n");
    }
    let lines = differ.iter().map(|model| line(model));
    let left = add(&mut text, lines, most);
    text.push_str(&missing(left, "not shown here"));
    let told = differ.iter().take(differ.len() - left);
    let left = add(&mut text, told.map(|model| details(model)), most);
    text.push_str(&missing(left, "without details here"));
    text
}

/// Adds parts while they fit; how many did not.
fn add(text: &mut String, parts: impl Iterator<Item = String>, most: usize) -> usize {
    let mut left = 0;
    for part in parts {
        if left > 0 || text.len() + part.len() > most {
            left += 1;
        } else {
            text.push_str(&part);
        }
    }
    left
}

fn missing(left: usize, how: &str) -> String {
    match left {
        0 => String::new(),
        left => format!("\n{} {how}.\n", counted(left as u64, "model")),
    }
}

fn line(model: &ModelDiff) -> String {
    let rows = match model.rows.base == model.rows.other {
        true => grouped(model.rows.other),
        false => format!(
            "{} → {}",
            grouped(model.rows.base),
            grouped(model.rows.other)
        ),
    };
    format!(
        "| {} | {rows} | {} | {} | {} |\n",
        plain(&model.model),
        grouped(model.added),
        grouped(model.removed),
        grouped(model.changed)
    )
}

fn details(model: &ModelDiff) -> String {
    let mut text = format!("\n### {}\n\n", plain(&model.model));
    let both = model.versions.base.is_some() && model.versions.other.is_some();
    match model.key.is_empty() {
        _ if !both => {}
        true => text.push_str("Whole rows are compared.\n"),
        false => text.push_str(&format!(
            "Rows are told apart by {}.\n",
            plain(&model.key.join(", "))
        )),
    }
    if let Some(note) = &model.note {
        text.push_str(&format!("\n{}.\n", plain(note)));
    }
    let mut points = Vec::new();
    let kind = |kind: &Option<String>| kind.as_deref().map_or("none".to_owned(), plain);
    for (column, pair) in &model.schema {
        let (base, other) = (kind(&pair.base), kind(&pair.other));
        points.push(format!("column {}: {base} → {other}", plain(column)));
    }
    for (column, count) in &model.columns {
        points.push(format!(
            "{} differs in {}",
            plain(column),
            counted(*count, "row")
        ));
    }
    for (id, pair) in &model.metrics {
        let (base, other) = (figures(&pair.base), figures(&pair.other));
        points.push(format!(
            "{}: {} → {}",
            plain(id),
            plain(&base),
            plain(&other)
        ));
    }
    if !points.is_empty() {
        text.push_str(&format!("\n- {}\n", points.join("\n- ")));
    }
    if !model.samples.is_empty() {
        let rows: Vec<String> = model.samples.iter().map(row).collect();
        text.push_str(&format!("\nThe first rows:\n\n- {}\n", rows.join("\n- ")));
    }
    text
}

fn value(value: &Option<String>) -> String {
    match value {
        Some(value) => code(&celled(value, VALUE)),
        None => "null".to_owned(),
    }
}

fn row(row: &RowDiff) -> String {
    let key = row
        .key
        .iter()
        .map(|(name, of)| format!("{} {}", plain(name), value(of)));
    let changed = |pair: &Pair<Option<String>>| match row.kind {
        RowKind::Added => value(&pair.other),
        RowKind::Removed => value(&pair.base),
        RowKind::Changed => format!("{} → {}", value(&pair.base), value(&pair.other)),
    };
    let values = row.values.iter();
    let values = values.map(|(name, pair)| format!("{} {}", plain(name), changed(pair)));
    let all: Vec<String> = key.chain(values).collect();
    format!("{} {}", row.kind.as_str(), all.join(", "))
}
