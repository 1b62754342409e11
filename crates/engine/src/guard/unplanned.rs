//! Sub-queries that SQL allows and the engine has no operators for: where they stand, and the form that works.

use std::ops::{ControlFlow, Range};
use std::sync::LazyLock;

use datafusion::functions_aggregate::all_default_aggregate_functions;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, GroupByExpr, JoinConstraint, JoinOperator, OrderByKind, Query, Select,
    SelectItem, SetExpr, Spanned, TableFactor, Visit, Visitor,
};

use lockgate_core::error::Text;
use lockgate_core::project::sql;

/// What is said of a query in place of the engine's words.
#[derive(Debug)]
pub struct Unplanned {
    pub message: &'static str,
    pub help: String,
    pub place: Range<usize>,
}

/// Why the engine could not plan a query, if it is a sub-query that it has no operators for.
pub fn unplanned(message: &str, text: &Text) -> Option<Unplanned> {
    let fault = Fault::of(message)?;
    let query = sql::parse(text).ok()?.query;
    let mut all = Collector::default();
    let _ = query.visit(&mut all);
    let found = fault.found(&all.found)?;
    Some(Unplanned {
        message: fault.message(found),
        help: fault.help(found),
        place: place(text, &found.expr),
    })
}

/// What the engine cannot plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Exists,
    In,
    Scalar,
    /// It names a row of a query that is not the one around it.
    Far,
}

/// The clause that a sub-query stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Column,
    Condition,
    On,
    Other,
}

/// A sub-query that is an expression.
struct Found {
    expr: Expr,
    clause: Clause,
    /// Whether an aggregate, its FILTER or a window stands around it.
    gathered: bool,
    depth: usize,
    /// The SELECT that it stands in.
    of: Box<Select>,
}

impl Fault {
    fn of(message: &str) -> Option<Self> {
        let of = |words: &[&str]| words.iter().any(|word| message.contains(word));
        Some(match message {
            _ if of(&["does not support logical expression Exists("]) => Self::Exists,
            _ if of(&["does not support logical expression InSubquery("]) => Self::In,
            _ if of(&["'__correlated_sq", "'__scalar_sq"]) => Self::Far,
            _ if of(&[
                "does not support logical expression ScalarSubquery(",
                "orrelated scalar subquery",
            ]) =>
            {
                Self::Scalar
            }
            _ => return None,
        })
    }

    /// The first sub-query that it can be about.
    fn found(self, all: &[Found]) -> Option<&Found> {
        let alike = |found: &&Found| match self {
            Self::Exists => matches!(found.expr, Expr::Exists { .. }),
            Self::In => matches!(found.expr, Expr::InSubquery { .. }),
            Self::Scalar => matches!(found.expr, Expr::Subquery(_)),
            Self::Far => true,
        };
        let alike = || all.iter().filter(alike);
        if self == Self::Far {
            // One in ON is as far from the row as one within a sub-query.
            let on = alike().find(|found| found.clause == Clause::On && found.depth == 0);
            return on.or_else(|| alike().max_by_key(|found| found.depth));
        }
        let bad = |found: &&Found| match self {
            Self::Scalar => {
                found.gathered || found.clause == Clause::Other || !found.is_aggregate()
            }
            _ => found.gathered || found.clause != Clause::Condition,
        };
        alike().find(bad).or_else(|| alike().next())
    }

