//! What follows a street that is complete: a building, or a city that nothing else showed.

use super::Parts;
use super::append;
use super::cities;
use super::fold::Words;
use super::name;
use super::route;
use super::table::BUILDINGS;
use super::unit;
use super::word::Designator;
use std::borrow::Cow;

/// Words that ST follows as a saint: PORT ST LUCIE.
const OPENERS: &[&str] = &[
    "CAPE", "FORT", "FT", "LAKE", "LITTLE", "MOUNT", "MT", "NEW", "OLD", "POINT", "PORT", "THE",
];

/// Where a complete street ends.
struct End {
    at: usize,
    /// The word after its type.
    typed: usize,
    /// A directional closes it.
    directed: bool,
    /// Its type can hardly be a word of the name, as ST and DR can: ST JOHNS, DR KING.
    sure: bool,
    /// It is a numbered road.
    road: bool,
}

/// The end of the name where more words follow the street's type: a city that no delimiter and no
/// state showed, or a building, which is read as a unit without designator.
pub(super) fn close<'a>(
    words: &'a Words,
    name: usize,
    unit: usize,
    end: usize,
    parts: &mut Parts<'a>,
) -> usize {
    let Some(street) = street_end(words, name, unit) else {
        return unit;
    };
    let rest = street.at;
    let numbered = words.digit(0) || words.delimited(rest);
    if rest >= unit || !numbered || !is_plain(words, rest, unit) {
        return unit;
    }
    let free = parts.city.is_empty() && unit == end && !street.road;
    if free && ends_street(words, &street, unit) {
        // The longest place: STREET SOUTH HOLLAND, but ST S HOLLAND.
        let directed = rest == street.typed + 1 && words.at(street.typed).len() > 2;
        let longer = directed.then_some(street.typed);
        let mut places = longer.into_iter().chain([rest]);
        if let Some(from) = places.find(|&from| cities::is_place(words, from, unit)) {
            parts.city = words.slice(from, unit);
            parts.city_words = (from, unit);
            return from;
        }
    }
    let named = street.sure && is_unknown(words, rest);
    if free && named && rest + 1 == unit && !words.digit(0) {
        (parts.city, parts.city_words) = (words.slice(rest, unit), (rest, unit));
        return rest;
    }
    let several = rest + 1 < unit || named || BUILDINGS.contains(&words.at(rest));
    let alone = !several && parts.city.is_empty();
    if alone || !ends_street(words, &street, unit) {
        return unit;
    }
    let mut value = Cow::Borrowed(words.slice(rest, unit));
    if unit < end {
        append(value.to_mut(), &[parts.unit_type, &parts.unit]);
    }
    (parts.unit_type, parts.unit) = ("", value);
    rest
}

fn street_end(words: &Words, name: usize, unit: usize) -> Option<End> {
    let road = route::road(words, name, unit).map(|(_, after)| after);
    let typed = || (name + 1..unit).find(|&index| words.word(index).street_only);
    let after = road.or_else(|| typed().map(|typed| typed + 1))?;
    let named = words.at(after).len() > 2 && BUILDINGS.contains(&words.at(after + 1));
    let directions = match words.word(after).direction {
        _ if !name::pair(words, after).is_empty() => 2,
        "" => 0,
        _ => usize::from(!(named && after + 1 < unit)),
    };
    let saint = after < name + 2 || OPENERS.contains(&words.at(after - 2));
    let sure = !(words.at(after - 1) == "DR" || words.at(after - 1) == "ST" && saint)
        && matches!(
            words.word(after - 1).suffix,
            "AVE" | "BLVD" | "DR" | "LN" | "PKWY" | "RD" | "ST"
        );
    Some(End {
        at: after + directions,
        typed: after,
        directed: directions > 0,
        sure,
        road: road.is_some(),
    })
}

/// Whether the words can be a building or a place.
fn is_plain(words: &Words, rest: usize, unit: usize) -> bool {
    let plain = |index: usize| {
        let word = words.word(index);
        // A directional in full opens a name, as in NORTH TOWER, and never ends one.
        let directed = words.at(index).len() > 2 && index + 1 < unit;
        (word.direction.is_empty() || directed)
            && !words.digit(index)
            && words.at(index).len() > 1
            && words.at(index) != "AND"
            && (!word.street_only || (index > rest && index + 1 == unit))
    };
    !matches!(words.at(rest), "AT" | "DE" | "DEL" | "OF" | "TO") && (rest..unit).all(plain)
}

/// Whether the street ends there and is not longer than its first type: a second type is the street's,
/// unless a directional parts it from the first or it is one that groups of houses take.
fn ends_street(words: &Words, street: &End, unit: usize) -> bool {
    let last = words.word(unit - 1);
    let group = street.sure && matches!(last.suffix, "CT" | "CV" | "PL" | "PLZ" | "SQ");
    let several = street.at + 1 < unit;
    if street.road {
        return several && !last.street_only;
    }
    last.suffix.is_empty() || (several && (street.directed || group || !last.street_only))
}

/// A word of three letters or more that means nothing in a street.
fn is_unknown(words: &Words, index: usize) -> bool {
    let word = words.word(index);
    words.at(index).len() > 2
        && word.suffix.is_empty()
        && word.direction.is_empty()
        && word.state.is_empty()
        && word.ordinal.is_empty()
        && word.designator == Designator::None
        && !BUILDINGS.contains(&words.at(index))
}

/// Where the city begins that stands after a box with nothing else to show it; `end` without one.
pub(super) fn place_after_box<'a>(
    words: &'a Words,
    from: usize,
    end: usize,
    parts: &mut Parts<'a>,
) -> usize {
    let free = |index: usize| words.word(index).designator == Designator::None;
    let place = parts.city.is_empty()
        && from < end
        && is_plain(words, from, end)
        && (from..end).all(free)
        && cities::is_place(words, from, end);
    if !place {
        return end;
    }
    parts.city = words.slice(from, end);
    parts.city_words = (from, end);
    from
}

/// Where the city begins that stands after a floor or the number of a unit with nothing else to show it;
/// `end` without one.
pub(super) fn place_after_unit<'a>(
    words: &'a Words,
    unit: usize,
    end: usize,
    parts: &mut Parts<'a>,
) -> usize {
    let valued =
        |index: usize| words.digit(index - 1) || unit::opens_floor(words, index - 2, index);
    let mut places = (unit + 2..end).filter(|&rest| valued(rest));
    let Some(rest) = places.next_back().filter(|_| parts.city.is_empty()) else {
        return end;
    };
    let free = |index: usize| words.word(index).designator == Designator::None;
    let place = is_plain(words, rest, end)
        && (rest..end).all(free)
        && !BUILDINGS.contains(&words.at(end - 1))
        && cities::is_place(words, rest, end);
    if !place {
        return end;
    }
    parts.city = words.slice(rest, end);
    parts.city_words = (rest, end);
    rest
}
