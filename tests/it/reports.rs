//! The documents for other programs: held to their schemas, their limits and their snapshots.

mod actions;
mod limits;
mod schema;
mod xml;

use lockgate::expect::KINDS;
use lockgate::outcome::{Gate, Run, Verdict};
use lockgate::report::{
    self, AT_A_STEP, COMMENT, Document, Frame, Rule, annotations, markdown, of_check, of_error,
    of_run, sarif,
};
use serde_json::Value;

use crate::shop;
use crate::support::{Scratch, wait};

const FILES: &[(&str, &str)] = &[
    (
        "lockgate.toml",
        "name = \"town\"\nlayers = [\"base\", \"marts\"]\nas_of = \"newest_file\"\n",
    ),
    (
        "contracts/sources/people.toml",
        r#"version = "1.0.0"
summary = "Who lives here."
owner = "data@example.com"

[file]
name = ["people_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
Name = {}
Phone = {}
"#,
    ),
    (
        "contracts/sources/streets.toml",
        r#"version = "1.0.0"
summary = "Where they live."
owner = "data@example.com"

[file]
name = ["streets_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Street = {}
"#,
    ),
    (
        "models/base/base_people.sql",
        "select id, name, phone, file_name, file_date, file_row, file_line from raw.people\n",
    ),
    (
        "contracts/base/base_people.toml",
        r#"version = "1.0.0"
summary = "One row per person and file."
owner = "data@example.com"
key = ["file_name", "id"]

[columns]
id = { type = "text" }
name = { type = "text", null = true }
phone = { type = "text", null = true }
file_name = { type = "text" }
file_date = { type = "date" }
file_row = { type = "int" }
file_line = { type = "int" }
"#,
    ),
    (
        "expectations/base/base_people.toml",
        r#"[[expect]]
kind = "matches"
id = "id_digits"
column = "id"
pattern = '^\d+$'
on_fail = "quarantine"
allow = { rows = 5 }

[[expect]]
kind = "not_null"
id = "phone_there"
column = "phone"
because = "people are called | by `phone`, <at once>"

[[expect]]
kind = "matches"
id = "name_plain"
column = "name"
pattern = '^[A-Z][a-z]+$'
severity = "warn"
"#,
    ),
    (
        "models/base/base_streets.sql",
        "select street, file_name from raw.streets\n",
    ),
    (
        "models/marts/mart_people.sql",
        "select count(*) as people from base_people\n",
    ),
    (
        "data/people_2024-01-01.csv",
        "Id,Name,Phone\n1,Ann,555-0100\n2,\"A|B `x` <b>@me</b> [l](http://e.example) </pre> ]]> ::error::50 %\",\n3,Bo,\nx4,Cy,555-0104\n",
    ),
    ("data/streets_2024-01-01.csv", "Road\nElm Street\n"),
];

/// A value of the data that no other text of the project holds.
const TELLTALE: &str = "http://e.example";

fn town() -> Scratch {
    Scratch::new(FILES)
}

/// A run with the same id and times as any other.
fn steady(mut run: Run) -> Run {
    run.run_id = "01a20de7-3540-7155-bb6f-88c5c2bba1c4".to_owned();
    run.started = "2024-02-01T08:00:00.000Z".parse().unwrap();
    run.finished = "2024-02-01T08:00:01.250Z".parse().unwrap();
    run
}

fn failing() -> Run {
    steady(town().run())
}

fn rules() -> Vec<Rule<'static>> {
    let rules = KINDS.iter().map(|kind| Rule {
        name: kind.name,
        summary: kind.summary,
        about: kind.about,
    });
    rules.collect()
}

fn frame<'a>(rules: &'a [Rule<'a>]) -> Frame<'a> {
    Frame {
        project: "pipelines/town".to_owned(),
        data: Some("pipelines/town/data".to_owned()),
        rules,
        exit: 1,
        strict: false,
    }
}

fn render(document: Document, run: &Run) -> String {
    let rules = rules();
    document
        .render(&of_run(run), &report::json(run), &frame(&rules))
        .unwrap()
}

/// A log to pin: the rules are the kinds' pages, of which there are more with every kind.
fn without_rules(log: &str) -> String {
    let mut log: Value = serde_json::from_str(log).unwrap();
    let run = &mut log["runs"][0];
    run["tool"]["driver"]["rules"] = Value::Null;
    for result in run["results"].as_array_mut().unwrap() {
        result["ruleIndex"] = Value::Null;
    }
    format!("{log:#}")
}

/// A run of as many failing expectations as asked for, over 300 models.
fn large(count: usize) -> Run {
    let mut run = failing();
    let model = run.model("base_people").unwrap().clone();
    let failed = model.with(Verdict::Fail).next().unwrap().clone();
    run.models.clear();
    for at in 0..300 {
        let mut model = model.clone();
        model.name = format!("model_{at}");
        let ids = (0..count / 300).map(|id| {
            let mut outcome = failed.clone();
            outcome.id = format!("expectation_{id}");
            outcome.verdict = match id % 3 {
                0 => Verdict::Error,
                1 => Verdict::Fail,
                _ => Verdict::Warn,
            };
            outcome
        });
        model.outcomes = ids.collect();
        run.models.push(model);
    }
    run
}

#[test]
fn a_failing_run_reads_in_every_format_as_pinned() {
    let run = failing();
    assert_eq!(run.model("base_people").unwrap().gate, Gate::Closed);
    assert_eq!(run.model("mart_people").unwrap().gate, Gate::Skipped);
    let log = without_rules(&render(Document::Sarif, &run));
    shop::pin(
        "reports",
        [
            ("a failing run as junit", render(Document::Junit, &run)),
            ("a failing run as sarif", log),
            ("a failing run as github", render(Document::Github, &run)),
            (
                "a failing run as markdown",
                render(Document::Markdown, &run),
            ),
            ("a failing run as json", render(Document::Json, &run)),
        ],
    );
}

#[test]
fn the_same_data_and_project_give_the_same_bytes_in_every_format() {
    let (one, other) = (failing(), failing());
    for document in Document::ALL {
        let (one, other) = (render(document, &one), render(document, &other));
        assert_eq!(one, other, "{document}");
    }
}

#[test]
fn the_json_is_the_record() {
    let run = failing();
    let back: Run = serde_json::from_str(&render(Document::Json, &run)).unwrap();
    assert_eq!(back, run);
}

#[test]
fn no_format_shows_a_value_where_the_project_shows_no_samples() {
    let town = town();
    town.write("lockgate.toml", format!("{}samples = 0\n", FILES[0].1));
    let run = steady(town.run());
    for document in Document::ALL {
        let text = render(document, &run);
        for value in [TELLTALE, "@me", "x4", "555-01"] {
            assert!(!text.contains(value), "{document}: {text}");
        }
    }
    let shown = render(Document::Sarif, &failing());
    assert!(shown.contains(TELLTALE), "{shown}");
}

#[test]
fn junit_is_well_formed_and_holds_to_the_dialect() {
    let rules = rules();
    let mut odd = failing();
    odd.models[0].outcomes[0].note = Some("a\u{1}b\u{85}\u{ffff} <&>'\" ]]> \r\n\tc".to_owned());
    odd.models[0].outcomes[0].verdict = Verdict::Error;
    for run in [&failing(), &odd, &large(300)] {
        for strict in [false, true] {
            let frame = Frame {
                strict,
                ..frame(&rules)
            };
            xml::hold_to_the_dialect(&report::junit(&of_run(run), &frame).unwrap());
        }
    }
    let text = render(Document::Junit, &odd);
    assert!(
        text.contains(r"a\u{1}b\u{85}\u{ffff} &lt;&amp;&gt;"),
        "{text}"
    );
}

#[test]
fn a_warning_passes_in_junit_unless_warnings_fail() {
    let suites = of_run(&failing());
    let rules = rules();
    let mut frame = frame(&rules);
    let count = |text: &str| text.matches("<failure").count();
    let lenient = report::junit(&suites, &frame).unwrap();
    assert!(lenient.contains("<system-out>warning: "), "{lenient}");
    frame.strict = true;
    assert_eq!(
        count(&report::junit(&suites, &frame).unwrap()),
        count(&lenient) + 1
    );
}

#[test]
fn sarif_holds_to_the_schema_and_names_a_rule_and_a_line_for_each_result() {
    let rules = rules();
    let frame = frame(&rules);
    for run in [&failing(), &large(3000)] {
        let suites = of_run(run);
        let log: Value = serde_json::from_str(&sarif(&suites, &frame)).unwrap();
        assert_eq!(schema::problems(&log), Vec::<String>::new());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), suites.findings().count());
        let mut prints = std::collections::BTreeSet::new();
        for result in results {
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
            let print = result["partialFingerprints"]["lockgate/v1"].as_str();
            assert!(prints.insert(print.unwrap().to_owned()), "{result}");
        }
    }
}

