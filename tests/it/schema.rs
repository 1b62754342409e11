//! The JSON Schemas: they take every file that the loader takes, and name the keys that it reads.

use std::path::{Path, PathBuf};

use lockgate::document;
use lockgate::error::{Problem, Text};
use lockgate::expect::KINDS;
use lockgate::reference::{schema, schema_names};
use serde_json::{Value, json};

/// What of a document a schema does not take; only the keywords that ours use.
fn broken(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |holds: bool, what: &str| {
        if !holds {
            all.push(format!("{at}: {what}: {value}"));
        }
    };
    if let Some(types) = schema.get("type") {
        let one = types.as_str().map(|one| vec![json!(one)]);
        let types = one.unwrap_or_else(|| types.as_array().unwrap().clone());
        say(
            types.iter().any(|of| is(value, of.as_str().unwrap())),
            "type",
        );
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        say(words.contains(value), "enum");
    }
    if let Some(wanted) = schema.get("const") {
        say(wanted == value, "const");
    }
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    if let Some(found) = value.as_f64() {
        say(
            number("minimum").is_none_or(|least| found >= least),
            "minimum",
        );
        say(
            number("maximum").is_none_or(|most| found <= most),
            "maximum",
        );
    }
    if let (Some(pattern), Some(text)) = (schema.get("pattern"), value.as_str()) {
        let pattern = regex::Regex::new(pattern.as_str().unwrap()).unwrap();
        say(pattern.is_match(text), "pattern");
    }
    if let Some(items) = value.as_array() {
        let count = items.len() as f64;
        say(
            number("minItems").is_none_or(|least| count >= least),
            "minItems",
        );
        say(
            number("maxItems").is_none_or(|most| count <= most),
            "maxItems",
        );
        for (place, item) in items.iter().enumerate() {
            let inner = schema.get("items").unwrap_or(&Value::Null);
            all.extend(broken(inner, item, &format!("{at}[{place}]")));
        }
    }
    all.extend(broken_object(schema, value, at));
    for part in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if broken(&part["if"], value, at).is_empty() {
            all.extend(broken(&part["then"], value, at));
        }
    }
    all
}

fn broken_object(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Some(object) = value.as_object() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let required = schema.get("required").and_then(Value::as_array);
    for key in required.into_iter().flatten() {
        if !object.contains_key(key.as_str().unwrap()) {
            all.push(format!("{at}: {key} is missing"));
        }
    }
    for (key, inner) in object {
        let place = format!("{at}.{key}");
        let known = schema.get("properties").and_then(|known| known.get(key));
        match (known, schema.get("additionalProperties")) {
            (Some(known), _) => all.extend(broken(known, inner, &place)),
            (None, Some(Value::Bool(false))) => all.push(format!("{place} is unknown")),
            (None, Some(other)) => all.extend(broken(other, inner, &place)),
            (None, None) => {}
        }
    }
    all
}

fn is(value: &Value, of: &str) -> bool {
    match of {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        _ => false,
    }
}

