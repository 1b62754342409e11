//! `check`: every model planned against contracts alone. No row is read, no
//! table opened: what is wrong is wrong whatever the data.

mod catalogue;
mod compare;
mod demand;
mod edition;
mod fit;
mod written;

pub use catalogue::catalogue;
pub use compare::{against, modified};

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::logical_expr::LogicalPlan;

use crate::contract::{Breach, Contract, Type};
use crate::document;
use crate::engine::keys::{self, Proof};
use crate::engine::{
    Engine, Question, cleaner_problems, plan_model, plan_sql, plan_text_problem, quarantine_name,
    quarantine_schema, raw_key, row_by_row,
};
use crate::error::{Error, Problem, Result, Text, did_you_mean};
use crate::expect::{Expectation, relation};
use crate::outcome::{Checked, CheckedModel, KeyCheck};
use crate::project::{Model, Project, sql};

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
        let name = format!("raw.{}", source.name);
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
    plan: &LogicalPlan,
    columns: &[String],
    known: &BTreeMap<String, Vec<Vec<String>>>,
) -> Option<String> {
    let known = |table: &datafusion::common::TableReference| {
        let name = match table.schema() {
            Some("public") | None => table.table().to_owned(),
            Some(schema) => format!("{schema}.{}", table.table()),
        };
        known.get(&name).cloned().unwrap_or_default()
    };
    match keys::prove(plan, columns, &known) {
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
    plans: BTreeMap<String, LogicalPlan>,
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
            let name = format!("raw.{}", source.name);
            checker
                .engine
                .put_empty(&name, source.contract.raw_schema())?;
            let known = format!("known.{}", source.name);
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
        let plan = match plan_model(&self.engine, model).await {
            Ok(plan) => Some(plan),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        };
        if let (Some(plan), Some((contract, text))) = (&plan, contract) {
            let schema = plan.schema().as_arrow();
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
                    schema = widened(schema, plan.schema().as_arrow());
                }
                Some(schema)
            }
            (None, Some(plan)) => Some(plan.schema().as_arrow().clone()),
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

    fn checked(&mut self, model: &Model, plan: &LogicalPlan) -> CheckedModel {
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
        let own = |expectation: &&Expectation| {
            model
                .contract
                .as_ref()
                .is_none_or(|(_, text)| expectation.text.path != text.path)
        };
        CheckedModel {
            name: model.name.clone(),
            layer: model.layer.clone(),
            columns: contract.map(|contract| contract.columns.len()),
            expectations: model.expectations.iter().filter(own).count(),
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

/// Why an expectation cannot be asked of a table with that schema, which the
/// session holds by that name; empty: it can. `aside` names its quarantine in SQL.
pub async fn ask(
    engine: &Engine,
    name: &str,
    aside: Option<&str>,
    schema: &Schema,
    expectation: &Expectation,
) -> Vec<Problem> {
    let table = relation(name);
    let problem = |error, written, sql: &str| plan_text_problem(error, expectation, written, sql);
    if let Some(problem) = unparsed(expectation) {
        return vec![problem];
    }
    if let Some(filter) = &expectation.filter {
        let sql = format!("SELECT 1 FROM {table} WHERE {}", filter.get_ref());
        if let Err(error) = plan_sql(engine, &sql).await {
            return vec![problem(&error, Some(filter), &sql)];
        }
    }
    let problems = fit::misfits(expectation, schema);
    if !problems.is_empty() {
        return problems;
    }
    let question = Question::new(expectation, &table, aside, 0);
    let written = expectation.args.sql();
    for sql in question.violations().into_iter().chain([question.alone()]) {
        if let Err(error) = plan_sql(engine, &sql).await {
            return vec![problem(&error, written, &sql)];
        }
    }
    if expectation.quarantine && row_by_row(engine, &Arc::new(schema.clone()), &question).is_err() {
        return vec![beyond_the_row(expectation)];
    }
    Vec::new()
}

/// A condition that asks the table as well: rows are set aside one by one, before it is whole.
fn beyond_the_row(expectation: &Expectation) -> Problem {
    let text = &expectation.text;
    let start = expectation.span.start;
    let place = expectation.args.sql().or(expectation.filter.as_ref());
    let place = place.map_or(start..text.line_end(start), |written| written.span());
    Problem::new(
        "lockgate::expect::quarantine",
        format!(
            "`{}` cannot set rows aside: it asks more than the row itself",
            expectation.id
        ),
    )
    .at(text, place, "here")
    .help("rows are set aside one by one; take `on_fail` out, or ask only the row's own columns")
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

/// SQL that the user wrote into an expectation and that does not parse by itself.
fn unparsed(expectation: &Expectation) -> Option<Problem> {
    let mut written = expectation.filter.iter().chain(expectation.args.sql());
    written.find_map(|written| {
        let (message, part) = sql::mistake(written.get_ref())?;
        let what = format!("`{}` cannot be asked: {message}", expectation.id);
        let place = document::within(&expectation.text, written, part);
        Some(
            Problem::new("lockgate::expect::sql", what)
                .at(&expectation.text, place, "here")
                .help("mend the SQL here"),
        )
    })
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

/// The column that probably is the one a contract misses, under another name.
fn renamed<'a>(breach: &Breach, contract: &Contract, schema: &'a Schema) -> Option<&'a str> {
    let Breach::Missing { column } = breach else {
        return None;
    };
    let names = schema.fields().iter().map(|field| field.name().as_str());
    did_you_mean(column, names.filter(|name| contract.column(name).is_none()))
}

/// A breach, at the contract's line and at the token of the SQL that yields the column.
fn explain(
    breach: &Breach,
    model: &Model,
    contract: &Contract,
    text: &Text,
    schema: &Schema,
) -> Problem {
    let line = |column: &str| {
        let mut names = contract.columns.keys();
        let name = names.find(|name| name.get_ref() == column);
        name.map_or(0..0, |name| name.span())
    };
    let token = |column: &str| sql::column_token(&model.text, &model.sql, column);
    let other = |what: String, column: &str, label: &str| {
        let place = token(column).unwrap_or(0..0);
        Problem::new("lockgate::contract::breach", what).at(&model.text, place, label)
    };
    let problem = |message: String| Problem::new("lockgate::contract::breach", message);
    match breach {
        Breach::Missing { column } => {
            let problem = problem(format!(
                "`{}` does not yield the column `{column}`",
                model.name
            ))
            .at(text, line(column), "promised here");
            match renamed(breach, contract, schema) {
                Some(near) => problem
                    .help(format!("rename `{near}` to `{column}` in the model, or raise the contract's version and promise `{near}`"))
                    .with(other(format!("the model yields `{near}` instead"), near, "not in the contract")),
                None => problem
                    .help("add the column to the model's SELECT, or raise the contract's version and take it out")
                    .with(Problem::new("lockgate::contract::breach", "the model yields other columns").at(
                        &model.text,
                        sql::select_token(&model.text, &model.sql).unwrap_or(0..0),
                        "not among these",
                    )),
            }
        }
        Breach::Extra { column } => problem(format!(
            "`{}` yields the column `{column}`, which its contract does not list",
            model.name
        ))
        .at(
            text,
            columns_table(text),
            "a closed contract: these columns and no others",
        )
        .help(format!(
            "list `{column}` under [columns], or say `open = true`"
        ))
        .with(other(
            format!("`{column}` comes from here"),
            column,
            "yields it",
        )),
        Breach::Type {
            column,
            promised,
            found,
        } => problem(format!(
            "`{column}` of `{}` is {found}, and its contract promises {}",
            model.name,
            promised.as_str()
        ))
        .at(
            text,
            line(column),
            format!("promised as {}", promised.as_str()),
        )
        .help(if Type::named(found) {
            format!("cast it in the model, or raise the contract's version and promise {found}")
        } else {
            format!("no contract can promise {found}: cast it in the model")
        })
        .with(other(
            format!("`{column}` is {found} here"),
            column,
            "yields it",
        )),
        Breach::Order { column, before } => problem(format!(
            "`{}` yields `{column}` before `{before}`; its contract has them the other way round",
            model.name
        ))
        .at(text, line(column), "promised in this place")
        .help("bring the SELECT into the contract's order")
        .with(other(
            format!("`{column}` comes too early"),
            column,
            "yields it",
        )),
    }
}

/// Where `[columns]` stands in a contract.
fn columns_table(text: &Text) -> std::ops::Range<usize> {
    let head = "[columns]";
    let start = text.text.find(head).unwrap_or(0);
    start..(start + head.len()).min(text.text.len())
}
