//! What a single word of an address can mean.

use super::suffix::{STREET_ONLY, SUFFIXES};
use super::{postal, table};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// The meanings of one word; an empty string where it lacks one.
#[derive(Clone, Copy, Default)]
pub(super) struct Word {
    /// Its abbreviation as a street suffix.
    pub suffix: &'static str,
    /// The suffix rarely ends a place name.
    pub street_only: bool,
    /// Its abbreviation as a directional.
    pub direction: &'static str,
    /// Its abbreviation as a unit designator.
    pub unit: &'static str,
    /// How the designator is used.
    pub designator: Designator,
    /// The code of the state it names.
    pub state: &'static str,
    /// The ordinal it spells out, in figures.
    pub ordinal: &'static str,
    /// It can open a numbered road.
    pub route: bool,
    /// It can open the ways to write one, which are more: C R, OLD NC 10.
    pub road: bool,
    /// It can say that a box's number follows.
    pub boxed: bool,
    /// It can end the name of a state of more than one word.
    pub region_end: bool,
    /// It can end the kind of a rural or highway contract route.
    pub postal_end: bool,
}

/// How a unit designator is used: Publication 28, Appendix C2.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Designator {
    /// The word is none.
    #[default]
    None,
    /// A value follows, and the word is rarely anything else: APT, STE.
    Strong,
    /// A value follows, but the word is also found in street names: LOT, PIER.
    Weak,
    /// It stands alone: REAR, LOBBY.
    Alone,
}

/// A word without meaning.
pub(super) static UNKNOWN: Word = Word {
    suffix: "",
    street_only: false,
    direction: "",
    unit: "",
    designator: Designator::None,
    state: "",
    ordinal: "",
    route: false,
    road: false,
    boxed: false,
    region_end: false,
    postal_end: false,
};

/// The meanings of `word`, given in capitals. A figure has none.
pub(super) fn look_up(word: &str) -> &'static Word {
    if word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return &UNKNOWN;
    }
    WORDS.get(word).unwrap_or(&UNKNOWN)
}

/// Whether `word` may have its number glued to it, as in SUITE100.
pub(super) fn takes_number(word: &str) -> bool {
    look_up(word).designator == Designator::Strong || matches!(word, "BOX" | "POB" | "POBOX")
}

/// A hash in the manner of FNV-1a, eight bytes at a time: short keys from a fixed vocabulary need no
/// protection from chosen collisions.
#[derive(Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn mix(&mut self, eight: u64) {
        let mixed = (self.0 ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        for &eight in chunks {
            self.mix(u64::from_le_bytes(eight));
        }
        if !rest.is_empty() {
            self.mix(
                rest.iter()
                    .fold(0, |eight, &byte| eight << 8 | u64::from(byte)),
            );
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }
}

fn last_word(name: &'static str) -> &'static str {
    name.rsplit(' ').next().unwrap_or(name)
}

type Dictionary = HashMap<&'static str, Word, BuildHasherDefault<Fnv>>;

static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut words = Dictionary::default();
    for &(standard, variants) in SUFFIXES {
        for variant in std::iter::once(standard).chain(variants.split(' ')) {
            let word: &mut Word = words.entry(variant).or_default();
            word.suffix = standard;
            word.street_only = STREET_ONLY.contains(&standard);
        }
    }
    for &(name, standard) in table::DIRECTIONS {
        words.entry(name).or_default().direction = standard;
    }
    for &(name, standard, designator) in table::UNITS {
        let word = words.entry(name).or_default();
        word.unit = standard;
        word.designator = designator;
    }
    for &(name, code) in table::STATES {
        words.entry(name).or_default().state = code;
    }
    for &(name, figures) in table::ORDINALS {
        words.entry(name).or_default().ordinal = figures;
    }
    for &name in table::ROUTE_WORDS {
        let word = words.entry(name).or_default();
        (word.route, word.road) = (true, true);
    }
    for &name in table::ROAD_WORDS {
        words.entry(name).or_default().road = true;
    }
    for &name in postal::BOX_WORDS {
        words.entry(name).or_default().boxed = true;
    }
    for &(name, _) in table::LONG_STATES {
        words.entry(last_word(name)).or_default().region_end = true;
    }
    for &(name, _) in postal::KINDS {
        words.entry(last_word(name)).or_default().postal_end = true;
    }
    words.remove("");
    words
});
