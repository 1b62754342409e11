//! `date_trunc`: the start of a week, month, quarter or year is counted in days.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{DataType, FieldRef, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::prelude::SessionContext;

use super::micros;

pub(super) fn register(ctx: &SessionContext) -> Result<()> {
    let engines = ctx.udf("date_trunc")?;
    ctx.register_udf(ScalarUDF::from(DateTrunc {
        aliases: vec!["datetrunc".to_owned()],
        signature: Signature::user_defined(Volatility::Immutable),
        engines,
    }));
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateTrunc {
    engines: Arc<ScalarUDF>,
    aliases: Vec<String>,
    signature: Signature,
}

#[derive(Clone, Copy)]
enum Span {
    Week,
    Month,
    Quarter,
    Year,
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        "date_trunc"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        let [span, of] = args else {
            return datafusion::common::plan_err!("date_trunc takes a word and a moment");
        };
        Ok(vec![
            match span.is_string() {
                true => span.clone(),
                false => DataType::Utf8,
            },
            match of {
                DataType::Timestamp(_, zone) => micros(zone.clone()),
                DataType::Time32(_) | DataType::Time64(_) => of.clone(),
                _ => micros(None),
            },
        ])
    }

    fn return_type(&self, args: &[DataType]) -> Result<DataType> {
        Ok(args.last().cloned().unwrap_or_else(|| micros(None)))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.engines.return_field_from_args(args)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match (span_of(&args.args), args.args.get(1)) {
            (Some(span), Some(of)) if in_utc(&of.data_type()) => match of {
                ColumnarValue::Array(moments) => Ok(ColumnarValue::Array(starts(moments, span)?)),
                ColumnarValue::Scalar(moment) => {
                    let start = starts(&moment.to_array()?, span)?;
                    let start = ScalarValue::try_from_array(&start, 0)?;
                    Ok(ColumnarValue::Scalar(start))
                }
            },
            _ => self.engines.invoke_with_args(args),
        }
    }
}

fn span_of(args: &[ColumnarValue]) -> Option<Span> {
    let Some(ColumnarValue::Scalar(word)) = args.first() else {
        return None;
    };
    match word.try_as_str()??.to_lowercase().as_str() {
        "week" => Some(Span::Week),
        "month" => Some(Span::Month),
        "quarter" => Some(Span::Quarter),
        "year" => Some(Span::Year),
        _ => None,
    }
}

fn in_utc(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let zone = zone.as_deref();
            zone.is_none_or(|zone| ["UTC", "+00:00", "Z"].contains(&zone))
        }
        _ => false,
    }
}

fn starts(moments: &ArrayRef, span: Span) -> Result<ArrayRef> {
    let moments = moments.as_primitive::<TimestampMicrosecondType>();
    let starts: PrimitiveArray<TimestampMicrosecondType> = moments.try_unary(|moment| {
        let start = start(moment, span);
        start.ok_or_else(|| exec_datafusion_err!("timestamp {moment} is beyond the calendar"))
    })?;
    let starts = starts.with_data_type(moments.data_type().clone());
    Ok(Arc::new(starts))
}

fn start(moment: i64, span: Span) -> Option<i64> {
    let day = DateTime::from_timestamp_micros(moment)?.date_naive();
    let first = |month| NaiveDate::from_ymd_opt(day.year(), month, 1);
    let day = match span {
        Span::Week => {
            let gone = day.weekday().num_days_from_monday();
            day.checked_sub_days(Days::new(gone.into()))?
        }
        Span::Month => first(day.month())?,
        Span::Quarter => first((day.month() - 1) / 3 * 3 + 1)?,
        Span::Year => first(1)?,
    };
    Some(day.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
}
