//! Days, months and figures in words.

use chrono::NaiveDate;

use super::super::value::quoted;
use super::super::{counted, grouped, laws};
use lockgate_core::expect::Tolerance;
use lockgate_core::outcome::{Number, Outcome, Sample};

/// The first of May 2024 as `May 2024`.
pub fn month_name(day: NaiveDate) -> String {
    day.format("%B %Y").to_string()
}

/// The first of May 2024 as `1 May 2024`.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A number as people write it: thousands apart, at most four digits after the point.
///
/// ```
/// use lockgate_report::month::number;
/// assert_eq!(number(1234567.0), "1,234,567");
/// assert_eq!(number(-0.123456), "-0.1235");
/// ```
pub fn number(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    if !size.is_finite() || size >= 1e15 {
        return value.to_string();
    }
    let rounded = format!("{size:.4}");
    let (whole, part) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let part = part.trim_end_matches('0');
    let whole = grouped(whole.parse().unwrap_or(0));
    match part {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// `rows` of `of` as a percentage with as many digits as tell something; empty for none of anything.
pub fn share(rows: u64, of: u64) -> String {
    if of == 0 || rows == 0 {
        return String::new();
    }
    let percent = rows as f64 / of as f64 * 100.0;
    match percent {
        p if p < 0.01 => "less than 0.01 %".to_owned(),
        p if p < 1.0 => format!("{p:.2} %"),
        p if p < 10.0 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// A failing row on one line: the line of its file, then its first values.
pub fn sample_line(sample: &Sample) -> String {
    let hidden = ["file_name", "file_date", "file_row", "file_line"];
    let shown = |name: &str| sample.place.is_none() || !hidden.contains(&name);
    let values = sample.values.iter().filter(|(name, _)| shown(name)).take(6);
    let values = values.map(|(name, value)| match value {
        Some(value) => format!("{name}={}", quoted(Some(value), 40)),
        None => format!("{name} is null"),
    });
    let values: Vec<String> = values.collect();
    match &sample.place {
        Some(place) => format!("{place}: {}", values.join(", ")),
        None => values.join(", "),
    }
}

/// What was found and what was asked for, in one sentence without its full stop.
pub fn figures(outcome: &Outcome) -> String {
    if outcome.kind == laws::LAW {
        return laws::tried(outcome);
    }
    match (outcome.rows, outcome.of, outcome.value) {
        (Some(rows), of, _) => found(outcome, rows, of),
        (_, _, Some(value)) => {
            let shown = match (&outcome.shown, value) {
                (Some(shown), _) => shown.clone(),
                (_, Number::Int(value)) if value >= 0 => grouped(value.unsigned_abs()),
                (_, value) => number(value.as_f64()),
            };
            format!("the value is {shown}; asked for: {}", outcome.expected)
        }
        _ => outcome
            .note
            .clone()
            .unwrap_or_else(|| "no row to ask about".to_owned()),
    }
}

fn found(outcome: &Outcome, rows: u64, of: Option<u64>) -> String {
    let thing = match outcome.kind.as_str() {
        "row_count" => "group",
        _ => "row",
    };
    let allowed = match outcome.allow {
        Some(Tolerance::Rows(0)) => "none is allowed".to_owned(),
        Some(allowed) => format!("{allowed} are allowed"),
        None => outcome.expected.clone(),
    };
    let verb = match (outcome.set_aside, rows) {
        (true, 1) => "is set aside",
        (true, _) => "are set aside",
        (false, 1) => "violates",
        (false, _) => "violate",
    };
    match of {
        Some(of) if rows > 0 => {
            let of_all = counted(of, thing);
            format!(
                "{} of {of_all} {verb} ({}); {allowed}",
                grouped(rows),
                share(rows, of)
            )
        }
        Some(of) => format!("none of {} violates", counted(of, thing)),
        None if rows > 0 => format!("{} {verb}; {allowed}", counted(rows, thing)),
        None => format!("no {thing} violates"),
    }
}
