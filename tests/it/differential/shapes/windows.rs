//! Window functions.

use super::super::ast::*;
use super::super::generate::{Gen, Scope, offered, windowed};
use super::super::tables::Ty;

impl Gen<'_> {
    fn rank(&mut self, scope: &Scope) -> Expr {
        let ty = self.ty(scope);
        let by = self.pick(&scope.of(ty)).expr();
        let mut order = vec![(by, self.one_in(2), self.one_in(2))];
        let name = self.pick(&["rank", "dense_rank", "row_number"]);
        if name == "row_number" {
            let key = scope.key.clone().unwrap_or_default();
            order.extend(key.into_iter().map(|key| (key, false, false)));
        }
        let over = Over {
            partition: Vec::new(),
            order,
            frame: None,
        };
        windowed(name, vec![], over)
    }

    /// Kind 15: arithmetic on ranks, which are unsigned.
    pub fn ranks(&mut self) -> Query {
        let (from, scope) = self.stored();
        let mut left = self.rank(&scope);
        if self.one_in(3) {
            left = cast(left, Ty::Int, Ty::Int);
        }
        let (op, right) = match self.roll(3) {
            0 => ("-", self.rank(&scope)),
            1 => ("/", int(2)),
            _ => ("-", int(3)),
        };
        let worked = Expr::Arith(op, true, Box::new(left), Box::new(right));
        let typed = vec![(scope.columns[0].expr(), Ty::Int), (worked, Ty::Int)];
        self.selected(typed, from, None).into()
    }

    /// Kind 22: values over gaps.
    pub fn gaps(&mut self) -> Query {
        let (from, scope) = self.stored();
        let ty = self.ty(&scope);
        let of = self.pick(&scope.of(ty)).expr();
        let name = self.pick(&["lag", "lead", "first_value", "last_value"]);
        let mut args = vec![of];
        if name.starts_with('l') && name.len() < 5 {
            args.push(int(1 + self.roll(2) as i64));
        }
        let over = Over {
            partition: Vec::new(),
            order: vec![(scope.columns[0].expr(), self.one_in(2), false)],
            frame: None,
        };
        let mut gap = windowed(name, args, over);
        if let Expr::Window { ignore_nulls, .. } = &mut gap {
            *ignore_nulls = !self.one_in(4);
        }
        let typed = vec![(scope.columns[0].expr(), Ty::Int), (gap, ty)];
        self.selected(typed, from, None).into()
    }

    pub fn windows(&mut self) -> Query {
        let (from, scope) = self.from(1);
        let key = scope.columns[0].clone();
        let mut typed = vec![(key.expr(), key.ty)];
        for _ in 0..1 + self.roll(2) {
            typed.push(self.window(&scope));
        }
        let filter = self.one_in(3).then(|| self.cond(&scope, 1));
        self.selected(typed, from, filter).into()
    }

    /// The idiom of every staging model: one row per key, the newest.
    pub fn newest_per_key(&mut self) -> Query {
        let (from, scope) = self.from(0);
        let Some(key) = scope.key.clone() else {
            return self.query(2).0;
        };
        let ty = self.ty(&scope);
        let (by, own) = (
            self.pick(&scope.columns).expr(),
            self.pick(&scope.of(ty)).expr(),
        );
        let mut order = vec![(by, true, self.one_in(2))];
        order.extend(key.iter().cloned().map(|key| (key, false, false)));
        let over = Over {
            partition: vec![own.clone()],
            order,
            frame: None,
        };
        let mut inner = Select {
            from,
            ..Select::default()
        };
        let rest = self.pick(&scope.columns);
        let typed = vec![
            (own, ty),
            (rest.expr(), rest.ty),
            (windowed("row_number", vec![], over), Ty::Int),
        ];
        let output = self.name(&mut inner, typed);
        let offered = offered("q", &output);
        let number = offered.columns[2].expr();
        let mut filter = compare("=", number, int(1));
        if self.one_in(3) {
            filter = and(filter, self.cond(&offered, 1));
        }
        let typed = offered.columns[..2]
            .iter()
            .map(|seen| (seen.expr(), seen.ty));
        let typed = typed.collect();
        self.selected(typed, sub(inner.into(), "q"), Some(filter))
            .into()
    }
}
