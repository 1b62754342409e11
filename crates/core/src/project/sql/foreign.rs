//! Texts that are no SQL, told as what they are.

use std::ops::Range;

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{Problem, Text};

/// A byte order mark at the start, or a template of Jinja; `None` where there is neither.
pub fn problem(text: &Text) -> Option<Problem> {
    if text.text.starts_with('\u{feff}') {
        let message = "the file begins with a byte order mark (BOM), which is no SQL";
        let problem = Problem::new("lockgate::sql::syntax", message);
        return Some(
            problem
                .at(text, 0..'\u{feff}'.len_utf8(), "an invisible character")
                .help("save the file as UTF-8 without a BOM"),
        );
    }
    let span = jinja(text)?;
    let help = advice(&text.text[span.clone()]);
    let problem = Problem::new(
        "lockgate::sql::syntax",
        "this is a Jinja template, and no SQL",
    );
    Some(
        problem
            .at(text, span, "not filled in by lockgate")
            .help(help),
    )
}

/// The first `{{ … }}`, `{% … %}` or `{# … #}` outside of comments and literals.
fn jinja(text: &Text) -> Option<Range<usize>> {
    let outside = |at: usize| {
        let before = Tokenizer::new(&GenericDialect {}, &text.text[..at]).tokenize();
        let line = |token: &Token| match token {
            Token::Whitespace(space) => {
                let space = space.to_string();
                space.starts_with("--") && !space.ends_with('\n')
            }
            _ => false,
        };
        // An open literal or comment does not tokenize; a line comment that is open is the last token.
        before.is_ok_and(|tokens| !tokens.last().is_some_and(line))
    };
    let pairs = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let found = pairs.iter().filter_map(|(open, close)| {
        let mut starts = text.text.match_indices(open).map(|(at, _)| at);
        let start = starts.find(|at| outside(*at))?;
        let end = text.text[start..]
            .find(close)
            .map(|end| start + end + close.len());
        Some(start..end.unwrap_or(text.line_end(start)))
    });
    found.min_by_key(|span| span.start)
}

/// What to write instead of a template.
fn advice(template: &str) -> String {
    let quoted: Vec<&str> = template.split(['\'', '"']).skip(1).step_by(2).collect();
    let inner = template.trim_start_matches(['{', '%', '#', '-', ' ']);
    match (inner.split('(').next().map(str::trim), quoted.as_slice()) {
        (Some("ref"), [.., model]) => format!("write the model's name alone: {model}"),
        (Some("source"), [.., table]) => {
            format!("write the source by its name in contracts/sources: raw.{table}")
        }
        _ => "lockgate reads plain SQL: write models by their names, files as raw.<source>, and take \
              the rest out; what is shared goes into a model or a cleaner"
            .to_owned(),
    }
}
