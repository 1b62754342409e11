//! `run`: files in, layers built, measured, judged and published, one [`Run`] out.

mod gate;
mod intake;
mod kept;
mod severity;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::check;
use crate::engine::{Engine, PastValues, Warehouse, past};
use crate::error::{Problem, Result};
use crate::outcome::{FileRun, FileState, Gate, ModelRun, Run, Tested, Verdict};
use crate::project::{AsOf, Project, select};
use crate::unit;

/// How one run differs from the project as written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the source files.
    pub data: PathBuf,
    pub warehouse: Warehouse,
    /// The date of files whose name has none.
    pub file_date: Option<NaiveDate>,
    /// Terms of a selection; none: every model.
    pub select: Vec<String>,
    /// The models that `state:modified` stands for; `None`: it cannot be asked.
    pub modified: Option<BTreeSet<String>>,
    /// `ID=warn` or `MODEL.ID=error`.
    pub severities: Vec<String>,
    /// Names of files that replace what came in under their name before.
    pub supersede: Vec<String>,
    /// Names of files whose rows are taken out, and stay out while their bytes are the same.
    pub withdraw: Vec<String>,
    /// Bytes; `None`: no bound.
    pub memory: Option<usize>,
}

/// What the caller knows of this moment.
pub struct Clock<'a> {
    pub run_id: String,
    pub now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
}

/// What happens, while it happens.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many models will be built.
    Starts {
        models: usize,
    },
    Reads {
        file: &'a str,
    },
    Builds {
        model: &'a str,
    },
    Judged {
        model: &'a ModelRun,
    },
}

/// Runs the project once.
///
/// # Errors
/// What is wrong with the project, before anything is read; a failure of the
/// engine or the storage. What is wrong with the data is in the [`Run`].
pub async fn run(
    project: &Project,
    options: &Options,
    clock: &Clock<'_>,
    progress: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Run> {
    let project = &severity::overridden(project, &options.severities)?;
    let selected = select(project, &options.select, options.modified.as_ref())?;
    let started = (clock.now)();
    let planned = check::planned(project).await?;
    let tests = unit::tested(project, &planned, &selected, options.memory).await?;
    let mut runner = Runner {
        project,
        options,
        engine: Engine::of(project, options.memory)?,
        run_id: &clock.run_id,
        started,
        blocked: BTreeMap::new(),
        keys: BTreeMap::new(),
        versions: BTreeMap::new(),
        as_of: started.date_naive(),
        past: PastValues::default(),
    };
    if unit::verdict(&tests) == Verdict::Fail {
        return Ok(runner.stopped(&selected, tests, (clock.now)()));
    }
    runner.past = past(&runner.engine, &options.warehouse).await?;
    let sources = runner.sources_of(&selected);
    let files = runner.take_in(&sources, progress).await?;
    runner.open_tables(&files).await?;
    progress(Event::Starts {
        models: selected.len(),
    });
    let mut models = Vec::new();
    for model in project.models.iter().filter(|m| selected.contains(&m.name)) {
        progress(Event::Builds { model: &model.name });
        let judged = runner.model(model).await?;
        progress(Event::Judged { model: &judged });
        models.push(judged);
    }
    let unclaimed = runner.unclaimed()?;
    let tables = runner.kept(&models).await?;
    Ok(Run {
        run_id: clock.run_id.clone(),
        verdict: Run::worst(&files, &models),
        project: project.manifest.name.clone(),
        started: stamp(started),
        finished: stamp((clock.now)()),
        as_of: runner.as_of.to_string(),
        files,
        unclaimed,
        tests,
        models,
        tables,
    })
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

struct Runner<'a> {
    project: &'a Project,
    options: &'a Options,
    engine: Engine,
    run_id: &'a str,
    started: DateTime<Utc>,
    /// Tables whose gate is not open, and why.
    blocked: BTreeMap<String, String>,
    /// The keys that this run has seen to hold.
    keys: BTreeMap<String, Vec<Vec<String>>>,
    /// The published version of each table that may be read.
    versions: BTreeMap<String, u64>,
    as_of: NaiveDate,
    /// What the expectations measured before.
    past: PastValues,
}

impl Runner<'_> {
    /// A run that ends with its unit tests: nothing is taken in, nothing is built.
    fn stopped(
        &self,
        selected: &BTreeSet<String>,
        tests: Vec<Tested>,
        finished: DateTime<Utc>,
    ) -> Run {
        let models = self.project.models.iter();
        let models = models.filter(|model| selected.contains(&model.name));
        let why = "a unit test failed";
        Run {
            run_id: self.run_id.to_owned(),
            verdict: Verdict::Fail,
            project: self.project.manifest.name.clone(),
            started: stamp(self.started),
            finished: stamp(finished),
            as_of: self.as_of.to_string(),
            files: Vec::new(),
            unclaimed: Vec::new(),
            tests,
            models: models.map(|it| self.skipped(it, why.to_owned())).collect(),
            tables: Vec::new(),
        }
    }

    fn sources_of(&self, selected: &BTreeSet<String>) -> BTreeSet<String> {
        let models = self.project.models.iter();
        let read = models
            .filter(|model| selected.contains(&model.name))
            .flat_map(|model| &model.reads);
        read.filter_map(|name| name.strip_prefix("raw."))
            .map(str::to_owned)
            .collect()
    }

    /// Puts every published table into the session, and settles what today is.
    async fn open_tables(&mut self, files: &[FileRun]) -> Result<()> {
        for file in files.iter().filter(|file| file.state == FileState::Refused) {
            let why = format!("the file {} was refused", file.name);
            self.block(&format!("raw.{}", file.source), why);
        }
        let warehouse = &self.options.warehouse;
        let tables = self.engine.put_published(warehouse, self.project).await?;
        let mut newest: Option<NaiveDate> = None;
        for source in &self.project.sources {
            let name = format!("raw.{}", source.name);
            let Some(table) = tables.get(&name) else {
                self.block(&name, format!("no file of {} has come in", source.name));
                continue;
            };
            for known in crate::engine::ledger(table).await? {
                newest = newest.max(known.date.parse().ok());
            }
            self.keys.insert(name, vec![crate::engine::raw_key()]);
        }
        for model in &self.project.models {
            if !tables.contains_key(&model.name) {
                let why = format!(
                    "{0} was never published: select it too, as in --select +{0}+",
                    model.name
                );
                self.block(&model.name, why);
            }
        }
        let versions = tables.into_iter();
        self.versions = versions
            .map(|(name, table)| (name, table.version().unwrap_or(0)))
            .collect();
        if self.project.manifest.as_of == AsOf::NewestFile {
            self.as_of = newest.unwrap_or(self.as_of);
        }
        Ok(())
    }

    fn block(&mut self, table: &str, why: String) {
        self.blocked.entry(table.to_owned()).or_insert(why);
    }

    /// A model that does not run: why.
    fn skipped(&self, model: &crate::project::Model, why: String) -> ModelRun {
        ModelRun {
            name: model.name.clone(),
            layer: model.layer.clone(),
            gate: Gate::Skipped,
            rows: None,
            quarantined: None,
            unchanged: false,
            note: Some(why),
            reads: model.reads.clone(),
            outcomes: Vec::new(),
        }
    }
}

/// A problem of a command line value.
fn argument(message: String, help: String) -> crate::error::Error {
    crate::error::Error::project(Problem::new("lockgate::argument", message).help(help))
}
