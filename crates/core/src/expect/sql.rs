//! Names and values written as SQL.

use sqlparser::ast::Expr;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};
use toml::Spanned;
use toml::value::Datetime;

use crate::contract::Type;
use crate::error::Text;
use crate::outcome::Number;
use crate::table_name::TableName;

pub use crate::table_name::ident;

use super::bound::Unit;

/// Whether a SQL text is a query in brackets as a whole, and no expression over the rows of a table.
///
/// ```
/// use lockgate_core::expect::is_query;
/// assert!(is_query("( select max(n) from t)") && is_query("((SELECT 1))"));
/// assert!(!is_query("max(n)") && !is_query("max(n) - (SELECT 1)") && !is_query("'(SELECT 1)'"));
/// ```
pub fn is_query(sql: &str) -> bool {
    let parser = Parser::new(&GenericDialect {}).try_with_sql(sql);
    let Ok(mut parser) = parser else {
        return false;
    };
    let Ok(mut expr) = parser.parse_expr() else {
        return false;
    };
    while let Expr::Nested(inner) = expr {
        expr = *inner;
    }
    matches!(expr, Expr::Subquery(_)) && parser.peek_token().token == Token::EOF
}

/// Whether SQL names a function, comments and texts left out.
pub fn calls(sql: &str, function: &str) -> bool {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize();
    tokens.unwrap_or_default().iter().any(|token| match token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(function),
        _ => false,
    })
}

/// SQL that a user wrote, without what stands around it: comments at the start and the end, and semicolons.
/// Other SQL can be written around it, which a comment at its end would swallow.
pub fn body(sql: &str) -> &str {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location();
    let meant = tokens.unwrap_or_default().into_iter();
    let meant = meant.filter(|it| !matches!(it.token, Token::Whitespace(_) | Token::EOF));
    let mut meant: Vec<_> = meant.collect();
    while meant.last().is_some_and(|it| it.token == Token::SemiColon) {
        meant.pop();
    }
    let (Some(first), Some(last)) = (meant.first(), meant.last()) else {
        return sql.trim();
    };
    let text = Text::new("", sql);
    let start = text.offset(first.span.start.line, first.span.start.column);
    let end = text.offset(last.span.end.line, last.span.end.column);
    sql.get(start..end).unwrap_or(sql)
}

/// A table's name as SQL, each part quoted: `raw.source1` becomes `"raw"."source1"`.
pub fn relation(name: &str) -> String {
    TableName::of(name).sql()
}

/// A text value as SQL literal.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A value of an expectation's argument.
#[derive(Clone, Debug, serde::Deserialize, PartialEq)]
#[serde(try_from = "toml::Value")]
pub struct Literal {
    sql: String,
    kind: Type,
    /// A number or a point in time; `None` for text and booleans.
    limit: Option<Limit>,
}

impl Literal {
    /// The family of columns it may be compared with.
    pub fn kind(&self) -> Type {
        self.kind
    }

    pub(super) fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// What of a column is held against it: a date takes a timestamp by its day.
    fn subject(&self, column: &str) -> String {
        match self.kind {
            Type::Date => format!("day_of({column})"),
            Type::Timestamp => format!("instant_of({column})"),
            _ => format!("value_of({column})"),
        }
    }

    /// A condition that a column (as SQL) is to it by a sign such as `<=`.
    pub(super) fn compared(&self, column: &str, sign: &str) -> String {
        match (self.kind, sign) {
            // The engine would read either side as the other's type, and NaN is no decimal.
            (Type::Float, "=") => format!("same_value({column}, {})", self.sql),
            (Type::Float, _) => format!("order_of({column}, {}) {sign} 0", self.sql),
            _ => format!("{} {sign} {}", self.subject(column), self.sql),
        }
    }

    /// The value itself, for a person.
    pub(super) fn shown(&self) -> String {
        let quoted = self.sql.strip_prefix('\'');
        match quoted.and_then(|text| text.strip_suffix('\'')) {
            Some(text) => text.replace("''", "'"),
            None => match self.limit {
                Some(limit) => limit.unit().show(limit.number(limit.unit())),
                None => self.sql.clone(),
            },
        }
    }

    /// Whether it is the same value as another, however it is written.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.sql == other.sql
            || matches!((self.limit, other.limit), (Some(a), Some(b)) if a.first() == b.first() && a.unit() == b.unit())
    }

    /// Whether it lies after another of its family, where that can be told.
    pub(super) fn after(&self, other: &Self) -> bool {
        match (self.limit, other.limit) {
            (Some(this), Some(other)) => this.first() > other.last(),
            _ => self.kind == Type::Text && other.kind == Type::Text && self.sql > other.sql,
        }
    }
}

