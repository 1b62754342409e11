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
mod lead;
#[cfg(test)]
mod more_tests;
mod name;
mod number;
mod parts;
mod postal;
mod rest;
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
use parts::{Parts, append, settle, write_after};
use std::borrow::Cow;

/// The parts of an address, in ASCII capitals and standard abbreviations. A part that the text lacks
/// is `None`; no part is ever empty.
///
/// ```
/// let address = lockgate_clean::address::parse("12 n. sample street, ste. 4 las vegas, nv 89101-0007");
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

/// Reads `raw`: a street alone, or a street with city, state and ZIP code on one line.
///
/// Where no delimiter parts the street from the city, the longest place of the state that ends the
/// text is the city, the main place of the ZIP code first; an unknown place is told by the shape of
/// street and place names. Without a state, a ZIP code or a delimiter, only a place of the list is a
/// city, and only behind a street or box that is complete.
///
/// What stands before the house number (a recipient, a building) and a line of attention are no part of
/// the address. Blank text has no parts.
///
/// ```
/// let address = lockgate_clean::address::parse("7 Pretend Avenue North Las Vegas NV 89084");
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
/// assert!(lockgate_clean::address::clean_into("1 court street", &mut out));
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
/// use lockgate_clean::address::clean;
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
/// use lockgate_clean::address::key;
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
    /// let address = lockgate_clean::address::parse("12 sample st. apt 4, reno nv 89501");
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
    /// let address = lockgate_clean::address::parse("12 sample st, reno, nv");
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
    function: "standard_address",
    summary: "A US address in the standard form of USPS Publication 28.",
    about: ABOUT,
    clean: clean_into,
    form: r"[0-9A-Z#]+([ ./-][0-9A-Z#]+)*(, [0-9A-Z#]+([ ./-][0-9A-Z#]+)*){0,2}",
    inputs: &[
        "[1-9][0-9]{0,3}[A-C]?( 1/2)? (N|S\\.|North|E|west|)[ ]?(Sample|Pretend|Lake|Court|7th|Saint Doe) (St|AVE|Street|Dr\\.|Blvd|Road|Ct)( NW| S)?(,? (#|Apt|STE|Unit) ?[1-9][0-9]?[A-C]?)?",
        "[1-9][0-9]{0,3} (N\\. |S |)(Sample|Pretend) (St|Ave|DRIVE|RD) (Las Vegas|Reno|North Las Vegas|Henderson|Tulsa|Austin),? (NV|OK|TX|Nevada) [0-9]{5}(-[0-9]{4})?",
        "(PO Box|P\\.O\\. BOX|RR|FM|County Road|US Hwy) [1-9][0-9]{0,3}( Box [1-9])?",
    ],
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

const ABOUT: &str = "\
The clean form of a US address is its standard form after USPS Publication 28: \
`12 N SAMPLE ST APT 4, RENO, NV 89501-0001`, each part where the text has it. A null \
stays null; an empty or blank text has no clean form, nor has a text without a street. \
Spelling is not corrected, and no address is looked up.

The rules, in their order:

1. Letters lose their accents and become capitals; `&` is AND; apostrophes go. Other \
marks part words, but a hyphen, slash or period between digits stays: `104-106`, `12 1/2`.
2. Country, ZIP code and state are taken off the end. A state in full or in an old \
abbreviation becomes its code. A ZIP code that lost its leading zero gets it back in the \
states that have one; any other that is not of five or nine digits is dropped.
3. The city ends the rest, if a state, a ZIP code or a comma shows that there is one. Where \
nothing parts it from the street, it is the longest name that is a place of the state, the \
main place of the ZIP code first: `AVENUE NORTH LAS VEGAS` is split by its ZIP code. An \
unknown place is told by the shape of street and place names. Where nothing shows a city, a place \
of the list behind a complete street is one.
4. A recipient or building before the house number, and a line of attention, are left out; units \
before it are kept.
5. Boxes and routes: `PO BOX 12`, `RR 2 BOX 15`, `HC 6 BOX 3` (sections 24, 25, 28). Numbered \
roads: `FM 12`, `COUNTY ROAD 7`, `US HIGHWAY 9` (Appendix F).
6. The suffix is abbreviated in the last place only, and a directional only next to a name \
(sections 233, 234; Appendixes B, C1): `1504 NORTH ST`, `AVENUE N`, `COURT ST` and `LOOP DR` \
keep their names. FIRST alone is `1ST` (section 235). SAINT at the start of a name is `ST`.
7. Unit designators are abbreviated (Appendix C2). A number after the suffix is a unit: \
`SAMPLE RD A25` is `SAMPLE RD # A25`.

The match key joins number, directional, name, suffix, directional, unit and ZIP code. APT, \
STE, UNIT, RM and # count as one designator; ZIP+4 does not count. `NW 113` and `NW 113TH ST` \
keep different keys.";
