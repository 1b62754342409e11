//! Conditions, and the sub-queries that stand in them.

use super::super::ast::*;
use super::super::tables::{Ty, Value};
use super::{Gen, Scope};

impl Gen<'_> {
    /// A condition.
    pub fn cond(&mut self, scope: &Scope, depth: usize) -> Expr {
        if depth > 0 {
            let below = depth - 1;
            let two = |gen_: &mut Self| (gen_.cond(scope, below), gen_.cond(scope, below));
            match self.roll(16) {
                0 | 1 => {
                    let (l, r) = two(self);
                    return and(l, r);
                }
                2 | 3 => {
                    let (l, r) = two(self);
                    return or(l, r);
                }
                4 => return Expr::Not(Box::new(self.cond(scope, below))),
                5 => {
                    let how = ["NULL", "NOT NULL", "TRUE", "NOT TRUE", "FALSE", "NOT FALSE"];
                    let how = self.pick(&how);
                    return is(self.cond(scope, below), how);
                }
                6 => {
                    let (l, r) = two(self);
                    let name = "coalesce";
                    return match self.one_in(2) {
                        true => Expr::Call(name, vec![l, literal(Value::Bool(false), Ty::Bool)]),
                        false => Expr::Case(
                            vec![(l, r)],
                            Some(Box::new(literal(Value::Bool(true), Ty::Bool))),
                        ),
                    };
                }
                7 => return self.membership(scope, below),
                8 => return self.existence(scope, below),
                9 if self.one_in(2) => {
                    let ty = self.pick(&[Ty::Int, Ty::Text]);
                    let query = self.scalar(ty, scope, below);
                    let op = self.comparison();
                    return compare(op, self.value(ty, scope, 0), Expr::Scalar(Box::new(query)));
                }
                _ => {}
            }
        }
        self.atom(scope, depth)
    }

    fn atom(&mut self, scope: &Scope, depth: usize) -> Expr {
        let ty = self.ty(scope);
        let left = self.value(ty, scope, depth.min(1));
        match self.roll(14) {
            0 | 1 => is(left, self.pick(&["NULL", "NOT NULL", "NOT NULL"])),
            2 => {
                let op = self.pick(&["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]);
                compare(op, left, self.value(ty, scope, 0))
            }
            3 if ty != Ty::Bool => {
                let (low, high) = (self.literal(ty), self.value(ty, scope, 0));
                Expr::Between(
                    Box::new(left),
                    Box::new(low),
                    Box::new(high),
                    self.one_in(4),
                )
            }
            4 if ty != Ty::Bool => {
                let mut list = vec![self.literal(ty), self.literal(ty)];
                if self.one_in(5) {
                    list.push(literal(Value::Null, ty));
                }
                Expr::InList(Box::new(left), list, self.one_in(3))
            }
            5 if ty == Ty::Text => {
                let pattern = self.pick(&["a%", "%b", "%b%", "_", "q", "%", "a_"]);
                Expr::Like(Box::new(left), pattern.to_owned(), self.one_in(3))
            }
            6 if ty == Ty::Bool => left,
            7 | 8 => {
                let op = self.comparison();
                compare(op, left, self.value(ty, scope, depth.min(1)))
            }
            _ => {
                let op = self.comparison();
                compare(op, left, self.literal(ty))
            }
        }
    }

    /// A query of one table that may look at the one around it.
    pub fn inner(&mut self, scope: &Scope, depth: usize) -> (Select, Scope) {
        let (from, mut inner) = self.stored();
        if self.one_in(2) {
            inner.outer = scope.columns.clone();
        }
        let mut filter = (!self.one_in(3)).then(|| self.cond(&inner, depth.min(1)));
        if !inner.outer.is_empty() && !self.one_in(4) {
            let tie = self.tie(&inner);
            filter = Some(match filter {
                Some(filter) if self.one_in(2) => and(filter, tie),
                _ => tie,
            });
        }
        let select = Select {
            from,
            filter,
            ..Select::default()
        };
        (select, inner)
    }

    /// What ties a sub-query to the query around: mostly an equality.
    fn tie(&mut self, inner: &Scope) -> Expr {
        let ty = self.pick(&[Ty::Int, Ty::Int, Ty::Text]);
        let (own, outer) = (inner.of(ty), inner.outer_of(ty));
        if own.is_empty() || outer.is_empty() {
            return literal(Value::Bool(true), Ty::Bool);
        }
        let op = if self.one_in(4) {
            self.comparison()
        } else {
            "="
        };
        compare(op, self.pick(&own).expr(), self.pick(&outer).expr())
    }

    /// One row of one column.
    pub fn scalar(&mut self, ty: Ty, scope: &Scope, depth: usize) -> Query {
        let (mut select, inner) = self.inner(scope, depth);
        let name = match ty {
            Ty::Int => self.pick(&["min", "max", "sum", "count"]),
            _ => self.pick(&["min", "max"]),
        };
        let of = match inner.of(ty).is_empty() {
            true => self.literal(ty),
            false => self.pick(&inner.of(ty)).expr(),
        };
        select.items = vec![(aggregate(name, Some(of)), self.fresh("c"))];
        select.into()
    }

    /// IN or NOT IN a sub-query.
    pub fn membership(&mut self, scope: &Scope, depth: usize) -> Expr {
        let ty = self.pick(&[Ty::Int, Ty::Int, Ty::Text]);
        let (mut select, inner) = self.inner(scope, depth);
        let item = match inner.of(ty).is_empty() {
            true => self.literal(ty),
            false => self.pick(&inner.of(ty)).expr(),
        };
        select.items = vec![(item, self.fresh("c"))];
        let left = self.value(ty, scope, 0);
        let negated = self.one_in(2);
        Expr::InQuery(Box::new(left), Box::new(select.into()), negated)
    }

    pub fn existence(&mut self, scope: &Scope, depth: usize) -> Expr {
        let (mut select, _) = self.inner(scope, depth);
        select.items = vec![(int(1), self.fresh("c"))];
        Expr::Exists(Box::new(select.into()), self.one_in(2))
    }
}
