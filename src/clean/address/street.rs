//! The street: house number, directionals, name, suffix and unit.

use super::cities;
use super::fold::Words;
use super::name;
use super::number;
use super::postal;
use super::route;
use super::unit;
use super::word::Designator;
use super::{Parts, append};
use std::borrow::Cow;

/// Reads the street in the words before `end` into `parts`.
pub(super) fn read<'a>(words: &'a Words, end: usize, parts: &mut Parts<'a>) {
    let end = if is_attention(words, 0) && number::lead_in(words, end) == 0 {
        0
    } else {
        attention(words, end)
    };
    let Some(postal) = postal::find(words, 0, end) else {
        let from = number::lead_in(words, end);
        return read_street(words, from, end, parts);
    };
    let from = number::lead_in(words, postal.from);
    let street = postal.from > from + 1
        && words.digit(from)
        && words.word(from + 1).designator == Designator::None;
    if street {
        read_street(words, from, postal.from, parts);
        if parts.unit.is_empty() && parts.unit_type.is_empty() {
            (parts.unit_type, parts.unit) = split_postal(postal.name);
        } else {
            append(parts.unit.to_mut(), &[&postal.name]);
        }
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

/// The end of the street without a line of attention after it.
fn attention(words: &Words, end: usize) -> usize {
    (1..end)
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
    let start = number::read(words, from, end, parts);
    let lead = usize::from(name::is_predirectional(words, start, end));
    let road = route::road(words, start + lead, end).map(|(_, after)| after - 1);
    let unit = unit::start(words, road.unwrap_or(start + lead), end);
    let leading = if from == number::leading_units(words, end) {
        from
    } else {
        0
    };
    if leading > 0 {
        (parts.unit_type, parts.unit) = unit::read(words, 0, leading);
    }
    if unit < end {
        let (kind, value) = unit::read(words, unit, end);
        if leading > 0 {
            append(parts.unit.to_mut(), &[kind, &value]);
        } else {
            (parts.unit_type, parts.unit) = (kind, value);
        }
    }
    let closed = close(words, start + lead, unit, end, parts);
    name::read(words, start, closed, parts);
    if !is_street(words, start, closed, parts) {
        parts.name = Cow::Borrowed("");
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
}

/// The end of the name where more words follow the street's type: a city that no delimiter and no
/// state showed, or a building, which is read as a unit without designator.
fn close<'a>(
    words: &'a Words,
    name: usize,
    unit: usize,
    end: usize,
    parts: &mut Parts<'a>,
) -> usize {
    let typed = (name + 1..unit).find(|&index| words.word(index).street_only);
    let Some(typed) = typed.filter(|_| words.digit(0) && route::road(words, name, unit).is_none())
    else {
        return unit;
    };
    let direction = !words.word(typed + 1).direction.is_empty();
    let rest = typed + 1 + usize::from(direction);
    let plain = |index: usize| {
        let word = words.word(index);
        word.direction.is_empty()
            && !words.digit(index)
            && words.at(index).len() > 1
            && (!word.street_only || (index > rest && index + 1 == unit))
    };
    let plain = rest < unit
        && (rest..unit).all(plain)
        && !(rest..unit).any(|index| words.at(index) == "AND");
    let last = words.word(unit.saturating_sub(1));
    let building = last.suffix.is_empty() || (rest + 1 < unit && (direction || !last.street_only));
    if !plain || !building {
        return unit;
    }
    if parts.city.is_empty() && unit == end && cities::is_place(words, rest, unit) {
        parts.city = words.slice(rest, unit);
        parts.city_words = (rest, unit);
    } else if !parts.city.is_empty() || rest + 1 < unit {
        let building = words.slice(rest, unit);
        let mut value = Cow::Borrowed(building);
        if unit < end {
            append(value.to_mut(), &[parts.unit_type, &parts.unit]);
        }
        (parts.unit_type, parts.unit) = ("", value);
    } else {
        return unit;
    }
    rest
}
