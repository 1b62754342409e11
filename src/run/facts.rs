//! What a run knows of a model beyond its figures: what needs no measuring, and the keys that hold.

use crate::expect::Expectation;
use crate::outcome::{Blame, Outcome, Verdict};

/// What is known of an expectation before anything is measured.
#[derive(Clone)]
pub(super) enum Known {
    Nothing,
    /// The plan proves that its columns do not repeat, and why.
    Unique(String),
    /// What it reads cannot be read, and why.
    Blocked(Blame),
}

/// Which of the expectations ask for a key that the plan proves.
pub(super) fn unique_by_plan(settled: &[Known]) -> Vec<bool> {
    let settled = settled.iter();
    settled
        .map(|known| matches!(known, Known::Unique(_)))
        .collect()
}

/// The keys that hold of a model, as facts for those who read it: columns proved unique, or counted so
/// over columns without nulls. Each outcome is that of the expectation in its place.
pub(super) fn keys_of(
    expectations: &[Expectation],
    outcomes: &[Outcome],
    proved: &[bool],
) -> Vec<Vec<String>> {
    let asked = || {
        let whole = expectations.iter().zip(outcomes).zip(proved);
        whole.filter(|((expectation, outcome), _)| {
            let none = outcome.verdict == Verdict::Pass && outcome.rows == Some(0);
            none && expectation.filter.is_none()
        })
    };
    let full: Vec<&str> = asked()
        .filter_map(|((expectation, _), _)| expectation.args.full_column())
        .map(|name| name.get_ref().as_str())
        .collect();
    let keys = asked().filter_map(|((expectation, _), proved)| {
        // Words that count as null are values to those who read the table, and may repeat.
        let columns = expectation.args.unique_key();
        let columns = columns.filter(|_| expectation.missing.is_empty())?;
        let counted = columns.iter().all(|column| full.contains(&column.as_str()));
        (*proved || counted).then_some(columns)
    });
    keys.collect()
}
