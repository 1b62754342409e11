//! The rows that break what nearly all rows keep, of one scan over all rows.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{AsArray, UInt32Array};
use arrow::compute::{filter, is_not_null};

use lockgate_core::error::{Error, Result};

use super::super::Engine;
use super::agree::{Agreement, Asked, telling};
use super::read::{Origin, Texts};
use super::spot::{At, First, SHOWN, Scanned, Spot};

/// For each question, the first rows that disagree with most of their group, or,
/// where nothing is told, that repeat.
///
/// `watch` sees all rows as they come. What is kept does not grow with the rows.
///
/// # Errors
/// Of reading, and those of `watch`.
pub async fn breaking(
    engine: &Engine,
    origin: &Origin,
    asked: &[(&Asked, &Agreement)],
    mut watch: impl FnMut(&Scanned) -> arrow::error::Result<()> + Send,
) -> Result<Vec<Vec<Spot>>> {
    let names = origin.names();
    let groups = asked.iter().map(|(_, agreement)| Groups::of(agreement));
    let mut all: Vec<Groups> = groups.collect();
    let take = |texts: Texts| {
        let rows = Scanned::new(&names, &texts);
        let mut seen = watch(&rows);
        for ((asked, _), groups) in asked.iter().zip(&mut all) {
            seen = seen.and_then(|()| groups.see(&rows, &texts, asked));
        }
        seen.map_err(|error| Error::engine("looking for the rows that break what holds", error))
    };
    origin.again(engine, take).await?;
    let rows = asked.iter().zip(all);
    Ok(rows.map(|((asked, _), groups)| groups.off(asked)).collect())
}

/// The groups that are looked at.
struct Groups {
    places: HashMap<String, u32>,
    groups: Vec<Group>,
}

/// One of them: how often each value comes, and the first rows.
#[derive(Default)]
struct Group {
    counts: BTreeMap<String, u64>,
    nulls: u64,
    rows: Vec<Spot>,
}

impl Groups {
    fn of(agreement: &Agreement) -> Self {
        let places = agreement.broken.keys().cloned().zip(0..).collect();
        let groups = agreement.broken.keys().map(|_| Group::default());
        Self {
            places,
            groups: groups.collect(),
        }
    }

    fn see(&mut self, rows: &Scanned, texts: &Texts, asked: &Asked) -> arrow::error::Result<()> {
        if self.groups.is_empty() {
            return Ok(());
        }
        let from = telling(texts, asked);
        let place = |key: Option<&str>| self.places.get(key?).copied();
        let groups: UInt32Array = from.as_string::<i32>().iter().map(place).collect();
        let of_them = is_not_null(&groups)?;
        let groups = filter(&groups, &of_them)?;
        let groups = groups.as_primitive::<arrow::datatypes::UInt32Type>();
        let spots = rows.spots(&of_them, asked.to.unwrap_or(asked.from[0]))?;
        for (row, group) in groups.values().iter().enumerate() {
            self.groups[*group as usize].see(spots.at(row));
        }
        Ok(())
    }

    /// The first rows that do not have the value of their group; all, where nothing is told.
    fn off(self, asked: &Asked) -> Vec<Spot> {
        let mut first = First::default();
        for group in self.groups {
            let agreed = group.agreed();
            let is_off = |row: &&Spot| asked.to.is_none() || row.value.as_deref() != agreed;
            let off = group.rows.iter().filter(is_off);
            off.for_each(|row| first.see(row.at()));
        }
        first.0
    }
}

impl Group {
    /// The most frequent value; of equally frequent ones null, then the first by text.
    fn agreed(&self) -> Option<&str> {
        let most = self.counts.iter().rev().max_by_key(|(_, count)| **count);
        let most = most.filter(|(_, count)| **count > self.nulls);
        most.map(|(value, _)| value.as_str())
    }

    /// Keeps the first rows of each value, twice as many as are shown: whichever value the group
    /// agrees on, enough are left of the others.
    fn see(&mut self, row: At) {
        match (row.2, row.2.and_then(|value| self.counts.get_mut(value))) {
            (None, _) => self.nulls += 1,
            (_, Some(count)) => *count += 1,
            (Some(value), None) => {
                self.counts.insert(value.to_owned(), 1);
            }
        }
        let place = self.rows.partition_point(|known| known.at() < row);
        let alike = |known: &Spot| known.value.as_deref() == row.2;
        let before = self.rows[..place]
            .iter()
            .filter(|known| alike(known))
            .count();
        if place == 2 * SHOWN || before == SHOWN {
            return;
        }
        self.rows.insert(place, row.into());
        if self.rows.iter().filter(|known| alike(known)).count() > SHOWN
            && let Some(last) = self.rows.iter().rposition(alike)
        {
            self.rows.remove(last);
        }
        self.rows.truncate(2 * SHOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_that_are_off_are_kept_whatever_the_order_and_however_many_agree() {
        let rows: Vec<(u64, &str)> = (0..1000)
            .map(|line| (line, if line % 90 == 89 { "off" } else { "main" }))
            .collect();
        let asked = Asked {
            from: vec![0],
            to: Some(1),
        };
        let mut turned = rows.clone();
        turned.reverse();
        for rows in [rows, turned] {
            let mut group = Group::default();
            for (line, value) in &rows {
                group.see((None, Some(*line), Some(value)));
            }
            assert!(group.rows.len() <= 2 * SHOWN);
            let groups = Groups {
                places: HashMap::new(),
                groups: vec![group],
            };
            let off = groups.off(&asked);
            let lines: Vec<u64> = off.iter().filter_map(|spot| spot.line).collect();
            assert_eq!(lines, [89, 179, 269, 359, 449, 539]);
        }
    }
}
