//! `check`: every model planned against the contracts, and what changed since a base.

use std::collections::BTreeSet;

use lockgate::check;
use lockgate::error::{Error, Problem, Result};
use lockgate::outcome::{Checked, Compared};
use lockgate::project::Project;
use lockgate::report::{self, Format};

use crate::args::{CheckArgs, Global};
use crate::context::{format, load};
use crate::documents::Found;
use crate::output::Answer;

/// What `check` has to say, and what of it goes into documents.
pub async fn run(global: &Global, args: &CheckArgs) -> Result<Found> {
    let project = load(global)?;
    let name = project.manifest.name.as_str();
    let checked = check::check(&project).await;
    let Some(base) = &args.base else {
        return right(global, name, checked?);
    };
    let (compared, mut problems) = check::against(&project, base).await?;
    match checked {
        Ok(mut checked) if problems.is_empty() => {
            checked.compared = Some(compared);
            return right(global, name, checked);
        }
        Ok(_) => {}
        Err(Error::Project(found)) => problems.splice(0..0, found).for_each(drop),
        Err(error) => return Err(error),
    }
    stopped(global, name, problems, &compared)
}

fn stopped(
    global: &Global,
    name: &str,
    problems: Vec<Problem>,
    compared: &Compared,
) -> Result<Found> {
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
    answer.print(global)?;
    Ok(found)
}

fn right(global: &Global, name: &str, checked: Checked) -> Result<Found> {
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
        format @ (Format::Csv | Format::CsvSafe) => {
            answer.text = report::page(&report::checked_page(&checked), format);
        }
    }
    let found = Found {
        suites: report::of_check(&checked, name),
        record: report::json(&checked),
        data: None,
        strict: false,
        exit: 0,
    };
    answer.print(global)?;
    Ok(found)
}

/// What `state:modified` stands for; `None` where there is no base.
pub async fn modified(project: &Project, base: Option<&str>) -> Result<Option<BTreeSet<String>>> {
    let Some(base) = base else { return Ok(None) };
    let (compared, _) = check::against(project, base).await?;
    Ok(Some(check::modified(&compared, project)))
}
