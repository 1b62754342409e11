//! Kinds that hold the columns of one row against each other.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, SKIP_NULL, Takes};
use super::bound::Given;
use super::common::{NUMERIC, SkipNull, contradiction, empty, wrong};
use super::kind::load_as;
use super::sql::{Limit, Literal, decimal, ident};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

/// Two columns of one row.
pub(super) fn beside<'a>(column: &'a Name, other: &Name) -> Pair<'a> {
    Pair {
        column,
        model: None,
        with: other.get_ref().clone(),
        place: other.span(),
        by_day: true,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairInSet {
    columns: Spanned<Vec<Name>>,
    values: Spanned<Vec<Spanned<Vec<Spanned<Literal>>>>>,
    #[serde(default)]
    skip_null: SkipNull,
}

pub(super) const PAIR_IN_SET: Kind = Kind {
    name: "pair_in_set",
    summary: "the values of two or more columns together are one of a list",
    about: "A row whose values, taken together, are not in the list violates. Text is compared to the letter. A row with \
        a null in one of the columns is not asked; with `skip_null = \"all\"` it violates unless all are null, with \
        `\"never\"` always.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required("columns", Takes::Columns, "two columns or more"),
        Arg::required(
            "values",
            Takes::Tuples,
            "the combinations allowed, each with one value for each column, in their order",
        )
        .with(Effect::Admits),
        SKIP_NULL,
    ],
    examples: &[Example {
        toml: "kind = 'pair_in_set'\ncolumns = ['state', 'zone']\nvalues = [['NV', 'Pacific'], ['OK', 'Central']]",
        passes: "SELECT * FROM (VALUES ('NV', 'Pacific'), ('TX', NULL)) AS t(state, zone)",
        fails: "SELECT * FROM (VALUES ('NV', 'Pacific'), ('NV', 'Central')) AS t(state, zone)",
        others: &[],
    }],
    load: load_as::<PairInSet>,
};

