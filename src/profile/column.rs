//! One column's figures as they are told.

use std::collections::BTreeMap;

use crate::engine::{Form, Point, shape};
use crate::outcome::{ColumnProfile, Counted};

use super::view::{View, fitting};

/// Values and shapes told of each column.
const TOP: usize = 5;
const SHAPES: usize = 3;

pub(super) fn told(view: &View, at: usize) -> ColumnProfile {
    let tally = &view.tallies[at];
    let (distinct, exact) = tally.distinct();
    let form = view.forms[at];
    let name = match form {
        Some(form) => form.name(),
        None if tally.present() == 0 => "empty".to_owned(),
        None => "text".to_owned(),
    };
    let hidden = view.hides(at);
    ColumnProfile {
        name: view.names[at].clone(),
        form: name,
        fit: form.map_or(tally.present(), |form| fitting(tally, form)),
        values: tally.present(),
        nulls: tally.nulls,
        blanks: tally.blanks,
        padded: tally.padded,
        distinct,
        exact,
        lengths: tally.lengths(),
        quantiles: form
            .filter(|_| !hidden)
            .and_then(|form| quantiles(view, at, form)),
        top: if hidden { Vec::new() } else { top(view, at) },
        shapes: shapes(view, at),
        shapes_of: view.counts[at][1..].iter().sum(),
    }
}

/// The most frequent values of all rows, of the sample where they are too many.
fn top(view: &View, at: usize) -> Vec<Counted> {
    let of_all = view.tallies[at].counted().map(|all| {
        let all = all.into_iter().map(|(text, rows)| Counted {
            text: text.to_owned(),
            rows,
        });
        all.take(TOP).collect::<Vec<_>>()
    });
    of_all.unwrap_or_else(|| {
        let values = view.sample.columns[at]
            .values
            .iter()
            .zip(&view.counts[at][1..]);
        most(values.map(|(text, rows)| (text.to_string(), *rows)), TOP)
    })
}

fn shapes(view: &View, at: usize) -> Vec<Counted> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (text, rows) in view.sample.columns[at]
        .values
        .iter()
        .zip(&view.counts[at][1..])
    {
        *counts.entry(shape(text)).or_default() += rows;
    }
    most(counts.into_iter(), SHAPES)
}

fn most(all: impl Iterator<Item = (String, u64)>, limit: usize) -> Vec<Counted> {
    let mut all: Vec<Counted> = all.map(|(text, rows)| Counted { text, rows }).collect();
    all.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
    all.truncate(limit);
    all
}

/// The ends of all rows, and the quarters of the sample, each a value that stands there.
fn quantiles(view: &View, at: usize, form: Form) -> Option<[String; 5]> {
    let bit = crate::engine::FORMS
        .iter()
        .position(|known| *known == form)?;
    let [least, greatest] = view.tallies[at].ends[bit]?;
    let values = view.sample.columns[at]
        .values
        .iter()
        .zip(&view.counts[at][1..]);
    let points = values.filter_map(|(text, rows)| Some((Point::of(text, form)?, *rows)));
    let mut points: Vec<(Point, u64)> = points.collect();
    points.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    let of: u64 = points.iter().map(|(_, rows)| rows).sum();
    let quarter = |number: u64| {
        let mut before = 0;
        let found = points.iter().find(|(_, rows)| {
            before += rows;
            before * 4 >= of * number
        });
        found.map_or(least, |(point, _)| *point)
    };
    let five = [least, quarter(1), quarter(2), quarter(3), greatest];
    Some(five.map(|point| point.text(form)))
}
