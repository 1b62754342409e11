//! Problems as a person reads them, and as JSON.

use miette::{GraphicalReportHandler, GraphicalTheme};
use serde_json::{Value, json};

use lockgate_core::error::{Error, Problem};

/// A problem with its code, its place and what to do about it; ends in a line break.
pub fn diagnostic(problem: &Problem) -> String {
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(100);
    if handler.render_report(&mut text, problem).is_err() {
        text = problem.to_string();
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Problems that did not stop a command, a line each; empty where there is none.
pub fn problems_aside(problems: &[Problem]) -> String {
    let line = |problem: &Problem| match problem.place() {
        Some((file, line)) => format!("  {file}:{line}: {problem}\n"),
        None => format!("  {problem}\n"),
    };
    let lines: String = problems.iter().map(line).collect();
    match problems {
        [] => lines,
        _ => format!("still wrong in the project, as lockgate check tells:\n{lines}"),
    }
}

/// The one document of a command that ended in problems.
pub fn problems_json(error: &Error) -> String {
    let problems: Vec<Value> = error.problems().iter().map(value).collect();
    super::json(&json!({ "verdict": "error", "problems": problems }))
}

/// A problem's parts, its place as file and 1-based line.
pub(super) fn value(problem: &Problem) -> Value {
    let place = problem.place();
    json!({
        "code": problem.code(),
        "message": problem.message(),
        "help": problem.help_text(),
        "location": place.map(|(file, line)| json!({ "file": file, "line": line })),
    })
}
