//! A project as a commit of its git repository holds it. git is run as a
//! process, and only reads: neither the working tree nor the index is touched.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Error, Problem, Result};

use super::Files;

/// The commit that a working tree is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// As the user named it: a branch, a tag, a commit.
    pub name: String,
    /// The commit's full id.
    pub commit: String,
}

/// The parts of a project that are read.
const PARTS: [&str; 6] = [
    "lockgate.toml",
    "models",
    "contracts",
    "expectations",
    "cleaners",
    "tests",
];

/// Finds the commit that the project in `root` started from: the merge base of
/// `name` and HEAD, so that what happened on the other branch since then is not
/// taken for a change of this one. Where they have none in common (a shallow
/// clone, say), it is `name` itself.
///
/// # Errors
/// git is not installed, `root` lies in no repository, or `name` is no commit of it.
pub fn base(root: &Path, name: &str) -> Result<Base> {
    git(root, &["rev-parse", "--show-toplevel"])?
        .into_result()
        .map_err(|_| {
            Error::project(
                Problem::new(
                    "lockgate::base::repository",
                    "the project lies in no git repository, and a base is a commit of one",
                )
                .help("run it in a clone of the project's repository, or leave --base out"),
            )
        })?;
    let wanted = format!("{name}^{{commit}}");
    let verified = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &wanted,
    ];
    let commit = git(root, &verified)?.into_result().map_err(|_| {
        Error::project(
            Problem::new(
                "lockgate::base::unknown",
                format!("`{name}` is no commit, branch or tag of this repository"),
            )
            .help(
                "name one that `git log` knows; in CI, fetch it first: git fetch --depth=1 origin main",
            ),
        )
    })?;
    let shared = git(root, &["merge-base", "HEAD", &commit])?.into_result();
    Ok(Base {
        name: name.to_owned(),
        commit: shared.unwrap_or(commit),
    })
}

/// The project's files at a commit; none where the project was not there yet.
///
/// # Errors
/// git is not installed, or the repository lacks an object.
pub fn files(root: &Path, base: &Base) -> Result<Files> {
    let mut listing = vec!["ls-tree", "-r", "-z", base.commit.as_str(), "--"];
    listing.extend(PARTS);
    let listed = git(root, &listing)?.into_result().map_err(failed)?;
    let (paths, ids): (Vec<&str>, Vec<&str>) = listed.split('\0').filter_map(blob).unzip();
    let contents = contents(root, &ids)?;
    let files: BTreeMap<String, Vec<u8>> =
        paths.into_iter().map(str::to_owned).zip(contents).collect();
    Ok(Files::Commit(files))
}

/// Reads `100644 blob <id>\t<path>`; links and submodules are no files of a project.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob" && mode.starts_with("100")).then_some((path, id))
}

/// The bytes of each object, in order, by one process.
fn contents(root: &Path, ids: &[&str]) -> Result<Vec<Vec<u8>>> {
    let mut process = command(root, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| missing(&error))?;
    let stdin = process.stdin.take();
    let asked = ids.iter().map(|id| format!("{id}\n")).collect::<String>();
    // git answers while it is asked: a reader that waits for the last question would block both.
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(asked.as_bytes())));
        process.wait_with_output()
    });
    let output = output.map_err(|error| failed(error.to_string()))?;
    let mut rest = output.stdout.as_slice();
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let read = object(&mut rest).ok_or_else(|| failed(format!("object {id} is not there")))?;
        all.push(read.to_vec());
    }
    Ok(all)
}

/// Takes one answer off: `<id> blob <size>\n<bytes>\n`.
fn object<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let line = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..line]).ok()?;
    let size: usize = head.rsplit_once("blob ")?.1.parse().ok()?;
    let bytes = rest.get(line + 1..line + 1 + size)?;
    *rest = rest.get(line + size + 2..)?;
    Some(bytes)
}

struct Answer(Output);

impl Answer {
    /// What git wrote, without the last line break; else its complaint.
    fn into_result(self) -> Result<String, String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        if self.0.status.success() {
            Ok(text(&self.0.stdout))
        } else {
            Err(text(&self.0.stderr))
        }
    }
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(root)
        .args(arguments)
        // A lock of the index, or a question on the terminal, is nothing a reader needs.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn git(root: &Path, arguments: &[&str]) -> Result<Answer> {
    let output = command(root, arguments).output();
    output.map(Answer).map_err(|error| missing(&error))
}

fn missing(error: &std::io::Error) -> Error {
    Error::project(
        Problem::new(
            "lockgate::base::git",
            format!("git does not start: {error}"),
        )
        .help("install git: the base is read with it"),
    )
}

fn failed(complaint: String) -> Error {
    Error::engine("reading the base from git", complaint)
}
