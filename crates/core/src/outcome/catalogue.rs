//! What a project is, as its documentation tells it: no row of data is in it.

use serde::Serialize;

use super::{KeyCheck, Location, Severity};

/// A project, described.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    pub project: String,
    /// In build order.
    pub layers: Vec<String>,
    pub sources: Vec<SourceEntry>,
    /// In run order.
    pub models: Vec<ModelEntry>,
    /// The cleaners that the project declares, and those of lockgate's own that it uses.
    pub cleaners: Vec<CleanerEntry>,
}

/// A column of a model, or of a raw table as `raw.<source>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ColumnRef {
    pub table: String,
    pub column: String,
}

/// A source: what its files promise.
#[derive(Clone, Debug, Serialize)]
pub struct SourceEntry {
    pub name: String,
    pub version: String,
    pub summary: String,
    pub owner: String,
    /// The contract's file.
    pub path: String,
    /// Patterns of the whole file name.
    pub files: Vec<String>,
    /// How `{date}` reads in a file name; `None` where no name has one.
    pub date: Option<String>,
    pub delimiter: String,
    /// Empty where no cell is quoted.
    pub quote: String,
    /// What takes the meaning from a quote in a quoted cell; `None`: quotes are doubled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escape: Option<String>,
    /// In file order, then those that lockgate adds.
    pub columns: Vec<FileColumn>,
    pub asks: Vec<Asked>,
    /// The models that read it.
    pub read_by: Vec<String>,
}

/// A column of a source's files and of its raw table.
#[derive(Clone, Debug, Serialize)]
pub struct FileColumn {
    /// The header cell; `None` for a column that lockgate adds.
    pub header: Option<String>,
    /// What the header cell was called before.
    pub was: Vec<String>,
    /// The column of the raw table.
    pub name: String,
    /// `essential`, `optional` or `ignored`.
    pub need: &'static str,
    pub matches: Option<String>,
    /// The first file date that has it, as `YYYY-MM-DD`.
    pub since: Option<String>,
    pub summary: Option<String>,
    /// The columns that are computed from it.
    pub to: Vec<ColumnRef>,
}

/// A model: what it promises, what it is made of and what is asked of it.
#[derive(Clone, Debug, Serialize)]
pub struct ModelEntry {
    pub name: String,
    pub layer: String,
    /// The SQL file.
    pub path: String,
    pub sql: String,
    /// The contract's file and version, what a row is and whom to ask; `None` without a contract.
    pub contract: Option<String>,
    pub version: Option<String>,
    pub summary: Option<String>,
    pub owner: Option<String>,
    /// Whether columns beyond the listed ones are allowed.
    pub open: bool,
    pub key: Option<KeyCheck>,
    /// Models and `raw.<source>`.
    pub reads: Vec<String>,
    pub read_by: Vec<String>,
    /// In output order.
    pub columns: Vec<ColumnEntry>,
    /// The columns that decide which rows there are: filters, joins, grouping.
    pub decided_by: Vec<ColumnRef>,
    pub asks: Vec<Asked>,
    /// Whether rows are set aside in `quarantine.<model>`.
    pub quarantines: bool,
    /// Its unit tests, in the order of their file.
    pub tests: Vec<TestEntry>,
}

/// A unit test as it is written.
#[derive(Clone, Debug, Serialize)]
pub struct TestEntry {
    /// What the model does, as a sentence.
    pub name: String,
    pub because: Option<String>,
    /// Tables that are not given are empty.
    pub given: Vec<TestRows>,
    pub expect: TestRows,
    /// The rows that its expectations set aside.
    pub quarantined: Option<TestRows>,
    /// Whether the rows must come in this order.
    pub ordered: bool,
    pub location: Location,
}

/// Rows of a unit test.
#[derive(Clone, Debug, Serialize)]
pub struct TestRows {
    /// A model or `raw.<source>`.
    pub table: String,
    pub columns: Vec<String>,
    /// A cell for each column; null where it is null, which a blank one is not.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A column of a model.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnEntry {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub null: bool,
    pub summary: Option<String>,
    /// Whether the values are those of `from` as they stand, not computed.
    pub as_is: bool,
    /// The columns it is computed from; none for literals and `count(*)`.
    pub from: Vec<ColumnRef>,
    /// The columns that are computed from it.
    pub to: Vec<ColumnRef>,
}

/// An expectation as it is written.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    pub id: String,
    pub kind: String,
    /// What the kind asks, in one line.
    pub about: String,
    pub severity: Severity,
    /// Violations that still pass, in words.
    pub allow: String,
    pub because: Option<String>,
    /// The rows asked about, in SQL.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// Whether the violating rows are set aside.
    pub quarantine: bool,
    /// Its TOML; `None` where the contract implies it.
    pub text: Option<String>,
    pub location: Location,
}

/// A cleaner.
#[derive(Clone, Debug, Serialize)]
pub struct CleanerEntry {
    pub name: String,
    /// The file that declares it; `None` for one of lockgate's own.
    pub path: Option<String>,
    pub summary: Option<String>,
    /// A SQL expression over the text `value`; `None` for one of lockgate's own.
    pub sql: Option<String>,
    /// How models call it: `clean_zip(text)`.
    pub usage: String,
    /// The models whose SQL calls it, and the tables of which it is asked that a column be clean.
    pub used_by: Vec<String>,
    /// What every clean form matches whole.
    pub form: Option<String>,
    pub laws: Vec<LawEntry>,
    /// Raw texts and what becomes of them; `None` is null.
    pub examples: Vec<(String, Option<String>)>,
    /// How many texts that once broke a law its corpus keeps.
    pub kept: u64,
    /// Those texts; none where the project shows no samples.
    pub corpus: Vec<String>,
}

/// A law that a cleaner must keep.
#[derive(Clone, Debug, Serialize)]
pub struct LawEntry {
    pub name: String,
    pub statement: Option<String>,
    /// Its SQL, for a law of the cleaner's own.
    pub holds: Option<String>,
}
