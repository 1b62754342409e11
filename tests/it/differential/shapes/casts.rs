//! Casts, and comparisons of values at the edge.

use super::super::ast::*;
use super::super::generate::{Gen, Scope};
use super::super::tables::{Ty, Value};

impl Gen<'_> {
    /// The whole number that a text column holds, or a cast that keeps no order.
    fn casted(&mut self, scope: &Scope) -> Expr {
        let numerals = scope.columns.iter().find(|seen| seen.name == "n");
        match numerals {
            Some(seen) => cast(seen.expr(), Ty::Text, Ty::Int),
            None => cast(scope.columns[1].expr(), Ty::Int, Ty::Text),
        }
    }

    /// Kind 9: bounds over casts of text, and filters by them.
    pub fn cast_bounds(&mut self) -> Query {
        let (from, scope) = self.stored();
        let what = self.casted(&scope);
        let ty = match &what {
            Expr::Cast {
                to: To::Ty(Ty::Int),
                ..
            } => Ty::Int,
            _ => Ty::Text,
        };
        let value = |gen_: &mut Self| match ty {
            Ty::Int => int(gen_.pick(&[9, 10, 50, 2, 100])),
            _ => gen_.literal(Ty::Text),
        };
        let filter = match self.roll(4) {
            0 => Some(compare(self.comparison(), what.clone(), value(self))),
            1 => {
                let (low, high) = (Box::new(value(self)), Box::new(value(self)));
                Some(Expr::Between(Box::new(what.clone()), low, high, false))
            }
            _ => None,
        };
        let mut typed = vec![
            (aggregate("min", Some(what.clone())), ty),
            (aggregate("max", Some(what.clone())), ty),
        ];
        if self.one_in(3) {
            typed = vec![(scope.columns[0].expr(), Ty::Int), (what, ty)];
        }
        self.selected(typed, from, filter).into()
    }

    /// Kind 17: IS [NOT] DISTINCT FROM beside AND and OR.
    pub fn distinct_from(&mut self) -> Query {
        let (from, scope) = self.stored();
        let ty = self.ty(&scope);
        let op = self.pick(&["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]);
        let one = compare(op, self.value(ty, &scope, 0), self.value(ty, &scope, 0));
        let other = self.cond(&scope, 0);
        let cond = if self.one_in(2) {
            and(one, other)
        } else {
            or(one, other)
        };
        let mut typed = vec![(scope.columns[0].expr(), Ty::Int)];
        let filter = match self.one_in(2) {
            true => Some(cond),
            false => {
                typed.push((cond, Ty::Bool));
                None
            }
        };
        self.selected(typed, from, filter).into()
    }

    /// Kind 7: casts that lose digits or range, compared with a literal.
    pub fn narrowing_cast(&mut self) -> Query {
        let (from, scope) = self.stored();
        let decimals = scope.of(Ty::Decimal);
        let what = match decimals.first() {
            Some(seen) if !self.one_in(3) => Expr::Cast {
                what: Box::new(seen.expr()),
                from: Ty::Decimal,
                to: if self.one_in(4) {
                    To::Whole
                } else {
                    To::Ty(Ty::Int)
                },
                tried: false,
            },
            _ => Expr::Cast {
                what: Box::new(self.pick(&scope.of(Ty::Int)).expr()),
                from: Ty::Int,
                to: To::Small,
                tried: true,
            },
        };
        // DuckDB rounds a decimal to a whole one, DataFusion too.
        let value = int(self.pick(&[0, 1, 2, 4]));
        let cond = match self.one_in(4) {
            true => compare(
                "IS DISTINCT FROM",
                what.clone(),
                literal(Value::Null, Ty::Int),
            ),
            false => compare(self.comparison(), what.clone(), value),
        };
        let typed = vec![(scope.columns[0].expr(), Ty::Int), (what, Ty::Int)];
        self.selected(typed, from, Some(cond)).into()
    }

    /// Kind 8: floats that may be NaN or infinite, filtered and summed up.
    pub fn floats(&mut self) -> Query {
        let (from, scope) = self.stored();
        let floats = scope.of(Ty::Float);
        if floats.is_empty() {
            return self.min_max();
        }
        let x = self.pick(&floats).expr();
        let value = self.literal(Ty::Float);
        let filter = match self.roll(4) {
            0 => None,
            1 => {
                let one = literal(Value::Float(1.0), Ty::Float);
                Some(Expr::Between(
                    Box::new(x.clone()),
                    Box::new(value),
                    Box::new(one),
                    self.one_in(3),
                ))
            }
            _ => Some(compare(self.comparison(), x.clone(), value)),
        };
        let typed = match self.roll(3) {
            0 => vec![(aggregate("count", None), Ty::Int)],
            1 => vec![
                (aggregate("min", Some(x.clone())), Ty::Float),
                (aggregate("max", Some(x)), Ty::Float),
            ],
            _ => vec![(scope.columns[0].expr(), Ty::Int), (x, Ty::Float)],
        };
        self.selected(typed, from, filter).into()
    }
}
