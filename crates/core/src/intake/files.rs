//! Which files of a folder belong to a source, and the date a name holds.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use crate::contract::FileRule;
use crate::dates::Form;
use crate::error::{Problem, Text};

/// What a source's contract makes of a file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The name holds the file's date.
    Dated(NaiveDate),
    /// The name says nothing of a date.
    Undated,
    /// The part where the date should be is not one: this text.
    Unreadable(String),
}

/// Whether a source's files are called so; `None` if not.
///
/// Of several patterns that match, the one with a readable date wins.
pub fn claim(rule: &FileRule, name: &str) -> Option<Claim> {
    let mut found = None;
    for pattern in &rule.name {
        let Ok(regex) = regex::Regex::new(&regex_of(pattern.get_ref())) else {
            continue;
        };
        let Some(captures) = regex.captures(name) else {
            continue;
        };
        let claim = match (captures.name("date"), &rule.date) {
            (Some(text), Some(format)) => match date(text.as_str(), format.get_ref()) {
                Some(date) => return Some(Claim::Dated(date)),
                None => Claim::Unreadable(text.as_str().to_owned()),
            },
            _ => Claim::Undated,
        };
        found = Some(claim);
    }
    found
}

fn regex_of(pattern: &str) -> String {
    let escaped = regex::escape(pattern);
    let body = escaped
        .replace(r"\{date\}", "(?P<date>.+?)")
        .replace(r"\*", ".*")
        .replace(r"\?", ".");
    format!("^(?s:{body})$")
}

/// Patterns that no file's name could match, and a form of dates that nothing could be read by.
pub fn pattern_problems(rule: &FileRule, text: &Text) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |message: &str, span, help: &str| {
        let problem = Problem::new("lockgate::contract::file", message);
        problems.push(problem.at(text, span, "here").help(help));
    };
    if rule.name.is_empty() {
        wrong(
            "no name is listed: the source has no file",
            0..0,
            "write name = [\"orders_{date}.csv\"]",
        );
    }
    for pattern in &rule.name {
        let name = pattern.get_ref();
        if name.matches("{date}").count() > 1 {
            let message = "the name has two {date}, and a file has one date";
            wrong(message, pattern.span(), "write * in place of one of them");
        } else if name.is_empty() || name.contains(['/', '\\']) {
            let message = "no file can be called so";
            let help = "write the name alone: files lie in the data folder itself";
            wrong(message, pattern.span(), help);
        }
    }
    if let Some(format) = &rule.date
        && !reads(format.get_ref())
    {
        let message = "no date can be read by this form";
        let help =
            "write it with %Y or %y and %m, %B or %b, and %d where there is a day: \"%Y-%m-%d\"";
        wrong(message, format.span(), help);
    }
    problems
}

/// Whether a date written by the form is read by it again.
fn reads(format: &str) -> bool {
    let Some(day) = NaiveDate::from_ymd_opt(2023, 11, 28) else {
        return false;
    };
    if Form::new(format).is_none() {
        return false;
    }
    let mut written = String::new();
    let told = write!(written, "{}", day.format(format)).is_ok();
    let read = date(&written, format);
    told && read.is_some_and(|read| read == day || Some(read) == day.with_day(1))
}

/// Reads a date; the first of the month where the format has no day. `%Y` is a year of four digits.
///
/// ```
/// use lockgate_core::intake::date;
/// let first = chrono::NaiveDate::from_ymd_opt(2017, 4, 1);
/// assert_eq!(date("april_2017", "%B_%Y"), first);
/// assert_eq!(date("2017-13", "%Y-%m"), None);
/// assert_eq!(date("17-04", "%Y-%m"), None);
/// ```
pub fn date(text: &str, format: &str) -> Option<NaiveDate> {
    Form::new(format)?.date_or_month(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::Spanned;

    fn rule(names: &[&str], date: Option<&str>) -> FileRule {
        let spanned = |text: &str| Spanned::new(0..0, text.to_owned());
        FileRule {
            name: names.iter().map(|name| spanned(name)).collect(),
            date: date.map(spanned),
            encoding: Default::default(),
            delimiter: spanned(","),
            quote: Spanned::new(0..0, crate::contract::Quote::With("\"".to_owned())),
            escape: None,
            max_cell_bytes: None,
            max_record_bytes: None,
            max_cells: None,
        }
    }

    #[test]
    fn a_name_is_claimed_plain_dated_or_not_at_all() {
        let rule = rule(&["source1.csv", "source1_{date}.csv"], Some("%Y-%m-%d"));
        let may = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
        let cases = [
            ("source1.csv", Some(Claim::Undated)),
            ("source1_2024-05-01.csv", Some(Claim::Dated(may))),
            ("source1_may.csv", Some(Claim::Unreadable("may".to_owned()))),
            ("source1_2024-05-01.csv.bak", None),
            ("source2.csv", None),
        ];
        for (name, expected) in cases {
            assert_eq!(claim(&rule, name), expected, "{name}");
        }
    }
}
