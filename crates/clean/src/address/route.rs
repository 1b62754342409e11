//! Numbered roads (Publication 28, Appendix F).

use super::fold::Words;
use super::word::look_up;
use std::borrow::Cow;

/// The ways to write each kind of numbered road, longest first where one begins another.
const ROADS: &[(&[&str], &str)] = &[
    (&["FARM", "TO", "MARKET", "ROAD"], "FM"),
    (&["FARM", "TO", "MARKET", "RD"], "FM"),
    (&["FARM", "TO", "MARKET"], "FM"),
    (&["FARM", "ROAD"], "FM"),
    (&["FARM", "RD"], "FM"),
    (&["F", "M"], "FM"),
    (&["FM", "ROAD"], "FM"),
    (&["FM", "RD"], "FM"),
    (&["FM"], "FM"),
    (&["RANCH", "TO", "MARKET", "ROAD"], "RM"),
    (&["RANCH", "TO", "MARKET", "RD"], "RM"),
    (&["RANCH", "TO", "MARKET"], "RM"),
    (&["RM"], "RM"),
    (&["RANCH", "ROAD"], "RANCH ROAD"),
    (&["RANCH", "RD"], "RANCH ROAD"),
    (&["COUNTY", "ROAD"], "COUNTY ROAD"),
    (&["COUNTY", "RD"], "COUNTY ROAD"),
    (&["CNTY", "ROAD"], "COUNTY ROAD"),
    (&["CNTY", "RD"], "COUNTY ROAD"),
    (&["CO", "ROAD"], "COUNTY ROAD"),
    (&["CO", "RD"], "COUNTY ROAD"),
    (&["C", "R"], "COUNTY ROAD"),
    (&["CR"], "COUNTY ROAD"),
    (&["COUNTRY", "ROAD"], "COUNTRY ROAD"),
    (&["COUNTRY", "RD"], "COUNTRY ROAD"),
    (&["PRIVATE", "ROAD"], "PRIVATE ROAD"),
    (&["PRIVATE", "RD"], "PRIVATE ROAD"),
    (&["COUNTY", "HIGHWAY"], "COUNTY HIGHWAY"),
    (&["COUNTY", "HWY"], "COUNTY HIGHWAY"),
    (&["CNTY", "HIGHWAY"], "COUNTY HIGHWAY"),
    (&["CNTY", "HWY"], "COUNTY HIGHWAY"),
    (&["CO", "HIGHWAY"], "COUNTY HIGHWAY"),
    (&["CO", "HWY"], "COUNTY HIGHWAY"),
    (&["STATE", "ROAD"], "STATE ROAD"),
    (&["STATE", "RD"], "STATE ROAD"),
    (&["ST", "ROAD"], "STATE ROAD"),
    (&["ST", "RD"], "STATE ROAD"),
    (&["S", "R"], "STATE ROAD"),
    (&["SR"], "STATE ROAD"),
    (&["STATE", "ROUTE"], "STATE ROUTE"),
    (&["STATE", "RTE"], "STATE ROUTE"),
    (&["STATE", "RT"], "STATE ROUTE"),
    (&["ST", "ROUTE"], "STATE ROUTE"),
    (&["ST", "RTE"], "STATE ROUTE"),
    (&["ST", "RT"], "STATE ROUTE"),
    (&["STATE", "HIGHWAY"], "STATE HIGHWAY"),
    (&["STATE", "HWY"], "STATE HIGHWAY"),
    (&["ST", "HIGHWAY"], "STATE HIGHWAY"),
    (&["ST", "HWY"], "STATE HIGHWAY"),
    (&["SH"], "STATE HIGHWAY"),
    (&["US", "HIGHWAY"], "US HIGHWAY"),
    (&["US", "HWY"], "US HIGHWAY"),
    (&["U", "S", "HIGHWAY"], "US HIGHWAY"),
    (&["U", "S", "HWY"], "US HIGHWAY"),
    (&["US", "ROUTE"], "US ROUTE"),
    (&["US", "RTE"], "US ROUTE"),
    (&["US", "RT"], "US ROUTE"),
    (&["U", "S", "ROUTE"], "US ROUTE"),
    (&["U", "S"], "US HIGHWAY"),
    (&["US"], "US HIGHWAY"),
    (&["INTERSTATE", "HIGHWAY"], "INTERSTATE"),
    (&["INTERSTATE", "HWY"], "INTERSTATE"),
    (&["INTERSTATE"], "INTERSTATE"),
    (&["IH"], "INTERSTATE"),
    (&["I"], "INTERSTATE"),
    (&["TOWNSHIP", "ROAD"], "TOWNSHIP ROAD"),
    (&["TOWNSHIP", "RD"], "TOWNSHIP ROAD"),
    (&["TWP", "ROAD"], "TOWNSHIP ROAD"),
    (&["TWP", "RD"], "TOWNSHIP ROAD"),
    (&["TR"], "TOWNSHIP ROAD"),
    (&["TSR"], "TOWNSHIP ROAD"),
    (&["HIGHWAY", "FM"], "FM"),
    (&["HWY", "FM"], "FM"),
    (&["HIGHWAY"], "HIGHWAY"),
    (&["HIWAY"], "HIGHWAY"),
    (&["HWY"], "HIGHWAY"),
    (&["ROUTE"], "ROUTE"),
    (&["RTE"], "ROUTE"),
    (&["RT"], "ROUTE"),
    (&["LOOP"], "LOOP"),
    (&["ROAD"], "ROAD"),
    (&["RD"], "ROAD"),
];

