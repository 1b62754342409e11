//! `init`: a working project written into an empty folder.

use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use crate::error::{Error, Problem, Result};

static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/starter");
static MODELS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/models");
static CONTRACTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/contracts");
static EXPECTATIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/expectations");
static CLEANERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/cleaners");
static DATA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data");
// Of `tests` only the layers' folders: the others are the tests of lockgate itself.
static BASE_TESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/base");
static STAGING_TESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/staging");
static DIM_TESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/dims");
static ANALYTICS_TESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/analytics");
const MANIFEST: &str = include_str!("../lockgate.toml");

/// A project that lockgate carries with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// One source, two models.
    Starter,
    /// The leads project: three licence lists and Salesforce.
    Leads,
}

/// Writes an example into `folder`, which is made if it is not there.
///
/// # Errors
/// A folder that is not empty is left alone; the folder or a file of it cannot be written.
pub fn init(example: Example, folder: &Path) -> Result<Vec<String>> {
    if folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Error::project(
            Problem::new(
                "lockgate::init::not_empty",
                format!("{} is not empty", folder.display()),
            )
            .help("name a new folder, or an empty one"),
        ));
    }
    let mut files = Vec::new();
    match example {
        Example::Starter => collect(&STARTER, "", &mut files),
        Example::Leads => {
            files.push(("lockgate.toml".to_owned(), MANIFEST.as_bytes()));
            let parts = [
                ("models", &MODELS),
                ("contracts", &CONTRACTS),
                ("expectations", &EXPECTATIONS),
                ("cleaners", &CLEANERS),
                ("tests/base", &BASE_TESTS),
                ("tests/staging", &STAGING_TESTS),
                ("tests/dims", &DIM_TESTS),
                ("tests/analytics", &ANALYTICS_TESTS),
                ("data", &DATA),
            ];
            for (name, dir) in parts {
                collect(dir, &format!("{name}/"), &mut files);
            }
        }
    }
    files.push((".gitignore".to_owned(), b"warehouse/\n"));
    for (name, bytes) in &files {
        let path = folder.join(name);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| Error::engine(format!("writing {}", path.display()), error))?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn collect<'a>(dir: &'a Dir<'a>, prefix: &str, files: &mut Vec<(String, &'a [u8])>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, prefix, files),
            DirEntry::File(file) => {
                let name = format!("{prefix}{}", file.path().display());
                files.push((name, file.contents()));
            }
        }
    }
}
