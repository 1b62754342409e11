//! What the global options say: the project, its files and tables, the engine's memory, the format.

use std::path::{Path, PathBuf};

use lockgate::engine::Warehouse;
use lockgate::error::{Error, Result};
use lockgate::project::{self, Project};
use lockgate::report::{self, Format};

use crate::args::{Global, OutputFormat};

pub fn root(global: &Global) -> Result<PathBuf> {
    match &global.project {
        Some(root) => Ok(root.clone()),
        None => {
            let here = std::env::current_dir();
            project::find(&here.map_err(|error| Error::engine("finding the project", error))?)
        }
    }
}

pub fn load(global: &Global) -> Result<Project> {
    project::load(&root(global)?)
}

/// The folder of the source files.
pub fn data(global: &Global, project: &Project) -> PathBuf {
    match &global.data {
        Some(data) => data.clone(),
        None => project.root.join(&project.manifest.data),
    }
}

pub fn warehouse(global: &Global, project: &Project) -> Result<Warehouse> {
    match &global.warehouse {
        Some(location) => Warehouse::open(location, Path::new("")),
        None => Warehouse::open(&project.manifest.warehouse, &project.root),
    }
}

pub fn memory(global: &Global) -> Option<usize> {
    global
        .memory
        .map(|size| usize::try_from(size.as_u64()).unwrap_or(usize::MAX))
}

pub fn format(global: &Global) -> Format {
    match global.format {
        OutputFormat::Table => Format::Table,
        OutputFormat::Json => Format::Json,
        OutputFormat::Csv if global.csv_safe => Format::CsvSafe,
        OutputFormat::Csv => Format::Csv,
    }
}

pub fn detail(global: &Global) -> report::Detail {
    match (global.quiet, global.verbose) {
        (true, _) => report::Detail::Quiet,
        (_, true) => report::Detail::Verbose,
        _ => report::Detail::Normal,
    }
}
