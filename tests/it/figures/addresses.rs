//! Labelled addresses, and the cases of other parsers.

mod expected;
mod street;
mod suites;

use std::collections::BTreeMap;
use std::fs;

use lockgate::clean::address::{Address, parse};
use serde_json::Value;

use super::{at_least, data, share};
use expected::{Labels, expected};
use street::{Pub28, is_crossing, same_crossing};

/// Capitals and digits, every other mark as one blank.
fn plain(text: &str) -> String {
    let upper = text.to_uppercase();
    let words = upper
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A label's text as the standard writes that part, by reading it in a plain street.
fn standard_of(text: &str, frame: &str, part: fn(Address) -> Option<String>) -> String {
    let read = part(parse(&frame.replace("{}", text)));
    plain(read.as_deref().unwrap_or(text))
}

/// Both directionals as one component: some labels call what stands behind the name one before it.
fn directionals(mut two: [String; 2]) -> String {
    two.sort();
    two.concat()
}

fn found(address: &Address) -> BTreeMap<&'static str, String> {
    let text = |part: &Option<String>| plain(part.as_deref().unwrap_or_default());
    BTreeMap::from([
        ("number", text(&address.number).replace(' ', "")),
        ("predir", text(&address.predir)),
        (
            "directionals",
            directionals([text(&address.predir), text(&address.postdir)]),
        ),
        ("name", text(&address.name)),
        ("suffix", text(&address.suffix)),
        ("postdir", text(&address.postdir)),
        // REAR and LOBBY have no value: the designator is the unit.
        (
            "unit",
            text(
                address
                    .unit
                    .as_ref()
                    .map_or(&address.unit_type, |_| &address.unit),
            ),
        ),
        ("city", text(&address.city)),
        ("state", text(&address.state)),
        ("zip", text(&address.zip5)),
    ])
}

/// Words that say what a unit or box is and not which.
const DESIGNATORS: &[&str] = &[
    "#", "APT", "BLDG", "BOX", "BUILDING", "FL", "LB", "LBX", "LOCKBOX", "LOT", "NO", "O", "P",
    "PO", "POB", "RM", "RR", "STE", "SUITE", "UNIT",
];

/// The unit's words, whatever designators stand between them.
fn same(part: &str, expected: &str, found: &str) -> bool {
    let bare = |text: &str| {
        let words = text.split(' ').filter(|word| !DESIGNATORS.contains(word));
        words.collect::<String>()
    };
    match part {
        "unit" => bare(expected) == bare(found),
        _ => expected.replace(' ', "") == found.replace(' ', ""),
    }
}

/// What the labels say of one component of an address, and what the cleaner reads.
struct Judged {
    part: &'static str,
    expected: Vec<String>,
    found: String,
    holds: bool,
}

fn judge(raw: &str, labels: &Labels, pub28: &Pub28) -> Vec<Judged> {
    let found = found(&parse(raw));
    let crossing = is_crossing(labels).then(|| same_crossing(labels, &found, pub28));
    let judged = expected(labels, pub28).into_iter().map(|(part, expected)| {
        let holds = match (part, crossing) {
            ("name" | "suffix" | "directionals", Some(crossed)) => crossed,
            _ => expected
                .iter()
                .any(|expected| same(part, expected, &found[part])),
        };
        Judged {
            part,
            expected,
            found: found[part].clone(),
            holds,
        }
    });
    judged.collect()
}

#[test]
fn labelled_addresses_are_read_as_labelled() {
    let Some(path) = data("cases/address_labelled.jsonl") else {
        return;
    };
    let pub28 = Pub28::read().expect("the tables of Publication 28");
    let text = fs::read_to_string(path).expect("a file");
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut whole = (0, 0);
    let tell = std::env::var_os("LOCKGATE_FIGURES").is_some();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let labels = case["components"].as_object().expect("components");
        let raw = case["raw"].as_str().expect("an address");
        let judged = judge(raw, labels, &pub28);
        for Judged {
            part,
            expected,
            found,
            holds,
        } in &judged
        {
            let count = right.entry(part).or_default();
            *count = (count.0 + usize::from(*holds), count.1 + 1);
            if tell && !holds {
                println!("{part}: {raw:?}: expected {expected:?}, found {found:?}");
            }
        }
        let all = judged.iter().all(|judged| judged.holds);
        whole = (whole.0 + usize::from(all), whole.1 + 1);
    }
    for (part, (held, of)) in &right {
        println!("address: {part:12} {}", share(*held, *of));
    }
    println!("address: whole        {}", share(whole.0, whole.1));
    for (part, (held, of)) in right {
        let floor = FLOORS.iter().find(|(name, _)| *name == part);
        at_least(floor.map_or(95.0, |(_, floor)| *floor), held, of, part);
    }
    at_least(WHOLE, whole.0, whole.1, "whole addresses");
}

/// Components whose floor is below the 95 % aimed at.
const FLOORS: &[(&str, f64)] = &[("name", 90.9), ("unit", 94.9)];
/// Whole addresses, above the 85 % aimed at.
const WHOLE: f64 = 87.2;
