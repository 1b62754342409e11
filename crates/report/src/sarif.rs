//! SARIF 2.1.0, for code scanning.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use lockgate_core::error::Place;
use lockgate_core::outcome::Verdict;

use super::document::{Frame, Rule};
use super::suites::{Case, Row, Suite, Suites};

/// What code scanning shows besides the kinds of expectations.
const OWN_RULES: &[Rule<'_>] = &[
    Rule {
        name: "build",
        summary: "The model's query fails on the data",
        about: "A model is built before it is judged. A value that its query cannot take ends it: cast with try_cast, or set such rows aside upstream.",
    },
    Rule {
        name: "law",
        summary: "A cleaner keeps its laws for every text",
        about: "`lockgate fuzz` looks for the text for which a cleaner breaks one of its laws, and keeps it in the corpus, so that the next fuzz tries it first.",
    },
    Rule {
        name: "not_empty",
        summary: "A table that held rows still holds some",
        about: "A model without a row passes every question about its rows. One that held some before, or whose rows were all set aside, closes its gate; `row_count` with `min = 0` says that it may be empty.",
    },
    Rule {
        name: "source_file",
        summary: "A file is what its source's contract says",
        about: "A file comes in whole or not at all. One that is not what the contract of its source says is refused; what is merely odd is told.",
    },
    Rule {
        name: "test",
        summary: "A model makes the expected rows of the given ones",
        about: "A unit test in tests/<layer>/<model>.toml runs the model on rows that it gives. Rows that come out otherwise are told cell by cell: mend the model, or the test where the rule has changed.",
    },
];

const SRCROOT: &str = "%SRCROOT%";
const DATA: &str = "DATA";

/// One result for each case that failed, warned or could not be asked.
///
/// Rules are the expectation kinds, or the code of a problem. A result points at
/// the line where it is asked; the model's SQL and the lines of the data files
/// that violate are related. The fingerprint depends on the suite's and the
/// case's name alone, so it outlives runs and moved lines. Skipped gates are
/// notifications, not results. `primaryLocationLineHash` is left to the upload,
/// which warns of every value but its own.
pub fn sarif(suites: &Suites, frame: &Frame<'_>) -> String {
    let rules = Rules::of(suites, frame);
    let results: Vec<Value> = suites
        .findings()
        .map(|(suite, case)| result(suite, case, &rules, frame))
        .collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "lockgate",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.rendered(),
        }},
        "automationDetails": { "id": category(suites, frame) },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            SRCROOT: { "description": { "text": "The root of the repository." } },
            DATA: { "description": { "text": "The folder of the source files." } },
        },
        "invocations": [invocation(suites, frame)],
        "results": results,
    });
    let properties = [("project", &suites.project), ("runId", &suites.run_id)];
    let properties = properties
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
    let properties: Map<String, Value> = properties.collect();
    if !properties.is_empty() {
        run["properties"] = Value::Object(properties);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    super::json(&log)
}

/// What tells the alerts of one command and project from those of another.
fn category(suites: &Suites, frame: &Frame<'_>) -> String {
    match frame.project.as_str() {
        "" => format!("lockgate/{}/", suites.command),
        folder => format!("lockgate/{}/{folder}/", suites.command),
    }
}

/// The rules of a log, in order: all kinds, then what else was found.
struct Rules<'a>(Vec<Rule<'a>>);

impl<'a> Rules<'a> {
    fn of(suites: &'a Suites, frame: &Frame<'a>) -> Self {
        let mut rules: Vec<Rule<'a>> = frame.rules.to_vec();
        rules.extend(OWN_RULES);
        for (_, case) in suites.findings() {
            if !rules.iter().any(|rule| rule.name == case.rule) {
                rules.push(Rule {
                    name: &case.rule,
                    summary: &case.rule,
                    about: "A problem of the project: its message says what to do.",
                });
            }
        }
        Self(rules)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|rule| rule.name == name)
    }

    fn rendered(&self) -> Vec<Value> {
        let rules = self.0.iter().map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.summary },
                "fullDescription": { "text": rule.summary },
                "help": { "text": rule.about },
            })
        });
        rules.collect()
    }
}

