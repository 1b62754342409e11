//! When a refusal of an earlier run still stands: all that it depends on is the same.

use crate::expect::{Bound, Measure};
use crate::outcome::{FileRun, FileState, Outcome, Verdict};
use crate::project::Source;
use crate::table_name::raw;

use super::Runner;
use super::fingerprint::Parts;
use super::source::{Standing, compares, questions};

impl Runner<'_> {
    /// Everything that what is said of a file depends on: its name, date and bytes, the contract
    /// and the expectations of its source, the version of lockgate, and what is shown of values;
    /// where it is held against other files, those too. `None`: the file has no date, or the bytes were
    /// never its own.
    pub(super) fn refusal_key(
        &self,
        source: &Source,
        standing: &Standing<'_>,
        file: &FileRun,
    ) -> Option<String> {
        let sha256 = file.sha256.as_deref()?;
        let date = file.date?;
        let day = date.to_string();
        let mut parts = Parts::of_this_code();
        let mut add = |part: &str| parts.add(part);
        for part in [&source.name, &file.name, &day] {
            add(part);
        }
        add(sha256);
        add(&standing.twin(file).unwrap_or_default());
        add(&format!("{:?}", self.options.memory));
        add(&self.project.manifest.samples.to_string());
        add(&source.text.text);
        for expectation in &source.expectations {
            add(&expectation.id);
            add(&expectation.text.text);
            add(expectation.definition.as_deref().unwrap_or_default());
            add(&format!("{:?}", expectation.severity));
        }
        let table = raw(&source.name);
        for question in questions(source, date) {
            if let Measure::Value { bound, .. } = &question.measure
                && let Bound {
                    against: Some(_), ..
                } = bound
            {
                let id = &question.expectation.id;
                add(&format!("{:?}", self.past.before(&table, id, date)));
            }
        }
        if compares(source) {
            let known = standing.ledger.files();
            known.for_each(|known| add(&known.sha256));
        }
        Some(parts.text())
    }

    /// Whether a refusal of before says all that this run would say: an expectation that had nothing
    /// to ask about is a violation once there was something (see [`Runner::told_of_nothing`]).
    pub(super) fn still_stands(&self, source: &Source, told: &FileRun) -> bool {
        let table = raw(&source.name);
        let mut skipped = told
            .outcomes
            .iter()
            .filter(|it| it.verdict == Verdict::Skip);
        !skipped.any(|outcome| {
            let mut expectations = source.expectations.iter();
            let whole = expectations.any(|it| it.id == outcome.id && it.filter.is_none());
            whole && self.past.was_asked(&table, &outcome.id)
        })
    }
}

/// Whether a refusal will be the same again: none that the engine failed at is, and none by what is
/// empty now and was not before.
pub(super) fn lasts(file: &FileRun) -> bool {
    let answered = |outcome: &Outcome| {
        let counted = outcome.rows.is_some() && outcome.of != Some(0);
        outcome.verdict == Verdict::Skip || outcome.value.is_some() || counted
    };
    file.state == FileState::Refused && file.outcomes.iter().all(answered)
}
