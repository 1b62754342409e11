//! One version of a project, planned: who reads what, and where columns come from.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Checker;
use crate::engine::{Computation, Plan};
use crate::error::{Result, Text};
use crate::outcome::Reader;
use crate::project::{Definitions, Files, Model, Project};

/// What the plan of a model shows.
struct Planned {
    plan: Option<Plan>,
    /// Its columns, each with the columns it is computed from.
    columns: Vec<(String, BTreeSet<(String, String)>)>,
    reads: BTreeSet<(String, String)>,
    /// The functions it calls.
    called: BTreeSet<String>,
    /// What the query's own SELECT computes each column by, where that can be told.
    computed: BTreeMap<String, Computation>,
}

/// One version of a project, planned.
pub(super) struct Edition<'a> {
    pub(super) project: &'a Project,
    files: &'a Files,
    plans: BTreeMap<String, Planned>,
    /// What the cleaners are that the project declares.
    pub(super) cleaners: Definitions,
}

/// Where the values of a column come from.
pub(super) struct Origin<'a> {
    from: &'a BTreeSet<(String, String)>,
    /// Whether no other column of the model is computed from just these.
    alone: bool,
    by: Option<&'a Computation>,
}

impl Origin<'_> {
    /// Whether both hold the same values, as far as that can be told.
    pub(super) fn same(&self, other: &Self) -> bool {
        let expression = self.by.is_some() && self.by == other.by;
        self.from == other.from && (expression || (self.alone && other.alone))
    }
}

impl<'a> Edition<'a> {
    pub(super) async fn new(project: &'a Project, files: &'a Files) -> Result<Self> {
        let (checker, _) = Checker::plan(project).await?;
        let planned = |plan: &Plan| {
            let normal = plan.normalised(&checker.engine);
            let names = plan
                .schema()
                .fields()
                .iter()
                .map(|field| field.name().clone());
            Planned {
                columns: names.zip(plan.lineage()).collect(),
                reads: normal.as_ref().map(Plan::columns_read).unwrap_or_default(),
                called: plan.calls().into_keys().collect(),
                computed: plan.computed(),
                plan: normal,
            }
        };
        let plans = checker.plans.iter();
        Ok(Self {
            project,
            files,
            cleaners: project.definitions(),
            plans: plans
                .map(|(name, plan)| (name.clone(), planned(plan)))
                .collect(),
        })
    }

    /// A model's normalised plan, if it has one.
    pub(super) fn plan(&self, model: &str) -> Option<&Plan> {
        self.plans.get(model)?.plan.as_ref()
    }

    /// The functions that a model's query calls.
    pub(super) fn called(&self, model: &str) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.plans
            .get(model)
            .map_or(&NONE, |planned| &planned.called)
    }

    pub(super) fn expectations(&self, folder: &str, name: &str) -> Option<Text> {
        self.text(&format!("expectations/{folder}/{name}.toml"))
    }

    /// A file of it.
    pub(super) fn text(&self, path: &str) -> Option<Text> {
        let text = self.files.read(path).ok()?;
        Some(Text::new(path, text))
    }

    /// What a column is computed from: the columns, and the expression that takes them.
    pub(super) fn origin(&self, model: &str, column: &str) -> Option<Origin<'_>> {
        let planned = self.plans.get(model)?;
        let (_, from) = planned.columns.iter().find(|(name, _)| name == column)?;
        let alike = planned.columns.iter().filter(|(_, other)| other == from);
        (!from.is_empty()).then(|| Origin {
            from,
            alone: alike.count() == 1,
            by: planned.computed.get(column),
        })
    }

    /// The models that feel a change of some columns of a table, in run order;
    /// every model downstream where it is about no single column.
    pub(super) fn readers(&self, table: &str, columns: &[String]) -> Vec<Reader> {
        if columns.is_empty() {
            let below = self.project.descendants(table);
            let models = self.project.models.iter();
            let below = models.filter(|model| below.contains(&model.name));
            let whole = |model: &Model| Reader {
                model: model.name.clone(),
                columns: Vec::new(),
                rows: false,
            };
            return below.map(whole).collect();
        }
        let felt = columns
            .iter()
            .map(|column| (table.to_owned(), column.clone()));
        let mut felt: BTreeSet<(String, String)> = felt.collect();
        let mut readers = Vec::new();
        for model in &self.project.models {
            let Some(planned) = self.plans.get(&model.name) else {
                continue;
            };
            let hit = planned
                .columns
                .iter()
                .filter(|(_, from)| !from.is_disjoint(&felt));
            let columns: Vec<String> = hit.map(|(name, _)| name.clone()).collect();
            let rows = columns.is_empty();
            if rows && planned.reads.is_disjoint(&felt) {
                continue;
            }
            felt.extend(
                columns
                    .iter()
                    .map(|column| (model.name.clone(), column.clone())),
            );
            readers.push(Reader {
                model: model.name.clone(),
                columns,
                rows,
            });
        }
        readers
    }
}
