//! One model: built, measured, judged, and published if its gate opens.

use std::collections::HashMap;

use datafusion::logical_expr::LogicalPlan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::check::prove;
use crate::engine::{
    Built, Commit, Measured, Question, Staged, Write, measure, notes, plan_model, sample,
    stage_model, table_path,
};
use crate::error::{Error, Result, suggest};
use crate::expect::{Expectation, Past, ident, judge};
use crate::outcome::{Gate, Location, Metric, ModelRun, Outcome, Severity, Verdict};
use crate::project::{Model, Project};

use super::{Runner, argument};

/// The project with the severities of this run.
pub(super) fn overridden(project: &Project, severities: &[String]) -> Result<Project> {
    let mut project = project.clone();
    for text in severities {
        let read = text.split_once('=').and_then(|(id, word)| match word {
            "warn" => Some((id, Severity::Warn)),
            "error" => Some((id, Severity::Error)),
            _ => None,
        });
        let Some((id, severity)) = read else {
            return Err(argument(
                format!("--severity {text} is not ID=warn or ID=error"),
                "for example --severity match_impossible=warn".to_owned(),
            ));
        };
        let mut ids: Vec<String> = Vec::new();
        let mut hit = false;
        for model in &mut project.models {
            for expectation in &mut model.expectations {
                let full = format!("{}.{}", model.name, expectation.id);
                if expectation.id == id || full == id {
                    expectation.severity = severity;
                    hit = true;
                }
                ids.push(expectation.id.clone());
            }
        }
        if !hit {
            return Err(argument(
                format!("--severity names `{id}`, and no expectation has that id"),
                suggest(id, ids.iter().map(String::as_str)),
            ));
        }
    }
    Ok(project)
}

