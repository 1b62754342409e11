//! The rows of one table in two states, brought into one form.

use indexmap::IndexMap;

use crate::contract::Type;
use crate::engine::{Engine, columns_of, count, text_rows};
use crate::error::{Error, Result};
use crate::expect::ident;
use crate::outcome::{ModelDiff, Pair};
use crate::project::Model;

use super::parts::Parts;
use super::{Options, keyed, whole};

/// The names of the two tables in the session.
pub(super) const BASE: &str = "base_rows";
pub(super) const OTHER: &str = "other_rows";

/// A column of the joined sides that says whether the side has the row.
pub(super) const HERE: &str = "\"lockgate here\"";

/// The two sides, brought into one form.
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

/// Compares two states that are both there.
pub(super) async fn both(
    engine: &Engine,
    model: &Model,
    options: Options<'_>,
    diff: &mut ModelDiff,
) -> Result<()> {
    diff.rows = Pair {
        base: count(engine, BASE).await?,
        other: count(engine, OTHER).await?,
    };
    let (base, other) = (
        columns_of(engine, BASE).await?,
        columns_of(engine, OTHER).await?,
    );
    diff.schema = schemas(&base, &other);
    let mut sides = sides(model, &base, &other);
    if sides.columns.is_empty() {
        return Ok(());
    }
    let parts = Parts::of(engine, &mut sides, &diff.rows).await?;
    if sides.key > 0 {
        diff.key = sides.key().to_vec();
        if keyed::compare(engine, &sides, &parts, options.samples, diff).await? {
            return Ok(());
        }
        diff.note = Some(format!(
            "the key {} repeats: whole rows are counted",
            diff.key.join(", ")
        ));
        diff.key.clear();
    }
    whole::compare(engine, &sides, &parts, options.samples, diff).await
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

type Columns = Vec<(String, arrow::datatypes::DataType)>;

fn schemas(base: &Columns, other: &Columns) -> IndexMap<String, Pair<Option<String>>> {
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

fn sides(model: &Model, base: &Columns, other: &Columns) -> Sides {
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
