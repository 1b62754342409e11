//! Laws of the address cleaner alone.
//!
//! The laws of equal spellings speak of plain addresses: a house number, and a name of words that mean
//! nothing else. Names that are suffixes, directions or cities are held by tests.

use super::super::law::{CASE, same};
use super::super::{Broken, Cleaner, Law};
use super::fold::Words;
use super::split;
use super::suffix::SUFFIXES;
use super::table::{DIRECTIONS, STATES};
use super::word::{Designator, look_up};
use super::{Address, key, parse};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "one_reading",
        statement: "The parts, the clean form and the key are of one reading, and the clean form has the same key.",
        holds: one_reading,
    },
    CASE,
    Law {
        name: "blanks",
        statement: "More blanks, blanks without break, and blanks at the ends change nothing.",
        holds: |cleaner, raw| {
            let wide = format!(" {}\u{a0}", raw.replace(' ', "\u{a0} "));
            same(&cleaner.apply(raw), &cleaner.apply(&wide))
        },
    },
    Law {
        name: "punctuation",
        statement: "A comma at the end changes nothing, nor does a period after each word of a clean form.",
        holds: |cleaner, raw| {
            let clean = cleaner.apply(raw);
            same(&clean, &cleaner.apply(&format!("{raw},")))?;
            let dotted = clean.as_ref().map(|clean| clean.replace(' ', ". "));
            same(&clean, &dotted.and_then(|dotted| cleaner.apply(&dotted)))
        },
    },
    Law {
        name: "no_word_lost",
        statement: "Street and city are the words before the state and the ZIP code, each word once; only the state may stand between them.",
        holds: no_word_lost,
    },
    Law {
        name: "suffix",
        statement: "Each spelling of a plain street's suffix has the same clean form.",
        holds: |cleaner, raw| each(cleaner, raw, suffixes, Same::Form),
    },
    Law {
        name: "name_stays",
        statement: "A plain street called Court, Lake, Loop, Park, Street or Terrace keeps its name.",
        holds: name_stays,
    },
    Law {
        name: "directional",
        statement: "A plain street's directional in letters, with periods or in full has the same clean form.",
        holds: |cleaner, raw| each(cleaner, raw, directionals, Same::Form),
    },
    Law {
        name: "opposite",
        statement: "A plain street's directional turned to another has another key.",
        holds: |cleaner, raw| each(cleaner, raw, turned, Same::Nothing),
    },
    Law {
        name: "unit",
        statement: "A plain address's unit has the same key as APT, STE, UNIT, RM and #.",
        holds: |cleaner, raw| each(cleaner, raw, units, Same::Key),
    },
    Law {
        name: "zip4",
        statement: "A ZIP+4 has the key of its ZIP code.",
        holds: |cleaner, raw| each(cleaner, raw, zip4, Same::Key),
    },
    Law {
        name: "state",
        statement: "A plain address's state in full has the same clean form.",
        holds: |cleaner, raw| each(cleaner, raw, states, Same::Form),
    },
    Law {
        name: "apart",
        statement: "Another house number, name, unit or ZIP code, another state where no ZIP code is, or a plain address \
            without its unit, has another key.",
        holds: |cleaner, raw| each(cleaner, raw, others, Same::Nothing),
    },
];

/// What a changed address shares with the one it was made from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Same {
    Form,
    Key,
    Nothing,
}

/// Tries what `change` makes of a plain address. The clean forms are the cleaner's own, so that a copy of
/// it that is wrong is found out; the match key has no copy.
fn each(
    cleaner: &Cleaner,
    raw: &str,
    change: fn(&Address) -> Vec<Address>,
    shared: Same,
) -> Result<(), Broken> {
    let address = parse(raw);
    if !is_plain(&address) {
        return Ok(());
    }
    let form = address.standard();
    let clean = cleaner.apply(&form);
    for changed in change(&address) {
        let text = changed.standard();
        match shared {
            Same::Form => same(&clean, &cleaner.apply(&text))?,
            Same::Key => same(&key(&form), &key(&text))?,
            Same::Nothing => {
                let one_form = clean.is_some() && clean == cleaner.apply(&text);
                if one_form || key(&form) == key(&text) {
                    let expected = format!("other keys for {form:?} and {text:?}");
                    return Err(Broken::new(expected, "one"));
                }
            }
        }
    }
    Ok(())
}

