//! Suggestions into files, none of them over what is there.

use std::path::Path;

use crate::error::{Error, Problem, Result};
use crate::outcome::{Profile, Suggestion, Written};

/// Writes the suggestions of a profile below `root`, and its starter model; with `force` the
/// suggestions over files that are there, a model never.
///
/// # Errors
/// Without `force`, every suggested file that is there already, and none is written then;
/// there is nothing to write; a file cannot be written.
pub fn write(profile: &Profile, root: &Path, force: bool) -> Result<Written> {
    let suggestions = &profile.suggestions;
    if suggestions.is_empty() {
        let problem = Problem::new(
            "lockgate::profile::nothing",
            "there is nothing to suggest, and so to write",
        );
        let help = match profile.masked {
            true => {
                "the project shows no values (samples = 0), and a header cell that no contract names may be one: \
                 profile the file outside of the project, or declare its columns in contracts/sources/"
            }
            false => {
                "a raw table has its source's contract: profile one of its files, or a model; a header must name each \
                 column once"
            }
        };
        return Err(Error::project(problem.help(help)));
    }
    let is_there = |file: &&Suggestion| root.join(&file.path).exists();
    let there = suggestions.iter().filter(|_| !force).filter(is_there);
    let problems: Vec<Problem> = there
        .map(|file| {
            Problem::new(
                "lockgate::profile::exists",
                format!("{} is there already", file.path),
            )
            .help("--force writes over it; --out DIR writes elsewhere")
        })
        .collect();
    if !problems.is_empty() {
        return Err(Error::Project(problems));
    }
    let model = profile.next.as_ref().map(|next| &next.model);
    let kept = model.filter(is_there).map(|model| model.path.clone());
    let mut written = Written {
        kept,
        ..Written::default()
    };
    let model = model.filter(|_| written.kept.is_none());
    for file in suggestions.iter().chain(model) {
        let path = root.join(&file.path);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|error| Error::engine(format!("writing {}", path.display()), error))?;
        written.files.push(file.path.clone());
    }
    Ok(written)
}
