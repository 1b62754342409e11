//! A query in the words of DataFusion, SQLite and DuckDB, their differences levelled.

use super::ast::{Body, Expr, From, Kind, On, Over, Query, Select, To};
use super::tables::{Ty, Value, decimal, iso};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    DataFusion,
    Sqlite,
    DuckDb,
}

/// The query in a dialect; `None` where the dialect has no word for some part of it.
/// `bare`: parentheses are left out where the precedence of standard SQL allows.
pub fn render(query: &Query, dialect: Dialect, bare: bool) -> Option<String> {
    let mut writer = Writer {
        dialect,
        bare,
        unknown: false,
    };
    let sql = writer.query(query);
    (!writer.unknown).then_some(sql)
}

struct Writer {
    dialect: Dialect,
    bare: bool,
    unknown: bool,
}

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tight {
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Whole,
}

fn tight(expr: &Expr) -> Tight {
    match expr {
        Expr::Or(..) => Tight::Or,
        Expr::And(..) => Tight::And,
        Expr::Not(_) => Tight::Not,
        Expr::Compare(..) | Expr::Is(..) | Expr::Between(..) | Expr::InList(..) => Tight::Compare,
        Expr::Like(..) | Expr::InQuery(..) => Tight::Compare,
        Expr::Exists(_, true) => Tight::Not,
        Expr::Arith("+" | "-", ..) => Tight::Sum,
        Expr::Arith(..) => Tight::Product,
        Expr::Concat(..) => Tight::Compare,
        _ => Tight::Whole,
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Writer {
    fn lite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// Notes that SQLite has no word for this.
    fn not_lite(&mut self) {
        self.unknown |= self.lite();
    }

    fn query(&mut self, query: &Query) -> String {
        let mut sql = String::new();
        if !query.ctes.is_empty() {
            let ctes = query.ctes.iter();
            let ctes: Vec<_> = ctes
                .map(|(name, cte)| format!("{name} AS ({})", self.query(cte)))
                .collect();
            sql = format!("WITH {} ", ctes.join(", "));
        }
        match &query.body {
            Body::Select(select) => sql += &self.select(select),
            Body::Set {
                op,
                all,
                left,
                right,
            } => {
                if *all && *op != "UNION" {
                    self.not_lite();
                }
                let all = if *all { " ALL" } else { "" };
                let (left, right) = (self.query(left), self.query(right));
                sql += &format!("SELECT * FROM ({left}) l {op}{all} SELECT * FROM ({right}) r");
            }
        }
        let keys = query
            .order
            .iter()
            .enumerate()
            .map(|(at, (descends, first))| format!("{}{}", at + 1, order(*descends, *first)));
        let keys: Vec<_> = keys.collect();
        if !keys.is_empty() {
            sql += &format!(" ORDER BY {}", keys.join(", "));
        }
        if let Some(limit) = query.limit {
            sql += &format!(" LIMIT {limit}");
        }
        if let Some(offset) = query.offset {
            if query.limit.is_none() && self.lite() {
                sql += " LIMIT -1";
            }
            sql += &format!(" OFFSET {offset}");
        }
        sql
    }

    fn select(&mut self, select: &Select) -> String {
        let items = select.items.iter();
        let items: Vec<_> = items
            .map(|(item, name)| format!("{} AS {name}", self.expr(item)))
            .collect();
        let distinct = if select.distinct { "DISTINCT " } else { "" };
        let mut sql = format!("SELECT {distinct}{}", items.join(", "));
        if select.from != From::Nothing {
            sql += &format!(" FROM {}", self.from(&select.from));
        }
        if let Some(filter) = &select.filter {
            sql += &format!(" WHERE {}", self.expr(filter));
        }
        if !select.group.is_empty() {
            let keys: Vec<_> = select.group.iter().map(|key| self.expr(key)).collect();
            let keys = keys.join(", ");
            sql += &match select.sets {
                Some(sets) => {
                    self.not_lite();
                    format!(" GROUP BY {sets} ({keys})")
                }
                None => format!(" GROUP BY {keys}"),
            };
        }
        if let Some(having) = &select.having {
            sql += &format!(" HAVING {}", self.expr(having));
        }
        sql
    }

    fn from(&mut self, from: &From) -> String {
        match from {
            From::Nothing => String::new(),
            From::Table { name, alias } if name == alias => name.clone(),
            From::Table { name, alias } => format!("{name} AS {alias}"),
            From::Sub { query, alias } => format!("({}) AS {alias}", self.query(query)),
            From::Join {
                left,
                kind,
                right,
                on,
            } => {
                let word = match kind {
                    Kind::Inner => "JOIN",
                    Kind::Left => "LEFT JOIN",
                    Kind::Right => "RIGHT JOIN",
                    Kind::Full => "FULL JOIN",
                    Kind::Cross => "CROSS JOIN",
                    Kind::Semi | Kind::Anti => {
                        self.not_lite();
                        match (kind, self.dialect) {
                            (Kind::Semi, Dialect::DuckDb) => "SEMI JOIN",
                            (Kind::Semi, _) => "LEFT SEMI JOIN",
                            (_, Dialect::DuckDb) => "ANTI JOIN",
                            (..) => "LEFT ANTI JOIN",
                        }
                    }
                };
                let sql = format!("{} {word} {}", self.from(left), self.from(right));
                match on {
                    On::Nothing => sql,
                    On::Expr(on) => format!("{sql} ON {}", self.expr(on)),
                    On::Using(column) => format!("{sql} USING ({column})"),
                }
            }
        }
    }

    /// In parentheses, unless it holds together at least as tightly as `least`
    /// and parentheses may be left out.
    fn within(&mut self, expr: &Expr, least: Tight) -> String {
        let sql = self.expr(expr);
        let held = tight(expr);
        if held == Tight::Whole || self.bare && held >= least {
            sql
        } else {
            format!("({sql})")
        }
    }

    fn expr(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::Column { of: None, name } => name.clone(),
            Expr::Column { of: Some(of), name } => format!("{of}.{name}"),
            Expr::Literal(value, ty) => self.literal(value, *ty),
            Expr::Compare(op, l, r) => {
                let (l, r) = (self.within(l, Tight::Sum), self.within(r, Tight::Sum));
                format!("{l} {op} {r}")
            }
            Expr::And(l, r) => {
                let (l, r) = (self.within(l, Tight::And), self.within(r, Tight::Not));
                format!("{l} AND {r}")
            }
            Expr::Or(l, r) => {
                let (l, r) = (self.within(l, Tight::Or), self.within(r, Tight::And));
                format!("{l} OR {r}")
            }
            Expr::Not(e) => format!("NOT {}", self.within(e, Tight::Compare)),
            Expr::Is(e, how) => format!("{} IS {how}", self.within(e, Tight::Sum)),
            Expr::Arith(op, whole, l, r) => self.arith(op, *whole, l, r),
            Expr::Concat(l, r) => {
                let (l, r) = (self.within(l, Tight::Whole), self.within(r, Tight::Whole));
                format!("{l} || {r}")
            }
            Expr::Between(e, low, high, negated) => {
                let e = self.within(e, Tight::Sum);
                let (low, high) = (self.within(low, Tight::Sum), self.within(high, Tight::Sum));
                format!("{e} {}BETWEEN {low} AND {high}", not(*negated))
            }
            Expr::InList(e, list, negated) => {
                let list: Vec<_> = list.iter().map(|item| self.expr(item)).collect();
                let e = self.within(e, Tight::Sum);
                format!("{e} {}IN ({})", not(*negated), list.join(", "))
            }
            Expr::Like(e, pattern, negated) => {
                let e = self.within(e, Tight::Sum);
                format!("{e} {}LIKE '{pattern}'", not(*negated))
            }
            Expr::InQuery(e, query, negated) => {
                let e = self.within(e, Tight::Sum);
                format!("{e} {}IN ({})", not(*negated), self.query(query))
            }
            Expr::Exists(query, negated) => {
                format!("{}EXISTS ({})", not(*negated), self.query(query))
            }
            Expr::Scalar(query) => format!("({})", self.query(query)),
            Expr::Case(arms, rest) => self.case(arms, rest.as_deref()),
            Expr::Call(name, list) => self.call(name, list),
            Expr::Cast {
                what,
                from,
                to,
                tried,
            } => self.cast(what, *from, *to, *tried),
            Expr::Aggregate { .. } => self.aggregate(expr),
            Expr::Window { .. } => self.window(expr),
        }
    }

    fn literal(&mut self, value: &Value, ty: Ty) -> String {
        if ty == Ty::Decimal {
            self.not_lite();
        }
        match value {
            Value::Null => format!("CAST(NULL AS {})", self.type_name(To::Ty(ty))),
            Value::Int(value) if *value < 0 => format!("({value})"),
            Value::Int(value) => value.to_string(),
            Value::Float(value) if !value.is_finite() => {
                self.not_lite();
                format!("CAST('{value}' AS double)")
            }
            Value::Float(value) if *value < 0.0 => format!("({value:e})"),
            Value::Float(value) => format!("{value:e}"),
            Value::Text(value) => format!("'{value}'"),
            Value::Bool(value) => value.to_string(),
            Value::Date(days) if self.lite() => format!("'{}'", iso(*days)),
            Value::Date(days) => format!("DATE '{}'", iso(*days)),
            Value::Decimal(value) => format!("CAST('{}' AS decimal(10, 2))", decimal(*value)),
        }
    }

    fn arith(&mut self, op: &str, whole: bool, l: &Expr, r: &Expr) -> String {
        let (left, right) = match op {
            "+" => (Tight::Sum, Tight::Product),
            "-" => (Tight::Sum, Tight::Product),
            _ => (Tight::Product, Tight::Whole),
        };
        let (l, r) = (self.within(l, left), self.within(r, right));
        match (op, self.dialect) {
            ("/", Dialect::DuckDb) if whole => format!("{l} // {r}"),
            _ => format!("{l} {op} {r}"),
        }
    }

    fn case(&mut self, arms: &[(Expr, Expr)], rest: Option<&Expr>) -> String {
        let arms = arms
            .iter()
            .map(|(when, then)| format!("WHEN {} THEN {}", self.expr(when), self.expr(then)));
        let mut sql = format!("CASE {}", arms.collect::<Vec<_>>().join(" "));
        if let Some(rest) = rest {
            sql += &format!(" ELSE {}", self.expr(rest));
        }
        sql + " END"
    }

    fn call(&mut self, name: &str, list: &[Expr]) -> String {
        let args: Vec<_> = list.iter().map(|arg| self.expr(arg)).collect();
        let args = args.join(", ");
        match (name, self.dialect) {
            ("greatest" | "least", Dialect::Sqlite) => {
                self.unknown = true;
                args
            }
            ("year", Dialect::Sqlite) => format!("CAST(strftime('%Y', {args}) AS integer)"),
            ("year", _) => format!("extract(year FROM {args})"),
            ("month", Dialect::Sqlite) => format!("date({args}, 'start of month')"),
            ("month", _) => format!("CAST(date_trunc('month', {args}) AS date)"),
            // DuckDB drops a grouping by an expression that it cannot tell from the column.
            _ => format!("{name}({args})"),
        }
    }

    fn type_name(&mut self, to: To) -> &'static str {
        match (to, self.lite()) {
            (To::Ty(Ty::Int), false) => "bigint",
            (To::Ty(Ty::Int | Ty::Bool), true) => "integer",
            (To::Ty(Ty::Float), false) => "double",
            (To::Ty(Ty::Float), true) => "real",
            (To::Ty(Ty::Text), false) => "varchar",
            (To::Ty(Ty::Text | Ty::Date), true) => "text",
            (To::Ty(Ty::Bool), false) => "boolean",
            (To::Ty(Ty::Date), false) => "date",
            (To::Ty(Ty::Decimal), _) => {
                self.not_lite();
                "decimal(10, 2)"
            }
            (To::Small, _) => {
                self.not_lite();
                "smallint"
            }
            (To::Whole, _) => {
                self.not_lite();
                "decimal(10, 0)"
            }
        }
    }

    fn cast(&mut self, what: &Expr, from: Ty, to: To, tried: bool) -> String {
        if tried || from == Ty::Decimal {
            self.not_lite();
        }
        let word = if tried { "TRY_CAST" } else { "CAST" };
        let mut what = self.expr(what);
        let whole = matches!(to, To::Ty(Ty::Int) | To::Small);
        if self.dialect == Dialect::DuckDb && whole && matches!(from, Ty::Float | Ty::Decimal) {
            what = format!("trunc({what})");
        }
        format!("{word}({what} AS {})", self.type_name(to))
    }

    fn only(&mut self, only: &Option<Box<Expr>>) -> String {
        match only {
            Some(only) => format!(" FILTER (WHERE {})", self.expr(only)),
            None => String::new(),
        }
    }

    fn aggregate(&mut self, expr: &Expr) -> String {
        let Expr::Aggregate {
            name,
            distinct,
            of,
            only,
            order: by,
        } = expr
        else {
            return String::new();
        };
        let mut of = match of {
            Some(of) => self.expr(of),
            None => "*".to_owned(),
        };
        if *distinct {
            of = format!("DISTINCT {of}");
        }
        if *name == "string_agg" {
            of += ", '-'";
        }
        if let Some(by) = by {
            of += &format!(" ORDER BY {} ASC NULLS LAST", self.expr(by));
        }
        format!("{name}({of}){}", self.only(only))
    }

    fn window(&mut self, expr: &Expr) -> String {
        let Expr::Window {
            name,
            of,
            ignore_nulls,
            only,
            over,
        } = expr
        else {
            return String::new();
        };
        if *ignore_nulls {
            self.not_lite();
        }
        let of: Vec<_> = of.iter().map(|arg| self.expr(arg)).collect();
        let of = match (of.is_empty(), *name) {
            (true, "count") => "*".to_owned(),
            _ => of.join(", "),
        };
        let ignored = if *ignore_nulls { " IGNORE NULLS" } else { "" };
        let only = self.only(only);
        let over = self.over(over);
        match self.dialect {
            Dialect::DuckDb => format!("{name}({of}{ignored}){only} OVER ({over})"),
            _ => format!("{name}({of}){only}{ignored} OVER ({over})"),
        }
    }

    fn over(&mut self, over: &Over) -> String {
        let mut parts = Vec::new();
        if !over.partition.is_empty() {
            let keys: Vec<_> = over.partition.iter().map(|key| self.expr(key)).collect();
            parts.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        if !over.order.is_empty() {
            let keys = over.order.iter();
            let keys: Vec<_> = keys
                .map(|(key, descends, first)| {
                    format!("{}{}", self.expr(key), order(*descends, *first))
                })
                .collect();
            parts.push(format!("ORDER BY {}", keys.join(", ")));
        }
        parts.extend(over.frame.map(str::to_owned));
        parts.join(" ")
    }
}

fn order(descends: bool, nulls_first: bool) -> String {
    let way = if descends { "DESC" } else { "ASC" };
    let nulls = if nulls_first { "FIRST" } else { "LAST" };
    format!(" {way} NULLS {nulls}")
}
