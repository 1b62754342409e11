//! Labelled addresses, and the cases of other parsers.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use lockgate::clean::address::{Address, parse};
use serde_json::Value;

use super::{at_least, data, rows, share};

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

/// Two streets, which the labels tell as one component each, run together.
fn is_crossing(labels: &Labels) -> bool {
    labels.contains_key("IntersectionSeparator") || labels.contains_key("CornerOf")
}

/// The standard has no components for two streets: their words count, in Publication 28's spellings, in
/// whatever component they are.
fn same_crossing(labels: &Labels, found: &BTreeMap<&str, String>, pub28: &Pub28) -> bool {
    let words = |texts: &mut dyn Iterator<Item = String>| {
        let text = texts.collect::<Vec<_>>().join(" ").replace('&', " AND ");
        let mut words: Vec<String> = plain(&text)
            .split(' ')
            .map(|word| pub28.spelling(word))
            .collect();
        words.sort();
        words
    };
    let street = |name: &str| {
        name.starts_with("Street") || ["IntersectionSeparator", "CornerOf"].contains(&name)
    };
    let labelled = labels.iter().filter(|(name, _)| street(name));
    let mut labelled = labelled.map(|(_, text)| text.as_str().unwrap_or_default().to_owned());
    let mut read = ["predir", "name", "suffix", "postdir"]
        .into_iter()
        .map(|part| found[part].clone())
        .filter(|part| !part.is_empty());
    words(&mut labelled) == words(&mut read)
}

type Labels = serde_json::Map<String, Value>;

/// A label's text without the marks round it.
fn bare(text: &str) -> &str {
    text.trim_matches([' ', ',', ';', '(', ')'])
}

/// The texts of those labels, in the order of the address.
fn label(labels: &Labels, names: &[&str]) -> String {
    let texts = labels
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    let texts = texts.filter_map(|(_, text)| text.as_str());
    bare(&texts.collect::<Vec<_>>().join(" ")).to_owned()
}

/// Both directionals as one component: some labels call what stands behind the name one before it.
fn directionals(mut two: [String; 2]) -> String {
    two.sort();
    two.concat()
}

/// Publication 28's own words, from the reference data and not from the cleaner.
struct Pub28 {
    suffixes: BTreeMap<String, String>,
    directions: BTreeMap<String, String>,
}

impl Pub28 {
    fn read() -> Option<Self> {
        let suffixes = rows(&data("reference/pub28_suffixes.csv")?);
        let names = ["variant", "standard_abbrev", "primary_name"];
        let suffixes = suffixes
            .iter()
            .flat_map(|row| names.map(|name| (row[name].clone(), row["standard_abbrev"].clone())));
        let directions = rows(&data("reference/pub28_directionals.csv")?);
        let both = |row: &HashMap<String, String>| {
            [&row["name"], &row["abbrev"]].map(|name| (name.clone(), row["abbrev"].clone()))
        };
        Some(Self {
            suffixes: suffixes.collect(),
            directions: directions.iter().flat_map(both).collect(),
        })
    }

    /// A word as abbreviated in Appendix B or C1.
    fn spelling(&self, word: &str) -> String {
        let known = self
            .directions
            .get(word)
            .or_else(|| self.suffixes.get(word));
        known.map_or(word, String::as_str).to_owned()
    }

    /// A directional's abbreviation; SO and NO are what labelled addresses write beside Appendix B.
    fn direction(&self, text: &str) -> Option<String> {
        let text = plain(text).replace(' ', "");
        let text = match text.as_str() {
            "SO" => "S",
            "NO" => "N",
            text => text,
        };
        self.directions.get(text).cloned()
    }
}

/// A street as labelled, or as Publication 28 parts the same words.
#[derive(Clone, Default)]
struct Street {
    name: String,
    suffix: String,
    directions: [String; 2],
}

impl Street {
    const NAME: &[&str] = &[
        "StreetNamePreModifier",
        "StreetNamePreType",
        "StreetName",
        "StreetNamePostModifier",
    ];

