//! `explain`: the expectation kinds, cleaners and SQL functions, or the page of one.

use lockgate::error::Result;
use lockgate::{reference, report};

use crate::args::{Global, OutputFormat};
use crate::output::Answer;

pub fn run(global: &Global, name: Option<&str>) -> Result<Answer> {
    let as_json = global.format == OutputFormat::Json;
    let text = match name {
        Some(name) if as_json => report::json(&reference::explain_json(name)?),
        Some(name) => reference::explain(name)?,
        None if as_json => report::json(&reference::catalogue_json()),
        None => reference::catalogue(),
    };
    Ok(Answer::of(text))
}
