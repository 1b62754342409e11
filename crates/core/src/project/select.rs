//! `--select`: which models a run builds, in dbt's selection syntax.
//!
//! A selection is one or more terms apart by blanks, any of which may match
//! (union); a comma joins methods that must all match. A term is a name or a
//! glob, `layer:x`, `path:models/x`, `source:x` or `state:modified`, with `+`
//! before it for everything upstream and after it for everything downstream; a
//! number before or after the plus bounds the steps.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Problem, Result, suggest};
use crate::table_name::source_of;

use super::Project;

/// The names of the selected models; every model for no terms.
///
/// `modified` are the models that `state:modified` stands for, which may be
/// none; `None`: there is nothing to compare with.
///
/// # Errors
/// A term matches no model; `state:` of another word, or without `modified`.
pub fn select(
    project: &Project,
    terms: &[String],
    modified: Option<&BTreeSet<String>>,
) -> Result<BTreeSet<String>> {
    if terms.is_empty() {
        return Ok(project.models.iter().map(|m| m.name.clone()).collect());
    }
    let mut selected = BTreeSet::new();
    for term in terms.iter().flat_map(|term| term.split_whitespace()) {
        let mut hit: Option<BTreeSet<String>> = None;
        for part in term.split(',') {
            let found = one(project, part, modified)?;
            hit = Some(match hit {
                Some(both) => both.intersection(&found).cloned().collect(),
                None => found,
            });
        }
        selected.extend(hit.unwrap_or_default());
    }
    Ok(selected)
}

fn one(
    project: &Project,
    term: &str,
    modified: Option<&BTreeSet<String>>,
) -> Result<BTreeSet<String>> {
    let (up, rest) = leading(term);
    let (down, name) = trailing(rest);
    let state = name.strip_prefix("state:");
    let found = match state {
        Some(word) => changed(word, modified)?,
        None => matching(project, name),
    };
    // That nothing was modified is an answer; that nothing has such a name is a slip.
    if found.is_empty() && state.is_none() {
        let known = project.models.iter().map(|model| model.name.as_str());
        let problem = Problem::new("lockgate::select", format!("no model matches `{term}`"));
        return Err(Error::project(problem.help(suggest(name, known))));
    }
    let mut all: BTreeSet<String> = found.iter().cloned().collect();
    for name in &found {
        if let Some(steps) = up {
            all.extend(walk(&project.reads(), name, steps));
        }
        if let Some(steps) = down {
            all.extend(walk(&project.read_by(), name, steps));
        }
    }
    all.retain(|name| project.model(name).is_some());
    Ok(all)
}

/// The models of `state:modified`.
fn changed(word: &str, modified: Option<&BTreeSet<String>>) -> Result<Vec<String>> {
    let problem = |message: String, help: &str| {
        let problem = Problem::new("lockgate::select::state", message);
        Err(Error::project(problem.help(help)))
    };
    match (word, modified) {
        ("modified", Some(modified)) => Ok(modified.iter().cloned().collect()),
        ("modified", None) => problem(
            "`state:modified` needs something to compare with".to_owned(),
            "name it: --base main",
        ),
        _ => problem(
            format!("`state:{word}` is no state of a model"),
            "the only one is state:modified",
        ),
    }
}

/// `2+name`: the steps up, and the rest of the term.
fn leading(term: &str) -> (Option<usize>, &str) {
    match term.split_once('+') {
        Some((steps, rest)) if steps.chars().all(|c| c.is_ascii_digit()) && !rest.is_empty() => {
            (Some(steps.parse().unwrap_or(usize::MAX)), rest)
        }
        _ => (None, term),
    }
}

/// `name+2`: the steps down, and the name.
fn trailing(term: &str) -> (Option<usize>, &str) {
    match term.rsplit_once('+') {
        Some((name, steps)) if steps.chars().all(|c| c.is_ascii_digit()) => {
            (Some(steps.parse().unwrap_or(usize::MAX)), name)
        }
        _ => (None, term),
    }
}

fn matching(project: &Project, name: &str) -> Vec<String> {
    let hit = |model: &&super::Model| match name.split_once(':') {
        Some(("layer", layer)) => glob(layer, &model.layer),
        Some(("path", path)) => {
            let path = path.trim_end_matches('/');
            glob(path, &model.text.path)
                || model
                    .text
                    .path
                    .strip_prefix(path)
                    .is_some_and(|rest| rest.starts_with('/'))
        }
        Some(("source", source)) => model
            .reads
            .iter()
            .any(|read| source_of(read).is_some_and(|raw| glob(source, raw))),
        _ => glob(name, &model.name),
    };
    let models = project.models.iter().filter(hit);
    models.map(|model| model.name.clone()).collect()
}

fn walk(edges: &BTreeMap<String, Vec<String>>, start: &str, steps: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut front = vec![start.to_owned()];
    for _ in 0..steps {
        let next: Vec<String> = front
            .iter()
            .flat_map(|name| edges.get(name).into_iter().flatten().cloned())
            .filter(|name| found.insert(name.clone()))
            .collect();
        if next.is_empty() {
            break;
        }
        front = next;
    }
    found
}

/// Whether `name` matches `pattern`: `*` any run of characters, `?` any one.
///
/// ```
/// assert!(lockgate_core::project::glob("stg_*_?", "stg_leads_1"));
/// assert!(!lockgate_core::project::glob("stg", "stg_leads"));
/// ```
pub fn glob(pattern: &str, name: &str) -> bool {
    let mut regex = String::from("^(?s)");
    for c in pattern.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    regex::Regex::new(&regex).is_ok_and(|regex| regex.is_match(name))
}
