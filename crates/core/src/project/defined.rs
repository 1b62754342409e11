//! Expectations and the cleaners that the project declares, held together.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Problem, suggest};
use crate::expect::{Expectation, calls};
use lockgate_clean::{self as clean, CLEANERS};

use super::load::{Loader, stem};
use super::{DeclaredCleaner, Model, Project, graph};

/// What each cleaner that a project declares is, by its name.
pub type Definitions = BTreeMap<String, String>;

impl Loader<'_> {
    /// Cleaners that an expectation asks by, and that are neither lockgate's own nor declared. One whose
    /// file is there and wrong is told there alone.
    pub(super) fn asked_by<'a>(&mut self, expectations: impl Iterator<Item = &'a Expectation>) {
        let declared: Vec<String> = self.declared();
        for expectation in expectations {
            let Some(by) = expectation.args.cleaner() else {
                continue;
            };
            let name = by.get_ref();
            if clean::cleaner(name).is_some() || declared.contains(name) {
                continue;
            }
            self.problems.push(
                Problem::new(
                    "lockgate::expect::argument",
                    format!("no cleaner is called `{name}`"),
                )
                .at(&expectation.text, by.span(), "not a cleaner")
                .help(known(name, &declared)),
            );
        }
    }

    /// Cleaners that call each other in a circle.
    pub(super) fn circles(&mut self, cleaners: &[DeclaredCleaner]) {
        let calls = |cleaner: &DeclaredCleaner| {
            let called = called(cleaner, cleaners).into_iter();
            let names = called.map(|other| other.name.clone());
            (cleaner.name.clone(), names.collect())
        };
        let Err(path) = graph::order(&cleaners.iter().map(calls).collect(), |_| ()) else {
            return;
        };
        let first = cleaners.iter().find(|cleaner| cleaner.name == path[0]);
        self.problems.extend(first.map(|cleaner| {
            let shown = path.join(" -> ");
            let message = format!("the cleaners call each other in a circle: {shown}");
            Problem::new("lockgate::cleaner::circle", message)
                .at(&cleaner.text, cleaner.sql.span(), "here")
                .help("take one of these calls out")
        }));
    }

    fn declared(&self) -> Vec<String> {
        let files = self.files("cleaners", "toml");
        files.iter().map(|path| stem(path)).collect()
    }
}

/// The nearest name, and all there are.
fn known(name: &str, declared: &[String]) -> String {
    let own = || CLEANERS.iter().map(|cleaner| cleaner.name);
    let all = own().chain(declared.iter().map(String::as_str));
    let near = suggest(name, all);
    let near = match near.starts_with("did you mean") {
        true => format!("{near} "),
        false => String::new(),
    };
    let declared = match declared {
        [] => "the project declares none; write your own as cleaners/<name>.toml".to_owned(),
        names => format!("the project declares {}", names.join(", ")),
    };
    let own: Vec<&str> = own().collect();
    format!("{near}lockgate has {}; {declared}", own.join(", "))
}

/// The declared cleaners whose functions a cleaner's SQL calls.
fn called<'a>(cleaner: &DeclaredCleaner, all: &'a [DeclaredCleaner]) -> Vec<&'a DeclaredCleaner> {
    let named = |other: &&DeclaredCleaner| calls(cleaner.sql.get_ref(), &other.function());
    all.iter().filter(named).collect()
}

impl Project {
    /// What each cleaner it declares is: its SQL, and that of the declared cleaners it calls.
    pub fn definitions(&self) -> Definitions {
        let cleaners = self.cleaners.iter();
        cleaners
            .map(|cleaner| (cleaner.name.clone(), self.definition(cleaner)))
            .collect()
    }

    /// What each declared cleaner is that a model's SQL calls.
    pub fn definitions_in(&self, model: &Model) -> Vec<String> {
        let called = self
            .cleaners
            .iter()
            .filter(|cleaner| calls(&model.text.text, &cleaner.function()));
        called.map(|cleaner| self.definition(cleaner)).collect()
    }

    fn definition(&self, cleaner: &DeclaredCleaner) -> String {
        let mut told = cleaner.sql.get_ref().clone();
        let mut met = BTreeSet::from([cleaner.name.as_str()]);
        let mut todo = vec![cleaner];
        while let Some(here) = todo.pop() {
            for other in called(here, &self.cleaners) {
                if met.insert(&other.name) {
                    told.push_str(&format!("\n-- {}\n{}", other.name, other.sql.get_ref()));
                    todo.push(other);
                }
            }
        }
        told
    }

    /// Gives each expectation the SQL of the cleaner it asks by.
    pub(super) fn define(&mut self) {
        let definitions = self.definitions();
        let models = self.models.iter_mut().map(|model| &mut model.expectations);
        let sources = self
            .sources
            .iter_mut()
            .map(|source| &mut source.expectations);
        for expectation in models.chain(sources).flatten() {
            expectation.definition = expectation.defined_by(&definitions);
        }
    }
}
