//! What a new source needs beside its contract: a model that reads it.

use crate::engine::Origin;
use crate::expect::ident;
use crate::outcome::{Next, Profile, Suggestion};

use super::suggest::{naming, raw_names};
use super::target::Target;

/// A starter model for a file whose source no model of the project reads.
pub(super) fn next(target: &Target, told: &Profile) -> Option<Next> {
    let (project, Origin::File { header, .. }) = (target.project?, &target.origin) else {
        return None;
    };
    let (source, _) = naming(target);
    let raw = format!("raw.{source}");
    let mut reads = project.models.iter().flat_map(|model| &model.reads);
    if told.suggestions.is_empty() || reads.any(|read| *read == raw) {
        return None;
    }
    let layer = project.manifest.layers.first()?.get_ref();
    let mut columns: Vec<String> = raw_names(header).iter().map(|name| ident(name)).collect();
    // What a file's day and a failing row's line are told by.
    let own = ["file_name", "file_date", "file_row", "file_line"];
    columns.extend(own.map(str::to_owned));
    let text = format!("select\n    {}\nfrom {raw}\n", columns.join(",\n    "));
    Some(Next {
        says: format!("run takes in only sources that a model reads, and none reads {raw} yet"),
        model: Suggestion {
            path: format!("models/{layer}/{layer}_{source}.sql"),
            text,
        },
    })
}
