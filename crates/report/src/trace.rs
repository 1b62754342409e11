//! A trace for a person: the row, its way back to the lines of files, its way on.

use lockgate_core::outcome::{Direction, Sample, Step, Trace};

use super::style::{DIM, STRONG};
use super::value::quoted;
use super::{counted, cut};

/// Renders a trace; ends in a line break.
pub fn trace(trace: &Trace) -> String {
    let mut text = String::new();
    let parts = [
        (Direction::Here, "the row"),
        (Direction::Back, "comes from"),
        (Direction::Forth, "goes into"),
    ];
    for (direction, title) in parts {
        let steps = trace
            .steps
            .iter()
            .filter(|step| step.direction == direction);
        let lines: String = steps.map(step).collect();
        if !lines.is_empty() {
            text.push_str(&format!("{STRONG}{title}{STRONG:#}\n{lines}"));
        }
    }
    text
}

fn step(step: &Step) -> String {
    let indent = "  ".repeat(step.depth.max(1));
    if step.by.is_empty() && step.direction != Direction::Here {
        return format!(
            "{indent}{}  {DIM}no column tells which rows{DIM:#}\n",
            step.table
        );
    }
    let by = step.by.join(", ");
    let mut text = format!(
        "{indent}{STRONG}{}{STRONG:#}  {}  {DIM}by {by}{DIM:#}\n",
        step.table,
        counted(step.rows, "row")
    );
    for sample in &step.samples {
        text.push_str(&format!("{indent}  {}\n", line(sample)));
    }
    let more = step.rows.saturating_sub(step.samples.len() as u64);
    if more > 0 {
        text.push_str(&format!("{indent}  {DIM}and {more} more{DIM:#}\n"));
    }
    text
}

fn line(sample: &Sample) -> String {
    let place = sample
        .place
        .as_ref()
        .map_or(String::new(), |place| format!("{place}  "));
    let hidden = ["file_name", "file_date", "file_row", "file_line"];
    let values = sample
        .values
        .iter()
        .filter(|(name, _)| !hidden.contains(&name.as_str()));
    let values: Vec<String> = values
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={}", quoted(Some(value), 40)),
            None => format!("{name} is null"),
        })
        .collect();
    format!("{STRONG}{place}{STRONG:#}{}", cut(&values.join("  "), 110))
}
