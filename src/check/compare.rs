//! `check --base`: a project against the commit it started from. What changed,
//! whom it breaks, and whether it was said: a contract's version rises with what
//! changed in it, and a gate that becomes weaker says why.

use std::collections::{BTreeMap, BTreeSet};

use crate::clean;
use crate::contract;
use crate::error::{Error, Problem, Result, Text};
use crate::expect::{self, Renamed};
use crate::outcome::{Change, Class, Compared, Part, Spot};
use crate::project::git::{self, Base};
use crate::project::{Files, Model, Project, Source, load_files, sql, test_changes};
use crate::table_name::{raw, source_of};

use super::cleaners;
use super::demand::problems;
use super::edition::Edition;
use super::settings;

/// Compares the project with the commit it started from: the merge base of
/// `name` and HEAD. The problems are what the changes lack: a version that must
/// rise, a reason for a weaker gate. A base that had no project yet is empty.
///
/// # Errors
/// git is not there, knows no such commit, or the project of the base is not sound.
pub async fn against(project: &Project, name: &str) -> Result<(Compared, Vec<Problem>)> {
    let base = git::base(&project.root, name)?;
    let files = git::files(&project.root, &base)?;
    let before = match files.exists("lockgate.toml") {
        true => load_files(&project.root, &files).map_err(|error| unsound(&base, &error))?,
        false => Project {
            sources: Vec::new(),
            models: Vec::new(),
            ..project.clone()
        },
    };
    let now = Files::Folder(project.root.clone());
    let old = Edition::new(&before, &files).await?;
    let new = Edition::new(project, &now).await?;
    let compared = Compared {
        changes: changes(&old, &new),
        base: base.name,
        commit: base.commit,
    };
    let problems = problems(&compared, &before, project);
    Ok((compared, problems))
}

fn unsound(base: &Base, error: &Error) -> Error {
    let mut problem = Problem::new(
        "lockgate::base::unsound",
        format!(
            "the project at `{}` is not sound and cannot be compared with",
            base.name
        ),
    )
    .help("name another base, or leave --base out until a sound project stands there");
    for one in error.problems() {
        problem = problem.with(one.clone());
    }
    Error::project(problem)
}

/// The models that are new or changed, and those that read a changed source:
/// what `state:modified` selects. Words and spelling are no change.
pub fn modified(compared: &Compared, project: &Project) -> BTreeSet<String> {
    let touched = |model: &&Model| {
        let mut raw = model.reads.iter().filter(|read| source_of(read).is_some());
        compared.touches(&model.name) || raw.any(|read| compared.touches(read))
    };
    let models = project.models.iter().filter(touched);
    models.map(|model| model.name.clone()).collect()
}

fn changes(old: &Edition<'_>, new: &Edition<'_>) -> Vec<Change> {
    let mut all = Vec::new();
    let renames = renames(old, new);
    let names = |project: &Project| -> Vec<String> {
        let sources = project.sources.iter();
        sources.map(|source| source.name.clone()).collect()
    };
    for name in union(names(old.project), names(new.project)) {
        let pair = (old.project.source(&name), new.project.source(&name));
        all.extend(named(of_source(pair, (old, new), &renames), &raw(&name)));
    }
    let names = |project: &Project| -> Vec<String> {
        let models = project.models.iter();
        models.map(|model| model.name.clone()).collect()
    };
    for name in union(names(new.project), names(old.project)) {
        let pair = (old.project.model(&name), new.project.model(&name));
        all.extend(named(of_model(pair, (old, new), &renames), &name));
    }
    all.extend(settings::changes(old, new));
    all.extend(cleaners::changes(old.project, new.project));
    for change in all.iter_mut().filter(|c| c.class == Class::Breaking) {
        change.readers = old.readers(&change.table, &change.columns);
    }
    all
}

/// The columns of each table that have another name now.
type Renames = BTreeMap<String, Vec<(String, String)>>;

