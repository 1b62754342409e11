//! `diff`: how the rows of two states of the tables differ. Rows are told apart
//! by the key of the model's contract; without one, whole rows are counted.
//!
//! Both states are compared by a full outer join, or a grouping. Where they do not
//! fit into the bound on memory, each is read once and spread over the disk by the
//! hash of its key, and the parts are compared one after another.

mod compare;
mod keyed;
mod parts;
mod samples;
mod sides;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{Committed, Engine, Table, Warehouse, columns_of, commits, count, table_path};
use crate::error::{Error, Problem, Result, suggest};
use crate::outcome::{Diff, Figures, Gate, ModelDiff, Pair, Run, RunLine};
use crate::project::{Model, Project, select};

use compare::compare;
use sides::{BASE, OTHER, schemas, sides};

/// A state of the tables.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What it is called in the answer.
    pub label: String,
    pub warehouse: &'a Warehouse,
    pub at: At,
    /// The run at whose end it is; none for a table version, or before the first run.
    pub run: Option<String>,
}

/// When.
#[derive(Clone, Debug)]
pub enum At {
    /// As it is.
    Now,
    /// At a version of each table.
    Version(u64),
    /// At the end of a run.
    Run {
        /// The runs that started no later, itself among them.
        until: BTreeSet<String>,
        /// Milliseconds since 1970, for commits of runs that the history does not know.
        finished: i64,
    },
}

/// What of it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Terms of a selection; none: every model.
    pub select: &'a [String],
    /// Bytes; `None`: no bound.
    pub memory: Option<usize>,
    /// Rows shown of each model and kind of difference; 0 keeps every value out.
    pub samples: usize,
}

impl<'a> Side<'a> {
    /// Reads `latest`, `previous` (the run before the last), a table version
    /// such as `3`, or a run by the beginning of its id; `runs` are those of
    /// the warehouse, oldest first.
    ///
    /// # Errors
    /// No run of that name, or more than one.
    pub fn read(text: &str, warehouse: &'a Warehouse, runs: &[RunLine]) -> Result<Self> {
        let side = |label: String, at, run: Option<&RunLine>| Self {
            label,
            warehouse,
            at,
            run: run.map(|run| run.run_id.clone()),
        };
        if text == "latest" {
            return Ok(side("latest".to_owned(), At::Now, runs.last()));
        }
        // No id of a run is that short, and no table has that many versions.
        if text.len() < 8
            && let Ok(version) = text.parse()
        {
            let label = format!("version {version}");
            return Ok(side(label, At::Version(version), None));
        }
        let place = place_of(text, runs)?;
        let run = &runs[place];
        let until = runs[..=place].iter().map(|run| run.run_id.clone());
        let at = At::Run {
            until: until.collect(),
            finished: run.finished.timestamp_millis(),
        };
        Ok(side(format!("run {}", run.run_id), at, Some(run)))
    }
}

fn place_of(text: &str, runs: &[RunLine]) -> Result<usize> {
    let problem = |message: String, help: String| {
        Error::project(Problem::new("lockgate::diff::run", message).help(help))
    };
    if text == "previous" {
        return runs.len().checked_sub(2).ok_or_else(|| {
            let help = "run the project again, or name a table version such as 0".to_owned();
            problem("there is no run before the last".to_owned(), help)
        });
    }
    let hits = runs.iter().enumerate();
    let hits = hits.filter(|(_, run)| run.run_id.starts_with(text));
    match hits.map(|(place, _)| place).collect::<Vec<_>>()[..] {
        [place] => Ok(place),
        [] => Err(problem(
            format!("no run has an id that begins with `{text}`"),
            format!(
                "{}; lockgate history lists them",
                suggest(text, runs.iter().rev().map(|run| run.run_id.as_str()))
            ),
        )),
        [.., last] => Err(problem(
            format!("more than one run has an id that begins with `{text}`"),
            format!("write more of it, for example {}", runs[last].run_id),
        )),
    }
}

