//! JSON values as values of a project.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::peer::table::float;

/// Strict bounds of a count: the next whole number.
pub fn strict_to_whole(args: &mut Table) {
    for (strict, end, step) in [("strict_min", "min", 1), ("strict_max", "max", -1)] {
        let on = args.remove(strict) == Some(Value::Boolean(true));
        let whole = match args.get(end) {
            Some(Value::Integer(bound)) => *bound,
            Some(Value::Float(bound)) if bound.fract() == 0.0 => *bound as i64,
            _ => continue,
        };
        args.insert(end.to_owned(), (whole + if on { step } else { 0 }).into());
    }
}

pub fn table(pairs: &[(&str, Value)]) -> Table {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect()
}

/// A key a line; no table of its own, since the expectation's head stands above.
pub fn written(args: &Table) -> String {
    let lines: Vec<String> = args
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    lines.join("\n")
}

pub fn list(numbers: &[f64]) -> Value {
    Value::Array(numbers.iter().map(|number| (*number).into()).collect())
}

pub fn floats(json: &Json) -> Vec<f64> {
    let list = json.as_array().into_iter().flatten();
    list.filter_map(float).collect()
}

pub fn as_float(value: Value) -> Value {
    match value {
        Value::Integer(whole) => Value::Float(whole as f64),
        other => other,
    }
}

pub fn value(json: &Json) -> Value {
    match json {
        Json::Null => "".into(),
        Json::Bool(flag) => (*flag).into(),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        Json::Array(list) => Value::Array(list.iter().map(value).collect()),
        Json::Object(_) => match (float(json), parameter(json)) {
            (_, Some(time)) => time,
            (Some(number), None) => number.into(),
            (None, None) => json.to_string().into(),
        },
    }
}

/// `{"$PARAMETER": "datetime(1969, 1, 1)"}`
fn parameter(json: &Json) -> Option<Value> {
    let text = json.get("$PARAMETER")?.as_str()?;
    let inner = text.strip_prefix("datetime(")?.strip_suffix(')')?;
    let mut parts = inner
        .split(',')
        .map(|part| part.trim().parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    let (hour, minute, second) = (next(), next(), next());
    let written = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    Some(Value::Datetime(written.parse().ok()?))
}