    fn labelled(labels: &Labels, pub28: &Pub28) -> Self {
        let direction = |names: &[&str]| {
            let text = label(labels, names);
            pub28.direction(&text).unwrap_or_else(|| plain(&text))
        };
        // Two of the addresses call a directional after the type `suffix`.
        let post = direction(&["StreetNamePostDirectional", "suffix"]);
        Self {
            name: label(labels, Self::NAME),
            suffix: label(labels, &["StreetNamePostType"]),
            directions: [direction(&["StreetNamePreDirectional"]), post],
        }
    }

    /// The same words as the standard parts them, where the labels part them otherwise:
    ///
    /// - a directional between the name and its type is a word of the name (section 233);
    /// - a type before the number of a road is the beginning of its name (Appendix F);
    /// - a word that Appendix C1 does not list is no suffix but a word of the name (section 234);
    /// - a modifier after the type, or a second word of C1, is the suffix, and the first one is a
    ///   word of the name (section 234);
    /// - a directional that opens or closes the name is the directional (section 233);
    /// - the last word of C1 in a name without a type is its suffix (section 234).
    fn standard(labels: &Labels, pub28: &Pub28) -> Self {
        let mut street = Self::labelled(labels, pub28);
        let at = |name: &str| labels.keys().position(|key| key == name);
        let before = |one: &str, other: &str| at(one).zip(at(other)).is_some_and(|(a, b)| a < b);
        let typed = "StreetNamePostType";
        if before("StreetNamePostDirectional", typed) {
            let text = label(labels, &["StreetNamePostDirectional"]);
            street.name = format!("{} {text}", street.name);
            street.directions[1].clear();
        }
        if before(typed, "StreetName") {
            street.name = format!("{} {}", street.suffix, street.name);
            street.suffix.clear();
        } else if before(typed, "StreetNamePostModifier") {
            let names: Vec<&str> = [Self::NAME, &[typed]].concat();
            (street.name, street.suffix) = (label(labels, &names), String::new());
        } else if !pub28.suffixes.contains_key(&plain(&street.suffix)) {
            street.name = format!("{} {}", street.name, street.suffix);
            street.suffix.clear();
        }
        street.part_name(pub28);
        street
    }

    fn part_name(&mut self, pub28: &Pub28) {
        let name = plain(&self.name);
        let mut words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
        let directed = |word: &str| pub28.direction(word);
        if words.len() > 1
            && self.directions[0].is_empty()
            && let Some(direction) = directed(words[0])
        {
            self.directions[0] = direction;
            words.remove(0);
        }
        if words.len() > 1 && self.suffix.is_empty() {
            if self.directions[1].is_empty()
                && let Some(direction) = directed(words[words.len() - 1])
            {
                self.directions[1] = direction;
                words.pop();
            }
            if words.len() > 1 && pub28.suffixes.contains_key(words[words.len() - 1]) {
                self.suffix = words.pop().unwrap_or_default().to_owned();
            }
        }
        self.name = words.join(" ");
    }
}

/// A label in its own spelling and as the cleaner writes that part of a plain street.
fn spellings(text: &str, frames: &[&str], part: fn(Address) -> Option<String>) -> Vec<String> {
    let frames = frames.iter().filter(|_| !text.is_empty());
    let standard = frames.map(|frame| standard_of(text, frame, part));
    std::iter::once(plain(text)).chain(standard).collect()
}

const UNIT: &[&str] = &[
    "SubaddressType",
    "SubaddressIdentifier",
    "OccupancyType",
    "OccupancyIdentifier",
];
const POSTAL: &[&str] = &[
    "USPSBoxGroupType",
    "USPSBoxGroupID",
    "USPSBoxType",
    "USPSBoxID",
];

/// What the labels say of the unit: with and without its designators, and with the building's name and the
/// box beside the street, which the cleaner keeps with the unit.
fn units(labels: &Labels, street: bool) -> Vec<String> {
    let frames = ["1 Sample St {}", "1 Sample St, {}"];
    let mut units = spellings(&label(labels, UNIT), &frames, |a| a.unit);
    units.push(plain(&label(
        labels,
        &["SubaddressIdentifier", "OccupancyIdentifier"],
    )));
    let building = ["BuildingName", "LandmarkName"];
    let with: &[&[&str]] = if street {
        &[POSTAL, &building]
    } else {
        &[&building]
    };
    for more in with {
        let text = plain(&label(labels, &[UNIT, more].concat()));
        units.push(text.replace("P O BOX", "PO BOX"));
    }
    units
}

