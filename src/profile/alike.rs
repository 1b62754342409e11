//! Columns that hold the same value in all rows, or in all but a few.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array, BooleanArray, StringArray};
use arrow::compute::kernels::cmp::distinct;
use arrow::compute::or;
use arrow::error::ArrowError;

use crate::engine::{First, Scanned, Spot};

use super::depend::{CHANCE, Teller};
use super::view::View;

/// Ways in which the columns of a group differ that are told apart.
const WAYS: usize = 1000;

/// Columns that are the same but for some rows.
pub(super) struct Alike {
    pub columns: Vec<usize>,
    /// Rows in which they are not all the same.
    pub breaks: u64,
    /// The first of them, with the value that is the odd one.
    pub rows: Vec<Spot>,
}

/// The groups of two and more columns that the sample takes for the same: each is so with the first.
pub(super) fn suspected(view: &View) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in view.telling() {
        match groups.iter_mut().find(|group| is_alike(view, group[0], at)) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn is_alike(view: &View, a: usize, b: usize) -> bool {
    let rows = view.sample.rows();
    let (left, right) = (&view.sample.columns[a], &view.sample.columns[b]);
    let differ = (0..rows).filter(|row| left.at(*row) != right.at(*row));
    // One more than may be is enough to know.
    let breaks = differ.take(rows / 100 + 2).count() as u64;
    breaks == 0 || holds(rows as u64, breaks) && !is_chance(view, [a, b], breaks)
}

fn holds(of: u64, breaks: u64) -> bool {
    breaks == 0 || Teller::holds(of, of - breaks)
}

/// Whether columns that know nothing of each other would agree as well: two that hardly ever
/// hold anything else do.
fn is_chance(view: &View, [a, b]: [usize; 2], breaks: u64) -> bool {
    let rows = view.sample.rows() as f64;
    let shares = |at: usize| {
        let values = view.sample.columns[at]
            .values
            .iter()
            .map(|value| Some(&**value));
        let counts = view.counts[at].iter().map(|count| *count as f64 / rows);
        std::iter::once(None).chain(values).zip(counts)
    };
    let right: HashMap<Option<&str>, f64> = shares(b).collect();
    let both = shares(a).map(|(value, share)| share * right.get(&value).copied().unwrap_or(0.0));
    let agree: f64 = both.sum();
    agree > 0.9 || agree.ln() * (rows - 4.0 * breaks as f64) > CHANCE
}

/// A group that is watched over all rows.
pub(super) struct Watch {
    columns: Vec<usize>,
    of: u64,
    /// The rows in which not all are the same, by which columns are: for each column the place of
    /// the first that has its value.
    off: BTreeMap<Vec<usize>, (u64, First)>,
}

impl Watch {
    pub fn new(columns: Vec<usize>) -> Self {
        Self {
            columns,
            of: 0,
            off: BTreeMap::new(),
        }
    }

    /// # Errors
    /// Of the kernels.
    pub fn see(&mut self, rows: &Scanned) -> Result<(), ArrowError> {
        let columns: Vec<&StringArray> = self.columns.iter().map(|at| rows.column(*at)).collect();
        let mut off = BooleanArray::from(vec![false; rows.rows]);
        for other in &columns[1..] {
            off = or(&off, &distinct(columns[0], other)?)?;
        }
        self.of += rows.rows as u64;
        let mut ways: BTreeMap<Vec<usize>, Vec<bool>> = BTreeMap::new();
        for row in off.values().set_indices() {
            let mut way = way(&columns, row);
            if !self.off.contains_key(&way) && self.off.len() + ways.len() >= WAYS {
                way = (0..columns.len()).collect();
            }
            let mask = ways.entry(way).or_insert_with(|| vec![false; rows.rows]);
            mask[row] = true;
        }
        for (way, mask) in ways {
            let mask = BooleanArray::from(mask);
            let odd = self.columns[odd(&way)];
            let (count, first) = self.off.entry(way).or_default();
            *count += mask.true_count() as u64;
            first.see_all(rows, &mask, odd)?;
        }
        Ok(())
    }

    /// The groups that all rows know: each column is the same as the first of its group, but for
    /// one row in a hundred.
    pub fn told(&self) -> Vec<Alike> {
        let differ = |a: usize, b: usize| self.count(|way| way[a] != way[b]);
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for place in 0..self.columns.len() {
            let own = groups
                .iter_mut()
                .find(|group| holds(self.of, differ(group[0], place)));
            match own {
                Some(group) => group.push(place),
                None => groups.push(vec![place]),
            }
        }
        groups.retain(|group| group.len() > 1);
        let told = groups.iter().map(|group| {
            let is_off = |way: &[usize]| group.iter().any(|place| way[*place] != way[group[0]]);
            let mut rows = First::default();
            let off = self.off.iter().filter(|(way, _)| is_off(way));
            off.for_each(|(_, (_, first))| rows.extend(&first.0));
            Alike {
                columns: group.iter().map(|place| self.columns[*place]).collect(),
                breaks: self.count(is_off),
                rows: rows.0,
            }
        });
        told.collect()
    }

    fn count(&self, is: impl Fn(&[usize]) -> bool) -> u64 {
        let of_way = self.off.iter().filter(|(way, _)| is(way));
        of_way.map(|(_, (count, _))| count).sum()
    }
}

/// For each column the place of the first that has its value.
fn way(columns: &[&StringArray], row: usize) -> Vec<usize> {
    let cells = columns
        .iter()
        .map(|column| column.is_valid(row).then(|| column.value(row)));
    let cells: Vec<Option<&str>> = cells.collect();
    let first = |cell| cells.iter().position(|known| known == cell);
    cells
        .iter()
        .map(|cell| first(cell).unwrap_or_default())
        .collect()
}

/// The column whose value the fewest have, the last of several.
fn odd(way: &[usize]) -> usize {
    let alike = |place: &usize| way.iter().filter(|other| **other == way[*place]).count();
    (0..way.len()).rev().min_by_key(alike).unwrap_or_default()
}
