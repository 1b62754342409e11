//! JSON Schema, by the crate `jsonschema`, which passes the official suite: what a schema asks of a value,
//! compiled once and asked of many.
//!
//! The standard lets a validator pass over keywords that it does not know, so that a misspelt one asks
//! nothing. Here it is refused, as are unknown formats and references to other documents: nothing is
//! fetched.

use std::fmt;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

/// A compiled schema.
#[derive(Debug)]
pub struct Schema(Validator);

/// What is wrong with a schema, or with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The part it is about, as a JSON pointer; empty: the whole.
    pub path: String,
    pub why: String,
}

impl Fault {
    fn new(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            why: why.into(),
        }
    }

    fn no_json(error: &serde_json::Error) -> Self {
        Self::new("", format!("no JSON: {error}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.why),
            path => write!(f, "{path}: {}", self.why),
        }
    }
}

/// Where a keyword holds schemas of its own.
#[derive(Clone, Copy)]
enum Holds {
    Values,
    Schema,
    /// A list of schemas, or one.
    Schemas,
    /// Schemas by name; lists of names may stand among them.
    Named,
}

/// The keywords of draft 2020-12, 2019-09, 07 and 06.
const KEYWORDS: &[(Holds, &[&str])] = &[
    (
        Holds::Values,
        &[
            "$anchor",
            "$comment",
            "$dynamicAnchor",
            "$dynamicRef",
            "$id",
            "$recursiveAnchor",
            "$recursiveRef",
            "$ref",
            "$schema",
            "$vocabulary",
            "const",
            "contentEncoding",
            "contentMediaType",
            "default",
            "dependentRequired",
            "deprecated",
            "description",
            "enum",
            "examples",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "format",
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "pattern",
            "readOnly",
            "required",
            "title",
            "type",
            "uniqueItems",
            "writeOnly",
        ],
    ),
    (
        Holds::Schema,
        &[
            "additionalItems",
            "additionalProperties",
            "contains",
            "contentSchema",
            "else",
            "if",
            "not",
            "propertyNames",
            "then",
            "unevaluatedItems",
            "unevaluatedProperties",
        ],
    ),
    (
        Holds::Schemas,
        &["allOf", "anyOf", "items", "oneOf", "prefixItems"],
    ),
    (
        Holds::Named,
        &[
            "$defs",
            "definitions",
            "dependencies",
            "dependentSchemas",
            "patternProperties",
            "properties",
        ],
    ),
];

impl Schema {
    /// Compiles a schema that is written as JSON.
    ///
    /// # Errors
    /// What is no JSON or no schema; a keyword, format or document that is not known here.
    ///
    /// ```
    /// use lockgate_core::json::Schema;
    /// let schema = Schema::read(r#"{"required": ["id"]}"#).unwrap();
    /// assert!(schema.fault_of_text(r#"{"id": 1}"#).is_none());
    /// assert_eq!(schema.fault_of_text("{}").unwrap().why, r#""id" is a required property"#);
    /// assert_eq!(Schema::read(r#"{"requierd": []}"#).unwrap_err().path, "/requierd");
    /// ```
    pub fn read(text: &str) -> Result<Self, Fault> {
        let value: Value = serde_json::from_str(text).map_err(|error| Fault::no_json(&error))?;
        Known::of(&value)?.schema(&value, "")?;
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            // Patterns in time that grows with the text alone.
            .with_pattern_options(PatternOptions::regex())
            .build(&value);
        validator
            .map(Self)
            .map_err(|error| Fault::new(error.instance_path().to_string(), error.to_string()))
    }

    /// Why a value does not fit: the first part that does not; `None`: it fits.
    pub fn fault(&self, value: &Value) -> Option<Fault> {
        let error = self.0.validate(value).err()?;
        Some(Fault::new(
            error.instance_path().to_string(),
            error.to_string(),
        ))
    }

    /// As [`Schema::fault`], for a value that is written as JSON.
    pub fn fault_of_text(&self, text: &str) -> Option<Fault> {
        match serde_json::from_str(text) {
            Ok(value) => self.fault(&value),
            Err(error) => Some(Fault::no_json(&error)),
        }
    }
}

/// Keywords that only some drafts know: from which year on, and up to which. The drafts 06 and 07 are of 2017 and 2018.
const OF_DRAFTS: &[(u16, u16, &[&str])] = &[
    (2018, 2020, &["if", "then", "else"]),
    (
        2019,
        2020,
        &[
            "$anchor",
            "dependentRequired",
            "dependentSchemas",
            "maxContains",
            "minContains",
            "unevaluatedItems",
            "unevaluatedProperties",
        ],
    ),
    (
        2020,
        2020,
        &["$dynamicAnchor", "$dynamicRef", "prefixItems"],
    ),
    (2019, 2019, &["$recursiveAnchor", "$recursiveRef"]),
    (2017, 2019, &["additionalItems"]),
    (2017, 2018, &["dependencies"]),
];

