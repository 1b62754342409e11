//! Words that stand for no value, such as "N/A": for one expectation they are nulls.

use std::collections::BTreeSet;

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::sql::{ident, is_query, text as text_literal};
use super::{Lower, Measure, Subject};

/// What is to be found out, with each of the words read as null in the columns that the arguments name.
///
/// Conditions on single rows keep their place in the one scan and show the rows as they are; anything else asks a
/// query of its own, over rows with the nulls put in.
pub(super) fn lower(args: &dyn Lower, subject: &Subject, words: &[String]) -> Measure {
    let columns = args.columns().into_iter();
    let columns: BTreeSet<String> = columns.map(|name| ident(name.get_ref())).collect();
    if words.is_empty() || columns.is_empty() {
        return args.lower(subject);
    }
    let words: Vec<String> = words.iter().map(|word| text_literal(word)).collect();
    let words = words.join(", ");
    let read = |column: &str| {
        format!("CASE WHEN CAST({column} AS VARCHAR) IN ({words}) THEN NULL ELSE {column} END")
    };
    if let Measure::Rows { holds, among } = args.lower(subject) {
        let spelt = |sql: &str| replaced(sql, &columns, read);
        return Measure::Rows {
            holds: spelt(&holds),
            among: among.map(|among| spelt(&among)),
        };
    }
    let put: Vec<String> = columns
        .iter()
        .map(|column| format!("{} AS {column}", read(column)))
        .collect();
    let rows = Subject {
        table: format!(
            "(SELECT * REPLACE ({}) FROM {})",
            put.join(", "),
            subject.rows()
        ),
        filter: None,
        ..subject.clone()
    };
    match args.lower(&rows) {
        Measure::Value { aggregate, bound } if !is_query(&aggregate) => Measure::Value {
            aggregate: format!("(SELECT {aggregate} FROM {})", rows.table),
            bound,
        },
        Measure::Unique { count, rows, .. } => Measure::Query { count, rows },
        other => other,
    }
}

/// SQL with each quoted name that is one of the columns written another way.
fn replaced(sql: &str, columns: &BTreeSet<String>, read: impl Fn(&str) -> String) -> String {
    let mut tokenizer = Tokenizer::new(&GenericDialect {}, sql).with_unescape(false);
    let Ok(tokens) = tokenizer.tokenize() else {
        return sql.to_owned();
    };
    let spelt = tokens.iter().map(|token| {
        let written = token.to_string();
        match token {
            Token::Word(word) if word.quote_style == Some('"') && columns.contains(&written) => {
                format!("({})", read(&written))
            }
            _ => written,
        }
    });
    spelt.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_columns_asked_about_are_read_otherwise_and_texts_stay_as_they_are() {
        let columns = BTreeSet::from(["\"a\"\"b\"".to_owned()]);
        let sql = r#""a""b" = 'it''s "a""b"' AND "other" IS NULL"#;
        let found = replaced(sql, &columns, |column| format!("f({column})"));
        assert_eq!(found, r#"(f("a""b")) = 'it''s "a""b"' AND "other" IS NULL"#);
    }
}
