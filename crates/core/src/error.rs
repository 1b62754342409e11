//! Why lockgate could not do its work: problems of the project (exit code 2),
//! failures of the engine or the storage (exit code 3), and data that a command
//! with no verdict cannot read (exit code 1).
//!
//! What the *data* of a run is, passed or failed, is never an error here: it is a
//! [`Verdict`](crate::outcome::Verdict).

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

/// A file of the project as it was read: its path as a person would type it
/// (relative to the project) and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub path: Arc<str>,
    pub text: Arc<str>,
}

impl Text {
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The 1-based line that holds byte `offset`; the last line for an offset past the end.
    pub fn line(&self, offset: usize) -> u64 {
        let end = offset.min(self.text.len());
        1 + self.text.as_bytes()[..end]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64
    }

    /// The 1-based column of byte `offset` in its line, counted in characters.
    pub fn column(&self, offset: usize) -> u64 {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        1 + line.chars().count() as u64
    }

    /// The end of the line that holds byte `offset`, its line break not included.
    pub fn line_end(&self, offset: usize) -> usize {
        let start = offset.min(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |n| start + n)
    }

    /// The byte offset of a 1-based line and a 1-based column counted in characters.
    pub fn offset(&self, line: u64, column: u64) -> usize {
        let start: usize = self
            .text
            .split_inclusive('\n')
            .take(line.saturating_sub(1) as usize)
            .map(str::len)
            .sum();
        let rest = &self.text[start.min(self.text.len())..];
        let within: usize = rest
            .chars()
            .take(column.saturating_sub(1) as usize)
            .map(char::len_utf8)
            .sum();
        (start + within).min(self.text.len())
    }
}

/// A stretch of a file of the project; lines and columns are 1-based, columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: u64,
    pub column: u64,
    /// The line and the column after its last character; `None` where only its start is known.
    pub end: Option<(u64, u64)>,
}

impl Place {
    /// The start of a line.
    pub fn of_line(file: impl Into<String>, line: u64) -> Self {
        Self {
            file: file.into(),
            line,
            column: 1,
            end: None,
        }
    }
}

/// One thing that is wrong, where, and what to do about it.
#[derive(Clone, Debug)]
pub struct Problem {
    code: &'static str,
    message: String,
    help: Option<String>,
    severity: Severity,
    source: Option<NamedSource<Arc<str>>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Problem>,
}

impl Problem {
    /// A problem with no place in a file. `code` is stable and documented: `lockgate::<area>::<what>`.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
            severity: Severity::Error,
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Points at `span` of `text`; `label` says what stands there.
    pub fn at(mut self, text: &Text, span: Range<usize>, label: impl Into<String>) -> Self {
        let end = span.end.min(text.text.len());
        let start = span.start.min(end);
        self.source = Some(NamedSource::new(text.path.as_ref(), text.text.clone()));
        self.labels
            .push(LabeledSpan::new_with_span(Some(label.into()), start..end));
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Lowers the problem to a warning: it is shown, and does not fail.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Adds the other end of the problem, in a file of its own: shown, and no problem by itself.
    pub fn with(mut self, mut other: Problem) -> Self {
        other.severity = Severity::Advice;
        self.related.push(other);
        self
    }

    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn code(&self) -> &'static str {
        self.code
    }

    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The other ends of the problem, each in a file of its own.
    pub fn others(&self) -> &[Problem] {
        &self.related
    }

    /// The text that the first label marks; `None` for a problem with no place in a file.
    pub fn span(&self) -> Option<Place> {
        let source = self.source.as_ref()?;
        let label = self.labels.first()?;
        let text = Text::new(source.name(), source.inner().clone());
        let end = label.offset() + label.len();
        Some(Place {
            file: source.name().to_owned(),
            line: text.line(label.offset()),
            column: text.column(label.offset()),
            end: (!label.is_empty()).then(|| (text.line(end), text.column(end))),
        })
    }

    /// Where the first label stands: the path and the 1-based line.
    pub fn place(&self) -> Option<(String, u64)> {
        let source = self.source.as_ref()?;
        let text = Text::new(source.name(), source.inner().clone());
        let label = self.labels.first()?;
        Some((source.name().to_owned(), text.line(label.offset())))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.labels.is_empty() {
            None
        } else {
            Some(Box::new(self.labels.iter().cloned()))
        }
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            None
        } else {
            Some(Box::new(
                self.related.iter().map(|other| other as &dyn Diagnostic),
            ))
        }
    }
}

/// Why a command ended without an answer about the data.
#[derive(Debug)]
pub enum Error {
    /// The project is wrong: every problem of every file, in file order. Exit code 2.
    Project(Vec<Problem>),
    /// A value or a file that the command cannot read. Exit code 1.
    Data(Box<Problem>),
    /// The engine or the storage failed. Exit code 3.
    Engine(Box<Failure>),
}

