//! Each expectation over the runs.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use lockgate_core::outcome::{Limits, Outcome, Page, Run, Verdict};
use lockgate_core::table_name::raw;

use super::number;

/// What an expectation came to on one day.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// Of the run, or of the file.
    pub day: NaiveDate,
    pub outcome: &'a Outcome,
}

impl Point<'_> {
    /// The value, or how many rows violate; `None` where nothing was measured.
    pub fn figure(&self) -> Option<f64> {
        let value = self.outcome.value.map(|value| value.as_f64());
        let value = value.or(self.outcome.rows.map(|rows| rows as f64));
        value.filter(|value| value.is_finite())
    }

    /// The value, or the share of the rows that violate, which months of more rows do not move.
    pub fn relative(&self) -> Option<f64> {
        match (self.outcome.rows, self.outcome.of) {
            (Some(rows), Some(of)) if of > 0 => Some(rows as f64 / of as f64),
            _ => self.figure(),
        }
    }

    pub fn limits(&self) -> Limits {
        self.outcome.limits
    }

    /// Whether it was judged and did not pass.
    pub fn fell(&self) -> bool {
        self.outcome.verdict > Verdict::Pass
    }
}

/// The points of every expectation, by the table and the id.
#[derive(Debug, Default)]
pub struct Trends<'a> {
    points: BTreeMap<(String, &'a str), Vec<Point<'a>>>,
}

impl<'a> Trends<'a> {
    /// Those of models over `runs` and those of sources over `intakes`, each oldest first and with at most
    /// one point a day: the last.
    pub fn of(runs: &[&'a Run], intakes: &[&'a Run]) -> Self {
        let mut trends = Self::default();
        for run in intakes {
            for file in &run.files {
                let day = file.date.unwrap_or(run.as_of);
                let table = raw(&file.source);
                for outcome in &file.outcomes {
                    trends.add(table.clone(), Point { day, outcome });
                }
            }
        }
        for run in runs {
            for model in &run.models {
                for outcome in &model.outcomes {
                    let day = run.as_of;
                    trends.add(model.name.clone(), Point { day, outcome });
                }
            }
        }
        trends
    }

    fn add(&mut self, table: String, point: Point<'a>) {
        let points = self.points.entry((table, &point.outcome.id)).or_default();
        let place = points.partition_point(|known| known.day < point.day);
        match points.get_mut(place) {
            Some(known) if known.day == point.day => *known = point,
            _ => points.insert(place, point),
        }
    }

    /// The points of one expectation, oldest first; none, if it was never judged.
    pub fn get(&self, table: &str, id: &'a str) -> &[Point<'a>] {
        let key = (table.to_owned(), id);
        self.points.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// The trend of the expectation `name` (`model.id`, or `raw.source.id`) over runs, newest first.
///
/// # Errors
/// Of a name that no run has: the names there are.
pub fn trend_page(runs: &[Run], name: &str) -> Result<Page, Vec<String>> {
    let mut ordered: Vec<&Run> = runs.iter().collect();
    ordered.sort_by_key(|run| (run.as_of, run.started, &run.run_id));
    let trends = Trends::of(&ordered, &ordered);
    let full = |(table, id): &(String, &str)| format!("{table}.{id}");
    let Some((_, points)) = trends.points.iter().find(|(key, _)| full(key) == name) else {
        return Err(trends.points.keys().map(full).collect());
    };
    let columns = [
        "as_of",
        "verdict",
        "value",
        "violations",
        "of",
        "at_least",
        "at_most",
        "expected",
    ];
    let numeric = ["value", "violations", "of", "at_least", "at_most"];
    let row = |point: &Point<'_>| {
        let outcome = point.outcome;
        vec![
            Some(point.day.to_string()),
            Some(outcome.verdict.to_string()),
            outcome.value.map(|value| value.to_string()),
            outcome.rows.map(|rows| rows.to_string()),
            outcome.of.map(|of| of.to_string()),
            outcome.limits.least.map(plain),
            outcome.limits.most.map(plain),
            Some(outcome.expected.clone()),
        ]
    };
    Ok(Page {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        numeric: columns.iter().map(|name| numeric.contains(name)).collect(),
        rows: points.iter().rev().map(row).collect(),
        more: false,
    })
}

/// A bound that a JSON number can hold.
fn plain(value: f64) -> String {
    number(value).replace(',', "")
}
