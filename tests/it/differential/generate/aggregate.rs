//! Aggregates and window functions.

use super::super::ast::*;
use super::super::tables::Ty;
use super::{Gen, Scope, windowed};

const FRAMES: &[&str] = &[
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
];

impl Gen<'_> {
    pub fn aggregated(&mut self, scope: &Scope, depth: usize) -> (Expr, Ty) {
        let ty = self.ty(scope);
        let of = self.value(ty, scope, depth);
        let (name, ty) = match (self.roll(7), ty) {
            (0, _) => return (self.narrowed(aggregate("count", None), scope), Ty::Int),
            (1, _) => ("count", Ty::Int),
            (2, Ty::Int | Ty::Float | Ty::Decimal) => ("sum", ty),
            (3, Ty::Int | Ty::Float) => ("avg", Ty::Float),
            (4, Ty::Text) => ("string_agg", Ty::Text),
            (5, _) => ("max", ty),
            _ => ("min", ty),
        };
        let distinct = ["count", "sum"].contains(&name) && self.one_in(4);
        let aggregate = Expr::Aggregate {
            name,
            distinct,
            order: (name == "string_agg").then(|| Box::new(of.clone())),
            of: Some(Box::new(of)),
            only: None,
        };
        (self.narrowed(aggregate, scope), ty)
    }

    /// The aggregate, sometimes with FILTER.
    fn narrowed(&mut self, mut aggregate: Expr, scope: &Scope) -> Expr {
        let filter = self.one_in(4).then(|| Box::new(self.cond(scope, 0)));
        if let Expr::Aggregate { only, .. } = &mut aggregate {
            *only = filter;
        }
        aggregate
    }

    /// A window function, in a total order where the rows have a key.
    pub fn window(&mut self, scope: &Scope) -> (Expr, Ty) {
        let partition = match self.one_in(3) {
            true => Vec::new(),
            false => {
                let ty = self.ty(scope);
                vec![self.column_of(ty, scope)]
            }
        };
        let mut order = Vec::new();
        if self.one_in(2) {
            let ty = self.ty(scope);
            order.push((self.column_of(ty, scope), self.one_in(2), self.one_in(2)));
        }
        let ty = self.ty(scope);
        let of = self.column_of(ty, scope);
        let Some(key) = scope.key.clone() else {
            return self.without_key(of, ty, partition, order);
        };
        order.extend(key.into_iter().map(|key| (key, self.one_in(3), false)));
        let frame = self.one_in(2).then(|| self.pick(FRAMES));
        let over = |frame| Over {
            partition: partition.clone(),
            order: order.clone(),
            frame,
        };
        match self.roll(8) {
            0 | 1 => (windowed("row_number", vec![], over(None)), Ty::Int),
            2 => (
                windowed("ntile", vec![int(1 + self.roll(3) as i64)], over(None)),
                Ty::Int,
            ),
            3 | 4 => {
                let name = self.pick(&["lag", "lead"]);
                let mut of = vec![of, int(1 + self.roll(2) as i64)];
                if self.one_in(3) {
                    of.push(self.literal(ty));
                }
                (windowed(name, of, over(None)), ty)
            }
            5 => {
                let name = self.pick(&["first_value", "last_value"]);
                (windowed(name, vec![of], over(frame)), ty)
            }
            6 if ty == Ty::Int => (windowed("sum", vec![of], over(frame)), ty),
            6 => (windowed("count", vec![of], over(frame)), Ty::Int),
            _ => {
                let name = self.pick(&["min", "max"]);
                (windowed(name, vec![of], over(frame)), ty)
            }
        }
    }

    /// A window function whose answer does not depend on the order of equal rows.
    fn without_key(
        &mut self,
        of: Expr,
        ty: Ty,
        partition: Vec<Expr>,
        order: Vec<(Expr, bool, bool)>,
    ) -> (Expr, Ty) {
        let over = |order| Over {
            partition,
            order,
            frame: None,
        };
        match self.roll(3) {
            0 if !order.is_empty() => (windowed("rank", vec![], over(order)), Ty::Int),
            1 if !order.is_empty() => (windowed("dense_rank", vec![], over(order)), Ty::Int),
            2 => (windowed("max", vec![of], over(Vec::new())), ty),
            _ => (windowed("count", vec![], over(Vec::new())), Ty::Int),
        }
    }
}
