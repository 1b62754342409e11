//! What a text reads as: a number, a date, a phone, or nothing but text.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use lockgate_core::dates;

/// What a value may read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Boolean,
    Integer,
    Decimal,
    Phone,
    Zip,
    State,
    Email,
    Url,
    /// By a strftime format.
    Date(&'static str),
    /// By a strftime format.
    Timestamp(&'static str),
}

/// Every form: a value's forms are bits in this order.
pub const FORMS: [Form; 22] = [
    Form::Boolean,
    Form::State,
    Form::Email,
    Form::Url,
    Form::Phone,
    Form::Zip,
    Form::Integer,
    Form::Decimal,
    Form::Date("%Y-%m-%d"),
    Form::Date("%m/%d/%Y"),
    Form::Date("%m/%d/%y"),
    Form::Date("%d/%m/%Y"),
    Form::Date("%d/%m/%y"),
    Form::Date("%d.%m.%Y"),
    Form::Date("%Y/%m/%d"),
    Form::Date("%d-%b-%Y"),
    Form::Date("%b %d, %Y"),
    Form::Timestamp("%Y-%m-%d %H:%M:%S"),
    Form::Timestamp("%Y-%m-%dT%H:%M:%S"),
    Form::Timestamp("%Y-%m-%dT%H:%M:%SZ"),
    Form::Timestamp("%m/%d/%Y %H:%M"),
    Form::Timestamp("%m/%d/%Y %H:%M:%S"),
];

const STATES: &str = " AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ \
    NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP ";

/// The longest text that is anything but text, in bytes.
const LONGEST: usize = 254;

impl Form {
    /// `integer`, `date %m/%d/%y`.
    pub fn name(self) -> String {
        match self {
            Self::Boolean => "yes/no".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::Decimal => "decimal".to_owned(),
            Self::Phone => "phone".to_owned(),
            Self::Zip => "ZIP".to_owned(),
            Self::State => "state".to_owned(),
            Self::Email => "email".to_owned(),
            Self::Url => "URL".to_owned(),
            Self::Date(format) => format!("date {format}"),
            Self::Timestamp(format) => format!("time {format}"),
        }
    }

    /// Whether a trimmed text reads so.
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Boolean => is_boolean(text),
            Self::Integer => is_integer(text),
            Self::Decimal => number(text).is_some(),
            Self::Phone => is_phone(text),
            Self::Zip => is_zip(text),
            Self::State => text.len() == 2 && STATES.contains(&format!(" {text} ")),
            Self::Email => is_email(text),
            Self::Url => is_url(text),
            Self::Date(format) => date(text, format).is_some(),
            Self::Timestamp(format) => timestamp(text, format).is_some(),
        }
    }
}

/// The forms of a text, a bit for each of [`FORMS`]; none for a blank one.
pub fn forms(text: &str) -> u32 {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return 0;
    }
    let dated = text.len() <= 32 && text.bytes().any(|byte| byte.is_ascii_digit());
    let signs = if dated { signs(text.as_bytes()) } else { 0 };
    let mut found = 0;
    for (bit, form) in FORMS.iter().enumerate() {
        let tried = match form {
            Form::Date(_) | Form::Timestamp(_) => dated && LAYOUTS[bit] == signs,
            _ => true,
        };
        if tried && form.fits(text) {
            found |= 1 << bit;
        }
    }
    found
}

/// For each form that has a layout, the signs of its texts: most texts fail by them
/// before anything is parsed.
const LAYOUTS: [u8; FORMS.len()] = {
    let mut all = [0; FORMS.len()];
    let mut bit = 0;
    while bit < FORMS.len() {
        if let Form::Date(format) | Form::Timestamp(format) = FORMS[bit] {
            all[bit] = signs_of_format(format.as_bytes());
        }
        bit += 1;
    }
    all
};

const fn signs_of_format(format: &[u8]) -> u8 {
    let (mut found, mut at) = (0, 0);
    while at < format.len() {
        if format[at] == b'%' {
            at += 1;
            // Months by name are letters, all else is digits.
            found |= if format[at] == b'b' { LETTER } else { 0 };
        } else {
            found |= sign(format[at]);
        }
        at += 1;
    }
    found
}

const LETTER: u8 = 1 << 6;

/// The signs between the digits of a text.
const fn signs(text: &[u8]) -> u8 {
    let (mut found, mut at) = (0, 0);
    while at < text.len() {
        found |= sign(text[at]);
        at += 1;
    }
    found
}

const fn sign(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'-' => 1,
        b'/' => 1 << 1,
        b'.' => 1 << 2,
        b':' => 1 << 3,
        b',' => 1 << 4,
        b' ' => 1 << 5,
        b'a'..=b'z' | b'A'..=b'Z' => LETTER,
        _ => 1 << 7,
    }
}

