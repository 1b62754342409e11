//! `date_bin`, over all moments: the engine's makes null of those beyond nanoseconds.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{DataType, IntervalUnit, TimestampMicrosecondType};
use chrono::{DateTime, Datelike, Months, NaiveDateTime};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;

use super::{micros, zone_of};

pub(super) fn register(ctx: &SessionContext) {
    ctx.register_udf(ScalarUDF::from(DateBin {
        signature: Signature::user_defined(Volatility::Immutable),
    }));
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateBin {
    signature: Signature,
}

/// How long a bin is.
#[derive(Clone, Copy)]
enum Stride {
    Months(i64),
    Nanoseconds(i128),
}

impl ScalarUDFImpl for DateBin {
    fn name(&self) -> &str {
        "date_bin"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        if !(2..=3).contains(&args.len()) {
            return plan_err!(
                "date_bin takes an interval, a moment, and a moment where bins begin"
            );
        }
        if matches!(args[1], DataType::Time32(_) | DataType::Time64(_)) {
            return plan_err!("date_bin takes a moment: cast the time of day to a timestamp");
        }
        let moment = micros(zone_of(&args[1]));
        let mut kinds = vec![DataType::Interval(IntervalUnit::MonthDayNano)];
        kinds.resize(args.len(), moment);
        Ok(kinds)
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        Ok(micros(args.get(1).and_then(zone_of)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let stride = stride(args.args.first())?;
        let origin = match args.args.get(2) {
            None => 0,
            Some(ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(Some(at), _))) => *at,
            Some(_) => return exec_err!("date_bin takes one moment where bins begin"),
        };
        match args.args.get(1) {
            Some(ColumnarValue::Array(moments)) => {
                Ok(ColumnarValue::Array(bins(moments, stride, origin)?))
            }
            Some(ColumnarValue::Scalar(moment)) => {
                let bin = bins(&moment.to_array()?, stride, origin)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&bin, 0)?))
            }
            None => exec_err!("date_bin takes a moment"),
        }
    }
}

fn stride(interval: Option<&ColumnarValue>) -> Result<Stride> {
    let Some(ColumnarValue::Scalar(ScalarValue::IntervalMonthDayNano(Some(it)))) = interval else {
        return exec_err!("date_bin takes one interval");
    };
    let nanoseconds = i128::from(it.days) * 86_400_000_000_000 + i128::from(it.nanoseconds);
    match (it.months, nanoseconds) {
        (1.., 0) => Ok(Stride::Months(it.months.into())),
        (0, 1..) => Ok(Stride::Nanoseconds(nanoseconds)),
        _ => exec_err!("date_bin takes an interval of months, or of days and hours, above zero"),
    }
}

fn bins(moments: &ArrayRef, stride: Stride, origin: i64) -> Result<ArrayRef> {
    let moments = moments.as_primitive::<TimestampMicrosecondType>();
    let bins: PrimitiveArray<TimestampMicrosecondType> = moments.try_unary(|moment| {
        let bin = match stride {
            Stride::Nanoseconds(stride) => by_time(moment, stride, origin),
            Stride::Months(stride) => by_months(moment, stride, origin),
        };
        bin.ok_or_else(|| {
            exec_datafusion_err!("the bin of timestamp {moment} is beyond the calendar")
        })
    })?;
    Ok(Arc::new(bins.with_data_type(moments.data_type().clone())))
}

fn by_time(moment: i64, stride: i128, origin: i64) -> Option<i64> {
    let gone = (i128::from(moment) - i128::from(origin)) * 1000;
    let start = gone.div_euclid(stride) * stride;
    i64::try_from(i128::from(origin) + start.div_euclid(1000)).ok()
}

fn by_months(moment: i64, stride: i64, origin: i64) -> Option<i64> {
    let at = |moment| Some(DateTime::from_timestamp_micros(moment)?.naive_utc());
    let (moment, origin) = (at(moment)?, at(origin)?);
    let month = |at: NaiveDateTime| i64::from(at.year()) * 12 + i64::from(at.month0());
    let bin = (month(moment) - month(origin)).div_euclid(stride);
    let start = |bin: i64| {
        let months = bin.checked_mul(stride)?;
        let by = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        match months >= 0 {
            true => origin.checked_add_months(by),
            false => origin.checked_sub_months(by),
        }
    };
    let found = start(bin)?;
    let found = match found > moment {
        true => start(bin - 1)?,
        false => found,
    };
    Some(found.and_utc().timestamp_micros())
}
