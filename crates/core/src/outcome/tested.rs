//! Unit tests of models, as a run keeps them.

use serde::{Deserialize, Serialize};

use super::{Outcome, Verdict};

/// The unit tests of one model: an outcome of the kind `test` for each.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Tested {
    pub model: String,
    pub layer: String,
    pub outcomes: Vec<Outcome>,
}

impl Tested {
    /// How many tests came out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        let of = self.outcomes.iter();
        of.filter(|outcome| outcome.verdict == verdict).count()
    }
}

/// How the rows that a model made differ from those that were expected.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct TableDiff {
    /// The columns compared, those that tell the rows apart first.
    pub columns: Vec<String>,
    pub rows: Vec<Marked>,
    /// Rows that differ and are not listed.
    pub more: u64,
}

/// A row that is not as expected. A cell that is `None` is null; a blank one is an empty text.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Marked {
    pub state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Vec<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Vec<Option<String>>>,
}

impl Marked {
    /// The cells of the row, and whether each is another than expected.
    pub fn cells<'a>(
        &'a self,
        row: &'a [Option<String>],
    ) -> impl Iterator<Item = (Option<&'a str>, bool)> {
        let both = self.expected.as_ref().zip(self.found.as_ref());
        row.iter().enumerate().map(move |(at, cell)| {
            let other = both.is_some_and(|(expected, found)| expected.get(at) != found.get(at));
            (cell.as_deref(), other)
        })
    }
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Expected, and not there.
    Missing,
    /// There, and not expected.
    Unexpected,
    /// There with other cells.
    Differs,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unexpected => "unexpected",
            Self::Differs => "differs",
        }
    }
}
