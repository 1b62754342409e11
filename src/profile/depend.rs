//! Dependencies between columns: one that tells another, and a value that
//! comes with one value only.
//!
//! Both are told only where chance does not explain them: how likely it is that
//! rows dealt at random would agree so well.

use std::sync::Arc;

use crate::outcome::{Dependency, Place};

use super::codes::{Counts, Order};
use super::facet::{Facet, facets};
use super::pairs;
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
pub(super) const PLACES: usize = 5;

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

/// What the sample says that the columns tell of each other.
pub(super) struct Suspected {
    /// One column, or two, that tell another.
    pub tellers: Vec<Teller>,
    pub conditions: Vec<Condition>,
}

/// Columns that tell another one, as far as the sample knows.
pub(super) struct Teller {
    pub from: Vec<usize>,
    pub to: usize,
    /// The logarithm of how likely chance is.
    pub chance: f64,
    pub of: u64,
    pub holds: u64,
    /// Rows of the sample that break it.
    pub off: Vec<usize>,
}

/// A value that comes with one value only, as far as the sample knows.
pub(super) struct Condition {
    pub a: Arc<Facet>,
    pub value: u32,
    pub b: Arc<Facet>,
    pub with: u32,
    pub chance: f64,
    pub rows: u64,
    /// Whether the second comes with the first only, too.
    pub mutual: bool,
}

/// All dependencies of the sample; `foreign` are columns whose values are not
/// their own, `keys` sets of columns that no two rows share.
pub(super) fn search(
    view: &View,
    same: &[Vec<usize>],
    foreign: &[usize],
    keys: &[Vec<usize>],
) -> Suspected {
    let twins: Vec<usize> = same
        .iter()
        .flat_map(|group| group[1..].iter().copied())
        .collect();
    let columns: Vec<usize> = view
        .telling()
        .filter(|at| !twins.contains(at) && !foreign.contains(at))
        .collect();
    let mut tellers = Vec::new();
    for from in &columns {
        for to in columns.iter().filter(|to| *to != from) {
            tellers.extend(column_to_column(view, *from, *to));
        }
    }
    let whole: Vec<(usize, usize)> = tellers.iter().map(|one| (one.from[0], one.to)).collect();
    let conditions = conditions(view, &columns, &whole);
    tellers.sort_by(|a, b| {
        let chance = a.chance.total_cmp(&b.chance);
        chance.then_with(|| a.order(view).cmp(&b.order(view)))
    });
    tellers.truncate(TOLD);
    tellers.extend(pairs::search(view, &columns, &whole, keys));
    Suspected {
        tellers,
        conditions,
    }
}

impl Teller {
    fn order(&self, view: &View) -> (String, String) {
        (view.list(&self.from), view.name(self.to))
    }

    /// Whether it holds in all rows but one in a hundred.
    pub fn holds(of: u64, holds: u64) -> bool {
        of - holds <= 1.max(of / 100) && of >= 10
    }

    /// As it is told, with the rows that break it.
    pub fn told(&self, view: &View, breaking: Vec<Place>) -> Dependency {
        let (of, breaks) = (self.of, self.of - self.holds);
        let how = match breaks {
            0 => format!("in all {}", counted(of, "row")),
            _ => format!("in all but {} of {}", grouped(breaks), counted(of, "row")),
        };
        let verb = match self.from.len() {
            1 => "tells",
            _ => "together tell",
        };
        Dependency {
            says: format!(
                "{} {verb} {} {how}",
                view.list(&self.from),
                view.name(self.to)
            ),
            from: self.from.iter().map(|at| view.names[*at].clone()).collect(),
            to: view.names[self.to].clone(),
            when: None,
            holds: self.holds,
            of,
            breaking,
        }
    }
}

/// `from` tells `to` in all rows but one in a hundred, and not by chance.
fn column_to_column(view: &View, from: usize, to: usize) -> Option<Teller> {
    let rows = view.sample.rows();
    let (a, b) = (&view.sample.columns[from], &view.sample.columns[to]);
    if a.values.len() * 10 > rows * 8 || b.values.len() > a.values.len() {
        return None;
    }
    let groups = Groups::new(view, &view.orders[from], to)?;
    // Two rows of a group agree by chance as often as any two rows do.
    let squares = view.counts[to]
        .iter()
        .map(|n| (*n as f64 / rows as f64).powi(2));
    let agree: f64 = squares.sum();
    let chance = groups.chance(agree);
    (chance <= CHANCE && agree <= 0.9).then(|| Teller {
        from: vec![from],
        to,
        chance,
        of: groups.of,
        holds: groups.holds,
        off: groups.off(&a.codes, &b.codes),
    })
}

