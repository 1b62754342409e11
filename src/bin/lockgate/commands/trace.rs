//! `trace`: a row back through the layers to the lines of its files, and forward.

use lockgate::error::Result;
use lockgate::report;
use lockgate::trace::trace;

use crate::args::{Global, OutputFormat};
use crate::context::{load, memory, warehouse};
use crate::exit;
use crate::output::Answer;

pub async fn run(global: &Global, model: &str, row: &[String], limit: usize) -> Result<Answer> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let memory = memory(global);
    let found = trace(&project, &warehouse, memory, model, row, limit).await?;
    let text = match global.format {
        OutputFormat::Json => report::json(&found),
        _ => report::trace(&found),
    };
    Ok(Answer {
        // As with grep: nothing found is an answer, and no success.
        code: match found.is_hit() {
            true => exit::FINE,
            false => exit::DATA,
        },
        ..Answer::of(text)
    })
}
