//! `query`: SQL on the published tables and the history.

use std::time::Duration;

use lockgate::error::{Error, Problem, Result};

use super::tables::{page, published};
use crate::args::{Global, OutputFormat};
use crate::output::Answer;
use crate::stop::Deadline;

pub async fn run(
    global: &Global,
    sql: &str,
    limit: Option<usize>,
    timeout: Option<Duration>,
) -> Result<Answer> {
    let (project, engine) = published(global).await?;
    let limit = limit.unwrap_or(match global.format {
        OutputFormat::Table => 100,
        _ => usize::MAX,
    });
    let deadline = timeout.map(|bound| Deadline::after(bound, global.format, too_long(bound)));
    let page = page(global, &project, &engine, sql, limit).await?;
    drop(deadline);
    Ok(Answer::of(page))
}

fn too_long(bound: Duration) -> Error {
    let message = format!(
        "the query was stopped after {} s, and nothing was printed",
        bound.as_secs()
    );
    let problem = Problem::new("lockgate::query::timeout", message);
    let problem = problem.help("ask of fewer rows, or give it longer with --timeout");
    Error::failed(problem, "the time was over")
}
