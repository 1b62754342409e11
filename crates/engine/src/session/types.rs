//! What SQL's types are.

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use datafusion::common::Result;
use datafusion::logical_expr::planner::TypePlanner;
use datafusion::sql::sqlparser::ast::{DataType as SqlType, TimezoneInfo};

/// `timestamp` counts microseconds, as a stored one does: nanoseconds end in the year 2262, and a
/// date beyond them could not be compared with one.
#[derive(Debug)]
pub(super) struct Microseconds;

impl TypePlanner for Microseconds {
    fn plan_type_field(&self, sql_type: &SqlType) -> Result<Option<FieldRef>> {
        let zone = match sql_type {
            SqlType::Timestamp(
                None | Some(6..),
                TimezoneInfo::None | TimezoneInfo::WithoutTimeZone,
            ) => None,
            SqlType::Timestamp(None | Some(6..), TimezoneInfo::Tz | TimezoneInfo::WithTimeZone) => {
                Some("UTC".into())
            }
            _ => return Ok(None),
        };
        let kind = DataType::Timestamp(TimeUnit::Microsecond, zone);
        Ok(Some(Field::new("", kind, true).into()))
    }
}
