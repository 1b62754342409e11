//! Queries that fail: the rows they fail on, and what their gates come to.

use crate::engine::{Attempt, Failed, Fault, Offenders, Question, offenders};
use crate::error::Result;
use crate::outcome::{Blame, Gate, Limits, Location, ModelRun, Outcome, Sample, Severity};
use crate::project::{Model, sql};

use super::Runner;
use super::gate::without_asking;

impl Runner<'_> {
    /// A model whose query failed.
    pub(super) async fn failed(
        &mut self,
        model: &Model,
        asked: &[Question<'_>],
        why: &Failed,
    ) -> Result<ModelRun> {
        let attempt = Attempt::Build(model, asked);
        let found = self.offenders(&model.reads, &attempt, why).await?;
        let told = self.told(why, &found.rows);
        let mut note = format!("the query failed: {told}");
        let mut line = 1;
        if let Some(column) = &found.column {
            note.push_str(&format!(", in `{column}`"));
            let token = sql::column_token(&model.text, &model.sql, column);
            line = token.map_or(1, |token| model.text.line(token.start));
        }
        self.block_closed(model);
        let mut judged = self.unbuilt(model);
        judged.note = Some(note.clone());
        judged.gate = Gate::Closed;
        judged.outcomes.push(Outcome {
            id: "build".to_owned(),
            kind: "build".to_owned(),
            severity: Severity::Error,
            verdict: why.verdict(),
            rows: None,
            of: None,
            value: None,
            expected: "the query runs".to_owned(),
            limits: Limits::default(),
            allow: None,
            shown: None,
            asked: None,
            proof: None,
            note: Some(note),
            set_aside: false,
            because: None,
            location: Location {
                file: model.text.path.to_string(),
                line,
            },
            samples: found.rows,
            table: None,
        });
        Ok(judged)
    }

    fn block_closed(&mut self, model: &Model) {
        let why = Blame::Gate(model.name.clone());
        self.blocked.insert(model.name.clone(), why);
    }

    /// An expectation whose query failed.
    pub(super) async fn unanswered(
        &self,
        table: &str,
        question: &Question<'_>,
        why: &Failed,
    ) -> Result<Outcome> {
        let attempt = Attempt::Ask(question);
        let found = self.offenders(&[table.to_owned()], &attempt, why).await?;
        let samples = found.rows;
        let note = format!("it could not be asked: {}", self.told(why, &samples));
        let outcome = without_asking(question.expectation, why.verdict(), note);
        Ok(Outcome { samples, ..outcome })
    }

    /// The rows whose values made a query fail, and the column; none where it failed on something else, or
    /// while `samples = 0`.
    async fn offenders(
        &self,
        tables: &[String],
        attempt: &Attempt<'_>,
        why: &Failed,
    ) -> Result<Offenders> {
        if why.fault != Fault::Value || self.hides_values() {
            return Ok(Offenders::default());
        }
        offenders(&self.engine, tables, attempt).await
    }

    /// Why a query failed, and on which line of which file.
    fn told(&self, why: &Failed, samples: &[Sample]) -> String {
        let told = why.told(self.hides_values());
        let places = samples.iter().filter_map(|sample| sample.place.as_ref());
        let places: Vec<String> = places
            .map(|place| format!("{}, line {}", place.file, place.line))
            .collect();
        match places.as_slice() {
            [] => told,
            _ => format!("{told} ({})", places.join("; ")),
        }
    }
}
