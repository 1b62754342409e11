//! What a new source and its columns are called, and how that is written in TOML.

use std::path::Path;

use regex::Regex;

use crate::contract::{RAW_COLUMNS, snake_case};
use crate::engine::Origin;

use super::target::Target;

/// Dates in a file's name: how they look, and how a contract writes that.
const DATES: [(&str, &str); 4] = [
    (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    (r"\d{4}_\d{2}_\d{2}", "%Y_%m_%d"),
    (r"\d{8}", "%Y%m%d"),
    (r"\d{4}-\d{2}", "%Y-%m"),
];

/// How a file is known as one of a source.
pub(super) struct Naming {
    pub source: String,
    /// The lines of `[file]`.
    pub rule: String,
    /// Whether the file's name holds its date.
    pub dated: bool,
}

impl Naming {
    /// From the file's name; of a file of a known source the source is kept.
    pub fn of(target: &Target) -> Self {
        let file = Path::new(&target.subject)
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("file.csv");
        let (stem, end) = match file.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (file, String::new()),
        };
        let found = dated(stem);
        let (names, format, bare) = match &found {
            Some((before, format, after)) => (
                vec![format!("{before}{{date}}{after}{end}")],
                *format,
                format!("{before}_{after}"),
            ),
            None => (
                vec![file.to_owned(), format!("{stem}_{{date}}{end}")],
                "%Y-%m-%d",
                stem.to_owned(),
            ),
        };
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let mut rule = format!("name = [{}]\ndate = {}\n", names.join(", "), quoted(format));
        if let Origin::File { dialect, .. } = &target.origin
            && dialect.delimiter != b','
        {
            let delimiter = char::from(dialect.delimiter).to_string();
            rule.push_str(&format!("delimiter = {}\n", quoted(&delimiter)));
        }
        let source = target
            .source
            .map_or_else(|| snake_case(&bare), |source| source.name.clone());
        Self {
            source: match source.as_str() {
                "" => "file".to_owned(),
                _ => source,
            },
            rule,
            dated: found.is_some(),
        }
    }
}

/// What stands before a date in a file's name, the date's format, and what stands after it.
fn dated(stem: &str) -> Option<(&str, &'static str, &str)> {
    DATES.iter().find_map(|(pattern, format)| {
        let found = Regex::new(pattern).ok()?.find(stem)?;
        crate::intake::date(found.as_str(), format)?;
        Some((&stem[..found.start()], *format, &stem[found.end()..]))
    })
}

/// The raw table's names of header cells, each its own.
pub(super) fn raw_names(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (place, cell) in header.iter().enumerate() {
        let mut name = snake_case(cell);
        if name.is_empty() || names.contains(&name) || RAW_COLUMNS.contains(&name.as_str()) {
            name = format!("{name}_{}", place + 1)
                .trim_start_matches('_')
                .to_owned();
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                name = format!("column_{name}");
            }
        }
        names.push(name);
    }
    names
}

/// A text as a TOML string; a literal one where it has backslashes.
pub(super) fn quoted(text: &str) -> String {
    if text.contains('\\') && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
