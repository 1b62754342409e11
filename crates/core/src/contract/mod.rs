//! Contracts: what a model or a source promises of its shape.
//!
//! A contract is held against a *schema*; no row is read. What only the data
//! can confirm (that a column holds no null, that a key does not repeat) is
//! measured later, as expectations of its own.

use std::sync::Arc;

use arrow_schema::{DataType, Schema};
use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

mod change;
mod source;
mod source_change;
mod stored;

pub use change::{SameOrigin, Written, changes, must_rise, renamed};
pub use source::{
    Encoding, FileRule, Need, Quote, RAW_COLUMNS, SourceColumn, SourceContract, snake_case,
};
pub use source_change::source_changes;
pub use stored::{portable, storable, type_name, unstorable};

use crate::error::{Problem, Text, suggest};

/// A model's contract, as written in `contracts/<layer>/<model>.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Semantic version of the shape.
    pub version: Spanned<String>,
    /// What one row is, in a sentence.
    pub summary: String,
    /// Whom to ask: a mail address or a team's name.
    pub owner: String,
    /// The grain: columns no two rows share. Empty: no key is promised.
    #[serde(default)]
    pub key: Vec<Spanned<String>>,
    /// Whether columns beyond the listed ones are allowed.
    #[serde(default)]
    pub open: bool,
    /// The columns, in output order.
    pub columns: IndexMap<Spanned<String>, Column>,
}

/// One promised column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    #[serde(rename = "type")]
    pub kind: Spanned<Type>,
    /// Whether a null may stand in it; by default none may.
    #[serde(default)]
    pub null: bool,
    #[serde(default)]
    pub summary: Option<String>,
}

/// The column types a contract speaks of: families of Arrow types, since a
/// reader of a table cares for a whole number, not for its width.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Text,
    Int,
    Float,
    Decimal,
    Bool,
    Date,
    Timestamp,
    List,
}

impl Type {
    /// The family of an Arrow type; `None` for one no contract can name.
    pub fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Dictionary(_, value) => return Self::of(value),
            data_type if data_type.is_integer() => Self::Int,
            data_type if data_type.is_floating() => Self::Float,
            DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Decimal,
            DataType::Boolean => Self::Bool,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => Self::List,
            _ => return None,
        })
    }

    /// The Arrow type a plan without data gives the column.
    pub fn arrow(self) -> DataType {
        use arrow_schema::{Field, TimeUnit};
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Decimal => DataType::Decimal128(38, 10),
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::List => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        }
    }

    /// The Arrow type it is stored with: as promised, but a decimal
    /// keeps the precision it has.
    pub fn stored(self, found: &DataType) -> DataType {
        match (self, portable(found)) {
            (Self::Decimal, kind @ DataType::Decimal128(..)) => kind,
            _ => self.arrow(),
        }
    }

    /// Whether a contract can promise a type by this name.
    pub fn named(name: &str) -> bool {
        let all = [
            Self::Text,
            Self::Int,
            Self::Float,
            Self::Decimal,
            Self::Bool,
            Self::Date,
            Self::Timestamp,
            Self::List,
        ];
        all.iter().any(|known| known.as_str() == name)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::List => "list",
        }
    }
}

/// One way in which a schema does not keep its contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// The contract lists a column that the model does not yield.
    Missing { column: String },
    /// The model yields a column that a closed contract does not list.
    Extra { column: String },
    /// The column has a type of another family.
    Type {
        column: String,
        promised: Type,
        found: String,
    },
    /// The columns stand in another order than the contract's.
    Order { column: String, before: String },
}

impl Contract {
    /// What is wrong with the contract by itself: the version and the key.
    pub fn problems(&self, text: &Text) -> Vec<Problem> {
        let mut problems = version_problem(text, &self.version);
        problems.extend(twins(text, self.columns.keys()));
        if self.columns.is_empty() && !self.open {
            let help = "list the columns under [columns], or write open = true";
            problems.push(
                Problem::new("lockgate::contract::columns", "no column is promised")
                    .at(text, 0..0, "in this contract")
                    .help(help),
            );
        }
        for (at, name) in self.key.iter().enumerate() {
            if self.key[..at]
                .iter()
                .any(|other| other.get_ref() == name.get_ref())
            {
                problems.push(
                    Problem::new(
                        "lockgate::contract::key",
                        format!("the key names `{}` twice", name.get_ref()),
                    )
                    .at(text, name.span(), "again")
                    .help("name each column of the key once"),
                );
            }
            if !self.names().any(|known| known == name.get_ref()) {
                problems.push(
                    Problem::new(
                        "lockgate::contract::key",
                        format!("the key names `{}`, which is not a column", name.get_ref()),
                    )
                    .at(text, name.span(), "not a column of this contract")
                    .help(suggest(name.get_ref(), self.names())),
                );
            }
        }
        problems
    }