    fn message(self, found: &Found) -> &'static str {
        match self {
            Self::Exists => "EXISTS can stand in a condition of WHERE or HAVING only",
            Self::In => "IN with a sub-query can stand in a condition of WHERE or HAVING only",
            Self::Far if found.clause == Clause::On => {
                "a sub-query in ON cannot name a row of the join"
            }
            Self::Far => {
                "a sub-query can name the row of the query around it, and of none further out"
            }
            Self::Scalar if found.gathered => {
                "a sub-query that names the row cannot stand within an aggregate or a window"
            }
            Self::Scalar if found.clause == Clause::Other || found.clause == Clause::On => {
                "a sub-query that names the row cannot stand here"
            }
            Self::Scalar if found.is_aggregate() => {
                "a sub-query for one value can name the row by `=` only"
            }
            Self::Scalar => "a sub-query for one value of the row must be an aggregate",
        }
    }

    fn help(self, found: &Found) -> String {
        let Some(form) = found.form() else {
            return "join the query in place of it, grouped by what it names of the row".to_owned();
        };
        let plain = !found.gathered && found.clause == Clause::Column;
        match self {
            Self::Far if found.clause != Clause::On => {
                "join the outer table once more into the query between, under a name of its own, and name that".to_owned()
            }
            Self::Scalar if plain || found.clause == Clause::Condition => match found.is_aggregate() {
                true => found.joined(),
                false => format!("write `{form}`"),
            },
            _ if plain => format!("write `{form}`"),
            _ => found.before(&form),
        }
    }
}

impl Found {
    fn query(&self) -> Option<&Query> {
        match &self.expr {
            Expr::Exists { subquery, .. }
            | Expr::InSubquery { subquery, .. }
            | Expr::Subquery(subquery) => Some(subquery),
            _ => None,
        }
    }

    fn select(&self) -> Option<&Select> {
        match self.query()?.body.as_ref() {
            SetExpr::Select(select) => Some(select),
            _ => None,
        }
    }

    /// Whether it is an aggregate of all its rows, so that it yields one.
    fn is_aggregate(&self) -> bool {
        let plain = self
            .query()
            .is_some_and(|query| query.limit_clause.is_none());
        let aggregates = self.select().is_some_and(|select| {
            let whole =
                matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
            whole && gathers(&select.projection)
        });
        plain && aggregates
    }

    /// The same question as an aggregate.
    fn form(&self) -> Option<String> {
        let select = self.select()?;
        let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
        if grouped || select.having.is_some() || select.distinct.is_some() {
            return None;
        }
        let rows = |column: String| {
            let from: Vec<String> = select.from.iter().map(ToString::to_string).collect();
            let filter = select.selection.iter();
            let filter: String = filter.map(|filter| format!(" where {filter}")).collect();
            format!("(select {column} from {}{filter})", from.join(", "))
        };
        let value = match select.projection.as_slice() {
            [SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. }] => {
                Some(value)
            }
            _ => None,
        };
        Some(match &self.expr {
            Expr::Exists { negated, .. } => {
                let sign = if *negated { "=" } else { ">" };
                format!("{} {sign} 0", rows("count(*)".to_owned()))
            }
            Expr::Subquery(_) if self.is_aggregate() => rows(value?.to_string()),
            Expr::Subquery(query) => match query.order_by.as_ref().map(|order| &order.kind) {
                Some(OrderByKind::Expressions(order)) => {
                    let order: Vec<String> = order.iter().map(ToString::to_string).collect();
                    rows(format!(
                        "first_value({} order by {})",
                        value?,
                        order.join(", ")
                    ))
                }
                _ => rows(format!("max({})", value?)),
            },
            _ => return None,
        })
    }

    /// To have it computed where it can be, and to use that.
    fn before(&self, form: &str) -> String {
        let table = match self.of.from.as_slice() {
            [from] if from.joins.is_empty() => match &from.relation {
                TableFactor::Table { name, alias, .. } => {
                    let last = name.0.last().map(ToString::to_string);
                    alias.as_ref().map(|alias| alias.name.to_string()).or(last)
                }
                _ => None,
            },
            _ => None,
        };
        match table {
            Some(name) => format!(
                "compute it in a query before: `from (select {name}.*, {form} as found from {}) as {name}`, and write \
                 `found` here",
                self.of.from[0].relation
            ),
            None => format!(
                "compute `{form}` as a column of a query before, and write that column here"
            ),
        }
    }

    /// To join it, and to gather the rows.
    fn joined(&self) -> String {
        let of = self.select().map(|select| {
            let from: Vec<String> = select.from.iter().map(ToString::to_string).collect();
            let filter = select.selection.as_ref().map(ToString::to_string);
            format!("{} on {}", from.join(", "), filter.unwrap_or_default())
        });
        format!(
            "join it: `left join {}`, grouped by the columns of the row",
            of.unwrap_or_default()
        )
    }
}

