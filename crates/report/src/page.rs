//! Rows of a query, as a table, JSON or CSV.

use serde_json::{Map, Value};

use lockgate_core::outcome::Page;

use super::style::DIM;
use super::{Format, counted, cut};

/// Characters a cell takes at most in a table; JSON and CSV keep it whole.
const CELL: usize = 48;

/// Renders a page; ends in a line break.
pub fn page(page: &Page, format: Format) -> String {
    match format {
        Format::Table => table(page),
        Format::Json => json(page),
        Format::Csv => csv(page, false),
        Format::CsvSafe => csv(page, true),
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
    super::json(&Value::Array(rows.collect()))
}

fn value(cell: &Option<String>, numeric: bool) -> Value {
    let Some(text) = cell else { return Value::Null };
    let number = numeric.then(|| serde_json::from_str(text).ok()).flatten();
    number.unwrap_or_else(|| Value::String(text.clone()))
}

/// RFC 4180 with line feeds: null is empty, the empty text is `""`, all other bytes are as they are.
///
/// `safe`: a text that a spreadsheet would run as a formula begins with an apostrophe.
fn csv(page: &Page, safe: bool) -> String {
    let head = page.columns.iter().map(|name| cell(Some(name), safe));
    let mut text = line(head.collect());
    for row in &page.rows {
        let cells = row.iter().zip(&page.numeric);
        let cells = cells.map(|(text, numeric)| cell(text.as_deref(), safe && !numeric));
        text.push_str(&line(cells.collect()));
    }
    text
}

fn line(cells: Vec<String>) -> String {
    format!("{}\n", cells.join(","))
}

fn cell(text: Option<&str>, safe: bool) -> String {
    let Some(text) = text else {
        return String::new();
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = match safe && formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(format: Format, cells: &[(&str, bool)]) -> String {
        let cells = cells.iter();
        let (row, numeric) = cells
            .map(|(text, it)| (Some((*text).to_owned()), *it))
            .unzip();
        let columns = vec!["c".to_owned(); Vec::len(&row)];
        let (rows, more) = (vec![row], false);
        let text = page(
            &Page {
                columns,
                numeric,
                rows,
                more,
            },
            format,
        );
        text.split_once('\n').unwrap().1.to_owned()
    }

    #[test]
    fn csv_is_the_bytes_and_safe_csv_has_no_formula() {
        for (text, numeric, plain, safe) in [
            ("=1+1", false, "=1+1\n", "'=1+1\n"),
            ("+1", false, "+1\n", "'+1\n"),
            ("-1", false, "-1\n", "'-1\n"),
            ("-1", true, "-1\n", "-1\n"),
            ("@a,b", false, "\"@a,b\"\n", "\"'@a,b\"\n"),
            ("\tx", false, "\tx\n", "'\tx\n"),
            ("a=b", false, "a=b\n", "a=b\n"),
            (
                "\u{1b}[31m\u{7}\u{1f}",
                false,
                "\u{1b}[31m\u{7}\u{1f}\n",
                "\u{1b}[31m\u{7}\u{1f}\n",
            ),
        ] {
            assert_eq!(cells(Format::Csv, &[(text, numeric)]), plain);
            assert_eq!(cells(Format::CsvSafe, &[(text, numeric)]), safe);
        }
    }

    #[test]
    fn json_escapes_every_control_character() {
        let text = "a\u{1b}b\u{7f}c\u{9b}d";
        let json = cells(Format::Json, &[(text, false)]);
        assert!(
            !json.chars().any(|c| c.is_control() && c != '\n'),
            "{json:?}"
        );
        assert!(json.contains(r"a\u001bb\u007fc\u009bd"), "{json}");
    }
}
