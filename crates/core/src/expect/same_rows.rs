//! The rows of a model held against those of another one.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, Takes};
use super::common::wrong;
use super::kind::load_as;
use super::sql::{float, ident, relation};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SameRowsAs {
    model: Name,
    columns: Vec<Name>,
    #[serde(default)]
    model_columns: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    key: Option<Spanned<Vec<Name>>>,
    #[serde(default)]
    tolerance: Option<Spanned<BTreeMap<String, f64>>>,
}

pub(super) const SAME_ROWS_AS: Kind = Kind {
    name: "same_rows_as",
    summary: "the rows are those of another model, each as often",
    about: "The columns named are compared, without regard to order; both models have them under the same names, or \
        the other has those of `model_columns`. A row that one has and the other has not, or has another number of times, \
        is a violation, shown with both numbers. Two nulls count as the same value.\n\
        With `key` a row is told by its key: a violation is a key that one of the two lacks or has more than once, or \
        whose other values differ; it is shown with both values, those of the other model as `…_there`. Only so can \
        values have a `tolerance`. Keys with a null are keys as any other.\n\
        `where` narrows this model's rows only. Where both have no row it is skipped.",
    args: &[
        Arg::required("model", Takes::Model, "the other model"),
        Arg::required("columns", Takes::Columns, "the columns compared"),
        Arg::optional(
            "model_columns",
            Takes::ColumnsOf("model"),
            "what the other model calls them, in the same order; by default the same",
        ),
        Arg::optional(
            "key",
            Takes::Columns,
            "those of `columns` that tell which row it is",
        ),
        Arg::optional(
            "tolerance",
            Takes::Tolerances,
            "with `key`: for a column of numbers, how far apart the two values may lie, such as { paid = 0.01 }",
        ).with(Effect::Tolerance),
    ],
    examples: &[
        Example {
            toml: "kind = 'same_rows_as'\nmodel = 'ledger'\ncolumns = ['id', 'paid']",
            passes: "SELECT * FROM (VALUES (2, NULL), (1, 5), (1, 5)) AS t(id, paid)",
            fails: "SELECT * FROM (VALUES (2, NULL), (1, 5)) AS t(id, paid)",
            others: &[(
                "ledger",
                "SELECT * FROM (VALUES (1, 5), (1, 5), (2, NULL)) AS t(id, paid)",
            )],
        },
        Example {
            toml: "kind = 'same_rows_as'\nmodel = 'ledger'\ncolumns = ['id', 'paid']\nmodel_columns = ['nr', 'amount']\n\
                key = ['id']\ntolerance = { paid = 0.01 }",
            passes: "SELECT * FROM (VALUES (2, NULL), (1, 5.01)) AS t(id, paid)",
            fails: "SELECT * FROM (VALUES (2, NULL), (1, 5.02)) AS t(id, paid)",
            others: &[(
                "ledger",
                "SELECT * FROM (VALUES (1, 5.0), (2, NULL)) AS t(nr, amount)",
            )],
        },
    ],
    load: load_as::<SameRowsAs>,
};

impl SameRowsAs {
    /// The other model's column for the one at a place.
    fn there(&self, at: usize) -> &Name {
        let renamed = self.model_columns.as_ref();
        let renamed = renamed.and_then(|columns| columns.get_ref().get(at));
        renamed.unwrap_or(&self.columns[at])
    }

    fn is_key(&self, column: &str) -> bool {
        let key = self.key.iter().flat_map(|key| key.get_ref());
        key.into_iter().any(|name| name.get_ref() == column)
    }

    /// Every row of both, as often as each has it.
    fn whole_rows(&self, subject: &Subject) -> String {
        let here: Vec<String> = self
            .columns
            .iter()
            .map(|name| ident(name.get_ref()))
            .collect();
        let there: Vec<String> = (0..here.len())
            .map(|at| {
                format!(
                    "value_of({}) AS {}",
                    ident(self.there(at).get_ref()),
                    here[at]
                )
            })
            .collect();
        let values = here
            .iter()
            .map(|name| format!("value_of({name}) AS {name}"));
        let values: Vec<String> = values.collect();
        let (key, values) = (here.join(", "), values.join(", "));
        format!(
            "SELECT {key}, sum(here) AS times_here, sum(there) AS times_there, sum(here) <> sum(there) AS bad FROM \
             (SELECT {values}, 1 AS here, 0 AS there FROM {} UNION ALL SELECT {}, 0 AS here, 1 AS there FROM {}) \
             GROUP BY {key}",
            subject.rows(),
            there.join(", "),
            relation(self.model.get_ref())
        )
    }