/// Compares the models' tables.
///
/// # Errors
/// The selection matches nothing; a state has none of the tables, and is not that of a run,
/// which may have published none; a table cannot be read.
pub async fn diff(
    project: &Project,
    base: &Side<'_>,
    other: &Side<'_>,
    options: Options<'_>,
) -> Result<Diff> {
    let selected = select(project, options.select, None)?;
    let mut models = Vec::new();
    for model in project.models.iter().filter(|m| selected.contains(&m.name)) {
        let found = (find(base, model).await?, find(other, model).await?);
        models.extend(compared(model, (base, other), found, options).await?);
    }
    let versions = models.iter().map(|model| &model.versions);
    if versions.clone().all(|versions| versions.base.is_none()) {
        has_tables(base)?;
    }
    if versions.clone().all(|versions| versions.other.is_none()) {
        has_tables(other)?;
    }
    Ok(Diff {
        base: base.label.clone(),
        other: other.label.clone(),
        runs: Pair {
            base: base.run.clone(),
            other: other.run.clone(),
        },
        models,
    })
}

/// Of a side that has none of the tables asked for.
fn has_tables(side: &Side<'_>) -> Result<()> {
    let help = match side.at {
        At::Run { .. } => return Ok(()),
        At::Version(_) => {
            "the versions of a table count from 0, one for each run that published other rows"
        }
        At::Now => {
            "build them first: lockgate run; a warehouse is named by its folder, ../main/warehouse"
        }
    };
    let message = format!("{} has none of the tables asked for", side.label);
    Err(Error::project(
        Problem::new("lockgate::diff::tables", message).help(help),
    ))
}

/// Adds, from the records of runs, which tables a run withheld, and the figures of each side's
/// expectations that came out otherwise, unless they are of rows withheld.
pub fn judge(diff: &mut Diff, records: &BTreeMap<String, Run>) {
    let withheld = |run: &Option<String>, model: &str, version: Option<u64>| {
        let run = run.as_ref().and_then(|run| records.get(run));
        let built = run.and_then(|run| run.model(model));
        version.is_some() && built.is_some_and(|built| built.gate != Gate::Open)
    };
    for model in &mut diff.models {
        model.withheld = Pair {
            base: withheld(&diff.runs.base, &model.model, model.versions.base),
            other: withheld(&diff.runs.other, &model.model, model.versions.other),
        };
        if (model.withheld.base && model.runs.base == diff.runs.base)
            || (model.withheld.other && model.runs.other == diff.runs.other)
        {
            continue;
        }
        let figures = |run: &Option<String>| -> BTreeMap<String, Figures> {
            let run = run.as_ref().and_then(|run| records.get(run));
            let judged = run.and_then(|run| run.model(&model.model));
            let outcomes = judged.into_iter().flat_map(|judged| &judged.outcomes);
            outcomes
                .map(|outcome| {
                    let figures = Figures {
                        verdict: outcome.verdict,
                        rows: outcome.rows,
                        of: outcome.of,
                        value: outcome.value,
                    };
                    (outcome.id.clone(), figures)
                })
                .collect()
        };
        let (mut base, mut other) = (figures(&model.runs.base), figures(&model.runs.other));
        if base.is_empty() || other.is_empty() {
            continue;
        }
        let ids: BTreeSet<String> = base.keys().chain(other.keys()).cloned().collect();
        for id in ids {
            let pair = Pair {
                base: base.remove(&id),
                other: other.remove(&id),
            };
            let told = |figures: &Option<Figures>| {
                let figures = figures.as_ref();
                figures.map(|figures| (figures.verdict, figures.rows, figures.value))
            };
            if told(&pair.base) != told(&pair.other) {
                model.metrics.insert(id, pair);
            }
        }
    }
}

/// A table as one side has it.
struct Found {
    table: Table,
    version: u64,
    run: Option<String>,
}

