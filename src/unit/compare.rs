//! Expected rows against found ones: what is missing, what is too many, which cells differ.

use crate::outcome::{Marked, State, TableDiff};

/// Rows of a diff at most; what is more is counted.
const SHOWN: usize = 20;

type Row = Vec<Option<String>>;

/// Two tables of the same columns.
pub(super) struct Table<'a> {
    pub columns: &'a [&'a str],
    /// The columns that name a row; of use only if all of them are compared.
    pub key: &'a [String],
    pub expected: Vec<Row>,
    pub found: Vec<Row>,
}

/// How the comparison came out.
pub(super) struct Compared {
    /// Rows that are not as expected.
    pub count: u64,
    /// Rows that were expected.
    pub of: u64,
    pub told: String,
    pub diff: Option<TableDiff>,
}

impl Table<'_> {
    pub fn compare(self, ordered: bool) -> Compared {
        let right = self.expected.len();
        let key = self.key_places();
        let columns = self.columns;
        let moved: Vec<(Row, Row)> = match ordered {
            false => Vec::new(),
            true => {
                let pairs = self.expected.iter().zip(&self.found);
                let moved = pairs.filter(|(expected, found)| expected != found);
                moved.map(|(e, f)| (e.clone(), f.clone())).collect()
            }
        };
        let (mut missing, mut unexpected) = left_over(self.expected, self.found);
        let in_order = moved.is_empty();
        let only_order = missing.is_empty() && unexpected.is_empty() && !in_order;
        let mut differing = match key {
            Some(key) => by_key(&key, &mut missing, &mut unexpected),
            None => by_likeness(&mut missing, &mut unexpected),
        };
        if only_order {
            differing = moved;
        }
        let counts = [missing.len(), unexpected.len(), differing.len()];
        let count = counts.iter().sum::<usize>() as u64;
        if count == 0 {
            return Compared {
                count,
                of: right as u64,
                told: format!("{} as expected", rows(right)),
                diff: None,
            };
        }
        let told = match only_order {
            true => "the expected rows, in another order".to_owned(),
            false => in_words(counts),
        };
        let marked = marked(differing, missing, unexpected);
        Compared {
            count,
            of: right as u64,
            told,
            diff: Some(TableDiff {
                columns: columns.iter().map(|name| (*name).to_owned()).collect(),
                more: count.saturating_sub(SHOWN as u64),
                rows: marked.take(SHOWN).collect(),
            }),
        }
    }

    fn key_places(&self) -> Option<Vec<usize>> {
        let place = |name: &String| self.columns.iter().position(|column| column == name);
        let places: Option<Vec<usize>> = self.key.iter().map(place).collect();
        places.filter(|places| !places.is_empty())
    }
}

/// The rows of each side that the other lacks; a row that stands twice is two rows.
fn left_over(expected: Vec<Row>, mut found: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    let mut missing = Vec::new();
    for row in expected {
        match found.iter().position(|other| *other == row) {
            Some(at) => drop(found.remove(at)),
            None => missing.push(row),
        }
    }
    // The engine's order is chance where the query has none.
    found.sort();
    (missing, found)
}

/// Takes out the pairs of one key.
fn by_key(key: &[usize], missing: &mut Vec<Row>, unexpected: &mut Vec<Row>) -> Vec<(Row, Row)> {
    let same = |one: &Row, other: &Row| key.iter().all(|at| one.get(*at) == other.get(*at));
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for row in missing.drain(..) {
        match unexpected.iter().position(|other| same(&row, other)) {
            Some(at) => pairs.push((row, unexpected.remove(at))),
            None => left.push(row),
        }
    }
    *missing = left;
    pairs
}

/// Takes out the pairs that agree in at least half of their cells, the most alike first; where one row is left
/// on each side, one cell is enough.
fn by_likeness(missing: &mut Vec<Row>, unexpected: &mut Vec<Row>) -> Vec<(Row, Row)> {
    let alike = |one: &Row, other: &Row| {
        let cells = one.iter().zip(other);
        cells.filter(|(cell, other)| cell == other).count()
    };
    let lone = missing.len() == 1 && unexpected.len() == 1;
    let mut all: Vec<(usize, usize, usize)> = Vec::new();
    for (at, row) in missing.iter().enumerate() {
        for (to, other) in unexpected.iter().enumerate() {
            let same = alike(row, other);
            if same > 0 && (lone || same * 2 >= row.len()) {
                all.push((same, at, to));
            }
        }
    }
    all.sort_by_key(|(same, at, to)| (std::cmp::Reverse(*same), *at, *to));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (_, at, to) in all {
        if taken.iter().all(|(one, other)| *one != at && *other != to) {
            taken.push((at, to));
        }
    }
    taken.sort_unstable();
    let pairs = taken.iter();
    let pairs = pairs.map(|(at, to)| (missing[*at].clone(), unexpected[*to].clone()));
    let pairs = pairs.collect();
    let keep = |rows: &mut Vec<Row>, gone: &dyn Fn(usize) -> bool| {
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            !gone(at - 1)
        });
    };
    keep(missing, &|at| taken.iter().any(|(one, _)| *one == at));
    keep(unexpected, &|at| taken.iter().any(|(_, one)| *one == at));
    pairs
}

fn marked(
    differing: Vec<(Row, Row)>,
    missing: Vec<Row>,
    unexpected: Vec<Row>,
) -> impl Iterator<Item = Marked> {
    let differing = differing.into_iter().map(|(expected, found)| Marked {
        state: State::Differs,
        expected: Some(expected),
        found: Some(found),
    });
    let missing = missing.into_iter().map(|row| Marked {
        state: State::Missing,
        expected: Some(row),
        found: None,
    });
    let unexpected = unexpected.into_iter().map(|row| Marked {
        state: State::Unexpected,
        expected: None,
        found: Some(row),
    });
    differing.chain(missing).chain(unexpected)
}

fn rows(count: usize) -> String {
    match count {
        0 => "no row".to_owned(),
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

fn in_words([missing, unexpected, differing]: [usize; 3]) -> String {
    let parts = [
        (differing, "with other cells"),
        (missing, "missing"),
        (unexpected, "unexpected"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", rows(*count)));
    parts.collect::<Vec<_>>().join(", ")
}
