//! Kinds that hold the values of a column against a list.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, COLUMN, Takes};
use super::common::{empty, listed, present, present_rows, wrong};
use super::kind::load_as;
use super::sql::{Literal, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

type Values = Spanned<Vec<Spanned<Literal>>>;

const VALUES: Arg = Arg::required(
    "values",
    Takes::Values,
    "the list, of the column's own type, at least one; dates without quotes",
);

/// Whether each value is in the list, or none is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed<const IN: bool> {
    column: Name,
    values: Values,
}

pub(super) const IN_SET: Kind = Kind {
    name: "in_set",
    summary: "every value is one of a list",
    about: "A row whose value is not in the list violates. Text is compared to the letter: `NV` is not `nv`.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[COLUMN, VALUES],
    examples: &[Example {
        toml: "kind = 'in_set'\ncolumn = 'state'\nvalues = ['NV', 'OK']",
        passes: "SELECT * FROM (VALUES ('NV'), ('OK'), (NULL)) AS t(state)",
        fails: "SELECT * FROM (VALUES ('NV'), ('nv')) AS t(state)",
        others: &[],
    }],
    load: load_as::<Listed<true>>,
};

pub(super) const NOT_IN_SET: Kind = Kind {
    name: "not_in_set",
    summary: "no value is one of a list",
    about: "A row whose value is in the list violates: for placeholders such as `n/a` or `1900-01-01`. Text is \
        compared to the letter.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[COLUMN, VALUES],
    examples: &[Example {
        toml: "kind = 'not_in_set'\ncolumn = 'company'\nvalues = ['n/a', '-']",
        passes: "SELECT * FROM (VALUES ('Acme'), (NULL)) AS t(company)",
        fails: "SELECT * FROM (VALUES ('Acme'), ('-')) AS t(company)",
        others: &[],
    }],
    load: load_as::<Listed<false>>,
};

impl<const IN: bool> Lower for Listed<IN> {
    fn lower(&self, _: &Subject) -> Measure {
        let is_in = if IN { "IN" } else { "NOT IN" };
        let (column, values) = (self.column.get_ref(), self.values.get_ref());
        Measure::Rows {
            holds: format!("{} {is_in} ({})", ident(column), listed(values)),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        of(&self.column, &self.values)
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let passes = match IN {
            true => "no value could pass",
            false => "any value would pass",
        };
        empty(text, &self.values, "values", passes)
    }
}

fn of<'a>(column: &'a Name, values: &'a Values) -> Vec<(&'a Name, &'a Spanned<Literal>)> {
    let values = values.get_ref().iter();
    values.map(|value| (column, value)).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DistinctValues {
    column: Name,
    #[serde(default, rename = "in")]
    within: Option<Values>,
    #[serde(default)]
    equal: Option<Values>,
    #[serde(default)]
    contain: Option<Values>,
}

pub(super) const DISTINCT_VALUES: Kind = Kind {
    name: "distinct_values",
    summary: "the set of values is within, equal to, or contains a list",
    about: "What counts is which values occur at all, not how often: a violation is a value, not a row. With `in`, a \
        value that is not listed violates; with `contain`, a listed value that no row has; with `equal`, both.\n\
        Nulls are no value. Without any value `in` is skipped, and `contain` and `equal` miss every listed value.",
    args: &[
        COLUMN,
        Arg::optional("in", Takes::Values, "no value may occur but these"),
        Arg::optional("contain", Takes::Values, "each of these must occur"),
        Arg::optional(
            "equal",
            Takes::Values,
            "each of these must occur, and no other; give exactly one of the three",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'distinct_values'\ncolumn = 'state'\nequal = ['NV', 'OK']",
            passes: "SELECT * FROM (VALUES ('OK'), ('NV'), ('NV'), (NULL)) AS t(state)",
            fails: "SELECT * FROM (VALUES ('NV'), ('TX')) AS t(state)",
            others: &[],
        },
        Example {
            toml: "kind = 'distinct_values'\ncolumn = 'state'\ncontain = ['NV']",
            passes: "SELECT * FROM (VALUES ('OK'), ('NV')) AS t(state)",
            fails: "SELECT * FROM (VALUES ('OK')) AS t(state)",
            others: &[],
        },
        Example {
            toml: "kind = 'distinct_values'\ncolumn = 'state'\nin = ['NV', 'OK']",
            passes: "SELECT * FROM (VALUES ('OK')) AS t(state)",
            fails: "SELECT * FROM (VALUES ('OK'), ('TX'), ('TX')) AS t(state)",
            others: &[],
        },
    ],
    load: load_as::<DistinctValues>,
};

impl DistinctValues {
    fn given(&self) -> Vec<&Values> {
        let all = [&self.within, &self.equal, &self.contain];
        all.into_iter().flatten().collect()
    }

