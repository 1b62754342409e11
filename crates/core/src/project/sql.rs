//! What is read from a model's SQL text itself: its references, and which
//! token yields an output column.

mod casts;
mod condition;
mod division;
mod foreign;
mod relations;

pub use casts::with_named_casts;
pub use condition::{Condition, condition};
pub use division::{Division, divisions};
pub use relations::{Reference, references, relations, without_shadows};

use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    BinaryOperator, Expr, Ident, Query, Select, SelectItem, SetExpr, Spanned, Statement,
    TableFactor, Visit, visit_expressions,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token, Tokenizer, Word};

use crate::error::{Problem, Text};

/// What is said of an [`overreach`].
pub const OVERREACH: &str = "`is distinct from` compares with all that follows it, `and` and `or` included: put it in parentheses";

/// A model's one SELECT statement.
#[derive(Clone, Debug)]
pub struct Sql {
    pub query: Box<Query>,
}

/// The statement to plan.
pub fn statement(sql: &Sql) -> Statement {
    Statement::Query(sql.query.clone())
}

/// SQL that stands within a file of another kind.
enum Fragment {
    Query(Box<Query>),
    /// A condition, or an aggregate.
    Expression(Box<Expr>),
}

/// Parses a text that is one query or one expression; a semicolon may end it.
fn fragment(sql: &str) -> Result<Fragment, ParserError> {
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(sql)?;
    let opens = |word: &Word| {
        matches!(
            word.keyword,
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES
        )
    };
    match parser.peek_token().token {
        Token::Word(word) if opens(&word) => {
            ended(&mut parser, Parser::parse_query).map(Fragment::Query)
        }
        // `(SELECT …) UNION (SELECT …)`, or an expression that begins with a scalar sub-query.
        Token::LParen => match parser.try_parse(|parser| ended(parser, Parser::parse_query)) {
            Ok(query) => Ok(Fragment::Query(query)),
            Err(_) => ended(&mut parser, Parser::parse_expr)
                .map(|expr| Fragment::Expression(Box::new(expr))),
        },
        _ => {
            ended(&mut parser, Parser::parse_expr).map(|expr| Fragment::Expression(Box::new(expr)))
        }
    }
}

/// What `parse` reads, where the text ends after it.
fn ended<'p, T>(
    parser: &mut Parser<'p>,
    parse: impl FnOnce(&mut Parser<'p>) -> Result<T, ParserError>,
) -> Result<T, ParserError> {
    let found = parse(parser)?;
    while parser.consume_token(&Token::SemiColon) {}
    parser.expect_token(&Token::EOF)?;
    Ok(found)
}

/// Parses the text of a model: one query, nothing else.
pub fn parse(text: &Text) -> Result<Sql, Box<Problem>> {
    let parsed = Parser::new(&GenericDialect {})
        .try_with_sql(&text.text)
        .and_then(|mut parser| parser.parse_statements());
    let statements = parsed.map_err(|error| Box::new(unparsed(text, &error)))?;
    let shape = |message: &str, span: Range<usize>| {
        Box::new(
            Problem::new("lockgate::sql::shape", message)
                .at(text, span, "here")
                .help("write one SELECT (or WITH … SELECT); lockgate makes the tables"),
        )
    };
    match statements.as_slice() {
        [Statement::Query(query)] => Ok(Sql {
            query: query.clone(),
        }),
        [] => Err(shape("there is no statement", 0..0)),
        [_] => Err(shape("this is not a query", first_word(text, 0))),
        [_, _, ..] => Err(shape(
            "there is more than one statement",
            first_word(text, 1),
        )),
    }
}

fn unparsed(text: &Text, error: &ParserError) -> Problem {
    if let Some(foreign) = foreign::problem(text) {
        return foreign;
    }
    let (message, span) = syntax(text, error);
    Problem::new(
        "lockgate::sql::syntax",
        format!("the SQL does not parse: {message}"),
    )
    .at(text, span, "here")
    .help("the dialect is DataFusion's: mend the SQL at this token, or just before it")
}

/// The parser's message, and the token it is about.
pub fn syntax(text: &Text, error: &ParserError) -> (String, Range<usize>) {
    let (ParserError::TokenizerError(message) | ParserError::ParserError(message)) = error else {
        return ("the SQL is nested too deep".to_owned(), 0..0);
    };
    let span = match location(message) {
        Some((line, column)) => token_at(text, text.offset(line, column)),
        // The text ended before the query did.
        None => last_word(text),
    };
    (without_place(message).replace("EOF", "the end"), span)
}

/// A message of the parser without the line and column it ends in.
pub fn without_place(message: &str) -> &str {
    message.split(" at Line: ").next().unwrap_or(message)
}

/// What keeps a text of its own, a query or a condition, from being asked, and the token.
pub fn mistake(sql: &str) -> Option<(String, Range<usize>)> {
    let text = Text::new("", sql);
    let overreach = match fragment(sql) {
        Err(error) => return Some(syntax(&text, &error)),
        Ok(Fragment::Query(query)) => overreach(&text, &query),
        Ok(Fragment::Expression(expr)) => overreach(&text, expr.as_ref()),
    };
    overreach.map(|place| (OVERREACH.to_owned(), place))
}

/// What DataFusion takes otherwise than it is meant: in `a IS DISTINCT FROM b OR c` the right side is
/// `b OR c`. Where that side stands; nowhere, if it has parentheses of its own.
pub fn overreach(text: &Text, sql: &impl Visit) -> Option<Range<usize>> {
    let found = visit_expressions(sql, |expr| match expr {
        Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right) if is_logical(right) => {
            ControlFlow::Break(right.span())
        }
        _ => ControlFlow::Continue(()),
    });
    found.break_value().map(|span| range(text, span))
}

