//! What the queries are about: one shape of general queries, and one for each kind of
//! wrong answer that DataFusion 55.2 is known for, around which the others are looked for.

use super::ast::*;
use super::generate::{Gen, Scope, both, offered, windowed};
use super::tables::{Ty, Value};

/// What is asked of the engine, and against what the answer is held.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A query; every way and every oracle gives the same rows.
    Query(Query),
    /// `SELECT … WHERE p`, `WHERE NOT p` and `WHERE p IS NULL` give the rows of the whole.
    Partition(Query, Expr),
    /// As many rows pass `WHERE p` as have `p` in a projection.
    Projected(Query, Expr),
    /// An expectation (TOML) about the first table; every way measures the same.
    Expectation(String),
}

/// The shapes with how often each comes.
pub const SHAPES: &[(&str, u64)] = &[
    ("general", 40),
    ("partition", 7),
    ("projected", 5),
    ("outer_join_filter", 7),
    ("literal_aggregate", 4),
    ("min_max", 7),
    ("null_safe_chain", 4),
    ("cast_bounds", 5),
    ("grouped_twins", 4),
    ("membership", 7),
    ("existence", 3),
    ("ranks", 3),
    ("sums", 3),
    ("distinct_from", 2),
    ("set_operation", 4),
    ("using", 3),
    ("narrowing_cast", 3),
    ("grouped_extremes", 2),
    ("gaps", 2),
    ("floats", 4),
    ("windows", 5),
    ("newest_per_key", 4),
];

impl Gen<'_> {
    /// The shape of a roll.
    pub fn shape(&mut self) -> &'static str {
        let mut roll = self.roll(SHAPES.iter().map(|(_, weight)| weight).sum());
        for (shape, weight) in SHAPES {
            if roll < *weight {
                return shape;
            }
            roll -= weight;
        }
        SHAPES[0].0
    }

    /// Something to ask of a shape.
    pub fn ask(&mut self, shape: &str) -> Ask {
        let query = match shape {
            "partition" => return self.partition(),
            "projected" => return self.projected(),
            "outer_join_filter" => self.outer_join_filter(),
            "literal_aggregate" => self.literal_aggregate(),
            "min_max" => self.min_max(),
            "null_safe_chain" => self.null_safe_chain(),
            "cast_bounds" => self.cast_bounds(),
            "grouped_twins" => self.grouped_twins(),
            "membership" => self.memberships(),
            "existence" => self.existences(),
            "ranks" => self.ranks(),
            "sums" => self.sums(),
            "distinct_from" => self.distinct_from(),
            "set_operation" => self.united(2).0,
            "using" => self.using(),
            "narrowing_cast" => self.narrowing_cast(),
            "grouped_extremes" => self.grouped_extremes(),
            "gaps" => self.gaps(),
            "floats" => self.floats(),
            "windows" => self.windows(),
            "newest_per_key" => self.newest_per_key(),
            _ => self.query(2).0,
        };
        Ask::Query(query)
    }

    /// Rows of a FROM clause: all columns, at most six.
    fn rows(&mut self, from: From, scope: &Scope) -> Select {
        let mut select = Select {
            from,
            ..Select::default()
        };
        let seen = scope.columns.iter().take(6);
        let typed = seen.map(|seen| (seen.expr(), seen.ty)).collect();
        self.name(&mut select, typed);
        select
    }

    fn selected(&mut self, typed: Vec<(Expr, Ty)>, from: From, filter: Option<Expr>) -> Select {
        let mut select = Select {
            from,
            filter,
            ..Select::default()
        };
        self.name(&mut select, typed);
        select
    }

    fn partition(&mut self) -> Ask {
        let (from, scope) = self.from(1);
        let cond = self.cond(&scope, 2);
        Ask::Partition(self.rows(from, &scope).into(), cond)
    }

    fn projected(&mut self) -> Ask {
        let (from, scope) = self.from(1);
        let cond = self.cond(&scope, 2);
        Ask::Projected(self.rows(from, &scope).into(), cond)
    }

    fn two(&mut self) -> ((From, Scope), (From, Scope)) {
        let tables = self.set.tables.len() as u64;
        let (l, r) = (self.roll(tables), self.roll(tables));
        let (left, right) = (self.fresh("l"), self.fresh("r"));
        (
            self.named(l as usize, &left),
            self.named(r as usize, &right),
        )
    }

    /// Kind 1: a filter over columns of equal names above an outer join.
    fn outer_join_filter(&mut self) -> Query {
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

    /// Kind 2: a condition without columns above an aggregate without grouping.
    fn literal_aggregate(&mut self) -> Query {
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
    fn min_max(&mut self) -> Query {
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

    /// Kind 5: a null-safe join in a chain of three.
    fn null_safe_chain(&mut self) -> Query {
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

    /// The whole number that a text column holds, or a cast that keeps no order.
    fn casted(&mut self, scope: &Scope) -> Expr {
        let numerals = scope.columns.iter().find(|seen| seen.name == "n");
        match numerals {
            Some(seen) => cast(seen.expr(), Ty::Text, Ty::Int),
            None => cast(scope.columns[1].expr(), Ty::Int, Ty::Text),
        }
    }

    /// Kind 9: bounds over casts of text, and filters by them.
    fn cast_bounds(&mut self) -> Query {
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

    /// Kind 10: a join on a sub-query that groups by two columns of one name.
    fn grouped_twins(&mut self) -> Query {
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

    /// Kinds 11 to 13: IN and NOT IN, in every position.
    fn memberships(&mut self) -> Query {
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
    fn existences(&mut self) -> Query {
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
    fn ranks(&mut self) -> Query {
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

    /// Kind 16: sums and arithmetic of large whole numbers.
    fn sums(&mut self) -> Query {
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

    /// Kind 17: IS [NOT] DISTINCT FROM beside AND and OR.
    fn distinct_from(&mut self) -> Query {
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

    /// Kind 19: USING, its key unqualified.
    fn using(&mut self) -> Query {
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

    /// Kind 7: casts that lose digits or range, compared with a literal.
    fn narrowing_cast(&mut self) -> Query {
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

    /// Kind 20: extremes of groups.
    fn grouped_extremes(&mut self) -> Query {
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

    /// Kind 22: values over gaps.
    fn gaps(&mut self) -> Query {
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

    /// Kind 8: floats that may be NaN or infinite, filtered and summed up.
    fn floats(&mut self) -> Query {
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

    fn windows(&mut self) -> Query {
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
    fn newest_per_key(&mut self) -> Query {
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

fn is_text(item: &Expr) -> bool {
    match item {
        Expr::Column { name, .. } => name == "s" || name == "n",
        Expr::Literal(_, ty) => *ty == Ty::Text,
        _ => false,
    }
}
