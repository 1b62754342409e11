//! `tests/<layer>/<model>.toml`: given rows, and the rows that a model must make of them.

use std::ops::Range;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document;
use crate::error::{Problem, Text, suggest};
use crate::intake;

/// One `[[test]]` of a model.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// What the model does, as a sentence; unique in its file.
    pub name: Spanned<String>,
    pub because: Option<String>,
    pub text: Text,
    /// The rows of some of the tables that the model reads; the others are empty.
    pub given: Vec<(Spanned<String>, TestTable)>,
    pub expect: TestTable,
    /// Whether the rows must come in this order.
    pub ordered: bool,
}

impl TestCase {
    /// The 1-based line of its name.
    pub fn line(&self) -> u64 {
        self.text.line(self.name.span().start)
    }
}

/// Rows that a person wrote, not yet of any type.
#[derive(Clone, Debug)]
pub struct TestTable {
    /// The file in which the rows stand.
    pub text: Text,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    #[serde(default)]
    because: Option<String>,
    #[serde(default)]
    given: IndexMap<Spanned<String>, Given>,
    expect: Expect,
}

type Row = IndexMap<Spanned<String>, Spanned<toml::Value>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    rows: Option<Vec<Row>>,
    #[serde(default)]
    csv: Option<Spanned<String>>,
    #[serde(default)]
    file: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    rows: Option<Vec<Row>>,
    #[serde(default)]
    csv: Option<Spanned<String>>,
    #[serde(default)]
    file: Option<Spanned<String>>,
    #[serde(default)]
    ordered: bool,
}

/// Reads a file of tests of a model that reads the tables `reads` (`None`: it is not known which); `open` reads a CSV file of the project.
/// The tests that are right, and every problem of the others.
pub(super) fn load(
    text: &Text,
    reads: Option<&[String]>,
    open: &dyn Fn(&str) -> std::io::Result<String>,
) -> (Vec<TestCase>, Vec<Problem>) {
    let mut reader = Reader {
        text,
        reads,
        open,
        problems: Vec::new(),
    };
    let mut document = match document::document(text) {
        Ok(document) => document,
        Err(problems) => return (Vec::new(), problems),
    };
    let list = document.get_mut().remove("test");
    for key in document.get_ref().keys() {
        reader.problems.push(
            Problem::new(
                "lockgate::toml::unknown_key",
                format!("unknown key `{}`", key.get_ref()),
            )
            .at(text, key.span(), "not a key of a file of tests")
            .help("a file of tests is a list of [[test]] tables"),
        );
    }
    let mut tests: Vec<TestCase> = Vec::new();
    for table in reader.tables(list) {
        if let Some(test) = reader.test(table) {
            reader.alone(&test, &tests);
            tests.push(test);
        }
    }
    (tests, reader.problems)
}

