//! The figures of one column, value by value, in bounded memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;

use super::form::{FORMS, Form, date, forms, number, timestamp};

/// Different values that are counted each by itself at most, and their bytes.
const VALUES: usize = 8192;
const BYTES: usize = 1 << 20;

/// The smallest hashes kept, by which many different values are estimated: within about 2 %.
const SKETCH: usize = 4096;

/// Lengths told apart, in characters; longer values count as this long.
const LENGTH: usize = 8191;

/// A column's figures so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub rows: u64,
    pub nulls: u64,
    pub blanks: u64,
    pub padded: u64,
    /// For each of [`FORMS`], the values that have it.
    pub fits: [u64; FORMS.len()],
    lengths: BTreeMap<usize, u64>,
    /// For each form that has an order, its least and greatest value.
    pub ends: [Option<[Point; 2]>; FORMS.len()],
    values: HashMap<Box<str>, u64>,
    bytes: usize,
    many: bool,
    sketch: BTreeSet<u64>,
}

/// A value in the order of its form.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Point {
    Number(f64),
    Time(NaiveDateTime),
}

impl Point {
    /// Where a text stands among values of a form; `None` for a form without an order.
    pub fn of(text: &str, form: Form) -> Option<Self> {
        match form {
            Form::Integer | Form::Decimal => number(text).map(Self::Number),
            Form::Date(format) => date(text, format)
                .and_then(|date| date.and_hms_opt(0, 0, 0))
                .map(Self::Time),
            Form::Timestamp(format) => timestamp(text, format).map(Self::Time),
            _ => None,
        }
    }

    /// As a person writes it: a whole number without a fraction, a date as ISO 8601.
    pub fn text(self, form: Form) -> String {
        match (self, form) {
            (Self::Number(value), _) => format!("{value}"),
            (Self::Time(time), Form::Timestamp(_)) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
            (Self::Time(time), _) => time.format("%Y-%m-%d").to_string(),
        }
    }
}

impl Tally {
    pub fn null(&mut self) {
        self.rows += 1;
        self.nulls += 1;
    }

    /// Takes in a value; `hash` is the same for the same text.
    pub fn value(&mut self, text: &str, hash: u64) {
        self.rows += 1;
        if self.many {
            self.weigh(text, 1);
            self.remember(hash);
            return;
        }
        if let Some(count) = self.values.get_mut(text) {
            *count += 1;
            return;
        }
        self.remember(hash);
        self.values.insert(text.into(), 1);
        self.bytes += text.len();
        if self.values.len() > VALUES || self.bytes > BYTES {
            self.many = true;
            for (text, count) in std::mem::take(&mut self.values) {
                self.weigh(&text, count);
            }
        }
    }

    fn remember(&mut self, hash: u64) {
        let full = self.sketch.len() >= SKETCH;
        if full && self.sketch.last().is_some_and(|last| hash >= *last) {
            return;
        }
        self.sketch.insert(hash);
        if self.sketch.len() > SKETCH {
            self.sketch.pop_last();
        }
    }

    fn weigh(&mut self, text: &str, count: u64) {
        let length = text.chars().take(LENGTH).count();
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.blanks += count;
            return;
        }
        *self.lengths.entry(length).or_default() += count;
        if trimmed.len() != text.len() {
            self.padded += count;
        }
        let found = forms(trimmed);
        for (bit, form) in FORMS.iter().enumerate() {
            if found & (1 << bit) == 0 {
                continue;
            }
            self.fits[bit] += count;
            if let Some(point) = Point::of(trimmed, *form) {
                let ends = self.ends[bit].get_or_insert([point, point]);
                if point < ends[0] {
                    ends[0] = point;
                }
                if point > ends[1] {
                    ends[1] = point;
                }
            }
        }
    }

    /// Closes the count: to be called once, after the last value.
    pub fn finish(&mut self) {
        if !self.many {
            let values = std::mem::take(&mut self.values);
            for (text, count) in &values {
                self.weigh(text, *count);
            }
            self.values = values;
        }
    }

    /// Values that are neither null nor blank.
    pub fn present(&self) -> u64 {
        self.rows - self.nulls - self.blanks
    }

    /// How many different values, and whether that is exact.
    pub fn distinct(&self) -> (u64, bool) {
        if !self.many {
            return (self.values.len() as u64, true);
        }
        let greatest = self.sketch.last().copied().unwrap_or(u64::MAX);
        let share = greatest as f64 / u64::MAX as f64;
        let estimate = (self.sketch.len().saturating_sub(1)) as f64 / share;
        ((estimate as u64).min(self.rows - self.nulls), false)
    }

    /// The values with their counts, the most frequent first, then by text; `None` where they are too many.
    pub fn counted(&self) -> Option<Vec<(&str, u64)>> {
        if self.many {
            return None;
        }
        let mut all: Vec<(&str, u64)> = self.values.iter().map(|(text, n)| (&**text, *n)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Some(all)
    }

    /// The shortest, median and longest value, in characters.
    pub fn lengths(&self) -> Option<[u64; 3]> {
        let all: u64 = self.lengths.values().sum();
        let mut before = 0;
        let median = self.lengths.iter().find(|(_, count)| {
            before += **count;
            before * 2 >= all
        });
        let first = self.lengths.keys().next()?;
        let last = self.lengths.keys().next_back()?;
        Some([*first as u64, *median?.0 as u64, *last as u64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_estimated_and_few_are_counted() {
        let mut few = Tally::default();
        let mut many = Tally::default();
        for i in 0..100_000_u64 {
            let hash = |n: u64| (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            few.value(&(i % 7).to_string(), hash(i % 7));
            many.value(&i.to_string(), hash(i));
        }
        few.finish();
        many.finish();
        assert_eq!(few.distinct(), (7, true));
        let (estimate, exact) = many.distinct();
        assert!(
            !exact && (95_000..=105_000).contains(&estimate),
            "{estimate}"
        );
        assert_eq!(few.fits[6], 100_000, "all are integers");
        assert_eq!(many.fits[6], 100_000, "all are integers");
        assert_eq!(many.lengths(), Some([1, 5, 5]));
        assert!(many.counted().is_none());
    }
}
