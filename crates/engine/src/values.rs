//! What a value is: the functions that lockgate's own questions are written with, so that every kind
//! means the same by NaN, the two zeros, a day and a sum. `docs/values.md` states the rules.
//!
//! They take columns of any type and decide by it, so that a kind need not know the types of a table.

mod aggregate;
mod compare;
mod exact;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    AggregateUDF, ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::prelude::SessionContext;

use lockgate_core::outcome::settled;

use aggregate::Exact;
pub(super) use compare::canonical;

/// A function of the values of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    /// The value as it is compared: of floats one zero and one NaN.
    Value,
    IsNan,
    /// Whether it is NaN or an infinity; a null is not.
    NotFinite,
    /// The day (UTC) that a date or a timestamp is in.
    Day,
    /// The moment that a timestamp is, or a date begins with.
    Instant,
    /// Days since 1970-01-01.
    Days,
    /// Seconds since 1970-01-01 UTC.
    Seconds,
    /// -1, 0 or 1 as the first is to the second; null where one is null or NaN.
    Order,
    /// Whether two are the same value; null where one is null.
    Same,
    /// Whether two figures are equal, floats to one part in a billion; two nulls are.
    Near,
    /// NaN where the flag is true and the value is a float.
    NanIf,
    /// A computed float without the noise of its last digits.
    Settled,
    /// The sum of the arguments, nulls as 0.
    RowSum,
}

const ALL: [(&str, Of, usize); 13] = [
    ("value_of", Of::Value, 1),
    ("is_nan", Of::IsNan, 1),
    ("not_finite", Of::NotFinite, 1),
    ("day_of", Of::Day, 1),
    ("instant_of", Of::Instant, 1),
    ("days_of", Of::Days, 1),
    ("seconds_of", Of::Seconds, 1),
    ("order_of", Of::Order, 2),
    ("same_value", Of::Same, 2),
    ("near", Of::Near, 2),
    ("nan_if", Of::NanIf, 2),
    ("settled", Of::Settled, 1),
    ("row_sum", Of::RowSum, 0),
];

/// Adds the functions to a session.
pub(super) fn register(ctx: &SessionContext) {
    for (name, of, arguments) in ALL {
        let signature = match arguments {
            0 => Signature::variadic_any(Volatility::Immutable),
            many => Signature::any(many, Volatility::Immutable),
        };
        ctx.register_udf(ScalarUDF::from(ValueFunction {
            name,
            of,
            signature,
        }));
    }
    for exact in Exact::all() {
        ctx.register_udaf(AggregateUDF::from(exact));
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ValueFunction {
    name: &'static str,
    of: Of,
    signature: Signature,
}

pub(super) fn utc_micros() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl ScalarUDFImpl for ValueFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.of {
            Of::Value | Of::NanIf => arguments[0].clone(),
            Of::IsNan | Of::NotFinite | Of::Same | Of::Near => DataType::Boolean,
            Of::Day => DataType::Date32,
            Of::Instant => utc_micros(),
            Of::Days => DataType::Int64,
            Of::Seconds | Of::Settled => DataType::Float64,
            Of::Order => DataType::Int8,
            Of::RowSum => compare::summed_type(arguments)?,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // Most columns are no floats: nothing is to be done for them.
        let floating = args.args.first().is_some_and(|first| {
            let kind = first.data_type();
            kind.is_floating()
        });
        match self.of {
            Of::Value | Of::NanIf if !floating => {
                return Ok(args.args.into_iter().next().unwrap_or_else(none));
            }
            Of::IsNan | Of::NotFinite if !floating => {
                return Ok(ColumnarValue::Scalar(ScalarValue::Boolean(Some(false))));
            }
            _ => {}
        }
        // A literal stays one value beside a column.
        if let (
            Of::Order | Of::Same,
            [column @ ColumnarValue::Array(_), ColumnarValue::Scalar(one)],
        ) = (self.of, args.args.as_slice())
        {
            let (column, one) = (column.to_array(args.number_rows)?, one.to_array()?);
            return Ok(ColumnarValue::Array(match self.of {
                Of::Order => Arc::new(compare::order(&column, &one, true)?),
                _ => Arc::new(compare::same(&column, &one, true)?),
            }));
        }
        let scalar = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let arrays = args.args.into_iter().map(|arg| arg.into_array(rows));
        let arrays = arrays.collect::<Result<Vec<_>>>()?;
        let result = self.over(&arrays, rows)?;
        Ok(match scalar {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?),
            false => ColumnarValue::Array(result),
        })
    }
}

