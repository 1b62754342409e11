//! Dependencies between columns: one that tells another, and a value that
//! comes with one value only.
//!
//! Both are told only where chance does not explain them: how likely it is that
//! rows dealt at random would agree so well.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::outcome::{Dependency, Place};

use super::codes::{Counts, Order};
use super::facet::{Facet, facets};
use super::pairs;
use super::view::{View, counted, grouped, shown};

/// The natural logarithm of how likely chance may be at most: one in a million,
/// and one in a thousand for two parts of the same cell.
pub(super) const CHANCE: f64 = -13.8;
const CHANCE_WITHIN: f64 = -6.9;

/// Rows that a value needs to be told of.
const SUPPORT: u64 = 3;

/// Dependencies told of each sort.
const TOLD: usize = 8;

/// What the sample says that the columns tell of each other.
pub(super) struct Suspected {
    /// One column, or two, that tell another.
    pub tellers: Vec<Teller>,
    pub conditions: Vec<Condition>,
    /// Those that are left out because chance explains them better than those told.
    pub left_out: u64,
}

/// Columns that tell another one, as far as the sample knows.
pub(super) struct Teller {
    pub from: Vec<usize>,
    pub to: usize,
    /// The logarithm of how likely chance is.
    pub chance: f64,
    pub of: u64,
    pub holds: u64,
}

/// A value that comes with one value only, as far as the sample knows.
pub(super) struct Condition {
    pub a: Arc<Facet>,
    pub value: u32,
    pub b: Arc<Facet>,
    pub with: u32,
    pub chance: f64,
    /// Rows that have both.
    pub rows: u64,
    /// Whether the second comes with the first only, too.
    pub mutual: bool,
}

/// All dependencies of the sample; of the columns of each group in `alike` only the first is asked.
/// `foreign` are columns whose values are not their own, `keys` sets of columns that no two rows share.
pub(super) fn search(
    view: &View,
    alike: &[Vec<usize>],
    foreign: &[usize],
    keys: &[Vec<usize>],
) -> Suspected {
    let twins: Vec<usize> = alike
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
    let mut conditions = conditions(view, &columns, &whole);
    tellers.sort_by(|a, b| {
        let chance = a.chance.total_cmp(&b.chance);
        chance.then_with(|| a.order(view).cmp(&b.order(view)))
    });
    let mut pairs = pairs::search(view, &columns, &whole, keys);
    let found = tellers.len() + pairs.len() + conditions.len();
    tellers.truncate(TOLD);
    pairs.truncate(pairs::TOLD);
    conditions.truncate(TOLD);
    let told = tellers.len() + pairs.len() + conditions.len();
    tellers.extend(pairs);
    Suspected {
        tellers,
        conditions,
        left_out: (found - told) as u64,
    }
}

impl Teller {
    fn order(&self, view: &View) -> (String, String) {
        (view.list(&self.from), view.name(self.to))
    }

    /// All its columns.
    pub fn columns(&self) -> BTreeSet<usize> {
        let from = self.from.iter().copied();
        from.chain([self.to]).collect()
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
    })
}

/// The rows of a sample by what tells, and the most frequent value told of each.
pub(super) struct Groups {
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
            groups: 0,
            of: from.present(),
            holds: from.present(),
        };
        for (_, rows) in from.groups() {
            let most = counts.of(&told.codes, rows).map(|(_, count)| count).max();
            let count = most.unwrap_or_default();
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
}