#[test]
fn the_schema_check_refuses_what_is_no_sarif() {
    let log: Value = serde_json::from_str(&render(Document::Sarif, &failing())).unwrap();
    let wrong: [(&str, Value); 5] = [
        ("/version", "2.0.0".into()),
        ("/runs/0/results/0/level", "bad".into()),
        ("/runs/0/results/0/ruleIndex", (-2).into()),
        ("/runs/0/tool/driver", Value::Null),
        (
            "/runs/0/results/0/message",
            serde_json::json!({ "txt": "" }),
        ),
    ];
    for (place, value) in wrong {
        let mut log = log.clone();
        *log.pointer_mut(place).unwrap() = value;
        assert!(!schema::problems(&log).is_empty(), "{place}");
    }
}

#[test]
fn a_fingerprint_outlives_runs_moved_lines_and_other_figures() {
    let prints = |run: &Run| -> Vec<String> {
        let log: Value = serde_json::from_str(&render(Document::Sarif, run)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().iter();
        results
            .map(|result| result["partialFingerprints"].to_string())
            .collect()
    };
    let run = failing();
    let mut later = run.clone();
    later.run_id = "another".to_owned();
    for outcome in later.models.iter_mut().flat_map(|it| &mut it.outcomes) {
        outcome.location.line += 7;
        outcome.rows = outcome.rows.map(|rows| rows + 1);
    }
    assert_eq!(prints(&run), prints(&later));
}

#[test]
fn the_problems_of_a_check_are_results_at_their_line_and_column() {
    let folder = shop::project(&[shop::Change::Swap(
        "models/base/base_orders.sql",
        "as amount",
        "as amnt",
    )]);
    let project = lockgate::project::load(folder.path()).unwrap();
    let error = wait(async move { lockgate::check::check(&project).await }).unwrap_err();
    let suites = of_error("check", None, &error);
    let rules = rules();
    let frame = Frame {
        exit: 2,
        ..frame(&rules)
    };
    let log: Value = serde_json::from_str(&sarif(&suites, &frame)).unwrap();
    assert_eq!(schema::problems(&log), Vec::<String>::new());
    let ended = &log["runs"][0]["invocations"][0];
    assert_eq!(ended["executionSuccessful"], false);
    let log = without_rules(&log.to_string());
    let junit = report::junit(&suites, &frame).unwrap();
    xml::hold_to_the_dialect(&junit);
    shop::pin(
        "reports",
        [
            ("a failing check as junit", junit),
            ("a failing check as sarif", log),
            (
                "a failing check as github",
                annotations(&suites, &frame, AT_A_STEP),
            ),
            (
                "a failing check as markdown",
                markdown(&suites, &frame, COMMENT),
            ),
        ],
    );
}

#[test]
fn a_check_of_a_right_project_passes_in_every_format() {
    let project = lockgate::project::load(shop::project(&[]).path()).unwrap();
    let checked = wait(async move { lockgate::check::check(&project).await }).unwrap();
    let suites = of_check(&checked, "shop");
    let rules = rules();
    let frame = Frame {
        exit: 0,
        ..frame(&rules)
    };
    xml::hold_to_the_dialect(&report::junit(&suites, &frame).unwrap());
    assert_eq!(annotations(&suites, &frame, AT_A_STEP), "");
    let log: Value = serde_json::from_str(&sarif(&suites, &frame)).unwrap();
    assert_eq!(schema::problems(&log), Vec::<String>::new());
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let text = markdown(&suites, &frame, COMMENT);
    assert!(text.contains("✅ lockgate check shop: passed"), "{text}");
}
