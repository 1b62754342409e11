//! Kinds that ask something of the order of the rows.

use serde::Deserialize;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, Takes};
use super::common::{ORDERED, wrong};
use super::kind::sound;
use super::sql::ident;
use super::{Example, Kind, Lower, Measure, Name, Subject};
use crate::document;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Args {
    column: Name,
    #[serde(default)]
    order_by: Option<Vec<Name>>,
    #[serde(default)]
    per: Option<Name>,
    #[serde(default)]
    strict: bool,
}

/// Rows whose values rise, or fall, in an order.
#[derive(Debug)]
struct Monotone {
    args: Args,
    falls: bool,
}

/// The order rows have by themselves: that of the file they came from.
const FILE_ORDER: &str = "file_row";

const ARGS: &[Arg] = &[
    Arg::required(
        "column",
        Takes::Column,
        "the column asked about: numbers, dates or timestamps",
    ),
    Arg::optional(
        "order_by",
        Takes::Columns,
        "the order of the rows, smallest first; by default the column `file_row`, which every raw table has",
    ),
    Arg::optional(
        "per",
        Takes::Column,
        "each value of this column has an order of its own, such as \"file_name\"",
    ),
    Arg::optional(
        "strict",
        Takes::Flag,
        "true: two equal values after each other violate; by default they are right",
    )
    .with(Effect::Strict),
];

pub(super) const INCREASING: Kind = Kind {
    name: "increasing",
    summary: "the values never fall from one row to the next",
    about: "Each value is held against the one before it in the order; a row whose value is smaller violates, and \
        so does one with NaN. Two equal values after each other are right, unless `strict = true`. A row is shown with \
        the value before it, as `value_before`, and with what stands in the order there, such as `file_row_before`.\n\
        Rows that stand at the same place of the order are taken as their values rise, so that none of them violates for \
        another but, with `strict`, an equal one; a null in the order stands last. \
        Rows with a null in `column` are left out before anything is compared. The first row violates nothing. A column \
        of nulls alone, or an empty table, is skipped.",
    args: ARGS,
    examples: &[Example {
        toml: "kind = 'increasing'\ncolumn = 'number'\norder_by = ['day']",
        passes: "SELECT * FROM (VALUES (2, 11), (1, 10), (4, 11), (3, NULL)) AS t(day, number)",
        fails: "SELECT * FROM (VALUES (1, 10), (2, 12), (3, 11)) AS t(day, number)",
        others: &[],
    }],
    load: |text, table| {
        let span = table.span();
        let args = document::typed(text, table)?;
        sound(text, span, Monotone { args, falls: false })
    },
};

pub(super) const DECREASING: Kind = Kind {
    name: "decreasing",
    summary: "the values never rise from one row to the next",
    about: "Each value is held against the one before it in the order; a row whose value is greater violates, and \
        so does one with NaN. Two equal values after each other are right, unless `strict = true`. A row is shown with \
        the value before it, as `value_before`, and with what stands in the order there, such as `file_row_before`.\n\
        Rows that stand at the same place of the order are taken as their values fall, so that none of them violates for \
        another but, with `strict`, an equal one; a null in the order stands last. \
        Rows with a null in `column` are left out before anything is compared. The first row violates nothing. A column \
        of nulls alone, or an empty table, is skipped.",
    args: ARGS,
    examples: &[Example {
        toml: "kind = 'decreasing'\ncolumn = 'left'\nstrict = true",
        passes: "SELECT * FROM (VALUES (1, 10), (2, 8), (3, 1)) AS t(file_row, \"left\")",
        fails: "SELECT * FROM (VALUES (1, 10), (2, 8), (3, 8)) AS t(file_row, \"left\")",
        others: &[],
    }],
    load: |text, table| {
        let span = table.span();
        let args = document::typed(text, table)?;
        sound(text, span, Monotone { args, falls: true })
    },
};

impl Monotone {
    /// The columns of the order, each once.
    fn order(&self) -> Vec<&str> {
        let named = self.args.order_by.iter().flatten();
        let mut order: Vec<&str> = Vec::new();
        for name in named.map(|name| name.get_ref().as_str()) {
            if !order.contains(&name) {
                order.push(name);
            }
        }
        if order.is_empty() {
            order.push(FILE_ORDER);
        }
        order
    }
}

impl Lower for Monotone {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.args.column.get_ref());
        let order = self.order();
        let per = self.args.per.as_ref();
        let per = per.map_or(String::new(), |per| {
            format!("PARTITION BY {} ", ident(per.get_ref()))
        });
        let sign = match (self.falls, self.args.strict) {
            (false, false) => "<",
            (false, true) => "<=",
            (true, false) => ">",
            (true, true) => ">=",
        };
        let quoted: Vec<String> = order.iter().map(|name| ident(name)).collect();
        let way = if self.falls { "DESC" } else { "ASC" };
        let window = format!(
            "OVER ({per}ORDER BY {}, value_of({column}) {way})",
            quoted.join(", ")
        );
        let places = order.iter().filter(|name| **name != "value");
        let places = places.map(|name| {
            let before = ident(&format!("{name}_before"));
            format!(", lag({}) {window} AS {before}", ident(name))
        });
        let places: String = places.collect();
        let compared = format!(
            "(SELECT *, lag(value_of({column})) {window} AS value_before{places} FROM {} \
             WHERE {column} IS NOT NULL)",
            subject.rows()
        );
        // NaN sorts after all numbers, and has no place among them.
        let falls = format!(
            "(is_nan({column}) OR (NOT is_nan(value_before) AND value_of({column}) {sign} value_before))"
        );
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE {falls}), count(*) FROM {compared}"),
            rows: format!("SELECT * FROM {compared} WHERE {falls}"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        let order = self.args.order_by.iter().flatten();
        let named = std::iter::once(&self.args.column).chain(order);
        named.chain(&self.args.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.args.column, ORDERED)]
    }

    fn assumed(&self) -> Option<(&'static str, &'static str)> {
        let none = self.args.order_by.is_none();
        none.then_some((FILE_ORDER, "order_by"))
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.args.order_by.as_ref().is_some_and(Vec::is_empty) {
            let message = "`order_by` is empty: there is no order";
            return wrong(
                text,
                self.args.column.span(),
                message,
                "name the columns of the order",
            );
        }
        Vec::new()
    }
}
