//! Columns of dates and of timestamps that meet: in UNION, in EXCEPT, INTERSECT and USING, in IN with a sub-query.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Union, cast};

use super::micros;

/// Dates beside timestamps become timestamps, in the inputs of a UNION and in the keys of a join.
pub(super) fn level(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match plan {
        LogicalPlan::Union(union) => level_union(union),
        LogicalPlan::Join(mut join) => {
            let (left, right) = (join.left.schema().clone(), join.right.schema().clone());
            let mut some = false;
            for (a, b) in &mut join.on {
                let (of_a, of_b) = (a.get_type(&left)?, b.get_type(&right)?);
                if let Some(kind) = met(&of_a, &of_b) {
                    *a = cast(std::mem::take(a), kind);
                    some = true;
                } else if let Some(kind) = met(&of_b, &of_a) {
                    *b = cast(std::mem::take(b), kind);
                    some = true;
                }
            }
            Ok(match some {
                true => Transformed::yes(LogicalPlan::Join(join)),
                false => Transformed::no(LogicalPlan::Join(join)),
            })
        }
        other => Ok(Transformed::no(other)),
    }
}

/// What a date becomes beside a timestamp.
fn met(date: &DataType, moment: &DataType) -> Option<DataType> {
    match (date, moment) {
        (DataType::Date32 | DataType::Date64, DataType::Timestamp(_, zone)) => {
            Some(micros(zone.clone()))
        }
        _ => None,
    }
}

fn level_union(union: Union) -> Result<Transformed<LogicalPlan>> {
    let wanted: Vec<Option<DataType>> = (0..union.schema.fields().len())
        .map(|at| {
            let kinds = union.inputs.iter();
            let kinds = kinds.filter_map(|input| input.schema().fields().get(at));
            let mut kinds = kinds.map(|field| field.data_type());
            kinds.find_map(|kind| met(&DataType::Date32, kind))
        })
        .collect();
    let mut some = false;
    let mut inputs = Vec::with_capacity(union.inputs.len());
    for input in &union.inputs {
        let (levelled, is_new) = level_input(input, &wanted)?;
        some |= is_new;
        inputs.push(levelled);
    }
    Ok(match some {
        true => Transformed::yes(LogicalPlan::Union(Union::try_new_with_loose_types(inputs)?)),
        false => Transformed::no(LogicalPlan::Union(union)),
    })
}

fn level_input(
    input: &Arc<LogicalPlan>,
    wanted: &[Option<DataType>],
) -> Result<(Arc<LogicalPlan>, bool)> {
    let mut some = false;
    let columns: Vec<Expr> = input
        .schema()
        .iter()
        .zip(wanted)
        .map(|((qualifier, field), wanted)| {
            let column = Expr::from((qualifier, field));
            let date = matches!(field.data_type(), DataType::Date32 | DataType::Date64);
            match wanted {
                Some(kind) if date => {
                    some = true;
                    cast(column, kind.clone()).alias_qualified(qualifier.cloned(), field.name())
                }
                _ => column,
            }
        })
        .collect();
    if !some {
        return Ok((input.clone(), false));
    }
    let plan = LogicalPlanBuilder::from(input.as_ref().clone());
    Ok((Arc::new(plan.project(columns)?.build()?), true))
}

/// `x in (select …)` of a date and timestamps, or of a timestamp and dates.
pub(super) fn level_members(mut it: InSubquery, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (outer, inner) = (
        it.expr.get_type(schema)?,
        it.subquery.subquery.schema().field(0).data_type().clone(),
    );
    if let Some(kind) = met(&outer, &inner) {
        it.expr = Box::new(cast(*it.expr, kind));
    } else if let Some(kind) = met(&inner, &outer) {
        let (plan, _) = level_input(&it.subquery.subquery, &[Some(kind)])?;
        it.subquery = it.subquery.with_plan(plan);
    } else {
        return Ok(Transformed::no(Expr::InSubquery(it)));
    }
    Ok(Transformed::yes(Expr::InSubquery(it)))
}
