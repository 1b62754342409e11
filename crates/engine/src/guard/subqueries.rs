//! IN, NOT IN and EXISTS: where the engine's answer has two values, and should have three.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::common::Result;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{Expr as Planned, FetchType, LogicalPlan, SkipType};
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr,
    Query, SelectItem, SetExpr, Spanned, Statement, Value, Visit, Visitor, visit_expressions,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::refusal::Refusal;
use super::syntax::{bared, between};

/// The identity of an expression while its tree is walked.
pub(super) fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr).addr()
}

/// Notes the IN sub-queries of a condition whose answer is right where they stand.
pub(super) fn place(condition: &Expr, placed: &mut BTreeSet<usize>) {
    within(condition, true, placed);
    let _ = condition.visit(&mut Conditions { depth: 0, placed });
}

/// The conditions inside of an expression for which null is false: what they yield is never null.
/// Sub-queries are left out: they have conditions of their own.
struct Conditions<'a> {
    depth: usize,
    placed: &'a mut BTreeSet<usize>,
}

impl Visitor for Conditions<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::IsTrue(inner) | Expr::IsNotTrue(inner) => within(inner, false, self.placed),
            Expr::Case {
                operand: None,
                conditions,
                ..
            } => {
                for when in conditions {
                    within(&when.condition, false, self.placed);
                }
            }
            Expr::Function(function) => {
                if let Some(inner) = or_false(function) {
                    within(inner, false, self.placed);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// The first argument of `coalesce(…, false)`.
fn or_false(function: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let [
        FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(last))),
    ] = list.args.as_slice()
    else {
        return None;
    };
    let coalesce = function.name.to_string().eq_ignore_ascii_case("coalesce");
    (coalesce && last.value == Value::Boolean(false)).then_some(inner)
}

/// `alone`: nothing but AND stands above. Where null and false come to the same, IN is right; NOT
/// IN only alone.
fn within(condition: &Expr, alone: bool, placed: &mut BTreeSet<usize>) {
    let (inner, negated) = bared(condition);
    match inner {
        Expr::InSubquery { negated: not, .. } if alone || *not == negated => {
            placed.insert(address(inner));
        }
        Expr::BinaryOp { left, op, right } if !negated => {
            let alone = match op {
                BinaryOperator::And => alone,
                BinaryOperator::Or => false,
                _ => return,
            };
            within(left, alone, placed);
            within(right, alone, placed);
        }
        Expr::Case {
            operand: None,
            conditions,
            else_result,
            ..
        } if !negated => {
            let results = conditions.iter().map(|when| &when.result);
            for result in results.chain(else_result.as_deref()) {
                within(result, false, placed);
            }
        }
        _ => {}
    }
}

/// What is said of an IN that stands where null is not false.
pub(super) fn misplaced(expr: &Expr) -> Refusal {
    let name = match expr {
        Expr::InSubquery { negated: true, .. } => "not in",
        _ => "in",
    };
    Refusal {
        message: format!("`{name}` with a sub-query is false here where it should be null"),
        help: "make it a condition of its own in `where`, joined by `and`, or write `exists (select 1 from u where u.k = t.k)`, `not exists`, or a left join".to_owned(),
        span: span_of(expr),
    }
}

/// From the left side's end to the sub-query: the words themselves.
fn span_of(expr: &Expr) -> Span {
    match expr {
        Expr::InSubquery { expr, subquery, .. } => between(expr.span(), subquery.span()),
        other => other.span(),
    }
}

/// The sub-queries of a plan that the engine would answer wrongly.
pub(super) fn refused(plan: &LogicalPlan, statement: &Statement) -> Result<Option<Refusal>> {
    let mut found = None;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                found = match expr {
                    Planned::InSubquery(one) if one.negated => not_in(one, statement),
                    Planned::Not(inner) => match inner.as_ref() {
                        Planned::InSubquery(one) if !one.negated => not_in(one, statement),
                        _ => None,
                    },
                    Planned::Exists(one) => exists(one, statement),
                    _ => None,
                };
                Ok(match found {
                    Some(_) => TreeNodeRecursion::Stop,
                    None => TreeNodeRecursion::Continue,
                })
            })
        })
    })?;
    Ok(found)
}

