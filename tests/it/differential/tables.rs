//! Generated tables: small, with equal column names everywhere, in clustered and all-null stretches.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;

use crate::support::Dice;

/// The types that columns and expressions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    Int,
    Float,
    Text,
    Bool,
    Date,
    Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Hundredths.
    Decimal(i128),
}

/// A date as ISO text.
pub fn iso(days: i32) -> String {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    let day = epoch + chrono::TimeDelta::days(days.into());
    day.format("%Y-%m-%d").to_string()
}

/// Hundredths as text: `-2.50`.
pub fn decimal(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

impl Value {
    /// For a person, and for the JSON Lines that DuckDB is fed with.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(value) => value.clone(),
            Self::Bool(value) => value.to_string(),
            Self::Date(days) => iso(*days),
            Self::Decimal(value) => decimal(*value),
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub ty: Ty,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
    /// How many rows each file has; in all as many as there are.
    pub files: Vec<usize>,
    /// Rows of a row group, and of a batch in memory.
    pub group: usize,
}

/// The tables that some queries are asked of.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSet {
    pub tables: Vec<Table>,
}

/// Numbers of a seed that are unlike those of its neighbours.
pub fn dice(seed: u64) -> Dice {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Dice(mixed ^ (mixed >> 31))
}

pub fn one_in(dice: &mut Dice, sides: u64) -> bool {
    dice.roll(sides) == 0
}

pub fn pick<'a, T>(dice: &mut Dice, from: &'a [T]) -> &'a T {
    &from[dice.roll(from.len() as u64) as usize]
}

/// `id` is unique and ascending; every table has it and `k`.
const COLUMNS: &[(&str, Ty)] = &[
    ("id", Ty::Int),
    ("k", Ty::Int),
    ("j", Ty::Int),
    ("s", Ty::Text),
    ("n", Ty::Text),
    ("x", Ty::Float),
    ("m", Ty::Decimal),
    ("p", Ty::Bool),
    ("d", Ty::Date),
];

/// What a minority of table sets has on top of plain values.
#[derive(Clone, Copy, Default)]
struct Odd {
    nan: bool,
    infinite: bool,
    huge: bool,
    distant: bool,
}

impl TableSet {
    /// The tables of a seed.
    pub fn generate(seed: u64) -> Self {
        let mut dice = dice(seed);
        let odd = Odd {
            nan: one_in(&mut dice, 8),
            infinite: one_in(&mut dice, 10),
            huge: one_in(&mut dice, 15),
            distant: one_in(&mut dice, 12),
        };
        let names = ["a", "b", "c"];
        let tables = names
            .iter()
            .map(|name| Table::generate(name, odd, &mut dice));
        Self {
            tables: tables.collect(),
        }
    }

    /// Whether some column holds NaN, which SQLite cannot store.
    pub fn has_nan(&self) -> bool {
        let cells = self
            .tables
            .iter()
            .flat_map(|table| table.rows.iter().flatten());
        cells
            .into_iter()
            .any(|cell| matches!(cell, Value::Float(value) if value.is_nan()))
    }
}

impl Table {
    fn generate(name: &str, odd: Odd, dice: &mut Dice) -> Self {
        let columns = COLUMNS.iter().filter(|(name, _)| {
            let always = ["id", "k", "s"].contains(name);
            always || !one_in(dice, 6)
        });
        let columns: Vec<Column> = columns
            .map(|(name, ty)| Column {
                name: (*name).to_owned(),
                ty: *ty,
            })
            .collect();
        let count = match dice.roll(12) {
            0 => 0,
            1 => 1,
            _ => 2 + dice.roll(11) as usize,
        };
        let drawn: Vec<Vec<Value>> = columns
            .iter()
            .map(|column| stretches(column, count, odd, dice))
            .collect();
        let rows = (0..count).map(|row| drawn.iter().map(|cells| cells[row].clone()).collect());
        let rows: Vec<Vec<Value>> = rows.collect();
        let mut files = Vec::new();
        let mut left = count;
        while left > 0 && files.len() < 2 && !one_in(dice, 3) {
            let size = 1 + dice.roll(left as u64) as usize;
            files.push(size);
            left -= size;
        }
        if left > 0 {
            files.push(left);
        }
        Self {
            name: name.to_owned(),
            columns,
            rows,
            files,
            group: 1 + dice.roll(5) as usize,
        }
    }

