//! Kinds that ask something of the order of the rows.

use serde::Deserialize;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Takes};
use super::common::{ORDERED, wrong};
use super::kind::sound;
use super::sql::{ident, idents};
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
        "true: two equal values after each other violate",
    ),
];

pub(super) const INCREASING: Kind = Kind {
    name: "increasing",
    summary: "the values never fall from one row to the next",
    about: "Each value is held against the one before it in the order; a row whose value is smaller violates. Rows that \
        stand at the same place of the order are taken in any order: name enough columns.\n\
        Rows with a null are left out before anything is compared. The first row violates nothing. A column of nulls \
        alone, or an empty table, is skipped.",
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
    about: "Each value is held against the one before it in the order; a row whose value is greater violates. Rows that \
        stand at the same place of the order are taken in any order: name enough columns.\n\
        Rows with a null are left out before anything is compared. The first row violates nothing. A column of nulls \
        alone, or an empty table, is skipped.",
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

impl Lower for Monotone {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.args.column.get_ref());
        let order = self.args.order_by.as_ref();
        let order = order.map_or_else(|| ident(FILE_ORDER), |columns| idents(columns));
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
        let compared = format!(
            "(SELECT *, lag({column}) OVER ({per}ORDER BY {order}) AS value_before FROM {} WHERE {column} IS NOT NULL)",
            subject.rows()
        );
        let falls = format!("{column} {sign} value_before");
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
