//! The unit tests that a run began with.

use serde::Serialize;

use super::{Evidence, Month, News, Tone, capital};
use lockgate_core::outcome::{Outcome, Verdict};

/// The unit tests of a run, counted.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct TestCount {
    pub passed: u64,
    pub failed: u64,
    /// Models that have tests.
    pub models: u64,
}

impl TestCount {
    pub(super) fn of(month: &Month<'_>) -> Self {
        let tests = &month.run.tests;
        let count = |verdict| tests.iter().map(|model| model.count(verdict) as u64).sum();
        Self {
            passed: count(Verdict::Pass),
            failed: count(Verdict::Fail),
            models: tests.len() as u64,
        }
    }

    /// In a sentence without its full stop; `None` where the run has no test.
    pub fn told(&self) -> Option<String> {
        let all = self.passed + self.failed;
        let tests = super::super::counted(all, "unit test");
        let models = super::super::counted(self.models, "model");
        match (self.passed, self.failed) {
            (0, 0) => None,
            (1, 0) => Some(format!("{tests} of {models} passed")),
            (_, 0) => Some(format!("all {tests} of {models} passed")),
            (_, failed) => Some(format!("{failed} of {tests} failed")),
        }
    }
}

/// Each test that failed: nothing else happened in its run.
pub(super) fn failed<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let mut news = Vec::new();
    for model in &month.run.tests {
        let failed = |outcome: &&Outcome| outcome.verdict == Verdict::Fail;
        for outcome in model.outcomes.iter().filter(failed) {
            // The words of a query that failed may quote a value that was given to it.
            let (told, quoted) = match outcome.table {
                Some(_) => (
                    outcome.note.iter().map(|note| capital(note)).collect(),
                    Vec::new(),
                ),
                None => (
                    Vec::new(),
                    outcome.note.iter().map(|note| capital(note)).collect(),
                ),
            };
            news.push(News {
                tone: Tone::Bad,
                title: format!("A unit test of {} fails: {}", model.model, outcome.id),
                told,
                quoted,
                masked: Vec::new(),
                since: None,
                of: model.model.clone(),
                evidence: vec![Evidence {
                    table: model.model.clone(),
                    outcome,
                }],
            });
        }
    }
    news
}
