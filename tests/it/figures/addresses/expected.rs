//! What the labels of an address say each component is.

use lockgate::clean::address::Address;
use serde_json::Value;

use super::street::{Pub28, Street};
use super::{directionals, plain, standard_of};

pub(super) type Labels = serde_json::Map<String, Value>;

/// A label's text without the marks round it.
fn bare(text: &str) -> &str {
    text.trim_matches([' ', ',', ';', '(', ')'])
}

/// The texts of those labels, in the order of the address.
pub(super) fn label(labels: &Labels, names: &[&str]) -> String {
    let texts = labels
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    let texts = texts.filter_map(|(_, text)| text.as_str());
    bare(&texts.collect::<Vec<_>>().join(" ")).to_owned()
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
pub(super) fn expected(labels: &Labels, pub28: &Pub28) -> Vec<(&'static str, Vec<String>)> {
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
