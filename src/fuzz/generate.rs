//! Raw texts to try: any text, texts of regular expressions, real values, and all of them with small
//! changes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::error::{Error, Result};

/// What texts are made from.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    /// Regular expressions of clean texts.
    pub(super) forms: Vec<String>,
    /// Regular expressions of raw texts.
    pub(super) patterns: Vec<String>,
    /// Raw texts: examples, values of tables, the corpus.
    pub(super) values: Vec<String>,
    /// The columns that values were read of, as `table.column`.
    pub(super) columns: Vec<String>,
}

/// An endless row of texts: the same pool and seed give the same texts.
pub(super) struct Texts {
    strategy: BoxedStrategy<String>,
    runner: TestRunner,
}

impl Texts {
    pub(super) fn new(pool: &Pool, seed: u64) -> Result<Self> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let config = Config {
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Ok(Self {
            strategy: strategy(pool)?,
            runner: TestRunner::new_with_rng(config, rng),
        })
    }

    pub(super) fn take(&mut self, count: usize) -> Result<Vec<String>> {
        let failed = |reason: proptest::test_runner::Reason| {
            Error::engine("making texts", reason.to_string())
        };
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            let tree = self.strategy.new_tree(&mut self.runner).map_err(failed)?;
            texts.push(tree.current());
        }
        Ok(texts)
    }
}

/// Characters that cleaners trip over.
const ODD: &[char] = &[
    '0',
    '1',
    '2',
    '3',
    '5',
    '7',
    '9',
    'a',
    'b',
    'e',
    'n',
    's',
    'x',
    'A',
    'E',
    'I',
    'L',
    'N',
    'S',
    'W',
    'X',
    ' ',
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u{a0}',
    '\u{200b}',
    '\u{feff}',
    '\u{2007}',
    '.',
    ',',
    ';',
    ':',
    '-',
    '\u{2013}',
    '_',
    '/',
    '\\',
    '(',
    ')',
    '[',
    '#',
    '&',
    '+',
    '*',
    '\'',
    '"',
    '\u{2019}',
    '`',
    '%',
    '=',
    '@',
    '|',
    '\u{bd}',
    '\u{e9}',
    '\u{ed}',
    '\u{df}',
    '\u{130}',
    '\u{301}',
    '\u{ff11}',
    '\u{661}',
    '\u{1f600}',
];

/// Pieces that mean something to one cleaner or another.
const PIECES: &[&str] = &[
    " x12", " ext. 3", "+1 ", "1", "1-", ".0", "E+09", " N", " North ", " S ", " NW", " ST",
    " AVE", " # 4", " Apt 4", ", STE 2", " 1/2", "B", " 89101", "-0001", ", NV", " LLC", ", Inc.",
    " & ", " AND ", " - ", " DBA ", "The ", ", The", " II", " 2", "Dr. ", " Jr", ", ", "; ",
    " or ", "  ", " cell", "\n \n",
];

