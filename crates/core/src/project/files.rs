//! Where a project's files are read from: a folder, or a commit of its repository.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// The files of a project, by their path relative to it, such as `models/base/orders.sql`.
#[derive(Clone, Debug)]
pub enum Files {
    /// Those of a folder, as they are when they are read.
    Folder(PathBuf),
    /// Those of a commit; folders are told from the paths.
    Commit(BTreeMap<String, Vec<u8>>),
}

impl Files {
    /// The text of a file.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is not UTF-8.
    pub fn read(&self, path: &str) -> std::io::Result<String> {
        match self {
            Self::Folder(root) => std::fs::read_to_string(root.join(path)),
            Self::Commit(files) => {
                let bytes = files.get(path).ok_or(Error::from(ErrorKind::NotFound))?;
                String::from_utf8(bytes.clone())
                    .map_err(|error| Error::new(ErrorKind::InvalidData, error))
            }
        }
    }

    /// The names in a folder, sorted; none where there is no such folder.
    pub fn entries(&self, folder: &str) -> Vec<String> {
        match self {
            Self::Folder(root) => listed(&root.join(folder)),
            Self::Commit(files) => {
                let below = format!("{folder}/");
                let inside = files.keys().filter_map(|path| path.strip_prefix(&below));
                let names = inside.filter_map(|rest| rest.split('/').next());
                let names: BTreeSet<&str> = names.collect();
                names.into_iter().map(str::to_owned).collect()
            }
        }
    }

    pub fn exists(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).exists(),
            Self::Commit(_) => self.is_file(path) || self.is_folder(path),
        }
    }

    pub fn is_file(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).is_file(),
            Self::Commit(files) => files.contains_key(path),
        }
    }

    pub fn is_folder(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).is_dir(),
            Self::Commit(_) => !self.entries(path).is_empty(),
        }
    }
}

fn listed(folder: &Path) -> Vec<String> {
    let Ok(read) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = read.flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    names
}
