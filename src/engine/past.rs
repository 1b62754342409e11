//! What the expectations measured in earlier runs, from the history in the warehouse.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::outcome::Outcome;

use super::{Engine, Warehouse, text_rows};

/// The values of each expectation, newest day first, one for each day.
#[derive(Debug, Default)]
pub struct PastValues {
    values: BTreeMap<(String, String), Vec<(NaiveDate, f64)>>,
}

impl PastValues {
    /// Those of one expectation, by its table and its id, of the days before `as_of`.
    pub fn before(&self, table: &str, id: &str, as_of: NaiveDate) -> &[(NaiveDate, f64)] {
        let key = (table.to_owned(), id.to_owned());
        let all = self.values.get(&key).map_or(&[][..], Vec::as_slice);
        let later = all.partition_point(|(day, _)| *day >= as_of);
        &all[later..]
    }

    /// Remembers what this run measured of a day: files of one run come after one another.
    pub fn learn(&mut self, table: &str, day: Option<NaiveDate>, outcomes: &[Outcome]) {
        let Some(day) = day else { return };
        for outcome in outcomes {
            let Some(value) = outcome.value else { continue };
            let key = (table.to_owned(), outcome.id.clone());
            let values = self.values.entry(key).or_default();
            values.retain(|(known, _)| *known != day);
            let place = values.partition_point(|(known, _)| *known > day);
            values.insert(place, (day, value.as_f64()));
        }
    }
}

/// Reads the values of all runs behind a gate that opened. Of several runs of
/// one day the latest counts, so that a month run twice is one month.
pub async fn past(engine: &Engine, warehouse: &Warehouse) -> Result<PastValues> {
    let failed = |error| Error::engine("reading earlier values", error);
    let mut past = PastValues::default();
    let Some(table) = warehouse.table("history/outcomes").await? else {
        return Ok(past);
    };
    engine.put_table("history.outcomes", &table).await?;
    let sql = "SELECT model, id, as_of, value FROM (SELECT model, id, as_of, value, row_number() OVER \
         (PARTITION BY model, id, as_of ORDER BY run_id DESC) AS newest FROM history.outcomes \
         WHERE value IS NOT NULL AND gate = 'open') WHERE newest = 1 ORDER BY model, id, as_of DESC";
    let page = text_rows(engine, sql, usize::MAX).await.map_err(failed)?;
    for row in page.rows {
        let [Some(model), Some(id), Some(day), Some(value)] = row.as_slice() else {
            continue;
        };
        if let (Ok(day), Ok(value)) = (day.parse(), value.parse()) {
            let key = (model.clone(), id.clone());
            past.values.entry(key).or_default().push((day, value));
        }
    }
    Ok(past)
}