/// A failure of the engine or the storage, with the error it came from.
#[derive(Debug)]
pub struct Failure {
    problem: Problem,
    cause: Cause,
}

/// The error beneath a failure; a text is one too.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Failure {
    pub fn cause(&self) -> &(dyn std::error::Error + 'static) {
        self.cause.as_ref()
    }

    /// Says what to do, unless that is said already.
    pub fn advise(&mut self, help: &str) {
        if self.problem.help.is_none() {
            self.problem.help = Some(help.to_owned());
        }
    }
}

impl Error {
    /// A failure of the engine or the storage while doing `what`.
    pub fn engine(what: impl fmt::Display, cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        let problem = Problem::new("lockgate::engine", format!("{what}: {cause}"));
        Self::failed(problem, cause)
    }

    /// A failure of the engine or the storage that has a name of its own; a backtrace of a library is no
    /// part of its message.
    pub fn failed(mut problem: Problem, cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        let told = without_backtrace(&problem.message).len();
        problem.message.truncate(told);
        Self::Engine(Box::new(Failure { problem, cause }))
    }

    /// One problem of the project.
    pub fn project(problem: Problem) -> Self {
        Self::Project(vec![problem])
    }

    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Project(problems) => problems,
            Self::Data(problem) => std::slice::from_ref(problem),
            Self::Engine(failure) => std::slice::from_ref(&failure.problem),
        }
    }

    /// 1 for the data, 2 for the project, 3 for the engine or the storage.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Data(_) => 1,
            Self::Project(_) => 2,
            Self::Engine(_) => 3,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems().iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(failure) => Some(failure.cause()),
            _ => None,
        }
    }
}

/// A message of a library without the backtrace that it may carry.
///
/// ```
/// use lockgate_core::error::without_backtrace;
/// assert_eq!(without_backtrace("no such file\n   0: std::main\n   1: start"), "no such file");
/// assert_eq!(without_backtrace("a\nb\n\nbacktrace:    0: std::main"), "a\nb");
/// ```
pub fn without_backtrace(message: &str) -> &str {
    let frame = |line: &str| line.starts_with("backtrace:") || line.trim_start().starts_with("0: ");
    let mut end = 0;
    for line in message.split_inclusive('\n') {
        if frame(line) && end > 0 {
            break;
        }
        end += line.len();
    }
    message[..end].trim_end()
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The known name nearest to `name`, if it is near enough to be a slip of the pen.
///
/// Nearness is Jaro-Winkler similarity of at least 0.75, letters compared in lower case.
///
/// ```
/// let known = ["row_count", "not_null"];
/// assert_eq!(lockgate_core::error::did_you_mean("rowcount", known), Some("row_count"));
/// assert_eq!(lockgate_core::error::did_you_mean("zebra", known), None);
/// ```
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let near = rapidfuzz::distance::jaro_winkler::similarity(
            name.chars(),
            candidate.to_lowercase().chars(),
        );
        if near >= 0.75 && best.is_none_or(|(score, _)| near > score) {
            best = Some((near, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean "x"?`, or the list of what is known, of a long one the nearest.
pub fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none to choose from".to_owned(),
        None if known.len() > LISTED => format!(
            "the nearest of {} are: {}",
            known.len(),
            nearest(name, known, NEAREST).join(", ")
        ),
        None => format!("known are: {}", known.join(", ")),
    }
}

/// The known names nearest to `name`, the nearest first.
pub fn nearest<'a>(name: &str, mut known: Vec<&'a str>, count: usize) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let far = |known: &str| {
        let known = known.to_lowercase();
        1.0 - rapidfuzz::distance::jaro_winkler::similarity(name.chars(), known.chars())
    };
    known.sort_by(|a, b| far(a).total_cmp(&far(b)));
    known.truncate(count);
    known
}

/// An address without what may be secret in it: the user, the password and the query.
///
/// ```
/// use lockgate_core::error::without_secrets;
/// assert_eq!(without_secrets("s3://me:word@host/tables?key=1"), "s3://…@host/tables?…");
/// assert_eq!(without_secrets("tables"), "tables");
/// ```
pub fn without_secrets(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let (rest, query) = match rest.find(['?', '#']) {
        Some(at) => (&rest[..at], "?…"),
        None => (rest, ""),
    };
    // A password may hold what ends a host elsewhere.
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => rest.to_owned(),
    };
    format!("{scheme}://{rest}{query}")
}

/// Names that a help line lists at most.
const LISTED: usize = 16;
/// Names of a longer list that a help line shows.
const NEAREST: usize = 6;
