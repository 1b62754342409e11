//! Where the street ends: country, ZIP code, state and city are taken off the end of the words.

use super::cities::{self, Search};
use super::fold::Words;
use super::guess;
use super::name;
use super::table::LONG_STATES;
use super::word::Designator;
use std::borrow::Cow;

/// What stands after the street.
pub(super) struct Tail<'a> {
    /// The street is the words before this one.
    pub street: usize,
    pub city: &'a str,
    /// Where the city's words are.
    pub city_words: (usize, usize),
    pub state: &'static str,
    pub zip5: Cow<'a, str>,
    pub zip4: &'a str,
}

/// Takes the tail off `words`.
pub(super) fn split(words: &Words) -> Tail<'_> {
    let end = region_end(words).unwrap_or_else(|| country(words));
    let mut tail = zip(words, end);
    if tail.zip5.is_empty() {
        tail.state = bare_state(words, &mut tail.street);
    } else {
        tail.state = state_before_zip(words, &mut tail.street, &tail.zip5);
        pad(&mut tail);
    }
    let (from, to) = city(words, tail.street, tail.state, &tail.zip5);
    tail.street = from.min(tail.street);
    let from = from + state_before_city(words, from, to, &mut tail);
    tail.city = words.slice(from, to);
    tail.city_words = (from, to);
    tail
}

/// The end of a state with a ZIP code of its own in the middle of the text: a recipient or a phone number
/// that follows them is no part of the address.
fn region_end(words: &Words) -> Option<usize> {
    let last = words.len().checked_sub(1)?;
    let code = |index: usize| {
        if !words.digit(index) {
            return None;
        }
        let text = words.at(index);
        let zip5 = is_zip4(text).map_or(text, |(zip5, _)| zip5);
        (zip5.len() == 5).then_some(zip5)
    };
    let own = |index: usize| {
        let code = code(index)?;
        let (from, state) = state_at(words, index)?;
        (from > 1 && cities::state_of(code) == Some(state)).then_some(index + 1)
    };
    let found = (3..last).find_map(own)?;
    // 89501 0002 is a ZIP+4.
    let plus4 = words.number(found) && words.len() == found + 1;
    (!plus4).then_some(found)
}

/// Reads the state of the ZIP code where it stands before the city: APT 4 CA LONG BEACH 90807. Gives
/// how many of the city's words it is.
fn state_before_city(words: &Words, from: usize, to: usize, tail: &mut Tail<'_>) -> usize {
    let state = |index: usize| {
        let clear = words.at(index).len() == 2 && !is_ambiguous(words, index, index + 1);
        let state = words.word(index).state;
        (clear && cities::state_of(&tail.zip5) == Some(state)).then_some(state)
    };
    if !tail.state.is_empty() || tail.zip5.is_empty() || from < 2 || from >= to {
        return 0;
    }
    if let Some(state) = state(from - 1) {
        tail.state = state;
        tail.street = from - 1;
        return 0;
    }
    let opening = state(from).filter(|_| from + 1 < to);
    tail.state = opening.unwrap_or("");
    usize::from(opening.is_some())
}

/// The end of the words without a country.
fn country(words: &Words) -> usize {
    let end = words.len();
    if words.digit(end.saturating_sub(1)) {
        return end;
    }
    let ends_with = |names: &[&str]| {
        end > names.len() && (0..names.len()).all(|i| words.at(end - names.len() + i) == names[i])
    };
    let names: [&[&str]; 6] = [
        &["UNITED", "STATES", "OF", "AMERICA"],
        &["UNITED", "STATES"],
        &["U", "S", "A"],
        &["USA"],
        &["US"],
        &["CANADA"],
    ];
    names
        .iter()
        .find(|names| ends_with(names))
        .map(|names| end - names.len())
        .filter(|&left| {
            let after_region = words.number(left - 1) || !words.word(left - 1).state.is_empty();
            words.delimited(left) || after_region || is_zip4(words.at(left - 1)).is_some()
        })
        .unwrap_or(end)
}

fn nothing<'a>(street: usize) -> Tail<'a> {
    Tail {
        street,
        city: "",
        city_words: (street, street),
        state: "",
        zip5: Cow::Borrowed(""),
        zip4: "",
    }
}

