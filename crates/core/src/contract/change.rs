//! What changed between two versions of a contract.

use std::collections::BTreeSet;

use crate::document::key_span;
use crate::error::Text;
use crate::outcome::{Change, Class, Part, Spot};

use super::{Column, Contract, Type};

/// A contract in the file that holds it.
pub type Written<'a, T> = (&'a T, &'a Text);

/// Whether a column of the base and one of now hold the same values, as far as
/// the plans show it.
pub type SameOrigin<'a> = dyn Fn(&str, &str) -> bool + 'a;

/// Names nearer than this may be one column renamed.
const NEAR: f64 = 0.75;

fn change(class: Class, what: &'static str, place: Spot, message: String) -> Change {
    Change::new(Part::Contract, class, what, place, message)
}

/// Every change of a model's contract: of the whole first, then column by column.
///
/// A column that is gone and one that is new are one column renamed if they
/// have the same type and their names are near or `same` says so.
pub fn changes(
    old: Written<'_, Contract>,
    new: Written<'_, Contract>,
    same: &SameOrigin<'_>,
) -> Vec<Change> {
    let mut changes = whole(old, new);
    let renamed = renamed(old.0, new.0, same);
    changes.extend(key(old, new, &renamed));
    for (name, column) in &old.0.columns {
        let name = name.get_ref();
        let now = renamed.iter().find(|(from, _)| from == name);
        let now = now.map_or(name, |(_, to)| to);
        changes.extend(of_column(old, new, (name, column), now));
    }
    for (name, _) in &new.0.columns {
        let name = name.get_ref();
        let known = old.0.column(name).is_some() || renamed.iter().any(|(_, to)| to == name);
        if !known {
            changes.push(change(
                Class::Compatible,
                "column_added",
                Spot::now(new.1, span_of(new.0, name)),
                format!("the column `{name}` is new"),
            ));
        }
    }
    changes.extend(order(old.0, new, &renamed));
    changes
}

fn span_of(contract: &Contract, name: &str) -> std::ops::Range<usize> {
    let mut names = contract.columns.keys();
    let found = names.find(|known| known.get_ref() == name);
    found.map_or(0..0, toml::Spanned::span)
}

