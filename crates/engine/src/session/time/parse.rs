//! `to_timestamp` and its kin: a moment in UTC, in microseconds, of a text, a number, a date or a moment.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::compute::cast_with_options;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType};
use chrono::format::{Parsed, StrftimeItems, parse};
use datafusion::common::format::DEFAULT_CAST_OPTIONS;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;

use super::{UTC, micros};

/// The functions; in what a number counts, and to what a moment is cut, in nanoseconds.
const FUNCTIONS: [(&str, i64, i64); 5] = [
    ("to_timestamp", 1_000_000_000, 1000),
    ("to_timestamp_seconds", 1_000_000_000, 1_000_000_000),
    ("to_timestamp_millis", 1_000_000, 1_000_000),
    ("to_timestamp_micros", 1000, 1000),
    ("to_timestamp_nanos", 1, 1000),
];

pub(super) fn register(ctx: &SessionContext) {
    for (name, counts, cut) in FUNCTIONS {
        ctx.register_udf(ScalarUDF::from(ToTimestamp {
            name,
            counts,
            cut,
            signature: Signature::user_defined(Volatility::Immutable),
        }));
    }
}

/// As `to_timestamp_seconds`, under another name.
pub(super) fn seconds(name: &'static str) -> ToTimestamp {
    ToTimestamp {
        name,
        counts: 1_000_000_000,
        cut: 1_000_000_000,
        signature: Signature::user_defined(Volatility::Immutable),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ToTimestamp {
    name: &'static str,
    counts: i64,
    cut: i64,
    signature: Signature,
}

impl ScalarUDFImpl for ToTimestamp {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        let Some((of, formats)) = args.split_first() else {
            return plan_err!("{} takes a text, a number, a date or a moment", self.name);
        };
        let of = match of {
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
                micros(Some(UTC.into()))
            }
            it if it.is_integer() => DataType::Int64,
            it if it.is_numeric() => DataType::Float64,
            DataType::Boolean => {
                return plan_err!("{} takes no boolean", self.name);
            }
            _ => DataType::Utf8,
        };
        if !formats.is_empty() && of != DataType::Utf8 {
            return plan_err!("{} takes a format for a text only", self.name);
        }
        let mut kinds = vec![of];
        kinds.resize(args.len(), DataType::Utf8);
        Ok(kinds)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(micros(Some(UTC.into())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut given = args.args.iter();
        let one = given.all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if one { 1 } else { args.number_rows };
        let args = args.args.into_iter();
        let args = args.map(|arg| arg.into_array(rows));
        let args = args.collect::<Result<Vec<_>>>()?;
        let moments = self.moments(&args)?;
        Ok(match one {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&moments, 0)?),
            false => ColumnarValue::Array(moments),
        })
    }
}

type Moments = PrimitiveArray<TimestampMicrosecondType>;

impl ToTimestamp {
    fn moments(&self, args: &[ArrayRef]) -> Result<ArrayRef> {
        let (of, formats) = match args.split_first() {
            Some(it) => it,
            None => return plan_err!("{} takes a value", self.name),
        };
        let moments: Moments = match of.data_type() {
            DataType::Int64 => of
                .as_primitive::<Int64Type>()
                .try_unary(|number| self.counted(i128::from(number) * i128::from(self.counts)))?,
            DataType::Float64 => of.as_primitive::<Float64Type>().try_unary(|number| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    reason = "what is beyond is the end, and fails"
                )]
                let nanoseconds = (number * self.counts as f64).round() as i128;
                self.counted(nanoseconds)
            })?,
            DataType::Utf8 if !formats.is_empty() => by_formats(of, formats)?,
            _ => {
                let kind = micros(Some(UTC.into()));
                let moments = cast_with_options(of, &kind, &DEFAULT_CAST_OPTIONS)?;
                moments.as_primitive::<TimestampMicrosecondType>().clone()
            }
        };
        let cut = self.cut / 1000;
        let moments: Moments = moments.unary(|moment| moment.div_euclid(cut) * cut);
        Ok(Arc::new(moments.with_timezone(UTC)))
    }

    fn counted(&self, nanoseconds: i128) -> Result<i64> {
        let micros = i64::try_from(nanoseconds.div_euclid(1000));
        micros.map_err(|_| exec_datafusion_err!("{}: the number is beyond the calendar", self.name))
    }
}

fn by_formats(texts: &ArrayRef, formats: &[ArrayRef]) -> Result<Moments> {
    let texts = texts.as_string::<i32>();
    let formats: Vec<_> = formats.iter().map(|it| it.as_string::<i32>()).collect();
    let moments = (0..texts.len()).map(|row| {
        if texts.is_null(row) {
            return Ok(None);
        }
        let text = texts.value(row);
        let known = formats.iter().filter(|format| format.is_valid(row));
        let mut why = exec_datafusion_err!("Error parsing timestamp from '{text}': no format");
        for format in known {
            match read(text, format.value(row)) {
                Ok(moment) => return Ok(Some(moment)),
                Err(error) => {
                    why = exec_datafusion_err!(
                        "Error parsing timestamp from '{text}' using format '{}': {error}",
                        format.value(row)
                    );
                }
            }
        }
        Err(why)
    });
    moments.collect()
}

/// A text without a zone is in UTC, one without a time of day begins its day.
fn read(text: &str, format: &str) -> Result<i64, chrono::ParseError> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format))?;
    if let Ok(moment) = parsed.to_datetime() {
        return Ok(moment.timestamp_micros());
    }
    let moment = parsed.to_naive_datetime_with_offset(0);
    let moment = moment.or_else(|_| parsed.to_naive_date().map(Into::into))?;
    Ok(moment.and_utc().timestamp_micros())
}
