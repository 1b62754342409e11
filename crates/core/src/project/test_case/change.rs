//! What changed between the unit tests of two versions of a model.
//!
//! A test is a gate: one that is gone, or that expects fewer rows, fewer columns
//! or no order any more, lets more pass. Other rows are a change that cannot be
//! said to go one way, and are told.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use crate::outcome::{Change, Class, Part, Spot};
use crate::project::Model;

use super::{Entry, TestCase, TestTable};

/// Every change of a model's unit tests: those of the base in their order, then the new ones.
///
/// One that became weaker is breaking, unless it says why: by `weakened = "…"` in the test, new or other than
/// before, and by a `[[removed]]` table for one that was taken out. A test that has another name and says the
/// same was renamed; `renamed` are columns of the base with their names of now.
pub fn test_changes(before: &Model, now: &Model, renamed: &[(String, String)]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    let in_base = |test: &TestCase| {
        let mut names = before.tests.iter().map(|it| it.name.get_ref());
        names.any(|name| name == test.name.get_ref())
    };
    for test in &before.tests {
        let name = test.name.get_ref();
        let mut same = now.tests.iter().filter(|it| it.name.get_ref() == name);
        let mut moved = now.tests.iter().filter(|it| {
            let taken = in_base(it) || known.contains(&it.name.get_ref().as_str());
            !taken && compared(test, it, renamed).is_empty()
        });
        match same.next().or_else(|| moved.next()) {
            Some(other) => {
                known.push(other.name.get_ref());
                changes.extend(told(test, other, renamed));
            }
            None => changes.push(deleted(test, now)),
        }
    }
    for test in &now.tests {
        if !known.contains(&test.name.get_ref().as_str()) {
            let message = format!("the test `{}` is new", test.name.get_ref());
            let place = test.name.span();
            changes.push(about(test, Class::Compatible, "test_added", place, message));
        }
    }
    changes
}

fn about(
    test: &TestCase,
    class: Class,
    what: &'static str,
    place: Range<usize>,
    message: String,
) -> Change {
    let place = Spot::now(&test.text, place);
    let mut change = Change::new(Part::Test, class, what, place, message);
    change.test = Some(test.name.get_ref().clone());
    change
}

fn deleted(test: &TestCase, now: &Model) -> Change {
    let name = test.name.get_ref();
    let mut removed = now.removed_tests.iter();
    let reason = removed.find(|removed| removed.name.get_ref() == name);
    let class = match reason {
        Some(_) => Class::Compatible,
        None => Class::Breaking,
    };
    let message = format!("the test `{name}` is gone");
    let mut change = about(test, class, "test_deleted", test.name.span(), message);
    change.place = Spot::base(&test.text, test.name.span());
    change.reason = reason.map(|removed| removed.because.get_ref().clone());
    change
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Weaker,
    /// It asks for more, or for something else.
    Other,
    Neither,
}

/// One difference: which way it goes, its stable name, where it is in the file of now, words.
struct Difference {
    way: Way,
    what: &'static str,
    place: Range<usize>,
    words: String,
    /// The columns it is about.
    columns: Vec<String>,
}

impl Difference {
    fn new(way: Way, what: &'static str, place: Range<usize>, words: String) -> Self {
        Self {
            way,
            what,
            place,
            words,
            columns: Vec::new(),
        }
    }
}

/// The changes of one test, with their classes.
fn told(old: &TestCase, new: &TestCase, renamed: &[(String, String)]) -> Vec<Change> {
    let mut found = Vec::new();
    let (was, is) = (old.name.get_ref(), new.name.get_ref());
    if was != is {
        let words = format!("`{was}` is now called `{is}`");
        found.push(Difference::new(
            Way::Neither,
            "test_renamed",
            new.name.span(),
            words,
        ));
    }
    found.extend(compared(old, new, renamed));
    if old.because != new.because {
        let words = "the reason reads otherwise".to_owned();
        found.push(Difference::new(
            Way::Neither,
            "words",
            new.name.span(),
            words,
        ));
    }
    // A reason that the base had already is about another change.
    let reason = new
        .weakened
        .clone()
        .filter(|_| old.weakened != new.weakened);
    let change = |difference: Difference| {
        let class = match difference.way {
            Way::Weaker if reason.is_none() => Class::Breaking,
            Way::Weaker | Way::Other => Class::Compatible,
            Way::Neither => Class::Cosmetic,
        };
        let message = format!("the test `{is}`: {}", difference.words);
        let mut change = about(new, class, difference.what, difference.place, message);
        change.columns = difference.columns;
        change.reason = reason.clone().filter(|_| difference.way == Way::Weaker);
        change
    };
    found.into_iter().map(change).collect()
}

