//! `run`: files in, layers built, measured, judged and published, one [`Run`] out.

mod empty;
mod facts;
mod failed;
mod fingerprint;
mod folder;
mod gate;
mod intake;
mod kept;
mod refused;
mod severity;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use crate::check;
use crate::engine::{Engine, PastValues, Refusals, Table, Warehouse, past};
use crate::error::{Problem, Result};
use crate::outcome::when::whole_millis;
use crate::outcome::{
    Blame, Command, FileRun, FileState, Gate, ModelRun, RECORD_FORMAT, Run, Tested, Verdict,
};
use crate::project::{AsOf, Project, select};
use crate::table_name::{raw, source_of};
use crate::unit;

pub use fingerprint::CODE;

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
    /// Runs before this one that were killed: what they took in is told as new by this one.
    pub cut_off: Vec<String>,
    /// Bytes; `None`: no bound.
    pub memory: Option<usize>,
}

impl Options {
    /// A run of every model over a folder of files, without a bound of memory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>, warehouse: Warehouse) -> Self {
        Self {
            data: data.into(),
            warehouse,
            file_date: None,
            select: Vec::new(),
            modified: None,
            severities: Vec::new(),
            supersede: Vec::new(),
            withdraw: Vec::new(),
            cut_off: Vec::new(),
            memory: None,
        }
    }
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
    /// It was taken in, or it was not.
    Read {
        file: &'a FileRun,
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
        tables: BTreeMap::new(),
        as_of: started.date_naive(),
        past: PastValues::default(),
        refusals: Refusals::default(),
    };
    if unit::verdict(&tests) == Verdict::Fail {
        return Ok(runner.stopped(&selected, tests, (clock.now)()));
    }
    runner.past = past(&runner.engine, &options.warehouse).await?;
    runner.refusals = Refusals::load(&runner.engine, &options.warehouse).await;
    let sources = runner.sources_of(&selected);
    let files = runner.take_in(&sources, progress).await?;
    runner.refusals.save(&options.warehouse).await?;
    let models = loop {
        runner.open_tables(&files).await?;
        // Where another run published meanwhile, all is built again from what is there now.
        if let Some(models) = runner.build(&selected, progress).await? {
            break models;
        }
    };
    let unclaimed = runner.unclaimed()?;
    let tables = runner.kept(&models).await?;
    Ok(Run {
        format: RECORD_FORMAT,
        command: Command::Run,
        run_id: clock.run_id.clone(),
        verdict: Run::worst(&files, &models),
        project: project.manifest.name.clone(),
        started: whole_millis(started),
        finished: whole_millis((clock.now)()),
        as_of: runner.as_of,
        files,
        unclaimed,
        tests,
        models,
        tables,
    })
}

struct Runner<'a> {
    project: &'a Project,
    options: &'a Options,
    engine: Engine,
    run_id: &'a str,
    started: DateTime<Utc>,
    /// Tables whose gate is not open, and why.
    blocked: BTreeMap<String, Blame>,
    /// The keys that this run has seen to hold.
    keys: BTreeMap<String, Vec<Vec<String>>>,
    /// The published tables as this run reads them.
    tables: BTreeMap<String, Table>,
    as_of: NaiveDate,
    /// What the expectations measured before.
    past: PastValues,
    /// Files that this run and those before it refused.
    refusals: Refusals,
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
        Run {
            format: RECORD_FORMAT,
            command: Command::Run,
            run_id: self.run_id.to_owned(),
            verdict: Verdict::Fail,
            project: self.project.manifest.name.clone(),
            started: whole_millis(self.started),
            finished: whole_millis(finished),
            as_of: self.as_of,
            files: Vec::new(),
            unclaimed: Vec::new(),
            tests,
            models: models.map(|it| self.skipped(it, Blame::UnitTest)).collect(),
            tables: Vec::new(),
        }
    }

    /// Builds the selected models in order; `None`: another run published one of them meanwhile.
    async fn build(
        &mut self,
        selected: &BTreeSet<String>,
        progress: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Option<Vec<ModelRun>>> {
        progress(Event::Starts {
            models: selected.len(),
        });
        let mut models = Vec::new();
        let project = self.project;
        for model in project.models.iter().filter(|m| selected.contains(&m.name)) {
            progress(Event::Builds { model: &model.name });
            let Some(judged) = self.model(model).await? else {
                return Ok(None);
            };
            progress(Event::Judged { model: &judged });
            models.push(judged);
        }
        Ok(Some(models))
    }

    fn sources_of(&self, selected: &BTreeSet<String>) -> BTreeSet<String> {
        let models = self.project.models.iter();
        let read = models
            .filter(|model| selected.contains(&model.name))
            .flat_map(|model| &model.reads);
        read.filter_map(|name| source_of(name))
            .map(str::to_owned)
            .collect()
    }

    /// Puts every published table into the session, and settles what today is.
    async fn open_tables(&mut self, files: &[FileRun]) -> Result<()> {
        self.blocked.clear();
        self.keys.clear();
        for file in files.iter().filter(|file| file.state == FileState::Refused) {
            let why = Blame::File(file.name.clone());
            self.block(&raw(&file.source), why);
        }
        let warehouse = &self.options.warehouse;
        let tables = self.engine.put_published(warehouse, self.project).await?;
        let mut newest: Option<NaiveDate> = None;
        for source in &self.project.sources {
            let name = raw(&source.name);
            let Some(table) = tables.get(&name) else {
                self.block(&name, Blame::NoFile(source.name.clone()));
                continue;
            };
            for known in crate::engine::files_of(source, table).await? {
                newest = newest.max(Some(known.date));
            }
            self.keys.insert(name, vec![crate::engine::raw_key()]);
        }
        for model in &self.project.models {
            if !tables.contains_key(&model.name) {
                self.block(&model.name, Blame::Unpublished(model.name.clone()));
            }
        }
        self.tables = tables;
        if self.project.manifest.as_of == AsOf::NewestFile {
            self.as_of = newest.unwrap_or(self.as_of);
        }
        Ok(())
    }

    fn block(&mut self, table: &str, why: Blame) {
        self.blocked.entry(table.to_owned()).or_insert(why);
    }

    /// A model that does not run: why.
    fn skipped(&self, model: &crate::project::Model, why: Blame) -> ModelRun {
        ModelRun {
            note: Some(why.to_string()),
            waits_for: Some(why),
            ..self.unbuilt(model)
        }
    }

    /// A model before anything is built of it.
    fn unbuilt(&self, model: &crate::project::Model) -> ModelRun {
        ModelRun {
            name: model.name.clone(),
            layer: model.layer.clone(),
            gate: Gate::Skipped,
            rows: None,
            quarantined: None,
            unchanged: false,
            note: None,
            waits_for: None,
            reads: model.reads.clone(),
            outcomes: Vec::new(),
        }
    }
}

/// A problem of a command line value.
fn argument(message: String, help: String) -> crate::error::Error {
    crate::error::Error::project(Problem::new("lockgate::argument", message).help(help))
}
