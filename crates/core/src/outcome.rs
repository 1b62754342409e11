//! The stored record of a run: what came in, what was measured, how it was judged.
//!
//! Reports and the history read this and nothing else, so an old run renders
//! again the same.

mod catalogue;
mod change;
mod diff;
mod format_1;
mod health;
mod hidden;
mod number;
mod profile;
mod record;
mod run;
mod tested;
mod tolerance;
mod trace;
pub mod when;

pub use catalogue::{
    Asked, Catalogue, CleanerEntry, ColumnEntry, ColumnRef, FileColumn, LawEntry, ModelEntry,
    SourceEntry, TestEntry, TestRows,
};
pub use change::{Change, Class, Compared, Part, Reader, Spot, Version};
pub use diff::{Diff, Figures, ModelDiff, Pair, RowDiff, RowKind, RunLine};
pub use health::{Fault, Health};
pub use number::{Number, settled};
pub use profile::{
    Candidate, ColumnProfile, Counted, Dependency, Finding, Next, Place, Profile, Suggestion,
    Written,
};
pub use record::{FORMAT, FileRecord, Point};
pub use run::{Command, Kept, RECORD_FORMAT, Run};
pub use tested::{Marked, State, TableDiff, Tested};
pub use tolerance::Tolerance;
pub use trace::{Direction, Step, Trace};

use std::fmt;

use chrono::NaiveDate;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// What a violation does: close the gate, or only be told.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Warn,
    #[default]
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// What a violation is judged.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Warn => Verdict::Warn,
            Self::Error => Verdict::Fail,
        }
    }
}

/// What was found out, before anyone judged it.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// So many rows violate, of so many asked about; `of` is unknown for a free query.
    Violations { rows: u64, of: Option<u64> },
    /// The value of an aggregate; `None` where there was nothing to aggregate.
    Value(Option<Number>),
}

/// The least and the greatest figure that passes; `None` where there is no such end.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Limits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
}

impl Limits {
    /// Whether neither end is there.
    pub fn none(&self) -> bool {
        self.least.is_none() && self.most.is_none()
    }
}

/// How an expectation came out. `Pass`, `Warn` and `Fail` say what the data is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing was asked: an upstream gate is closed, or no row was left to ask about.
    Skip,
    Pass,
    Warn,
    Fail,
    /// The question could not be asked.
    Error,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A 1-based line of a file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Location {
    pub file: String,
    pub line: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A row that violates.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// The line of the file it came from, where the model keeps `file_name` and `file_line`.
    #[serde(flatten)]
    pub place: Option<Location>,
    /// Its values as text; `None` is null.
    pub values: IndexMap<String, Option<String>>,
}

/// How it is known whether columns tell rows apart.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By the query's plan, and why; no row was counted.
    Plan(String),
    /// The rows were counted, and none repeats.
    Counted,
    /// Some rows repeat, or it could not be asked.
    NotEstablished,
}

impl Proof {
    /// What an answer by counting shows.
    pub fn counted(verdict: Verdict, rows: Option<u64>) -> Self {
        match (verdict, rows) {
            (Verdict::Pass, Some(0)) => Self::Counted,
            _ => Self::NotEstablished,
        }
    }
}

/// One expectation, measured and judged.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Outcome {
    /// Unique within the model.
    pub id: String,
    pub kind: String,
    pub severity: Severity,
    pub verdict: Verdict,
    /// How many rows violate; `None` for a kind that has a value instead.
    pub rows: Option<u64>,
    /// How many rows were asked about.
    pub of: Option<u64>,
    /// The value of a kind that has one.
    pub value: Option<Number>,
    /// The value as people read it, where that is no number: a day, a moment, an age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// What was asked for, in words: the bound, or how many violations are allowed.
    pub expected: String,
    /// How many violations are allowed; `None` of a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<Tolerance>,
    /// The same in figures: of the value, or of the violating rows.
    #[serde(default, skip_serializing_if = "Limits::none")]
    pub limits: Limits,
    /// A fingerprint of the question without its bounds: equal ones can be judged by the same figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// Of an expectation that columns do not repeat; `None` of all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// Why it came out so, where the figures do not say it: the proof of a key, an error's text.
    pub note: Option<String>,
    /// Whether the violating rows were set aside in the model's quarantine table.
    pub set_aside: bool,
    /// Why the owner of the data asks for it.
    pub because: Option<String>,
    /// The line of the expectation.
    pub location: Location,
    pub samples: Vec<Sample>,
    /// How the rows of a unit test are not as expected; no other kind has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableDiff>,
}