fn is_boolean(text: &str) -> bool {
    ["y", "n", "yes", "no", "true", "false", "t", "f"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number a text writes, with `$` before it and commas between thousands allowed.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.strip_prefix('$').unwrap_or(text);
    let known = |byte: u8| byte.is_ascii_digit() || b"+-.,eE".contains(&byte);
    let first = plain.trim_start_matches(['-', '+', '.']).bytes().next()?;
    if !first.is_ascii_digit() || !plain.bytes().all(known) {
        return None;
    }
    let joined = match plain.contains(',') {
        true => {
            let whole = plain.split('.').next().unwrap_or(plain);
            let rest: Vec<&str> = whole.split(',').skip(1).collect();
            if rest.iter().any(|group| group.len() != 3) {
                return None;
            }
            plain.replace(',', "")
        }
        false => plain.to_owned(),
    };
    joined.parse().ok().filter(|value: &f64| value.is_finite())
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || " ()-.+/".contains(c);
    let eleven = digits == 11 && text.trim_start_matches(['+', '(']).starts_with('1');
    (digits == 10 || eleven) && text.len() <= 20 && text.chars().all(known)
}

fn is_zip(text: &str) -> bool {
    let (five, four) = text.split_once('-').unwrap_or((text, "0000"));
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    digits(five, 5) && digits(four, 4)
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let dotted = host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty());
    !name.is_empty() && dotted && !text.contains(char::is_whitespace) && !host.contains('@')
}

fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let known = ["http://", "https://", "www."];
    known
        .iter()
        .any(|start| lower.starts_with(start) && lower[start.len()..].contains('.'))
        && !text.contains(char::is_whitespace)
}

/// The date a text writes; a year of four digits where the format asks for one.
pub fn date(text: &str, format: &str) -> Option<NaiveDate> {
    let date = dates::Form::new(format)?.date(text.trim())?;
    plausible(date).then_some(date)
}

/// The time a text writes.
pub fn timestamp(text: &str, format: &str) -> Option<NaiveDateTime> {
    let time = dates::Form::new(format)?.time(text.trim())?;
    plausible(time.date()).then_some(time)
}

fn plausible(date: NaiveDate) -> bool {
    (1000..=9999).contains(&date.year())
}

/// The shape of a text: 9 for a digit, A for a letter, a blank for white space; runs of
/// letters become `A+`, runs of more than five digits `9+`.
pub fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut run: Option<(char, usize)> = None;
    for c in text.chars().take(120) {
        let class = match c {
            c if c.is_alphabetic() => 'A',
            c if c.is_numeric() => '9',
            '\n' | '\r' => '⏎',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        match &mut run {
            Some((last, length)) if *last == class && (class == 'A' || class == '9') => {
                *length += 1
            }
            _ => {
                close(&mut out, run);
                run = Some((class, 1));
            }
        }
    }
    close(&mut out, run);
    out
}

fn close(out: &mut String, run: Option<(char, usize)>) {
    match run {
        Some(('A', length)) if length > 2 => out.push_str("A+"),
        Some(('9', length)) if length > 10 => out.push_str("9+"),
        Some((class, length)) => out.extend(std::iter::repeat_n(class, length)),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let found = forms(text);
        let fitting = FORMS.iter().enumerate();
        fitting
            .filter(|(bit, _)| found & (1 << bit) != 0)
            .map(|(_, form)| form.name())
            .collect()
    }

    #[test]
    fn a_text_has_every_form_it_can_be_read_as() {
        let cases: [(&str, &[&str]); 12] = [
            ("Y", &["yes/no"]),
            ("NV", &["state"]),
            ("a@b.example", &["email"]),
            ("(312) 555-0142", &["phone"]),
            ("89027", &["ZIP", "integer", "decimal"]),
            ("1,234.50", &["decimal"]),
            ("12,34", &[]),
            ("11/30/23", &["date %m/%d/%y"]),
            ("1/2/2023", &["date %m/%d/%Y", "date %d/%m/%Y"]),
            ("2024-05-17 6:28:36", &["time %Y-%m-%d %H:%M:%S"]),
            ("www.example.com", &["URL"]),
            ("  ", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn a_shape_folds_words_and_keeps_signs() {
        let cases = [
            ("312-555-0142", "999-999-9999"),
            ("CHILD CARE - K820", "A+ A+ - A999"),
            ("NV", "AA"),
            ("two\nlines", "A+⏎A+"),
        ];
        for (text, expected) in cases {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
