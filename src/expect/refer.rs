//! Kinds that hold a model against other models.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::kind::load_as;
use super::sql::{ident, relation};
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
    about: "Arguments: `column`, `to = \"model.column\"`.\n\
        Nulls are not asked. A column of nulls alone is skipped.",
    examples: &[Example {
        toml: "kind = 'refers_to'\ncolumn = 'lead'\nto = 'leads.id'",
        passes: "SELECT * FROM (VALUES (1), (NULL)) AS t(lead)",
        fails: "SELECT * FROM (VALUES (1), (3)) AS t(lead)",
        others: &[("leads", "SELECT * FROM (VALUES (1), (2)) AS t(id)")],
    }],
    load: load_as::<RefersTo>,
};

impl RefersTo {
    fn target(&self) -> Option<(&str, &str)> {
        self.to.get_ref().rsplit_once('.')
    }
}

impl Lower for RefersTo {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let (model, to) = self.target().unwrap_or_default();
        let missing = format!(
            "FROM {} AS t LEFT ANTI JOIN {} AS o ON t.{column} = o.{} WHERE t.{column} IS NOT NULL",
            subject.rows(),
            relation(model),
            ident(to)
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
        let model = self.target().map(|(model, _)| model.to_owned());
        model
            .map(|model| Spanned::new(self.to.span(), model))
            .into_iter()
            .collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.target().is_some() {
            return Vec::new();
        }
        vec![
            Problem::new("lockgate::expect::argument", "`to` does not name a column")
                .at(text, self.to.span(), "here")
                .help("write `model.column`"),
        ]
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
    about: "Arguments: `with` (other models), `value` (an aggregate over this model, by default `count(*)`), \
        `each` (an aggregate over each model of `with`, summed, by default `count(*)`), `per` (a column that all of \
        them have: balanced for each of its values).\n\
        A violation is an account that does not balance; a side with no rows counts as 0. Rows that this model set \
        aside in its quarantine count as its own, so that in = kept + quarantined.",
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
    about: "Arguments: `sql`, a SELECT of the rows that should not be; it reads this model and others by name.\n\
        `where` does not apply: write it into the query. It is judged also over empty tables.",
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

    fn sql(&self) -> Option<&Name> {
        Some(&self.sql)
    }
}
