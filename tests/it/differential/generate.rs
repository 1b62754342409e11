//! Random queries over a table set: typed, and steered towards answers that hold rows.

mod aggregate;
mod condition;
mod query;
mod value;

use super::ast::*;
use super::tables::{TableSet, Ty, Value, one_in, pick};
use crate::support::Dice;

/// A column that an expression may name.
#[derive(Clone, Debug)]
pub struct Seen {
    pub of: String,
    pub name: String,
    pub ty: Ty,
}

impl Seen {
    pub fn expr(&self) -> Expr {
        column(&self.of, &self.name)
    }
}

/// What a FROM clause offers.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub columns: Vec<Seen>,
    /// Columns that together tell every row from every other; none where that is not known.
    pub key: Option<Vec<Expr>>,
    /// The columns of the query around, for a correlated sub-query.
    pub outer: Vec<Seen>,
}

impl Scope {
    pub fn of(&self, ty: Ty) -> Vec<&Seen> {
        self.columns.iter().filter(|seen| seen.ty == ty).collect()
    }

    pub fn outer_of(&self, ty: Ty) -> Vec<&Seen> {
        self.outer.iter().filter(|seen| seen.ty == ty).collect()
    }

    pub fn has(&self, ty: Ty) -> bool {
        self.columns.iter().any(|seen| seen.ty == ty)
    }
}

/// The columns of an output, in order.
pub type Output = Vec<(String, Ty)>;

pub struct Gen<'a> {
    pub dice: Dice,
    pub set: &'a TableSet,
    pub ctes: Vec<(String, Output)>,
    names: usize,
}

const COMPARISONS: &[&str] = &["=", "<>", "<", "<=", ">", ">="];

impl<'a> Gen<'a> {
    pub fn new(set: &'a TableSet, dice: Dice) -> Self {
        Self {
            dice,
            set,
            ctes: Vec::new(),
            names: 0,
        }
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.dice.roll(sides)
    }

    pub fn one_in(&mut self, sides: u64) -> bool {
        one_in(&mut self.dice, sides)
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        pick(&mut self.dice, from).clone()
    }

    pub fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    pub fn comparison(&mut self) -> &'static str {
        self.pick(COMPARISONS)
    }

    /// A stored table and what it offers under a fresh alias.
    pub fn stored(&mut self) -> (From, Scope) {
        let at = self.roll(self.set.tables.len() as u64) as usize;
        let table = &self.set.tables[at];
        let alias = self.fresh(&table.name);
        self.named(at, &alias)
    }

    pub fn named(&mut self, at: usize, alias: &str) -> (From, Scope) {
        let table = &self.set.tables[at];
        let columns = table.columns.iter().map(|column| Seen {
            of: alias.to_owned(),
            name: column.name.clone(),
            ty: column.ty,
        });
        let scope = Scope {
            columns: columns.collect(),
            key: Some(vec![column(alias, "id")]),
            outer: Vec::new(),
        };
        (super::ast::table(&table.name, alias), scope)
    }

    /// One relation: mostly a stored table, else a CTE or a query of its own.
    fn relation(&mut self, depth: usize) -> (From, Scope) {
        if !self.ctes.is_empty() && self.one_in(2) {
            let (name, output) = self.pick(&self.ctes.clone());
            let alias = self.fresh("r");
            return (super::ast::table(&name, &alias), offered(&alias, &output));
        }
        if depth == 0 || !self.one_in(4) {
            return self.stored();
        }
        let (query, output) = self.query(depth - 1);
        let alias = self.fresh("q");
        let scope = offered(&alias, &output);
        (sub(query, &alias), scope)
    }

    pub fn from(&mut self, depth: usize) -> (From, Scope) {
        let (mut from, mut scope) = self.relation(depth);
        let joins = self.pick(&[0, 0, 0, 1, 1, 1, 1, 2, 2]);
        for _ in 0..joins {
            let (right, other) = self.relation(depth);
            let kinds = [
                Kind::Inner,
                Kind::Inner,
                Kind::Left,
                Kind::Left,
                Kind::Right,
                Kind::Full,
                Kind::Cross,
                Kind::Semi,
                Kind::Anti,
            ];
            let kind = self.pick(&kinds);
            let on = match kind {
                Kind::Cross => On::Nothing,
                _ => On::Expr(self.on(&scope, &other, depth)),
            };
            from = join(from, kind, right, on);
            if !matches!(kind, Kind::Semi | Kind::Anti) {
                scope = both(scope, other);
            }
        }
        (from, scope)
    }

    /// A join condition between two sides.
    pub fn on(&mut self, left: &Scope, right: &Scope, depth: usize) -> Expr {
        let on = match self.roll(12) {
            0 => literal(Value::Bool(self.one_in(3)), Ty::Bool),
            1 => self.cond(&both(left.clone(), right.clone()), depth.min(1)),
            roll => {
                let ty = self.pick(&[Ty::Int, Ty::Int, Ty::Int, Ty::Text, Ty::Date]);
                let (lefts, rights) = (left.of(ty), right.of(ty));
                if lefts.is_empty() || rights.is_empty() {
                    return literal(Value::Bool(true), Ty::Bool);
                }
                let l = self.pick(&lefts);
                let same = rights.iter().find(|seen| seen.name == l.name);
                let r = match same {
                    Some(same) if !self.one_in(3) => *same,
                    _ => self.pick(&rights),
                };
                let op = match roll {
                    2 => "IS NOT DISTINCT FROM",
                    3 => self.comparison(),
                    _ => "=",
                };
                compare(op, l.expr(), r.expr())
            }
        };
        if self.one_in(5) {
            let more = self.cond(&both(left.clone(), right.clone()), 0);
            return and(on, more);
        }
        on
    }
}

pub fn windowed(name: &'static str, of: Vec<Expr>, over: Over) -> Expr {
    Expr::Window {
        name,
        of,
        ignore_nulls: false,
        only: None,
        over,
    }
}

/// What a derived relation offers.
pub fn offered(alias: &str, output: &Output) -> Scope {
    let columns = output.iter().map(|(name, ty)| Seen {
        of: alias.to_owned(),
        name: name.clone(),
        ty: *ty,
    });
    Scope {
        columns: columns.collect(),
        key: None,
        outer: Vec::new(),
    }
}

/// The columns of both sides of a join.
pub fn both(left: Scope, right: Scope) -> Scope {
    let key = match (left.key, right.key) {
        (Some(left), Some(right)) => Some(left.into_iter().chain(right).collect()),
        _ => None,
    };
    Scope {
        columns: left.columns.into_iter().chain(right.columns).collect(),
        key,
        outer: left.outer,
    }
}
