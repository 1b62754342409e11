//! Questions of what is published: `query`, `show`, `trace`, `history`. Nothing here
//! prints; main does.

use lockgate::engine::{Engine, query_problem, text_rows};
use lockgate::error::{Error, Problem, Result, suggest};
use lockgate::expect::ident;
use lockgate::history;
use lockgate::project::Project;
use lockgate::report;

use super::cli::{Global, OutputFormat};
use super::{Answer, format, load, memory, warehouse};

/// A session with every published table and the history.
async fn published(global: &Global) -> Result<(Project, Engine)> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let engine = Engine::of(&project, memory(global))?;
    engine.put_published(&warehouse, &project).await?;
    history::open(&engine, &warehouse).await?;
    Ok((project, engine))
}

/// The first rows of a query, as a page.
async fn page(global: &Global, engine: &Engine, sql: &str, limit: usize) -> Result<String> {
    let page = text_rows(engine, sql, limit).await;
    let page = page.map_err(|error| query_problem(&error, sql))?;
    Ok(report::page(&page, format(global)))
}

pub async fn query(global: &Global, sql: &str, limit: Option<usize>) -> Result<Answer> {
    let (_, engine) = published(global).await?;
    let limit = limit.unwrap_or(match global.format {
        OutputFormat::Table => 100,
        _ => usize::MAX,
    });
    Ok(Answer::of(page(global, &engine, sql, limit).await?))
}

pub async fn show(global: &Global, name: &str, limit: usize) -> Result<Answer> {
    let (project, engine) = published(global).await?;
    if project.model(name).is_none() {
        let known = project.models.iter().map(|model| model.name.as_str());
        let problem = Problem::new("lockgate::show", format!("there is no model `{name}`"));
        return Err(Error::project(problem.help(suggest(name, known))));
    }
    let last = history::last_of(&engine, name).await?;
    let mut answer = Answer::default();
    if engine.has_table(name)? {
        let sql = format!("SELECT * FROM {}", ident(name));
        answer.text = page(global, &engine, &sql, limit).await?;
    } else {
        answer.aside = format!("{name} was never published\n");
    }
    if let Some(run) = &last
        && let Some(model) = run.model(name)
        && global.format == OutputFormat::Table
    {
        let summary = report::show_summary(&run.run_id, model);
        answer.text.push_str(&summary);
    }
    Ok(answer)
}

pub async fn trace(global: &Global, model: &str, row: &[String], limit: usize) -> Result<Answer> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let memory = memory(global);
    let found = lockgate::trace::trace(&project, &warehouse, memory, model, row, limit).await?;
    Ok(Answer::of(match global.format {
        OutputFormat::Json => report::json(&found),
        _ => report::trace(&found),
    }))
}

/// The runs of the history, the last ones first.
pub async fn runs(global: &Global, limit: usize) -> Result<Answer> {
    let project = load(global)?;
    let engine = Engine::new(memory(global))?;
    if !history::open(&engine, &warehouse(global, &project)?).await? {
        return Ok(Answer {
            aside: "no run yet; the first: lockgate run\n".to_owned(),
            ..Answer::default()
        });
    }
    let page = history::list(&engine, limit).await?;
    Ok(Answer::of(report::page(&page, format(global))))
}
