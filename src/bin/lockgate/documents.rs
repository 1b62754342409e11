//! Where documents go: the files asked for, the places GitHub Actions reads, and problems to who reads them.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use lockgate::error::{Error, Result};
use lockgate::expect::KINDS;
use lockgate::report::{self, AT_A_STEP, Frame, Rule, STEP_SUMMARY, Suites};

use crate::args::{OutputFormat, ReportTo};
use crate::stdout;

/// What a command found, ready to be written.
pub struct Found {
    pub suites: Suites,
    /// The record as JSON.
    pub record: String,
    /// The folder of the source files; `None` where the command read none.
    pub data: Option<PathBuf>,
    /// Whether warnings fail.
    pub strict: bool,
    pub exit: u8,
}

impl Found {
    /// A command that came to no answer.
    pub fn of_error(command: &'static str, error: &Error) -> Self {
        Self {
            suites: report::of_error(command, None, error),
            record: report::problems_json(error),
            data: None,
            strict: false,
            exit: error.exit_code(),
        }
    }
}

/// What is to be written.
pub struct Reports<'a> {
    pub wanted: &'a [ReportTo],
    /// The project's folder; `None` where there is no project.
    pub root: Option<PathBuf>,
}

impl Reports<'_> {
    /// Writes every document, making the folders they lie in; what the runner of
    /// GitHub Actions is to read on the command's output, which is empty elsewhere.
    ///
    /// # Errors
    /// A document or the step's summary that cannot be written.
    pub fn deliver(&self, found: &Found) -> Result<String> {
        let rules: Vec<Rule<'_>> = KINDS
            .iter()
            .map(|kind| Rule {
                name: kind.name,
                summary: kind.summary,
                about: kind.about,
            })
            .collect();
        let frame = self.frame(found, &rules);
        for ReportTo { document, path } in self.wanted {
            let text = document.render(&found.suites, &found.record, &frame);
            let text = text
                .map_err(|error| Error::engine(format!("making the {document} report"), error))?;
            write(path, &text)?;
        }
        if env::var("GITHUB_ACTIONS").as_deref() != Ok("true") {
            return Ok(String::new());
        }
        if let Some(path) = variable("GITHUB_STEP_SUMMARY") {
            summarise(&path, &found.suites, &frame)
                .map_err(|error| Error::engine("writing the step's summary", error))?;
        }
        Ok(report::annotations(&found.suites, &frame, AT_A_STEP))
    }

    fn frame<'r>(&self, found: &Found, rules: &'r [Rule<'r>]) -> Frame<'r> {
        let root = self.root.as_deref();
        let workspace = variable("GITHUB_WORKSPACE");
        let project = root
            .zip(workspace.as_deref())
            .and_then(|(root, workspace)| below(root, workspace));
        // A project outside the workspace is its own repository.
        let base = match &project {
            Some(_) => workspace.as_deref(),
            None => root,
        };
        let data = found.data.as_deref().zip(base);
        Frame {
            data: data.and_then(|(data, base)| below(data, base)),
            project: project.unwrap_or_default(),
            rules,
            exit: found.exit,
            strict: found.strict,
        }
    }
}

/// Writes a file, making the folders it lies in.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Error::engine(format!("writing {}", path.display()), error))
}

fn variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// The path of a folder below another, with `/` between its parts; `None` if it lies elsewhere.
fn below(folder: &Path, base: &Path) -> Option<String> {
    let (folder, base) = (folder.canonicalize().ok()?, base.canonicalize().ok()?);
    let parts = folder.strip_prefix(base).ok()?.iter();
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// Appends to the summary what still fits under its limit.
fn summarise(path: &Path, suites: &Suites, frame: &Frame<'_>) -> std::io::Result<()> {
    let taken = fs::metadata(path).map_or(0, |file| file.len());
    let left = STEP_SUMMARY.saturating_sub(usize::try_from(taken).unwrap_or(usize::MAX));
    let text = report::markdown(suites, frame, left.saturating_sub(1));
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    writeln!(file, "{text}")
}

/// Problems go to standard error for a person, to standard output as the one JSON document.
pub fn complain(error: &Error, format: OutputFormat) {
    // Where the document cannot be written either, a person is told.
    if format == OutputFormat::Json && stdout::document(&report::problems_json(error)).is_ok() {
        return;
    }
    for problem in error.problems() {
        stdout::aside(&report::diagnostic(problem));
    }
    let count = error.problems().len() as u64;
    if count > 1 {
        stdout::aside(&format!("{}\n", report::counted(count, "problem")));
    }
}