/// Whether an expression is an AND or an OR without parentheses.
pub fn is_logical(expr: &Expr) -> bool {
    let Expr::BinaryOp { op, .. } = expr else {
        return false;
    };
    matches!(op, BinaryOperator::And | BinaryOperator::Or)
}

/// Where a word stands in a SQL text, comments and literals left out.
pub fn words(text: &Text, name: &str) -> Vec<Range<usize>> {
    let tokens = Tokenizer::new(&GenericDialect {}, &text.text).tokenize_with_location();
    let tokens = tokens.unwrap_or_default().into_iter();
    let same = tokens.filter(|token| match &token.token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(name),
        _ => false,
    });
    same.map(|token| range(text, token.span)).collect()
}

/// Where a text in single quotes stands in a SQL text.
pub fn literals(text: &Text, value: &str) -> Vec<Range<usize>> {
    let tokens = Tokenizer::new(&GenericDialect {}, &text.text).tokenize_with_location();
    let tokens = tokens.unwrap_or_default().into_iter();
    let same = tokens.filter(|token| match &token.token {
        Token::SingleQuotedString(literal) => literal == value,
        _ => false,
    });
    same.map(|token| range(text, token.span)).collect()
}

/// The first word of a statement, counted from 0: the parser does not say where one starts.
fn first_word(text: &Text, statement: usize) -> Range<usize> {
    let tokens = Tokenizer::new(&GenericDialect {}, &text.text).tokenize_with_location();
    let mut before = 0;
    for token in tokens.unwrap_or_default() {
        match token.token {
            Token::SemiColon => before += 1,
            Token::Whitespace(_) => {}
            _ if before >= statement => return range(text, token.span),
            _ => {}
        }
    }
    0..0
}

fn last_word(text: &Text) -> Range<usize> {
    let end = text.text.trim_end().len();
    let start = text.text[..end].rfind(char::is_whitespace);
    start.map_or(0, |start| start + 1)..end
}

/// Reads `at Line: 3, Column: 7` from the parser's message.
fn location(message: &str) -> Option<(u64, u64)> {
    let (_, rest) = message.rsplit_once("Line: ")?;
    let (line, column) = rest.split_once(", Column: ")?;
    let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some((line.trim().parse().ok()?, digits.parse().ok()?))
}

/// The word that starts at `start`, at least one character wide.
pub fn token_at(text: &Text, start: usize) -> Range<usize> {
    let rest = &text.text[start.min(text.text.len())..];
    let len = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '"'))
        .unwrap_or(rest.len());
    let one = rest.chars().next().map_or(0, char::len_utf8);
    start..start + len.max(one)
}

/// A parser's span as byte range of `text`; the parser's end column is exclusive.
pub fn range(text: &Text, span: Span) -> Range<usize> {
    if span.start.line == 0 {
        return 0..0;
    }
    let start = text.offset(span.start.line, span.start.column);
    let end = text.offset(span.end.line, span.end.column);
    start..end.max(start)
}

/// SQL folds an unquoted name to lower case.
fn fold(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}

/// The `SELECT` whose columns the query yields: of a UNION, its first.
pub fn select_token(text: &Text, sql: &Sql) -> Option<Range<usize>> {
    let mut body = &sql.query.body;
    loop {
        match body.as_ref() {
            SetExpr::Select(select) => return Some(range(text, select.select_token.0.span)),
            SetExpr::Query(query) => body = &query.body,
            SetExpr::SetOperation { left, .. } => body = left,
            _ => return None,
        }
    }
}

/// The token of the SQL that yields output column `name`: its alias, else its
/// expression, else the `*` it comes through; `None` where it cannot be told.
pub fn column_token(text: &Text, sql: &Sql, name: &str) -> Option<Range<usize>> {
    in_query(text, &sql.query, name, 0)
}

fn in_query(text: &Text, query: &Query, name: &str, depth: usize) -> Option<Range<usize>> {
    if depth > 32 {
        return None;
    }
    in_set(text, query, &query.body, name, depth)
}

fn in_set(
    text: &Text,
    query: &Query,
    body: &SetExpr,
    name: &str,
    depth: usize,
) -> Option<Range<usize>> {
    match body {
        SetExpr::Select(select) => in_select(text, query, select, name, depth),
        SetExpr::Query(inner) => in_query(text, inner, name, depth + 1),
        SetExpr::SetOperation { left, .. } => in_set(text, query, left, name, depth + 1),
        _ => None,
    }
}

fn in_select(
    text: &Text,
    query: &Query,
    select: &Select,
    name: &str,
    depth: usize,
) -> Option<Range<usize>> {
    let mut wildcard = None;
    for item in &select.projection {
        match item {
            SelectItem::ExprWithAlias { alias, .. } if fold(alias) == name => {
                return Some(range(text, alias.span));
            }
            SelectItem::UnnamedExpr(expr) if yields(expr).as_deref() == Some(name) => {
                return Some(range(text, expr.span()));
            }
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => {
                wildcard = Some(range(text, item.span()));
            }
            _ => {}
        }
    }
    let star = wildcard?;
    let through = select
        .from
        .iter()
        .filter_map(|from| match &from.relation {
            TableFactor::Table { name, .. } => name.0.first()?.as_ident().map(fold),
            _ => None,
        })
        .find_map(|relation| {
            let with = query.with.as_ref()?;
            let cte = with
                .cte_tables
                .iter()
                .find(|cte| fold(&cte.alias.name) == relation)?;
            in_query(text, &cte.query, name, depth + 1)
        });
    through.or(Some(star))
}

fn yields(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(fold(ident)),
        Expr::CompoundIdentifier(parts) => parts.last().map(fold),
        _ => None,
    }
}
