//! The rows of unit tests against the columns of the tables they stand for.

use std::collections::BTreeMap;

use arrow::datatypes::Schema;

use crate::engine::{given_rows, quarantine_name, quarantine_schema, test_schema};
use crate::error::Problem;
use crate::project::{Model, TestCase, TestTable};

/// Every column that is not there, and every value that is not of its column's type.
pub(super) fn problems(model: &Model, schemas: &BTreeMap<String, Schema>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for test in &model.tests {
        let given = test.given.iter();
        let given = given.map(|(name, table)| (name.get_ref().as_str(), table));
        for (name, table) in given.chain([(model.name.as_str(), &test.expect)]) {
            // What does not plan is told by itself.
            let Some(schema) = schemas.get(name) else {
                continue;
            };
            if let Err(found) = given_rows(table, name, &test_schema(schema)) {
                problems.extend(found);
            }
        }
        if let Some(table) = &test.quarantined {
            problems.extend(aside(model, table, (test, schemas)));
        }
    }
    problems
}

/// What is wrong with the rows that a test expects to be set aside.
fn aside(
    model: &Model,
    table: &TestTable,
    (test, schemas): (&TestCase, &BTreeMap<String, Schema>),
) -> Vec<Problem> {
    if !model.quarantines() {
        let what = format!("no expectation of `{}` sets rows aside", model.name);
        return vec![
            Problem::new("lockgate::test::quarantined", what)
                .at(&test.text, table.said.clone(), "expected to be set aside")
                .help("take it out, or write on_fail = \"quarantine\" in an expectation"),
        ];
    }
    let Some(schema) = schemas.get(&model.name) else {
        return Vec::new();
    };
    let schema = test_schema(&quarantine_schema(schema));
    given_rows(table, &quarantine_name(&model.name), &schema)
        .err()
        .unwrap_or_default()
}
