//! What a new source needs beside its contract: a model that reads it.

use std::path::Path;

use crate::engine::Origin;
use crate::expect::ident;
use crate::outcome::{Next, Profile, Suggestion};
use crate::project::Project;
use crate::table_name::raw;

use super::naming::{Naming, raw_names};
use super::target::Target;

/// A starter model for a file whose source no model of the project reads.
pub(super) fn next(target: &Target, told: &Profile) -> Option<Next> {
    let (project, Origin::File { path, header, .. }) = (target.project?, &target.origin) else {
        return None;
    };
    let Naming { source, dated, .. } = Naming::of(target);
    let raw = raw(&source);
    let mut reads = project.models.iter().flat_map(|model| &model.reads);
    if told.suggestions.is_empty() || reads.any(|read| *read == raw) {
        return None;
    }
    let layer = project.manifest.layers.first()?.get_ref();
    let mut columns: Vec<String> = raw_names(header).iter().map(|name| ident(name)).collect();
    // What a file's day and a failing row's line are told by.
    let own = ["file_name", "file_date", "file_row", "file_line"];
    columns.extend(own.map(str::to_owned));
    let (list, from) = (columns.join(",\n    "), ident(&source));
    let name = free(project, &format!("{layer}_{source}"));
    Some(Next {
        says: format!("run takes in only sources that a model reads, and none reads {raw} yet"),
        model: Suggestion {
            path: format!("models/{layer}/{name}.sql"),
            text: format!("select\n    {list}\nfrom raw.{from}\n"),
        },
        then: then(project, path, dated),
    })
}

/// The name, or the first of `name_2`, `name_3`, …, that no model of the project has.
fn free(project: &Project, name: &str) -> String {
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name}_{n}")));
    let free = names.find(|name| project.model(name).is_none());
    free.unwrap_or_else(|| name.to_owned())
}

/// How the file comes in: it must lie in the project's folder of data, and have a date.
fn then(project: &Project, file: &Path, dated: bool) -> String {
    let data = project.root.join(&project.manifest.data);
    let data = data.canonicalize().unwrap_or(data);
    let folder = file.canonicalize().ok();
    let put = match folder.is_some_and(|file| file.parent() == Some(&data)) {
        true => String::new(),
        false => format!("put the file into {}/, then: ", project.manifest.data),
    };
    let date = match dated {
        true => "",
        false => " --file-date YYYY-MM-DD",
    };
    format!("{put}lockgate run{date}")
}
