//! `check`: every model planned against contracts alone. No row is read, no
//! table opened: what is wrong is wrong whatever the data.

mod ask;
mod breach;
mod catalogue;
mod cleaners;
mod compare;
mod demand;
mod edition;
mod fit;
mod settings;
mod whole;
mod written;

pub use ask::ask;
use breach::{explain, renamed, unstorable};
pub use catalogue::catalogue;
pub use compare::{against, modified};

use std::collections::BTreeMap;

use arrow::datatypes::Schema;

use crate::contract::{Breach, Contract, TWINS_HELP, twin_columns};
use crate::engine::{
    Engine, Plan, Proof, cleaner_problems, plan_model, quarantine_name, quarantine_schema, raw_key,
};
use crate::error::{Error, Problem, Result};
use crate::expect::relation;
use crate::outcome::{Checked, CheckedModel, KeyCheck};
use crate::project::{Model, Project, sql};
use crate::table_name::{TableName, raw};

/// Plans every model and every expectation against the contracts.
///
/// # Errors
/// All problems of all models, each at its contract line and SQL token.
pub async fn check(project: &Project) -> Result<Checked> {
    Ok(planned(project).await?.checked)
}

/// A project that is right, with what its tables are taken to be.
pub struct Planned {
    pub checked: Checked,
    /// The columns of each raw table and model, by its name in SQL.
    pub schemas: BTreeMap<String, Schema>,
}

/// As [`check()`], for those who go on from there.
///
/// # Errors
/// As [`check()`].
pub async fn planned(project: &Project) -> Result<Planned> {
    let (mut checker, mut checked) = Checker::plan(project).await?;
    for source in &project.sources {
        let name = raw(&source.name);
        let schema = source.contract.raw_schema();
        for expectation in &source.expectations {
            let problems = ask(&checker.engine, &name, None, &schema, expectation).await;
            checker.problems.extend(problems);
        }
    }
    for model in &project.models {
        checker.expectations(model).await;
        let problems = written::problems(model, &checker.schemas);
        checker.problems.extend(problems);
    }
    for cleaner in &project.cleaners {
        let problems = cleaner_problems(&checker.engine, cleaner);
        checker.problems.extend(problems);
    }
    let (warnings, problems): (Vec<_>, Vec<_>) =
        checker.problems.into_iter().partition(Problem::is_warning);
    if problems.is_empty() {
        checked.warnings = warnings;
        Ok(Planned {
            checked,
            schemas: checker.schemas,
        })
    } else {
        Err(Error::Project(problems))
    }
}

/// The proof of a model's key, given the keys that hold of what it reads.
pub fn prove(
    plan: &Plan,
    columns: &[String],
    known: &BTreeMap<String, Vec<Vec<String>>>,
) -> Option<String> {
    match plan.prove(columns, known) {
        Proof::Proved { why } => Some(why),
        Proof::NotEstablished => None,
    }
}

struct Checker {
    engine: Engine,
    /// The keys that hold of each table if the gates before it are open.
    keys: BTreeMap<String, Vec<Vec<String>>>,
    /// What each raw table holds, and each model that plans is taken to yield.
    schemas: BTreeMap<String, Schema>,
    /// The models that plan.
    plans: BTreeMap<String, Plan>,
    problems: Vec<Problem>,
}

impl Checker {
    /// Plans every source and model; what is wrong with them is kept.
    async fn plan(project: &Project) -> Result<(Self, Checked)> {
        let mut checker = Checker {
            engine: Engine::of(project, None)?,
            keys: BTreeMap::new(),
            schemas: BTreeMap::new(),
            plans: BTreeMap::new(),
            problems: Vec::new(),
        };
        for source in &project.sources {
            let name = raw(&source.name);
            checker
                .engine
                .put_empty(&name, source.contract.raw_schema())?;
            let known = TableName::known(&source.name).to_string();
            checker
                .engine
                .put_empty(&known, source.contract.raw_schema())?;
            checker.keys.insert(name.clone(), vec![raw_key()]);
            checker.schemas.insert(name, source.contract.raw_schema());
        }
        let mut checked = Checked::default();
        for model in &project.models {
            checked.models.extend(checker.model(model).await?);
        }
        Ok((checker, checked))
    }

