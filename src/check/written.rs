//! The rows of unit tests against the columns of the tables they stand for.

use std::collections::BTreeMap;

use arrow::datatypes::Schema;

use crate::engine::{given_rows, test_schema};
use crate::error::Problem;
use crate::project::Model;

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
    }
    problems
}
