//! The JSON Schema of every TOML file, made from the same slices that explain it.

mod manifest;

use serde_json::{Map, Value, json};

use crate::error::{Error, Problem, Result, suggest};
use crate::expect::{Arg, COMMON, KINDS, Kind, Takes};

/// A file that a user writes.
struct File {
    name: &'static str,
    title: &'static str,
    schema: fn() -> Value,
}

const FILES: [File; 6] = [
    File {
        name: "expectations",
        title: "lockgate: expectations/<layer>/<model>.toml",
        schema: expectations,
    },
    File {
        name: "contract",
        title: "lockgate: contracts/<layer>/<model>.toml",
        schema: contract,
    },
    File {
        name: "source",
        title: "lockgate: contracts/sources/<source>.toml",
        schema: source,
    },
    File {
        name: "test",
        title: "lockgate: tests/<layer>/<model>.toml",
        schema: super::unit::schema,
    },
    File {
        name: "cleaner",
        title: "lockgate: cleaners/<name>.toml",
        schema: super::cleaner::schema,
    },
    File {
        name: "manifest",
        title: "lockgate: lockgate.toml",
        schema: manifest::manifest,
    },
];

/// The names of the files that have a schema.
pub fn schema_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.name)
}

/// The JSON Schema (draft 2020-12) of a file.
///
/// # Errors
/// There is no file of that name; known are `expectations`, `contract`, `source`, `test`, `cleaner` and `manifest`.
pub fn schema(name: &str) -> Result<Value> {
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        let problem = Problem::new("lockgate::schema", format!("there is no file `{name}`"));
        return Err(Error::project(problem.help(suggest(name, schema_names()))));
    };
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": file.title,
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut schema, (file.schema)()) {
        all.extend(own);
    }
    Ok(schema)
}

/// A table of these keys and no others.
pub(super) fn object(keys: &[(&str, bool, Value)]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|(name, _, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    let required: Vec<&str> = keys
        .iter()
        .filter(|(_, required, _)| *required)
        .map(|(name, ..)| *name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

pub(super) fn described(mut schema: Value, about: &str) -> Value {
    schema["description"] = json!(about);
    schema
}

pub(super) fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

pub(super) fn texts(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn expectations() -> Value {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let kinds: Vec<Value> = KINDS.iter().map(|kind| one_kind(kind)).collect();
    let list = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["kind"],
            "properties": { "kind": { "enum": names, "description": COMMON[0].about } },
            "allOf": kinds,
        },
        "description": "one table for each expectation",
    });
    let removed = json!({
        "type": "array",
        "items": object(&[
            ("id", true, text("the id that the expectation had")),
            ("because", true, text("why it is no longer asked")),
        ]),
        "description": "one table for each expectation that was taken out: `check --base` wants the reason",
    });
    object(&[("expect", false, list), ("removed", false, removed)])
}

/// If the kind is this one, the keys are these.
fn one_kind(kind: &Kind) -> Value {
    let mut keys: Vec<(&str, bool, Value)> = Vec::new();
    for arg in kind.args.iter().chain(COMMON.iter()) {
        let schema = if arg.name == "kind" {
            json!({ "const": kind.name, "description": kind.summary })
        } else {
            argument(arg)
        };
        keys.push((arg.name, arg.required, schema));
    }
    json!({
        "if": { "properties": { "kind": { "const": kind.name } } },
        "then": object(&keys),
    })
}

fn argument(arg: &Arg) -> Value {
    described(takes(arg.takes), arg.about)
}

fn range() -> Value {
    json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })
}

fn takes(takes: Takes) -> Value {
    let list = |item: Value| json!({ "type": "array", "items": item, "minItems": 1 });
    let value = json!({ "type": ["string", "number", "boolean"] });
    match takes {
        Takes::Column | Takes::Model | Takes::Text | Takes::Pattern | Takes::Sql => {
            json!({ "type": "string" })
        }
        Takes::ColumnOf => json!({ "type": "string", "pattern": r"^.+\..+$" }),
        Takes::Columns
        | Takes::ColumnsOf(_)
        | Takes::ColumnNames
        | Takes::Models
        | Takes::Texts
        | Takes::Patterns => list(json!({ "type": "string" })),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Count => json!({ "type": "integer", "minimum": 0 }),
        Takes::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Takes::Number => json!({ "type": "number" }),
        Takes::Numbers => list(json!({ "type": "number" })),
        // A TOML date is a string to a JSON Schema.
        Takes::Limit => json!({ "type": ["number", "string"] }),
        Takes::Value => value,
        Takes::Values => list(value),
        Takes::Tuples => list(list(value)),
        Takes::Range => range(),
        Takes::Tolerances => {
            json!({ "type": "object", "additionalProperties": { "type": "number", "minimum": 0 } })
        }
        Takes::Step => json!({ "type": ["number", "string"] }),
        Takes::Past => object(&[
            (
                "previous",
                false,
                json!({ "type": "integer", "minimum": 1 }),
            ),
            (
                "same_weekday",
                false,
                json!({ "type": "integer", "minimum": 1 }),
            ),
            ("same_month_last_year", false, json!({ "type": "boolean" })),
            (
                "of",
                false,
                json!({ "enum": ["median", "mean", "least", "greatest"] }),
            ),
            ("change", false, range()),
            ("difference", false, range()),
            ("robust_z", false, json!({ "type": "number", "minimum": 0 })),
        ]),
        Takes::Tolerance => object(&[
            ("rows", false, json!({ "type": "integer", "minimum": 0 })),
            (
                "share",
                false,
                json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            ),
        ]),
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Words(words) => list(json!({ "enum": words })),
    }
}

