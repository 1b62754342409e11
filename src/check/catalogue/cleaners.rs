//! The cleaners of a project: those it declares, and those of lockgate's own that it uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::clean::{CLEANERS, Cleaner, LAWS, SQL_LAWS};
use crate::engine::{Plan, functions_of};
use crate::error::Result;
use crate::expect::Expectation;
use crate::outcome::{CleanerEntry, LawEntry};
use crate::project::{Corpus, DECLARED_LAWS, DeclaredCleaner, Project};
use crate::table_name::raw;

/// # Errors
/// A corpus that cannot be read.
pub(super) fn described(
    project: &Project,
    plans: &BTreeMap<String, Plan>,
) -> Result<Vec<CleanerEntry>> {
    let uses = Uses::of(project, plans);
    let mut entries = Vec::new();
    for cleaner in &project.cleaners {
        entries.push(kept(project, uses.told(declared(cleaner)))?);
    }
    for cleaner in CLEANERS {
        let entry = kept(project, uses.told(built_in(cleaner)))?;
        if !entry.used_by.is_empty() || entry.kept > 0 {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// What a table uses: the functions that its SQL calls, the cleaners by which it is asked to be clean.
struct Use<'a> {
    table: String,
    calls: BTreeSet<String>,
    asked: BTreeSet<&'a str>,
}

struct Uses<'a>(Vec<Use<'a>>);

impl<'a> Uses<'a> {
    fn of(project: &'a Project, plans: &BTreeMap<String, Plan>) -> Self {
        let asked = |expectations: &'a [Expectation]| {
            let cleaners = expectations.iter().filter_map(|it| it.args.cleaner());
            cleaners.map(|by| by.get_ref().as_str()).collect()
        };
        let sources = project.sources.iter().map(|source| Use {
            table: raw(&source.name),
            calls: BTreeSet::new(),
            asked: asked(&source.expectations),
        });
        let models = project.models.iter().map(|model| {
            let calls = plans.get(&model.name).map(Plan::calls).unwrap_or_default();
            Use {
                table: model.name.clone(),
                calls: calls.into_keys().collect(),
                asked: asked(&model.expectations),
            }
        });
        Self(sources.chain(models).collect())
    }

    fn told(&self, entry: CleanerEntry) -> CleanerEntry {
        let functions = functions_of(&entry.name);
        let uses = |of: &&Use<'_>| {
            let mut functions = functions.iter();
            of.asked.contains(entry.name.as_str()) || functions.any(|it| of.calls.contains(it))
        };
        let used_by = self.0.iter().filter(uses).map(|of| of.table.clone());
        let used_by = used_by.collect();
        CleanerEntry { used_by, ..entry }
    }
}

/// With the texts of its corpus.
fn kept(project: &Project, entry: CleanerEntry) -> Result<CleanerEntry> {
    let texts = Corpus::read(&project.root, &entry.name)?.texts;
    Ok(CleanerEntry {
        kept: texts.len() as u64,
        corpus: match project.manifest.samples {
            0 => Vec::new(),
            _ => texts,
        },
        ..entry
    })
}

fn declared(cleaner: &DeclaredCleaner) -> CleanerEntry {
    let stated = |name: &str| {
        let law = DECLARED_LAWS.iter().find(|(known, _)| *known == name);
        law.map(|(_, statement)| (*statement).to_owned())
    };
    let built_in = cleaner.laws.iter().map(|name| LawEntry {
        name: (*name).to_owned(),
        statement: stated(name),
        holds: None,
    });
    let own = cleaner.own_laws.iter().map(|law| LawEntry {
        name: law.name.get_ref().clone(),
        statement: law.statement.clone(),
        holds: Some(law.holds.get_ref().clone()),
    });
    let examples = cleaner.examples.iter();
    CleanerEntry {
        name: cleaner.name.clone(),
        path: Some(cleaner.text.path.to_string()),
        summary: cleaner.summary.clone(),
        sql: Some(cleaner.sql.get_ref().clone()),
        usage: format!("{}(text)", cleaner.function()),
        used_by: Vec::new(),
        form: cleaner.form.as_ref().map(|form| form.get_ref().clone()),
        laws: built_in.chain(own).collect(),
        examples: examples
            .map(|example| (example.raw.clone(), example.clean.clone()))
            .collect(),
        kept: 0,
        corpus: Vec::new(),
    }
}

fn built_in(cleaner: &Cleaner) -> CleanerEntry {
    let laws = LAWS.iter().chain(cleaner.laws);
    let laws = laws.map(|law| (law.name, law.statement)).chain(SQL_LAWS);
    let examples = cleaner.examples.iter();
    CleanerEntry {
        name: cleaner.name.to_owned(),
        path: None,
        summary: Some(cleaner.summary.to_owned()),
        sql: None,
        usage: format!("{}(text)", cleaner.function),
        used_by: Vec::new(),
        form: Some(cleaner.form.to_owned()),
        laws: laws
            .map(|(name, statement)| LawEntry {
                name: name.to_owned(),
                statement: Some(statement.to_owned()),
                holds: None,
            })
            .collect(),
        examples: examples
            .map(|(raw, clean)| ((*raw).to_owned(), clean.map(str::to_owned)))
            .collect(),
        kept: 0,
        corpus: Vec::new(),
    }
}