    /// Every key of both, with the values that each has for it.
    fn by_key(&self, subject: &Subject) -> String {
        let (mut keys, mut here, mut there) = (Vec::new(), Vec::new(), Vec::new());
        let (mut values, mut differ) = (Vec::new(), Vec::new());
        for (at, column) in self.columns.iter().enumerate() {
            let name = ident(column.get_ref());
            let other = ident(self.there(at).get_ref());
            if self.is_key(column.get_ref()) {
                here.push(format!("value_of({name}) AS {name}"));
                there.push(format!("value_of({other}) AS {name}"));
                keys.push(name);
                continue;
            }
            let other_name = ident(&format!("{}_there", column.get_ref()));
            here.push(format!("{name} AS v{at}, NULL AS o{at}"));
            there.push(format!("NULL AS v{at}, {other} AS o{at}"));
            values.push(format!("max(v{at}) AS {name}, max(o{at}) AS {other_name}"));
            let tolerance = self.tolerance.as_ref();
            let tolerance = tolerance.and_then(|all| all.get_ref().get(column.get_ref()));
            let (mine, theirs) = (format!("max(v{at})"), format!("max(o{at})"));
            let same = match tolerance {
                Some(tolerance) => within(&mine, &theirs, *tolerance),
                None => format!("same_value({mine}, {theirs})"),
            };
            differ.push(format!(
                "OR NOT coalesce({same}, max(v{at}) IS NULL AND max(o{at}) IS NULL)"
            ));
        }
        let key = keys.join(", ");
        let values: String = values.iter().map(|value| format!(", {value}")).collect();
        format!(
            "SELECT {key}{values}, sum(here) AS times_here, sum(there) AS times_there, \
             (sum(here) <> 1 OR sum(there) <> 1 {}) AS bad FROM (SELECT {}, 1 AS here, 0 AS there FROM {} \
             UNION ALL SELECT {}, 0 AS here, 1 AS there FROM {}) GROUP BY {key}",
            differ.join(" "),
            here.join(", "),
            subject.rows(),
            there.join(", "),
            relation(self.model.get_ref())
        )
    }

    fn misnamed(&self, text: &Text) -> Option<Vec<Problem>> {
        let known = |name: &str| self.columns.iter().any(|column| column.get_ref() == name);
        let help = "write it as it stands in `columns`";
        if let Some(key) = &self.key {
            let stray = key.get_ref().iter().find(|name| !known(name.get_ref()));
            if let Some(stray) = stray {
                let message = format!("the key `{}` is not one of `columns`", stray.get_ref());
                return Some(wrong(text, stray.span(), message, help));
            }
        }
        let tolerance = self.tolerance.as_ref()?;
        let span = tolerance.span();
        for (name, apart) in tolerance.get_ref() {
            let message = match () {
                () if self.key.is_none() => "a `tolerance` needs a `key`: which rows are compared?",
                () if !known(name) => "`tolerance` is for a column that is not one of `columns`",
                () if self.is_key(name) => "a column of the `key` has no tolerance",
                () if !(*apart >= 0.0 && apart.is_finite()) => "a tolerance is a number from 0 on",
                () => continue,
            };
            return Some(wrong(
                text,
                span,
                message,
                "write `tolerance = { paid = 0.01 }`",
            ));
        }
        None
    }
}

/// Whether two numbers are equal or no farther apart than that; null where one is null.
pub(super) fn within(a: &str, b: &str, tolerance: f64) -> String {
    let (x, y) = (
        format!("CAST({a} AS DOUBLE)"),
        format!("CAST({b} AS DOUBLE)"),
    );
    // 1.1 and 1.0 are 0.1 apart, whatever binary fractions make of it.
    format!(
        "(same_value({x}, {y}) OR (NOT not_finite({x}) AND NOT not_finite({y}) AND abs({x} - {y}) <= {} + 1e-15 * \
         least(abs({x}), abs({y}))))",
        float(tolerance)
    )
}

impl Lower for SameRowsAs {
    fn lower(&self, subject: &Subject) -> Measure {
        let groups = match self.key {
            None => self.whole_rows(subject),
            Some(_) => self.by_key(subject),
        };
        Measure::Query {
            count: format!("SELECT count(*) FILTER (WHERE bad), count(*) FROM ({groups})"),
            rows: format!("SELECT * EXCEPT (bad) FROM ({groups}) WHERE bad"),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        self.columns.iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        vec![self.model.clone()]
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let pair = |(at, column)| Pair {
            column,
            model: Some(self.model.get_ref().clone()),
            with: self.there(at).get_ref().clone(),
            place: self.there(at).span(),
            by_day: false,
        };
        self.columns.iter().enumerate().map(pair).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.columns.is_empty() {
            let message = "`columns` is empty: nothing would be compared";
            return wrong(text, self.model.span(), message, "name at least one column");
        }
        if let Some(key) = self.key.as_ref().filter(|key| key.get_ref().is_empty()) {
            let message = "`key` is empty: it tells no row from another";
            return wrong(
                text,
                key.span(),
                message,
                "name at least one column, or take it out",
            );
        }
        if let Some(others) = &self.model_columns
            && others.get_ref().len() != self.columns.len()
        {
            let message = format!(
                "there are {} `model_columns` for {} `columns`",
                others.get_ref().len(),
                self.columns.len()
            );
            let help = "name one for each, in the same order";
            return wrong(text, others.span(), message, help);
        }
        self.misnamed(text).unwrap_or_default()
    }
}
