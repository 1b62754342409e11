//! What held rows or values before and holds none now: nothing violates there, and all is wrong.

use crate::engine::{rows_published, table_path};
use crate::error::Result;
use crate::expect::Expectation;
use crate::outcome::{Limits, Location, ModelRun, Number, Outcome, Severity, Verdict};
use crate::project::Model;

use super::Runner;
use super::gate::About;

/// How an empty table is allowed.
const ALLOW: &str = "where it may be empty, say so: kind = \"row_count\" with min = 0";

impl Runner<'_> {
    /// A model without a row that had some in its last published version, or whose rows were all set
    /// aside; nothing where another outcome closes the gate, or its expectations allow it.
    pub(super) async fn emptied(
        &self,
        model: &Model,
        judged: &ModelRun,
    ) -> Result<Option<Outcome>> {
        let shut = judged.outcomes.iter().any(Outcome::closes);
        if judged.rows != Some(0) || shut || may_be_empty(&model.expectations) {
            return Ok(None);
        }
        let place = Location {
            file: model.text.path.to_string(),
            line: 1,
        };
        if let Some(aside @ 1..) = judged.quarantined {
            let why = format!("every row, {aside} in all, was set aside; {ALLOW}");
            return Ok(Some(not_empty(why, place)));
        }
        let before = rows_published(&self.options.warehouse, &table_path(model)).await?;
        let why = format!("it held {before} rows before, and holds none now; {ALLOW}");
        Ok((before > 0).then(|| not_empty(why, place)))
    }

    /// A question that rows answered before and no row answers now, in a table that has rows: a violation.
    pub(super) fn told_of_nothing(
        &self,
        about: &About<'_>,
        expectation: &Expectation,
        rows: u64,
        mut outcome: Outcome,
    ) -> Outcome {
        let asked = || self.past.was_asked(about.table, &expectation.id);
        let nothing = outcome.verdict == Verdict::Skip && rows > 0;
        if nothing && expectation.filter.is_none() && asked() {
            outcome.verdict = expectation.severity.verdict();
            outcome.note = Some(
                "there were values to ask about before, and there is none now; \
                 where that may be, narrow it to the rows that have one: where = \"… is not null\""
                    .to_owned(),
            );
        }
        outcome
    }
}

/// Whether its owner says that the table may be empty.
fn may_be_empty(expectations: &[Expectation]) -> bool {
    expectations
        .iter()
        .any(|expectation| expectation.filter.is_none() && expectation.args.allows_empty())
}

fn not_empty(why: String, location: Location) -> Outcome {
    Outcome {
        id: "not_empty".to_owned(),
        kind: "not_empty".to_owned(),
        severity: Severity::Error,
        verdict: Verdict::Fail,
        rows: None,
        of: None,
        value: Some(Number::Int(0)),
        expected: "at least one row, as before".to_owned(),
        limits: Limits {
            least: Some(1.0),
            most: None,
        },
        allow: None,
        shown: None,
        asked: None,
        proof: None,
        note: Some(why),
        set_aside: false,
        because: None,
        location,
        samples: Vec::new(),
        table: None,
    }
}
