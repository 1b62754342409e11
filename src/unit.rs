//! `test`: each model run on given rows by the engine of a run, its rows held against the expected ones.
//!
//! A test is about the model's SELECT: no warehouse, no file, no gate. Where it says which rows are quarantined,
//! the model's expectations set rows aside as in a run.

mod compare;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::check::{self, Planned};
use crate::engine::{
    Engine, Failed, Fault, cells_of, given_rows, made_of_them, quarantine_schema, set_aside,
    test_schema,
};
use crate::error::{Error, Result};
use crate::outcome::when::whole_millis;
use crate::outcome::{
    Command, Limits, Location, Outcome, RECORD_FORMAT, Run, Severity, Tested, Verdict,
};
use crate::project::{Model, Project, TestCase, TestTable};
use compare::Compared;

/// Runs the unit tests of the selected models, in run order.
///
/// # Errors
/// A given or expected value that is not of its column's type, and what else [`check`](check::check) tells;
/// a failure of the engine. A test that fails, its query included, is in the answer.
pub async fn tested(
    project: &Project,
    planned: &Planned,
    selected: &BTreeSet<String>,
    memory: Option<usize>,
) -> Result<Vec<Tested>> {
    let models = project.models.iter();
    let models = models.filter(|model| selected.contains(&model.name) && !model.tests.is_empty());
    let mut tester = Tester {
        engine: Engine::of(project, memory)?,
        schemas: BTreeMap::new(),
    };
    tester.engine.unsplit();
    for (name, schema) in &planned.schemas {
        tester.schemas.insert(name.clone(), test_schema(schema));
    }
    let mut all = Vec::new();
    for model in models {
        let mut outcomes = Vec::new();
        for test in &model.tests {
            outcomes.push(tester.outcome(model, test).await?);
        }
        all.push(Tested {
            model: model.name.clone(),
            layer: model.layer.clone(),
            outcomes,
        });
    }
    Ok(all)
}

/// The record of `lockgate test`: unit tests, and nothing taken in or built.
///
/// # Errors
/// As [`check`](check::check) and [`tested`].
pub async fn run(
    project: &Project,
    selected: &BTreeSet<String>,
    memory: Option<usize>,
    run_id: String,
    now: &(dyn Fn() -> chrono::DateTime<chrono::Utc> + Sync),
) -> Result<Run> {
    let started = now();
    let planned = check::planned(project).await?;
    let tests = tested(project, &planned, selected, memory).await?;
    Ok(Run {
        format: RECORD_FORMAT,
        command: Command::Test,
        run_id,
        verdict: verdict(&tests),
        project: project.manifest.name.clone(),
        started: whole_millis(started),
        finished: whole_millis(now()),
        as_of: started.date_naive(),
        files: Vec::new(),
        unclaimed: Vec::new(),
        tests,
        models: Vec::new(),
        tables: Vec::new(),
    })
}

/// `Fail` where any test fails.
pub fn verdict(tests: &[Tested]) -> Verdict {
    match tests.iter().any(|model| model.count(Verdict::Fail) > 0) {
        true => Verdict::Fail,
        false => Verdict::Pass,
    }
}

struct Tester {
    engine: Engine,
    /// What the columns of each table are, by its name in SQL.
    schemas: BTreeMap<String, SchemaRef>,
}

impl Tester {
    async fn outcome(&self, model: &Model, test: &TestCase) -> Result<Outcome> {
        self.give(model, test)?;
        let mut outcome = blank(test);
        let found = match made_of_them(&self.engine, model).await? {
            Ok(found) => found,
            Err(why) => {
                let why = on_a_value(test, why)?;
                outcome.note = Some(format!("the query failed on the given rows: {why}"));
                return Ok(outcome);
            }
        };
        let Some(schema) = self.schemas.get(&model.name) else {
            return Ok(outcome);
        };
        let Some(quarantined) = &test.quarantined else {
            let kept = compared(model, (&test.expect, schema), &found, test.is_ordered())?;
            came_out(&mut outcome, vec![("", kept)]);
            return Ok(outcome);
        };
        let (kept, aside) = match set_aside(&self.engine, model, &found)? {
            Ok(split) => split,
            Err(why) => {
                let why = on_a_value(test, why)?;
                outcome.note = Some(format!("the rows could not be set aside: {why}"));
                return Ok(outcome);
            }
        };
        let reasons = test_schema(&quarantine_schema(schema));
        let kept = compared(model, (&test.expect, schema), &kept, test.is_ordered())?;
        let aside = compared(model, (quarantined, &reasons), &aside, false)?;
        came_out(
            &mut outcome,
            vec![("kept: ", kept), ("quarantined: ", aside)],
        );
        Ok(outcome)
    }

