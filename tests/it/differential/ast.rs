//! Queries as typed trees, which every dialect is written from and which shrink.

use super::tables::{Ty, Value};

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub ctes: Vec<(String, Query)>,
    pub body: Body,
    /// By every output column in order, which makes ties equal rows: for each whether it descends and has nulls first.
    pub order: Vec<(bool, bool)>,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Select(Box<Select>),
    /// UNION, EXCEPT or INTERSECT.
    Set {
        op: &'static str,
        all: bool,
        left: Box<Query>,
        right: Box<Query>,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    pub distinct: bool,
    pub items: Vec<(Expr, String)>,
    pub from: From,
    pub filter: Option<Expr>,
    pub group: Vec<Expr>,
    /// ROLLUP or CUBE around the grouping.
    pub sets: Option<&'static str>,
    pub having: Option<Expr>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum From {
    #[default]
    Nothing,
    Table {
        name: String,
        alias: String,
    },
    Sub {
        query: Box<Query>,
        alias: String,
    },
    Join {
        left: Box<From>,
        kind: Kind,
        right: Box<From>,
        on: On,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Inner,
    Left,
    Right,
    Full,
    Cross,
    Semi,
    Anti,
}

#[derive(Clone, Debug, PartialEq)]
pub enum On {
    Nothing,
    Expr(Expr),
    Using(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    pub partition: Vec<Expr>,
    pub order: Vec<(Expr, bool, bool)>,
    pub frame: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Column {
        of: Option<String>,
        name: String,
    },
    Literal(Value, Ty),
    /// A comparison, IS [NOT] DISTINCT FROM among them.
    Compare(&'static str, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// IS NULL, IS NOT TRUE and the like.
    Is(Box<Expr>, &'static str),
    /// Of whole numbers, or not.
    Arith(&'static str, bool, Box<Expr>, Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    InList(Box<Expr>, Vec<Expr>, bool),
    Like(Box<Expr>, String, bool),
    InQuery(Box<Expr>, Box<Query>, bool),
    Exists(Box<Query>, bool),
    Scalar(Box<Query>),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Call(&'static str, Vec<Expr>),
    Cast {
        what: Box<Expr>,
        from: Ty,
        to: To,
        tried: bool,
    },
    Aggregate {
        name: &'static str,
        distinct: bool,
        of: Option<Box<Expr>>,
        only: Option<Box<Expr>>,
        /// The order of a `string_agg`.
        order: Option<Box<Expr>>,
    },
    Window {
        name: &'static str,
        of: Vec<Expr>,
        ignore_nulls: bool,
        only: Option<Box<Expr>>,
        over: Over,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Ty(Ty),
    Small,
    /// `decimal(10, 0)`.
    Whole,
}

pub fn literal(value: Value, ty: Ty) -> Expr {
    Expr::Literal(value, ty)
}

pub fn int(value: i64) -> Expr {
    literal(Value::Int(value), Ty::Int)
}

pub fn text(value: &str) -> Expr {
    literal(Value::Text(value.to_owned()), Ty::Text)
}

pub fn column(of: &str, name: &str) -> Expr {
    let of = (!of.is_empty()).then(|| of.to_owned());
    Expr::Column {
        of,
        name: name.to_owned(),
    }
}

pub fn compare(op: &'static str, left: Expr, right: Expr) -> Expr {
    Expr::Compare(op, Box::new(left), Box::new(right))
}

pub fn and(left: Expr, right: Expr) -> Expr {
    Expr::And(Box::new(left), Box::new(right))
}

pub fn or(left: Expr, right: Expr) -> Expr {
    Expr::Or(Box::new(left), Box::new(right))
}

pub fn is(what: Expr, how: &'static str) -> Expr {
    Expr::Is(Box::new(what), how)
}

pub fn aggregate(name: &'static str, of: Option<Expr>) -> Expr {
    Expr::Aggregate {
        name,
        distinct: false,
        of: of.map(Box::new),
        only: None,
        order: None,
    }
}

pub fn cast(what: Expr, from: Ty, to: Ty) -> Expr {
    Expr::Cast {
        what: Box::new(what),
        from,
        to: To::Ty(to),
        tried: false,
    }
}

pub fn table(name: &str, alias: &str) -> From {
    From::Table {
        name: name.to_owned(),
        alias: alias.to_owned(),
    }
}

pub fn join(left: From, kind: Kind, right: From, on: On) -> From {
    From::Join {
        left: Box::new(left),
        kind,
        right: Box::new(right),
        on,
    }
}

pub fn sub(query: Query, alias: &str) -> From {
    From::Sub {
        query: Box::new(query),
        alias: alias.to_owned(),
    }
}

impl std::convert::From<Select> for Query {
    fn from(select: Select) -> Self {
        Self {
            ctes: Vec::new(),
            body: Body::Select(Box::new(select)),
            order: Vec::new(),
            limit: None,
            offset: None,
        }
    }
}

/// A step into a tree: whatever may hold expressions or queries of its own.
pub enum Part<'a> {
    Query(&'a mut Query),
    Select(&'a mut Select),
    From(&'a mut From),
    Expr(&'a mut Expr),
}

impl Part<'_> {
    /// Visits this part and all below it, parents first; what a visit put in place is visited too.
    pub fn walk(self, visit: &mut dyn FnMut(&mut Part<'_>)) {
        let mut part = self;
        visit(&mut part);
        match part {
            Part::Query(query) => {
                for (_, cte) in &mut query.ctes {
                    Part::Query(cte).walk(visit);
                }
                match &mut query.body {
                    Body::Select(select) => Part::Select(select).walk(visit),
                    Body::Set { left, right, .. } => {
                        Part::Query(left).walk(visit);
                        Part::Query(right).walk(visit);
                    }
                }
            }
            Part::Select(select) => {
                Part::From(&mut select.from).walk(visit);
                let items = select.items.iter_mut().map(|(item, _)| item);
                let rest = select.filter.iter_mut().chain(&mut select.group);
                for expr in items.chain(rest).chain(&mut select.having) {
                    Part::Expr(expr).walk(visit);
                }
            }
            Part::From(from) => match from {
                From::Sub { query, .. } => Part::Query(query).walk(visit),
                From::Join {
                    left, right, on, ..
                } => {
                    Part::From(left).walk(visit);
                    Part::From(right).walk(visit);
                    if let On::Expr(expr) = on {
                        Part::Expr(expr).walk(visit);
                    }
                }
                From::Nothing | From::Table { .. } => {}
            },
            Part::Expr(expr) => {
                match expr {
                    Expr::InQuery(_, query, _) | Expr::Exists(query, _) | Expr::Scalar(query) => {
                        Part::Query(query).walk(visit);
                    }
                    _ => {}
                }
                for kid in expr.kids() {
                    Part::Expr(kid).walk(visit);
                }
            }
        }
    }
}

impl Expr {
    /// The expressions right below; those within sub-queries are not among them.
    pub fn kids(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Column { .. } | Self::Literal(..) | Self::Exists(..) | Self::Scalar(_) => vec![],
            Self::Compare(_, l, r)
            | Self::And(l, r)
            | Self::Or(l, r)
            | Self::Concat(l, r)
            | Self::Arith(_, _, l, r) => vec![l, r],
            Self::Not(e) | Self::Is(e, _) | Self::Like(e, ..) | Self::InQuery(e, ..) => vec![e],
            Self::Between(e, low, high, _) => vec![e, low, high],
            Self::InList(e, list, _) => std::iter::once(&mut **e).chain(list).collect(),
            Self::Case(arms, rest) => {
                let arms = arms.iter_mut().flat_map(|(when, then)| [when, then]);
                arms.chain(rest.as_deref_mut()).collect()
            }
            Self::Call(_, list) => list.iter_mut().collect(),
            Self::Cast { what, .. } => vec![what],
            Self::Aggregate {
                of, only, order, ..
            } => [of, only, order]
                .into_iter()
                .filter_map(|e| e.as_deref_mut())
                .collect(),
            Self::Window { of, only, over, .. } => {
                let order = over.order.iter_mut().map(|(key, ..)| key);
                let keys = over.partition.iter_mut().chain(order);
                of.iter_mut()
                    .chain(only.as_deref_mut())
                    .chain(keys)
                    .collect()
            }
        }
    }
}