fn none() -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Null)
}

impl ValueFunction {
    fn over(&self, arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let Some(first) = arrays.first() else {
            return exec_err!("{} takes an argument", self.name);
        };
        let second = || arrays.get(1).unwrap_or(first);
        Ok(match self.of {
            Of::Value => canonical(first)?,
            Of::IsNan => Arc::new(floats_that(first, f64::is_nan)?),
            Of::NotFinite => Arc::new(floats_that(first, |it| !it.is_finite())?),
            Of::Day => day(first)?,
            Of::Instant => instant(first)?,
            Of::Days => {
                let days = cast(&day(first)?, &DataType::Date32)?;
                let days = days.as_primitive::<Date32Type>();
                Arc::new(days.unary::<_, arrow::datatypes::Int64Type>(i64::from))
            }
            Of::Seconds => {
                let instants = instant(first)?;
                let micros = instants.as_primitive::<TimestampMicrosecondType>();
                Arc::new(micros.unary::<_, Float64Type>(|it| it as f64 / 1e6))
            }
            Of::Order => Arc::new(compare::order(first, second(), false)?),
            Of::Same => Arc::new(compare::same(first, second(), false)?),
            Of::Near => Arc::new(compare::near(first, second())?),
            Of::NanIf => nan_if(first, second())?,
            Of::Settled => {
                let floats = cast(first, &DataType::Float64)?;
                Arc::new(
                    floats
                        .as_primitive::<Float64Type>()
                        .unary::<_, Float64Type>(settled),
                )
            }
            Of::RowSum => compare::row_sum(arrays, rows)?,
        })
    }
}

/// Which values are so; a null is not.
fn floats_that(column: &ArrayRef, so: impl Fn(f64) -> bool) -> Result<BooleanArray> {
    let floats = cast(column, &DataType::Float64)?;
    let floats = floats.as_primitive::<Float64Type>();
    let found = floats.iter().map(|it| Some(it.is_some_and(&so)));
    Ok(found.collect())
}

fn nan_if(column: &ArrayRef, flag: &ArrayRef) -> Result<ArrayRef> {
    let floats = cast(column, &DataType::Float64)?;
    let flags = cast(flag, &DataType::Boolean)?;
    let pairs = floats
        .as_primitive::<Float64Type>()
        .iter()
        .zip(flags.as_boolean().iter());
    let marked: Float64Array = pairs
        .map(|(value, flag)| match flag {
            Some(true) => Some(f64::NAN),
            _ => value,
        })
        .collect();
    Ok(cast(&marked, column.data_type())?)
}

const DAY: i64 = 86_400_000_000;

/// The moments of timestamps of any unit and zone, and those that dates begin with, in microseconds.
fn instant(column: &ArrayRef) -> Result<ArrayRef> {
    match column.data_type() {
        // A date farther away than a timestamp reaches stays beyond all timestamps.
        DataType::Date32 | DataType::Date64 => {
            let days = cast(column, &DataType::Date32)?;
            let days = days.as_primitive::<Date32Type>();
            let begins = days
                .unary::<_, TimestampMicrosecondType>(|days| i64::from(days).saturating_mul(DAY));
            Ok(Arc::new(begins.with_timezone("UTC")))
        }
        DataType::Timestamp(..) | DataType::Null => Ok(cast(column, &utc_micros())?),
        other => exec_err!("a date or a timestamp is needed, and this is {other}"),
    }
}

/// The days that dates and timestamps are in, in UTC.
fn day(column: &ArrayRef) -> Result<ArrayRef> {
    if matches!(column.data_type(), DataType::Date32) {
        return Ok(column.clone());
    }
    let instants = instant(column)?;
    let micros = instants.as_primitive::<TimestampMicrosecondType>();
    let days: Int64Array = micros.unary(|it| it.div_euclid(DAY));
    let days = cast(&days, &DataType::Int32)?;
    Ok(cast(&days, &DataType::Date32)?)
}
