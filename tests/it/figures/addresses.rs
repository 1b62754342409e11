//! Labelled addresses, and the cases of other parsers.

use std::collections::BTreeMap;
use std::fs;

use lockgate::clean::address::{Address, parse};
use serde_json::Value;

use super::{at_least, data, share};

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

type Labels = serde_json::Map<String, Value>;

/// The texts of those labels, in the order of the address.
fn label(labels: &Labels, names: &[&str]) -> String {
    let texts = labels
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    let text = texts
        .filter_map(|(_, text)| text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    text.trim_matches([' ', ',', ';', '(', ')']).to_owned()
}

/// Both directionals as one component: some labels call what stands behind the name one before it.
fn directionals(mut two: [String; 2]) -> String {
    two.sort();
    two.concat()
}

/// What the labels say each component is: as labelled, and in the standard's spellings.
fn expected(labels: &Labels) -> Vec<(&'static str, Vec<String>)> {
    let of = |names: &[&str]| label(labels, names);
    let read = |text: String, frames: &[&str], part: fn(Address) -> Option<String>| {
        let standard = frames.iter().filter(|_| !text.is_empty());
        let standard = standard.map(|frame| standard_of(&text, frame, part));
        std::iter::once(plain(&text))
            .chain(standard)
            .collect::<Vec<_>>()
    };
    let name = of(&[
        "StreetNamePreModifier",
        "StreetNamePreType",
        "StreetName",
        "StreetNamePostModifier",
    ]);
    let boxed = of(&[
        "USPSBoxGroupType",
        "USPSBoxGroupID",
        "USPSBoxType",
        "USPSBoxID",
    ]);
    let name = if name.is_empty() {
        read(boxed, &["{}"], |a| a.name)
    } else {
        read(name, &["1 {}", "1 {} St", "{}"], |a| a.name)
    };
    let unit = of(&[
        "SubaddressType",
        "SubaddressIdentifier",
        "OccupancyType",
        "OccupancyIdentifier",
    ]);
    let bare = of(&["SubaddressIdentifier", "OccupancyIdentifier"]);
    let mut units = read(unit, &["1 Sample St {}", "1 Sample St, {}"], |a| a.unit);
    units.push(plain(&bare));
    let number = of(&[
        "AddressNumberPrefix",
        "AddressNumber",
        "AddressNumberSuffix",
    ]);
    let direction = |name: &str| {
        let text = of(&[name]);
        let known = (!text.is_empty()).then(|| standard_of(&text, "1 {} Sample St", |a| a.predir));
        known.unwrap_or_default()
    };
    let both = ["StreetNamePreDirectional", "StreetNamePostDirectional"].map(direction);
    vec![
        ("number", read(number, &["{} Sample St"], |a| a.number)),
        ("name", name),
        (
            "suffix",
            read(of(&["StreetNamePostType"]), &["1 Sample {}"], |a| a.suffix),
        ),
        ("directionals", vec![directionals(both)]),
        ("unit", units),
        ("city", vec![plain(&of(&["PlaceName"]))]),
        (
            "state",
            read(of(&["StateName"]), &["1 Sample St, Reno, {}"], |a| a.state),
        ),
        (
            "zip",
            vec![plain(&of(&["ZipCode"])).chars().take(5).collect()],
        ),
    ]
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
        ("unit", text(&address.unit)),
        ("city", text(&address.city)),
        ("state", text(&address.state)),
        ("zip", text(&address.zip5)),
    ])
}

/// The unit's words, whatever designators stand between them.
fn same(part: &str, expected: &str, found: &str) -> bool {
    let bare = |text: &str| {
        let words = text
            .split(' ')
            .filter(|word| !["STE", "APT", "FL", "BLDG", "RM", "UNIT", "LOT"].contains(word));
        words.collect::<String>()
    };
    match part {
        "unit" => bare(expected) == bare(found),
        _ => expected.replace(' ', "") == found.replace(' ', ""),
    }
}

