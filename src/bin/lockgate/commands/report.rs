//! `report`: a run against the months before it.

use std::path::PathBuf;

use lockgate::error::Result;
use lockgate::report::{self, Format, Month};
use serde_json::json;

use super::stored::Stored;
use crate::args::{Global, MonthArgs, ReportKind};
use crate::context::format;
use crate::documents;
use crate::output::Answer;

/// Writes the report of a run.
pub async fn run(global: &Global, args: &MonthArgs) -> Result<Answer> {
    let told = Stored::open(global).await?;
    let (run, runs) = told.runs(&args.which).await?;
    let month = Month::of(&run, &runs);
    let kind = kind(global, args);
    let text = match kind {
        ReportKind::Html => report::html(&month),
        ReportKind::Markdown => report::month_markdown(&month),
        ReportKind::Json => month.json(),
        ReportKind::Slack => report::json(&report::slack(&month, false)),
    };
    let out = match (&args.out, kind) {
        (Some(out), _) => out.clone(),
        (None, ReportKind::Html) => PathBuf::from(format!("{}-{}.html", run.project, run.as_of)),
        (None, _) => return Ok(Answer::of(text)),
    };
    documents::write(&out, &text)?;
    let (headline, out) = (month.headline(), out.display().to_string());
    Ok(Answer::of(match format(global) {
        Format::Json => report::json(&json!({ "headline": headline, "file": out })),
        _ => format!("{headline}\n{out}\n"),
    }))
}

fn kind(global: &Global, args: &MonthArgs) -> ReportKind {
    let by_name = |path: &PathBuf| match path.extension().and_then(|end| end.to_str()) {
        Some("md" | "markdown") => Some(ReportKind::Markdown),
        Some("json") => Some(ReportKind::Json),
        Some("html" | "htm") => Some(ReportKind::Html),
        _ => None,
    };
    let named = args.kind.or_else(|| args.out.as_ref().and_then(by_name));
    named.unwrap_or(match format(global) {
        Format::Json => ReportKind::Json,
        _ => ReportKind::Html,
    })
}
