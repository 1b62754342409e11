//! Kinds with one value for the whole column.

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::contract::Type;
use crate::document;
use crate::error::{Problem, Text};

use super::arg::{
    AGAINST, Arg, BETWEEN, COLUMN, Effect, NUMBER_COLUMN, PER, STRICT_MAX, STRICT_MIN, Takes,
};
use super::bound::{AgainstArg, Ends, NOT_NEGATIVE, Unit};
use super::common::{DATED, NUMERIC, wrong};
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuantileArgs {
    column: Name,
    q: Spanned<f64>,
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
enum Function {
    Min,
    Max,
    Mean,
    Median,
    Quantile,
    Stdev,
    Sum,
    DistinctCount,
}

/// One value of a column, held against a bound.
#[derive(Debug)]
struct Statistic {
    function: Function,
    args: Args,
    q: Option<Spanned<f64>>,
}

type Loaded = Result<Box<dyn Lower>, Vec<Problem>>;

impl Statistic {
    fn load(text: &Text, table: Spanned<DeTable<'_>>, function: Function) -> Loaded {
        let span = table.span();
        let statistic = Self {
            function,
            args: document::typed(text, table)?,
            q: None,
        };
        sound(text, span, statistic)
    }

    fn quantile(text: &Text, table: Spanned<DeTable<'_>>) -> Loaded {
        let span = table.span();
        let args: QuantileArgs = document::typed(text, table)?;
        let statistic = Self {
            function: Function::Quantile,
            q: Some(args.q),
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
        sound(text, span, statistic)
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
            range: match self.function {
                Function::DistinctCount | Function::Stdev => NOT_NEGATIVE,
                _ => None,
            },
        }
    }

    /// NaN makes every figure of a column NaN, which lies within no bound.
    fn aggregate(&self, subject: &Subject) -> String {
        let column = ident(self.args.column.get_ref());
        let only = subject.only();
        let unit = self.ends().bound().unit;
        let value = format!("value_of({column})");
        let unless_nan =
            |figure: &str| format!("nan_if({figure}, bool_or(is_nan({column})){only})");
        let distinct = format!("count(DISTINCT {value}){only}");
        match self.function {
            Function::Min => point(&format!("min({value}){only}"), unit, &unless_nan),
            Function::Max => point(&format!("max({value}){only}"), unit, &unless_nan),
            Function::Mean => format!("exact_mean({column}){only}"),
            Function::Median | Function::Quantile => {
                let q = self.q.as_ref().map_or(0.5, |q| *q.get_ref());
                let number = match unit {
                    Unit::Plain | Unit::Hours => format!("CAST({value} AS DOUBLE)"),
                    Unit::Days | Unit::Seconds => format!("seconds_of({column})"),
                };
                let quantile =
                    format!("percentile_cont({q:?}) WITHIN GROUP (ORDER BY {number}){only}");
                match unit {
                    Unit::Plain | Unit::Hours => unless_nan(&format!("settled({quantile})")),
                    Unit::Days => format!("CAST(floor({quantile} / 86400) AS BIGINT)"),
                    Unit::Seconds => quantile,
                }
            }
            Function::Stdev => format!("exact_stdev({column}){only}"),
            Function::Sum => format!("exact_sum({column}){only}"),
            Function::DistinctCount if self.args.min.is_some() => distinct,
            Function::DistinctCount => {
                format!("CASE WHEN count(*){only} = 0 THEN NULL ELSE {distinct} END")
            }
        }
    }
}

/// The mean of true and false is the share of true.
const AVERAGED: &[Type] = &[Type::Int, Type::Float, Type::Decimal, Type::Bool];

/// A least or greatest value as the number its bound is counted in.
fn point(value: &str, unit: Unit, unless_nan: &dyn Fn(&str) -> String) -> String {
    match unit {
        Unit::Plain | Unit::Hours => unless_nan(value),
        Unit::Days => format!("days_of({value})"),
        Unit::Seconds => format!("seconds_of({value})"),
    }
}

impl Lower for Statistic {
    fn lower(&self, subject: &Subject) -> Measure {
        self.ends()
            .measure(subject, "value", |subject| self.aggregate(subject))
    }

    fn columns(&self) -> Vec<&Name> {
        let column = std::iter::once(&self.args.column);
        column.chain(&self.args.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let column = &self.args.column;
        match (self.function, self.ends().bound().unit) {
            (Function::DistinctCount, _) => Vec::new(),
            (_, Unit::Days | Unit::Seconds) => vec![(column, DATED)],
            (Function::Mean, _) => vec![(column, AVERAGED)],
            _ => vec![(column, NUMERIC)],
        }
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let dated = self.ends().bound().unit != Unit::Plain;
        let dates = matches!(
            self.function,
            Function::Min | Function::Max | Function::Median | Function::Quantile
        );
        if dated && !dates {
            let message = "the bounds of this kind are numbers, not dates";
            return wrong(text, self.args.column.span(), message, "write a number");
        }
        if let Some(q) = &self.q
            && !(0.0..=1.0).contains(q.get_ref())
        {
            let message = "`q` is not between 0 and 1";
            return wrong(
                text,
                q.span(),
                message,
                "0.5 is the median, 0.95 leaves one in twenty above",
            );
        }
        self.ends().problems(text, self.args.column.span())
    }
}

const LEAST: Arg =
    Arg::optional("min", Takes::Number, "the least value allowed").with(Effect::Least);
const GREATEST: Arg =
    Arg::optional("max", Takes::Number, "the greatest value allowed").with(Effect::Most);
const LIMITED: [Arg; 2] = [
    Arg::optional("min", Takes::Limit, "the least value allowed").with(Effect::Least),
    Arg::optional("max", Takes::Limit, "the greatest value allowed").with(Effect::Most),
];
const NUMBERS: &[Arg] = &[
    NUMBER_COLUMN,
    LEAST,
    GREATEST,
    STRICT_MIN,
    STRICT_MAX,
    AGAINST,
    BETWEEN,
    PER,
];
const POINTS: &[Arg] = &[
    Arg::required(
        "column",
        Takes::Column,
        "the column asked about: numbers, dates or timestamps",
    ),
    LIMITED[0],
    LIMITED[1],
    STRICT_MIN,
    STRICT_MAX,
    AGAINST,
    BETWEEN,
    PER,
];

pub(super) const MIN: Kind = Kind {
    name: "min",
    summary: "the least value of the column lies within bounds",
    about: "The least value itself is held against the bounds: that it is not too small, and not too large either. \
        Where the bounds are dates, timestamps count by their day (UTC): noon of the day of `max` is not too large. \
        `against` is for numbers. NaN in the column violates.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped. For each row by itself: `between`.",
    args: POINTS,
    examples: &[Example {
        toml: "kind = 'min'\ncolumn = 'age'\nmin = 0\nmax = 18",
        passes: "SELECT * FROM (VALUES (3), (90), (NULL)) AS t(age)",
        fails: "SELECT * FROM (VALUES (30), (90)) AS t(age)",
        others: &[],
    }],
    load: |text, table| Statistic::load(text, table, Function::Min),
};

pub(super) const MAX: Kind = Kind {
    name: "max",
    summary: "the greatest value of the column lies within bounds",
    about: "The greatest value itself is held against the bounds: that it is not too large, and not too small either. \
        Where the bounds are dates, timestamps count by their day (UTC): noon of the day of `max` is not too large. \
        `against` is for numbers. NaN in the column violates.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped. For each row by itself: `between`.",
    args: POINTS,
    examples: &[
        Example {
            toml: "kind = 'max'\ncolumn = 'age'\nmax = 120",
            passes: "SELECT * FROM (VALUES (3), (90), (NULL)) AS t(age)",
            fails: "SELECT * FROM (VALUES (30), (900)) AS t(age)",
            others: &[],
        },
        Example {
            toml: "kind = 'max'\ncolumn = 'sold'\nmin = 2024-01-01\nmax = 2024-01-31",
            passes: "SELECT * FROM (VALUES (DATE '2023-12-31'), (DATE '2024-01-31')) AS t(sold)",
            fails: "SELECT * FROM (VALUES (DATE '2023-12-31')) AS t(sold)",
            others: &[],
        },
    ],
    load: |text, table| Statistic::load(text, table, Function::Max),
};

pub(super) const MEAN: Kind = Kind {
    name: "mean",
    summary: "the mean of the column lies within bounds",
    about: "The arithmetic mean of all values; of a column of true and false it is the share of true. Nulls are no value and do not count as 0. A column of nulls alone, or an \
        empty table, is skipped.",
    args: NUMBERS,
    examples: &[
        Example {
            toml: "kind = 'mean'\ncolumn = 'price'\nmin = 2\nmax = 4",
            passes: "SELECT * FROM (VALUES (2), (5), (NULL)) AS t(price)",
            fails: "SELECT * FROM (VALUES (2), (9)) AS t(price)",
            others: &[],
        },
        Example {
            toml: "kind = 'mean'\ncolumn = 'price'\nper = 'product'\nmin = 2\nmax = 4",
            passes: "SELECT * FROM (VALUES ('a', 2), ('a', 5), ('b', 4), ('c', NULL)) AS t(product, price)",
            fails: "SELECT * FROM (VALUES ('a', 2), ('a', 5), ('b', 1)) AS t(product, price)",
            others: &[],
        },
        Example {
            toml: "kind = 'mean'\ncolumn = 'price'\nper = 'file_name'\nagainst = { previous = 3, change = [-20, 20] }",
            passes: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 10), ('b', DATE '2024-02-01', 12)) \
            AS t(file_name, file_date, price)",
            fails: "SELECT * FROM (VALUES ('a', DATE '2024-01-01', 10), ('b', DATE '2024-02-01', 13)) \
            AS t(file_name, file_date, price)",
            others: &[],
        },
    ],
    load: |text, table| Statistic::load(text, table, Function::Mean),
};

