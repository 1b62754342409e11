//! A project against its base in git: what is stopped, at which line, and what
//! a run of only what changed builds.

mod built;
mod classes;
mod cleaners;
mod removed;
mod settings;
mod tested;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lockgate::check;
use lockgate::error::{Error, Problem};
use lockgate::outcome::{Change, Class, Compared};
use lockgate::project;
use tempfile::TempDir;

use crate::shop;
use crate::support::wait;

const LEADS: [&str; 5] = [
    "lockgate.toml",
    "models",
    "contracts",
    "expectations",
    "cleaners",
];
const STAGED: &str = "contracts/staging/stg_leads_source_2.toml";
const STAGED_SQL: &str = "models/staging/stg_leads_source_2.sql";
const STAGED_EXPECTATIONS: &str = "expectations/staging/stg_leads_source_2.toml";

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "as it is"]);
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// A repository on branch `main` whose only commit holds a project.
pub struct Repository {
    folder: TempDir,
    pub root: PathBuf,
}

impl Repository {
    /// The leads project, at the top or in a folder of its own.
    fn leads(below: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(below);
        fs::create_dir_all(&root).unwrap();
        for part in LEADS {
            copy(
                &Path::new(env!("CARGO_MANIFEST_DIR")).join(part),
                &root.join(part),
            );
        }
        Self::of(folder, root)
    }

    fn shop() -> Self {
        let folder = shop::project(&[]);
        let root = folder.path().to_owned();
        Self::of(folder, root)
    }

    pub fn of(folder: TempDir, root: PathBuf) -> Self {
        git(folder.path(), &["init", "-q", "-b", "main"]);
        commit(folder.path());
        Self { folder, root }
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    pub fn swap(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{old} in {path}");
        shop::write(&self.root, path, &text.replacen(old, new, 1));
    }

    pub fn line(&self, path: &str, part: &str) -> u64 {
        let text = self.read(path);
        let place = text.lines().position(|line| line.contains(part));
        place.unwrap_or_else(|| panic!("{part} in {path}")) as u64 + 1
    }

    pub fn against(&self, base: &str) -> Result<(Compared, Vec<Problem>), Error> {
        let project = project::load(&self.root).expect("the project is right");
        let base = base.to_owned();
        wait(async move { check::against(&project, &base).await })
    }

    pub fn changes(&self) -> (Vec<Change>, Vec<Problem>) {
        let (compared, problems) = self.against("main").expect("a comparison");
        (compared.changes, problems)
    }

    fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lockgate"))
            .arg("--project")
            .arg(&self.root)
            .args(arguments)
            .output()
            .expect("lockgate runs")
    }
}

/// Each change as `class what`.
fn told(changes: &[Change]) -> Vec<String> {
    let told = changes
        .iter()
        .map(|change| format!("{} {}", change.class.as_str(), change.what));
    told.collect()
}

fn rename_company(repository: &Repository) {
    repository.swap(
        STAGED_SQL,
        "company) as company_name",
        "company) as business_name",
    );
    repository.swap(STAGED, "company_name =", "business_name =");
}

#[test]
fn a_renamed_column_is_stopped_at_the_version_with_whom_it_breaks() {
    let repository = Repository::leads("");
    rename_company(&repository);
    let (changes, problems) = repository.changes();
    let [renamed, plan] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(renamed.what, "column_renamed");
    assert_eq!(renamed.class, Class::Breaking);
    assert_eq!(plan.what, "plan_changed");
    let readers: Vec<String> = renamed.readers.iter().map(ToString::to_string).collect();
    assert_eq!(
        readers,
        [
            "dim_prospective_leads_source_level (company_name)",
            "dim_prospective_leads (company_name)"
        ]
    );
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(
        problem.place(),
        Some((STAGED.to_owned(), repository.line(STAGED, "version =")))
    );
    let shown = shop::rendered(&problems);
    assert!(shown.contains("must be 2.0.0 or higher"), "{shown}");
    let line = repository.line(STAGED, "business_name");
    assert!(shown.contains(&format!("{STAGED}:{line}:1")), "{shown}");
    assert!(
        shown.contains("dim_prospective_leads (company_name)"),
        "{shown}"
    );

    repository.swap(STAGED, "1.0.0", "2.0.0");
    assert!(repository.changes().1.is_empty());
}