/// Names that are suffixes too: where a suffix follows, they are no suffix.
const NAMES: [&str; 6] = ["COURT", "LAKE", "LOOP", "PARK", "STREET", "TERRACE"];

fn name_stays(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let address = parse(raw);
    if !is_plain(&address) {
        return Ok(());
    }
    for name in NAMES {
        let text = with(&address, |changed| changed.name = Some(name.to_owned())).standard();
        if let Some(clean) = cleaner.apply(&text)
            && !clean.split(' ').any(|word| word == name)
        {
            return Err(Broken::new(
                format!("{name} in the clean form of {text:?}"),
                format!("{clean:?}"),
            ));
        }
    }
    Ok(())
}

pub(super) fn is_plain(address: &Address) -> bool {
    let meaningless = |text: &str| {
        let word = look_up(text);
        text.len() > 2
            && text.bytes().all(|b| b.is_ascii_alphabetic())
            && word.suffix.is_empty()
            && word.direction.is_empty()
            && word.state.is_empty()
            && word.ordinal.is_empty()
            && word.designator == Designator::None
            && !word.route
            && !matches!(
                text,
                "AND" | "ATTN" | "BOX" | "CMR" | "CNTY" | "OLD" | "PSC" | "SAINT" | "THE"
            )
    };
    let words = |part: &Option<String>| {
        part.as_deref()
            .unwrap_or_default()
            .split(' ')
            .all(|text| text.is_empty() || meaningless(text))
    };
    let digits = |part: &Option<String>| {
        part.as_deref()
            .unwrap_or_default()
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    let suffixed = address
        .suffix
        .as_deref()
        .is_some_and(|suffix| look_up(suffix).street_only);
    address.number.is_some()
        && address.name.is_some()
        && suffixed
        && digits(&address.number)
        && words(&address.name)
        && words(&address.city)
        && digits(&address.unit)
        && digits(&address.zip5)
        && address.unit.is_some() == address.unit_type.is_some()
}

fn one_reading(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let form = cleaner.apply(raw);
    let address = parse(raw);
    let standard = form.is_some().then(|| address.standard());
    same(&form, &standard)?;
    let key = key(raw);
    same(&key, &address.key())?;
    same(&key, &form.as_deref().and_then(super::key))
}

fn no_word_lost(_: &Cleaner, raw: &str) -> Result<(), Broken> {
    let words = Words::of(raw);
    let tail = split::split(&words);
    let (from, to) = tail.city_words;
    let meets = match from.checked_sub(tail.street) {
        Some(0) => true,
        Some(1) => words.word(tail.street).state == tail.state,
        _ => false,
    };
    if meets && from <= to && to <= words.len() {
        Ok(())
    } else {
        let found = format!(
            "a street to word {} and a city from {from} to {to}",
            tail.street
        );
        Err(Broken::new("a city where the street ends", found))
    }
}

fn with(address: &Address, change: impl FnOnce(&mut Address)) -> Address {
    let mut changed = address.clone();
    change(&mut changed);
    changed
}

fn suffixes(address: &Address) -> Vec<Address> {
    let standard = address.suffix.as_deref().unwrap_or_default();
    SUFFIXES
        .iter()
        .filter(|(suffix, _)| *suffix == standard)
        .flat_map(|(_, variants)| variants.split(' ').filter(|variant| !variant.is_empty()))
        .map(|variant| with(address, |changed| changed.suffix = Some(variant.to_owned())))
        .collect()
}

/// The spellings of `direction` besides its abbreviation.
fn spellings(direction: &str) -> impl Iterator<Item = String> {
    let dotted = direction.chars().flat_map(|letter| [letter, '.']).collect();
    let full = DIRECTIONS
        .iter()
        .filter(move |(name, code)| *code == direction && name.len() > 2)
        .map(|(name, _)| (*name).to_owned());
    std::iter::once(dotted).chain(full)
}

fn directionals(address: &Address) -> Vec<Address> {
    let before = address
        .predir
        .iter()
        .flat_map(|direction| spellings(direction));
    let after = address
        .postdir
        .iter()
        .flat_map(|direction| spellings(direction));
    before
        .map(|text| with(address, |changed| changed.predir = Some(text)))
        .chain(after.map(|text| with(address, |changed| changed.postdir = Some(text))))
        .collect()
}

fn turned(address: &Address) -> Vec<Address> {
    let mut others = Vec::new();
    for code in ["N", "S", "E", "W", "NE", "NW", "SE", "SW"] {
        if address
            .predir
            .as_deref()
            .is_some_and(|direction| direction != code)
        {
            others.push(with(address, |changed| {
                changed.predir = Some(code.to_owned())
            }));
        }
        if address
            .postdir
            .as_deref()
            .is_some_and(|direction| direction != code)
        {
            others.push(with(address, |changed| {
                changed.postdir = Some(code.to_owned())
            }));
        }
    }
    others
}

fn units(address: &Address) -> Vec<Address> {
    const SPELLINGS: [&str; 8] = [
        "#",
        "APT",
        "APARTMENT",
        "STE",
        "SUITE",
        "UNIT",
        "RM",
        "ROOM",
    ];
    let collapses = address
        .unit_type
        .as_deref()
        .is_some_and(|unit| SPELLINGS.contains(&unit));
    if !collapses {
        return Vec::new();
    }
    SPELLINGS
        .iter()
        .map(|unit| {
            with(address, |changed| {
                changed.unit_type = Some((*unit).to_owned())
            })
        })
        .collect()
}

fn zip4(address: &Address) -> Vec<Address> {
    let zip = address
        .zip5
        .iter()
        .map(|_| with(address, |changed| changed.zip4 = Some("0001".to_owned())));
    zip.collect()
}

fn states(address: &Address) -> Vec<Address> {
    let Some(code) = address.state.as_deref().filter(|_| address.city.is_some()) else {
        return Vec::new();
    };
    STATES
        .iter()
        .filter(|(name, of)| *of == code && name.len() > 4)
        .map(|(name, _)| with(address, |changed| changed.state = Some((*name).to_owned())))
        .collect()
}

fn others(address: &Address) -> Vec<Address> {
    let longer = |part: &Option<String>| part.as_ref().map(|text| format!("{text}1"));
    let next = |zip: &str| zip.parse::<u32>().map_or(0, |zip| (zip + 1) % 100_000);
    let named = |part: &Option<String>| part.as_ref().map(|text| format!("{text}Q"));
    let mut others = vec![
        with(address, |changed| changed.number = longer(&address.number)),
        with(address, |changed| changed.name = named(&address.name)),
    ];
    if address.unit.is_some() {
        others.push(with(address, |changed| {
            changed.unit = longer(&address.unit)
        }));
        others.push(with(address, |changed| {
            (changed.unit, changed.unit_type) = (None, None)
        }));
    }
    if let Some(zip) = &address.zip5 {
        others.push(with(address, |changed| {
            changed.zip5 = Some(format!("{:05}", next(zip)))
        }));
    } else if address.city.is_some() && address.state.is_some() {
        let states = ["NV", "TX"].into_iter();
        let elsewhere = states.filter(|code| address.state.as_deref() != Some(code));
        others.extend(
            elsewhere.map(|code| with(address, |changed| changed.state = Some(code.to_owned()))),
        );
    }
    others
}
