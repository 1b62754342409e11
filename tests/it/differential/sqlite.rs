//! SQLite over the same tables.

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::answer::{Rows, number};
use super::ast::{Expr, Part, Query};
use super::tables::{Table, TableSet, Ty, Value, iso};

pub struct Sqlite {
    connection: Connection,
    nan: bool,
    infinite: bool,
}

impl Sqlite {
    pub fn open(set: &TableSet) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("PRAGMA case_sensitive_like = ON")
            .unwrap();
        for table in &set.tables {
            fill(&connection, table);
        }
        let mut floats = set
            .tables
            .iter()
            .flat_map(|table| table.rows.iter().flatten());
        Self {
            connection,
            nan: set.has_nan(),
            infinite: floats.any(|cell| matches!(cell, Value::Float(value) if value.is_infinite())),
        }
    }

    /// Whether SQLite can be asked: it knows no decimals, stores no NaN, and counts otherwise with the infinite.
    pub fn can_tell(&self, query: &Query) -> bool {
        let (mut decimals, mut floats, mut computes) = (false, false, false);
        Part::Query(&mut query.clone()).walk(&mut |part| {
            if let Part::Expr(expr) = part {
                decimals |= matches!(expr, Expr::Column { name, .. } if name == "m");
                floats |= matches!(expr, Expr::Column { name, .. } if name == "x");
                let sums =
                    matches!(expr, Expr::Aggregate { name, .. } if ["sum", "avg"].contains(name));
                computes |= sums || matches!(expr, Expr::Arith(..) | Expr::Cast { .. });
            }
        });
        let odd = floats && (self.nan || self.infinite && computes);
        !decimals && !odd
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// SQLite does not know a function, or fails on the data.
    pub fn rows(&self, sql: &str) -> Result<Rows, rusqlite::Error> {
        let mut statement = self.connection.prepare(sql)?;
        let width = statement.column_count();
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cells = (0..width).map(|at| row.get_ref(at).map(cell));
            rows.push(cells.collect::<Result<_, _>>()?);
        }
        Ok(rows)
    }
}

fn fill(connection: &Connection, table: &Table) {
    let columns = table.columns.iter().map(|column| {
        let ty = match column.ty {
            Ty::Int | Ty::Bool => "INTEGER",
            Ty::Float => "REAL",
            Ty::Text | Ty::Date | Ty::Decimal => "TEXT",
        };
        format!("\"{}\" {ty}", column.name)
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    connection
        .execute_batch(&format!("CREATE TABLE {} ({columns})", table.name))
        .unwrap();
    let places = vec!["?"; table.columns.len()].join(", ");
    let insert = format!("INSERT INTO {} VALUES ({places})", table.name);
    let mut insert = connection.prepare(&insert).unwrap();
    for row in &table.rows {
        let cells = row.iter().map(bound);
        insert.execute(rusqlite::params_from_iter(cells)).unwrap();
    }
}

fn bound(value: &Value) -> ToSqlOutput<'_> {
    match value {
        Value::Null => rusqlite::types::Null.into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(value) => value.as_str().into(),
        Value::Bool(value) => (*value).into(),
        Value::Date(days) => iso(*days).into(),
        Value::Decimal(value) => super::tables::decimal(*value).into(),
    }
}

fn cell(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string()),
        ValueRef::Real(value) => Some(number(value)),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            Some(String::from_utf8_lossy(text).into_owned())
        }
    }
}
