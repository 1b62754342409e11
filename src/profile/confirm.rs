//! What a sample suspects, counted over all rows.
//!
//! One scan groups the columns that tell others; one more looks for the rows
//! that break what holds, for values that come with one value only, and for
//! columns that are the same.

use arrow::array::{Array, StringArray};

use crate::engine::{Agreement, Asked, Engine, Origin, Row, agreements, breaking, keep};
use crate::error::Result;
use crate::outcome::{Candidate, Dependency, Place};

use super::depend::{Condition, PLACES, Suspected, Teller};
use super::keys::Almost;
use super::view::View;

/// Columns counted that almost are a key.
const ALMOST: usize = 6;

/// What holds of all rows.
pub(super) struct Confirmed {
    pub dependencies: Vec<Dependency>,
    pub almost_keys: Vec<Candidate>,
    /// Groups of columns that are the same; `None` where the sample knows.
    pub same: Option<Vec<Vec<usize>>>,
}

/// What a sample of all rows says.
pub(super) fn known(view: &View, suspected: Suspected, almost: Vec<Almost>) -> Confirmed {
    let tellers = suspected.tellers.iter().map(|one| {
        let places = view.places(&one.off, Some(one.to), PLACES);
        one.told(view, places)
    });
    let conditions = suspected.conditions.iter();
    let conditions = conditions.map(|one| one.told(view, one.rows, Vec::new()));
    Confirmed {
        dependencies: tellers.chain(conditions).collect(),
        almost_keys: almost
            .iter()
            .map(|one| one.told(view, one.places(view)))
            .collect(),
        same: None,
    }
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
    mut almost: Vec<Almost>,
    same: &[Vec<usize>],
) -> Result<Confirmed> {
    almost.truncate(ALMOST);
    let tellers = suspected.tellers;
    let asked: Vec<Asked> = asked(&tellers, &almost);
    let found = agreements(engine, origin, &asked).await?;
    let pairs: Vec<(&Asked, &Agreement)> = asked.iter().zip(&found).collect();
    let mut watched = Watched::new(suspected.conditions, same);
    let watch = |columns: &[&StringArray], row: usize, whole: &dyn Fn() -> Row| {
        watched.see(columns, row, whole);
    };
    let broken = breaking(engine, origin, &pairs, watch).await?;
    let places = |rows: &[Row], at: usize| -> Vec<Place> {
        let places = rows.iter().map(|row| view.place_of(row, Some(at)));
        places.collect()
    };
    let mut answers = found.iter().zip(&broken);
    let mut dependencies = Vec::new();
    for (mut one, (found, rows)) in tellers.into_iter().zip(answers.by_ref()) {
        (one.of, one.holds) = (found.of, found.holds);
        if Teller::holds(one.of, one.holds) {
            dependencies.push(one.told(view, places(rows, one.to)));
        }
    }
    let mut almost_keys = Vec::new();
    for (mut one, (found, rows)) in almost.into_iter().zip(answers) {
        (one.of, one.repeats) = (found.of, found.of - found.groups);
        if Almost::holds(one.repeats, one.of) {
            almost_keys.push(one.told(view, places(rows, one.at)));
        }
    }
    dependencies.extend(watched.told(view));
    Ok(Confirmed {
        dependencies,
        almost_keys,
        same: Some(watched.same()),
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

/// What is looked at row by row.
struct Watched {
    conditions: Vec<Watch>,
    /// Each group's first column and one of its others, as long as they are the same.
    twins: Vec<[usize; 2]>,
}

struct Watch {
    condition: Condition,
    /// Rows that have the value, those of them that are as they should be, and those that would be.
    rows: u64,
    holds: u64,
    others: u64,
    off: Vec<Row>,
}

impl Watched {
    fn new(conditions: Vec<Condition>, same: &[Vec<usize>]) -> Self {
        let twins = same
            .iter()
            .flat_map(|group| group[1..].iter().map(|other| [group[0], *other]));
        let conditions = conditions.into_iter().map(|condition| Watch {
            condition,
            rows: 0,
            holds: 0,
            others: 0,
            off: Vec::new(),
        });
        Self {
            conditions: conditions.collect(),
            twins: twins.collect(),
        }
    }

    fn see(&mut self, columns: &[&StringArray], row: usize, whole: &dyn Fn() -> Row) {
        let cell = |at: usize| columns[at].is_valid(row).then(|| columns[at].value(row));
        self.twins.retain(|[a, b]| cell(*a) == cell(*b));
        for watch in &mut self.conditions {
            let (a, b) = (&watch.condition.a, &watch.condition.b);
            let is = a.has(watch.condition.value, cell(a.column));
            let should = b.has(watch.condition.with, cell(b.column));
            watch.rows += u64::from(is);
            watch.others += u64::from(should);
            watch.holds += u64::from(is && should);
            if is && !should {
                keep(&mut watch.off, whole());
            }
        }
    }

    /// The values that come with one value only, in all of their rows but one in a hundred.
    fn told(&mut self, view: &View) -> Vec<Dependency> {
        let mut told = Vec::new();
        for watch in &mut self.conditions {
            let breaks = watch.rows - watch.holds;
            if breaks * 100 > watch.rows {
                continue;
            }
            watch.condition.rows = watch.holds;
            watch.condition.mutual &= breaks == 0 && watch.others == watch.rows;
            let at = watch.condition.b.column;
            let places = watch.off.iter().map(|row| view.place_of(row, Some(at)));
            told.push(watch.condition.told(view, watch.rows, places.collect()));
        }
        told
    }

    /// The groups of columns that are the same in all rows.
    fn same(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for [first, other] in &self.twins {
            match groups.iter_mut().find(|group| group[0] == *first) {
                Some(group) => group.push(*other),
                None => groups.push(vec![*first, *other]),
            }
        }
        groups
    }
}
