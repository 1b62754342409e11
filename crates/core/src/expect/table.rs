//! Kinds that ask something of the table's columns: no row is read.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{Arg, COLUMN, Effect, Takes};
use super::bound::Given;
use super::common::contradiction;
use super::common::wrong;
use super::kind::load_as;
use super::sql::text as text_literal;
use super::{Example, Kind, Lower, Measure, Name, Subject};

const WHOLE: &str = "it is about columns, which no condition on rows narrows";

/// The columns of the table in order, as `column`, `place` and `type`.
fn columns_of(subject: &Subject) -> String {
    let names: Vec<&str> = subject.table.split("\".\"").collect();
    let name = |at: usize| {
        let name: &str = names.get(at).copied().unwrap_or_default();
        text_literal(&name.trim_matches('"').replace("\"\"", "\""))
    };
    let schema = if names.len() > 1 {
        name(0)
    } else {
        "'public'".to_owned()
    };
    format!(
        "(SELECT column_name AS \"column\", row_number() OVER (ORDER BY ordinal_position) AS place, \
         data_type AS \"type\" FROM information_schema.columns WHERE table_schema = {schema} \
         AND table_name = {}) AS c",
        name(names.len() - 1)
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnCount {
    #[serde(default)]
    min: Option<u64>,
    #[serde(default)]
    max: Option<u64>,
    #[serde(default)]
    equals: Option<u64>,
}

pub(super) const COLUMN_COUNT: Kind = Kind {
    name: "column_count",
    summary: "the table has so many columns",
    about: "The columns of the model are counted; no row is read, and an empty table is judged as any other. A closed \
        contract says more: which columns, of which type, in which order.",
    args: &[
        Arg::optional("min", Takes::Count, "the least number of columns").with(Effect::Least),
        Arg::optional("max", Takes::Count, "the greatest number of columns").with(Effect::Most),
        Arg::optional("equals", Takes::Count, "the only number of columns"),
    ],
    examples: &[Example {
        toml: "kind = 'column_count'\nequals = 2",
        passes: "SELECT 1 AS id, 'a' AS name",
        fails: "SELECT 1 AS id, 'a' AS name, true AS extra",
        others: &[],
    }],
    load: load_as::<ColumnCount>,
};

impl Lower for ColumnCount {
    fn lower(&self, subject: &Subject) -> Measure {
        let low = self.equals.or(self.min).unwrap_or(0);
        let high = self.equals.or(self.max);
        let high = high.map_or(String::new(), |max| format!(" AND count(*) <= {max}"));
        let columns = columns_of(subject);
        let kept = format!("count(*) >= {low}{high}");
        Measure::Query {
            count: format!("SELECT CASE WHEN {kept} THEN 0 ELSE 1 END, 1 FROM {columns}"),
            rows: format!("SELECT count(*) AS columns FROM {columns} HAVING NOT ({kept})"),
        }
    }

    fn whole(&self) -> Option<&'static str> {
        Some(WHOLE)
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let given = Given::counts(self.min, self.max, self.equals);
        let help = "give `min`, `max` or `equals`";
        contradiction(text, 0..0, &given, ("number", help))
    }

    fn intolerant(&self, _: bool) -> Option<&'static str> {
        Some("there is one count, which lies within the bounds or not")
    }
}

const NO_NAMES: &str = "no columns are named";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    names: Spanned<Vec<String>>,
    #[serde(default, rename = "match")]
    rule: Option<Spanned<Rule>>,
    #[serde(default)]
    at: Option<Spanned<u64>>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Rule {
    #[default]
    Ordered,
    Set,
    Contain,
    Absent,
}

pub(super) const COLUMNS: Kind = Kind {
    name: "columns",
    summary: "the table has these columns",
    about: "The names are compared to the letter. A violation is a column that is missing, unexpected or, where the \
        order counts, in another place. With `at = 3` the columns named must stand from the third place on, whatever \
        stands before and behind them; with `match = \"absent\"` none of them may be there. No row is read, and an empty table is judged as any other. A contract says \
        more: the types too, and before anything is built.",
    args: &[
        Arg::required("names", Takes::ColumnNames, "the names of the columns"),
        Arg::optional(
            "match",
            Takes::Word(&["ordered", "set", "contain", "absent"]),
            "\"ordered\" (the default): these and no others, in this order; \"set\": in any order; \"contain\": others may \
             be there too; \"absent\": none of these",
        ),
        Arg::optional(
            "at",
            Takes::Count,
            "in place of `match`: the place of the first, counted from 1; the others follow it, and there may be more columns",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'columns'\nnames = ['id', 'name']",
            passes: "SELECT 1 AS id, 'a' AS name",
            fails: "SELECT 'a' AS name, 1 AS id",
            others: &[],
        },
        Example {
            toml: "kind = 'columns'\nnames = ['id']\nmatch = 'contain'",
            passes: "SELECT 'a' AS name, 1 AS id",
            fails: "SELECT 'a' AS name",
            others: &[],
        },
        Example {
            toml: "kind = 'columns'\nnames = ['password']\nmatch = 'absent'",
            passes: "SELECT 'a' AS name",
            fails: "SELECT 'a' AS name, 'b' AS password",
            others: &[],
        },
        Example {
            toml: "kind = 'columns'\nnames = ['name', 'city']\nat = 2",
            passes: "SELECT 1 AS id, 'a' AS name, 'b' AS city, 'c' AS state",
            fails: "SELECT 'a' AS name, 'b' AS city, 1 AS id",
            others: &[],
        },
    ],
    load: load_as::<Columns>,
};

