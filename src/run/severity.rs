//! `--severity`: expectations judged otherwise in one run.

use crate::error::{Result, suggest};
use crate::outcome::Severity;
use crate::project::Project;
use crate::table_name::raw;

use super::argument;

/// The project with the severities of this run.
pub(super) fn overridden(project: &Project, severities: &[String]) -> Result<Project> {
    let mut project = project.clone();
    for text in severities {
        let read = text.split_once('=').and_then(|(id, word)| match word {
            "warn" => Some((id, Severity::Warn)),
            "error" => Some((id, Severity::Error)),
            _ => None,
        });
        let Some((id, severity)) = read else {
            return Err(argument(
                format!("--severity {text} is not ID=warn or ID=error"),
                "for example --severity match_impossible=warn".to_owned(),
            ));
        };
        let mut ids: Vec<String> = Vec::new();
        let mut hit = false;
        let sources = project.sources.iter_mut();
        let sources = sources.map(|s| (raw(&s.name), &mut s.expectations));
        let models = project.models.iter_mut();
        let models = models.map(|m| (m.name.clone(), &mut m.expectations));
        for (table, expectations) in sources.chain(models) {
            for expectation in expectations {
                let full = format!("{table}.{}", expectation.id);
                if expectation.id == id || full == id {
                    expectation.severity = severity;
                    hit = true;
                }
                ids.push(expectation.id.clone());
            }
        }
        ids.sort();
        ids.dedup();
        if !hit {
            return Err(argument(
                format!("--severity names `{id}`, and no expectation has that id"),
                suggest(id, ids.iter().map(String::as_str)),
            ));
        }
    }
    Ok(project)
}
