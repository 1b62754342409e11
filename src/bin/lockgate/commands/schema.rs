//! `schema`: the JSON Schema of a TOML file, for editors.

use lockgate::error::Result;
use lockgate::{reference, report};

use crate::output::Answer;

pub fn run(file: &str) -> Result<Answer> {
    Ok(Answer::of(report::json(&reference::schema(file)?)))
}
