//! A value of a row for a person to read: in one place, so that a blank, a null and two values that look
//! alike read as what they are wherever rows are shown. JSON keeps values as they are.

use super::cut;

/// In quotes, at most `width` characters wide; `null` without. `'2'` is not `'2 '`.
pub(super) fn quoted(value: Option<&str>, width: usize) -> String {
    match value {
        Some(value) => format!("'{}'", cut(&visible(value), width)),
        None => "null".to_owned(),
    }
}

/// For the cell of a table: in quotes only where it would else not be seen where it begins or ends.
pub(super) fn celled(value: &str, width: usize) -> String {
    if value.is_empty() || value.trim() != value || value == "null" {
        return quoted(Some(value), width);
    }
    cut(&visible(value), width)
}

/// With what cannot be seen, or looks like another letter, spelt out. Quotes and backslashes stay.
pub(super) fn visible(value: &str) -> String {
    let latin = value.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        let alike = latin && matches!(c, '\u{370}'..='\u{52f}' | '\u{ff00}'..='\u{ffef}');
        match c {
            ' ' | '\'' | '"' | '\\' => text.push(c),
            _ if alike || c.is_whitespace() && !matches!(c, '\n' | '\r' | '\t') => {
                text.extend(c.escape_unicode());
            }
            _ => text.extend(c.escape_debug()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_look_alikes_show_and_quotes_stay_as_they_are() {
        for (value, shown) in [
            ("", "''"),
            (" 2", "' 2'"),
            ("2\u{a0}", "'2\\u{a0}'"),
            ("a\tb\n", "'a\\tb\\n'"),
            ("Children's", "'Children's'"),
            ("C:\\data", "'C:\\data'"),
            ("\u{410}cme", "'\\u{410}cme'"),
            ("\u{41c}\u{438}\u{440}", "'\u{41c}\u{438}\u{440}'"),
            ("zero\u{200b}width", "'zero\\u{200b}width'"),
            ("café", "'café'"),
        ] {
            assert_eq!(quoted(Some(value), 40), shown);
        }
        assert_eq!(quoted(None, 40), "null");
        assert_eq!(quoted(Some("null"), 40), "'null'");
        assert_eq!(celled("plain", 40), "plain");
        assert_eq!(celled("null", 40), "'null'");
        assert_eq!(celled("", 40), "''");
        assert_eq!(celled(" a", 40), "' a'");
    }
}
