//! Telephone numbers of the North American Numbering Plan, as found in leads.
//!
//! A cell becomes a key of ten digits or nothing, an extension, the list of
//! all its numbers, and a [`Reason`]. Nothing is guessed: no area code is
//! supplied, no digit is invented, and a cell that could be read as two
//! different numbers is read as none. [`CLEANER`]'s page has the rules.

mod area;
mod extension;
mod fold;
mod laws;
mod number;
mod plain;
mod read;
#[cfg(test)]
mod tests;
mod vanity;

use std::collections::BTreeSet;
use std::fmt;

use super::Cleaner;
pub use area::Area;
use number::Key;

/// What a cell says.
///
/// ```
/// use lockgate_clean::phone::{self, Reason};
///
/// let phone = phone::parse("(212) 555-2368 x12; 212-555-2369");
/// assert_eq!(phone.key.as_deref(), Some("2125552368"));
/// assert_eq!(phone.extension.as_deref(), Some("12"));
/// assert_eq!(phone.numbers, ["2125552368", "2125552369"]);
/// assert_eq!(phone.reason, Reason::Multiple);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The first valid number, ten digits. Present exactly when the reason is
    /// [`Reason::Ok`] or [`Reason::Multiple`].
    pub key: Option<String>,
    /// The digits of the key's extension.
    pub extension: Option<String>,
    /// The valid numbers in the order of the cell, each once; the key is the first.
    pub numbers: Vec<String>,
    pub reason: Reason,
}

/// Why a cell has a key, or has none. The list is closed.
///
/// A null cell has no reason here, since text is never null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// One valid number.
    Ok,
    /// More than one valid number; the first is the key.
    Multiple,
    /// Neither a digit nor a letter.
    Blank,
    /// Not ten digits once prefix and extension are off.
    Length,
    /// Seven digits: a number without its area code.
    Local7,
    /// Letters instead of a number, or among its digits.
    Letters,
    /// A country code other than 1.
    Foreign,
    /// A spreadsheet's scientific notation: the last digits are lost.
    ExcelScientific,
    /// One digit ten times.
    Repeated,
    /// An area code that starts with 0 or 1.
    NpaStart,
    /// An area code such as 411.
    NpaN11,
    /// An area code with 9 in the middle, kept for the plan's expansion.
    NpaN9x,
    /// An area code for personal, mobile or paid services, not for a place.
    NpaSpecial,
    /// An exchange that starts with 0 or 1.
    NxxStart,
    /// An exchange such as 411.
    NxxN11,
    /// 555-0100 to 555-0199, set aside for fiction.
    Fictional555,
}

