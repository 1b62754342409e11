//! A project described from its contracts and plans, for its documentation.

mod cleaners;

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::Checker;
use crate::contract::{Need, RAW_COLUMNS, Type};
use crate::engine::{Plan, quarantine_name};
use crate::error::{Error, Problem, Result};
use crate::expect::{Expectation, Origin};
use crate::outcome::{
    Asked, Catalogue, Checked, ColumnEntry, ColumnRef, FileColumn, Location, ModelEntry,
    SourceEntry, TestEntry, TestRows,
};
use crate::project::{Entry, Model, Project, Source, TestCase, TestTable};
use crate::table_name::raw;

/// For each column, those that are computed from it.
type Uses = BTreeMap<ColumnRef, Vec<ColumnRef>>;

/// Describes a project: its sources, its models with the lineage of every column as the plans
/// tell it, and its cleaners. No row is read.
///
/// # Errors
/// Models that do not plan, or do not keep their contracts; what is asked of their rows is not
/// looked at.
pub async fn catalogue(project: &Project) -> Result<Catalogue> {
    let (mut checker, checked) = Checker::plan(project).await?;
    checker
        .problems
        .retain(|problem| !Problem::is_warning(problem));
    if !checker.problems.is_empty() {
        return Err(Error::Project(checker.problems));
    }
    let mut models: Vec<ModelEntry> = Vec::new();
    let read_by = project.read_by();
    for model in &project.models {
        let readers = read_by.get(&model.name).cloned().unwrap_or_default();
        let plan = checker.plans.get(&model.name);
        models.push(described(model, plan, &checked, readers));
    }
    let uses = uses(&models);
    for model in &mut models {
        for column in &mut model.columns {
            column.to = used(&uses, &model.name, &column.name);
        }
    }
    let source = |source: &Source| {
        let table = raw(&source.name);
        let readers = read_by.get(&table).cloned().unwrap_or_default();
        of_source(source, &table, &uses, readers)
    };
    Ok(Catalogue {
        project: project.manifest.name.clone(),
        layers: layers(project),
        sources: project.sources.iter().map(source).collect(),
        models,
        cleaners: cleaners::described(project, &checker.plans)?,
    })
}

fn layers(project: &Project) -> Vec<String> {
    let layers = project.manifest.layers.iter();
    layers.map(|layer| layer.get_ref().clone()).collect()
}

fn uses(models: &[ModelEntry]) -> Uses {
    let mut uses = Uses::new();
    for model in models {
        for column in &model.columns {
            for from in &column.from {
                let of = uses.entry(from.clone()).or_default();
                of.push(reference((model.name.clone(), column.name.clone())));
            }
        }
    }
    uses
}

fn used(uses: &Uses, table: &str, column: &str) -> Vec<ColumnRef> {
    let key = reference((table.to_owned(), column.to_owned()));
    uses.get(&key).cloned().unwrap_or_default()
}

fn reference((table, column): (String, String)) -> ColumnRef {
    ColumnRef { table, column }
}

fn references(found: BTreeSet<(String, String)>) -> Vec<ColumnRef> {
    found.into_iter().map(reference).collect()
}

fn described(
    model: &Model,
    plan: Option<&Plan>,
    checked: &Checked,
    read_by: Vec<String>,
) -> ModelEntry {
    let contract = model.contract.as_ref();
    let promised = contract.map(|(contract, _)| contract);
    let of_check = checked.models.iter().find(|found| found.name == model.name);
    ModelEntry {
        name: model.name.clone(),
        layer: model.layer.clone(),
        path: model.text.path.to_string(),
        sql: model.text.text.to_string(),
        contract: contract.map(|(_, text)| text.path.to_string()),
        version: promised.map(|contract| contract.version.get_ref().clone()),
        summary: promised.map(|contract| contract.summary.clone()),
        owner: promised.map(|contract| contract.owner.clone()),
        open: promised.is_none_or(|contract| contract.open),
        key: of_check.and_then(|found| found.key.clone()),
        reads: model.reads.clone(),
        read_by,
        columns: plan.map_or_else(Vec::new, |plan| columns(model, plan)),
        decided_by: plan.map_or_else(Vec::new, |plan| references(plan.decided_by())),
        asks: asks(&model.expectations),
        quarantines: model.quarantines(),
        tests: model.tests.iter().map(|test| tested(model, test)).collect(),
    }
}

