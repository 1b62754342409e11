//! Secondary units (Publication 28, section 213 and Appendix C2).

use super::append;
use super::fold::Words;
use super::word::Designator;
use std::borrow::Cow;

/// The first word of the unit among the words `name..end` of a street whose name starts at `name`;
/// `end` where there is none.
pub(super) fn start(words: &Words, name: usize, end: usize) -> usize {
    (name + 1..end)
        .find(|&index| opens(words, name, index, end))
        .unwrap_or(end)
}

fn opens(words: &Words, name: usize, index: usize, end: usize) -> bool {
    let word = words.word(index);
    let next = index + 1;
    let apart = is_apart(words, name, index);
    let floor = opens_floor(words, next, end);
    let valued = next < end && !floor && (words.digit(next) || words.at(next).len() == 1);
    if opens_floor(words, index, end)
        || opens_floors(words, index, end)
        || is_mail_code(words, index, end)
    {
        return true;
    }
    match word.designator {
        Designator::Strong => {
            let numbered = matches!(words.at(next), "NO" | "NUMBER") && words.digit(next + 1);
            valued
                || (numbered && next + 1 < end)
                || (next < end && words.word(next).designator == Designator::Strong)
                || (apart && next + 1 >= end)
                || words.at(index) == "#"
                || (words.delimited(index) && next < end)
        }
        Designator::Weak => {
            let last =
                next + 1 == end && matches!(word.unit, "LOT" | "SPC" | "TRLR" | "HNGR" | "SLIP");
            let number = next + usize::from(words.at(next) == "#");
            let lettered = words.at(next).len() == 1 && words.word(next).direction.is_empty();
            let numbered = number < end && !floor && words.digit(number) && (apart || last);
            numbered || (next < end && lettered && apart)
        }
        Designator::Alone => {
            let short = words.at(index) == word.unit && word.unit != "SIDE";
            (next == end && (apart || short))
                || (apart && next < end && (valued || is_level(words, next)))
        }
        Designator::None => {
            let sign = matches!(words.at(index), "NO" | "NUMBER") && valued && apart;
            let suite = is_suite(words, index, end) && apart && index > name + 1;
            sign || suite
                || opens_letter(words, name, index, end)
                || opens_bare(words, name, index, end, apart)
        }
    }
}

/// ST for STE: SAMPLE AVE ST 1400, where a number closes the street and what stands before ST is no name
/// that it could be the type of, as in OLD COURT ST 4.
fn is_suite(words: &Words, index: usize, end: usize) -> bool {
    let closed = matches!(
        words.word(index - 1).suffix,
        "AVE" | "BLVD" | "DR" | "LN" | "PKWY" | "RD"
    );
    words.at(index) == "ST"
        && (closed || (words.delimited(index) && words.word(index - 1).street_only))
        && words.digit(index + 1)
        && !is_ordinal(words.at(index + 1))
        && index + 2 == end
}

/// Whether a street could end before the word: a type, a directional, a number or a delimiter is there.
fn is_apart(words: &Words, name: usize, index: usize) -> bool {
    let before = words.word(index - 1);
    words.delimited(index)
        || (index > name + 1
            && (before.street_only || !before.suffix.is_empty() || !before.direction.is_empty()))
        || words.digit(index - 1)
}

/// MC 12, MS 12, MAIL CODE 12 or MAIL STOP 12, as large receivers number their rooms.
fn is_mail_code(words: &Words, index: usize, end: usize) -> bool {
    let named = words.at(index) == "MAIL" && matches!(words.at(index + 1), "CODE" | "STOP");
    let number = index + 1 + usize::from(named);
    (named || matches!(words.at(index), "MC" | "MS")) && number < end && words.digit(number)
}

fn is_level(words: &Words, index: usize) -> bool {
    matches!(words.word(index).unit, "FL" | "LVL")
}

/// 2ND FLOOR, SECOND FLOOR, GROUND FLOOR, LOWER LEVEL.
pub(super) fn opens_floor(words: &Words, index: usize, end: usize) -> bool {
    if index + 1 >= end || !is_level(words, index + 1) {
        return false;
    }
    let ranked = is_rank(words, index) || !words.word(index).ordinal.is_empty();
    ranked && !(words.number(index) && index + 2 < end && is_rank(words, index + 2))
}

/// A number or a word that tells one floor from the others.
fn is_rank(words: &Words, index: usize) -> bool {
    words.digit(index)
        || matches!(
            words.at(index),
            "GROUND" | "GRND" | "LOWER" | "LOWR" | "UPPER" | "UPPR" | "MAIN" | "TOP"
        )
}

/// 2ND AND 3RD FLOOR.
fn opens_floors(words: &Words, index: usize, end: usize) -> bool {
    words.at(index + 1) == "AND"
        && (words.digit(index) || !words.word(index).ordinal.is_empty())
        && index + 3 < end
        && opens_floor(words, index + 2, end)
}

/// A number without a designator: after the street type (SAMPLE RD A25), after a delimiter, or last
/// after a name without a type.
fn opens_bare(words: &Words, name: usize, index: usize, end: usize, apart: bool) -> bool {
    if !words.digit(index) || words.digit(index - 1) && !words.delimited(index) {
        return false;
    }
    let before = words.word(index - 1);
    let road = matches!(before.suffix, "HWY" | "RTE" | "LOOP")
        || (before.suffix == "RD" && words.word(index.saturating_sub(2)).route)
        || (before.route && before.suffix.is_empty())
        || matches!(words.at(index - 1), "OLD" | "AND" | "BOX" | "NO" | "NUMBER");
    let short = is_short(words, index + 1, end);
    if words.delimited(index) {
        let complete = index > name + 1 && before.street_only;
        return short || complete || words.word(index + 1).designator != Designator::None;
    }
    if road {
        return false;
    }
    let typed = apart && index > name + 1 && (before.street_only || !before.direction.is_empty());
    // RANDOLPH 1 N, but the road F 41 and the grid's 1700 S.
    let lettered = index + 2 == end
        && words.number(index)
        && words.at(index).len() < 4
        && words.at(index + 1).len() == 1;
    let last = (index + 1 == end || lettered)
        && !is_ordinal(words.at(index))
        && words.at(index - 1).len() > 1
        && before.direction.is_empty()
        && before.suffix.is_empty();
    // The rural grid's ROAD 2100 N is no unit.
    let grid = !words.word(index + 1).direction.is_empty()
        && (before.suffix == "RD" || words.at(index).len() > 3);
    typed && short && !grid || last
}

