//! Records and problems as suites of cases.

use lockgate_core::error::{Error, Place, Problem};
use lockgate_core::outcome::when::stamp;
use lockgate_core::outcome::{
    Checked, CheckedModel, FileRun, FileState, Gate, ModelRun, Outcome, Run, Verdict,
};
use lockgate_core::table_name::raw;

use super::suites::{Case, Fact, Related, Row, Suite, Suites};
use super::summary::{measured, values};
use super::{counted, grouped, laws, tested};

/// A run: a suite for each source that files came in for, and for each model.
pub fn of_run(run: &Run) -> Suites {
    let mut suites: Vec<Suite> = Vec::new();
    for file in &run.files {
        let name = raw(&file.source);
        if suites.last().is_none_or(|suite| suite.name != name) {
            suites.push(Suite {
                file: Some(source_file(&file.source)),
                layer: Some("sources".to_owned()),
                name,
                ..Suite::default()
            });
        }
        if let Some(suite) = suites.last_mut() {
            suite.cases.push(arrival(file));
            let outcomes = file.outcomes.iter();
            suite.cases.extend(outcomes.map(|outcome| Case {
                name: format!("{}: {}", file.name, outcome.id),
                data_file: Some(file.name.clone()),
                ..case(outcome, None)
            }));
        }
    }
    suites.extend(run.tests.iter().map(tested::suite));
    suites.extend(run.models.iter().map(model));
    Suites {
        command: "run",
        project: Some(run.project.clone()),
        verdict: run.verdict,
        run_id: Some(run.run_id.clone()),
        started: Some(stamp(run.started)),
        finished: Some(stamp(run.finished)),
        head: head(run),
        advice: advice(run),
        suites,
    }
}

/// A fuzz: a suite for each cleaner, a case for each law.
pub fn of_fuzz(run: &Run) -> Suites {
    let cleaner = |model: &ModelRun| Suite {
        name: model.name.clone(),
        layer: Some(model.layer.clone()),
        rows: model.rows,
        note: model.note.clone(),
        facts: Vec::from_iter(model.rows.map(|rows| ("cases", rows.to_string()))),
        cases: match model.note.clone() {
            Some(why) if model.outcomes.is_empty() => {
                vec![plain("laws".to_owned(), "law", Verdict::Skip, why)]
            }
            _ => model.outcomes.iter().map(|it| case(it, None)).collect(),
        },
        ..Suite::default()
    };
    let suites: Vec<Suite> = run.models.iter().map(cleaner).collect();
    let count = counted(suites.len() as u64, "cleaner");
    let tried = run.models.iter().filter_map(|model| model.rows).sum();
    Suites {
        command: "fuzz",
        head: vec![
            format!("{count}, {} tried", counted(tried, "text")),
            format!("run {}", run.run_id),
        ],
        advice: None,
        suites,
        ..of_run(run)
    }
}

/// A check of a project that is right: a case for each model, and what is odd.
pub fn of_check(checked: &Checked, project: &str) -> Suites {
    let models = checked.models.iter().map(planned);
    let warnings = checked.warnings.iter().map(problem);
    let verdict = match checked.warnings.is_empty() {
        true => Verdict::Pass,
        false => Verdict::Warn,
    };
    let count = counted(checked.models.len() as u64, "model");
    Suites {
        command: "check",
        project: Some(project.to_owned()),
        verdict,
        run_id: None,
        started: None,
        finished: None,
        head: vec![format!("{count} planned; no data was read")],
        advice: None,
        suites: vec![Suite {
            name: "check".to_owned(),
            file: Some(MANIFEST.to_owned()),
            cases: models.chain(warnings).collect(),
            ..Suite::default()
        }],
    }
}

/// A command that came to no answer: a case for each problem.
pub fn of_error(command: &'static str, project: Option<&str>, error: &Error) -> Suites {
    let (verdict, what) = match error {
        Error::Project(_) => (Verdict::Fail, "the project is wrong"),
        Error::Data(_) => (Verdict::Fail, "the data cannot be read"),
        Error::Engine(_) => (Verdict::Error, "the engine or the storage failed"),
    };
    let cases = error.problems().iter().map(|it| Case {
        verdict: match it.is_warning() {
            true => Verdict::Warn,
            false => verdict,
        },
        ..problem(it)
    });
    let cases: Vec<Case> = cases.collect();
    let count = counted(cases.len() as u64, "problem");
    Suites {
        command,
        project: project.map(str::to_owned),
        verdict,
        run_id: None,
        started: None,
        finished: None,
        head: vec![format!("{what}: {count}")],
        advice: None,
        suites: vec![Suite {
            name: command.to_owned(),
            file: Some(MANIFEST.to_owned()),
            cases,
            ..Suite::default()
        }],
    }
}