fn tested(model: &Model, test: &TestCase) -> TestEntry {
    let cell = |cell: &Option<Spanned<Entry>>| {
        cell.as_ref().map(|cell| match cell.get_ref() {
            Entry::Text(text) | Entry::Value(toml::Value::String(text)) => text.clone(),
            Entry::Value(value) => value.to_string(),
        })
    };
    let rows = |table: &str, rows: &TestTable| TestRows {
        table: table.to_owned(),
        columns: rows
            .columns
            .iter()
            .map(|name| name.get_ref().clone())
            .collect(),
        rows: rows
            .rows
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
    };
    let given = test.given.iter();
    let quarantined = test.quarantined.as_ref();
    TestEntry {
        name: test.name.get_ref().clone(),
        because: test.because.clone(),
        given: given
            .map(|(table, given)| rows(table.get_ref(), given))
            .collect(),
        expect: rows(&model.name, &test.expect),
        quarantined: quarantined.map(|set_aside| rows(&quarantine_name(&model.name), set_aside)),
        ordered: test.is_ordered(),
        location: Location {
            file: test.text.path.to_string(),
            line: test.line(),
        },
    }
}

fn columns(model: &Model, plan: &Plan) -> Vec<ColumnEntry> {
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let fields = plan.schema().fields().iter();
    let lineage = plan.lineage().into_iter().zip(plan.passed_on());
    let column = |(field, (from, as_is)): (&std::sync::Arc<arrow::datatypes::Field>, _)| {
        let promised = contract.and_then(|contract| contract.column(field.name()));
        let kind = match promised {
            Some(column) => Some(*column.kind.get_ref()),
            None => Type::of(field.data_type()),
        };
        ColumnEntry {
            name: field.name().clone(),
            kind: kind.map_or_else(
                || field.data_type().to_string(),
                |kind| kind.as_str().to_owned(),
            ),
            null: promised.map_or(field.is_nullable(), |column| column.null),
            summary: promised.and_then(|column| column.summary.clone()),
            as_is,
            from: references(from),
            to: Vec::new(),
        }
    };
    fields.zip(lineage).map(column).collect()
}

/// The expectations as written; what stands in the contract is implied by it.
fn asks(expectations: &[Expectation]) -> Vec<Asked> {
    let one = |expectation: &Expectation| {
        let path = &*expectation.text.path;
        let written = expectation.text.text.get(expectation.span.clone());
        let written = written.filter(|_| expectation.origin == Origin::File);
        Asked {
            id: expectation.id.clone(),
            kind: expectation.kind.name.to_owned(),
            about: expectation.kind.summary.to_owned(),
            severity: expectation.severity,
            allow: expectation.allow.to_string(),
            because: expectation.because.clone(),
            filter: expectation.filter.as_ref().map(|sql| sql.get_ref().clone()),
            quarantine: expectation.quarantine,
            text: written.map(|text| text.trim_end().to_owned()),
            location: Location {
                file: path.to_owned(),
                line: expectation.line(),
            },
        }
    };
    expectations.iter().map(one).collect()
}

fn of_source(source: &Source, table: &str, uses: &Uses, read_by: Vec<String>) -> SourceEntry {
    let contract = &source.contract;
    let own = contract.columns.iter().zip(contract.raw_names());
    let own = own.map(|((header, column), name)| FileColumn {
        header: Some(header.get_ref().clone()),
        was: column
            .was
            .iter()
            .map(|name| name.get_ref().clone())
            .collect(),
        need: match column.need {
            Need::Essential => "essential",
            Need::Optional => "optional",
            Need::Ignored => "ignored",
        },
        matches: column
            .matches
            .as_ref()
            .map(|pattern| pattern.get_ref().clone()),
        since: column
            .since
            .as_ref()
            .map(|since| since.get_ref().to_string()),
        summary: column.summary.clone(),
        to: used(uses, table, &name),
        name,
    });
    let added = RAW_COLUMNS.iter().map(|name| FileColumn {
        header: None,
        was: Vec::new(),
        name: (*name).to_owned(),
        need: "essential",
        matches: None,
        since: None,
        summary: None,
        to: used(uses, table, name),
    });
    let file = &contract.file;
    SourceEntry {
        name: source.name.clone(),
        version: contract.version.get_ref().clone(),
        summary: contract.summary.clone(),
        owner: contract.owner.clone(),
        path: source.text.path.to_string(),
        files: file
            .name
            .iter()
            .map(|name| name.get_ref().clone())
            .collect(),
        date: file.date.as_ref().map(|date| date.get_ref().clone()),
        delimiter: file.delimiter.get_ref().clone(),
        quote: file
            .quote
            .get_ref()
            .character()
            .unwrap_or_default()
            .to_owned(),
        escape: file.escape.as_ref().map(|sign| sign.get_ref().clone()),
        columns: own.chain(added).collect(),
        asks: asks(&source.expectations),
        read_by,
    }
}
