//! The street: house number, directionals, name, suffix and unit.

use super::fold::Words;
use super::lead;
use super::name;
use super::number;
use super::postal;
use super::rest;
use super::route;
use super::unit;
use super::word::Designator;
use super::{Parts, append};
use std::borrow::Cow;

/// Reads the street in the words before `end` into `parts`.
pub(super) fn read<'a>(words: &'a Words, end: usize, parts: &mut Parts<'a>) {
    let house = lead::lead_in(words, end);
    let end = if is_attention(words, 0) && house == 0 {
        0
    } else {
        attention(words, house, end)
    };
    let Some(postal) = postal::find(words, 0, end) else {
        return read_street(words, house.min(end), end, parts);
    };
    let end = rest::place_after_box(words, postal.to, end, parts);
    let from = lead::lead_in(words, postal.from);
    let numbered = words.digit(from) && words.word(from + 1).designator == Designator::None;
    let street = postal.from > from + 1 && numbered
        || (postal.from > from && route::road(words, from, postal.from).is_some());
    if street {
        read_street(words, from, postal.from, parts);
        add_unit(parts, split_postal(postal.name));
        if is_designated(words, postal.to) && postal.to < end {
            add_unit(parts, unit::read(words, postal.to, end));
        }
    } else if is_street_behind(words, postal.to, end) {
        read_street(words, postal.to, end, parts);
        add_unit(parts, split_postal(postal.name));
    } else {
        parts.name = Cow::Owned(postal.name);
        let before = (0..postal.from).find(|&index| is_designated(words, index));
        let after = (postal.to..end)
            .find(|&index| words.digit(index) || words.word(index).designator != Designator::None);
        if let Some(index) = before {
            (parts.unit_type, parts.unit) = unit::read(words, index, postal.from);
        } else if let Some(index) = after {
            (parts.unit_type, parts.unit) = unit::read(words, index, end);
        }
    }
}

/// Whether a street follows the box: PO BOX 4 12 SAMPLE ST.
fn is_street_behind(words: &Words, at: usize, end: usize) -> bool {
    let house = at < end && number::is_house(words.at(at)) && lead::opens_street(words, at, end);
    let road = || words.at(at) != "LOOP" && route::road(words, at, end).is_some();
    house || road()
}

/// Whether a unit's designator stands there. A `#` after another word numbers that word: CUSTOMER # 12.
fn is_designated(words: &Words, index: usize) -> bool {
    let owned = || {
        let before = index.checked_sub(1);
        before.is_some_and(|before| !words.digit(before) && !words.delimited(index))
    };
    words.word(index).designator != Designator::None && (words.at(index) != "#" || !owned())
}

/// The kind of a box, to stand as the unit of a street that has one.
fn split_postal(name: String) -> (&'static str, Cow<'static, str>) {
    for kind in ["PO BOX", "RR", "HC", "PSC", "CMR", "UNIT"] {
        if let Some(value) = name.strip_prefix(kind) {
            return (kind, Cow::Owned(value.trim_start().to_owned()));
        }
    }
    ("", Cow::Owned(name))
}

/// The end of the street without a line of attention after it; one before the house number is no end.
fn attention(words: &Words, house: usize, end: usize) -> usize {
    (house + 1..end)
        .find(|&index| is_attention(words, index))
        .unwrap_or(end)
}

fn is_attention(words: &Words, index: usize) -> bool {
    words.at(index) == "ATTN" || (words.at(index) == "C" && words.at(index + 1) == "O")
}

fn read_street<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) {
    if number::read_grid(words, from, end, parts) {
        return;
    }
    let building = lead::second_house(words, from, end).map_or(end, |second| second.at);
    let start = number::read(words, from, end, parts);
    let name = start + usize::from(name::is_predirectional(words, start, end));
    let road = route::road(words, name, building).map(|(_, after)| after - 1);
    let mut unit = unit::start(words, road.unwrap_or(name), building);
    let leading = lead::units_before(words, from);
    let opening = lead::units_from(words, 0, from);
    if leading < from {
        add_unit(parts, unit::read(words, leading, from));
    } else if opening < from {
        // A recipient or building stands between the unit and the house number.
        add_unit(parts, unit::read(words, 0, opening));
    }
    let place = rest::place_after_unit(words, unit, end, parts);
    if unit < building {
        add_unit(parts, unit::read(words, unit, place.min(building)));
    }
    if building < end {
        let more = unit::start(words, building + 1, end);
        add_unit(parts, ("", Cow::Borrowed(words.slice(building, more))));
        add_unit(parts, unit::read(words, more, end));
    }
    unit = rest::close(words, name, unit, end, parts);
    name::read(words, start, unit, parts);
    if !is_street(words, start, unit, parts) {
        parts.name = Cow::Borrowed("");
    }
}

/// Adds a unit behind those that the street has already.
fn add_unit<'a>(parts: &mut Parts<'a>, unit: (&'static str, Cow<'a, str>)) {
    if parts.unit.is_empty() && parts.unit_type.is_empty() {
        (parts.unit_type, parts.unit) = unit;
    } else {
        append(parts.unit.to_mut(), &[unit.0, &unit.1]);
    }
}

/// Whether the words can be a street: a house number, a type, a directional or a figure says so.
fn is_street(words: &Words, from: usize, end: usize, parts: &Parts<'_>) -> bool {
    !parts.number.is_empty()
        || !parts.suffix.is_empty()
        || !parts.predir.is_empty()
        || !parts.postdir.is_empty()
        || (from..end).any(|index| words.digit(index) || words.at(index) == "AND")
        || route::road(words, from, end).is_some()
        || is_delivery_line(words, end, parts)
}

/// A word alone on the line above city, state and ZIP code is the street, whatever it is: MAIN, RENO, NV
/// 89501. More words may as well be a recipient.
fn is_delivery_line(words: &Words, end: usize, parts: &Parts<'_>) -> bool {
    let (city, after) = parts.city_words;
    city == end
        && city < after
        && end == 1
        && words.delimited(city)
        && !parts.state.is_empty()
        && !parts.zip5.is_empty()
        && words.word(0).designator == Designator::None
}
