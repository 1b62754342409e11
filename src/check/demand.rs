//! What a change asks of whoever makes it: a version that rises, a reason for a weaker gate.

use crate::contract::{self, Contract};
use crate::error::{Problem, Text};
use crate::outcome::{Change, Class, Compared, Part, Reader, Version};
use crate::project::Project;
use crate::table_name::raw;

/// What the changes lack, in the order of the files.
pub(super) fn problems(compared: &Compared, before: &Project, now: &Project) -> Vec<Problem> {
    let mut problems = Vec::new();
    let version = |contract: &Contract| contract.version.clone();
    for source in &now.sources {
        let base = before
            .source(&source.name)
            .map(|s| s.contract.version.clone());
        let stands = (&source.contract.version, &source.text);
        let table = raw(&source.name);
        problems.extend(base.and_then(|base| risen(compared, &table, base.get_ref(), stands)));
    }
    for model in &now.models {
        let base = before.model(&model.name).and_then(|m| m.contract.as_ref());
        if let (Some((old, _)), Some((new, text))) = (base, &model.contract) {
            let old = version(old);
            let stands = (&new.version, text);
            problems.extend(risen(compared, &model.name, old.get_ref(), stands));
        }
    }
    for change in &compared.changes {
        if change.part == Part::Manifest {
            problems.extend(unsettled(change, compared));
        } else if change.weakens() {
            problems.push(weakened(change, compared));
        } else if matches!(change.what, "model_dropped" | "source_dropped") {
            problems.extend(gone(change, compared, before));
        } else if change.what == "contract_dropped" {
            let problem = Problem::new(
                "lockgate::base::contract",
                format!(
                    "the contract of `{}` is gone, the model is not",
                    change.table
                ),
            );
            let help = "keep the contract, or take the model out too".to_owned();
            problems.push(placed(problem, change, "promised until now", compared).help(help));
        }
    }
    problems
}

/// A table that is gone with gates that it had, and nobody says why.
fn gone(change: &Change, compared: &Compared, before: &Project) -> Option<Problem> {
    let name = &change.table;
    let guarded = before.model(name).is_none_or(|model| {
        model.contract.is_some() || !model.expectations.is_empty() || !model.tests.is_empty()
    });
    if change.reason.is_some() || !guarded {
        return None;
    }
    let table = toml::Value::String(name.clone());
    let mut help = format!(
        "put it back, or say why in lockgate.toml: [[removed]] with table = {table} and because = \"…\""
    );
    if let Some(readers) = felt(&[change]) {
        help.push_str("; ");
        help.push_str(&readers);
    }
    let message = format!("`{name}` is not guarded any more: {}", change.message);
    let problem = Problem::new("lockgate::base::removed", message);
    Some(placed(problem, change, "was here", compared).help(help))
}

/// The contract's version does not say what changed: at the version, with every change.
fn risen(
    compared: &Compared,
    table: &str,
    old: &str,
    (version, text): (&toml::Spanned<String>, &Text),
) -> Option<Problem> {
    let counts = |change: &&Change| {
        let promised = change.part == Part::Contract
            || (change.part == Part::Model && change.class == Class::Breaking);
        change.table == table && promised
    };
    let changes: Vec<&Change> = compared.changes.iter().filter(counts).collect();
    let class = changes.iter().map(|change| change.class).max();
    let class = class.unwrap_or(Class::Cosmetic);
    let least = contract::must_rise(old, version.get_ref(), class)?;
    let what = match class {
        Class::Breaking => format!("`{table}` changes what its readers rely on"),
        Class::Compatible => format!("`{table}` promises more than it did"),
        Class::Cosmetic => format!("the version of `{table}` falls"),
    };
    let mut problem = Problem::new(
        "lockgate::base::version",
        format!("{what}: its version must rise from {old} to {least} or higher"),
    )
    .at(text, version.span(), format!("must be {least} or higher"));
    for change in changes.iter().filter(|change| change.class == class) {
        let one = Problem::new("lockgate::base::change", change.message.clone());
        let one = placed(one, change, change.class.as_str(), compared);
        problem = problem.with(match felt(&[change]) {
            Some(readers) => one.help(readers),
            None => one,
        });
    }
    let mut help = "raise the version, or take the change back".to_owned();
    if let Some(readers) = felt(&changes) {
        help.push_str("; ");
        help.push_str(&readers);
    }
    Some(problem.help(help))
}

