//! SQL to plans.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::DataFusionError;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;

use crate::error::{Error, Problem, Text};
use crate::project::{Model, sql};

use super::complaint::{explain_error, plain};
use super::{Engine, keys};

type PlanResult<T> = std::result::Result<T, DataFusionError>;

/// Plans SQL over the tables of the session and type-checks it; nothing is read.
pub async fn plan_sql(engine: &Engine, text: &str) -> PlanResult<LogicalPlan> {
    let plan = engine.ctx.state().create_logical_plan(text).await?;
    checked(engine, plan)
}

/// Plans a model's query.
///
/// # Errors
/// Every problem the engine finds, each at its token of the SQL where it tells it.
pub async fn plan_model(engine: &Engine, model: &Model) -> Result<LogicalPlan, Vec<Problem>> {
    let plan = plan_unchecked(engine, model).await?;
    checked(engine, plan).map_err(|error| explain_error(&error, &model.text))
}

/// As [`plan_model`], for a model that planned over tables of these columns before.
pub(super) async fn plan_unchecked(
    engine: &Engine,
    model: &Model,
) -> Result<LogicalPlan, Vec<Problem>> {
    let statement = sql::statement(&model.sql);
    let statement = Statement::Statement(Box::new(statement));
    let plan = engine.ctx.state().statement_to_plan(statement).await;
    plan.map_err(|error| explain_error(&error, &model.text))
}

/// Which columns a model passes on from each table it reads, under their own name.
pub async fn lineage_of(
    engine: &Engine,
    model: &Model,
) -> Result<BTreeMap<String, Vec<String>>, Vec<Problem>> {
    let plan = plan_model(engine, model).await?;
    let mut passed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let fields = plan.schema().fields();
    for (field, sources) in fields.iter().zip(keys::lineage(&plan)) {
        for (table, column) in sources {
            if column == *field.name() {
                passed.entry(table).or_default().push(column);
            }
        }
    }
    Ok(passed)
}

/// The plan in the form that the optimiser gives it: two queries that differ in
/// blanks, comments, unused columns or the nesting of subqueries have the same.
/// `None` where the optimiser refuses it.
pub fn normalised(engine: &Engine, plan: &LogicalPlan) -> Option<LogicalPlan> {
    engine.ctx.state().optimize(plan).ok()
}

/// The columns that a normalised plan reads of each table, whatever it does with them.
pub fn columns_read(plan: &LogicalPlan) -> BTreeSet<(String, String)> {
    let mut read = BTreeSet::new();
    // The closure never fails, so neither does the walk.
    let _ = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let table = scan.table_name.to_string();
            let shown = scan.projected_schema.fields().iter();
            let names = shown.map(|field| field.name().clone());
            let filters = scan.filters.iter().flat_map(|filter| filter.column_refs());
            let filtered = filters.map(|column| column.name.clone());
            read.extend(names.chain(filtered).map(|name| (table.clone(), name)));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    read
}

/// The plan itself, once the optimiser (which includes the type checks) has accepted it.
fn checked(engine: &Engine, plan: LogicalPlan) -> PlanResult<LogicalPlan> {
    engine.ctx.state().optimize(&plan)?;
    Ok(plan)
}

/// A query from the command line that does not plan (the project's fault) or
/// fails on the data (the engine's).
pub fn query_problem(error: &DataFusionError, sql: &str) -> Error {
    let text = Text::new("the query", sql);
    if let Err(problem) = sql::parse(&text) {
        return Error::project(*problem);
    }
    match error.find_root() {
        DataFusionError::Execution(_)
        | DataFusionError::ResourcesExhausted(_)
        | DataFusionError::ArrowError(..)
        | DataFusionError::External(_) => {
            Error::engine("the query failed", plain(&error.strip_backtrace()))
        }
        _ => Error::Project(explain_error(error, &text)),
    }
}