impl Lower for PairInSet {
    fn lower(&self, _: &Subject) -> Measure {
        let columns = self.columns.get_ref();
        let one = |values: &Spanned<Vec<Spanned<Literal>>>| {
            let pairs = columns.iter().zip(values.get_ref());
            let parts: Vec<String> = pairs
                .map(|(column, value)| value.get_ref().compared(&ident(column.get_ref()), "="))
                .collect();
            format!("({})", parts.join(" AND "))
        };
        let any: Vec<String> = self.values.get_ref().iter().map(one).collect();
        Measure::Rows {
            holds: any.join(" OR "),
            among: self.skip_null.among(columns),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.get_ref().iter().collect()
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        let columns = self.columns.get_ref();
        let tuples = self.values.get_ref().iter();
        tuples
            .flat_map(|values| columns.iter().zip(values.get_ref()))
            .collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let columns = self.columns.get_ref().len();
        if columns < 2 {
            let message = "a combination needs two columns at least";
            return wrong(text, self.columns.span(), message, "for one column: in_set");
        }
        let mut problems = empty(text, &self.values, "values", "no combination could pass");
        for values in self.values.get_ref() {
            if values.get_ref().len() != columns {
                let message =
                    format!("this combination has not one value for each of {columns} columns");
                problems.extend(wrong(
                    text,
                    values.span(),
                    message,
                    "one for each, in their order",
                ));
            }
        }
        problems
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UniqueWithinRecord {
    columns: Spanned<Vec<Name>>,
    #[serde(default)]
    skip_null: SkipNull,
}

pub(super) const UNIQUE_WITHIN_RECORD: Kind = Kind {
    name: "unique_within_record",
    summary: "no row has one value in two of the columns",
    about: "Each row is asked by itself: two rows may share values. A row with a null in one of the columns is not asked; \
        with `skip_null = \"all\"` or `\"never\"` it is, and a null is equal to nothing.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required(
            "columns",
            Takes::Columns,
            "two columns or more, of types that compare",
        ),
        SKIP_NULL,
    ],
    examples: &[Example {
        toml: "kind = 'unique_within_record'\ncolumns = ['phone', 'mobile', 'fax']",
        passes: "SELECT * FROM (VALUES ('1', '2', '3'), ('1', '2', '3'), ('1', '1', NULL)) AS t(phone, mobile, fax)",
        fails: "SELECT * FROM (VALUES ('1', '2', '1')) AS t(phone, mobile, fax)",
        others: &[],
    }],
    load: load_as::<UniqueWithinRecord>,
};

impl Lower for UniqueWithinRecord {
    fn lower(&self, _: &Subject) -> Measure {
        let columns = self.columns.get_ref();
        let mut parts = Vec::new();
        for (at, one) in columns.iter().enumerate() {
            for other in &columns[at + 1..] {
                let (one, other) = (ident(one.get_ref()), ident(other.get_ref()));
                parts.push(format!("same_value({one}, {other}) IS NOT TRUE"));
            }
        }
        Measure::Rows {
            holds: parts.join(" AND "),
            among: self.skip_null.among(columns),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.get_ref().iter().collect()
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let columns = self.columns.get_ref();
        let first = columns.iter().enumerate();
        first
            .flat_map(|(at, one)| {
                columns[at + 1..]
                    .iter()
                    .map(move |other| beside(one, other))
            })
            .collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.columns.get_ref().len() > 1 {
            return Vec::new();
        }
        let message = "one column alone has no other to differ from";
        wrong(text, self.columns.span(), message, "name two at least")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SumOfColumns {
    columns: Spanned<Vec<Name>>,
    #[serde(default)]
    equals: Option<f64>,
    #[serde(default)]
    min: Option<f64>,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    skip_null: SkipNull,
}

pub(super) const SUM_OF_COLUMNS: Kind = Kind {
    name: "sum_of_columns",
    summary: "the columns of a row add up to so much",
    about: "The sum is taken row by row: exactly of whole numbers and decimals, to fifteen digits of floats, so that \
        0.1 + 0.2 is 0.3. A row with NaN violates. A row with a null in one of the columns is not asked; with `skip_null = \"all\"` or `\"never\"` \
        it is, and a null counts as 0.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required("columns", Takes::Columns, "the columns added: numbers"),
        Arg::optional("equals", Takes::Number, "the only sum"),
        Arg::optional("min", Takes::Number, "the least sum").with(Effect::Least),
        Arg::optional("max", Takes::Number, "the greatest sum").with(Effect::Most),
        SKIP_NULL,
    ],
    examples: &[Example {
        toml: "kind = 'sum_of_columns'\ncolumns = ['north', 'south']\nequals = 1",
        passes: "SELECT * FROM (VALUES (0.1, 0.9), (0.7, 0.3), (1.0, NULL)) AS t(north, south)",
        fails: "SELECT * FROM (VALUES (0.1, 0.9), (0.7, 0.31)) AS t(north, south)",
        others: &[],
    }],
    load: load_as::<SumOfColumns>,
};

impl Lower for SumOfColumns {
    fn lower(&self, _: &Subject) -> Measure {
        let columns = self.columns.get_ref();
        let terms: Vec<String> = columns.iter().map(|it| ident(it.get_ref())).collect();
        let sum = format!("row_sum({})", terms.join(", "));
        let (least, most) = (self.equals.or(self.min), self.equals.or(self.max));
        let parts = [
            least.map(|least| format!("order_of({sum}, {}) >= 0", decimal(least))),
            most.map(|most| format!("order_of({sum}, {}) <= 0", decimal(most))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Measure::Rows {
            holds: parts.join(" AND "),
            among: self.skip_null.among(columns),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.get_ref().iter().collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let columns = self.columns.get_ref().iter();
        columns.map(|column| (column, NUMERIC)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.columns.span();
        if self.columns.get_ref().is_empty() {
            let message = "`columns` is empty: there is nothing to add";
            return wrong(text, span, message, "name the columns");
        }
        let given = Given {
            min: self.min.map(Limit::from),
            max: self.max.map(Limit::from),
            equals: self.equals.map(Limit::from),
            ..Given::default()
        };
        let help = "give `equals`, `min` or `max`";
        contradiction(text, span, &given, ("sum", help))
    }
}
