//! What stands before the house number: a recipient, a building, a unit.

use super::fold::Words;
use super::number::is_house;
use super::route;
use super::table::BUILDINGS;
use super::unit;
use super::word::Designator;

/// Where the street begins: past a recipient or a building that stands before the house number.
pub(super) fn lead_in(words: &Words, end: usize) -> usize {
    if words.at(0) == "#" && words.digit(1) && !words.digit(2) {
        return 1;
    }
    let units = leading_units(words, end);
    if units > 0 {
        return units;
    }
    let first = if words.digit(0) && !unit::is_ordinal(words.at(0)) {
        0
    } else {
        let house = || (1..end).find(|&index| is_first_house(words, index, end));
        let spelled = || (1..end).find(|&index| is_spelled_house(words, index, end));
        house().or_else(spelled).unwrap_or(0)
    };
    match second_house(words, first, end) {
        Some(second) if second.is_street => second.at,
        _ => first,
    }
}

/// Whether a house number stands there after words that are none of the street.
fn is_first_house(words: &Words, index: usize, end: usize) -> bool {
    let opens = is_house(words.at(index)) && index + 1 < end && !words.delimited(index + 1);
    opens
        && !is_floor(words, index, end)
        && (words.delimited(index)
            || (is_free(words, index, end) && opens_street(words, index, end)))
}

/// ONE as the house number behind a recipient: SAMPLE INC ONE SAMPLE PLACE.
fn is_spelled_house(words: &Words, index: usize, end: usize) -> bool {
    let name = || (index + 1..end).take_while(|&next| !words.delimited(next) && !words.digit(next));
    words.at(index) == "ONE"
        && (words.delimited(index) || is_free(words, index, end))
        && name().skip(1).any(|next| words.word(next).street_only)
}

/// Whether the word before a house number lets one follow: no road, no box, no designator.
fn is_free(words: &Words, index: usize, end: usize) -> bool {
    let before = words.word(index - 1);
    let floor = index > 1 && unit::opens_floor(words, index - 2, index.min(end));
    // RODNEY SQUARE NORTH 1100 N SAMPLE ST.
    let directed =
        !before.direction.is_empty() && (index < 2 || words.word(index - 2).suffix.is_empty());
    // NORTH TOWER 12 SAMPLE ST, but TOWER 2.
    let tower = index > 1 && words.at(index - 1) == "TOWER" && !words.digit(index + 1);
    floor
        || tower
        || !(before.route
            || before.street_only
            || directed
            || before.designator != Designator::None
            || matches!(words.at(index - 1), "BOX" | "OLD" | "NO" | "NUMBER" | "AND"))
}

/// Whether the words after a house number are a street: a directional or a type says so.
pub(super) fn opens_street(words: &Words, index: usize, end: usize) -> bool {
    let next = words.word(index + 1);
    let directed =
        words.digit(index) && index + 2 < end && (next.route || !next.direction.is_empty());
    directed || (index + 2..end).any(|later| words.word(later).street_only)
}

/// A floor with a house number after it: 3 FL 45 SAMPLE ST.
fn is_floor(words: &Words, index: usize, end: usize) -> bool {
    index + 2 < end
        && unit::opens_floor(words, index, index + 2)
        && is_house(words.at(index + 2))
        && opens_street(words, index + 2, end)
}

/// A house number after a street that is complete.
pub(super) struct Second {
    pub at: usize,
    /// The street is the second one, and the first one names a building.
    pub is_street: bool,
}

/// The second house number of a street and a building that both have one.
///
/// Buildings are numbered as places, plazas, squares and centers: of 1 SAMPLE PLZ 12 MAIN ST the street
/// is the second, of 12 MAIN ST 1 SAMPLE PLZ the first.
pub(super) fn second_house(words: &Words, first: usize, end: usize) -> Option<Second> {
    let at = (first + 3..end).find(|&index| {
        words.digit(index)
            && is_house(words.at(index))
            && index + 2 < end
            && !words.delimited(index + 1)
            && (words.word(index - 1).designator == Designator::None || closes(words, index))
            && words.at(index - 1) != "AND"
    })?;
    if !words.digit(first) || route::road(words, first + 1, end).is_some() {
        return None;
    }
    let typed = |from: usize, to: usize| {
        let mut types = (from + 2..to).filter(|&index| is_type(words, index));
        types.next().map(|index| is_building(words, index))
    };
    let closed = units_before(words, at);
    let directed = closed > first + 2 && !words.word(closed - 1).direction.is_empty();
    let last = closed - usize::from(directed);
    let one = (last > first + 2 && is_type(words, last - 1))
        .then(|| is_building(words, last - 1))
        // PEACHTREE NE 400 SAMPLE SQ: a quadrant closes a street as well.
        .or((directed && words.at(last).len() == 2).then_some(false))?;
    let other = typed(at, end)?;
    (one != other).then_some(Second { at, is_street: one })
}

/// Whether the name of a building ends before the word: SAMPLE BUILDING, 12 MAIN ST.
fn closes(words: &Words, index: usize) -> bool {
    let before = words.at(index - 1);
    BUILDINGS.contains(&before) && (words.delimited(index) || before == "TOWER")
}

fn is_type(words: &Words, index: usize) -> bool {
    let word = words.word(index);
    word.street_only && word.suffix != "HWY"
        || word.suffix == "CTR"
        || BUILDINGS.contains(&words.at(index))
}

/// Whether a type is one that buildings take.
fn is_building(words: &Words, index: usize) -> bool {
    matches!(words.word(index).suffix, "CTR" | "PL" | "PLZ" | "SQ")
        || BUILDINGS.contains(&words.at(index))
}

/// The end of the units that stand before the house number: SUITE 4 12 SAMPLE ST. Zero without them,
/// or without a house number after them.
fn leading_units(words: &Words, end: usize) -> usize {
    let index = units_from(words, 0, end).min(end);
    let house = index + 1 < end && is_house(words.at(index));
    if index > 0 && (house || index == end) {
        index
    } else {
        0
    }
}

/// The end of the run of units that starts at `index`.
pub(super) fn units_from(words: &Words, mut index: usize, end: usize) -> usize {
    let limit = index + 8;
    while index + 1 < end && index < limit {
        let sign = usize::from(words.at(index + 1) == "#");
        let valued = words.digit(index + 1 + sign) || words.at(index + 1).len() == 1;
        if unit::opens_floor(words, index, end) {
            index += 2;
        } else if words.word(index).designator == Designator::Strong && valued {
            index += 2 + sign;
            // DEPT 12 0034, 7 SAMPLE ST: the delimiter parts the unit from the house number.
            if words.digit(index) && words.delimited(index + 1) && is_house(words.at(index + 1)) {
                index += 1;
            }
        } else {
            break;
        }
    }
    index
}

/// Where the units begin that stand right before `house`; `house` itself without any.
pub(super) fn units_before(words: &Words, house: usize) -> usize {
    let start =
        (house.saturating_sub(8)..house).find(|&start| units_from(words, start, house) == house);
    start.unwrap_or(house)
}
