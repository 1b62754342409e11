//! Where a row comes from and where it goes.

use serde::Serialize;

use super::Sample;

/// Which way a step of a trace goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Here,
    /// Towards the files.
    Back,
    /// Towards what is made of the row.
    Forth,
}

/// Where a row comes from and where it goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    pub model: String,
    pub steps: Vec<Step>,
}

impl Trace {
    /// Whether the model has the row that was asked for.
    pub fn is_hit(&self) -> bool {
        let here = self.steps.iter().find(|it| it.direction == Direction::Here);
        here.is_some_and(|step| step.rows > 0)
    }
}

/// The rows of one table that belong to the row traced.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    pub table: String,
    pub direction: Direction,
    /// How many tables lie between, the model itself being 0.
    pub depth: usize,
    /// The columns along which they were found; none: they cannot be told.
    pub by: Vec<String>,
    pub rows: u64,
    /// The first of them.
    pub samples: Vec<Sample>,
}