/// A problem at the place of a change; a file of the base says so.
fn placed(problem: Problem, change: &Change, label: &str, compared: &Compared) -> Problem {
    let spot = &change.place;
    let text = match spot.version {
        Version::Now => spot.text.clone(),
        Version::Base => Text::new(
            format!("{} (at {})", spot.text.path, compared.base),
            spot.text.text.clone(),
        ),
    };
    problem.at(&text, spot.span.clone(), label)
}

fn weakened(change: &Change, compared: &Compared) -> Problem {
    let quoted =
        |text: &Option<String>| toml::Value::String(text.clone().unwrap_or_default()).to_string();
    let (id, name) = (quoted(&change.expectation), quoted(&change.test));
    let path = &change.place.text.path;
    let help = match change.what {
        "expectation_deleted" => format!(
            "put it back, or say why in {path}: [[removed]] with id = {id} and because = \"…\""
        ),
        "test_deleted" => format!(
            "put it back, or say why in {path}: [[removed]] with name = {name} and because = \"…\""
        ),
        "cleaner_dropped" => format!(
            "put it back, or say why in lockgate.toml: [[removed]] with table = {} and because = \"…\"",
            toml::Value::String(change.table.clone())
        ),
        _ if change.part == Part::Cleaner => {
            "take it back, or say why in this cleaner, above its first table: weakened = \"…\""
                .to_owned()
        }
        _ if change.part == Part::Test => {
            "take it back, or say why in this test: weakened = \"…\"".to_owned()
        }
        _ => "take it back, or say why in this expectation: weakened = \"…\"".to_owned(),
    };
    let problem = Problem::new(
        "lockgate::base::weakened",
        format!(
            "a gate of `{}` is weaker, and nobody says why: {}",
            change.table, change.message
        ),
    );
    placed(problem, change, "weaker than it was", compared).help(help)
}

/// A setting by which gates are weaker: told once, with every table that it is felt in.
fn unsettled(change: &Change, compared: &Compared) -> Option<Problem> {
    let alike = |other: &&Change| other.what == change.what && other.weakens();
    let mut felt = compared.changes.iter().filter(alike);
    if felt.clone().next() != Some(change) {
        return None;
    }
    let first = felt.next()?;
    let mut message = format!(
        "a gate of `{}` is weaker, and nobody says why: {}",
        first.table, first.message
    );
    let others: Vec<String> = felt.map(|other| format!("`{}`", other.table)).collect();
    if !others.is_empty() {
        message.push_str(&format!("; so are those of {}", others.join(", ")));
    }
    let help = "take it back, or say why in lockgate.toml, above its first table: weakened = \"…\"";
    let problem = Problem::new("lockgate::base::weakened", message);
    Some(placed(problem, change, "weaker than it was", compared).help(help))
}

/// Who reads what changed, each model once with all of its columns that do.
fn felt(changes: &[&Change]) -> Option<String> {
    let mut all: Vec<Reader> = Vec::new();
    for reader in changes.iter().flat_map(|change| &change.readers) {
        match all.iter_mut().find(|known| known.model == reader.model) {
            None => all.push(reader.clone()),
            Some(known) => {
                known.rows |= reader.rows;
                let new = reader.columns.iter();
                let new = new.filter(|column| !known.columns.contains(column));
                let new: Vec<String> = new.cloned().collect();
                known.columns.extend(new);
            }
        }
    }
    let shown: Vec<String> = all.iter().map(Reader::to_string).collect();
    (!shown.is_empty()).then(|| format!("felt by {}", shown.join(", ")))
}
