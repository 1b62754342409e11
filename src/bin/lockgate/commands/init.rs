//! `init`: a small working project, or the leads project, in an empty folder.

use std::path::Path;

use lockgate::error::Result;
use lockgate::{init, report};
use serde_json::json;

use crate::args::{ExampleName, Global, OutputFormat};
use crate::output::Answer;

pub fn run(global: &Global, dir: &Path, example: Option<ExampleName>) -> Result<Answer> {
    let example = match example {
        Some(ExampleName::Leads) => init::Example::Leads,
        None => init::Example::Starter,
    };
    let files = init::init(example, dir)?;
    if global.format == OutputFormat::Json {
        return Ok(Answer::of(report::json(&json!({ "files": files }))));
    }
    let count = report::counted(files.len() as u64, "file");
    let dir = dir.display();
    Ok(Answer::of(format!(
        "{count} written; now: lockgate run --project {dir}\n"
    )))
}
