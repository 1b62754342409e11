//! Tables whose statistics help to plan and prove nothing.
//!
//! Minima and maxima leave NaN out, and an engine that casts them does not keep their order: so
//! no reader of a table sees them. Of the filters only those reach a table that its files'
//! statistics answer soundly.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{
    BinaryExpr, Expr, LogicalPlan, Operator, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::{
    CardinalityEffect, ChildrenPropertiesMode, ReplaceChildrenOptions,
};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

/// A table of files.
#[derive(Debug)]
pub(super) struct Sound {
    files: Arc<dyn TableProvider>,
    /// How many rows it holds, where its files do not say.
    rows: Option<usize>,
}

impl Sound {
    pub fn new(files: Arc<dyn TableProvider>, rows: Option<u64>) -> Self {
        let rows = rows.and_then(|rows| usize::try_from(rows).ok());
        Self { files, rows }
    }
}

#[async_trait]
impl TableProvider for Sound {
    fn schema(&self) -> SchemaRef {
        self.files.schema()
    }

    fn table_type(&self) -> TableType {
        self.files.table_type()
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        self.files.get_logical_plan()
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let schema = self.schema();
        let mut support = self.files.supports_filters_pushdown(filters)?;
        for (filter, support) in filters.iter().zip(&mut support) {
            if !is_sound(filter, &schema) {
                *support = TableProviderFilterPushDown::Unsupported;
            }
        }
        Ok(support)
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let sound = filters.iter().filter(|filter| is_sound(filter, &schema));
        let sound: Vec<Expr> = sound.cloned().collect();
        // A limit that counts rows before a filter is asked would count too many.
        let limit = limit.filter(|_| sound.len() == filters.len());
        let input = self.files.scan(session, projection, &sound, limit);
        let input = input.await?;
        let rows = self.rows;
        Ok(Arc::new(NothingProved { input, rows }))
    }
}

/// A condition that minima and maxima answer as the rows do: a column with an order that leaves
/// no value out, beside a literal of its own type.
fn is_sound(filter: &Expr, schema: &SchemaRef) -> bool {
    let column = |expr: &Expr| match expr {
        Expr::Column(column) => {
            let field = schema.field_with_name(&column.name).ok()?;
            is_ordered(field.data_type()).then(|| field.data_type().clone())
        }
        _ => None,
    };
    let literal = |expr: &Expr| match expr {
        Expr::Literal(value, _) if !value.is_null() => Some(value.data_type()),
        _ => None,
    };
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::And | Operator::Or => is_sound(left, schema) && is_sound(right, schema),
            Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => {
                let sides = column(left).zip(literal(right));
                let sides = sides.or_else(|| column(right).zip(literal(left)));
                sides.is_some_and(|(column, literal)| alike(&column, &literal))
            }
            _ => false,
        },
        Expr::InList(list) if !list.negated => column(&list.expr).is_some_and(|column| {
            let mut values = list.list.iter().map(literal);
            values.all(|value| value.is_some_and(|value| alike(&column, &value)))
        }),
        Expr::IsNull(expr) | Expr::IsNotNull(expr) => column(expr).is_some(),
        _ => false,
    }
}

fn is_ordered(data_type: &DataType) -> bool {
    data_type.is_integer()
        || data_type.is_string()
        || matches!(
            data_type,
            DataType::Date32 | DataType::Boolean | DataType::Timestamp(..)
        )
}

fn alike(column: &DataType, literal: &DataType) -> bool {
    column == literal || column.is_string() && literal.is_string()
}

/// The rows of a scan, of which nobody knows more than about how many there are.
#[derive(Debug)]
struct NothingProved {
    input: Arc<dyn ExecutionPlan>,
    rows: Option<usize>,
}

impl NothingProved {
    fn over(&self, input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        let rows = self.rows;
        Arc::new(Self { input, rows })
    }
}

impl DisplayAs for NothingProved {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("NothingProved")
    }
}

impl ExecutionPlan for NothingProved {
    fn name(&self) -> &'static str {
        "NothingProved"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
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
            (Some(input), None) => Ok(self.over(input)),
            _ => internal_err!("a scan has one source"),
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
        config: &datafusion::config::ConfigOptions,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let input = self.input.repartitioned(partitions, config)?;
        Ok(input.map(|input| self.over(input)))
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
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut known = Statistics::new_unknown(&self.schema());
        if let Some(input) = inputs.first() {
            known.num_rows = input.num_rows.to_inexact();
            known.total_byte_size = input.total_byte_size.to_inexact();
        }
        if let (Precision::Absent, None, Some(rows)) = (known.num_rows, args.partition(), self.rows)
        {
            known.num_rows = Precision::Inexact(rows);
        }
        Ok(Arc::new(known))
    }

    /// A scan of Delta that reads no column says that it hands a limit on, and drops it.
    fn supports_limit_pushdown(&self) -> bool {
        false
    }

    fn fetch(&self) -> Option<usize> {
        self.input.fetch()
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        let input = self.input.with_fetch(limit)?;
        // One that does not say so afterwards does not keep it.
        (input.fetch() == limit).then(|| self.over(input))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }
}
