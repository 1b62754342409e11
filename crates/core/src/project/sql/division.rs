//! The divisions that an expression holds.

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{BinaryOperator, Expr, Spanned, visit_expressions};
use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::Text;

use super::{Fragment, fragment, range};

/// `left / right`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// Where its sign stands.
    pub sign: Range<usize>,
    pub left: String,
    pub right: String,
}

/// The divisions of an expression; none where it is a query or does not parse.
pub fn divisions(sql: &str) -> Vec<Division> {
    let Ok(Fragment::Expression(expr)) = fragment(sql) else {
        return Vec::new();
    };
    let text = Text::new("", sql);
    let signs = signs(&text);
    let mut found = Vec::new();
    let _ = visit_expressions(expr.as_ref(), |expr| {
        if let Expr::BinaryOp {
            left,
            op: BinaryOperator::Divide,
            right,
        } = expr
        {
            let start = range(&text, right.span()).start;
            let before = signs.iter().rev().find(|sign| sign.end <= start);
            found.push(Division {
                sign: before.or(signs.first()).cloned().unwrap_or(0..sql.len()),
                left: left.to_string(),
                right: right.to_string(),
            });
        }
        ControlFlow::<()>::Continue(())
    });
    found.sort_by_key(|division| division.sign.start);
    found
}

/// Where signs of division stand, in the order of the text.
fn signs(text: &Text) -> Vec<Range<usize>> {
    let tokens = Tokenizer::new(&GenericDialect {}, &text.text).tokenize_with_location();
    let tokens = tokens.unwrap_or_default().into_iter();
    let signs = tokens.filter(|token| token.token == Token::Div);
    signs.map(|token| range(text, token.span)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_division_is_found_at_its_sign_with_its_sides() {
        for (sql, expected) in [
            ("sum(a) / count(*)", vec![(7, "sum(a)", "count(*)")]),
            ("a / (b / c)", vec![(2, "a", "(b / c)"), (7, "b", "c")]),
            ("a / b / c", vec![(2, "a", "b"), (6, "a / b", "c")]),
            (
                "sum(a / 2) /* x / y */ / cast(b as bigint)",
                vec![(6, "a", "2"), (23, "sum(a / 2)", "CAST(b AS BIGINT)")],
            ),
            ("'a / b'", vec![]),
            ("select a / b from t", vec![]),
        ] {
            let found = divisions(sql);
            let found: Vec<_> = found
                .iter()
                .map(|d| (d.sign.start, d.left.as_str(), d.right.as_str()))
                .collect();
            assert_eq!(found, expected, "{sql}");
        }
    }
}
