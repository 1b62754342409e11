//! A whole number beside a float is compared as it is.
//!
//! DataFusion makes a float of it first, which beyond 2^53 (of a `real`, 2^24) is another number:
//! 9007199254740993 = 9007199254740992.0 would be true.

mod members;

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, NullEquality, Result, ScalarValue, exec_err};
use datafusion::logical_expr::expr::{Between, Cast, InList, ScalarFunction};
use datafusion::logical_expr::utils::disjunction;
use datafusion::logical_expr::{
    BinaryExpr, Case, ColumnarValue, Expr, ExprSchemable, LogicalPlan, Operator, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast, lit, not, when,
};
use datafusion::optimizer::AnalyzerRule;

use super::rules::each_expression;

/// From here on floats leave whole numbers out.
const GAPS: f64 = 9_007_199_254_740_992.0;

#[derive(Debug)]
pub(super) struct Exact;

impl AnalyzerRule for Exact {
    fn name(&self) -> &str {
        "exact_comparisons"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let plan = each_expression(plan, &exact)?;
        Ok(plan.transform_up_with_subqueries(keys)?.data)
    }
}

pub(super) fn exact(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        Ok(match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if orders(op) => {
                match compared(&left, op, &right, schema) {
                    Some(call) => Transformed::yes(call),
                    None => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
                }
            }
            Expr::Between(it) => between(it, schema),
            Expr::InList(it) => in_list(it, schema),
            Expr::Case(it) => case(it, schema),
            Expr::InSubquery(it) => members::of(it, schema)?,
            Expr::ScalarFunction(it) if it.name() == "nullif" => nullif(it, schema)?,
            other => Transformed::no(other),
        })
    })
}

fn orders(op: Operator) -> bool {
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

fn between(it: Between, schema: &DFSchema) -> Transformed<Expr> {
    let side = |op, bound: &Expr| {
        let plain = || Expr::BinaryExpr(BinaryExpr::new(it.expr.clone(), op, bound.clone().into()));
        let call = compared(&it.expr, op, bound, schema);
        (call.is_some(), call.unwrap_or_else(plain))
    };
    let (low, above) = side(Operator::GtEq, &it.low);
    let (high, below) = side(Operator::LtEq, &it.high);
    match (low || high, it.negated) {
        (false, _) => Transformed::no(Expr::Between(it)),
        (true, false) => Transformed::yes(above.and(below)),
        (true, true) => Transformed::yes(not(above.and(below))),
    }
}

fn in_list(it: InList, schema: &DFSchema) -> Transformed<Expr> {
    let one = |value: &Expr| {
        let plain = || it.expr.as_ref().clone().eq(value.clone());
        let call = compared(&it.expr, Operator::Eq, value, schema);
        (call.is_some(), call.unwrap_or_else(plain))
    };
    let (some, ones): (Vec<bool>, Vec<Expr>) = it.list.iter().map(one).unzip();
    match disjunction(ones).filter(|_| some.contains(&true)) {
        None => Transformed::no(Expr::InList(it)),
        Some(any) if it.negated => Transformed::yes(not(any)),
        Some(any) => Transformed::yes(any),
    }
}

/// `case x when …` as `case when x = … then …`, where one of them is told exactly.
fn case(it: Case, schema: &DFSchema) -> Transformed<Expr> {
    let Some(of) = it.expr.as_deref().filter(|of| !of.is_volatile()) else {
        return Transformed::no(Expr::Case(it));
    };
    let one = |when: &Expr| {
        let plain = || of.clone().eq(when.clone());
        let call = compared(of, Operator::Eq, when, schema);
        (call.is_some(), call.unwrap_or_else(plain))
    };
    let whens = it.when_then_expr.iter().map(|(when, _)| one(when));
    let (some, ones): (Vec<bool>, Vec<Expr>) = whens.unzip();
    if !some.contains(&true) {
        return Transformed::no(Expr::Case(it));
    }
    let thens = it.when_then_expr.into_iter().map(|(_, then)| then);
    let pairs = ones.into_iter().map(Box::new).zip(thens).collect();
    Transformed::yes(Expr::Case(Case::new(None, pairs, it.else_expr)))
}

fn nullif(it: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let equal = match it.args.as_slice() {
        [value, other] if !value.is_volatile() => compared(value, Operator::Eq, other, schema),
        _ => None,
    };
    let Some(equal) = equal else {
        return Ok(Transformed::no(Expr::ScalarFunction(it)));
    };
    let kept = when(equal.is_not_true(), it.args[0].clone()).end()?;
    Ok(Transformed::yes(kept))
}

/// Keys of a join that are equal as floats need not be equal: a condition beside them asks.
fn keys(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Join(mut join) = plan else {
        return Ok(Transformed::no(plan));
    };
    let equal = match join.null_equality {
        NullEquality::NullEqualsNothing => Operator::Eq,
        NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
    };
    let conditions: Vec<Expr> = join
        .on
        .iter()
        .filter_map(|(left, right)| {
            let schema = join.left.schema().join(join.right.schema()).ok()?;
            compared(left, equal, right, &schema)
        })
        .collect();
    if conditions.is_empty() {
        return Ok(Transformed::no(LogicalPlan::Join(join)));
    }
    let asked = conditions.into_iter().chain(join.filter.take());
    join.filter = asked.reduce(Expr::and);
    Ok(Transformed::yes(LogicalPlan::Join(join)))
}

/// The exact comparison, where a side is a whole number that was made a float.
fn compared(left: &Expr, op: Operator, right: &Expr, schema: &DFSchema) -> Option<Expr> {
    let (whole, op, float) = match (whole(left, schema), whole(right, schema)) {
        (Some(whole), None) => (whole, op, right),
        (None, Some(whole)) => (whole, swapped(op)?, left),
        // Both were made floats for the sake of a third.
        (Some(left), Some(right)) => {
            let plain = BinaryExpr::new(left.into(), op, right.into());
            return Some(Expr::BinaryExpr(plain));
        }
        (None, None) => return None,
    };
    let near = match float {
        Expr::Literal(ScalarValue::Float64(Some(value)), _) => value.abs() < GAPS,
        Expr::Literal(..) => true,
        _ => false,
    };
    if near || !float.get_type(schema).ok()?.is_floating() {
        return None;
    }
    let signature = Signature::variadic_any(Volatility::Immutable);
    let function = Arc::new(ScalarUDF::from(Compare { op, signature }));
    let args = vec![
        whole,
        cast(float.clone(), DataType::Float64),
        lit(op.to_string()),
    ];
    Some(Expr::ScalarFunction(ScalarFunction::new_udf(
        function, args,
    )))
}

fn swapped(op: Operator) -> Option<Operator> {
    match op {
        Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => Some(op),
        _ => op.swap(),
    }
}

/// The whole number that a cast makes a float of.
fn whole(expr: &Expr, schema: &DFSchema) -> Option<Expr> {
    let Expr::Cast(Cast { expr, field }) = expr else {
        return None;
    };
    let kind = expr.get_type(schema).ok()?;
    let fits = kind.is_integer() && kind != DataType::UInt64;
    // Each of them has a `double` of its own.
    let small = matches!(
        kind,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16
    );
    let kept = small && field.data_type() == &DataType::Float64;
    let float = field.data_type().is_floating();
    (fits && float && !kept).then(|| cast(expr.as_ref().clone(), DataType::Int64))
}

/// A comparison of a bigint with a double; the operator's name is an argument, for `explain`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Compare {
    op: Operator,
    signature: Signature,
}

