//! The published tables and the history in a session, for commands that ask them.

use lockgate::engine::{Engine, json_rows, query_problem, text_rows};
use lockgate::error::Result;
use lockgate::history;
use lockgate::project::Project;
use lockgate::report;

use crate::args::{Global, OutputFormat};
use crate::context::{format, load, memory, warehouse};

/// A session with every published table and the history.
pub async fn published(global: &Global) -> Result<(Project, Engine)> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let engine = Engine::of(&project, memory(global))?;
    engine.put_published(&warehouse, &project).await?;
    history::open(&engine, &warehouse).await?;
    Ok((project, engine))
}

/// The first rows of a query, as a page.
pub async fn page(
    global: &Global,
    project: &Project,
    engine: &Engine,
    sql: &str,
    limit: usize,
) -> Result<String> {
    let masked = project.manifest.samples == 0;
    let page = match global.format {
        OutputFormat::Table => text_rows(engine, sql, limit).await,
        OutputFormat::Json | OutputFormat::Csv => json_rows(engine, sql, limit).await,
    };
    let page = page.map_err(|error| query_problem(error, sql, masked))?;
    Ok(report::page(&page, format(global)))
}
