//! Shapes that are told by the syntax alone.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    JoinConstraint, JoinOperator, NullTreatment, Query, Select, SelectItem, SetExpr, SetOperator,
    SetQuantifier, Spanned, TableFactor, UnaryOperator, Value, Visit, Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use lockgate_core::project::sql;

use super::refusal::Refusal;
use super::{ignored, subqueries};

/// The first shape in a statement or an expression that the engine would answer wrongly; `scalar`
/// says whether a name is that of a function of one row.
pub(super) fn refused(sql: &impl Visit, scalar: &dyn Fn(&str) -> bool) -> Option<Refusal> {
    let mut shapes = Shapes {
        well_placed: BTreeSet::new(),
        scalar,
    };
    match sql.visit(&mut shapes) {
        ControlFlow::Break(refusal) => Some(refusal),
        ControlFlow::Continue(()) => None,
    }
}

struct Shapes<'a> {
    /// The IN sub-queries that stand where their answer is right, by their addresses.
    well_placed: BTreeSet<usize>,
    scalar: &'a dyn Fn(&str) -> bool,
}

impl Visitor for Shapes<'_> {
    type Break = Refusal;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refusal> {
        broken(all_of_a_set(&query.body).or_else(|| ignored::of_query(query)))
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<Refusal> {
        broken(ignored::of_table(table))
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Refusal> {
        let conditions = [&select.selection, &select.having, &select.qualify];
        for condition in conditions.into_iter().flatten() {
            subqueries::place(condition, &mut self.well_placed);
        }
        broken(shared_key(select).or_else(|| ignored::of_select(select)))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Refusal> {
        broken(match expr {
            Expr::Function(function) => {
                far_over_nulls(function).or_else(|| ignored::of_call(function, self.scalar))
            }
            Expr::InSubquery { .. } if !self.well_placed.contains(&subqueries::address(expr)) => {
                Some(subqueries::misplaced(expr))
            }
            Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right)
                if sql::is_logical(right) =>
            {
                Some(Refusal {
                    message: sql::OVERREACH.to_owned(),
                    help: "write (a is distinct from b) or c".to_owned(),
                    span: right.span(),
                })
            }
            _ => ignored::of_expression(expr),
        })
    }
}

fn broken(refusal: Option<Refusal>) -> ControlFlow<Refusal> {
    refusal.map_or(ControlFlow::Continue(()), ControlFlow::Break)
}

/// The stretch between two parts of a query.
pub(super) fn between(left: Span, right: Span) -> Span {
    Span::new(left.end, right.start)
}

/// EXCEPT ALL and INTERSECT ALL, which keep or drop equal rows together.
fn all_of_a_set(body: &SetExpr) -> Option<Refusal> {
    let SetExpr::SetOperation {
        op,
        set_quantifier,
        left,
        right,
    } = body
    else {
        return None;
    };
    let counts = matches!(
        set_quantifier,
        SetQuantifier::All | SetQuantifier::AllByName
    );
    let name = match op {
        SetOperator::Except | SetOperator::Minus => "except",
        SetOperator::Intersect => "intersect",
        SetOperator::Union => return all_of_a_set(left).or_else(|| all_of_a_set(right)),
    };
    if !counts {
        return all_of_a_set(left).or_else(|| all_of_a_set(right));
    }
    Some(Refusal {
        message: format!(
            "`{name} all` does not count equal rows: the engine keeps or drops them together"
        ),
        help: format!(
            "number equal rows on both sides, and compare with the number: \
             select k, row_number() over (partition by k) from t {name} select k, row_number() over (partition by k) from u"
        ),
        span: between(left.span(), right.span()),
    })
}

/// LEAD and LAG over more than one row that leave nulls out.
fn far_over_nulls(function: &Function) -> Option<Refusal> {
    let name = function.name.to_string().to_lowercase();
    if !["lead", "lag"].contains(&name.as_str()) {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let inside = list.clauses.iter().any(|clause| {
        matches!(
            clause,
            FunctionArgumentClause::IgnoreOrRespectNulls(NullTreatment::IgnoreNulls)
        )
    });
    if !inside && function.null_treatment != Some(NullTreatment::IgnoreNulls) {
        return None;
    }
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(rows)) = list.args.get(1)? else {
        return None;
    };
    let near = matches!(rows, Expr::Value(value)
        if matches!(&value.value, Value::Number(n, _) if ["0", "1"].contains(&n.as_str())));
    (!near).then(|| Refusal {
        message: format!("`{name}` over more than one row with `ignore nulls` stops at a gap"),
        help: format!(
            "leave the nulls out first: {name}(v, 2) over (order by …) in a query `where v is not null`, joined back by its key"
        ),
        span: rows.span(),
    })
}

/// A key of USING that is named without its table though the left side may have no row.
fn shared_key(select: &Select) -> Option<Refusal> {
    for from in &select.from {
        let mut keys: Vec<String> = Vec::new();
        for join in &from.joins {
            let (outer, constraint) = match &join.join_operator {
                JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => {
                    ("right", constraint)
                }
                JoinOperator::FullOuter(constraint) => ("full", constraint),
                JoinOperator::Join(constraint)
                | JoinOperator::Inner(constraint)
                | JoinOperator::Left(constraint)
                | JoinOperator::LeftOuter(constraint) => ("", constraint),
                _ => continue,
            };
            let names = match constraint {
                JoinConstraint::Using(names) => names,
                JoinConstraint::Natural if !outer.is_empty() => {
                    return Some(one_side("the shared columns", outer, join.relation.span()));
                }
                _ => continue,
            };
            let last = names.iter().filter_map(|name| name.0.last()?.as_ident());
            for name in last {
                let folded = name.value.to_lowercase();
                if keys.contains(&folded) {
                    return Some(one_side(&name.value, "full", name.span));
                }
                if !outer.is_empty() {
                    keys.push(folded);
                }
            }
        }
        if let Some(refusal) = unqualified(select, &keys) {
            return Some(refusal);
        }
    }
    None
}

fn one_side(key: &str, outer: &str, span: Span) -> Refusal {
    Refusal {
        message: format!(
            "`{key}` is null in the rows that only the other side of the {outer} join has"
        ),
        help: "join on a.k = b.k, and write coalesce(a.k, b.k) for the key".to_owned(),
        span,
    }
}

fn unqualified(select: &Select, keys: &[String]) -> Option<Refusal> {
    if keys.is_empty() {
        return None;
    }
    let stars = select.projection.iter();
    let star = stars
        .filter(|item| matches!(item, SelectItem::Wildcard(_)))
        .map(Spanned::span)
        .next();
    if let Some(span) = star {
        return Some(one_side(&keys[0], "outer", span));
    }
    let mut uses = Uses {
        keys,
        depth: 0,
        found: None,
    };
    let _ = select.projection.visit(&mut uses);
    let _ = select.selection.visit(&mut uses);
    let _ = select.group_by.visit(&mut uses);
    let _ = select.having.visit(&mut uses);
    let _ = select.qualify.visit(&mut uses);
    let found = uses.found?;
    Some(one_side(&found.value, "outer", found.span))
}

/// Looks for a bare name, sub-queries left out: they have names of their own.
struct Uses<'a> {
    keys: &'a [String],
    depth: usize,
    found: Option<Ident>,
}

impl Visitor for Uses<'_> {
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
        match expr {
            Expr::Identifier(name)
                if self.depth == 0 && self.keys.contains(&name.value.to_lowercase()) =>
            {
                self.found = Some(name.clone());
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The expression in parentheses, or after NOT.
pub(super) fn bared(expr: &Expr) -> (&Expr, bool) {
    match expr {
        Expr::Nested(inner) => bared(inner),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => {
            let (inner, negated) = bared(expr);
            (inner, !negated)
        }
        other => (other, false),
    }
}
