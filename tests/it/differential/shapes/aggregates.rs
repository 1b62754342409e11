//! Aggregates, with groups and without.

use super::super::ast::*;
use super::super::generate::{Gen, Scope};
use super::super::tables::{Ty, Value};

impl Gen<'_> {
    /// Kind 2: a condition without columns above an aggregate without grouping.
    pub fn literal_aggregate(&mut self) -> Query {
        let metric = |gen_: &mut Self, name: &str| {
            let (from, scope) = gen_.stored();
            let (value, _) = (aggregate("count", None), Ty::Int);
            let value = match gen_.one_in(2) {
                true => value,
                false => aggregate("max", Some(scope.columns[0].expr())),
            };
            Select {
                items: vec![(text(name), "metric".to_owned()), (value, "v".to_owned())],
                from,
                ..Select::default()
            }
        };
        let mut inner: Query = metric(self, "a").into();
        if self.one_in(2) {
            let other = metric(self, "b").into();
            inner.body = Body::Set {
                op: "UNION",
                all: true,
                left: Box::new(inner.clone()),
                right: Box::new(other),
            };
        }
        let items = vec![
            (column("q", "metric"), "metric".to_owned()),
            (column("q", "v"), "v".to_owned()),
        ];
        let mut select = Select {
            items,
            from: sub(inner, "q"),
            ..Select::default()
        };
        match self.roll(4) {
            0 => {
                let (from, scope) = self.stored();
                let on = On::Expr(literal(Value::Bool(false), Ty::Bool));
                let key = scope.columns[0].expr();
                select.items.push((key, "key".to_owned()));
                select.from = join(from, Kind::Left, select.from, on);
            }
            1 => {
                let query = self.scalar(Ty::Int, &Scope::default(), 0);
                let value = self.literal(Ty::Int);
                select.filter = Some(compare(">", Expr::Scalar(Box::new(query)), value));
            }
            _ => {
                let name = self.pick(&["a", "b"]);
                let op = self.pick(&["=", "<>"]);
                select.filter = Some(compare(op, column("q", "metric"), text(name)));
            }
        }
        select.into()
    }

    /// Kinds 3 and 4: min and max of columns beside expressions, without grouping.
    pub fn min_max(&mut self) -> Query {
        let (from, scope) = self.stored();
        let mut typed = Vec::new();
        for _ in 0..2 + self.roll(2) {
            let ty = self.ty(&scope);
            let plain = self.pick(&scope.of(ty)).expr();
            let (of, ty) = match self.roll(3) {
                0 if ty == Ty::Text => (Expr::Call("length", vec![plain]), Ty::Int),
                1 => (self.value(ty, &scope, 1), ty),
                _ => (plain, ty),
            };
            let name = self.pick(&["min", "max"]);
            typed.push((aggregate(name, Some(of)), ty));
        }
        let filter = self.one_in(3).then(|| self.cond(&scope, 0));
        self.selected(typed, from, filter).into()
    }

    /// Kind 16: sums and arithmetic of large whole numbers.
    pub fn sums(&mut self) -> Query {
        let (from, scope) = self.stored();
        let numbers = scope.of(Ty::Int);
        let number = self.pick(&numbers).expr();
        let number = match self.roll(3) {
            0 => Expr::Arith("+", true, Box::new(number), Box::new(int(1))),
            _ => number,
        };
        let mut sum = aggregate("sum", Some(number.clone()));
        if let Expr::Aggregate { distinct, only, .. } = &mut sum {
            *distinct = self.one_in(4);
            *only = self.one_in(4).then(|| Box::new(self.cond(&scope, 0)));
        }
        let typed = vec![(sum, Ty::Int), (aggregate("avg", Some(number)), Ty::Float)];
        let mut select = self.selected(typed, from, None);
        if self.one_in(2) {
            let key = self.pick(&scope.columns).expr();
            select.group = vec![key.clone()];
            select.items.insert(0, (key, "key".to_owned()));
        }
        select.into()
    }

    /// Kind 20: extremes of groups.
    pub fn grouped_extremes(&mut self) -> Query {
        let (from, scope) = self.stored();
        let key = self.pick(&scope.columns).expr();
        let ty = if scope.has(Ty::Float) {
            Ty::Float
        } else {
            self.ty(&scope)
        };
        let of = self.pick(&scope.of(ty)).expr();
        let typed = vec![
            (key.clone(), Ty::Int),
            (aggregate("min", Some(of.clone())), ty),
            (aggregate("max", Some(of)), ty),
        ];
        let mut select = self.selected(typed, from, None);
        select.group = vec![key];
        select.into()
    }
}
