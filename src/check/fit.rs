//! Whether the columns of a model are of the types that an expectation asks for.

use std::collections::BTreeMap;

use arrow::datatypes::Schema;

use crate::contract::Type;
use crate::error::{Problem, suggest};
use crate::expect::{Expectation, Name, Pair};

/// Every column of a wrong type, every value and column that does not compare with its
/// column, and an order that nothing gives. `others` are the columns of other models.
pub(super) fn misfits(expectation: &Expectation, schema: &Schema, others: &Others) -> Vec<Problem> {
    let family = |name: &str| {
        let field = schema.field_with_name(name).ok()?;
        Type::of(field.data_type())
    };
    let mut problems = unknown(expectation, schema);
    for (column, wanted) in expectation.args.types() {
        let found = family(column.get_ref());
        if let Some(found) = found.filter(|found| !wanted.contains(found)) {
            problems.push(wrong_type(expectation, column, wanted, found));
        }
    }
    for (column, value) in expectation.args.literals() {
        let Some(found) = family(column.get_ref()) else {
            continue;
        };
        let written = value.get_ref().kind();
        if !compares(found, written) {
            let message = format!(
                "`{}` is {}, and this value is {}",
                column.get_ref(),
                found.as_str(),
                written.as_str()
            );
            problems.push(
                Problem::new("lockgate::expect::type", message)
                    .at(&expectation.text, value.span(), "of another type")
                    .help(advice(found)),
            );
        }
    }
    for pair in expectation.args.pairs() {
        let other = match &pair.model {
            None => family(&pair.with),
            Some(model) => others.get(&(model.clone(), pair.with.clone())).copied(),
        };
        if let (Some(this), Some(other)) = (family(pair.column.get_ref()), other)
            && !meets(this, other, pair.by_day)
        {
            problems.push(apart(expectation, &pair, this, other));
        }
    }
    if let Some((column, argument)) = expectation.args.assumed()
        && schema.field_with_name(column).is_err()
    {
        let message = format!(
            "`{}` needs an order, and the model has no column `{column}`",
            expectation.id
        );
        let line = expectation.span.start..expectation.text.line_end(expectation.span.start);
        problems.push(
            Problem::new("lockgate::expect::order", message)
                .at(&expectation.text, line, "in this expectation")
                .help(format!(
                    "name the columns of the order: {argument} = [\"…\"]"
                )),
        );
    }
    problems
}

/// Every column that the model does not have.
fn unknown(expectation: &Expectation, schema: &Schema) -> Vec<Problem> {
    let known = || schema.fields().iter().map(|field| field.name().as_str());
    let columns = expectation.args.columns().into_iter();
    let missing = columns.filter(|column| known().all(|name| name != column.get_ref()));
    let problem = |column: &Name| {
        let name = column.get_ref();
        let what = format!(
            "`{}` cannot be asked: column '{name}' not found",
            expectation.id
        );
        Problem::new("lockgate::expect::sql", what)
            .at(&expectation.text, column.span(), "here")
            .help(suggest(name, known()))
    };
    missing.map(problem).collect()
}

/// The families of columns of other models, by model and column.
pub(super) type Others = BTreeMap<(String, String), Type>;

/// Whether two columns are compared without one being read as what it is not: '02' is no 2.
fn meets(this: Type, other: Type, by_day: bool) -> bool {
    use Type::{Date, Decimal, Float, Int, Timestamp};
    let number = |it: Type| matches!(it, Int | Float | Decimal);
    let time = |it: Type| matches!(it, Date | Timestamp);
    this == other || (number(this) && number(other)) || (by_day && time(this) && time(other))
}

fn apart(expectation: &Expectation, pair: &Pair<'_>, this: Type, other: Type) -> Problem {
    let (this, other) = (this.as_str(), other.as_str());
    let with = match &pair.model {
        Some(model) => format!("{model}.{}", pair.with),
        None => pair.with.clone(),
    };
    let column = pair.column.get_ref();
    let message = format!("`{column}` is {this}, and `{with}` is {other}: they do not compare");
    let problem = Problem::new("lockgate::expect::type", message).at(
        &expectation.text,
        pair.place.clone(),
        format!("this is {other}"),
    );
    problem.help("cast one of them in its model, so that both are of one type")
}

fn wrong_type(expectation: &Expectation, column: &Name, wanted: &[Type], found: Type) -> Problem {
    let words: Vec<&str> = wanted.iter().map(|family| family.as_str()).collect();
    let words = words.join(" or ");
    let message = format!(
        "`{}` asks for a column of {words}, and `{}` is {}",
        expectation.kind.name,
        column.get_ref(),
        found.as_str()
    );
    Problem::new("lockgate::expect::type", message)
        .at(
            &expectation.text,
            column.span(),
            format!("this is {}", found.as_str()),
        )
        .help(format!("name a column of {words}, or cast it in the model"))
}

/// Whether a column of one family is compared with a value of another as a person would expect.
fn compares(column: Type, value: Type) -> bool {
    use Type::{Bool, Date, Decimal, Float, Int, List, Text, Timestamp};
    match column {
        Text => value == Text,
        Int | Float | Decimal => matches!(value, Int | Float),
        Bool => value == Bool,
        Date | Timestamp => matches!(value, Date | Timestamp),
        List => false,
    }
}

fn advice(column: Type) -> &'static str {
    match column {
        Type::Text => "write it in quotes, or cast the column in the model",
        Type::Int | Type::Float | Type::Decimal => "write a number, without quotes",
        Type::Bool => "write true or false, without quotes",
        Type::Date | Type::Timestamp => "write a date as 2024-01-31, without quotes",
        Type::List => "a list cannot be compared with one value",
    }
}