impl ScalarUDFImpl for Compare {
    fn name(&self) -> &str {
        "exactly"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let some = args.arg_fields.iter().any(|field| field.is_nullable());
        let nullable = some && !self.knows_null();
        Ok(Field::new(self.name(), DataType::Boolean, nullable).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [whole, float, _] = args.args.as_slice() else {
            return exec_err!("a comparison has two sides");
        };
        let whole = whole.to_array(args.number_rows)?;
        let float = float.to_array(args.number_rows)?;
        let (whole, float) = (
            whole.as_primitive::<Int64Type>(),
            float.as_primitive::<Float64Type>(),
        );
        let pairs = whole.iter().zip(float.iter());
        let holds = pairs.map(|(whole, float)| match (whole, float) {
            (Some(whole), Some(float)) => Some(self.holds(order(whole, float))),
            (None, None) if self.knows_null() => Some(self.op == Operator::IsNotDistinctFrom),
            _ if self.knows_null() => Some(self.op == Operator::IsDistinctFrom),
            _ => None,
        });
        let holds: BooleanArray = holds.collect();
        Ok(ColumnarValue::Array(Arc::new(holds)))
    }
}

impl Compare {
    fn knows_null(&self) -> bool {
        matches!(
            self.op,
            Operator::IsDistinctFrom | Operator::IsNotDistinctFrom
        )
    }

    fn holds(&self, order: Ordering) -> bool {
        match self.op {
            Operator::Eq | Operator::IsNotDistinctFrom => order.is_eq(),
            Operator::NotEq | Operator::IsDistinctFrom => order.is_ne(),
            Operator::Lt => order.is_lt(),
            Operator::LtEq => order.is_le(),
            Operator::Gt => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}

/// As the engine orders floats: NaN above all, -0.0 below 0.
fn order(whole: i64, float: f64) -> Ordering {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "below the gaps nothing is lost, beyond them a float is whole"
    )]
    match float {
        _ if float.is_nan() || float.abs() < GAPS => (whole as f64).total_cmp(&float),
        _ if float >= 9_223_372_036_854_775_808.0 => Ordering::Less,
        _ if float < -9_223_372_036_854_775_808.0 => Ordering::Greater,
        _ => whole.cmp(&(float as i64)),
    }
}