/// The rows a model's gate is about.
enum Rows {
    /// Just built, seen by nobody else.
    Staged(Staged),
    /// Those published before: nothing they depend on has changed since.
    Published,
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
        let fingerprint = self.fingerprint(model);
        let rows = if self.published_fingerprint(model).await? == Some(fingerprint.clone()) {
            Rows::Published
        } else {
            match stage_model(&self.engine, &self.options.warehouse, model, &plan).await? {
                Built::Staged(staged) => Rows::Staged(staged),
                Built::Failed(why) => return Ok(self.failed(model, &why)),
            }
        };
        self.judge(model, &plan, rows, fingerprint).await
    }

    async fn judge(
        &mut self,
        model: &Model,
        plan: &LogicalPlan,
        rows: Rows,
        fingerprint: String,
    ) -> Result<ModelRun> {
        if let Rows::Staged(staged) = &rows {
            let folder = self.options.warehouse.url(&table_path(model))?;
            self.engine.put_staged(&model.name, &folder, staged)?;
        }
        let (count, outcomes) = self.outcomes(model, plan).await?;
        let open = !outcomes.iter().any(closes);
        let judged = ModelRun {
            name: model.name.clone(),
            layer: model.layer.clone(),
            gate: if open { Gate::Open } else { Gate::Closed },
            rows: Some(count),
            unchanged: matches!(rows, Rows::Published),
            note: None,
            outcomes,
        };
        if open {
            self.blocked.remove(&model.name);
            self.learn_key(model, &judged);
        } else {
            let why = format!("the gate of {} is closed", model.name);
            self.blocked.insert(model.name.clone(), why);
        }
        if let Rows::Staged(staged) = rows {
            self.settle(model, staged, open, fingerprint).await?;
        }
        Ok(judged)
    }

    /// Publishes the staged rows, or leaves the last good ones in place.
    async fn settle(
        &mut self,
        model: &Model,
        staged: Staged,
        open: bool,
        fingerprint: String,
    ) -> Result<()> {
        let name = table_path(model);
        let warehouse = &self.options.warehouse;
        let table = if open {
            let commit = Commit {
                write: Write::Replace,
                partitions: &[],
                mark: format!("model/{}", model.name),
                notes: HashMap::from([
                    ("run_id".to_owned(), json!(self.run_id)),
                    (FINGERPRINT.to_owned(), json!(fingerprint)),
                ]),
            };
            Some(warehouse.publish(&name, &staged, commit).await?)
        } else {
            warehouse.discard(&name, staged).await?;
            warehouse.table(&name).await?
        };
        match table {
            Some(table) => {
                self.engine.put_table(&model.name, &table).await?;
                let version = table.version().unwrap_or(0);
                self.versions.insert(model.name.clone(), version);
            }
            None => self.engine.drop_table(&model.name)?,
        }
        Ok(())
    }

    /// Measures and judges every expectation; proved keys and questions to closed tables cost no plan.
    async fn outcomes(&self, model: &Model, plan: &LogicalPlan) -> Result<(u64, Vec<Outcome>)> {
        let table = ident(&model.name);
        let as_of = days_since_epoch(self.as_of);
        let mut known: Vec<Option<(Verdict, String)>> = Vec::new();
        let mut asked = Vec::new();
        for expectation in &model.expectations {
            let settled = self.settled(model, expectation, plan);
            if settled.is_none() {
                asked.push(Question::new(expectation, &table, as_of));
            }
            known.push(settled);
        }
        let Measured { rows, metrics } = measure(&self.engine, &table, &asked).await?;
        let mut answers = asked.iter().zip(metrics);
        let mut outcomes = Vec::new();
        for (expectation, settled) in model.expectations.iter().zip(known) {
            outcomes.push(match settled {
                Some((verdict, note)) => without_asking(expectation, verdict, note, rows),
                None => match answers.next() {
                    Some((question, Ok(metric))) => self.outcome(model, question, metric).await?,
                    Some((_, Err(why))) => {
                        let why = if self.hides_values() {
                            "the engine failed on a value".to_owned()
                        } else {
                            why
                        };
                        without_asking(expectation, Verdict::Error, why, rows)
                    }
                    None => continue,
                },
            });
        }
        Ok((rows, outcomes))
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
        model: &Model,
        question: &Question<'_>,
        metric: Metric,
    ) -> Result<Outcome> {
        let expectation = question.expectation;
        let past = Past {
            as_of: self.as_of,
            values: self.past.of(&model.name, &expectation.id),
        };
        let judged = judge(expectation, &question.measure, &metric, past);
        let mut outcome = blank(expectation);
        outcome.verdict = judged.verdict;
        outcome.expected = judged.expected;
        outcome.note = judged.note;
        if judged.verdict == Verdict::Skip {
            outcome.note = Some("no row to ask about".to_owned());
        }
        match metric {
            Metric::Violations { rows, of } => (outcome.rows, outcome.of) = (Some(rows), of),
            Metric::Value(value) => outcome.value = value,
        }
        if matches!(judged.verdict, Verdict::Warn | Verdict::Fail)
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
            note: Some(note),
            because: None,
            location: Location {
                file: model.text.path.to_string(),
                line: 1,
            },
            samples: Vec::new(),
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
    /// versions of what it reads, and the code of the functions.
    fn fingerprint(&self, model: &Model) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.len().to_string());
            hash.update(":");
            hash.update(part);
        };
        add(env!("CARGO_PKG_VERSION"));
        add(&model.text.text);
        if let Some((contract, _)) = &model.contract {
            add(&format!("{:?}", contract.schema().fields()));
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

/// Whether an outcome keeps the gate shut.
fn closes(outcome: &Outcome) -> bool {
    match outcome.verdict {
        Verdict::Fail => true,
        Verdict::Error => outcome.severity == Severity::Error,
        Verdict::Skip | Verdict::Pass | Verdict::Warn => false,
    }
}

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
        note: None,
        because: expectation.because.clone(),
        location: Location {
            file: expectation.text.path.to_string(),
            line: expectation.line(),
        },
        samples: Vec::new(),
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

fn days_since_epoch(date: chrono::NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - 719_163
}
