//! Conditions that hold sub-queries, in a form that the engine answers as SQL means it.
//!
//! The engine takes IN for a condition of two values wherever it is not a conjunct of its own, and
//! cannot ask it within an aggregate. So the question "is it true?" is carried down to the parts, where
//! each IN becomes an EXISTS, which has two values:
//!
//! ```text
//! x IN (S) is true      EXISTS (a value of S = x)
//! x IN (S) is false     no value of S = x, and none is null, nor x; or S is empty
//! ```

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Ident, Query, Select, SelectItem, SetExpr, Spanned,
    UnaryOperator, Visit, Visitor, visit_expressions, visit_expressions_mut,
};

use crate::error::Text;

use super::{Fragment, fragment, range};

/// A condition that the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It asks the row alone, or does not parse.
    OfRow,
    /// It asks other rows too: SQL that is true where the condition is, and false elsewhere.
    OfTables(String),
    /// It asks other rows in a form that cannot be judged: what is wrong with it, and where.
    Unfit(&'static str, Range<usize>),
}

/// What kind of condition a SQL text is; `table` is what the rows asked about are called in it, as SQL.
pub fn condition(sql: &str, table: &str) -> Condition {
    let expr = match fragment(sql) {
        Ok(Fragment::Expression(expr)) => *expr,
        Ok(Fragment::Query(query)) => Expr::Subquery(query),
        Err(_) => return Condition::OfRow,
    };
    if !asks_tables(&expr) {
        return Condition::OfRow;
    }
    let mut reader = Reader { table, unfit: None };
    let truth = reader.is(&expr, true);
    match reader.unfit {
        None => Condition::OfTables(truth),
        Some((why, part)) => Condition::Unfit(why, range(&Text::new("", sql), part.span())),
    }
}