    /// Puts the given rows into the session; what is not given is empty.
    fn give(&self, model: &Model, test: &TestCase) -> Result<()> {
        for name in &model.reads {
            let Some(schema) = self.schemas.get(name) else {
                continue;
            };
            let given = test.given.iter().find(|(given, _)| given.get_ref() == name);
            match given {
                None => self.engine.put_empty(name, schema.as_ref().clone())?,
                Some((_, table)) => {
                    let rows = given_rows(table, name, schema).map_err(Error::Project)?;
                    self.engine.put_rows(name, vec![rows])?;
                }
            }
        }
        Ok(())
    }
}

/// What a test's query failed on, where that is a value.
///
/// # Errors
/// Memory, storage or the engine failed: that says nothing of the model.
fn on_a_value(test: &TestCase, failed: Failed) -> Result<String> {
    if failed.fault == Fault::Value {
        return Ok(failed.why);
    }
    let name = test.name.get_ref();
    let what = format!(
        "the unit test `{name}` ({}:{})",
        test.text.path,
        test.line()
    );
    Err(Error::engine(what, failed.told(false)))
}

/// The found rows held against the written ones, in the columns that those name.
fn compared(
    model: &Model,
    (written, schema): (&TestTable, &SchemaRef),
    found: &RecordBatch,
    ordered: bool,
) -> Result<Compared> {
    let expected = given_rows(written, &model.name, schema).map_err(Error::Project)?;
    let columns = written.columns.iter();
    let mut columns: Vec<&str> = columns.map(|it| it.get_ref().as_str()).collect();
    if written.rows.is_empty() && columns.is_empty() {
        let all = schema.fields().iter();
        columns = all.map(|field| field.name().as_str()).collect();
    }
    let key = model.contract.as_ref().map(|(it, _)| it.key_names());
    let rows = |batch: &RecordBatch| {
        let places = columns
            .iter()
            .filter_map(|name| batch.schema().index_of(name).ok());
        let part = batch.project(&places.collect::<Vec<_>>());
        cells_of(&part.map_err(|error| Error::engine("comparing rows", error))?)
    };
    let table = compare::Table {
        columns: &columns,
        key: &key.unwrap_or_default(),
        expected: rows(&expected)?,
        found: rows(found)?,
    };
    Ok(table.compare(ordered))
}

/// What the comparisons of one test come to; shown are the rows of the first that failed.
fn came_out(outcome: &mut Outcome, sides: Vec<(&str, Compared)>) {
    let count = sides.iter().map(|(_, side)| side.count).sum();
    outcome.of = Some(sides.iter().map(|(_, side)| side.of).sum());
    outcome.rows = Some(count);
    if count == 0 {
        outcome.verdict = Verdict::Pass;
    }
    let told = sides.iter().map(|(of, side)| format!("{of}{}", side.told));
    outcome.note = Some(told.collect::<Vec<_>>().join("; "));
    outcome.table = sides.into_iter().find_map(|(_, side)| side.diff);
}

/// A test that failed, until it is known better.
fn blank(test: &TestCase) -> Outcome {
    let order = match test.is_ordered() {
        true => "in this order",
        false => "in any order",
    };
    Outcome {
        id: test.name.get_ref().clone(),
        kind: "test".to_owned(),
        severity: Severity::Error,
        verdict: Verdict::Fail,
        rows: None,
        of: None,
        value: None,
        expected: format!("the expected rows, {order}"),
        limits: Limits::default(),
        allow: None,
        shown: None,
        asked: None,
        proof: None,
        note: None,
        set_aside: false,
        because: test.because.clone(),
        location: Location {
            file: test.text.path.to_string(),
            line: test.line(),
        },
        samples: Vec::new(),
        table: None,
    }
}
