//! How two states of the tables differ, for a person.

use lockgate_core::outcome::{Diff, Figures, ModelDiff, Page, Pair, RowDiff, RowKind};

use super::style::{BAD, DIM, GOOD, ODD, STRONG};
use super::value::quoted;
use super::{counted, cut, grouped};

/// Characters a line of values takes at most.
const LINE: usize = 118;

/// One line for each model, then what differs in each; ends in a line break.
pub fn diff_summary(diff: &Diff) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}  →  {STRONG}{}{STRONG:#}\n\n",
        diff.base, diff.other
    );
    text.push_str(&table(&diff.models));
    for sentence in withheld(diff) {
        text.push_str(&format!("\n{ODD}{sentence}{ODD:#}\n"));
    }
    for model in diff.models.iter().filter(|model| model.differs()) {
        text.push_str(&details(model));
    }
    let differ = diff.models.iter().filter(|model| model.differs()).count();
    let same = diff.models.len() - differ;
    let style = if differ == 0 { GOOD } else { ODD };
    let word = if differ == 0 { "SAME" } else { "DIFFERS" };
    text.push_str(&format!(
        "\n{style}{word}{style:#}  {} of {} differ, {same} the same\n",
        differ,
        counted(diff.models.len() as u64, "model")
    ));
    text
}

/// Every model of a diff, one row each.
pub fn diff_page(diff: &Diff) -> Page {
    let columns = [
        "model",
        "key",
        "rows_base",
        "rows_other",
        "added",
        "removed",
        "changed",
    ];
    let row = |model: &ModelDiff| {
        let figures = [
            model.rows.base,
            model.rows.other,
            model.added,
            model.removed,
            model.changed,
        ];
        let words = [model.model.clone(), model.key.join(" ")];
        let figures = figures.iter().map(u64::to_string);
        words.into_iter().chain(figures).map(Some).collect()
    };
    Page {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        numeric: (0..columns.len()).map(|place| place > 1).collect(),
        rows: diff.models.iter().map(row).collect(),
        more: false,
    }
}

/// For each run that left older versions of tables in place, a sentence on which.
pub(super) fn withheld(diff: &Diff) -> Vec<String> {
    let (mut base, mut other) = (Vec::new(), Vec::new());
    for model in &diff.models {
        let name = model.model.as_str();
        base.extend(model.withheld.base.then_some(name));
        other.extend(model.withheld.other.then_some(name));
    }
    let sides = [(&diff.runs.base, base), (&diff.runs.other, other)];
    let sentence = |(run, names): (&Option<String>, Vec<&str>)| {
        let run = run.as_ref().filter(|_| !names.is_empty())?;
        let names = names.join(", ");
        Some(format!(
            "run {run} did not open the gate of {names}: these rows are of an earlier run"
        ))
    };
    sides.into_iter().filter_map(sentence).collect()
}

fn table(models: &[ModelDiff]) -> String {
    let width = models.iter().map(|m| m.model.len()).max().unwrap_or(0);
    let mut text = format!(
        "{DIM}{:width$}  {:>23}  {:>10}  {:>10}  {:>10}{DIM:#}\n",
        "model", "rows", "added", "removed", "changed"
    );
    for model in models {
        let rows = if model.rows.base == model.rows.other {
            grouped(model.rows.other)
        } else {
            format!(
                "{} → {}",
                grouped(model.rows.base),
                grouped(model.rows.other)
            )
        };
        let figure = |number: u64, style: anstyle::Style| match number {
            0 => format!("{DIM}{:>10}{DIM:#}", "-"),
            number => format!("{style}{:>10}{style:#}", grouped(number)),
        };
        text.push_str(&format!(
            "{:width$}  {rows:>23}  {}  {}  {}\n",
            model.model,
            figure(model.added, GOOD),
            figure(model.removed, BAD),
            figure(model.changed, ODD),
        ));
    }
    text
}

fn details(model: &ModelDiff) -> String {
    let versions = match (model.versions.base, model.versions.other) {
        (Some(base), Some(other)) => format!("versions {base} → {other}"),
        (Some(base), None) => format!("version {base} → not published"),
        (None, Some(other)) => format!("not published → version {other}"),
        (None, None) => String::new(),
    };
    let both = model.versions.base.is_some() && model.versions.other.is_some();
    let key = match model.key.is_empty() {
        _ if !both => String::new(),
        true => "whole rows, ".to_owned(),
        false => format!("by {}, ", model.key.join(", ")),
    };
    let mut text = format!(
        "\n{STRONG}{}{STRONG:#}  {DIM}{key}{versions}{DIM:#}\n",
        model.model
    );
    if let Some(note) = &model.note {
        text.push_str(&format!("  {note}\n"));
    }
    for (column, pair) in &model.schema {
        let kind = |kind: &Option<String>| kind.clone().unwrap_or_else(|| "-".to_owned());
        text.push_str(&format!(
            "  column {column}: {} → {}\n",
            kind(&pair.base),
            kind(&pair.other)
        ));
    }
    if !model.columns.is_empty() {
        let columns = model.columns.iter();
        let columns = columns.map(|(name, count)| format!("{name} {}", grouped(*count)));
        text.push_str(&format!(
            "  changed in: {}\n",
            columns.collect::<Vec<_>>().join(", ")
        ));
    }
    for (id, pair) in &model.metrics {
        text.push_str(&format!(
            "  {id}: {} → {}\n",
            figures(&pair.base),
            figures(&pair.other)
        ));
    }
    for sample in &model.samples {
        text.push_str(&row(sample));
    }
    text
}

/// The figures of one side in a few words.
pub(super) fn figures(figures: &Option<Figures>) -> String {
    let Some(figures) = figures else {
        return "not asked".to_owned();
    };
    let told = match (figures.rows, figures.of, figures.value) {
        (Some(rows), Some(of), _) => format!(" {} of {}", grouped(rows), grouped(of)),
        (Some(rows), None, _) => format!(" {}", grouped(rows)),
        (_, _, Some(value)) => format!(" {value}"),
        _ => String::new(),
    };
    format!("{}{told}", figures.verdict)
}

fn cell(value: &Option<String>) -> String {
    match value {
        Some(value) => quoted(Some(value), 40),
        None => "null".to_owned(),
    }
}

fn row(row: &RowDiff) -> String {
    let (style, mark) = match row.kind {
        RowKind::Added => (GOOD, "+"),
        RowKind::Removed => (BAD, "-"),
        RowKind::Changed => (ODD, "~"),
    };
    let key = row.key.iter();
    let key = key.map(|(name, value)| format!("{name}={}", cell(value)));
    let value = |pair: &Pair<Option<String>>| match row.kind {
        RowKind::Added => cell(&pair.other),
        RowKind::Removed => cell(&pair.base),
        RowKind::Changed => format!("{} → {}", cell(&pair.base), cell(&pair.other)),
    };
    let values = row.values.iter();
    let values = values.map(|(name, pair)| format!("{name}={}", value(pair)));
    let line: Vec<String> = key.chain(values).collect();
    format!("  {style}{mark}{style:#} {}\n", cut(&line.join("  "), LINE))
}
