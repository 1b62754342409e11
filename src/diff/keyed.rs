//! Rows told apart by their key: one full outer join of each part.

use indexmap::IndexMap;

use crate::expect::ident;
use crate::outcome::{Pair, RowDiff, RowKind};

use super::compare::Way;
use super::sides::{HERE, Sides, distinct, listed};

pub(super) const WAY: Way = Way {
    repeating: Some(repeating),
    counting,
    differing,
    order: Sides::key,
    sample,
};

/// Counts the keys that stand more than once on a side.
fn repeating(sides: &Sides) -> String {
    let key = listed("", sides.key());
    let repeats = |side: &str| {
        format!("SELECT 1 AS one FROM {side} AS side GROUP BY {key} HAVING count(*) > 1")
    };
    format!(
        "SELECT count(*) FROM ({} UNION ALL {})",
        repeats(&sides.base),
        repeats(&sides.other)
    )
}

fn counting(sides: &Sides) -> String {
    let both = format!("b.{HERE} IS NOT NULL AND o.{HERE} IS NOT NULL");
    let mut counts = vec![
        format!("b.{HERE} IS NULL"),
        format!("o.{HERE} IS NULL"),
        format!("{both} AND {}", sides.differs()),
    ];
    let rest = sides.rest().iter();
    counts.extend(rest.map(|name| format!("{both} AND {}", distinct(name))));
    let counts: Vec<String> = counts
        .iter()
        .enumerate()
        .map(|(place, condition)| format!("count(*) FILTER (WHERE {condition}) AS n{place}"))
        .collect();
    format!(
        "SELECT {} FROM {} AS b FULL JOIN {} AS o ON {}",
        counts.join(", "),
        sides.base,
        sides.other,
        sides.on
    )
}

fn differing(sides: &Sides, kind: RowKind) -> String {
    let (base, other) = (("b", &sides.base), ("o", &sides.other));
    match kind {
        RowKind::Added => alone(sides, other, base),
        RowKind::Removed => alone(sides, base, other),
        RowKind::Changed => changed(sides),
    }
}

fn alone(sides: &Sides, from: (&str, &String), against: (&str, &String)) -> String {
    format!(
        "SELECT {} FROM {} AS {} LEFT ANTI JOIN {} AS {} ON {}",
        listed(from.0, &sides.columns),
        from.1,
        from.0,
        against.1,
        against.0,
        sides.on
    )
}

fn changed(sides: &Sides) -> String {
    let after = sides.rest().iter().enumerate();
    let after: Vec<String> = after
        .map(|(place, name)| format!("o.{} AS \"lockgate {place}\"", ident(name)))
        .collect();
    format!(
        "SELECT {}, {} FROM {} AS b JOIN {} AS o ON {} WHERE {}",
        listed("b", &sides.columns),
        after.join(", "),
        sides.base,
        sides.other,
        sides.on,
        sides.differs()
    )
}

/// A row of the key, the columns of one side and, if it changed, those of the other.
fn sample(sides: &Sides, kind: RowKind, row: Vec<Option<String>>) -> RowDiff {
    let key = sides.key().iter().cloned().zip(row.iter().cloned());
    let key: IndexMap<_, _> = key.collect();
    let rest = sides.rest();
    let (first, second) = row[sides.key..].split_at(rest.len().min(row.len() - sides.key));
    let pairs = rest.iter().enumerate().filter_map(|(place, name)| {
        let value = first.get(place).cloned().flatten();
        let pair = match kind {
            RowKind::Added => Pair {
                base: None,
                other: value,
            },
            RowKind::Removed => Pair {
                base: value,
                other: None,
            },
            RowKind::Changed => Pair {
                base: value,
                other: second.get(place).cloned().flatten(),
            },
        };
        (pair.base != pair.other).then(|| (name.clone(), pair))
    });
    RowDiff {
        kind,
        key,
        values: pairs.collect(),
    }
}
