//! Past runs, as tables of the same warehouse: `history.runs` and `history.outcomes`, and which of
//! them were told to whom: `history.notifications`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::warehouse::schema_of;
use crate::{Engine, Table, Warehouse, notes, text_rows};
use lockgate_core::error::{Error, Problem, Result};
use lockgate_core::outcome::when::{self, stamp};
use lockgate_core::outcome::{FileState, Gate, Outcome, Page, Run, RunLine};
use lockgate_core::table_name::raw;

const RUNS: &str = "history/runs";
const OUTCOMES: &str = "history/outcomes";
const NOTIFICATIONS: &str = "history/notifications";

/// The columns of `history.runs` that a listing shows.
const LISTED: &str = "run_id, started, as_of, verdict, files_new, files_refused, gates_open, gates_closed, gates_skipped, command";

/// The form of the history's tables that this version writes; it reads this one and all before it.
/// Every commit notes it. 1, which noted nothing, had no column `command` in `runs`.
const SCHEMA: u64 = 2;

/// The note of a commit that says which form it wrote.
const SCHEMA_NOTE: &str = "lockgate.history";

/// Remembers a run. Its outcomes come first, and are read only where its record followed.
pub async fn save(warehouse: &Warehouse, run: &Run) -> Result<()> {
    let mark = format!("run/{}", run.run_id);
    let outcomes = outcomes(run)?;
    append(warehouse, OUTCOMES, outcomes, mark.clone()).await?;
    append(warehouse, RUNS, runs(run)?, mark).await
}

/// Appends rows of this version's form, once for a mark.
async fn append(warehouse: &Warehouse, path: &str, rows: RecordBatch, mark: String) -> Result<()> {
    table(warehouse, path).await?;
    let notes = [(SCHEMA_NOTE.to_owned(), json!(SCHEMA))].into();
    warehouse.append(path, rows, vec![mark], notes).await
}

/// A table of the history; `None` where nothing was kept in it yet.
///
/// # Errors
/// Of the storage; a form that a later version wrote.
pub(super) async fn table(warehouse: &Warehouse, path: &str) -> Result<Option<Table>> {
    let Some(table) = warehouse.table(path).await? else {
        return Ok(None);
    };
    let written = notes(&table).await?;
    match written.get(SCHEMA_NOTE).and_then(Value::as_u64) {
        Some(form) if form > SCHEMA => {
            let message = format!(
                "{path} has form {form} and was written by a newer lockgate; this one knows forms up to {SCHEMA}"
            );
            let problem = Problem::new("lockgate::history", message.as_str())
                .help("upgrade lockgate, or name another warehouse");
            Err(Error::failed(problem, message))
        }
        _ => Ok(Some(table)),
    }
}

/// The newest runs, newest first.
pub async fn list(engine: &Engine, limit: usize) -> Result<Page> {
    let sql = format!("SELECT {LISTED} FROM history.runs ORDER BY started DESC, run_id DESC");
    text_rows(engine, &sql, limit)
        .await
        .map_err(|error| Error::engine("reading the history", error))
}

/// The whole record of the newest run that judged a model; `None` if none did.
pub async fn last_of(engine: &Engine, model: &str) -> Result<Option<Run>> {
    if !(engine.has_table("history.runs")? && engine.has_table("history.outcomes")?) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT record FROM history.runs WHERE command = 'run' AND run_id IN \
         (SELECT run_id FROM history.outcomes WHERE model = {}) ORDER BY started DESC, run_id DESC LIMIT 1",
        lockgate_core::expect::text_literal(model)
    );
    Ok(records(engine, &sql).await?.into_iter().next())
}

/// Every run that built models, oldest first; none where there is no history in the session.
pub async fn runs_of(engine: &Engine) -> Result<Vec<RunLine>> {
    if !engine.has_table("history.runs")? {
        return Ok(Vec::new());
    }
    let sql =
        "SELECT run_id, finished FROM history.runs WHERE command = 'run' ORDER BY started, run_id";
    let page = text_rows(engine, sql, usize::MAX)
        .await
        .map_err(|error| Error::engine("reading the history", error))?;
    let lines = page.rows.into_iter().map(|row| {
        let mut cells = row.into_iter().flatten();
        let run_id = cells.next().unwrap_or_default();
        let finished = when::moment_of(&cells.next().unwrap_or_default()).map_err(|why| {
            let what = format!("reading when run {run_id} ended (history.runs, finished)");
            Error::engine(what, why)
        })?;
        Ok(RunLine { run_id, finished })
    });
    lines.collect()
}

/// Puts the history's tables into a session, where there are any; whether there are.
pub async fn open(engine: &Engine, warehouse: &Warehouse) -> Result<bool> {
    let runs = table(warehouse, RUNS).await?;
    let outcomes = table(warehouse, OUTCOMES).await?;
    engine.put_history(runs.as_ref(), outcomes.as_ref()).await?;
    let notifications = table(warehouse, NOTIFICATIONS).await?;
    if let Some(table) = &notifications {
        engine.put_table("history.notifications", table).await?;
    }
    Ok(runs.or(outcomes).or(notifications).is_some())
}

