//! The cases of other parsers.

use std::collections::BTreeMap;
use std::fs;

use lockgate::clean::address::parse;
use serde_json::Value;

use super::{found, plain, same, standard_of};
use crate::figures::{data, share};

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

/// Whether every component that the case names is read as it says.
fn holds(case: &Value) -> bool {
    let parts = found(&parse(case["input"].as_str().unwrap_or_default()));
    let street = ["predir", "name", "suffix", "postdir"].map(|part| parts[part].as_str());
    let street = street
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    of_suite(case).into_iter().all(|(part, value)| {
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
                parts["name"] == read || parts["name"] == plain(&value) || street == plain(&value)
            }
            part => same(part, &read, &parts[part]) || same(part, &plain(&value), &parts[part]),
        }
    })
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
        let suite = case["suite"].as_str().unwrap_or_default();
        let count = suites.entry(suite.to_owned()).or_default();
        *count = (count.0 + usize::from(holds(&case)), count.1 + 1);
    }
    for (suite, (held, of)) in &suites {
        println!("address: {suite:26} {}", share(*held, *of));
    }
    assert!(!suites.is_empty());
}
