//! `fuzz`: planted faults are found and made small; declared cleaners, corpus, seed and record.

mod planted;
mod real;

use std::fs;
use std::path::Path;

use lockgate::error::{Error, Result};
use lockgate::fuzz::{Options, fuzz};
use lockgate::outcome::{Gate, Run, Verdict};
use lockgate::project;
use tempfile::TempDir;

/// A project with one declared cleaner and no model.
fn folder(cleaner: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "lockgate.toml",
        "name = 'fuzzed'\nlayers = []\n",
    );
    write(folder.path(), "cleaners/zip.toml", cleaner);
    folder
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

async fn fuzzed(root: &Path, cleaners: &[&str], cases: u64, seed: u64) -> Result<Run> {
    let project = project::load(root)?;
    let options = Options {
        cleaners: cleaners.iter().map(|name| (*name).to_owned()).collect(),
        cases,
        time: None,
        seed,
        warehouse: None,
        memory: None,
        run_id: "a-run".to_owned(),
        now: &|| chrono::DateTime::UNIX_EPOCH,
    };
    fuzz(&project, &options).await
}

#[tokio::test]
async fn time_that_is_up_leaves_no_cleaner_untried() {
    let folder = folder(SOUND);
    let project = project::load(folder.path()).expect("a project");
    let options = Options {
        cleaners: Vec::new(),
        cases: u64::MAX,
        time: Some(std::time::Duration::ZERO),
        seed: 1,
        warehouse: None,
        memory: None,
        run_id: "a-run".to_owned(),
        now: &|| chrono::DateTime::UNIX_EPOCH,
    };
    let run = fuzz(&project, &options).await.expect("a run");
    assert_eq!(run.models.len(), 5);
    assert!(
        run.models.iter().all(|model| model.rows == Some(64)),
        "{run:?}"
    );
}

#[tokio::test]
async fn a_run_without_a_text_passes_nothing() {
    let folder = folder(SOUND);
    let run = fuzzed(folder.path(), &["zip"], 0, 1).await.expect("a run");
    assert_eq!(
        (run.verdict, run.models[0].gate),
        (Verdict::Skip, Gate::Skipped)
    );
}

/// The message and the marked text of every problem.
fn problems(error: &Error) -> Vec<(String, String)> {
    use miette::Diagnostic;
    let told = error.problems().iter().map(|problem| {
        let label = problem.labels().and_then(|mut labels| labels.next());
        let marked = problem
            .source_code()
            .zip(label)
            .and_then(|(source, label)| {
                let span = source.read_span(label.inner(), 0, 0).ok()?;
                Some(String::from_utf8_lossy(span.data()).into_owned())
            });
        let help = problem.help_text().unwrap_or_default();
        (
            format!("{} | {help}", problem.message()),
            marked.unwrap_or_default(),
        )
    });
    told.collect()
}

const SOUND: &str = r#"
summary = "The five digits of a ZIP code."
sql = '''regexp_match(value, '^\s*(\d{5})(-\d{4})?\s*$')[1]'''
form = '\d{5}'

[[input]]
regex = '[0-9]{5}(-[0-9]{4})?'
[[input]]
list = ["89101", " 89101-0001"]
[[input]]
generator = "text"

[[example]]
raw = "89101-0001"
clean = "89101"
[[example]]
raw = "8910"

[[law]]
name = "zip4"
statement = "A ZIP+4 has the ZIP code's form."
other = "after || '-0001'"
where = "after IS NOT NULL"
holds = "other = after"
"#;

#[tokio::test]
async fn a_sound_cleaner_of_the_projects_own_passes() {
    let folder = folder(&SOUND.replace(r"\d", "[0-9]"));
    let run = fuzzed(folder.path(), &["zip"], 3000, 1)
        .await
        .expect("a run");
    assert_eq!(run.verdict, Verdict::Pass, "{run:?}");
    let zip = run.model("zip").expect("the cleaner");
    assert_eq!(
        (zip.layer.as_str(), zip.gate, zip.rows),
        ("cleaners", Gate::Open, Some(3000))
    );
    let laws: Vec<&str> = zip
        .outcomes
        .iter()
        .map(|outcome| outcome.id.as_str())
        .collect();
    assert_eq!(
        laws,
        [
            "total",
            "null",
            "idempotent",
            "in_form",
            "examples",
            "layouts",
            "zip4"
        ]
    );
    assert!(!folder.path().join("corpus").exists());
}

