//! The record of a run, and how stored ones of every format are read.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::format_1::{command_of_format_1, facts_of_format_1};
use super::{FileRun, FileState, Gate, ModelRun, Page, Tested, Verdict, when};

/// The form of [`Run`] that this version writes; it reads this one and all before it.
///
/// 1 had neither `format` nor `command` nor proofs: a run of `fuzz` was told by the kind of its
/// outcomes, a proof by the words of a note.
pub const RECORD_FORMAT: u32 = 2;

/// The command that a record is of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// A month: files came in, and models were built.
    Run,
    /// Unit tests alone.
    Test,
    /// The laws of cleaners, tried on texts.
    Fuzz,
}

impl Command {
    /// The name of the command, as it is typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Test => "test",
            Self::Fuzz => "fuzz",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One run: the document of `--format json` and the row of the history.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Run {
    /// The form of the record; [`Run::of`] brings older ones to this.
    pub format: u32,
    /// The command that made it.
    pub command: Command,
    pub run_id: String,
    pub verdict: Verdict,
    pub project: String,
    #[serde(with = "when::moment")]
    pub started: DateTime<Utc>,
    #[serde(with = "when::moment")]
    pub finished: DateTime<Utc>,
    /// The day the run took for today.
    #[serde(with = "when::day")]
    pub as_of: NaiveDate,
    pub files: Vec<FileRun>,
    /// CSV files of the data folder that belong to no source.
    pub unclaimed: Vec<String>,
    /// Unit tests; where one fails, nothing is taken in or built.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Tested>,
    pub models: Vec<ModelRun>,
    /// The rows of the small models that the manifest lists under `[report]`, as of this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Kept>,
}

/// A small model, whole.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Kept {
    pub model: String,
    #[serde(flatten)]
    pub page: Page,
}

impl Run {
    /// The worst of what happened: an outcome, a refused file, a gate that did not open.
    pub fn worst(files: &[FileRun], models: &[ModelRun]) -> Verdict {
        let mut worst = Verdict::Pass;
        for file in files {
            let verdict = match file.state {
                FileState::Refused => Verdict::Fail,
                _ if !file.warnings.is_empty() => Verdict::Warn,
                _ => Verdict::Pass,
            };
            worst = worst.max(verdict);
            for outcome in &file.outcomes {
                worst = worst.max(outcome.verdict);
            }
        }
        for model in models {
            if model.gate != Gate::Open {
                worst = worst.max(Verdict::Fail);
            }
            for outcome in &model.outcomes {
                worst = worst.max(outcome.verdict);
            }
        }
        worst
    }

    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&ModelRun> {
        self.models.iter().find(|model| model.name == name)
    }
}

impl Run {
    /// Reads a stored record of this format or an earlier one.
    ///
    /// # Errors
    /// Why it cannot be read: the record, the field and what stands there, or that a later version wrote it.
    pub fn of(text: &str) -> Result<Self, String> {
        // A record of today needs no migration; where it cannot be read, the walk below says why.
        if let Ok(Head {
            format: Some(format),
        }) = serde_json::from_str(text)
            && format == u64::from(RECORD_FORMAT)
            && let Ok(run) = serde_json::from_str(text)
        {
            return Ok(run);
        }
        let record: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("the record of a run is no JSON object: {error}"))?;
        let run_id = record.get("run_id").and_then(Value::as_str);
        let name = match run_id {
            Some(run_id) => format!("the record of run {run_id}"),
            None => "the record of a run without run_id".to_owned(),
        };
        let of_it = |why: String| format!("{name}: {why}");
        let record = migrated(record).map_err(of_it)?;
        dates(&record).map_err(of_it)?;
        serde_json::from_value(record.into()).map_err(|error| of_it(error.to_string()))
    }
}

#[derive(Deserialize)]
struct Head {
    format: Option<u64>,
}

/// The record in the form of today.
fn migrated(mut record: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let format = match record.get("format") {
        None => 1,
        Some(format) => format
            .as_u64()
            .ok_or_else(|| format!("format is {format}, which is no whole number"))?,
    };
    if format > u64::from(RECORD_FORMAT) {
        return Err(format!(
            "it has format {format} and was written by a newer lockgate, upgrade; \
             this one reads formats up to {RECORD_FORMAT}"
        ));
    }
    if format < 2 {
        let command = command_of_format_1(&record);
        record.insert("command".to_owned(), json!(command));
        facts_of_format_1(&mut record);
    }
    record.insert("format".to_owned(), json!(RECORD_FORMAT));
    Ok(record)
}

/// Names the first field that should hold a date and does not.
fn dates(record: &Map<String, Value>) -> Result<(), String> {
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let field = |name: &str| text(record.get(name).unwrap_or(&Value::Null));
    let named = |field: &str, why: String| format!("{field}: {why}");
    for name in ["started", "finished"] {
        when::moment_of(&field(name)).map_err(|why| named(name, why))?;
    }
    when::day_of(&field("as_of")).map_err(|why| named("as_of", why))?;
    let files = record.get("files").and_then(Value::as_array);
    let files = files.into_iter().flatten();
    for (at, file) in files.enumerate() {
        if let Some(date) = file.get("date").filter(|date| !date.is_null()) {
            let field = format!("files[{at}].date");
            when::day_of(&text(date)).map_err(|why| named(&field, why))?;
        }
    }
    Ok(())
}
