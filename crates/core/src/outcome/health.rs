//! What is wrong with the tables of a warehouse, and how it is mended.

use serde::Serialize;

/// All that was looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// How many tables were looked at.
    pub tables: u64,
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The table's folder in the warehouse, such as `raw/source1`.
    pub table: String,
    /// The file of the table or the source file that it is about.
    pub file: Option<String>,
    pub what: String,
    /// What cannot be read any more, or is counted wrongly.
    pub lost: String,
    /// What to do. Nothing is changed by looking.
    pub mend: String,
    /// Whether every table reads right as it is.
    pub harmless: bool,
}

impl Health {
    /// Whether no table reads wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.harmless)
    }
}
