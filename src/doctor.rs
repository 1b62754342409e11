//! `doctor`: what is wrong with the tables of a warehouse, what is lost, and how it is mended.
//! It looks, and changes nothing.

use crate::engine::{
    Engine, REFUSALS, Role, Warehouse, examine, miscounted, quarantine_path, raw_path, table_path,
};
use crate::error::Result;
use crate::outcome::{Fault, Health};
use crate::project::Project;
use crate::table_name::raw;

/// The tables of the history with the columns that are read of them.
const HISTORY: [(&str, &[&str]); 4] = [
    (
        "history/runs",
        &[
            "run_id", "started", "finished", "project", "as_of", "verdict", "record",
        ],
    ),
    (
        "history/outcomes",
        &[
            "run_id", "as_of", "model", "gate", "id", "kind", "verdict", "value",
        ],
    ),
    ("history/notifications", &["run_id", "channel", "state"]),
    (REFUSALS, &["key", "told", "format"]),
];

/// Looks at every table of a project and of its history.
///
/// # Errors
/// A folder of the warehouse cannot be listed.
pub async fn examined(
    project: &Project,
    warehouse: &Warehouse,
    memory: Option<usize>,
) -> Result<Health> {
    let engine = Engine::new(memory)?;
    let mut health = Health::default();
    for source in &project.sources {
        let path = raw_path(&source.name);
        let Some(found) = examine(warehouse, &path, Role::Raw).await? else {
            continue;
        };
        health.tables += 1;
        let sound = found.faults.iter().all(|fault| fault.harmless);
        health.faults.extend(found.faults);
        if let Some(table) = found.table.filter(|_| sound) {
            engine.put_table(&raw(&source.name), &table).await?;
            match miscounted(&engine, &source.name, &path).await {
                Ok(faults) => health.faults.extend(faults),
                Err(why) => health.faults.push(uncounted(&path, &why)),
            }
        }
    }
    for model in &project.models {
        for path in [table_path(model), quarantine_path(&model.name)] {
            if let Some(found) = examine(warehouse, &path, Role::Built).await? {
                health.tables += 1;
                health.faults.extend(found.faults);
            }
        }
    }
    for (path, columns) in HISTORY {
        if let Some(found) = examine(warehouse, path, Role::History).await? {
            health.tables += 1;
            health.faults.extend(found.faults);
            if let Some(table) = &found.table {
                engine.put_table("history.examined", table).await?;
                health
                    .faults
                    .extend(other_columns(&engine, path, columns).await?);
            }
        }
    }
    Ok(health)
}

fn uncounted(table: &str, why: &str) -> Fault {
    Fault {
        table: table.to_owned(),
        file: None,
        what: format!("its rows cannot be counted: {why}"),
        lost: "it is not known".to_owned(),
        mend: "mend what is told of its files first".to_owned(),
        harmless: false,
    }
}

/// Columns that a table of the history should have and does not.
async fn other_columns(engine: &Engine, path: &str, columns: &[&str]) -> Result<Option<Fault>> {
    let found = crate::engine::columns_of(engine, "history.examined").await?;
    let has = |name: &&&str| !found.iter().any(|(column, _)| column == **name);
    let missing: Vec<&str> = columns.iter().filter(has).copied().collect();
    Ok((!missing.is_empty()).then(|| Fault {
        table: path.to_owned(),
        file: None,
        what: format!("it has no column {}", missing.join(", ")),
        lost: "the past runs, which cannot be read".to_owned(),
        mend: format!(
            "it is not the table that lockgate wrote: bring that one back from a backup; without one \
             move the folder {path} away"
        ),
        harmless: false,
    }))
}
