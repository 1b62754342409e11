//! What a command found, as suites of cases: the one form that every document
//! for other programs is rendered from.

use lockgate_core::error::Place;
use lockgate_core::outcome::{Gate, Location, Verdict};

/// Everything a command found.
#[derive(Clone, Debug, PartialEq)]
pub struct Suites {
    /// The command's name: `run`, `check`.
    pub command: &'static str,
    /// The project's name; `None` where it could not be read.
    pub project: Option<String>,
    pub verdict: Verdict,
    pub run_id: Option<String>,
    /// RFC 3339, UTC; `None` where the command keeps no time.
    pub started: Option<String>,
    pub finished: Option<String>,
    /// Lines about the whole, the first of them the shortest account.
    pub head: Vec<String>,
    /// What to do next; `None` where there is nothing.
    pub advice: Option<String>,
    pub suites: Vec<Suite>,
}

/// A model, a source, or what else the cases are about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suite {
    pub name: String,
    pub layer: Option<String>,
    /// The file of the project that defines it.
    pub file: Option<String>,
    /// `None` for what has no gate.
    pub gate: Option<Gate>,
    pub rows: Option<u64>,
    /// Why it stands so, where its cases do not say it.
    pub note: Option<String>,
    pub facts: Vec<Fact>,
    pub cases: Vec<Case>,
}

/// A name and what it is, as text.
pub type Fact = (&'static str, String);

/// One thing that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Unique within its suite, and the same in every run.
    pub name: String,
    /// Whether it is a problem of the project, whose name is its message.
    pub problem: bool,
    /// The kind of expectation, or the code of a problem.
    pub rule: String,
    pub verdict: Verdict,
    /// The figures, or what is wrong.
    pub says: String,
    pub because: Option<String>,
    pub help: Option<String>,
    /// Whether a person should see it although it passed.
    pub notable: bool,
    /// Where it is asked; `None` for what stands in no file of the project.
    pub place: Option<Place>,
    /// Other places in the project.
    pub related: Vec<Related>,
    /// The data file that the case is about.
    pub data_file: Option<String>,
    /// What one of `rows` is: a row, or a counterexample.
    pub thing: &'static str,
    /// The first rows that violate; none where the project shows no samples.
    pub rows: Vec<Row>,
    /// How many more rows violate.
    pub more: u64,
    pub facts: Vec<Fact>,
}

/// Another place, and what stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    pub place: Place,
    pub says: String,
}

/// A row of the data on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line of the data file it came from.
    pub place: Option<Location>,
    pub values: String,
}

impl Row {
    /// `file:line  name=value  …`.
    pub fn line(&self) -> String {
        match &self.place {
            Some(place) => format!("{place}  {}", self.values),
            None => self.values.clone(),
        }
    }
}

impl Suites {
    /// Every case of one verdict with its suite, in order.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = (&Suite, &Case)> {
        self.suites.iter().flat_map(move |suite| {
            let cases = suite.cases.iter();
            cases
                .filter(move |case| case.verdict == verdict)
                .map(move |case| (suite, case))
        })
    }

    /// Every case that did not pass and was not skipped, worst first.
    pub fn findings(&self) -> impl Iterator<Item = (&Suite, &Case)> {
        let worst_first = [Verdict::Error, Verdict::Fail, Verdict::Warn];
        worst_first.into_iter().flat_map(|it| self.with(it))
    }
}

impl Suite {
    /// A case's name on its own: `model.id`, or the code of a problem.
    pub fn title(&self, case: &Case) -> String {
        match case.problem {
            true => case.rule.clone(),
            false => format!("{}.{}", self.name, case.name),
        }
    }

    /// How many cases came out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        let cases = self.cases.iter();
        cases.filter(|case| case.verdict == verdict).count()
    }
}
