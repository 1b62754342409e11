//! Whether a text reads as a date, a timestamp, a number or JSON.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use datafusion::common::{Result, exec_err};

use super::functions::kernel::each;

/// The forms of a timestamp that are read where no format is given.
const TIMESTAMPS: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
];

/// What a text may read as.
enum Reads {
    Date,
    Timestamp,
    Number,
    Int,
    Json,
}

/// `parses_as(text, what, format)`, column by column; `what` and `format` are the same for every row.
pub(super) fn parses_as(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (mut what, mut format) = (None, String::new());
    each(&columns[1], |value| what = value.map(str::to_owned))?;
    each(&columns[2], |value| {
        format.clear();
        format.push_str(value.unwrap_or_default());
    })?;
    let reads = match what.as_deref() {
        Some("date") => Reads::Date,
        Some("timestamp") => Reads::Timestamp,
        Some("number") => Reads::Number,
        Some("int") => Reads::Int,
        Some("json") => Reads::Json,
        None if columns[1].is_empty() => Reads::Json,
        _ => return exec_err!("parses_as reads a date, timestamp, number, int or json"),
    };
    let mut out = BooleanBuilder::with_capacity(columns[0].len());
    each(&columns[0], |value| {
        out.append_option(value.map(|text| reads.read(text, &format)));
    })?;
    Ok(Arc::new(out.finish()))
}

impl Reads {
    fn read(&self, text: &str, format: &str) -> bool {
        match self {
            Self::Date if format.is_empty() => plain_date(text),
            Self::Date => NaiveDate::parse_from_str(text, format).is_ok(),
            Self::Timestamp if format.is_empty() => text.strip_suffix('Z').map_or_else(
                || TIMESTAMPS.iter().any(|format| timestamp(text, format)),
                |text| TIMESTAMPS[..2].iter().any(|format| timestamp(text, format)),
            ),
            Self::Timestamp => timestamp(text, format),
            Self::Number => number(text),
            Self::Int => digits(text.strip_prefix(['-', '+']).unwrap_or(text)),
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }
}

/// chrono reads `2024-1-5` by `%Y-%m-%d`; a plain date has ten characters.
fn plain_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// A format without a time of day is taken for one with midnight.
fn timestamp(text: &str, format: &str) -> bool {
    NaiveDateTime::parse_from_str(text, format).is_ok()
        || DateTime::parse_from_str(text, format).is_ok()
        || NaiveDate::parse_from_str(text, format).is_ok()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `-1.5`, `.5`, `1.`, `1e3`; not `inf`, not `0x1`, not `1,000`.
fn number(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    text.bytes().all(plain) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_decimal_and_whole() {
        for text in ["1", "-1.5", "+.5", "1.", "1e3", "1E-3"] {
            assert!(number(text), "{text}");
        }
        for text in ["", " 1", "1,000", "inf", "NaN", "0x1", "1e", "--1", "."] {
            assert!(!number(text), "{text}");
        }
    }

    #[test]
    fn a_date_exists_and_is_written_in_full() {
        assert!(Reads::Date.read("2024-02-29", ""));
        for text in ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00", ""] {
            assert!(!Reads::Date.read(text, ""), "{text}");
        }
        assert!(Reads::Date.read("29.02.2024", "%d.%m.%Y"));
        assert!(!Reads::Date.read("29.02.2024 ", "%d.%m.%Y"));
    }

    #[test]
    fn a_timestamp_may_have_a_fraction_and_an_offset() {
        for text in [
            "2024-02-29 06:35:38",
            "2024-02-29T06:35:38.123",
            "2024-02-29T06:35:38Z",
            "2024-02-29T06:35:38+02:00",
        ] {
            assert!(Reads::Timestamp.read(text, ""), "{text}");
        }
        for text in ["2024-02-29", "2024-02-29 25:00:00", "06:35:38"] {
            assert!(!Reads::Timestamp.read(text, ""), "{text}");
        }
    }
}
