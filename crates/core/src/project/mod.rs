//! Files to a [`Project`]: what was written, read and held together.

mod cleaner;
mod consistent;
mod corpus;
mod defined;
mod files;
pub mod git;
mod graph;
mod load;
mod manifest;
mod select;
pub mod sql;
mod test_case;

pub use cleaner::{ANY_TEXT, DECLARED_LAWS, DeclaredCleaner, Example, Input, OwnLaw};
pub use corpus::Corpus;
pub use defined::Definitions;
pub use files::Files;
pub use load::{MANIFEST, find, load, load_files, load_sound};
pub use manifest::{AsOf, Manifest, RemovedTable, Shown};
pub use select::{glob, select};
pub use test_case::{Entry, RemovedTest, TestCase, TestFile, TestTable, test_changes};

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Spanned;

use crate::contract::{Contract, SourceContract};
use crate::document;
use crate::error::Text;
use crate::expect::{Expectation, Origin};
use crate::table_name::raw;

/// A project, whole and consistent: every reference is known, every model in
/// its order.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that holds `lockgate.toml`.
    pub root: PathBuf,
    pub manifest: Manifest,
    /// The sources, by name.
    pub sources: Vec<Source>,
    /// The models, in run order.
    pub models: Vec<Model>,
    /// The cleaners that the project declares, by name.
    pub cleaners: Vec<DeclaredCleaner>,
}

/// A source: the contract of its files.
#[derive(Clone, Debug)]
pub struct Source {
    pub name: String,
    pub contract: SourceContract,
    pub text: Text,
    /// What is asked of the rows of each new file, before they come in.
    pub expectations: Vec<Expectation>,
}

/// A model with what is promised of it and asked of it.
#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    pub layer: String,
    /// The SQL file.
    pub text: Text,
    pub sql: sql::Sql,
    /// What it reads, as names of models and `raw.<source>`, in text order, each once.
    pub reads: Vec<String>,
    /// Its contract and the contract's file.
    pub contract: Option<(Contract, Text)>,
    /// What its contract implies, then its expectations file.
    pub expectations: Vec<Expectation>,
    /// Its unit tests, in the order of their file.
    pub tests: Vec<TestCase>,
    /// The unit tests that were taken out, with the reason.
    pub removed_tests: Vec<RemovedTest>,
}

impl Model {
    /// Whether any of its expectations sets rows aside.
    pub fn quarantines(&self) -> bool {
        self.expectations
            .iter()
            .any(|expectation| expectation.quarantine)
    }

    /// What its expectations file asks, without what its contract implies.
    pub fn asked_in_file(&self) -> impl Iterator<Item = &Expectation> {
        self.expectations
            .iter()
            .filter(|expectation| expectation.origin == Origin::File)
    }

    /// The other tables that its expectations read: their gates are known before its own is judged.
    pub fn asks(&self) -> Vec<(&Expectation, Spanned<String>)> {
        let asks = self.expectations.iter().flat_map(|expectation| {
            let read = tables_read(expectation).into_iter();
            read.map(move |name| (expectation, name))
        });
        asks.filter(|(_, name)| *name.get_ref() != self.name)
            .collect()
    }
}

/// The tables that an expectation names, each at its place: as arguments, or in its SQL.
fn tables_read(expectation: &Expectation) -> Vec<Spanned<String>> {
    let mut read = expectation.args.models();
    for text in expectation.sql() {
        let found = sql::relations(text.get_ref()).into_iter();
        read.extend(found.map(|found| {
            let place = document::within(&expectation.text, text, found.span);
            Spanned::new(place, found.parts.join("."))
        }));
    }
    read
}

impl Project {
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// Every expectation: those of the sources, then those of the models in run order.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        let sources = self.sources.iter().map(|source| &source.expectations);
        let models = self.models.iter().map(|model| &model.expectations);
        sources.chain(models).flatten()
    }

    /// What each model reads.
    pub fn reads(&self) -> BTreeMap<String, Vec<String>> {
        let pairs = self.models.iter();
        pairs
            .map(|model| (model.name.clone(), model.reads.clone()))
            .collect()
    }

    /// Who reads each model or raw table.
    pub fn read_by(&self) -> BTreeMap<String, Vec<String>> {
        read_by(&self.models)
    }

    /// Everything downstream of a model or raw table, itself not included.
    pub fn descendants(&self, name: &str) -> Vec<String> {
        graph::reachable(&self.read_by(), name)
    }

    /// The names a FROM clause may use.
    pub fn relations(&self) -> Vec<String> {
        let raw = self.sources.iter().map(|source| raw(&source.name));
        let models = self.models.iter().map(|model| model.name.clone());
        models.chain(raw).collect()
    }
}

fn read_by(models: &[Model]) -> BTreeMap<String, Vec<String>> {
    let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for model in models {
        for read in &model.reads {
            let of = readers.entry(read.clone()).or_default();
            of.push(model.name.clone());
        }
    }
    readers
}
