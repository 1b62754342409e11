//! SQL with its words told apart, modestly.

use maud::{Markup, html};

use super::Site;

const WORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "cross",
    "date",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "filter",
    "first",
    "following",
    "from",
    "full",
    "group",
    "having",
    "ilike",
    "in",
    "inner",
    "intersect",
    "interval",
    "is",
    "join",
    "lateral",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "preceding",
    "qualify",
    "range",
    "recursive",
    "right",
    "row",
    "rows",
    "select",
    "semi",
    "anti",
    "similar",
    "then",
    "timestamp",
    "to",
    "true",
    "unbounded",
    "union",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "last",
    "current",
    "unnest",
];

/// A piece of SQL and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Plain,
    Comment,
    Text,
    Word,
}

/// `up` leads from the page to the site's folder. Tables and cleaners lead to their pages.
pub(super) fn highlighted(site: &Site<'_>, up: &str, sql: &str) -> Markup {
    let mut rest = sql;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (part, end) = next(rest);
        let (text, after) = rest.split_at(end);
        parts.push((part, text));
        rest = after;
    }
    html! {
        @for (part, text) in parts {
            @match part {
                Part::Comment => span.sc { (text) },
                Part::Text => span.ss { (text) },
                Part::Word if WORDS.contains(&text.to_ascii_lowercase().as_str()) => span.sk { (text) },
                Part::Word => @match site.page_of(text).or_else(|| site.page_of_function(text)) {
                    Some(page) => a href={ (up) (page) } { (text) },
                    None => (text),
                },
                _ => (text),
            }
        }
    }
}

/// The first piece of a text that is not empty, and its length in bytes.
fn next(text: &str) -> (Part, usize) {
    let until = |pattern: &str, from: usize| {
        let found = text.get(from..).and_then(|rest| rest.find(pattern));
        found.map_or(text.len(), |at| from + at + pattern.len())
    };
    let first = text.chars().next().unwrap_or(' ');
    let run = |of: &dyn Fn(char) -> bool| text.find(|c| !of(c)).unwrap_or(text.len());
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    match first {
        _ if text.starts_with("--") => (Part::Comment, text.find('\n').unwrap_or(text.len())),
        _ if text.starts_with("/*") => (Part::Comment, until("*/", 2)),
        '\'' => (Part::Text, until("'", 1)),
        '"' => (Part::Plain, until("\"", 1)),
        c if word(c) => (Part::Word, run(&word)),
        c => (Part::Plain, c.len_utf8()),
    }
}
