//! What the owner of the data must know, the gravest first.

use std::collections::BTreeMap;

use crate::contract::snake_case;
use crate::engine::{Coded, FORMS, Form};
use crate::outcome::Finding;

use super::alike::Alike;
use super::view::{FEW, View, counted, fitting, grouped, shown};

/// Places shown of a finding.
const PLACES: usize = 5;

/// What people write for nothing.
const PLACEHOLDERS: [&str; 24] = [
    "n/a",
    "#n/a",
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "tbd",
    "test",
    "xxx",
    "x",
    "-",
    "--",
    "?",
    ".",
    "not available",
    "not applicable",
    "0000000000",
    "9999999999",
    "000-000-0000",
    "999-999-9999",
    "1900-01-01",
    "9999-12-31",
    "01/01/1900",
];

/// All findings; `foreign` are the columns of [`foreign`].
pub(super) fn search(view: &View, foreign: &[usize], alike: &[Alike]) -> Vec<Finding> {
    let mut found: Vec<Finding> = foreign.iter().map(|at| of_others(view, *at)).collect();
    let columns = || (0..view.width()).filter(|at| !view.own[*at]);
    let telling: Vec<usize> = view.telling().filter(|at| !foreign.contains(at)).collect();
    found.extend(
        telling
            .iter()
            .filter_map(|at| misplaced(view, *at, &telling)),
    );
    found.extend(columns().filter_map(|at| stray(view, at)));
    found.extend(columns().filter_map(|at| damaged(view, at)));
    let empty: Vec<usize> = columns()
        .filter(|at| view.tallies[*at].present() == 0)
        .collect();
    if !empty.is_empty() {
        let verb = if empty.len() == 1 { "holds" } else { "hold" };
        let says = format!(
            "{} {verb} nothing in {}",
            view.list(&empty),
            counted(view.rows, "row")
        );
        found.push(finding(view, "empty", &empty, says));
    }
    found.extend(columns().filter_map(|at| constant(view, at)));
    found.extend(alike.iter().map(|group| same(view, group)));
    found.extend(columns().filter_map(|at| placeholders(view, at)));
    found.extend(columns().filter_map(|at| variants(view, at)));
    found.extend(columns().filter_map(|at| broken(view, at)));
    let padded: Vec<usize> = columns()
        .filter(|at| view.tallies[*at].padded > 0)
        .collect();
    if !padded.is_empty() {
        let rows: u64 = padded.iter().map(|at| view.tallies[*at].padded).sum();
        let says = format!(
            "{} of {} begin or end with white space",
            counted(rows, "value"),
            view.list(&padded)
        );
        found.push(finding(view, "padded", &padded, says));
    }
    found
}

fn finding(view: &View, kind: &'static str, columns: &[usize], says: String) -> Finding {
    Finding {
        kind,
        columns: columns.iter().map(|at| view.names[*at].clone()).collect(),
        says,
        breaking: Vec::new(),
    }
}

fn same(view: &View, group: &Alike) -> Finding {
    let rows = match group.breaks {
        0 => "every row".to_owned(),
        breaks => format!(
            "all but {} of {}",
            grouped(breaks),
            counted(view.rows, "row")
        ),
    };
    let says = format!(
        "{} hold the same value in {rows}",
        view.list(&group.columns)
    );
    Finding {
        breaking: view.places_of(&group.rows),
        ..finding(view, "same", &group.columns, says)
    }
}

fn at_rows(view: &View, kind: &'static str, at: usize, says: String, rows: &[usize]) -> Finding {
    Finding {
        breaking: view.places(rows, Some(at), PLACES),
        ..finding(view, kind, &[at], says)
    }
}

fn rows_where(coded: &Coded, holds: impl Fn(&str) -> bool) -> Vec<usize> {
    let fits: Vec<bool> = coded.values.iter().map(|value| holds(value)).collect();
    let codes = coded.codes.iter().enumerate();
    codes
        .filter(|(_, code)| **code > 0 && fits[**code as usize - 1])
        .map(|(row, _)| row)
        .collect()
}

/// Columns most of whose values say the name of another column, or are words
/// of one, while hardly any says their own.
pub(super) fn foreign(view: &View) -> Vec<usize> {
    let names: Vec<String> = view.names.iter().map(|name| snake_case(name)).collect();
    let few = |at: &usize| view.forms[*at].is_none() && view.distinct(*at) <= FEW as u64;
    let all: Vec<usize> = view.telling().filter(few).collect();
    let is_foreign = |at: &usize| {
        let coded = &view.sample.columns[*at];
        let (mut named, mut others, mut own) = (0, 0, 0);
        for (value, rows) in coded.values.iter().zip(&view.counts[*at][1..]) {
            let says = snake_case(value);
            if says == names[*at] {
                own += rows;
            } else if names.contains(&says) {
                named += rows;
                others += rows;
            } else if all
                .iter()
                .any(|b| b != at && view.sample.columns[*b].values.contains(value))
            {
                others += rows;
            }
        }
        let of: u64 = view.counts[*at][1..].iter().sum();
        of >= 5 && named * 4 >= of && others * 10 >= of * 9 && own * 10 <= of
    };
    all.iter().copied().filter(is_foreign).collect()
}

