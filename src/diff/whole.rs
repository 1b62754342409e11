//! Whole rows counted: how often more, and how often less, each stands on the other side.

use indexmap::IndexMap;

use crate::outcome::{RowDiff, RowKind};

use super::compare::Way;
use super::sides::{Sides, listed};

/// Columns that say how often a row stands on a side.
const IN_BASE: &str = "\"lockgate base\"";
const IN_OTHER: &str = "\"lockgate other\"";

pub(super) const WAY: Way = Way {
    repeating: None,
    counting,
    differing,
    order: |sides| &sides.columns,
    sample: |sides, kind, row| RowDiff {
        kind,
        key: sides.columns.iter().cloned().zip(row).collect(),
        values: IndexMap::new(),
    },
};

/// No row changes: it is another one.
fn counting(sides: &Sides) -> String {
    let (b, o) = (IN_BASE, IN_OTHER);
    format!(
        "SELECT sum({o} - {b}) FILTER (WHERE {o} > {b}) AS more, \
         sum({b} - {o}) FILTER (WHERE {b} > {o}) AS less, 0 AS changed FROM {}",
        counted(sides)
    )
}

fn differing(sides: &Sides, kind: RowKind) -> String {
    let (b, o) = (IN_BASE, IN_OTHER);
    let condition = match kind {
        RowKind::Added => format!("{o} > {b}"),
        RowKind::Removed => format!("{b} > {o}"),
        RowKind::Changed => "false".to_owned(),
    };
    let (names, counted) = (listed("", &sides.columns), counted(sides));
    format!("SELECT {names} FROM {counted} WHERE {condition}")
}

fn counted(sides: &Sides) -> String {
    let (b, o) = (IN_BASE, IN_OTHER);
    let names = listed("", &sides.columns);
    format!(
        "(SELECT {names}, sum({b}) AS {b}, sum({o}) AS {o} FROM (\
         SELECT {names}, 1 AS {b}, 0 AS {o} FROM {} UNION ALL \
         SELECT {names}, 0 AS {b}, 1 AS {o} FROM {}) GROUP BY {names})",
        sides.base, sides.other
    )
}
