//! `judge`: the figures of a stored run held against the bounds of today. No data is read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use crate::engine::{PastValues, Question, quarantine_name};
use crate::expect::{Expectation, Moment, Past, ident, judge as hold, relation};
use crate::outcome::{
    Blame, FileRun, FileState, Gate, Metric, ModelRun, Outcome, Rejudged, Run, Turned, Verdict,
};
use crate::project::Project;
use crate::table_name::raw;

/// Judges `run` again as `project` stands, each value against the `past` before its day.
///
/// What a run decided without figures (a proved key, a skipped question, an error) stands. An
/// expectation that asks something else now, or is new, has no figure in the record: the change
/// says that it takes a run. A gate opens or closes as its outcomes now say, and what reads a
/// closed gate waits; a model that was not built stays so.
pub fn judge(project: &Project, run: &Run, past: &PastValues) -> Rejudged {
    let mut judge = Judge {
        past,
        as_of: run.as_of,
        started: run.started,
        changes: Vec::new(),
    };
    let mut run = run.clone();
    for file in &mut run.files {
        judge.file(project, file);
    }
    let mut shut = BTreeSet::new();
    for model in &mut run.models {
        judge.model(project, model, &mut shut);
    }
    run.verdict = Run::worst(&run.files, &run.models);
    Rejudged {
        run,
        changes: judge.changes,
    }
}

struct Judge<'a> {
    past: &'a PastValues,
    as_of: NaiveDate,
    started: DateTime<Utc>,
    changes: Vec<Turned>,
}

/// The table that expectations are about.
struct About<'a> {
    /// As the history names it.
    table: &'a str,
    /// As SQL names it.
    sql: String,
    aside: Option<String>,
    day: NaiveDate,
    /// When the run started, where its clock says what is now.
    started: Option<DateTime<Utc>>,
}

impl Judge<'_> {
    fn file(&mut self, project: &Project, file: &mut FileRun) {
        let Some(source) = project.source(&file.source) else {
            return;
        };
        if file.outcomes.is_empty() {
            return;
        }
        let table = raw(&file.source);
        let about = About {
            sql: relation(&table),
            table: &table,
            aside: None,
            day: file.date.unwrap_or(self.as_of),
            started: None,
        };
        let was_out = file.outcomes.iter().any(Outcome::closes);
        self.outcomes(&about, &source.expectations, &mut file.outcomes);
        let is_out = file.outcomes.iter().any(Outcome::closes);
        let told = match (was_out, is_out, file.state) {
            (true, false, FileState::Refused) => "would come in now: it takes a run",
            (false, true, FileState::New | FileState::Known) => "came in, and would be refused now",
            _ => return,
        };
        self.changed(&table, None, format!("{} {told}", file.name));
    }

    fn model(&mut self, project: &Project, model: &mut ModelRun, shut: &mut BTreeSet<String>) {
        let Some(known) = project.model(&model.name) else {
            let told = "the project has no such model any more; its verdicts stand".to_owned();
            return self.changed(&model.name.clone(), None, told);
        };
        let name = model.name.clone();
        if let Some(upstream) = known.reads.iter().find(|read| shut.contains(*read)) {
            if model.gate != Gate::Skipped {
                let told = format!("would wait: the gate of {upstream} is closed");
                self.changed(&name, None, told);
                model.gate = Gate::Skipped;
                let why = Blame::Gate(upstream.clone());
                model.note = Some(why.to_string());
                model.waits_for = Some(why);
                model.outcomes.clear();
            }
            shut.insert(name);
            return;
        }
        if model.gate == Gate::Skipped {
            return;
        }
        let about = About {
            table: &name,
            sql: ident(&name),
            aside: known
                .quarantines()
                .then(|| relation(&quarantine_name(&name))),
            day: self.as_of,
            started: Some(self.started),
        };
        self.outcomes(&about, &known.expectations, &mut model.outcomes);
        let gate = match model.outcomes.iter().any(Outcome::closes) {
            true => Gate::Closed,
            false => Gate::Open,
        };
        if gate != model.gate {
            let told = match gate {
                Gate::Open => "its gate would open; what waited for it takes a run",
                _ => "its gate would close",
            };
            self.changed(&name, None, told.to_owned());
            model.gate = gate;
        }
        if gate == Gate::Closed {
            shut.insert(name);
        }
    }

    fn outcomes(&mut self, about: &About<'_>, asked: &[Expectation], stored: &mut Vec<Outcome>) {
        let by_id: BTreeMap<&str, &Expectation> =
            asked.iter().map(|e| (e.id.as_str(), e)).collect();
        let had: BTreeSet<String> = stored.iter().map(|outcome| outcome.id.clone()).collect();
        stored.retain(|outcome| {
            let kept = by_id.contains_key(outcome.id.as_str()) || outcome.is_of_the_run();
            if !kept {
                let told = "is not asked any more".to_owned();
                self.changes
                    .push(change(about.table, Some(&outcome.id), told));
            }
            kept
        });
        for outcome in stored.iter_mut() {
            if let Some(expectation) = by_id.get(outcome.id.as_str()) {
                self.again(about, expectation, outcome);
            }
        }
        for expectation in asked
            .iter()
            .filter(|expectation| !had.contains(&expectation.id))
        {
            let told = "is new: it takes a run".to_owned();
            self.changed(about.table, Some(&expectation.id), told);
        }
    }

    fn again(&mut self, about: &About<'_>, expectation: &Expectation, outcome: &mut Outcome) {
        let question = Question::new(
            expectation,
            &about.sql,
            about.aside.as_deref(),
            Moment::of(about.day, about.started),
        );
        let Some(asked) = &outcome.asked else {
            return;
        };
        if *asked != question.fingerprint() {
            let told = "asks something else now: it takes a run".to_owned();
            return self.changed(about.table, Some(&expectation.id), told);
        }
        let metric = match (outcome.rows, outcome.value) {
            (Some(rows), _) => Metric::Violations {
                rows,
                of: outcome.of,
            },
            (None, value) => Metric::Value(value),
        };
        let past = Past {
            as_of: about.day,
            values: self.past.before(about.table, &expectation.id, about.day),
        };
        let judged = hold(expectation, &question.measure, &metric, past);
        let verdict = match (judged.verdict, outcome.verdict) {
            // Nothing was left to ask about, and the run found that there had been: no bound changes that.
            (Verdict::Skip, Verdict::Warn | Verdict::Fail) => expectation.severity.verdict(),
            (now, _) => now,
        };
        if verdict != outcome.verdict {
            let told = format!(
                "{} before, {verdict} now; {}",
                outcome.verdict, judged.expected
            );
            self.changed(about.table, Some(&expectation.id), told);
        }
        outcome.severity = expectation.severity;
        outcome.verdict = verdict;
        outcome.expected = judged.expected;
        outcome.limits = judged.limits;
        outcome.allow = judged.allow;
        outcome.shown = judged.shown;
        if judged.verdict == Verdict::Pass && !outcome.set_aside {
            outcome.samples.clear();
        }
        if judged.verdict != Verdict::Skip {
            outcome.note = judged.note;
        }
    }

    fn changed(&mut self, table: &str, id: Option<&str>, told: String) {
        self.changes.push(change(table, id, told));
    }
}

fn change(table: &str, id: Option<&str>, told: String) -> Turned {
    Turned {
        table: table.to_owned(),
        id: id.map(str::to_owned),
        told,
    }
}
