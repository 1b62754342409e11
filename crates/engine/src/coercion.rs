//! Comparisons of a text with a value of another type, which the engine would make by reading every text as
//! one: '02' would be 2, and '2.0' an error in the middle of a run.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{
    DFSchema, DataFusionError, Diagnostic, Result, Span, plan_datafusion_err,
};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, Operator};

use lockgate_core::contract::Type;

/// Refuses a plan, as it was written, that compares a text with a number, a date, or true and false.
///
/// A text that is written as a literal is read once, before any row, and may stand.
pub(super) fn refuse_mixed(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        let mut schema = DFSchema::empty();
        for input in node.inputs() {
            schema.merge(input.schema());
        }
        if let LogicalPlan::Join(join) = node {
            for (left, right) in &join.on {
                mixed(left, right, &schema)?;
            }
        }
        for expr in node.expressions() {
            expr.apply(|part| {
                compared(part, &schema)?;
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

fn compared(expr: &Expr, schema: &DFSchema) -> Result<()> {
    match expr {
        Expr::BinaryExpr(it) if compares(it.op) => mixed(&it.left, &it.right, schema),
        Expr::Between(it) => {
            mixed(&it.expr, &it.low, schema)?;
            mixed(&it.expr, &it.high, schema)
        }
        Expr::InList(it) => it
            .list
            .iter()
            .try_for_each(|one| mixed(&it.expr, one, schema)),
        Expr::Case(it) => match &it.expr {
            None => Ok(()),
            Some(of) => it
                .when_then_expr
                .iter()
                .try_for_each(|(when, _)| mixed(of, when, schema)),
        },
        Expr::InSubquery(it) => match it.subquery.subquery.schema().fields().first() {
            None => Ok(()),
            Some(field) => {
                let left = family(&it.expr, schema);
                refuse(left, Type::of(field.data_type()), (&it.expr, &it.expr))
            }
        },
        _ => Ok(()),
    }
}

fn compares(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

fn mixed(left: &Expr, right: &Expr, schema: &DFSchema) -> Result<()> {
    refuse(family(left, schema), family(right, schema), (left, right))
}

/// The family of an expression; `None` where the plan does not tell, or it is a text literal.
fn family(expr: &Expr, schema: &DFSchema) -> Option<Type> {
    let family = Type::of(&expr.get_type(schema).ok()?)?;
    let literal = matches!(expr, Expr::Literal(..));
    (!(literal && family == Type::Text)).then_some(family)
}

fn refuse(left: Option<Type>, right: Option<Type>, (a, b): (&Expr, &Expr)) -> Result<()> {
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(());
    };
    if (left == Type::Text) == (right == Type::Text) {
        return Ok(());
    }
    let (text, other, kind) = match left {
        Type::Text => (a, b, right),
        _ => (b, a, left),
    };
    let name = |expr: &Expr| match expr {
        Expr::Column(column) => format!("`{}`", column.name),
        Expr::Literal(value, _) => value.to_string(),
        _ => "the other side".to_owned(),
    };
    let named = match text {
        Expr::Column(column) => column.name.clone(),
        _ => "…".to_owned(),
    };
    let what = match text {
        Expr::Column(_) => format!("{} is text", name(text)),
        _ => "a text".to_owned(),
    };
    let and = if matches!(text, Expr::Column(_)) {
        ", and"
    } else {
        ""
    };
    let message = format!(
        "{what}{and} is compared with {}, which is {}",
        name(other),
        kind.as_str()
    );
    let help = format!("cast it: cast({named} as {})", sql_name(kind));
    let help = match other {
        Expr::Literal(value, _) => format!("{help}, or write a text: '{value}'"),
        _ => help,
    };
    let error: DataFusionError = plan_datafusion_err!("{message}");
    let place = place(text).or_else(|| place(other));
    Err(error.with_diagnostic(Diagnostic::new_error(message, place).with_help(help, None)))
}

fn sql_name(kind: Type) -> &'static str {
    match kind {
        Type::Int => "bigint",
        Type::Float => "double",
        Type::Decimal => "decimal(18, 2)",
        Type::Bool => "boolean",
        Type::Date => "date",
        Type::Timestamp => "timestamp",
        Type::Text | Type::List => "varchar",
    }
}

/// Where the first column of an expression is named.
fn place(expr: &Expr) -> Option<Span> {
    let mut found = None;
    // The closure never fails, so neither does the walk.
    let _ = expr.apply(|part| {
        if let Expr::Column(column) = part {
            found = found.or(column.spans().first());
        }
        Ok(TreeNodeRecursion::Continue)
    });
    found
}