#[tokio::test]
async fn a_fault_is_told_with_its_law_and_kept_in_the_corpus() {
    let folder = folder(&SOUND.replace("(-\\d{4})?", "").replace(r"\d", "[0-9]"));
    let run = fuzzed(folder.path(), &["zip"], 3000, 1)
        .await
        .expect("a run");
    assert_eq!(run.verdict, Verdict::Fail);
    let zip = run.model("zip").expect("the cleaner");
    let failed: Vec<&str> = zip
        .with(Verdict::Fail)
        .map(|outcome| outcome.id.as_str())
        .collect();
    assert_eq!(failed, ["examples", "zip4"]);
    let outcome = zip.with(Verdict::Fail).last().expect("an outcome");
    assert_eq!(
        (outcome.location.file.as_str(), outcome.location.line),
        ("cleaners/zip.toml", 20)
    );
    let sample = &outcome.samples[0].values;
    assert_eq!(sample["input"].as_deref(), Some("\"00000\""));
    assert_eq!(sample["clean"].as_deref(), Some("\"00000\""));
    assert_eq!(
        sample["found"].as_deref(),
        Some("after = \"00000\", other = null from \"00000-0001\"")
    );
    assert_eq!(sample["expected"].as_deref(), Some("other = after"));
    let corpus = fs::read_to_string(folder.path().join("corpus/zip.txt")).expect("a corpus");
    assert_eq!(corpus, "\"89101-0001\"\n\"00000\"\n");
}

#[tokio::test]
async fn the_corpus_is_tried_first() {
    let folder = folder(&SOUND.replace(r"\d", "[0-9]"));
    write(folder.path(), "corpus/zip.txt", "\"x\"\n\"89101-0001\"\n");
    let run = fuzzed(folder.path(), &["zip"], 0, 1).await.expect("a run");
    assert_eq!((run.verdict, run.models[0].rows), (Verdict::Pass, Some(2)));
    write(
        folder.path(),
        "cleaners/zip.toml",
        &SOUND.replace("(-\\d{4})?", ""),
    );
    let run = fuzzed(folder.path(), &["zip"], 0, 1).await.expect("a run");
    let failed: Vec<&str> = run.models[0]
        .with(Verdict::Fail)
        .map(|o| o.id.as_str())
        .collect();
    assert_eq!(failed, ["examples"]);
}

#[tokio::test]
async fn a_corpus_line_that_is_no_text_is_told_at_its_line() {
    let folder = folder(SOUND);
    write(folder.path(), "corpus/zip.txt", "\"x\"\nnot JSON\n");
    let error = fuzzed(folder.path(), &["zip"], 10, 1)
        .await
        .expect_err("a problem");
    assert_eq!(
        error.problems()[0].place(),
        Some(("corpus/zip.txt".to_owned(), 2))
    );
    assert_eq!(error.exit_code(), 2);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let faulty = SOUND.replace("(-\\d{4})?", "");
    let run = |seed| {
        let folder = folder(&faulty);
        async move {
            fuzzed(folder.path(), &["zip"], 500, seed)
                .await
                .expect("a run")
        }
    };
    assert_eq!(run(5).await, run(5).await);
    // The corpus that a run leaves behind does not change what the next one tells.
    let folder = folder(&faulty);
    let first = fuzzed(folder.path(), &["zip"], 500, 5)
        .await
        .expect("a run");
    let second = fuzzed(folder.path(), &["zip"], 500, 5)
        .await
        .expect("a run");
    let told = |run: &Run| -> Vec<_> {
        let outcomes = run.models[0].outcomes.iter();
        outcomes
            .map(|outcome| (outcome.id.clone(), outcome.verdict, outcome.samples.clone()))
            .collect()
    };
    assert_eq!(told(&first), told(&second));
}

#[tokio::test]
async fn a_record_goes_through_json_and_back() {
    let folder = folder(&SOUND.replace("(-\\d{4})?", ""));
    let run = fuzzed(folder.path(), &["zip"], 200, 1)
        .await
        .expect("a run");
    let json = lockgate::report::json(&run);
    let read: Run = serde_json::from_str(&json).expect("a run");
    assert_eq!(read, run);
    assert!(json.contains("\"kind\": \"law\""), "{json}");
}

#[tokio::test]
async fn an_error_of_the_expression_breaks_total() {
    let cleaner =
        "sql = \"CAST(CAST(value AS BIGINT) AS VARCHAR)\"\n[[input]]\nregex = '[0-9]{1,4}'\n";
    let folder = folder(cleaner);
    let run = fuzzed(folder.path(), &["zip"], 500, 1)
        .await
        .expect("a run");
    let total = &run.models[0].outcomes[0];
    assert_eq!((total.id.as_str(), total.verdict), ("total", Verdict::Fail));
    let input = total.samples[0].values["input"]
        .as_deref()
        .expect("an input");
    assert!(input.chars().count() <= 3, "{input}");
}

