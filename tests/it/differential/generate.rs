//! Random queries over a table set: typed, and steered towards answers that hold rows.

use super::ast::*;
use super::tables::{self, TableSet, Ty, Value, one_in, pick};
use crate::support::Dice;

/// A column that an expression may name.
#[derive(Clone, Debug)]
pub struct Seen {
    pub of: String,
    pub name: String,
    pub ty: Ty,
}

impl Seen {
    pub fn expr(&self) -> Expr {
        column(&self.of, &self.name)
    }
}

/// What a FROM clause offers.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub columns: Vec<Seen>,
    /// Columns that together tell every row from every other; none where that is not known.
    pub key: Option<Vec<Expr>>,
    /// The columns of the query around, for a correlated sub-query.
    pub outer: Vec<Seen>,
}

impl Scope {
    pub fn of(&self, ty: Ty) -> Vec<&Seen> {
        self.columns.iter().filter(|seen| seen.ty == ty).collect()
    }

    pub fn outer_of(&self, ty: Ty) -> Vec<&Seen> {
        self.outer.iter().filter(|seen| seen.ty == ty).collect()
    }

    pub fn has(&self, ty: Ty) -> bool {
        self.columns.iter().any(|seen| seen.ty == ty)
    }
}

/// The columns of an output, in order.
pub type Output = Vec<(String, Ty)>;

pub struct Gen<'a> {
    pub dice: Dice,
    pub set: &'a TableSet,
    pub ctes: Vec<(String, Output)>,
    names: usize,
}

const COMPARISONS: &[&str] = &["=", "<>", "<", "<=", ">", ">="];
const FRAMES: &[&str] = &[
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
];

impl<'a> Gen<'a> {
    pub fn new(set: &'a TableSet, dice: Dice) -> Self {
        Self {
            dice,
            set,
            ctes: Vec::new(),
            names: 0,
        }
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.dice.roll(sides)
    }

    pub fn one_in(&mut self, sides: u64) -> bool {
        one_in(&mut self.dice, sides)
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        pick(&mut self.dice, from).clone()
    }