impl Outcome {
    /// Whether it is about the run itself, and no expectation asked for it: `build`, `not_empty`.
    pub fn is_of_the_run(&self) -> bool {
        matches!(self.kind.as_str(), "build" | "not_empty")
    }

    /// Whether it keeps the gate shut.
    pub fn closes(&self) -> bool {
        match self.verdict {
            Verdict::Fail => true,
            Verdict::Error => self.severity == Severity::Error,
            Verdict::Skip | Verdict::Pass | Verdict::Warn => false,
        }
    }
}

/// What keeps a model from being built, or an expectation from being asked.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The gate of this model is closed.
    Gate(String),
    /// This file of a source was refused.
    File(String),
    /// No file of this source has come in.
    NoFile(String),
    /// This model was never published, and is not selected.
    Unpublished(String),
    /// A unit test failed.
    UnitTest,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(model) => write!(f, "the gate of {model} is closed"),
            Self::File(name) => write!(f, "the file {name} was refused"),
            Self::NoFile(source) => write!(f, "no file of {source} has come in"),
            Self::Unpublished(model) => write!(
                f,
                "{model} was never published: select it too, as in --select +{model}+"
            ),
            Self::UnitTest => f.write_str("a unit test failed"),
        }
    }
}

/// Whether a model's rows may pass on to those who read it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    Open,
    Closed,
    /// Not built: an upstream gate is closed or a source could not be read.
    Skipped,
}

impl Gate {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Skipped => "skipped",
        }
    }
}

/// One model of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ModelRun {
    pub name: String,
    pub layer: String,
    pub gate: Gate,
    /// Rows built; `None` where nothing was.
    pub rows: Option<u64>,
    /// Rows set aside in the model's quarantine table; `None` where none can be.
    pub quarantined: Option<u64>,
    /// Whether the published rows are still those of an earlier run, since nothing they depend on changed.
    pub unchanged: bool,
    /// Why the model was skipped or could not be built.
    pub note: Option<String>,
    /// What it waits for; `None` where it was built, or its query failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<Blame>,
    /// The models and `raw.<source>` that it reads, of a cleaner the columns whose values were tried; empty in records of before this was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
    pub outcomes: Vec<Outcome>,
}

impl ModelRun {
    /// The outcomes of one verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(move |outcome| outcome.verdict == verdict)
    }
}

/// What became of a source file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// Taken in by this run.
    New,
    /// The same bytes were taken in before.
    Known,
    /// Not taken in; `reason` says why.
    Refused,
    /// Its rows were taken out on purpose, by this run or an earlier one, and stay out.
    Withdrawn,
}

impl FileState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One source file of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FileRun {
    pub source: String,
    pub name: String,
    /// `None` where it could not be told.
    #[serde(default, with = "when::optional_day")]
    pub date: Option<NaiveDate>,
    pub sha256: Option<String>,
    /// Data records, the header not counted; `None` where none are in the raw table.
    pub rows: Option<u64>,
    pub state: FileState,
    /// Why it was refused: what, where and what to do.
    pub reason: Option<String>,
    /// The same without the values it quotes; `None` in records of before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// What is odd about it, and does not keep it out.
    pub warnings: Vec<String>,
    /// The same without texts of the file, where one holds any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_warnings: Option<Vec<String>>,
    /// What its source's expectations came to on its rows.
    pub outcomes: Vec<Outcome>,
}

/// A stored run under the bounds of today.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rejudged {
    pub run: Run,
    pub changes: Vec<Turned>,
}

/// What is judged otherwise than it was, or cannot be judged again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// The model, or `raw.<source>`.
    pub table: String,
    /// The expectation; `None`: it is about the gate or the file as a whole.
    pub id: Option<String>,
    pub told: String,
}

/// Rows of a query, in order, as text; `None` is null.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Page {
    pub columns: Vec<String>,
    /// Whether the column holds numbers, which people read flushed to the right, or JSON: its texts are
    /// the values of JSON as they are.
    pub numeric: Vec<bool>,
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there were more rows than asked for.
    pub more: bool,
}

/// What a check of a project that is right tells.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    pub models: Vec<CheckedModel>,
    /// What changed since the base; `None` where none was named.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    #[serde(skip)]
    pub warnings: Vec<Problem>,
}

/// One model, planned.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedModel {
    pub name: String,
    pub layer: String,
    /// How many columns its contract promises; `None` without a contract.
    pub columns: Option<usize>,
    /// Expectations of its file; what the contract implies is not counted.
    pub expectations: usize,
    pub key: Option<KeyCheck>,
}

/// Whether a key needs to be counted on the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyCheck {
    pub columns: Vec<String>,
    /// Why the plan proves it; `None`: each run counts it.
    pub proof: Option<String>,
}
