//! What a command has to say, and its exit code: printed, and written as documents.

use std::path::PathBuf;

use lockgate::error::Result;
use lockgate::outcome::Run;
use lockgate::report::{self, Format};

use crate::args::{Global, OutputFormat, ReportArgs};
use crate::context::{detail, format, root};
use crate::documents::{Found, Reports};
use crate::{exit, stdout};

/// What a command has to say.
#[derive(Default)]
pub struct Answer {
    /// For standard output.
    pub text: String,
    /// For standard error, before it.
    pub aside: String,
    /// For standard error, behind it.
    pub after: String,
    pub code: u8,
}

impl Answer {
    /// For standard output, of a command that came to its end.
    pub fn of(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// Prints it; its exit code.
    pub fn print(&self, global: &Global) -> Result<u8> {
        stdout::aside(&self.aside);
        print(global, &self.text)?;
        stdout::aside(&self.after);
        Ok(self.code)
    }
}

/// Prints an answer in the format asked for.
fn print(global: &Global, text: &str) -> Result<()> {
    match global.format {
        OutputFormat::Table => stdout::text(text),
        OutputFormat::Json | OutputFormat::Csv => stdout::document(text),
    }
}

/// Prints the record of a run.
pub fn tell(global: &Global, run: &Run) -> Result<()> {
    print(global, &written(global, run, report::run_summary))
}

/// The record of a run in the format asked for; `summary` is how a person reads it.
pub fn written(global: &Global, run: &Run, summary: fn(&Run, report::Detail) -> String) -> String {
    match format(global) {
        Format::Table => summary(run, detail(global)),
        Format::Json => report::json(run),
        format @ (Format::Csv | Format::CsvSafe) => {
            report::page(&report::outcomes_page(run), format)
        }
    }
}

/// A run as what is written of it.
pub fn found(run: &Run, data: Option<PathBuf>, strict: bool) -> Found {
    Found {
        suites: report::of_run(run),
        record: report::json(run),
        data,
        strict,
        exit: exit::of(run.verdict, strict),
    }
}

/// Writes the documents asked for, of what was found and of problems alike, and tells GitHub.
pub fn reported(
    command: &'static str,
    global: &Global,
    args: &ReportArgs,
    found: Result<Found>,
) -> Result<u8> {
    let reports = Reports {
        wanted: &args.report,
        root: root(global).ok(),
    };
    let (delivered, answer) = match found {
        Ok(found) => (reports.deliver(&found)?, Ok(found.exit)),
        // Where the problems cannot be written either, they are still what is told.
        Err(error) => {
            let error = lockgate::engine::advised(error);
            let found = Found::of_error(command, &error);
            (reports.deliver(&found).unwrap_or_default(), Err(error))
        }
    };
    // The runner reads both streams; standard output may be one document.
    match global.format {
        OutputFormat::Table => stdout::text(&delivered)?,
        OutputFormat::Json | OutputFormat::Csv => stdout::aside(&delivered),
    }
    answer
}