/// Takes a ZIP code, a ZIP+4 or a Canadian postal code off the first `end` words.
fn zip(words: &Words, end: usize) -> Tail<'_> {
    let mut tail = nothing(end);
    let Some(last) = end.checked_sub(1) else {
        return tail;
    };
    let text = words.at(last);
    let after_state = |index: usize| {
        index > 0 && (!words.word(index - 1).state.is_empty() || long_state(words, index).is_some())
    };
    if let Some((zip5, zip4)) = is_zip4(text) {
        (tail.street, tail.zip5, tail.zip4) = (last, Cow::Borrowed(zip5), zip4);
    } else if let Some((zip5, zip4)) = is_short_zip4(text)
        && !bare_state(words, &mut { last }).is_empty()
    {
        (tail.street, tail.zip5, tail.zip4) = (last, Cow::Borrowed(zip5), zip4);
    } else if words.number(last) {
        let zip5_before = last > 0 && words.number(last - 1) && words.at(last - 1).len() == 5;
        match text.len() {
            4 if zip5_before && after_state(last - 1) => {
                tail.street = last - 1;
                tail.zip5 = Cow::Borrowed(words.at(last - 1));
                tail.zip4 = text;
            }
            // Too short or too long: only where the state before it is clear of the street, since
            // ST NE 204 is a unit.
            3 | 4 | 6..=8 | 10.. if !bare_state(words, &mut { last }).is_empty() => {
                (tail.street, tail.zip5) = (last, Cow::Borrowed(text));
            }
            5 if last == 0 || after_state(last) || stands_apart(words, last) => {
                (tail.street, tail.zip5) = (last, Cow::Borrowed(text));
            }
            9 if after_state(last) || stands_apart(words, last) => {
                (tail.street, tail.zip5, tail.zip4) = (last, Cow::Borrowed(&text[..5]), &text[5..]);
            }
            _ => {}
        }
    } else if last > 1 && is_postal(words.at(last - 1), text) {
        (tail.street, tail.zip5) = (last - 1, Cow::Borrowed(words.slice(last - 1, end)));
    }
    tail
}

fn is_zip4(text: &str) -> Option<(&str, &str)> {
    let (zip5, zip4) = (text.len() == 10).then(|| text.split_once('-'))??;
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    (digits(zip5, 5) && digits(zip4, 4)).then_some((zip5, zip4))
}

/// A ZIP+4 whose first part is short: 7102-0001.
fn is_short_zip4(text: &str) -> Option<(&str, &str)> {
    let (zip5, zip4) = matches!(text.len(), 8 | 9).then(|| text.split_once('-'))??;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    (zip4.len() == 4 && digits(zip5) && digits(zip4)).then_some((zip5, zip4))
}

/// Whether five digits without a state before them are a ZIP code and no box, unit or road number.
fn stands_apart(words: &Words, index: usize) -> bool {
    let Some(last) = index.checked_sub(1) else {
        return false;
    };
    let before = words.word(last);
    let owned = (before.route && !words.delimited(index) && words.at(last) != "ST")
        || (words.at(last) != "TOWER"
            && matches!(before.designator, Designator::Strong | Designator::Weak))
        || matches!(words.at(last), "BOX" | "AND" | "NO" | "NUMBER");
    let known = || cities::main_of(&words.at(index)[..5]).is_some();
    let house = index > 1 && (words.digit(0) || words.digit(1));
    !owned && (words.delimited(index) || (house && known()))
}

fn is_postal(first: &str, second: &str) -> bool {
    let shape = |text: &str, letters: [bool; 3]| {
        text.len() == 3
            && text.bytes().zip(letters).all(|(b, letter)| {
                if letter {
                    b.is_ascii_uppercase()
                } else {
                    b.is_ascii_digit()
                }
            })
    };
    shape(first, [true, false, true]) && shape(second, [false, true, false])
}

/// The state of more than one word that ends before `end`, and where it begins.
fn long_state(words: &Words, end: usize) -> Option<(usize, &'static str)> {
    let last = end.checked_sub(1)?;
    if !words.word(last).region_end {
        return None;
    }
    let last = words.at(last);
    LONG_STATES.iter().find_map(|&(name, code)| {
        if !name.ends_with(last) {
            return None;
        }
        let from = end.checked_sub(1 + name.bytes().filter(|&b| b == b' ').count())?;
        (words.slice(from, end) == name).then_some((from, code))
    })
}

/// The state that ends before `end`, and where it begins.
fn state_at(words: &Words, end: usize) -> Option<(usize, &'static str)> {
    long_state(words, end).or_else(|| {
        let from = end.checked_sub(1)?;
        let state = words.word(from).state;
        (!state.is_empty()).then_some((from, state))
    })
}

/// Whether a code is also a suffix, a directional, a designator or a Spanish article.
fn is_ambiguous(words: &Words, from: usize, end: usize) -> bool {
    let word = words.word(from);
    let text = words.at(from);
    end - from == 1
        && (text.len() > 2
            || !word.suffix.is_empty()
            || !word.direction.is_empty()
            || !word.unit.is_empty()
            || matches!(text, "LA" | "DE" | "CO" | "FM" | "IN" | "OR" | "ME" | "ON"))
}

fn state_before_zip(words: &Words, end: &mut usize, zip: &str) -> &'static str {
    let Some((from, state)) = state_at(words, *end) else {
        return "";
    };
    let elsewhere = cities::state_of(zip).is_some_and(|other| other != state);
    let misplaced = elsewhere && is_ambiguous(words, from, *end) && !words.delimited(from);
    if misplaced && listed_city(words, from, state, "").is_none() {
        return "";
    }
    *end = from;
    // "Georgia, GA 30075": the name and the code of one state.
    if let Some((again, same)) = state_at(words, from)
        && same == state
        && words.at(again) != "NY"
        && (words.delimited(again) || words.delimited(from))
        && listed_city(words, from, state, "").is_none()
    {
        *end = again;
    }
    state
}