/// A condition that a column (as SQL) has one of the values.
pub(super) fn one_of(column: &str, values: &[Spanned<Literal>]) -> String {
    let mut lists: Vec<(String, Vec<&str>)> = Vec::new();
    let floats = |value: &&Literal| value.kind == Type::Float;
    let values = values.iter().map(Spanned::get_ref);
    for value in values.clone().filter(|value| !floats(value)) {
        let subject = value.subject(column);
        match lists.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, list)) => list.push(&value.sql),
            None => lists.push((subject, vec![&value.sql])),
        }
    }
    let lists = lists.into_iter();
    let lists = lists.map(|(subject, list)| format!("{subject} IN ({})", list.join(", ")));
    let floats = values
        .filter(floats)
        .map(|value| value.compared(column, "="));
    let lists: Vec<String> = lists.chain(floats).collect();
    format!("({})", lists.join(" OR "))
}

impl TryFrom<toml::Value> for Literal {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let limit = Limit::of(&value);
        let (sql, kind) = match (value, limit) {
            (toml::Value::String(value), _) => (text(&value), Type::Text),
            (toml::Value::Integer(value), _) => (value.to_string(), Type::Int),
            (toml::Value::Float(value), _) if value.is_nan() => {
                return Err("nan is no value to compare with: nothing equals it".to_owned());
            }
            (toml::Value::Float(value), _) => (decimal(value), Type::Float),
            (toml::Value::Boolean(value), _) => (value.to_string(), Type::Bool),
            (toml::Value::Datetime(value), Some(Limit::Days(_))) => {
                (format!("DATE '{value}'"), Type::Date)
            }
            (toml::Value::Datetime(_), Some(Limit::Instant(micros))) => {
                let utc = "Timestamp(Microsecond, Some(\"UTC\"))";
                (format!("arrow_cast({micros}, '{utc}')"), Type::Timestamp)
            }
            (toml::Value::Datetime(value), _) => {
                return Err(format!(
                    "{value} is a time of day alone: write the date too"
                ));
            }
            (other, _) => (text(&other.to_string()), Type::List),
        };
        Ok(Self { sql, kind, limit })
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

/// A number as it is written, so that a decimal column is held against 0.3 and not against the float next to
/// it; what a decimal would not become the same float of is a float.
pub fn decimal(value: f64) -> String {
    let written = value.to_string();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let places = written
        .split_once('.')
        .map_or(0, |(_, places)| digits(places));
    if !value.is_finite() || digits(&written) > 15 || value == 0.0 {
        return float(value + 0.0);
    }
    let precision = digits(&written);
    format!("CAST('{written}' AS DECIMAL({precision}, {places}))")
}

/// An end of a bound: a number or a point in time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Limit {
    Number(Number),
    /// Days since 1970-01-01.
    Days(i64),
    /// Microseconds since 1970-01-01 UTC.
    Instant(i64),
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;

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
        let micros = time.nanosecond.map_or(0, |nanos| i64::from(nanos / 1000));
        let offset = match value.offset {
            Some(toml::value::Offset::Custom { minutes }) => i64::from(minutes) * 60,
            _ => 0,
        };
        Some(Self::Instant(
            (days * DAY + clock - offset) * SECOND + micros,
        ))
    }

    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Number(_) => Unit::Plain,
            Self::Days(_) => Unit::Days,
            Self::Instant(_) => Unit::Seconds,
        }
    }

    /// The number it is in a unit: a date counted in seconds is its midnight.
    pub(super) fn number(self, unit: Unit) -> Number {
        match (self, unit) {
            (Self::Number(number), _) => number,
            (Self::Days(days), Unit::Seconds) => Number::Int(days * DAY),
            (Self::Days(days), _) => Number::Int(days),
            (Self::Instant(micros), _) if micros % SECOND == 0 => Number::Int(micros / SECOND),
            (Self::Instant(micros), _) => Number::Float(micros as f64 / SECOND as f64),
        }
    }

    /// The least that it stands for, to tell which of two comes first.
    pub(super) fn first(self) -> f64 {
        match self {
            Self::Number(number) => number.as_f64(),
            point => point.number(Unit::Seconds).as_f64(),
        }
    }

    /// The greatest that it stands for: of a date the end of its day.
    pub(super) fn last(self) -> f64 {
        match self {
            Self::Days(days) => ((days + 1) * DAY) as f64 - 1e-6,
            other => other.first(),
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