impl Columns {
    fn absent(&self, subject: &Subject) -> Measure {
        let names = self.names.get_ref().iter().map(|name| text_literal(name));
        let rows = format!(
            "SELECT \"column\", 'is there' AS problem FROM {} WHERE \"column\" IN ({})",
            columns_of(subject),
            names.collect::<Vec<_>>().join(", ")
        );
        Measure::Query {
            count: format!("SELECT count(*), NULL FROM ({rows})"),
            rows,
        }
    }
}

impl Lower for Columns {
    fn lower(&self, subject: &Subject) -> Measure {
        let first = self.at.as_ref().map_or(1, |at| *at.get_ref());
        let names = (first..).zip(self.names.get_ref());
        let names: Vec<String> = names
            .map(|(place, name)| format!("({}, {place})", text_literal(name)))
            .collect();
        let rule = self
            .rule
            .as_ref()
            .map_or(Rule::Ordered, |rule| *rule.get_ref());
        if rule == Rule::Absent {
            return self.absent(subject);
        }
        let placed = rule == Rule::Ordered;
        let same_place = if placed { " OR w.place <> c.place" } else { "" };
        let others = rule == Rule::Contain || self.at.is_some();
        let extra = if others { "" } else { " OR w.name IS NULL" };
        let rows = format!(
            "SELECT coalesce(w.name, c.\"column\") AS \"column\", CASE WHEN w.name IS NULL THEN 'unexpected' \
             WHEN c.\"column\" IS NULL THEN 'missing' ELSE 'in another place' END AS problem \
             FROM (VALUES {}) AS w(name, place) FULL JOIN {} ON w.name = c.\"column\" \
             WHERE c.\"column\" IS NULL{extra}{same_place}",
            names.join(", "),
            columns_of(subject)
        );
        Measure::Query {
            count: format!("SELECT count(*), NULL FROM ({rows})"),
            rows,
        }
    }

    fn whole(&self) -> Option<&'static str> {
        Some(WHOLE)
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if let Some(at) = &self.at {
            let (message, help) = match (&self.rule, at.get_ref()) {
                (Some(_), _) => ("`at` does not go with `match`", "give one of the two"),
                (None, 0) => (
                    "places are counted from 1",
                    "write `at = 1` for the first column",
                ),
                (None, _) => return super::common::empty(text, &self.names, "names", NO_NAMES),
            };
            return wrong(text, at.span(), message, help);
        }
        super::common::empty(text, &self.names, "names", NO_NAMES)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfType {
    column: Name,
    types: Spanned<Vec<Type>>,
}

/// The names of the Arrow types of a family, as patterns of `LIKE`.
fn arrow_names(family: Type) -> &'static [&'static str] {
    match family {
        Type::Text => &["Utf8%", "LargeUtf8", "Dictionary(%, Utf8%)"],
        Type::Int => &["Int%", "UInt%"],
        Type::Float => &["Float%"],
        Type::Decimal => &["Decimal%"],
        Type::Bool => &["Boolean"],
        Type::Date => &["Date%"],
        Type::Timestamp => &["Timestamp%"],
        Type::List => &["List%", "LargeList%"],
    }
}

pub(super) const TYPE: Kind = Kind {
    name: "type",
    summary: "the column is of one of some types",
    about: "The types are those of contracts: families, since a reader of a table cares for a whole number, not for its \
        width. No row is read, and an empty table is judged as any other. Where the model has a contract, that says it \
        before anything is built; this is for models without one, and for `open` contracts.",
    args: &[
        COLUMN,
        Arg::required(
            "types",
            Takes::Words(&[
                "text",
                "int",
                "float",
                "decimal",
                "bool",
                "date",
                "timestamp",
                "list",
            ]),
            "the types allowed, at least one",
        )
        .with(Effect::Admits),
    ],
    examples: &[Example {
        toml: "kind = 'type'\ncolumn = 'price'\ntypes = ['float', 'decimal']",
        passes: "SELECT 1.5 AS price",
        fails: "SELECT '1.5' AS price",
        others: &[],
    }],
    load: load_as::<OfType>,
};

impl Lower for OfType {
    fn lower(&self, subject: &Subject) -> Measure {
        let families = self.types.get_ref().iter().copied();
        let names = families.flat_map(arrow_names);
        let fits: Vec<String> = names
            .map(|name| format!("\"type\" LIKE {}", text_literal(name)))
            .collect();
        let column = text_literal(self.column.get_ref());
        let rows = format!(
            "SELECT \"column\", \"type\" FROM {} WHERE \"column\" = {column} AND NOT ({})",
            columns_of(subject),
            fits.join(" OR ")
        );
        Measure::Query {
            count: format!("SELECT count(*), 1 FROM ({rows})"),
            rows,
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn whole(&self) -> Option<&'static str> {
        Some(WHOLE)
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        super::common::empty(text, &self.types, "types", "no type could pass")
    }
}
