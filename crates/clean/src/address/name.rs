//! The street's name, with its directionals and its suffix.

use super::fold::Words;
use super::route;
use super::table::TENS;
use super::word::Designator;
use super::{Parts, append};
use std::borrow::Cow;

/// A directional goes before a name. Before a street type that ends the street it is the name itself:
/// NORTH ST, but N WELLS.
pub(super) fn is_predirectional(words: &Words, at: usize, end: usize) -> bool {
    at + 1 < end
        && !words.word(at).direction.is_empty()
        && words.word(at + 1).designator != Designator::Strong
        && !(at + 2 == end && words.word(at + 1).street_only)
}

/// Two letters, or two words in full, that are one directional: N W and NORTH WEST are NW.
pub(super) fn pair(words: &Words, at: usize) -> &'static str {
    if (words.at(at).len() == 1) != (words.at(at + 1).len() == 1) {
        return "";
    }
    match (words.word(at).direction, words.word(at + 1).direction) {
        ("N", "E") => "NE",
        ("N", "W") => "NW",
        ("S", "E") => "SE",
        ("S", "W") => "SW",
        _ => "",
    }
}

/// Reads directionals, name and suffix in the words `from..end`.
pub(super) fn read<'a>(words: &'a Words, from: usize, end: usize, parts: &mut Parts<'a>) {
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
    if end > from + 1
        && !words.word(end - 1).suffix.is_empty()
        && !is_lettered_type(words, from, end)
    {
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

fn read_road<'a>(
    words: &'a Words,
    name: Cow<'a, str>,
    after: usize,
    end: usize,
    parts: &mut Parts<'a>,
) {
    parts.name = name;
    let mut end = end;
    if end > after && !words.word(end - 1).direction.is_empty() {
        parts.postdir = words.word(end - 1).direction;
        end -= 1;
    }
    // SERVICE RD beside the road: the last word is a type of its own.
    let bypass = end > after && words.word(end - 1).suffix == "BYP";
    if bypass || (end > after + 1 && words.word(end - 1).street_only) {
        parts.suffix = words.word(end - 1).suffix;
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
    let paired = end >= from + 3
        && !pair(words, end - 2).is_empty()
        && words.at(end - 3).len() > 1
        && (end >= from + 4 || words.word(end - 3).suffix.is_empty());
    if paired {
        parts.postdir = pair(words, end - 2);
        return end - 2;
    }
    let start = from + usize::from(end > from + 2 && !words.word(from).direction.is_empty());
    let lettered = end == start + 2
        && words.at(end - 1).len() == 1
        && match words.word(start).suffix {
            "AVE" => start == from || words.at(from).len() == 1,
            "ST" | "RD" => start == from,
            _ => false,
        };
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
            let lettered = words.digit(from + 1) || words.at(from + 1).len() == 1;
            let avenue = words.word(from).suffix == "AVE" && words.at(from) != "AVENUE";
            if length == 2 && avenue && lettered {
                return Cow::Owned(format!("AVENUE {}", words.at(from + 1)));
            }
            if let Some(rest) = text.strip_prefix("SAINT ") {
                return Cow::Owned(format!("ST {rest}"));
            }
        }
    }
    Cow::Borrowed(text)
}
