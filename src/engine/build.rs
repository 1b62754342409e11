//! Building a model: its plan run once, into staged files.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::common::DataFusionError;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, LogicalPlan, cast, ident};
use futures::TryStreamExt;

use crate::contract::Contract;
use crate::error::Result;
use crate::project::Model;

use super::plan::plain;
use super::{Engine, Gauge, Passed, Question, Staged, Warehouse};

/// How building went.
#[derive(Debug)]
pub enum Built {
    /// The rows, and what was measured while they were written.
    Staged(Staged, Passed),
    /// The query failed on the data: why.
    Failed(String),
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
    plan: &LogicalPlan,
    questions: &[Question<'_>],
) -> Result<Built> {
    let contract = model.contract.as_ref().map(|(contract, _)| contract);
    let schema = stored_schema(plan.schema().as_arrow(), contract);
    let mut staging = warehouse.stage(&table_path(model), schema.clone(), &[])?;
    let table = crate::expect::ident(&model.name);
    let mut gauge = Gauge::start(engine, &model.name, &table, schema.clone(), questions).await?;
    let mut stream = match stream(engine, plan, &schema).await {
        Ok(stream) => stream,
        Err(error) => return Ok(Built::Failed(plain(&error.strip_backtrace()))),
    };
    loop {
        match stream.try_next().await {
            Ok(Some(batch)) => {
                let batch = batch.with_schema(schema.clone());
                let batch =
                    batch.map_err(|error| crate::error::Error::engine("building", error))?;
                gauge.push(&batch).await;
                staging.write(batch).await?;
            }
            Ok(None) => {
                let staged = staging.finish(&[]).await?;
                return Ok(Built::Staged(staged, gauge.finish().await));
            }
            Err(error) => {
                let staged = staging.finish(&[]).await?;
                warehouse.discard(&table_path(model), staged).await?;
                return Ok(Built::Failed(plain(&error.strip_backtrace())));
            }
        }
    }
}

async fn stream(
    engine: &Engine,
    plan: &LogicalPlan,
    schema: &SchemaRef,
) -> Result<datafusion::execution::SendableRecordBatchStream, DataFusionError> {
    let columns: Vec<Expr> = schema
        .fields()
        .iter()
        .map(|field| cast(ident(field.name()), field.data_type().clone()).alias(field.name()))
        .collect();
    let frame = DataFrame::new(engine.ctx.state(), plan.clone());
    frame.select(columns)?.execute_stream().await
}

/// The types a table is stored with: those of the contract where it names the
/// column, else the nearest that every reader of the table knows.
fn stored_schema(schema: &Schema, contract: Option<&Contract>) -> SchemaRef {
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

fn portable(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 | DataType::Null => DataType::Utf8,
        DataType::Dictionary(_, value) => portable(value),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::List(field) | DataType::LargeList(field) => {
            DataType::new_list(portable(field.data_type()), true)
        }
        other => other.clone(),
    }
}