/// TOML as an editor gives it to a schema: dates are strings.
fn json_of(toml: toml::Value) -> Value {
    match toml {
        toml::Value::Datetime(time) => json!(time.to_string()),
        toml::Value::Array(list) => list.into_iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            let pairs = table.into_iter().map(|(key, value)| (key, json_of(value)));
            Value::Object(pairs.collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

fn check(name: &str, toml: &str, what: &str) {
    let document: toml::Table = toml::from_str(toml).unwrap();
    let broken = broken(
        &schema(name).unwrap(),
        &json_of(toml::Value::Table(document)),
        "",
    );
    assert!(broken.is_empty(), "{what}\n{}", broken.join("\n"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_example_and_every_file_of_the_projects_here_fits_its_schema() {
    for kind in KINDS {
        for example in kind.examples {
            check(
                "expectations",
                &format!("[[expect]]\n{}", example.toml),
                example.toml,
            );
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for project in [root.to_owned(), root.join("templates/starter")] {
        for (folder, name) in [("expectations", "expectations"), ("contracts", "contract")] {
            for path in files(&project.join(folder)) {
                let of_source = path.starts_with(project.join("contracts/sources"));
                let name = if of_source { "source" } else { name };
                let text = std::fs::read_to_string(&path).unwrap();
                check(name, &text, &path.display().to_string());
            }
        }
        for layer in ["base", "staging", "dims", "analytics"] {
            let folder = project.join("tests").join(layer);
            if !folder.is_dir() {
                continue;
            }
            for path in files(&folder) {
                let text = std::fs::read_to_string(&path).unwrap();
                check("test", &text, &path.display().to_string());
            }
        }
        let manifest = project.join("lockgate.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        check("manifest", &text, &manifest.display().to_string());
    }
}

#[test]
fn a_wrong_key_a_wrong_word_and_a_missing_key_do_not_fit() {
    let expectations = schema("expectations").unwrap();
    for toml in [
        "kind = 'not_null'",
        "kind = 'nothing'\ncolumn = 'a'",
        "kind = 'not_null'\ncolumn = 'a'\nvalues = [1]",
        "kind = 'not_null'\ncolumn = 'a'\nseverity = 'bad'",
        "kind = 'length'\ncolumn = 'a'\nmin = -1",
    ] {
        let document: toml::Table = toml::from_str(&format!("[[expect]]\n{toml}")).unwrap();
        let value = json_of(toml::Value::Table(document));
        assert!(!broken(&expectations, &value, "").is_empty(), "{toml}");
    }
}

/// The keys that a type reads, by what it says of one that it does not.
fn keys<T: serde::de::DeserializeOwned>(toml: &str) -> Vec<String> {
    let text = Text::new("this.toml", format!("{toml}\n\"###\" = 1\n"));
    let read = |text: &Text| -> Result<T, Vec<Problem>> {
        document::typed(text, document::document(text)?)
    };
    let problems = read(&text).err().unwrap();
    let help = problems[0].help_text().unwrap().to_owned();
    let known = help.strip_prefix("known are: ").expect(&help);
    let mut keys: Vec<String> = known.split(", ").map(str::to_owned).collect();
    keys.sort();
    keys
}

/// As [`keys`], of the file of a cleaner.
fn keys_of_a_cleaner(toml: &str) -> Vec<String> {
    let text = format!("{toml}\"###\" = 1\n");
    let folder = tempfile::tempdir().unwrap();
    crate::shop::write(folder.path(), "lockgate.toml", "name = 'a'\nlayers = []\n");
    crate::shop::write(folder.path(), "cleaners/one.toml", &text);
    let error = lockgate::project::load(folder.path()).unwrap_err();
    let help = error.problems()[0].help_text().unwrap().to_owned();
    let known = help.strip_prefix("known are: ").expect(&help);
    let mut keys: Vec<String> = known.split(", ").map(str::to_owned).collect();
    keys.sort();
    keys
}

/// Every key that the file of a cleaner may have.
const CLEANER: &str = r#"
summary = "A code."
sql = "upper(value)"
form = '[A-Z]+'
laws = ["total", "blank"]

[[input]]
regex = 'a'
[[input]]
list = ["a"]
[[input]]
column = "raw.orders.id"
[[input]]
generator = "text"

[[example]]
raw = "a"
clean = "A"
[[example]]
raw = ""

[[law]]
name = "own"
statement = "It holds."
other = "before"
where = "after is not null"
holds = "true"
"#;

#[test]
fn a_cleaner_of_every_key_fits_its_schema_and_loads() {
    check("cleaner", CLEANER, CLEANER);
    let folder = crate::shop::project(&[crate::shop::Change::Write("cleaners/one.toml", CLEANER)]);
    let project = lockgate::project::load(folder.path()).unwrap();
    assert_eq!(project.cleaners[0].function(), "clean_one");
    for wrong in [
        "laws = ['toal']\n",
        "[[input]]\ngenerator = 'fone'\n",
        "[[law]]\nname = 'a'\n",
    ] {
        let toml: toml::Table = toml::from_str(&format!("sql = 'value'\n{wrong}")).unwrap();
        let value = json_of(toml::Value::Table(toml));
        assert!(
            !broken(&schema("cleaner").unwrap(), &value, "").is_empty(),
            "{wrong}"
        );
    }
}

#[test]
fn the_keys_of_a_schema_are_those_that_the_loader_reads() {
    let described = |name: &str, path: &str| {
        let schema = schema(name).unwrap();
        let object = schema.pointer(path).unwrap()["properties"]
            .as_object()
            .unwrap();
        let mut keys: Vec<String> = object.keys().cloned().collect();
        keys.sort();
        keys
    };
    use lockgate::contract::{Column, Contract, FileRule, SourceColumn, SourceContract};
    use lockgate::project::Manifest;
    assert_eq!(keys::<Manifest>(""), described("manifest", ""));
    assert_eq!(keys::<Contract>(""), described("contract", ""));
    assert_eq!(
        keys::<Column>(""),
        described("contract", "/properties/columns/additionalProperties")
    );
    assert_eq!(keys::<SourceContract>(""), described("source", ""));
    assert_eq!(
        keys::<FileRule>(""),
        described("source", "/properties/file")
    );
    assert_eq!(
        keys::<SourceColumn>(""),
        described("source", "/properties/columns/additionalProperties")
    );
    use lockgate::project::{Example, OwnLaw};
    assert_eq!(
        keys::<OwnLaw>(""),
        described("cleaner", "/properties/law/items")
    );
    assert_eq!(
        keys::<Example>(""),
        described("cleaner", "/properties/example/items")
    );
    assert_eq!(keys_of_a_cleaner(""), described("cleaner", ""));
    assert_eq!(
        keys_of_a_cleaner("sql = 'value'\n[[input]]\n"),
        described("cleaner", "/properties/input/items")
    );
    assert_eq!(schema_names().count(), 6);
}
