//! What a cell says in a few words: its whole value, one of its words, how its
//! code begins, or only whether it holds anything.

use std::collections::HashMap;

use arrow::array::{BooleanArray, StringArray};
use arrow::compute::kernels::cmp::not_distinct;
use arrow::compute::{is_not_null, is_null};
use arrow::error::ArrowError;

use super::view::{View, shown};

/// Words and beginnings that a facet may have.
const WORDS: usize = 8;

/// Whole values of which each is looked at by itself, at most.
const VALUES: usize = 200;

/// Characters of a code's beginning: a longer one is part of its number.
const BEGINNING: usize = 4;

/// One way to look at a column.
#[derive(Clone, Debug)]
pub(super) struct Facet {
    pub column: usize,
    part: Part,
    pub codes: Vec<u32>,
    pub values: Vec<Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Present,
    Word(usize),
    /// The place of the word, and how many of its characters.
    Beginning(usize, usize),
}

impl Facet {
    /// Each row's text to a code, in order of first appearance.
    fn new(column: usize, part: Part, texts: impl Iterator<Item = Option<String>>) -> Self {
        let mut known: HashMap<Option<String>, u32> = HashMap::new();
        let mut values = Vec::new();
        let codes = texts.map(|text| match known.get(&text) {
            Some(code) => *code,
            None => {
                let code = values.len() as u32;
                values.push(text.clone());
                known.insert(text, code);
                code
            }
        });
        let codes = codes.collect();
        Self {
            column,
            part,
            codes,
            values,
        }
    }

    /// Two parts of one cell tell something where neither is the other's beginning.
    pub fn is_different(&self, other: &Self) -> bool {
        let apart = match (self.part, other.part) {
            (Part::Word(a), Part::Word(b)) => a != b,
            (Part::Word(a), Part::Beginning(b, _)) | (Part::Beginning(a, _), Part::Word(b)) => {
                a != b
            }
            (Part::Beginning(a, _), Part::Beginning(b, _)) => a != b,
            _ => false,
        };
        match self.column == other.column {
            true => apart,
            // Parts of a cell are held against the cell's other parts only: fewer chances to err.
            false => {
                let whole = |part| matches!(part, Part::Whole | Part::Present);
                whole(self.part) && whole(other.part)
            }
        }
    }

    /// Which cells have the value of a code.
    ///
    /// # Errors
    /// Of the kernels.
    pub fn mask(&self, code: u32, cells: &StringArray) -> Result<BooleanArray, ArrowError> {
        let begins = |place: usize, length: Option<usize>| {
            let text = self.text(code);
            let has = |cell: Option<&str>| {
                let word = cell.and_then(|cell| cell.split_whitespace().nth(place));
                Some(word.and_then(|word| word.get(..length.unwrap_or(word.len()))) == text)
            };
            Ok(cells.iter().map(has).collect())
        };
        match (self.part, self.text(code)) {
            (Part::Whole, Some(text)) => not_distinct(cells, &StringArray::new_scalar(text)),
            (Part::Present, Some(_)) => is_not_null(cells),
            (Part::Whole | Part::Present, None) => is_null(cells),
            (Part::Word(place), _) => begins(place, None),
            (Part::Beginning(place, length), _) => begins(place, Some(length)),
        }
    }

    pub fn text(&self, code: u32) -> Option<&str> {
        self.values.get(code as usize)?.as_deref()
    }

    /// `Status` is `Active`; `Status` is empty.
    pub fn says(&self, view: &View, code: u32) -> String {
        let name = view.name(self.column);
        match (self.text(code), self.part) {
            (None, _) => format!("{name} is empty"),
            (Some(_), Part::Present) => format!("{name} is filled"),
            (Some(text), _) => format!("{name} is `{}`", shown(text)),
        }
    }
}

/// The facets of some columns that take more than one value.
pub(super) fn facets(view: &View, columns: &[usize]) -> Vec<Facet> {
    let mut facets = Vec::new();
    for at in columns {
        let coded = &view.sample.columns[*at];
        let rows = 0..view.sample.rows();
        if coded.values.len() <= VALUES {
            let texts = rows.clone().map(|row| coded.at(row).map(str::to_owned));
            facets.push(Facet::new(*at, Part::Whole, texts));
        } else {
            let texts = rows.clone().map(|row| coded.at(row).map(|_| String::new()));
            facets.push(Facet::new(*at, Part::Present, texts));
        }
        if view.forms[*at].is_none() {
            facets.extend(parts(view, *at));
        }
    }
    facets.retain(|facet| facet.values.len() > 1);
    facets
}

/// The words of cells that all have as many, and how those begin that are codes.
fn parts(view: &View, at: usize) -> Vec<Facet> {
    let coded = &view.sample.columns[at];
    let words = |text: &str| text.split_whitespace().count();
    let mut counts = coded.values.iter().map(|value| words(value));
    let Some(first) = counts.next().filter(|count| (2..=12).contains(count)) else {
        return Vec::new();
    };
    if !counts.all(|count| count == first) || coded.codes.contains(&0) {
        return Vec::new();
    }
    let word = |row: usize, place: usize| {
        let mut words = coded.at(row)?.split_whitespace();
        words.nth(place).map(str::to_owned)
    };
    let rows = 0..view.sample.rows();
    let mut found = Vec::new();
    for place in 0..first {
        let whole = Facet::new(
            at,
            Part::Word(place),
            rows.clone().map(|row| word(row, place)),
        );
        if whole.values.len() <= WORDS {
            found.push(whole);
            continue;
        }
        let is_code = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| {
                text.len() > BEGINNING
                    && text.bytes().any(|byte| byte.is_ascii_digit())
                    && text.is_ascii()
            })
        };
        if !whole.values.iter().all(is_code) {
            continue;
        }
        let begun = (1..=BEGINNING).rev().map(|length| {
            let texts = rows
                .clone()
                .map(|row| word(row, place).map(|text| text[..length].to_owned()));
            Facet::new(at, Part::Beginning(place, length), texts)
        });
        found.extend(
            begun
                .into_iter()
                .find(|facet| (2..=WORDS).contains(&facet.values.len())),
        );
    }
    // A code's beginning is what a reader looks for first.
    found.sort_by_key(|facet| matches!(facet.part, Part::Word(_)));
    found
}
