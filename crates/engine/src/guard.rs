//! The one gateway that all SQL goes through: parsed, guarded, planned, guarded, and only then run.
//!
//! What settings and rules cannot cure (`session.rs`) is refused here, at its token, with the form
//! that works. `check` and `run` pass the same gateway: what one accepts the other runs.

mod ignored;
mod refusal;
mod subqueries;
mod syntax;
mod unplanned;

use std::sync::{Arc, Mutex};

use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::dataframe::DataFrame;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

pub use refusal::Refusal;
pub(super) use unplanned::unplanned;

use super::coercion::refuse_mixed;
use super::{Engine, dialect, session};

impl Engine {
    /// Plans a query.
    ///
    /// # Errors
    /// The engine's, or a [`Refusal`] as `DataFusionError::External`.
    pub(super) async fn plan(&self, sql: &str) -> Result<LogicalPlan> {
        self.log(sql);
        let state = self.ctx.state();
        let dialect = state.config().options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect)?;
        self.plan_statement(statement).await
    }

    /// As [`Engine::plan`], for a statement that is parsed.
    pub(super) async fn plan_statement(&self, statement: Statement) -> Result<LogicalPlan> {
        let state = self.ctx.state();
        let written = query_of(&statement)
            .filter(|_| !session::is_bare())
            .cloned();
        let scalar = |name: &str| state.scalar_functions().contains_key(name);
        let shape = written.as_ref();
        let shape = shape.and_then(|written| syntax::refused(written, &scalar));
        if let Some(refusal) = shape {
            return Err(refusal.into());
        }
        let plan = dialect::plan(&state, statement).await?;
        let reads = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        reads.verify_plan(&plan)?;
        let Some(written) = written else {
            return Ok(plan);
        };
        if let Some(refusal) = subqueries::refused(&plan, &written)? {
            return Err(refusal.into());
        }
        refuse_mixed(&plan)?;
        Ok(plan)
    }

    /// From now on the SQL texts that are planned are kept, for tests.
    #[doc(hidden)]
    pub fn keep_log(&self) {
        self.log.get_or_init(Mutex::default);
    }

    /// The SQL texts that were planned since the last time, in order.
    #[doc(hidden)]
    pub fn take_log(&self) -> Vec<String> {
        let log = self.log.get().and_then(|log| log.lock().ok());
        log.map_or_else(Vec::new, |mut log| std::mem::take(&mut *log))
    }

    fn log(&self, sql: &str) {
        if let Some(mut log) = self.log.get().and_then(|log| log.lock().ok()) {
            log.push(sql.to_owned());
        }
    }

    /// A query, ready to run.
    pub(super) async fn frame(&self, sql: &str) -> Result<DataFrame> {
        let plan = self.plan(sql).await?;
        Ok(self.frame_of(plan))
    }

    /// A plan of this gateway, ready to run.
    pub(super) fn frame_of(&self, plan: LogicalPlan) -> DataFrame {
        DataFrame::new(self.ctx.state(), plan)
    }

    /// Plans an expression over the columns of `schema`.
    pub(super) fn expression(&self, sql: &str, schema: &DFSchema) -> Result<Expr> {
        let state = self.ctx.state();
        let dialect = state.config().options().sql_parser.dialect;
        let written = state.sql_to_expr_with_alias(sql, &dialect)?;
        let scalar = |name: &str| state.scalar_functions().contains_key(name);
        match syntax::refused(&written.expr, &scalar).filter(|_| !session::is_bare()) {
            Some(refusal) => Err(refusal.into()),
            None => state.create_logical_expr_from_sql_expr(written, schema),
        }
    }

    /// An expression of this gateway, ready to be asked of batches.
    pub(super) fn physical(&self, expr: Expr, schema: &DFSchema) -> Result<Arc<dyn PhysicalExpr>> {
        let expr = match session::is_bare() {
            true => expr,
            false => session::analysed(expr, schema)?,
        };
        self.ctx.create_physical_expr(expr, schema)
    }
}

/// The SQL of a statement, also of one that is only explained.
fn query_of(statement: &Statement) -> Option<&ast::Statement> {
    match statement {
        Statement::Statement(inner) => Some(inner),
        Statement::Explain(explained) => query_of(&explained.statement),
        _ => None,
    }
}

/// Why the gateway refused a query; `None` for an error of the engine.
pub(super) fn refusal(error: &DataFusionError) -> Option<&Refusal> {
    match error.find_root() {
        DataFusionError::External(inner) => inner.downcast_ref(),
        _ => None,
    }
}
