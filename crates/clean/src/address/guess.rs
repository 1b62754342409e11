//! Where a city begins when no list knows it: the shape of streets and of place names decides.

use super::fold::Words;
use super::name;
use super::word::Designator;

/// Words that open a place name of two words or more, in English, Spanish and French.
const OPENERS: &[&str] = &[
    "CAPE", "CORPUS", "DE", "DEL", "DES", "EAST", "EL", "FORT", "FT", "GLEN", "GRAND", "LA",
    "LAKE", "LAS", "LE", "LITTLE", "LOS", "MOUNT", "MT", "NEW", "NORTH", "OLD", "PALM", "POINT",
    "PORT", "SAINT", "SAN", "SANTA", "SANTO", "SOUTH", "ST", "STE", "THE", "UPPER", "WEST",
];

/// Words that close a place name of two words or more.
const CLOSERS: &[&str] = &[
    "BAY", "BEACH", "CITY", "CREEK", "FALLS", "GARDENS", "GROVE", "HARBOR", "HEIGHTS", "HILL",
    "HILLS", "HTS", "ISLAND", "JUNCTION", "LAKE", "LAKES", "PARK", "POINT", "RAPIDS", "RIVER",
    "ROCK", "SPGS", "SPRING", "SPRINGS", "TOWNSHIP", "TWP", "VALLEY", "VILLAGE",
];

/// Whether the words before `end` are a street that needs nothing more.
pub(super) fn is_complete(words: &Words, end: usize) -> bool {
    let Some(last) = end.checked_sub(1) else {
        return false;
    };
    let word = words.word(last);
    let closed = end > 1 && (word.street_only || !word.direction.is_empty());
    closed || (end > 2 && words.digit(last)) || word.designator == Designator::Alone
}

/// The first word of the city in a segment that a delimiter opens; `end` where it is all street.
pub(super) fn city_in_segment(words: &Words, from: usize, end: usize, known: bool) -> usize {
    let start = after_unit(words, from, end);
    let plain = |index: usize| {
        !words.digit(index)
            && (known
                || (words.word(index).designator == Designator::None && words.at(index).len() > 1))
            && !matches!(words.at(index), "AND" | "ATTN" | "#")
    };
    let direction = start + 1 == end && !words.word(start).direction.is_empty();
    let short = known || (words.digit(0) && end - start <= 3 && !words.word(end - 1).street_only);
    if start < end && short && !direction && (start..end).all(plain) {
        start
    } else {
        end
    }
}

/// The first word of the city before `end`, with no delimiter to go by; `end` where there is none.
pub(super) fn city_start(words: &Words, end: usize) -> usize {
    let first = street_name(words, end);
    // A street type is never the first word of the name: COURT ST, ST ROSE PKWY.
    let closing = (first + 1..end).find(|&index| {
        let last = words.word(index + 1);
        let saint = words.at(index + 1) == "ST" && index + 2 < end;
        let doubled = last.street_only && words.at(index + 1) == last.suffix;
        words.word(index).street_only && (index + 1 >= end || saint || !doubled)
    });
    let start = match closing {
        Some(index) => after_unit(words, after_direction(words, index + 1, end), end),
        None => match (first + 1..end).rev().find(|&index| words.digit(index)) {
            Some(index) => {
                index + 1 + usize::from(index + 2 < end && words.at(index + 1).len() == 1)
            }
            None => by_pattern(words, first, end),
        },
    };
    if start >= end || words.digit(end - 1) {
        end
    } else {
        start
    }
}

/// The first word of the street's name.
fn street_name(words: &Words, end: usize) -> usize {
    let mut index = (0..end)
        .find(|&index| words.digit(index))
        .map_or(0, |number| number + 1);
    let typed = |index: usize| words.word(index).street_only;
    let named = index + 1 < end && (!typed(index + 1) || (index + 2..end).any(typed));
    if named && !words.word(index).direction.is_empty() {
        index += 1;
    }
    index
}

/// Past a directional after the street type. A whole word goes to the city, unless it is all there is:
/// AVENUE NORTH LAS VEGAS, but AVE N OWASSO.
fn after_direction(words: &Words, index: usize, end: usize) -> usize {
    if index + 1 < end && !name::pair(words, index).is_empty() {
        return index + 2;
    }
    let direction = words.word(index).direction;
    let taken = !direction.is_empty()
        && index < end
        && (words.at(index).len() <= 2 || direction.len() == 2 || index + 1 == end);
    if taken { index + 1 } else { index }
}

/// Past the unit designators and their values.
fn after_unit(words: &Words, mut index: usize, end: usize) -> usize {
    while index < end {
        let valued = words.digit(index + 1) || words.at(index + 1).len() == 1;
        let ordinal = words.digit(index) || !words.word(index).ordinal.is_empty();
        match words.word(index).designator {
            Designator::Strong | Designator::Weak if index + 1 < end && valued => index += 2,
            Designator::Strong => index += 1,
            // A word in full opens a place name: LOWER MAKEBELIEVE.
            Designator::Alone
                if words.at(index) == words.word(index).unit
                    || matches!(words.word(index).unit, "BSMT" | "LBBY" | "PH") =>
            {
                index += 1;
            }
            _ if ordinal && words.word(index + 1).designator == Designator::Strong => index += 2,
            _ if words.digit(index) => index += 1,
            _ => break,
        }
    }
    index.min(end)
}

/// A city after a street without a type: as many words as place names of its kind have.
fn by_pattern(words: &Words, name: usize, end: usize) -> usize {
    let Some(last) = end.checked_sub(1).filter(|&last| last > name) else {
        return end;
    };
    let mut start = last;
    if CLOSERS.contains(&words.at(last)) && start > name + 1 {
        start -= 1;
    }
    while start > name + 1 && OPENERS.contains(&words.at(start - 1)) {
        start -= 1;
    }
    start
}