#[test]
fn labelled_addresses_are_read_as_labelled() {
    let Some(path) = data("cases/address_labelled.jsonl") else {
        return;
    };
    let text = fs::read_to_string(path).expect("a file");
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut whole, mut asked) = (0, 0);
    let tell = std::env::var_os("LOCKGATE_FIGURES").is_some();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let labels = case["components"].as_object().expect("components");
        // Two streets in one line are no address.
        if labels.contains_key("IntersectionSeparator") || labels.contains_key("CornerOf") {
            continue;
        }
        let raw = case["raw"].as_str().expect("an address");
        let found = found(&parse(raw));
        let mut all = true;
        for (part, expected) in expected(labels) {
            let held = expected
                .iter()
                .any(|expected| same(part, expected, &found[part]));
            let count = right.entry(part).or_default();
            count.0 += usize::from(held);
            count.1 += 1;
            all &= held;
            if tell && !held {
                println!(
                    "{part}: {raw:?}: expected {expected:?}, found {:?}",
                    found[part]
                );
            }
        }
        whole += usize::from(all);
        asked += 1;
    }
    for (part, (held, of)) in &right {
        println!("address: {part:12} {}", share(*held, *of));
    }
    println!("address: whole        {}", share(whole, asked));
    for (part, (held, of)) in right {
        at_least(
            FLOORS
                .iter()
                .find(|(name, _)| *name == part)
                .map_or(95.0, |(_, floor)| *floor),
            held,
            of,
            part,
        );
    }
    at_least(WHOLE, whole, asked, "whole addresses");
}

/// Components whose floor is below the 95 % aimed at.
const FLOORS: &[(&str, f64)] = &[
    ("directionals", 94.0),
    ("name", 87.0),
    ("suffix", 92.0),
    ("unit", 91.0),
];
/// Whole addresses; 85 % is aimed at.
const WHOLE: f64 = 77.0;

/// What a case of another parser expects of a component, by the names the suites use.
fn of_suite(case: &Value) -> Vec<(&'static str, String)> {
    const NAMES: &[(&str, &str)] = &[
        ("number", "number"),
        ("num", "number"),
        ("house_num", "number"),
        ("address", "number"),
        ("house_number", "number"),
        ("prefix", "predir"),
        ("predir", "predir"),
        ("predirabbrev", "predir"),
        ("street", "street"),
        ("streetname", "name"),
        ("name", "name"),
        ("road", "street"),
        ("type", "suffix"),
        ("streettypeabbrev", "suffix"),
        ("suftype", "suffix"),
        ("suffix", "postdir"),
        ("postdirabbrev", "postdir"),
        ("sufdir", "postdir"),
        ("sec_unit_num", "unit"),
        ("city", "city"),
        ("location", "city"),
        ("state", "state"),
        ("stateabbrev", "state"),
        ("zip", "zip"),
        ("postcode", "zip"),
    ];
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let pairs: Vec<(String, String)> = match &case["expected"] {
        Value::Object(parts) => parts
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
        Value::Array(parts) => parts
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect(),
        _ => Vec::new(),
    };
    let known = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| {
            let (_, part) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some((*part, value))
        });
    known.collect()
}

#[test]
fn the_cases_of_other_parsers_pass_at_a_rate_told_per_suite() {
    let Some(path) = data("cases/address_parse.jsonl") else {
        return;
    };
    let text = fs::read_to_string(path).expect("a file");
    let mut suites: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let address = parse(case["input"].as_str().unwrap_or_default());
        let parts = found(&address);
        let street = ["predir", "name", "suffix", "postdir"].map(|part| parts[part].as_str());
        let street = street
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let holds = of_suite(&case).into_iter().all(|(part, value)| {
            let read = match part {
                "street" | "name" => found(&parse(&format!("1 {value}")))["name"].clone(),
                "predir" => standard_of(&value, "1 {} Sample St", |a| a.predir),
                "postdir" => standard_of(&value, "1 Sample St {}", |a| a.postdir),
                "suffix" => standard_of(&value, "1 Sample {}", |a| a.suffix),
                "state" => standard_of(&value, "1 Sample St, Reno, {}", |a| a.state),
                _ => plain(&value),
            };
            match part {
                "street" | "name" => {
                    parts["name"] == read
                        || parts["name"] == plain(&value)
                        || street == plain(&value)
                }
                part => same(part, &read, &parts[part]) || same(part, &plain(&value), &parts[part]),
            }
        });
        let count = suites
            .entry(case["suite"].as_str().unwrap_or_default().to_owned())
            .or_default();
        count.0 += usize::from(holds);
        count.1 += 1;
    }
    for (suite, (held, of)) in &suites {
        println!("address: {suite:26} {}", share(*held, *of));
    }
    assert!(!suites.is_empty());
}
