//! How the rows of two versions of the tables differ.

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Serialize;

use super::{Number, Verdict};

/// Two states of a project's tables, side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    pub base: String,
    pub other: String,
    /// The runs at whose end the states were; none for a table version, or before the first run.
    pub runs: Pair<Option<String>>,
    /// In run order.
    pub models: Vec<ModelDiff>,
}

impl Diff {
    /// Whether any row, column or figure differs.
    pub fn differs(&self) -> bool {
        self.models.iter().any(ModelDiff::differs)
    }
}

/// One of two states of something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pair<T> {
    pub base: T,
    pub other: T,
}

/// How a model's rows differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelDiff {
    pub model: String,
    pub layer: String,
    /// The columns by which rows are the same row; empty: only whole rows are compared.
    pub key: Vec<String>,
    /// The table's version; `None` where it was not published then.
    pub versions: Pair<Option<u64>>,
    /// The run whose figures stand for it: the one named, else the one that published it.
    pub runs: Pair<Option<String>>,
    /// Whether the run of that state left an older version in place, its gate not being open.
    pub withheld: Pair<bool>,
    pub rows: Pair<u64>,
    pub added: u64,
    pub removed: u64,
    /// Rows of one key whose other columns differ; none without a key.
    pub changed: u64,
    /// How many rows a column differs in, for the columns that do.
    pub columns: IndexMap<String, u64>,
    /// Columns that only one side has, or with another type.
    pub schema: IndexMap<String, Pair<Option<String>>>,
    /// Expectations whose figures or verdicts differ.
    pub metrics: IndexMap<String, Pair<Option<Figures>>>,
    /// The first rows that differ, by their key.
    pub samples: Vec<RowDiff>,
    /// Why rows could not be told by the key.
    pub note: Option<String>,
}

impl ModelDiff {
    pub fn differs(&self) -> bool {
        self.added + self.removed + self.changed > 0
            || !self.schema.is_empty()
            || !self.metrics.is_empty()
            || self.versions.base.is_some() != self.versions.other.is_some()
    }
}

/// What an expectation came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub verdict: Verdict,
    pub rows: Option<u64>,
    pub of: Option<u64>,
    pub value: Option<Number>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    Added,
    Removed,
    Changed,
}

impl RowKind {
    pub const ALL: [Self; 3] = [Self::Added, Self::Removed, Self::Changed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One row that differs; values are text, `None` is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowDiff {
    pub kind: RowKind,
    /// The key's values; the whole row where there is no key.
    pub key: IndexMap<String, Option<String>>,
    /// For a changed row, the columns that differ.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub values: IndexMap<String, Pair<Option<String>>>,
}

/// A run as its history lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    pub run_id: String,
    pub finished: DateTime<Utc>,
}
