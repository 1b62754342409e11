//! Suggestions into files, none of them over what is there.

use std::path::Path;

use crate::error::{Error, Problem, Result};
use crate::outcome::Suggestion;

/// Writes suggestions below `root`; with `force` over files that are there.
///
/// # Errors
/// Without `force`, every file that is there already, and none is written then;
/// there is nothing to write; a file cannot be written.
pub fn write(suggestions: &[Suggestion], root: &Path, force: bool) -> Result<()> {
    if suggestions.is_empty() {
        let problem = Problem::new(
            "lockgate::profile::nothing",
            "there is nothing to suggest, and so to write",
        );
        return Err(Error::project(problem.help(
            "a raw table has its source's contract: profile one of its files, or a model; a header must name each \
             column once",
        )));
    }
    let there = suggestions
        .iter()
        .filter(|file| !force && root.join(&file.path).exists());
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
    for file in suggestions {
        let path = root.join(&file.path);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|error| Error::engine(format!("writing {}", path.display()), error))?;
    }
    Ok(())
}