/// What the labels say each component is: as labelled, and in the standard's spellings.
fn expected(labels: &Labels, pub28: &Pub28) -> Vec<(&'static str, Vec<String>)> {
    let of = |names: &[&str]| label(labels, names);
    let streets = [
        Street::labelled(labels, pub28),
        Street::standard(labels, pub28),
    ];
    let named = !streets[0].name.is_empty();
    let name = |street: &Street| spellings(&street.name, &["1 {}", "1 {} St", "{}"], |a| a.name);
    let name = if named {
        streets.iter().flat_map(name).collect()
    } else {
        spellings(&of(POSTAL), &["{}"], |a| a.name)
    };
    let suffix = |street: &Street| spellings(&street.suffix, &["1 Sample {}"], |a| a.suffix);
    let directed = |street: &Street| directionals(street.directions.clone());
    let number = of(&[
        "AddressNumberPrefix",
        "AddressNumber",
        "AddressNumberSuffix",
    ]);
    let state = of(&["StateName"]);
    vec![
        (
            "number",
            spellings(&number, &["{} Sample St"], |a| a.number),
        ),
        ("name", name),
        ("suffix", streets.iter().flat_map(suffix).collect()),
        ("directionals", streets.iter().map(directed).collect()),
        ("unit", units(labels, named)),
        ("city", vec![plain(&of(&["PlaceName"]))]),
        (
            "state",
            spellings(&state, &["1 Sample St, Reno, {}"], |a| a.state),
        ),
        ("zip", zips(&plain(&of(&["ZipCode"])), &state)),
    ]
}

/// The first five digits; with the leading zero that a spreadsheet dropped, where the state's codes have one.
fn zips(zip: &str, state: &str) -> Vec<String> {
    let five: String = zip.chars().take(5).collect();
    let padded = zip.len() == 4
        && ["CT", "MA", "ME", "NH", "NJ", "RI", "VT"].contains(&plain(state).as_str());
    let zero = padded.then(|| format!("0{zip}"));
    std::iter::once(five).chain(zero).collect()
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

#[test]
fn labelled_addresses_are_read_as_labelled() {
    let Some(path) = data("cases/address_labelled.jsonl") else {
        return;
    };
    let pub28 = Pub28::read().expect("the tables of Publication 28");
    let text = fs::read_to_string(path).expect("a file");
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut whole, mut asked) = (0, 0);
    let mut thirds = [(0, 0); 3];
    let tell = std::env::var_os("LOCKGATE_FIGURES").is_some();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let labels = case["components"].as_object().expect("components");
        let raw = case["raw"].as_str().expect("an address");
        let found = found(&parse(raw));
        let crossing = is_crossing(labels).then(|| same_crossing(labels, &found, &pub28));
        let mut all = true;
        for (part, expected) in expected(labels, &pub28) {
            let held = match (part, crossing) {
                ("name" | "suffix" | "directionals", Some(crossed)) => crossed,
                _ => expected
                    .iter()
                    .any(|expected| same(part, expected, &found[part])),
            };
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
        let third = &mut thirds[raw.bytes().map(usize::from).sum::<usize>() % 3];
        *third = (third.0 + usize::from(all), third.1 + 1);
    }
    for (part, (held, of)) in &right {
        println!("address: {part:12} {}", share(*held, *of));
    }
    println!("address: whole        {}", share(whole, asked));
    for (held, of) in thirds {
        println!("address: whole, a third {}", share(held, of));
    }
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
const FLOORS: &[(&str, f64)] = &[("name", 90.9), ("unit", 94.9)];
/// Whole addresses, above the 85 % aimed at.
const WHOLE: f64 = 87.2;

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
