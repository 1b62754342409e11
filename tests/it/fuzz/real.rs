//! Real values: the columns that a cleaner is used on are found, read and told.

use lockgate::fuzz::{Options, fuzz};
use lockgate::outcome::{Run, Verdict};

use crate::cli::{lockgate, steady};
use crate::shop;
use crate::support::{Scratch, wait};

const SOURCE: &str = r#"version = "1.0.0"
summary = "Calls."
owner = "data@example.com"

[file]
name = ["calls_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
Contact = {}
Phone = {}
"#;
const CONTRACT: &str = r#"version = "1.0.0"
summary = "One row per call."
owner = "data@example.com"

[columns]
id = { type = "text" }
dialled = { type = "text", null = true }
phone_raw = { type = "text" }
hour = { type = "int" }
"#;
const MODEL: &str = "with calls as (select *, trim(contact) as held from raw.calls)\n\
    select clean_code(id) as id, coalesce(clean_phone(held), 'x') as dialled, phone as phone_raw, 1 as hour\n\
    from calls where phone_extension(phone) is null\n";
const ASKED: &str =
    "[[expect]]\nkind = \"is_clean\"\ncolumn = \"dialled\"\nby = \"phone\"\nseverity = \"warn\"\n";
/// Idempotent but for one text, which no generator makes up.
const CODE: &str =
    "sql = \"CASE WHEN value = '\u{3a9}-77-\u{3a9}' THEN 'x' ELSE upper(value) END\"\n";

fn calls() -> Scratch {
    let scratch = Scratch::new(&[
        ("lockgate.toml", "name = \"calls\"\nlayers = [\"base\"]\n"),
        ("contracts/sources/calls.toml", SOURCE),
        ("contracts/base/base_calls.toml", CONTRACT),
        ("models/base/base_calls.sql", MODEL),
        ("expectations/base/base_calls.toml", ASKED),
        ("cleaners/code.toml", CODE),
        (
            "data/calls_2024-01-01.csv",
            "Id,Contact,Phone\na,212-555-2368,1\n\u{3a9}-77-\u{3a9},,2\nc,x,3\n",
        ),
    ]);
    scratch.run();
    scratch
}

fn fuzzed(scratch: &Scratch, cleaner: &str, cases: u64) -> Run {
    let (project, warehouse) = (scratch.project(), scratch.warehouse());
    let cleaners = vec![cleaner.to_owned()];
    wait(async move {
        let options = Options {
            cleaners,
            cases,
            time: None,
            seed: 1,
            warehouse: Some(&warehouse),
            memory: None,
            run_id: "a-run".to_owned(),
            now: &|| chrono::DateTime::UNIX_EPOCH,
        };
        fuzz(&project, &options).await.expect("a run")
    })
}

#[test]
fn columns_are_found_by_the_sql_that_cleans_them_then_by_expectations() {
    let scratch = calls();
    let run = fuzzed(&scratch, "phone", 64);
    assert_eq!(
        run.models[0].reads,
        ["raw.calls.contact", "raw.calls.phone", "base_calls.dialled"]
    );
    assert_eq!(
        fuzzed(&scratch, "code", 64).models[0].reads,
        ["raw.calls.id"]
    );
    assert_eq!(fuzzed(&scratch, "person", 64).models[0].reads, [""; 0]);
}

#[test]
fn a_value_of_a_table_that_breaks_a_law_is_found_and_told_with_its_column() {
    let run = fuzzed(&calls(), "code", 2000);
    let zip = &run.models[0];
    let failed: Vec<&str> = zip.with(Verdict::Fail).map(|o| o.id.as_str()).collect();
    assert_eq!(failed, ["idempotent"]);
    let text = lockgate::report::run_summary(&run, lockgate::report::Detail::Normal);
    let text = anstream::adapter::strip_str(&text).to_string();
    shop::pin("fuzz", [("a law broken by a real value", text)]);
}

#[test]
fn columns_that_a_cleaners_file_names_come_first_and_names_count_where_there_is_no_use() {
    let scratch = calls();
    let named = format!("{CODE}[[input]]\ncolumn = \"base_calls.phone_raw\"\n");
    scratch.write("cleaners/code.toml", named);
    let run = fuzzed(&scratch, "code", 64);
    assert_eq!(
        run.models[0].reads,
        ["base_calls.phone_raw", "raw.calls.id"]
    );

    let numbers: Vec<String> = (0..20).map(|at| format!("company_{at:02}")).collect();
    let columns: String = numbers
        .iter()
        .map(|name| format!("{name} = {{}}\n"))
        .collect();
    scratch.write(
        "contracts/sources/wide.toml",
        SOURCE.replace("calls_", "wide_") + &columns,
    );
    let head = format!("Id,Contact,Phone,{}\n", numbers.join(","));
    let row = format!("{}\n", ["5"; 23].join(","));
    scratch.write("data/wide_2024-01-01.csv", head + &row);
    scratch.write("models/base/base_wide.sql", "select id from raw.wide\n");
    scratch.run();
    // No more than sixteen are read.
    let reads = fuzzed(&scratch, "company", 64).models[0].reads.clone();
    assert_eq!(reads.len(), 16);
    assert_eq!(reads[15], "raw.wide.company_15");
}

#[test]
fn no_value_of_a_table_is_tried_where_the_project_shows_none() {
    let scratch = calls();
    scratch.write(
        "lockgate.toml",
        "name = \"calls\"\nlayers = [\"base\"]\nsamples = 0\n",
    );
    let run = fuzzed(&scratch, "code", 2000);
    assert_eq!(run.models[0].reads, [""; 0]);
    assert_eq!(run.verdict, Verdict::Pass, "{run:?}");
    assert!(!scratch.path("corpus").exists());
}

#[test]
fn a_broken_law_is_told_whole_in_every_document() {
    let run = fuzzed(&calls(), "code", 2000);
    let suites = lockgate::report::of_fuzz(&run);
    let told: Vec<_> = suites.suites[0]
        .cases
        .iter()
        .flat_map(|case| &case.rows)
        .collect();
    assert_eq!(
        told[0].values,
        "input \"\u{3a9}-77-\u{3a9}\"; clean \"x\"; found \"X\"; expected \"x\"; diff [-x-]{+X+}"
    );
}

#[test]
fn documents_and_the_history_tell_a_counterexample_and_no_row() {
    let calls = calls();
    let folder = calls.path("");
    let hunt = |cases: &str| {
        let args = [
            "fuzz",
            "code",
            "--seed",
            "1",
            "--report",
            "markdown=fuzz.md",
        ];
        let more = ["--report", "junit=fuzz.xml", "--cases", cases, "--verbose"];
        lockgate(&folder, &[&args[..], &more].concat())
    };
    let asked = |law: &str| lockgate(&folder, &["history", "--expectation", law]);
    // Before the text is known, and after: the corpus keeps it.
    calls.write(
        "lockgate.toml",
        "name = \"calls\"\nlayers = [\"base\"]\nsamples = 0\n",
    );
    assert_eq!(hunt("10").code, 0);
    calls.write("lockgate.toml", "name = \"calls\"\nlayers = [\"base\"]\n");
    let broken = hunt("2000");
    assert_eq!(broken.code, 1);
    let read = |file: &str| std::fs::read_to_string(calls.path(file)).unwrap();
    let junit = read("fuzz.xml");
    let case = junit
        .split("<testcase ")
        .find(|case| case.contains("<failure"));
    let told = [
        ("summary", steady(broken.out.split_once("\n\n").unwrap().1)),
        ("markdown", steady(&read("fuzz.md"))),
        ("junit", case.unwrap().to_owned()),
        ("trend of a law", steady(&asked("code.idempotent").whole())),
        ("no such law", asked("code.idempotence").whole()),
    ];
    shop::pin("fuzz/told", told);
}
