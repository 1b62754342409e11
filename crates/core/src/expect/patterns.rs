//! Kinds that try each text against patterns: regular expressions and LIKE.

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::contract::Type;
use crate::document;
use crate::error::{Problem, Text};

use super::arg::{Arg, Effect, TEXT_COLUMN, Takes};
use super::common::{TEXT, present, wrong};
use super::kind::sound;
use super::sql::{ident, text as text_literal};
use super::{Example, Kind, Lower, Measure, Name, Subject};

/// How one value is tried against one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    Regex,
    Like,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    column: Name,
    #[serde(default)]
    pattern: Option<Name>,
    #[serde(default)]
    any: Option<Vec<Name>>,
    #[serde(default)]
    all: Option<Vec<Name>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unwanted {
    column: Name,
    #[serde(default)]
    pattern: Option<Name>,
    #[serde(default)]
    any: Option<Vec<Name>>,
    #[serde(default)]
    all: Option<Vec<Name>>,
}

type Loaded = Result<Box<dyn Lower>, Vec<Problem>>;

/// Patterns that each value is to match, or not to match.
#[derive(Debug)]
struct Patterns {
    column: Name,
    patterns: Vec<Name>,
    how: Try,
    /// How the trials of the patterns are joined: ` OR `, ` AND `.
    joined: &'static str,
    not: bool,
    /// How many of the arguments that give patterns were given.
    given: usize,
}

impl Patterns {
    fn wanted(text: &Text, table: Spanned<DeTable<'_>>, how: Try) -> Loaded {
        let span = table.span();
        sound(text, span, Self::of(document::typed(text, table)?, how))
    }

    fn unwanted(text: &Text, table: Spanned<DeTable<'_>>, how: Try) -> Loaded {
        let span = table.span();
        let args: Unwanted = document::typed(text, table)?;
        let wanted = Wanted {
            column: args.column,
            pattern: args.pattern,
            any: args.any,
            all: args.all,
        };
        let not = Self {
            not: true,
            ..Self::of(wanted, how)
        };
        sound(text, span, not)
    }

    fn of(args: Wanted, how: Try) -> Self {
        let given = [
            args.pattern.is_some(),
            args.any.is_some(),
            args.all.is_some(),
        ];
        let joined = if args.all.is_some() { " AND " } else { " OR " };
        let lists = args.any.into_iter().chain(args.all).flatten();
        Self {
            column: args.column,
            patterns: args.pattern.into_iter().chain(lists).collect(),
            how,
            joined,
            not: false,
            given: given.into_iter().filter(|given| *given).count(),
        }
    }
}

impl Lower for Patterns {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let trials = self.patterns.iter().map(|pattern| {
            let pattern = text_literal(pattern.get_ref());
            match self.how {
                Try::Regex => format!("regexp_like({column}, {pattern})"),
                Try::Like => format!("{column} LIKE {pattern}"),
            }
        });
        let trials: Vec<String> = trials.collect();
        let trials = trials.join(self.joined);
        Measure::Rows {
            holds: if self.not {
                format!("NOT ({trials})")
            } else {
                trials
            },
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, TEXT)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if self.given != 1 || self.patterns.is_empty() {
            let message = "exactly one pattern or one list of patterns is needed";
            let help = "give `pattern`, `any` or `all`";
            return wrong(text, self.column.span(), message, help);
        }
        if self.how == Try::Like {
            return Vec::new();
        }
        let broken = self.patterns.iter().filter_map(|pattern| {
            let (message, why, help) = fault_of(pattern.get_ref())?;
            let problem = Problem::new("lockgate::expect::argument", message);
            Some(problem.at(text, pattern.span(), why).help(help))
        });
        broken.collect()
    }
}

/// What is wrong with a regular expression: the message, the reason, and what to do.
pub fn fault_of(pattern: &str) -> Option<(&'static str, String, &'static str)> {
    if pattern.contains(['\u{8}', '\u{c}']) {
        let why = "TOML reads `\\b` as a backspace and `\\f` as a form feed".to_owned();
        return Some((
            "the pattern holds a control character",
            why,
            document::ESCAPE,
        ));
    }
    match regex::Regex::new(pattern).err()? {
        regex::Error::CompiledTooBig(limit) => Some((
            "the pattern is too large",
            format!("compiled it takes more than {} MiB", limit >> 20),
            "repeat less, as in {1,100} for {1,10000}, or split it into several patterns",
        )),
        error => {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default();
            let why = why.trim_start_matches("error: ").to_owned();
            Some((
                "the pattern is not a regular expression",
                why,
                "the syntax is the Rust regex crate's: no look-around, no back references",
            ))
        }
    }
}

const REGEX_SYNTAX: &str = "found anywhere in the value; write ^ and $ for the whole of it";

