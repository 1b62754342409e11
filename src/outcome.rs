//! The stored record of a run: what came in, what was measured, how it was judged.
//!
//! Reports and the history read this and nothing else, so an old run renders
//! again the same.

mod catalogue;
mod change;
mod diff;
mod profile;
mod tested;
mod trace;

pub use catalogue::{
    Asked, Catalogue, CleanerEntry, ColumnEntry, ColumnRef, FileColumn, LawEntry, ModelEntry,
    SourceEntry, TestEntry, TestRows,
};
pub use change::{Change, Class, Compared, Part, Reader, Spot, Version};
pub use diff::{Diff, Figures, ModelDiff, Pair, RowDiff, RowKind, RunLine};
pub use profile::{
    Candidate, ColumnProfile, Counted, Dependency, Finding, Next, Place, Profile, Suggestion,
    Written,
};
pub use tested::{Marked, State, TableDiff, Tested};
pub use trace::{Direction, Step, Trace};

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// A measured value. Whole numbers stay whole: a count is never rounded.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    /// Whether this number is at most `other`; never, where one is not a number.
    pub fn at_most(self, other: Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a <= b,
            (a, b) => a.as_f64() <= b.as_f64(),
        }
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
        }
    }
}

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
    /// What was asked for, in words: the bound, or how many violations are allowed.
    pub expected: String,
    /// The same in figures: of the value, or of the violating rows.
    #[serde(default, skip_serializing_if = "Limits::none")]
    pub limits: Limits,
    /// A fingerprint of the question without its bounds: equal ones can be judged by the same figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
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
    /// Whether it keeps the gate shut.
    pub fn closes(&self) -> bool {
        match self.verdict {
            Verdict::Fail => true,
            Verdict::Error => self.severity == Severity::Error,
            Verdict::Skip | Verdict::Pass | Verdict::Warn => false,
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
    /// `YYYY-MM-DD`; `None` where it could not be told.
    pub date: Option<String>,
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
    /// What its source's expectations came to on its rows.
    pub outcomes: Vec<Outcome>,
}

/// One run: the document of `--format json` and the row of the history.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Run {
    pub run_id: String,
    pub verdict: Verdict,
    pub project: String,
    /// RFC 3339, UTC.
    pub started: String,
    pub finished: String,
    /// The day the run took for today.
    pub as_of: String,
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
    /// Whether the column holds numbers, which people read flushed to the right.
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
