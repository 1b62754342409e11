//! Kinds that hold a model against other models.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, COLUMN, Effect, PER, Takes};
use super::bound::{AgainstArg, Ends, SHARE};
use super::common::{column_of, column_of_problems, joined, model_of};
use super::kind::load_as;
use super::sql::{Limit, body, ident, relation};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

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
    #[serde(default)]
    per: Option<Name>,
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
        Arg::optional("min", Takes::Share, "the least share").with(Effect::Least),
        Arg::optional("max", Takes::Share, "the greatest share").with(Effect::Most),
        AGAINST,
        BETWEEN,
        PER,
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
            per: self.per.as_ref(),
            range: SHARE,
            ..Ends::default()
        }
    }
}

impl Lower for Overlap {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (_, model, to) = column_of(self.with.get_ref()).unwrap_or_default();
        let found = |per: Option<&str>| {
            let kept = per.map_or(String::new(), |per| format!("{per}, "));
            let with = per.map_or(String::new(), |per| format!("t.{per}, "));
            format!(
                "(SELECT {with}CASE WHEN o.v IS NULL THEN 0.0 ELSE 1.0 END AS found FROM (SELECT DISTINCT {kept}value_of({column}) \
                 AS v FROM {} WHERE {column} IS NOT NULL) AS t LEFT JOIN (SELECT DISTINCT value_of({to}) AS v FROM {model} \
                 WHERE {to} IS NOT NULL) AS o ON t.v = o.v)",
                subject.rows()
            )
        };
        self.ends().measure_of(subject, found, "avg(found)")
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn models(&self) -> Vec<Name> {
        model_of(&self.with).into_iter().collect()
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        joined(&self.column, &self.with).into_iter().collect()
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
pub(super) struct Reconciles {
    with: Vec<Name>,
    #[serde(default)]
    value: Option<Name>,
    #[serde(default)]
    each: Option<Name>,
    #[serde(default)]
    per: Option<Name>,
}

/// An aggregate as written; by default the rows are counted.
fn total(written: Option<&Name>) -> &str {
    written.map_or("count(*)", |sql| body(sql.get_ref()))
}

pub(super) const RECONCILES: Kind = Kind {
    name: "reconciles",
    summary: "a total of this model equals the sum of totals of others",
    about: "The total of this model must equal the totals of the others added up; by default rows are counted, so that \
        `with = [\"orders\"]` asks for as many rows as `orders` has. A violation is an account that does not balance; a \
        side with no rows counts as 0. Rows that this model set aside in its quarantine count as its own, so that \
         in = kept + quarantined. Totals of whole numbers and decimals balance to the last digit, those of floats to one part \
        in a billion; NaN balances with nothing. `/` of two whole numbers is refused, as in `metric`.\n\
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
            .map(|table| side(total(self.value.as_ref()), "found", &table))
            .collect();
        let others = self.with.iter().map(|model| relation(model.get_ref()));
        sides.extend(others.map(|table| side(total(self.each.as_ref()), "expected", &table)));
        format!(
            "SELECT account, exact_sum(found) AS found, exact_sum(expected) AS expected FROM ({}) GROUP BY account",
            sides.join(" UNION ALL ")
        )
    }
}

impl Lower for Reconciles {
    fn lower(&self, subject: &Subject) -> Measure {
        let accounts = self.accounts(subject);
        Measure::Query {
            count: format!(
                "SELECT count(*) FILTER (WHERE NOT near(found, expected)), count(*) FROM ({accounts})"
            ),
            rows: format!(
                "SELECT * FROM ({accounts}) WHERE NOT near(found, expected) ORDER BY account"
            ),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        self.with.clone()
    }

    fn sql(&self) -> Vec<&Name> {
        self.value.iter().chain(&self.each).collect()
    }

    fn totals(&self) -> Vec<(&Name, Vec<Name>)> {
        let own = self.value.iter().map(|value| (value, Vec::new()));
        let others = self.each.iter().map(|each| (each, self.with.clone()));
        own.chain(others).collect()
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
        let sql = body(self.sql.get_ref());
        Measure::Query {
            count: format!("SELECT count(*), NULL FROM ({sql})"),
            rows: sql.to_owned(),
        }
    }

    fn whole(&self) -> Option<&'static str> {
        Some("write the condition into the query")
    }

    fn intolerant(&self, share: bool) -> Option<&'static str> {
        share.then_some("the query says what is found, not among how many: allow a number of rows")
    }

    fn sql(&self) -> Vec<&Name> {
        vec![&self.sql]
    }
}