impl Engine {
    /// Puts in the runs of the history and their outcomes: each run with its command, and outcomes of
    /// runs alone whose record followed them. A run that was killed in between is in neither.
    pub(super) async fn put_history(
        &self,
        runs: Option<&Table>,
        outcomes: Option<&Table>,
    ) -> Result<()> {
        if let Some(table) = outcomes {
            self.put_table("history.outcomes", table).await?;
        }
        if let Some(table) = runs {
            self.put_table("history.runs", table).await?;
            let has = schema_of(table)?.field_with_name("command").is_ok();
            self.put_view("history.runs", &with_commands(has, outcomes.is_some()))
                .await?;
        }
        if outcomes.is_some() {
            let kept = match runs {
                Some(_) => "run_id IN (SELECT run_id FROM history.runs)",
                None => "false",
            };
            let sql = format!("SELECT * FROM history.outcomes WHERE {kept}");
            self.put_view("history.outcomes", &sql).await?;
        }
        Ok(())
    }

    async fn put_view(&self, name: &str, sql: &str) -> Result<()> {
        let failed = |error| Error::engine("reading the history", error);
        let view = self.frame(sql).await.map_err(failed)?.into_view();
        self.put(name, view)
    }
}

/// The runs with a command each: those of form 1 have none, and a fuzz is told by its laws.
fn with_commands(has_column: bool, has_outcomes: bool) -> String {
    let (known, columns) = match has_column {
        true => ("r.command", "r.* EXCEPT (command)"),
        false => ("CAST(NULL AS VARCHAR)", "r.*"),
    };
    if !has_outcomes {
        return format!(
            "SELECT {columns}, coalesce({known}, 'run') AS command FROM history.runs r"
        );
    }
    format!(
        "SELECT {columns}, coalesce({known}, CASE WHEN laws.fuzzed IS NULL THEN 'run' ELSE 'fuzz' END) AS command \
         FROM history.runs r LEFT JOIN \
         (SELECT DISTINCT run_id AS fuzzed FROM history.outcomes WHERE kind = 'law') laws ON laws.fuzzed = r.run_id"
    )
}

/// The whole records of a project's runs, oldest first: of each day the last started, and those that new
/// files came to, since a file is judged once. Runs of `fuzz` are no months.
pub async fn months(engine: &Engine, project: &str) -> Result<Vec<Run>> {
    let sql = format!(
        "SELECT record FROM (SELECT *, row_number() OVER \
         (PARTITION BY as_of ORDER BY started DESC, run_id DESC) AS newest \
         FROM history.runs WHERE project = {} AND command = 'run') \
         WHERE newest = 1 OR files_new > 0 OR files_refused > 0 \
         ORDER BY as_of, started, run_id",
        lockgate_core::expect::text_literal(project)
    );
    records(engine, &sql).await
}

/// The whole records of a project's runs of `fuzz`, oldest first.
pub async fn fuzz_runs(engine: &Engine, project: &str) -> Result<Vec<Run>> {
    let sql = format!(
        "SELECT record FROM history.runs WHERE project = {} AND command = 'fuzz' ORDER BY started, run_id",
        lockgate_core::expect::text_literal(project)
    );
    records(engine, &sql).await
}

/// The whole record of one run; `None` where there is no run of that id.
pub async fn record(engine: &Engine, run_id: &str) -> Result<Option<Run>> {
    let sql = format!(
        "SELECT record FROM history.runs WHERE run_id = {}",
        lockgate_core::expect::text_literal(run_id)
    );
    Ok(records(engine, &sql).await?.into_iter().next())
}

async fn records(engine: &Engine, sql: &str) -> Result<Vec<Run>> {
    let page = text_rows(engine, sql, usize::MAX)
        .await
        .map_err(|error| Error::engine("reading the history", error))?;
    let texts = page.rows.into_iter().flatten().flatten();
    texts
        .map(|text| Run::of(&text))
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::engine("reading the history", error))
}

/// How far the notification of a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is about to be sent; where nothing follows, it is not known whether it was.
    Begun,
    Sent,
    /// It did not arrive, and may be tried again.
    Failed,
}

