//! What a UNION ALL keeps of its parts.

use std::collections::BTreeSet;

use super::Key;
use super::attribute::Attributor;
use super::facts::{Attribute, Attributes, Constant, Facts, Unique};

/// Facts of all rows of `parts`, one after the other. A key of every part is a key
/// of the whole only together with columns whose literals tell the parts apart.
pub(super) fn union(names: &mut Attributor, parts: &[Facts], column_names: &[String]) -> Facts {
    let mut facts = names.unknown(column_names.len());
    facts.honest = parts.iter().all(|part| part.honest);
    for (at, attribute) in facts.columns.clone().into_iter().enumerate() {
        if let Some(values) = values(parts, at) {
            if values.len() == 1 {
                facts.fix(attribute);
            }
            facts.literals.insert(attribute, values);
        }
    }
    let Some(tags) = tags(parts, column_names.len()) else {
        return facts;
    };
    let label: Vec<&str> = tags.iter().map(|at| column_names[*at].as_str()).collect();
    let Some(first) = parts.first() else {
        return facts;
    };
    for start in first.keys() {
        if let Some(key) = common_key(parts, start) {
            let why = first
                .identified_by(&key)
                .map_or("", |unique| unique.why.as_str());
            facts.add_unique(Unique {
                attributes: attributes(&facts, key.union(&tags)),
                why: format!(
                    "UNION ALL of parts told apart by {}, each with {why}",
                    label.join(", ")
                ),
                numbered: None,
            });
        }
    }
    facts
}

fn attributes<'a>(facts: &Facts, places: impl Iterator<Item = &'a usize>) -> Attributes {
    places.map(|at| facts.columns[*at]).collect()
}

/// The literals that column `at` holds, if every part holds nothing else and all
/// are of one kind.
fn values(parts: &[Facts], at: usize) -> Option<BTreeSet<Constant>> {
    let mut all = BTreeSet::new();
    for part in parts {
        all.extend(of_part(part, at)?.iter().cloned());
    }
    (!all.is_empty() && Constant::alike(all.iter())).then_some(all)
}

fn of_part(part: &Facts, at: usize) -> Option<&BTreeSet<Constant>> {
    let attribute: Attribute = *part.columns.get(at)?;
    part.literals.get(&attribute)
}

/// Columns in which no two parts share all values: one that does alone, or all
/// columns of literals together.
fn tags(parts: &[Facts], width: usize) -> Option<Key> {
    let literal: Vec<usize> = (0..width)
        .filter(|at| values(parts, *at).is_some())
        .collect();
    let apart = |a: &Facts, b: &Facts, at: usize| match (of_part(a, at), of_part(b, at)) {
        (Some(a), Some(b)) => a.is_disjoint(b),
        _ => false,
    };
    let told_apart = |by: &[usize]| {
        parts.iter().enumerate().all(|(i, a)| {
            let others = &parts[i + 1..];
            others.iter().all(|b| by.iter().any(|at| apart(a, b, *at)))
        })
    };
    let alone = literal.iter().find(|at| told_apart(&[**at]));
    match alone {
        Some(at) => Some(Key::from([*at])),
        None => told_apart(&literal).then(|| literal.into_iter().collect()),
    }
}

/// `start`, widened to a key of every part and then without what all can spare.
fn common_key(parts: &[Facts], start: Key) -> Option<Key> {
    let mut key = start;
    for part in parts {
        if part.identified_by(&key).is_none() {
            key.extend(part.keys().into_iter().next()?);
        }
    }
    for at in key.clone() {
        let mut without = key.clone();
        without.remove(&at);
        if parts
            .iter()
            .all(|part| part.identified_by(&without).is_some())
        {
            key = without;
        }
    }
    Some(key)
}
