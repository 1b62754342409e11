//! Divisions of whole numbers in a value, which would drop the fraction and measure 0 of most shares.

use crate::document;
use crate::engine::{Engine, plan_sql};
use crate::error::Problem;
use crate::expect::{Expectation, Name, relation};
use crate::project::sql::{Division, divisions};

/// Each `/` in a value whose sides are both whole numbers, over the table named as in SQL or over
/// another that the value is asked of.
pub(super) async fn problems(
    engine: &Engine,
    table: &str,
    expectation: &Expectation,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (value, models) in expectation.args.totals() {
        let others = models.iter().map(|model| relation(model.get_ref()));
        let mut tables: Vec<String> = others.collect();
        if tables.is_empty() {
            tables.push(table.to_owned());
        }
        for division in divisions(value.get_ref()) {
            if whole(engine, &tables, &division).await {
                problems.push(problem(expectation, value, &division));
            }
        }
    }
    problems
}

/// Whether both sides are whole numbers in one of the tables.
async fn whole(engine: &Engine, tables: &[String], division: &Division) -> bool {
    let Division { left, right, .. } = division;
    for table in tables {
        let sql = format!("SELECT {left} AS l, {right} AS r FROM {table}");
        let plan = plan_sql(engine, &sql).await;
        let whole = plan.is_ok_and(|plan| {
            let mut sides = plan.schema().fields().iter();
            sides.all(|side| side.data_type().is_integer())
        });
        if whole {
            return true;
        }
    }
    false
}

fn problem(expectation: &Expectation, value: &Name, division: &Division) -> Problem {
    let Division { left, right, sign } = division;
    let message = format!(
        "`{}` cannot be asked: `/` of two whole numbers drops the fraction, so that 1 / 2 is 0",
        expectation.id
    );
    let real = format!("cast({left} as double) / {right}");
    let place = document::within(&expectation.text, value, sign.clone());
    Problem::new("lockgate::expect::sql", message)
        .at(&expectation.text, place, "both sides are whole numbers")
        .help(format!(
            "write `{real}`, or `trunc({real})` where the whole part is meant"
        ))
}