/// What two tests give and expect otherwise.
fn compared(old: &TestCase, new: &TestCase, renamed: &[(String, String)]) -> Vec<Difference> {
    let mut found = given(old, new);
    // Rows that are set aside now were expected before the test told the two apart.
    let aside = match (&old.quarantined, &new.quarantined) {
        (None, Some(table)) => table.rows.len(),
        _ => 0,
    };
    let ordered = old.is_ordered() && new.is_ordered();
    let expect = (&old.expect, &new.expect);
    found.extend(expected("expected", expect, renamed, ordered, aside));
    match (&old.quarantined, &new.quarantined) {
        (Some(old), Some(new)) => {
            found.extend(expected("quarantined", (old, new), renamed, false, 0));
        }
        (Some(_), None) => {
            let words = "no rows are expected to be quarantined any more".to_owned();
            let place = new.name.span();
            found.push(Difference::new(
                Way::Weaker,
                "test_quarantined_dropped",
                place,
                words,
            ));
        }
        (None, Some(table)) => {
            let words = "it says which rows are quarantined".to_owned();
            let place = table.said.clone();
            found.push(Difference::new(
                Way::Other,
                "test_quarantined_added",
                place,
                words,
            ));
        }
        (None, None) => {}
    }
    let place = || {
        let ordered = new.ordered.as_ref().map(Spanned::span);
        ordered.unwrap_or_else(|| new.expect.said.clone())
    };
    found.extend(match (old.is_ordered(), new.is_ordered()) {
        (true, false) => {
            let words = "the rows may come in any order".to_owned();
            Some(Difference::new(
                Way::Weaker,
                "test_order_dropped",
                place(),
                words,
            ))
        }
        (false, true) => {
            let words = "the rows must come in their order".to_owned();
            Some(Difference::new(
                Way::Other,
                "test_order_added",
                place(),
                words,
            ))
        }
        _ => None,
    });
    found
}

fn given(old: &TestCase, new: &TestCase) -> Vec<Difference> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in new.given.iter().chain(&old.given) {
        if !names.contains(&name.get_ref().as_str()) {
            names.push(name.get_ref());
        }
    }
    let rows = |test: &TestCase, name: &str| {
        let mut given = test.given.iter();
        let (_, table) = given.find(|(given, _)| given.get_ref() == name)?;
        Some(Written::new(table, &[]))
    };
    let mut found = Vec::new();
    for name in names {
        if rows(old, name) == rows(new, name) {
            continue;
        }
        let mut given = new.given.iter();
        let place = given.find(|(given, _)| given.get_ref() == name);
        let place = place.map_or_else(|| new.name.span(), |(_, table)| table.said.clone());
        let words = format!("other rows are given of `{name}`");
        found.push(Difference::new(
            Way::Other,
            "test_given_changed",
            place,
            words,
        ));
    }
    found
}

/// A table as it is compared: how its rows are written does not matter, nor the order of its columns.
#[derive(PartialEq)]
struct Written {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl Written {
    fn new(table: &TestTable, renamed: &[(String, String)]) -> Self {
        let called = |column: &Spanned<String>| {
            let mut names = renamed.iter();
            let to = names.find(|(from, _)| from == column.get_ref());
            to.map_or_else(|| column.get_ref().clone(), |(_, to)| to.clone())
        };
        let cell = |cell: &Option<Spanned<Entry>>| {
            Some(match cell.as_ref()?.get_ref() {
                Entry::Value(toml::Value::String(text)) | Entry::Text(text) => text.clone(),
                Entry::Value(value) => value.to_string(),
            })
        };
        let named: Vec<String> = table.columns.iter().map(called).collect();
        let mut places: Vec<usize> = (0..named.len()).collect();
        places.sort_by_key(|place| &named[*place]);
        let cells = |row: &Vec<Option<Spanned<Entry>>>| {
            let cells = places.iter().map(|place| row.get(*place).and_then(cell));
            cells.collect()
        };
        Self {
            columns: places.iter().map(|place| named[*place].clone()).collect(),
            rows: table.rows.iter().map(cells).collect(),
        }
    }

