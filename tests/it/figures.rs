//! Figures on the reference data beside the project, where it is: printed, and held above their floors.
//!
//! `cargo test --test it figures -- --nocapture` prints them.

mod addresses;
mod leads;
mod phones;
mod restaurants;

use std::path::{Path, PathBuf};

/// A file of the reference data.
fn data(path: &str) -> Option<PathBuf> {
    crate::support::outside(path)
}

/// The rows of a CSV file, each a map from the header's names.
fn rows(path: &Path) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let rows = reader.deserialize().collect::<Result<_, _>>();
    rows.expect("rows")
}

/// `97.3 % (973 of 1000)`.
fn share(part: usize, of: usize) -> String {
    format!(
        "{:.1} % ({part} of {of})",
        100.0 * part as f64 / of.max(1) as f64
    )
}

#[track_caller]
fn at_least(percent: f64, part: usize, of: usize, what: &str) {
    let reached = 100.0 * part as f64 / of.max(1) as f64;
    assert!(
        reached >= percent,
        "{what}: {}, at least {percent} % is asked",
        share(part, of)
    );
}

/// Puts a CSV file into a session as a table of texts.
fn put(engine: &lockgate::engine::Engine, name: &str, path: &Path) {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header = reader.headers().expect("a header").clone();
    let records: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().expect("records");
    let columns = header.iter().enumerate().map(|(at, name)| {
        let cells = records
            .iter()
            .map(|record| record.get(at).filter(|cell| !cell.is_empty()));
        (
            name.to_owned(),
            std::sync::Arc::new(cells.collect::<StringArray>()) as ArrayRef,
            true,
        )
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("a batch");
    engine.put_rows(name, vec![batch]).expect("a table");
}
