//! Values of the user's own making, and the number of rows beside that of another model.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, Effect, PER, STRICT_MAX, STRICT_MIN, Takes};
use super::bound::{AgainstArg, Ends, NOT_NEGATIVE, Unit};
use super::common::wrong;
use super::kind::load_as;
use super::sql::{Limit, relation};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metric {
    value: Name,
    #[serde(default)]
    min: Option<Limit>,
    #[serde(default)]
    max: Option<Limit>,
    #[serde(default)]
    strict_min: bool,
    #[serde(default)]
    strict_max: bool,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    per: Option<Name>,
}

const MIN: Arg = Arg::optional("min", Takes::Number, "the least value allowed").with(Effect::Least);
const MAX: Arg =
    Arg::optional("max", Takes::Number, "the greatest value allowed").with(Effect::Most);

pub(super) const METRIC: Kind = Kind {
    name: "metric",
    summary: "a value of your own, an aggregate in SQL, lies within bounds",
    about: "The value measured is what the aggregate yields over the rows: a number, or null, which is skipped. Shares are \
        written so: `avg(CASE WHEN paid THEN 1.0 ELSE 0.0 END)`. It has a past as every value, to be held against.\n\
        `/` of two whole numbers would drop the fraction and is refused: cast one of them, \
        `cast(sum(paid) as double) / count(*)`.\n\
        A value that is not a number (NaN, infinite beyond the bounds) fails. Give it an `id`: the history calls it by \
        that.",
    args: &[
        Arg::required(
            "value",
            Takes::Sql,
            "an aggregate over the columns of this model, such as `avg(paid) / max(paid)`",
        ),
        MIN,
        MAX,
        STRICT_MIN,
        STRICT_MAX,
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[
        Example {
            toml: "kind = 'metric'\nid = 'refund_share'\nvalue = 'sum(refunded) / sum(paid)'\nmax = 0.1",
            passes: "SELECT * FROM (VALUES (10.0, 1.0), (20.0, NULL)) AS t(paid, refunded)",
            fails: "SELECT * FROM (VALUES (10.0, 1.0), (20.0, 9.0)) AS t(paid, refunded)",
            others: &[],
        },
        Example {
            toml: "kind = 'metric'\nvalue = 'count(DISTINCT zone)'\nmin = 1\nmax = 1\nper = 'state'",
            passes: "SELECT * FROM (VALUES ('NV', 'P'), ('NV', 'P'), ('OK', 'C')) AS t(state, zone)",
            fails: "SELECT * FROM (VALUES ('NV', 'P'), ('NV', 'C'), ('OK', 'C')) AS t(state, zone)",
            others: &[],
        },
    ],
    load: load_as::<Metric>,
};

impl Metric {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.min,
            max: self.max,
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: None,
        }
    }

    fn written(&self) -> String {
        // A comment at the end would swallow what stands behind it.
        format!("{}\n", self.value.get_ref())
    }
}

impl Lower for Metric {
    fn lower(&self, subject: &Subject) -> Measure {
        // No filter can be put into an aggregate that is written already.
        if subject.filter.is_some() || self.per.is_some() {
            let rows = subject.rows();
            return self
                .ends()
                .measure_of(subject, |_| rows.clone(), &self.written());
        }
        self.ends().measure(subject, "value", |_| self.written())
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn sql(&self) -> Vec<&Name> {
        vec![&self.value]
    }

    fn aggregates(&self) -> bool {
        true
    }

    fn totals(&self) -> Vec<(&Name, Vec<Name>)> {
        vec![(&self.value, Vec::new())]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.value.span();
        if self.ends().bound().unit != Unit::Plain {
            let message = "the bounds of this kind are numbers, not dates";
            return wrong(text, span, message, "write a number");
        }
        self.ends().problems(text, span)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowCountRatio {
    to: Name,
    #[serde(default)]
    min: Option<Limit>,
    #[serde(default)]
    max: Option<Limit>,
    #[serde(default)]
    strict_min: bool,
    #[serde(default)]
    strict_max: bool,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    per: Option<Name>,
}

pub(super) const ROW_COUNT_RATIO: Kind = Kind {
    name: "row_count_ratio",
    summary: "there are so many rows for each row of another model",
    about: "The value measured is the number of rows divided by that of the other model: `max = 1` with `strict_max = true` \
        asks for fewer rows than it has, `min = 1` and `max = 1` for as many, `min = 2` and `max = 2` for twice as many. \
        Where neither has a row it is 1; where the other alone has none it is infinite, and only a bound without `max` \
        lets it pass.\n\
        `where` narrows this model's rows only. It is judged also over empty tables.",
    args: &[
        Arg::required("to", Takes::Model, "the other model"),
        Arg::optional("min", Takes::Number, "the least ratio allowed").with(Effect::Least),
        Arg::optional("max", Takes::Number, "the greatest ratio allowed").with(Effect::Most),
        STRICT_MIN,
        STRICT_MAX,
        AGAINST,
        BETWEEN,
        Arg::optional(
            "per",
            Takes::Column,
            "a column that both models have: the rows of each of its values are compared, and a violation is such a group",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'row_count_ratio'\nto = 'orders'\nmax = 1\nstrict_max = true",
            passes: "SELECT * FROM (VALUES (1), (2)) AS t(id)",
            fails: "SELECT * FROM (VALUES (1), (2), (3)) AS t(id)",
            others: &[("orders", "SELECT * FROM (VALUES (1), (2), (3)) AS t(id)")],
        },
        Example {
            toml: "kind = 'row_count_ratio'\nto = 'orders'\nmin = 1\nmax = 1\nper = 'shop'",
            passes: "SELECT * FROM (VALUES ('a'), ('b')) AS t(shop)",
            fails: "SELECT * FROM (VALUES ('a'), ('c')) AS t(shop)",
            others: &[("orders", "SELECT * FROM (VALUES ('a'), ('b')) AS t(shop)")],
        },
    ],
    load: load_as::<RowCountRatio>,
};

impl RowCountRatio {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.min,
            max: self.max,
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: NOT_NEGATIVE,
        }
    }
}

impl Lower for RowCountRatio {
    fn lower(&self, subject: &Subject) -> Measure {
        let other = relation(self.to.get_ref());
        let counted = |per: Option<&str>| {
            let kept = per.map_or(String::new(), |per| format!("{per}, "));
            let grouped = per.map_or(String::new(), |per| format!(" GROUP BY {per}"));
            format!(
                "(SELECT {kept}count(*) AS here, 0 AS there FROM {}{grouped} UNION ALL \
                 SELECT {kept}0 AS here, count(*) AS there FROM {other}{grouped})",
                subject.rows()
            )
        };
        let ratio = "CASE WHEN sum(there) > 0 THEN CAST(sum(here) AS DOUBLE) / sum(there) WHEN sum(here) > 0 \
            THEN CAST('Infinity' AS DOUBLE) ELSE 1.0 END";
        self.ends().measure_of(subject, counted, ratio)
    }

    fn columns(&self) -> Vec<&Name> {
        self.per.iter().collect()
    }

    fn models(&self) -> Vec<Name> {
        vec![self.to.clone()]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.to.span();
        if self.ends().bound().unit != Unit::Plain {
            let message = "the bounds of this kind are numbers, not dates";
            return wrong(text, span, message, "write a number");
        }
        self.ends().problems(text, span)
    }
}
