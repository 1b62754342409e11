//! Expressions of a type.

use super::super::ast::*;
use super::super::tables::{self, Ty, Value};
use super::{Gen, Scope, Seen};

impl Gen<'_> {
    /// A literal: a value that some table holds, or another.
    pub fn literal(&mut self, ty: Ty) -> Expr {
        let held = self.set.tables.iter().flat_map(|table| {
            let columns = table.columns.iter().enumerate();
            let columns = columns.filter(|(_, column)| column.ty == ty && column.name != "id");
            columns.flat_map(|(at, _)| table.rows.iter().map(move |row| &row[at]))
        });
        let held: Vec<&Value> = held
            .filter(|value| match value {
                Value::Null => false,
                Value::Float(value) => value.is_finite(),
                Value::Int(value) => *value != i64::MAX,
                _ => true,
            })
            .collect();
        if held.is_empty() || self.one_in(5) {
            return literal(tables::any(ty, &mut self.dice), ty);
        }
        literal(self.pick(&held).clone(), ty)
    }

    pub fn column_of(&mut self, ty: Ty, scope: &Scope) -> Expr {
        let columns = scope.of(ty);
        let outer = scope.outer_of(ty);
        if !outer.is_empty() && (columns.is_empty() || self.one_in(4)) {
            return self.pick(&outer).expr();
        }
        if columns.is_empty() {
            return self.literal(ty);
        }
        self.pick(&columns).expr()
    }

    /// An expression of a type.
    pub fn value(&mut self, ty: Ty, scope: &Scope, depth: usize) -> Expr {
        if depth == 0 || self.one_in(2) {
            return match self.roll(8) {
                0 => self.literal(ty),
                1 if self.one_in(6) => literal(Value::Null, ty),
                _ => self.column_of(ty, scope),
            };
        }
        let below = depth - 1;
        match self.roll(6) {
            0 => {
                let arm = (self.cond(scope, below), self.value(ty, scope, below));
                let rest = (!self.one_in(3)).then(|| Box::new(self.value(ty, scope, below)));
                Expr::Case(vec![arm], rest)
            }
            1 => {
                let name = if self.one_in(3) { "nullif" } else { "coalesce" };
                let list = vec![self.value(ty, scope, below), self.value(ty, scope, below)];
                Expr::Call(name, list)
            }
            2 if self.one_in(3) => {
                let name = self.pick(&["greatest", "least"]);
                let list = vec![self.value(ty, scope, below), self.value(ty, scope, below)];
                Expr::Call(name, list)
            }
            3 if self.one_in(3) => Expr::Scalar(Box::new(self.scalar(ty, scope, below))),
            _ => self.worked(ty, scope, below),
        }
    }

    /// An expression that computes.
    fn worked(&mut self, ty: Ty, scope: &Scope, depth: usize) -> Expr {
        let of = |gen_: &mut Self, ty| gen_.value(ty, scope, depth);
        match ty {
            Ty::Int => match self.roll(7) {
                0 => Expr::Call("length", vec![of(self, Ty::Text)]),
                1 => self.numeral(scope, depth),
                2 if scope.has(Ty::Float) => {
                    cast(self.column_of(Ty::Float, scope), Ty::Float, Ty::Int)
                }
                3 => Expr::Call("year", vec![of(self, Ty::Date)]),
                4 => {
                    let by = self.pick(&[2, 3, -2]);
                    let op = self.pick(&["/", "%"]);
                    Expr::Arith(op, true, Box::new(of(self, Ty::Int)), Box::new(int(by)))
                }
                5 => Expr::Call("abs", vec![of(self, Ty::Int)]),
                _ => {
                    let op = self.pick(&["+", "-", "*"]);
                    let (l, r) = (of(self, Ty::Int), of(self, Ty::Int));
                    Expr::Arith(op, true, Box::new(l), Box::new(r))
                }
            },
            Ty::Float => match self.roll(4) {
                0 => cast(of(self, Ty::Int), Ty::Int, Ty::Float),
                1 => {
                    let (l, r) = (of(self, Ty::Float), of(self, Ty::Float));
                    let zero = literal(Value::Float(0.0), Ty::Float);
                    let r = Expr::Call("nullif", vec![r, zero]);
                    Expr::Arith("/", false, Box::new(l), Box::new(r))
                }
                _ => {
                    let op = self.pick(&["+", "-", "*"]);
                    let (l, r) = (of(self, Ty::Float), of(self, Ty::Float));
                    Expr::Arith(op, false, Box::new(l), Box::new(r))
                }
            },
            Ty::Text => match self.roll(5) {
                0 => Expr::Call("upper", vec![of(self, Ty::Text)]),
                1 => Expr::Call("trim", vec![of(self, Ty::Text)]),
                2 => {
                    let from = int(1 + self.roll(3) as i64);
                    let long = int(self.roll(3) as i64);
                    Expr::Call("substr", vec![of(self, Ty::Text), from, long])
                }
                3 => cast(of(self, Ty::Int), Ty::Int, Ty::Text),
                _ => Expr::Concat(Box::new(of(self, Ty::Text)), Box::new(of(self, Ty::Text))),
            },
            Ty::Bool => self.cond(scope, depth),
            Ty::Date => Expr::Call("month", vec![of(self, Ty::Date)]),
            Ty::Decimal => {
                let op = self.pick(&["+", "-"]);
                let (l, r) = (of(self, Ty::Decimal), of(self, Ty::Decimal));
                Expr::Arith(op, false, Box::new(l), Box::new(r))
            }
        }
    }

    /// The whole number that a text column holds, or another.
    fn numeral(&mut self, scope: &Scope, depth: usize) -> Expr {
        let numerals = scope.columns.iter().filter(|seen| seen.name == "n");
        let numerals: Vec<&Seen> = numerals.collect();
        match numerals.is_empty() {
            true => self.value(Ty::Int, scope, depth),
            false => cast(self.pick(&numerals).expr(), Ty::Text, Ty::Int),
        }
    }

    pub fn ty(&mut self, scope: &Scope) -> Ty {
        let types: Vec<Ty> = scope.columns.iter().map(|seen| seen.ty).collect();
        if types.is_empty() {
            Ty::Int
        } else {
            self.pick(&types)
        }
    }
}
