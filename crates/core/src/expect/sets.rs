//! Kinds that hold the values of a column against a list.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, COLUMN, Effect, Takes};
use super::common::{empty, present, present_rows, wrong};
use super::kind::load_as;
use super::sql::{Literal, ident, one_of, text as text_literal};
use super::{Example, Kind, Lower, Measure, Name, Subject};

type Values = Spanned<Vec<Spanned<Literal>>>;

const VALUES: Arg = Arg::required(
    "values",
    Takes::Values,
    "the list, of the column's own type, at least one; dates without quotes",
)
.with(Effect::Admits);

const NONE_OF: Arg = VALUES.with(Effect::Demands);

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
    about: "A row whose value is not in the list violates. Text is compared to the letter: `NV` is not `nv`. A \
        date in the list stands for its whole day, also among timestamps. NaN is in no list.\n\
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
    args: &[COLUMN, NONE_OF],
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
        let listed = one_of(&ident(self.column.get_ref()), self.values.get_ref());
        let not = if IN { "" } else { "NOT " };
        Measure::Rows {
            holds: format!("{not}{listed}"),
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
        Arg::optional("in", Takes::Values, "no value may occur but these").with(Effect::Admits),
        Arg::optional("contain", Takes::Values, "each of these must occur").with(Effect::Demands),
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
            "(SELECT DISTINCT value_of({column}) AS v FROM {} WHERE {column} IS NOT NULL) AS f",
            subject.rows()
        );
        let mut parts = Vec::new();
        if let Some(values) = self.within.as_ref().or(self.equal.as_ref()) {
            let listed = one_of("v", values.get_ref());
            parts.push(format!(
                "SELECT CAST(v AS VARCHAR) AS {column}, 'not in the list' AS problem FROM {found} WHERE NOT {listed}"
            ));
        }
        if let Some(values) = self.contain.as_ref().or(self.equal.as_ref()) {
            let (cases, wanted): (Vec<String>, Vec<String>) = different(values.get_ref())
                .into_iter()
                .enumerate()
                .map(|(at, value)| {
                    let is = one_of("v", std::slice::from_ref(value));
                    let shown = text_literal(&value.get_ref().shown());
                    (format!("WHEN {is} THEN {at}"), format!("({at}, {shown})"))
                })
                .unzip();
            parts.push(format!(
                "SELECT w.shown AS {column}, 'does not occur' AS problem FROM (VALUES {}) AS w(place, shown) \
                 LEFT ANTI JOIN (SELECT CASE {} END AS place FROM {found}) AS o ON w.place = o.place",
                wanted.join(", "),
                cases.join(" ")
            ));
        }
        parts.join(" UNION ALL ")
    }
}

/// The values of a list, each once: 1 and 1.0 are one.
fn different(values: &[Spanned<Literal>]) -> Vec<&Spanned<Literal>> {
    let mut all: Vec<&Spanned<Literal>> = Vec::new();
    for value in values {
        if !all
            .iter()
            .any(|known| known.get_ref().same(value.get_ref()))
        {
            all.push(value);
        }
    }
    all
}

impl Lower for DistinctValues {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let rows = self.violations(subject);
        let found = format!(
            "SELECT count(DISTINCT value_of({column})) FROM {}",
            subject.rows()
        );
        let listed = self.contain.as_ref().or(self.equal.as_ref());
        let of = match listed {
            Some(values) => {
                let listed = different(values.get_ref()).len();
                format!("greatest(({found}), {listed})")
            }
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
            "SELECT value_of({column}) AS {column}, count(*) AS row_count FROM {} GROUP BY value_of({column})",
            present_rows(subject, &column)
        );
        let modes = format!(
            "SELECT * FROM ({counts}) WHERE row_count = (SELECT max(row_count) FROM ({counts}))"
        );
        let listed = one_of(&column, self.values.get_ref());
        let listed = format!("count(*) FILTER (WHERE {listed})");
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