#[derive(Clone, Debug)]
enum Edit {
    Remove(Index),
    Double(Index),
    Swap(Index),
    Insert(Index, char),
    Replace(Index, char),
    Piece(Index, &'static str),
    Append(&'static str),
    Prepend(&'static str),
    Cut(Index),
    Upper,
    Lower,
    Blanks,
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let odd = || select(ODD);
    let piece = || select(PIECES);
    prop_oneof![
        4 => at().prop_map(Edit::Remove),
        2 => at().prop_map(Edit::Double),
        2 => at().prop_map(Edit::Swap),
        4 => (at(), odd()).prop_map(|(at, letter)| Edit::Insert(at, letter)),
        4 => (at(), odd()).prop_map(|(at, letter)| Edit::Replace(at, letter)),
        2 => (at(), piece()).prop_map(|(at, piece)| Edit::Piece(at, piece)),
        3 => piece().prop_map(Edit::Append),
        2 => piece().prop_map(Edit::Prepend),
        1 => at().prop_map(Edit::Cut),
        1 => Just(Edit::Upper),
        1 => Just(Edit::Lower),
        1 => Just(Edit::Blanks),
    ]
}

fn edited(text: String, edits: Vec<Edit>) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for edit in edits {
        let count = letters.len();
        let within = |at: &Index| (count > 0).then(|| at.index(count));
        match edit {
            Edit::Remove(at) => {
                within(&at).map(|at| letters.remove(at));
            }
            Edit::Double(at) => {
                if let Some(at) = within(&at) {
                    letters.insert(at, letters[at]);
                }
            }
            Edit::Swap(at) if count > 1 => {
                let at = at.index(count - 1);
                letters.swap(at, at + 1);
            }
            Edit::Swap(_) => {}
            Edit::Insert(at, letter) => letters.insert(at.index(count + 1), letter),
            Edit::Replace(at, letter) => {
                if let Some(at) = within(&at) {
                    letters[at] = letter;
                }
            }
            Edit::Piece(at, piece) => {
                let at = at.index(count + 1);
                letters.splice(at..at, piece.chars());
            }
            Edit::Append(piece) => letters.extend(piece.chars()),
            Edit::Prepend(piece) => {
                letters.splice(0..0, piece.chars());
            }
            Edit::Cut(at) => letters.truncate(at.index(count + 1)),
            Edit::Upper => letters = letters.iter().flat_map(|c| c.to_uppercase()).collect(),
            Edit::Lower => letters = letters.iter().flat_map(|c| c.to_lowercase()).collect(),
            Edit::Blanks => {
                letters
                    .iter_mut()
                    .filter(|c| **c == ' ')
                    .for_each(|c| *c = '\u{a0}');
                letters.extend(['\u{a0}', ' ']);
            }
        }
    }
    letters.into_iter().collect()
}

fn strategy(pool: &Pool) -> Result<BoxedStrategy<String>> {
    let any_text = prop_oneof![any::<String>(), "\\PC{0,24}", "[ -~]{0,24}"];
    let odd_text =
        vec(select(ODD), 0..24).prop_map(|letters| letters.into_iter().collect::<String>());
    let mut mixed: Vec<(u32, BoxedStrategy<String>)> =
        vec![(2, any_text.boxed()), (2, odd_text.boxed())];
    let mut near: Vec<BoxedStrategy<String>> = Vec::new();
    for pattern in pool.forms.iter().chain(&pool.patterns) {
        let texts = of_pattern(pattern)?;
        mixed.push((3, texts.clone()));
        near.push(texts);
    }
    if !pool.values.is_empty() {
        let values = select(pool.values.clone()).boxed();
        mixed.push((2, values.clone()));
        near.push(values.clone());
        near.push(values);
    }
    if !near.is_empty() {
        let near = proptest::strategy::Union::new(near).boxed();
        let changed =
            (near.clone(), vec(edit(), 1..4)).prop_map(|(text, edits)| edited(text, edits));
        let joined = (
            near.clone(),
            select(&["; ", ", ", " & ", " ", "\n"][..]),
            near,
        )
            .prop_map(|(one, between, other)| format!("{one}{between}{other}"));
        mixed.push((10, changed.boxed()));
        mixed.push((1, joined.boxed()));
    }
    Ok(proptest::strategy::Union::new_weighted(mixed).boxed())
}

/// Texts of a regular expression; its anchors at both ends are taken as read.
fn of_pattern(pattern: &str) -> Result<BoxedStrategy<String>> {
    let inner = pattern.trim_start_matches("\\A").trim_start_matches('^');
    let inner = inner.trim_end_matches("\\z").trim_end_matches('$');
    let texts = string_regex(inner).map_err(|error| {
        Error::engine(
            format!("making texts of the regular expression {pattern}"),
            error,
        )
    })?;
    Ok(texts.boxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pool {
        Pool {
            forms: vec!["[0-9]{5}".to_owned()],
            patterns: vec!["^[0-9]{5}-[0-9]{4}$".to_owned()],
            values: vec!["89101".to_owned()],
            columns: Vec::new(),
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_texts() {
        let take = |seed| {
            Texts::new(&pool(), seed)
                .and_then(|mut texts| texts.take(500))
                .expect("texts")
        };
        assert_eq!(take(7), take(7));
        assert_ne!(take(7), take(8));
    }

    #[test]
    fn texts_are_of_every_kind() {
        let texts = Texts::new(&pool(), 1)
            .and_then(|mut texts| texts.take(2000))
            .expect("texts");
        assert!(texts.iter().any(|text| text == "89101"));
        assert!(
            texts
                .iter()
                .any(|text| text.len() == 10 && text.contains('-'))
        );
        assert!(texts.iter().any(|text| !text.is_ascii()));
        assert!(
            texts
                .iter()
                .any(|text| text.starts_with("89101") && text.len() > 6)
        );
    }
}
