//! JUnit XML, in the dialect that testmo documents and test reporters agree on.

use std::io;

use chrono::DateTime;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::{ElementWriter, Writer};

use lockgate_core::error::Place;
use lockgate_core::outcome::Verdict;

use super::document::Frame;
use super::suites::{Case, Suite, Suites};

type Xml = Writer<Vec<u8>>;

/// A test suite for each source and model, a test case for each expectation.
///
/// `Fail` is a failure, `Error` an error, `Skip` skipped. A warning passes, with
/// what it says as the case's output, unless the frame is strict: then it is a
/// failure. Times stand only where they are known, which is for the whole; the
/// time stamp is UTC. What XML cannot hold, such as control characters, stands
/// as `\u{1}`.
///
/// # Errors
/// The document cannot be written: never in place of it one of no test, which would pass.
pub fn junit(suites: &Suites, frame: &Frame<'_>) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut xml, suites, frame)?;
    let text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
    Ok(format!("{text}\n"))
}

fn document(xml: &mut Xml, suites: &Suites, frame: &Frame<'_>) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = match &suites.project {
        Some(project) => format!("lockgate {} {project}", suites.command),
        None => format!("lockgate {}", suites.command),
    };
    let all: Vec<&Case> = suites
        .suites
        .iter()
        .flat_map(|suite| &suite.cases)
        .collect();
    let mut head = vec![("name", name)];
    head.extend(totals(&all, frame));
    head.extend(seconds(suites).map(|time| ("time", time)));
    head.extend(suites.started.as_deref().and_then(stamp));
    element(xml, "testsuites", &head).write_inner_content(|xml| {
        for suite in &suites.suites {
            self::suite(xml, suite, suites, frame)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn suite(xml: &mut Xml, suite: &Suite, all: &Suites, frame: &Frame<'_>) -> io::Result<()> {
    let cases: Vec<&Case> = suite.cases.iter().collect();
    let mut head = vec![("name", suite.name.clone())];
    head.extend(totals(&cases, frame));
    head.extend(all.started.as_deref().and_then(stamp));
    head.extend(suite.file.as_ref().map(|file| ("file", frame.path(file))));
    element(xml, "testsuite", &head).write_inner_content(|xml| {
        properties(xml, &suite.facts)?;
        for case in &suite.cases {
            self::case(xml, case, suite, frame)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// What a case is to a reader of JUnit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Result {
    Passed,
    Failure,
    Error,
    Skipped,
}

fn result(case: &Case, frame: &Frame<'_>) -> Result {
    match case.verdict {
        Verdict::Pass => Result::Passed,
        Verdict::Warn if !frame.strict => Result::Passed,
        Verdict::Warn | Verdict::Fail => Result::Failure,
        Verdict::Error => Result::Error,
        Verdict::Skip => Result::Skipped,
    }
}

fn totals(cases: &[&Case], frame: &Frame<'_>) -> [(&'static str, String); 4] {
    let count = |of: Result| {
        cases
            .iter()
            .filter(|case| result(case, frame) == of)
            .count()
    };
    [
        ("tests", cases.len().to_string()),
        ("failures", count(Result::Failure).to_string()),
        ("errors", count(Result::Error).to_string()),
        ("skipped", count(Result::Skipped).to_string()),
    ]
}

fn case(xml: &mut Xml, case: &Case, suite: &Suite, frame: &Frame<'_>) -> io::Result<()> {
    let class = match &suite.layer {
        Some(layer) => format!("{layer}.{}", suite.name),
        None => suite.name.clone(),
    };
    let mut head = vec![("name", case.name.clone()), ("classname", class)];
    if let Some(place) = &case.place {
        head.push(("file", frame.path(&place.file)));
        head.push(("line", place.line.to_string()));
    }
    let result = result(case, frame);
    let output = result == Result::Passed && (case.verdict != Verdict::Pass || case.notable);
    let test = element(xml, "testcase", &head);
    if result == Result::Passed && !output && case.facts.is_empty() {
        test.write_empty()?;
        return Ok(());
    }
    test.write_inner_content(|xml| {
        properties(xml, &case.facts)?;
        let name = match result {
            Result::Passed => "",
            Result::Failure => "failure",
            Result::Error => "error",
            Result::Skipped => "skipped",
        };
        let first = case.says.lines().next().unwrap_or_default();
        let told = [("message", first.to_owned()), ("type", case.rule.clone())];
        match result {
            Result::Passed if output => {
                let word = match case.verdict {
                    Verdict::Warn => "warning: ",
                    _ => "",
                };
                let text = format!("{word}{}", body(case, frame));
                element(xml, "system-out", &[]).write_text_content(BytesText::new(&text))?;
            }
            Result::Passed => {}
            Result::Skipped => {
                element(xml, name, &told[..1]).write_empty()?;
            }
            Result::Failure | Result::Error => {
                element(xml, name, &told).write_text_content(BytesText::new(&body(case, frame)))?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn properties(xml: &mut Xml, facts: &[(&'static str, String)]) -> io::Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    element(xml, "properties", &[]).write_inner_content(|xml| {
        for (name, value) in facts {
            let pair = [("name", (*name).to_owned()), ("value", value.clone())];
            element(xml, "property", &pair).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Everything a case says, line by line.
fn body(case: &Case, frame: &Frame<'_>) -> String {
    let mut lines = vec![case.says.clone()];
    lines.extend(case.because.iter().map(|why| format!("because {why}")));
    let at = |place: &Place| format!("{}:{}", frame.path(&place.file), place.line);
    lines.extend(case.place.iter().map(at));
    lines.extend(case.rows.iter().map(super::suites::Row::line));
    if case.more > 0 && !case.rows.is_empty() {
        lines.push(format!("and {} more", super::grouped(case.more)));
    }
    let others = case.related.iter().filter(|_| case.problem);
    lines.extend(others.map(|other| format!("{}: {}", at(&other.place), other.says)));
    lines.extend(case.help.iter().map(|help| format!("help: {help}")));
    allowed(&lines.join("\n"))
}

/// An element with attributes of one line each: readers fold line breaks in them anyway.
fn element<'a>(
    xml: &'a mut Xml,
    name: &'static str,
    attributes: &[(&str, String)],
) -> ElementWriter<'a, Vec<u8>> {
    let mut element = xml.create_element(name);
    for (name, value) in attributes {
        let line = allowed(&value.replace(['\n', '\r', '\t'], " "));
        element = element.with_attribute((*name, line.as_str()));
    }
    element
}

/// The text without the characters that XML 1.0 has no way to write.
fn allowed(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => plain.push(c),
            '\u{fffe}' | '\u{ffff}' => plain.extend(c.escape_unicode()),
            c if c.is_control() => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    plain
}

/// The time between start and end; `None` where either is not known.
fn seconds(suites: &Suites) -> Option<String> {
    let read = |text: &Option<String>| DateTime::parse_from_rfc3339(text.as_deref()?).ok();
    let taken = read(&suites.finished)? - read(&suites.started)?;
    let milliseconds = u64::try_from(taken.num_milliseconds()).ok()?;
    Some(format!(
        "{}.{:03}",
        milliseconds / 1000,
        milliseconds % 1000
    ))
}

/// Date and time to the second, the one form of ISO 8601 that every reader takes.
fn stamp(time: &str) -> Option<(&'static str, String)> {
    let time = DateTime::parse_from_rfc3339(time).ok()?.to_utc();
    Some(("timestamp", time.format("%Y-%m-%dT%H:%M:%S").to_string()))
}
