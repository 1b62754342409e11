//! Where rows stand: their file and line, and their value of one column.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray};
use arrow::compute::{cast, filter};
use arrow::datatypes::{DataType, Int64Type};

use super::read::Texts;

/// Rows kept of those that break something.
pub(super) const SHOWN: usize = 6;

/// Where a row stands, in the order of files, lines and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// `None` where the table does not say.
    pub file: Option<String>,
    /// 1-based.
    pub line: Option<u64>,
    /// Of the column that matters; `None` for null.
    pub value: Option<String>,
}

/// A [`Spot`] that is not kept yet.
pub(super) type At<'a> = (Option<&'a str>, Option<u64>, Option<&'a str>);

impl Spot {
    pub(super) fn at(&self) -> At<'_> {
        (self.file.as_deref(), self.line, self.value.as_deref())
    }
}

impl From<At<'_>> for Spot {
    fn from((file, line, value): At<'_>) -> Self {
        Self {
            file: file.map(str::to_owned),
            line,
            value: value.map(str::to_owned),
        }
    }
}

/// The first few rows in their order, whatever the order they come in.
#[derive(Debug, Default)]
pub struct First(pub Vec<Spot>);

impl First {
    pub(super) fn see(&mut self, row: At) {
        let place = self.0.partition_point(|known| known.at() < row);
        if place < SHOWN {
            self.0.insert(place, row.into());
            self.0.truncate(SHOWN);
        }
    }

    /// Takes in those rows of a scan that `mask` says, with their values of a column.
    ///
    /// # Errors
    /// Of the kernels.
    pub fn see_all(
        &mut self,
        rows: &Scanned,
        mask: &BooleanArray,
        of: usize,
    ) -> arrow::error::Result<()> {
        if mask.true_count() > 0 {
            let spots = rows.spots(mask, of)?;
            (0..spots.values.len()).for_each(|row| self.see(spots.at(row)));
        }
        Ok(())
    }

    /// Takes in what others have kept.
    pub fn extend(&mut self, others: &[Spot]) {
        others.iter().for_each(|spot| self.see(spot.at()));
    }
}

/// A batch of a scan.
pub struct Scanned<'a> {
    columns: &'a [ArrayRef],
    files: Option<&'a ArrayRef>,
    /// Of a file; those of a table are in a column.
    lines: Option<Int64Array>,
    pub rows: usize,
}

/// Some of its rows.
pub(super) struct Spots {
    files: Option<ArrayRef>,
    lines: Option<ArrayRef>,
    pub values: ArrayRef,
}

impl<'a> Scanned<'a> {
    pub(super) fn new(names: &[String], texts: &'a Texts) -> Self {
        let named = |name: &str| {
            let at = names.iter().position(|known| known == name)?;
            texts.columns.get(at)
        };
        let told = || cast(named("file_line")?, &DataType::Int64).ok();
        let lines = match texts.lines.is_empty() {
            true => told().map(|lines| lines.as_primitive::<Int64Type>().clone()),
            false => Some(Int64Array::from(texts.lines.clone())),
        };
        Self {
            columns: &texts.columns,
            files: named("file_name"),
            lines,
            rows: texts.rows,
        }
    }

    pub fn column(&self, at: usize) -> &'a StringArray {
        self.columns[at].as_string::<i32>()
    }

    pub(super) fn spots(&self, mask: &BooleanArray, of: usize) -> arrow::error::Result<Spots> {
        let files = self.files.map(|files| filter(files, mask));
        let lines = self.lines.as_ref().map(|lines| filter(lines, mask));
        Ok(Spots {
            files: files.transpose()?,
            lines: lines.transpose()?,
            values: filter(&self.columns[of], mask)?,
        })
    }
}

impl Spots {
    pub fn at(&self, row: usize) -> At<'_> {
        let text = |column: &'_ ArrayRef| -> Option<usize> { column.is_valid(row).then_some(row) };
        let file = self.files.as_ref();
        let file = file.and_then(|files| Some(files.as_string::<i32>().value(text(files)?)));
        let lines = self.lines.as_ref().filter(|lines| lines.is_valid(row));
        let line = lines.map(|lines| lines.as_primitive::<Int64Type>().value(row).cast_unsigned());
        let values = self.values.as_string::<i32>();
        (file, line, values.is_valid(row).then(|| values.value(row)))
    }
}
