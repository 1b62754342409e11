//! Two columns that together tell a third which neither tells alone.
//!
//! Every pair of the columns with the fewest values is tried on rows from all over
//! the sample first: nearly all of them fail there within a few.

use std::collections::BTreeMap;

use crate::engine::scattered;

use super::codes::{Counts, Joint, Order};
use super::depend::{Groups, Teller};
use super::view::View;

/// Columns tried, those with the fewest values first.
const COLUMNS: usize = 24;

/// Rows of the first trial, about.
const TRIAL: usize = 8192;

/// The natural logarithm of how likely chance may be: there are thousands of sets to try.
const CHANCE: f64 = -23.0;

/// Sets told.
pub(super) const TOLD: usize = 4;

/// The likeliest sets, those left out that a key or a single column (`whole`) implies.
pub(super) fn search(
    view: &View,
    columns: &[usize],
    whole: &[(usize, usize)],
    keys: &[Vec<usize>],
) -> Vec<Teller> {
    let narrow = narrow(view, columns);
    let tells = |a: usize, b: usize| whole.contains(&(a, b));
    let trials = trials(view, &narrow);
    let mut agreeing = Agreeing::default();
    let mut found: Vec<Teller> = Vec::new();
    for (place, a) in narrow.iter().enumerate() {
        for b in &narrow[place + 1..] {
            let is_key = keys
                .iter()
                .any(|key| key.iter().all(|at| at == a || at == b));
            if is_key || tells(*a, *b) || tells(*b, *a) {
                continue;
            }
            let trial = Joint::new(&Order::new(&trials[a]), &trials[b]);
            if trial.repeats < 20 {
                continue;
            }
            let mut all = None;
            for to in narrow.iter().filter(|to| *to != a && *to != b) {
                let known = tells(*a, *to) || tells(*b, *to);
                if known || !survives(&trial, &trials[to]) {
                    continue;
                }
                let codes = &view.sample.columns[*b].codes;
                let all = all.get_or_insert_with(|| Joint::new(&view.orders[*a], codes));
                found.extend(teller(view, [*a, *b], *to, &all.codes, &mut agreeing));
            }
        }
    }
    likeliest(found, whole)
}

/// A set that tells what tells a third by itself says of the third nothing new; nor does another
/// direction of a set that was told.
fn likeliest(mut found: Vec<Teller>, whole: &[(usize, usize)]) -> Vec<Teller> {
    found.sort_by(|a, b| {
        let chance = a.chance.total_cmp(&b.chance);
        chance.then_with(|| (&a.from, a.to).cmp(&(&b.from, b.to)))
    });
    let mut told: Vec<Teller> = Vec::new();
    for one in found {
        let implied = told.iter().any(|known| {
            let same = |at: &usize| {
                known.from.contains(at) || known.from.iter().any(|own| mutual(whole, *own, *at))
            };
            let stronger = known.from.iter().any(|own| {
                one.from.iter().any(|at| whole.contains(&(*at, *own))) && !one.from.contains(own)
            });
            let twice = known.to == one.to || whole.contains(&(known.to, one.to));
            let turned = known.columns() == one.columns();
            turned || twice && (one.from.iter().all(same) || stronger)
        });
        if !implied {
            told.push(one);
        }
    }
    told
}

fn mutual(whole: &[(usize, usize)], a: usize, b: usize) -> bool {
    whole.contains(&(a, b)) && whole.contains(&(b, a))
}

fn narrow(view: &View, columns: &[usize]) -> Vec<usize> {
    let rows = view.sample.rows();
    let values = |at: &usize| view.sample.columns[*at].values.len();
    let mut narrow: Vec<usize> = columns
        .iter()
        .copied()
        .filter(|at| values(at) * 2 <= rows)
        .collect();
    narrow.sort_by_key(|at| (values(at), *at));
    narrow.truncate(COLUMNS);
    narrow.sort_unstable();
    narrow
}

/// The codes of some columns in rows from all over the sample: its first rows may be those of one
/// day or of one town.
fn trials(view: &View, columns: &[usize]) -> BTreeMap<usize, Vec<u32>> {
    let one_of = view.sample.rows().div_ceil(TRIAL).max(1) as u64;
    let rows = (0..view.sample.rows()).filter(|row| scattered(*row as u64).is_multiple_of(one_of));
    let rows: Vec<usize> = rows.collect();
    let codes = |at: usize| {
        let codes = &view.sample.columns[at].codes;
        rows.iter().map(|row| codes[*row]).collect()
    };
    columns.iter().map(|at| (*at, codes(*at))).collect()
}

/// Whether the rows of the trial may still agree well enough: of those that repeat
/// a pair few differ from its first.
fn survives(trial: &Joint, told: &[u32]) -> bool {
    // What holds but for a few rows has at most a fourth of the repeats off; a first that is
    // off itself has all of its group differ.
    let most = trial.repeats / 3 + 4;
    let mut first: Vec<u32> = vec![0; trial.codes.len() + 1];
    let mut differ = 0;
    let both = trial.codes.iter().zip(told);
    for (from, told) in both.filter(|(a, b)| **a != 0 && **b != 0) {
        let known = &mut first[*from as usize];
        if *known == 0 {
            *known = *told;
        }
        differ += usize::from(known != told);
        if differ > most {
            return false;
        }
    }
    true
}

fn teller(
    view: &View,
    from: [usize; 2],
    to: usize,
    joint: &[u32],
    agreeing: &mut Agreeing,
) -> Option<Teller> {
    let told = &view.sample.columns[to].codes;
    let joint: Vec<u32> = joint
        .iter()
        .zip(told)
        .map(|(code, told)| if *told == 0 { 0 } else { *code })
        .collect();
    let groups = Groups::new(view, &Order::new(&joint), to)?;
    if groups.len() as u64 * 10 > groups.of * 8 {
        return None;
    }
    // Two rows agree by chance as often as those do that share one of the two columns.
    let agree = from.map(|at| {
        *agreeing
            .entry((at, to))
            .or_insert_with(|| agree(view, at, to))
    });
    let agree = agree[0].max(agree[1]);
    let chance = groups.chance(agree);
    (chance <= CHANCE && agree <= 0.9).then(|| Teller {
        from: from.to_vec(),
        to,
        chance,
        of: groups.of,
        holds: groups.holds,
    })
}

/// What [`agree`] says of two columns: asked again for every pair that one of them is in.
type Agreeing = BTreeMap<(usize, usize), f64>;

/// How often two rows that share a value of one column share one of the other.
fn agree(view: &View, from: usize, to: usize) -> f64 {
    let told = &view.sample.columns[to];
    let mut counts = Counts::new(told.values.len());
    let (mut shared, mut all) = (0, 0);
    for (_, rows) in view.orders[from].groups() {
        let mut of = 0;
        for (_, n) in counts.of(&told.codes, rows).filter(|(code, _)| *code != 0) {
            shared += n * (n - 1);
            of += n;
        }
        all += of * of.saturating_sub(1);
    }
    shared as f64 / all.max(1) as f64
}