    /// The rows, of these columns only.
    fn of(&self, columns: &[&String]) -> Vec<Vec<Option<&String>>> {
        let place = |column: &&String| self.columns.iter().position(|it| it == *column);
        let places: Vec<usize> = columns.iter().filter_map(place).collect();
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let cells = places.iter().map(|at| row.get(*at)?.as_ref());
            rows.push(cells.collect());
        }
        rows
    }
}

/// `which` rows, as the base and as this version say them, whose order counts if they are `ordered`;
/// `aside` rows more are said elsewhere now.
fn expected(
    which: &str,
    (old, new): (&TestTable, &TestTable),
    renamed: &[(String, String)],
    ordered: bool,
    aside: usize,
) -> Vec<Difference> {
    let (before, after) = (Written::new(old, renamed), Written::new(new, &[]));
    let lacking = |one: &Written, other: &Written| -> Vec<String> {
        let columns = one.columns.iter();
        let lacking = columns.filter(|column| !other.columns.contains(column));
        lacking.cloned().collect()
    };
    let (gone, more) = (lacking(&before, &after), lacking(&after, &before));
    let place = || new.said.clone();
    let mut found = Vec::new();
    let fewer = after.rows.len() + aside < before.rows.len();
    // No row at all is expected of every column.
    let every_column = new.rows.is_empty() && new.columns.is_empty();
    if !gone.is_empty() && !every_column {
        let words = format!("the {which} rows no longer say {}", quoted(&gone));
        let mut dropped = Difference::new(Way::Weaker, "test_columns_dropped", place(), words);
        dropped.columns = gone.iter().map(|name| of_the_base(name, renamed)).collect();
        found.push(dropped);
    }
    if fewer {
        let words = format!(
            "{} {which}, and there were {}",
            rows(&after),
            before.rows.len()
        );
        found.push(Difference::new(
            Way::Weaker,
            "test_rows_dropped",
            place(),
            words,
        ));
    }
    if !more.is_empty() && !old.rows.is_empty() {
        let words = format!("the {which} rows say {} too", quoted(&more));
        found.push(Difference::new(
            Way::Other,
            "test_columns_added",
            place(),
            words,
        ));
    }
    let both = before.columns.iter();
    let both: Vec<&String> = both.filter(|it| after.columns.contains(it)).collect();
    let (mut was, mut is) = (before.of(&both), after.of(&both));
    if !ordered {
        was.sort();
        is.sort();
    }
    let kept: BTreeSet<_> = is.iter().collect();
    if after.rows.len() > before.rows.len() && was.iter().all(|row| kept.contains(row)) {
        let words = format!(
            "{} {which}, and there were {}",
            rows(&after),
            before.rows.len()
        );
        found.push(Difference::new(
            Way::Other,
            "test_rows_added",
            place(),
            words,
        ));
    } else if !fewer && was != is {
        let words = format!("other rows are {which}");
        found.push(Difference::new(
            Way::Other,
            "test_rows_changed",
            place(),
            words,
        ));
    }
    found
}

fn rows(table: &Written) -> String {
    match table.rows.len() {
        0 => "no row is".to_owned(),
        1 => "1 row is".to_owned(),
        count => format!("{count} rows are"),
    }
}

fn of_the_base(column: &str, renamed: &[(String, String)]) -> String {
    let from = renamed.iter().find(|(_, to)| to == column);
    from.map_or_else(|| column.to_owned(), |(from, _)| from.clone())
}

fn quoted(columns: &[String]) -> String {
    let quoted = columns.iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}
