//! JSON schema, as far as the schema of SARIF uses it. A keyword that is not known here ends the test.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

static SARIF: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap());

/// Where a document breaks the schema of SARIF 2.1.0, and how.
pub fn problems(document: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    check(&SARIF, document, "", &mut problems);
    problems
}

fn holds(schema: &Value, value: &Value) -> bool {
    let mut problems = Vec::new();
    check(schema, value, "", &mut problems);
    problems.is_empty()
}

fn check(schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
    let schema = schema.as_object().unwrap();
    if let Some(name) = schema.get("$ref") {
        let path = name.as_str().unwrap().strip_prefix('#').unwrap();
        return check(SARIF.pointer(path).unwrap(), value, at, problems);
    }
    for (keyword, rule) in schema {
        let holds = match keyword.as_str() {
            "$schema" | "id" | "title" | "description" | "default" | "definitions" => true,
            "type" => is_of(rule.as_str().unwrap(), value),
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|it| it >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|it| it <= rule.as_f64().unwrap()),
            "pattern" => value
                .as_str()
                .is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "format" => value
                .as_str()
                .is_none_or(|text| formed(rule.as_str().unwrap(), text)),
            "minItems" => value
                .as_array()
                .is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                let seen: std::collections::BTreeSet<String> =
                    items.iter().map(Value::to_string).collect();
                seen.len() == items.len()
            }),
            "required" => value.as_object().is_none_or(|object| {
                let mut names = rule.as_array().unwrap().iter();
                names.all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "anyOf" => rule.as_array().unwrap().iter().any(|one| holds(one, value)),
            "oneOf" => {
                let all = rule.as_array().unwrap().iter();
                all.filter(|one| holds(one, value)).count() == 1
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{at}/{index}"), problems);
                }
                true
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        check(rule, inner, &format!("{at}/{name}"), problems);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let more = value.as_object().into_iter().flatten();
                let more = more.filter(|(name, _)| !known.is_some_and(|it| it.contains_key(*name)));
                let more: Vec<_> = more.collect();
                match rule {
                    Value::Bool(allowed) => *allowed || more.is_empty(),
                    rule => {
                        for (name, inner) in more {
                            check(rule, inner, &format!("{at}/{name}"), problems);
                        }
                        true
                    }
                }
            }
            other => panic!("the schema uses `{other}`, which is not checked"),
        };
        if !holds {
            problems.push(format!("{at}: {keyword} {rule}: {value}"));
        }
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("the schema uses the type `{other}`"),
    }
}

fn formed(format: &str, text: &str) -> bool {
    let base = || url::Url::parse("https://base.example/").unwrap();
    match format {
        "uri" => url::Url::parse(text).is_ok(),
        "uri-reference" => base().join(text).is_ok() && !text.contains([' ', '<', '>', '"']),
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        other => panic!("the schema uses the format `{other}`"),
    }
}