fn of_others(view: &View, at: usize) -> Finding {
    let own = snake_case(&view.names[at]);
    let coded = &view.sample.columns[at];
    let of: u64 = view.counts[at][1..].iter().sum();
    let mut homes: Vec<usize> = Vec::new();
    let mut truthful = 0;
    for (value, rows) in coded.values.iter().zip(&view.counts[at][1..]) {
        let says = snake_case(value);
        if says == own {
            truthful += rows;
            continue;
        }
        let named = (0..view.width()).find(|b| snake_case(&view.names[*b]) == says);
        let holds = |b: &usize| *b != at && view.sample.columns[*b].values.contains(value);
        let rows_of = |b: usize| {
            let place = view.sample.columns[b]
                .values
                .iter()
                .position(|v| v == value);
            place.map_or(0, |place| view.counts[b][place + 1])
        };
        let home = named.or_else(|| {
            (0..view.width())
                .filter(holds)
                .max_by_key(|b| (rows_of(*b), std::cmp::Reverse(*b)))
        });
        homes.extend(home.filter(|home| !homes.contains(home)));
    }
    homes.sort_unstable();
    let says = format!(
        "{} holds what belongs to {}: {} of {} {} what it is called",
        view.name(at),
        view.list(&homes),
        if truthful == 0 {
            "none".to_owned()
        } else {
            grouped(truthful)
        },
        counted(of, "value"),
        if truthful == 1 { "says" } else { "say" }
    );
    let mut found = finding(view, "foreign", &[at], says);
    found
        .columns
        .extend(homes.iter().map(|home| view.names[*home].clone()));
    found
}

/// A few values of a column of text that are the words of another, where they
/// are at home: the two share hardly anything else.
fn misplaced(view: &View, at: usize, telling: &[usize]) -> Option<Finding> {
    let coded = &view.sample.columns[at];
    let of: u64 = view.counts[at][1..].iter().sum();
    if view.forms[at].is_some() || view.hides(at) {
        return None;
    }
    let lists = telling.iter().copied().filter(|b| {
        *b != at && view.sample.columns[*b].values.len() <= FEW && view.forms[*b].is_none()
    });
    let found = lists.filter_map(|home| {
        let words = &view.sample.columns[home].values;
        let mut rows = 0;
        let mut shared: Vec<&str> = Vec::new();
        for (value, here) in coded.values.iter().zip(&view.counts[at][1..]) {
            let there = words.iter().position(|word| word == value);
            let there = there.map(|place| view.counts[home][place + 1]);
            if there.is_some_and(|there| there >= here * 20) {
                rows += here;
                shared.push(value);
            } else if there.is_some() {
                return None;
            }
        }
        (rows > 0 && rows * 50 <= of).then_some((home, rows, shared))
    });
    let (home, rows, mut shared) =
        found.max_by_key(|found| (found.1, std::cmp::Reverse(found.0)))?;
    shared.sort_unstable();
    let words: Vec<String> = shared
        .iter()
        .take(3)
        .map(|word| format!("`{}`", shown(word)))
        .collect();
    let places = rows_where(coded, |text| shared.contains(&text));
    let says = format!(
        "{} in {} {} what belongs to {}: {}",
        counted(rows, "row"),
        view.name(at),
        if rows == 1 { "holds" } else { "hold" },
        view.name(home),
        words.join(", ")
    );
    let mut found = at_rows(view, "misplaced", at, says, &places);
    found.columns.push(view.names[home].clone());
    Some(found)
}

/// A few values that do not read as nearly all others do, and where such are at home.
fn stray(view: &View, at: usize) -> Option<Finding> {
    let form = view.forms[at]?;
    let tally = &view.tallies[at];
    let off = tally.present() - fitting(tally, form);
    if off == 0 {
        return None;
    }
    let coded = &view.sample.columns[at];
    let bit = FORMS.iter().position(|known| *known == form)?;
    let strays =
        |text: &str| !text.trim().is_empty() && crate::engine::forms(text) & (1 << bit) == 0;
    let rows = rows_where(coded, strays);
    let first = rows
        .first()
        .and_then(|row| coded.at(*row))
        .unwrap_or_default();
    let home = home(view, at, first).map_or(String::new(), |home| {
        format!("; such values are at home in {}", view.name(home))
    });
    let says = format!(
        "{} of {} in {} {} not read as {}{home}",
        grouped(off),
        counted(tally.present(), "value"),
        view.name(at),
        if off == 1 { "does" } else { "do" },
        form.name()
    );
    Some(at_rows(view, "stray", at, says, &rows))
}

