//! Whole rows counted: how often more, and how often less, each stands on the other side.

use indexmap::IndexMap;

use crate::engine::Engine;
use crate::error::Result;
use crate::outcome::{ModelDiff, RowDiff, RowKind};

use super::parts::Parts;
use super::samples::Samples;
use super::sides::{Sides, listed, numbers};

/// Columns that say how often a row stands on a side.
const IN_BASE: &str = "\"lockgate base\"";
const IN_OTHER: &str = "\"lockgate other\"";

/// Counts rows and takes samples.
pub(super) async fn compare(
    engine: &Engine,
    sides: &Sides,
    parts: &Parts,
    limit: usize,
    diff: &mut ModelDiff,
) -> Result<()> {
    let (b, o) = (IN_BASE, IN_OTHER);
    let names = listed("", &sides.columns);
    let counted = counted(sides, &names);
    let sql = format!(
        "SELECT sum({o} - {b}) FILTER (WHERE {o} > {b}) AS more, \
         sum({b} - {o}) FILTER (WHERE {b} > {o}) AS less FROM {counted}"
    );
    let mut samples = Samples::new(limit);
    for part in 0..parts.count {
        parts.put(engine, part).await?;
        let [added, removed] = numbers(engine, &sql).await?[..] else {
            continue;
        };
        diff.added += added;
        diff.removed += removed;
        for (kind, rows, condition) in [
            (RowKind::Added, added, format!("{o} > {b}")),
            (RowKind::Removed, removed, format!("{b} > {o}")),
        ] {
            if rows > 0 && limit > 0 {
                let query =
                    format!("SELECT {names} FROM {counted} WHERE {condition} ORDER BY {names}");
                samples.add(engine, kind, &query).await?;
            }
        }
    }
    let shown = samples.shown(engine, &sides.columns, |kind, row| RowDiff {
        kind,
        key: sides.columns.iter().cloned().zip(row).collect(),
        values: IndexMap::new(),
    });
    diff.samples = shown.await?;
    Ok(())
}

fn counted(sides: &Sides, names: &str) -> String {
    let (b, o) = (IN_BASE, IN_OTHER);
    format!(
        "(SELECT {names}, sum({b}) AS {b}, sum({o}) AS {o} FROM (\
         SELECT {names}, 1 AS {b}, 0 AS {o} FROM {} UNION ALL \
         SELECT {names}, 0 AS {b}, 1 AS {o} FROM {}) GROUP BY {names})",
        sides.base, sides.other
    )
}