#[test]
fn the_command_stops_and_the_working_tree_stays_as_it_was() {
    let repository = Repository::leads("pipelines/leads");
    rename_company(&repository);
    let status = || {
        let output = Command::new("git")
            .arg("-C")
            .arg(repository.folder.path())
            .args(["status", "--porcelain"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let before = status();
    let output = repository.command(&["check", "--base", "main", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["problems"][0]["location"]["file"], STAGED);
    assert_eq!(document["changes"][0]["what"], "column_renamed");
    assert_eq!(
        document["changes"][0]["readers"][0]["model"],
        "dim_prospective_leads_source_level"
    );
    assert_eq!(status(), before);
    let output = repository.command(&["check", "--base", "main"]);
    assert_eq!(output.status.code(), Some(2));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        stdout.contains("felt by dim_prospective_leads_source_level"),
        "{stdout}"
    );
}

#[test]
fn an_expectation_taken_out_without_a_reason_is_stopped() {
    let repository = Repository::leads("");
    let text = repository.read(STAGED_EXPECTATIONS);
    let start = text
        .find("[[expect]]\nkind = \"holds\"\nid = \"first_received")
        .unwrap();
    let end = start + 10 + text[start + 10..].find("[[expect]]").unwrap();
    let without = format!("{}{}", &text[..start], &text[end..]);
    shop::write(&repository.root, STAGED_EXPECTATIONS, &without);
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking expectation_deleted"]);
    assert_eq!(
        problems[0].place().unwrap().1,
        text[..start].lines().count() as u64 + 1
    );

    let reason =
        "\n[[removed]]\nid = \"first_received_not_after_latest\"\nbecause = \"dates come late\"\n";
    shop::write(
        &repository.root,
        STAGED_EXPECTATIONS,
        &format!("{without}{reason}"),
    );
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["compatible expectation_deleted"]);
    assert_eq!(changes[0].reason.as_deref(), Some("dates come late"));
    assert!(problems.is_empty());
}

#[test]
fn a_tolerance_raised_without_a_reason_is_stopped_at_its_line() {
    let repository = Repository::leads("");
    repository.swap(STAGED_EXPECTATIONS, "{ share = 0.03 }", "{ share = 0.3 }");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking tolerance_raised"]);
    assert_eq!(
        problems[0].place(),
        Some((
            STAGED_EXPECTATIONS.to_owned(),
            repository.line(STAGED_EXPECTATIONS, "0.3 }")
        ))
    );

    repository.swap(
        STAGED_EXPECTATIONS,
        "{ share = 0.3 }",
        "{ share = 0.3 }\nweakened = \"the register lost its phones\"",
    );
    assert!(repository.changes().1.is_empty());
    commit(repository.folder.path());
    repository.swap(STAGED_EXPECTATIONS, "{ share = 0.3 }", "{ share = 0.4 }");
    // The reason is that of the last time.
    assert_eq!(told(&repository.changes().0), ["breaking tolerance_raised"]);
}

#[test]
fn blanks_and_comments_are_cosmetic() {
    let repository = Repository::leads("");
    repository.swap(
        STAGED_SQL,
        "    license_number as source_id,",
        "\n  license_number -- theirs\n  as source_id,",
    );
    repository.swap(
        STAGED,
        "summary = \"One row",
        "# so it is\nsummary = \"One single row",
    );
    repository.swap(
        STAGED_EXPECTATIONS,
        "sql = \"first_received_file_date <= file_date\"",
        "sql = \"first_received_file_date  <=  file_date\"",
    );
    repository.swap(
        STAGED_EXPECTATIONS,
        "allow = { share = 0.03 }",
        "allow = { share = 0.030 }",
    );
    let (changes, problems) = repository.changes();
    assert_eq!(
        told(&changes),
        ["cosmetic words", "cosmetic words", "cosmetic text_changed"]
    );
    assert!(problems.is_empty());
}

#[test]
fn the_same_project_has_no_changes() {
    assert_eq!(Repository::leads("").changes().0, []);
}

const EXPECTATIONS: &str = "expectations/base/base_orders.toml";

#[test]
fn what_happened_on_the_base_since_is_no_change_of_this_branch() {
    let repository = Repository::shop();
    git(repository.folder.path(), &["checkout", "-q", "-b", "work"]);
    commit(repository.folder.path());
    git(repository.folder.path(), &["checkout", "-q", "main"]);
    repository.swap(EXPECTATIONS, "min = 0", "min = 5");
    commit(repository.folder.path());
    git(repository.folder.path(), &["checkout", "-q", "work"]);
    assert_eq!(repository.changes().0, []);
}

#[test]
fn a_base_that_cannot_be_read_is_told() {
    let repository = Repository::shop();
    let unknown = repository.against("no-such-branch").unwrap_err();
    assert!(unknown.to_string().contains("no-such-branch"), "{unknown}");
    assert_eq!(unknown.exit_code(), 2);
    let option = repository.against("--help").unwrap_err();
    assert!(option.to_string().contains("--help"), "{option}");

    let outside = shop::project(&[]);
    let project = project::load(outside.path()).unwrap();
    let error = wait(async move { check::against(&project, "main").await }).unwrap_err();
    assert!(error.to_string().contains("no git repository"), "{error}");
}

#[test]
fn a_project_that_is_new_since_the_base_only_adds() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path());
    for (path, text) in shop::SOUND {
        shop::write(folder.path(), path, text);
    }
    let root = folder.path().to_owned();
    let (changes, problems) = Repository { folder, root }.changes();
    assert_eq!(
        told(&changes),
        [
            "compatible source_added",
            "compatible model_added",
            "compatible model_added"
        ]
    );
    assert!(problems.is_empty());
}

#[test]
fn a_removed_expectation_that_is_still_there_is_a_problem() {
    let repository = Repository::shop();
    let text = repository.read(EXPECTATIONS);
    let removed = "[[removed]]\nid = \"between(amount)\"\nbecause = \" \"\n";
    shop::write(&repository.root, EXPECTATIONS, &format!("{text}{removed}"));
    let error = project::load(&repository.root).unwrap_err();
    assert!(error.to_string().contains("still there"), "{error}");
    assert!(error.to_string().contains("says nothing"), "{error}");
}
