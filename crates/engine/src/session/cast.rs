//! Casts that lose something stay where they are written.
//!
//! DataFusion moves a cast from the column to the literal beside it: `cast(m AS bigint) > 1`
//! becomes `m > 1.00`, which 1.10 is and its cast is not; and it takes a cast that fails for one
//! that does not. A cast that loses something is a function here, which it leaves alone.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use arrow::compute::{CastOptions, cast};
use arrow::datatypes::{
    DataType, Field, FieldRef, TimeUnit, TimestampMicrosecondType, TimestampNanosecondType,
};
use datafusion::common::config::ConfigOptions;
use datafusion::common::format::DEFAULT_CAST_OPTIONS;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::{Cast, ScalarFunction, TryCast};
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, LogicalPlan, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::AnalyzerRule;

use super::rules::each_expression;

#[derive(Debug)]
pub(super) struct Opaque;

impl AnalyzerRule for Opaque {
    fn name(&self) -> &str {
        "opaque_casts"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        each_expression(plan, &opaque)
    }
}

pub(super) fn opaque(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_down(|expr| match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if op.supports_propagation() => {
            let (left, right) = (saturated(*left, schema)?, saturated(*right, schema)?);
            let compared = BinaryExpr::new(Box::new(left), op, Box::new(right));
            Ok(Transformed::yes(Expr::BinaryExpr(compared)))
        }
        Expr::Between(mut between) => {
            for part in [&mut between.expr, &mut between.low, &mut between.high] {
                **part = saturated(std::mem::take(part), schema)?;
            }
            Ok(Transformed::yes(Expr::Between(between)))
        }
        Expr::Cast(Cast { expr, field }) if loses(&expr.get_type(schema)?, field.data_type()) => {
            Ok(Transformed::yes(call(*expr, &field, Misfit::Fails)))
        }
        Expr::TryCast(TryCast { expr, field })
            if loses(&expr.get_type(schema)?, field.data_type()) =>
        {
            Ok(Transformed::yes(call(*expr, &field, Misfit::IsNull)))
        }
        other => Ok(Transformed::no(other)),
    })
}

/// A side of a comparison that becomes a timestamp in nanoseconds, which end in the year 2262: what
/// lies beyond them is compared as their end.
fn saturated(side: Expr, schema: &DFSchema) -> Result<Expr> {
    use DataType::{Date32, Date64, Timestamp};
    let Expr::Cast(Cast { expr, field }) = side else {
        return Ok(side);
    };
    let from = expr.get_type(schema)?;
    let coarse = matches!(
        from,
        Date32
            | Date64
            | Timestamp(
                TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond,
                _
            )
    );
    match field.data_type() {
        Timestamp(TimeUnit::Nanosecond, _) if coarse => Ok(call(*expr, &field, Misfit::Saturates)),
        _ => Ok(Expr::Cast(Cast { expr, field })),
    }
}

fn call(expr: Expr, field: &FieldRef, misfit: Misfit) -> Expr {
    let function = LossyCast {
        to: field.data_type().clone(),
        misfit,
        signature: Signature::any(1, Volatility::Immutable),
    };
    let function = Arc::new(ScalarUDF::from(function));
    Expr::ScalarFunction(ScalarFunction::new_udf(function, vec![expr]))
}

/// Whether two values may become one, or a value none. Text is never moved, nor is a float.
fn loses(from: &DataType, to: &DataType) -> bool {
    use DataType::{Date32, Date64, Decimal128, Timestamp};
    let moved = |kind: &DataType| {
        kind.is_integer() || kind.is_decimal() || matches!(kind, Date32 | Date64 | Timestamp(..))
    };
    if from == to || !moved(from) || !moved(to) {
        return false;
    }
    match (from, to) {
        (from, to) if from.is_integer() && to.is_integer() => {
            let wide = digits(to) > digits(from);
            let signs = from.is_unsigned_integer() == to.is_unsigned_integer();
            !(wide && (signs || to.is_signed_integer()))
        }
        (from, Decimal128(precision, scale)) if from.is_integer() => {
            i16::from(*precision) - i16::from(*scale) < digits(from)
        }
        (Decimal128(p, s), Decimal128(precision, scale)) => {
            scale < s || i16::from(*precision) - i16::from(*scale) < i16::from(*p) - i16::from(*s)
        }
        _ => true,
    }
}

/// Decimal digits that hold every value of an integer type.
fn digits(integer: &DataType) -> i16 {
    match integer {
        DataType::Int8 | DataType::UInt8 => 3,
        DataType::Int16 | DataType::UInt16 => 5,
        DataType::Int32 | DataType::UInt32 => 10,
        _ => 20,
    }
}

/// What becomes of a value that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Misfit {
    Fails,
    IsNull,
    /// It becomes the least or the greatest that fits.
    Saturates,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct LossyCast {
    to: DataType,
    misfit: Misfit,
    signature: Signature,
}

impl ScalarUDFImpl for LossyCast {
    fn name(&self) -> &str {
        match self.misfit {
            Misfit::Fails => "cast",
            Misfit::IsNull => "try_cast",
            Misfit::Saturates => "cast_to_the_end",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.to.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let may = self.misfit == Misfit::IsNull;
        let nullable = may || args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Field::new(self.name(), self.to.clone(), nullable).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else {
            return plan_err!("a cast takes one value");
        };
        let options = CastOptions {
            safe: self.misfit == Misfit::IsNull,
            ..DEFAULT_CAST_OPTIONS
        };
        match (self.misfit, value) {
            (Misfit::Saturates, ColumnarValue::Array(array)) => {
                Ok(ColumnarValue::Array(nanoseconds(array, &self.to)?))
            }
            (Misfit::Saturates, ColumnarValue::Scalar(value)) => {
                let array = nanoseconds(&value.to_array()?, &self.to)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                    &array, 0,
                )?))
            }
            _ => value.cast_to(&self.to, Some(&options)),
        }
    }
}

/// Days or moments as nanoseconds; those beyond them at their end.
fn nanoseconds(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let zone = match to {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    let coarse = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
    let coarse = cast(array, &coarse)?;
    let coarse = coarse.as_primitive::<TimestampMicrosecondType>();
    let fine: PrimitiveArray<TimestampNanosecondType> =
        coarse.unary(|microseconds| microseconds.saturating_mul(1000));
    Ok(Arc::new(fine.with_timezone_opt(zone)))
}
