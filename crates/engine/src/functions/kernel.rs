//! From arrays of texts to the arrays that the functions yield.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, ListBuilder, StringBuilder, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::Result;
use sha2::{Digest, Sha256};

pub(super) fn fields(names: &[&str]) -> Fields {
    let field = |name: &&str| Field::new(*name, DataType::Utf8, true);
    names.iter().map(field).collect()
}

/// Every value of a text column, whatever its layout.
pub(crate) fn each(column: &ArrayRef, mut of: impl FnMut(Option<&str>)) -> Result<()> {
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().iter().for_each(of),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().for_each(of),
        DataType::Utf8View => column.as_string_view().iter().for_each(of),
        _ => {
            let plain = cast(column, &DataType::Utf8)?;
            plain.as_string::<i32>().iter().for_each(&mut of);
        }
    }
    Ok(())
}

pub(super) fn text(column: &ArrayRef, clean: fn(&str, &mut String) -> bool) -> Result<ArrayRef> {
    let mut out = StringBuilder::with_capacity(column.len(), column.len() * 12);
    let mut buffer = String::new();
    each(column, |value| {
        buffer.clear();
        match value {
            Some(raw) if clean(raw, &mut buffer) => out.append_value(&buffer),
            _ => out.append_null(),
        }
    })?;
    Ok(Arc::new(out.finish()))
}

pub(super) fn list(column: &ArrayRef, numbers: fn(&str) -> Vec<String>) -> Result<ArrayRef> {
    let mut out = ListBuilder::new(StringBuilder::new());
    each(column, |value| match value {
        Some(raw) => {
            for number in numbers(raw) {
                out.values().append_value(number);
            }
            out.append(true);
        }
        None => out.append(false),
    })?;
    Ok(Arc::new(out.finish()))
}

pub(super) fn parts(
    column: &ArrayRef,
    names: &[&str],
    of: fn(&str) -> Vec<Option<String>>,
) -> Result<ArrayRef> {
    let mut out: Vec<StringBuilder> = names.iter().map(|_| StringBuilder::new()).collect();
    each(column, |value| {
        let mut found = value.map(of).unwrap_or_default().into_iter();
        for out in &mut out {
            out.append_option(found.next().flatten());
        }
    })?;
    let nulls = column.logical_nulls();
    Ok(Arc::new(structs(names, out, nulls)))
}

pub(super) fn parts_list(
    column: &ArrayRef,
    names: &[&str],
    of: fn(&str) -> Vec<Vec<Option<String>>>,
) -> Result<ArrayRef> {
    let mut out: Vec<StringBuilder> = names.iter().map(|_| StringBuilder::new()).collect();
    let mut lengths = Vec::with_capacity(column.len());
    each(column, |value| {
        let found = value.map(of).unwrap_or_default();
        lengths.push(found.len());
        for parts in found {
            for (out, part) in out.iter_mut().zip(parts) {
                out.append_option(part);
            }
        }
    })?;
    let values = structs(names, out, None);
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = column.logical_nulls();
    Ok(Arc::new(ListArray::new(
        field,
        offsets,
        Arc::new(values),
        nulls,
    )))
}

fn structs(names: &[&str], parts: Vec<StringBuilder>, nulls: Option<NullBuffer>) -> StructArray {
    let arrays = parts
        .into_iter()
        .map(|mut part| Arc::new(part.finish()) as ArrayRef);
    StructArray::new(fields(names), arrays.collect(), nulls)
}

/// Each value as its length, a colon and its text; null as a lone minus.
pub(super) fn surrogate_keys(columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let texts = columns
        .iter()
        .map(|column| Ok(cast(column, &DataType::Utf8)?))
        .collect::<Result<Vec<_>>>()?;
    let texts: Vec<_> = texts
        .iter()
        .map(|column| column.as_string::<i32>())
        .collect();
    let mut out = StringBuilder::with_capacity(rows, rows * 32);
    let mut hex = String::with_capacity(32);
    for row in 0..rows {
        let mut hash = Sha256::new();
        for text in &texts {
            if text.is_null(row) {
                hash.update(b"-");
            } else {
                let value = text.value(row);
                hash.update(value.len().to_string());
                hash.update(b":");
                hash.update(value);
            }
        }
        hex.clear();
        for byte in &hash.finalize()[..16] {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        out.append_value(&hex);
    }
    Ok(Arc::new(out.finish()))
}
