//! `to_unixtime` and `from_unixtime`: seconds since 1970, over the whole calendar.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef, Int64Type, TimestampMicrosecondType};
use chrono::DateTime;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use datafusion::prelude::SessionContext;

use super::parse::{self, ToTimestamp};

const MICROS: i64 = 1_000_000;

pub(super) fn register(ctx: &SessionContext) -> Result<()> {
    let moment = parse::seconds("to_unixtime");
    ctx.register_udf(ScalarUDF::from(ToUnixtime { moment }));
    let inner = ctx.udf("from_unixtime")?;
    ctx.register_udf(ScalarUDF::from(FromUnixtime { inner }));
    Ok(())
}

/// The whole seconds of a text, a date, a moment or a number of seconds; a text that is no moment fails.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ToUnixtime {
    moment: ToTimestamp,
}

impl ScalarUDFImpl for ToUnixtime {
    fn name(&self) -> &str {
        self.moment.name()
    }

    fn signature(&self) -> &Signature {
        self.moment.signature()
    }

    fn coerce_types(&self, args: &[DataType]) -> Result<Vec<DataType>> {
        self.moment.coerce_types(args)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let moments = self.moment.invoke_with_args(args)?;
        let one = matches!(moments, ColumnarValue::Scalar(_));
        let moments = moments.into_array(if one { 1 } else { rows })?;
        let moments = moments.as_primitive::<TimestampMicrosecondType>();
        let seconds = moments.unary::<_, Int64Type>(|micros| micros.div_euclid(MICROS));
        Ok(match one {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&seconds, 0)?),
            false => ColumnarValue::Array(Arc::new(seconds)),
        })
    }
}

/// The engine's, which beyond the calendar yields moments that cannot be shown: it fails there.
#[derive(Debug, PartialEq, Eq, Hash)]
struct FromUnixtime {
    inner: Arc<ScalarUDF>,
}

impl ScalarUDFImpl for FromUnixtime {
    fn name(&self) -> &str {
        "from_unixtime"
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        self.inner.return_type(kinds)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let Some(seconds) = args.args.first() {
            let seconds = seconds.to_array(args.number_rows)?;
            let seconds = cast(&seconds, &DataType::Int64)?;
            let seconds = seconds.as_primitive::<Int64Type>();
            let known = |second: &i64| DateTime::from_timestamp(*second, 0).is_some();
            if let Some(second) = seconds.iter().flatten().find(|second| !known(second)) {
                return exec_err!("from_unixtime: {second} seconds are beyond the calendar");
            }
        }
        self.inner.invoke_with_args(args)
    }
}
