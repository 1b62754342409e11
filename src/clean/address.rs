//! US addresses: one text in, the parts of USPS Publication 28 out.
//!
//! [`parse`] reads a street alone, or a street with its city, state and ZIP code on one line.
//! [`clean`] writes the standard form, and [`key`] the match key: two texts with the same key are the
//! same delivery address.
//!
//! The rules are Publication 28's (Postal Addressing Standards): directionals (section 233,
//! Appendix B), suffixes (section 234, Appendix C1), numeric streets (section 235), units (section 213,
//! Appendix C2), rural routes, highway contract routes and boxes (sections 24, 25, 28), grid addresses
//! (Appendix D) and numbered roads (Appendix F). Nothing is geocoded and no spelling is corrected.

mod cities;
mod fold;
mod guess;
mod laws;
#[cfg(test)]
mod laws_tests;
mod name;
mod number;
mod postal;
mod route;
mod split;
mod street;
mod suffix;
mod table;
#[cfg(test)]
mod tests;
mod unit;
mod word;

use super::Cleaner;
use fold::Words;
use std::borrow::Cow;

/// The parts of an address, in ASCII capitals and standard abbreviations. A part that the text lacks
/// is `None`; no part is ever empty.
///
/// ```
/// let address = lockgate::clean::address::parse("12 n. sample street, ste. 4 las vegas, nv 89101-0007");
/// assert_eq!(address.number.as_deref(), Some("12"));
/// assert_eq!(address.predir.as_deref(), Some("N"));
/// assert_eq!(address.name.as_deref(), Some("SAMPLE"));
/// assert_eq!(address.suffix.as_deref(), Some("ST"));
/// assert_eq!(address.unit_type.as_deref(), Some("STE"));
/// assert_eq!(address.unit.as_deref(), Some("4"));
/// assert_eq!(address.city.as_deref(), Some("LAS VEGAS"));
/// assert_eq!(address.zip4.as_deref(), Some("0007"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The house number, with its fraction or letter: `12`, `12 1/2`, `12B`, `12-34`, `W148 N9748`.
    pub number: Option<String>,
    /// The directional before the name: `N`, `SW`.
    pub predir: Option<String>,
    /// The street's name, or `PO BOX 12`, `RR 2 BOX 15`, `COUNTY ROAD 7`. Never abbreviated.
    pub name: Option<String>,
    /// The street's type, as abbreviated in Appendix C1: `AVE`.
    pub suffix: Option<String>,
    /// The directional after the name.
    pub postdir: Option<String>,
    /// The unit's designator, as abbreviated in Appendix C2; `#` for a number without one, `None` for
    /// a building that has only a name.
    pub unit_type: Option<String>,
    /// The unit's value. Further units follow it: `1 STE 100` in building 1.
    pub unit: Option<String>,
    /// The city as written, in capitals.
    pub city: Option<String>,
    /// The code of the state, territory or Canadian province.
    pub state: Option<String>,
    /// The five-digit ZIP code, or a Canadian postal code.
    pub zip5: Option<String>,
    /// The four digits of a ZIP+4.
    pub zip4: Option<String>,
}

/// The parts of an address as they stand in its folded text; empty where one lacks.
#[derive(Default)]
struct Parts<'a> {
    number: Cow<'a, str>,
    predir: &'static str,
    name: Cow<'a, str>,
    suffix: &'static str,
    postdir: &'static str,
    unit_type: &'static str,
    unit: Cow<'a, str>,
    city: &'a str,
    city_words: (usize, usize),
    state: &'static str,
    zip5: Cow<'a, str>,
    zip4: &'a str,
}

impl<'a> Parts<'a> {
    fn of(words: &'a Words) -> Self {
        let tail = split::split(words);
        let mut parts = Self {
            city: tail.city,
            city_words: tail.city_words,
            state: tail.state,
            zip5: tail.zip5,
            zip4: tail.zip4,
            ..Self::default()
        };
        street::read(words, tail.street, &mut parts);
        parts
    }

    fn has_street(&self) -> bool {
        !self.name.is_empty()
    }

    /// Writes the standard form to the end of `out`.
    fn write(&self, out: &mut String) {
        let start = out.len();
        let street = [
            &self.number,
            self.predir,
            &self.name,
            self.suffix,
            self.postdir,
        ];
        for part in street.into_iter().chain([self.unit_type, &self.unit]) {
            write_after(out, start, " ", part);
        }
        write_after(out, start, ", ", self.city);
        let gap = if self.state.is_empty() { ", " } else { " " };
        write_after(out, start, ", ", self.state);
        write_after(out, start, gap, &self.zip5);
        write_after(out, start, "-", self.zip4);
    }