/// The table as it was; `None` where it was not published yet, or has no such version.
async fn find(side: &Side<'_>, model: &Model) -> Result<Option<Found>> {
    let path = table_path(model);
    let Some(table) = side.warehouse.table(&path).await? else {
        return Ok(None);
    };
    let all = commits(&table).await?;
    let place = match &side.at {
        At::Now => all.first(),
        At::Version(version) => all.iter().find(|commit| commit.version == *version),
        At::Run {
            until, finished, ..
        } => all.iter().find(|commit| by_then(commit, until, *finished)),
    };
    let Some(commit) = place else { return Ok(None) };
    let run = match &side.at {
        At::Run { .. } => side.run.clone(),
        _ => commit.run_id.clone(),
    };
    let version = commit.version;
    let at = side.warehouse.table_at(&path, version).await?;
    Ok(at.map(|table| Found {
        table,
        version,
        run,
    }))
}

/// Whether a commit was there when a run ended. Of a run that never came to its
/// history, having died, the clock must tell.
fn by_then(commit: &Committed, until: &BTreeSet<String>, finished: i64) -> bool {
    match &commit.run_id {
        Some(run) if until.contains(run) => true,
        _ => commit.time.is_some_and(|time| time <= finished),
    }
}

async fn compared(
    model: &Model,
    sides: (&Side<'_>, &Side<'_>),
    found: (Option<Found>, Option<Found>),
    options: Options<'_>,
) -> Result<Option<ModelDiff>> {
    if found.0.is_none() && found.1.is_none() {
        return Ok(None);
    }
    let version = |found: &Option<Found>| found.as_ref().map(|found| found.version);
    let run = |found: &Option<Found>| found.as_ref().and_then(|found| found.run.clone());
    let mut diff = ModelDiff {
        model: model.name.clone(),
        layer: model.layer.clone(),
        key: Vec::new(),
        versions: Pair {
            base: version(&found.0),
            other: version(&found.1),
        },
        runs: Pair {
            base: run(&found.0),
            other: run(&found.1),
        },
        withheld: Pair::default(),
        rows: Pair::default(),
        added: 0,
        removed: 0,
        changed: 0,
        columns: Default::default(),
        schema: Default::default(),
        metrics: Default::default(),
        samples: Vec::new(),
        note: None,
    };
    let engine = Engine::new(options.memory)?;
    let tables = [(BASE, &found.0), (OTHER, &found.1)];
    for (name, found) in tables {
        if let Some(found) = found {
            engine.put_table(name, &found.table).await?;
        }
    }
    let same_place = sides.0.warehouse == sides.1.warehouse;
    match found {
        (Some(base), Some(other)) if same_place && base.version == other.version => {
            let rows = count(&engine, OTHER).await?;
            diff.rows = Pair {
                base: rows,
                other: rows,
            };
        }
        (Some(_), Some(_)) => both(&engine, model, options, &mut diff).await?,
        (Some(_), None) => {
            diff.rows.base = count(&engine, BASE).await?;
            diff.removed = diff.rows.base;
            diff.note = Some(format!("{} has no such table", sides.1.label));
        }
        (None, _) => {
            diff.rows.other = count(&engine, OTHER).await?;
            diff.added = diff.rows.other;
            diff.note = Some(format!("{} has no such table", sides.0.label));
        }
    }
    Ok(Some(diff))
}

/// Compares two states that are both there.
async fn both(
    engine: &Engine,
    model: &Model,
    options: Options<'_>,
    diff: &mut ModelDiff,
) -> Result<()> {
    diff.rows = Pair {
        base: count(engine, BASE).await?,
        other: count(engine, OTHER).await?,
    };
    let (base, other) = (
        columns_of(engine, BASE).await?,
        columns_of(engine, OTHER).await?,
    );
    diff.schema = schemas(&base, &other);
    let sides = sides(model, &base, &other);
    if sides.columns.is_empty() {
        return Ok(());
    }
    let limit = options.samples;
    if sides.key > 0 {
        let key = sides.key().to_vec();
        if compare(engine, &keyed::WAY, sides.clone(), limit, diff).await? {
            diff.key = key;
            return Ok(());
        }
        let key = key.join(", ");
        diff.note = Some(format!("the key {key} repeats: whole rows are counted"));
    }
    compare(engine, &whole::WAY, sides.whole(), limit, diff).await?;
    Ok(())
}
