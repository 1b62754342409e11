//! `lockgate.toml`: what the project is called, its layers in order, and where
//! its files and tables lie.

use serde::Deserialize;
use toml::Spanned;

/// The manifest as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    /// The layers in build order; a model reads its own or an earlier one.
    pub layers: Vec<Spanned<String>>,
    /// The folder of the source files, relative to the project.
    #[serde(default = "data")]
    pub data: String,
    /// Whether links in the folder of the source files may point out of it.
    #[serde(default)]
    pub outside_links: bool,
    /// The folder or URL of the tables, relative to the project.
    #[serde(default = "warehouse")]
    pub warehouse: String,
    /// Failing rows shown per expectation; 0 keeps every value out of every output.
    #[serde(default = "samples")]
    pub samples: usize,
    /// What `fresh` measures against.
    #[serde(default)]
    pub as_of: AsOf,
    /// What the report of a month shows beyond verdicts.
    #[serde(default)]
    pub report: Shown,
    /// Why a setting lets gates ask for less than they did: what a comparison with a base wants to read.
    #[serde(default)]
    pub weakened: Option<Spanned<String>>,
    /// Models and sources that were taken out with their gates, and why.
    #[serde(default)]
    pub removed: Vec<RemovedTable>,
}

/// `[[removed]]`: what a comparison with a base wants to read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedTable {
    /// The model, or `raw.<source>`.
    pub table: Spanned<String>,
    pub because: Spanned<String>,
}

/// `[report]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Models whose rows are kept with each run and shown as tables: of at most 200 rows, and
    /// none of them while `samples = 0`.
    #[serde(default)]
    pub tables: Vec<Spanned<String>>,
}

/// The day a run takes for today.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AsOf {
    /// The clock's date.
    #[default]
    Now,
    /// The newest file date of all sources, so that an old month is judged as it was.
    NewestFile,
}

fn data() -> String {
    "data".to_owned()
}

fn warehouse() -> String {
    "warehouse".to_owned()
}

fn samples() -> usize {
    5
}
