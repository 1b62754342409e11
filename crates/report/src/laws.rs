//! What a fuzz says to a person beside the verdicts.

use lockgate_core::outcome::when::stamp;
use lockgate_core::outcome::{ModelRun, Outcome, Page, Run, Sample};

use super::counted;
use super::style::DIM;

/// The kind of an outcome that tells whether a cleaner keeps a law.
pub(super) const LAW: &str = "law";

/// What a run of `fuzz` came to: `no counterexample among 500 texts`.
pub(super) fn tried(outcome: &Outcome) -> String {
    let found = match outcome.rows {
        Some(1..) => "a",
        _ => "no",
    };
    let texts = counted(outcome.of.unwrap_or(0), "text");
    format!("{found} counterexample among {texts}")
}

/// The law `name` (`cleaner.law`) over the runs of `fuzz`, the newest first.
///
/// # Errors
/// Of a name that none has: the names there are, each once.
pub fn law_page(runs: &[Run], name: &str) -> Result<Page, Vec<String>> {
    let mut rows = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for run in runs.iter().rev() {
        for model in &run.models {
            for law in &model.outcomes {
                let full = format!("{}.{}", model.name, law.id);
                if full == name {
                    rows.push(vec![
                        Some(stamp(run.started)),
                        Some(law.verdict.to_string()),
                        law.of.map(|texts| texts.to_string()),
                        input(law),
                    ]);
                }
                if !known.contains(&full) {
                    known.push(full);
                }
            }
        }
    }
    if rows.is_empty() {
        return Err(known);
    }
    let columns = ["started", "verdict", "texts", "counterexample"];
    Ok(Page {
        columns: columns.map(str::to_owned).to_vec(),
        numeric: columns.map(|name| name == "texts").to_vec(),
        rows,
        more: false,
    })
}

/// The text for which a law does not hold; `None` where none was found.
fn input(law: &Outcome) -> Option<String> {
    law.samples.first()?.values.get("input")?.clone()
}

/// A text that breaks a law: each value whole, on a line of its own.
pub(super) fn counterexample(sample: &Sample) -> String {
    let mut text = String::new();
    for (name, value) in &sample.values {
        let value = value.as_deref().unwrap_or("∅");
        text.push_str(&format!("      {name:8}  {value}\n"));
    }
    text
}

/// The same on one line: what is escaped already is not escaped again, and nothing is cut off.
pub(super) fn line(sample: &Sample) -> String {
    let values = sample.values.iter().map(|(name, value)| {
        let value = value.as_deref().unwrap_or("∅").replace(['\n', '\r'], " ");
        format!("{name} {value}")
    });
    values.collect::<Vec<_>>().join("; ")
}

/// The columns whose values each cleaner was tried on; nothing in a record of something else.
pub(super) fn values(models: &[ModelRun], of_laws: bool) -> String {
    let width = models.iter().map(|model| model.name.len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for model in models
        .iter()
        .filter(|model| of_laws && !model.reads.is_empty())
    {
        let head = format!("values  {:width$}  ", model.name);
        let options = textwrap::Options::new(118)
            .subsequent_indent("                ")
            .break_words(false);
        let options = options.initial_indent(&head);
        text.push_str(&format!(
            "{DIM}{}{DIM:#}\n",
            textwrap::fill(&model.reads.join(", "), options)
        ));
    }
    match text.is_empty() {
        true => text,
        false => format!("\n{text}"),
    }
}
