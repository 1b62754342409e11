//! `diff`: the rows of two states of the tables, by the keys of the contracts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lockgate::diff::{self, Side};
use lockgate::engine::{Engine, Warehouse};
use lockgate::error::{Result, without_secrets};
use lockgate::history;
use lockgate::outcome::{Run, RunLine};
use lockgate::report::{self, Format};

use crate::args::{DiffArgs, DiffDocument, DiffReportTo, FailOnDiff, Global};
use crate::context::{format, load, memory, warehouse};
use crate::documents;
use crate::output::Answer;

/// A warehouse's history in a session of its own.
async fn past(global: &Global, warehouse: &Warehouse) -> Result<(Engine, Vec<RunLine>)> {
    let engine = Engine::new(memory(global))?;
    history::open(&engine, warehouse).await?;
    let runs = history::runs_of(&engine).await?;
    Ok((engine, runs))
}

pub async fn run(global: &Global, args: &DiffArgs) -> Result<Answer> {
    let project = load(global)?;
    let here = warehouse(global, &project)?;
    let there = match &args.other_warehouse {
        Some(location) => Warehouse::open(location, Path::new(""))?,
        None => here.clone(),
    };
    let (there_engine, there_runs) = past(global, &there).await?;
    let (here_engine, here_runs) = past(global, &here).await?;
    let base = args.base.as_deref().unwrap_or("latest");
    let mut base = Side::read(base, &there, &there_runs)?;
    if let Some(location) = &args.other_warehouse {
        base.label = format!("{} in {}", base.label, without_secrets(location));
    }
    let other = Side::read(&args.run, &here, &here_runs)?;
    let options = diff::Options {
        select: &args.select,
        memory: memory(global),
        samples: project.manifest.samples,
    };
    let mut found = diff::diff(&project, &base, &other, options).await?;
    let runs = found.models.iter().map(|model| &model.runs);
    let (before, after): (Vec<_>, Vec<_>) = runs
        .chain([&found.runs])
        .map(|pair| (pair.base.clone(), pair.other.clone()))
        .unzip();
    let mut records = records(&there_engine, before).await?;
    records.extend(self::records(&here_engine, after).await?);
    diff::judge(&mut found, &records);
    for DiffReportTo { document, path } in &args.report {
        let text = match document {
            DiffDocument::Markdown => report::diff_markdown(&found, report::COMMENT),
            DiffDocument::Json => report::json(&found),
        };
        documents::write(path, &text)?;
    }
    let text = match format(global) {
        Format::Json => report::json(&found),
        format @ (Format::Csv | Format::CsvSafe) => {
            report::page(&report::diff_page(&found), format)
        }
        Format::Table => report::diff_summary(&found),
    };
    let fails = args.fail_on == Some(FailOnDiff::Diff) && found.differs();
    Ok(Answer {
        text,
        code: u8::from(fails),
        ..Answer::default()
    })
}

/// The records of some runs, by their ids; of a run without one there is nothing to tell.
async fn records(
    engine: &Engine,
    ids: impl IntoIterator<Item = Option<String>>,
) -> Result<BTreeMap<String, Run>> {
    let ids: BTreeSet<String> = ids.into_iter().flatten().collect();
    let mut records = BTreeMap::new();
    if !engine.has_table("history.runs")? {
        return Ok(records);
    }
    for id in ids {
        if let Some(run) = history::record(engine, &id).await? {
            records.insert(id, run);
        }
    }
    Ok(records)
}
