//! A breach of a contract, told at the contract's line and at the token of the SQL.

use arrow::datatypes::{DataType, Schema};

use crate::contract::{self, Breach, Contract, Type};
use crate::error::{Problem, Text, did_you_mean};
use crate::expect;
use crate::project::{Model, sql};

/// The column that probably is the one a contract misses, under another name.
pub(super) fn renamed<'a>(
    breach: &Breach,
    contract: &Contract,
    schema: &'a Schema,
) -> Option<&'a str> {
    let Breach::Missing { column } = breach else {
        return None;
    };
    let names = schema.fields().iter().map(|field| field.name().as_str());
    did_you_mean(column, names.filter(|name| contract.column(name).is_none()))
}

/// A breach, at the contract's line and at the token of the SQL that yields the column.
pub(super) fn explain(
    breach: &Breach,
    model: &Model,
    contract: &Contract,
    text: &Text,
    schema: &Schema,
) -> Problem {
    let line = |column: &str| {
        let mut names = contract.columns.keys();
        let name = names.find(|name| name.get_ref() == column);
        name.map_or(0..0, |name| name.span())
    };
    let token = |column: &str| sql::column_token(&model.text, &model.sql, column);
    let other = |what: String, column: &str, label: &str| {
        let place = token(column).unwrap_or(0..0);
        Problem::new("lockgate::contract::breach", what).at(&model.text, place, label)
    };
    let problem = |message: String| Problem::new("lockgate::contract::breach", message);
    match breach {
        Breach::Missing { column } => {
            let problem = problem(format!(
                "`{}` does not yield the column `{column}`",
                model.name
            ))
            .at(text, line(column), "promised here");
            match renamed(breach, contract, schema) {
                Some(near) => problem
                    .help(format!("rename `{near}` to `{column}` in the model, or raise the contract's version and promise `{near}`"))
                    .with(other(format!("the model yields `{near}` instead"), near, "not in the contract")),
                None => problem
                    .help("add the column to the model's SELECT, or raise the contract's version and take it out")
                    .with(Problem::new("lockgate::contract::breach", "the model yields other columns").at(
                        &model.text,
                        sql::select_token(&model.text, &model.sql).unwrap_or(0..0),
                        "not among these",
                    )),
            }
        }
        Breach::Extra { column } => problem(format!(
            "`{}` yields the column `{column}`, which its contract does not list",
            model.name
        ))
        .at(
            text,
            columns_table(text),
            "a closed contract: these columns and no others",
        )
        .help(format!(
            "list `{column}` under [columns], or say `open = true`"
        ))
        .with(other(
            format!("`{column}` comes from here"),
            column,
            "yields it",
        )),
        Breach::Type {
            column,
            promised,
            found,
        } => problem(format!(
            "`{column}` of `{}` is {found}, and its contract promises {}",
            model.name,
            promised.as_str()
        ))
        .at(
            text,
            line(column),
            format!("promised as {}", promised.as_str()),
        )
        .help(if Type::named(found) {
            format!("cast it in the model, or raise the contract's version and promise {found}")
        } else {
            let kind = schema.field_with_name(column);
            let kind = kind.map_or(&DataType::Null, |field| field.data_type());
            match contract::unstorable(kind) {
                Some(part) if part == kind => {
                    format!("no contract can promise {found}: {}", form(kind, column))
                }
                _ => format!("no contract can promise {found}: cast it in the model"),
            }
        })
        .with(other(
            format!("`{column}` is {found} here"),
            column,
            "yields it",
        )),
        Breach::Order { column, before } => problem(format!(
            "`{}` yields `{column}` before `{before}`; its contract has them the other way round",
            model.name
        ))
        .at(text, line(column), "promised in this place")
        .help("bring the SELECT into the contract's order")
        .with(other(
            format!("`{column}` comes too early"),
            column,
            "yields it",
        )),
    }
}

/// Columns of a type that no table can hold, each at its token, with the cast to write.
///
/// Those of a type that its contract does not promise are a breach already.
pub(super) fn unstorable(model: &Model, schema: &Schema) -> Vec<Problem> {
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let mut problems = Vec::new();
    for field in schema.fields() {
        let promised = contract.and_then(|contract| contract.column(field.name()));
        let breach = promised
            .is_some_and(|column| Type::of(field.data_type()) != Some(*column.kind.get_ref()));
        let Some(part) = contract::unstorable(field.data_type()).filter(|_| !breach) else {
            continue;
        };
        let (name, kind) = (field.name(), contract::type_name(part));
        let what = match part == field.data_type() {
            true => format!(
                "`{name}` of `{}` is {kind}, which no table can hold",
                model.name
            ),
            false => format!(
                "`{name}` of `{}` holds {kind}, which no table can hold",
                model.name
            ),
        };
        let place = sql::column_token(&model.text, &model.sql, name);
        let help = match part == field.data_type() {
            true => form(part, name),
            false => format!("cast what it holds: `{}`", contract::storable(part, "…")),
        };
        problems.push(
            Problem::new("lockgate::contract::stored", what)
                .at(&model.text, place.unwrap_or(0..0), "yields it")
                .help(help),
        );
    }
    problems
}

/// What to write for a column of a type that no table can hold.
fn form(kind: &DataType, name: &str) -> String {
    let cast = contract::storable(kind, "…");
    format!("write `{cast} as {}`", expect::ident(name))
}

/// Where `[columns]` stands in a contract.
fn columns_table(text: &Text) -> std::ops::Range<usize> {
    let head = "[columns]";
    let start = text.text.find(head).unwrap_or(0);
    start..(start + head.len()).min(text.text.len())
}
