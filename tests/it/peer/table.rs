//! A case's dataset as a table.
//!
//! The values decide the type of a column; what the case declares for its
//! backends only refines it (a float of whole numbers, a timestamp in text).

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use chrono::{NaiveDate, NaiveDateTime};
use lockgate::contract::Type;
use serde_json::{Map, Value};

/// The rows of a dataset; `dates`: texts that all read as points in time are timestamps.
pub fn table(data: &Map<String, Value>, schemas: &Value, dates: bool) -> RecordBatch {
    let columns = data.iter().map(|(name, values)| {
        let values = values.as_array().expect("a list of values");
        let declared = declared(schemas, name);
        let family = family(values, declared.as_deref(), dates);
        (name.as_str(), array(values, family), true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// The family of a column of a table.
pub fn family_of(batch: &RecordBatch, column: &str) -> Option<Type> {
    let schema = batch.schema();
    let field = schema.field_with_name(column).ok()?;
    Type::of(field.data_type())
}

/// What the backends call the column's type, in lower case.
fn declared(schemas: &Value, column: &str) -> Option<String> {
    let backends = ["postgresql", "spark", "pandas", "sqlite"].into_iter();
    let mut names = backends.filter_map(|backend| schemas.get(backend)?.get(column));
    let plain = schemas.get(column);
    names.next().or(plain)?.as_str().map(str::to_lowercase)
}

/// The family that a type's name of some backend stands for.
pub fn named(name: &str) -> Option<Type> {
    let name = name.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    Some(if has(&["timestamp", "datetime"]) {
        Type::Timestamp
    } else if has(&["date"]) {
        Type::Date
    } else if has(&["bool"]) || name == "bit" {
        Type::Bool
    } else if has(&["float", "double", "real", "numeric", "decimal"]) {
        Type::Float
    } else if has(&["int", "long"]) {
        Type::Int
    } else if has(&["char", "text", "string", "str", "object"]) {
        Type::Text
    } else {
        return None;
    })
}

fn family(values: &[Value], declared: Option<&str>, dates: bool) -> Type {
    let declared = declared.and_then(named);
    let present: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let all = |is: fn(&Value) -> bool| present.iter().all(|value| is(value));
    let time = |value: &&&Value| value.as_str().is_some_and(|text| point(text).is_some());
    if present.is_empty() {
        return declared.unwrap_or(Type::Text);
    }
    if all(Value::is_boolean) {
        Type::Bool
    } else if all(|value| value.is_i64()) && declared != Some(Type::Float) {
        Type::Int
    } else if all(|value| value.is_number() || value.get("$float").is_some()) {
        Type::Float
    } else if present.iter().filter(time).count() == present.len()
        && (dates || matches!(declared, Some(Type::Date | Type::Timestamp)))
    {
        declared
            .filter(|family| *family == Type::Date)
            .unwrap_or(Type::Timestamp)
    } else {
        Type::Text
    }
}

fn array(values: &[Value], family: Type) -> ArrayRef {
    let values = values.iter();
    match family {
        Type::Int => Arc::new(values.map(Value::as_i64).collect::<Int64Array>()),
        Type::Float => Arc::new(values.map(float).collect::<Float64Array>()),
        Type::Bool => Arc::new(values.map(Value::as_bool).collect::<BooleanArray>()),
        Type::Timestamp => {
            let times = values.map(|v| Some(point(v.as_str()?)?.and_utc().timestamp_micros()));
            Arc::new(times.collect::<TimestampMicrosecondArray>())
        }
        Type::Date => {
            let epoch = NaiveDate::default();
            let days = values.map(|v| Some((point(v.as_str()?)?.date() - epoch).num_days() as i32));
            Arc::new(days.collect::<Date32Array>())
        }
        _ => Arc::new(values.map(text).collect::<StringArray>()),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A number, the infinite ones (`{"$float": "Infinity"}`) included.
pub fn float(value: &Value) -> Option<f64> {
    match value.get("$float").and_then(Value::as_str) {
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        Some(_) => Some(f64::NAN),
        None => value.as_f64(),
    }
}

/// A point in time in one of the ways that the cases write it.
pub fn point(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().trim_end_matches('Z');
    let times = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y/%m/%d %H:%M:%S",
        "%m/%d/%Y %H:%M:%S",
        "%b %d %Y %H:%M:%S",
        "%b %d %Y, %H:%M:%S",
    ];
    let days = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%b %d %Y",
        "%b %d, %Y",
        "%d %b %Y",
    ];
    let time = |format: &&str| NaiveDateTime::parse_from_str(text, format).ok();
    let day = |format: &&str| NaiveDate::parse_from_str(text, format).ok();
    let read = times.iter().find_map(time);
    read.or_else(|| days.iter().find_map(day)?.and_hms_opt(0, 0, 0))
}
