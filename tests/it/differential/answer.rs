//! Answers, in a form that is the same for every engine.

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Rows of cells as text; `None` is null.
pub type Rows = Vec<Vec<Option<String>>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Rows(Rows),
    /// lockgate does not take the query: why.
    Refused(String),
    Failed(String),
    /// A value that a cast or an operator does not take: SQL leaves open which values are looked at.
    Misfit(String),
}

impl Answer {
    /// Whether two answers are the same rows, in order where that was asked for.
    pub fn agrees(&self, other: &Self, ordered: bool) -> bool {
        match (self, other) {
            (Self::Rows(left), Self::Rows(right)) => same(left, right, ordered),
            (Self::Refused(_), Self::Refused(_))
            | (Self::Failed(_) | Self::Misfit(_), Self::Failed(_) | Self::Misfit(_)) => true,
            _ => false,
        }
    }

    pub fn shown(&self) -> String {
        match self {
            Self::Rows(rows) if rows.is_empty() => "no rows".to_owned(),
            Self::Rows(rows) => {
                let rows = rows.iter().take(12).map(|row| {
                    let cells = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL"));
                    format!("({})", cells.collect::<Vec<_>>().join(", "))
                });
                rows.collect::<Vec<_>>().join(" ")
            }
            Self::Refused(why) => format!("refused: {why}"),
            Self::Failed(why) => format!("failed: {why}"),
            Self::Misfit(why) => format!("failed on a value: {why}"),
        }
    }
}

pub fn same(left: &Rows, right: &Rows, ordered: bool) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if ordered {
        return left == right;
    }
    sorted(left.clone()) == sorted(right.clone())
}

pub fn sorted(mut rows: Rows) -> Rows {
    rows.sort_unstable();
    rows
}

/// A whole number as it is; another by twelve digits, so that the order of additions is not seen.
pub fn number(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 {
        // -0.0 and 0.0 are one number.
        return format!("{}", value as i64);
    }
    if value.is_finite() {
        return format!("{value:.11e}");
    }
    value.to_string()
}

pub fn rows_of(batches: &[RecordBatch]) -> Rows {
    let options = FormatOptions::default().with_display_error(true);
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| {
                let format = ArrayFormatter::try_new(column.as_ref(), &options).unwrap();
                (column, column.logical_nulls(), format)
            })
            .collect();
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|(column, nulls, format)| {
                let null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
                (!null).then(|| cell(column.data_type(), format.value(row).to_string()))
            });
            rows.push(cells.collect());
        }
    }
    rows
}

fn cell(data_type: &DataType, text: String) -> String {
    match data_type {
        DataType::Boolean => u8::from(text == "true").to_string(),
        kind if kind.is_floating() || kind.is_decimal() => match text.parse() {
            Ok(value) => number(value),
            Err(_) => text,
        },
        _ => text,
    }
}
