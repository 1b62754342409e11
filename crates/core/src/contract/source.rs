//! Source contracts: what the files of a source promise.

use arrow_schema::{DataType, Schema};
use chrono::NaiveDate;
use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::error::{Problem, Text};

use super::version_problem;

/// A source's contract, as written in `contracts/sources/<source>.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceContract {
    pub version: Spanned<String>,
    pub summary: String,
    pub owner: String,
    pub file: FileRule,
    /// The header cells, in file order.
    pub columns: IndexMap<Spanned<String>, SourceColumn>,
}

/// How the files of a source are named and written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Patterns of the whole file name: `*` and `?` are globs, `{date}` is read by `date`.
    pub name: Vec<Spanned<String>>,
    /// How `{date}` reads, as a strftime format of %Y %y %m %d %B %b.
    #[serde(default)]
    pub date: Option<Spanned<String>>,
    #[serde(default)]
    pub encoding: Encoding,
    #[serde(default = "comma")]
    pub delimiter: Spanned<String>,
    #[serde(default = "double_quote")]
    pub quote: Spanned<Quote>,
    /// In a quoted cell it takes the meaning from a quote, where quotes are not doubled.
    #[serde(default)]
    pub escape: Option<Spanned<String>>,
    /// Bytes of a cell at most, as it is written.
    #[serde(default)]
    pub max_cell_bytes: Option<Spanned<u64>>,
    /// Bytes of a record at most.
    #[serde(default)]
    pub max_record_bytes: Option<Spanned<u64>>,
    /// Cells of a record at most.
    #[serde(default)]
    pub max_cells: Option<Spanned<u64>>,
}

/// What stands around cells that hold a delimiter, a quote or a line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quote {
    With(String),
    /// `quote = false`: quotes are text like any other.
    Never,
}

impl Quote {
    /// The text that should be one character; `None`: no cell is quoted.
    pub fn character(&self) -> Option<&str> {
        match self {
            Self::With(text) => Some(text),
            Self::Never => None,
        }
    }
}

impl<'de> Deserialize<'de> for Quote {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl serde::de::Visitor<'_> for Either {
            type Value = Quote;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("one character, or false where quotes are plain text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Quote, E> {
                Ok(Quote::With(text.to_owned()))
            }