/// Whether SQL holds a sub-query.
pub fn asks_tables(sql: &impl Visit) -> bool {
    let found = visit_expressions(sql, |expr| match expr {
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

/// What the values of an IN are called; no column of the user's is called so.
const TABLE: &str = "\"lockgate in\"";
const VALUE: &str = "\"lockgate value\"";
const COLUMN: &str = "\"lockgate in\".\"lockgate value\"";

const BELOW: &str = "IN and EXISTS may be joined by AND, OR and NOT, and may not stand within another expression; ANY and ALL may not stand here";
const COMPLEX: &str = "this IN names the row asked about, and its query is more than SELECT … FROM … WHERE: write EXISTS";

struct Reader<'a> {
    table: &'a str,
    unfit: Option<(&'static str, Expr)>,
}

impl Reader<'_> {
    /// SQL that is true where `expr` is `wanted`, and false elsewhere, null included.
    fn is(&mut self, expr: &Expr, wanted: bool) -> String {
        match expr {
            Expr::Nested(inner) => self.is(inner, wanted),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => self.is(expr, !wanted),
            Expr::BinaryOp {
                left,
                op: op @ (BinaryOperator::And | BinaryOperator::Or),
                right,
            } => {
                let and = (*op == BinaryOperator::And) == wanted;
                let (left, right) = (self.is(left, wanted), self.is(right, wanted));
                format!("({left} {} {right})", if and { "AND" } else { "OR" })
            }
            Expr::IsTrue(inner) => self.has(inner, true, wanted),
            Expr::IsNotTrue(inner) => self.has(inner, true, !wanted),
            Expr::IsFalse(inner) => self.has(inner, false, wanted),
            Expr::IsNotFalse(inner) => self.has(inner, false, !wanted),
            Expr::Exists { subquery, negated } => exists(subquery, *negated != wanted),
            Expr::InSubquery {
                expr,
                subquery,
                negated,
            } => self.within(expr, subquery, *negated != wanted),
            _ => self.leaf(expr, wanted),
        }
    }

    /// Whether `expr` has the truth value `truth`, which is itself true or false.
    fn has(&mut self, expr: &Expr, truth: bool, wanted: bool) -> String {
        let found = self.is(expr, truth);
        match wanted {
            true => found,
            false => format!("(NOT {found})"),
        }
    }

    fn leaf(&mut self, expr: &Expr, wanted: bool) -> String {
        let mut seeker = Seeker::default();
        if let ControlFlow::Break(part) = expr.visit(&mut seeker) {
            self.unfit.get_or_insert((BELOW, part));
        }
        format!("(({expr}) IS {})", if wanted { "TRUE" } else { "FALSE" })
    }

    /// Whether a value is in a query's only column; or is certainly not in it.
    fn within(&mut self, value: &Expr, query: &Query, inside: bool) -> String {
        if asks_tables(value) {
            self.unfit.get_or_insert((BELOW, value.clone()));
        }
        if self.names_row(query) {
            return self.within_correlated(value, query, inside);
        }
        let rows = format!("FROM ({query}) AS {TABLE}({VALUE})");
        let found = format!("EXISTS (SELECT 1 {rows} WHERE {COLUMN} = ({value}))");
        match inside {
            true => format!("({found})"),
            false => format!(
                "(NOT {found} AND ((SELECT count(*) {rows}) = 0 OR (({value}) IS NOT NULL \
                 AND (SELECT count(*) {rows} WHERE {COLUMN} IS NULL) = 0)))"
            ),
        }
    }

    fn within_correlated(&mut self, value: &Expr, query: &Query, inside: bool) -> String {
        let Some((select, column)) = plain(query) else {
            self.unfit.get_or_insert((COMPLEX, value.clone()));
            return String::new();
        };
        let value = self.qualified(value);
        let from: Vec<String> = select.from.iter().map(ToString::to_string).collect();
        let mut head = format!("SELECT 1 FROM {} WHERE ", from.join(", "));
        if let Some(filter) = &select.selection {
            head.push_str(&format!("({filter}) AND "));
        }
        let found = format!("EXISTS ({head}({column}) = ({value}))");
        match inside {
            true => format!("({found})"),
            false => format!(
                "(NOT {found} AND NOT EXISTS ({head}(({column}) IS NULL OR ({value}) IS NULL)))"
            ),
        }
    }

    /// Whether a query names a column of the row asked about, by the table.
    fn names_row(&self, query: &Query) -> bool {
        let table = parts(self.table).pop().unwrap_or_default();
        let found = visit_expressions(query, |expr| match expr {
            Expr::CompoundIdentifier(parts) if parts.len() > 1 => {
                let place = parts.len() - 2;
                match super::fold(&parts[place]) == table {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            }
            _ => ControlFlow::Continue(()),
        });
        found.is_break()
    }

    /// The value with its columns named by the table, so that no column of the sub-query hides them.
    fn qualified(&self, value: &Expr) -> Expr {
        let table = parts(self.table).into_iter();
        let table: Vec<Ident> = table.map(|part| Ident::with_quote('"', part)).collect();
        let mut value = value.clone();
        let _ = visit_expressions_mut(&mut value, |expr| {
            if let Expr::Identifier(name) = expr {
                let name = std::iter::once(name.clone());
                *expr = Expr::CompoundIdentifier(table.iter().cloned().chain(name).collect());
            }
            ControlFlow::<()>::Continue(())
        });
        value
    }
}

/// Finds what cannot stand below a condition's AND, OR and NOT, sub-queries not looked into.
#[derive(Default)]
struct Seeker {
    depth: usize,
}

impl Visitor for Seeker {
    type Break = Expr;

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<Expr> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Expr> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Expr> {
        let unfit = match expr {
            Expr::InSubquery { .. } | Expr::Exists { .. } => true,
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => {
                matches!(right.as_ref(), Expr::Subquery(_))
            }
            _ => false,
        };
        match unfit && self.depth == 0 {
            true => ControlFlow::Break(expr.clone()),
            false => ControlFlow::Continue(()),
        }
    }
}

/// The parts of a table's name in SQL, without quotes.
fn parts(table: &str) -> Vec<String> {
    let read = super::relations(&format!("SELECT * FROM {table}"));
    read.into_iter()
        .next()
        .map_or_else(Vec::new, |read| read.parts)
}
fn exists(query: &Query, wanted: bool) -> String {
    match wanted {
        true => format!("(EXISTS ({query}))"),
        false => format!("(NOT EXISTS ({query}))"),
    }
}

/// The SELECT of a query that is nothing else, and its only column.
fn plain(query: &Query) -> Option<(&Select, &Expr)> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    let whole = query.with.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && select.having.is_none()
        && select.top.is_none()
        && matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let column = match select.projection.as_slice() {
        [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] => expr,
        _ => return None,
    };
    // An aggregate without GROUP BY is one row of its own.
    let calls = visit_expressions(column, |expr| match expr {
        Expr::Function(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    (whole && calls.is_continue()).then_some((select, column))
}