const TYPES: [&str; 8] = [
    "text",
    "int",
    "float",
    "decimal",
    "bool",
    "date",
    "timestamp",
    "list",
];

fn version() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\d+\.\d+\.\d+$",
        "description": "MAJOR.MINOR.PATCH of the shape",
    })
}

fn contract() -> Value {
    let column = object(&[
        (
            "type",
            true,
            json!({ "enum": TYPES, "description": "a family of types" }),
        ),
        (
            "null",
            false,
            json!({ "type": "boolean", "description": "whether a null may stand in it; by default none may" }),
        ),
        ("summary", false, text("what the column is")),
    ]);
    let columns = json!({
        "type": "object",
        "additionalProperties": column,
        "description": "the columns, in output order",
    });
    object(&[
        ("version", true, version()),
        ("summary", true, text("what one row is, in a sentence")),
        (
            "owner",
            true,
            text("whom to ask: a mail address or a team's name"),
        ),
        ("key", false, texts("the columns no two rows share")),
        (
            "open",
            false,
            json!({ "type": "boolean", "description": "whether columns beyond the listed ones are allowed" }),
        ),
        ("columns", true, columns),
    ])
}

fn source() -> Value {
    let column = object(&[
        (
            "use",
            false,
            json!({
                "enum": ["essential", "optional", "ignored"],
                "description": "without it the file is refused (the default), taken with a warning, or taken without a word",
            }),
        ),
        (
            "as",
            false,
            text("its name in the raw table; by default the header in snake_case"),
        ),
        (
            "matches",
            false,
            text("a regular expression of the values, by which a renamed column is recognised"),
        ),
        (
            "since",
            false,
            text("the first file date that has the column: older files may lack it"),
        ),
        (
            "was",
            false,
            texts(
                "what the header cell was called before: files that still call it so are read alike",
            ),
        ),
        ("summary", false, text("what the column is")),
    ]);
    let columns = json!({
        "type": "object",
        "additionalProperties": column,
        "description": "the header cells, in file order",
    });
    let one = |about: &str| json!({ "type": "string", "minLength": 1, "maxLength": 1, "description": about });
    let most = |most: u64, about: &str| json!({ "type": "integer", "minimum": 1, "maximum": most, "description": about });
    let file = object(&[
        (
            "name",
            true,
            texts("patterns of the whole file name: * and ? are globs, {date} is read by `date`"),
        ),
        (
            "date",
            false,
            text("how {date} reads, as a strftime format of %Y %y %m %d %B %b"),
        ),
        (
            "encoding",
            false,
            json!({ "enum": ["utf-8"], "description": "how letters are written" }),
        ),
        (
            "delimiter",
            false,
            one("what stands between two cells; by default a comma"),
        ),
        (
            "quote",
            false,
            json!({
                "anyOf": [
                    { "type": "string", "minLength": 1, "maxLength": 1 },
                    { "const": false },
                ],
                "description": "what stands around a cell; by default a double quote, `false` where quotes are plain text",
            }),
        ),
        (
            "escape",
            false,
            one(
                "what takes the meaning from a quote in a quoted cell, such as \\; by default quotes are doubled",
            ),
        ),
        (
            "max_cell_bytes",
            false,
            most(
                1 << 30,
                "bytes of a cell at most, by default 8388608; a file with a larger one is refused",
            ),
        ),
        (
            "max_record_bytes",
            false,
            most(
                1 << 30,
                "bytes of a record at most, by default 33554432, and an eighth of --memory",
            ),
        ),
        (
            "max_cells",
            false,
            most(1_000_000, "cells of a record at most, by default 16384"),
        ),
    ]);
    object(&[
        ("version", true, version()),
        ("summary", true, text("what the files are, in a sentence")),
        (
            "owner",
            true,
            text("whom to ask: a mail address or a team's name"),
        ),
        (
            "file",
            true,
            described(file, "how the files are named and written"),
        ),
        ("columns", true, columns),
    ])
}