            fn visit_bool<E: serde::de::Error>(self, quoted: bool) -> Result<Quote, E> {
                match quoted {
                    false => Ok(Quote::Never),
                    true => Err(E::invalid_value(serde::de::Unexpected::Bool(true), &self)),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Bytes of a cell or a record that a contract may allow at most: columns of text hold up to 2 GiB.
const MOST_BYTES: u64 = 1 << 30;

fn comma() -> Spanned<String> {
    Spanned::new(0..0, ",".to_owned())
}

fn double_quote() -> Spanned<Quote> {
    Spanned::new(0..0, Quote::With("\"".to_owned()))
}

impl FileRule {
    /// Signs that are not one ASCII character each, or one sign with two meanings.
    fn dialect_problems(&self, text: &Text) -> Vec<Problem> {
        let mut signs = vec![(
            "delimiter",
            self.delimiter.get_ref().as_str(),
            self.delimiter.span(),
        )];
        signs.extend(
            self.quote
                .get_ref()
                .character()
                .map(|sign| ("quote", sign, self.quote.span())),
        );
        signs.extend(
            self.escape
                .as_ref()
                .map(|sign| ("escape", sign.get_ref().as_str(), sign.span())),
        );
        let mut problems = Vec::new();
        for (at, (key, sign, span)) in signs.iter().enumerate() {
            let problem = |message: String| {
                Problem::new("lockgate::contract::dialect", message).at(text, span.clone(), "here")
            };
            if sign.len() != 1 || matches!(*sign, "\n" | "\r" | "\0") {
                problems.push(
                    problem(format!("`{key}` is not one ASCII character"))
                        .help("write one character, such as \",\""),
                );
            } else if let Some((other, ..)) = signs[..at].iter().find(|(_, other, _)| other == sign)
            {
                let help = match *key {
                    "escape" => {
                        "take `escape` out: two quotes in a quoted cell are always read as one"
                    }
                    _ => "give each a character of its own",
                };
                problems.push(problem(format!("`{key}` is the {other} too")).help(help));
            }
        }
        if let (Quote::Never, Some(escape)) = (self.quote.get_ref(), &self.escape) {
            problems.push(
                Problem::new(
                    "lockgate::contract::dialect",
                    "`escape` has no meaning without quotes",
                )
                .at(text, escape.span(), "here")
                .help("it is read in quoted cells only: take it out, or `quote = false`"),
            );
        }
        problems
    }

    fn limit_problems(&self, text: &Text) -> Vec<Problem> {
        let limits = [
            ("max_cell_bytes", &self.max_cell_bytes, MOST_BYTES),
            ("max_record_bytes", &self.max_record_bytes, MOST_BYTES),
            ("max_cells", &self.max_cells, 1_000_000),
        ];
        let wrong = limits.into_iter().filter_map(|(key, limit, most)| {
            let limit = limit.as_ref()?;
            (!(1..=most).contains(limit.get_ref())).then(|| {
                Problem::new(
                    "lockgate::contract::limit",
                    format!("`{key}` is not between 1 and {most}"),
                )
                .at(text, limit.span(), "here")
                .help("write a number in that range; what does not fit it does not fit a column of text")
            })
        });
        wrong.collect()
    }
}

/// The encodings a source file may have.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
}

/// One header cell of a source file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceColumn {
    #[serde(default, rename = "use")]
    pub need: Need,
    /// The column's name in the raw table; by default the header in snake_case.
    #[serde(default, rename = "as")]
    pub name: Option<Spanned<String>>,
    /// A regular expression of the values, by which a renamed column is recognised.
    #[serde(default)]
    pub matches: Option<Spanned<String>>,
    /// The first file date that has the column: older files may lack it without a word.
    #[serde(default)]
    pub since: Option<Spanned<Datetime>>,
    /// What the header cell was called before: files that still call it so are read alike.
    #[serde(default)]
    pub was: Vec<Spanned<String>>,
    #[serde(default)]
    pub summary: Option<String>,
}

/// What happens when a source's column is not there.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// The file is refused.
    #[default]
    Essential,
    /// The file is taken with a warning, the column null.
    Optional,
    /// The file is taken without a word, the column null.
    Ignored,
}

/// The columns lockgate adds to every raw row, after the file's own.
pub const RAW_COLUMNS: [&str; 6] = [
    "file_name",
    "file_date",
    "file_row",
    "file_line",
    "file_sha256",
    "loaded_at",
];

impl SourceContract {
    /// Whether a header cell is, to the letter, the name of a column or one that it had before.
    #[must_use]
    pub fn names_header(&self, cell: &str) -> bool {
        let is = |name: &Spanned<String>| name.get_ref() == cell;
        let mut columns = self.columns.iter();
        columns.any(|(name, column)| is(name) || column.was.iter().any(is))
    }

    /// What is wrong with the contract by itself: patterns, dialect, names of the raw columns.
    pub fn problems(&self, text: &Text) -> Vec<Problem> {
        let mut problems = version_problem(text, &self.version);
        problems.extend(self.file.dialect_problems(text));
        problems.extend(self.file.limit_problems(text));
        problems.extend(self.name_problems(text));
        problems.extend(self.column_problems(text));
        problems.extend(self.history_problems(text));
        problems
    }

    fn name_problems(&self, text: &Text) -> Vec<Problem> {
        let dated = |name: &&Spanned<String>| name.get_ref().contains("{date}");
        let problem = |message: &str, span| {
            Problem::new("lockgate::contract::file", message).at(text, span, "here")
        };
        match (self.file.name.iter().find(dated), &self.file.date) {
            (Some(name), None) => vec![
                problem(
                    "the name has a {date}, and nothing says how it reads",
                    name.span(),
                )
                .help("add `date = \"%Y-%m-%d\"` to [file]"),
            ],
            (None, Some(date)) => vec![
                problem("no file name has a {date} to read", date.span())
                    .help("write {date} into a name, or take `date` out"),
            ],
            _ => Vec::new(),
        }
    }

