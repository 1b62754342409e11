//! One model: built, measured, judged, and published if its gate opens.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::check::prove;
use crate::engine::{
    Built, Commit, Measured, Passed, Plan, QUARANTINE, Question, Staged, Write, count, measure,
    notes, plan_model, quarantine_name, quarantine_path, sample, stage_model, table_path,
};
use crate::error::{Error, Result};
use crate::expect::{Expectation, Moment, Past, ident, judge, relation};
use crate::outcome::{Blame, Gate, Limits, Location, Metric, ModelRun, Outcome, Proof, Verdict};
use crate::project::Model;

use super::Runner;
use super::facts::{Known, keys_of, unique_by_plan};

/// What the expectations being judged are about.
pub(super) struct About<'a> {
    /// As the history names it.
    pub table: &'a str,
    pub as_of: NaiveDate,
    pub expectations: &'a [Expectation],
}

impl Runner<'_> {
    /// `None`: another run published the model meanwhile, and nothing was done.
    pub(super) async fn model(&mut self, model: &Model) -> Result<Option<ModelRun>> {
        let upstream = model.reads.iter();
        let closed = upstream.filter_map(|read| self.blocked.get(read).map(|why| (read, why)));
        if let Some((_, why)) = closed.into_iter().next() {
            let why = why.clone();
            self.blocked.insert(model.name.clone(), why.clone());
            return Ok(Some(self.skipped(model, why)));
        }
        let plan = plan_model(&self.engine, model)
            .await
            .map_err(Error::Project)?;
        let table = ident(&model.name);
        let aside = model
            .quarantines()
            .then(|| relation(&quarantine_name(&model.name)));
        let moment = Moment::of(self.as_of, Some(self.started));
        let mut asked = Vec::new();
        let mut settled = Vec::new();
        for expectation in &model.expectations {
            let known = self.settled(model, expectation, &plan);
            if matches!(known, Known::Nothing) {
                asked.push(Question::new(expectation, &table, aside.as_deref(), moment));
            }
            settled.push(known);
        }
        let fingerprint = self.fingerprint(model).await?;
        let (staged, passed) = if self.published_fingerprint(model).await?
            == Some(fingerprint.clone())
        {
            (None, Passed::default())
        } else {
            match stage_model(&self.engine, &self.options.warehouse, model, &plan, &asked).await? {
                Built::Staged {
                    rows,
                    quarantined,
                    passed,
                } => (Some((rows, quarantined)), passed),
                Built::Failed(why) => return self.failed(model, &asked, &why).await.map(Some),
            }
        };
        if let Some((rows, quarantined)) = &staged {
            self.put_staged(model, rows, quarantined.as_ref())?;
        }
        let about = About {
            table: &model.name,
            as_of: self.as_of,
            expectations: &model.expectations,
        };
        let measured = measure(&self.engine, &table, &asked, passed).await?;
        let mut judged = self.judged(model, measured.rows, staged.is_none());
        let keys = unique_by_plan(&settled);
        judged.outcomes = self.outcomes(&about, settled, &asked, measured).await?;
        if let Some(aside) = &aside {
            judged.quarantined = Some(count(&self.engine, aside).await?);
        }
        let emptied = self.emptied(model, &judged).await?;
        judged.outcomes.extend(emptied);
        if judged.outcomes.iter().any(Outcome::closes) {
            judged.gate = Gate::Closed;
        }
        self.remember(model, &judged, &keys);
        if let Some((rows, quarantined)) = staged {
            let settled = self.settle(model, rows, quarantined, judged.gate, fingerprint);
            if !settled.await? {
                return Ok(None);
            }
        }
        Ok(Some(judged))
    }

    /// A model whose gate is open until an outcome closes it.
    fn judged(&self, model: &Model, rows: u64, unchanged: bool) -> ModelRun {
        ModelRun {
            gate: Gate::Open,
            rows: Some(rows),
            unchanged,
            ..self.unbuilt(model)
        }
    }

    /// What those who read the model need to know of its gate.
    fn remember(&mut self, model: &Model, judged: &ModelRun, proved: &[bool]) {
        if judged.gate == Gate::Open {
            self.blocked.remove(&model.name);
            let keys = keys_of(&model.expectations, &judged.outcomes, proved);
            self.keys.insert(model.name.clone(), keys);
        } else {
            let why = Blame::Gate(model.name.clone());
            self.blocked.insert(model.name.clone(), why);
        }
    }

    fn put_staged(&self, model: &Model, rows: &Staged, quarantined: Option<&Staged>) -> Result<()> {
        let warehouse = &self.options.warehouse;
        let folder = warehouse.url(&table_path(model))?;
        self.engine.put_staged(&model.name, &folder, rows)?;
        if let Some(aside) = quarantined {
            let folder = warehouse.url(&quarantine_path(&model.name))?;
            let name = quarantine_name(&model.name);
            self.engine.put_staged(&name, &folder, aside)?;
        }
        Ok(())
    }

    /// Publishes the staged rows, or leaves the last good ones in place. `false`: another run
    /// published the model meanwhile.
    ///
    /// The quarantine goes first, and the model's commit names its version: a reader of the model
    /// reads that one, so rows set aside by a run that dies in between are seen by nobody.
    async fn settle(
        &mut self,
        model: &Model,
        rows: Staged,
        quarantined: Option<Staged>,
        gate: Gate,
        fingerprint: String,
    ) -> Result<bool> {
        let warehouse = &self.options.warehouse;
        let path = table_path(model);
        let aside = quarantine_name(&model.name);
        if gate != Gate::Open {
            warehouse.discard(&path, rows).await?;
            if let Some(rows) = quarantined {
                let path = quarantine_path(&model.name);
                warehouse.discard(&path, rows).await?;
            }
            self.put_back(&model.name).await?;
            self.put_back(&aside).await?;
            return Ok(true);
        }
        let mut notes = HashMap::from([
            ("run_id".to_owned(), json!(self.run_id)),
            (FINGERPRINT.to_owned(), json!(fingerprint)),
        ]);
        let mut commit = Commit {
            write: Write::Replace,
            partitions: &[],
            marks: Vec::new(),
            notes: notes.clone(),
        };
        if let Some(rows) = quarantined {
            let path = quarantine_path(&model.name);
            let table = warehouse.publish(&path, &rows, commit.clone()).await?;
            notes.insert(QUARANTINE.to_owned(), json!(table.version()));
            self.tables.insert(aside.clone(), table);
        }
        commit.notes = notes;
        let seen = self.tables.get(&model.name);
        let Some(table) = warehouse.publish_on(&path, seen, &rows, &commit).await? else {
            warehouse.discard(&path, rows).await?;
            return Ok(false);
        };
        self.tables.insert(model.name.clone(), table);
        self.put_back(&model.name).await?;
        self.put_back(&aside).await?;
        Ok(true)
    }

    /// Puts a published table into the session in place of staged rows; takes those out where
    /// nothing was ever published.
    async fn put_back(&self, name: &str) -> Result<()> {
        match self.tables.get(name) {
            Some(table) => self.engine.put_table(name, table).await,
            None => self.engine.drop_table(name),
        }
    }

    /// Judges every expectation: those settled beforehand, and those measured, in the order of the files.
    pub(super) async fn outcomes(
        &self,
        about: &About<'_>,
        settled: Vec<Known>,
        asked: &[Question<'_>],
        measured: Measured,
    ) -> Result<Vec<Outcome>> {
        let rows = measured.rows;
        let mut answers = asked.iter().zip(measured.metrics);
        let mut outcomes = Vec::new();
        for (expectation, settled) in about.expectations.iter().zip(settled) {
            outcomes.push(match settled {
                Known::Unique(why) => Outcome {
                    note: Some(format!("proved: {why}")),
                    proof: Some(Proof::Plan(why)),
                    verdict: Verdict::Pass,
                    rows: Some(0),
                    of: Some(rows),
                    ..blank(expectation)
                },
                Known::Blocked(why) => without_asking(expectation, Verdict::Skip, why.to_string()),
                Known::Nothing => match answers.next() {
                    Some((question, Ok(metric))) => {
                        let outcome = self.outcome(about, question, metric).await?;
                        self.told_of_nothing(about, expectation, rows, outcome)
                    }
                    Some((question, Err(why))) => {
                        self.unanswered(about.table, question, &why).await?
                    }
                    None => {
                        let why = "it was not measured".to_owned();
                        without_asking(expectation, Verdict::Error, why)
                    }
                },
            });
        }
        Ok(outcomes)
    }

    /// What is known of an expectation before anything is measured.
    fn settled(&self, model: &Model, expectation: &Expectation, plan: &Plan) -> Known {
        if let Some(columns) = expectation.args.unique_key()
            && expectation.missing.is_empty()
            && let Some(why) = prove(plan, &columns, &self.keys)
        {
            return Known::Unique(why);
        }
        let asks = model.asks().into_iter();
        let others = asks.filter(|(other, _)| std::ptr::eq(*other, expectation));
        let mut blocked = others.filter_map(|(_, name)| self.blocked.get(name.get_ref()));
        blocked
            .next()
            .map_or(Known::Nothing, |why| Known::Blocked(why.clone()))
    }

    async fn outcome(
        &self,
        about: &About<'_>,
        question: &Question<'_>,
        metric: Metric,
    ) -> Result<Outcome> {
        let expectation = question.expectation;
        let past = Past {
            as_of: about.as_of,
            values: self.past.before(about.table, &expectation.id, about.as_of),
        };
        let judged = judge(expectation, &question.measure, &metric, past);
        let mut outcome = blank(expectation);
        outcome.verdict = judged.verdict;
        outcome.expected = judged.expected;
        outcome.limits = judged.limits;
        outcome.allow = judged.allow;
        outcome.shown = judged.shown;
        outcome.asked = Some(question.fingerprint());
        outcome.note = judged.note;
        if judged.verdict == Verdict::Skip {
            outcome.note = Some("no row to ask about".to_owned());
        }
        match metric {
            Metric::Violations { rows, of } => (outcome.rows, outcome.of) = (Some(rows), of),
            Metric::Value(value) => outcome.value = value,
        }
        let told = expectation.quarantine && outcome.rows.is_some_and(|rows| rows > 0);
        if (told || matches!(judged.verdict, Verdict::Warn | Verdict::Fail))
            && let Some(rows) = question.violations()
        {
            let limit = self.project.manifest.samples;
            outcome.samples = sample(&self.engine, &rows, &question.about(), limit).await?;
        }
        let unique = expectation.args.unique_key();
        outcome.proof = unique.map(|_| Proof::counted(outcome.verdict, outcome.rows));
        Ok(outcome)
    }

    pub(super) fn hides_values(&self) -> bool {
        self.project.manifest.samples == 0
    }

    /// `None` where the model was not published whole, by this version or one before it.
    async fn published_fingerprint(&self, model: &Model) -> Result<Option<String>> {
        let Some(table) = self.tables.get(&model.name) else {
            return Ok(None);
        };
        if model.quarantines() && !self.tables.contains_key(&quarantine_name(&model.name)) {
            return Ok(None);
        }
        let mut notes = notes(table).await?;
        let text = |value: Value| value.as_str().map(str::to_owned);
        Ok(notes.remove(FINGERPRINT).and_then(text))
    }
}

const FINGERPRINT: &str = "fingerprint";

fn blank(expectation: &Expectation) -> Outcome {
    Outcome {
        id: expectation.id.clone(),
        kind: expectation.kind.name.to_owned(),
        severity: expectation.severity,
        verdict: Verdict::Skip,
        rows: None,
        of: None,
        value: None,
        expected: format!("violations allowed: {}", expectation.allow),
        limits: Limits::default(),
        allow: Some(expectation.allow),
        shown: None,
        asked: None,
        proof: None,
        note: None,
        set_aside: expectation.quarantine,
        because: expectation.because.clone(),
        location: Location {
            file: expectation.text.path.to_string(),
            line: expectation.line(),
        },
        samples: Vec::new(),
        table: None,
    }
}

/// What was not measured, and why.
pub(super) fn without_asking(expectation: &Expectation, verdict: Verdict, note: String) -> Outcome {
    let unique = expectation.args.unique_key();
    Outcome {
        verdict,
        proof: unique.map(|_| Proof::NotEstablished),
        note: Some(note),
        ..blank(expectation)
    }
}