pub(super) const MEDIAN: Kind = Kind {
    name: "median",
    summary: "the median of the column lies within bounds",
    about: "As many values lie below the median as above it; of an even number of values it is the mean of the two in \
        the middle. It is exact, and so holds all values in memory.\n\
        Of dates and timestamps the bounds are dates or timestamps, as of `max`. NaN in the column violates.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: POINTS,
    examples: &[Example {
        toml: "kind = 'median'\ncolumn = 'price'\nmin = 2.5\nmax = 2.5",
        passes: "SELECT * FROM (VALUES (1), (2), (3), (400), (NULL)) AS t(price)",
        fails: "SELECT * FROM (VALUES (1), (2), (3)) AS t(price)",
        others: &[],
    }],
    load: |text, table| Statistic::load(text, table, Function::Median),
};

pub(super) const QUANTILE: Kind = Kind {
    name: "quantile",
    summary: "a quantile of the column lies within bounds",
    about: "The share `q` of the values lies below the quantile; between two values it is interpolated. It is exact, and \
        so holds all values in memory.\n\
        Of dates and timestamps the bounds are dates or timestamps, as of `max`. NaN in the column violates.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        Arg::required(
            "column",
            Takes::Column,
            "the column asked about: numbers, dates or timestamps",
        ),
        Arg::required(
            "q",
            Takes::Share,
            "which quantile: 0.5 is the median, 0.95 leaves one value in twenty above",
        ),
        LIMITED[0],
        LIMITED[1],
        STRICT_MIN,
        STRICT_MAX,
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[Example {
        toml: "kind = 'quantile'\ncolumn = 'days'\nq = 0.75\nmax = 4",
        passes: "SELECT * FROM (VALUES (1), (2), (4), (4), (90)) AS t(days)",
        fails: "SELECT * FROM (VALUES (1), (2), (4), (90), (90)) AS t(days)",
        others: &[],
    }],
    load: Statistic::quantile,
};

