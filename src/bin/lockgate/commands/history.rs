//! `history`: past runs, or one expectation over them.

use lockgate::engine::Engine;
use lockgate::error::{Result, suggest};
use lockgate::outcome::Run;
use lockgate::{history, report};

use super::stored::{Stored, wrong};
use crate::args::{Global, OutputFormat};
use crate::context::{format, load, memory, warehouse};
use crate::output::Answer;

pub async fn run(global: &Global, expectation: Option<&str>, limit: usize) -> Result<Answer> {
    match expectation {
        Some(name) => trend(global, name, limit).await,
        None => runs(global, limit).await,
    }
}

/// The runs of the history, the last ones first.
async fn runs(global: &Global, limit: usize) -> Result<Answer> {
    let project = load(global)?;
    let engine = Engine::new(memory(global))?;
    if !history::open(&engine, &warehouse(global, &project)?).await? {
        return Ok(Answer {
            aside: "no run yet; the first: lockgate run\n".to_owned(),
            text: match global.format {
                OutputFormat::Json => report::json(&Vec::<Run>::new()),
                _ => String::new(),
            },
            ..Answer::default()
        });
    }
    let page = history::list(&engine, limit).await?;
    Ok(Answer::of(report::page(&page, format(global))))
}

/// One expectation over the runs, or one law of a cleaner over the runs of `fuzz`.
async fn trend(global: &Global, name: &str, limit: usize) -> Result<Answer> {
    let told = Stored::open(global).await?;
    let project = &told.project.manifest.name;
    let runs = history::months(&told.engine, project).await?;
    let fuzz_runs = history::fuzz_runs(&told.engine, project).await?;
    let mut page = report::month::trend_page(&runs, name)
        .or_else(|known| {
            let laws = report::law_page(&fuzz_runs, name);
            laws.map_err(|laws| [known, laws].concat())
        })
        .map_err(|known| {
            let known = suggest(name, known.iter().map(String::as_str));
            wrong(
                format!("no run has an expectation or a law `{name}`"),
                &known,
            )
        })?;
    page.more = page.rows.len() > limit;
    page.rows.truncate(limit);
    Ok(Answer::of(report::page(&page, format(global))))
}
