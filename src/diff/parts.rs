//! Two states cut into parts that are compared one after another, each in a share of
//! the bound on memory.

use crate::engine::{Engine, Part, spread};
use crate::error::Result;
use crate::outcome::Pair;

use super::sides::Sides;

/// The names of one part's tables in the session.
const BASE: &str = "base_part";
const OTHER: &str = "other_part";

/// The parts: rows of one key stand in the same part of both sides, and so do equal rows.
pub(super) enum Parts {
    /// One part, which is the tables themselves.
    Whole,
    /// On disk.
    Spread(Vec<[Part; 2]>),
}

impl Parts {
    /// As many parts as the bound on memory asks for. Where that is more than one,
    /// the sides are read once, and speak of one part's tables from then on.
    pub async fn of(engine: &Engine, sides: &mut Sides, rows: &Pair<u64>) -> Result<Self> {
        let query = |side: &str| format!("SELECT * FROM {side}");
        let (base, other) = (query(&sides.base), query(&sides.other));
        let by = match sides.key {
            0 => sides.columns.len(),
            key => key,
        };
        let queries = [(base.as_str(), rows.base), (other.as_str(), rows.other)];
        let Some(parts) = spread(engine, queries, by).await? else {
            return Ok(Self::Whole);
        };
        (sides.base, sides.other) = (BASE.to_owned(), OTHER.to_owned());
        Ok(Self::Spread(parts))
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Whole => 1,
            Self::Spread(parts) => parts.len(),
        }
    }

    /// Puts a part in the place of the one before.
    pub fn put(&self, engine: &Engine, part: usize) -> Result<()> {
        if let Self::Spread(parts) = self {
            let [base, other] = &parts[part];
            engine.put_part(BASE, base)?;
            engine.put_part(OTHER, other)?;
        }
        Ok(())
    }
}
