//! The rows that break what nearly all rows keep, of one scan over all rows.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, StringArray};

use crate::error::Result;

use super::super::Engine;
use super::agree::{Agreement, Asked, SHOWN, telling};
use super::read::{Origin, Texts};

/// A row as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// 1-based; `None` for a table.
    pub line: Option<u64>,
    pub cells: Vec<Option<String>>,
}

/// The rows of a broken group that have one value.
#[derive(Default)]
struct Alike {
    count: u64,
    rows: Vec<Row>,
}

type Groups = HashMap<String, HashMap<Option<String>, Alike>>;

/// For each question, the first rows that disagree with most of their group, or,
/// where nothing is told, that repeat.
///
/// `watch` sees every row as it comes.
///
/// # Errors
/// Of reading.
pub async fn breaking(
    engine: &Engine,
    origin: &Origin,
    asked: &[(&Asked, &Agreement)],
    mut watch: impl FnMut(&[&StringArray], usize, &dyn Fn() -> Row) + Send,
) -> Result<Vec<Vec<Row>>> {
    let mut all: Vec<Groups> = asked.iter().map(|_| Groups::new()).collect();
    let take = |texts: Texts| {
        let columns: Vec<&StringArray> =
            texts.columns.iter().map(|c| c.as_string::<i32>()).collect();
        for row in 0..texts.rows {
            watch(&columns, row, &|| row_of(&texts, &columns, row));
        }
        for ((asked, agreement), groups) in asked.iter().zip(&mut all) {
            gather(&texts, &columns, asked, agreement, groups);
        }
        Ok(())
    };
    origin.again(engine, take).await?;
    let rows = asked.iter().zip(all);
    Ok(rows
        .map(|((asked, _), groups)| first(asked, groups))
        .collect())
}

fn row_of(texts: &Texts, columns: &[&StringArray], row: usize) -> Row {
    let cell = |column: &&StringArray| column.is_valid(row).then(|| column.value(row).to_owned());
    Row {
        line: texts.lines.get(row).map(|line| line.cast_unsigned()),
        cells: columns.iter().map(cell).collect(),
    }
}

fn gather(
    texts: &Texts,
    columns: &[&StringArray],
    asked: &Asked,
    agreement: &Agreement,
    groups: &mut Groups,
) {
    if agreement.broken.is_empty() {
        return;
    }
    let from = telling(texts, asked);
    let from = from.as_string::<i32>();
    for row in (0..texts.rows).filter(|row| from.is_valid(*row)) {
        let key = from.value(row);
        if !agreement.broken.contains(key) {
            continue;
        }
        let told = asked.to.map(|to| columns[to]);
        let told = told.and_then(|c| c.is_valid(row).then(|| c.value(row).to_owned()));
        let group = groups.entry(key.to_owned()).or_default();
        let alike = group.entry(told).or_default();
        alike.count += 1;
        keep(&mut alike.rows, row_of(texts, columns, row));
    }
}

/// Keeps the first few in their order, whatever the order they come in.
pub fn keep(rows: &mut Vec<Row>, row: Row) {
    let at = rows.partition_point(|known| *known < row);
    if at < SHOWN {
        rows.insert(at, row);
        rows.truncate(SHOWN);
    }
}

fn first(asked: &Asked, groups: Groups) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in groups.into_values() {
        let mut values: Vec<(Option<String>, Alike)> = group.into_iter().collect();
        // The most frequent value is what the group agrees on, of equals the first by text.
        values.sort_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.cmp(&b.0)));
        let agreed = usize::from(asked.to.is_some());
        for (_, alike) in values.into_iter().skip(agreed) {
            alike.rows.into_iter().for_each(|row| keep(&mut rows, row));
        }
    }
    rows
}
