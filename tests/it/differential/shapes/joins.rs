//! Joins.

use super::super::ast::*;
use super::super::generate::{Gen, Scope, both};
use super::super::tables::Ty;

impl Gen<'_> {
    /// Kind 1: a filter over columns of equal names above an outer join.
    pub fn outer_join_filter(&mut self) -> Query {
        let ((left, l), (right, r)) = self.two();
        let kind = self.pick(&[Kind::Right, Kind::Full, Kind::Left]);
        let key = self.pick(&["k", "id", "s"]);
        let (a, b) = (l.columns[0].of.clone(), r.columns[0].of.clone());
        let on = compare("=", column(&a, key), column(&b, key));
        let from = join(left, kind, right, On::Expr(on));
        let name = self.pick(&["k", "s", "id"]);
        let ty = if name == "s" { Ty::Text } else { Ty::Int };
        let (x, y) = (column(&a, name), column(&b, name));
        let twin = match self.roll(4) {
            0 => compare("IS DISTINCT FROM", x, y),
            1 => {
                let none = self.literal(ty);
                let x = Expr::Call("coalesce", vec![x, none.clone()]);
                compare("<>", x, Expr::Call("coalesce", vec![y, none]))
            }
            2 => is(column(&a, key), "NULL"),
            _ => or(is(x.clone(), "NULL"), compare("<", x, y)),
        };
        let scope = both(l, r);
        let filter = match self.roll(3) {
            0 => twin,
            1 => and(twin, self.cond(&scope, 0)),
            _ => {
                let none = self.literal(Ty::Text);
                and(twin, compare("<>", column(&b, "s"), none))
            }
        };
        let typed = match self.one_in(3) {
            true => vec![(aggregate("count", None), Ty::Int)],
            false => vec![(column(&a, "id"), Ty::Int), (column(&b, "id"), Ty::Int)],
        };
        self.selected(typed, from, Some(filter)).into()
    }

    /// Kind 5: a null-safe join in a chain of three.
    pub fn null_safe_chain(&mut self) -> Query {
        let ((first, a), (second, b)) = self.two();
        let (third, c) = self.stored();
        let name = |scope: &Scope| scope.columns[0].of.clone();
        let key = self.pick(&["k", "s"]);
        let on = compare(
            "IS NOT DISTINCT FROM",
            column(&name(&a), key),
            column(&name(&b), key),
        );
        let from = join(first, Kind::Inner, second, On::Expr(on));
        let chain = both(a, b);
        let from = match self.roll(3) {
            0 => join(from, Kind::Cross, third, On::Nothing),
            1 => {
                let kind = self.pick(&[Kind::Left, Kind::Inner]);
                join(from, kind, third, On::Expr(self.on(&chain, &c, 0)))
            }
            _ => {
                let key = self.pick(&["k", "s"]);
                let op = self.pick(&["=", "IS NOT DISTINCT FROM"]);
                let on = compare(
                    op,
                    column(&chain.columns[0].of, key),
                    column(&name(&c), key),
                );
                join(from, Kind::Inner, third, On::Expr(on))
            }
        };
        let scope = both(chain, c);
        let filter = self.one_in(4).then(|| self.cond(&scope, 0));
        let keys = scope.key.clone().unwrap_or_default();
        let typed = match self.one_in(2) {
            true => vec![(aggregate("count", None), Ty::Int)],
            false => keys.into_iter().map(|key| (key, Ty::Int)).collect(),
        };
        self.selected(typed, from, filter).into()
    }

    /// Kind 10: a join on a sub-query that groups by two columns of one name.
    pub fn grouped_twins(&mut self) -> Query {
        let ((left, l), (right, r)) = self.two();
        let (a, b) = (l.columns[0].of.clone(), r.columns[0].of.clone());
        let key = self.pick(&["k", "s"]);
        let on = On::Expr(compare("=", column(&a, key), column(&b, key)));
        let name = self.pick(&["id", "k"]);
        let group = vec![column(&a, name), column(&b, name)];
        let mut items = vec![
            (group[0].clone(), "one".to_owned()),
            (group[1].clone(), "two".to_owned()),
        ];
        if self.one_in(2) {
            items.push((aggregate("count", None), "many".to_owned()));
        }
        let kind = self.pick(&[Kind::Left, Kind::Inner, Kind::Left]);
        let inner = Select {
            items,
            from: join(left, kind, right, on),
            group,
            ..Select::default()
        };
        let (third, c) = self.stored();
        let of = c.columns[0].of.clone();
        let side = self.pick(&["one", "two", "two"]);
        let on = On::Expr(compare("=", column(&of, name), column("q", side)));
        let from = join(third, Kind::Inner, sub(inner.into(), "q"), on);
        let typed = vec![(column(&of, "id"), Ty::Int), (column("q", "one"), Ty::Int)];
        self.selected(typed, from, None).into()
    }

    /// Kind 19: USING, its key unqualified.
    pub fn using(&mut self) -> Query {
        let ((left, l), (right, r)) = self.two();
        let kind = self.pick(&[Kind::Inner, Kind::Left, Kind::Right, Kind::Full]);
        let key = self.pick(&["k", "id"]);
        let from = join(left, kind, right, On::Using(key.to_owned()));
        let own = column("", key);
        let (a, b) = (column(&l.columns[0].of, "s"), column(&r.columns[0].of, "s"));
        if self.one_in(2) {
            let typed = vec![(own.clone(), Ty::Int), (aggregate("count", None), Ty::Int)];
            let mut select = self.selected(typed, from, None);
            select.group = vec![own];
            return select.into();
        }
        let value = self.literal(Ty::Int);
        let filter = self
            .one_in(2)
            .then(|| compare(self.comparison(), own.clone(), value));
        let typed = vec![(own, Ty::Int), (a, Ty::Text), (b, Ty::Text)];
        self.selected(typed, from, filter).into()
    }
}
