//! The US places by state, and the main place of each ZIP code.
//!
//! Made from GeoNames data (CC BY 4.0) by `scripts/build_cities.py`, which describes the form of
//! `cities.txt.gz`. The list decides where a street ends and its city begins; it never corrects a city.

use super::fold::Words;
use super::word::{Fnv, Word, look_up};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

/// The list as the script prints it.
static LIST: LazyLock<String> = LazyLock::new(|| {
    let packed: &[u8] = include_bytes!("cities.txt.gz");
    let mut list = String::new();
    // The bytes are the program's own; a test sees that they unpack.
    let _ = GzDecoder::new(packed).read_to_string(&mut list);
    list
});

/// The most words a place in the list has.
pub(super) const LONGEST: usize = 5;

/// A place of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u16);

struct Places {
    /// The places of a state, by the hash of state and name.
    named: HashMap<u64, u16, BuildHasherDefault<Fnv>>,
    /// The main place of each ZIP code, one more than its number; zero where there is none.
    zips: Vec<u16>,
    /// The number of each state's first place.
    states: Vec<(u16, &'static str)>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let mut places = Places {
        named: HashMap::with_capacity_and_hasher(36_000, BuildHasherDefault::default()),
        zips: vec![0; 100_000],
        states: Vec::new(),
    };
    let mut state = "";
    let mut next: u16 = 0;
    for line in LIST.lines() {
        if let Some(code) = line.strip_prefix('=') {
            state = code;
            places.states.push((next, code));
            continue;
        }
        let codes = line.find(|c: char| c.is_ascii_digit());
        let (name, codes) = line.split_at(codes.unwrap_or(line.len()));
        let mut hash = Search::new(state);
        for word in name.split_ascii_whitespace().rev() {
            hash.add(word, look_up(word));
        }
        places.named.insert(hash.0, next);
        next = next.saturating_add(1);
        mark_zips(&mut places.zips, codes, next);
    }
    places
});

/// Marks each ZIP code of a line's steps with `mark`.
fn mark_zips(zips: &mut [u16], codes: &str, mark: u16) {
    let mut code = 0;
    for step in codes.split_ascii_whitespace() {
        let (times, by) = match step.strip_prefix('*') {
            Some(count) => (count.parse().unwrap_or(1), 1),
            None => (1, step.parse().unwrap_or(0)),
        };
        for _ in 0..times {
            code += by;
            if let Some(slot) = zips.get_mut(code) {
                *slot = mark;
            }
        }
    }
}

/// A look-up of a place by its words, last word first, so that each longer name is one step more.
pub(super) struct Search(u64);

impl Search {
    /// A search among the places of `state`, a two-letter code.
    pub(super) fn new(state: &str) -> Self {
        let mut hash = Fnv::default();
        hash.write(state.as_bytes());
        Self(hash.finish())
    }

    /// Puts word `index` before the words so far and gives the place of that name.
    pub(super) fn extend(&mut self, words: &Words, index: usize) -> Option<Place> {
        self.add(words.at(index), words.word(index));
        PLACES.named.get(&self.0).copied().map(Place)
    }

    fn add(&mut self, text: &str, word: &Word) {
        let mut hash = Fnv::default();
        hash.write(common_form(text, word).as_bytes());
        self.0 = self.0.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash.finish();
    }
}

/// One spelling for the words that place names abbreviate: N LAS VEGAS is NORTH LAS VEGAS, and
/// LONG BCH is LONG BEACH.
pub(super) fn common_form<'a>(text: &'a str, word: &Word) -> &'a str {
    match text {
        "SAINT" => "ST",
        "SAINTE" => "STE",
        "TOWNSHIP" => "TWP",
        _ if !word.direction.is_empty() => word.direction,
        _ if !word.suffix.is_empty() => word.suffix,
        _ => text,
    }
}

/// The main place of a five-digit ZIP code.
pub(super) fn main_of(zip: &str) -> Option<Place> {
    let mark = *PLACES.zips.get(zip.parse::<usize>().ok()?)?;
    mark.checked_sub(1).map(Place)
}

/// The state a five-digit ZIP code lies in.
pub(super) fn state_of(zip: &str) -> Option<&'static str> {
    let Place(number) = main_of(zip)?;
    let after = PLACES.states.partition_point(|&(first, _)| first <= number);
    PLACES
        .states
        .get(after.checked_sub(1)?)
        .map(|&(_, code)| code)
}

/// Whether the words `from..to` are a place of any state.
pub(super) fn is_place(words: &Words, from: usize, to: usize) -> bool {
    to - from <= LONGEST
        && PLACES.states.iter().any(|&(_, state)| {
            let mut search = Search::new(state);
            (from..to)
                .rev()
                .fold(None, |_, index| search.extend(words, index))
                .is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_unpacks_whole() {
        assert_eq!(LIST.lines().count(), 34791);
        assert!(LIST.starts_with("=AA\n") && LIST.ends_with('\n'));
        assert_eq!(state_of("89501"), Some("NV"));
    }
}
