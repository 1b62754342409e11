//! The street: house number, directionals, name, suffix and unit.

use super::{Parts, append};
use super::cities;
use super::fold::Words;
use super::postal;
use super::route;
use super::table::TENS;
use super::unit;
use super::word::Designator;
use std::borrow::Cow;

/// Reads the street in the words before `end` into `parts`.
pub(super) fn read<'a>(words: &'a Words, end: usize, parts: &mut Parts<'a>) {
    let end = if is_attention(words, 0) && lead_in(words, end) == 0 { 0 } else { attention(words, end) };
    let Some(postal) = postal::find(words, 0, end) else {
        let from = lead_in(words, end);
        return read_street(words, from, end, parts);
    };
    let from = lead_in(words, postal.from);
    let street = postal.from > from + 1 && words.digit(from) && words.word(from + 1).designator == Designator::None;
    if street {
        read_street(words, from, postal.from, parts);
        if parts.unit.is_empty() && parts.unit_type.is_empty() {
            (parts.unit_type, parts.unit) = split_postal(postal.name);
        } else {
            append(parts.unit.to_mut(), &[&postal.name]);
        }
    } else {
        parts.name = Cow::Owned(postal.name);
        let before = (from..postal.from).find(|&index| words.word(index).designator != Designator::None);
        let after = (postal.to..end).find(|&index| words.digit(index) || words.word(index).designator != Designator::None);
        if let Some(index) = before {
            (parts.unit_type, parts.unit) = unit::read(words, index, postal.from);
        } else if let Some(index) = after {
            (parts.unit_type, parts.unit) = unit::read(words, index, end);
        }
    }
}