fn not_in(one: &InSubquery, statement: &Statement) -> Option<Refusal> {
    let constant = one.expr.column_refs().is_empty();
    let message = if constant {
        "`not in` of a value that is the same for every row forgets the nulls of its sub-query"
    } else if !one.subquery.outer_ref_columns.is_empty() {
        "`not in` a sub-query that depends on the row forgets nulls"
    } else {
        return None;
    };
    let written = first(
        statement,
        |expr| matches!(expr, Expr::InSubquery { expr, .. } if !constant || is_constant(expr)),
    );
    let cure = written
        .as_ref()
        .and_then(|written| not_exists(one, written));
    let cure = cure.unwrap_or_else(|| {
        "not exists (select 1 from u where … and (u.k = t.k) is not false)".to_owned()
    });
    Some(Refusal {
        message: message.to_owned(),
        help: format!("write {cure}"),
        span: written.as_ref().map_or_else(Span::empty, span_of),
    })
}

/// The same condition without NOT IN: no row of the sub-query is equal, or may be.
fn not_exists(one: &InSubquery, written: &Expr) -> Option<String> {
    let Expr::InSubquery { expr, subquery, .. } = written else {
        return None;
    };
    let SetExpr::Select(select) = subquery.body.as_ref() else {
        return None;
    };
    let plain = matches!(select.group_by, GroupByExpr::Expressions(ref by, _) if by.is_empty())
        && select.having.is_none()
        && select.distinct.is_none()
        && subquery.limit_clause.is_none();
    let [SelectItem::UnnamedExpr(value)] = select.projection.as_slice() else {
        return None;
    };
    if !plain || value.to_string().contains('(') {
        return None;
    }
    // A bare name of the outer query might be one of the sub-query's there.
    let outer = match one.expr.as_ref() {
        Planned::Column(column) => column.flat_name(),
        _ => expr.to_string(),
    };
    let inner = match one.subquery.subquery.as_ref() {
        LogicalPlan::Projection(projection) => match projection.expr.as_slice() {
            [Planned::Column(column)] => column.flat_name(),
            _ => value.to_string(),
        },
        _ => value.to_string(),
    };
    let from: Vec<String> = select.from.iter().map(ToString::to_string).collect();
    let condition = match &select.selection {
        Some(condition) => format!("({condition}) and "),
        None => String::new(),
    };
    Some(format!(
        "not exists (select 1 from {} where {condition}({inner} = {outer}) is not false)",
        from.join(", ")
    ))
}

fn exists(one: &Exists, statement: &Statement) -> Option<Refusal> {
    let message = match root(&one.subquery.subquery)? {
        Root::OneRow => {
            "`exists` over an aggregate without `group by` asks for a row that is always there"
        }
        Root::Skips => "`exists` of a sub-query with `offset` or `limit 0` does not skip rows",
    };
    let help = match root(&one.subquery.subquery)? {
        Root::OneRow => {
            "ask for the rows themselves: exists (select 1 from u where u.k = t.k), or compare the count: (select count(*) from u where u.k = t.k) > 0"
        }
        Root::Skips => "count instead: (select count(*) from u where u.k = t.k) > 1",
    };
    let written = first(statement, |expr| matches!(expr, Expr::Exists { .. }));
    Some(Refusal {
        message: message.to_owned(),
        help: help.to_owned(),
        span: written.as_ref().map_or_else(Span::empty, span_of),
    })
}

enum Root {
    OneRow,
    Skips,
}

/// What decides how many rows a query has, looked for from its top.
fn root(plan: &LogicalPlan) -> Option<Root> {
    match plan {
        LogicalPlan::Aggregate(aggregate) => {
            aggregate.group_expr.is_empty().then_some(Root::OneRow)
        }
        LogicalPlan::Limit(limit) => {
            let skips = !matches!(limit.get_skip_type(), Ok(SkipType::Literal(0)));
            let none = matches!(limit.get_fetch_type(), Ok(FetchType::Literal(Some(0))));
            if skips || none {
                return Some(Root::Skips);
            }
            root(&limit.input)
        }
        LogicalPlan::Projection(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Union(_) => plan.inputs().into_iter().find_map(root),
        _ => None,
    }
}

fn is_constant(expr: &Expr) -> bool {
    let named = visit_expressions(expr, |expr| match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    named.is_continue()
}

/// The first expression of a kind as it is written.
fn first(statement: &Statement, is_it: impl Fn(&Expr) -> bool) -> Option<Expr> {
    let found = visit_expressions(statement, |expr| match is_it(expr) {
        true => ControlFlow::Break(expr.clone()),
        false => ControlFlow::Continue(()),
    });
    found.break_value()
}