/// What says nothing about a value, and may stand beside a `$ref` in every draft.
const BESIDE_REF: &[&str] = &[
    "$ref",
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "definitions",
    "$defs",
];

/// Refuses what a validator would pass over.
struct Known {
    /// The year of the draft.
    draft: u16,
}

impl Known {
    /// By the `$schema` of the whole; draft 2020-12 without one.
    fn of(schema: &Value) -> Result<Self, Fault> {
        let Some(named) = schema.get("$schema").and_then(Value::as_str) else {
            return Ok(Self { draft: 2020 });
        };
        let drafts = [
            ("draft/2020-12", 2020),
            ("draft/2019-09", 2019),
            ("draft-07", 2018),
            ("draft-06", 2017),
        ];
        let found = drafts.iter().find(|(part, _)| named.contains(part));
        found
            .map(|(_, draft)| Self { draft: *draft })
            .ok_or_else(|| {
                Fault::new(
                    "/$schema",
                    "no draft that is known here: 2020-12, 2019-09, 07, 06",
                )
            })
    }

    /// A schema, and those within it.
    fn schema(&self, schema: &Value, path: &str) -> Result<(), Fault> {
        let Value::Object(keywords) = schema else {
            return Ok(());
        };
        for (keyword, value) in keywords {
            self.keyword(keyword, value, &format!("{path}/{}", escaped(keyword)))?;
        }
        self.says_something(keywords, path)
    }

    fn keyword(&self, keyword: &str, value: &Value, path: &str) -> Result<(), Fault> {
        let mut holds = KEYWORDS.iter();
        let holds = match holds.find(|(_, names)| names.contains(&keyword)) {
            Some((holds, _)) => *holds,
            None if keyword.starts_with("x-") => return Ok(()),
            None => {
                let why = format!("`{keyword}` is no keyword of JSON Schema");
                return Err(Fault::new(path, why));
            }
        };
        let mut of_drafts = OF_DRAFTS.iter();
        let of_draft = of_drafts.find(|(_, _, names)| names.contains(&keyword));
        if of_draft.is_some_and(|(from, to, _)| self.draft < *from || self.draft > *to) {
            let why = format!("`{keyword}` is no keyword of this draft: `$schema` names another");
            return Err(Fault::new(path, why));
        }
        match (holds, value) {
            (Holds::Values, _) => is_local(keyword, value, path),
            (Holds::Schemas, Value::Array(list)) => {
                let mut list = list.iter().enumerate();
                list.try_for_each(|(at, schema)| self.schema(schema, &format!("{path}/{at}")))
            }
            (Holds::Schema | Holds::Schemas, _) => self.schema(value, path),
            (Holds::Named, Value::Object(schemas)) => schemas
                .iter()
                .try_for_each(|(name, one)| self.schema(one, &format!("{path}/{}", escaped(name)))),
            (Holds::Named, _) => Ok(()),
        }
    }

    /// Refuses a keyword that asks nothing without another, or beside one.
    fn says_something(&self, keywords: &Map<String, Value>, path: &str) -> Result<(), Fault> {
        let pairs = [
            ("minContains", "contains"),
            ("maxContains", "contains"),
            ("then", "if"),
            ("else", "if"),
            ("additionalItems", "items"),
        ];
        for (keyword, other) in pairs {
            if keywords.contains_key(keyword) && !keywords.contains_key(other) {
                let why = format!("says nothing without `{other}`");
                return Err(Fault::new(format!("{path}/{keyword}"), why));
            }
        }
        let mut names = keywords.keys();
        let aside = names.find(|name| !BESIDE_REF.contains(&name.as_str()));
        match aside {
            Some(name) if self.draft < 2019 && keywords.contains_key("$ref") => Err(Fault::new(
                format!("{path}/{}", escaped(name)),
                "says nothing beside `$ref` in this draft",
            )),
            _ => Ok(()),
        }
    }
}

/// Refuses a reference to another document.
fn is_local(keyword: &str, value: &Value, path: &str) -> Result<(), Fault> {
    let refers = matches!(keyword, "$ref" | "$dynamicRef" | "$recursiveRef");
    match value {
        Value::String(to) if refers && !to.starts_with('#') => {
            let why = r##"only parts of the same schema can be referred to, as "#/$defs/…""##;
            Err(Fault::new(path, why))
        }
        Value::String(to) if refers && to == "#" && path == "/$ref" => {
            Err(Fault::new(path, "refers to itself, and so asks nothing"))
        }
        _ => Ok(()),
    }
}

/// A name in a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
