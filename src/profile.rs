//! `profile`: what a file or a table holds, and a contract and expectations for it.
//!
//! The figures of every column come from one pass over all rows. Keys and
//! dependencies are looked for in a sample, which is all rows where they are few
//! enough, and counted over all of them; quartiles, shapes and some findings
//! are the sample's.

mod alike;
mod codes;
mod column;
mod confirm;
mod depend;
mod facet;
mod finding;
mod keys;
mod naming;
mod next;
mod pairs;
mod suggest;
mod target;
mod view;
mod write;

pub use write::write;

use crate::engine::{Engine, Warehouse, figures};
use crate::error::{Problem, Result};
use crate::outcome::Profile;
use crate::project::Project;

use target::{Target, find};
use view::View;

/// Rows sampled by default.
pub const SAMPLE: usize = 50_000;

/// What to profile, and how.
#[derive(Debug)]
pub struct Options<'a> {
    /// A file, a model, `raw.<source>` or a source.
    pub target: &'a str,
    /// With its tables; `None` outside of a project, where only files can be profiled.
    pub project: Option<(&'a Project, &'a Warehouse)>,
    /// Bytes.
    pub memory: Option<usize>,
    /// Rows that keys and dependencies are looked for in, at most; quartiles are theirs.
    pub sample: usize,
}

/// A profile, or why the file is none that could be profiled.
#[derive(Debug)]
pub enum Answer {
    Told(Box<Profile>),
    /// What is wrong with the file: it is refused as `run` would refuse it.
    Refused(Box<Problem>),
}

/// Profiles a file or a published table.
///
/// # Errors
/// No such file or table; the engine or the storage fails.
pub async fn profile(options: &Options<'_>) -> Result<Answer> {
    let masked = options
        .project
        .is_some_and(|(project, _)| project.manifest.samples == 0);
    let engine = Engine::new(options.memory)?;
    let target = match find(&engine, options).await? {
        Ok(target) => target,
        Err(problem) => return Ok(Answer::Refused(problem)),
    };
    let origin = &target.origin;
    let figures = match figures(&engine, origin, options.sample).await? {
        Ok(figures) => figures,
        Err(refusal) => {
            return Ok(Answer::Refused(target::refused(
                &target.subject,
                refusal,
                masked,
            )));
        }
    };
    let view = View::new(target.names(masked), figures, masked);
    let keys = keys::search(&engine, origin, &view).await?;
    let alike = alike::suspected(&view);
    let foreign = finding::foreign(&view);
    let suspected = depend::search(&view, &alike, &foreign, &keys);
    let almost = keys::almost(&view, &keys);
    let confirmed = confirm::counted(&engine, origin, &view, suspected, almost, alike).await?;
    let mut told = Profile {
        subject: target.subject.clone(),
        read: target.read(view.width()),
        rows: view.rows,
        sampled: view.sample.rows() as u64,
        masked,
        columns: (0..view.width())
            .map(|at| column::told(&view, at))
            .collect(),
        dependencies: confirmed.dependencies,
        more_dependencies: confirmed.more_dependencies,
        findings: finding::search(&view, &foreign, &confirmed.alike),
        keys: keys::told(&view, &keys),
        almost_keys: confirmed.almost_keys,
        more_almost_keys: confirmed.more_almost_keys,
        suggestions: Vec::new(),
        next: None,
    };
    told.suggestions = suggestions(&target, &view, &told);
    told.next = next::next(&target, &told);
    Ok(Answer::Told(Box::new(told)))
}

fn suggestions(target: &Target, view: &View, told: &Profile) -> Vec<crate::outcome::Suggestion> {
    // What hides names of columns cannot suggest any.
    let named = view.names == target.origin.names();
    match view.rows {
        0 => Vec::new(),
        _ if !named => Vec::new(),
        _ => suggest::suggest(target, view, told),
    }
}
