//! The catalogue of expectation kinds: one const slice that loading, `explain`
//! and the registry's tests read.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use toml::Spanned;
use toml::de::DeTable;

use crate::contract::Type;
use crate::document;
use crate::error::{Problem, Text};

use super::arg::Arg;
use super::bound::days_since_epoch;
use super::sql::Literal;
use super::{
    Measure, association, chi, compare, distinct, distribution, fresh, json, ks, metric, order,
    pairs, patterns, previous, ranges, refer, refers_to, rows, same_rows, score, sets, shape,
    spread, stats, step, table, texts,
};

/// A column (or model) named in an argument, with its place in the file.
pub type Name = Spanned<String>;

/// A definition of an expectation kind.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The kind's page: its meaning, what null, empty and a wrong type do.
    pub about: &'static str,
    /// Its own arguments; `kind`, `id`, `because`, `severity`, `allow` and `where` come on top.
    pub args: &'static [Arg],
    pub examples: &'static [Example],
    pub load: Load,
}

impl Kind {
    /// The argument of its own that has that name.
    pub fn arg(&self, name: &str) -> Option<&'static Arg> {
        self.args.iter().find(|arg| arg.name == name)
    }
}

/// Reads the arguments that a kind has of its own.
pub type Load = fn(&Text, Spanned<DeTable<'_>>) -> Result<Box<dyn Lower>, Vec<Problem>>;

/// A use of a kind with a table that passes and one that fails, both as SQL.
#[derive(Debug)]
pub struct Example {
    pub toml: &'static str,
    pub passes: &'static str,
    pub fails: &'static str,
    /// Other models it reads, as name and SQL.
    pub others: &'static [(&'static str, &'static str)],
}

/// The table an expectation is about, as its SQL names it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Quoted for SQL: `"stg_leads"` or `"raw"."source1"`.
    pub table: String,
    pub filter: Option<String>,
    /// The rows set aside on the way into the table, as SQL names them; `None` where none are.
    pub quarantine: Option<String>,
    pub moment: Moment,
}

/// What a run takes for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day, as days since 1970-01-01.
    pub day: i32,
    /// Seconds since 1970-01-01 UTC.
    pub seconds: i64,
}

impl Moment {
    /// The moment the run `started`, if that was on its day; else the end of the day.
    pub fn of(day: NaiveDate, started: Option<DateTime<Utc>>) -> Self {
        let end = Self::from(days_since_epoch(day));
        match started.filter(|started| started.date_naive() == day) {
            Some(started) => Self {
                seconds: started.timestamp(),
                ..end
            },
            None => end,
        }
    }
}

/// The end of a day.
impl From<i32> for Moment {
    fn from(day: i32) -> Self {
        Self {
            day,
            seconds: (i64::from(day) + 1) * 86_400,
        }
    }
}

impl Subject {
    /// A table of no name, for looking at the shape of a measure.
    pub(super) fn nothing() -> Self {
        Self {
            table: "nothing".to_owned(),
            filter: None,
            quarantine: None,
            moment: Moment::from(0),
        }
    }

    /// What an aggregate over the one scan adds to take the narrowed rows only.
    pub fn only(&self) -> String {
        match &self.filter {
            Some(filter) => format!(" FILTER (WHERE {filter})"),
            None => String::new(),
        }
    }

    /// The narrowed rows as a table of their own, of which all are asked.
    pub(super) fn narrowed(&self) -> Self {
        Self {
            table: self.rows(),
            filter: None,
            ..self.clone()
        }
    }

    /// The narrowed rows, for a FROM clause.
    pub fn rows(&self) -> String {
        match &self.filter {
            Some(filter) => format!("(SELECT * FROM {} WHERE {filter})", self.table),
            None => self.table.clone(),
        }
    }
}

/// A column of the model and what its values are held against.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    pub column: &'a Name,
    /// The other model; `None`: it is the same.
    pub model: Option<String>,
    /// The other column, and where it is named.
    pub with: String,
    pub place: Range<usize>,
    /// Whether a date may stand beside a timestamp, for its whole day.
    pub by_day: bool,
}

/// The arguments of one use of a kind.
pub trait Lower: std::fmt::Debug + Send + Sync {
    /// What the engine is to find out.
    fn lower(&self, subject: &Subject) -> Measure;

    /// The columns of the model it names, each to be checked against the plan.
    fn columns(&self) -> Vec<&Name> {
        Vec::new()
    }

    /// The other models it reads, each to be checked against the project.
    fn models(&self) -> Vec<Name> {
        Vec::new()
    }

    /// The cleaner it asks by, to be checked against those there are.
    fn cleaner(&self) -> Option<&Name> {
        None
    }

    /// The SQL that the user wrote as arguments.
    fn sql(&self) -> Vec<&Name> {
        Vec::new()
    }

    /// What is wrong with the arguments beyond their types; a problem without a place is put at the expectation.
    fn problems(&self, _text: &Text) -> Vec<Problem> {
        Vec::new()
    }

