//! Two states cut into parts that are compared one after another, each in a share of
//! the bound on memory.

use crate::engine::{Engine, Spread, cut, spread};
use crate::error::Result;
use crate::outcome::Pair;

use super::sides::Sides;

/// The names of one part's tables in the session.
const BASE: &str = "base_part";
const OTHER: &str = "other_part";

/// The parts: rows of one key stand in the same part of both sides, and so do equal rows.
pub(super) struct Parts {
    /// Both sides on disk; `None`: one part, which is the tables themselves.
    spread: Option<(Spread, Spread)>,
    pub count: usize,
}

impl Parts {
    /// As many parts as the bound on memory asks for. Where that is more than one,
    /// the sides are read once, and speak of one part's tables from then on.
    pub async fn of(engine: &Engine, sides: &mut Sides, rows: &Pair<u64>) -> Result<Self> {
        let query = |side: &str| format!("SELECT * FROM {side}");
        let (base, other) = (query(&sides.base), query(&sides.other));
        let queries = [(base.as_str(), rows.base), (other.as_str(), rows.other)];
        let cut = cut(engine, &queries).await?;
        let count = cut.parts;
        if count == 1 {
            let spread = None;
            return Ok(Self { spread, count });
        }
        let by = match sides.key {
            0 => sides.columns.len(),
            key => key,
        };
        let base = spread(engine, &base, by, cut).await?;
        let other = spread(engine, &other, by, cut).await?;
        (sides.base, sides.other) = (BASE.to_owned(), OTHER.to_owned());
        let spread = Some((base, other));
        Ok(Self { spread, count })
    }

    /// Puts a part in the place of the one before.
    pub async fn put(&self, engine: &Engine, part: usize) -> Result<()> {
        if let Some((base, other)) = &self.spread {
            engine.put_part(BASE, base, part).await?;
            engine.put_part(OTHER, other, part).await?;
        }
        Ok(())
    }
}