struct Reader<'a> {
    text: &'a Text,
    reads: Option<&'a [String]>,
    open: &'a dyn Fn(&str) -> std::io::Result<String>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn tables<'t>(&mut self, list: Option<Spanned<DeValue<'t>>>) -> Vec<Spanned<DeTable<'t>>> {
        let Some(list) = list else { return Vec::new() };
        let span = list.span();
        let items = match list.into_inner() {
            DeValue::Array(items) => items,
            _ => {
                self.no_list(span);
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => tables.push(Spanned::new(span, table)),
                _ => self.no_list(span),
            }
        }
        tables
    }

    fn no_list(&mut self, span: Range<usize>) {
        self.problems.push(
            Problem::new("lockgate::toml::value", "`test` is not a list of tables")
                .at(self.text, span, "here")
                .help("write [[test]] above each test"),
        );
    }

    fn test(&mut self, mut table: Spanned<DeTable<'_>>) -> Option<TestCase> {
        raw_by_its_name(table.get_mut());
        let end = self.text.line_end(table.span().start);
        let head = table.span().start..end;
        let written: Written = match document::typed(self.text, table) {
            Ok(written) => written,
            Err(problems) => {
                self.problems.extend(problems);
                return None;
            }
        };
        let before = self.problems.len();
        if written.name.get_ref().trim().is_empty() {
            let problem = Problem::new("lockgate::test::name", "the test has no name");
            self.problems.push(
                problem
                    .at(self.text, written.name.span(), "here")
                    .help("say in a sentence what the model does"),
            );
        }
        let mut given = Vec::new();
        for (upstream, rows) in written.given {
            self.known(&upstream);
            let table = self.table(rows.rows, rows.csv, rows.file, &upstream.span());
            given.extend(table.map(|table| (upstream, table)));
        }
        let expect = written.expect;
        let table = self.table(expect.rows, expect.csv, expect.file, &head);
        (self.problems.len() == before).then_some(TestCase {
            name: written.name,
            because: written.because,
            text: self.text.clone(),
            given,
            expect: table?,
            ordered: expect.ordered,
        })
    }

    /// Two tests of one name would be one line of every report.
    fn alone(&mut self, test: &TestCase, others: &[TestCase]) {
        let name = test.name.get_ref();
        if let Some(other) = others.iter().find(|other| other.name.get_ref() == name) {
            self.problems.push(
                Problem::new(
                    "lockgate::test::name",
                    format!("two tests have the name `{name}`"),
                )
                .at(self.text, other.name.span(), "the first")
                .at(self.text, test.name.span(), "the second")
                .help("say what each of them is about"),
            );
        }
    }

    fn known(&mut self, upstream: &Spanned<String>) {
        let name = upstream.get_ref();
        let Some(reads) = self.reads else {
            return;
        };
        if !reads.contains(name) {
            let known = reads.iter().map(String::as_str);
            self.problems.push(
                Problem::new(
                    "lockgate::test::upstream",
                    format!("the model does not read `{name}`"),
                )
                .at(self.text, upstream.span(), "given, and never read")
                .help(suggest(name, known)),
            );
        }
    }

    fn table(
        &mut self,
        rows: Option<Vec<Row>>,
        csv: Option<Spanned<String>>,
        file: Option<Spanned<String>>,
        place: &Range<usize>,
    ) -> Option<TestTable> {
        match (rows, csv, file) {
            (Some(rows), None, None) => Some(of_rows(self.text, rows)),
            (None, Some(csv), None) => {
                let place = |part| document::within(self.text, &csv, part);
                self.csv(self.text.clone(), csv.get_ref(), &place)
            }
            (None, None, Some(file)) => {
                let folder = self.text.path.rsplit_once('/').map_or("", |(it, _)| it);
                let path = format!("{folder}/{}", file.get_ref());
                match (self.open)(&path) {
                    Ok(csv) => {
                        let csv = csv.strip_prefix('\u{feff}').unwrap_or(&csv);
                        let text = Text::new(path, csv);
                        self.csv(text, csv, &|part| part)
                    }
                    Err(error) => {
                        self.problems.push(
                            Problem::new(
                                "lockgate::test::file",
                                format!("{path} cannot be read: {error}"),
                            )
                            .at(self.text, file.span(), "here")
                            .help("name a CSV file in UTF-8, relative to this file"),
                        );
                        None
                    }
                }
            }
            (rows, csv, file) => {
                let none = rows.is_none() && csv.is_none() && file.is_none();
                let message = match none {
                    true => "nothing says what the rows are",
                    false => "the rows are said in two ways",
                };
                self.problems.push(
                    Problem::new("lockgate::test::rows", message)
                        .at(self.text, place.clone(), "here")
                        .help("write one of `rows`, `csv` and `file`"),
                );
                None
            }
        }
    }

    /// Reads CSV; `place` is where in `text` a part of it stands.
    fn csv(
        &mut self,
        text: Text,
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
            text: text.clone(),
            columns,
            rows,
        })
    }
}

fn of_rows(text: &Text, rows: Vec<Row>) -> TestTable {
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
        columns,
        rows,
    }
}

/// `[test.given.raw.orders]` names `raw.orders`, as `[test.given."raw.orders"]` does.
fn raw_by_its_name(test: &mut DeTable<'_>) {
    let Some(given) = test.get_mut("given") else {
        return;
    };
    let DeValue::Table(given) = given.get_mut() else {
        return;
    };
    let own = ["rows", "csv", "file"];
    let nested = given.get("raw").is_some_and(|raw| match raw.get_ref() {
        DeValue::Table(raw) => !raw.keys().any(|key| own.contains(&key.get_ref().as_ref())),
        _ => false,
    });
    if !nested {
        return;
    }
    if let Some(DeValue::Table(raw)) = given.remove("raw").map(Spanned::into_inner) {
        for (key, value) in raw {
            let name = format!("raw.{}", key.get_ref());
            given.insert(Spanned::new(key.span(), name.into()), value);
        }
    }
}
