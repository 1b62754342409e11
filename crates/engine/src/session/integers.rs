//! Whole numbers are bigint, and one that is beyond it is an error.
//!
//! DataFusion's own `+`, `-`, `*` wrap around; `rank()` and its kin are unsigned, so that their
//! difference wraps and their quotient is a decimal.

use std::sync::Arc;

use arrow::array::{ArrayRef, Datum};
use arrow::compute::kernels::numeric::{add, mul, neg, sub};
use arrow::datatypes::{DataType, Field, FieldRef};
use arrow::error::ArrowError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, LogicalPlan, Operator, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::rules::each_expression;

pub(super) fn register(ctx: &SessionContext) -> Result<()> {
    let state = ctx.state_ref();
    state.write().register_expr_planner(Arc::new(Signed))
}

/// Unsigned numbers that are reckoned with become bigint, while the query is planned: so that the
/// types of what it yields are known with it.
#[derive(Debug)]
struct Signed;

impl ExprPlanner for Signed {
    fn plan_binary_op(
        &self,
        mut raw: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        let reckons = matches!(
            raw.op,
            BinaryOperator::Plus
                | BinaryOperator::Minus
                | BinaryOperator::Multiply
                | BinaryOperator::Divide
                | BinaryOperator::Modulo
        );
        if reckons {
            raw.left = signed(raw.left, schema);
            raw.right = signed(raw.right, schema);
        }
        Ok(PlannerResult::Original(raw))
    }
}

fn signed(expr: Expr, schema: &DFSchema) -> Expr {
    match expr.get_type(schema) {
        Ok(kind) if kind.is_unsigned_integer() => cast(expr, DataType::Int64),
        _ => expr,
    }
}

/// Puts arithmetic that fails on overflow in place of arithmetic that wraps.
#[derive(Debug)]
pub(super) struct Checked;

impl AnalyzerRule for Checked {
    fn name(&self) -> &str {
        "checked_integers"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        each_expression(plan, &checked)
    }
}

pub(super) fn checked(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let reckon = match &expr {
            Expr::BinaryExpr(BinaryExpr { op, .. }) => match op {
                Operator::Plus => Reckon::Add,
                Operator::Minus => Reckon::Subtract,
                Operator::Multiply => Reckon::Multiply,
                _ => return Ok(Transformed::no(expr)),
            },
            Expr::Negative(_) => Reckon::Negate,
            _ => return Ok(Transformed::no(expr)),
        };
        let args = match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                // A date less a date is a whole number too.
                let (one, other) = (left.get_type(schema)?, right.get_type(schema)?);
                if !one.is_integer() || one != other {
                    let expr = Expr::BinaryExpr(BinaryExpr { left, op, right });
                    return Ok(Transformed::no(expr));
                }
                vec![*left, *right]
            }
            Expr::Negative(one) if one.get_type(schema)?.is_integer() => vec![*one],
            other => return Ok(Transformed::no(other)),
        };
        let function = Arc::new(ScalarUDF::from(CheckedInteger::new(reckon)));
        let call = ScalarFunction::new_udf(function, args);
        Ok(Transformed::yes(Expr::ScalarFunction(call)))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reckon {
    Add,
    Subtract,
    Multiply,
    Negate,
}

/// `+`, `-` or `*` of two integers of one type, or `-` of one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CheckedInteger {
    reckon: Reckon,
    signature: Signature,
}

impl CheckedInteger {
    fn new(reckon: Reckon) -> Self {
        let signature = Signature::variadic_any(Volatility::Immutable);
        Self { reckon, signature }
    }
}

impl ScalarUDFImpl for CheckedInteger {
    fn name(&self) -> &str {
        match self.reckon {
            Reckon::Add => "checked_add",
            Reckon::Subtract => "checked_subtract",
            Reckon::Multiply => "checked_multiply",
            Reckon::Negate => "checked_negate",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        match args {
            [one] => Ok(one.clone()),
            [left, right] if left == right => Ok(left.clone()),
            _ => plan_err!("{} takes integers of one type", self.name()),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let fields = args.arg_fields.iter();
        let kinds: Vec<DataType> = fields.map(|field| field.data_type().clone()).collect();
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        let kind = self.return_type(&kinds)?;
        Ok(Field::new(self.name(), kind, nullable).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (left, right) = match args.args.as_slice() {
            [one] => (one, one),
            [left, right] => (left, right),
            _ => return plan_err!("{} takes integers of one type", self.name()),
        };
        let scalar = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let (left, right) = (datum(left)?, datum(right)?);
        let result = self.reckon.over(left.as_ref(), right.as_ref())?;
        Ok(match scalar {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?),
            false => ColumnarValue::Array(result),
        })
    }
}

fn datum(value: &ColumnarValue) -> Result<Box<dyn Datum>> {
    Ok(match value {
        ColumnarValue::Array(array) => Box::new(array.clone()),
        ColumnarValue::Scalar(value) => Box::new(value.to_scalar()?),
    })
}

impl Reckon {
    fn over(self, left: &dyn Datum, right: &dyn Datum) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Add => add(left, right),
            Self::Subtract => sub(left, right),
            Self::Multiply => mul(left, right),
            Self::Negate => neg(left.get().0),
        }
    }
}