const MANIFEST: &str = "lockgate.toml";

fn source_file(source: &str) -> String {
    format!("contracts/sources/{source}.toml")
}

fn head(run: &Run) -> Vec<String> {
    let gates = |gate: Gate| run.models.iter().filter(|model| model.gate == gate).count();
    let files = |state: FileState| run.files.iter().filter(move |file| file.state == state);
    let rows = files(FileState::New).filter_map(|file| file.rows).sum();
    let mut head = vec![
        format!(
            "{} open, {} closed, {} skipped",
            counted(gates(Gate::Open) as u64, "gate"),
            gates(Gate::Closed),
            gates(Gate::Skipped)
        ),
        format!("as of {}, run {}", run.as_of, run.run_id),
        format!(
            "files: {} new ({}), {} known, {} refused",
            files(FileState::New).count(),
            counted(rows, "row"),
            files(FileState::Known).count(),
            files(FileState::Refused).count()
        ),
    ];
    head.extend(tested::told(&run.tests).map(|told| format!("tests: {told}")));
    let odd = run.unclaimed.iter();
    head.extend(odd.map(|name| format!("{name} belongs to no source of the project")));
    head
}

fn advice(run: &Run) -> Option<String> {
    if run.tests.iter().any(|model| model.count(Verdict::Fail) > 0) {
        return Some(
            "Mend the model or its test: lockgate test; nothing was taken in or built.".to_owned(),
        );
    }
    let mut models = run.models.iter();
    let failed = models.find_map(|model| model.with(Verdict::Fail).next().map(|it| (model, it)));
    if let Some((model, outcome)) = failed {
        return Some(format!(
            "Mend the rows at their source, or let them through once: lockgate run --severity {}.{}=warn",
            model.name, outcome.id
        ));
    }
    let refused = |file: &FileRun| file.state == FileState::Refused;
    run.files
        .iter()
        .any(refused)
        .then(|| "What reads a refused file waits; readers keep the last good tables.".to_owned())
}

/// A file at the first gate.
fn arrival(file: &FileRun) -> Case {
    let verdict = match file.state {
        FileState::Refused => Verdict::Fail,
        _ if !file.warnings.is_empty() => Verdict::Warn,
        FileState::New | FileState::Known | FileState::Withdrawn => Verdict::Pass,
    };
    let reasons = file.reason.iter().chain(&file.warnings);
    let told: Vec<&str> = reasons.map(String::as_str).collect();
    let says = match file.rows {
        _ if !told.is_empty() => told.join("\n"),
        Some(rows) => format!("{}, {}", counted(rows, "row"), file.state.as_str()),
        None => file.state.as_str().to_owned(),
    };
    let mut facts = vec![("state", file.state.as_str().to_owned())];
    facts.extend(file.date.map(|date| ("date", date.to_string())));
    facts.extend(file.sha256.clone().map(|hash| ("sha256", hash)));
    facts.extend(file.rows.map(|rows| ("rows", rows.to_string())));
    Case {
        place: Some(Place::of_line(source_file(&file.source), 1)),
        data_file: Some(file.name.clone()),
        facts,
        ..plain(file.name.clone(), "source_file", verdict, says)
    }
}

fn model(model: &ModelRun) -> Suite {
    let file = format!("models/{}/{}.sql", model.layer, model.name);
    let mut cases: Vec<Case> = model
        .outcomes
        .iter()
        .map(|outcome| case(outcome, Some(&file)))
        .collect();
    if model.gate == Gate::Skipped {
        let why = model.note.clone().unwrap_or_else(|| "skipped".to_owned());
        cases.push(Case {
            place: Some(Place::of_line(file.clone(), 1)),
            ..plain("gate".to_owned(), "gate", Verdict::Skip, why)
        });
    }
    let mut facts = vec![
        ("layer", model.layer.clone()),
        ("gate", model.gate.as_str().to_owned()),
    ];
    facts.extend(model.rows.map(|rows| ("rows", rows.to_string())));
    let aside = model.quarantined.map(|rows| rows.to_string());
    facts.extend(aside.map(|rows| ("quarantined", rows)));
    facts.push(("unchanged", model.unchanged.to_string()));
    Suite {
        name: model.name.clone(),
        layer: Some(model.layer.clone()),
        file: Some(file),
        gate: Some(model.gate),
        rows: model.rows,
        note: model.note.clone(),
        facts,
        cases,
    }
}