    /// The names of the promised columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(|name| name.get_ref().as_str())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let mut columns = self.columns.iter();
        columns
            .find(|(known, _)| known.get_ref() == name)
            .map(|(_, column)| column)
    }

    /// The grain's column names; empty where no key is promised.
    pub fn key_names(&self) -> Vec<String> {
        self.key.iter().map(|name| name.get_ref().clone()).collect()
    }

    /// The schema promised, as plans over this model see it.
    pub fn schema(&self) -> Schema {
        let field = |(name, column): (&Spanned<String>, &Column)| {
            let data_type = column.kind.get_ref().arrow();
            arrow_schema::Field::new(name.get_ref(), data_type, column.null)
        };
        Schema::new(self.columns.iter().map(field).collect::<Vec<_>>())
    }

    /// Every way in which `schema` does not keep this contract, in column order.
    ///
    /// Nullability is left to the data: a plan says "may be null" of many a
    /// column that never is.
    pub fn breaches(&self, schema: &Schema) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for (name, column) in &self.columns {
            let name = name.get_ref();
            let promised = *column.kind.get_ref();
            match schema.field_with_name(name) {
                Err(_) => breaches.push(Breach::Missing {
                    column: name.clone(),
                }),
                Ok(field) if Type::of(field.data_type()) != Some(promised) => {
                    breaches.push(Breach::Type {
                        column: name.clone(),
                        promised,
                        found: type_name(field.data_type()),
                    });
                }
                Ok(_) => {}
            }
        }
        for field in schema.fields() {
            if !self.open && !self.names().any(|name| name == field.name()) {
                breaches.push(Breach::Extra {
                    column: field.name().clone(),
                });
            }
        }
        if breaches.is_empty() {
            breaches.extend(self.first_out_of_order(schema));
        }
        breaches
    }

    fn first_out_of_order(&self, schema: &Schema) -> Option<Breach> {
        let places: Vec<(usize, &str)> = self
            .names()
            .filter_map(|name| Some((schema.index_of(name).ok()?, name)))
            .collect();
        places
            .windows(2)
            .find(|pair| pair[0].0 > pair[1].0)
            .map(|pair| Breach::Order {
                column: pair[1].1.to_owned(),
                before: pair[0].1.to_owned(),
            })
    }
}

/// Columns that one table cannot have: of no name, or whose names differ by capital letters alone.
fn twins<'a>(text: &Text, names: impl Iterator<Item = &'a Spanned<String>>) -> Vec<Problem> {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    let mut problems = Vec::new();
    let mut wrong = |name: &Spanned<String>, message: String, help: &str| {
        let problem = Problem::new("lockgate::contract::columns", message);
        problems.push(problem.at(text, name.span(), "here").help(help));
    };
    for name in names {
        let folded = name.get_ref().to_lowercase();
        let twin = seen
            .iter()
            .find(|other| other.get_ref().to_lowercase() == folded);
        if folded.is_empty() {
            wrong(name, "a column has no name".to_owned(), "give it one");
        } else if let Some(twin) = twin {
            let message = twin_columns(twin.get_ref(), name.get_ref());
            wrong(name, message, TWINS_HELP);
        }
        seen.push(name);
    }
    problems
}

/// What is said of two columns whose names differ by capital letters alone.
pub fn twin_columns(one: &str, other: &str) -> String {
    format!(
        "`{one}` and `{other}` cannot both be columns of one table: their names differ by capital letters alone"
    )
}

/// What to do about [`twin_columns`].
pub const TWINS_HELP: &str = "a stored table takes them for one: give one of them another name";

/// A version is three whole numbers: `MAJOR.MINOR.PATCH`, as in Semantic Versioning 2.0.0.
fn version_problem(text: &Text, version: &Spanned<String>) -> Vec<Problem> {
    let parts: Vec<&str> = version.get_ref().split('.').collect();
    let whole = |part: &&str| part.parse::<u32>().is_ok();
    if parts.len() == 3 && parts.iter().all(whole) {
        return Vec::new();
    }
    vec![
        Problem::new(
            "lockgate::contract::version",
            "the version is not MAJOR.MINOR.PATCH",
        )
        .at(text, version.span(), "here")
        .help("write three whole numbers, such as \"1.0.0\""),
    ]
}