    pub fn schema(&self) -> SchemaRef {
        let fields = self.columns.iter().map(|column| {
            let data_type = match column.ty {
                Ty::Int => DataType::Int64,
                Ty::Float => DataType::Float64,
                Ty::Text => DataType::Utf8,
                Ty::Bool => DataType::Boolean,
                Ty::Date => DataType::Date32,
                Ty::Decimal => DataType::Decimal128(10, 2),
            };
            Field::new(&column.name, data_type, true)
        });
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The rows of each file.
    pub fn batches(&self) -> Vec<RecordBatch> {
        let mut from = 0;
        let cut = self.files.iter().map(|size| {
            let rows = &self.rows[from..from + size];
            from += size;
            self.batch(rows)
        });
        cut.collect()
    }

    /// All rows, in batches of few; at least one batch, so that the columns are known.
    pub fn small_batches(&self) -> Vec<RecordBatch> {
        if self.rows.is_empty() {
            return vec![self.batch(&[])];
        }
        self.rows
            .chunks(self.group)
            .map(|rows| self.batch(rows))
            .collect()
    }

    fn batch(&self, rows: &[Vec<Value>]) -> RecordBatch {
        let columns = self.columns.iter().enumerate().map(|(at, column)| {
            let cells = rows.iter().map(|row| &row[at]);
            array(column.ty, cells)
        });
        RecordBatch::try_new(self.schema(), columns.collect()).unwrap()
    }

    /// The table as a person reads it, with the bounds of its files.
    pub fn shown(&self) -> String {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut text = format!(
            "{}({}), row groups of {}\n",
            self.name,
            names.join(", "),
            self.group
        );
        let mut rows = self.rows.iter();
        for (file, size) in self.files.iter().enumerate() {
            for row in rows.by_ref().take(*size) {
                let cells = row.iter().map(|cell| match cell {
                    Value::Text(text) => format!("'{text}'"),
                    other => other.text().unwrap_or("NULL".to_owned()),
                });
                let cells = cells.collect::<Vec<_>>().join(", ");
                writeln!(text, "  file {file}: {cells}").unwrap();
            }
        }
        text
    }
}

fn array<'a>(ty: Ty, cells: impl Iterator<Item = &'a Value>) -> ArrayRef {
    macro_rules! of {
        ($array:ty, $variant:ident) => {
            Arc::new(
                cells
                    .map(|cell| match cell {
                        Value::$variant(value) => Some(value.clone()),
                        _ => None,
                    })
                    .collect::<$array>(),
            )
        };
    }
    match ty {
        Ty::Int => of!(Int64Array, Int),
        Ty::Float => of!(Float64Array, Float),
        Ty::Text => of!(StringArray, Text),
        Ty::Bool => of!(BooleanArray, Bool),
        Ty::Date => of!(Date32Array, Date),
        Ty::Decimal => {
            let cells = cells.map(|cell| match cell {
                Value::Decimal(value) => Some(*value),
                _ => None,
            });
            let array: Decimal128Array = cells.collect();
            Arc::new(array.with_precision_and_scale(10, 2).unwrap())
        }
    }
}

/// A column in stretches: of nulls, of one value, ascending, or of any values.
fn stretches(column: &Column, count: usize, odd: Odd, dice: &mut Dice) -> Vec<Value> {
    if column.name == "id" {
        return (1..=count as i64).map(Value::Int).collect();
    }
    let mut cells = Vec::new();
    while cells.len() < count {
        let length = 1 + dice.roll(6) as usize;
        let way = dice.roll(8);
        let first = value(column, odd, dice);
        for step in 0..length {
            cells.push(match way {
                0 => Value::Null,
                1 => first.clone(),
                2 => match &first {
                    Value::Int(start) => Value::Int(start.wrapping_add(step as i64)),
                    Value::Date(start) => Value::Date(start + step as i32),
                    other => other.clone(),
                },
                _ if one_in(dice, 6) => Value::Null,
                _ => value(column, odd, dice),
            });
        }
    }
    cells.truncate(count);
    cells
}

/// 9999-12-31, everybody's "no end".
const NO_END: i32 = 2_932_896;
/// 2024-01-01.
pub const NEW_YEAR: i32 = 19_723;

fn value(column: &Column, odd: Odd, dice: &mut Dice) -> Value {
    match (column.name.as_str(), column.ty) {
        ("j", _) => match dice.roll(30) {
            0 if odd.huge => Value::Int(i64::MAX),
            1 => Value::Int(100_000),
            _ => Value::Int(dice.roll(60) as i64 - 5),
        },
        ("n", _) => text(pick::<&str>(
            dice,
            &["9", "10", "100", "2", "-3", "50", "7"],
        )),
        (_, Ty::Int) => Value::Int(dice.roll(6) as i64),
        (_, Ty::Text) => text(pick::<&str>(
            dice,
            &["", "a", "b", "ab", "abcdef", "q", "B"],
        )),
        (_, Ty::Float) => match dice.roll(8) {
            0 if odd.nan => Value::Float(f64::NAN),
            1 if odd.infinite => Value::Float(f64::INFINITY),
            2 if odd.infinite => Value::Float(f64::NEG_INFINITY),
            _ => Value::Float(*pick(dice, &[0.5, 1.0, -1.5, 2.0, 0.25, 3.0, 0.0, 100.0])),
        },
        (_, Ty::Bool) => Value::Bool(one_in(dice, 2)),
        (_, Ty::Date) => match dice.roll(8) {
            0 if odd.distant => Value::Date(NO_END),
            _ => Value::Date(NEW_YEAR + dice.roll(40) as i32),
        },
        (_, Ty::Decimal) => Value::Decimal(*pick(dice, &[110, 100, 150, 0, -250, 199, 200])),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A value of a type that may or may not be in a table.
pub fn any(ty: Ty, dice: &mut Dice) -> Value {
    let name = if ty == Ty::Int && one_in(dice, 2) {
        "j"
    } else {
        ""
    };
    let column = Column {
        name: name.to_owned(),
        ty,
    };
    value(&column, Odd::default(), dice)
}
