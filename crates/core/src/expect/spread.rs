//! Kinds about how widely the numbers of a column are spread, and in which shape.

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::contract::Type;
use crate::document;
use crate::error::{Problem, Text};

use super::arg::{
    AGAINST, Arg, BETWEEN, Effect, NUMBER_COLUMN, PER, STRICT_MAX, STRICT_MIN, Takes,
};
use super::bound::{AgainstArg, Ends, NOT_NEGATIVE, Unit};
use super::common::{NUMERIC, wrong};
use super::kind::sound;
use super::sql::{Limit, ident};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Args {
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

/// With the choice between a sample and a whole population, for the figures that differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleArgs {
    column: Name,
    #[serde(default)]
    population: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Range,
    InterquartileRange,
    Variance,
    Skewness,
    Kurtosis,
}

/// One figure of the spread, held against a bound.
#[derive(Debug)]
struct Spread {
    figure: Figure,
    population: bool,
    args: Args,
}

type Loaded = Result<Box<dyn Lower>, Vec<Problem>>;

impl Spread {
    fn load(text: &Text, table: Spanned<DeTable<'_>>, figure: Figure) -> Loaded {
        let span = table.span();
        let args = document::typed(text, table)?;
        let population = false;
        sound(
            text,
            span,
            Self {
                figure,
                population,
                args,
            },
        )
    }

    fn sampled(text: &Text, table: Spanned<DeTable<'_>>, figure: Figure) -> Loaded {
        let span = table.span();
        let args: SampleArgs = document::typed(text, table)?;
        let spread = Self {
            figure,
            population: args.population,
            args: Args {
                column: args.column,
                min: args.min,
                max: args.max,
                strict_min: args.strict_min,
                strict_max: args.strict_max,
                against: args.against,
                between: args.between,
                per: args.per,
            },
        };
        sound(text, span, spread)
    }

    fn ends(&self) -> Ends<'_> {
        Ends {
            min: self.args.min,
            max: self.args.max,
            strict_min: self.args.strict_min,
            strict_max: self.args.strict_max,
            against: self.args.against.as_ref(),
            between: self.args.between.as_ref(),
            per: self.args.per.as_ref(),
            range: match self.figure {
                Figure::Skewness | Figure::Kurtosis => None,
                _ => NOT_NEGATIVE,
            },
        }
    }

    fn aggregate(&self, subject: &Subject) -> String {
        let column = ident(self.args.column.get_ref());
        let only = subject.only();
        let value = format!("CAST(value_of({column}) AS DOUBLE)");
        let of = |sample: &str, population: &str| {
            let function = if self.population { population } else { sample };
            format!("settled({function}({value}){only})")
        };
        let unless_nan =
            |figure: String| format!("nan_if(settled({figure}), bool_or(is_nan({column})){only})");
        let quantile = |q: &str| {
            format!("settled(percentile_cont({q}) WITHIN GROUP (ORDER BY {value}){only})")
        };
        match self.figure {
            Figure::Range => unless_nan(format!("max({value}){only} - min({value}){only}")),
            Figure::InterquartileRange => {
                unless_nan(format!("{} - {}", quantile("0.75"), quantile("0.25")))
            }
            Figure::Variance => {
                let sample = format!("exact_variance({column}){only}");
                let count = format!("count({column}){only}");
                match self.population {
                    true => format!("settled({sample} * ({count} - 1) / {count})"),
                    false => sample,
                }
            }
            Figure::Skewness => of("skewness", "skewness_pop"),
            Figure::Kurtosis => of("kurtosis", "kurtosis_pop"),
        }
    }
}

impl Lower for Spread {
    fn lower(&self, subject: &Subject) -> Measure {
        self.ends()
            .measure(subject, "value", |subject| self.aggregate(subject))
    }

    fn columns(&self) -> Vec<&Name> {
        let column = std::iter::once(&self.args.column);
        column.chain(&self.args.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.args.column, NUMERIC)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let span = self.args.column.span();
        if self.ends().bound().unit != Unit::Plain {
            let message = "the bounds of this kind are numbers, not dates";
            return wrong(text, span, message, "write a number");
        }
        self.ends().problems(text, span)
    }
}

const MIN: Arg = Arg::optional("min", Takes::Number, "the least value allowed").with(Effect::Least);
const MAX: Arg =
    Arg::optional("max", Takes::Number, "the greatest value allowed").with(Effect::Most);
const ARGS: &[Arg] = &[
    NUMBER_COLUMN,
    MIN,
    MAX,
    STRICT_MIN,
    STRICT_MAX,
    AGAINST,
    BETWEEN,
    PER,
];
const SAMPLED: &[Arg] = &[
    NUMBER_COLUMN,
    Arg::optional(
        "population",
        Takes::Flag,
        "true: the values are all there are; by default they are a sample of more",
    ),
    MIN,
    MAX,
    STRICT_MIN,
    STRICT_MAX,
    AGAINST,
    BETWEEN,
    PER,
];

