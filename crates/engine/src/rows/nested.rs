//! Lists, maps and structs as JSON.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;
use serde_json::{Map, Value};

/// Whether a value is made of others.
pub(super) fn holds_values(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, kind) => holds_values(kind),
        kind => kind.is_nested(),
    }
}

/// The batch with its lists, maps and structs as texts of JSON, null where they are.
pub(super) fn flat(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let pairs = schema.fields().iter().zip(batch.columns());
    let pairs = pairs.map(|(field, column)| {
        if !holds_values(column.data_type()) {
            return Ok((field.as_ref().clone(), column.clone()));
        }
        let mut out = StringBuilder::new();
        for row in 0..column.len() {
            match column.is_valid(row) {
                true => out.append_value(json(column, row)?.to_string()),
                false => out.append_null(),
            }
        }
        let field = Field::new(field.name(), DataType::Utf8, true);
        Ok((field, Arc::new(out.finish()) as ArrayRef))
    });
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) =
        pairs.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let rows = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new_with_options(schema, columns, &rows)?)
}

fn json(array: &ArrayRef, row: usize) -> Result<Value> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    match array.data_type() {
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter();
            let parts = fields.iter().zip(columns);
            let parts = parts.map(|(field, part)| Ok((field.name().clone(), json(part, row)?)));
            Ok(Value::Object(parts.collect::<Result<Map<_, _>>>()?))
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row)),
        DataType::ListView(_) => list(&array.as_list_view::<i32>().value(row)),
        DataType::LargeListView(_) => list(&array.as_list_view::<i64>().value(row)),
        DataType::Map(..) => list(&make_array(array.as_map().value(row).into_data())),
        DataType::Dictionary(_, kind) if kind.is_nested() => json(&cast(array, kind)?, row),
        DataType::Boolean => Ok(Value::Bool(array.as_boolean().value(row))),
        DataType::Null => Ok(Value::Null),
        kind => {
            let options = FormatOptions::default().with_display_error(true);
            let text = ArrayFormatter::try_new(array, &options)?;
            let text = text.value(row).to_string();
            // NaN and infinities are no numbers of JSON.
            let number = kind.is_numeric().then(|| serde_json::from_str(&text).ok());
            Ok(number.flatten().unwrap_or(Value::String(text)))
        }
    }
}

fn list(values: &ArrayRef) -> Result<Value> {
    let values = (0..values.len()).map(|row| json(values, row));
    Ok(Value::Array(values.collect::<Result<_>>()?))
}
