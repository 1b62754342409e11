//! `cleaners/<name>.toml`: a cleaner of the project's own, as a SQL expression, with the texts it is
//! tried on and the laws it must keep.

use serde::Deserialize;
use toml::Spanned;

use crate::document;
use crate::error::{Problem, Text, suggest};
use crate::expect::pattern_fault;
use lockgate_clean::CLEANERS;

use super::load::stem;

/// The generator of any text at all.
pub const ANY_TEXT: &str = "text";

/// Laws that a declared cleaner may name, with their statements.
pub const DECLARED_LAWS: &[(&str, &str)] = &[
    ("total", "Any text gets an answer, and no error."),
    ("null", "A null stays null."),
    ("idempotent", "A clean form is its own clean form."),
    ("in_form", "A clean form matches the cleaner's form whole."),
    ("examples", "Each example gets the answer written there."),
    (
        "layouts",
        "The answer is the same for Utf8, LargeUtf8, Utf8View, Dictionary and a slice of an array.",
    ),
    (
        "blank",
        "The blanks of a text alone have no clean form, nor has the empty text.",
    ),
];

/// A cleaner that the project declares.
#[derive(Clone, Debug)]
pub struct DeclaredCleaner {
    /// The file's name without its ending.
    pub name: String,
    pub summary: Option<String>,
    /// A SQL expression over the text `value`.
    pub sql: Spanned<String>,
    /// Regular expression that every clean form matches whole.
    pub form: Option<Spanned<String>>,
    /// Names of [`DECLARED_LAWS`], in their order there.
    pub laws: Vec<&'static str>,
    pub own_laws: Vec<OwnLaw>,
    pub inputs: Vec<Input>,
    pub examples: Vec<Example>,
    /// Why the cleaner is held to less than it was.
    pub weakened: Option<String>,
    pub text: Text,
}

impl DeclaredCleaner {
    /// The SQL function of its clean form: `clean_<name>(text)`.
    pub fn function(&self) -> String {
        lockgate_clean::function(&self.name)
    }
}

/// A law in SQL.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnLaw {
    pub name: Spanned<String>,
    /// The law as a sentence.
    #[serde(default)]
    pub statement: Option<String>,
    /// SQL over `before` (the raw text) and `after` (its clean form) for another raw text; its clean form is `other`.
    #[serde(default)]
    pub other: Option<Spanned<String>>,
    /// SQL over `before`, `after` and `other`: where it is not true, the law says nothing.
    #[serde(default, rename = "where")]
    pub filter: Option<Spanned<String>>,
    /// SQL over `before`, `after` and `other` that must be true; null is not.
    pub holds: Spanned<String>,
}

/// Where raw texts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Texts of a regular expression.
    Regex(String),
    List(Vec<String>),
    /// The values of a table's column.
    Column {
        table: String,
        column: String,
    },
    /// A built-in cleaner's inputs, or [`ANY_TEXT`].
    Generator(String),
}

/// A raw text and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub raw: String,
    /// Absent: null.
    #[serde(default)]
    pub clean: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    summary: Option<String>,
    sql: Spanned<String>,
    #[serde(default)]
    form: Option<Spanned<String>>,
    #[serde(default)]
    weakened: Option<String>,
    #[serde(default)]
    laws: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    law: Vec<OwnLaw>,
    #[serde(default)]
    input: Vec<Spanned<WrittenInput>>,
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInput {
    #[serde(default)]
    regex: Option<Spanned<String>>,
    #[serde(default)]
    list: Option<Vec<String>>,
    #[serde(default)]
    column: Option<Spanned<String>>,
    #[serde(default)]
    generator: Option<Spanned<String>>,
}

/// Reads a cleaner's file. `columns` tells the columns of a table, `None` for a table whose columns
/// are not known; `tables` are the names of all tables.
///
/// # Errors
/// Every problem of the file, each at its key.
pub(super) fn load(
    text: &Text,
    tables: &[String],
    columns: &dyn Fn(&str) -> Option<Vec<String>>,
) -> Result<DeclaredCleaner, Vec<Problem>> {
    let written: Written =
        document::document(text).and_then(|table| document::typed(text, table))?;
    let mut reader = Reader {
        text,
        problems: Vec::new(),
    };
    let name = stem(&text.path);
    reader.name(&name);
    if let Some(form) = &written.form {
        reader.regex(form);
    }
    let laws = reader.laws(&written);
    reader.own_laws(&written.law);
    let inputs = written.input.into_iter();
    let inputs = inputs
        .filter_map(|input| reader.input(input, tables, columns))
        .collect();
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    Ok(DeclaredCleaner {
        name,
        summary: written.summary,
        sql: written.sql,
        form: written.form,
        laws,
        own_laws: written.law,
        inputs,
        examples: written.example,
        weakened: written.weakened,
        text: text.clone(),
    })
}

