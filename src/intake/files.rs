//! Which files of a folder belong to a source, and the date a name holds.

use chrono::NaiveDate;

use crate::contract::FileRule;

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

/// Reads a date; the first of the month where the format has no day.
///
/// ```
/// use lockgate::intake::date;
/// let first = chrono::NaiveDate::from_ymd_opt(2017, 4, 1);
/// assert_eq!(date("april_2017", "%B_%Y"), first);
/// assert_eq!(date("2017-13", "%Y-%m"), None);
/// ```
pub fn date(text: &str, format: &str) -> Option<NaiveDate> {
    let parsed = if ["%d", "%e", "%j"].iter().any(|day| format.contains(day)) {
        NaiveDate::parse_from_str(text, format)
    } else {
        NaiveDate::parse_from_str(&format!("{text} 01"), &format!("{format} %d"))
    };
    parsed.ok()
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
            quote: spanned("\""),
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
