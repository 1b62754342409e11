//! Building a model: its plan run once, into staged files.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, cast, ident};
use futures::TryStreamExt;

use lockgate_core::contract::{Contract, portable};
use lockgate_core::error::{Error, Result};
use lockgate_core::project::Model;

use super::failure::Failed;
use super::sieve::Sieve;
use super::{Engine, Gauge, Passed, Plan, Question, Staged, Staging, Warehouse, quarantine_path};

/// How building went.
#[derive(Debug)]
pub enum Built {
    /// The rows, those set aside, and what was measured while they were written.
    Staged {
        rows: Staged,
        quarantined: Option<Staged>,
        passed: Passed,
    },
    /// The query failed: on what.
    Failed(Failed),
}

/// The path of a model's table in the warehouse.
pub fn table_path(model: &Model) -> String {
    format!("{}/{}", model.layer, model.name)
}

/// Runs the plan and stages its rows, as the types of the contract, measured as they pass.
///
/// # Errors
/// Only of the storage; a query that fails on the data is [`Built::Failed`].
pub async fn stage_model(
    engine: &Engine,
    warehouse: &Warehouse,
    model: &Model,
    plan: &Plan,
    questions: &[Question<'_>],
) -> Result<Built> {
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let schema = stored_schema(plan.schema(), contract);
    let staging = warehouse.stage(&table_path(model), schema.clone(), &[])?;
    let table = lockgate_core::expect::ident(&model.name);
    let failed = |error: DataFusionError| Ok(Built::Failed(error.into()));
    let mut writer = Writer {
        gauge: Gauge::start(engine, &model.name, &table, schema.clone(), questions).await?,
        staging,
        aside: None,
    };
    match Sieve::new(engine, &schema, questions) {
        Ok(None) => {}
        Ok(Some(sieve)) => {
            let path = quarantine_path(&model.name);
            writer.aside = Some((warehouse.stage(&path, sieve.schema(), &[])?, sieve));
        }
        Err(error) => return failed(error),
    }
    let mut stream = match stream(engine, &plan.0, &schema).await {
        Ok(stream) => stream,
        Err(error) => return failed(error),
    };
    loop {
        let batch = match stream.try_next().await {
            Ok(Some(batch)) => batch.with_schema(schema.clone()),
            Ok(None) => return writer.finish().await,
            Err(error) => {
                writer.discard(warehouse, model).await?;
                return failed(error);
            }
        };
        let batch = batch.map_err(|error| Error::engine("building", error))?;
        if let Err(error) = writer.write(batch).await? {
            writer.discard(warehouse, model).await?;
            return failed(error);
        }
    }
}

/// The ways a batch takes: past the sieve into the staged rows, measured as it goes.
struct Writer {
    gauge: Gauge,
    staging: Staging,
    aside: Option<(Staging, Sieve)>,
}

impl Writer {
    async fn write(&mut self, batch: RecordBatch) -> Result<Result<(), DataFusionError>> {
        let mut batch = batch;
        if let Some((staging, sieve)) = &mut self.aside {
            let (kept, aside) = match sieve.split(&batch) {
                Ok(split) => split,
                Err(error) => return Ok(Err(error)),
            };
            if let Some(aside) = aside {
                staging.write(aside).await?;
            }
            batch = kept;
        }
        self.gauge.push(&batch).await;
        self.staging.write(batch).await?;
        Ok(Ok(()))
    }

    async fn finish(self) -> Result<Built> {
        let rows = self.staging.finish(&[]).await?;
        let mut passed = self.gauge.finish().await;
        let quarantined = match self.aside {
            None => None,
            Some((staging, sieve)) => {
                passed.aside = sieve.metrics();
                Some(staging.finish(&[]).await?)
            }
        };
        Ok(Built::Staged {
            rows,
            quarantined,
            passed,
        })
    }

    async fn discard(self, warehouse: &Warehouse, model: &Model) -> Result<()> {
        let rows = self.staging.finish(&[]).await?;
        warehouse.discard(&table_path(model), rows).await?;
        if let Some((staging, _)) = self.aside {
            let aside = staging.finish(&[]).await?;
            warehouse
                .discard(&quarantine_path(&model.name), aside)
                .await?;
        }
        Ok(())
    }
}

pub(super) async fn stream(
    engine: &Engine,
    plan: &LogicalPlan,
    schema: &SchemaRef,
) -> Result<datafusion::execution::SendableRecordBatchStream, DataFusionError> {
    let columns: Vec<Expr> = schema
        .fields()
        .iter()
        .map(|field| cast(ident(field.name()), field.data_type().clone()).alias(field.name()))
        .collect();
    let frame = engine.frame_of(plan.clone());
    frame.select(columns)?.execute_stream().await
}

/// The types a table is stored with: those of the contract where it names the
/// column, else the nearest that every reader of the table knows.
pub(super) fn stored_schema(schema: &Schema, contract: Option<&Contract>) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let promised = contract.and_then(|contract| contract.column(field.name()));
        let data_type = match promised {
            Some(column) => column.kind.get_ref().stored(field.data_type()),
            None => portable(field.data_type()),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
