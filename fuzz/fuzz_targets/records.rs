//! The checks of a CSV file: any bytes get an answer, and the count of the records is that of their lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_core::intake::{CellBatch, Dialect, Records};

fuzz_target!(|bytes: &[u8]| {
    let mut counted = Records::new(bytes, Dialect::default());
    let mut lines = Vec::new();
    let mut batch = CellBatch::default();
    if counted.header().is_err() {
        return;
    }
    loop {
        let read = counted.read(16, &mut batch);
        lines.extend_from_slice(batch.lines());
        if !matches!(read, Ok(1..)) {
            break;
        }
    }
    let mut read = Records::new(bytes, Dialect::default());
    let Ok(header) = read.header().map(<[String]>::len) else {
        return;
    };
    let mut cells = 0;
    while let Ok(Some(record)) = read.cells() {
        assert_eq!(record.len(), header);
        cells += 1;
    }
    assert_eq!(cells, lines.len());
    assert!(lines.is_sorted());
});
