//! Candidate keys: minimal sets of columns that no two rows share.
//!
//! The search goes level by level over a sample; a superset of a key is never
//! looked at. What repeats in a sample repeats in the table, so only the sets
//! that are unique in it are confirmed over all rows.

use crate::engine::{Engine, Form, Origin, unique_sets};
use crate::error::Result;
use crate::outcome::{Candidate, Place};

use super::view::View;

/// Columns of the widest key looked for.
const WIDEST: usize = 3;

/// Sets confirmed over all rows at one level, at most.
const CONFIRMED: usize = 12;

/// Sets of several columns told.
const TOLD: usize = 4;

/// The keys, likeliest first, as the places of their columns.
pub(super) async fn search(
    engine: &Engine,
    origin: &Origin,
    view: &View,
) -> Result<Vec<Vec<usize>>> {
    let columns: Vec<usize> = (0..view.width())
        .filter(|at| may_identify(view, *at))
        .collect();
    // Every value of a column is read for it: once, not for every set.
    let names_rows: Vec<bool> = (0..view.width())
        .map(|at| is_identifier(view, at))
        .collect();
    let identifies = |set: &[usize]| identifies(view, set, |at| names_rows[at]);
    let mut keys: Vec<Vec<usize>> = Vec::new();
    for width in 1..=WIDEST {
        let sets = sets(&columns, width, &keys);
        let mut unique: Vec<Vec<usize>> = sets
            .into_iter()
            .filter(|set| is_wide_enough(view, set) && !repeats(view, set))
            .filter(|set| is_unique(view, set))
            .collect();
        unique.sort_by_cached_key(|set| (!identifies(set), set.clone()));
        if !view.is_whole() && !unique.is_empty() {
            unique.truncate(CONFIRMED);
            let confirmed = unique_sets(engine, origin, &unique).await?;
            let mut confirmed = confirmed.into_iter();
            unique.retain(|_| confirmed.next().unwrap_or(false));
        }
        if width > 1 {
            unique.truncate(TOLD);
        }
        keys.extend(unique);
        // Wider sets than an identifier are unique by chance.
        if keys.iter().any(|set| identifies(set)) {
            break;
        }
    }
    Ok(keys)
}

/// Keys as they are told.
pub(super) fn told(view: &View, keys: &[Vec<usize>]) -> Vec<Candidate> {
    let told = keys.iter().map(|set| Candidate {
        columns: set.iter().map(|at| view.names[*at].clone()).collect(),
        identifier: identifies(view, set, |at| is_identifier(view, at)),
        repeats: 0,
        of: view.rows,
        breaking: Vec::new(),
    });
    told.collect()
}

/// The columns that are a key but for a few rows, as far as the sample knows; identifiers first.
pub(super) fn almost(view: &View, keys: &[Vec<usize>]) -> Vec<Almost> {
    let columns = (0..view.width()).filter(|at| may_identify(view, *at));
    let almost = columns.filter_map(|at| almost_key(view, at, keys));
    let mut almost: Vec<Almost> = almost.collect();
    almost.sort_by_cached_key(|one| !is_identifier(view, one.at));
    almost
}

/// A key holds no null; lockgate's own columns but a file's name and row say nothing.
fn may_identify(view: &View, at: usize) -> bool {
    let tally = &view.tallies[at];
    let name = view.names[at].as_str();
    let own = view.own[at] && !["file_name", "file_row"].contains(&name);
    tally.nulls == 0 && tally.blanks == 0 && !own && tally.distinct().0 > 1
}

/// Whether its values look as if they were given out to tell rows apart.
pub(super) fn is_identifier(view: &View, at: usize) -> bool {
    if view.own[at] {
        return true;
    }
    let tally = &view.tallies[at];
    match view.forms[at] {
        Some(Form::Integer) => {
            tally.distinct().0 == view.rows || tally.lengths().is_some_and(|l| l[0] >= 4)
        }
        Some(_) => false,
        None => {
            let values = &view.sample.columns[at].values;
            let digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
            let code = |text: &str| {
                let words = text.split_whitespace().count();
                let last = text.split_whitespace().next_back().unwrap_or_default();
                // A number at the end of words may be a ZIP code: there a code mixes both, or is long.
                let long = last.len() >= 6 || last.bytes().any(|byte| byte.is_ascii_alphabetic());
                let apt = words == 1 || words <= 6 && last.len() >= 5 && long;
                apt && digit(last) && !text.contains('@') && text.len() <= 64
            };
            !values.is_empty() && values.iter().all(|value| code(value))
        }
    }
}

