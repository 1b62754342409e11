//! Names and values written as SQL.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use toml::Spanned;
use toml::value::Datetime;

use crate::contract::Type;
use crate::outcome::Number;

use super::bound::Unit;

/// A name as SQL writes it, quoted: `my "col"` becomes `"my ""col"""`.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether SQL names a function, comments and texts left out.
pub fn calls(sql: &str, function: &str) -> bool {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize();
    tokens.unwrap_or_default().iter().any(|token| match token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(function),
        _ => false,
    })
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
pub struct Literal {
    sql: String,
    kind: Type,
    /// A number or a point in time; `None` for text and booleans.
    limit: Option<Limit>,
}

impl Literal {
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The family of columns it may be compared with.
    pub fn kind(&self) -> Type {
        self.kind
    }

    pub(super) fn limit(&self) -> Option<Limit> {
        self.limit
    }
}

impl From<toml::Value> for Literal {
    fn from(value: toml::Value) -> Self {
        let limit = Limit::of(&value);
        let (sql, kind) = match value {
            toml::Value::String(value) => (text(&value), Type::Text),
            toml::Value::Integer(value) => (value.to_string(), Type::Int),
            toml::Value::Float(value) => (float(value), Type::Float),
            toml::Value::Boolean(value) => (value.to_string(), Type::Bool),
            toml::Value::Datetime(value) => match (&value.date, &value.time) {
                (Some(_), None) => (format!("DATE '{value}'"), Type::Date),
                _ => (format!("TIMESTAMP '{value}'"), Type::Timestamp),
            },
            other => (text(&other.to_string()), Type::List),
        };
        Self { sql, kind, limit }
    }
}

/// A float as SQL, infinities and not-a-number included.
pub fn float(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}")
    } else {
        format!("CAST('{value}' AS DOUBLE)")
    }
}

/// An end of a bound: a number or a point in time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Limit {
    Number(Number),
    /// Days since 1970-01-01.
    Days(i64),
    /// Seconds since 1970-01-01 UTC.
    Seconds(i64),
}

impl Limit {
    fn of(value: &toml::Value) -> Option<Self> {
        Some(match value {
            toml::Value::Integer(value) => Self::Number(Number::Int(*value)),
            toml::Value::Float(value) => Self::Number(Number::Float(*value)),
            toml::Value::Datetime(value) => Self::point(value)?,
            _ => return None,
        })
    }

    fn point(value: &Datetime) -> Option<Self> {
        let date = value.date?;
        let day =
            chrono::NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())?;
        let days = i64::from(chrono::Datelike::num_days_from_ce(&day)) - 719_163;
        let Some(time) = value.time else {
            return Some(Self::Days(days));
        };
        let clock = i64::from(time.hour) * 3600
            + i64::from(time.minute) * 60
            + time.second.map_or(0, i64::from);
        let offset = match value.offset {
            Some(toml::value::Offset::Custom { minutes }) => i64::from(minutes) * 60,
            _ => 0,
        };
        Some(Self::Seconds(days * 86_400 + clock - offset))
    }

    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Number(_) => Unit::Plain,
            Self::Days(_) => Unit::Days,
            Self::Seconds(_) => Unit::Seconds,
        }
    }

    /// The number it is in a unit: a date counted in seconds is its midnight.
    pub(super) fn number(self, unit: Unit) -> Number {
        match (self, unit) {
            (Self::Number(number), _) => number,
            (Self::Days(days), Unit::Seconds) => Number::Int(days * 86_400),
            (Self::Seconds(seconds), Unit::Days) => Number::Int(seconds.div_euclid(86_400)),
            (Self::Days(value) | Self::Seconds(value), _) => Number::Int(value),
        }
    }
}

impl TryFrom<toml::Value> for Limit {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        Self::of(&value).ok_or_else(|| {
            format!(
                "a bound is a number, a date or a timestamp, and this is {}",
                value.type_str()
            )
        })
    }
}

impl From<u64> for Limit {
    fn from(count: u64) -> Self {
        Self::Number(Number::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

impl From<f64> for Limit {
    fn from(value: f64) -> Self {
        Self::Number(Number::Float(value))
    }
}
