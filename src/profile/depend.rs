//! Dependencies between columns: one that tells another, and a value that
//! comes with one value only.
//!
//! Both are told only where chance does not explain them: how likely it is that
//! rows dealt at random would agree so well.

use std::collections::{BTreeMap, HashMap};

use crate::outcome::Dependency;

use super::facet::{Facet, facets};
use super::view::{View, counted, grouped, shown};

/// The natural logarithm of how likely chance may be at most: one in a million,
/// and one in a thousand for two parts of the same cell.
const CHANCE: f64 = -13.8;
const CHANCE_WITHIN: f64 = -6.9;

/// Rows that a value needs to be told of.
const SUPPORT: u64 = 3;

/// Dependencies told of each sort.
const TOLD: usize = 8;

/// Places shown of rows that break one.
const PLACES: usize = 5;

/// The groups of two and more columns whose values are the same in all rows.
pub(super) fn same(view: &View) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in view.telling() {
        let twin = groups.iter_mut().find(|group| equal(view, group[0], at));
        match twin {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn equal(view: &View, a: usize, b: usize) -> bool {
    let (a, b) = (&view.sample.columns[a], &view.sample.columns[b]);
    a.values.len() == b.values.len() && (0..view.sample.rows()).all(|row| a.at(row) == b.at(row))
}

/// All dependencies; `foreign` are columns whose values are not their own.
pub(super) fn search(view: &View, same: &[Vec<usize>], foreign: &[usize]) -> Vec<Dependency> {
    let twins: Vec<usize> = same
        .iter()
        .flat_map(|group| group[1..].iter().copied())
        .collect();
    let columns: Vec<usize> = view
        .telling()
        .filter(|at| !twins.contains(at) && !foreign.contains(at))
        .collect();
    let mut told = Vec::new();
    let mut whole = Vec::new();
    for from in &columns {
        for to in columns.iter().filter(|to| *to != from) {
            if let Some((chance, dependency)) = column_to_column(view, *from, *to) {
                whole.push((*from, *to));
                told.push((chance, dependency));
            }
        }
    }
    let mut told = likeliest(told);
    told.extend(likeliest(conditions(view, &columns, &whole)));
    told
}

fn likeliest(mut told: Vec<(f64, Dependency)>) -> Vec<Dependency> {
    told.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.says.cmp(&b.1.says)));
    told.truncate(TOLD);
    told.into_iter().map(|(_, dependency)| dependency).collect()
}

/// `from` tells `to` in all rows but one in a hundred, and not by chance.
fn column_to_column(view: &View, from: usize, to: usize) -> Option<(f64, Dependency)> {
    let rows = view.sample.rows();
    let (a, b) = (&view.sample.columns[from], &view.sample.columns[to]);
    if a.values.len() * 10 > rows * 8 || b.values.len() > a.values.len() {
        return None;
    }
    let mut groups: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
    for (a, b) in a.codes.iter().zip(&b.codes).filter(|(a, _)| **a != 0) {
        *groups.entry(*a).or_default().entry(*b).or_default() += 1;
    }
    let of: u64 = groups.values().flat_map(BTreeMap::values).sum();
    let main = |group: &BTreeMap<u32, u64>| {
        let most = group
            .iter()
            .max_by(|x, y| x.1.cmp(y.1).then_with(|| b.value(*y.0).cmp(&b.value(*x.0))));
        most.map_or((0, 0), |(code, count)| (*code, *count))
    };
    let mains: HashMap<u32, (u32, u64)> = groups.iter().map(|(a, g)| (*a, main(g))).collect();
    let holds: u64 = mains.values().map(|(_, count)| count).sum();
    let breaks = of - holds;
    if breaks > 1.max(of / 100) || of < 10 {
        return None;
    }
    // Two rows of a group agree by chance as often as any two rows do.
    let squares = view.counts[to]
        .iter()
        .map(|n| (*n as f64 / rows as f64).powi(2));
    let agree: f64 = squares.sum();
    let pairs: u64 = groups.values().map(|g| g.values().sum::<u64>() - 1).sum();
    let chance = agree.ln() * (pairs as f64 - 4.0 * breaks as f64);
    if chance > CHANCE || agree > 0.9 {
        return None;
    }
    let off: Vec<usize> = (0..rows)
        .filter(|row| {
            a.codes[*row] != 0
                && mains
                    .get(&a.codes[*row])
                    .is_some_and(|m| m.0 != b.codes[*row])
        })
        .collect();
    let how = match breaks {
        0 => format!("in all {}", counted(of, "row")),
        _ => format!("in all but {} of {}", grouped(breaks), counted(of, "row")),
    };
    let dependency = Dependency {
        says: format!("{} tells {} {how}", view.name(from), view.name(to)),
        from: vec![view.names[from].clone()],
        to: view.names[to].clone(),
        when: None,
        holds,
        of,
        breaking: view.places(&off, Some(to), PLACES),
    };
    Some((chance, dependency))
}

