//! Whole queries.

use super::super::ast::*;
use super::super::tables::Ty;
use super::{Gen, Output, Scope};

impl Gen<'_> {
    /// A SELECT of any shape.
    pub fn select(&mut self, depth: usize) -> (Select, Output) {
        let (from, scope) = self.from(depth);
        let filter = (!self.one_in(3)).then(|| self.cond(&scope, depth.min(2)));
        let mut select = Select {
            from,
            filter,
            ..Select::default()
        };
        let mut typed: Vec<(Expr, Ty)> = Vec::new();
        match self.roll(8) {
            0 | 1 => self.grouping(&mut select, &mut typed, &scope, depth),
            2 => {
                for _ in 0..1 + self.roll(3) {
                    typed.push(self.aggregated(&scope, depth.min(1)));
                }
                if self.one_in(4) {
                    typed.push((text("a"), Ty::Text));
                }
            }
            roll => {
                for _ in 0..1 + self.roll(3) {
                    let ty = self.ty(&scope);
                    typed.push((self.value(ty, &scope, depth.min(1)), ty));
                }
                if roll == 3 {
                    typed.push(self.window(&scope));
                }
                if roll == 4 {
                    typed.push((self.cond(&scope, 1), Ty::Bool));
                }
                select.distinct = self.one_in(6);
            }
        }
        let output = self.name(&mut select, typed);
        (select, output)
    }

    fn grouping(
        &mut self,
        select: &mut Select,
        typed: &mut Vec<(Expr, Ty)>,
        scope: &Scope,
        depth: usize,
    ) {
        for _ in 0..1 + self.roll(2) {
            let ty = self.ty(scope);
            let key = self.column_of(ty, scope);
            if matches!(key, Expr::Column { .. }) && !select.group.contains(&key) {
                select.group.push(key.clone());
                typed.push((key, ty));
            }
        }
        for _ in 0..1 + self.roll(2) {
            typed.push(self.aggregated(scope, depth.min(1)));
        }
        if self.one_in(12) && !select.group.is_empty() {
            select.sets = Some(self.pick(&["ROLLUP", "CUBE"]));
        }
        if self.one_in(4) {
            let (what, ty) = self.aggregated(scope, 0);
            let op = self.comparison();
            select.having = Some(compare(op, what, self.literal(ty)));
        }
    }

    /// Names the outputs: a column keeps its name while nothing else has it.
    pub fn name(&mut self, select: &mut Select, typed: Vec<(Expr, Ty)>) -> Output {
        let mut output: Output = Vec::new();
        for (expr, ty) in typed {
            let own = match &expr {
                Expr::Column { name, .. } => Some(name.clone()),
                _ => None,
            };
            let taken = |name: &String| output.iter().any(|(other, _)| other == name);
            let name = match own {
                Some(name) if !taken(&name) => name,
                _ => self.fresh("c"),
            };
            select.items.push((expr, name.clone()));
            output.push((name, ty));
        }
        output
    }

    /// A query of any shape.
    pub fn query(&mut self, depth: usize) -> (Query, Output) {
        let mut ctes = Vec::new();
        let known = self.ctes.len();
        if depth > 1 && self.one_in(3) {
            for _ in 0..1 + self.roll(2) {
                let (cte, output) = self.query(depth - 1);
                let name = self.fresh("w");
                self.ctes.push((name.clone(), output));
                ctes.push((name, cte));
            }
        }
        let (mut query, output) = if depth > 0 && self.one_in(7) {
            self.united(depth)
        } else {
            let (select, output) = self.select(depth);
            (Query::from(select), output)
        };
        query.ctes = ctes;
        self.ctes.truncate(known);
        if self.one_in(6) {
            query.order = output
                .iter()
                .map(|_| (self.one_in(2), self.one_in(2)))
                .collect();
            if self.one_in(2) {
                query.limit = Some(1 + self.roll(5) as u32);
                query.offset = self.one_in(4).then(|| 1 + self.roll(2) as u32);
            }
        }
        (query, output)
    }

    /// Two selections of the same types, put together.
    pub fn united(&mut self, depth: usize) -> (Query, Output) {
        let types: Vec<Ty> = (0..1 + self.roll(2))
            .map(|_| self.pick(&[Ty::Int, Ty::Text, Ty::Bool]))
            .collect();
        let side = |gen_: &mut Self| {
            let (from, scope) = gen_.from(depth.min(1) - 1);
            let filter = gen_.one_in(2).then(|| gen_.cond(&scope, 1));
            let mut select = Select {
                from,
                filter,
                ..Select::default()
            };
            let typed: Vec<_> = types
                .iter()
                .map(|ty| (gen_.value(*ty, &scope, 1), *ty))
                .collect();
            let mut output = Output::new();
            for (item, ty) in typed {
                let name = gen_.fresh("c");
                select.items.push((item, name.clone()));
                output.push((name, ty));
            }
            (Query::from(select), output)
        };
        let (left, output) = side(self);
        let (right, _) = side(self);
        let op = self.pick(&["UNION", "UNION", "EXCEPT", "INTERSECT"]);
        let all = if op == "UNION" {
            self.one_in(2)
        } else {
            self.one_in(6)
        };
        let body = Body::Set {
            op,
            all,
            left: Box::new(left),
            right: Box::new(right),
        };
        let query = Query {
            body,
            ..Query::from(Select::default())
        };
        (query, output)
    }
}
