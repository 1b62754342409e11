//! The binary as GitHub Actions runs it, and the workflow of `docs/ci.md` step by step.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::{schema, xml};

const WORKFLOW: &str = include_str!("../../../templates/github-workflow.yml");

/// A repository with the small project in a folder of its own.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        lockgate::init::init(lockgate::init::Example::Starter, &folder.path().join("p")).unwrap();
        Self(folder)
    }

    /// The same with the leads project.
    fn leads() -> Self {
        let folder = tempfile::tempdir().unwrap();
        lockgate::init::init(lockgate::init::Example::Leads, &folder.path().join("p")).unwrap();
        Self(folder)
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.0.path());
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        let answer = command.args(arguments).output().unwrap();
        assert_eq!(code(&answer), 0, "{}", text(&answer.stderr));
    }

    /// A branch on what is there, as a checkout of a merge request onto `main` finds it.
    fn branch(&self) {
        self.git(&["init", "-q", "-b", "main"]);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "sound"]);
        self.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        self.git(&["checkout", "-q", "-b", "rename"]);
    }

    fn swap(&self, path: &str, old: &str, new: &str) {
        let before = self.read(path);
        assert!(before.contains(old), "{old} in {path}");
        fs::write(self.path(path), before.replacen(old, new, 1)).unwrap();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A phone that is not one, in a new month.
    fn spoil(&self) {
        let rows = "Id,Company,Phone,Since\n1,Maple,12,2019-04-01\n2,Elm,34,2019-04-01\n";
        fs::write(self.path("p/data/contacts_2024-03-01.csv"), rows).unwrap();
    }

    /// A model that no longer yields what its contract promises.
    fn rename_company(&self) {
        let model = "p/models/staging/stg_contacts.sql";
        let text = self.read(model);
        let renamed = text.replace("    company,\n", "    company as firm,\n");
        fs::write(self.path(model), renamed).unwrap();
    }

    /// A command with the variables that GitHub sets, its summary going to a file of its own.
    fn github(&self, program: &str, summary: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path("p"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", self.0.path())
            .env("GITHUB_STEP_SUMMARY", self.path(summary))
            .env_remove("GITHUB_BASE_REF")
            .env_remove("CLICOLOR_FORCE");
        command
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

const LOCKGATE: &str = env!("CARGO_BIN_EXE_lockgate");

#[test]
fn in_github_actions_annotations_and_the_summary_come_by_themselves() {
    let repository = Repository::new();
    repository.spoil();
    let run = repository
        .github(LOCKGATE, "summary.md")
        .arg("run")
        .output()
        .unwrap();
    assert_eq!(code(&run), 1, "{}", text(&run.stderr));
    let out = text(&run.stdout);
    let line = "::error file=p/expectations/base/base_contacts.toml,line=15,col=1,title=base_contacts.phone_valid::";
    assert!(out.lines().any(|it| it.starts_with(line)), "{out}");
    let summary = repository.read("summary.md");
    assert!(
        summary.starts_with("## ❌ lockgate run starter: failed\n"),
        "{summary}"
    );
    assert!(
        summary.contains("`p/expectations/base/base_contacts.toml:15`"),
        "{summary}"
    );
}

#[test]
fn outside_github_actions_nothing_comes_by_itself() {
    let repository = Repository::new();
    repository.spoil();
    let mut command = repository.github(LOCKGATE, "summary.md");
    let run = command
        .env("GITHUB_ACTIONS", "")
        .arg("run")
        .output()
        .unwrap();
    assert!(!text(&run.stdout).contains("::error"));
    assert!(!repository.path("summary.md").exists());
}

#[test]
fn standard_output_stays_one_document_in_github_actions() {
    let repository = Repository::new();
    repository.spoil();
    let mut command = repository.github(LOCKGATE, "summary.md");
    let run = command.args(["run", "--format", "json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(document["verdict"], "fail");
    assert!(text(&run.stderr).contains("::error file=p/"));
}

#[test]
fn a_project_that_is_wrong_is_annotated_and_reported_too() {
    let repository = Repository::new();
    repository.rename_company();
    for name in ["check", "run"] {
        let mut command = repository.github(LOCKGATE, "summary.md");
        let reports = ["--report", "sarif=o/x.sarif", "--report", "junit=o/x.xml"];
        let answer = command.arg(name).args(reports).output().unwrap();
        assert_eq!(code(&answer), 2);
        let out = text(&answer.stdout);
        assert!(
            out.contains("::error file=p/contracts/staging/stg_contacts.toml,line="),
            "{out}"
        );
        xml::hold_to_the_dialect(&repository.read("p/o/x.xml"));
        let log: Value = serde_json::from_str(&repository.read("p/o/x.sarif")).unwrap();
        assert_eq!(schema::problems(&log), Vec::<String>::new());
        let run = &log["runs"][0];
        assert_eq!(run["invocations"][0]["exitCode"], 2);
        assert_eq!(run["results"][0]["ruleId"], "lockgate::contract::breach");
        assert_eq!(
            run["automationDetails"]["id"],
            format!("lockgate/{name}/p/")
        );
    }
    let summary = repository.read("summary.md");
    assert!(summary.contains("lockgate::contract::breach"), "{summary}");
}

#[test]
fn the_summaries_of_a_step_keep_within_its_limit() {
    let repository = Repository::new();
    repository.spoil();
    let full = "x".repeat(lockgate::report::STEP_SUMMARY - 3000);
    fs::write(repository.path("summary.md"), full).unwrap();
    for _ in 0..3 {
        repository
            .github(LOCKGATE, "summary.md")
            .arg("run")
            .output()
            .unwrap();
    }
    let size = fs::metadata(repository.path("summary.md")).unwrap().len();
    assert!(
        size as usize <= lockgate::report::STEP_SUMMARY + 1,
        "{size}"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure_of_the_storage() {
    let repository = Repository::new();
    let mut command = Command::new(LOCKGATE);
    command
        .current_dir(repository.path("p"))
        .env_remove("GITHUB_ACTIONS");
    let answer = command
        .args(["check", "--report", "json=lockgate.toml/x"])
        .output()
        .unwrap();
    assert_eq!(code(&answer), 3);
    assert!(text(&answer.stderr).contains("writing lockgate.toml/x"));
}

#[test]
fn a_fuzz_writes_reports_too() {
    let repository = Repository::new();
    let mut command = repository.github(LOCKGATE, "summary.md");
    command.args(["fuzz", "phone", "--cases", "20", "--seed", "1"]);
    command.args(["--report", "sarif=o/f.sarif", "--report", "junit=o/f.xml"]);
    let answer = command.output().unwrap();
    assert_eq!(code(&answer), 0, "{}", text(&answer.stderr));
    let junit = repository.read("p/o/f.xml");
    xml::hold_to_the_dialect(&junit);
    assert!(junit.contains("<testsuite name=\"phone\""), "{junit}");
    let log: Value = serde_json::from_str(&repository.read("p/o/f.sarif")).unwrap();
    assert_eq!(schema::problems(&log), Vec::<String>::new());
    let summary = repository.read("summary.md");
    assert!(
        summary.starts_with("## ✅ lockgate fuzz starter: passed\n"),
        "{summary}"
    );
}

/// The shell steps of a workflow, by name.
fn shell_steps(workflow: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut name = String::new();
    let mut block = false;
    for line in workflow.lines() {
        let inner = line.strip_prefix("          ");
        if let (true, Some(inner)) = (block, inner) {
            steps.last_mut().unwrap().1.push_str(&format!("{inner}\n"));
            continue;
        }
        block = false;
        if let Some(given) = line.trim_start().strip_prefix("- name: ") {
            name = given.to_owned();
        } else if let Some(script) = line.trim_start().strip_prefix("run: ") {
            block = script == "|";
            let script = if block {
                String::new()
            } else {
                script.to_owned()
            };
            steps.push((name.clone(), script));
        }
    }
    steps
}

/// Runs the shell steps as the runner does, up to the first that fails; their names and exit codes.
fn run_workflow(repository: &Repository) -> Vec<(String, i32)> {
    run_workflow_onto(repository, None)
}

/// The same for a merge request onto a branch.
fn run_workflow_onto(repository: &Repository, onto: Option<&str>) -> Vec<(String, i32)> {
    let bin = Path::new(LOCKGATE).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut codes = Vec::new();
    for (name, script) in shell_steps(WORKFLOW) {
        let summary = format!("{name}.md");
        let mut command = repository.github("bash", &summary);
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.envs(onto.map(|branch| ("GITHUB_BASE_REF", branch)));
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script]);
        let answer = command.output().unwrap();
        codes.push((name, code(&answer)));
        if code(&answer) != 0 {
            break;
        }
    }
    codes
}

#[test]
fn the_workflow_of_the_docs_is_the_template() {
    let page = include_str!("../../../docs/ci.md");
    assert!(page.contains(&format!("```yaml\n{WORKFLOW}```\n")));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(WORKFLOW.matches(version).count(), 1);
}

#[test]
fn the_workflow_passes_on_sound_data_and_stops_on_what_is_wrong() {
    let steps = ["install lockgate", "check the project", "run the gates"];
    let expect = |codes: &[i32]| -> Vec<(String, i32)> {
        let names = steps.iter().map(|name| (*name).to_owned());
        names.zip(codes.iter().copied()).collect()
    };
    let repository = Repository::new();
    assert_eq!(run_workflow(&repository), expect(&[0, 0, 0]));
    assert!(repository.read("run the gates.md").contains("passed"));
    repository.spoil();
    assert_eq!(run_workflow(&repository), expect(&[0, 0, 1]));
    assert!(repository.read("run the gates.md").contains("phone_valid"));
    for file in ["check.sarif", "run.sarif"] {
        let log: Value =
            serde_json::from_str(&repository.read(&format!("p/reports/{file}"))).unwrap();
        assert_eq!(schema::problems(&log), Vec::<String>::new());
    }
    for file in ["check.xml", "run.xml"] {
        xml::hold_to_the_dialect(&repository.read(&format!("p/reports/{file}")));
    }
    repository.rename_company();
    assert_eq!(run_workflow(&repository), expect(&[0, 2]));
    assert!(
        repository
            .read("check the project.md")
            .contains("contracts/staging/stg_contacts.toml:")
    );
}

#[test]
fn a_merge_request_that_renames_a_column_is_stopped_by_the_workflow() {
    let repository = Repository::new();
    repository.branch();
    repository.rename_company();
    let contract = "p/contracts/staging/stg_contacts.toml";
    let renamed = repository.read(contract).replace("company =", "firm =");
    fs::write(repository.path(contract), renamed).unwrap();
    let codes = run_workflow_onto(&repository, Some("main"));
    assert_eq!(codes.last().unwrap(), &("check the project".to_owned(), 2));
    let summary = repository.read("check the project.md");
    assert!(summary.contains(&format!("{contract}:1")), "{summary}");

    let raised = repository.read(contract).replace("1.0.0", "2.0.0");
    fs::write(repository.path(contract), raised).unwrap();
    let tests = "p/tests/staging/stg_contacts.toml";
    let renamed = repository
        .read(tests)
        .replace("id,company,first", "id,firm,first");
    fs::write(repository.path(tests), renamed).unwrap();
    let codes = run_workflow_onto(&repository, Some("main"));
    assert_eq!(codes.last().unwrap(), &("run the gates".to_owned(), 0));
}

#[test]
fn a_column_of_the_leads_project_renamed_is_stopped_by_the_workflow_with_whom_it_breaks() {
    let repository = Repository::leads();
    repository.branch();
    let sql = "p/models/staging/stg_leads_source_2.sql";
    repository.swap(sql, "company) as company_name", "company) as business_name");
    let contract = "p/contracts/staging/stg_leads_source_2.toml";
    repository.swap(contract, "company_name =", "business_name =");
    let codes = run_workflow_onto(&repository, Some("main"));
    assert_eq!(codes.last().unwrap(), &("check the project".to_owned(), 2));
    let line = |part: &str| {
        let text = repository.read(contract);
        let place = text.lines().position(|line| line.starts_with(part));
        place.unwrap() + 1
    };
    let summary = repository.read("check the project.md");
    let version = format!("{contract}:{}", line("version ="));
    assert!(summary.contains(&version), "{version}: {summary}");
    let sarif = repository.read("p/reports/check.sarif");
    for breaks in [
        "dim_prospective_leads_source_level (company_name)",
        "dim_prospective_leads (company_name)",
    ] {
        assert!(sarif.contains(breaks), "{breaks}: {sarif}");
    }
    let columns: Value = serde_json::from_str(&sarif).unwrap();
    let related = columns["runs"][0]["results"].as_array().unwrap().iter();
    let mut related = related.flat_map(|result| {
        result["relatedLocations"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    });
    let renamed = line("business_name =");
    assert!(
        related.any(|it| it["physicalLocation"]["region"]["startLine"] == renamed),
        "{sarif}"
    );
}