/// The state at the end where no ZIP code follows it. It must be clear of the street.
fn bare_state(words: &Words, end: &mut usize) -> &'static str {
    let Some((from, state)) = state_at(words, *end) else {
        return "";
    };
    let direction = *end - from == 1 && !words.word(from).direction.is_empty();
    if !words.delimited(from) || direction {
        let ambiguous = is_ambiguous(words, from, *end);
        let listed = listed_city(words, from, state, "").map(|(at, _)| at);
        let at = listed.unwrap_or_else(|| guess::city_start(words, from));
        let complete = guess::is_complete(words, at) || words.delimited(at);
        if (listed.is_none() || !complete) && (ambiguous || at == from && !complete) {
            return "";
        }
    }
    *end = from;
    state
}

/// Restores the leading zero that spreadsheets drop, in the states whose codes begin with one. A code
/// that is short elsewhere is damaged and dropped.
fn pad(tail: &mut Tail<'_>) {
    let dropped = matches!(
        tail.state,
        "CT" | "MA" | "ME" | "NH" | "NJ" | "RI" | "VT" | "PR"
    );
    match tail.zip5.len() {
        4 if dropped => tail.zip5 = Cow::Owned(format!("0{}", tail.zip5)),
        3 | 4 | 6..=8 | 10..
            if tail.zip5.as_bytes()[0].is_ascii_digit() && !tail.zip5.contains(' ') =>
        {
            (tail.zip5, tail.zip4) = (Cow::Borrowed(""), "");
        }
        _ => {}
    }
}

/// The words of the city before `end`; an empty range at `end` where there is none.
fn city(words: &Words, end: usize, state: &str, zip: &str) -> (usize, usize) {
    let none = (end, end);
    let known = !state.is_empty() || !zip.is_empty();
    let segment = (1..end).rev().find(|&index| words.delimited(index));
    if !known && segment.is_none() {
        return none;
    }
    let state = if state.is_empty() {
        cities::state_of(zip).unwrap_or("")
    } else {
        state
    };
    if let Some((from, _)) = listed_city(words, end, state, zip) {
        let whole =
            segment.is_some_and(|segment| segment + 1 == from && opens_city(words, segment));
        return (from - usize::from(whole), end);
    }
    let from = match segment {
        Some(from) => guess::city_in_segment(words, from, end, known),
        None => guess::city_start(words, end),
    };
    (from, end)
}

/// The longest run of words before `end` that is a place of the state; the main place of the ZIP code
/// goes first.
fn listed_city(words: &Words, end: usize, state: &str, zip: &str) -> Option<(usize, usize)> {
    let main = cities::main_of(zip);
    let mut search = Search::new(state);
    let mut found = None;
    for from in (end.saturating_sub(cities::LONGEST)..end).rev() {
        let place = search.extend(words, from);
        let street = match from {
            0 => !words.digit(0),
            1 => !words.digit(0) || words.delimited(1),
            _ => true,
        };
        if !street {
            break;
        }
        // SAMPLE ST N E is no street in North East.
        let letters = from + 3 > end && (from..end).all(|index| words.at(index).len() == 1);
        if place.is_some() && (!letters || words.delimited(from)) {
            found = Some((from, end));
            if place == main && !goes_on(words, from) {
                break;
            }
        }
        if words.delimited(from) {
            break;
        }
    }
    found
}

/// Whether a directional before a place belongs to it, because the street has one already or a
/// delimiter stands before it: ELM ST SE E GRAND RAPIDS, W ELM ST EAST HAZEL CREST.
fn goes_on(words: &Words, place: usize) -> bool {
    let Some(at) = place.checked_sub(1) else {
        return false;
    };
    let directed = |index: usize| !words.word(index).direction.is_empty();
    let paired = at > 0 && !name::pair(words, at - 1).is_empty();
    let before = words.delimited(at) || (at > 0 && directed(at - 1));
    let spelled = words.at(at).len() > 2 && at > 3 && words.word(at - 1).street_only;
    directed(at) && !paired && (before || (spelled && words.digit(0) && directed(1)))
}

/// Whether the one word between a delimiter and a known place belongs to the place: N HANOVER.
fn opens_city(words: &Words, index: usize) -> bool {
    let word = words.word(index);
    // The directional of a highway: HWY, N.
    let highway = words.word(index - 1).suffix == "HWY"
        || (index > 1 && words.number(index - 1) && words.word(index - 2).route);
    let directed = highway && word.direction.len() == words.at(index).len();
    !directed
        && !words.digit(index)
        && word.designator == Designator::None
        && word.direction.len() < 2
        && (words.at(index).len() > 1 || !word.direction.is_empty())
        && !word.street_only
}
