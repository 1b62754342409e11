//! `tests/<layer>/<model>.toml`: given rows, and the rows that a model must make of them.

mod change;
mod table;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document;
use crate::error::{Problem, Text, suggest};
use crate::table_name::raw;

pub use change::test_changes;
pub use table::{Entry, TestTable};
use table::{Rows, Tables};

/// The code of a reason that says nothing.
const REASON: &str = "lockgate::test::reason";

/// One `[[test]]` of a model.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// What the model does, as a sentence; unique in its file.
    pub name: Spanned<String>,
    pub because: Option<String>,
    /// Why it asks for less than it did.
    pub weakened: Option<String>,
    pub text: Text,
    /// The rows of some of the tables that the model reads; the others are empty.
    pub given: Vec<(Spanned<String>, TestTable)>,
    /// The rows that the model makes; where `quarantined` is said, those that it keeps.
    pub expect: TestTable,
    /// The rows that its expectations set aside; `None`: none are set aside in this test.
    pub quarantined: Option<TestTable>,
    /// Whether the rows must come in this order; by default they need not.
    pub ordered: Option<Spanned<bool>>,
}

impl TestCase {
    /// The 1-based line of its name.
    pub fn line(&self) -> u64 {
        self.text.line(self.name.span().start)
    }

    pub fn is_ordered(&self) -> bool {
        self.ordered.as_ref().is_some_and(|it| *it.get_ref())
    }
}

/// A test that was taken out, and why: `[[removed]]` in a file of tests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedTest {
    pub name: Spanned<String>,
    pub because: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    because: Option<String>,
    weakened: Option<Spanned<String>>,
    #[serde(default)]
    given: IndexMap<Spanned<String>, Rows>,
    expect: Rows,
    quarantined: Option<Rows>,
}

/// What a file of tests holds.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// In the order of the file.
    pub tests: Vec<TestCase>,
    pub removed: Vec<RemovedTest>,
}

/// Reads a file of tests of a model that reads the tables `reads` (`None`: it is not known which); `open` reads a CSV file of the project.
/// The tests that are right, and every problem of the others.
pub(super) fn load(
    text: &Text,
    reads: Option<&[String]>,
    open: &dyn Fn(&str) -> std::io::Result<String>,
) -> (TestFile, Vec<Problem>) {
    let mut document = match document::document(text) {
        Ok(document) => document,
        Err(problems) => return (TestFile::default(), problems),
    };
    let list = document.get_mut().remove("test");
    let removed = document.get_mut().remove("removed");
    let mut problems = Vec::new();
    for key in document.get_ref().keys() {
        problems.push(
            Problem::new(
                "lockgate::toml::unknown_key",
                format!("unknown key `{}`", key.get_ref()),
            )
            .at(text, key.span(), "not a key of a file of tests")
            .help("a file of tests is a list of [[test]] and [[removed]] tables"),
        );
    }
    let help = "write [[test]] above each test";
    let tables = document::tables(text, ("test", list), help, &mut problems);
    let mut reader = Reader {
        reads,
        tables: Tables {
            text,
            open,
            problems,
        },
    };
    let mut file = TestFile::default();
    for table in tables {
        if let Some(test) = reader.test(table) {
            reader.alone(&test, &file.tests);
            file.tests.push(test);
        }
    }
    let mut problems = reader.tables.problems;
    let help = "write [[removed]] with `name` and `because` for each test taken out";
    for table in document::tables(text, ("removed", removed), help, &mut problems) {
        match document::typed(text, table) {
            Ok(removed) => {
                problems.extend(unsound(text, &removed, &file.tests));
                file.removed.push(removed);
            }
            Err(more) => problems.extend(more),
        }
    }
    (file, problems)
}

fn unsound(text: &Text, removed: &RemovedTest, tests: &[TestCase]) -> Vec<Problem> {
    let still = tests
        .iter()
        .find(|test| test.name.get_ref() == removed.name.get_ref());
    let still = still.map(|test| {
        let name = test.name.get_ref();
        Problem::new(
            "lockgate::test::removed",
            format!("the test `{name}` is said to be removed, and is still there"),
        )
        .at(text, removed.name.span(), "of this name there is a test")
        .help("take this [[removed]] table out, or the test")
    });
    let help = "say why the model need not be tested so any more, in a sentence";
    let unsaid = document::unsaid(text, &removed.because, REASON, help);
    still.into_iter().chain(unsaid).collect()
}

