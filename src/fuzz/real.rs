//! What texts for a cleaner are made from: its own inputs, and real values of the columns it is used on.

use std::collections::{BTreeMap, BTreeSet};

use crate::clean::{self, Cleaner};
use crate::engine::{Engine, Warehouse, functions_of, plan_model, text_rows};
use crate::error::{Error, Result};
use crate::expect::{ident, relation};
use crate::project::{ANY_TEXT, DeclaredCleaner, Input, Project};
use crate::table_name::{TableName, raw};

use super::generate::Pool;

/// Values read of one column at most.
const VALUES: usize = 2000;
/// Columns read for one cleaner at most.
const COLUMNS: usize = 16;

/// The tables of a project that were published, and what its models call.
pub(super) struct Tables<'a> {
    project: &'a Project,
    engine: &'a Engine,
    /// The text columns of each table.
    texts: BTreeMap<String, Vec<String>>,
    /// For each model in run order, the columns that the functions it calls are computed from.
    calls: Vec<Calls>,
}

/// The columns that a function is computed from, by its name.
type Calls = BTreeMap<String, BTreeSet<Column>>;

/// A table and a column of it.
type Column = (String, String);

impl<'a> Tables<'a> {
    /// Puts the published tables into the session; none of them where the project keeps its values to itself
    /// (`samples = 0`), since a text that breaks a law is printed and kept in a file. A model that reads one that was never published
    /// does not plan, and calls nothing.
    pub(super) async fn new(
        project: &'a Project,
        engine: &'a Engine,
        warehouse: Option<&Warehouse>,
    ) -> Result<Self> {
        let mut tables = Self {
            project,
            engine,
            texts: BTreeMap::new(),
            calls: Vec::new(),
        };
        let shown = project.manifest.samples > 0;
        let Some(warehouse) = warehouse.filter(|_| shown) else {
            return Ok(tables);
        };
        let published = engine.put_published(warehouse, project).await?;
        for name in published.into_keys() {
            if !matches!(TableName::of(&name), TableName::Quarantine(_)) {
                let columns = engine.text_columns(&name).await?;
                tables.texts.insert(name, columns);
            }
        }
        for model in &project.models {
            if let Ok(plan) = plan_model(engine, model).await {
                tables.calls.push(plan.calls());
            }
        }
        Ok(tables)
    }

    /// What texts for the cleaner of that name are made from.
    pub(super) async fn pool(&self, name: &str) -> Result<Pool> {
        let mut declared = self.project.cleaners.iter();
        let mut pool = match (
            declared.find(|cleaner| cleaner.name == name),
            clean::cleaner(name),
        ) {
            (Some(declared), _) => of_declared(declared),
            (None, Some(cleaner)) => of_built_in(cleaner),
            (None, None) => Pool::default(),
        };
        for (table, column) in self.columns(name) {
            let values = self.values(&table, &column).await?;
            if !values.is_empty() {
                pool.columns.push(format!("{table}.{column}"));
                pool.values.extend(values);
            }
        }
        Ok(pool)
    }

    /// The text columns that a cleaner is used on, each once: those its own file names, those that
    /// models give to its functions, those that expectations hold against it; for a built-in one that
    /// is used nowhere, those called like it.
    fn columns(&self, name: &str) -> Vec<Column> {
        let mut all = self.named(name);
        let functions = functions_of(name);
        for calls in &self.calls {
            let called = functions.iter().filter_map(|function| calls.get(function));
            all.extend(called.flatten().cloned());
        }
        all.extend(self.asked(name));
        if all.is_empty() && clean::cleaner(name).is_some() {
            all = self.called_like(name);
        }
        let mut seen = BTreeSet::new();
        all.retain(|(table, column)| {
            let texts = self.texts.get(table);
            texts.is_some_and(|texts| texts.contains(column))
                && seen.insert((table.clone(), column.clone()))
        });
        all.truncate(COLUMNS);
        all
    }

    fn named(&self, name: &str) -> Vec<Column> {
        let declared = self.project.cleaners.iter();
        let inputs = declared
            .filter(|cleaner| cleaner.name == name)
            .flat_map(|cleaner| &cleaner.inputs);
        let columns = inputs.filter_map(|input| match input {
            Input::Column { table, column } => Some((table.clone(), column.clone())),
            _ => None,
        });
        columns.collect()
    }

    fn asked(&self, name: &str) -> Vec<Column> {
        let mut all = Vec::new();
        let sources = self.project.sources.iter();
        let sources = sources.map(|source| (raw(&source.name), &source.expectations));
        let models = self.project.models.iter();
        let models = models.map(|model| (model.name.clone(), &model.expectations));
        for (table, expectations) in sources.chain(models) {
            for expectation in expectations {
                let args = &expectation.args;
                if args.cleaner().is_some_and(|by| by.get_ref() == name) {
                    let columns = args.columns().into_iter();
                    all.extend(columns.map(|column| (table.clone(), column.get_ref().clone())));
                }
            }
        }
        all
    }

    fn called_like(&self, name: &str) -> Vec<Column> {
        let mut all = Vec::new();
        for (table, columns) in &self.texts {
            let alike = columns
                .iter()
                .filter(|column| column.to_lowercase().contains(name));
            all.extend(alike.map(|column| (table.clone(), column.clone())));
        }
        all
    }

    /// Distinct values of a column, the first of them by their hashes, so that all of it is met.
    async fn values(&self, table: &str, column: &str) -> Result<Vec<String>> {
        let column = ident(column);
        let sql = format!(
            "SELECT CAST({column} AS VARCHAR) AS value FROM {} WHERE {column} IS NOT NULL \
             GROUP BY 1 ORDER BY md5(CAST({column} AS VARCHAR)) LIMIT {VALUES}",
            relation(table)
        );
        let page = text_rows(self.engine, &sql, VALUES).await;
        let page =
            page.map_err(|error| Error::engine(format!("reading values of {table}"), error))?;
        Ok(page.rows.into_iter().flatten().flatten().collect())
    }
}

/// What texts for a built-in cleaner are made from, where there is no table.
pub(super) fn of_built_in(cleaner: &Cleaner) -> Pool {
    let patterns = cleaner.inputs.iter();
    let values = cleaner.examples.iter();
    Pool {
        forms: vec![cleaner.form.to_owned()],
        patterns: patterns.map(|pattern| (*pattern).to_owned()).collect(),
        values: values.map(|(raw, _)| (*raw).to_owned()).collect(),
        columns: Vec::new(),
    }
}

fn of_declared(declared: &DeclaredCleaner) -> Pool {
    let mut pool = Pool::default();
    let forms = declared.form.iter();
    pool.forms.extend(forms.map(|form| form.get_ref().clone()));
    let examples = declared.examples.iter();
    pool.values
        .extend(examples.map(|example| example.raw.clone()));
    for input in &declared.inputs {
        match input {
            Input::Regex(pattern) => pool.patterns.push(pattern.clone()),
            Input::List(list) => pool.values.extend(list.iter().cloned()),
            // Columns are read with the others; any text is among every cleaner's.
            Input::Column { .. } => {}
            Input::Generator(name) if name == ANY_TEXT => {}
            Input::Generator(name) => {
                if let Some(cleaner) = clean::cleaner(name) {
                    let of = of_built_in(cleaner);
                    pool.patterns.extend(of.patterns);
                    pool.patterns.extend(of.forms);
                    pool.values.extend(of.values);
                }
            }
        }
    }
    pool
}
