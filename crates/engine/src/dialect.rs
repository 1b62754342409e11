//! SQL that is right and that the engine does not take as it is written: rewritten to what it takes.

use datafusion::common::{DataFusionError, Result, SchemaError};
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

use lockgate_core::project::sql;

/// Plans a statement: CTEs that hide others under names of their own, and, where the engine gives one
/// name to two casts, each under its own.
pub(super) async fn plan(state: &SessionState, statement: Statement) -> Result<LogicalPlan> {
    let Some(query) = query(&statement) else {
        return state.statement_to_plan(statement).await;
    };
    let query = sql::without_shadows(query);
    let again = query.clone();
    let error = match state.statement_to_plan(of(query)).await {
        Err(error) if repeats_a_name(&error) => error,
        planned => return planned,
    };
    match sql::with_named_casts(again) {
        Some(named) => state.statement_to_plan(of(named)).await.map_err(|_| error),
        None => Err(error),
    }
}

fn query(statement: &Statement) -> Option<Box<ast::Query>> {
    match statement {
        Statement::Statement(statement) => match statement.as_ref() {
            ast::Statement::Query(query) => Some(query.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn of(query: Box<ast::Query>) -> Statement {
    Statement::Statement(Box::new(ast::Statement::Query(query)))
}

/// Whether a query computes two things that the engine gives one name.
fn repeats_a_name(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::SchemaError(error, _) => matches!(
            error.as_ref(),
            SchemaError::DuplicateUnqualifiedField { .. }
                | SchemaError::DuplicateQualifiedField { .. }
        ),
        DataFusionError::Plan(message) => message.contains(" require unique expression names"),
        _ => false,
    }
}
