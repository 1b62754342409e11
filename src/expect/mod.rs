//! Expectations: what the rows of a model must satisfy.
//!
//! An [`Expectation`] is one use of a [`Kind`]. Every kind lowers into one of
//! the three shapes of [`Measure`]; the engine knows only those.

mod judge;
mod kind;
mod load;
mod previous;
mod refer;
mod rows;
mod shape;
mod sql;
mod tolerance;

pub use judge::{Judged, judge};
pub use kind::{Example, KINDS, Kind, Lower, Name, Subject, kind};
pub use load::{implied, load};
pub use sql::{ident, relation, text as text_literal};
pub use tolerance::Tolerance;

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use crate::error::Text;
use crate::outcome::{Number, Severity};

/// One expectation of one model, resolved: its kind, its arguments and how it is judged.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Unique within the model; by default the kind and its columns.
    pub id: String,
    pub kind: &'static Kind,
    /// Why the owner of the data asks for it.
    pub because: Option<String>,
    pub severity: Severity,
    pub allow: Tolerance,
    /// SQL that narrows the rows asked about.
    pub filter: Option<Spanned<String>>,
    /// Whether violating rows are set aside in the model's quarantine table.
    pub quarantine: bool,
    pub args: Arc<dyn Lower>,
    /// The file it stands in: an expectations file, or the contract that implies it.
    pub text: Text,
    pub span: Range<usize>,
}

impl Expectation {
    /// The 1-based line of its file.
    pub fn line(&self) -> u64 {
        self.text.line(self.span.start)
    }
}

/// What the engine is to find out. `Rows` and `Value` of one table share one
/// aggregate over one scan; each `Query` is a plan of its own. All SQL reads
/// the table by the name in [`Subject`].
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// How many rows, of those for which `among` is true (all, if none), do not
    /// satisfy `holds` (false and null alike).
    Rows {
        holds: String,
        among: Option<String>,
    },
    /// One aggregate, to lie within a bound. A null value is judged as no value.
    Value { aggregate: String, bound: Bound },
    /// No two rows share the values of the columns, rows with a null in one of
    /// them left out. The engine answers by hashes; `count` and `rows` are the
    /// exact queries for where the hashes meet, as those of `Query`.
    Unique {
        columns: Vec<String>,
        count: String,
        rows: String,
    },
    /// `count` yields one row of two whole numbers, violations and how many
    /// there were to violate; `rows` yields the violating rows.
    Query { count: String, rows: String },
}

/// A closed interval; an absent end is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bound {
    pub min: Option<Number>,
    pub max: Option<Number>,
}

impl Bound {
    pub fn holds(&self, value: Number) -> bool {
        self.min.is_none_or(|min| min.at_most(value))
            && self.max.is_none_or(|max| value.at_most(max))
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) => write!(f, "between {min} and {max}"),
            (Some(min), None) => write!(f, "at least {min}"),
            (None, Some(max)) => write!(f, "at most {max}"),
            (None, None) => f.write_str("anything"),
        }
    }
}
