//! The catalogue of expectation kinds: one const slice that loading, `explain`
//! and the registry's tests read.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use crate::contract::Type;
use crate::document;
use crate::error::{Problem, Text};

use super::arg::Arg;
use super::sql::Literal;
use super::{
    Measure, chi, distribution, ks, order, pairs, patterns, previous, refer, rows, score, sets,
    shape, stats, table, texts,
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
    /// The day the run takes for today, as days since 1970-01-01.
    pub as_of: i32,
}

impl Subject {
    /// A table of no name, for looking at the shape of a measure.
    pub(super) fn nothing() -> Self {
        Self {
            table: "nothing".to_owned(),
            filter: None,
            quarantine: None,
            as_of: 0,
        }
    }

    /// What an aggregate over the one scan adds to take the narrowed rows only.
    pub fn only(&self) -> String {
        match &self.filter {
            Some(filter) => format!(" FILTER (WHERE {filter})"),
            None => String::new(),
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

    /// The SQL that the user wrote as an argument.
    fn sql(&self) -> Option<&Name> {
        None
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

    /// A column of the model that it reads although no argument names it, and what would name another.
    fn assumed(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Why `where` cannot narrow the rows asked about; `None`: it can.
    fn whole(&self) -> Option<&'static str> {
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
    &shape::FRESH,
    &table::COLUMN_COUNT,
    &table::COLUMNS,
    &table::TYPE,
    &shape::UNIQUE,
    &pairs::UNIQUE_WITHIN_RECORD,
    &stats::DISTINCT_COUNT,
    &stats::DISTINCT_SHARE,
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
    &texts::IS_CLEAN,
    &rows::BETWEEN,
    &score::Z_SCORE,
    &stats::MIN,
    &stats::MAX,
    &stats::MEAN,
    &stats::MEDIAN,
    &stats::QUANTILE,
    &stats::STDEV,
    &stats::SUM,
    &order::INCREASING,
    &order::DECREASING,
    &pairs::COMPARE,
    &pairs::PAIR_IN_SET,
    &pairs::SUM_OF_COLUMNS,
    &distribution::DIVERGENCE,
    &chi::CHI_SQUARE,
    &ks::KOLMOGOROV_SMIRNOV,
    &refer::REFERS_TO,
    &refer::OVERLAP,
    &refer::SAME_ROWS_AS,
    &refer::RECONCILES,
    &refer::NO_ROWS,
    &rows::HOLDS,
];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}
