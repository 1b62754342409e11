//! CSV files in the writing.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::Written;

const FLUSH_AT: usize = 1 << 20;

/// A CSV file in the writing. Rows are composed in the buffer itself, so a cell is copied once.
pub(super) struct Sheet {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    rows: u64,
    bytes: u64,
}

impl Sheet {
    pub(super) fn create(path: PathBuf, header: &str) -> io::Result<Sheet> {
        let file = File::create(&path)?;
        let mut buffer = Vec::with_capacity(FLUSH_AT + 8192);
        buffer.extend_from_slice(header.as_bytes());
        Ok(Sheet {
            path,
            file,
            buffer,
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds the record that `compose` appends. Newlines go before records, so none ends the file.
    pub(super) fn row(&mut self, compose: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.buffer.push(b'\n');
        compose(&mut self.buffer);
        self.rows += 1;
        if self.buffer.len() >= FLUSH_AT {
            self.flush()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Written> {
        self.flush()?;
        Ok(Written {
            path: self.path,
            rows: self.rows,
            bytes: self.bytes,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}
