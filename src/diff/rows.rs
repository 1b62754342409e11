//! The rows of one table in two states, told apart in SQL.

use indexmap::IndexMap;

use crate::contract::Type;
use crate::engine::{Engine, columns_of, count, text_rows};
use crate::error::{Error, Result};
use crate::expect::ident;
use crate::outcome::{ModelDiff, Pair, RowDiff, RowKind};
use crate::project::Model;

use super::Options;

/// The names of the two tables in the session.
pub(super) const BASE: &str = "base_rows";
pub(super) const OTHER: &str = "other_rows";

/// A column of the joined sides that says whether the side has the row.
const HERE: &str = "\"lockgate here\"";

/// The two sides, brought into one form.
struct Sides {
    /// The key, then all other columns that both sides have.
    columns: Vec<String>,
    /// How many of them are the key.
    key: usize,
    /// Subqueries that yield these columns.
    base: String,
    other: String,
    /// Whether two rows `b` and `o` are the same row.
    on: String,
}

/// Compares two states that are both there.
pub(super) async fn both(
    engine: &Engine,
    model: &Model,
    options: Options<'_>,
    diff: &mut ModelDiff,
) -> Result<()> {
    if options.memory.is_some() {
        engine.sort_joins();
    }
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
    if sides.key > 0 {
        diff.key = sides.columns[..sides.key].to_vec();
        if by_key(engine, &sides, diff).await? {
            if options.samples > 0 {
                key_samples(engine, &sides, options.samples, diff).await?;
            }
            return Ok(());
        }
        diff.note = Some(format!(
            "the key {} repeats: whole rows are counted",
            diff.key.join(", ")
        ));
        diff.key.clear();
        sides.key = 0;
    }
    whole(engine, &sides, options.samples, diff).await
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
    fn rest(&self) -> &[String] {
        &self.columns[self.key..]
    }

    fn differs(&self) -> String {
        let each: Vec<String> = self.rest().iter().map(|name| distinct(name)).collect();
        match each.is_empty() {
            true => "false".to_owned(),
            false => format!("({})", each.join(" OR ")),
        }
    }
}

/// In brackets: the parser would take all that follows for the right side.
fn distinct(name: &str) -> String {
    format!("(b.{0} IS DISTINCT FROM o.{0})", ident(name))
}

/// One row of whole numbers.
async fn numbers(engine: &Engine, sql: &str) -> Result<Vec<u64>> {
    let page = text_rows(engine, sql, 1)
        .await
        .map_err(|error| Error::engine("comparing rows", error))?;
    let cells = page.rows.into_iter().flatten();
    Ok(cells
        .map(|cell| cell.and_then(|text| text.parse().ok()).unwrap_or(0))
        .collect())
}

/// Counts by one full outer join; whether the key told every row of both sides apart.
async fn by_key(engine: &Engine, sides: &Sides, diff: &mut ModelDiff) -> Result<bool> {
    let both = format!("b.{HERE} IS NOT NULL AND o.{HERE} IS NOT NULL");
    let mut counts = vec![
        format!("b.{HERE} IS NULL"),
        format!("o.{HERE} IS NULL"),
        both.clone(),
        format!("{both} AND {}", sides.differs()),
    ];
    let rest = sides.rest().iter();
    counts.extend(rest.map(|name| format!("{both} AND {}", distinct(name))));
    let counts: Vec<String> = counts
        .iter()
        .enumerate()
        .map(|(place, condition)| format!("count(*) FILTER (WHERE {condition}) AS n{place}"))
        .collect();
    let sql = format!(
        "SELECT {} FROM {} AS b FULL JOIN {} AS o ON {}",
        counts.join(", "),
        sides.base,
        sides.other,
        sides.on
    );
    let found = numbers(engine, &sql).await?;
    let [added, removed, pairs, changed, columns @ ..] = found.as_slice() else {
        return Ok(false);
    };
    if pairs + removed != diff.rows.base || pairs + added != diff.rows.other {
        return Ok(false);
    }
    (diff.added, diff.removed, diff.changed) = (*added, *removed, *changed);
    let columns = sides.rest().iter().cloned().zip(columns.iter().copied());
    diff.columns = columns.filter(|(_, count)| *count > 0).collect();
    Ok(true)
}

