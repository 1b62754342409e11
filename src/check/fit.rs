//! Whether the columns of a model are of the types that an expectation asks for.

use arrow::datatypes::Schema;

use crate::contract::Type;
use crate::error::Problem;
use crate::expect::{Expectation, Name};

/// Every column of a wrong type, every value that does not compare with its
/// column, and an order that nothing gives.
pub(super) fn misfits(expectation: &Expectation, schema: &Schema) -> Vec<Problem> {
    let family = |name: &str| {
        let field = schema.field_with_name(name).ok()?;
        Type::of(field.data_type())
    };
    let mut problems = Vec::new();
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
