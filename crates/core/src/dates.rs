//! Dates and moments that texts write, read by a form of strftime.

use chrono::format::{Item, Numeric, Parsed, StrftimeItems, parse_and_remainder};
use chrono::{NaiveDate, NaiveDateTime};

/// A form of dates, such as `%d.%m.%Y`.
///
/// `%Y` is a year of four digits and `%y` one of two: `24` is no year 24, nor is `5` the year 2005.
/// A day, a month or an hour may lack its zero.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// Each ends in a year, of so many digits, but the last, which has none.
    parts: Vec<(Vec<Item<'a>>, Option<usize>)>,
}

/// How many digits a year has; `None`: it is no year.
fn digits_of(item: &Item<'_>) -> Option<usize> {
    match item {
        Item::Numeric(Numeric::Year | Numeric::IsoYear, _) => Some(4),
        Item::Numeric(Numeric::YearMod100 | Numeric::IsoYearMod100, _) => Some(2),
        _ => None,
    }
}

impl<'a> Form<'a> {
    /// `None`, where it is no form of strftime.
    pub fn new(format: &'a str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        for item in StrftimeItems::new(format) {
            if item == Item::Error {
                return None;
            }
            let digits = digits_of(&item);
            part.push(item);
            if digits.is_some() {
                parts.push((std::mem::take(&mut part), digits));
            }
        }
        parts.push((part, None));
        Some(Self { parts })
    }

    /// What a text says by it, if the whole text reads so.
    fn parsed(&self, text: &str) -> Option<Parsed> {
        let mut parsed = Parsed::new();
        let mut rest = text;
        for (items, digits) in &self.parts {
            let Some(digits) = digits else {
                rest = parse_and_remainder(&mut parsed, rest, items.iter()).ok()?;
                continue;
            };
            let (year, before) = items.split_last()?;
            rest = parse_and_remainder(&mut parsed, rest, before.iter()).ok()?;
            let after = parse_and_remainder(&mut parsed, rest, std::iter::once(year)).ok()?;
            let written = rest.strip_suffix(after)?.trim_start();
            let plain = written.bytes().all(|byte| byte.is_ascii_digit());
            if written.len() != *digits || !plain {
                return None;
            }
            rest = after;
        }
        rest.is_empty().then_some(parsed)
    }

    /// The date that a text writes; its time of day, if it has one, is left out.
    pub fn date(&self, text: &str) -> Option<NaiveDate> {
        self.parsed(text)?.to_naive_date().ok()
    }

    /// As [`Form::date`]; the first of the month where the form has no day.
    pub fn date_or_month(&self, text: &str) -> Option<NaiveDate> {
        let mut parsed = self.parsed(text)?;
        if let Ok(date) = parsed.to_naive_date() {
            return Some(date);
        }
        if parsed.day().is_some() || parsed.ordinal().is_some() {
            return None;
        }
        parsed.set_day(1).ok()?;
        parsed.to_naive_date().ok()
    }

    /// The date and the time of day that a text writes, an offset left out.
    pub fn time(&self, text: &str) -> Option<NaiveDateTime> {
        self.parsed(text)?.to_naive_datetime_with_offset(0).ok()
    }

    /// Whether a text writes a moment: with an offset, without one, or a day alone.
    pub fn is_moment(&self, text: &str) -> bool {
        self.parsed(text).is_some_and(|parsed| {
            parsed.to_naive_datetime_with_offset(0).is_ok()
                || parsed.to_datetime().is_ok()
                || parsed.to_naive_date().is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A form, texts that it reads, and texts that it does not.
    type Case = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    );

    const DATES: &[Case] = &[
        (
            "%Y-%m-%d",
            &["2024-01-31", "2024-1-5", "0024-01-31"],
            &[
                "24-01-31",
                "224-01-31",
                "+2024-01-31",
                "-024-01-31",
                "12024-01-31",
                "2024-02-30",
            ],
        ),
        (
            "%d/%m/%Y",
            &["31/01/2024", "1/5/2024"],
            &[
                "31/01/24",
                "31/01/024",
                "31/01/2",
                "31/01/20245",
                "31/01/-024",
                "31/01/",
            ],
        ),
        (
            "%d/%m/%y",
            &["31/01/24", "1/5/99"],
            &["31/01/2024", "31/01/4"],
        ),
        ("%Y%m%d", &["20240131"], &["240131", "2024131"]),
        ("%d%m%Y", &["31012024"], &["310124"]),
        (
            "%d %B %Y",
            &["31 January 2024", "1 may 2024"],
            &["31 January 24"],
        ),
        ("%F", &["2024-01-31"], &["24-01-31"]),
        ("%D", &["01/31/24"], &["01/31/2024", "01/31/4"]),
        ("%v", &["31-Jan-2024"], &["31-Jan-24"]),
        ("%G-W%V-%u", &["2024-W05-3"], &["24-W05-3"]),
        ("%Y-%j", &["2024-366"], &["2023-366", "24-031"]),
        ("%-d.%-m.%-Y", &["5.1.2024"], &["5.1.24"]),
    ];

    #[test]
    fn a_year_is_written_in_full_wherever_it_stands() {
        for (form, right, wrong) in DATES {
            let read = Form::new(form).expect(form);
            for text in *right {
                assert!(read.date(text).is_some(), "{form} takes {text}");
                assert!(read.is_moment(text), "{form} takes {text}");
            }
            for text in *wrong {
                assert!(read.date(text).is_none(), "{form} does not take {text}");
                assert!(!read.is_moment(text), "{form} does not take {text}");
            }
        }
    }

    #[test]
    fn a_moment_has_a_year_in_full_too() {
        for (form, right, wrong) in [
            ("%Y-%m-%d %H:%M", "2024-01-31 06:35", "24-01-31 06:35"),
            ("%d/%m/%Y %T", "31/01/2024 06:35:38", "31/01/24 06:35:38"),
            (
                "%Y-%m-%dT%H:%M:%S%z",
                "2024-01-31T06:35:38+0200",
                "24-01-31T06:35:38+0200",
            ),
        ] {
            let read = Form::new(form).expect(form);
            assert!(read.is_moment(right) && !read.is_moment(wrong), "{form}");
            assert!(
                read.time(right).is_some() && read.time(wrong).is_none(),
                "{form}"
            );
        }
    }

    #[test]
    fn a_month_alone_is_its_first_day() {
        let first = NaiveDate::from_ymd_opt(2017, 4, 1);
        assert_eq!(
            Form::new("%B_%Y").unwrap().date_or_month("april_2017"),
            first
        );
        assert_eq!(Form::new("%B_%Y").unwrap().date_or_month("april_17"), None);
        assert_eq!(Form::new("%Y-%m").unwrap().date_or_month("2017-13"), None);
        assert_eq!(
            Form::new("%Y-%m-%d").unwrap().date_or_month("2017-02-30"),
            None
        );
        assert_eq!(Form::new("%Y").unwrap().date_or_month("2017"), None);
        assert!(Form::new("%Q").is_none());
    }
}
