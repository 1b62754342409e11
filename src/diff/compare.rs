//! Two states compared part by part, in one of two ways.

use crate::engine::Engine;
use crate::error::Result;
use crate::outcome::{ModelDiff, RowDiff, RowKind};

use super::parts::Parts;
use super::samples::Samples;
use super::sides::{Sides, numbers};

/// How rows are told apart: what to ask of each part, in SQL.
pub(super) struct Way {
    /// Counts what keeps the way from telling all rows of a side apart.
    pub repeating: Option<fn(&Sides) -> String>,
    /// Counts the rows of each kind in the order of [`RowKind::ALL`], then the changes
    /// of each column of [`Sides::rest`].
    pub counting: fn(&Sides) -> String,
    /// The rows of a kind.
    pub differing: fn(&Sides, RowKind) -> String,
    /// The columns by whose order the first rows are shown.
    pub order: fn(&Sides) -> &[String],
    /// One of these rows as it is shown.
    pub sample: fn(&Sides, RowKind, Vec<Option<String>>) -> RowDiff,
}

/// Counts rows and takes samples; `false` where the way does not tell all rows of a side apart.
pub(super) async fn compare(
    engine: &Engine,
    way: &Way,
    mut sides: Sides,
    limit: usize,
    diff: &mut ModelDiff,
) -> Result<bool> {
    let parts = Parts::of(engine, &mut sides, &diff.rows).await?;
    let mut counts = vec![0; RowKind::ALL.len()];
    let mut samples = Samples::new((way.order)(&sides), limit);
    for part in 0..parts.count() {
        parts.put(engine, part)?;
        if let Some(repeating) = way.repeating
            && numbers(engine, &repeating(&sides)).await? != [0]
        {
            return Ok(false);
        }
        let found = numbers(engine, &(way.counting)(&sides)).await?;
        for (kind, rows) in RowKind::ALL.into_iter().zip(&found) {
            if *rows > 0 {
                let query = (way.differing)(&sides, kind);
                samples.add(engine, kind, &query).await?;
            }
        }
        counts.resize(found.len(), 0);
        for (count, found) in counts.iter_mut().zip(found) {
            *count += found;
        }
    }
    let columns = counts.split_off(RowKind::ALL.len());
    let columns = sides.rest().iter().cloned().zip(columns);
    diff.columns = columns.filter(|(_, count)| *count > 0).collect();
    (diff.added, diff.removed, diff.changed) = (counts[0], counts[1], counts[2]);
    let shown = samples.shown(engine, |kind, row| (way.sample)(&sides, kind, row));
    diff.samples = shown.await?;
    Ok(true)
}