impl Notice {
    fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// What is known of a run's notification over a channel: the last word, and how often it was begun.
pub async fn notices(
    engine: &Engine,
    warehouse: &Warehouse,
    channel: &str,
    run_id: &str,
) -> Result<(Option<Notice>, u64)> {
    let Some(table) = table(warehouse, NOTIFICATIONS).await? else {
        return Ok((None, 0));
    };
    engine.put_table("history.notifications", &table).await?;
    let sql = format!(
        "SELECT state FROM history.notifications WHERE channel = {} AND run_id = {}",
        lockgate_core::expect::text_literal(channel),
        lockgate_core::expect::text_literal(run_id)
    );
    let page = text_rows(engine, &sql, usize::MAX)
        .await
        .map_err(|error| Error::engine("reading what was sent", error))?;
    let states = page.rows.iter().flatten().flatten();
    let count = |state: Notice| {
        states
            .clone()
            .filter(|text| *text == state.as_str())
            .count()
    };
    let [begun, sent, failed] = [Notice::Begun, Notice::Sent, Notice::Failed].map(count);
    let last = match (begun, sent, failed) {
        (0, 0, _) => None,
        (_, 1.., _) => Some(Notice::Sent),
        (begun, 0, failed) if begun <= failed => Some(Notice::Failed),
        _ => Some(Notice::Begun),
    };
    Ok((last, begun as u64))
}

/// Remembers a step of a run's notification. Of two processes that begin the same `attempt` at
/// once, the second is refused by the table.
pub async fn notice(
    warehouse: &Warehouse,
    (channel, run_id, attempt): (&str, &str, u64),
    state: Notice,
    at: &str,
) -> Result<()> {
    let text = |value: &str| Arc::new(StringArray::from(vec![value.to_owned()])) as ArrayRef;
    let rows = batch(vec![
        ("run_id", text(run_id)),
        ("channel", text(channel)),
        ("attempt", Arc::new(Int64Array::from(vec![attempt as i64]))),
        ("state", text(state.as_str())),
        ("at", text(at)),
    ])?;
    let mark = format!("{channel}/{run_id}/{attempt}/{}", state.as_str());
    append(warehouse, NOTIFICATIONS, rows, format!("run/{mark}")).await
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(columns)
        .map_err(|error| Error::engine("writing the history", error))
}

fn runs(run: &Run) -> Result<RecordBatch> {
    let text = |value: &str| Arc::new(StringArray::from(vec![value.to_owned()])) as ArrayRef;
    let count = |value: usize| Arc::new(Int64Array::from(vec![value as i64])) as ArrayRef;
    let files = |state| run.files.iter().filter(|file| file.state == state).count();
    let gates = |gate| run.models.iter().filter(|model| model.gate == gate).count();
    let record = serde_json::to_string(run)
        .map_err(|error| Error::engine("writing the record of a run", error))?;
    batch(vec![
        ("run_id", text(&run.run_id)),
        ("started", text(&stamp(run.started))),
        ("finished", text(&stamp(run.finished))),
        ("project", text(&run.project)),
        ("as_of", text(&run.as_of.to_string())),
        ("verdict", text(run.verdict.as_str())),
        ("files_new", count(files(FileState::New))),
        ("files_refused", count(files(FileState::Refused))),
        ("gates_open", count(gates(Gate::Open))),
        ("gates_closed", count(gates(Gate::Closed))),
        ("gates_skipped", count(gates(Gate::Skipped))),
        ("record", text(&record)),
        ("command", text(run.command.as_str())),
    ])
}

/// One outcome with what it is about.
struct Line<'a> {
    table: String,
    layer: &'a str,
    gate: Gate,
    as_of: NaiveDate,
    outcome: &'a Outcome,
}

/// Every outcome: of the files, as of their dates, and of the models.
fn lines(run: &Run) -> Vec<Line<'_>> {
    let files = run.files.iter().flat_map(|file| {
        let gate = match file.state {
            FileState::Refused | FileState::Withdrawn => Gate::Closed,
            FileState::New | FileState::Known => Gate::Open,
        };
        file.outcomes.iter().map(move |outcome| Line {
            table: raw(&file.source),
            layer: "sources",
            gate,
            as_of: file.date.unwrap_or(run.as_of),
            outcome,
        })
    });
    let models = run.models.iter().flat_map(|model| {
        model.outcomes.iter().map(|outcome| Line {
            table: model.name.clone(),
            layer: &model.layer,
            gate: model.gate,
            as_of: run.as_of,
            outcome,
        })
    });
    files.chain(models).collect()
}

fn outcomes(run: &Run) -> Result<RecordBatch> {
    let lines = lines(run);
    let texts = |of: &dyn Fn(&Line<'_>) -> String| {
        Arc::new(StringArray::from_iter_values(lines.iter().map(of))) as ArrayRef
    };
    let counts = |of: &dyn Fn(&Outcome) -> Option<u64>| {
        let values = lines
            .iter()
            .map(|line| of(line.outcome).map(|value| value as i64));
        Arc::new(Int64Array::from_iter(values)) as ArrayRef
    };
    let values = lines
        .iter()
        .map(|line| line.outcome.value.map(|value| value.as_f64()));
    batch(vec![
        ("run_id", texts(&|_| run.run_id.clone())),
        ("as_of", texts(&|line| line.as_of.to_string())),
        ("model", texts(&|line| line.table.clone())),
        ("layer", texts(&|line| line.layer.to_owned())),
        ("gate", texts(&|line| line.gate.as_str().to_owned())),
        ("id", texts(&|line| line.outcome.id.clone())),
        ("kind", texts(&|line| line.outcome.kind.clone())),
        (
            "severity",
            texts(&|line| line.outcome.severity.as_str().to_owned()),
        ),
        (
            "verdict",
            texts(&|line| line.outcome.verdict.as_str().to_owned()),
        ),
        ("rows", counts(&|outcome| outcome.rows)),
        ("of", counts(&|outcome| outcome.of)),
        ("value", Arc::new(Float64Array::from_iter(values))),
    ])
}