/// The column whose form a text has, if that form is special.
fn home(view: &View, at: usize, text: &str) -> Option<usize> {
    let found = crate::engine::forms(text);
    (0..view.width()).find(|b| {
        let form = view.forms[*b].filter(|form| !matches!(form, Form::Integer | Form::Decimal));
        let bit = form.and_then(|form| FORMS.iter().position(|known| *known == form));
        *b != at
            && view.forms[*b] != view.forms[at]
            && bit.is_some_and(|bit| found & (1 << bit) != 0)
    })
}

/// Characters that a wrong decoding left behind: the replacement character, UTF-8 read as
/// Windows-1252, or an accented small letter in a word of capitals.
fn is_damaged(text: &str) -> bool {
    let signs = ["\u{fffd}", "Ã©", "Ã¨", "Ã±", "Ã¼", "Ã¶", "Ã¤", "â€", "Â "];
    if signs.iter().any(|sign| text.contains(sign)) {
        return true;
    }
    let letters: Vec<char> = text.chars().collect();
    letters.windows(3).any(|three| {
        let capital = |c: char| c.is_ascii_uppercase();
        capital(three[0]) && capital(three[2]) && !three[1].is_ascii() && three[1].is_lowercase()
    })
}

fn damaged(view: &View, at: usize) -> Option<Finding> {
    let rows = rows_where(&view.sample.columns[at], is_damaged);
    let says = format!(
        "{} in {} {} damaged by a wrong decoding",
        counted(rows.len() as u64, "value"),
        view.name(at),
        if rows.len() == 1 { "looks" } else { "look" },
    );
    (!rows.is_empty()).then(|| at_rows(view, "damaged", at, says, &rows))
}

fn constant(view: &View, at: usize) -> Option<Finding> {
    let tally = &view.tallies[at];
    let value = tally.counted()?.first()?.0;
    let whole = tally.present() == tally.rows && tally.distinct().0 == 1 && tally.rows > 1;
    let value = match view.hides(at) {
        true => "the same value".to_owned(),
        false => format!("`{}`", shown(value)),
    };
    let says = format!(
        "{} is {value} in {}",
        view.name(at),
        counted(view.rows, "row")
    );
    whole.then(|| finding(view, "constant", &[at], says))
}

fn placeholders(view: &View, at: usize) -> Option<Finding> {
    let is_one = |text: &str| {
        let last = text
            .rsplit(": ")
            .next()
            .unwrap_or(text)
            .trim()
            .to_lowercase();
        PLACEHOLDERS.contains(&last.as_str())
    };
    let coded = &view.sample.columns[at];
    if matches!(view.forms[at], Some(Form::Boolean)) {
        return None;
    }
    let rows = rows_where(coded, is_one);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &rows {
        *counts
            .entry(coded.at(*row).unwrap_or_default())
            .or_default() += 1;
    }
    let list: Vec<String> = counts
        .iter()
        .map(|(text, n)| match view.hides(at) {
            true => format!("in {}", counted(*n, "row")),
            false => format!("`{}` in {}", shown(text), counted(*n, "row")),
        })
        .collect();
    let says = format!(
        "{} holds words for nothing: {}",
        view.name(at),
        list.join(", ")
    );
    (!rows.is_empty()).then(|| at_rows(view, "placeholder", at, says, &rows))
}

/// Values that differ by case, blanks and signs only.
fn variants(view: &View, at: usize) -> Option<Finding> {
    let coded = &view.sample.columns[at];
    let repeats = view.sample.rows() >= coded.values.len() * 2;
    if view.forms[at].is_some() || !repeats || coded.values.len() > 2000 || view.hides(at) {
        return None;
    }
    let mut by: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for value in &coded.values {
        by.entry(snake_case(value)).or_default().push(value);
    }
    let mut groups: Vec<Vec<&str>> = by.into_values().filter(|group| group.len() > 1).collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    let first = groups.first()?;
    let list: Vec<String> = first
        .iter()
        .map(|text| format!("`{}`", shown(text)))
        .collect();
    let more = match groups.len() {
        1 => String::new(),
        n => format!(", and {} more such", n - 1),
    };
    let says = format!(
        "{} writes one value several ways: {}{more}",
        view.name(at),
        list.join(", ")
    );
    Some(finding(view, "variants", &[at], says))
}

fn broken(view: &View, at: usize) -> Option<Finding> {
    let rows = rows_where(&view.sample.columns[at], |text| {
        text.trim().contains(['\n', '\r'])
    });
    let says = format!(
        "{} of {} have several lines",
        counted(rows.len() as u64, "cell"),
        view.name(at)
    );
    (!rows.is_empty()).then(|| finding(view, "lines", &[at], says))
}
