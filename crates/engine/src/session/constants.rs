//! What a plan takes for the same in every row, though it is not.
//!
//! A column that is the same in every row that ROLLUP or CUBE reads is null in some rows that they
//! yield, and one of an outer join's side is null in the rows that the side lacks. DataFusion takes it
//! for constant there too: it leaves a sort by it out, and ends a group or a window where the other
//! columns change.

use std::fmt;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{JoinType, Result, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::execution_plan::{
    CardinalityEffect, ChildrenPropertiesMode, ReplaceChildrenOptions,
};
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};

/// Puts [`Forgets`] above every aggregate that makes grouping sets, and below every outer join on the
/// sides whose columns it makes null.
#[derive(Debug)]
pub(super) struct NoConstants;

impl PhysicalOptimizerRule for NoConstants {
    fn name(&self) -> &str {
        "no_constants_that_become_null"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(|plan| {
            let aggregate = plan.downcast_ref::<AggregateExec>();
            if aggregate.is_some_and(|it| it.group_expr().has_grouping_set()) {
                return Ok(Transformed::yes(Arc::new(Forgets::over(plan))));
            }
            match outer_join(plan.as_ref()) {
                Some(kind) => below(plan, kind),
                None => Ok(Transformed::no(plan)),
            }
        })?;
        Ok(plan.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The kind of a join that may lack rows of a side.
fn outer_join(plan: &dyn ExecutionPlan) -> Option<JoinType> {
    let hash = plan.downcast_ref().map(HashJoinExec::join_type);
    let nested = || plan.downcast_ref().map(NestedLoopJoinExec::join_type);
    let merge = || {
        let join = plan.downcast_ref::<SortMergeJoinExec>()?;
        Some(&join.join_type)
    };
    let kind = *hash.or_else(nested).or_else(merge)?;
    kind.is_outer().then_some(kind)
}

fn below(
    join: Arc<dyn ExecutionPlan>,
    kind: JoinType,
) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let lacks = [
        matches!(kind, JoinType::Right | JoinType::Full),
        matches!(kind, JoinType::Left | JoinType::Full),
    ];
    let sides = join.children().into_iter().cloned().zip(lacks);
    let sides = sides.map(|(side, lacks)| match lacks {
        true => Arc::new(Forgets::over(side)),
        false => side,
    });
    let sides = sides.collect();
    let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
    Ok(Transformed::yes(join.replace_children(sides, options)?))
}

/// The same rows, of whose order and equal columns nothing is known.
#[derive(Debug)]
struct Forgets {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl Forgets {
    fn over(input: Arc<dyn ExecutionPlan>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(input.schema()),
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        let properties = Arc::new(properties);
        Self { input, properties }
    }
}

impl DisplayAs for Forgets {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Forgets")
    }
}

impl ExecutionPlan for Forgets {
    fn name(&self) -> &'static str {
        "Forgets"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.pop()) {
            (Some(input), None) => Ok(Arc::new(Self::over(input))),
            _ => internal_err!("rows have one source"),
        }
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        self.replace_children(children, options)
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn repartitioned(
        &self,
        partitions: usize,
        config: &ConfigOptions,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let input = self.input.repartitioned(partitions, config)?;
        Ok(input.map(|input| Arc::new(Self::over(input)) as _))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.input.metrics()
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut known = Statistics::new_unknown(&self.schema());
        if let Some(input) = inputs.first() {
            known.num_rows = input.num_rows.to_inexact();
            known.total_byte_size = input.total_byte_size.to_inexact();
        }
        Ok(Arc::new(known))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }
}