    async fn model(&mut self, model: &Model) -> Result<Option<CheckedModel>> {
        let contract = model.contract.as_ref();
        let planned = match overreach(model) {
            Some(problem) => Err(vec![problem]),
            None => plan_model(&self.engine, model).await.and_then(|plan| {
                let twins = twins(model, plan.schema());
                if twins.is_empty() {
                    Ok(plan)
                } else {
                    Err(twins)
                }
            }),
        };
        let plan = match planned {
            Ok(plan) => Some(plan),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        };
        if let Some(plan) = &plan {
            self.problems.extend(unstorable(model, plan.schema()));
        }
        if let (Some(plan), Some((contract, text))) = (&plan, contract) {
            let schema = plan.schema();
            let breaches = contract.breaches(schema);
            // A column under another name is one breach, told where the name is missing.
            let renamed: Vec<&str> = breaches
                .iter()
                .filter_map(|breach| renamed(breach, contract, schema))
                .collect();
            let told = breaches.iter().filter(|breach| match breach {
                Breach::Extra { column } => !renamed.contains(&column.as_str()),
                _ => true,
            });
            self.problems
                .extend(told.map(|breach| explain(breach, model, contract, text, schema)));
        }
        let seen = match (contract, &plan) {
            (Some((contract, _)), plan) => {
                let mut schema = contract.schema();
                if let Some(plan) = plan.as_ref().filter(|_| contract.open) {
                    schema = widened(schema, plan.schema());
                }
                Some(schema)
            }
            (None, Some(plan)) => Some(plan.schema().clone()),
            (None, None) => None,
        };
        if contract.is_none() {
            self.problems.push(uncontracted(model));
        }
        if let Some(schema) = seen {
            if model.quarantines() {
                let aside = quarantine_schema(&schema).as_ref().clone();
                self.engine
                    .put_empty(&quarantine_name(&model.name), aside)?;
            }
            self.engine.put_empty(&model.name, schema.clone())?;
            self.schemas.insert(model.name.clone(), schema);
        }
        let Some(plan) = plan else { return Ok(None) };
        let checked = self.checked(model, &plan);
        self.plans.insert(model.name.clone(), plan);
        Ok(Some(checked))
    }

    fn checked(&mut self, model: &Model, plan: &Plan) -> CheckedModel {
        let contract = model.contract.as_ref().map(|(contract, _)| contract);
        let columns = contract.map_or_else(Vec::new, Contract::key_names);
        let key = (!columns.is_empty()).then(|| KeyCheck {
            proof: prove(plan, &columns, &self.keys),
            columns: columns.clone(),
        });
        let full = |name: &String| {
            contract
                .and_then(|contract| contract.column(name))
                .is_some_and(|column| !column.null)
        };
        if let Some(key) = &key
            && (key.proof.is_some() || columns.iter().all(full))
        {
            self.keys.insert(model.name.clone(), vec![columns]);
        }
        CheckedModel {
            name: model.name.clone(),
            layer: model.layer.clone(),
            columns: contract.map(|contract| contract.columns.len()),
            expectations: model.asked_in_file().count(),
            key,
        }
    }

    async fn expectations(&mut self, model: &Model) {
        let Some(schema) = self.schemas.get(&model.name) else {
            return;
        };
        let aside = model
            .quarantines()
            .then(|| relation(&quarantine_name(&model.name)));
        for expectation in &model.expectations {
            let aside = aside.as_deref();
            let problems = ask(&self.engine, &model.name, aside, schema, expectation).await;
            self.problems.extend(problems);
        }
    }
}

/// The contract's schema and the columns that an open contract leaves unsaid.
fn widened(promised: Schema, found: &Schema) -> Schema {
    let extra = found
        .fields()
        .iter()
        .filter(|field| promised.field_with_name(field.name()).is_err())
        .cloned();
    let fields: Vec<_> = promised.fields().iter().cloned().chain(extra).collect();
    Schema::new(fields)
}

/// Columns of a model that one table cannot have both.
fn twins(model: &Model, schema: &Schema) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let folded = field.name().to_lowercase();
        let mut before = schema.fields()[..at].iter();
        if let Some(twin) = before.find(|other| other.name().to_lowercase() == folded) {
            let place = sql::column_token(&model.text, &model.sql, field.name());
            problems.push(
                Problem::new(
                    "lockgate::contract::columns",
                    twin_columns(twin.name(), field.name()),
                )
                .at(&model.text, place.unwrap_or(0..0), "here")
                .help(TWINS_HELP),
            );
        }
    }
    problems
}

/// A comparison that takes in more of the SQL than its reader sees.
fn overreach(model: &Model) -> Option<Problem> {
    let place = sql::overreach(&model.text, &model.sql.query)?;
    Some(
        Problem::new("lockgate::sql::precedence", sql::OVERREACH)
            .at(&model.text, place, "all of this is one side")
            .help("write (a is distinct from b) or c; or a is distinct from (b or c), if that is meant"),
    )
}

fn uncontracted(model: &Model) -> Problem {
    Problem::new(
        "lockgate::contract::none",
        format!(
            "`{}` has no contract: nothing is promised of its shape",
            model.name
        ),
    )
    .help(format!(
        "write contracts/{}/{}.toml with version, summary, owner, key and columns",
        model.layer, model.name
    ))
    .warning()
}