/// Values that come with one value of another column, or of another part of their cell, only.
fn conditions(view: &View, columns: &[usize], whole: &[(usize, usize)]) -> Vec<(f64, Dependency)> {
    let facets: Vec<Facet> = facets(view, columns);
    let mut found: Vec<(f64, Dependency)> = Vec::new();
    let mut exact: Vec<[String; 2]> = Vec::new();
    for a in &facets {
        for b in facets.iter().filter(|b| b.is_different(a)) {
            let known =
                whole.contains(&(a.column, b.column)) || whole.contains(&(b.column, a.column));
            if known || b.values.len() > 12 || view.hides(a.column) || view.hides(b.column) {
                continue;
            }
            for (value, with, rows, others) in only_with(a, b) {
                let (chance, limit) = (likely(a, rows, others), limit(a, b));
                if chance > limit {
                    continue;
                }
                let pair = [a.says(view, value), b.says(view, with)];
                // Where two values come with each other only, that is told once.
                let mutual = rows == others;
                let turned = [pair[1].clone(), pair[0].clone()];
                if mutual && exact.contains(&turned) {
                    continue;
                }
                if mutual {
                    exact.push(pair);
                }
                found.push((chance, condition(view, (a, value), (b, with), rows, mutual)));
            }
        }
    }
    found
}

fn limit(a: &Facet, b: &Facet) -> f64 {
    if a.column == b.column {
        CHANCE_WITHIN
    } else {
        CHANCE
    }
}

/// For each value of `a` that comes with one value of `b` only: both, the rows
/// that have the first, and the rows that have the second.
fn only_with(a: &Facet, b: &Facet) -> Vec<(u32, u32, u64, u64)> {
    let mut with: Vec<Option<(u32, u64, bool)>> = vec![None; a.values.len()];
    let mut others: Vec<u64> = vec![0; b.values.len()];
    for (x, y) in a.codes.iter().zip(&b.codes) {
        let entry = with[*x as usize].get_or_insert((*y, 0, true));
        entry.1 += 1;
        entry.2 &= entry.0 == *y;
        others[*y as usize] += 1;
    }
    let only = with.into_iter().zip(0..).filter_map(|(entry, x)| {
        let (y, rows, only) = entry?;
        (only && rows >= SUPPORT).then(|| (x, y, rows, others[y as usize]))
    });
    only.collect()
}

/// The logarithm of how likely `rows` rows drawn from all are among the `others` that have the second value.
fn likely(a: &Facet, rows: u64, others: u64) -> f64 {
    let all = a.codes.len() as u64;
    (0..rows)
        .map(|drawn| ((others - drawn) as f64 / (all - drawn) as f64).ln())
        .sum()
}

fn condition(
    view: &View,
    (a, value): (&Facet, u32),
    (b, with): (&Facet, u32),
    rows: u64,
    mutual: bool,
) -> Dependency {
    let only = if mutual { "exactly" } else { "only" };
    let within = a.column == b.column;
    let says = match (within, a.text(value), b.text(with)) {
        (true, Some(x), Some(y)) => format!(
            "`{}` comes {only} with `{}` in {} ({})",
            shown(x),
            shown(y),
            view.name(a.column),
            counted(rows, "row")
        ),
        _ => format!(
            "{} {only} where {} ({})",
            a.says(view, value),
            b.says(view, with),
            counted(rows, "row")
        ),
    };
    Dependency {
        says,
        from: vec![view.names[a.column].clone()],
        to: view.names[b.column].clone(),
        when: Some([a.text(value), b.text(with)].map(|text| text.unwrap_or_default().to_owned())),
        holds: rows,
        of: rows,
        breaking: Vec::new(),
    }
}
