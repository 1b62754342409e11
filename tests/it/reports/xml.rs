//! The dialect of JUnit XML that testmo documents, as rules.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// An element with what stands in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

/// For each element: the attributes it must have, those it may have, and what may stand in it.
type Rule = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const COUNTS: [&str; 4] = ["tests", "failures", "errors", "skipped"];

const DIALECT: &[Rule] = &[
    (
        "testsuites",
        &["name", "tests", "failures", "errors", "skipped"],
        &["time", "timestamp", "assertions"],
        &["testsuite"],
    ),
    (
        "testsuite",
        &["name", "tests", "failures", "errors", "skipped"],
        &["time", "timestamp", "assertions", "file"],
        &[
            "properties",
            "testcase",
            "testsuite",
            "system-out",
            "system-err",
        ],
    ),
    (
        "testcase",
        &["name", "classname"],
        &["time", "assertions", "file", "line"],
        &[
            "properties",
            "skipped",
            "failure",
            "error",
            "system-out",
            "system-err",
        ],
    ),
    ("properties", &[], &[], &["property"]),
    ("property", &["name", "value"], &[], &[]),
    ("skipped", &["message"], &[], &[]),
    ("failure", &["message", "type"], &[], &[]),
    ("error", &["message", "type"], &[], &[]),
    ("system-out", &[], &[], &[]),
];

/// Fails unless the text is well-formed XML of the dialect whose counts are right.
pub fn hold_to_the_dialect(text: &str) {
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    let plain = |c: char| matches!(c, '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(plain), "a character that XML cannot hold");
    let root = parse(text);
    assert_eq!(root.name, "testsuites");
    hold(&root);
    let sum = |name: &str| -> usize { root.children.iter().map(|suite| number(suite, name)).sum() };
    for name in COUNTS {
        assert_eq!(number(&root, name), sum(name), "{name}");
    }
}

fn hold(element: &Element) {
    let (_, must, may, within) = DIALECT
        .iter()
        .find(|rule| rule.0 == element.name)
        .unwrap_or_else(|| panic!("no element of the dialect: {element:?}"));
    for name in *must {
        assert!(
            element.attributes.contains_key(*name),
            "{name} of {element:?}"
        );
    }
    for name in element.attributes.keys() {
        let known = must.contains(&name.as_str()) || may.contains(&name.as_str());
        assert!(known, "{name} of {element:?}");
    }
    for child in &element.children {
        assert!(
            within.contains(&child.name.as_str()),
            "{} in {}",
            child.name,
            element.name
        );
        hold(child);
    }
    match element.name.as_str() {
        "testsuite" => hold_counts(element),
        "testcase" => {
            let results = ["skipped", "failure", "error"];
            let results = element
                .children
                .iter()
                .filter(|it| results.contains(&it.name.as_str()));
            assert!(results.count() <= 1, "{element:?}");
            let line = element.attributes.get("line");
            assert!(line.is_none_or(|line| line.parse::<u64>().unwrap() > 0));
        }
        _ => {}
    }
    if let Some(time) = element.attributes.get("time") {
        assert!(time.parse::<f64>().unwrap() >= 0.0);
    }
    if let Some(stamp) = element.attributes.get("timestamp") {
        let form = "%Y-%m-%dT%H:%M:%S";
        assert!(
            chrono::NaiveDateTime::parse_from_str(stamp, form).is_ok(),
            "{stamp}"
        );
    }
    if !element.children.is_empty() {
        assert_eq!(element.text.trim(), "", "{element:?}");
    }
}

fn hold_counts(suite: &Element) {
    let cases: Vec<&Element> = suite
        .children
        .iter()
        .filter(|it| it.name == "testcase")
        .collect();
    assert_eq!(number(suite, "tests"), cases.len());
    for (count, child) in [
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        let with = cases
            .iter()
            .filter(|case| case.children.iter().any(|it| it.name == child));
        assert_eq!(number(suite, count), with.count(), "{count} of {suite:?}");
    }
    let mut names: Vec<&String> = cases.iter().map(|case| &case.attributes["name"]).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "two cases of one name in {suite:?}");
}

fn number(element: &Element, name: &str) -> usize {
    element.attributes[name].parse().unwrap()
}

fn parse(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => {
                let element = element(&start);
                open.last_mut().unwrap().children.push(element);
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open
                .last_mut()
                .unwrap()
                .text
                .push_str(&text.decode().unwrap()),
            Event::GeneralRef(name) => {
                let name = name.decode().unwrap();
                let known = ["lt", "gt", "amp", "apos", "quot"];
                assert!(known.contains(&name.as_ref()), "{name}");
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "every element is closed");
    let mut root = open.pop().unwrap().children;
    assert_eq!(root.len(), 1);
    root.remove(0)
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let name = std::str::from_utf8(attribute.key.as_ref())
            .unwrap()
            .to_owned();
        (name, attribute.unescape_value().unwrap().into_owned())
    });
    Element {
        name: std::str::from_utf8(start.name().as_ref())
            .unwrap()
            .to_owned(),
        attributes: attributes.collect(),
        ..Element::default()
    }
}