    fn write_key(&self, words: &Words, out: &mut String) {
        for part in [
            &self.number,
            self.predir,
            &self.name,
            self.suffix,
            self.postdir,
        ] {
            out.push_str(part);
            out.push('|');
        }
        self.write_unit_key(out);
        out.push('|');
        if !self.zip5.is_empty() {
            out.push_str(&self.zip5);
            return;
        }
        let (from, to) = self.city_words;
        for index in from..to {
            if index > from {
                out.push(' ');
            }
            out.push_str(cities::common_form(words.at(index), words.word(index)));
        }
        if !self.state.is_empty() {
            out.push(',');
            out.push_str(self.state);
        }
    }

    /// The unit without the designators that are used for one another.
    fn write_unit_key(&self, out: &mut String) {
        let collapses = |unit: &str| matches!(unit, "APT" | "STE" | "UNIT" | "#" | "RM");
        let parts = std::iter::once(self.unit_type).chain(self.unit.split(' '));
        let start = out.len();
        for part in parts.filter(|part| !part.is_empty() && !collapses(part)) {
            if out.len() > start {
                out.push(' ');
            }
            out.push_str(part);
        }
    }
}

/// Writes `part`, unless it is empty, after what `out` holds from `start` on.
fn write_after(out: &mut String, start: usize, gap: &str, part: &str) {
    if !part.is_empty() {
        if out.len() > start {
            out.push_str(gap);
        }
        out.push_str(part);
    }
}

/// Writes each of `parts` that is not empty to the end of `out`, a space apart.
fn append(out: &mut String, parts: &[&str]) {
    for part in parts {
        write_after(out, 0, " ", part);
    }
}

/// How often a standard form is read again. Real addresses settle at the first.
const READINGS: usize = 4;

