//! A table as the search for keys, dependencies and findings sees it.

use crate::contract::{RAW_COLUMNS, snake_case};
use crate::engine::{FORMS, Figures, Form, Point, Sample, Spot, Tally};
use crate::outcome::Place;

use super::codes::Order;

/// Different values up to which a column counts as a list of words, not of data.
pub(super) const FEW: usize = 20;

/// Characters of a value that a sentence shows.
const SHOWN: usize = 40;

/// The figures of a table with what they mean.
pub(super) struct View {
    pub names: Vec<String>,
    pub rows: u64,
    pub tallies: Vec<Tally>,
    pub sample: Sample,
    /// What most values of each column read as; `None`: text, or nothing at all.
    pub forms: Vec<Option<Form>>,
    /// For each column and code, the rows of the sample.
    pub counts: Vec<Vec<u64>>,
    /// The rows of the sample by the code of each column.
    pub orders: Vec<Order>,
    /// Columns that lockgate added.
    pub own: Vec<bool>,
    pub masked: bool,
}

impl View {
    pub fn new(names: Vec<String>, figures: Figures, masked: bool) -> Self {
        let forms = names.iter().zip(&figures.columns);
        let forms = forms.map(|(name, tally)| chosen(name, tally)).collect();
        let counts = figures.sample.columns.iter().map(|column| {
            let mut counts = vec![0; column.values.len() + 1];
            for code in &column.codes {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
            counts
        });
        let coded = figures.sample.columns.iter();
        let orders = coded.map(|column| Order::new(&column.codes));
        Self {
            own: names
                .iter()
                .map(|name| RAW_COLUMNS.contains(&name.as_str()))
                .collect(),
            counts: counts.collect(),
            orders: orders.collect(),
            forms,
            rows: figures.rows,
            tallies: figures.columns,
            sample: figures.sample,
            names,
            masked,
        }
    }

    pub fn width(&self) -> usize {
        self.names.len()
    }

    pub fn is_whole(&self) -> bool {
        self.sample.rows() as u64 == self.rows
    }

    /// Columns of the data itself with more than one value.
    pub fn telling(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.width())
            .filter(|at| !self.own[*at] && self.counts[*at].iter().filter(|n| **n > 0).count() > 1)
    }

    /// Different values, nulls not counted, as well as they are known.
    pub fn distinct(&self, at: usize) -> u64 {
        self.tallies[at].distinct().0
    }

    /// The least and the greatest value of a column whose form has an order.
    pub fn ends(&self, at: usize) -> Option<[Point; 2]> {
        let bit = FORMS
            .iter()
            .position(|known| Some(*known) == self.forms[at])?;
        self.tallies[at].ends[bit]
    }

    pub fn name(&self, at: usize) -> String {
        format!("`{}`", self.names[at])
    }

    /// Names in a sentence: `A`, `B` and `C`.
    pub fn list(&self, columns: &[usize]) -> String {
        let names: Vec<String> = columns.iter().map(|at| self.name(*at)).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }

    /// Whether values of the column are kept out of everything that is shown.
    pub fn hides(&self, at: usize) -> bool {
        self.masked && !self.own[at]
    }

    /// Where a row of the sample stands, with its value of a column.
    pub fn place(&self, row: usize, of: Option<usize>) -> Place {
        let named = |name: &str| {
            let at = self.names.iter().position(|known| known == name)?;
            self.sample.columns[at].at(row)
        };
        let line = self.sample.lines.get(row).copied();
        let value = of.filter(|_| !self.masked);
        Place {
            line: line.or_else(|| named("file_line")?.parse().ok()),
            file: named("file_name").map(str::to_owned),
            value: value.and_then(|at| self.sample.columns[at].at(row).map(shown)),
        }
    }

    /// Where some of all rows stand, with the values that matter.
    pub fn places_of(&self, spots: &[Spot]) -> Vec<Place> {
        let value = |spot: &Spot| spot.value.as_deref().filter(|_| !self.masked).map(shown);
        let place = |spot: &Spot| Place {
            line: spot.line,
            file: spot.file.clone(),
            value: value(spot),
        };
        spots.iter().map(place).collect()
    }

    /// The places of some rows, in order, the first few.
    pub fn places(&self, rows: &[usize], of: Option<usize>, most: usize) -> Vec<Place> {
        let mut places: Vec<Place> = rows.iter().map(|row| self.place(*row, of)).collect();
        places.sort_by(|a, b| (&a.file, a.line, &a.value).cmp(&(&b.file, b.line, &b.value)));
        places.truncate(most);
        places
    }
}

/// A value in a sentence: one line, cut.
pub(super) fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { '⏎' } else { c })
        .collect();
    match line.chars().count() {
        0..=SHOWN => line,
        _ => line.chars().take(SHOWN - 1).chain(['…']).collect(),
    }
}

/// `1,234 rows`, `1 row`.
pub(super) fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// `1,234`.
pub(super) fn grouped(number: u64) -> String {
    let mut text = String::new();
    let digits = number.to_string();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The form that nineteen of twenty values have, the most special first. Digits
/// alone are a phone or a ZIP code only in a column that is called so.
fn chosen(name: &str, tally: &Tally) -> Option<Form> {
    let of = tally.present();
    if of == 0 {
        return None;
    }
    let name = snake_case(name);
    let called = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
    let share = |bit: usize| tally.fits[bit] * 20 >= of * 19;
    let fits = |form: Form| {
        FORMS
            .iter()
            .position(|known| *known == form)
            .is_some_and(share)
    };
    let digits = fits(Form::Integer);
    for form in [Form::Boolean, Form::State, Form::Email, Form::Url] {
        if fits(form) {
            return Some(form);
        }
    }
    if fits(Form::Phone)
        && (!digits || called(&["phone", "mobile", "cell", "tel", "fax", "phone2"]))
    {
        return Some(Form::Phone);
    }
    if fits(Form::Zip) && (!digits || called(&["zip", "zipcode", "postal", "postcode", "zip5"])) {
        return Some(Form::Zip);
    }
    let timed = FORMS
        .iter()
        .enumerate()
        .filter(|(bit, form)| matches!(form, Form::Date(_) | Form::Timestamp(_)) && share(*bit));
    // Of two layouts that fit as well the first one stands.
    let timed = timed.rev().max_by_key(|(bit, _)| tally.fits[*bit]);
    if let Some((_, form)) = timed {
        return Some(*form);
    }
    [Form::Integer, Form::Decimal]
        .into_iter()
        .find(|form| fits(*form))
}

/// How many values have a form.
pub(super) fn fitting(tally: &Tally, form: Form) -> u64 {
    let bit = FORMS.iter().position(|known| *known == form);
    bit.map_or(0, |bit| tally.fits[bit])
}