fn result(suite: &Suite, case: &Case, rules: &Rules<'_>, frame: &Frame<'_>) -> Value {
    let level = match case.verdict {
        Verdict::Warn => "warning",
        _ => "error",
    };
    // Code scanning refuses a result without a place.
    let place = case.place.clone();
    let place = place.unwrap_or_else(|| Place::of_line("lockgate.toml", 1));
    let mut text = match case.problem {
        true => case.says.clone(),
        false => format!("{}: {}", suite.title(case), case.says),
    };
    for (word, more) in [("because", &case.because), ("help:", &case.help)] {
        if let Some(more) = more {
            text.push_str(&format!("\n{word} {more}"));
        }
    }
    let mut result = json!({
        "ruleId": case.rule,
        "level": level,
        "message": { "text": unlinked(&text) },
        "locations": [{ "physicalLocation": physical(&place, frame) }],
        "partialFingerprints": { "lockgate/v1": fingerprint(suite, case) },
    });
    if let Some(index) = rules.index(&case.rule) {
        result["ruleIndex"] = json!(index);
    }
    let related = related(case, frame);
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    let facts = case.facts.iter();
    let facts = facts.map(|(name, value)| ((*name).to_owned(), json!(value)));
    let facts: Map<String, Value> = facts.collect();
    if !facts.is_empty() {
        result["properties"] = Value::Object(facts);
    }
    result
}

fn related(case: &Case, frame: &Frame<'_>) -> Vec<Value> {
    let project = case.related.iter().map(|other| {
        let place = physical(&other.place, frame);
        (place, other.says.clone())
    });
    let whole = case.data_file.iter().filter(|_| case.rows.is_empty());
    let whole = whole.map(|file| (data(file, None, frame), "the file".to_owned()));
    let rows = case.rows.iter().filter_map(|row: &Row| {
        let place = row.place.as_ref()?;
        Some((
            data(&place.file, Some(place.line), frame),
            row.values.clone(),
        ))
    });
    let all = project.chain(whole).chain(rows).enumerate();
    all.map(|(at, (place, says))| {
        json!({
            "id": at + 1,
            "message": { "text": unlinked(&says) },
            "physicalLocation": place,
        })
    })
    .collect()
}

fn physical(place: &Place, frame: &Frame<'_>) -> Value {
    let mut region = json!({ "startLine": place.line, "startColumn": place.column });
    if let Some((line, column)) = place.end {
        region["endLine"] = json!(line);
        region["endColumn"] = json!(column);
    }
    json!({
        "artifactLocation": { "uri": uri(&frame.path(&place.file)), "uriBaseId": SRCROOT },
        "region": region,
    })
}

/// A place in a source file: within the repository if it lies there, else below the data folder.
fn data(file: &str, line: Option<u64>, frame: &Frame<'_>) -> Value {
    let (path, base) = match frame.data_path(file) {
        Some(path) => (path, SRCROOT),
        None => (file.to_owned(), DATA),
    };
    let mut place = json!({ "artifactLocation": { "uri": uri(&path), "uriBaseId": base } });
    if let Some(line) = line.filter(|line| *line > 0) {
        place["region"] = json!({ "startLine": line });
    }
    place
}

fn invocation(suites: &Suites, frame: &Frame<'_>) -> Value {
    let mut invocation = json!({
        "executionSuccessful": frame.exit <= 1,
        "exitCode": frame.exit,
    });
    let times = [
        ("startTimeUtc", &suites.started),
        ("endTimeUtc", &suites.finished),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            invocation[name] = json!(time);
        }
    }
    let skipped = suites
        .with(Verdict::Skip)
        .filter(|(_, case)| case.rule == "gate");
    let notes: Vec<Value> = skipped
        .map(|(suite, case)| {
            let text = format!("{} was skipped: {}", suite.name, case.says);
            json!({ "level": "note", "message": { "text": unlinked(&text) } })
        })
        .collect();
    if !notes.is_empty() {
        invocation["toolExecutionNotifications"] = json!(notes);
    }
    invocation
}

/// The same for the same question in every run.
fn fingerprint(suite: &Suite, case: &Case) -> String {
    let mut hash = Sha256::new();
    for part in [&suite.name, &case.rule, &case.name] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Text in which no value of the data is read as a link.
fn unlinked(text: &str) -> String {
    text.replace("](", "] (")
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_name_is_a_uri() {
        assert_eq!(uri("data/a b#é%.csv"), "data/a%20b%23%C3%A9%25.csv");
    }
}