struct Reader<'a> {
    reads: Option<&'a [String]>,
    tables: Tables<'a>,
}

impl Reader<'_> {
    fn wrong(&mut self, problem: Problem) {
        self.tables.problems.push(problem);
    }

    fn test(&mut self, mut table: Spanned<DeTable<'_>>) -> Option<TestCase> {
        raw_by_its_name(table.get_mut());
        let text = self.tables.text;
        let end = text.line_end(table.span().start);
        let head = table.span().start..end;
        let written: Written = match document::typed(text, table) {
            Ok(written) => written,
            Err(problems) => {
                self.tables.problems.extend(problems);
                return None;
            }
        };
        let before = self.tables.problems.len();
        if written.name.get_ref().trim().is_empty() {
            let problem = Problem::new("lockgate::test::name", "the test has no name");
            self.wrong(
                problem
                    .at(text, written.name.span(), "here")
                    .help("say in a sentence what the model does"),
            );
        }
        let unsaid = written.weakened.as_ref();
        let help = "say why the test may ask for less than it did, in a sentence";
        let unsaid = unsaid.and_then(|reason| document::unsaid(text, reason, REASON, help));
        self.tables.problems.extend(unsaid);
        let mut given = Vec::new();
        for (upstream, rows) in written.given {
            self.known(&upstream);
            self.unordered(&rows);
            let table = self.tables.read(rows, &upstream.span());
            given.extend(table.map(|table| (upstream, table)));
        }
        let ordered = written.expect.ordered.clone();
        let table = self.tables.read(written.expect, &head);
        let quarantined = written.quarantined.and_then(|rows| {
            self.unordered(&rows);
            self.tables.read(rows, &head)
        });
        (self.tables.problems.len() == before).then_some(TestCase {
            name: written.name,
            because: written.because,
            weakened: written.weakened.map(Spanned::into_inner),
            text: text.clone(),
            given,
            expect: table?,
            quarantined,
            ordered,
        })
    }

    /// The order of given rows is that in which they are written.
    fn unordered(&mut self, rows: &Rows) {
        if let Some(ordered) = &rows.ordered {
            let problem = Problem::new(
                "lockgate::test::ordered",
                "only expected rows can be asked to come in an order",
            );
            let problem = problem.at(self.tables.text, ordered.span(), "here");
            self.wrong(problem.help("take it out, or write it under [test.expect]"));
        }
    }

    /// Two tests of one name would be one line of every report.
    fn alone(&mut self, test: &TestCase, others: &[TestCase]) {
        let name = test.name.get_ref();
        if let Some(other) = others.iter().find(|other| other.name.get_ref() == name) {
            self.wrong(
                Problem::new(
                    "lockgate::test::name",
                    format!("two tests have the name `{name}`"),
                )
                .at(self.tables.text, other.name.span(), "the first")
                .at(self.tables.text, test.name.span(), "the second")
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
            self.wrong(
                Problem::new(
                    "lockgate::test::upstream",
                    format!("the model does not read `{name}`"),
                )
                .at(self.tables.text, upstream.span(), "given, and never read")
                .help(suggest(name, known)),
            );
        }
    }
}

/// `[test.given.raw.orders]` names `raw.orders`, as `[test.given."raw.orders"]` does. A table within is the
/// rows of a source, whatever that is called; `rows`, `csv` and `file` of rows are no tables.
fn raw_by_its_name(test: &mut DeTable<'_>) {
    let Some(given) = test.get_mut("given") else {
        return;
    };
    let DeValue::Table(given) = given.get_mut() else {
        return;
    };
    let nested = given.get("raw").is_some_and(|raw| match raw.get_ref() {
        DeValue::Table(raw) => raw
            .values()
            .any(|value| matches!(value.get_ref(), DeValue::Table(_))),
        _ => false,
    });
    if !nested {
        return;
    }
    if let Some(DeValue::Table(sources)) = given.remove("raw").map(Spanned::into_inner) {
        for (key, value) in sources {
            let name = raw(key.get_ref());
            given.insert(Spanned::new(key.span(), name.into()), value);
        }
    }
}