/// The name of the numbered road whose words start at `from`, and the word after it.
///
/// The road's own type after its number is dropped: FM 3455 RD is FM 3455.
pub(super) fn road(words: &Words, from: usize, end: usize) -> Option<(Cow<'_, str>, usize)> {
    if from >= end || !opens(words, from) {
        return None;
    }
    let (lead, first) = lead(words, from, end);
    if let Some(after) = state_road(words, first, end) {
        return Some((Cow::Borrowed(words.slice(from, after)), after));
    }
    if let Some((kind, number)) = glued(words.at(first)) {
        let after = skip_type(words, first + 1, end);
        return Some((Cow::Owned(format!("{lead}{kind} {number}")), after));
    }
    let (kind, kind_end) = kind(words, first, end)?;
    let number = skip_number_sign(words, kind_end, end);
    let text = words.at(number);
    // SR MM: letters go on doubled behind Z.
    let doubled = text.len() == 2 && text.as_bytes()[0] == text.as_bytes()[1];
    let letters = if doubled || kind.starts_with("COUNTY") {
        2
    } else {
        1
    };
    let lettered = kind.len() > 4
        && text.len() <= letters
        && (text.len() == 1 || !words.word(number).street_only)
        && is_last(words, number + 1, end);
    let road = number < end && (is_road_number(text) || lettered);
    if !road {
        return None;
    }
    let after = skip_type(words, number + 1, end);
    if lead.is_empty() && words.slice(first, kind_end) == kind && number == kind_end {
        return Some((Cow::Borrowed(words.slice(first, number + 1)), after));
    }
    Some((Cow::Owned(format!("{lead}{kind} {text}")), after))
}

/// Whether a word can open a numbered road: its kind, a state, or the kind and the number in one word.
fn opens(words: &Words, at: usize) -> bool {
    let word = words.word(at);
    let glued = || words.digit(at) && !words.at(at).as_bytes()[0].is_ascii_digit();
    word.road || !word.state.is_empty() || glued()
}

/// The word after a state's code and the number of its road: NC 10, OLD SC 9, KY-80.
fn state_road(words: &Words, from: usize, end: usize) -> Option<usize> {
    let old = usize::from(words.at(from) == "OLD");
    let text = words.at(from + old);
    let glued = text
        .split_once('-')
        .filter(|(code, number)| code.len() == 2 && is_road_number(number));
    let word = match glued {
        Some((code, _)) => look_up(code),
        None => words.word(from + old),
    };
    let clear = (glued.is_some() || text.len() == 2)
        && !word.state.is_empty()
        && word.suffix.is_empty()
        && word.direction.is_empty()
        && word.unit.is_empty()
        && !word.route;
    let number = from + old + usize::from(glued.is_none());
    let numbered = glued.is_some() || is_road_number(words.at(number));
    let typed = words.word(number + 1).suffix == "HWY";
    (clear && numbered && number < end && !typed).then_some(number + 1)
}

/// A word that goes before the kind, OLD or a state, with a space after it; and the word after that.
fn lead<'a>(words: &'a Words, from: usize, end: usize) -> (Cow<'a, str>, usize) {
    let text = words.at(from);
    let state = !words.word(from).state.is_empty() && text != "CO";
    let leads = text == "OLD" || state;
    if leads && kind(words, from + 1, end).is_some_and(|(kind, _)| kind.len() > 4) {
        (Cow::Owned(format!("{text} ")), from + 1)
    } else {
        (Cow::Borrowed(""), from)
    }
}

fn kind(words: &Words, from: usize, end: usize) -> Option<(&'static str, usize)> {
    if from >= end || !words.word(from).road || words.at(from) == "OLD" {
        return None;
    }
    let opening = words.at(from);
    ROADS.iter().find_map(|&(names, kind)| {
        let fits = names[0] == opening
            && from + names.len() < end
            && (1..names.len()).all(|i| words.at(from + i) == names[i]);
        fits.then_some((kind, from + names.len()))
    })
}

/// A kind and number in one word: FM685, I-35.
fn glued(text: &str) -> Option<(&'static str, &str)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (kind, number) = text.split_at(letters);
    let number = number.strip_prefix('-').unwrap_or(number);
    if !is_road_number(number) {
        return None;
    }
    let kind = match kind {
        "FM" => "FM",
        "CR" => "COUNTY ROAD",
        "SR" => "STATE ROAD",
        "SH" => "STATE HIGHWAY",
        "US" => "US HIGHWAY",
        "I" | "IH" => "INTERSTATE",
        "HWY" => "HIGHWAY",
        "RT" | "RTE" => "ROUTE",
        _ => return None,
    };
    Some((kind, number))
}

/// Up to five digits and a letter or two: 41, 35W.
fn is_road_number(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text.as_bytes()[digits..];
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    (1..=5).contains(&digits)
        && rest.len() <= 2
        && rest.iter().all(u8::is_ascii_alphabetic)
        && !matches!(rest, b"ST" | b"ND" | b"RD" | b"TH")
}

fn skip_number_sign(words: &Words, at: usize, end: usize) -> usize {
    let sign = matches!(words.at(at), "#" | "NO" | "NUMBER");
    if sign && at + 1 < end { at + 1 } else { at }
}

/// Whether nothing, or a directional alone, stands from `at` on.
fn is_last(words: &Words, at: usize, end: usize) -> bool {
    at >= end || (at + 1 == end && !words.word(at).direction.is_empty())
}

fn skip_type(words: &Words, at: usize, end: usize) -> usize {
    let typed = at < end && matches!(words.word(at).suffix, "RD" | "HWY");
    if typed && is_last(words, at + 1, end) {
        at + 1
    } else {
        at
    }
}