/// The kind of a box, to stand as the unit of a street that has one.
fn split_postal(name: String) -> (&'static str, Cow<'static, str>) {
    for kind in ["PO BOX", "RR", "HC"] {
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

/// Where the street begins: past a recipient or a building that stands before the house number.
fn lead_in(words: &Words, end: usize) -> usize {
    if words.at(0) == "#" && words.digit(1) && !words.digit(2) {
        return 1;
    }
    let units = leading_units(words, end);
    if units > 0 {
        return units;
    }
    if words.digit(0) && !unit::is_ordinal(words.at(0)) {
        return 0;
    }
    let houses = |index: &usize| {
        let index = *index;
        let before = words.word(index - 1);
        let free = !before.route
            && !before.street_only
            && before.direction.is_empty()
            && before.designator == Designator::None
            && !matches!(words.at(index - 1), "BOX" | "OLD" | "NO" | "NUMBER" | "AND");
        let opens = is_house(words.at(index)) && index + 1 < end && !words.delimited(index + 1);
        let typed = || {
            let next = words.word(index + 1);
            let directed = index + 2 < end && (next.route || !next.direction.is_empty());
            directed || (index + 2..end).any(|later| words.word(later).street_only)
        };
        opens && (words.delimited(index) || (free && typed()))
    };
    (1..end).find(houses).unwrap_or(0)
}

/// The end of the units that stand before the house number: SUITE 4 12 SAMPLE ST. Zero without them,
/// or without a house number after them.
fn leading_units(words: &Words, end: usize) -> usize {
    let mut index = 0;
    while index + 1 < end && index < 8 {
        let floor = unit::opens_floor(words, index, end);
        let sign = usize::from(words.at(index + 1) == "#");
        let valued = words.digit(index + 1 + sign) || words.at(index + 1).len() == 1;
        if floor {
            index += 2;
        } else if words.word(index).designator == Designator::Strong && valued {
            index += 2 + sign;
        } else {
            break;
        }
    }
    let index = index.min(end);
    let house = index + 1 < end && is_house(words.at(index));
    if index > 0 && (house || index == end) { index } else { 0 }
}

fn is_house(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit) && !unit::is_ordinal(text)
}

fn read_street<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) {
    if read_grid(words, from, end, parts) {
        return;
    }
    let name = number(words, from, end, parts);
    let lead = usize::from(is_predirectional(words, name, end));
    let road = route::road(words, name + lead, end).map(|(_, after)| after - 1);
    let unit = unit::start(words, road.unwrap_or(name + lead), end);
    let leading = if from == leading_units(words, end) { from } else { 0 };
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
    let closed = close(words, name + lead, unit, end, parts);
    read_name(words, name, closed, parts);
    if !is_street(words, name, closed, parts) {
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
}

/// The end of the name where more words follow the street's type: a city that no delimiter and no
/// state showed, or a building, which is read as a unit without designator.
fn close<'a>(words: &'a Words, name: usize, unit: usize, end: usize, parts: &mut Parts<'a>) -> usize {
    let typed = (name + 1..unit).find(|&index| words.word(index).street_only);
    let Some(typed) = typed.filter(|_| words.digit(0) && route::road(words, name, unit).is_none()) else {
        return unit;
    };
    let direction = !words.word(typed + 1).direction.is_empty();
    let rest = typed + 1 + usize::from(direction);
    let plain = |index: usize| {
        let word = words.word(index);
        word.direction.is_empty() && !words.digit(index) && words.at(index).len() > 1 && !word.street_only
    };
    let plain = rest < unit && (rest..unit).all(plain) && !(rest..unit).any(|index| words.at(index) == "AND");
    if !plain || !words.word(unit - 1).suffix.is_empty() {
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

/// 48S 400E, the corner addresses of Appendix D written short.
fn read_grid<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) -> bool {
    let side = |index: usize| {
        let text = words.at(index);
        let (digits, letter) = text.split_at_checked(text.len().saturating_sub(1))?;
        let side = ["N", "S", "E", "W"].into_iter().find(|&side| side == letter)?;
        let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        all.then_some((digits, side))
    };
    if end != from + 2 {
        return false;
    }
    let (Some((number, first)), Some((name, second))) = (side(from), side(from + 1)) else {
        return false;
    };
    parts.number = Cow::Borrowed(number);
    parts.predir = first;
    parts.name = Cow::Borrowed(name);
    parts.postdir = second;
    true
}

/// Reads the house number and gives the word after it.
fn number<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) -> usize {
    let typed = || (from + 2..end).any(|index| words.word(index).street_only);
    if words.at(from) == "ONE" && typed() {
        parts.number = Cow::Borrowed("1");
        return from + 1;
    }
    let text = words.at(from);
    let road = !is_house(text) && route::road(words, from, end).is_some();
    if !words.digit(from) || unit::is_ordinal(text) || from >= end || road {
        return from;
    }
    let mut after = from + 1;
    let next = words.at(after);
    let fraction = next.len() == 3 && next.as_bytes()[1] == b'/';
    let grid = is_grid(text) && is_grid(next);
    if after < end && (fraction || grid) {
        after += 1;
    }
    parts.number = Cow::Borrowed(words.slice(from, after));
    let letter = words.at(after);
    let initial = words.at(after + 1).len() == 1 && words.word(after + 1).direction.is_empty();
    let lettered = matches!(letter, "A" | "B" | "C" | "D" | "F" | "G" | "H")
        && after == from + 1
        && words.number(from)
        && after + 1 < end
        && !initial
        && words.at(after + 1) != "AND"
        && words.word(after + 1).designator == Designator::None
        && words.word(after + 1).suffix.is_empty()
        && road_free(words, after, end);
    if lettered {
        parts.number = Cow::Owned(format!("{text}{letter}"));
        after += 1;
    }
    after
}

fn road_free(words: &Words, at: usize, end: usize) -> bool {
    route::road(words, at, end).is_none()
}

