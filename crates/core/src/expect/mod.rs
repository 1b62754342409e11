//! Expectations: what the rows of a model must satisfy.
//!
//! An [`Expectation`] is one use of a [`Kind`]. Every kind lowers into one of
//! the three shapes of [`Measure`]; the engine knows only those.

mod advice;
mod arg;
mod association;
mod bound;
mod change;
mod chi;
mod common;
mod compare;
mod distinct;
mod distribution;
mod fresh;
mod groups;
mod json;
mod judge;
mod kind;
mod ks;
mod load;
mod metric;
mod missing;
mod order;
mod pairs;
mod patterns;
mod previous;
mod ranges;
mod refer;
mod refers_to;
mod rows;
mod same_rows;
mod score;
mod sets;
mod shape;
mod spread;
mod sql;
mod stats;
mod step;
mod table;
mod texts;

pub use crate::outcome::Tolerance;
pub use arg::{Arg, Effect, Takes};
pub use bound::{Against, Bound, Earlier, Near, Of, Past, Unit, days_since_epoch};
pub use change::{Renamed, changes};
pub use common::SkipNull;
pub use judge::{Judged, judge, past_used};
pub use kind::{Example, KINDS, Kind, Lower, Moment, Name, Pair, Subject, kind};
pub use load::{COMMON, implied, load};
pub use patterns::fault_of as pattern_fault;
pub use sql::{Limit, Literal, body, calls, ident, is_query, relation, text as text_literal};

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::error::Text;
use crate::outcome::Severity;

/// The version of the code that lowers expectations and judges them.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

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
    /// Words that count as null in the columns it asks about.
    pub missing: Vec<String>,
    /// Whether violating rows are set aside in the model's quarantine table.
    pub quarantine: bool,
    pub args: Arc<dyn Lower>,
    /// The SQL of the declared cleaners it asks by or calls: a part of what is asked.
    pub definition: Option<String>,
    pub origin: Origin,
    /// The file it stands in: an expectations file, or the contract that implies it.
    pub text: Text,
    pub span: Range<usize>,
}

/// Who asks for an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The contract, which promises what only the data can confirm.
    Contract,
    /// An expectations file.
    File,
}

impl Expectation {
    /// The 1-based line of its file.
    pub fn line(&self) -> u64 {
        self.text.line(self.span.start)
    }

    /// All SQL that the user wrote into it: `where`, then the arguments of its kind.
    pub fn sql(&self) -> Vec<&Name> {
        self.filter.iter().chain(self.args.sql()).collect()
    }

    /// What the engine is to find out about a table.
    pub fn lower(&self, subject: &Subject) -> Measure {
        missing::lower(self.args.as_ref(), subject, &self.missing)
    }

    /// What it asks of any table on any day: equal ones of one `where` ask the same.
    pub fn lower_anywhere(&self) -> Measure {
        self.lower(&Subject::nothing())
    }

    /// What the cleaners that it asks by, or whose functions its SQL calls, are; `cleaners` are those
    /// that the project declares, by name. `None`: it uses none of them.
    pub fn defined_by(&self, cleaners: &BTreeMap<String, String>) -> Option<String> {
        let by = self.args.cleaner().map(Spanned::get_ref);
        let sql = self.sql();
        let used = cleaners.iter().filter(|(name, _)| {
            let function = format!("clean_{name}");
            let mut sql = sql.iter();
            by == Some(name) || sql.any(|sql| calls(sql.get_ref(), &function))
        });
        let used: Vec<&str> = used.map(|(_, definition)| definition.as_str()).collect();
        (!used.is_empty()).then(|| used.join("\n"))
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
    /// No two rows share the values of the columns, two nulls being one value;
    /// `skip_null` says which rows are left out. The engine answers by hashes; `count` and `rows` are the
    /// exact queries for where the hashes meet, as those of `Query`.
    Unique {
        columns: Vec<String>,
        skip_null: SkipNull,
        count: String,
        rows: String,
    },
    /// `count` yields one row of two whole numbers, violations and how many
    /// there were to violate; `rows` yields the violating rows.
    Query { count: String, rows: String },
}

impl Measure {
    /// A fingerprint of what is asked, bounds apart: while it stays the same, figures
    /// measured once can be judged again under other bounds. `definition` is the expectation's.
    pub fn fingerprint(&self, definition: Option<&str>) -> String {
        let mut asked = match self {
            Self::Rows { holds, among } => format!("rows {holds:?} {among:?}"),
            Self::Value { aggregate, .. } => format!("value {aggregate:?}"),
            Self::Unique {
                columns, skip_null, ..
            } => format!("unique {columns:?} {skip_null:?}"),
            Self::Query { count, .. } => format!("query {count:?}"),
        };
        if let Some(definition) = definition {
            asked.push_str(&format!(" by {definition:?}"));
        }
        let digest = Sha256::digest(asked);
        digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