struct Reader<'a> {
    text: &'a Text,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: std::ops::Range<usize>, message: String, help: String) {
        self.problems.push(
            Problem::new("lockgate::cleaner", message)
                .at(self.text, span, "here")
                .help(help),
        );
    }

    fn name(&mut self, name: &str) {
        let taken = CLEANERS.iter().any(|cleaner| cleaner.name == name);
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if taken || !plain {
            let why = if taken {
                format!("`{name}` is a cleaner of lockgate's own")
            } else {
                format!("`{name}` is no name of a cleaner")
            };
            let help = "rename the file: small letters, digits and underscores, and no built-in cleaner's name";
            self.wrong(0..0, why, help.to_owned());
        }
    }

    fn regex(&mut self, pattern: &Spanned<String>) {
        if let Some((message, why, help)) = pattern_fault(pattern.get_ref()) {
            self.wrong(pattern.span(), format!("{message}: {why}"), help.to_owned());
        }
    }

    /// The laws named, or all that apply without being named.
    fn laws(&mut self, written: &Written) -> Vec<&'static str> {
        let known = || DECLARED_LAWS.iter().map(|(name, _)| *name);
        let Some(named) = &written.laws else {
            return known()
                .filter(|name| *name != "blank" && (*name != "in_form" || written.form.is_some()))
                .collect();
        };
        for law in named {
            let name = law.get_ref().as_str();
            if !known().any(|known| known == name) {
                self.wrong(
                    law.span(),
                    format!("no built-in law is called `{name}`"),
                    suggest(name, known()),
                );
            } else if name == "in_form" && written.form.is_none() {
                let help = "add `form = '…'`, the regular expression of a clean text";
                self.wrong(
                    law.span(),
                    "the cleaner has no form".to_owned(),
                    help.to_owned(),
                );
            }
        }
        known()
            .filter(|name| named.iter().any(|law| law.get_ref() == name))
            .collect()
    }

    fn own_laws(&mut self, laws: &[OwnLaw]) {
        for (at, law) in laws.iter().enumerate() {
            let name = law.name.get_ref();
            let twin = laws[..at].iter().any(|other| other.name.get_ref() == name)
                || DECLARED_LAWS.iter().any(|(known, _)| known == name);
            if twin {
                let help = "give each law a name of its own";
                self.wrong(
                    law.name.span(),
                    format!("two laws are called `{name}`"),
                    help.to_owned(),
                );
            }
        }
    }

    fn input(
        &mut self,
        input: Spanned<WrittenInput>,
        tables: &[String],
        columns: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> Option<Input> {
        let span = input.span();
        match input.into_inner() {
            WrittenInput {
                regex: Some(regex),
                list: None,
                column: None,
                generator: None,
            } => {
                self.regex(&regex);
                Some(Input::Regex(regex.into_inner()))
            }
            WrittenInput {
                list: Some(list),
                regex: None,
                column: None,
                generator: None,
            } => Some(Input::List(list)),
            WrittenInput {
                column: Some(column),
                regex: None,
                list: None,
                generator: None,
            } => self.column(&column, tables, columns),
            WrittenInput {
                generator: Some(generator),
                regex: None,
                list: None,
                column: None,
            } => {
                let name = generator.get_ref();
                let known = || {
                    CLEANERS
                        .iter()
                        .map(|cleaner| cleaner.name)
                        .chain([ANY_TEXT])
                };
                if !known().any(|known| known == name) {
                    let help = suggest(name, known());
                    self.wrong(
                        generator.span(),
                        format!("no generator is called `{name}`"),
                        help,
                    );
                }
                Some(Input::Generator(generator.into_inner()))
            }
            _ => {
                let end = self.text.line_end(span.start);
                let help = "give one of `regex`, `list`, `column` and `generator`";
                self.wrong(
                    span.start..end,
                    "an input has one source".to_owned(),
                    help.to_owned(),
                );
                None
            }
        }
    }

    fn column(
        &mut self,
        named: &Spanned<String>,
        tables: &[String],
        columns: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> Option<Input> {
        let text = named.get_ref();
        let Some((table, column)) = text.rsplit_once('.') else {
            let help = "write `table.column` or `raw.source.column`";
            self.wrong(
                named.span(),
                format!("`{text}` names no table"),
                help.to_owned(),
            );
            return None;
        };
        if !tables.iter().any(|known| known == table) {
            let help = suggest(table, tables.iter().map(String::as_str));
            self.wrong(named.span(), format!("there is no table `{table}`"), help);
        } else if let Some(known) = columns(table)
            && !known.iter().any(|known| known == column)
        {
            let help = suggest(column, known.iter().map(String::as_str));
            self.wrong(
                named.span(),
                format!("`{table}` has no column `{column}`"),
                help,
            );
        }
        Some(Input::Column {
            table: table.to_owned(),
            column: column.to_owned(),
        })
    }
}
