//! The arguments of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub struct DiffArgs {
    /// The state compared with
    #[arg(required_unless_present = "other_warehouse")]
    pub base: Option<String>,
    /// The state that is told about
    #[arg(default_value = "latest")]
    pub run: String,
    /// The state compared with lies in this warehouse: a folder or file:// URL; by default its latest
    #[arg(long, value_name = "URL")]
    pub other_warehouse: Option<String>,
    /// Models to compare: names, globs, layer:x, path:x, with + before or after
    #[arg(short, long, value_name = "TERM", num_args = 1..)]
    pub select: Vec<String>,
    /// Exit with 1 if anything differs
    #[arg(long, value_name = "WHAT")]
    pub fail_on: Option<FailOnDiff>,
    /// Also write a document: markdown (for a comment of a merge request) or json, to a file
    #[arg(long, value_name = "KIND=PATH")]
    pub report: Vec<DiffReportTo>,
}

/// A document about a difference and the file it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffReportTo {
    pub document: DiffDocument,
    pub path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffDocument {
    Markdown,
    Json,
}

impl std::str::FromStr for DiffReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (document, path) = match text.split_once('=') {
            Some((_, "")) | None => {
                return Err("write KIND=PATH, for example markdown=diff.md".to_owned());
            }
            Some(("markdown", path)) => (DiffDocument::Markdown, path),
            Some(("json", path)) => (DiffDocument::Json, path),
            Some((kind, _)) => {
                return Err(format!(
                    "a diff is told as markdown or json, not as `{kind}`: it judges nothing"
                ));
            }
        };
        Ok(Self {
            document,
            path: path.into(),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnDiff {
    Diff,
}