async fn key_samples(
    engine: &Engine,
    sides: &Sides,
    limit: usize,
    diff: &mut ModelDiff,
) -> Result<()> {
    let list = |side: &str, names: &[String]| {
        let names = names.iter().map(|name| format!("{side}.{}", ident(name)));
        names.collect::<Vec<_>>().join(", ")
    };
    let order = |side: &str| list(side, &sides.columns[..sides.key]);
    let gone = |from: (&str, &str), against: (&str, &str)| {
        format!(
            "SELECT {} FROM {} AS {} LEFT ANTI JOIN {} AS {} ON {} ORDER BY {} LIMIT {limit}",
            list(from.0, &sides.columns),
            from.1,
            from.0,
            against.1,
            against.0,
            sides.on,
            order(from.0)
        )
    };
    let (base, other) = (("b", sides.base.as_str()), ("o", sides.other.as_str()));
    let mut queries = Vec::new();
    if diff.added > 0 {
        queries.push((RowKind::Added, gone(other, base)));
    }
    if diff.removed > 0 {
        queries.push((RowKind::Removed, gone(base, other)));
    }
    if diff.changed > 0 {
        let after = sides.rest().iter().enumerate();
        let after: Vec<String> = after
            .map(|(place, name)| format!("o.{} AS \"lockgate {place}\"", ident(name)))
            .collect();
        let sql = format!(
            "SELECT {}, {} FROM {} AS b JOIN {} AS o ON {} WHERE {} ORDER BY {} LIMIT {limit}",
            list("b", &sides.columns),
            after.join(", "),
            sides.base,
            sides.other,
            sides.on,
            sides.differs(),
            order("b")
        );
        queries.push((RowKind::Changed, sql));
    }
    for (kind, sql) in queries {
        let page = text_rows(engine, &sql, limit)
            .await
            .map_err(|error| Error::engine("reading the rows that differ", error))?;
        let rows = page.rows.into_iter();
        diff.samples
            .extend(rows.map(|row| sample(sides, kind, row)));
    }
    Ok(())
}

/// A row of the key, the columns of one side and, if it changed, those of the other.
fn sample(sides: &Sides, kind: RowKind, row: Vec<Option<String>>) -> RowDiff {
    let names = sides.columns[..sides.key].iter().cloned();
    let key = names.zip(row.iter().cloned()).collect();
    let rest = sides.rest();
    let (first, second) = row[sides.key..].split_at(rest.len().min(row.len() - sides.key));
    let pairs = rest.iter().enumerate().filter_map(|(place, name)| {
        let value = first.get(place).cloned().flatten();
        let pair = match kind {
            RowKind::Added => Pair {
                base: None,
                other: value,
            },
            RowKind::Removed => Pair {
                base: value,
                other: None,
            },
            RowKind::Changed => Pair {
                base: value,
                other: second.get(place).cloned().flatten(),
            },
        };
        (pair.base != pair.other).then(|| (name.clone(), pair))
    });
    RowDiff {
        kind,
        key,
        values: pairs.collect(),
    }
}

/// Counts whole rows: how often more, and how often less, each stands on the other side.
async fn whole(engine: &Engine, sides: &Sides, samples: usize, diff: &mut ModelDiff) -> Result<()> {
    let names: Vec<String> = sides.columns.iter().map(|name| ident(name)).collect();
    let names = names.join(", ");
    if names.is_empty() {
        return Ok(());
    }
    let (b, o) = ("\"lockgate base\"", "\"lockgate other\"");
    let counted = format!(
        "(SELECT {names}, sum({b}) AS {b}, sum({o}) AS {o} FROM (\
         SELECT {names}, 1 AS {b}, 0 AS {o} FROM {} UNION ALL \
         SELECT {names}, 0 AS {b}, 1 AS {o} FROM {}) GROUP BY {names})",
        sides.base, sides.other
    );
    let sql = format!(
        "SELECT sum({o} - {b}) FILTER (WHERE {o} > {b}) AS more, \
         sum({b} - {o}) FILTER (WHERE {b} > {o}) AS less FROM {counted}"
    );
    if let [added, removed] = numbers(engine, &sql).await?[..] {
        (diff.added, diff.removed) = (added, removed);
    }
    for (kind, condition) in [
        (RowKind::Added, format!("{o} > {b}")),
        (RowKind::Removed, format!("{b} > {o}")),
    ] {
        if samples == 0 {
            continue;
        }
        let sql = format!(
            "SELECT {names} FROM {counted} WHERE {condition} ORDER BY {names} LIMIT {samples}"
        );
        let page = text_rows(engine, &sql, samples)
            .await
            .map_err(|error| Error::engine("reading the rows that differ", error))?;
        let rows = page.rows.into_iter().map(|row| RowDiff {
            kind,
            key: sides.columns.iter().cloned().zip(row).collect(),
            values: IndexMap::new(),
        });
        diff.samples.extend(rows);
    }
    Ok(())
}
