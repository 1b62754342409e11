//! Past runs, as tables of the same warehouse: `history.runs` and `history.outcomes`, and which of
//! them were told to whom: `history.notifications`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

use crate::engine::{Commit, Engine, Warehouse, Write, text_rows};
use crate::error::{Error, Result};
use crate::outcome::{FileState, Gate, Outcome, Page, Run, RunLine};

const RUNS: &str = "history/runs";
const OUTCOMES: &str = "history/outcomes";
const NOTIFICATIONS: &str = "history/notifications";

/// The columns of `history.runs` that a listing shows.
const LISTED: &str = "run_id, started, as_of, verdict, files_new, files_refused, gates_open, gates_closed, gates_skipped";

/// Remembers a run. Its outcomes come first, so that a run that is listed is whole.
pub async fn save(warehouse: &Warehouse, run: &Run) -> Result<()> {
    append(warehouse, OUTCOMES, outcomes(run)?, &run.run_id).await?;
    append(warehouse, RUNS, runs(run)?, &run.run_id).await
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
        "SELECT record FROM history.runs WHERE run_id IN \
         (SELECT run_id FROM history.outcomes WHERE model = {}) ORDER BY started DESC, run_id DESC",
        crate::expect::text_literal(model)
    );
    let failed = |error| Error::engine("reading the history", error);
    let page = text_rows(engine, &sql, 1).await.map_err(failed)?;
    let record = page.rows.into_iter().flatten().flatten().next();
    record
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| Error::engine("reading the record of a run", error))
}

/// Every run, oldest first; none where there is no history in the session.
pub async fn runs_of(engine: &Engine) -> Result<Vec<RunLine>> {
    if !engine.has_table("history.runs")? {
        return Ok(Vec::new());
    }
    let sql = "SELECT run_id, finished FROM history.runs ORDER BY started, run_id";
    let page = text_rows(engine, sql, usize::MAX)
        .await
        .map_err(|error| Error::engine("reading the history", error))?;
    let lines = page.rows.into_iter().map(|row| {
        let mut cells = row.into_iter().flatten();
        RunLine {
            run_id: cells.next().unwrap_or_default(),
            finished: cells.next().unwrap_or_default(),
        }
    });
    Ok(lines.collect())
}

/// Puts the history's tables into a session, where there are any; whether there are.
pub async fn open(engine: &Engine, warehouse: &Warehouse) -> Result<bool> {
    let mut found = false;
    for (path, name) in [
        (RUNS, "history.runs"),
        (OUTCOMES, "history.outcomes"),
        (NOTIFICATIONS, "history.notifications"),
    ] {
        if let Some(table) = warehouse.table(path).await? {
            engine.put_table(name, &table).await?;
            found = true;
        }
    }
    Ok(found)
}

/// The whole records of a project's runs, oldest first: of each day the last started, and those that new
/// files came to, since a file is judged once. Runs of `fuzz` are no months.
pub async fn months(engine: &Engine, project: &str) -> Result<Vec<Run>> {
    let sql = format!(
        "SELECT record FROM (SELECT *, row_number() OVER \
         (PARTITION BY as_of ORDER BY started DESC, run_id DESC) AS newest \
         FROM history.runs WHERE project = {} AND run_id NOT IN \
         (SELECT run_id FROM history.outcomes WHERE kind = 'law')) WHERE newest = 1 OR files_new > 0 OR files_refused > 0 \
         ORDER BY as_of, started, run_id",
        crate::expect::text_literal(project)
    );
    records(engine, &sql).await
}

/// The whole records of a project's runs of `fuzz`, oldest first.
pub async fn fuzz_runs(engine: &Engine, project: &str) -> Result<Vec<Run>> {
    let sql = format!(
        "SELECT record FROM history.runs WHERE project = {} AND run_id IN \
         (SELECT run_id FROM history.outcomes WHERE kind = 'law') ORDER BY started, run_id",
        crate::expect::text_literal(project)
    );
    records(engine, &sql).await
}

/// The whole record of one run; `None` where there is no run of that id.
pub async fn record(engine: &Engine, run_id: &str) -> Result<Option<Run>> {
    let sql = format!(
        "SELECT record FROM history.runs WHERE run_id = {}",
        crate::expect::text_literal(run_id)
    );
    Ok(records(engine, &sql).await?.into_iter().next())
}

async fn records(engine: &Engine, sql: &str) -> Result<Vec<Run>> {
    let page = text_rows(engine, sql, usize::MAX)
        .await
        .map_err(|error| Error::engine("reading the history", error))?;
    let texts = page.rows.into_iter().flatten().flatten();
    texts
        .map(|text| serde_json::from_str(&text))
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::engine("reading the record of a run", error))
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
    let Some(table) = warehouse.table(NOTIFICATIONS).await? else {
        return Ok((None, 0));
    };
    engine.put_table("history.notifications", &table).await?;
    let sql = format!(
        "SELECT state FROM history.notifications WHERE channel = {} AND run_id = {}",
        crate::expect::text_literal(channel),
        crate::expect::text_literal(run_id)
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
    append(warehouse, NOTIFICATIONS, rows, &mark).await
}

async fn append(
    warehouse: &Warehouse,
    table: &str,
    batch: RecordBatch,
    run_id: &str,
) -> Result<()> {
    let mut staging = warehouse.stage(table, batch.schema(), &[])?;
    staging.write(batch).await?;
    let staged = staging.finish(&[]).await?;
    let commit = Commit {
        write: Write::Append { instead_of: None },
        partitions: &[],
        mark: format!("run/{run_id}"),
        notes: Default::default(),
    };
    warehouse.publish(table, &staged, commit).await?;
    Ok(())
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
        ("started", text(&run.started)),
        ("finished", text(&run.finished)),
        ("project", text(&run.project)),
        ("as_of", text(&run.as_of)),
        ("verdict", text(run.verdict.as_str())),
        ("files_new", count(files(FileState::New))),
        ("files_refused", count(files(FileState::Refused))),
        ("gates_open", count(gates(Gate::Open))),
        ("gates_closed", count(gates(Gate::Closed))),
        ("gates_skipped", count(gates(Gate::Skipped))),
        ("record", text(&record)),
    ])
}

/// One outcome with what it is about.
struct Line<'a> {
    table: String,
    layer: &'a str,
    gate: Gate,
    as_of: &'a str,
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
            table: format!("raw.{}", file.source),
            layer: "sources",
            gate,
            as_of: file.date.as_deref().unwrap_or(&run.as_of),
            outcome,
        })
    });
    let models = run.models.iter().flat_map(|model| {
        model.outcomes.iter().map(|outcome| Line {
            table: model.name.clone(),
            layer: &model.layer,
            gate: model.gate,
            as_of: &run.as_of,
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
        ("as_of", texts(&|line| line.as_of.to_owned())),
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
