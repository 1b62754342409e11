//! What changed between two versions of a project, and what it asks of whom.

use std::ops::Range;

use serde::Serialize;

use crate::error::Text;

use super::Location;

/// What a change asks of those who rely on the table, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Nothing: words about the table, or the spelling of its query.
    Cosmetic,
    /// Nothing: what they rely on still holds, and there may be more of it.
    Compatible,
    /// What they rely on may no longer hold.
    Breaking,
}

impl Class {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// The file that a change is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Contract,
    Expectation,
    Model,
    /// Unit tests.
    Test,
    /// A setting of `lockgate.toml` that gates are judged by.
    Manifest,
    /// A declared cleaner.
    Cleaner,
}

/// Which of two versions of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// The one compared with.
    Base,
    /// The one that is judged.
    Now,
}

/// The place of a change, in a file of one of the two versions: that of the
/// base where what changed is no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "Place")]
pub struct Spot {
    pub version: Version,
    pub text: Text,
    pub span: Range<usize>,
}

/// A [`Spot`] as it is stored.
#[derive(Serialize)]
pub struct Place {
    version: Version,
    #[serde(flatten)]
    location: Location,
}

impl From<Spot> for Place {
    fn from(spot: Spot) -> Self {
        Self {
            version: spot.version,
            location: Location {
                file: spot.text.path.to_string(),
                line: spot.text.line(spot.span.start),
            },
        }
    }
}

impl Spot {
    pub fn base(text: &Text, span: Range<usize>) -> Self {
        Self {
            version: Version::Base,
            text: text.clone(),
            span,
        }
    }

    pub fn now(text: &Text, span: Range<usize>) -> Self {
        Self {
            version: Version::Now,
            text: text.clone(),
            span,
        }
    }
}

/// One change of a model or a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The model, or `raw.<source>`.
    pub table: String,
    pub part: Part,
    pub class: Class,
    /// A stable name, such as `column_renamed`.
    pub what: &'static str,
    /// In words.
    pub message: String,
    /// The columns it is about, as the base calls them; none: the whole table.
    pub columns: Vec<String>,
    /// The expectation it is about.
    pub expectation: Option<String>,
    /// The unit test it is about, by its name.
    pub test: Option<String>,
    /// The reason stated for a gate that became weaker.
    pub reason: Option<String>,
    pub place: Spot,
    /// Who reads what changed, in run order; empty unless the change is breaking.
    pub readers: Vec<Reader>,
}

impl Change {
    /// A change of `part` with a place and words; about the whole table, read by nobody yet.
    pub fn new(
        part: Part,
        class: Class,
        what: &'static str,
        place: Spot,
        message: impl Into<String>,
    ) -> Self {
        Self {
            table: String::new(),
            part,
            class,
            what,
            message: message.into(),
            columns: Vec::new(),
            expectation: None,
            test: None,
            reason: None,
            place,
            readers: Vec::new(),
        }
    }

    /// Whether a gate became weaker and nobody said why.
    pub fn weakens(&self) -> bool {
        !matches!(self.part, Part::Contract | Part::Model) && self.class == Class::Breaking
    }
}

/// A model that feels a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reader {
    pub model: String,
    /// Its columns that are computed from what changed.
    pub columns: Vec<String>,
    /// Whether what changed decides which rows it has: a filter, a join, a grouping.
    pub rows: bool,
}

impl std::fmt::Display for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.model)?;
        match (self.columns.is_empty(), self.rows) {
            (true, true) => f.write_str(" (which rows it has)"),
            (true, false) => Ok(()),
            (false, true) => write!(f, " ({}, which rows it has)", self.columns.join(", ")),
            (false, false) => write!(f, " ({})", self.columns.join(", ")),
        }
    }
}

/// A project compared with its base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The base as the user named it.
    pub base: String,
    /// The commit it stands for.
    pub commit: String,
    /// Every change, sources first, then models in run order.
    pub changes: Vec<Change>,
}

impl Compared {
    /// Whether a change of the table is more than cosmetic.
    pub fn touches(&self, table: &str) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| change.table == table && change.class > Class::Cosmetic)
    }

    /// How many changes there are of a class.
    pub fn count(&self, class: Class) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.class == class).count()
    }
}