/// Whether an aggregate is called anywhere in it, windows apart.
fn gathers(sql: &impl Visit) -> bool {
    struct Calls;
    impl Visitor for Calls {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::Function(function) if function.over.is_none() && is_aggregate(function) => {
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        }
    }
    sql.visit(&mut Calls).is_break()
}

fn is_aggregate(function: &Function) -> bool {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let all = all_default_aggregate_functions().into_iter();
        let names = all.flat_map(|function| {
            let aliases = function.aliases().iter().cloned();
            let names: Vec<String> = aliases.chain([function.name().to_owned()]).collect();
            names
        });
        names.collect()
    });
    let name = function.name.to_string().to_lowercase();
    NAMES.contains(&name)
}

/// Where a sub-query stands: from its keyword on.
fn place(text: &Text, expr: &Expr) -> Range<usize> {
    let range = sql::range(text, expr.span());
    let before = text.text.get(..range.start).unwrap_or_default();
    let start = match expr {
        Expr::Exists { .. } => before.to_lowercase().rfind("exists"),
        Expr::Subquery(_) => before.rfind('('),
        _ => None,
    };
    start.unwrap_or(range.start)..range.end
}

/// Finds the sub-queries that are expressions, each with the clause that it stands in.
#[derive(Default)]
struct Collector {
    found: Vec<Found>,
    depth: usize,
}

impl Visitor for Collector {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let (SetExpr::Select(select), Some(order)) = (query.body.as_ref(), &query.order_by) {
            self.collect(order, Clause::Other, select);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.collect(&select.projection, Clause::Column, select);
        let conditions = [&select.selection, &select.having, &select.qualify];
        for condition in conditions.into_iter().flatten() {
            self.collect(condition, Clause::Condition, select);
        }
        self.collect(&select.group_by, Clause::Other, select);
        for join in select.from.iter().flat_map(|from| &from.joins) {
            if let Some(condition) = on(&join.join_operator) {
                self.collect(condition, Clause::On, select);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.depth += usize::from(is_subquery(expr));
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.depth -= usize::from(is_subquery(expr));
        ControlFlow::Continue(())
    }
}

impl Collector {
    /// Those of one clause, not those within them.
    fn collect(&mut self, clause: &impl Visit, kind: Clause, select: &Select) {
        let mut level = Level::default();
        let _ = clause.visit(&mut level);
        let depth = self.depth;
        self.found
            .extend(level.found.into_iter().map(|(expr, gathered)| Found {
                expr,
                clause: kind,
                gathered,
                depth,
                of: Box::new(select.clone()),
            }));
    }
}

/// The sub-queries of one level, and whether an aggregate or a window stands around each.
#[derive(Default)]
struct Level {
    within: usize,
    gathering: usize,
    found: Vec<(Expr, bool)>,
}

impl Visitor for Level {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if is_subquery(expr) {
            if self.within == 0 {
                self.found.push((expr.clone(), self.gathering > 0));
            }
            self.within += 1;
        }
        self.gathering += usize::from(is_gathering(expr));
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.within -= usize::from(is_subquery(expr));
        self.gathering -= usize::from(is_gathering(expr));
        ControlFlow::Continue(())
    }
}

fn is_subquery(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Exists { .. } | Expr::InSubquery { .. } | Expr::Subquery(_)
    )
}

fn is_gathering(expr: &Expr) -> bool {
    match expr {
        Expr::Function(function) => function.over.is_some() || is_aggregate(function),
        _ => false,
    }
}

fn on(join: &JoinOperator) -> Option<&Expr> {
    let (JoinOperator::Join(constraint)
    | JoinOperator::Inner(constraint)
    | JoinOperator::Left(constraint)
    | JoinOperator::LeftOuter(constraint)
    | JoinOperator::Right(constraint)
    | JoinOperator::RightOuter(constraint)
    | JoinOperator::FullOuter(constraint)) = join
    else {
        return None;
    };
    match constraint {
        JoinConstraint::On(condition) => Some(condition),
        _ => None,
    }
}