/// An expectation; `sql` is the file of the model it is asked of.
pub(super) fn case(outcome: &Outcome, sql: Option<&str>) -> Case {
    let rows: Vec<Row> = outcome
        .samples
        .iter()
        .map(|sample| Row {
            place: sample.place.clone(),
            values: match outcome.kind == laws::LAW {
                true => laws::line(sample),
                false => values(sample),
            },
        })
        .collect();
    let shown = rows.len() as u64;
    let aside = outcome.set_aside && outcome.rows.is_some_and(|rows| rows > 0);
    Case {
        because: outcome.because.clone(),
        notable: aside,
        place: Some(Place::of_line(
            &outcome.location.file,
            outcome.location.line,
        )),
        related: sql
            .map(|file| Related {
                place: Place::of_line(file, 1),
                says: "the model".to_owned(),
            })
            .into_iter()
            .collect(),
        thing: match outcome.kind == laws::LAW {
            true => "counterexample",
            false => "row",
        },
        rows,
        more: outcome.rows.unwrap_or(0).saturating_sub(shown),
        facts: facts(outcome),
        ..plain(
            outcome.id.clone(),
            &outcome.kind,
            outcome.verdict,
            measured(outcome),
        )
    }
}

fn facts(outcome: &Outcome) -> Vec<Fact> {
    let mut facts = vec![
        ("kind", outcome.kind.clone()),
        ("severity", outcome.severity.as_str().to_owned()),
        ("verdict", outcome.verdict.to_string()),
        ("expected", outcome.expected.clone()),
    ];
    let thing = match outcome.kind == laws::LAW {
        true => "counterexamples",
        false => "rows",
    };
    facts.extend(outcome.rows.map(|rows| (thing, rows.to_string())));
    facts.extend(outcome.of.map(|of| ("of", of.to_string())));
    facts.extend(outcome.value.map(|value| ("value", value.to_string())));
    facts.extend(outcome.because.clone().map(|why| ("because", why)));
    facts
}

/// A model that keeps its contract.
fn planned(model: &CheckedModel) -> Case {
    let columns = match model.columns {
        Some(columns) => counted(columns as u64, "column"),
        None => "no contract".to_owned(),
    };
    let key = match &model.key {
        None => "no key".to_owned(),
        Some(key) => match &key.proof {
            Some(why) => format!("key proved ({}): {why}", key.columns.join(", ")),
            None => format!("key counted ({}) in each run", key.columns.join(", ")),
        },
    };
    let asked = grouped(model.expectations as u64);
    let file = match model.columns {
        Some(_) => format!("contracts/{}/{}.toml", model.layer, model.name),
        None => format!("models/{}/{}.sql", model.layer, model.name),
    };
    Case {
        place: Some(Place::of_line(file, 1)),
        facts: vec![
            ("layer", model.layer.clone()),
            ("expectations", asked.clone()),
        ],
        ..plain(
            model.name.clone(),
            "contract",
            Verdict::Pass,
            format!("{columns}; {asked} expectations; {key}"),
        )
    }
}

/// A problem of the project, or a warning about it.
fn problem(problem: &Problem) -> Case {
    let place = problem.span();
    let name = match &place {
        Some(place) => format!("{}: {}", place.file, problem.message()),
        None => problem.message().to_owned(),
    };
    let related = problem.others().iter().filter_map(|other| {
        Some(Related {
            place: other.span()?,
            says: other.message().to_owned(),
        })
    });
    let verdict = match problem.is_warning() {
        true => Verdict::Warn,
        false => Verdict::Fail,
    };
    Case {
        problem: true,
        help: problem.help_text().map(str::to_owned),
        related: related.collect(),
        place,
        ..plain(name, problem.code(), verdict, problem.message().to_owned())
    }
}

fn plain(name: String, rule: &str, verdict: Verdict, says: String) -> Case {
    Case {
        name,
        problem: false,
        rule: rule.to_owned(),
        verdict,
        says,
        because: None,
        help: None,
        notable: false,
        place: None,
        related: Vec::new(),
        data_file: None,
        thing: "row",
        rows: Vec::new(),
        more: 0,
        facts: Vec::new(),
    }
}