pub(super) const STDEV: Kind = Kind {
    name: "stdev",
    summary: "the standard deviation of the column lies within bounds",
    about: "The standard deviation of a sample (divided by n - 1). Nulls are no value. With fewer than two values there \
        is none, and it is skipped.",
    args: NUMBERS,
    examples: &[Example {
        toml: "kind = 'stdev'\ncolumn = 'price'\nmin = 0.5\nmax = 1.5",
        passes: "SELECT * FROM (VALUES (-1), (0), (1), (NULL)) AS t(price)",
        fails: "SELECT * FROM (VALUES (0), (0), (0)) AS t(price)",
        others: &[],
    }],
    load: |text, table| Statistic::load(text, table, Function::Stdev),
};

pub(super) const SUM: Kind = Kind {
    name: "sum",
    summary: "the sum of the column lies within bounds",
    about: "The sum is exact, whatever the order of the rows: of whole numbers and decimals to the last digit, of floats \
        to fifteen digits, so that 0.1 + 0.2 is 0.3. NaN in the column violates.\n\
        Nulls count for nothing. A column of nulls alone, or an empty table, has no sum and is skipped.",
    args: NUMBERS,
    examples: &[Example {
        toml: "kind = 'sum'\ncolumn = 'share'\nmin = 0.99\nmax = 1.01",
        passes: "SELECT * FROM (VALUES (0.5), (0.5), (NULL)) AS t(share)",
        fails: "SELECT * FROM (VALUES (0.5), (0.25)) AS t(share)",
        others: &[],
    }],
    load: |text, table| Statistic::load(text, table, Function::Sum),
};

const ANY_COLUMN: &[Arg] = &[
    COLUMN, LEAST, GREATEST, STRICT_MIN, STRICT_MAX, AGAINST, BETWEEN, PER,
];

pub(super) const DISTINCT_COUNT: Kind = Kind {
    name: "distinct_count",
    summary: "the column has so many different values",
    about: "Nulls are no value: a column of nulls alone has 0. An empty table is skipped. The count is exact: of a column \
        with millions of different values it takes time and memory.",
    args: ANY_COLUMN,
    examples: &[Example {
        toml: "kind = 'distinct_count'\ncolumn = 'county'\nmin = 2\nmax = 3",
        passes: "SELECT * FROM (VALUES ('a'), ('b'), ('b'), (NULL)) AS t(county)",
        fails: "SELECT * FROM (VALUES ('a'), ('a'), (NULL)) AS t(county)",
        others: &[],
    }],
    load: |text, table| Statistic::load(text, table, Function::DistinctCount),
};
