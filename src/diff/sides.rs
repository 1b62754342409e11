//! The rows of one table in two states, brought into one form.

use indexmap::IndexMap;

use crate::contract::Type;
use crate::engine::{Engine, text_rows};
use crate::error::{Error, Result};
use crate::expect::ident;
use crate::outcome::Pair;
use crate::project::Model;

/// The names of the two tables in the session.
pub(super) const BASE: &str = "base_rows";
pub(super) const OTHER: &str = "other_rows";

/// A column of the joined sides that says whether the side has the row.
pub(super) const HERE: &str = "\"lockgate here\"";

/// The two sides, brought into one form.
#[derive(Clone)]
pub(super) struct Sides {
    /// The key, then all other columns that both sides have.
    pub columns: Vec<String>,
    /// How many of them are the key.
    pub key: usize,
    /// Subqueries or tables that yield these columns, and [`HERE`].
    pub base: String,
    pub other: String,
    /// Whether two rows `b` and `o` are the same row.
    pub on: String,
}

/// One row of whole numbers.
pub(super) async fn numbers(engine: &Engine, sql: &str) -> Result<Vec<u64>> {
    let page = text_rows(engine, sql, 1)
        .await
        .map_err(|error| Error::engine("comparing rows", error))?;
    let cells = page.rows.into_iter().flatten();
    Ok(cells
        .map(|cell| cell.and_then(|text| text.parse().ok()).unwrap_or(0))
        .collect())
}

/// The columns of a side, or of none, in SQL.
pub(super) fn listed(side: &str, names: &[String]) -> String {
    let names = names.iter().map(|name| match side {
        "" => ident(name),
        _ => format!("{side}.{}", ident(name)),
    });
    names.collect::<Vec<_>>().join(", ")
}

pub(super) type Columns = Vec<(String, arrow::datatypes::DataType)>;

pub(super) fn schemas(base: &Columns, other: &Columns) -> IndexMap<String, Pair<Option<String>>> {
    let shown = |columns: &Columns, name: &str| {
        let found = columns.iter().find(|(known, _)| known == name);
        found.map(|(_, data_type)| match Type::of(data_type) {
            Some(kind) => kind.as_str().to_owned(),
            None => data_type.to_string(),
        })
    };
    let mut all = IndexMap::new();
    for (name, _) in base.iter().chain(other) {
        let pair = Pair {
            base: shown(base, name),
            other: shown(other, name),
        };
        if pair.base != pair.other {
            all.insert(name.clone(), pair);
        }
    }
    all
}

pub(super) fn sides(model: &Model, base: &Columns, other: &Columns) -> Sides {
    let both = |name: &str| {
        let of = |columns: &Columns| {
            let found = columns.iter().find(|(known, _)| known == name);
            found.map(|(_, data_type)| data_type.clone())
        };
        Some((of(base)?, of(other)?))
    };
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let mut key = contract
        .map(|contract| contract.key_names())
        .unwrap_or_default();
    if key.iter().any(|name| both(name).is_none()) {
        key.clear();
    }
    let rest = other.iter().map(|(name, _)| name);
    let rest = rest.filter(|name| !key.contains(name) && both(name).is_some());
    let columns: Vec<String> = key.iter().chain(rest).cloned().collect();
    let side = |table: &str| {
        let columns = columns.iter().map(|name| {
            let quoted = ident(name);
            match both(name) {
                Some((base, other)) if base == other => quoted,
                _ => format!("CAST({quoted} AS VARCHAR) AS {quoted}"),
            }
        });
        let columns: Vec<String> = columns.collect();
        format!("(SELECT {}, 1 AS {HERE} FROM {table})", columns.join(", "))
    };
    let nullable = |name: &str| {
        let column = contract.and_then(|contract| contract.column(name));
        column.is_none_or(|column| column.null)
    };
    let equal = if key.iter().any(|name| nullable(name)) {
        "IS NOT DISTINCT FROM"
    } else {
        "="
    };
    let on: Vec<String> = key
        .iter()
        .map(|name| format!("(b.{0} {equal} o.{0})", ident(name)))
        .collect();
    Sides {
        key: key.len(),
        base: side(BASE),
        other: side(OTHER),
        on: on.join(" AND "),
        columns,
    }
}

impl Sides {
    /// The same rows without a key.
    pub fn whole(self) -> Self {
        Self { key: 0, ..self }
    }

    pub fn key(&self) -> &[String] {
        &self.columns[..self.key]
    }

    pub fn rest(&self) -> &[String] {
        &self.columns[self.key..]
    }

    /// Whether two rows of one key differ.
    pub fn differs(&self) -> String {
        let each: Vec<String> = self.rest().iter().map(|name| distinct(name)).collect();
        match each.is_empty() {
            true => "false".to_owned(),
            false => format!("({})", each.join(" OR ")),
        }
    }
}

/// In brackets: the parser would take all that follows for the right side.
pub(super) fn distinct(name: &str) -> String {
    format!("(b.{0} IS DISTINCT FROM o.{0})", ident(name))
}
