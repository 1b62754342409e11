//! Logical rules that are held back from the plans that they break.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, NullEquality, Result};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::{conjunction, merge_schema, split_conjunction_owned};
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, lit};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

type Rule = Arc<dyn OptimizerRule + Send + Sync>;

/// DataFusion's rules, those that break plans held back from them.
pub(super) fn held_back(rules: Vec<Rule>) -> Vec<Rule> {
    let guard = |rule: Rule| -> Rule {
        let (breaks, before): (Breaks, Before) = match rule.name() {
            "push_down_filter" => (above_one_row, literals_last),
            "eliminate_cross_join" => (matches_nulls, Transformed::no),
            "extract_equijoin_predicate" => (adds_to_null_safe, Transformed::no),
            _ => return rule,
        };
        Arc::new(HeldBack {
            rule,
            breaks,
            before,
        })
    };
    rules.into_iter().map(guard).collect()
}

type Breaks = fn(&LogicalPlan) -> bool;
type Before = fn(LogicalPlan) -> Transformed<LogicalPlan>;

/// A rule that leaves alone the plans that it breaks, and finds others as it can take them.
#[derive(Debug)]
struct HeldBack {
    rule: Rule,
    breaks: Breaks,
    before: Before,
}

impl OptimizerRule for HeldBack {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        if (self.breaks)(&plan) {
            return Ok(Transformed::no(plan));
        }
        (self.before)(plan).transform_data(|plan| self.rule.rewrite(plan, config))
    }
}

/// A filter right above an aggregate that yields a row though there is none to read: without
/// GROUP BY, or with an empty grouping set. A condition without columns would be pushed below it,
/// and one on a grouping column would be asked before the grouping sets made it null.
fn above_one_row(plan: &LogicalPlan) -> bool {
    let LogicalPlan::Filter(filter) = plan else {
        return false;
    };
    let mut below = filter.input.as_ref();
    while let LogicalPlan::Filter(filter) = below {
        below = filter.input.as_ref();
    }
    match below {
        LogicalPlan::Aggregate(aggregate) => match aggregate.group_expr.as_slice() {
            [] => true,
            [group, ..] => matches!(group, Expr::GroupingSet(_)),
        },
        _ => false,
    }
}

/// A join that matches nulls: joins in a chain are put together anew as if none did.
fn matches_nulls(plan: &LogicalPlan) -> bool {
    let mut found = false;
    // The closure never fails, so neither does the walk.
    let _ = plan.apply(|node| {
        if let LogicalPlan::Join(join) = node
            && join.null_equality == NullEquality::NullEqualsNull
        {
            found = true;
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    found
}

/// A join by IS NOT DISTINCT FROM with a condition beside it: one by `=` would match nulls as well.
fn adds_to_null_safe(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Join(join)
        if join.null_equality == NullEquality::NullEqualsNull && join.filter.is_some())
}

/// Comparisons of a literal with a column, turned about: beside `k = 3` the push-down takes `3 = k` for
/// a contradiction, and `5 > k` for no more than `k <= 5`.
fn literals_last(plan: LogicalPlan) -> Transformed<LogicalPlan> {
    match plan {
        LogicalPlan::Filter(mut filter) => {
            let turned = turned(filter.predicate);
            filter.predicate = turned.data;
            Transformed::new(
                LogicalPlan::Filter(filter),
                turned.transformed,
                TreeNodeRecursion::Continue,
            )
        }
        LogicalPlan::Join(mut join) => {
            let turned = join.filter.take().map(turned);
            let is_turned = turned.as_ref().is_some_and(|it| it.transformed);
            join.filter = turned.map(|it| it.data);
            Transformed::new(
                LogicalPlan::Join(join),
                is_turned,
                TreeNodeRecursion::Continue,
            )
        }
        other => Transformed::no(other),
    }
}

fn turned(condition: Expr) -> Transformed<Expr> {
    let mut some = false;
    let conditions = split_conjunction_owned(condition).into_iter();
    let conditions = conditions.map(|condition| match condition {
        Expr::BinaryExpr(it) if matches!(*it.left, Expr::Literal(..)) => {
            if let Some(op) = it
                .op
                .swap()
                .filter(|_| matches!(*it.right, Expr::Column(_)))
            {
                some = true;
                return Expr::BinaryExpr(BinaryExpr::new(it.right, op, it.left));
            }
            Expr::BinaryExpr(it)
        }
        other => other,
    });
    let conditions: Vec<Expr> = conditions.collect();
    // A conjunction has one part at least.
    let condition = conjunction(conditions).unwrap_or_else(|| lit(true));
    Transformed::new(condition, some, TreeNodeRecursion::Continue)
}

type Rewrite = dyn Fn(Expr, &DFSchema) -> Result<Transformed<Expr>>;

/// Rewrites every expression of an analysed plan; the columns keep their names.
pub(super) fn each_expression(plan: LogicalPlan, rewrite: &Rewrite) -> Result<LogicalPlan> {
    rewritten(plan, rewrite, false)
}

/// As [`each_expression`], where expressions may change their types.
pub(super) fn each_expression_retyped(plan: LogicalPlan, rewrite: &Rewrite) -> Result<LogicalPlan> {
    rewritten(plan, rewrite, true)
}

fn rewritten(plan: LogicalPlan, rewrite: &Rewrite, retyped: bool) -> Result<LogicalPlan> {
    let plan = plan.transform_up_with_subqueries(|plan| {
        let mut schema = merge_schema(&plan.inputs());
        if let LogicalPlan::TableScan(scan) = &plan {
            let table = scan.table_name.clone();
            let whole = DFSchema::try_from_qualified_schema(table, &scan.source.schema())?;
            schema.merge(&whole);
        }
        let names = NamePreserver::new(&plan);
        let rewritten = plan.map_expressions(|expr| {
            let name = names.save(&expr);
            let expr = rewrite(expr, &schema)?;
            Ok(expr.update_data(|expr| name.restore(expr)))
        })?;
        match retyped || rewritten.transformed {
            true => rewritten.map_data(LogicalPlan::recompute_schema),
            false => Ok(rewritten),
        }
    })?;
    Ok(plan.data)
}
