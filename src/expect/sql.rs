//! Names and values written as SQL.

use toml::Spanned;
use toml::value::Datetime;

/// A name as SQL writes it, quoted: `my "col"` becomes `"my ""col"""`.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table's name as SQL, each part quoted: `raw.source1` becomes `"raw"."source1"`.
pub fn relation(name: &str) -> String {
    let parts: Vec<String> = name.split('.').map(ident).collect();
    parts.join(".")
}

/// A text value as SQL literal.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Several names, quoted, with commas between.
pub fn idents(names: &[Spanned<String>]) -> String {
    let names: Vec<String> = names.iter().map(|name| ident(name.get_ref())).collect();
    names.join(", ")
}

/// A value of an expectation's argument.
#[derive(Clone, Debug, serde::Deserialize, PartialEq)]
#[serde(from = "toml::Value")]
pub struct Literal(String);

impl Literal {
    pub fn sql(&self) -> &str {
        &self.0
    }
}

impl From<toml::Value> for Literal {
    fn from(value: toml::Value) -> Self {
        Self(match value {
            toml::Value::String(value) => text(&value),
            toml::Value::Integer(value) => value.to_string(),
            toml::Value::Float(value) => format!("{value:?}"),
            toml::Value::Boolean(value) => value.to_string(),
            toml::Value::Datetime(value) => datetime(&value),
            other => text(&other.to_string()),
        })
    }
}

fn datetime(value: &Datetime) -> String {
    match (&value.date, &value.time) {
        (Some(_), None) => format!("DATE '{value}'"),
        _ => format!("TIMESTAMP '{value}'"),
    }
}
