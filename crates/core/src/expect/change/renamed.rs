//! Columns that are called otherwise than in the base, and values written otherwise.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::super::arg::{Arg, Takes};

/// Columns of the base with their names of now.
#[derive(Clone, Copy, Debug)]
pub struct Renamed<'a> {
    /// The table whose expectations are compared.
    pub table: &'a str,
    /// Of each table, its own or another, the name of before and that of now.
    pub columns: &'a BTreeMap<String, Vec<(String, String)>>,
}

impl Renamed<'_> {
    /// What a column of a table is called now.
    fn column(&self, table: &str, name: &str) -> String {
        let known = self.columns.get(table).into_iter().flatten();
        let mut known = known.filter(|(from, _)| from == name);
        let now = known.next().map(|(_, to)| to.as_str());
        now.unwrap_or(name).to_owned()
    }

    /// The value of an argument with its columns called as they are now; `all` are the arguments beside it.
    pub(super) fn value(&self, arg: &Arg, value: &Value, all: &Table) -> Value {
        match arg.takes {
            Takes::Column | Takes::Columns | Takes::ColumnNames => {
                each(value, &|name| self.column(self.table, name))
            }
            Takes::ColumnsOf(model) => match all.get(model).and_then(Value::as_str) {
                Some(model) => each(value, &|name| self.column(model, name)),
                None => value.clone(),
            },
            Takes::ColumnOf => each(value, &|text| match text.rsplit_once('.') {
                Some((table, name)) => format!("{table}.{}", self.column(table, name)),
                None => text.to_owned(),
            }),
            Takes::Tolerances => keyed(value, &|name| self.column(self.table, name)),
            _ => value.clone(),
        }
    }
}

/// A text, or each text of a list, as `call` has it.
fn each(value: &Value, call: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(call(text)),
        Value::Array(values) => {
            Value::Array(values.iter().map(|value| each(value, call)).collect())
        }
        other => other.clone(),
    }
}

/// A table with its keys as `call` has them.
fn keyed(value: &Value, call: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Table(table) => {
            let keys = table.iter().map(|(key, value)| (call(key), value.clone()));
            Value::Table(keys.collect())
        }
        other => other.clone(),
    }
}

/// The value without the ways there are to write it: 2 is 2.0.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Integer(number) if *number as f64 as i64 == *number => Value::Float(*number as f64),
        Value::Array(values) => Value::Array(values.iter().map(plain).collect()),
        Value::Table(table) => {
            let values = table.iter().map(|(key, value)| (key.clone(), plain(value)));
            Value::Table(values.collect())
        }
        other => other.clone(),
    }
}