#[tokio::test]
async fn every_problem_of_a_cleaners_file_is_told_at_its_key() {
    let text = r#"sql = "trim(value)"
form = '['
laws = ["idempotant", "total"]
sumary = "x"

[[input]]
generator = "phon"
[[input]]
column = "raw.nowhere.zip"
[[input]]
regex = "a"
list = ["b"]

[[law]]
name = "total"
holds = "true"
"#;
    let unknown = folder(text);
    let error = project::load(unknown.path()).expect_err("a problem");
    let told = problems(&error);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "unknown key `sumary` | did you mean `summary`?");
    assert_eq!(told[0].1, "sumary");

    let others = folder(&text.replace("sumary", "summary"));
    let error = project::load(others.path()).expect_err("problems");
    let told = problems(&error);
    let marked: Vec<&str> = told.iter().map(|(_, marked)| marked.as_str()).collect();
    assert_eq!(
        marked,
        [
            "'['",
            "\"idempotant\"",
            "\"phon\"",
            "\"raw.nowhere.zip\"",
            "[[input]]",
            "\"total\"",
        ]
    );
    assert!(
        told[1].0.ends_with("did you mean `idempotent`?"),
        "{}",
        told[1].0
    );
    assert!(
        told[2].0.ends_with("did you mean `phone`?"),
        "{}",
        told[2].0
    );
}

#[tokio::test]
async fn sql_that_does_not_plan_is_told_at_its_key_by_check_too() {
    let text = "sql = \"trim(valu)\"\n[[law]]\nname = 'own'\nholds = \"length(after)\"\n";
    let folder = folder(text);
    let project = project::load(folder.path()).expect("a project");
    let error = lockgate::check::check(&project)
        .await
        .expect_err("problems");
    let told = problems(&error);
    let marked: Vec<&str> = told.iter().map(|(_, marked)| marked.as_str()).collect();
    assert_eq!(marked, ["\"trim(valu)\"", "\"length(after)\""], "{told:?}");
    assert!(told[0].0.contains("value"), "{}", told[0].0);
    assert!(
        told[1].0.contains("should yield a boolean"),
        "{}",
        told[1].0
    );
}

#[tokio::test]
async fn an_unknown_cleaner_is_told_with_the_nearest() {
    let folder = folder(SOUND);
    let error = fuzzed(folder.path(), &["adress"], 1, 1)
        .await
        .expect_err("a problem");
    assert_eq!(
        error.problems()[0].help_text(),
        Some("did you mean `address`?")
    );
}

#[tokio::test]
async fn the_cleaners_of_lockgate_keep_their_laws() {
    let folder = folder(&SOUND.replace(r"\d", "[0-9]"));
    let run = fuzzed(
        folder.path(),
        &["phone", "address", "company", "person"],
        300,
        11,
    )
    .await
    .expect("a run");
    let failed: Vec<_> = run
        .models
        .iter()
        .flat_map(|model| model.with(Verdict::Fail))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(run.models.iter().all(|model| {
        ["null", "agrees_with_sql"]
            .iter()
            .all(|law| model.outcomes.iter().any(|o| o.id == *law))
    }));
}

/// Cleaners by functions that do not take every layout of texts, and the texts that they are tried on.
const OF_ONE_LAYOUT: &[(&str, &str)] = &[
    (
        "case when regexp_like(value, '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$') \
         then cast(to_date(value, '%Y-%m-%d') as varchar) end",
        "20[0-9]{2}-0[1-9]-1[0-9]",
    ),
    (
        "case when regexp_like(value, '^[0-9]{1,9}$') then cast(to_timestamp_seconds(cast(value as bigint)) as varchar) end",
        "[0-9]{1,9}",
    ),
    (
        "nullif(array_to_string(string_to_array(value, '-'), ''), '')",
        "[0-9]{5}-[0-9]{4}",
    ),
    ("nullif(translate(value, '-', ''), '')", "[0-9]{5}-[0-9]{4}"),
    ("nullif(split_part(value, '-', 1), '')", "[0-9]{5}-[0-9]{4}"),
];

#[tokio::test]
async fn a_cleaner_is_held_to_no_layout_that_its_functions_are_never_given() {
    for (sql, regex) in OF_ONE_LAYOUT {
        let cleaner = format!(
            "summary = 'A text.'\nsql = \"\"\"{}\"\"\"\nlaws = ['total', 'null', 'layouts']\n[[input]]\nregex = '{regex}'\n",
            sql.replace('\\', "\\\\")
        );
        let folder = folder(&cleaner);
        let run = fuzzed(folder.path(), &["zip"], 300, 1)
            .await
            .expect("a run");
        assert_eq!(
            run.models[0].gate,
            Gate::Open,
            "{sql}\n{:?}",
            run.models[0].outcomes
        );
    }
}
