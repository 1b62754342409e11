//! Whether a text reads as a date, a timestamp, a number or JSON.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder};
use datafusion::common::{Result, exec_err};
use lockgate_core::dates::Form;

use super::functions::kernel::each;

/// The forms of a timestamp that are read where no format is given.
const TIMESTAMPS: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
];

/// What a text may read as.
enum Reads<'a> {
    Date(Vec<Form<'a>>),
    Timestamp(Vec<Form<'a>>),
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
    let what = match what.as_deref() {
        None if columns[1].is_empty() => "json",
        what => what.unwrap_or_default(),
    };
    let Some(reads) = Reads::new(what, &format) else {
        return exec_err!("parses_as reads a date, timestamp, number, int or json");
    };
    let mut out = BooleanBuilder::with_capacity(columns[0].len());
    each(&columns[0], |value| {
        out.append_option(value.map(|text| reads.read(text)));
    })?;
    Ok(Arc::new(out.finish()))
}

impl<'a> Reads<'a> {
    /// An empty format is none.
    fn new(what: &str, format: &'a str) -> Option<Self> {
        let forms = |plain: &[&'static str]| -> Vec<Form<'a>> {
            let plain = plain.iter().copied().filter(|_| format.is_empty());
            let given = std::iter::once(format).filter(|format| !format.is_empty());
            plain.chain(given).filter_map(Form::new).collect()
        };
        Some(match what {
            "date" => Self::Date(forms(&[])),
            "timestamp" => Self::Timestamp(forms(&TIMESTAMPS)),
            "number" => Self::Number,
            "int" => Self::Int,
            "json" => Self::Json,
            _ => return None,
        })
    }

    fn read(&self, text: &str) -> bool {
        match self {
            Self::Date(forms) => match forms.first() {
                Some(form) => form.date(text).is_some(),
                None => plain_date(text),
            },
            Self::Timestamp(forms) if forms.len() == 1 => forms[0].is_moment(text),
            Self::Timestamp(forms) => {
                let (text, zoned) = match text.strip_suffix('Z') {
                    Some(text) => (text, false),
                    None => (text, true),
                };
                let all = forms.iter().take(if zoned { forms.len() } else { 2 });
                all.into_iter().any(|form| form.is_moment(text))
            }
            Self::Number => number(text),
            Self::Int => digits(text.strip_prefix(['-', '+']).unwrap_or(text)),
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }
}

/// A day or a month may lack its zero by a form; a plain date has ten characters.
fn plain_date(text: &str) -> bool {
    text.len() == 10 && Form::new("%Y-%m-%d").is_some_and(|form| form.date(text).is_some())
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

    fn reads(what: &str, text: &str, format: &str) -> bool {
        Reads::new(what, format).unwrap().read(text)
    }

    #[test]
    fn a_date_exists_and_is_written_in_full() {
        assert!(reads("date", "2024-02-29", ""));
        for text in ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00", ""] {
            assert!(!reads("date", text, ""), "{text}");
        }
        assert!(reads("date", "29.02.2024", "%d.%m.%Y"));
        assert!(!reads("date", "29.02.2024 ", "%d.%m.%Y"));
        assert!(!reads("date", "29.02.24", "%d.%m.%Y"));
    }

    #[test]
    fn a_timestamp_may_have_a_fraction_and_an_offset() {
        for text in [
            "2024-02-29 06:35:38",
            "2024-02-29T06:35:38.123",
            "2024-02-29T06:35:38Z",
            "2024-02-29T06:35:38+02:00",
        ] {
            assert!(reads("timestamp", text, ""), "{text}");
        }
        for text in [
            "2024-02-29",
            "2024-02-29 25:00:00",
            "06:35:38",
            "24-02-29 06:35:38",
            "2024-02-29T06:35:38+02:00Z",
        ] {
            assert!(!reads("timestamp", text, ""), "{text}");
        }
        assert!(!reads("timestamp", "29.02.24 06:35", "%d.%m.%Y %H:%M"));
    }
}
