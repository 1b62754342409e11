//! `profile`: what a file or a table holds, and the files that a project needs for it.

use std::path::Path;

use lockgate::error::{Error, Problem, Result};
use lockgate::profile::{self, Options, write};
use lockgate::project::{self, Project};
use lockgate::report;

use crate::args::{Global, OutputFormat, ProfileArgs};
use crate::context::{memory, root, warehouse};
use crate::output::Answer;

pub async fn run(global: &Global, args: &ProfileArgs) -> Result<Answer> {
    match told(global, args).await? {
        Ok((text, after)) => Ok(Answer {
            after,
            ..Answer::of(text)
        }),
        Err(problem) => Err(Error::Data(problem)),
    }
}

/// What is told and what is to be said after it; or why the file is refused.
async fn told(
    global: &Global,
    args: &ProfileArgs,
) -> Result<std::result::Result<(String, String), Box<Problem>>> {
    let (project, problems) = surroundings(global, &args.target)?;
    let warehouse = match &project {
        Some(project) => Some(warehouse(global, project)?),
        None => None,
    };
    let options = Options {
        target: &args.target,
        project: project.as_ref().zip(warehouse.as_ref()),
        memory: memory(global),
        sample: args.sample,
    };
    let found = match profile::profile(&options).await? {
        profile::Answer::Told(found) => found,
        profile::Answer::Refused(problem) => return Ok(Err(problem)),
    };
    let to = match (&args.out, args.write) {
        (Some(out), _) => Some(out.clone()),
        (None, true) => Some(root(global)?),
        (None, false) => None,
    };
    let mut after = String::new();
    if let Some(to) = &to {
        let written = write(&found, to, args.force)?;
        after.push_str(&report::written(&written, found.next.as_ref()));
    }
    after.push_str(&report::problems_aside(&problems));
    let text = match global.format {
        OutputFormat::Json => report::json(&found),
        _ => report::profile(&found, to.is_none() && !global.quiet),
    };
    Ok(Ok((text, after)))
}

/// The project around, if there is one. For a file it may have problems, which are told after:
/// what was begun for the file may be among them. A table is one of a project that is sound.
fn surroundings(global: &Global, target: &str) -> Result<(Option<Project>, Vec<Problem>)> {
    let Ok(root) = root(global) else {
        return Ok((None, Vec::new()));
    };
    let (project, problems) = project::load_sound(&root)?;
    if !problems.is_empty() && !Path::new(target).is_file() {
        return Err(Error::Project(problems));
    }
    Ok((Some(project), problems))
}
