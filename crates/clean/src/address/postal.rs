//! Post office boxes, rural routes and highway contract routes (Publication 28, sections 24, 25, 28).

use super::fold::Words;
use super::{lead, route};

/// A box or route in an address.
pub(super) struct Postal {
    /// Its words are `from..to`.
    pub from: usize,
    pub to: usize,
    /// `PO BOX 11`, `RR 2 BOX 15` or `HC 6 BOX 3`.
    pub name: String,
}

/// The box or route among the words `from..end`.
pub(super) fn find(words: &Words, from: usize, end: usize) -> Option<Postal> {
    let boxed = |&index: &usize| is_box(words, from, index);
    let first = (from..end).find(boxed);
    // A lockbox is the bank's own; mail goes to the post office box that stands beside it.
    let owned = |&index: &usize| {
        matches!(words.at(index), "BOX" | "BX")
            && box_opens(words, from, index).is_some()
            && words.digit(index + 1)
    };
    let Some(mark) = first.and_then(|first| (first..end).find(owned).or(Some(first))) else {
        return route_alone(words, from, end);
    };
    let value = skip_sign(words, mark + 1, end);
    let to = value_end(words, value, end);
    if to == value {
        return None;
    }
    let number = words.slice(value, to);
    let opens = match words.at(mark) {
        "BOX" | "BX" | "DRAWER" | "CALLER" | "BIN" => box_opens(words, from, mark),
        _ => Some(mark),
    };
    let before = opens.unwrap_or(mark);
    if let Some((kind, route, start)) = route_before(words, from, before) {
        let gap = if route.is_empty() { "" } else { " " };
        let name = format!("{kind}{gap}{route} BOX {number}");
        return Some(Postal {
            from: start,
            to,
            name,
        });
    }
    let alone = || {
        let behind = words.digit(value) && words.digit(from) && mark > from + 1;
        let road = || words.digit(value) && route::road(words, from, mark).is_some();
        let opening = mark == from || lead::units_before(words, mark) == from;
        (opening || behind || road()).then_some(mark)
    };
    let start = opens.or_else(alone)?;
    Some(Postal {
        from: start,
        to,
        name: format!("PO BOX {number}"),
    })
}

/// Whether the word says that a box's number follows. A drawer or a bin is one where nothing but a unit
/// stands before it (section 28).
fn is_box(words: &Words, from: usize, index: usize) -> bool {
    if !words.word(index).boxed {
        return false;
    }
    match words.at(index) {
        "BOX" | "BX" | "POB" | "POBOX" | "LOCKBOX" => true,
        "DRAWER" | "CALLER" | "BIN" => index == from || box_opens(words, from, index).is_some(),
        "PO" => words.number(index + 1) && (index == from || words.delimited(index)),
        _ => false,
    }
}

/// The words that [`is_box`] tells apart.
pub(super) const BOX_WORDS: &[&str] = &[
    "BIN", "BOX", "BX", "CALLER", "DRAWER", "LOCKBOX", "PO", "POB", "POBOX",
];

/// Where the words that say whose box it is begin: P O, PO, POST OFFICE, LOCK.
fn box_opens(words: &Words, from: usize, mark: usize) -> Option<usize> {
    let back = |n: usize| mark.checked_sub(n).filter(|&start| start >= from);
    if let Some(start) = back(2)
        && matches!(words.slice(start, mark), "P O" | "POST OFFICE")
    {
        return Some(start);
    }
    back(1).filter(|&start| matches!(words.at(start), "PO" | "LOCK" | "POSTOFFICE"))
}

