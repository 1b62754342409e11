//! IN with a sub-query: whole numbers and floats as one key, which a hash join can match.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, exec_err};
use datafusion::logical_expr::expr::{InSubquery, ScalarFunction};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility, cast,
};

use super::{order, whole};

/// Of floats that no whole number equals: beyond every bigint.
const NONE: i128 = 100_000_000_000_000_000_000;

const KEY: DataType = DataType::Decimal128(38, 0);

/// `x in (select …)` by keys, where one side is a whole number that was made a float.
pub(super) fn of(it: InSubquery, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let LogicalPlan::Projection(made) = it.subquery.subquery.as_ref() else {
        return left_whole(it, schema);
    };
    let within = made
        .expr
        .first()
        .and_then(|expr| whole(&expr.clone().unalias(), made.input.schema()));
    let (Some(within), false) = (within, whole(&it.expr, schema).is_some()) else {
        return left_whole(it, schema);
    };
    let name = made.schema.field(0).name().clone();
    let plan = LogicalPlanBuilder::from(made.input.as_ref().clone());
    let plan = plan.project([key(within).alias(name)])?.build()?;
    let outer = key(cast(*it.expr, DataType::Float64));
    let subquery = it.subquery.with_plan(Arc::new(plan));
    let keyed = InSubquery::new(Box::new(outer), subquery, it.negated);
    Ok(Transformed::yes(Expr::InSubquery(keyed)))
}

fn left_whole(it: InSubquery, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Some(outer) = whole(&it.expr, schema) else {
        return Ok(Transformed::no(Expr::InSubquery(it)));
    };
    let plan = it.subquery.subquery.as_ref().clone();
    let (qualifier, field) = plan.schema().qualified_field(0);
    let name = field.name().clone();
    let column = Expr::from((qualifier, field));
    let within = key(cast(column, DataType::Float64)).alias(name);
    let plan = LogicalPlanBuilder::from(plan).project([within])?.build()?;
    let subquery = it.subquery.with_plan(Arc::new(plan));
    let keyed = InSubquery::new(Box::new(key(outer)), subquery, it.negated);
    Ok(Transformed::yes(Expr::InSubquery(keyed)))
}

fn key(of: Expr) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    let function = Arc::new(ScalarUDF::from(Key { signature }));
    Expr::ScalarFunction(ScalarFunction::new_udf(function, vec![of]))
}

/// A bigint as it is, a double as the bigint that it equals, or a number that none is; null for null.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    signature: Signature,
}

impl ScalarUDFImpl for Key {
    fn name(&self) -> &str {
        "exact_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(KEY)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else {
            return exec_err!("a key is of one value");
        };
        let value: ArrayRef = value.to_array(args.number_rows)?;
        let keys: Decimal128Array = match value.data_type() {
            DataType::Int64 => value.as_primitive::<Int64Type>().unary(i128::from),
            DataType::Float64 => value.as_primitive::<Float64Type>().unary(key_of),
            other => return exec_err!("a key is of a bigint or a double, not of {other}"),
        };
        let keys = keys.with_precision_and_scale(38, 0)?;
        Ok(ColumnarValue::Array(Arc::new(keys)))
    }
}

fn key_of(float: f64) -> i128 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is beyond becomes the end, and is not equal"
    )]
    let near = float as i64;
    match order(near, float).is_eq() {
        true => i128::from(near),
        false => NONE,
    }
}
