//! IN and EXISTS.

use super::super::ast::*;
use super::super::generate::Gen;
use super::super::tables::{Ty, Value};

impl Gen<'_> {
    /// Kinds 11 to 13: IN and NOT IN, in every position.
    pub fn memberships(&mut self) -> Query {
        let (from, scope) = self.stored();
        let mut one = self.membership(&scope, 1);
        if self.one_in(6)
            && let Expr::InQuery(left, query, _) = &mut one
        {
            // A value that is the same for every row, of the type of the sub-query's column.
            let (value, ty) = match &query.body {
                Body::Select(select) if is_text(&select.items[0].0) => {
                    (Value::Text("a".to_owned()), Ty::Text)
                }
                _ => (Value::Int(3), Ty::Int),
            };
            let value = if self.one_in(3) { Value::Null } else { value };
            **left = literal(value, ty);
        }
        let filter = match self.roll(8) {
            0 => or(one, self.cond(&scope, 0)),
            1 => is(one, self.pick(&["NULL", "NOT TRUE", "TRUE"])),
            2 => Expr::Not(Box::new(one)),
            3 => Expr::Case(vec![(one, self.cond(&scope, 0))], None),
            4 => and(one, self.cond(&scope, 0)),
            _ => one,
        };
        let typed = vec![
            (scope.columns[0].expr(), Ty::Int),
            (scope.columns[1].expr(), Ty::Int),
        ];
        self.selected(typed, from, Some(filter)).into()
    }

    /// Kind 14: EXISTS over aggregates, with OFFSET, and as it should be.
    pub fn existences(&mut self) -> Query {
        let (from, scope) = self.stored();
        let mut one = self.existence(&scope, 1);
        if let Expr::Exists(query, _) = &mut one {
            match self.roll(5) {
                0 => {
                    if let Body::Select(select) = &mut query.body {
                        select.items = vec![(aggregate("count", None), "many".to_owned())];
                    }
                }
                1 => query.offset = Some(1),
                2 => query.limit = Some(1),
                _ => {}
            }
        }
        let filter = match self.roll(4) {
            0 => and(one, self.cond(&scope, 1)),
            1 => or(one, self.cond(&scope, 0)),
            _ => one,
        };
        let typed = vec![(scope.columns[0].expr(), Ty::Int)];
        self.selected(typed, from, Some(filter)).into()
    }
}

fn is_text(item: &Expr) -> bool {
    match item {
        Expr::Column { name, .. } => name == "s" || name == "n",
        Expr::Literal(_, ty) => *ty == Ty::Text,
        _ => false,
    }
}
