//! What a profile found out about a file or a table.

use serde::Serialize;

/// A file or a table by its values: columns, keys, dependencies, and what its owner must know.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Profile {
    /// The file as it was named, or the table.
    pub subject: String,
    /// How it reads, such as `UTF-8, comma, 13 columns`.
    pub read: String,
    pub rows: u64,
    /// The rows that keys and dependencies were looked for in, to be counted over all; `rows` where that is all
    /// of them. Quartiles, shapes and findings of single values are theirs.
    pub sampled: u64,
    /// Whether values of columns with many different ones were left out.
    pub masked: bool,
    pub columns: Vec<ColumnProfile>,
    /// Minimal sets of columns that no two rows share, the likeliest key first.
    pub keys: Vec<Candidate>,
    /// Columns that are unique but for a few rows.
    pub almost_keys: Vec<Candidate>,
    /// How many more such columns there are.
    pub more_almost_keys: u64,
    pub dependencies: Vec<Dependency>,
    /// How many more the sampled rows suggest that are not told, as chance explains them better.
    pub more_dependencies: u64,
    /// What the owner of the data must know, the gravest first.
    pub findings: Vec<Finding>,
    pub suggestions: Vec<Suggestion>,
    /// What is to be done before `run` takes the file in; `None` where nothing is.
    pub next: Option<Next>,
}

/// The model that a new source needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Next {
    /// Why.
    pub says: String,
    pub model: Suggestion,
    /// How the file comes in once the model is there.
    pub then: String,
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ColumnProfile {
    pub name: String,
    /// What most of its values read as, such as `integer`, `date %m/%d/%y` or `text`; `empty` where there is none.
    pub form: String,
    /// The values that read so, of all that are neither null nor blank.
    pub fit: u64,
    pub values: u64,
    /// Cells that hold nothing.
    pub nulls: u64,
    /// Cells that hold white space only.
    pub blanks: u64,
    /// Values with white space at an end.
    pub padded: u64,
    /// Different values, nulls not counted.
    pub distinct: u64,
    /// Whether `distinct` was counted, not estimated within about 2 %.
    pub exact: bool,
    /// The shortest, the median and the longest value, in characters.
    pub lengths: Option<[u64; 3]>,
    /// Least, first quartile, median, third quartile, greatest; of numbers and dates.
    pub quantiles: Option<[String; 5]>,
    /// The most frequent values; none where they are left out. Of the sampled rows where there are too many to count.
    pub top: Vec<Counted>,
    /// The most frequent shapes: 9 for a digit, A for a letter, other signs as they are, runs folded into one with `+`.
    pub shapes: Vec<Counted>,
    /// The values whose shapes were counted.
    pub shapes_of: u64,
}

/// A text and how many rows have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub text: String,
    pub rows: u64,
}

/// Columns that are a key, or nearly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    pub columns: Vec<String>,
    /// Whether its values look like identifiers; others may be unique by chance.
    pub identifier: bool,
    /// Rows too many: those that repeat an earlier one.
    pub repeats: u64,
    pub of: u64,
    /// The rows that share a value, the first few.
    pub breaking: Vec<Place>,
}

/// Where a row stands, and the values that matter there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The 1-based line of the file; `None` for a table that does not know it.
    pub line: Option<u64>,
    /// The file, where the table has several.
    pub file: Option<String>,
    /// Left out where values are masked.
    pub value: Option<String>,
}

/// That one column tells another, or that a value comes with one value only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// One sentence.
    pub says: String,
    pub from: Vec<String>,
    pub to: String,
    /// The condition: the value of `from` and what `to` is with it; `None` where all values tell.
    pub when: Option<[String; 2]>,
    pub holds: u64,
    pub of: u64,
    pub breaking: Vec<Place>,
}

/// Something that the owner of the data must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `foreign`, `misplaced`, `stray`, `constant`, `empty`, `same`, `placeholder`, `damaged`, `variants` or `padded`.
    pub kind: &'static str,
    pub columns: Vec<String>,
    pub says: String,
    pub breaking: Vec<Place>,
}

/// A file to write into the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Relative to the project.
    pub path: String,
    pub text: String,
}

/// What was written, by its path below the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub files: Vec<String>,
    /// The starter model's file, where one is there already: it is left as it is.
    pub kept: Option<String>,
}
