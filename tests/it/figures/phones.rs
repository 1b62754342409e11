//! Agreement with libphonenumber on messy US numbers, outside the exceptions that are declared.

use std::collections::BTreeMap;

use lockgate::clean::phone::{self, Area, Reason};

use super::{at_least, data, rows, share};

/// Where the cleaner is meant to differ from libphonenumber.
fn exception(input: &str, said: &str, theirs: bool) -> Option<&'static str> {
    let found = phone::parse(input);
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let ten = digits.strip_prefix('1').unwrap_or(&digits).to_owned();
    match found.reason {
        Reason::Fictional555 => Some("555-01XX is fiction"),
        Reason::NxxN11 if theirs => Some("an exchange such as 411"),
        Reason::NpaSpecial if theirs => Some("an area code of a service, not of a place"),
        Reason::NxxStart | Reason::NpaN9x if theirs => {
            Some("toll-free exchanges that start with 0 or 1")
        }
        Reason::Ok | Reason::Multiple if !theirs => {
            let key = found.key.unwrap_or_default();
            if ten == key {
                Some("an area code not assigned yet, or an exchange of it")
            } else if input.chars().any(char::is_alphabetic) {
                Some("a label, or a word for a number that is longer than its digits")
            } else if input.ends_with(".0") {
                Some("a number that a spreadsheet wrote with .0")
            } else if ["001", "011"]
                .iter()
                .any(|prefix| input.starts_with(prefix))
            {
                Some("001 or 011 in front, dialled from abroad")
            } else if input.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
                Some("digits that NFKC folds")
            } else if [",", ";", " / ", "\n"].iter().any(|mark| {
                input
                    .rsplit_once(mark)
                    .is_some_and(|(_, last)| last.bytes().filter(u8::is_ascii_digit).count() >= 10)
            }) {
                Some("more than one number in the cell")
            } else if input.contains(['\t', '\n', '_', ',', '\u{30fb}', '\u{301c}']) {
                Some("a mark between the groups that they stop at")
            } else {
                None
            }
        }
        _ => None,
    }
}

#[test]
fn phones_agree_with_libphonenumber_outside_the_declared_exceptions() {
    let Some(path) = data("cases/phone.csv") else {
        return;
    };
    let (mut asked, mut agreed, mut excepted, mut both, mut same) = (0, 0, 0, 0, 0);
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for row in rows(&path).iter().filter(|row| row["region"] == "US") {
        let (input, category) = (row["input"].as_str(), row["category"].as_str());
        // Valid for them means valid in the US plan: a number of another country is none of ours.
        let theirs = row["is_valid"] == "True" && row["e164"].starts_with("+1");
        let ours = phone::clean(input);
        if ours.is_some() != theirs {
            let class = exception(input, &row["e164"], theirs);
            let told = class.unwrap_or("not declared");
            *classes.entry(told).or_default() += 1;
            println!(
                "differs: {:4} {category:16} {input:?}: ours {ours:?} ({}), theirs {theirs} {}: {told}",
                row["id"],
                phone::reason(input),
                row["e164"]
            );
            if class.is_some() {
                excepted += 1;
                continue;
            }
            unexplained.push(row["id"].clone());
        } else {
            agreed += 1;
        }
        asked += 1;
        if let (Some(key), true) = (ours, theirs) {
            both += 1;
            if row["e164"] == format!("+1{key}") {
                same += 1;
            } else {
                println!(
                    "digits:  {:4} {input:?}: ours {key}, theirs {}",
                    row["id"], row["e164"]
                );
            }
        }
    }
    println!(
        "phone: is_valid agrees, exceptions counted as disagreement: {}",
        share(agreed, asked + excepted)
    );
    println!(
        "phone: is_valid agrees outside the exceptions: {}",
        share(agreed, asked)
    );
    println!(
        "phone: the same ten digits where both are valid: {}",
        share(same, both)
    );
    for (class, count) in &classes {
        println!("phone: {count:4} {class}");
    }
    println!("phone: not declared: {unexplained:?}");
    at_least(97.0, agreed, asked, "phones agree");
    at_least(99.5, same, both, "phones have the same digits");
}

#[test]
fn the_area_of_a_valid_phone_is_the_one_that_libphonenumber_tells() {
    let Some(path) = data("cases/phone.csv") else {
        return;
    };
    let mut held = 0;
    for row in rows(&path).iter().filter(|row| row["is_valid"] == "True") {
        let (input, region) = (row["input"].as_str(), row["region_of_number"].as_str());
        let Some(key) = phone::clean(input).filter(|key| row["e164"] == format!("+1{key}")) else {
            continue;
        };
        let theirs = match (row["number_type"].as_str(), region) {
            ("TOLL_FREE", _) => Area::TollFree,
            (_, "US" | "PR" | "VI" | "GU" | "AS" | "MP") => Area::UnitedStates,
            (_, "CA") => Area::Canada,
            _ => Area::Other,
        };
        assert_eq!(phone::area(input), Some(theirs), "{key} of {region}");
        held += 1;
    }
    assert!(held > 500, "only {held} numbers were compared");
}
