//! What a plan proves of its output without a row read: its keys, and where
//! each column's values come from.
//!
//! The rules are our own and sound: a key that is [`Proof::Proved`] is never
//! repeated, whatever the data. DataFusion's `functional_dependencies()` are
//! neither (a join followed by GROUP BY makes them claim too much) and are read
//! here only to know where the optimizer will believe them.
//!
//! How it works: every column ever computed gets an *attribute*, which stays
//! known after a projection drops the column. Each node of the plan states which
//! sets of attributes are unique and which attributes determine which others.
//! Some output columns are a key when what they determine holds a unique set.

mod attribute;
mod derive;
mod facts;
mod join;
mod lineage;
mod union;

use std::collections::BTreeSet;

use datafusion::common::TableReference;
use datafusion::logical_expr::LogicalPlan;

use derive::Derivation;
pub use lineage::{calls, decided, lineage, passed_on};

/// A set of output columns no two rows share, as indices into
/// `plan.schema().fields()`. Null counts as a value: two rows that are both null
/// in a column agree on it, as in GROUP BY. The empty set is the key of a
/// relation of at most one row.
pub type Key = BTreeSet<usize>;

/// The keys of a scanned table that are facts of its data, as column names and
/// with the meaning of [`Key`]: unique with nulls counted as values.
pub type KnownKeys<'a> = dyn Fn(&TableReference) -> Vec<Vec<String>> + 'a;

/// Whether a plan shows that some columns are a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No two rows of the output agree on the columns, nulls counted as values.
    Proved {
        /// The step of the plan that makes it so: `GROUP BY phone`.
        why: String,
    },
    /// The plan does not show it; the data may still have it.
    NotEstablished,
}

/// The keys of `plan` that its structure proves, each without a column to spare,
/// smallest first and at most 32 of them. The list need not be complete: ask
/// [`prove`] for a given set of columns.
pub fn keys(plan: &LogicalPlan, known: &KnownKeys<'_>) -> Vec<Key> {
    Derivation::new(known).facts(plan).keys()
}

/// Whether `columns` are a key of `plan`'s output. They need not be minimal.
/// A name that the output lacks, or has twice, establishes nothing; no names at
/// all ask whether there is at most one row.
pub fn prove(plan: &LogicalPlan, columns: &[String], known: &KnownKeys<'_>) -> Proof {
    let fields = plan.schema().fields();
    let mut wanted = Key::new();
    for column in columns {
        let mut places = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.name() == column);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => wanted.insert(at),
            _ => return Proof::NotEstablished,
        };
    }
    match Derivation::new(known).facts(plan).identified_by(&wanted) {
        Some(unique) => Proof::Proved {
            why: unique.why.clone(),
        },
        None => Proof::NotEstablished,
    }
}
