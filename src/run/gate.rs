//! One model: built, measured, judged, and published if its gate opens.

use std::collections::HashMap;

use chrono::NaiveDate;
use datafusion::logical_expr::LogicalPlan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::check::prove;
use crate::engine::{
    Built, Commit, Measured, Passed, Question, Staged, Table, Write, count, measure, notes,
    plan_model, quarantine_name, quarantine_path, sample, stage_model, table_path,
};
use crate::error::{Error, Result};
use crate::expect::{Expectation, Past, days_since_epoch, ident, judge, relation};
use crate::outcome::{Gate, Limits, Location, Metric, ModelRun, Outcome, Severity, Verdict};
use crate::project::Model;

use super::Runner;

/// What the expectations being judged are about.
pub(super) struct About<'a> {
    /// As the history names it.
    pub table: &'a str,
    pub as_of: NaiveDate,
    pub expectations: &'a [Expectation],
}

impl Runner<'_> {
    pub(super) async fn model(&mut self, model: &Model) -> Result<ModelRun> {
        let upstream = model.reads.iter();
        let closed = upstream.filter_map(|read| self.blocked.get(read).map(|why| (read, why)));
        if let Some((_, why)) = closed.into_iter().next() {
            let why = why.clone();
            self.blocked.insert(model.name.clone(), why.clone());
            return Ok(self.skipped(model, why));
        }
        let plan = plan_model(&self.engine, model)
            .await
            .map_err(Error::Project)?;
        let table = ident(&model.name);
        let aside = model
            .quarantines()
            .then(|| relation(&quarantine_name(&model.name)));
        let as_of = days_since_epoch(self.as_of);
        let mut asked = Vec::new();
        let mut settled = Vec::new();
        for expectation in &model.expectations {
            let known = self.settled(model, expectation, &plan);
            if known.is_none() {
                asked.push(Question::new(expectation, &table, aside.as_deref(), as_of));
            }
            settled.push(known);
        }
        let fingerprint = self.fingerprint(model);
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
                Built::Failed(why) => return Ok(self.failed(model, &why)),
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
        judged.outcomes = self.outcomes(&about, settled, &asked, measured).await?;
        if let Some(aside) = &aside {
            judged.quarantined = Some(count(&self.engine, aside).await?);
        }
        if judged.outcomes.iter().any(Outcome::closes) {
            judged.gate = Gate::Closed;
        }
        self.remember(model, &judged);
        if let Some((rows, quarantined)) = staged {
            self.settle(model, rows, quarantined, judged.gate, fingerprint)
                .await?;
        }
        Ok(judged)
    }

    /// A model whose gate is open until an outcome closes it.
    fn judged(&self, model: &Model, rows: u64, unchanged: bool) -> ModelRun {
        ModelRun {
            gate: Gate::Open,
            rows: Some(rows),
            unchanged,
            note: None,
            ..self.skipped(model, String::new())
        }
    }

    /// What those who read the model need to know of its gate.
    fn remember(&mut self, model: &Model, judged: &ModelRun) {
        if judged.gate == Gate::Open {
            self.blocked.remove(&model.name);
            self.learn_key(model, judged);
        } else {
            let why = format!("the gate of {} is closed", model.name);
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

    /// Publishes the staged rows, or leaves the last good ones in place.
    ///
    /// The quarantine goes first: a run that dies in between is told by the
    /// model's missing fingerprint, and the next one builds both again.
    async fn settle(
        &mut self,
        model: &Model,
        rows: Staged,
        quarantined: Option<Staged>,
        gate: Gate,
        fingerprint: String,
    ) -> Result<()> {
        if let Some(aside) = quarantined {
            let path = quarantine_path(&model.name);
            self.publish(&path, aside, gate, None).await?;
            self.put_quarantine(model).await?;
        }
        match self
            .publish(&table_path(model), rows, gate, Some(fingerprint))
            .await?
        {
            Some(table) => {
                self.engine.put_table(&model.name, &table).await?;
                let version = table.version().unwrap_or(0);
                self.versions.insert(model.name.clone(), version);
            }
            None => self.engine.drop_table(&model.name)?,
        }
        Ok(())
    }

    /// The table as it is afterwards; `None` where nothing was ever published.
    async fn publish(
        &self,
        path: &str,
        staged: Staged,
        gate: Gate,
        fingerprint: Option<String>,
    ) -> Result<Option<Table>> {
        let warehouse = &self.options.warehouse;
        if gate != Gate::Open {
            warehouse.discard(path, staged).await?;
            return warehouse.table(path).await;
        }
        let mut notes = HashMap::from([("run_id".to_owned(), json!(self.run_id))]);
        notes.extend(fingerprint.map(|value| (FINGERPRINT.to_owned(), json!(value))));
        let commit = Commit {
            write: Write::Replace,
            partitions: &[],
            mark: path.to_owned(),
            notes,
        };
        Ok(Some(warehouse.publish(path, &staged, commit).await?))
    }

    /// Puts the published quarantine of a model into the session, if there is one.
    pub(super) async fn put_quarantine(&self, model: &Model) -> Result<()> {
        let name = quarantine_name(&model.name);
        match self
            .options
            .warehouse
            .table(&quarantine_path(&model.name))
            .await?
        {
            Some(table) => self.engine.put_table(&name, &table).await,
            None => self.engine.drop_table(&name),
        }
    }

    /// Judges every expectation: those settled beforehand, and those measured, in the order of the files.
    pub(super) async fn outcomes(
        &self,
        about: &About<'_>,
        settled: Vec<Option<(Verdict, String)>>,
        asked: &[Question<'_>],
        measured: Measured,
    ) -> Result<Vec<Outcome>> {
        let rows = measured.rows;
        let mut answers = asked.iter().zip(measured.metrics);
        let mut outcomes = Vec::new();
        for (expectation, settled) in about.expectations.iter().zip(settled) {
            outcomes.push(match settled {
                Some((verdict, note)) => without_asking(expectation, verdict, note, rows),
                None => match answers.next() {
                    Some((question, Ok(metric))) => self.outcome(about, question, metric).await?,
                    Some((_, Err(why))) => {
                        let hidden = "the engine failed on a value".to_owned();
                        let why = if self.hides_values() { hidden } else { why };
                        without_asking(expectation, Verdict::Error, why, rows)
                    }
                    None => continue,
                },
            });
        }
        Ok(outcomes)
    }

    /// What is known of an expectation before anything is measured.
    fn settled(
        &self,
        model: &Model,
        expectation: &Expectation,
        plan: &LogicalPlan,
    ) -> Option<(Verdict, String)> {
        if let Some(columns) = expectation.args.unique_key()
            && let Some(why) = prove(plan, &columns, &self.keys)
        {
            return Some((Verdict::Pass, format!("proved: {why}")));
        }
        let asks = model.asks().into_iter();
        let others = asks.filter(|(other, _)| std::ptr::eq(*other, expectation));
        others
            .filter_map(|(_, name)| self.blocked.get(name.get_ref()))
            .next()
            .map(|why| (Verdict::Skip, why.clone()))
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
        Ok(outcome)
    }

    fn hides_values(&self) -> bool {
        self.project.manifest.samples == 0
    }

    /// A model whose query failed on the data.
    fn failed(&mut self, model: &Model, why: &str) -> ModelRun {
        let hidden = self.hides_values();
        let why = if hidden {
            "the engine failed on a value"
        } else {
            why
        };
        let note = format!("the query failed: {why}");
        self.blocked.insert(
            model.name.clone(),
            format!("the gate of {} is closed", model.name),
        );
        let mut judged = self.skipped(model, note.clone());
        judged.gate = Gate::Closed;
        judged.outcomes.push(Outcome {
            id: "build".to_owned(),
            kind: "build".to_owned(),
            severity: Severity::Error,
            verdict: Verdict::Error,
            rows: None,
            of: None,
            value: None,
            expected: "the query runs".to_owned(),
            limits: Limits::default(),
            asked: None,
            note: Some(note),
            set_aside: false,
            because: None,
            location: Location {
                file: model.text.path.to_string(),
                line: 1,
            },
            samples: Vec::new(),
            table: None,
        });
        judged
    }

    /// The model's key becomes a fact for those who read it, if it was proved
    /// or counted over columns without nulls.
    fn learn_key(&mut self, model: &Model, judged: &ModelRun) {
        self.keys.remove(&model.name);
        let Some((contract, _)) = &model.contract else {
            return;
        };
        let columns = contract.key_names();
        let passed = |id: &str| {
            let mut outcomes = judged.outcomes.iter();
            outcomes.find(|outcome| outcome.id == id && outcome.verdict == Verdict::Pass)
        };
        let Some(key) = passed("key") else { return };
        let proved = key
            .note
            .as_deref()
            .is_some_and(|note| note.starts_with("proved"));
        let full = |name: &String| passed(&format!("not_null({name})")).is_some();
        if proved || columns.iter().all(full) {
            self.keys.insert(model.name.clone(), vec![columns]);
        }
    }

    async fn published_fingerprint(&self, model: &Model) -> Result<Option<String>> {
        let Some(table) = self.options.warehouse.table(&table_path(model)).await? else {
            return Ok(None);
        };
        let mut notes = notes(&table).await?;
        let text = |value: Value| value.as_str().map(str::to_owned);
        Ok(notes.remove(FINGERPRINT).and_then(text))
    }

    /// Everything the rows of a model depend on: its SQL, its types, the
    /// versions of what it reads, the cleaners it calls, and the code of the functions.
    fn fingerprint(&self, model: &Model) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.len().to_string());
            hash.update(":");
            hash.update(part);
        };
        add(env!("CARGO_PKG_VERSION"));
        add(&model.text.text);
        for definition in self.project.definitions_in(model) {
            add(&definition);
        }
        if let Some((contract, _)) = &model.contract {
            add(&format!("{:?}", contract.schema().fields()));
        }
        for sieve in model.expectations.iter().filter(|e| e.quarantine) {
            add(&sieve.id);
            add(sieve.definition.as_deref().unwrap_or_default());
            add(&format!(
                "{:?} {:?}",
                sieve.args,
                sieve.filter.as_ref().map(|f| f.get_ref())
            ));
        }
        for read in &model.reads {
            add(read);
            add(&self.versions.get(read).copied().unwrap_or(0).to_string());
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
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
        asked: None,
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

fn without_asking(expectation: &Expectation, verdict: Verdict, note: String, rows: u64) -> Outcome {
    let proved = verdict == Verdict::Pass;
    Outcome {
        verdict,
        rows: proved.then_some(0),
        of: proved.then_some(rows),
        note: Some(note),
        ..blank(expectation)
    }
}