/// Reads `raw`, then reads the standard form again until it stays as it is, and gives the result to
/// `use_parts` with that form. So the standard form of a standard form is itself, and both have one
/// key. `None` when there is no street, or when no reading stays.
fn settle<T>(raw: &str, use_parts: impl FnOnce(&Words, &Parts<'_>, String) -> T) -> Option<T> {
    let mut words = Words::of(raw);
    let mut form = String::with_capacity(raw.len() + 8);
    for reading in 0..=READINGS {
        let parts = Parts::of(&words);
        if !parts.has_street() {
            return None;
        }
        let mut next = String::with_capacity(words.text.len() + 8);
        parts.write(&mut next);
        if next == if reading == 0 { raw } else { form.as_str() } {
            return Some(use_parts(&words, &parts, next));
        }
        form = next;
        words = Words::of(&form);
    }
    None
}

/// Reads `raw`: a street alone, or a street with city, state and ZIP code on one line.
///
/// Where no delimiter parts the street from the city, the longest place of the state that ends the
/// text is the city, the main place of the ZIP code first; an unknown place is told by the shape of
/// street and place names. A city is looked for only with a state, a ZIP code or a delimiter.
///
/// What stands before the house number (a recipient, a building) and a line of attention are no part of
/// the address. Blank text has no parts.
///
/// ```
/// let address = lockgate::clean::address::parse("7 Pretend Avenue North Las Vegas NV 89084");
/// assert_eq!(address.postdir, None);
/// assert_eq!(address.city.as_deref(), Some("NORTH LAS VEGAS"));
/// ```
pub fn parse(raw: &str) -> Address {
    let settled = settle(raw, |_, parts, _| Address::of(parts));
    settled.unwrap_or_else(|| {
        let words = Words::of(raw);
        let parts = Parts::of(&words);
        Address::of(&Parts {
            name: Cow::Borrowed(""),
            ..parts
        })
    })
}

/// Writes the standard form of `raw` to `out`, cleared first. `false`, and an empty buffer, when the
/// text is blank or has no street.
///
/// ```
/// let mut out = String::new();
/// assert!(lockgate::clean::address::clean_into("1 court street", &mut out));
/// assert_eq!(out, "1 COURT ST");
/// ```
pub fn clean_into(raw: &str, out: &mut String) -> bool {
    out.clear();
    let form = settle(raw, |_, _, form| form);
    out.push_str(form.as_deref().unwrap_or_default());
    form.is_some()
}

/// The standard form of `raw`; `None` when the text is blank or has no street.
///
/// ```
/// use lockgate::clean::address::clean;
/// assert_eq!(clean("12 North Sample Street").as_deref(), Some("12 N SAMPLE ST"));
/// assert_eq!(clean(" ,"), None);
/// ```
pub fn clean(raw: &str) -> Option<String> {
    settle(raw, |_, _, form| form)
}

/// The match key of `raw`: `number|predir|name|suffix|postdir|unit|zip5`, with `city,state` in place
/// of a missing ZIP code. `None` when the text is blank or has no street.
///
/// The designators that are used for one another (APT, STE, UNIT, # and RM) do not count, the ZIP+4
/// does not either. A street with a unit and the same street without one have different keys.
///
/// ```
/// use lockgate::clean::address::key;
/// let one = key("12 N. Sample St., Suite 4, Las Vegas, NV 89101");
/// assert_eq!(one.as_deref(), Some("12|N|SAMPLE|ST||4|89101"));
/// assert_eq!(one, key("12 NORTH SAMPLE STREET #4 LAS VEGAS NV 89101-0007"));
/// ```
pub fn key(raw: &str) -> Option<String> {
    settle(raw, |words, parts, mut out| {
        out.clear();
        parts.write_key(words, &mut out);
        out
    })
}

impl Address {
    fn of(parts: &Parts<'_>) -> Self {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            number: part(&parts.number),
            predir: part(parts.predir),
            name: part(&parts.name),
            suffix: part(parts.suffix),
            postdir: part(parts.postdir),
            unit_type: part(parts.unit_type),
            unit: part(&parts.unit),
            city: part(parts.city),
            state: part(parts.state),
            zip5: part(&parts.zip5),
            zip4: part(parts.zip4),
        }
    }

    /// The standard form: the street on one line, then city, state and ZIP code after commas. Empty
    /// for an address without parts.
    ///
    /// ```
    /// let address = lockgate::clean::address::parse("12 sample st. apt 4, reno nv 89501");
    /// assert_eq!(address.standard(), "12 SAMPLE ST APT 4, RENO, NV 89501");
    /// ```
    pub fn standard(&self) -> String {
        let mut out = String::new();
        let street = [
            &self.number,
            &self.predir,
            &self.name,
            &self.suffix,
            &self.postdir,
        ];
        for part in street.into_iter().chain([&self.unit_type, &self.unit]) {
            write_after(&mut out, 0, " ", text(part));
        }
        write_after(&mut out, 0, ", ", text(&self.city));
        write_after(&mut out, 0, ", ", text(&self.state));
        let gap = if self.state.is_none() { ", " } else { " " };
        write_after(&mut out, 0, gap, text(&self.zip5));
        write_after(&mut out, 0, "-", text(&self.zip4));
        out
    }

    /// The match key, as [`key`] gives it; `None` when there is no street.
    ///
    /// ```
    /// let address = lockgate::clean::address::parse("12 sample st, reno, nv");
    /// assert_eq!(address.key().as_deref(), Some("12||SAMPLE|ST|||RENO,NV"));
    /// ```
    pub fn key(&self) -> Option<String> {
        self.name.as_ref()?;
        key(&self.standard())
    }
}

fn text(part: &Option<String>) -> &str {
    part.as_deref().unwrap_or_default()
}

/// The `address` cleaner.
pub const CLEANER: Cleaner = Cleaner {
    name: "address",
    summary: "A US address in the standard form of USPS Publication 28.",
    about: "Writes an address in ASCII capitals: house number, directional, street name, suffix, \
            directional and unit in the abbreviations of USPS Publication 28, then city, state and ZIP \
            code, each where the text has it. Reads a street alone or a whole address on one line, with \
            or without commas. Spelling is not corrected and nothing is looked up outside the text but \
            where a city begins. Null where the text is blank or holds no street.",
    clean: clean_into,
    form: r"[0-9A-Z#]+([ ./-][0-9A-Z#]+)*(, [0-9A-Z#]+([ ./-][0-9A-Z#]+)*){0,2}",
    examples: &[
        ("12 North Sample Street", Some("12 N SAMPLE ST")),
        ("12 n. sample ave., suite 4", Some("12 N SAMPLE AVE STE 4")),
        (
            "12 E. SAMPLE AVE LAS VEGAS, NV 89101",
            Some("12 E SAMPLE AVE, LAS VEGAS, NV 89101"),
        ),
        ("1504 NORTH ST", Some("1504 NORTH ST")),
        ("7 Second Street", Some("7 2ND ST")),
        ("99 Farm to Market Road 12", Some("99 FM 12")),
        ("P.O. Box 12", Some("PO BOX 12")),
        ("  ", None),
        ("Reno, NV 89501", None),
    ],
    laws: laws::LAWS,
};
