//! What the expectations measured in earlier runs, from the history in the warehouse.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::error::{Error, Result};

use super::{Engine, Warehouse, text_rows};

/// The values of each expectation, newest day first, one for each day.
#[derive(Debug, Default)]
pub struct PastValues {
    values: BTreeMap<(String, String), Vec<(NaiveDate, f64)>>,
}

impl PastValues {
    /// Those of one expectation, by its model and its id.
    pub fn of(&self, model: &str, id: &str) -> &[(NaiveDate, f64)] {
        let key = (model.to_owned(), id.to_owned());
        self.values.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// Reads the values of all runs whose day lies before `as_of`. Of several runs
/// of one day the latest counts, so that a month run twice is one month.
pub async fn past(engine: &Engine, warehouse: &Warehouse, as_of: NaiveDate) -> Result<PastValues> {
    let failed = |error| Error::engine("reading earlier values", error);
    let mut past = PastValues::default();
    let Some(table) = warehouse.table("history/outcomes").await? else {
        return Ok(past);
    };
    engine.put_table("history.outcomes", &table).await?;
    let sql = format!(
        "SELECT model, id, as_of, value FROM (SELECT model, id, as_of, value, row_number() OVER \
         (PARTITION BY model, id, as_of ORDER BY run_id DESC) AS newest FROM history.outcomes \
         WHERE value IS NOT NULL AND as_of < '{as_of}') WHERE newest = 1 ORDER BY model, id, as_of DESC"
    );
    let page = text_rows(engine, &sql, usize::MAX).await.map_err(failed)?;
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