impl Reason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::Ok,
        Self::Multiple,
        Self::Blank,
        Self::Length,
        Self::Local7,
        Self::Letters,
        Self::Foreign,
        Self::ExcelScientific,
        Self::Repeated,
        Self::NpaStart,
        Self::NpaN11,
        Self::NpaN9x,
        Self::NpaSpecial,
        Self::NxxStart,
        Self::NxxN11,
        Self::Fictional555,
    ];

    /// The reason as data holds it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Multiple => "multiple",
            Self::Blank => "blank",
            Self::Length => "length",
            Self::Local7 => "local7",
            Self::Letters => "letters",
            Self::Foreign => "foreign",
            Self::ExcelScientific => "excel_scientific",
            Self::Repeated => "repeated",
            Self::NpaStart => "npa_start",
            Self::NpaN11 => "npa_n11",
            Self::NpaN9x => "npa_n9x",
            Self::NpaSpecial => "npa_special",
            Self::NxxStart => "nxx_start",
            Self::NxxN11 => "nxx_n11",
            Self::Fictional555 => "fictional_555",
        }
    }

    /// Whether a cell of this reason has a key.
    pub const fn has_key(self) -> bool {
        matches!(self, Self::Ok | Self::Multiple)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Everything a cell says. Blank text has no numbers, for [`Reason::Blank`].
pub fn parse(raw: &str) -> Phone {
    let text = fold::fold(raw);
    let mut phone = Phone {
        key: None,
        extension: None,
        numbers: Vec::new(),
        reason: Reason::Blank,
    };
    let mut refused = None;
    let mut known: BTreeSet<Key> = BTreeSet::new();
    for answer in read::numbers(&text) {
        match answer {
            Ok(number) if known.insert(number.key) => {
                if phone.numbers.is_empty() {
                    phone.extension = number.extension.map(str::to_owned);
                }
                phone.numbers.push(number::text(&number.key).to_owned());
            }
            Ok(_) => {}
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    phone.key = phone.numbers.first().cloned();
    phone.reason = match phone.numbers.len() {
        0 => refused.unwrap_or(Reason::Blank),
        1 => Reason::Ok,
        _ => Reason::Multiple,
    };
    phone
}

/// The key: ten digits, or `None` for any reason that has no key.
///
/// ```
/// use lockgate_clean::phone::clean;
///
/// assert_eq!(clean("+1 212.555.2368 ext. 9").as_deref(), Some("2125552368"));
/// assert_eq!(clean("555-2368"), None);
/// assert_eq!(clean(""), None);
/// ```
pub fn clean(raw: &str) -> Option<String> {
    let mut out = String::new();
    clean_into(raw, &mut out).then_some(out)
}

/// Writes the key to the buffer, cleared first; false and an empty buffer if
/// there is none. Allocates only for text beyond ASCII.
///
/// ```
/// let mut out = String::from("left over");
/// assert!(lockgate_clean::phone::clean_into("212-555-2368", &mut out));
/// assert_eq!(out, "2125552368");
/// assert!(!lockgate_clean::phone::clean_into("n/a", &mut out));
/// assert_eq!(out, "");
/// ```
pub fn clean_into(raw: &str, out: &mut String) -> bool {
    out.clear();
    let key = plain::key(raw).unwrap_or_else(|| {
        let text = fold::fold(raw);
        match read::numbers(&text).find_map(Result::ok) {
            Some(number) => Ok(number.key),
            None => Err(Reason::Blank),
        }
    });
    match key {
        Ok(key) => {
            out.push_str(number::text(&key));
            true
        }
        Err(_) => false,
    }
}

/// The digits of the key's extension; `None` without a key or an extension.
///
/// ```
/// use lockgate_clean::phone::extension;
///
/// assert_eq!(extension("212-555-2368x007").as_deref(), Some("007"));
/// assert_eq!(extension("212-555-2368"), None);
/// ```
pub fn extension(raw: &str) -> Option<String> {
    if plain::key(raw).is_some() {
        return None;
    }
    let text = fold::fold(raw);
    let first = read::numbers(&text).find_map(Result::ok)?;
    first.extension.map(str::to_owned)
}

/// The valid numbers in the order of the cell, each once; empty if there is none.
///
/// ```
/// let both = lockgate_clean::phone::numbers("212-555-2368 or 212-555-2369");
/// assert_eq!(both, ["2125552368", "2125552369"]);
/// ```
pub fn numbers(raw: &str) -> Vec<String> {
    parse(raw).numbers
}

/// Why the cell has a key, or has none.
///
/// ```
/// use lockgate_clean::phone::{Reason, reason};
///
/// assert_eq!(reason("2125552368"), Reason::Ok);
/// assert_eq!(reason("+44 20 7946 0123"), Reason::Foreign);
/// assert_eq!(reason("   ").as_str(), "blank");
/// ```
pub fn reason(raw: &str) -> Reason {
    if let Some(answer) = plain::key(raw) {
        return answer.err().unwrap_or(Reason::Ok);
    }
    let text = fold::fold(raw);
    let mut key: Option<Key> = None;
    let mut refused = None;
    for answer in read::numbers(&text) {
        match answer {
            Ok(number) if key.is_some_and(|key| key != number.key) => return Reason::Multiple,
            Ok(number) => key = Some(number.key),
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    match key {
        Some(_) => Reason::Ok,
        None => refused.unwrap_or(Reason::Blank),
    }
}

/// Who has the area code of the key; `None` without a key.
///
/// ```
/// use lockgate_clean::phone::{Area, area};
///
/// assert_eq!(area("(212) 555-2368"), Some(Area::UnitedStates));
/// assert_eq!(area("888-555-2368"), Some(Area::TollFree));
/// assert_eq!(area("555-2368"), None);
/// ```
pub fn area(raw: &str) -> Option<Area> {
    let key = match plain::key(raw) {
        Some(answer) => answer.ok()?,
        None => {
            let text = fold::fold(raw);
            read::numbers(&text).find_map(Result::ok)?.key
        }
    };
    let [a, b, c, ..] = key;
    Some(Area::of([a, b, c]))
}

/// The phone cleaner: `clean_phone` in SQL, `by = "phone"` in an expectation.
pub const CLEANER: Cleaner = Cleaner {
    name: "phone",
    function: "clean_phone",
    summary: "The ten digits of a North American telephone number.",
    about: ABOUT,
    clean: clean_into,
    form: "[2-9][0-8][0-9][2-9][0-9]{6}",
    inputs: &[
        "(\\+?1[ .-]?)?\\(?[2-9][0-8][0-9]\\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}( ?(x|ext\\.?|#) ?[0-9]{1,5})?",
        "[2-9][0-8][0-9][2-9][0-9]{6}(; | or | / |, )[2-9][0-8][0-9]-[2-9][0-9]{2}-[0-9]{4}",
        "1?[0-9]{9,11}(\\.0)?",
        "[2-9][0-8][0-9]-[A-Z]{7,9}",
    ],
    examples: EXAMPLES,
    laws: laws::LAWS,
};

const ABOUT: &str = "\
The clean form of a telephone number is its ten digits. A null stays null; an \
empty or blank text has no clean form, nor has anything that is not a number.

The rules, in their order:

1. Unicode is folded (NFKC), decimal digits of any script become 0 to 9, and \
characters without width go.
2. What a spreadsheet did is undone: digits and `.0`, as `2125552368.0`, lose \
the `.0`. Scientific notation is refused, since the last digits are lost.
3. A cell is split at `;` `,` `|` `/` `&` `or` `and` and line ends, if every \
part has ten digits or more. The first valid number is the key.
4. An extension is taken off: `ext`, `extn`, `extension`, `xt`, `int`, `x`, `#` \
and then digits, if seven digits or a dialled word stand before it; or digits right after a \
comma or semicolon, which dial as a pause, if ten do.
5. Words before and after the digits are labels and go. Letters between digits \
are not a number, except words that are dialled: an area code in digits, then \
7 to 10 letters and digits, at least four letters among the first seven. \
Those seven are the number.
6. The prefixes 0111, 001 and 1 go if exactly ten digits are left. A 1 is never \
taken from ten digits. A plus before anything but 1 is a foreign number, and so \
is another number with 00 or 011 before it.
7. Seven digits are a number without its area code, which is never guessed. \
What is not ten digits by now is refused.
8. The area code starts with 2 to 9, has no 9 in the middle and does not end in \
11; the exchange starts with 2 to 9 and does not end in 11. One digit ten \
times, 555-0100 to 555-0199 and the codes that belong to no place are refused: \
500, 521 to 529, 532, 533, 535 to 538, 544, 566, 577, 588, 600, 622, 633, 700, \
710, 900.

An area code that is not in service refuses no number, for such lists age: `phone_area` tells it \
as `unassigned`, and a toll-free number, a call centre's as often as a site's, as `toll_free`.

Source: the format of the North American Numbering Plan (NANPA, area codes and \
central office codes), ITU-T E.164 for the country code, RFC 3966 for `tel:` \
and `;ext=`.
";

const EXAMPLES: &[(&str, Option<&str>)] = &[
    ("2125552368", Some("2125552368")),
    ("(212) 555-2368", Some("2125552368")),
    ("+1 212.555.2368 ext. 9", Some("2125552368")),
    ("2125552368.0", Some("2125552368")),
    ("212-555-2368; 212-555-2369", Some("2125552368")),
    ("Cell: 212-555-2368", Some("2125552368")),
    ("1-800-CALL-NOW", Some("8002255669")),
    ("٢١٢-٥٥٥-٢٣٦٨", Some("2125552368")),
    ("", None),
    ("n/a", None),
    ("555-2368", None),
    ("1234567890", None),
    ("2.12555E+09", None),
    ("+44 20 7946 0123", None),
    ("212-555-0123", None),
];
