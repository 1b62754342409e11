//! Arguments as documentation: what a kind takes, read by its page and by the
//! JSON Schema of the expectations files.

/// One argument of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    pub name: &'static str,
    pub takes: Takes,
    pub required: bool,
    /// What it means, with its unit and its default.
    pub about: &'static str,
}

impl Arg {
    pub const fn required(name: &'static str, takes: Takes, about: &'static str) -> Self {
        Self {
            name,
            takes,
            required: true,
            about,
        }
    }

    pub const fn optional(name: &'static str, takes: Takes, about: &'static str) -> Self {
        Self {
            name,
            takes,
            required: false,
            about,
        }
    }
}

/// What may be written as the value of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Column,
    Columns,
    Model,
    Models,
    /// `model.column`
    ColumnOf,
    Text,
    Texts,
    /// A regular expression.
    Pattern,
    Patterns,
    Sql,
    Flag,
    /// A whole number from 0 on.
    Count,
    /// A number from 0 to 1.
    Share,
    Number,
    Numbers,
    /// A number, a date or a timestamp.
    Limit,
    /// Text, a number, a boolean, a date or a timestamp.
    Value,
    Values,
    /// Lists of values, all of one length.
    Tuples,
    /// `[low, high]`
    Range,
    /// Past runs to be held against.
    Past,
    /// How many violations still pass.
    Tolerance,
    Word(&'static [&'static str]),
    Words(&'static [&'static str]),
}

impl Takes {
    /// For a person: `a column`, `text`, `true or false`.
    pub fn words(self) -> String {
        match self {
            Self::Column => "a column".to_owned(),
            Self::Columns => "columns".to_owned(),
            Self::Model => "a model".to_owned(),
            Self::Models => "models".to_owned(),
            Self::ColumnOf => "model.column".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Texts => "texts".to_owned(),
            Self::Pattern => "a regular expression".to_owned(),
            Self::Patterns => "regular expressions".to_owned(),
            Self::Sql => "SQL".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count => "a whole number".to_owned(),
            Self::Share => "a number from 0 to 1".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Numbers => "numbers".to_owned(),
            Self::Limit => "a number, date or timestamp".to_owned(),
            Self::Value => "text, a number, date, timestamp, true or false".to_owned(),
            Self::Values => "a list of texts, numbers, dates, …".to_owned(),
            Self::Tuples => "a list of lists of values".to_owned(),
            Self::Range => "[low, high]".to_owned(),
            Self::Past => {
                "{ previous = n }, { previous = n, robust_z = 3.5 } or { same_month_last_year = true }"
                    .to_owned()
            }
            Self::Tolerance => "{ rows = 5 } or { share = 0.03 }".to_owned(),
            Self::Word(words) => quoted(words, " or "),
            Self::Words(words) => format!("a list of {}", quoted(words, ", ")),
        }
    }
}

fn quoted(words: &[&str], between: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(between)
}

pub(super) const COLUMN: Arg = Arg::required("column", Takes::Column, "the column asked about");
pub(super) const TEXT_COLUMN: Arg =
    Arg::required("column", Takes::Column, "the column asked about: text");
pub(super) const NUMBER_COLUMN: Arg = Arg::required(
    "column",
    Takes::Column,
    "the column asked about: whole or decimal numbers",
);
pub(super) const STRICT_MIN: Arg = Arg::optional(
    "strict_min",
    Takes::Flag,
    "true: `min` itself is too small already",
);
pub(super) const STRICT_MAX: Arg = Arg::optional(
    "strict_max",
    Takes::Flag,
    "true: `max` itself is too large already",
);
pub(super) const AGAINST: Arg = Arg::optional(
    "against",
    Takes::Past,
    "instead of `min` and `max`: the values that this expectation had in earlier runs whose gate opened, one for each \
     day of data. \
     With `previous = 3` the value is held against the median of the last three; with `robust_z` its distance from \
     that median, in units of their usual spread (0.6745 / median absolute deviation), is at most so much; with \
     `same_month_last_year = true` it is held against the value of that month. Without enough earlier values (robust_z \
     needs three, the others one) it passes and the outcome says `baseline`",
);
pub(super) const BETWEEN: Arg = Arg::optional(
    "between",
    Takes::Range,
    "with `against`: the least and the greatest ratio of the value to the earlier one, such as [0.8, 1.25]",
);
pub(super) const SKIP_NULL: Arg = Arg::optional(
    "skip_null",
    Takes::Word(&["any", "all", "never"]),
    "which rows are not asked: those with a null in any of the columns (the default), in all of them, or none",
);
