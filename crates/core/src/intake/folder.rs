//! What lies in the folder of the source files: nothing in it is passed over in silence.

use std::fs::{self, DirEntry, FileType};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why an entry of the folder cannot be a source's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// Its name; bytes that are no UTF-8 are `\xNN`.
    pub name: String,
    /// What it is, as a part of a sentence: `it is a folder`.
    pub what: String,
    pub help: &'static str,
}

/// The entries of a folder, each sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    pub files: Vec<String>,
    pub odd: Vec<Odd>,
}

/// Looks through a folder; opens none of its entries, so that it never waits for a named pipe.
///
/// `outside_links`: whether a link may point out of the folder.
///
/// # Errors
/// The folder cannot be read.
pub fn folder(path: &Path, outside_links: bool) -> io::Result<Folder> {
    let inside = fs::canonicalize(path)?;
    let mut found = Folder::default();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let bound = (!outside_links).then_some(&inside);
        let odd = match entry.file_type()? {
            kind if kind.is_symlink() => link(&entry, bound),
            kind => oddity(kind),
        };
        match (entry.file_name().into_string(), odd) {
            (Ok(name), None) => found.files.push(name),
            (Ok(name), Some((what, help))) => found.odd.push(Odd { name, what, help }),
            (Err(name), odd) => {
                let (what, help) =
                    odd.unwrap_or_else(|| ("its name is no UTF-8".to_owned(), "rename it"));
                let name = super::refusal::shown(name.as_encoded_bytes());
                found.odd.push(Odd { name, what, help });
            }
        }
    }
    found.files.sort();
    found.odd.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What a link leads to, if it is no file that may be read.
fn link(entry: &DirEntry, inside: Option<&PathBuf>) -> Option<(String, &'static str)> {
    let target = match fs::canonicalize(entry.path()) {
        Ok(target) => target,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Some((
                "it is a link to nothing".to_owned(),
                "bring back the file it points to, or delete the link",
            ));
        }
        Err(error) => {
            return Some((
                format!("it is a link that cannot be followed ({error})"),
                "mend the link, or delete it",
            ));
        }
    };
    if inside.is_some_and(|inside| !target.starts_with(inside)) {
        return Some((
            "it is a link that points out of the data folder".to_owned(),
            "if that is meant, write `outside_links = true` in lockgate.toml; otherwise put the file itself here",
        ));
    }
    match fs::metadata(&target) {
        Ok(meta) => oddity(meta.file_type()),
        Err(error) => Some((
            format!("it cannot be looked at ({error})"),
            "mend its permissions, or delete it",
        )),
    }
}

/// What an entry is, if it is no file.
fn oddity(kind: FileType) -> Option<(String, &'static str)> {
    if kind.is_file() {
        return None;
    }
    let what = if kind.is_dir() {
        return Some((
            "it is a folder".to_owned(),
            "put the file itself here, or rename the folder",
        ));
    } else {
        special(kind)
    };
    Some((
        format!("it is {what}, and no file"),
        "write the data into a file of that name",
    ))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a device"
}
