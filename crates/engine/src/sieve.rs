//! Setting rows aside: violating rows go to the model's quarantine table with
//! their reasons, the rest passes on.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListBuilder, RecordBatch, StringBuilder};
use arrow::compute::{filter_record_batch, not, or, prep_null_mask_filter};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{DFSchema, Result, cast::as_boolean_array};
use datafusion::physical_expr::PhysicalExpr;

use lockgate_core::outcome::Metric;
use lockgate_core::table_name::TableName;

use super::Engine;
use super::measure::Question;

/// The column of a quarantine table that says why each row is in it: the ids of the expectations.
pub const REASONS: &str = "quarantine_reasons";

/// The quarantine table of a model, as SQL names it.
pub fn quarantine_name(model: &str) -> String {
    TableName::quarantine(TableName::model(model)).to_string()
}

/// The quarantine table of a model in the warehouse.
pub fn quarantine_path(model: &str) -> String {
    format!("quarantine/{model}")
}

/// The columns of a model's quarantine table.
pub fn quarantine_schema(model: &Schema) -> SchemaRef {
    let reasons = Field::new(REASONS, DataType::new_list(DataType::Utf8, true), true);
    let own = model.fields().iter().cloned();
    Arc::new(Schema::new(
        own.chain([Arc::new(reasons)]).collect::<Vec<_>>(),
    ))
}

/// The expectations of a table that set rows aside.
pub(super) struct Sieve {
    meshes: Vec<Mesh>,
    schema: SchemaRef,
}

struct Mesh {
    id: String,
    violates: Arc<dyn PhysicalExpr>,
    scope: Arc<dyn PhysicalExpr>,
    rows: u64,
    of: u64,
}

impl Sieve {
    /// From the questions that set rows aside; `None` if none does.
    ///
    /// # Errors
    /// A condition that cannot be told from one row alone.
    pub fn new(
        engine: &Engine,
        schema: &SchemaRef,
        questions: &[Question<'_>],
    ) -> Result<Option<Self>> {
        let mut meshes = Vec::new();
        for question in questions.iter().filter(|q| q.expectation.quarantine) {
            meshes.push(Mesh {
                id: question.expectation.id.clone(),
                violates: condition(engine, schema, &question.violates())?,
                scope: condition(engine, schema, &question.scope())?,
                rows: 0,
                of: 0,
            });
        }
        Ok((!meshes.is_empty()).then(|| Self {
            meshes,
            schema: quarantine_schema(schema),
        }))
    }

    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The rows that pass on, and those set aside with their reasons.
    pub fn split(&mut self, batch: &RecordBatch) -> Result<(RecordBatch, Option<RecordBatch>)> {
        let mut masks = Vec::with_capacity(self.meshes.len());
        for mesh in &mut self.meshes {
            let violates = mask(&mesh.violates, batch)?;
            mesh.rows += violates.true_count() as u64;
            mesh.of += mask(&mesh.scope, batch)?.true_count() as u64;
            masks.push(violates);
        }
        let mut aside = masks[0].clone();
        for mask in &masks[1..] {
            aside = or(&aside, mask)?;
        }
        if aside.true_count() == 0 {
            return Ok((batch.clone(), None));
        }
        let kept = filter_record_batch(batch, &not(&aside)?)?;
        let mut columns = batch.columns().to_vec();
        columns.push(self.reasons(&masks, batch.num_rows()));
        let all = RecordBatch::try_new(self.schema.clone(), columns)?;
        Ok((kept, Some(filter_record_batch(&all, &aside)?)))
    }

    fn reasons(&self, masks: &[BooleanArray], rows: usize) -> ArrayRef {
        let mut reasons = ListBuilder::new(StringBuilder::new());
        for row in 0..rows {
            for (mesh, mask) in self.meshes.iter().zip(masks) {
                if mask.value(row) {
                    reasons.values().append_value(&mesh.id);
                }
            }
            reasons.append(true);
        }
        Arc::new(reasons.finish())
    }

    /// For each question, in order, how many rows it set aside.
    pub fn metrics(&self) -> Vec<Metric> {
        let metric = |mesh: &Mesh| Metric::Violations {
            rows: mesh.rows,
            of: Some(mesh.of),
        };
        self.meshes.iter().map(metric).collect()
    }
}

fn condition(engine: &Engine, schema: &SchemaRef, sql: &str) -> Result<Arc<dyn PhysicalExpr>> {
    let schema = DFSchema::try_from(schema.as_ref().clone())?;
    let expr = engine.expression(sql, &schema)?;
    engine.physical(expr, &schema)
}

/// The rows for which a condition is true.
pub(super) fn mask(expr: &Arc<dyn PhysicalExpr>, batch: &RecordBatch) -> Result<BooleanArray> {
    let value = expr.evaluate(batch)?.into_array(batch.num_rows())?;
    let value = as_boolean_array(&value)?;
    Ok(if value.null_count() > 0 {
        prep_null_mask_filter(value)
    } else {
        value.clone()
    })
}

/// Whether every question that sets rows aside can be told from one row alone.
pub fn row_by_row(engine: &Engine, schema: &SchemaRef, question: &Question<'_>) -> Result<()> {
    Sieve::new(engine, schema, std::slice::from_ref(question)).map(|_| ())
}
