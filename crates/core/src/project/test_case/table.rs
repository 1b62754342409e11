//! The rows of a unit test, as a person wrote them: in TOML, as CSV, in a CSV file.

use std::ops::Range;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::document;
use crate::error::{Problem, Text};
use crate::intake;

/// Rows that a person wrote, not yet of any type.
#[derive(Clone, Debug)]
pub struct TestTable {
    /// The file in which the rows stand.
    pub text: Text,
    /// Where the file of tests says what the rows are: the value of `rows`, `csv` or `file`.
    pub said: Range<usize>,
    /// The columns that are given, in the order of their first mention.
    pub columns: Vec<Spanned<String>>,
    /// A cell for each column; `None` is null.
    pub rows: Vec<Vec<Option<Spanned<Entry>>>>,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// In a row of TOML.
    Value(toml::Value),
    /// In a cell of CSV.
    Text(String),
}

type Row = IndexMap<Spanned<String>, Spanned<toml::Value>>;

/// A table of a test, said in one of three ways.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rows {
    rows: Option<Spanned<Vec<Row>>>,
    csv: Option<Spanned<String>>,
    file: Option<Spanned<String>>,
    pub ordered: Option<Spanned<bool>>,
}

/// Reads the tables of one file of tests.
pub(super) struct Tables<'a> {
    pub text: &'a Text,
    /// Reads a file of the project by its path.
    pub open: &'a dyn Fn(&str) -> std::io::Result<String>,
    pub problems: Vec<Problem>,
}

impl Tables<'_> {
    /// The rows, or `None` and a problem; `place` is where their table begins.
    pub fn read(&mut self, rows: Rows, place: &Range<usize>) -> Option<TestTable> {
        match (rows.rows, rows.csv, rows.file) {
            (Some(rows), None, None) => Some(of_rows(self.text, rows)),
            (None, Some(csv), None) => {
                let place = |part| document::within(self.text, &csv, part);
                self.csv((self.text.clone(), csv.span()), csv.get_ref(), &place)
            }
            (None, None, Some(file)) => self.file(&file),
            (None, None, None) => self.ambiguous("nothing says what the rows are", place),
            _ => self.ambiguous("the rows are said in two ways", place),
        }
    }

    fn ambiguous(&mut self, message: &str, place: &Range<usize>) -> Option<TestTable> {
        self.problems.push(
            Problem::new("lockgate::test::rows", message)
                .at(self.text, place.clone(), "here")
                .help("write one of `rows`, `csv` and `file`"),
        );
        None
    }

    fn file(&mut self, file: &Spanned<String>) -> Option<TestTable> {
        let mut wrong = |message: String| {
            self.problems.push(
                Problem::new("lockgate::test::file", message)
                    .at(self.text, file.span(), "here")
                    .help("name a CSV file in UTF-8 below tests/, relative to this file"),
            );
        };
        let Some(path) = beside(&self.text.path, file.get_ref()) else {
            wrong(format!("`{}` lies outside of tests/", file.get_ref()));
            return None;
        };
        match (self.open)(&path) {
            Ok(csv) => {
                let csv = csv.strip_prefix('\u{feff}').unwrap_or(&csv);
                let text = Text::new(path, csv);
                self.csv((text, file.span()), csv, &|part| part)
            }
            Err(error) => {
                wrong(format!("{path} cannot be read: {error}"));
                None
            }
        }
    }

    /// Reads CSV; `place` is where in `text` a part of it stands.
    fn csv(
        &mut self,
        (text, said): (Text, Range<usize>),
        csv: &str,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) -> Option<TestTable> {
        let mut wrong = |span, message: String, help: &str| {
            let problem = Problem::new("lockgate::test::csv", message);
            let problem = problem.at(&text, place(span), "here").help(help);
            self.problems.push(problem);
        };
        let mut records = match intake::cells(csv) {
            Ok(records) => records.into_iter(),
            Err(error) => {
                let message = format!("this is not CSV: {}", error.message);
                let help = "write a header and, under it, as many cells in each record; \
                            a cell with a comma stands in quotes";
                wrong(error.span, message, help);
                return None;
            }
        };
        let mut columns: Vec<Spanned<String>> = Vec::new();
        for cell in records.next().unwrap_or_default() {
            let name = cell.value.unwrap_or_default();
            if name.is_empty() || columns.iter().any(|known| *known.get_ref() == name) {
                let message = match name.as_str() {
                    "" => "a column has no name".to_owned(),
                    name => format!("two columns are called `{name}`"),
                };
                wrong(cell.span, message, "name each column once");
                return None;
            }
            columns.push(Spanned::new(place(cell.span), name));
        }
        let cell = |cell: intake::Cell| {
            let value = Entry::Text(cell.value?);
            Some(Spanned::new(place(cell.span), value))
        };
        let rows = records.map(|record| record.into_iter().map(cell).collect());
        let rows = rows.collect();
        Some(TestTable {
            text,
            said,
            columns,
            rows,
        })
    }
}

/// The path that `file` names from beside `from`; `None` where it leads out of `tests/`, which is all that a
/// base holds of the rows.
fn beside(from: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let inside = parts.len() > 1 && parts.first() == Some(&"tests");
    (inside && !file.starts_with('/')).then(|| parts.join("/"))
}

fn of_rows(text: &Text, rows: Spanned<Vec<Row>>) -> TestTable {
    let said = rows.span();
    let rows = rows.into_inner();
    let mut columns: Vec<Spanned<String>> = Vec::new();
    for name in rows.iter().flat_map(IndexMap::keys) {
        if !columns
            .iter()
            .any(|known| known.get_ref() == name.get_ref())
        {
            columns.push(name.clone());
        }
    }
    let cells = |mut row: Row| {
        let cell = |column: &Spanned<String>| {
            let value = row.shift_remove(column)?;
            let span = value.span();
            Some(Spanned::new(span, Entry::Value(value.into_inner())))
        };
        columns.iter().map(cell).collect()
    };
    let rows = rows.into_iter().map(cells).collect();
    TestTable {
        text: text.clone(),
        said,
        columns,
        rows,
    }
}
