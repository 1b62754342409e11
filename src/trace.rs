//! `trace`: one row back through the layers to the lines of its files, and
//! forward to everything made of it.
//!
//! Rows are followed along columns that a model passes on under their own name:
//! the key of the table followed to, where it is passed on whole, else the key
//! of the table followed from. What a raw row is, its file and place say.

use std::collections::BTreeMap;

use crate::engine::{Engine, Warehouse, lineage_of, sample};
use crate::error::{Error, Problem, Result, suggest};
use crate::expect::{ident, relation, text_literal};
use crate::outcome::{Direction, Step, Trace};
use crate::project::{Model, Project};

/// Traces the rows of `model` for which `conditions` hold: `column=value`, or
/// a value alone for a key of one column.
///
/// # Errors
/// No such model or column; a value alone for a wider key; the model was never published.
pub async fn trace(
    project: &Project,
    warehouse: &Warehouse,
    memory: Option<usize>,
    model: &str,
    conditions: &[String],
    limit: usize,
) -> Result<Trace> {
    let engine = Engine::of(project, memory)?;
    let published = engine.put_published(warehouse, project).await?;
    let Some(found) = project.model(model) else {
        let known = project.models.iter().map(|model| model.name.as_str());
        let problem = Problem::new("lockgate::trace", format!("there is no model `{model}`"));
        return Err(Error::project(problem.help(suggest(model, known))));
    };
    if !published.contains_key(model) {
        let problem = Problem::new("lockgate::trace", format!("{model} was never published"));
        return Err(Error::project(
            problem.help("run the project first: lockgate run"),
        ));
    }
    let start = format!(
        "SELECT * FROM {} WHERE {}",
        ident(model),
        condition(found, conditions)?
    );
    let mut tracer = Tracer {
        project,
        engine,
        limit,
        lineages: BTreeMap::new(),
        steps: Vec::new(),
    };
    tracer.learn().await?;
    tracer
        .step(model, Direction::Here, 0, key_of(found), &start)
        .await?;
    tracer.back(model, &start, 1).await?;
    tracer.forth(model, &start, 1).await?;
    Ok(Trace {
        model: model.to_owned(),
        steps: tracer.steps,
    })
}

fn key_of(model: &Model) -> Vec<String> {
    let contract = model.contract.as_ref();
    contract.map_or_else(Vec::new, |(contract, _)| contract.key_names())
}

fn condition(model: &Model, conditions: &[String]) -> Result<String> {
    let problem = |message: String, help: String| {
        Error::project(Problem::new("lockgate::trace", message).help(help))
    };
    let key = key_of(model);
    let columns: Vec<&str> = match &model.contract {
        Some((contract, _)) => contract.names().collect(),
        None => Vec::new(),
    };
    let mut parts = Vec::new();
    for text in conditions {
        let (column, value) = match text.split_once('=') {
            Some((column, value)) => (column, value),
            None if key.len() == 1 => (key[0].as_str(), text.as_str()),
            None => {
                return Err(problem(
                    format!("`{text}` does not say of which column it is"),
                    format!(
                        "write column=value; the key of {} is {}",
                        model.name,
                        key.join(", ")
                    ),
                ));
            }
        };
        if !columns.is_empty() && !columns.contains(&column) {
            return Err(problem(
                format!("{} has no column `{column}`", model.name),
                suggest(column, columns),
            ));
        }
        parts.push(format!(
            "CAST({} AS VARCHAR) = {}",
            ident(column),
            text_literal(value)
        ));
    }
    Ok(parts.join(" AND "))
}

struct Tracer<'a> {
    project: &'a Project,
    engine: Engine,
    limit: usize,
    /// For each model, which columns it passes on from each table under their own name.
    lineages: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    steps: Vec<Step>,
}

impl Tracer<'_> {
    async fn learn(&mut self) -> Result<()> {
        for model in &self.project.models {
            let passed = lineage_of(&self.engine, model).await.unwrap_or_default();
            self.lineages.insert(model.name.clone(), passed);
        }
        Ok(())
    }

    /// The columns along which rows of `below` are made of rows of `above`.
    fn link(&self, above: &str, below: &str) -> Vec<String> {
        let passed = self
            .lineages
            .get(below)
            .and_then(|tables| tables.get(above));
        let Some(passed) = passed else {
            return Vec::new();
        };
        let key = |table: &str| match self.project.model(table) {
            Some(model) => key_of(model),
            None => crate::engine::raw_key(),
        };
        [key(above), key(below)]
            .into_iter()
            .find(|key| !key.is_empty() && key.iter().all(|column| passed.contains(column)))
            .unwrap_or_default()
    }

    async fn back(&mut self, model: &str, rows: &str, depth: usize) -> Result<()> {
        let reads = self
            .project
            .model(model)
            .map_or_else(Vec::new, |m| m.reads.clone());
        for above in reads {
            let by = self.link(&above, model);
            if let Some(next) = self
                .follow(&above, Direction::Back, depth, by, rows)
                .await?
            {
                Box::pin(self.back(&above, &next, depth + 1)).await?;
            }
        }
        Ok(())
    }

    async fn forth(&mut self, table: &str, rows: &str, depth: usize) -> Result<()> {
        let readers = self.project.read_by().remove(table).unwrap_or_default();
        for below in readers {
            let by = self.link(table, &below);
            if let Some(next) = self
                .follow(&below, Direction::Forth, depth, by, rows)
                .await?
            {
                Box::pin(self.forth(&below, &next, depth + 1)).await?;
            }
        }
        Ok(())
    }

    /// The rows of the next table; `None` where there are none or they cannot be told.
    async fn follow(
        &mut self,
        table: &str,
        direction: Direction,
        depth: usize,
        by: Vec<String>,
        rows: &str,
    ) -> Result<Option<String>> {
        if by.is_empty() || !self.engine.has_table(table)? {
            self.steps.push(Step {
                table: table.to_owned(),
                direction,
                depth,
                by: Vec::new(),
                rows: 0,
                samples: Vec::new(),
            });
            return Ok(None);
        }
        let on: Vec<String> = by
            .iter()
            .map(|column| format!("t.{0} = r.{0}", ident(column)))
            .collect();
        let sql = format!(
            "SELECT t.* FROM {} AS t LEFT SEMI JOIN ({rows}) AS r ON {}",
            relation(table),
            on.join(" AND ")
        );
        let found = self.step(table, direction, depth, by, &sql).await?;
        Ok((found > 0).then_some(sql))
    }

    async fn step(
        &mut self,
        table: &str,
        direction: Direction,
        depth: usize,
        by: Vec<String>,
        sql: &str,
    ) -> Result<u64> {
        let rows = crate::engine::count(&self.engine, &format!("({sql})")).await?;
        let mut samples = sample(&self.engine, sql, &by.join(" "), self.limit).await?;
        if self.project.manifest.samples == 0 {
            for sample in &mut samples {
                sample.values.clear();
            }
        }
        self.steps.push(Step {
            table: table.to_owned(),
            direction,
            depth,
            by,
            rows,
            samples,
        });
        Ok(rows)
    }
}