fn renames(old: &Edition<'_>, new: &Edition<'_>) -> Renames {
    let of = |now: &Model| {
        let before = old.project.model(&now.name)?;
        let (Some((was, _)), Some((is, _))) = (&before.contract, &now.contract) else {
            return None;
        };
        let same = same_origin(before, now, old, new);
        Some((now.name.clone(), contract::renamed(was, is, &same)))
    };
    new.project.models.iter().filter_map(of).collect()
}

/// Whether a column of before holds the values of one of now.
fn same_origin<'a>(
    before: &'a Model,
    now: &'a Model,
    old: &'a Edition<'_>,
    new: &'a Edition<'_>,
) -> impl Fn(&str, &str) -> bool + 'a {
    |from, to| {
        let origins = (old.origin(&before.name, from), new.origin(&now.name, to));
        matches!(origins, (Some(old), Some(new)) if old.same(&new))
    }
}

/// The first names, then those of the second that are not among them.
fn union(first: Vec<String>, second: Vec<String>) -> Vec<String> {
    let mut all = first;
    for name in second {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn named(mut changes: Vec<Change>, table: &str) -> Vec<Change> {
    for change in &mut changes {
        change.table = table.to_owned();
    }
    changes
}

fn of_source(
    pair: (Option<&Source>, Option<&Source>),
    (old, new): (&Edition<'_>, &Edition<'_>),
    renames: &Renames,
) -> Vec<Change> {
    let contract = |class, what, place, message: &str| {
        vec![Change::new(Part::Contract, class, what, place, message)]
    };
    match pair {
        (Some(before), Some(now)) => {
            let mut changes = contract::source_changes(
                (&before.contract, &before.text),
                (&now.contract, &now.text),
            );
            let texts = (
                old.expectations("sources", &before.name),
                new.expectations("sources", &now.name),
            );
            let cleaners = (&old.cleaners, &new.cleaners);
            let (old, new) = (texts.0.as_ref(), texts.1.as_ref());
            let renamed = Renamed {
                table: &raw(&now.name),
                columns: renames,
            };
            changes.extend(expect::changes(old, new, renamed, cleaners));
            changes
        }
        (Some(before), None) => {
            let place = Spot::base(&before.text, before.contract.version.span());
            let gates = gates(true, before.expectations.len(), 0);
            let message = format!("the source is gone{gates}");
            let name = raw(&before.name);
            let mut changes = contract(Class::Breaking, "source_dropped", place, &message);
            for change in &mut changes {
                change.reason = said(new.project, &name);
            }
            changes
        }
        (None, Some(now)) => {
            let place = Spot::now(&now.text, now.contract.version.span());
            contract(
                Class::Compatible,
                "source_added",
                place,
                "the source is new",
            )
        }
        (None, None) => Vec::new(),
    }
}

fn of_model(
    pair: (Option<&Model>, Option<&Model>),
    (old, new): (&Edition<'_>, &Edition<'_>),
    renames: &Renames,
) -> Vec<Change> {
    let model =
        |class, what, place, message: String| Change::new(Part::Model, class, what, place, message);
    let (before, now) = match pair {
        (Some(before), Some(now)) => (before, now),
        (Some(before), None) => {
            let place = Spot::base(&before.text, 0..before.text.line_end(0));
            let asked = before.asked_in_file().count();
            let gates = gates(before.contract.is_some(), asked, before.tests.len());
            let message = format!("the model is gone{gates}");
            let mut change = model(Class::Breaking, "model_dropped", place, message);
            change.reason = said(new.project, &before.name);
            return vec![change];
        }
        (None, Some(now)) => {
            let place = Spot::now(&now.text, 0..now.text.line_end(0));
            let message = "the model is new".to_owned();
            return vec![model(Class::Compatible, "model_added", place, message)];
        }
        (None, None) => return Vec::new(),
    };
    let mut changes = of_contract(before, now, &same_origin(before, now, old, new));
    let texts = (
        old.expectations(&before.layer, &before.name),
        new.expectations(&now.layer, &now.name),
    );
    changes.extend(expect::changes(
        texts.0.as_ref(),
        texts.1.as_ref(),
        Renamed {
            table: &now.name,
            columns: renames,
        },
        (&old.cleaners, &new.cleaners),
    ));
    let renamed = renames.get(&now.name).map_or(&[][..], Vec::as_slice);
    changes.extend(test_changes(before, now, renamed));
    if before.layer != now.layer {
        let place = Spot::now(&now.text, 0..now.text.line_end(0));
        let message = format!(
            "the table lies in {}, no longer in {}",
            now.layer, before.layer
        );
        changes.push(model(Class::Breaking, "model_moved", place, message));
    }
    if before.text.text != now.text.text {
        let place = Spot::now(&now.text, differing(&before.text, &now.text));
        changes.push(match (old.plan(&before.name), new.plan(&now.name)) {
            (Some(old), Some(new)) if old == new => {
                let message = "only the text of the query changed".to_owned();
                model(Class::Cosmetic, "text_changed", place, message)
            }
            _ => {
                let message = "the query's plan changed".to_owned();
                model(Class::Compatible, "plan_changed", place, message)
            }
        });
    } else if let Some(cleaner) = recleaned(now, old, new) {
        let calls = sql::words(&now.text, &clean::function(&cleaner));
        let place = Spot::now(&now.text, calls.into_iter().next().unwrap_or(0..0));
        let message = format!("the query's plan changed with the cleaner `{cleaner}`");
        changes.push(model(Class::Compatible, "plan_changed", place, message));
    }
    changes
}

/// What goes with a table that is gone, in words.
fn gates(contract: bool, expectations: usize, tests: usize) -> String {
    let counted = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let all = [
        contract.then(|| "its contract".to_owned()),
        counted(expectations, "expectation"),
        counted(tests, "unit test"),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(", with {}", all.join(", ")),
    }
}

/// The reason that the manifest of now gives for a table that is gone.
fn said(project: &Project, table: &str) -> Option<String> {
    let mut removed = project.manifest.removed.iter();
    let removed = removed.find(|removed| removed.table.get_ref() == table)?;
    Some(removed.because.get_ref().clone())
}

/// The changes of a model's contract.
fn of_contract(before: &Model, now: &Model, same: &contract::SameOrigin<'_>) -> Vec<Change> {
    let whole = |class, what, place, message: &str| {
        let change = Change::new(Part::Contract, class, what, place, message);
        vec![change]
    };
    match (&before.contract, &now.contract) {
        (Some((old, old_text)), Some((new, new_text))) => {
            contract::changes((old, old_text), (new, new_text), same)
        }
        (Some((old, text)), None) => {
            let place = Spot::base(text, old.version.span());
            whole(
                Class::Breaking,
                "contract_dropped",
                place,
                "the contract is gone",
            )
        }
        (None, Some((new, text))) => {
            let place = Spot::now(text, new.version.span());
            whole(
                Class::Compatible,
                "contract_added",
                place,
                "the contract is new",
            )
        }
        (None, None) => Vec::new(),
    }
}

/// A cleaner whose function the query calls and whose SQL changed, so that the same text has another plan.
fn recleaned(now: &Model, old: &Edition<'_>, new: &Edition<'_>) -> Option<String> {
    let (before, after) = (old.plan(&now.name)?, new.plan(&now.name)?);
    if before == after {
        return None;
    }
    let called = new.called(&now.name);
    let mut cleaners = new.project.cleaners.iter();
    let found = cleaners.find(|cleaner| {
        let name = &cleaner.name;
        called.contains(&cleaner.function()) && old.cleaners.get(name) != new.cleaners.get(name)
    });
    found.map(|cleaner| cleaner.name.clone())
}

/// The first line of `now` that the base does not have in its place.
fn differing(before: &Text, now: &Text) -> std::ops::Range<usize> {
    let mut start = 0;
    let old: Vec<&str> = before.text.split_inclusive('\n').collect();
    for (at, line) in now.text.split_inclusive('\n').enumerate() {
        if old.get(at) != Some(&line) {
            break;
        }
        start += line.len();
    }
    start..now.line_end(start)
}
