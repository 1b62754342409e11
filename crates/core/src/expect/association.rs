//! Kinds about what one column tells of another, or of itself.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, COLUMN, Effect, PER, STRICT_MAX, STRICT_MIN, Takes};
use super::bound::{AgainstArg, Ends, NOT_NEGATIVE, Unit};
use super::common::{NUMERIC, wrong};
use super::kind::load_as;
use super::sql::{Limit, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

/// A value of two columns (`LINEAR`: their correlation, else their mutual information).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Association<const LINEAR: bool> {
    columns: Spanned<Vec<Name>>,
    #[serde(default)]
    min: Option<f64>,
    #[serde(default)]
    max: Option<f64>,
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

pub(super) const CORRELATION: Kind = Kind {
    name: "correlation",
    summary: "the correlation of two columns lies within bounds",
    about: "The value measured is Pearson's coefficient: 1 where one column rises in a straight line with the other, -1 \
        where it falls so, near 0 where neither is seen.\n\
        Rows with a null in one of the two are left out. With fewer than two rows there is none, and it is skipped; \
        where all values of a column are equal, or one is NaN, it is NaN, which fails.",
    args: &[
        Arg::required("columns", Takes::Columns, "two columns of numbers"),
        MIN,
        MAX,
        STRICT_MIN,
        STRICT_MAX,
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[Example {
        toml: "kind = 'correlation'\ncolumns = ['size', 'price']\nmin = 0.9",
        passes: "SELECT * FROM (VALUES (1, 10), (2, 21), (3, 29), (4, NULL)) AS t(size, price)",
        fails: "SELECT * FROM (VALUES (1, 10), (2, 30), (3, 5)) AS t(size, price)",
        others: &[],
    }],
    load: load_as::<Association<true>>,
};

pub(super) const MUTUAL_INFORMATION: Kind = Kind {
    name: "mutual_information",
    summary: "so much of one column is known from the other",
    about: "The value measured is the mutual information of the two columns in nats, from the counts of their values and \
        pairs of values: 0 where they are independent of each other, and at most the lesser of their entropies, where one \
        decides the other. Values are taken as they are, of any type; of numbers with many different values the figure is \
        high by itself.\n\
        Rows with a null in one of the two are left out. Without a row left it is skipped. Each pair of values is held \
        in memory.",
    args: &[
        Arg::required("columns", Takes::Columns, "two columns"),
        MIN,
        MAX,
        STRICT_MIN,
        STRICT_MAX,
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[Example {
        toml: "kind = 'mutual_information'\ncolumns = ['state', 'zone']\nmin = 0.5",
        passes: "SELECT * FROM (VALUES ('NV', 'P'), ('NV', 'P'), ('OK', 'C'), ('OK', 'C'), ('TX', NULL)) AS t(state, zone)",
        fails: "SELECT * FROM (VALUES ('NV', 'P'), ('NV', 'C'), ('OK', 'P'), ('OK', 'C')) AS t(state, zone)",
        others: &[],
    }],
    load: load_as::<Association<false>>,
};

impl<const LINEAR: bool> Association<LINEAR> {
    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.min.map(Limit::from),
            max: self.max.map(Limit::from),
            strict_min: self.strict_min,
            strict_max: self.strict_max,
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: if LINEAR {
                Some([-1.0, 1.0])
            } else {
                NOT_NEGATIVE
            },
        }
    }

    fn pair(&self) -> [String; 2] {
        let name = |at: usize| {
            let name = self.columns.get_ref().get(at);
            name.map_or_else(String::new, |name| ident(name.get_ref()))
        };
        [name(0), name(1)]
    }
}

/// Pearson's coefficient; NaN where one of the columns has no spread.
fn correlation([a, b]: &[String; 2], subject: &Subject) -> String {
    let filter = subject.filter.iter();
    let filter: String = filter.map(|filter| format!("({filter}) AND ")).collect();
    let only = format!(" FILTER (WHERE {filter}{a} IS NOT NULL AND {b} IS NOT NULL)");
    let double = |column: &str| format!("CAST(value_of({column}) AS DOUBLE)");
    let (x, y) = (double(a), double(b));
    let still = |value: &str| format!("min({value}){only} = max({value}){only}");
    // The engine's own answer to NaN and infinities would be none at all.
    format!(
        "CASE WHEN bool_or(not_finite({x}) OR not_finite({y})){only} THEN CAST('NaN' AS DOUBLE) \
         WHEN count(*){only} < 2 THEN NULL WHEN {} OR {} THEN CAST('NaN' AS DOUBLE) \
         ELSE settled(corr({x}, {y}){only}) END",
        still(&x),
        still(&y)
    )
}

impl<const LINEAR: bool> Lower for Association<LINEAR> {
    fn lower(&self, subject: &Subject) -> Measure {
        let pair = self.pair();
        if LINEAR {
            return self
                .ends()
                .measure(subject, "value", |subject| correlation(&pair, subject));
        }
        let [a, b] = pair;
        let counted = |per: Option<&str>| {
            let kept = per.map_or(String::new(), |per| format!("{per}, "));
            let within = per.map_or(String::new(), |per| format!("PARTITION BY {per}"));
            let and = per.map_or(String::new(), |per| format!(", {per}"));
            format!(
                "(SELECT {kept}times, sum(times) OVER (PARTITION BY first_of_two{and}) AS of_first, sum(times) OVER \
                 (PARTITION BY second_of_two{and}) AS of_second, sum(times) OVER ({within}) AS of_all FROM \
                 (SELECT {kept}value_of({a}) AS first_of_two, value_of({b}) AS second_of_two, CAST(count(*) AS DOUBLE) AS times FROM {} \
                 WHERE {a} IS NOT NULL AND {b} IS NOT NULL GROUP BY {kept}value_of({a}), value_of({b})))",
                subject.rows()
            )
        };
        // It is never negative but for rounding.
        let information = "settled(greatest(sum(times / of_all * ln(times * of_all / (of_first * of_second))), 0.0))";
        let skipped = format!("CASE WHEN count(*) = 0 THEN NULL ELSE {information} END");
        self.ends().measure_of(subject, counted, &skipped)
    }

    fn columns(&self) -> Vec<&Name> {
        let columns = self.columns.get_ref().iter();
        columns.chain(&self.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let columns = self.columns.get_ref().iter().filter(|_| LINEAR);
        columns.map(|column| (column, NUMERIC)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.columns.span();
        if self.columns.get_ref().len() != 2 {
            let message = "exactly two columns are needed";
            return wrong(
                text,
                span,
                message,
                "write `columns = [\"size\", \"price\"]`",
            );
        }
        self.ends().problems(text, span)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entropy {
    column: Name,
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

pub(super) const ENTROPY: Kind = Kind {
    name: "entropy",
    summary: "the values are mixed so much",
    about: "The value measured is the entropy of the values in nats: 0 where all are equal, ln(n) where n values occur \
        equally often.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped. Each different value is held in memory.",
    args: &[
        COLUMN, MIN, MAX, STRICT_MIN, STRICT_MAX, AGAINST, BETWEEN, PER,
    ],
    examples: &[Example {
        toml: "kind = 'entropy'\ncolumn = 'state'\nmin = 0.6\nmax = 0.7",
        passes: "SELECT * FROM (VALUES ('NV'), ('OK'), (NULL)) AS t(state)",
        fails: "SELECT * FROM (VALUES ('NV'), ('NV'), ('NV'), ('OK')) AS t(state)",
        others: &[],
    }],
    load: load_as::<Entropy>,
};

impl Entropy {
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

impl Lower for Entropy {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let counted = |per: Option<&str>| {
            let kept = per.map_or(String::new(), |per| format!("{per}, "));
            let within = per.map_or(String::new(), |per| format!("PARTITION BY {per}"));
            format!(
                "(SELECT {kept}times, sum(times) OVER ({within}) AS of_all FROM (SELECT {kept}CAST(count(*) AS DOUBLE) \
                 AS times FROM {} WHERE {column} IS NOT NULL GROUP BY {kept}value_of({column})))",
                subject.rows()
            )
        };
        self.ends().measure_of(
            subject,
            counted,
            "settled(sum(times / of_all * ln(of_all / times)))",
        )
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.column.span();
        if self.ends().bound().unit != Unit::Plain {
            let message = "the bounds of this kind are numbers, not dates";
            return wrong(text, span, message, "write a number");
        }
        self.ends().problems(text, span)
    }
}
