//! What the queries are about: one shape of general queries, and one for each kind of
//! wrong answer that DataFusion 55.2 is known for, around which the others are looked for.

mod aggregates;
mod casts;
mod joins;
mod subqueries;
mod windows;

use super::ast::*;
use super::generate::{Gen, Scope};
use super::tables::Ty;

/// What is asked of the engine, and against what the answer is held.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A query; every way and every oracle gives the same rows.
    Query(Query),
    /// `SELECT … WHERE p`, `WHERE NOT p` and `WHERE p IS NULL` give the rows of the whole.
    Partition(Query, Expr),
    /// As many rows pass `WHERE p` as have `p` in a projection.
    Projected(Query, Expr),
    /// An expectation (TOML) about the first table; every way measures the same.
    Expectation(String),
}

/// The shapes with how often each comes.
pub const SHAPES: &[(&str, u64)] = &[
    ("general", 40),
    ("partition", 7),
    ("projected", 5),
    ("outer_join_filter", 7),
    ("literal_aggregate", 4),
    ("min_max", 7),
    ("null_safe_chain", 4),
    ("cast_bounds", 5),
    ("grouped_twins", 4),
    ("membership", 7),
    ("existence", 3),
    ("ranks", 3),
    ("sums", 3),
    ("distinct_from", 2),
    ("set_operation", 4),
    ("using", 3),
    ("narrowing_cast", 3),
    ("grouped_extremes", 2),
    ("gaps", 2),
    ("floats", 4),
    ("windows", 5),
    ("newest_per_key", 4),
];

impl Gen<'_> {
    /// The shape of a roll.
    pub fn shape(&mut self) -> &'static str {
        let mut roll = self.roll(SHAPES.iter().map(|(_, weight)| weight).sum());
        for (shape, weight) in SHAPES {
            if roll < *weight {
                return shape;
            }
            roll -= weight;
        }
        SHAPES[0].0
    }

    /// Something to ask of a shape.
    pub fn ask(&mut self, shape: &str) -> Ask {
        let query = match shape {
            "partition" => return self.partition(),
            "projected" => return self.projected(),
            "outer_join_filter" => self.outer_join_filter(),
            "literal_aggregate" => self.literal_aggregate(),
            "min_max" => self.min_max(),
            "null_safe_chain" => self.null_safe_chain(),
            "cast_bounds" => self.cast_bounds(),
            "grouped_twins" => self.grouped_twins(),
            "membership" => self.memberships(),
            "existence" => self.existences(),
            "ranks" => self.ranks(),
            "sums" => self.sums(),
            "distinct_from" => self.distinct_from(),
            "set_operation" => self.united(2).0,
            "using" => self.using(),
            "narrowing_cast" => self.narrowing_cast(),
            "grouped_extremes" => self.grouped_extremes(),
            "gaps" => self.gaps(),
            "floats" => self.floats(),
            "windows" => self.windows(),
            "newest_per_key" => self.newest_per_key(),
            _ => self.query(2).0,
        };
        Ask::Query(query)
    }

    /// Rows of a FROM clause: all columns, at most six.
    fn rows(&mut self, from: From, scope: &Scope) -> Select {
        let mut select = Select {
            from,
            ..Select::default()
        };
        let seen = scope.columns.iter().take(6);
        let typed = seen.map(|seen| (seen.expr(), seen.ty)).collect();
        self.name(&mut select, typed);
        select
    }

    fn selected(&mut self, typed: Vec<(Expr, Ty)>, from: From, filter: Option<Expr>) -> Select {
        let mut select = Select {
            from,
            filter,
            ..Select::default()
        };
        self.name(&mut select, typed);
        select
    }

    fn partition(&mut self) -> Ask {
        let (from, scope) = self.from(1);
        let cond = self.cond(&scope, 2);
        Ask::Partition(self.rows(from, &scope).into(), cond)
    }

    fn projected(&mut self) -> Ask {
        let (from, scope) = self.from(1);
        let cond = self.cond(&scope, 2);
        Ask::Projected(self.rows(from, &scope).into(), cond)
    }

    fn two(&mut self) -> ((From, Scope), (From, Scope)) {
        let tables = self.set.tables.len() as u64;
        let (l, r) = (self.roll(tables), self.roll(tables));
        let (left, right) = (self.fresh("l"), self.fresh("r"));
        (
            self.named(l as usize, &left),
            self.named(r as usize, &right),
        )
    }
}
