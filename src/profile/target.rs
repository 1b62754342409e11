//! Which file or table is meant.

use std::path::Path;

use crate::engine::{Engine, Origin, columns_of};
use crate::error::{Error, Problem, Result, suggest};
use crate::intake::{Dialect, Limits, Refusal, ScanError, claim};
use crate::project::{Model, Project, Source};
use crate::table_name::{raw, source_of};

use super::Options;

/// What is profiled.
pub(super) struct Target<'a> {
    pub subject: String,
    pub origin: Origin,
    pub project: Option<&'a Project>,
    /// The source whose files are called so.
    pub source: Option<&'a Source>,
    pub model: Option<&'a Model>,
}

impl Target<'_> {
    /// How it reads.
    pub fn read(&self, columns: usize) -> String {
        match &self.origin {
            Origin::File { dialect, bom, .. } => {
                let delimiter = match dialect.delimiter {
                    b',' => "comma".to_owned(),
                    b';' => "semicolon".to_owned(),
                    b'\t' => "tab".to_owned(),
                    other => char::from(other).to_string(),
                };
                let mark = if *bom { " with a byte order mark" } else { "" };
                format!("UTF-8{mark}, {delimiter}, {columns} columns")
            }
            Origin::Table { .. } => format!("{columns} columns"),
        }
    }

    /// The names of the columns. `masked`: a header cell that the contract of the source does not
    /// name may be a value, of a file without a header; its place stands for it.
    pub fn names(&self, masked: bool) -> Vec<String> {
        let names = self.origin.names();
        if !masked || matches!(self.origin, Origin::Table { .. }) {
            return names;
        }
        let known = |name: &str| {
            self.source
                .is_some_and(|source| source.contract.names_header(name))
        };
        let named = names.into_iter().enumerate();
        named
            .map(|(at, name)| match known(&name) {
                true => name,
                false => format!("column {}", at + 1),
            })
            .collect()
    }
}

/// The file or table of that name.
///
/// # Errors
/// There is none, or it cannot be read. A file that is refused is no error.
pub(super) async fn find<'a>(
    engine: &Engine,
    options: &Options<'a>,
) -> Result<std::result::Result<Target<'a>, Box<Problem>>> {
    let path = Path::new(options.target);
    let project = options.project.map(|(project, _)| project);
    if path.is_file() {
        return file(path, options.target, project);
    }
    if let Some((project, warehouse)) = options.project {
        let named = |name: &str| project.relations().into_iter().find(|known| known == name);
        let raw = raw(options.target);
        if let Some(name) = named(options.target).or_else(|| named(&raw)) {
            let published = engine.put_published(warehouse, project).await?;
            if !published.contains_key(&name) {
                let problem =
                    Problem::new("lockgate::profile", format!("{name} was never published"));
                return Err(Error::project(
                    problem.help("run the project first: lockgate run"),
                ));
            }
            let columns = columns_of(engine, &name).await?;
            return Ok(Ok(Target {
                subject: name.clone(),
                model: project.model(&name),
                source: source_of(&name).and_then(|name| project.source(name)),
                origin: Origin::Table { name, columns },
                project: Some(project),
            }));
        }
    }
    Err(Error::project(missing(options.target, project)))
}

fn missing(target: &str, project: Option<&Project>) -> Problem {
    let folder = Path::new(target)
        .parent()
        .filter(|path| !path.as_os_str().is_empty());
    let read = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let files = read
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_file());
    let files = files.filter_map(|entry| {
        let path = folder.map_or_else(
            || entry.file_name().into(),
            |folder| folder.join(entry.file_name()),
        );
        path.to_str().map(str::to_owned)
    });
    let is_path = target.contains(['/', '.']) && source_of(target).is_none();
    let mut known: Vec<String> = match project {
        Some(project) => project.relations(),
        None => Vec::new(),
    };
    if is_path || project.is_none() {
        known = files.filter(|name| name.ends_with(".csv")).collect();
        known.sort();
    }
    let what = match (is_path, project) {
        (true, _) => "no file",
        (false, None) => "no file, and no project here whose table it could be,",
        (false, Some(_)) => "no file, model or source",
    };
    Problem::new(
        "lockgate::profile::none",
        format!("there is {what} `{target}`"),
    )
    .help(suggest(target, known.iter().map(String::as_str)))
}

fn file<'a>(
    path: &Path,
    subject: &str,
    project: Option<&'a Project>,
) -> Result<std::result::Result<Target<'a>, Box<Problem>>> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let source = project.and_then(|project| {
        let mut sources = project.sources.iter();
        sources.find(|source| claim(&source.contract.file, name).is_some())
    });
    let dialect = source.map(|source| Dialect::of(&source.contract.file));
    let limits = source.map_or_else(Limits::default, |source| {
        Limits::of(&source.contract.file, None)
    });
    match Origin::of_file(path, dialect, limits) {
        Ok(origin) => Ok(Ok(Target {
            subject: subject.to_owned(),
            origin,
            project,
            source,
            model: None,
        })),
        Err(ScanError::Refused(refusal)) => {
            let masked = project.is_some_and(|project| project.manifest.samples == 0);
            Ok(Err(refused(subject, refusal, masked)))
        }
        Err(ScanError::Io(error)) => Err(Error::engine(format!("reading {subject}"), error)),
    }
}

/// A refusal as a problem to show; `masked`: without a value of the file.
pub(super) fn refused(subject: &str, mut refusal: Refusal, masked: bool) -> Box<Problem> {
    if masked {
        refusal.hide_values();
    }
    let problem = Problem::new(
        "lockgate::profile::refused",
        format!("{subject}: {}", refusal.message),
    );
    Box::new(problem.help(refusal.help))
}
