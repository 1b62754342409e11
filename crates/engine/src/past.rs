//! What the expectations measured in earlier runs, from the history in the warehouse.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use datafusion::common::DataFusionError;

use lockgate_core::error::{Error, Result};
use lockgate_core::outcome::{Outcome, Page};

use super::examine::readable;
use super::history;
use super::warehouse::{Staged, schema_of};
use super::{Engine, Known, Table, Warehouse, text_rows};

/// The values of each expectation, newest day first, one for each day.
#[derive(Debug, Default)]
pub struct PastValues {
    values: BTreeMap<(String, String), Vec<(NaiveDate, f64)>>,
    /// The expectations that had something to ask about, each by its table and its id.
    asked: BTreeSet<(String, String)>,
}

impl PastValues {
    /// Those of one expectation, by its table and its id, of the days before `as_of`.
    pub fn before(&self, table: &str, id: &str, as_of: NaiveDate) -> &[(NaiveDate, f64)] {
        let key = (table.to_owned(), id.to_owned());
        let all = self.values.get(&key).map_or(&[][..], Vec::as_slice);
        let later = all.partition_point(|(day, _)| *day >= as_of);
        &all[later..]
    }

    /// Whether an expectation ever had something to ask about, behind a gate that opened.
    pub fn was_asked(&self, table: &str, id: &str) -> bool {
        self.asked.contains(&(table.to_owned(), id.to_owned()))
    }

    /// Remembers what this run measured of a day, NaN and infinities left out: files of one run come after
    /// one another.
    pub fn learn(&mut self, table: &str, day: NaiveDate, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if outcome.of.is_some_and(|of| of > 0) || outcome.value.is_some() {
                self.asked.insert((table.to_owned(), outcome.id.clone()));
            }
            let value = outcome.value.filter(|value| value.as_f64().is_finite());
            let Some(value) = value else { continue };
            let key = (table.to_owned(), outcome.id.clone());
            let values = self.values.entry(key).or_default();
            values.retain(|(known, _)| *known != day);
            let place = values.partition_point(|(known, _)| *known > day);
            values.insert(place, (day, value.as_f64()));
        }
    }

    /// Takes the past of a source from the records of the files that its table holds: the history
    /// counts only where files of an earlier version have none.
    pub fn of_files<'a>(&mut self, table: &str, files: impl Iterator<Item = &'a Known>) {
        let mut files: Vec<&Known> = files.collect();
        if files.iter().all(|file| file.judged.is_some()) {
            self.values.retain(|(known, _), _| known != table);
        }
        files.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
        for file in files {
            let outcomes = file.judged.iter().flat_map(|judged| judged.outcomes());
            let outcomes: Vec<Outcome> = outcomes.collect();
            self.learn(table, file.date, &outcomes);
        }
    }
}

/// Reads the values of all runs behind a gate that opened. Of several runs of
/// one day the latest counts, so that a month run twice is one month.
pub async fn past(engine: &Engine, warehouse: &Warehouse) -> Result<PastValues> {
    let failed = |error| Error::engine("reading earlier values", error);
    let mut past = PastValues::default();
    let Some(table) = history::table(warehouse, "history/outcomes").await? else {
        return Ok(past);
    };
    let runs = history::table(warehouse, "history/runs").await?;
    engine.put_history(runs.as_ref(), Some(&table)).await?;
    let read = match measured_before(engine).await {
        Ok(read) => read,
        Err(_) => {
            // One bad file: the runs of the others are the past. `doctor` tells which it is.
            let readable = engine.put_readable(warehouse, &table, runs.as_ref());
            readable.await?;
            measured_before(engine).await.map_err(failed)?
        }
    };
    let (values, asked) = read;
    for row in values.rows {
        let [Some(model), Some(id), Some(day), Some(value)] = row.as_slice() else {
            continue;
        };
        if let (Ok(day), Ok(value)) = (day.parse(), value.parse::<f64>())
            && value.is_finite()
        {
            let key = (model.clone(), id.clone());
            past.values.entry(key).or_default().push((day, value));
        }
    }
    for row in asked.rows {
        if let [Some(model), Some(id)] = row.as_slice() {
            past.asked.insert((model.clone(), id.clone()));
        }
    }
    Ok(past)
}

/// The values of each expectation, and which expectations had something to ask about.
async fn measured_before(engine: &Engine) -> Result<(Page, Page), DataFusionError> {
    let values = "SELECT model, id, as_of, value FROM (SELECT model, id, as_of, value, row_number() OVER \
         (PARTITION BY model, id, as_of ORDER BY run_id DESC) AS newest FROM history.outcomes \
         WHERE value IS NOT NULL AND gate = 'open') WHERE newest = 1 ORDER BY model, id, as_of DESC";
    let asked = "SELECT DISTINCT model, id FROM history.outcomes WHERE gate = 'open' \
         AND verdict IN ('pass', 'warn') AND (\"of\" > 0 OR value IS NOT NULL)";
    Ok((
        text_rows(engine, values, usize::MAX).await?,
        text_rows(engine, asked, usize::MAX).await?,
    ))
}

impl Engine {
    /// Puts in what can be read of the history: the files of its tables that are whole.
    async fn put_readable(
        &self,
        warehouse: &Warehouse,
        outcomes: &Table,
        runs: Option<&Table>,
    ) -> Result<()> {
        let parts = [("history.outcomes", outcomes)];
        let runs = runs.map(|runs| ("history.runs", runs));
        for (name, table) in parts.into_iter().chain(runs) {
            let folder = warehouse.url(&name.replace('.', "/"))?;
            let staged = Staged {
                schema: schema_of(table)?,
                adds: readable(table, &folder).await?,
                rows: 0,
            };
            self.put_staged(name, &folder, &staged)?;
        }
        Ok(())
    }
}
