//! What a merge request is judged by: `check` against a base, `test`, `diff`. Nothing
//! here prints; main does.

use std::collections::{BTreeMap, BTreeSet};

use lockgate::diff::{self, Side};
use lockgate::engine::{Engine, Warehouse};
use lockgate::error::{Error, Problem, Result};
use lockgate::outcome::{Checked, Compared, Run, RunLine};
use lockgate::project::{Project, select};
use lockgate::report::{self, Format};
use lockgate::{check, history, unit};

use super::{Answer, format, found, load, memory, warehouse, written};
use crate::cli::{CheckArgs, DiffArgs, DiffDocument, DiffReportTo, FailOnDiff, Global, TestArgs};
use crate::deliver::Found;

/// What `check` has to say, and what of it goes into documents.
pub async fn check(global: &Global, args: &CheckArgs) -> Result<(Answer, Found)> {
    let project = load(global)?;
    let name = project.manifest.name.as_str();
    let checked = check::check(&project).await;
    let Some(base) = &args.base else {
        return Ok(right(global, name, checked?));
    };
    let (compared, mut problems) = check::against(&project, base).await?;
    match checked {
        Ok(mut checked) if problems.is_empty() => {
            checked.compared = Some(compared);
            return Ok(right(global, name, checked));
        }
        Ok(_) => {}
        Err(Error::Project(found)) => problems.splice(0..0, found).for_each(drop),
        Err(error) => return Err(error),
    }
    Ok(stopped(global, name, problems, &compared))
}

/// What the unit tests of the models selected came to.
pub async fn test(global: &Global, args: &TestArgs) -> Result<(Answer, Found)> {
    let project = load(global)?;
    let modified = modified(&project, args.base.as_deref()).await?;
    let selected = select(&project, &args.select, modified.as_ref())?;
    let id = uuid::Uuid::now_v7().to_string();
    let run = unit::run(&project, &selected, memory(global), id, &chrono::Utc::now).await?;
    let answer = Answer {
        text: written(global, &run, report::test_summary),
        ..Answer::default()
    };
    let found = Found {
        suites: report::of_test(&run),
        ..found(&run, None, false)
    };
    Ok((answer, found))
}

fn stopped(
    global: &Global,
    name: &str,
    problems: Vec<Problem>,
    compared: &Compared,
) -> (Answer, Found) {
    let record = report::stopped_json(&problems, compared);
    let error = Error::Project(problems);
    let mut answer = Answer {
        code: error.exit_code(),
        ..Answer::default()
    };
    if format(global) == Format::Json {
        answer.text = record.clone();
    } else {
        answer.aside = error.problems().iter().map(report::diagnostic).collect();
        let count = report::counted(error.problems().len() as u64, "problem");
        answer.aside.push_str(&format!("{count}\n"));
        answer.text = report::compared_summary(compared);
    }
    let found = Found {
        suites: report::of_error("check", Some(name), &error),
        record,
        data: None,
        strict: false,
        exit: answer.code,
    };
    (answer, found)
}

fn right(global: &Global, name: &str, checked: Checked) -> (Answer, Found) {
    let mut answer = Answer::default();
    match format(global) {
        Format::Table => {
            answer.aside = checked.warnings.iter().map(report::diagnostic).collect();
            answer.text = report::check_summary(&checked);
            if let Some(compared) = &checked.compared {
                answer.text.push_str(&report::compared_summary(compared));
            }
        }
        Format::Json => answer.text = report::json(&checked),
        Format::Csv => answer.text = report::page(&report::checked_page(&checked), Format::Csv),
    }
    let found = Found {
        suites: report::of_check(&checked, name),
        record: report::json(&checked),
        data: None,
        strict: false,
        exit: 0,
    };
    (answer, found)
}

/// What `state:modified` stands for; `None` where there is no base.
pub async fn modified(project: &Project, base: Option<&str>) -> Result<Option<BTreeSet<String>>> {
    let Some(base) = base else { return Ok(None) };
    let (compared, _) = check::against(project, base).await?;
    Ok(Some(check::modified(&compared, project)))
}

/// A warehouse's history in a session of its own.
async fn past(global: &Global, warehouse: &Warehouse) -> Result<(Engine, Vec<RunLine>)> {
    let engine = Engine::new(memory(global))?;
    history::open(&engine, warehouse).await?;
    let runs = history::runs_of(&engine).await?;
    Ok((engine, runs))
}

pub async fn diff(global: &Global, args: &DiffArgs) -> Result<Answer> {
    let project = load(global)?;
    let here = warehouse(global, &project)?;
    let there = match &args.other_warehouse {
        Some(location) => Warehouse::open(location, std::path::Path::new(""))?,
        None => here.clone(),
    };
    let (there_engine, there_runs) = past(global, &there).await?;
    let (here_engine, here_runs) = past(global, &here).await?;
    let base = args.base.as_deref().unwrap_or("latest");
    let mut base = Side::read(base, &there, &there_runs)?;
    if let Some(location) = &args.other_warehouse {
        base.label = format!("{} in {location}", base.label);
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
        crate::deliver::write(path, &text)?;
    }
    let text = match format(global) {
        Format::Json => report::json(&found),
        Format::Csv => report::page(&report::diff_page(&found), Format::Csv),
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