/// The route that ends before `end`: its kind, its number, and where it begins.
fn route_before(words: &Words, from: usize, end: usize) -> Option<(&'static str, &str, usize)> {
    let number = end.checked_sub(1).filter(|&number| number >= from)?;
    if !words.digit(number) {
        let (kind, start) = route_kind(words, from, end)?;
        let bare = start == from && end < words.len() && matches!(kind, "RR" | "HC");
        return bare.then_some((kind, "", start));
    }
    for kind in ["RR", "HC"] {
        let glued = words
            .at(number)
            .strip_prefix(kind)
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(route) = glued {
            return Some((kind, route, number));
        }
    }
    if number == from {
        return None;
    }
    let named = match words.at(number - 1) {
        "#" | "NO" | "NUMBER" => number - 1,
        _ => number,
    };
    let (kind, start) = route_kind(words, from, named)?;
    Some((kind, words.at(number), start))
}

/// The ways to write each kind of route, longest first where one ends another.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("HIGHWAY CONTRACT ROUTE", "HC"),
    ("HIGHWAY CONTRACT RTE", "HC"),
    ("HIGHWAY CONTRACT", "HC"),
    ("HWY CONTRACT ROUTE", "HC"),
    ("HWY CONTRACT RTE", "HC"),
    ("HWY CONTRACT", "HC"),
    ("HC ROUTE", "HC"),
    ("HC RTE", "HC"),
    ("STAR ROUTE", "HC"),
    ("STAR RTE", "HC"),
    ("STAR RT", "HC"),
    ("HCR", "HC"),
    ("HC", "HC"),
    ("CMR", "CMR"),
    ("PSC", "PSC"),
    ("UNIT", "UNIT"),
    ("RURAL ROUTE", "RR"),
    ("RURAL RTE", "RR"),
    ("RURAL RT", "RR"),
    ("RFD ROUTE", "RR"),
    ("R D", "RR"),
    ("R R", "RR"),
    ("RD", "RR"),
    ("RFD", "RR"),
    ("RR", "RR"),
    ("ROUTE", "RR"),
    ("RTE", "RR"),
    ("RT", "RR"),
];

fn route_kind(words: &Words, from: usize, end: usize) -> Option<(&'static str, usize)> {
    if !words.word(end.checked_sub(1)?).postal_end {
        return None;
    }
    KINDS.iter().find_map(|&(name, kind)| {
        let start = end.checked_sub(1 + name.bytes().filter(|&b| b == b' ').count())?;
        // RD is a rural delivery only where nothing stands before it.
        let opens = start == from || !matches!(name, "RD" | "R D");
        (start >= from && opens && words.slice(start, end) == name).then_some((kind, start))
    })
}

/// A route that opens the address and names no box.
fn route_alone(words: &Words, from: usize, end: usize) -> Option<Postal> {
    let number = (from + 1..end.min(from + 5)).find(|&index| words.digit(index))?;
    let (kind, route, start) = route_before(words, from, number + 1)?;
    let postal = start == from && !matches!(words.at(from), "ROUTE" | "RTE" | "RT" | "UNIT");
    postal.then(|| Postal {
        from,
        to: number + 1,
        name: format!("{kind} {route}"),
    })
}

fn skip_sign(words: &Words, at: usize, end: usize) -> usize {
    let sign = matches!(words.at(at), "#" | "NO" | "NUMBER");
    if sign && at < end { at + 1 } else { at }
}

/// A box is a number, with a letter after it or two before it perhaps, or a letter.
fn value_end(words: &Words, at: usize, end: usize) -> usize {
    let letter = |index: usize| {
        index < end
            && words.at(index).len() == 1
            && words.at(index).bytes().all(|b| b.is_ascii_alphabetic())
            && !words.delimited(index)
    };
    let series = at + 1 < end && words.digit(at + 1) && words.at(at).len() == 2;
    if series && words.at(at).bytes().all(|b| b.is_ascii_alphabetic()) {
        at + 2
    } else if at < end && words.digit(at) {
        if letter(at + 1) && words.word(at + 1).direction.is_empty() {
            at + 2
        } else {
            at + 1
        }
    } else if letter(at) {
        at + 1
    } else {
        at
    }
}
