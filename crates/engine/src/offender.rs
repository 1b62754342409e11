//! The row that a query fails on: found by halves, on the way of failure only.
//!
//! A table that keeps `file_name` and `file_row` is narrowed, first to one file and
//! then to one row, as long as the query fails on what is left. Of another table the
//! rows are held in memory, if they are not too many, and halved as they lie.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::TryStreamExt;

use lockgate_core::error::{Error, Result};
use lockgate_core::expect::{relation, text_literal};
use lockgate_core::outcome::Sample;
use lockgate_core::project::Model;

use super::build::{stored_schema, stream};
use super::measure::{Question, numbers};
use super::rows::{sample, text_rows};
use super::sieve::Sieve;
use super::{Engine, reference};

/// How often a query is run again, at most.
const RUNS: usize = 60;

/// Rows of a table that are held in memory, at most.
const HELD: usize = 100_000;

/// What a query fails on.
#[derive(Debug, Default)]
pub struct Offenders {
    /// At most one row of each table.
    pub rows: Vec<Sample>,
    /// The column of a model's query whose value cannot be computed of these rows.
    pub column: Option<String>,
}

/// Something that fails on a row.
pub enum Attempt<'a> {
    Build(&'a Model, &'a [Question<'a>]),
    Ask(&'a Question<'a>),
}

/// The rows of `tables` that an attempt fails on; none where no row alone makes it fail.
///
/// # Errors
/// A table of the session that cannot be read.
pub async fn offenders(
    engine: &Engine,
    tables: &[String],
    attempt: &Attempt<'_>,
) -> Result<Offenders> {
    let mut search = Search {
        engine,
        attempt,
        left: RUNS,
    };
    let mut found = Offenders::default();
    for table in tables {
        let provider = engine.ctx.table_provider(reference(table)).await;
        let provider = provider.map_err(failed)?;
        let row = search.row(table, &provider).await;
        engine.put(table, provider.clone())?;
        let Some(row) = row.map_err(failed)? else {
            continue;
        };
        // It is asked more than once, which the parts of a plan cannot be.
        let row = search.alone(table, row).await.map_err(failed)?;
        let narrowed = search.narrowed(table, &row).await.map_err(failed)?;
        engine.put(table, narrowed)?;
        let rows = format!("SELECT * FROM {}", relation(table));
        let shown = sample(engine, &rows, &attempt.words(), 1).await;
        if found.column.is_none() {
            found.column = attempt.column(engine).await;
        }
        engine.put(table, provider)?;
        found.rows.extend(shown?);
    }
    Ok(found)
}

fn failed(error: DataFusionError) -> Error {
    Error::engine("looking for the row that the query fails on", error)
}

impl Attempt<'_> {
    async fn run(&self, engine: &Engine) -> Result<(), DataFusionError> {
        match self {
            Self::Build(model, questions) => build(engine, model, questions).await,
            Self::Ask(question) => numbers(engine, &question.alone()).await.map(|_| ()),
        }
    }

    /// The only column of a model's query that cannot be computed.
    async fn column(&self, engine: &Engine) -> Option<String> {
        let Self::Build(model, _) = self else {
            return None;
        };
        let plan = super::plan_model(engine, model).await.ok()?;
        let contract = model.contract.as_ref().map(|(contract, _)| contract);
        let schema = stored_schema(plan.schema(), contract);
        let mut failing = Vec::new();
        for field in schema.fields() {
            let alone = Arc::new(Schema::new(vec![field.clone()]));
            let rows = match stream(engine, &plan.0, &alone).await {
                Ok(rows) => rows.try_for_each(|_| async { Ok(()) }).await,
                Err(error) => Err(error),
            };
            if rows.is_err() {
                failing.push(field.name().clone());
            }
        }
        // Where all of them fail it is a filter, a join or a grouping that does.
        let one = failing.len() == 1 && schema.fields().len() > 1;
        failing.pop().filter(|_| one)
    }

    /// The text whose words say which columns matter.
    fn words(&self) -> String {
        match self {
            Self::Build(model, _) => model.text.text.to_string(),
            Self::Ask(question) => question.about(),
        }
    }
}

