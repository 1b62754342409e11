//! The house number.

use super::Parts;
use super::fold::Words;
use super::lead;
use super::route;
use super::table::CARDINALS;
use super::unit;
use super::word::Designator;
use std::borrow::Cow;

pub(super) fn is_house(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit) && !unit::is_ordinal(text)
}

/// 48S 400E, the corner addresses of Appendix D written short.
pub(super) fn read_grid<'a>(
    words: &'a Words,
    from: usize,
    end: usize,
    parts: &mut Parts<'a>,
) -> bool {
    let side = |index: usize| {
        let text = words.at(index);
        let (digits, letter) = text.split_at_checked(text.len().saturating_sub(1))?;
        let side = ["N", "S", "E", "W"]
            .into_iter()
            .find(|&side| side == letter)?;
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
pub(super) fn read<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) -> usize {
    let typed = || (from + 2..end).any(|index| words.word(index).street_only);
    if words.at(from) == "ONE" && typed() {
        parts.number = Cow::Borrowed("1");
        return from + 1;
    }
    if let Some(figures) = spelled(words, from, end) {
        parts.number = Cow::Borrowed(figures);
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
    } else if next == "AND" && is_range(words, after + 1, end) {
        after += 2;
    } else if is_double(words, from, end) {
        after += 1;
    }
    parts.number = Cow::Borrowed(words.slice(from, after));
    let letter = words.at(after);
    let initial = words.at(after + 1).len() == 1 && words.word(after + 1).direction.is_empty();
    // R is the rear; two initials are the name's: R E SAMPLE.
    let rear = letter == "R" && words.at(after + 1).len() > 1;
    let lettered = (rear || matches!(letter, "A" | "B" | "C" | "D" | "F" | "G" | "H"))
        && after == from + 1
        && words.number(from)
        && after + 1 < end
        && !initial
        && words.at(after + 1) != "AND"
        && !words.number(after + 1)
        && words.word(after + 1).designator == Designator::None
        && words.word(after + 1).suffix.is_empty()
        && route::road(words, after, end).is_none();
    if lettered {
        parts.number = Cow::Owned(format!("{text}{letter}"));
        after += 1;
    }
    after
}

/// The figures of a house number in words. A name may open with such a word as well, SEVEN HILLS RD or SIX
/// MILE RD; a directional behind it, or a type that buildings are numbered by, tells.
fn spelled(words: &Words, from: usize, end: usize) -> Option<&'static str> {
    if words.digit(from) {
        return None;
    }
    let (_, figures) = CARDINALS
        .iter()
        .find(|&&(word, _)| word == words.at(from))?;
    let next = words.at(from + 1);
    let counted = next == "MILE" || next.ends_with('S');
    let typed = |index: usize, numbered: bool| {
        let suffix = words.word(index).suffix;
        words.word(index).street_only && !numbered
            || matches!(suffix, "CTR" | "PKWY" | "PL" | "PLZ" | "SQ")
    };
    let directed = !words.word(from + 1).direction.is_empty();
    let street = if directed {
        (from + 3..end).any(|index| typed(index, false))
    } else {
        !counted && (from + 2..end.min(from + 4)).any(|index| typed(index, true))
    };
    street.then_some(figures)
}

/// Whether two house numbers stand side by side before a directional and a name: 12 14 E 7TH. The grid's
/// 12 1700 S has no name behind it.
fn is_double(words: &Words, from: usize, end: usize) -> bool {
    let name = from + 3;
    words.number(from)
        && words.number(from + 1)
        && !words.delimited(from + 1)
        && !words.word(from + 2).direction.is_empty()
        && name < end
        && (unit::is_ordinal(words.at(name))
            || (name + 1..end).any(|index| words.word(index).street_only))
}

/// Whether the second of two house numbers stands there, with a name behind it: 12 AND 14 SAMPLE ST.
fn is_range(words: &Words, at: usize, end: usize) -> bool {
    at + 2 < end && words.number(at) && !words.digit(at + 1) && lead::opens_street(words, at, end)
}

/// A coordinate of a grid: W148, N9748, W206N.
fn is_grid(text: &str) -> bool {
    let sides = ['N', 'S', 'E', 'W'];
    text.strip_prefix(sides).is_some_and(|rest| {
        let digits = rest.strip_suffix(sides).unwrap_or(rest);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}
