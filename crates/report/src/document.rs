//! The documents that a command can write besides its answer, and what they need to know of where they are written.

use std::fmt;
use std::str::FromStr;

use lockgate_core::error::suggest;

use super::{Suites, annotations, junit, markdown, sarif};

/// A form that other programs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// JUnit XML, as test reporters read it.
    Junit,
    /// SARIF 2.1.0, as code scanning reads it.
    Sarif,
    /// Workflow commands of GitHub Actions: each finding at its line.
    Github,
    /// For a comment of a merge request; at most [`COMMENT`](super::COMMENT) bytes.
    Markdown,
    /// The whole record.
    Json,
}

impl Document {
    pub const ALL: [Self; 5] = [
        Self::Junit,
        Self::Sarif,
        Self::Github,
        Self::Markdown,
        Self::Json,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// The document of what a command found; `record` is its record as JSON.
    ///
    /// # Errors
    /// The document cannot be written.
    pub fn render(
        self,
        suites: &Suites,
        record: &str,
        frame: &Frame<'_>,
    ) -> std::io::Result<String> {
        Ok(match self {
            Self::Junit => junit(suites, frame)?,
            Self::Sarif => sarif(suites, frame),
            Self::Github => annotations(suites, frame, usize::MAX),
            Self::Markdown => markdown(suites, frame, super::COMMENT),
            Self::Json => record.to_owned(),
        })
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Document {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        all.find(|document| document.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::as_str);
                format!("there is no report `{text}`; {}", suggest(text, known))
            })
    }
}

/// A rule as a reader of SARIF looks it up: an expectation kind, with its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    pub name: &'a str,
    pub summary: &'a str,
    pub about: &'a str,
}

/// What a document needs to know that the record does not say.
///
/// ```
/// use lockgate_report::Frame;
///
/// let frame = Frame { project: "pipelines/leads".to_owned(), ..Frame::default() };
/// assert_eq!(frame.path("models/base/a.sql"), "pipelines/leads/models/base/a.sql");
/// assert_eq!(Frame::default().path("models/base/a.sql"), "models/base/a.sql");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The project's folder within the repository; empty where it is the repository's root.
    pub project: String,
    /// The folder of the source files within the repository; `None` where it lies elsewhere.
    pub data: Option<String>,
    /// The expectation kinds.
    pub rules: &'a [Rule<'a>],
    /// The exit code of the command.
    pub exit: u8,
    /// Whether warnings fail the command.
    pub strict: bool,
}

impl Frame<'_> {
    /// The path within the repository of a file of the project.
    pub fn path(&self, file: &str) -> String {
        under(&self.project, file)
    }

    /// The path within the repository of a source file; `None` where those lie elsewhere.
    pub fn data_path(&self, file: &str) -> Option<String> {
        self.data.as_deref().map(|folder| under(folder, file))
    }
}

fn under(folder: &str, file: &str) -> String {
    match folder {
        "" => file.to_owned(),
        folder => format!("{folder}/{file}"),
    }
}