/// A model's rows made, set aside where its expectations ask for that, and dropped.
async fn build(
    engine: &Engine,
    model: &Model,
    questions: &[Question<'_>],
) -> Result<(), DataFusionError> {
    let plan = match super::plan_model(engine, model).await {
        Ok(plan) => plan,
        // What planned before plans again.
        Err(_) => return Ok(()),
    };
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let schema = stored_schema(plan.schema(), contract);
    let mut sieve = Sieve::new(engine, &schema, questions)?;
    let mut rows = stream(engine, &plan.0, &schema).await?;
    while let Some(batch) = rows.try_next().await? {
        if let Some(sieve) = &mut sieve {
            sieve.split(&batch.with_schema(schema.clone())?)?;
        }
    }
    Ok(())
}

struct Search<'a> {
    engine: &'a Engine,
    attempt: &'a Attempt<'a>,
    /// Runs that are left.
    left: usize,
}

/// Which rows of a table are left.
enum Left {
    /// Those for which a condition is true.
    Where(String),
    /// Rows in memory.
    These(RecordBatch),
}

impl Search<'_> {
    /// The one row of a table that is enough to fail.
    async fn row(
        &mut self,
        table: &str,
        provider: &Arc<dyn TableProvider>,
    ) -> Result<Option<Left>, DataFusionError> {
        let schema = provider.schema();
        let mut names = ["file_name", "file_row"].into_iter();
        if names.all(|name| schema.index_of(name).is_ok()) {
            let row = self.placed(table, provider).await?;
            return Ok(row.map(Left::Where));
        }
        let Some(rows) = self.held(table).await? else {
            return Ok(None);
        };
        if self
            .fails(table, provider, &Left::These(rows.slice(0, 0)))
            .await?
        {
            return Ok(None);
        }
        let Some(last) = rows.num_rows().checked_sub(1) else {
            return Ok(None);
        };
        let within =
            |low: u64, high: u64| Left::These(rows.slice(low as usize, (high - low) as usize + 1));
        let found = self
            .halve(table, provider, (0, last as u64), &within)
            .await?;
        Ok(found.map(|at| within(at, at)))
    }

    /// All rows of a table; `None`: they are too many.
    async fn held(&self, table: &str) -> Result<Option<RecordBatch>, DataFusionError> {
        let sql = format!("SELECT * FROM {} LIMIT {}", relation(table), HELD + 1);
        let rows = self.rows(&sql).await?;
        Ok((rows.num_rows() <= HELD).then_some(rows))
    }

    /// The rows that are left, in memory.
    async fn alone(&self, table: &str, left: Left) -> Result<Left, DataFusionError> {
        let Left::Where(condition) = left else {
            return Ok(left);
        };
        let sql = format!("SELECT * FROM {} WHERE {condition}", relation(table));
        Ok(Left::These(self.rows(&sql).await?))
    }

    async fn rows(&self, sql: &str) -> Result<RecordBatch, DataFusionError> {
        let frame = self.engine.frame(sql).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await?;
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        Ok(concat_batches(&schema, &batches)?)
    }

    /// The condition of the one row of a table that is enough to fail, by its place in a file.
    async fn placed(
        &mut self,
        table: &str,
        provider: &Arc<dyn TableProvider>,
    ) -> Result<Option<String>, DataFusionError> {
        let of = relation(table);
        if self
            .fails(table, provider, &Left::Where("false".to_owned()))
            .await?
        {
            return Ok(None);
        }
        let sql =
            format!("SELECT DISTINCT file_name FROM {of} WHERE file_name IS NOT NULL ORDER BY 1");
        let files = text_rows(self.engine, &sql, usize::MAX).await?;
        let files: Vec<String> = files.rows.into_iter().flatten().flatten().collect();
        let name = |at: u64| text_literal(&files[at as usize]);
        let within = |low: u64, high: u64| {
            let (low, high) = (name(low), name(high));
            Left::Where(format!("file_name BETWEEN {low} AND {high}"))
        };
        let Some(last) = files.len().checked_sub(1) else {
            return Ok(None);
        };
        let found = self
            .halve(table, provider, (0, last as u64), &within)
            .await?;
        let Some(file) = found.map(|at| format!("file_name = {}", name(at))) else {
            return Ok(None);
        };
        let sql = format!("SELECT max(file_row) FROM {of} WHERE {file}");
        let most = numbers(self.engine, &sql)
            .await?
            .into_iter()
            .flatten()
            .next();
        let most = most.map_or(0, |most| most.as_f64() as u64);
        let condition =
            |low: u64, high: u64| format!("{file} AND file_row BETWEEN {low} AND {high}");
        let within = |low: u64, high: u64| Left::Where(condition(low, high));
        let found = self.halve(table, provider, (1, most), &within).await?;
        Ok(found.map(|row| condition(row, row)))
    }

    /// The one place of a range that is enough to fail.
    async fn halve(
        &mut self,
        table: &str,
        provider: &Arc<dyn TableProvider>,
        (mut low, mut high): (u64, u64),
        within: &impl Fn(u64, u64) -> Left,
    ) -> Result<Option<u64>, DataFusionError> {
        while low < high {
            let middle = low + (high - low) / 2;
            if self.fails(table, provider, &within(low, middle)).await? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        // Also where it takes rows of both halves to fail: then one is not enough.
        let alone = low == high && self.fails(table, provider, &within(low, low)).await?;
        Ok(alone.then_some(low))
    }

    /// Whether the attempt fails with no more of the table than these rows.
    async fn fails(
        &mut self,
        table: &str,
        provider: &Arc<dyn TableProvider>,
        left: &Left,
    ) -> Result<bool, DataFusionError> {
        let Some(runs) = self.left.checked_sub(1) else {
            return Ok(false);
        };
        self.left = runs;
        let put = |provider| {
            let put = self.engine.put(table, provider);
            put.map_err(|error| DataFusionError::Plan(error.to_string()))
        };
        put(provider.clone())?;
        put(self.narrowed(table, left).await?)?;
        let failed = self.attempt.run(self.engine).await.is_err();
        put(provider.clone())?;
        Ok(failed)
    }

    /// A table of no more than these rows of the one that stands in the session.
    async fn narrowed(
        &self,
        table: &str,
        left: &Left,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let condition = match left {
            Left::These(rows) => {
                let rows = vec![vec![rows.clone()]];
                let schema = rows[0][0].schema();
                return Ok(Arc::new(MemTable::try_new(schema, rows)?));
            }
            Left::Where(condition) => condition,
        };
        let sql = format!("SELECT * FROM {} WHERE {condition}", relation(table));
        let frame = self.engine.frame(&sql).await?;
        let plan = frame.create_physical_plan().await?;
        let parts = (0..plan.properties().output_partitioning().partition_count()).map(|part| {
            let plan = plan.clone();
            Arc::new(Part {
                schema: plan.schema(),
                plan,
                part,
            }) as Arc<dyn PartitionStream>
        });
        let table = StreamingTable::try_new(plan.schema(), parts.collect())?;
        Ok(Arc::new(table))
    }
}

/// A part of the rows that are left, behind a wall that no filter is pushed through:
/// the engine must not evaluate the query on a row that was left out.
#[derive(Debug)]
struct Part {
    schema: SchemaRef,
    plan: Arc<dyn ExecutionPlan>,
    part: usize,
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self.plan.execute(self.part, context) {
            Ok(rows) => rows,
            Err(error) => {
                let rows = futures::stream::iter([Err(error)]);
                Box::pin(
                    datafusion::physical_plan::stream::RecordBatchStreamAdapter::new(
                        self.schema.clone(),
                        rows,
                    ),
                )
            }
        }
    }
}
