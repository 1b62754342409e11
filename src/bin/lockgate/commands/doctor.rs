//! `doctor`: what is wrong with the tables.

use lockgate::doctor::examined;
use lockgate::error::Result;
use lockgate::report;

use crate::args::{Global, OutputFormat};
use crate::context::{load, memory, warehouse};
use crate::exit;
use crate::output::Answer;

/// What is wrong with the tables.
pub async fn run(global: &Global) -> Result<Answer> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let health = examined(&project, &warehouse, memory(global)).await?;
    Ok(Answer {
        code: if health.is_sound() {
            exit::FINE
        } else {
            exit::DATA
        },
        ..Answer::of(match global.format {
            OutputFormat::Json => report::json(&health),
            _ => report::health(&health),
        })
    })
}
