//! The cells of many records in two flat lists: one text, and where each cell ends in it.

use std::ops::Range;

use super::machine::Sink;

/// Records of one width, one after the other.
#[derive(Debug, Default)]
pub struct CellBatch {
    text: Vec<u8>,
    ends: Vec<usize>,
    lines: Vec<i64>,
}

impl CellBatch {
    /// How many records are held.
    pub fn records(&self) -> usize {
        self.lines.len()
    }

    /// The 1-based physical line on which each record begins.
    pub fn lines(&self) -> &[i64] {
        &self.lines
    }

    /// The text of all cells; every bound of [`Self::cell`] is one of its characters'.
    ///
    /// # Errors
    /// Never, as [`Records`](super::Records) lets only UTF-8 in.
    pub fn text(&self) -> Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(&self.text)
    }

    /// Where in the text a cell stands; `width`: the cells of a record.
    #[inline]
    pub fn cell(&self, record: usize, place: usize, width: usize) -> Range<usize> {
        let at = record * width + place;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before),
            None => Some(&0),
        };
        let end = self.ends.get(at).copied().unwrap_or_default();
        start.copied().unwrap_or(end)..end
    }

    /// The bytes that the text and the places of its cells take.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.lines.clear();
    }

    /// The record whose cells came last is complete.
    pub(super) fn complete(&mut self, line: u64) {
        self.lines.push(line.cast_signed());
    }

    /// Takes out the cells of a record that is not complete.
    pub(super) fn drop_incomplete(&mut self, width: usize) {
        self.ends.truncate(self.lines.len() * width);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

impl Sink for CellBatch {
    #[inline]
    fn text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    #[inline]
    fn cell(&mut self) {
        self.ends.push(self.text.len());
    }
}