    /// A cell's name that stands twice could be read as either column; a time of day is no file date.
    fn history_problems(&self, text: &Text) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut names: Vec<&str> = self
            .columns
            .keys()
            .map(|name| name.get_ref().as_str())
            .collect();
        for column in self.columns.values() {
            for name in &column.was {
                if names.contains(&name.get_ref().as_str()) {
                    problems.push(
                        Problem::new(
                            "lockgate::contract::was",
                            format!("`{}` names two columns", name.get_ref()),
                        )
                        .at(text, name.span(), "a name that is taken")
                        .help("one header cell is one column: take it out of one of them"),
                    );
                }
                names.push(name.get_ref());
            }
            if let Some(since) = &column.since
                && (since.get_ref().date.is_none() || since.get_ref().time.is_some())
            {
                problems.push(
                    Problem::new("lockgate::contract::since", "`since` is not a date")
                        .at(text, since.span(), "here")
                        .help("write it without quotes: since = 2017-01-01"),
                );
            }
        }
        problems
    }

    /// The contract for a file of that date (`YYYY-MM-DD`): columns that came later are not asked of it.
    pub fn at(&self, date: NaiveDate) -> Self {
        let date = date.to_string();
        let mut contract = self.clone();
        for column in contract.columns.values_mut() {
            let since = column.since.as_ref();
            if since.is_some_and(|since| date < since.get_ref().to_string()) {
                column.need = Need::Ignored;
            }
        }
        contract
    }

    fn column_problems(&self, text: &Text) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut seen: Vec<String> = RAW_COLUMNS.iter().map(|name| (*name).to_owned()).collect();
        for ((header, column), raw) in self.columns.iter().zip(self.raw_names()) {
            let folded = raw.to_lowercase();
            if raw.is_empty() || seen.iter().any(|other| other.to_lowercase() == folded) {
                problems.push(
                    Problem::new(
                        "lockgate::contract::raw_name",
                        format!(
                            "`{}` would be the raw column `{raw}`, a name that is taken",
                            header.get_ref()
                        ),
                    )
                    .at(text, header.span(), "here")
                    .help("give it a name of its own: as = \"…\""),
                );
            }
            seen.push(raw);
            if let Some(pattern) = &column.matches
                && regex::Regex::new(pattern.get_ref()).is_err()
            {
                problems.push(
                    Problem::new(
                        "lockgate::contract::pattern",
                        "`matches` is not a regular expression",
                    )
                    .at(text, pattern.span(), "here")
                    .help(
                        "the syntax is the Rust regex crate's: no look-around, no back references",
                    ),
                );
            }
        }
        problems
    }

    /// The raw table's name of each header cell, in file order.
    pub fn raw_names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|(header, column)| match &column.name {
                Some(name) => name.get_ref().clone(),
                None => snake_case(header.get_ref()),
            })
            .collect()
    }

    /// The raw table's schema: every column of the file as text, then lockgate's own.
    pub fn raw_schema(&self) -> Schema {
        use arrow_schema::{Field, TimeUnit};
        let mut fields: Vec<Field> = self
            .raw_names()
            .into_iter()
            .map(|name| Field::new(name, DataType::Utf8, true))
            .collect();
        let own = [
            DataType::Utf8,
            DataType::Date32,
            DataType::Int64,
            DataType::Int64,
            DataType::Utf8,
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ];
        fields.extend(
            RAW_COLUMNS
                .iter()
                .zip(own)
                .map(|(name, data_type)| Field::new(*name, data_type, false)),
        );
        Schema::new(fields)
    }
}

/// A header cell as a column name: lower case, every run of other characters
/// than letters and digits one underscore, none at the ends.
///
/// ```
/// use lockgate_core::contract::snake_case;
/// assert_eq!(snake_case("Ages Accepted 1"), "ages_accepted_1");
/// assert_eq!(snake_case(" E-Mail (work) "), "e_mail_work");
/// ```
pub fn snake_case(header: &str) -> String {
    let words: Vec<String> = header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("_")
}
