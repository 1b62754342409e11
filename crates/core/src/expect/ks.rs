//! The Kolmogorov-Smirnov distance of a column from a distribution or from another column.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, Effect, NUMBER_COLUMN, PER, Takes};
use super::bound::{AgainstArg, Ends, SHARE};
use super::common::{NUMERIC, column_of, column_of_problems, joined, model_of, wrong};
use super::kind::load_as;
use super::sql::{Limit, float, ident};
use super::{Example, Kind, Lower, Measure, Name, Pair, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KolmogorovSmirnov {
    column: Name,
    #[serde(default)]
    normal: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    uniform: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    like: Option<Name>,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    per: Option<Name>,
}

pub(super) const KOLMOGOROV_SMIRNOV: Kind = Kind {
    name: "kolmogorov_smirnov",
    summary: "the numbers are distributed nearly as a normal, a uniform, or another column",
    about: "The value measured is the Kolmogorov-Smirnov distance: the greatest difference, at any number, between the \
        share of values up to it and the share expected up to it. 0 is the same distribution, 1 one that has nothing in \
        common; 0.1 is a difference that a person would see. For single values, texts and dates there is `divergence`.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped; so is one held against a column \
        without values.",
    args: &[
        NUMBER_COLUMN,
        Arg::optional(
            "normal",
            Takes::Range,
            "[mean, standard deviation] of the normal distribution expected",
        ),
        Arg::optional(
            "uniform",
            Takes::Range,
            "[least, greatest] value of the uniform distribution expected",
        ),
        Arg::optional(
            "like",
            Takes::ColumnOf,
            "another column, such as last month's, expected to be distributed alike; give exactly one of the three",
        ),
        Arg::optional("max", Takes::Share, "the greatest distance allowed").with(Effect::Most),
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[
        Example {
            toml: "kind = 'kolmogorov_smirnov'\ncolumn = 'draw'\nuniform = [0, 100]\nmax = 0.1",
            passes: "SELECT unnest(range(1, 101)) AS draw",
            fails: "SELECT unnest(range(1, 51)) AS draw",
            others: &[],
        },
        Example {
            toml: "kind = 'kolmogorov_smirnov'\ncolumn = 'price'\nlike = 'last_month.price'\nmax = 0.3",
            passes: "SELECT * FROM (VALUES (1), (2), (3), (4), (5)) AS t(price)",
            fails: "SELECT * FROM (VALUES (4), (5), (5), (6)) AS t(price)",
            others: &[(
                "last_month",
                "SELECT * FROM (VALUES (1), (2), (3), (4)) AS t(price)",
            )],
        },
    ],
    load: load_as::<KolmogorovSmirnov>,
};

/// The share of a normal distribution up to `z` standard deviations, to seven
/// digits (Abramowitz and Stegun 26.2.17).
fn normal_share(z: &str) -> String {
    let t = format!("(1.0 / (1.0 + 0.2316419 * abs({z})))");
    let tail = format!(
        "0.3989422804014327 * exp(-{z} * {z} / 2.0) * {t} * (0.319381530 + {t} * (-0.356563782 + {t} * \
         (1.781477937 + {t} * (-1.821255978 + {t} * 1.330274429))))"
    );
    format!("CASE WHEN {z} < 0 THEN {tail} ELSE 1.0 - {tail} END")
}

impl KolmogorovSmirnov {
    fn ends(&self) -> Ends<'_> {
        Ends {
            max: self.max.map(Limit::from),
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: SHARE,
            ..Ends::default()
        }
    }

    /// The values as `v`, with the column of the groups.
    fn values(&self, subject: &Subject, per: Option<&str>) -> String {
        let column = ident(self.column.get_ref());
        let kept = per.map_or(String::new(), |per| format!("{per}, "));
        format!(
            "SELECT {kept}CAST(value_of({column}) AS DOUBLE) AS v FROM {} WHERE {column} IS NOT NULL",
            subject.rows()
        )
    }

    fn rows_of_columns(&self, subject: &Subject, like: &Name) -> String {
        let (_, model, to) = column_of(like.get_ref()).unwrap_or_default();
        format!(
            "(SELECT v, CAST(sum(here) OVER (ORDER BY v) AS DOUBLE) AS here_up_to, sum(here) OVER () AS here_all, \
             CAST(sum(there) OVER (ORDER BY v) AS DOUBLE) AS there_up_to, sum(there) OVER () AS there_all FROM (SELECT v, \
             sum(here) AS here, sum(there) AS there FROM (SELECT v, 1 AS here, 0 AS there FROM ({}) UNION ALL SELECT \
             CAST(value_of({to}) AS DOUBLE) AS v, 0 AS here, 1 AS there FROM {model} WHERE {to} IS NOT NULL) GROUP BY v))",
            self.values(subject, None)
        )
    }

    fn rows_of_shape(&self, subject: &Subject, per: Option<&str>, share: &str) -> String {
        let kept = per.map_or(String::new(), |per| format!("{per}, "));
        let within = per.map_or(String::new(), |per| format!("PARTITION BY {per} "));
        format!(
            "(SELECT {kept}v, {share} AS share, CAST(row_number() OVER ({within}ORDER BY v) AS DOUBLE) AS place, \
             count(*) OVER ({within}) AS total FROM ({}))",
            self.values(subject, per)
        )
    }
}

const OF_COLUMNS: &str = "nan_if(max(abs(here_up_to / nullif(here_all, 0) - there_up_to / nullif(there_all, 0))), bool_or(is_nan(v)))";
const OF_SHAPE: &str = "nan_if(max(greatest(abs(place / total - share), abs((place - 1) / total - share))), bool_or(is_nan(v)))";

impl Lower for KolmogorovSmirnov {
    fn lower(&self, subject: &Subject) -> Measure {
        let share = match (&self.like, &self.normal, &self.uniform) {
            (Some(like), ..) => {
                let from = |_: Option<&str>| self.rows_of_columns(subject, like);
                return self.ends().measure_of(subject, from, OF_COLUMNS);
            }
            (None, Some(normal), _) => {
                let [mean, deviation] = *normal.get_ref();
                normal_share(&format!("((v - {}) / {})", float(mean), float(deviation)))
            }
            (None, None, uniform) => {
                let [low, high] = uniform.as_ref().map_or([0.0, 1.0], |ends| *ends.get_ref());
                let share = format!("(v - {}) / {}", float(low), float(high - low));
                format!("least(greatest({share}, 0.0), 1.0)")
            }
        };
        let from = |per: Option<&str>| self.rows_of_shape(subject, per, &share);
        self.ends().measure_of(subject, from, OF_SHAPE)
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, NUMERIC)]
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let like = self.like.iter();
        like.filter_map(|like| joined(&self.column, like)).collect()
    }

    fn models(&self) -> Vec<Name> {
        self.like.iter().filter_map(model_of).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let given = [
            self.normal.is_some(),
            self.uniform.is_some(),
            self.like.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            let message = "exactly one of `normal`, `uniform` and `like` is needed";
            return wrong(text, self.column.span(), message, "give one of them");
        }
        if let Some(normal) = &self.normal
            && (normal.get_ref()[1] <= 0.0 || normal.get_ref()[1].is_nan())
        {
            let message = "a standard deviation is greater than 0";
            return wrong(
                text,
                normal.span(),
                message,
                "write `normal = [mean, deviation]`",
            );
        }
        if let Some(uniform) = &self.uniform
            && (uniform.get_ref()[0] >= uniform.get_ref()[1])
        {
            let message = "the least value is not less than the greatest";
            return wrong(
                text,
                uniform.span(),
                message,
                "write `uniform = [least, greatest]`",
            );
        }
        if let (Some(_), Some(per)) = (&self.like, &self.per) {
            let message = "`per` does not go with `like`: the other column has no such groups";
            return wrong(
                text,
                per.span(),
                message,
                "write an expectation with `where` for each group",
            );
        }
        if let Some(like) = &self.like {
            let problems = column_of_problems(text, like, "like");
            if !problems.is_empty() {
                return problems;
            }
        }
        self.ends().problems(text, self.column.span())
    }
}
