//! JSON in a cell against a JSON Schema.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use datafusion::common::{Result, exec_datafusion_err};

use lockgate_core::json::Schema;

use super::kernel::each;

/// `json_fault(text, schema)`: why each text does not fit, null where it does; the schema is the same for every row.
pub(super) fn faults(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let mut schema = None;
    each(&columns[1], |value| schema = value.map(str::to_owned))?;
    let mut out = StringBuilder::with_capacity(columns[0].len(), 0);
    let Some(schema) = schema else {
        out.append_nulls(columns[0].len());
        return Ok(Arc::new(out.finish()));
    };
    let schema = Schema::read(&schema)
        .map_err(|fault| exec_datafusion_err!("the JSON Schema is not right: {fault}"))?;
    each(&columns[0], |value| {
        let fault = value.and_then(|text| schema.fault_of_text(text));
        out.append_option(fault.map(|fault| fault.to_string()));
    })?;
    Ok(Arc::new(out.finish()))
}
