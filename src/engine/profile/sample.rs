//! A sample of rows as numbers: each column a list of codes, each code a value.

use std::collections::HashMap;

/// Rows of a table, evenly chosen: the same rows for the same data.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub columns: Vec<Coded>,
    /// The 1-based line of each row; empty for a table that is no file.
    pub lines: Vec<u64>,
    /// By which rows are chosen: their place in a file, or their hash.
    tags: Vec<u64>,
    /// Rows whose tag is a multiple of it are kept; a power of two.
    stride: u64,
    limit: usize,
}

/// A column of a sample.
#[derive(Clone, Debug, Default)]
pub struct Coded {
    /// 0 for null, else one more than the place of the value.
    pub codes: Vec<u32>,
    pub values: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

impl Coded {
    /// The value of a code; `None` for null.
    pub fn value(&self, code: u32) -> Option<&str> {
        self.values
            .get((code as usize).checked_sub(1)?)
            .map(|v| &**v)
    }

    /// The value of a row; `None` for null.
    pub fn at(&self, row: usize) -> Option<&str> {
        self.value(*self.codes.get(row)?)
    }

    fn push(&mut self, value: Option<&str>) {
        let code = match value {
            None => 0,
            Some(text) => match self.known.get(text) {
                Some(code) => *code,
                None => {
                    self.values.push(text.into());
                    let code = self.values.len() as u32;
                    self.known.insert(text.into(), code);
                    code
                }
            },
        };
        self.codes.push(code);
    }

    /// Leaves out the values that no row has any more.
    fn pack(&mut self) {
        let mut packed = Self::default();
        for code in &self.codes {
            packed.push(self.value(*code));
        }
        *self = packed;
    }
}

impl Sample {
    pub(super) fn new(columns: usize, limit: usize) -> Self {
        Self {
            columns: vec![Coded::default(); columns],
            stride: 1,
            limit: limit.max(2),
            ..Self::default()
        }
    }

    pub fn rows(&self) -> usize {
        self.tags.len()
    }

    /// Whether a row of that tag is among those chosen.
    pub(super) fn wants(&self, tag: u64) -> bool {
        tag & (self.stride - 1) == 0
    }

    pub(super) fn push<'a>(
        &mut self,
        tag: u64,
        line: Option<u64>,
        values: impl Iterator<Item = Option<&'a str>>,
    ) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        self.tags.push(tag);
        self.lines.extend(line);
        // A sample of copies of one row could not be halved for ever.
        while self.tags.len() > self.limit && self.stride < 1 << 62 {
            self.halve();
        }
    }

    fn halve(&mut self) {
        self.stride *= 2;
        let kept: Vec<bool> = self.tags.iter().map(|tag| self.wants(*tag)).collect();
        for column in &mut self.columns {
            retain(&mut column.codes, &kept);
            column.pack();
        }
        if !self.lines.is_empty() {
            retain(&mut self.lines, &kept);
        }
        retain(&mut self.tags, &kept);
    }
}

fn retain<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    list.retain(|_| kept.next().copied().unwrap_or(false));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_keeps_every_so_manieth_row_and_its_values() {
        let mut sample = Sample::new(1, 10);
        for row in 0..1000_u64 {
            if sample.wants(row) {
                let text = row.to_string();
                sample.push(row, Some(row + 2), [Some(text.as_str())].into_iter());
            }
        }
        assert_eq!(sample.rows(), 8);
        assert_eq!(sample.lines[1], 130);
        assert_eq!(sample.columns[0].at(1), Some("128"));
        assert_eq!(sample.columns[0].values.len(), 8);
    }
}
