//! One reading of an address, before it is copied into an [`Address`](super::Address).

use super::cities;
use super::fold::Words;
use super::{split, street};
use std::borrow::Cow;

/// The parts of an address as they stand in its folded text; empty where one lacks.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub number: Cow<'a, str>,
    pub predir: &'static str,
    pub name: Cow<'a, str>,
    pub suffix: &'static str,
    pub postdir: &'static str,
    pub unit_type: &'static str,
    pub unit: Cow<'a, str>,
    pub city: &'a str,
    pub city_words: (usize, usize),
    pub state: &'static str,
    pub zip5: Cow<'a, str>,
    pub zip4: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(words: &'a Words) -> Self {
        let tail = split::split(words);
        let mut parts = Self {
            city: tail.city,
            city_words: tail.city_words,
            state: tail.state,
            zip5: tail.zip5,
            zip4: tail.zip4,
            ..Self::default()
        };
        street::read(words, tail.street, &mut parts);
        parts
    }

    pub(super) fn has_street(&self) -> bool {
        !self.name.is_empty()
    }

    /// Writes the standard form to the end of `out`.
    pub(super) fn write(&self, out: &mut String) {
        let start = out.len();
        let street = [
            &self.number,
            self.predir,
            &self.name,
            self.suffix,
            self.postdir,
        ];
        for part in street.into_iter().chain([self.unit_type, &self.unit]) {
            write_after(out, start, " ", part);
        }
        write_after(out, start, ", ", self.city);
        let gap = if self.state.is_empty() { ", " } else { " " };
        write_after(out, start, ", ", self.state);
        write_after(out, start, gap, &self.zip5);
        write_after(out, start, "-", self.zip4);
    }

    /// Writes the match key to the end of `out`.
    pub(super) fn write_key(&self, words: &Words, out: &mut String) {
        for part in [
            &self.number,
            self.predir,
            &self.name,
            self.suffix,
            self.postdir,
        ] {
            out.push_str(part);
            out.push('|');
        }
        self.write_unit_key(out);
        out.push('|');
        if !self.zip5.is_empty() {
            out.push_str(&self.zip5);
            return;
        }
        let (from, to) = self.city_words;
        for index in from..to {
            if index > from {
                out.push(' ');
            }
            out.push_str(cities::common_form(words.at(index), words.word(index)));
        }
        if !self.state.is_empty() {
            out.push(',');
            out.push_str(self.state);
        }
    }

    /// The unit without the designators that are used for one another.
    fn write_unit_key(&self, out: &mut String) {
        let collapses = |unit: &str| matches!(unit, "APT" | "STE" | "UNIT" | "#" | "RM");
        let parts = std::iter::once(self.unit_type).chain(self.unit.split(' '));
        let start = out.len();
        for part in parts.filter(|part| !part.is_empty() && !collapses(part)) {
            if out.len() > start {
                out.push(' ');
            }
            out.push_str(part);
        }
    }
}

/// Writes `part`, unless it is empty, after what `out` holds from `start` on.
pub(super) fn write_after(out: &mut String, start: usize, gap: &str, part: &str) {
    if !part.is_empty() {
        if out.len() > start {
            out.push_str(gap);
        }
        out.push_str(part);
    }
}

/// Writes each of `parts` that is not empty to the end of `out`, a space apart.
pub(super) fn append(out: &mut String, parts: &[&str]) {
    for part in parts {
        write_after(out, 0, " ", part);
    }
}

/// How often a standard form is read again. Real addresses settle at the first.
const READINGS: usize = 4;

/// Reads `raw`, then reads the standard form again until it stays as it is, and gives the result to
/// `use_parts` with that form. So the standard form of a standard form is itself, and both have one
/// key. `None` when there is no street, or when no reading stays.
pub(super) fn settle<T>(
    raw: &str,
    use_parts: impl FnOnce(&Words, &Parts<'_>, String) -> T,
) -> Option<T> {
    let mut words = Words::of(raw);
    let mut form = String::new();
    for reading in 0..=READINGS {
        let parts = Parts::of(&words);
        if !parts.has_street() {
            return None;
        }
        let mut next = String::with_capacity(words.text.len() + 8);
        parts.write(&mut next);
        if next == if reading == 0 { raw } else { form.as_str() } {
            return Some(use_parts(&words, &parts, next));
        }
        form = next;
        words.refill(&form);
    }
    None
}
