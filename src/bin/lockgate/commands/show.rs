//! `show`: a few rows of a model, and its last verdicts.

use lockgate::error::{Error, Problem, Result, suggest};
use lockgate::expect::ident;
use lockgate::outcome::Run;
use lockgate::{history, report};

use super::tables::{page, published};
use crate::args::{Global, OutputFormat};
use crate::output::Answer;

pub async fn run(global: &Global, name: &str, limit: usize) -> Result<Answer> {
    let (project, engine) = published(global).await?;
    if project.model(name).is_none() {
        let known = project.models.iter().map(|model| model.name.as_str());
        let problem = Problem::new("lockgate::show", format!("there is no model `{name}`"));
        return Err(Error::project(problem.help(suggest(name, known))));
    }
    let last = history::last_of(&engine, name).await?;
    let last = last.map(|run| run.shown_with(project.manifest.samples));
    if !engine.has_table(name)? {
        let problem = Problem::new("lockgate::show", format!("{name} was never published"));
        return Err(Error::project(
            problem.help(unpublished(name, last.as_ref())),
        ));
    }
    let sql = format!("SELECT * FROM {}", ident(name));
    let mut answer = Answer::of(page(global, &project, &engine, &sql, limit).await?);
    if let Some(run) = &last
        && let Some(model) = run.model(name)
        && global.format == OutputFormat::Table
    {
        let summary = report::show_summary(&run.run_id, model);
        answer.text.push_str(&summary);
    }
    Ok(answer)
}

/// What to do about a model without a table.
fn unpublished(name: &str, last: Option<&Run>) -> String {
    match last {
        None => "run the project first: lockgate run".to_owned(),
        Some(run) => format!(
            "its gate did not open in run {}: lockgate run --select +{name}+ tells why",
            run.run_id
        ),
    }
}