    /// The columns that must be of one of some types, each to be checked against the plan.
    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        Vec::new()
    }

    /// The values that are compared with a column, each to be checked against its type.
    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        Vec::new()
    }

    /// The values that it holds against each other, each pair to be checked for types that compare.
    fn pairs(&self) -> Vec<Pair<'_>> {
        Vec::new()
    }

    /// Why no violations can be allowed of it, beyond those that are rows or groups; `share` tells whether a
    /// share of them is meant. `None`: they can.
    fn intolerant(&self, _share: bool) -> Option<&'static str> {
        None
    }

    /// A column of the model that it reads although no argument names it, and what would name another.
    fn assumed(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Whether that SQL is an aggregate that yields a number.
    fn aggregates(&self) -> bool {
        false
    }

    /// The SQL that yields a figure of whole rows, each with the models it is asked of; none: of this one.
    fn totals(&self) -> Vec<(&Name, Vec<Name>)> {
        Vec::new()
    }

    /// What is shown of a row that violates beside the row: a column and its SQL.
    fn evidence(&self) -> Option<(&'static str, String)> {
        None
    }

    /// Why `where` cannot narrow the rows asked about; `None`: it can.
    fn whole(&self) -> Option<&'static str> {
        None
    }

    /// Whether having no value at all is a violation, and not a reason to skip.
    fn needs_value(&self) -> bool {
        false
    }

    /// Whether it says in so many words that the table may be empty.
    fn allows_empty(&self) -> bool {
        false
    }

    /// The column that no row may hold a null in.
    fn full_column(&self) -> Option<&Name> {
        None
    }

    /// The columns whose uniqueness is asked for, so that a proved key costs nothing.
    fn unique_key(&self) -> Option<Vec<String>> {
        None
    }
}

pub(super) fn load_as<T>(
    text: &Text,
    table: Spanned<DeTable<'_>>,
) -> Result<Box<dyn Lower>, Vec<Problem>>
where
    T: serde::de::DeserializeOwned + Lower + 'static,
{
    let span = table.span();
    sound(text, span, document::typed::<T>(text, table)?)
}

/// The arguments, if nothing is wrong with them beyond their types; a problem of
/// no single argument is told at the expectation's first line.
pub(super) fn sound(
    text: &Text,
    span: Range<usize>,
    args: impl Lower + 'static,
) -> Result<Box<dyn Lower>, Vec<Problem>> {
    let problems = args.problems(text);
    if problems.is_empty() {
        return Ok(Box::new(args));
    }
    let head = span.start..text.line_end(span.start);
    let placed = problems.into_iter().map(|problem| match problem.place() {
        Some(_) => problem,
        None => problem.at(text, head.clone(), "in this expectation"),
    });
    Err(placed.collect())
}

/// Every kind, by family.
pub const KINDS: &[&Kind] = &[
    &shape::ROW_COUNT,
    &metric::ROW_COUNT_RATIO,
    &fresh::FRESH,
    &table::COLUMN_COUNT,
    &table::COLUMNS,
    &table::TYPE,
    &shape::UNIQUE,
    &pairs::UNIQUE_WITHIN_RECORD,
    &stats::DISTINCT_COUNT,
    &distinct::DISTINCT_SHARE,
    &distinct::UNIQUE_SHARE,
    &association::ENTROPY,
    &previous::DIFFERS_FROM_PREVIOUS,
    &rows::NOT_NULL,
    &rows::IS_NULL,
    &sets::IN_SET,
    &sets::NOT_IN_SET,
    &sets::DISTINCT_VALUES,
    &sets::MOST_COMMON,
    &patterns::MATCHES,
    &patterns::NOT_MATCHES,
    &patterns::LIKE,
    &patterns::NOT_LIKE,
    &texts::LENGTH,
    &texts::PARSES_AS,
    &json::JSON_SCHEMA,
    &texts::IS_CLEAN,
    &rows::BETWEEN,
    &score::Z_SCORE,
    &stats::MIN,
    &stats::MAX,
    &stats::MEAN,
    &stats::MEDIAN,
    &stats::QUANTILE,
    &stats::STDEV,
    &spread::VARIANCE,
    &spread::RANGE,
    &spread::INTERQUARTILE_RANGE,
    &spread::SKEWNESS,
    &spread::KURTOSIS,
    &stats::SUM,
    &metric::METRIC,
    &order::INCREASING,
    &order::DECREASING,
    &step::FIXED_STEP,
    &ranges::DISJOINT_RANGES,
    &compare::COMPARE,
    &pairs::PAIR_IN_SET,
    &pairs::SUM_OF_COLUMNS,
    &association::CORRELATION,
    &association::MUTUAL_INFORMATION,
    &distribution::DIVERGENCE,
    &chi::CHI_SQUARE,
    &ks::KOLMOGOROV_SMIRNOV,
    &refers_to::REFERS_TO,
    &refer::OVERLAP,
    &same_rows::SAME_ROWS_AS,
    &refer::RECONCILES,
    &refer::NO_ROWS,
    &rows::HOLDS,
];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}
