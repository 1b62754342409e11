//! Rows of a query, as a table, JSON or CSV.

use serde_json::{Map, Value};

use crate::outcome::Page;

use super::style::DIM;
use super::{Format, counted, cut};

/// Characters a cell takes at most in a table; JSON and CSV keep it whole.
const CELL: usize = 48;

/// Renders a page; ends in a line break.
pub fn page(page: &Page, format: Format) -> String {
    match format {
        Format::Table => table(page),
        Format::Json => json(page),
        Format::Csv => csv(page),
    }
}

/// Control characters would break the table's lines.
fn shown(cell: &Option<String>) -> String {
    let text = cell.as_deref().unwrap_or("∅");
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\n' => '⏎',
            c if c.is_control() => '�',
            c => c,
        })
        .collect();
    cut(&plain, CELL)
}

fn table(page: &Page) -> String {
    let rows: Vec<Vec<String>> = page
        .rows
        .iter()
        .map(|row| row.iter().map(shown).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        let head = page.columns[column].chars().count();
        cells.max().unwrap_or(0).max(head)
    };
    let widths: Vec<usize> = (0..page.columns.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().enumerate().map(|(i, cell)| {
            let pad = " ".repeat(widths[i].saturating_sub(cell.chars().count()));
            if page.numeric[i] {
                format!("{pad}{cell}")
            } else {
                format!("{cell}{pad}")
            }
        });
        let cells: Vec<String> = cells.collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let mut text = line(&page.columns);
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    text.push_str(&format!("{DIM}{}{DIM:#}\n", rule.join("  ")));
    for row in &rows {
        text.push_str(&line(row));
    }
    let more = if page.more { "; there are more" } else { "" };
    let count = counted(page.rows.len() as u64, "row");
    text.push_str(&format!("{DIM}{count}{more}{DIM:#}\n"));
    text
}

fn json(page: &Page) -> String {
    let rows = page.rows.iter().map(|row| {
        let cells = page.columns.iter().zip(row).zip(&page.numeric);
        let cells = cells.map(|((name, cell), numeric)| (name.clone(), value(cell, *numeric)));
        Value::Object(cells.collect::<Map<_, _>>())
    });
    format!("{:#}\n", Value::Array(rows.collect()))
}

fn value(cell: &Option<String>, numeric: bool) -> Value {
    let Some(text) = cell else { return Value::Null };
    let number = numeric.then(|| serde_json::from_str(text).ok()).flatten();
    number.unwrap_or_else(|| Value::String(text.clone()))
}

/// RFC 4180 with line feeds: null is empty, the empty text is `""`.
fn csv(page: &Page) -> String {
    let cell = |cell: &Option<String>| match cell {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.clone(),
    };
    let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
    let mut text = line(
        page.columns
            .iter()
            .map(|name| cell(&Some(name.clone())))
            .collect(),
    );
    for row in &page.rows {
        text.push_str(&line(row.iter().map(cell).collect()));
    }
    text
}
