//! What is refused, where, and what to write instead.

use std::fmt;

use datafusion::common::DataFusionError;
use datafusion::sql::sqlparser::tokenizer::Span;

/// A query that the engine would answer wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What would come out wrong.
    pub message: String,
    /// The form that works.
    pub help: String,
    /// Where it stands in the SQL; lines and columns are 1-based, 0 where it is not known.
    pub span: Span,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for DataFusionError {
    fn from(refusal: Refusal) -> Self {
        DataFusionError::External(Box::new(refusal))
    }
}
