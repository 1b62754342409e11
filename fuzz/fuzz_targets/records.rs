//! The checks of a CSV file: any bytes get an answer, and the count of the records is that of their lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::intake::{Dialect, Records};

fuzz_target!(|bytes: &[u8]| {
    let mut counted = Records::new(bytes, Dialect::default());
    let mut lines = Vec::new();
    if counted.header().is_err() {
        return;
    }
    while let Ok(count) = counted.advance(16, &mut lines) {
        if count == 0 {
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
