//! Days and moments are counted in microseconds, as they are stored.
//!
//! DataFusion counts nanoseconds, which end in 2262: where a date meets a timestamp, in `now()`, `to_timestamp`,
//! `date_trunc` of a date, `date_bin`. Two moments that are one as stored would be two before, and
//! 9999-12-31 an error, or null.

mod bin;
mod columns;
mod parse;
mod trunc;
mod unix;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue, exec_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::expr::{Cast, ScalarFunction, TryCast};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::rules::each_expression_retyped;

const UTC: &str = "UTC";

/// Functions whose arguments are made to match.
const OF_ONE_TYPE: [&str; 7] = [
    "coalesce",
    "greatest",
    "least",
    "make_array",
    "nullif",
    "nvl",
    "nvl2",
];

fn micros(zone: Option<Arc<str>>) -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, zone)
}

/// The functions in place of the engine's of the same names.
pub(super) fn register(ctx: &SessionContext) -> Result<()> {
    ctx.register_udf(ScalarUDF::from(Now::new()));
    parse::register(ctx);
    trunc::register(ctx)?;
    bin::register(ctx);
    unix::register(ctx)?;
    let state = ctx.state_ref();
    state.write().register_expr_planner(Arc::new(Reckoned))
}

/// A date beside a timestamp becomes one while the query is planned; a date plus hours as well, which
/// the engine would leave out.
#[derive(Debug)]
struct Reckoned;

impl ExprPlanner for Reckoned {
    fn plan_binary_op(
        &self,
        raw: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        let RawBinaryExpr { op, left, right } = raw;
        let adds = matches!(op, BinaryOperator::Plus | BinaryOperator::Minus);
        let mut sides = [left, right];
        level(sides.each_mut(), schema);
        let [mut left, mut right] = sides;
        if adds && has_hours(&right, schema) && is_date(&left, schema) {
            left = cast(left, micros(None));
        }
        if adds && has_hours(&left, schema) && is_date(&right, schema) {
            right = cast(right, micros(None));
        }
        Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }))
    }
}

fn is_date(expr: &Expr, schema: &DFSchema) -> bool {
    let kind = expr.get_type(schema);
    kind.is_ok_and(|kind| matches!(kind, DataType::Date32 | DataType::Date64))
}

/// An interval that is not known to be of whole days.
fn has_hours(expr: &Expr, schema: &DFSchema) -> bool {
    match expr {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(it)), _) => it.nanoseconds != 0,
        Expr::Literal(ScalarValue::IntervalYearMonth(_), _) => false,
        Expr::Negative(inner) => has_hours(inner, schema),
        _ => {
            let kind = expr.get_type(schema);
            kind.is_ok_and(|kind| matches!(kind, DataType::Interval(_) | DataType::Duration(_)))
        }
    }
}

/// Where dates stand among timestamps they become timestamps.
fn level<'a>(sides: impl IntoIterator<Item = &'a mut Expr>, schema: &DFSchema) -> bool {
    let mut zone = None;
    let mut dates = Vec::new();
    for side in sides {
        match side.get_type(schema) {
            Ok(DataType::Date32 | DataType::Date64) => dates.push(side),
            Ok(DataType::Timestamp(_, its)) => zone = zone.or(Some(its)),
            _ => {}
        }
    }
    let (Some(zone), false) = (zone, dates.is_empty()) else {
        return false;
    };
    for date in dates {
        *date = cast(std::mem::take(date), micros(zone.clone()));
    }
    true
}

/// Casts to nanoseconds, and dates among timestamps, before the engine makes types match.
#[derive(Debug)]
pub(super) struct Microseconds;

impl AnalyzerRule for Microseconds {
    fn name(&self) -> &str {
        "microseconds"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let plan = each_expression_retyped(plan, &coarse)?;
        Ok(plan.transform_up_with_subqueries(columns::level)?.data)
    }
}

pub(super) fn coarse(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        Ok(match expr {
            Expr::Cast(it) => match coarser(&it.field) {
                Some(field) => Transformed::yes(Expr::Cast(Cast {
                    expr: it.expr,
                    field,
                })),
                None => Transformed::no(Expr::Cast(it)),
            },
            Expr::TryCast(it) => match coarser(&it.field) {
                Some(field) => Transformed::yes(Expr::TryCast(TryCast {
                    expr: it.expr,
                    field,
                })),
                None => Transformed::no(Expr::TryCast(it)),
            },
            Expr::ScalarFunction(it) => of_text(it, schema),
            Expr::InSubquery(it) => columns::level_members(it, schema)?,
            other => levelled(other, schema),
        })
    })
}

/// A text that `date_part` or `extract` reads becomes a timestamp before it would be one of nanoseconds.
fn of_text(mut it: ScalarFunction, schema: &DFSchema) -> Transformed<Expr> {
    if it.name() == "date_part"
        && let [_, of] = it.args.as_mut_slice()
        && of.get_type(schema).is_ok_and(|kind| kind.is_string())
    {
        *of = cast(std::mem::take(of), micros(None));
        return Transformed::yes(Expr::ScalarFunction(it));
    }
    levelled(Expr::ScalarFunction(it), schema)
}

fn coarser(field: &FieldRef) -> Option<FieldRef> {
    let DataType::Timestamp(TimeUnit::Nanosecond, zone) = field.data_type() else {
        return None;
    };
    let kind = micros(zone.clone());
    Some(field.as_ref().clone().with_data_type(kind).into())
}

fn zone_of(kind: &DataType) -> Option<Arc<str>> {
    match kind {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    }
}

fn levelled(mut expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let some = match &mut expr {
        Expr::BinaryExpr(it) => level([&mut *it.left, &mut *it.right], schema),
        Expr::Between(it) => level([&mut *it.expr, &mut *it.low, &mut *it.high], schema),
        Expr::InList(it) => {
            let list = it.list.iter_mut();
            level(list.chain([&mut *it.expr]), schema)
        }
        Expr::Case(it) => {
            let (mut whens, mut thens) = (Vec::new(), Vec::new());
            for (when, then) in &mut it.when_then_expr {
                whens.push(&mut **when);
                thens.push(&mut **then);
            }
            whens.extend(it.expr.as_deref_mut());
            thens.extend(it.else_expr.as_deref_mut());
            let operands = level(whens, schema);
            level(thens, schema) || operands
        }
        Expr::ScalarFunction(it) if OF_ONE_TYPE.contains(&it.name()) => level(&mut it.args, schema),
        _ => false,
    };
    match some {
        true => Transformed::yes(expr),
        false => Transformed::no(expr),
    }
}

/// `now()`, in microseconds.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Now {
    signature: Signature,
    aliases: Vec<String>,
}

impl Now {
    fn new() -> Self {
        Self {
            signature: Signature::nullary(Volatility::Stable),
            aliases: vec!["current_timestamp".to_owned()],
        }
    }
}

impl ScalarUDFImpl for Now {
    fn name(&self) -> &str {
        "now"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(micros(Some(UTC.into())))
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Field::new("now", micros(Some(UTC.into())), false).into())
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let Some(now) = info.query_execution_start_time() else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let now = ScalarValue::TimestampMicrosecond(Some(now.timestamp_micros()), Some(UTC.into()));
        Ok(ExprSimplifyResult::Simplified(Expr::Literal(now, None)))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!("now() is known before a query runs")
    }
}
