//! What changed between two versions of an expectations file.
//!
//! Arguments are compared as they are written, and each says by its
//! [`Effect`](super::Effect) which change of it lets more rows pass: a lower `min`,
//! a wider `between`, more `values`. Of a change that does not show which way it
//! goes (another pattern, other SQL) it cannot be told that the gate is as
//! strict as it was, and it counts as weaker.

mod argument;
mod renamed;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::document;
use crate::error::{Problem, Text};
use crate::outcome::{Change, Class, Part, Spot};

use super::{Expectation, Kind, Name, Takes};
use argument::{Told, Way, argument, cleaner, tolerance};
pub use renamed::Renamed;
use renamed::plain;

/// An expectation that was taken out, and why: `[[removed]]` in an expectations file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    id: Name,
    because: Name,
}

/// Reads the `[[removed]]` tables; what is wrong with them are problems.
pub(super) fn removed_problems(
    text: &Text,
    list: Option<Spanned<DeValue<'_>>>,
    expectations: &[Expectation],
) -> Vec<Problem> {
    let (removed, mut problems) = removed(text, list);
    for entry in removed {
        if let Some(still) = expectations.iter().find(|e| e.id == *entry.id.get_ref()) {
            problems.push(
                Problem::new(
                    "lockgate::expect::removed",
                    format!("`{}` is said to be removed, and is still there", still.id),
                )
                .at(text, entry.id.span(), "of this id there is an expectation")
                .help("take this [[removed]] table out, or the expectation"),
            );
        }
        problems.extend(document::unsaid(
            text,
            &entry.because,
            "lockgate::expect::reason",
            "say why it need not be asked any more, in a sentence",
        ));
    }
    problems
}

fn removed(text: &Text, list: Option<Spanned<DeValue<'_>>>) -> (Vec<Removed>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let help = "write [[removed]] with `id` and `because` for each expectation taken out";
    for table in document::tables(text, ("removed", list), help, &mut problems) {
        match document::typed(text, table) {
            Ok(entry) => found.push(entry),
            Err(more) => problems.extend(more),
        }
    }
    (found, problems)
}

/// One expectation as it is written.
#[derive(Clone)]
struct Entry {
    id: String,
    kind: &'static Kind,
    values: Table,
    spans: BTreeMap<String, Range<usize>>,
    /// The line that opens it.
    head: Range<usize>,
    columns: Vec<String>,
    /// The SQL of the cleaner it asks by, where the project declares that.
    definition: Option<String>,
}

impl Entry {
    /// The same, with the columns of its arguments called as they are now.
    fn called(&self, renamed: Renamed<'_>) -> Self {
        let named = |(key, value): (&String, &Value)| {
            let value = match self.kind.arg(key) {
                Some(arg) => renamed.value(arg, value, &self.values),
                None => value.clone(),
            };
            (key.clone(), value)
        };
        Self {
            values: self.values.iter().map(named).collect(),
            ..self.clone()
        }
    }

    /// The kind's own arguments, however they are written.
    fn own(&self) -> Table {
        let own = self.values.iter().filter_map(|(key, value)| {
            let arg = self.kind.arg(key)?;
            let value = match (arg.takes, value.as_str()) {
                (Takes::Sql, Some(sql)) => Value::String(argument::spelt(sql)),
                _ => plain(value),
            };
            Some((key.clone(), value))
        });
        own.collect()
    }

    /// Whether both ask the same, by whatever id and tolerance.
    fn asks_as(&self, other: &Self) -> bool {
        std::ptr::eq(self.kind, other.kind) && self.own() == other.own()
    }
}

/// Every change of an expectations file, in its order; `None`: there is no such file.
///
/// A gate that became weaker is breaking, unless it says why: by `weakened = "…"`
/// on the expectation, new or other than before, and by a `[[removed]]` table for
/// one that was taken out. An expectation that has another id and asks the same
/// was renamed; a column that is called otherwise now is the same column. `cleaners`
/// are the definitions of the base and of now, by name: another SQL expression of a
/// cleaner asks something else of each column that is held against it.
pub fn changes(
    old: Option<&Text>,
    new: Option<&Text>,
    renamed: Renamed<'_>,
    cleaners: (&BTreeMap<String, String>, &BTreeMap<String, String>),
) -> Vec<Change> {
    let before = old.map_or_else(Vec::new, |text| entries(text, cleaners.0));
    let after = new.map_or_else(Vec::new, |text| entries(text, cleaners.1));
    let reasons = new.map_or_else(BTreeMap::new, removals);
    let mut changes = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for entry in &before {
        let called = entry.called(renamed);
        let mut same = after.iter().filter(|now| now.id == entry.id);
        let mut moved = after
            .iter()
            .filter(|now| !before.iter().any(|other| other.id == now.id) && now.asks_as(&called));
        let now = same.next().or_else(|| moved.next());
        match (now, old, new) {
            (Some(now), _, Some(text)) => {
                known.push(&now.id);
                changes.extend(compared(&called, now, text));
            }
            (_, Some(text), _) => changes.push(deleted(entry, text, &reasons)),
            _ => {}
        }
    }
    for entry in &after {
        if let Some(text) = new
            && !known.contains(&entry.id.as_str())
        {
            let message = format!("`{}` is asked too", entry.id);
            let place = Spot::now(text, entry.head.clone());
            changes.push(about(
                entry,
                Class::Compatible,
                "expectation_added",
                place,
                message,
            ));
        }
    }
    changes
}