/// A coordinate of a grid: W148, N9748, W206N.
fn is_grid(text: &str) -> bool {
    let sides = ['N', 'S', 'E', 'W'];
    text.strip_prefix(sides).is_some_and(|rest| {
        let digits = rest.strip_suffix(sides).unwrap_or(rest);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A directional goes before a name. Before a street type that ends the street it is the name itself:
/// NORTH ST, but N WELLS.
fn is_predirectional(words: &Words, at: usize, end: usize) -> bool {
    at + 1 < end
        && !words.word(at).direction.is_empty()
        && words.word(at + 1).designator != Designator::Strong
        && !(at + 2 == end && words.word(at + 1).street_only)
}

/// Two letters that are one directional: N W is NW.
pub(super) fn pair(words: &Words, at: usize) -> &'static str {
    match words.slice(at, at + 2) {
        "N E" => "NE",
        "N W" => "NW",
        "S E" => "SE",
        "S W" => "SW",
        _ => "",
    }
}

/// Reads directionals, name and suffix in the words `from..end`.
fn read_name<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) {
    let mut from = from;
    if let Some((name, after)) = route::road(words, from, end) {
        return read_road(words, name, after, end, parts);
    }
    if is_predirectional(words, from, end)
        && let Some((name, after)) = route::road(words, from + 1, end)
    {
        parts.predir = words.word(from).direction;
        return read_road(words, name, after, end, parts);
    }
    let mut end = read_postdirectional(words, from, end, parts);
    if end > from + 1 && !words.word(end - 1).suffix.is_empty() && !is_lettered_type(words, from, end) {
        let first = words.word(from);
        let directed = !words.word(end - 1).street_only && !first.direction.is_empty();
        let bare = end == from + 2 && (words.at(from) == "THE" || directed);
        if !bare {
            parts.suffix = words.word(end - 1).suffix;
            end -= 1;
        }
    }
    if end > from + 2 && !pair(words, from).is_empty() {
        parts.predir = pair(words, from);
        from += 2;
    } else if end > from + 1 && !words.word(from).direction.is_empty() {
        parts.predir = words.word(from).direction;
        from += 1;
    }
    parts.name = name(words, from, end);
}

fn read_road<'a>(words: &'a Words, name: Cow<'a, str>, after: usize, end: usize, parts: &mut Parts<'a>) {
    parts.name = name;
    let mut end = end;
    if end > after && !words.word(end - 1).direction.is_empty() {
        parts.postdir = words.word(end - 1).direction;
        end -= 1;
    }
    if after < end {
        append(parts.name.to_mut(), &[words.slice(after, end)]);
    }
}

/// AVENUE N, where N is a letter and no directional.
fn is_lettered_type(words: &Words, from: usize, end: usize) -> bool {
    end == from + 2 && words.word(from).suffix == "AVE" && words.at(from + 1).len() == 1
}

/// Reads a directional after the name and gives the end of what is left.
fn read_postdirectional(words: &Words, from: usize, end: usize, parts: &mut Parts<'_>) -> usize {
    if end < from + 2 || words.word(end - 1).direction.is_empty() {
        return end;
    }
    if end >= from + 4 && !pair(words, end - 2).is_empty() && !words.word(end - 3).suffix.is_empty() {
        parts.postdir = pair(words, end - 2);
        return end - 2;
    }
    let start = from + usize::from(end > from + 2 && !words.word(from).direction.is_empty());
    let lettered = end == start + 2
        && words.at(end - 1).len() == 1
        && matches!(words.word(start).suffix, "AVE" | "ST" | "RD");
    let directions_only = (from..end).all(|index| !words.word(index).direction.is_empty());
    if lettered || directions_only {
        return end;
    }
    parts.postdir = words.word(end - 1).direction;
    end - 1
}

/// The name in the words `from..end`, with ordinals in figures and SAINT as ST.
fn name<'a>(words: &'a Words, from: usize, end: usize) -> Cow<'a, str> {
    let text = words.slice(from, end);
    match end.saturating_sub(from) {
        0 => {}
        1 => {
            let ordinal = words.word(from).ordinal;
            if !ordinal.is_empty() {
                return Cow::Borrowed(ordinal);
            }
        }
        length => {
            let ordinal = words.word(from + 1).ordinal;
            let tens = TENS.iter().find(|&&(word, _)| word == words.at(from));
            if let (2, 3, Some((_, tens))) = (length, ordinal.len(), tens) {
                return Cow::Owned(format!("{tens}{ordinal}"));
            }
            if length == 2 && words.word(from).suffix == "AVE" && words.at(from) != "AVENUE" {
                return Cow::Owned(format!("AVENUE {}", words.at(from + 1)));
            }
            if let Some(rest) = text.strip_prefix("SAINT ") {
                return Cow::Owned(format!("ST {rest}"));
            }
        }
    }
    Cow::Borrowed(text)
}