    pub fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    pub fn comparison(&mut self) -> &'static str {
        self.pick(COMPARISONS)
    }

    /// A stored table and what it offers under a fresh alias.
    pub fn stored(&mut self) -> (From, Scope) {
        let at = self.roll(self.set.tables.len() as u64) as usize;
        let table = &self.set.tables[at];
        let alias = self.fresh(&table.name);
        self.named(at, &alias)
    }

    pub fn named(&mut self, at: usize, alias: &str) -> (From, Scope) {
        let table = &self.set.tables[at];
        let columns = table.columns.iter().map(|column| Seen {
            of: alias.to_owned(),
            name: column.name.clone(),
            ty: column.ty,
        });
        let scope = Scope {
            columns: columns.collect(),
            key: Some(vec![column(alias, "id")]),
            outer: Vec::new(),
        };
        (super::ast::table(&table.name, alias), scope)
    }

    /// One relation: mostly a stored table, else a CTE or a query of its own.
    fn relation(&mut self, depth: usize) -> (From, Scope) {
        if !self.ctes.is_empty() && self.one_in(2) {
            let (name, output) = self.pick(&self.ctes.clone());
            let alias = self.fresh("r");
            return (super::ast::table(&name, &alias), offered(&alias, &output));
        }
        if depth == 0 || !self.one_in(4) {
            return self.stored();
        }
        let (query, output) = self.query(depth - 1);
        let alias = self.fresh("q");
        let scope = offered(&alias, &output);
        (sub(query, &alias), scope)
    }

    pub fn from(&mut self, depth: usize) -> (From, Scope) {
        let (mut from, mut scope) = self.relation(depth);
        let joins = self.pick(&[0, 0, 0, 1, 1, 1, 1, 2, 2]);
        for _ in 0..joins {
            let (right, other) = self.relation(depth);
            let kinds = [
                Kind::Inner,
                Kind::Inner,
                Kind::Left,
                Kind::Left,
                Kind::Right,
                Kind::Full,
                Kind::Cross,
                Kind::Semi,
                Kind::Anti,
            ];
            let kind = self.pick(&kinds);
            let on = match kind {
                Kind::Cross => On::Nothing,
                _ => On::Expr(self.on(&scope, &other, depth)),
            };
            from = join(from, kind, right, on);
            if !matches!(kind, Kind::Semi | Kind::Anti) {
                scope = both(scope, other);
            }
        }
        (from, scope)
    }

    /// A join condition between two sides.
    pub fn on(&mut self, left: &Scope, right: &Scope, depth: usize) -> Expr {
        let on = match self.roll(12) {
            0 => literal(Value::Bool(self.one_in(3)), Ty::Bool),
            1 => self.cond(&both(left.clone(), right.clone()), depth.min(1)),
            roll => {
                let ty = self.pick(&[Ty::Int, Ty::Int, Ty::Int, Ty::Text, Ty::Date]);
                let (lefts, rights) = (left.of(ty), right.of(ty));
                if lefts.is_empty() || rights.is_empty() {
                    return literal(Value::Bool(true), Ty::Bool);
                }
                let l = self.pick(&lefts);
                let same = rights.iter().find(|seen| seen.name == l.name);
                let r = match same {
                    Some(same) if !self.one_in(3) => *same,
                    _ => self.pick(&rights),
                };
                let op = match roll {
                    2 => "IS NOT DISTINCT FROM",
                    3 => self.comparison(),
                    _ => "=",
                };
                compare(op, l.expr(), r.expr())
            }
        };
        if self.one_in(5) {
            let more = self.cond(&both(left.clone(), right.clone()), 0);
            return and(on, more);
        }
        on
    }

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

    fn column_of(&mut self, ty: Ty, scope: &Scope) -> Expr {
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
                1 => {
                    let numerals = scope.columns.iter().filter(|seen| seen.name == "n");
                    let numerals: Vec<&Seen> = numerals.collect();
                    match numerals.is_empty() {
                        true => of(self, Ty::Int),
                        false => cast(self.pick(&numerals).expr(), Ty::Text, Ty::Int),
                    }
                }
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

    pub fn ty(&mut self, scope: &Scope) -> Ty {
        let types: Vec<Ty> = scope.columns.iter().map(|seen| seen.ty).collect();
        if types.is_empty() {
            Ty::Int
        } else {
            self.pick(&types)
        }
    }

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
            let over = |order, frame| Over {
                partition,
                order,
                frame,
            };
            return match self.roll(3) {
                0 if !order.is_empty() => (windowed("rank", vec![], over(order, None)), Ty::Int),
                1 if !order.is_empty() => {
                    (windowed("dense_rank", vec![], over(order, None)), Ty::Int)
                }
                2 => (windowed("max", vec![of], over(Vec::new(), None)), ty),
                _ => (windowed("count", vec![], over(Vec::new(), None)), Ty::Int),
            };
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

pub fn windowed(name: &'static str, of: Vec<Expr>, over: Over) -> Expr {
    Expr::Window {
        name,
        of,
        ignore_nulls: false,
        only: None,
        over,
    }
}

/// What a derived relation offers.
pub fn offered(alias: &str, output: &Output) -> Scope {
    let columns = output.iter().map(|(name, ty)| Seen {
        of: alias.to_owned(),
        name: name.clone(),
        ty: *ty,
    });
    Scope {
        columns: columns.collect(),
        key: None,
        outer: Vec::new(),
    }
}

/// The columns of both sides of a join.
pub fn both(left: Scope, right: Scope) -> Scope {
    let key = match (left.key, right.key) {
        (Some(left), Some(right)) => Some(left.into_iter().chain(right).collect()),
        _ => None,
    };
    Scope {
        columns: left.columns.into_iter().chain(right.columns).collect(),
        key,
        outer: left.outer,
    }
}