/// The rows of a sample by what tells, and the most frequent value told of each.
pub(super) struct Groups {
    /// Of each group the code that most of its rows have.
    mains: Vec<u32>,
    groups: usize,
    pub of: u64,
    pub holds: u64,
}

impl Groups {
    /// `None` as soon as more rows break it than may.
    pub fn new(view: &View, from: &Order, to: usize) -> Option<Self> {
        let told = &view.sample.columns[to];
        let mut counts = Counts::new(told.values.len());
        let mut groups = Self {
            mains: vec![0],
            groups: 0,
            of: from.present(),
            holds: from.present(),
        };
        for (_, rows) in from.groups() {
            let most = counts.of(&told.codes, rows).max_by(|x, y| {
                x.1.cmp(&y.1)
                    .then_with(|| told.value(y.0).cmp(&told.value(x.0)))
            });
            let (code, count) = most.unwrap_or_default();
            groups.mains.push(code);
            groups.groups += usize::from(!rows.is_empty());
            groups.holds -= rows.len() as u64 - count;
            if !Teller::holds(groups.of, groups.holds) {
                return None;
            }
        }
        Teller::holds(groups.of, groups.holds).then_some(groups)
    }

    pub fn len(&self) -> usize {
        self.groups
    }

    /// The logarithm of how likely rows agree so well where any two do with a likelihood of `agree`.
    pub fn chance(&self, agree: f64) -> f64 {
        let pairs = self.of - self.groups as u64;
        agree.ln() * (pairs as f64 - 4.0 * (self.of - self.holds) as f64)
    }

    /// The rows that do not have the value of their group.
    pub fn off(&self, from: &[u32], told: &[u32]) -> Vec<usize> {
        let is_off = |row: &usize| from[*row] != 0 && self.mains[from[*row] as usize] != told[*row];
        (0..from.len()).filter(is_off).collect()
    }
}

/// Values that come with one value of another column, or of another part of their cell, only.
fn conditions(view: &View, columns: &[usize], whole: &[(usize, usize)]) -> Vec<Condition> {
    let facets: Vec<Arc<Facet>> = facets(view, columns).into_iter().map(Arc::new).collect();
    let mut found: Vec<Condition> = Vec::new();
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
                found.push(Condition {
                    a: a.clone(),
                    value,
                    b: b.clone(),
                    with,
                    chance,
                    rows,
                    mutual,
                });
            }
        }
    }
    let says = |one: &Condition| one.told(view, one.rows, Vec::new()).says;
    found.sort_by(|a, b| {
        let chance = a.chance.total_cmp(&b.chance);
        chance.then_with(|| says(a).cmp(&says(b)))
    });
    found.truncate(TOLD);
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

impl Condition {
    /// As it is told; `of` rows have the value, of which `breaking` are not as they should be.
    pub fn told(&self, view: &View, of: u64, breaking: Vec<Place>) -> Dependency {
        let (a, b) = (&self.a, &self.b);
        let only = if self.mutual { "exactly" } else { "only" };
        let texts = (a.text(self.value), b.text(self.with));
        let rows = match of - self.rows {
            0 => counted(of, "row"),
            breaks => format!("all but {} of {}", grouped(breaks), counted(of, "row")),
        };
        let says = match (a.column == b.column, texts) {
            (true, (Some(x), Some(y))) => format!(
                "`{}` comes {only} with `{}` in {} ({rows})",
                shown(x),
                shown(y),
                view.name(a.column),
            ),
            _ => format!(
                "{} {only} where {} ({rows})",
                a.says(view, self.value),
                b.says(view, self.with),
            ),
        };
        let when = [a.text(self.value), b.text(self.with)];
        Dependency {
            says,
            from: vec![view.names[a.column].clone()],
            to: view.names[b.column].clone(),
            when: Some(when.map(|text| text.unwrap_or_default().to_owned())),
            holds: self.rows,
            of,
            breaking,
        }
    }
}