    /// The values that should not be there, and those that should and are not.
    fn violations(&self, subject: &Subject) -> String {
        let column = ident(self.column.get_ref());
        let found = format!(
            "(SELECT DISTINCT {column} AS v FROM {} WHERE {column} IS NOT NULL) AS f",
            subject.rows()
        );
        let mut parts = Vec::new();
        if let Some(values) = self.within.as_ref().or(self.equal.as_ref()) {
            let values = listed(values.get_ref());
            parts.push(format!(
                "SELECT v AS {column}, 'not in the list' AS problem FROM {found} WHERE v NOT IN ({values})"
            ));
        }
        if let Some(values) = self.contain.as_ref().or(self.equal.as_ref()) {
            parts.push(format!(
                "SELECT w.v AS {column}, 'does not occur' AS problem FROM {} LEFT ANTI JOIN {found} ON w.v = f.v",
                wanted(values.get_ref())
            ));
        }
        parts.join(" UNION ALL ")
    }
}

fn wanted(values: &[Spanned<Literal>]) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|value| format!("({})", value.get_ref().sql()))
        .collect();
    format!(
        "(SELECT DISTINCT v FROM (VALUES {}) AS l(v)) AS w",
        values.join(", ")
    )
}

impl Lower for DistinctValues {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let rows = self.violations(subject);
        let found = format!("SELECT count(DISTINCT {column}) FROM {}", subject.rows());
        let listed = self.contain.as_ref().or(self.equal.as_ref());
        let of = match listed {
            Some(values) => format!("greatest(({found}), {})", values.get_ref().len()),
            None => format!("({found})"),
        };
        Measure::Query {
            count: format!("SELECT (SELECT count(*) FROM ({rows})), {of}"),
            rows,
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        let given = self.given().into_iter();
        given.flat_map(|values| of(&self.column, values)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        match self.given().as_slice() {
            [values] => empty(text, values, "the list", "it says nothing"),
            _ => wrong(
                text,
                self.column.span(),
                "exactly one of `in`, `equal` and `contain` is needed",
                "give one of them; for two write two expectations",
            ),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MostCommon {
    column: Name,
    values: Values,
    #[serde(default)]
    ties: bool,
}

pub(super) const MOST_COMMON: Kind = Kind {
    name: "most_common",
    summary: "the value that occurs most is one of a list",
    about: "Where two values occur equally often and most, that is a tie: it violates, unless `ties = true` and one of \
        them is listed. Each value that occurs most counts as a violation, and is shown with its number of rows.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        COLUMN,
        VALUES,
        Arg::optional(
            "ties",
            Takes::Flag,
            "true: of several that occur equally often, one in the list is enough",
        ),
    ],
    examples: &[Example {
        toml: "kind = 'most_common'\ncolumn = 'state'\nvalues = ['NV', 'OK']",
        passes: "SELECT * FROM (VALUES ('NV'), ('NV'), ('TX'), (NULL), (NULL), (NULL)) AS t(state)",
        fails: "SELECT * FROM (VALUES ('NV'), ('OK'), ('TX')) AS t(state)",
        others: &[],
    }],
    load: load_as::<MostCommon>,
};

impl Lower for MostCommon {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let counts = format!(
            "SELECT {column}, count(*) AS row_count FROM {} GROUP BY {column}",
            present_rows(subject, &column)
        );
        let modes = format!(
            "SELECT * FROM ({counts}) WHERE row_count = (SELECT max(row_count) FROM ({counts}))"
        );
        let listed = format!(
            "count(*) FILTER (WHERE {column} IN ({}))",
            listed(self.values.get_ref())
        );
        let kept = if self.ties {
            format!("{listed} > 0")
        } else {
            format!("count(*) = 1 AND {listed} = 1")
        };
        Measure::Query {
            count: format!(
                "SELECT CASE WHEN {kept} THEN 0 ELSE count(*) END, count(*) FROM ({modes})"
            ),
            rows: modes,
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        of(&self.column, &self.values)
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        empty(text, &self.values, "values", "no value could pass")
    }
}
