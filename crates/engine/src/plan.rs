//! SQL to plans.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::Schema;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::sql::parser::Statement;

use lockgate_core::error::{Error, Problem, Text};
use lockgate_core::project::{Model, sql};

use super::complaint::{explain_error, plain};
use super::failure::{Fault, QueryError, fault};
use super::guard::refusal;
use super::keys::Proof;
use super::{Engine, keys};

type PlanResult<T> = std::result::Result<T, DataFusionError>;

/// The plan of a query: what is known of its rows before one is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan(pub(super) LogicalPlan);

/// The expression that computes a column; two that are equal compute the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Computation(Expr);

impl Plan {
    /// The columns of its rows, with their types.
    pub fn schema(&self) -> &Schema {
        self.0.schema().as_arrow()
    }

    /// For each output column, the base columns (table, column) that it is computed from.
    pub fn lineage(&self) -> Vec<BTreeSet<(String, String)>> {
        keys::lineage(&self.0)
    }

    /// The base columns that decide which rows there are: of filters, join conditions, grouping.
    pub fn decided_by(&self) -> BTreeSet<(String, String)> {
        keys::decided(&self.0)
    }

    /// The functions it calls, by name, each with the base columns of its arguments.
    pub fn calls(&self) -> BTreeMap<String, BTreeSet<(String, String)>> {
        keys::calls(&self.0)
    }

    /// For each output column, whether its values are those of base columns as they stand.
    pub fn passed_on(&self) -> Vec<bool> {
        keys::passed_on(&self.0)
    }

    /// Whether the plan proves that `columns` are a key, given the keys that hold of each table
    /// it reads, by the table's name in SQL.
    pub fn prove(&self, columns: &[String], known: &BTreeMap<String, Vec<Vec<String>>>) -> Proof {
        let known = |table: &TableReference| {
            let name = match table.schema() {
                Some("public") | None => table.table().to_owned(),
                Some(schema) => format!("{schema}.{}", table.table()),
            };
            known.get(&name).cloned().unwrap_or_default()
        };
        keys::prove(&self.0, columns, &known)
    }

    /// The expression by which the query's own SELECT computes each column, where it can be named.
    pub fn computed(&self) -> BTreeMap<String, Computation> {
        computed(&self.0)
    }

    /// The plan in the form that the optimiser gives it: two queries that differ in
    /// blanks, comments, unused columns or the nesting of subqueries have the same.
    /// `None` where the optimiser refuses it.
    pub fn normalised(&self, engine: &Engine) -> Option<Self> {
        engine.ctx.state().optimize(&self.0).ok().map(Self)
    }

    /// The columns that a normalised plan reads of each table, whatever it does with them.
    pub fn columns_read(&self) -> BTreeSet<(String, String)> {
        let mut read = BTreeSet::new();
        // The closure never fails, so neither does the walk.
        let _ = self.0.apply_with_subqueries(|node| {
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
}

fn computed(plan: &LogicalPlan) -> BTreeMap<String, Computation> {
    match plan {
        LogicalPlan::Projection(node) => {
            let fields = node.schema.fields().iter();
            let fields = fields.map(|field| field.name().clone());
            let exprs = node.expr.iter();
            let exprs = exprs.map(|expr| Computation(expr.clone().unalias()));
            fields.zip(exprs).collect()
        }
        LogicalPlan::Sort(node) => computed(&node.input),
        LogicalPlan::Limit(node) => computed(&node.input),
        _ => BTreeMap::new(),
    }
}

/// Plans SQL over the tables of the session and type-checks it; nothing is read.
pub async fn plan_sql(engine: &Engine, text: &str) -> Result<Plan, QueryError> {
    let plan = engine.plan(text).await?;
    // The optimiser includes the type checks.
    engine.ctx.state().optimize(&plan)?;
    Ok(Plan(plan))
}

/// Plans SQL as a run does before it reads the first row: to the operators that would execute it.
pub async fn plan_to_run(engine: &Engine, text: &str) -> Result<(), QueryError> {
    let plan = engine.plan(text).await?;
    Ok(executable(engine, &plan).await?)
}

/// Fails where a plan passes the type checks, and there are no operators that execute it.
async fn executable(engine: &Engine, plan: &LogicalPlan) -> PlanResult<()> {
    engine
        .ctx
        .state()
        .create_physical_plan(plan)
        .await
        .map(drop)
}

/// Plans a model's query.
///
/// # Errors
/// Every problem the engine finds, each at its token of the SQL where it tells it.
pub async fn plan_model(engine: &Engine, model: &Model) -> Result<Plan, Vec<Problem>> {
    let plan = plan_unchecked(engine, model).await?;
    let explained = |error| explain_error(&error, &model.text);
    executable(engine, &plan).await.map_err(explained)?;
    Ok(Plan(plan))
}

/// As [`plan_model`], for a model that planned over tables of these columns before.
pub(super) async fn plan_unchecked(
    engine: &Engine,
    model: &Model,
) -> Result<LogicalPlan, Vec<Problem>> {
    let statement = sql::statement(&model.sql);
    let statement = Statement::Statement(Box::new(statement));
    let plan = engine.plan_statement(statement).await;
    plan.map_err(|error| explain_error(&error, &model.text))
}

/// Which columns a model passes on from each table it reads, under their own name.
pub async fn lineage_of(
    engine: &Engine,
    model: &Model,
) -> Result<BTreeMap<String, Vec<String>>, Vec<Problem>> {
    let plan = plan_model(engine, model).await?;
    let mut passed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (field, sources) in plan.schema().fields().iter().zip(plan.lineage()) {
        for (table, column) in sources {
            if column == *field.name() {
                passed.entry(table).or_default().push(column);
            }
        }
    }
    Ok(passed)
}

/// A query from the command line: one that does not plan is its author's fault, one that
/// fails on a value the data's, one that runs out of memory or of disk the engine's.
/// `masked`: the value that it failed on is left out.
pub fn query_problem(QueryError(error): QueryError, sql: &str, masked: bool) -> Error {
    let text = Text::new("the query", sql);
    if let Err(problem) = sql::parse(&text) {
        return Error::project(*problem);
    }
    if refusal(&error).is_some() {
        return Error::Project(explain_error(&error, &text));
    }
    match fault(&error) {
        Fault::Value => {
            let message = match masked {
                true => "the query failed on a value, which is not shown: the project shows no \
                         values (samples = 0)"
                    .to_owned(),
                false => format!("the query failed: {}", plain(&error.strip_backtrace())),
            };
            let problem = Problem::new("lockgate::query::value", message);
            Error::Data(Box::new(problem.help(
                "try_cast gives null where a value cannot be cast; nullif(x, 0) avoids a division by zero",
            )))
        }
        Fault::Memory | Fault::Storage => Error::engine("the query failed", error),
        Fault::Engine => Error::Project(explain_error(&error, &text)),
    }
}