/// Whether only numbers and short words, as units have, stand from `index` on: A25, 4 N, 1-5 344.
fn is_short(words: &Words, index: usize, end: usize) -> bool {
    (index..end).all(|index| {
        words.digit(index) && !is_ordinal(words.at(index))
            || words.at(index).len() == 1
            || (words.at(index).len() == 2 && !words.word(index).direction.is_empty())
    })
}

/// A letter, or two that mean nothing, that ends the street after its type: SUMMIT CT B.
fn opens_letter(words: &Words, name: usize, index: usize, end: usize) -> bool {
    let before = words.word(index - 1);
    let typed = index > name + 1 && before.street_only && !matches!(before.suffix, "HWY" | "RD");
    let directed = index > name + 2 && before.direction.len() == 2;
    let word = words.word(index);
    let letters = match words.at(index).len() {
        1 => true,
        2 => !word.route && word.suffix.is_empty() && word.state.is_empty(),
        _ => false,
    };
    index + 1 == end
        && (typed || directed)
        && letters
        && !words.digit(index)
        && word.direction.is_empty()
}

pub(super) fn is_ordinal(text: &str) -> bool {
    if !matches!(text.as_bytes().last(), Some(b'T' | b'D' | b'H')) {
        return false;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&text[digits..], "ST" | "ND" | "RD" | "TH")
}

/// The designator and the value of the unit in the words `from..end`. Further units follow the value
/// of the first: `BLDG`, `1 STE 100`.
pub(super) fn read(words: &Words, from: usize, end: usize) -> (&'static str, Cow<'_, str>) {
    let mut kind = "";
    let mut value = Cow::Borrowed("");
    let mut index = from;
    while index < end {
        let (unit, text, after) = one(words, index, end);
        if kind.is_empty() {
            (kind, value) = (unit, text);
        } else {
            append(value.to_mut(), &[unit, &text]);
        }
        index = after;
    }
    (kind, value)
}

/// One unit from `index` on, and the word after it.
fn one(words: &Words, index: usize, end: usize) -> (&'static str, Cow<'_, str>, usize) {
    if opens_floor(words, index, end) {
        let unit = words.word(index + 1).unit;
        return (unit, rank(words, index), index + 2);
    }
    if opens_floors(words, index, end) {
        let floors = format!("{} AND {}", rank(words, index), rank(words, index + 2));
        return ("FL", Cow::Owned(floors), index + 4);
    }
    if words.at(index) == "MAIL" && is_mail_code(words, index, end) {
        return one(words, index + 1, end);
    }
    let word = words.word(index);
    let designated = word.designator != Designator::None;
    let stop = words.at(index) == "MS" && is_mail_code(words, index, end);
    let unit = match designated {
        _ if stop => "MS",
        _ if words.at(index) == "ST" => "STE",
        true => word.unit,
        false => "#",
    };
    let sign = unit != "#" || designated || matches!(words.at(index), "NO" | "NUMBER");
    let mut first = if sign { index + 1 } else { index };
    while first < end
        && (is_sign(words, first, end)
            || (unit == "#" && words.word(first).designator == Designator::Strong))
    {
        if !is_sign(words, first, end) {
            return one(words, first, end);
        }
        first += 1;
    }
    let mut after = first;
    while after < end && !ends_value(words, first, after, end) {
        after += 1;
    }
    let value = words.slice(first, after);
    let floor = unit == "FL" && is_ordinal(value);
    let value = if floor {
        Cow::Borrowed(&value[..value.len() - 2])
    } else {
        Cow::Borrowed(value)
    };
    (unit, value, after.max(index + 1))
}

/// A sign before a number: #, NO, NUMBER.
fn is_sign(words: &Words, index: usize, end: usize) -> bool {
    let named = matches!(words.at(index), "NO" | "NUMBER");
    words.at(index) == "#" || (named && index + 1 < end && words.digit(index + 1))
}

fn ends_value(words: &Words, first: usize, index: usize, end: usize) -> bool {
    let word = words.word(index);
    let designator = match word.designator {
        Designator::Strong => true,
        Designator::Weak => index + 1 < end && words.digit(index + 1),
        Designator::Alone => index > first,
        Designator::None => false,
    };
    let parts = || opens_floor(words, index, end) || is_mail_code(words, index, end);
    (index > first && (designator || parts()))
        || (word.designator == Designator::Strong && index + 1 < end && words.digit(index + 1))
}

/// The figures of a floor's ordinal: 2ND and SECOND are 2.
fn rank(words: &Words, index: usize) -> Cow<'_, str> {
    let spelled = words.word(index).ordinal;
    if !spelled.is_empty() {
        return Cow::Borrowed(&spelled[..spelled.len() - 2]);
    }
    let text = words.at(index);
    match text {
        _ if is_ordinal(text) => Cow::Borrowed(&text[..text.len() - 2]),
        "GRND" => Cow::Borrowed("GROUND"),
        _ => Cow::Borrowed(text),
    }
}