/// Columns of the base that are gone, with those that took their place: of the
/// same type, and near in name or of the same origin; the likeliest pairs first.
pub fn renamed(old: &Contract, new: &Contract, same: &SameOrigin<'_>) -> Vec<(String, String)> {
    let gone = old.names().filter(|name| new.column(name).is_none());
    let added: Vec<&str> = new
        .names()
        .filter(|name| old.column(name).is_none())
        .collect();
    let kind = |contract: &Contract, name: &str| contract.column(name).map(|c| *c.kind.get_ref());
    let mut pairs: Vec<(f64, &str, &str)> = Vec::new();
    for from in gone {
        for to in added.iter().filter(|to| kind(new, to) == kind(old, from)) {
            let near = rapidfuzz::distance::jaro_winkler::similarity(from.chars(), to.chars());
            let origin = same(from, to);
            if near >= NEAR || origin {
                pairs.push((near + f64::from(u8::from(origin)), from, to));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (_, from, to) in pairs {
        if !taken.contains(&(0, from)) && !taken.contains(&(1, to)) {
            taken.extend([(0, from), (1, to)]);
            found.push((from.to_owned(), to.to_owned()));
        }
    }
    found
}

fn whole(old: Written<'_, Contract>, new: Written<'_, Contract>) -> Vec<Change> {
    let mut changes = Vec::new();
    let at = |what: &str| Spot::now(new.1, key_span(new.1, what));
    match (old.0.open, new.0.open) {
        (true, false) => changes.push(change(
            Class::Breaking,
            "closed",
            at("open"),
            "the contract is closed: columns that it does not list are gone".to_owned(),
        )),
        (false, true) => changes.push(change(
            Class::Compatible,
            "opened",
            at("open"),
            "the contract is open: there may be more columns than it lists".to_owned(),
        )),
        _ => {}
    }
    let words = [
        ("summary", &old.0.summary, &new.0.summary),
        ("owner", &old.0.owner, &new.0.owner),
    ];
    for (name, _, _) in words.iter().filter(|(_, old, new)| old != new) {
        let message = format!("the {name} reads otherwise");
        changes.push(change(Class::Cosmetic, "words", at(name), message));
    }
    changes
}

fn key(
    old: Written<'_, Contract>,
    new: Written<'_, Contract>,
    renamed: &[(String, String)],
) -> Option<Change> {
    let now = |name: String| {
        let to = renamed.iter().find(|(from, _)| *from == name);
        to.map_or(name, |(_, to)| to.clone())
    };
    let before: Vec<String> = old.0.key_names().into_iter().map(now).collect();
    let after = new.0.key_names();
    if before == after {
        return None;
    }
    let place = Spot::now(new.1, key_span(new.1, "key"));
    let shown = |key: &[String]| key.join(", ");
    let sorted = |key: &[String]| key.iter().cloned().collect::<BTreeSet<_>>();
    let (class, what, message) = if before.is_empty() {
        (
            Class::Compatible,
            "key_added",
            format!("the key is now {}", shown(&after)),
        )
    } else if after.is_empty() {
        (
            Class::Breaking,
            "key_dropped",
            format!("the key {} is no longer promised", shown(&before)),
        )
    } else if sorted(&before) == sorted(&after) {
        (
            Class::Cosmetic,
            "key_order",
            "the key's columns stand in another order".to_owned(),
        )
    } else {
        (
            Class::Breaking,
            "key_changed",
            format!("the key was {} and is {}", shown(&before), shown(&after)),
        )
    };
    Some(change(class, what, place, message))
}

/// What became of a column of the base, which is now called `now`.
fn of_column(
    old: Written<'_, Contract>,
    new: Written<'_, Contract>,
    (name, before): (&String, &Column),
    now: &str,
) -> Vec<Change> {
    let about = |mut change: Change| {
        change.columns = vec![name.clone()];
        change
    };
    let Some(after) = new.0.column(now) else {
        let place = Spot::base(old.1, span_of(old.0, name));
        let message = format!("the column `{name}` is gone");
        let gone = change(Class::Breaking, "column_dropped", place, message);
        return vec![about(gone)];
    };
    let at = || Spot::now(new.1, span_of(new.0, now));
    let mut changes = Vec::new();
    let mut push = |class, what, message| changes.push(about(change(class, what, at(), message)));
    if now != name {
        let message = format!("the column `{name}` is now called `{now}`");
        push(Class::Breaking, "column_renamed", message);
    }
    let (from, to) = (*before.kind.get_ref(), *after.kind.get_ref());
    if from != to {
        let message = format!("`{now}` was {} and is {}", from.as_str(), to.as_str());
        push(Class::Breaking, narrowed(from, to), message);
    }
    match (before.null, after.null) {
        (false, true) => {
            let message = format!("`{now}` may be null, and never was");
            push(Class::Breaking, "made_nullable", message);
        }
        (true, false) => {
            let message = format!("`{now}` is never null any more");
            push(Class::Compatible, "made_full", message);
        }
        _ => {}
    }
    if before.summary != after.summary {
        let message = format!("the summary of `{now}` reads otherwise");
        push(Class::Cosmetic, "words", message);
    }
    changes
}

/// A type holds every value of a narrower one.
fn narrowed(from: Type, to: Type) -> &'static str {
    match (from, to) {
        (Type::Decimal | Type::Float, Type::Int) | (Type::Timestamp, Type::Date) => "type_narrowed",
        _ => "type_changed",
    }
}

/// The first column that changed places with another.
fn order(
    old: &Contract,
    new: Written<'_, Contract>,
    renamed: &[(String, String)],
) -> Option<Change> {
    let now = |name: &str| {
        let to = renamed.iter().find(|(from, _)| from == name);
        to.map_or(name.to_owned(), |(_, to)| to.clone())
    };
    let places: Vec<(usize, String)> = old
        .names()
        .map(now)
        .filter_map(|name| Some((new.0.names().position(|known| known == name)?, name)))
        .collect();
    let pair = places.windows(2).find(|pair| pair[0].0 > pair[1].0)?;
    let message = format!("`{}` now stands before `{}`", pair[1].1, pair[0].1);
    let place = Spot::now(new.1, span_of(new.0, &pair[1].1));
    Some(change(Class::Breaking, "column_order", place, message))
}

/// What a version must be at least after a change of `class`, where it is not:
/// the next major for a breaking change, the next minor for a compatible one. A
/// version must not fall. Versions that are no versions are none of this one's business.
///
/// ```
/// use lockgate_core::contract::must_rise;
/// use lockgate_core::outcome::Class;
/// assert_eq!(must_rise("1.4.2", "1.4.2", Class::Breaking), Some("2.0.0".to_owned()));
/// assert_eq!(must_rise("1.4.2", "1.4.3", Class::Compatible), Some("1.5.0".to_owned()));
/// assert_eq!(must_rise("1.4.2", "1.4.2", Class::Cosmetic), None);
/// assert_eq!(must_rise("1.4.2", "2.0.0", Class::Breaking), None);
/// ```
pub fn must_rise(old: &str, new: &str, class: Class) -> Option<String> {
    let (old, new) = (parts(old)?, parts(new)?);
    let least = match class {
        Class::Breaking => [old[0] + 1, 0, 0],
        Class::Compatible => [old[0], old[1] + 1, 0],
        Class::Cosmetic => old,
    };
    (new < least).then(|| format!("{}.{}.{}", least[0], least[1], least[2]))
}

fn parts(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version.split('.').map(|part| part.parse().ok());
    let parts = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(parts)
}
