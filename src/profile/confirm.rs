//! What a sample suspects, counted over all rows, by the same rules whether the sample is all of
//! them or not.
//!
//! One scan groups the columns that tell others; one more looks for the rows
//! that break what holds, for values that come with one value only, and for
//! columns that are the same.

use arrow::compute::{and, and_not};
use arrow::error::ArrowError;

use crate::engine::{Agreement, Asked, Engine, First, Origin, Scanned, agreements, breaking};
use crate::error::Result;
use crate::outcome::{Candidate, Dependency};

use super::alike::{self, Alike};
use super::depend::{Condition, Suspected, Teller};
use super::keys::Almost;
use super::view::View;

/// Columns told that almost are a key.
const ALMOST: usize = 6;

/// What holds of all rows.
pub(super) struct Confirmed {
    pub dependencies: Vec<Dependency>,
    pub more_dependencies: u64,
    pub almost_keys: Vec<Candidate>,
    pub more_almost_keys: u64,
    pub alike: Vec<Alike>,
}

/// What all rows say; what does not hold of them is left out.
///
/// # Errors
/// Of reading.
pub(super) async fn counted(
    engine: &Engine,
    origin: &Origin,
    view: &View,
    suspected: Suspected,
    almost: Vec<Almost>,
    alike: Vec<Vec<usize>>,
) -> Result<Confirmed> {
    let mut tellers = suspected.tellers;
    let mut almost = almost;
    let asked = asked(&tellers, &almost);
    let found = agreements(engine, origin, &asked).await?;
    let (of_tellers, of_almost) = found.split_at(tellers.len());
    for (one, found) in tellers.iter_mut().zip(of_tellers) {
        (one.of, one.holds) = (found.of, found.holds);
    }
    for (one, found) in almost.iter_mut().zip(of_almost) {
        (one.of, one.repeats) = (found.of, found.of - found.groups);
    }
    let holds = tellers.iter().map(|one| Teller::holds(one.of, one.holds));
    let holds = holds.chain(almost.iter().map(|one| Almost::holds(one.repeats, one.of)));
    let holds: Vec<bool> = holds.collect();
    let pairs = asked.iter().zip(&found).zip(&holds);
    let pairs: Vec<(&Asked, &Agreement)> = pairs
        .filter(|(_, holds)| **holds)
        .map(|(pair, _)| pair)
        .collect();
    let mut conditions: Vec<Watch> = suspected.conditions.into_iter().map(Watch::new).collect();
    let mut groups: Vec<alike::Watch> = alike.into_iter().map(alike::Watch::new).collect();
    let watch = |rows: &Scanned| {
        conditions.iter_mut().try_for_each(|one| one.see(rows))?;
        groups.iter_mut().try_for_each(|one| one.see(rows))
    };
    let broken = breaking(engine, origin, &pairs, watch).await?;
    let mut broken = broken.iter().map(|rows| view.places_of(rows));
    let mut holds = holds.into_iter();
    let kept = tellers.iter().filter(|_| holds.next().unwrap_or(false));
    let mut dependencies: Vec<Dependency> = kept
        .zip(broken.by_ref())
        .map(|(one, rows)| one.told(view, rows))
        .collect();
    dependencies.extend(conditions.iter_mut().filter_map(|one| one.told(view)));
    let kept = almost.iter().filter(|_| holds.next().unwrap_or(false));
    let mut almost_keys: Vec<Candidate> = kept
        .zip(broken)
        .map(|(one, rows)| one.told(view, rows))
        .collect();
    let more = almost_keys.len().saturating_sub(ALMOST);
    almost_keys.truncate(ALMOST);
    Ok(Confirmed {
        dependencies,
        more_dependencies: suspected.left_out,
        almost_keys,
        more_almost_keys: more as u64,
        alike: groups.iter().flat_map(alike::Watch::told).collect(),
    })
}

fn asked(tellers: &[Teller], almost: &[Almost]) -> Vec<Asked> {
    let tellers = tellers.iter().map(|one| Asked {
        from: one.from.clone(),
        to: Some(one.to),
    });
    let almost = almost.iter().map(|one| Asked {
        from: vec![one.at],
        to: None,
    });
    tellers.chain(almost).collect()
}

/// A value that comes with one value only, watched over all rows.
struct Watch {
    condition: Condition,
    /// Rows that have the value, those of them that are as they should be, and those that would be.
    rows: u64,
    holds: u64,
    others: u64,
    off: First,
}

impl Watch {
    fn new(condition: Condition) -> Self {
        Self {
            condition,
            rows: 0,
            holds: 0,
            others: 0,
            off: First::default(),
        }
    }

    fn see(&mut self, rows: &Scanned) -> std::result::Result<(), ArrowError> {
        let (a, b) = (&self.condition.a, &self.condition.b);
        let is = a.mask(self.condition.value, rows.column(a.column))?;
        let should = b.mask(self.condition.with, rows.column(b.column))?;
        self.rows += is.true_count() as u64;
        self.others += should.true_count() as u64;
        self.holds += and(&is, &should)?.true_count() as u64;
        self.off.see_all(rows, &and_not(&is, &should)?, b.column)
    }

    /// `None` where too many rows break it.
    fn told(&mut self, view: &View) -> Option<Dependency> {
        let condition = &mut self.condition;
        condition.rows = self.holds;
        condition.mutual &= self.holds == self.rows && self.others == self.rows;
        let holds = Condition::holds(self.rows, self.holds, self.others, view.rows);
        holds.then(|| condition.told(view, self.rows, view.places_of(&self.off.0)))
    }
}
