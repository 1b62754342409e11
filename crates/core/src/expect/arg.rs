//! Arguments as documentation: what a kind takes, read by its page and by the
//! JSON Schema of the expectations files.

/// One argument of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    pub name: &'static str,
    pub takes: Takes,
    pub required: bool,
    /// What a change of it does to the gate.
    pub effect: Effect,
    /// What it means, with its unit and its default.
    pub about: &'static str,
}

impl Arg {
    pub const fn required(name: &'static str, takes: Takes, about: &'static str) -> Self {
        Self {
            name,
            takes,
            required: true,
            effect: Effect::Unknown,
            about,
        }
    }

    pub const fn optional(name: &'static str, takes: Takes, about: &'static str) -> Self {
        Self {
            name,
            takes,
            required: false,
            effect: Effect::Unknown,
            about,
        }
    }

    /// The same, with what a change of it does.
    pub const fn with(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

/// What a change of an argument does to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It cannot be told: any change counts as weaker.
    Unknown,
    /// The least that passes: weaker where it is lower.
    Least,
    /// The most that passes: weaker where it is higher.
    Most,
    /// `[low, high]`: weaker wherever it reaches further.
    Interval,
    /// How far apart values may lie: weaker where it is more, for any column.
    Tolerance,
    /// The past it is held against: weaker unless only the range around the same past is nearer.
    Past,
    /// True is stronger.
    Strict,
    /// A list of what passes: weaker where it has more.
    Admits,
    /// A list of what must or must not be: weaker where it has less.
    Demands,
}

/// What may be written as the value of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Column,
    Columns,
    /// Columns of the model that another argument names.
    ColumnsOf(&'static str),
    /// Names of columns, which the model need not have.
    ColumnNames,
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
    /// For columns of numbers, how far apart two values may lie.
    Tolerances,
    /// A number or a length of time.
    Step,
    Word(&'static [&'static str]),
    Words(&'static [&'static str]),
}

impl Takes {
    /// For a person: `a column`, `text`, `true or false`.
    pub fn words(self) -> String {
        match self {
            Self::Column => "a column".to_owned(),
            Self::Columns | Self::ColumnsOf(_) => "columns".to_owned(),
            Self::Model => "a model".to_owned(),
            Self::Models => "models".to_owned(),
            Self::ColumnOf => "model.column".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Texts | Self::ColumnNames => "texts".to_owned(),
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
                "{ previous = n }, { same_weekday = n } or { same_month_last_year = true }, with \
                 of = \"least\", change = [-10, 10], difference = [-5, 5] or robust_z = 3.5"
                    .to_owned()
            }
            Self::Tolerance => "{ rows = 5 } or { share = 0.03 }".to_owned(),
            Self::Tolerances => "{ column = 0.01 }".to_owned(),
            Self::Step => "a number or a length of time".to_owned(),
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
)
.with(Effect::Strict);
pub(super) const STRICT_MAX: Arg = Arg::optional(
    "strict_max",
    Takes::Flag,
    "true: `max` itself is too large already",
)
.with(Effect::Strict);
pub(super) const AGAINST: Arg = Arg::optional(
    "against",
    Takes::Past,
    "instead of `min` and `max`: the values that this expectation had in earlier runs whose gate opened, one for each \
     day of data. \
     With `previous = 3` the value is held against the median of the last three (`of` takes their \"mean\", the \"least\" \
     or the \"greatest\"), with `same_weekday = 4` against that of this weekday in the four weeks before, with \
     `same_month_last_year = true` against the value of that month. How near it is to be say `between` or, in here, \
     `change = [-10, 10]` in per cent of the earlier value, `difference = [-5, 5]`, or `robust_z`: its distance from the \
     median, in units of their usual spread (0.6745 / median absolute deviation), is at most so much. An end may be \
     `-inf` or `inf`. Without enough earlier values (robust_z needs three, the others one) it passes and the outcome \
     says `baseline`",
).with(Effect::Past);
pub(super) const BETWEEN: Arg = Arg::optional(
    "between",
    Takes::Range,
    "with `against`: the least and the greatest ratio of the value to the earlier one, such as [0.8, 1.25]",
).with(Effect::Interval);
pub(super) const PER: Arg = Arg::optional(
    "per",
    Takes::Column,
    "the value of each group of rows that share the value of this column: a violation is a group, and one without a \
     value is not asked. With `against = { previous = n }` a group is held against the groups before it, ordered by \
     their earliest `file_date`; the first passes",
);
pub(super) const SKIP_NULL: Arg = Arg::optional(
    "skip_null",
    Takes::Word(&["any", "all", "never"]),
    "which rows are not asked: those with a null in any of the columns (the default), in all of them, or none",
);
