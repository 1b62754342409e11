//! Kinds that hold a model against other models.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, COLUMN, Takes};
use super::bound::{AgainstArg, Ends};
use super::common::{column_of, column_of_problems, model_of, wrong};
use super::kind::load_as;
use super::sql::{Limit, ident, idents, relation};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefersTo {
    column: Name,
    to: Name,
}

pub(super) const REFERS_TO: Kind = Kind {
    name: "refers_to",
    summary: "every value occurs in a column of another model",
    about: "A row whose value does not occur in the other column violates. Values are compared to the letter.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped. Where the other model is empty every \
        value violates; where its gate is closed nothing is asked.",
    args: &[
        COLUMN,
        Arg::required("to", Takes::ColumnOf, "where each value must occur"),
    ],
    examples: &[Example {
        toml: "kind = 'refers_to'\ncolumn = 'lead'\nto = 'leads.id'",
        passes: "SELECT * FROM (VALUES (1), (NULL)) AS t(lead)",
        fails: "SELECT * FROM (VALUES (1), (3)) AS t(lead)",
        others: &[("leads", "SELECT * FROM (VALUES (1), (2)) AS t(id)")],
    }],
    load: load_as::<RefersTo>,
};

impl Lower for RefersTo {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (_, model, to) = column_of(self.to.get_ref()).unwrap_or_default();
        let missing = format!(
            "FROM {} AS t LEFT ANTI JOIN {} AS o ON t.{column} = o.{to} WHERE t.{column} IS NOT NULL",
            subject.rows(),
            model
        );
        Measure::Query {
            count: format!(
                "SELECT (SELECT count(*) {missing}), (SELECT count({column}) FROM {})",
                subject.rows()
            ),
            rows: format!("SELECT t.* {missing}"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn models(&self) -> Vec<Name> {
        model_of(&self.to).into_iter().collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        column_of_problems(text, &self.to, "to")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overlap {
    column: Name,
    with: Name,
    #[serde(default)]
    min: Option<f64>,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
}

pub(super) const OVERLAP: Kind = Kind {
    name: "overlap",
    summary: "so large a share of the values occurs in a column of another model",
    about: "The value measured is the share, from 0 to 1, of this column's distinct values that occur in the other \
        column. `min = 0.9` where most are to be known there, `max = 0.1` where few are.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped; where the other model is empty the \
        share is 0.",
    args: &[
        COLUMN,
        Arg::required("with", Takes::ColumnOf, "where the values are looked for"),
        Arg::optional("min", Takes::Share, "the least share"),
        Arg::optional("max", Takes::Share, "the greatest share"),
        AGAINST,
        BETWEEN,
    ],
    examples: &[Example {
        toml: "kind = 'overlap'\ncolumn = 'lead'\nwith = 'last_month.lead'\nmin = 0.5",
        passes: "SELECT * FROM (VALUES (1), (1), (2), (3), (9), (NULL)) AS t(lead)",
        fails: "SELECT * FROM (VALUES (1), (1), (1), (8), (9)) AS t(lead)",
        others: &[(
            "last_month",
            "SELECT * FROM (VALUES (1), (2), (3)) AS t(lead)",
        )],
    }],
    load: load_as::<Overlap>,
};

impl Overlap {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.min.map(Limit::from),
            max: self.max.map(Limit::from),
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            ..Ends::default()
        }
    }
}

impl Lower for Overlap {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (_, model, to) = column_of(self.with.get_ref()).unwrap_or_default();
        Measure::Value {
            aggregate: format!(
                "(SELECT avg(CASE WHEN o.v IS NULL THEN 0.0 ELSE 1.0 END) FROM (SELECT DISTINCT {column} AS v \
                 FROM {} WHERE {column} IS NOT NULL) AS t LEFT JOIN (SELECT DISTINCT {to} AS v FROM {model} \
                 WHERE {to} IS NOT NULL) AS o ON t.v = o.v)",
                subject.rows()
            ),
            bound: self.ends().bound(),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn models(&self) -> Vec<Name> {
        model_of(&self.with).into_iter().collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let problems = column_of_problems(text, &self.with, "with");
        if problems.is_empty() {
            self.ends().problems(text, self.column.span())
        } else {
            problems
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SameRowsAs {
    model: Name,
    columns: Vec<Name>,
}

pub(super) const SAME_ROWS_AS: Kind = Kind {
    name: "same_rows_as",
    summary: "the rows are those of another model, each as often",
    about: "The columns named are compared, without regard to order; both models have them under the same names. A row \
        that one has and the other has not, or has another number of times, is a violation, shown with both numbers. \
        Two nulls count as the same value.\n\
        `where` narrows this model's rows only. Where both have no row it is skipped.",
    args: &[
        Arg::required("model", Takes::Model, "the other model"),
        Arg::required("columns", Takes::Columns, "the columns compared"),
    ],
    examples: &[Example {
        toml: "kind = 'same_rows_as'\nmodel = 'ledger'\ncolumns = ['id', 'paid']",
        passes: "SELECT * FROM (VALUES (2, NULL), (1, 5), (1, 5)) AS t(id, paid)",
        fails: "SELECT * FROM (VALUES (2, NULL), (1, 5)) AS t(id, paid)",
        others: &[(
            "ledger",
            "SELECT * FROM (VALUES (1, 5), (1, 5), (2, NULL)) AS t(id, paid)",
        )],
    }],
    load: load_as::<SameRowsAs>,
};

impl Lower for SameRowsAs {
    fn lower(&self, subject: &Subject) -> Measure {
        let key = idents(&self.columns);
        let groups = format!(
            "SELECT {key}, sum(here) AS times_here, sum(there) AS times_there FROM (SELECT {key}, 1 AS here, 0 AS there \
             FROM {} UNION ALL SELECT {key}, 0 AS here, 1 AS there FROM {}) GROUP BY {key}",
            subject.rows(),
            relation(self.model.get_ref())
        );
        Measure::Query {
            count: format!(
                "SELECT count(*) FILTER (WHERE times_here <> times_there), count(*) FROM ({groups})"
            ),
            rows: format!("SELECT * FROM ({groups}) WHERE times_here <> times_there"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        vec![self.model.clone()]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.columns.is_empty() {
            let message = "`columns` is empty: nothing would be compared";
            return wrong(text, self.model.span(), message, "name at least one column");
        }
        Vec::new()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reconciles {
    with: Vec<Name>,
    #[serde(default = "count")]
    value: String,
    #[serde(default = "count")]
    each: String,
    #[serde(default)]
    per: Option<Name>,
}

fn count() -> String {
    "count(*)".to_owned()
}

pub(super) const RECONCILES: Kind = Kind {
    name: "reconciles",
    summary: "a total of this model equals the sum of totals of others",
    about: "The total of this model must equal the totals of the others added up; by default rows are counted, so that \
        `with = [\"orders\"]` asks for as many rows as `orders` has. A violation is an account that does not balance; a \
        side with no rows counts as 0. Rows that this model set aside in its quarantine count as its own, so that \
         in = kept + quarantined.\n\
        `where` narrows this model's rows only. It is judged also over empty tables; with `per` no account at all is \
        skipped.",
    args: &[
        Arg::required("with", Takes::Models, "the other models"),
        Arg::optional(
            "value",
            Takes::Sql,
            "the total of this model: an aggregate, by default count(*)",
        ),
        Arg::optional(
            "each",
            Takes::Sql,
            "the total of each model of `with`: an aggregate, by default count(*)",
        ),
        Arg::optional(
            "per",
            Takes::Column,
            "a column that all of them have: balanced for each of its values",
        ),
    ],
    examples: &[Example {
        toml: "kind = 'reconciles'\nwith = ['north', 'south']",
        passes: "SELECT * FROM (VALUES (1), (2), (3)) AS t(id)",
        fails: "SELECT * FROM (VALUES (1), (2)) AS t(id)",
        others: &[
            ("north", "SELECT * FROM (VALUES (1), (2)) AS t(id)"),
            ("south", "SELECT * FROM (VALUES (3)) AS t(id)"),
        ],
    }],
    load: load_as::<Reconciles>,
};

impl Reconciles {
    /// The accounts: one row for each value of `per`, with both sides.
    fn accounts(&self, subject: &Subject) -> String {
        let per = self.per.as_ref().map(|per| ident(per.get_ref()));
        let side = |aggregate: &str, this: &str, table: &str| {
            let (key, group) = match &per {
                Some(per) => (format!("{per} AS account"), format!(" GROUP BY {per}")),
                None => ("'all rows' AS account".to_owned(), String::new()),
            };
            let value = if this == "found" {
                format!("{aggregate} AS found, 0 AS expected")
            } else {
                format!("0 AS found, {aggregate} AS expected")
            };
            format!("SELECT {key}, {value} FROM {table}{group}")
        };
        let own = [Some(subject.rows()), subject.quarantine.clone()];
        let own = own.into_iter().flatten();
        let mut sides: Vec<String> = own
            .map(|table| side(&self.value, "found", &table))
            .collect();
        let others = self.with.iter().map(|model| relation(model.get_ref()));
        sides.extend(others.map(|table| side(&self.each, "expected", &table)));
        format!(
            "SELECT account, sum(found) AS found, sum(expected) AS expected FROM ({}) GROUP BY account",
            sides.join(" UNION ALL ")
        )
    }
}

impl Lower for Reconciles {
    fn lower(&self, subject: &Subject) -> Measure {
        let accounts = self.accounts(subject);
        Measure::Query {
            count: format!(
                "SELECT count(*) FILTER (WHERE found IS DISTINCT FROM expected), count(*) FROM ({accounts})"
            ),
            rows: format!(
                "SELECT * FROM ({accounts}) WHERE found IS DISTINCT FROM expected ORDER BY account"
            ),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        self.with.clone()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoRows {
    sql: Name,
}

pub(super) const NO_ROWS: Kind = Kind {
    name: "no_rows",
    summary: "a query finds nothing",
    about: "Each row that the query finds is a violation. It is judged also over empty tables.\n\
        `where` does not go with it: write the condition into the query.",
    args: &[Arg::required(
        "sql",
        Takes::Sql,
        "a SELECT of the rows that should not be; it reads this model and others by name",
    )],
    examples: &[Example {
        toml: "kind = 'no_rows'\nsql = 'SELECT id FROM orders WHERE paid < 0'",
        passes: "SELECT * FROM (VALUES (1, 5)) AS t(id, paid)",
        fails: "SELECT * FROM (VALUES (1, -5)) AS t(id, paid)",
        others: &[],
    }],
    load: load_as::<NoRows>,
};

impl Lower for NoRows {
    fn lower(&self, _: &Subject) -> Measure {
        let sql = self.sql.get_ref().trim().trim_end_matches(';');
        Measure::Query {
            count: format!("SELECT count(*), NULL FROM ({sql})"),
            rows: sql.to_owned(),
        }
    }

    fn whole(&self) -> Option<&'static str> {
        Some("write the condition into the query")
    }

    fn sql(&self) -> Option<&Name> {
        Some(&self.sql)
    }
}