pub(super) const RANGE: Kind = Kind {
    name: "range",
    summary: "the greatest value less the least one lies within bounds",
    about: "The value measured is max - min, as a floating-point number; of one value, or of equal ones, it is 0.\n\
        NaN in the column violates. Nulls are no value. A column of nulls alone, or an empty \
        table, is skipped.",
    args: ARGS,
    examples: &[
        Example {
            toml: "kind = 'range'\ncolumn = 'price'\nmax = 10",
            passes: "SELECT * FROM (VALUES (-1.5), (8.5), (NULL)) AS t(price)",
            fails: "SELECT * FROM (VALUES (-1.5), (9.0)) AS t(price)",
            others: &[],
        },
        Example {
            toml: "kind = 'range'\ncolumn = 'price'\nmax = 10\nper = 'product'",
            passes: "SELECT * FROM (VALUES ('a', 1), ('a', 11), ('b', 500), ('c', NULL)) AS t(product, price)",
            fails: "SELECT * FROM (VALUES ('a', 1), ('a', 12), ('b', 500)) AS t(product, price)",
            others: &[],
        },
    ],
    load: |text, table| Spread::load(text, table, Figure::Range),
};

pub(super) const INTERQUARTILE_RANGE: Kind = Kind {
    name: "interquartile_range",
    summary: "the middle half of the values is so wide",
    about: "The value measured is the quantile 0.75 less the quantile 0.25, each interpolated linearly between the two \
        nearest values (position (n - 1) q, as in NumPy and Excel's QUARTILE.INC). It is exact, and so holds all values \
        in memory.\n\
        NaN in the column violates. Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: ARGS,
    examples: &[Example {
        toml: "kind = 'interquartile_range'\ncolumn = 'days'\nmin = 1.5\nmax = 1.5",
        passes: "SELECT * FROM (VALUES (1), (2), (3), (4), (NULL)) AS t(days)",
        fails: "SELECT * FROM (VALUES (1), (2), (3)) AS t(days)",
        others: &[],
    }],
    load: |text, table| Spread::load(text, table, Figure::InterquartileRange),
};

pub(super) const VARIANCE: Kind = Kind {
    name: "variance",
    summary: "the variance of the column lies within bounds",
    about: "The mean of the squared distances from the mean: of a sample (divided by n - 1), or with `population = true` of \
        all there are (divided by n).\n\
        Nulls are no value. With fewer than two values there is no variance, and it is skipped. NaN in the column violates.",
    args: SAMPLED,
    examples: &[
        Example {
            toml: "kind = 'variance'\ncolumn = 'price'\nmin = 1\nmax = 1",
            passes: "SELECT * FROM (VALUES (1), (2), (3), (NULL)) AS t(price)",
            fails: "SELECT * FROM (VALUES (1), (2), (4)) AS t(price)",
            others: &[],
        },
        Example {
            toml: "kind = 'variance'\ncolumn = 'price'\npopulation = true\nmax = 1",
            passes: "SELECT * FROM (VALUES (1), (3)) AS t(price)",
            fails: "SELECT * FROM (VALUES (1), (4)) AS t(price)",
            others: &[],
        },
    ],
    load: |text, table| Spread::sampled(text, table, Figure::Variance),
};

pub(super) const SKEWNESS: Kind = Kind {
    name: "skewness",
    summary: "the values lean to one side no more than so much",
    about: "The value measured is 0 where the values lie evenly on both sides of the mean, above 0 where few great ones \
        stand far out, below 0 where few small ones do. It is the adjusted Fisher-Pearson coefficient G1 of a sample, as \
        in pandas, Excel and DuckDB; with `population = true` it is g1, the third central moment over the cube of the \
        population's standard deviation, as in Spark and by default in SciPy.\n\
        Nulls are no value. With fewer than three values (of a population: two) there is none, and it is skipped; where \
        all values are equal, or one is NaN, it is NaN, which fails.",
    args: SAMPLED,
    examples: &[Example {
        toml: "kind = 'skewness'\ncolumn = 'price'\nmin = -1\nmax = 1",
        passes: "SELECT * FROM (VALUES (1), (2), (3), (NULL)) AS t(price)",
        fails: "SELECT * FROM (VALUES (1), (1), (1), (1), (90)) AS t(price)",
        others: &[],
    }],
    load: |text, table| Spread::sampled(text, table, Figure::Skewness),
};

pub(super) const KURTOSIS: Kind = Kind {
    name: "kurtosis",
    summary: "values far from the mean are no more frequent than so much",
    about: "The value measured is the excess kurtosis: 0 for a normal distribution, above 0 where more values lie far out, \
        below 0 where fewer do. It is the bias-corrected G2 of a sample, as in pandas, Excel and DuckDB; with `population \
        = true` it is g2, the fourth central moment over the squared variance of the population, less 3, as in Spark and \
        by default in SciPy.\n\
        Nulls are no value. With fewer than four values (of a population: two) there is none, and it is skipped; where \
        all values are equal, or one is NaN, it is NaN, which fails.",
    args: SAMPLED,
    examples: &[Example {
        toml: "kind = 'kurtosis'\ncolumn = 'price'\nmax = 3",
        passes: "SELECT * FROM (VALUES (1), (2), (3), (4), (NULL)) AS t(price)",
        fails: "SELECT * FROM (VALUES (1), (1), (1), (1), (90)) AS t(price)",
        others: &[],
    }],
    load: |text, table| Spread::sampled(text, table, Figure::Kurtosis),
};
