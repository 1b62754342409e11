//! What the rows of a model depend on: while all of it is the same, the published rows stand.

use sha2::{Digest, Sha256};

use crate::engine::content_of;
use crate::error::Result;
use crate::expect::Expectation;
use crate::project::Model;

use super::Runner;

/// The crates whose code decides what rows a model has, with their versions: the query, its
/// functions, the cleaners, and what an expectation sets aside.
pub const CODE: [(&str, &str); 4] = [
    (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
    ("lockgate-clean", crate::clean::VERSION),
    ("lockgate-core", crate::expect::VERSION),
    ("lockgate-engine", crate::engine::VERSION),
];

/// A hash of parts, in which no two lists of parts are alike.
#[derive(Default)]
pub(super) struct Parts(Sha256);

impl Parts {
    /// Begins with the versions of the code.
    pub fn of_this_code() -> Self {
        let mut parts = Self::default();
        for (name, version) in CODE {
            parts.add(name);
            parts.add(version);
        }
        parts
    }

    pub fn add(&mut self, part: &str) {
        self.0.update(part.len().to_string());
        self.0.update(":");
        self.0.update(part);
    }

    pub fn text(self) -> String {
        let digest = self.0.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Runner<'_> {
    /// Everything the rows of a model depend on: its SQL, its types, the content of what it reads,
    /// the cleaners it calls, what sets rows aside, and the code.
    pub(super) async fn fingerprint(&self, model: &Model) -> Result<String> {
        let mut parts = Parts::of_this_code();
        parts.add(&model.text.text);
        for definition in self.project.definitions_in(model) {
            parts.add(&definition);
        }
        if let Some((contract, _)) = &model.contract {
            parts.add(&format!("{:?}", contract.schema().fields()));
        }
        for expectation in model.expectations.iter().filter(|it| it.quarantine) {
            sets_aside(expectation, &mut parts);
        }
        for read in &model.reads {
            parts.add(read);
            if let Some(table) = self.tables.get(read) {
                parts.add(&content_of(table).await?);
            }
        }
        Ok(parts.text())
    }
}

/// What an expectation sets aside, and under which name; not where in its file it stands.
fn sets_aside(expectation: &Expectation, parts: &mut Parts) {
    parts.add(&expectation.id);
    parts.add(expectation.definition.as_deref().unwrap_or_default());
    parts.add(&format!("{:?}", expectation.lower_anywhere()));
    let filter = expectation.filter.as_ref();
    parts.add(filter.map_or("", |filter| filter.get_ref()));
}
