//! What changed since a base, for a person and as JSON.

use serde_json::{Map, Value, json};

use lockgate_core::error::Problem;
use lockgate_core::outcome::{Change, Class, Compared, Reader, Version};

use super::style::{BAD, DIM, GOOD, STRONG};

/// Every change, table by table; ends in a line break.
pub fn compared_summary(compared: &Compared) -> String {
    let commit = compared.commit.get(..12).unwrap_or(&compared.commit);
    let mut text = format!(
        "\n{STRONG}since {}{STRONG:#}  {DIM}commit {commit}{DIM:#}\n",
        compared.base
    );
    if compared.changes.is_empty() {
        text.push_str("nothing changed\n");
        return text;
    }
    let mut table = "";
    for change in &compared.changes {
        if change.table != table {
            table = &change.table;
            text.push_str(&format!("{STRONG}{table}{STRONG:#}\n"));
        }
        text.push_str(&line(change));
    }
    let counts = [Class::Breaking, Class::Compatible, Class::Cosmetic];
    let counts = counts.map(|class| format!("{} {}", compared.count(class), class.as_str()));
    text.push_str(&format!("{}\n", counts.join(", ")));
    text
}

fn line(change: &Change) -> String {
    let style = match change.class {
        Class::Breaking => BAD,
        Class::Compatible => GOOD,
        Class::Cosmetic => DIM,
    };
    let spot = &change.place;
    let at = match spot.version {
        Version::Base => " of the base",
        Version::Now => "",
    };
    let place = format!("{}:{}{at}", spot.text.path, spot.text.line(spot.span.start));
    let mut text = format!(
        "  {style}{:10}{style:#}  {}  {DIM}{place}{DIM:#}\n",
        change.class.as_str(),
        change.message
    );
    if let Some(reason) = &change.reason {
        text.push_str(&format!("              because {reason}\n"));
    }
    if !change.readers.is_empty() {
        let readers: Vec<String> = change.readers.iter().map(Reader::to_string).collect();
        text.push_str(&format!("              felt by {}\n", readers.join(", ")));
    }
    text
}

/// The one document of a check against a base that ended in problems.
pub fn stopped_json(problems: &[Problem], compared: &Compared) -> String {
    let problems: Vec<Value> = problems.iter().map(super::diagnostic::value).collect();
    let mut document = Map::new();
    document.insert("verdict".to_owned(), json!("error"));
    document.insert("problems".to_owned(), Value::Array(problems));
    if let Ok(Value::Object(rest)) = serde_json::to_value(compared) {
        document.extend(rest);
    }
    super::json(&Value::Object(document))
}