fn about(entry: &Entry, class: Class, what: &'static str, place: Spot, message: String) -> Change {
    let mut change = Change::new(Part::Expectation, class, what, place, message);
    change.expectation = Some(entry.id.clone());
    change.columns = entry.columns.clone();
    change
}

fn deleted(entry: &Entry, text: &Text, reasons: &BTreeMap<String, String>) -> Change {
    let reason = reasons.get(&entry.id).cloned();
    let class = match reason {
        Some(_) => Class::Compatible,
        None => Class::Breaking,
    };
    let place = Spot::base(text, entry.head.clone());
    let message = format!("`{}` is no longer asked", entry.id);
    let mut change = about(entry, class, "expectation_deleted", place, message);
    change.reason = reason;
    change
}

/// The ids of the `[[removed]]` tables with their reasons.
fn removals(text: &Text) -> BTreeMap<String, String> {
    let Ok(mut document) = document::document(text) else {
        return BTreeMap::new();
    };
    let (removed, _) = removed(text, document.get_mut().remove("removed"));
    let pairs = removed.into_iter();
    pairs
        .map(|entry| (entry.id.into_inner(), entry.because.into_inner()))
        .collect()
}

fn entries(text: &Text, cleaners: &BTreeMap<String, String>) -> Vec<Entry> {
    let (loaded, _) = super::load(text);
    let values = toml::from_str::<Table>(&text.text).unwrap_or_default();
    let Ok(document) = document::document(text) else {
        return Vec::new();
    };
    let (Some(Value::Array(values)), Some(tables)) =
        (values.get("expect"), document.get_ref().get("expect"))
    else {
        return Vec::new();
    };
    let DeValue::Array(tables) = tables.get_ref() else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    for (table, value) in tables.iter().zip(values) {
        let span = table.span();
        let found = loaded.iter().find(|e| e.span == span);
        if let (Some(expectation), DeValue::Table(keys), Value::Table(values)) =
            (found, table.get_ref(), value)
        {
            let columns = expectation.args.columns().into_iter();
            entries.push(Entry {
                id: expectation.id.clone(),
                kind: expectation.kind,
                values: values.clone(),
                spans: spans(keys),
                head: span.start..text.line_end(span.start),
                columns: columns.map(|name| name.get_ref().clone()).collect(),
                definition: expectation.defined_by(cleaners),
            });
        }
    }
    entries
}

fn spans(keys: &DeTable<'_>) -> BTreeMap<String, Range<usize>> {
    let spans = keys.iter().map(|(key, value)| {
        let whole = key.span().start..value.span().end.max(key.span().end);
        (key.get_ref().to_string(), whole)
    });
    spans.collect()
}

fn compared(old: &Entry, new: &Entry, text: &Text) -> Vec<Change> {
    let mut told: Vec<(&str, Told)> = Vec::new();
    if old.id != new.id {
        let words = format!("`{}` is now called `{}`", old.id, new.id);
        told.push(("id", (Way::Neither, "expectation_renamed", words)));
    }
    if !std::ptr::eq(old.kind, new.kind) {
        let words = format!("the kind was {} and is {}", old.kind.name, new.kind.name);
        told.push(("kind", (Way::Weaker, "kind_changed", words)));
    }
    let mut keys: Vec<&str> = old.values.keys().map(String::as_str).collect();
    keys.extend(new.values.keys().map(String::as_str));
    keys.sort_unstable();
    keys.dedup();
    // What comes of `on_fail` is that its tolerance is another where none is written.
    for key in keys.iter().filter(|key| **key != "allow" && **key != "id") {
        let (before, after) = (old.values.get(*key), new.values.get(*key));
        let plain = [before, after].map(|value| value.map(plain));
        if plain[0] != plain[1]
            && let Some(found) = argument(new.kind, key, before, after)
        {
            told.push((key, found));
        }
    }
    told.extend(tolerance(&old.values, &new.values).map(|found| ("allow", found)));
    let users = ["by", "sql", "where"];
    if let (Some(before), Some(after)) = (&old.definition, &new.definition)
        && users
            .iter()
            .all(|key| old.values.get(*key) == new.values.get(*key))
    {
        let user = users.into_iter().find(|key| new.spans.contains_key(*key));
        told.extend(cleaner(before, after).map(|found| (user.unwrap_or("by"), found)));
    }
    let reason = reason(old, new);
    let changes = told.into_iter().map(|(key, (way, what, words))| {
        let span = new.spans.get(key).unwrap_or(&new.head).clone();
        let class = match way {
            Way::Weaker if reason.is_none() => Class::Breaking,
            Way::Weaker | Way::Stronger => Class::Compatible,
            Way::Neither => Class::Cosmetic,
        };
        let message = format!("`{}`: {words}", new.id);
        let mut change = about(new, class, what, Spot::now(text, span), message);
        change.reason = reason.clone().filter(|_| way == Way::Weaker);
        change
    });
    changes.collect()
}

/// Why the gate is weaker than it was; one that the base had already is about another change.
fn reason(old: &Entry, new: &Entry) -> Option<String> {
    let said = new.values.get("weakened");
    let said = said.filter(|said| old.values.get("weakened") != Some(*said))?;
    said.as_str().map(str::to_owned)
}
