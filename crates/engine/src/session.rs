//! The one place that builds a session: DataFusion less what answers wrongly.
//!
//! Every rule that is left out or held back here, and every function that is put in instead,
//! has a test that shows the wrong answer without it (`tests/it/engine_faults/bare.rs`); the
//! page is `docs/engine.md`.

mod aggregates;
mod cast;
mod constants;
mod exact;
mod integers;
mod rules;
mod time;
mod types;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::common::{DFSchema, Result};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::optimizer::{Analyzer, AnalyzerRule, Optimizer};
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

/// Physical rules that are left out. `FilterPushdown` moves filters by column *name*, also to the
/// other side of a RIGHT or FULL join, and its second pass hands down filters that joins and
/// aggregates fill in as they run, which drop rows. `aggregate_statistics` answers from
/// statistics. The logical push-down stays, so filters still reach the scan.
const LEFT_OUT: [&str; 3] = [
    "FilterPushdown",
    "FilterPushdown(Post)",
    "aggregate_statistics",
];

/// Whether new sessions are DataFusion's own.
static BARE: AtomicBool = AtomicBool::new(false);

/// From now on the sessions of this process answer as DataFusion does, right or wrong.
///
/// Only for measuring what the guards cost; no setting and no command leads here.
#[doc(hidden)]
pub fn without_guards(bare: bool) {
    BARE.store(bare, Ordering::Relaxed);
}

pub(super) fn is_bare() -> bool {
    BARE.load(Ordering::Relaxed)
}

/// A session with no table. `memory` bounds what sorts, groupings and joins hold, in bytes.
pub(super) fn context(memory: Option<usize>) -> Result<SessionContext> {
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = memory {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    let mut config = SessionConfig::new();
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.catalog.information_schema = true;
    options.execution.time_zone = Some("UTC".to_owned());
    let builder = SessionStateBuilder::new()
        .with_runtime_env(runtime.build_arc()?)
        .with_default_features();
    if is_bare() {
        let state = builder.with_config(config).build();
        return Ok(SessionContext::new_with_state(state));
    }
    let state = builder
        .with_config(guarded(config))
        .with_type_planner(Arc::new(types::Microseconds))
        .with_optimizer_rules(rules::held_back(Optimizer::new().rules))
        .with_analyzer_rules(analyzer_rules())
        .with_physical_optimizer_rules(physical_rules())
        .build();
    let ctx = SessionContext::new_with_state(state);
    integers::register(&ctx)?;
    aggregates::register(&ctx);
    time::register(&ctx)?;
    Ok(ctx)
}

/// DataFusion's, between those that find types not yet made to match and those that find them so.
fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let mut rules: Vec<Arc<dyn AnalyzerRule + Send + Sync>> = vec![Arc::new(time::Microseconds)];
    rules.extend(Analyzer::new().rules);
    rules.push(Arc::new(integers::Checked));
    rules.push(Arc::new(exact::Exact));
    rules.push(Arc::new(cast::Opaque));
    rules
}

/// An expression as a plan of such a session would hold it, its types made to match.
pub(super) fn analysed(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let expr = time::coarse(expr, schema)?.data;
    let simplifier = ExprSimplifier::new(SimplifyContext::default());
    let expr = simplifier.coerce(expr, schema)?;
    let expr = integers::checked(expr, schema)?.data;
    let expr = exact::exact(expr, schema)?.data;
    Ok(cast::opaque(expr, schema)?.data)
}

/// The options that say the same as [`LEFT_OUT`], and that no statistics are read from files.
fn guarded(mut config: SessionConfig) -> SessionConfig {
    let options = config.options_mut();
    options.execution.collect_statistics = false;
    // `x IS TRUE` is never null to the plan and may be to its operators: they fail over it.
    options.execution.skip_physical_aggregate_schema_check = true;
    options.execution.parquet.pruning = false;
    options.execution.parquet.bloom_filter_on_read = false;
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    config
}

fn physical_rules()
-> Vec<Arc<dyn datafusion::physical_optimizer::PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    rules.retain(|rule| !LEFT_OUT.contains(&rule.name()));
    rules.insert(0, Arc::new(constants::NoConstants));
    rules
}
