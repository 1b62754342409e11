//! The binary as a user runs it: exit codes, documents, what is printed where.

mod ask;
mod codes;
mod hidden;
mod messages;
mod run;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Exit code, standard output and standard error as one text to pin.
    pub fn whole(&self) -> String {
        format!(
            "exit {}\n--- out\n{}--- err\n{}",
            self.code, self.out, self.err
        )
    }
}

/// Runs the binary in `folder`, with nothing of the environment that colours or configures it.
pub fn lockgate(folder: &Path, args: &[&str]) -> Answer {
    with_environment(folder, args, &[])
}

pub fn with_environment(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.current_dir(folder).args(args);
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "TERM",
        "COLORTERM",
        "GITHUB_ACTIONS",
    ] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Answer {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// The small project of `init`, in a folder of its own.
pub fn starter() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = lockgate(folder.path(), &["init", "."]);
    assert_eq!(made.code, 0, "{}", made.err);
    folder
}

/// The small project, run once; only read.
pub static RUN: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = starter();
    let run = lockgate(folder.path(), &["run"]);
    assert_eq!(run.code, 0, "{}", run.out);
    folder
});

/// The repository's root, which is the leads project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Run ids, times and build-dependent widths made the same on every run.
pub fn steady(text: &str) -> String {
    let id = regex::Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z");
    let text = id.unwrap().replace_all(text, "<run-id>");
    time.unwrap().replace_all(&text, "<time>").into_owned()
}

#[test]
fn check_of_the_leads_project_says_of_each_key_whether_it_is_proved_or_counted() {
    let answer = lockgate(&root(), &["check"]);
    crate::shop::pin("cli", [("check of the leads project", answer.whole())]);
}

#[test]
fn nothing_is_coloured_but_on_demand() {
    let folder = RUN.path();
    let plain = [
        with_environment(folder, &["check"], &[]),
        with_environment(folder, &["check"], &[("NO_COLOR", "1")]),
        with_environment(
            folder,
            &["check", "--color", "never"],
            &[("CLICOLOR_FORCE", "1")],
        ),
        lockgate(folder, &["query", "select nope from stg_contacts"]),
        lockgate(folder, &["show", "stg_contacts"]),
    ];
    for answer in plain {
        let both = answer.out + &answer.err;
        assert!(!both.contains('\u{1b}'), "{both:?}");
    }
    let answer = lockgate(folder, &["check", "--color", "always"]);
    assert!(answer.out.contains("\u{1b}["), "{}", answer.out);
    let answer = lockgate(folder, &["query", "select nope", "--color", "always"]);
    assert!(answer.err.contains("\u{1b}["), "{}", answer.err);
}

#[test]
fn the_command_line_itself_is_wrong_with_exit_code_2() {
    let folder = RUN.path();
    for args in [
        &["nonsense"][..],
        &["run", "--file-date", "yesterday"],
        &["run", "--file-date", "24-01-31"],
        &["run", "--fail-on", "everything"],
        &["run", "--quiet", "--verbose"],
        &["check", "--format", "xml"],
        &["query"],
        &["check", "--memory", "lots"],
    ] {
        let answer = lockgate(folder, args);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{args:?}");
        assert!(answer.err.starts_with("error:"), "{args:?}: {}", answer.err);
    }
}

#[test]
fn the_project_is_found_upwards_and_named() {
    let folder = RUN.path();
    let below = folder.join("models/base");
    assert_eq!(lockgate(&below, &["check"]).code, 0);
    let elsewhere = tempfile::tempdir().unwrap();
    let answer = lockgate(elsewhere.path(), &["check"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("lockgate::project::none"),
        "{}",
        answer.err
    );
    let named = ["check", "--project", folder.to_str().unwrap()];
    assert_eq!(lockgate(elsewhere.path(), &named).code, 0);
}

#[test]
fn problems_are_one_document_where_json_is_asked_for() {
    let folder = starter();
    crate::shop::write(
        folder.path(),
        "models/staging/stg_contacts.sql",
        "select nope\nfrom base_contact\n",
    );
    let answer = lockgate(folder.path(), &["check", "--format", "json"]);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""));
    crate::shop::pin("cli", [("problems as JSON", answer.out)]);
}

#[test]
fn a_storage_that_cannot_be_written_is_exit_code_3() {
    let folder = starter();
    std::fs::write(folder.path().join("tables"), "a file").unwrap();
    let answer = lockgate(folder.path(), &["run", "--warehouse", "tables/within"]);
    assert_eq!(answer.code, 3, "{}{}", answer.out, answer.err);
    assert!(answer.err.contains("lockgate::engine"), "{}", answer.err);
}