/// Values that come with one value of another column, or of another part of their cell, only.
fn conditions(view: &View, columns: &[usize], whole: &[(usize, usize)]) -> Vec<Condition> {
    let facets: Vec<Arc<Facet>> = facets(view, columns).into_iter().map(Arc::new).collect();
    let mut found: Vec<Condition> = Vec::new();
    for a in &facets {
        for b in facets.iter().filter(|b| b.is_different(a)) {
            let known =
                whole.contains(&(a.column, b.column)) || whole.contains(&(b.column, a.column));
            if known || b.values.len() > 12 || view.hides(a.column) || view.hides(b.column) {
                continue;
            }
            for Pair {
                value,
                with,
                rows,
                of,
                others,
            } in only_with(a, b)
            {
                let breaks = of - rows;
                let chance = likely(a, rows.saturating_sub(4 * breaks), others);
                if chance > limit(a, b) {
                    continue;
                }
                let mutual = breaks == 0 && of == others;
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
    // Of the directions of a pair the one found first stays: a code's beginning before its words.
    found.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    let mut found = unimplied(view, found);
    by_chance(view, &mut found);
    found
}

fn by_chance(view: &View, found: &mut [Condition]) {
    let says = |one: &Condition| one.told(view, one.rows, Vec::new()).says;
    found.sort_by(|a, b| {
        let chance = a.chance.total_cmp(&b.chance);
        chance.then_with(|| says(a).cmp(&says(b)))
    });
}

/// Those that others do not imply: where several values come with each other only, what is told of
/// one of them holds of all.
fn unimplied(view: &View, found: Vec<Condition>) -> Vec<Condition> {
    let both = |one: &Condition| [one.a.says(view, one.value), one.b.says(view, one.with)];
    let mut classes: Vec<Vec<String>> = Vec::new();
    let mut told: Vec<[String; 2]> = Vec::new();
    let (mutual, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.mutual);
    let is_new = |one: &Condition| {
        let pair = both(one).map(
            |says| match classes.iter().find(|class| class.contains(&says)) {
                Some(class) => class.clone(),
                None => vec![says],
            },
        );
        if pair[0] == pair[1] {
            return false;
        }
        if one.mutual {
            classes.retain(|class| !pair.contains(class));
            classes.push(pair.concat());
            return true;
        }
        let pair = pair.map(|class| class[0].clone());
        let is_new = !told.contains(&pair);
        told.push(pair);
        is_new
    };
    let mut found: Vec<Condition> = mutual.into_iter().chain(others).collect();
    found.retain(is_new);
    found
}

fn limit(a: &Facet, b: &Facet) -> f64 {
    if a.column == b.column {
        CHANCE_WITHIN
    } else {
        CHANCE
    }
}

/// A value and the one that it comes with.
struct Pair {
    value: u32,
    with: u32,
    /// Rows that have both, the first, and the second.
    rows: u64,
    of: u64,
    others: u64,
}

/// For each value of `a` that comes with one value of `b` only, but for one row in a hundred.
fn only_with(a: &Facet, b: &Facet) -> Vec<Pair> {
    let width = b.values.len();
    let mut both: Vec<u64> = vec![0; a.values.len() * width];
    let mut others: Vec<u64> = vec![0; width];
    for (x, y) in a.codes.iter().zip(&b.codes) {
        both[*x as usize * width + *y as usize] += 1;
        others[*y as usize] += 1;
    }
    let pairs = both
        .chunks(width.max(1))
        .zip(0..)
        .filter_map(|(rows, value)| {
            let of: u64 = rows.iter().sum();
            let (with, rows) = (0..).zip(rows).max_by_key(|(_, rows)| **rows)?;
            let others = others[with as usize];
            Condition::holds(of, *rows, others, a.codes.len() as u64).then_some(Pair {
                value,
                with,
                rows: *rows,
                of,
                others,
            })
        });
    pairs.collect()
}

/// The logarithm of how likely `rows` rows drawn from all are among the `others` that have the second value.
fn likely(a: &Facet, rows: u64, others: u64) -> f64 {
    let all = a.codes.len() as u64;
    (0..rows)
        .map(|drawn| ((others - drawn) as f64 / (all - drawn) as f64).ln())
        .sum()
}

impl Condition {
    /// Whether it holds in all rows but one in a hundred, and in enough of them; `others` of `all`
    /// rows have the second value: what nearly all have, nearly all have there too.
    pub fn holds(of: u64, holds: u64, others: u64, all: u64) -> bool {
        let breaks = of - holds;
        holds >= SUPPORT && breaks * 100 <= of && (breaks == 0 || others * 10 <= all * 9)
    }

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
