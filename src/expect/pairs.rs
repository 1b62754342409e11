//! Kinds that hold the columns of one row against each other.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, SKIP_NULL, Takes};
use super::common::{NUMERIC, SkipNull, empty, wrong};
use super::kind::load_as;
use super::sql::{Literal, float, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compare {
    column: Name,
    is: Relation,
    to: Name,
    #[serde(default)]
    skip_null: SkipNull,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Relation {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Relation {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

pub(super) const COMPARE: Kind = Kind {
    name: "compare",
    summary: "one column is equal to, greater or less than another, row by row",
    about: "A row for which it is not so violates. A row with a null in one of the two columns is not asked; with \
        `skip_null = \"all\"` it violates unless both are null, with `\"never\"` always.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required("column", Takes::Column, "the one column"),
        Arg::required(
            "is",
            Takes::Word(&[
                "equal",
                "not_equal",
                "greater",
                "greater_or_equal",
                "less",
                "less_or_equal",
            ]),
            "how it is to the other",
        ),
        Arg::required(
            "to",
            Takes::Column,
            "the other column, of a type that compares with it",
        ),
        SKIP_NULL,
    ],
    examples: &[
        Example {
            toml: "kind = 'compare'\ncolumn = 'expires'\nis = 'greater'\nto = 'issued'",
            passes: "SELECT * FROM (VALUES (1, 2), (3, NULL)) AS t(issued, expires)",
            fails: "SELECT * FROM (VALUES (1, 2), (3, 3)) AS t(issued, expires)",
            others: &[],
        },
        Example {
            toml: "kind = 'compare'\ncolumn = 'a'\nis = 'equal'\nto = 'b'\nskip_null = 'all'",
            passes: "SELECT * FROM (VALUES (1, 1), (NULL, NULL)) AS t(a, b)",
            fails: "SELECT * FROM (VALUES (1, 1), (1, NULL)) AS t(a, b)",
            others: &[],
        },
    ],
    load: load_as::<Compare>,
};

impl Lower for Compare {
    fn lower(&self, _: &Subject) -> Measure {
        let (column, to) = (ident(self.column.get_ref()), ident(self.to.get_ref()));
        let pair = [self.column.clone(), self.to.clone()];
        Measure::Rows {
            holds: format!("{column} {} {to}", self.is.sign()),
            among: self.skip_null.among(&pair),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column, &self.to]
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
        ),
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
                .map(|(column, value)| {
                    format!("{} = {}", ident(column.get_ref()), value.get_ref().sql())
                })
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
                parts.push(format!("({one} = {other}) IS NOT TRUE"));
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
    about: "The sum is taken row by row and held against the bounds with a tolerance of one part in a billion, so that \
        0.1 + 0.2 is 0.3. A row with a null in one of the columns is not asked; with `skip_null = \"all\"` or `\"never\"` \
        it is, and a null counts as 0.\n\
        Without a row to ask about it is skipped.",
    args: &[
        Arg::required("columns", Takes::Columns, "the columns added: numbers"),
        Arg::optional("equals", Takes::Number, "the only sum"),
        Arg::optional("min", Takes::Number, "the least sum"),
        Arg::optional("max", Takes::Number, "the greatest sum"),
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
        let terms: Vec<String> = columns
            .iter()
            .map(|column| format!("coalesce(CAST({} AS DOUBLE), 0)", ident(column.get_ref())))
            .collect();
        let sum = terms.join(" + ");
        let slack = |bound: f64| float(bound.abs().max(1.0) * 1e-9);
        let parts = [
            self.equals
                .or(self.min)
                .map(|min| format!("{sum} >= {} - {}", float(min), slack(min))),
            self.equals
                .or(self.max)
                .map(|max| format!("{sum} <= {} + {}", float(max), slack(max))),
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
        let (message, help) = match (self.min, self.max, self.equals) {
            (None, None, None) => (
                "no bound is given: any sum would pass",
                "give `equals`, `min` or `max`",
            ),
            (Some(min), Some(max), _) if min > max => (
                "`min` is greater than `max`: nothing could pass",
                "exchange the two",
            ),
            _ => return Vec::new(),
        };
        wrong(text, span, message, help)
    }
}
