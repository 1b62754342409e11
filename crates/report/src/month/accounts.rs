//! Row accounts: what went into each table, what came out, what was set aside.

use std::collections::BTreeMap;

use serde::Serialize;

use lockgate_core::outcome::{FileState, Gate, ModelRun, Verdict};
use lockgate_core::table_name::raw;

use super::Month;

/// One table's account.
#[derive(Debug, Serialize)]
pub struct Account<'a> {
    pub table: String,
    /// `sources` for the rows of files.
    pub layer: &'a str,
    /// What it reads, with the rows there; a table that is not known to have rows is left out.
    pub reads: Vec<(String, u64)>,
    pub rows: Option<u64>,
    pub set_aside: u64,
    /// Whether the accounts that the project asks for balance; `None` where it asks for none.
    pub balances: Option<bool>,
    pub gate: Gate,
}

impl Account<'_> {
    /// Rows that went in and neither came out nor were set aside, where the table reads one other:
    /// merged with another row, or left out by the query.
    pub fn merged(&self) -> Option<u64> {
        match (self.reads.as_slice(), self.rows) {
            ([(_, read)], Some(rows)) => read.checked_sub(rows + self.set_aside),
            _ => None,
        }
    }
}

/// The accounts of every source and model of the month, in build order.
pub fn accounts<'a>(month: &Month<'a>) -> Vec<Account<'a>> {
    let mut accounts = Vec::new();
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    // In the order of who reads them, so that the flows of a picture do not cross.
    let mut sources = month.sources();
    sources.sort_by_key(|source| {
        let table = raw(source);
        let mut models = month.run.models.iter();
        models
            .position(|model| model.reads.contains(&table))
            .unwrap_or(usize::MAX)
    });
    for source in sources {
        let table = raw(source);
        let mut names: BTreeMap<&str, u64> = BTreeMap::new();
        for file in month.runs.iter().flat_map(|run| &run.files) {
            let came_in = file.source == source && file.state != FileState::Refused;
            if let Some(rows) = file.rows.filter(|_| came_in) {
                names.insert(&file.name, rows);
            }
        }
        let refused = month
            .arrived()
            .any(|file| file.source == source && file.state == FileState::Refused);
        let rows = names.values().sum();
        known.insert(table.clone(), rows);
        accounts.push(Account {
            table,
            layer: "sources",
            reads: Vec::new(),
            rows: Some(rows),
            set_aside: 0,
            balances: None,
            gate: if refused { Gate::Closed } else { Gate::Open },
        });
    }
    for model in &month.run.models {
        if let Some(rows) = model.rows {
            known.insert(model.name.clone(), rows);
        }
        accounts.push(of_model(model, &known));
    }
    accounts
}

fn of_model<'a>(model: &'a ModelRun, known: &BTreeMap<String, u64>) -> Account<'a> {
    let reads = model.reads.iter();
    let reads = reads.filter_map(|name| Some((name.clone(), *known.get(name)?)));
    let asked = model
        .outcomes
        .iter()
        .filter(|outcome| outcome.kind == "reconciles");
    let asked: Vec<Verdict> = asked.map(|outcome| outcome.verdict).collect();
    let answered = asked.iter().any(|verdict| *verdict != Verdict::Skip);
    Account {
        table: model.name.clone(),
        layer: &model.layer,
        reads: reads.collect(),
        rows: model.rows,
        set_aside: model.quarantined.unwrap_or(0),
        balances: answered.then(|| asked.iter().all(|verdict| *verdict <= Verdict::Pass)),
        gate: model.gate,
    }
}
