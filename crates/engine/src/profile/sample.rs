//! A sample of rows as numbers: each column a list of codes, each code a value.

use std::collections::HashMap;

/// Rows of a table, evenly chosen: the same rows for the same data.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub columns: Vec<Coded>,
    /// The 1-based line of each row; empty for a table that is no file.
    pub lines: Vec<u64>,
    /// By which rows are chosen: their scattered place in a file, or their hash.
    tags: Vec<u64>,
    /// Rows whose tag is a multiple of it are kept; a power of two.
    stride: u64,
    limit: usize,
}

/// A number for a row's place by which rows are chosen evenly, whatever period their values have.
pub fn scattered(place: u64) -> u64 {
    // By the golden ratio neighbours go far apart; only the high bits depend on all of the place.
    place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
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

    /// Orders the rows of a table, which come in any order, by their tags, and those of equal tags by
    /// their values: the same data gives the same codes.
    pub(super) fn settle(&mut self) {
        if !self.lines.is_empty() {
            return;
        }
        let mut order: Vec<usize> = (0..self.rows()).collect();
        let cells = |row: usize| self.columns.iter().map(move |column| column.at(row));
        order.sort_unstable_by(|a, b| {
            let tags = self.tags[*a].cmp(&self.tags[*b]);
            tags.then_with(|| cells(*a).cmp(cells(*b)))
        });
        for column in &mut self.columns {
            column.codes = order.iter().map(|row| column.codes[*row]).collect();
            column.pack();
        }
        self.tags.sort_unstable();
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
    fn a_sample_is_of_rows_from_all_over_and_of_their_values() {
        let mut sample = Sample::new(1, 10);
        for row in 0..1000_u64 {
            if sample.wants(scattered(row)) {
                let text = (row % 8).to_string();
                sample.push(scattered(row), Some(row), [Some(text.as_str())].into_iter());
            }
        }
        assert_eq!(sample.rows(), 6);
        let parts: Vec<u64> = sample.lines.iter().map(|line| line / 250).collect();
        assert_eq!(parts, [0, 0, 1, 1, 2, 3], "evenly chosen");
        let values = &sample.columns[0].values;
        assert!(
            values.len() == 6,
            "a period of eight is not missed: {values:?}"
        );
    }

    #[test]
    fn rows_of_a_table_are_in_the_same_order_whatever_the_order_they_come_in() {
        // Tags meet where nulls leave a hash as it is.
        let rows = [(8, "a"), (4, "b"), (4, "c"), (2, "a"), (0, "d")];
        let settled = |rows: &mut dyn Iterator<Item = &(u64, &str)>| {
            let mut sample = Sample::new(1, 10);
            for (tag, text) in rows {
                sample.push(*tag, None, [Some(*text)].into_iter());
            }
            sample.settle();
            let column = sample.columns.remove(0);
            (sample.tags, column.codes, column.values)
        };
        let expected = settled(&mut rows.iter());
        assert_eq!(expected.1, [1, 2, 3, 4, 2], "d a b c a");
        assert_eq!(settled(&mut rows.iter().rev()), expected);
    }
}