pub(super) const MATCHES: Kind = Kind {
    name: "matches",
    summary: "every value matches a regular expression",
    about: "The expression is of the Rust `regex` crate and is found anywhere in the value; write ^ and $ for the whole \
        of it. A value that does not match violates.\n\
        Nulls are not asked; the empty text is. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::optional("pattern", Takes::Pattern, REGEX_SYNTAX),
        Arg::optional(
            "any",
            Takes::Patterns,
            "in place of `pattern`: one of these is enough",
        )
        .with(Effect::Admits),
        Arg::optional(
            "all",
            Takes::Patterns,
            "in place of `pattern`: each of these must match",
        )
        .with(Effect::Demands),
    ],
    examples: &[
        Example {
            toml: "kind = 'matches'\ncolumn = 'zip'\npattern = '^\\d{5}$'",
            passes: "SELECT * FROM (VALUES ('89101'), (NULL)) AS t(zip)",
            fails: "SELECT * FROM (VALUES ('89101'), ('8910')) AS t(zip)",
            others: &[],
        },
        Example {
            toml: "kind = 'matches'\ncolumn = 'zip'\nany = ['^\\d{5}$', '^\\d{5}-\\d{4}$']",
            passes: "SELECT * FROM (VALUES ('89101'), ('89101-1234')) AS t(zip)",
            fails: "SELECT * FROM (VALUES ('89101-'), ('')) AS t(zip)",
            others: &[],
        },
    ],
    load: |text, table| Patterns::wanted(text, table, Try::Regex),
};

pub(super) const NOT_MATCHES: Kind = Kind {
    name: "not_matches",
    summary: "no value matches a regular expression",
    about: "The expression is of the Rust `regex` crate and is found anywhere in the value. A value that matches \
        violates.\n\
        Nulls are not asked; the empty text is. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::optional("pattern", Takes::Pattern, REGEX_SYNTAX),
        Arg::optional(
            "any",
            Takes::Patterns,
            "in place of `pattern`: none of these may match",
        )
        .with(Effect::Demands),
        Arg::optional(
            "all",
            Takes::Patterns,
            "in place of `pattern`: not all of these may match the same value",
        )
        .with(Effect::Admits),
    ],
    examples: &[
        Example {
            toml: "kind = 'not_matches'\ncolumn = 'name'\nall = ['^test', '\\d$']",
            passes: "SELECT * FROM (VALUES ('tester'), ('Acme 2')) AS t(name)",
            fails: "SELECT * FROM (VALUES ('tester'), ('test 2')) AS t(name)",
            others: &[],
        },
        Example {
            toml: "kind = 'not_matches'\ncolumn = 'name'\npattern = '\\d'",
            passes: "SELECT * FROM (VALUES ('Acme'), (NULL), ('')) AS t(name)",
            fails: "SELECT * FROM (VALUES ('Acme'), ('Acme 2')) AS t(name)",
            others: &[],
        },
    ],
    load: |text, table| Patterns::unwanted(text, table, Try::Regex),
};

const LIKE_SYNTAX: &str = "the whole value, with % for any letters and _ for one";

pub(super) const LIKE: Kind = Kind {
    name: "like",
    summary: "every value is LIKE a SQL pattern",
    about: "The pattern stands for the whole value, to the letter: % is any run of letters, _ is one letter. A value \
        that is not like it violates.\n\
        Nulls are not asked; the empty text is. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::optional("pattern", Takes::Text, LIKE_SYNTAX),
        Arg::optional(
            "any",
            Takes::Texts,
            "in place of `pattern`: one of these is enough",
        )
        .with(Effect::Admits),
        Arg::optional(
            "all",
            Takes::Texts,
            "in place of `pattern`: each of these must fit",
        )
        .with(Effect::Demands),
    ],
    examples: &[Example {
        toml: "kind = 'like'\ncolumn = 'id'\nany = ['A-%', 'B-__']",
        passes: "SELECT * FROM (VALUES ('A-1'), ('B-12'), (NULL)) AS t(id)",
        fails: "SELECT * FROM (VALUES ('A-1'), ('B-123')) AS t(id)",
        others: &[],
    }],
    load: |text, table| Patterns::wanted(text, table, Try::Like),
};

pub(super) const NOT_LIKE: Kind = Kind {
    name: "not_like",
    summary: "no value is LIKE a SQL pattern",
    about: "The pattern stands for the whole value, to the letter: % is any run of letters, _ is one letter. A value \
        that is like it violates.\n\
        Nulls are not asked; the empty text is. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::optional("pattern", Takes::Text, LIKE_SYNTAX),
        Arg::optional(
            "any",
            Takes::Texts,
            "in place of `pattern`: no value may be like one of these",
        )
        .with(Effect::Demands),
        Arg::optional(
            "all",
            Takes::Texts,
            "in place of `pattern`: no value may be like all of these at once",
        )
        .with(Effect::Admits),
    ],
    examples: &[Example {
        toml: "kind = 'not_like'\ncolumn = 'email'\npattern = '%@example.com'",
        passes: "SELECT * FROM (VALUES ('a@example.org'), (NULL)) AS t(email)",
        fails: "SELECT * FROM (VALUES ('a@example.com')) AS t(email)",
        others: &[],
    }],
    load: |text, table| Patterns::unwanted(text, table, Try::Like),
};