fn identifies(view: &View, set: &[usize], names_rows: impl Fn(usize) -> bool) -> bool {
    set.iter()
        .any(|at| names_rows(*at) && view.names[*at] != "file_name")
        && set.iter().all(|at| names_rows(*at))
}

/// The sets of a width that hold no key, in column order.
fn sets(columns: &[usize], width: usize, keys: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..width {
        sets = sets
            .iter()
            .flat_map(|set| {
                let after = columns
                    .iter()
                    .filter(|at| set.last().is_none_or(|last| *at > last));
                after.map(|at| [&set[..], &[*at]].concat())
            })
            .collect();
    }
    sets.retain(|set| !keys.iter().any(|key| key.iter().all(|at| set.contains(at))));
    sets
}

/// Fewer combinations than rows cannot tell the rows apart.
fn is_wide_enough(view: &View, set: &[usize]) -> bool {
    let combinations = set
        .iter()
        .map(|at| view.sample.columns[*at].values.len() as u128);
    combinations.product::<u128>() >= view.sample.rows() as u128
}

/// Whether no two rows of the sample share the values of the set.
fn is_unique(view: &View, set: &[usize]) -> bool {
    // Of the column with the most values the fewest rows are left to be told apart.
    let values = |at: &usize| view.sample.columns[*at].values.len();
    let Some(first) = set.iter().copied().max_by_key(values) else {
        return false;
    };
    let others: Vec<&[u32]> = set
        .iter()
        .filter(|at| **at != first)
        .map(|at| &view.sample.columns[*at].codes[..])
        .collect();
    let mut codes: Vec<[u32; WIDEST]> = Vec::new();
    view.orders[first].groups().all(|(_, rows)| {
        codes.clear();
        codes.extend(rows.iter().map(|row| {
            let mut code = [0; WIDEST];
            for (code, column) in code.iter_mut().zip(&others) {
                *code = column[*row as usize];
            }
            code
        }));
        codes.sort_unstable();
        codes.windows(2).all(|two| two[0] != two[1])
    })
}

/// Whether what all rows told of a single column rules it out as a key.
fn repeats(view: &View, set: &[usize]) -> bool {
    let [at] = set else { return false };
    let (distinct, exact) = view.tallies[*at].distinct();
    exact && distinct < view.rows || repeats_much(view, *at)
}

/// Whether far fewer values than rows rule a column out even as nearly a key: an estimate is off by
/// a few in a hundred.
fn repeats_much(view: &View, at: usize) -> bool {
    view.distinct(at) * 5 < view.rows * 4
}

/// A column that is a key but for a few rows.
pub(super) struct Almost {
    pub at: usize,
    pub repeats: u64,
    pub of: u64,
}

impl Almost {
    /// Whether at most three rows, or one in a hundred, repeat others.
    pub fn holds(repeats: u64, of: u64) -> bool {
        repeats > 0 && repeats <= 3.max(of / 100) && repeats * 20 <= of
    }

    pub fn told(&self, view: &View, breaking: Vec<Place>) -> Candidate {
        Candidate {
            columns: vec![view.names[self.at].clone()],
            identifier: is_identifier(view, self.at),
            repeats: self.repeats,
            of: self.of,
            breaking,
        }
    }
}

fn almost_key(view: &View, at: usize, keys: &[Vec<usize>]) -> Option<Almost> {
    let rows = view.sample.rows();
    let column = &view.sample.columns[at];
    let repeats = rows - column.values.len().min(rows);
    let special = matches!(view.forms[at], None | Some(Form::Phone | Form::Email));
    let apt = special || is_identifier(view, at);
    let is_key = keys.iter().any(|key| key[..] == [at]);
    let (repeats, of) = (repeats as u64, rows as u64);
    // A few repeats among many rows are easily not in the sample.
    let unseen = repeats == 0 && !view.is_whole();
    let holds = unseen || Almost::holds(repeats, of);
    if rows < 20 || !holds || !apt || is_key || view.own[at] || repeats_much(view, at) {
        return None;
    }
    Some(Almost { at, repeats, of })
}
