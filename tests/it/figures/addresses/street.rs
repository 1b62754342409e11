//! A labelled street, and the same words as Publication 28 parts them.

use std::collections::{BTreeMap, HashMap};

use super::expected::{Labels, label};
use super::plain;
use crate::figures::{data, rows};

/// Publication 28's own words, from the reference data and not from the cleaner.
pub(super) struct Pub28 {
    suffixes: BTreeMap<String, String>,
    directions: BTreeMap<String, String>,
}

impl Pub28 {
    pub(super) fn read() -> Option<Self> {
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
    pub(super) fn spelling(&self, word: &str) -> String {
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
pub(super) struct Street {
    pub(super) name: String,
    pub(super) suffix: String,
    pub(super) directions: [String; 2],
}

impl Street {
    const NAME: &[&str] = &[
        "StreetNamePreModifier",
        "StreetNamePreType",
        "StreetName",
        "StreetNamePostModifier",
    ];

    pub(super) fn labelled(labels: &Labels, pub28: &Pub28) -> Self {
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
    pub(super) fn standard(labels: &Labels, pub28: &Pub28) -> Self {
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

/// Two streets, which the labels tell as one component each, run together.
pub(super) fn is_crossing(labels: &Labels) -> bool {
    labels.contains_key("IntersectionSeparator") || labels.contains_key("CornerOf")
}

/// The standard has no components for two streets: their words count, in Publication 28's spellings, in
/// whatever component they are.
pub(super) fn same_crossing(
    labels: &Labels,
    found: &BTreeMap<&str, String>,
    pub28: &Pub28,
) -> bool {
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
