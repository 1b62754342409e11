//! The project with its history, and which of the stored runs is meant.

use lockgate::engine::{Engine, Warehouse};
use lockgate::error::{Error, Problem, Result};
use lockgate::history;
use lockgate::outcome::{Command, Run};
use lockgate::project::Project;

use crate::args::{Global, Which};
use crate::context::{load, memory, warehouse};

/// Months that a refusal names at most.
const MONTHS_NAMED: usize = 3;

/// The project with its history.
pub struct Stored {
    pub project: Project,
    pub warehouse: Warehouse,
    pub engine: Engine,
}

impl Stored {
    pub async fn open(global: &Global) -> Result<Self> {
        let project = load(global)?;
        let warehouse = warehouse(global, &project)?;
        let engine = Engine::new(memory(global))?;
        if !history::open(&engine, &warehouse).await? {
            return Err(wrong("there is no run yet", "make the first: lockgate run"));
        }
        Ok(Self {
            project,
            warehouse,
            engine,
        })
    }

    /// The run asked for, and one run of each day of the history.
    pub async fn runs(&self, which: &Which) -> Result<(Run, Vec<Run>)> {
        let samples = self.project.manifest.samples;
        let runs = history::months(&self.engine, &self.project.manifest.name).await?;
        let runs = runs.into_iter().map(|run| run.shown_with(samples));
        let runs: Vec<Run> = runs.collect();
        let found = match (&which.run, &which.month) {
            (Some(id), _) => {
                let run = history::record(&self.engine, id).await?;
                if let Some(run) = &run {
                    is_month(run, &runs)?;
                }
                run.map(|run| run.shown_with(samples))
            }
            (None, Some(month)) => {
                let mut of_month = runs.iter().rev();
                of_month
                    .find(|run| run.as_of.format("%Y-%m").to_string() == *month)
                    .cloned()
            }
            (None, None) => runs.last().cloned(),
        };
        found.map(|run| (run, runs.clone())).ok_or_else(|| {
            let asked = which.run.as_ref().or(which.month.as_ref());
            let asked = asked.map_or(String::new(), |asked| format!(" `{asked}`"));
            wrong(
                format!("the history has no run{asked}"),
                "lockgate history lists them",
            )
        })
    }
}

pub fn wrong(message: impl Into<String>, help: &str) -> Error {
    Error::project(Problem::new("lockgate::history", message).help(help))
}

/// Refuses what is no month, such as a run of `fuzz`, and says which runs are.
pub fn is_month(run: &Run, months: &[Run]) -> Result<()> {
    if run.command == Command::Run {
        return Ok(());
    }
    let message = format!(
        "{} is a run of `{}`, which built no model: it is no month",
        run.run_id, run.command
    );
    let newest = months.iter().rev().take(MONTHS_NAMED);
    let named: Vec<String> = newest
        .map(|run| format!("{} (as of {})", run.run_id, run.as_of))
        .collect();
    let help = match named.is_empty() {
        true => "there is no month yet; make the first: lockgate run".to_owned(),
        false => format!(
            "the last months are {}; lockgate history lists all runs",
            named.join(", ")
        ),
    };
    Err(wrong(message, &help))
}
