//! How the types of a query's columns are stored, and which are not.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};

use super::Type;

/// Digits that a stored decimal has at most.
const DIGITS: u8 = 38;

/// The nearest type that every reader of a table knows; nothing is lost by it.
pub fn portable(data_type: &DataType) -> DataType {
    let list = |field: &FieldRef| DataType::new_list(portable(field.data_type()), true);
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 | DataType::Null => DataType::Utf8,
        DataType::Dictionary(_, value) => portable(value),
        DataType::RunEndEncoded(_, values) => portable(values.data_type()),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => list(field),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect::<Fields>()),
        DataType::Map(entries, sorted) => DataType::Map(inner(entries), *sorted),
        _ => match decimal(data_type) {
            Some((digits, scale)) if digits <= DIGITS => DataType::Decimal128(digits, scale as i8),
            _ => data_type.clone(),
        },
    }
}

/// A field of a nested type, its type the nearest portable one.
fn inner(field: &FieldRef) -> FieldRef {
    let kind = portable(field.data_type());
    Arc::new(Field::new(field.name(), kind, field.is_nullable()))
}

/// The digits of a decimal, and those behind the point, which are no fewer than none.
fn decimal(data_type: &DataType) -> Option<(u8, u8)> {
    let (DataType::Decimal32(digits, scale)
    | DataType::Decimal64(digits, scale)
    | DataType::Decimal128(digits, scale)
    | DataType::Decimal256(digits, scale)) = data_type
    else {
        return None;
    };
    let before = digits.saturating_add(scale.unsigned_abs());
    Some(match u8::try_from(*scale) {
        Ok(scale) => (*digits, scale),
        Err(_) => (before, 0),
    })
}

/// The part of a type that no table can hold: itself, or what a list or a struct holds of it.
pub fn unstorable(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::Interval(_)
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Duration(_)
        | DataType::Union(..) => Some(data_type),
        DataType::Dictionary(_, value) => unstorable(value),
        DataType::RunEndEncoded(_, field)
        | DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::Map(field, _) => unstorable(field.data_type()),
        DataType::Struct(fields) => {
            let mut fields = fields.iter();
            fields.find_map(|field| unstorable(field.data_type()))
        }
        _ => decimal(data_type)
            .filter(|(digits, _)| *digits > DIGITS)
            .map(|_| data_type),
    }
}

/// The column's expression with a cast to a type that a table can hold.
pub fn storable(data_type: &DataType, column: &str) -> String {
    match data_type {
        DataType::Duration(_) => format!("cast({column} as bigint)"),
        DataType::Decimal256(_, scale) => {
            let scale = (*scale).clamp(0, 18);
            format!("cast({column} as decimal({DIGITS}, {scale}))")
        }
        _ => format!("cast({column} as varchar)"),
    }
}

/// A type by the name that contracts have for it, or by a plain word.
pub fn type_name(data_type: &DataType) -> String {
    let word = match data_type {
        DataType::Null => "null",
        DataType::Interval(_) => "interval",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Duration(_) => "duration",
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "binary",
        DataType::Struct(_) => "struct",
        DataType::Map(..) => "map",
        DataType::Union(..) => "union",
        DataType::RunEndEncoded(_, field) => return type_name(field.data_type()),
        DataType::Decimal256(digits, scale) if *digits > DIGITS => {
            return format!("decimal({digits}, {scale})");
        }
        _ => Type::of(data_type).map_or("of no known type", Type::as_str),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::IntervalUnit;

    #[test]
    fn what_a_table_cannot_hold_is_found_however_deep_it_lies() {
        let interval = DataType::Interval(IntervalUnit::MonthDayNano);
        let field = |kind: &DataType| Arc::new(Field::new("x", kind.clone(), true));
        for kind in [
            interval.clone(),
            DataType::new_list(interval.clone(), true),
            DataType::Struct(vec![field(&DataType::Int64), field(&interval)].into()),
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(interval.clone())),
        ] {
            assert_eq!(unstorable(&kind), Some(&interval), "{kind}");
        }
        for kind in [
            DataType::Time64(TimeUnit::Nanosecond),
            DataType::Duration(TimeUnit::Second),
            DataType::Decimal256(50, 2),
            DataType::Decimal128(38, -2),
        ] {
            assert_eq!(unstorable(&kind), Some(&kind));
        }
    }

    #[test]
    fn a_type_is_stored_as_one_that_loses_nothing() {
        for (found, stored) in [
            (DataType::Float16, DataType::Float32),
            (DataType::Decimal32(9, 2), DataType::Decimal128(9, 2)),
            (DataType::Decimal256(20, 2), DataType::Decimal128(20, 2)),
            (DataType::Decimal128(5, -2), DataType::Decimal128(7, 0)),
            (DataType::BinaryView, DataType::Binary),
            (
                DataType::new_list(DataType::UInt32, true),
                DataType::new_list(DataType::Int64, true),
            ),
        ] {
            assert_eq!(unstorable(&found), None, "{found}");
            assert_eq!(portable(&found), stored);
        }
    }
}
