//! The page and the JSON Schema of `tests/<layer>/<model>.toml`.

use serde_json::{Value, json};

use super::schema::{described, object, text};

pub(super) const NAME: &str = "test";
pub(super) const SUMMARY: &str = "unit tests of a model: tests/<layer>/<model>.toml";

/// What a file of tests may say, for a person.
pub(super) fn page() -> String {
    format!("{NAME}: {SUMMARY}\n\n{ABOUT}")
}

const ABOUT: &str = r#"Each [[test]] gives rows of the tables that the model reads and says which rows it must make of them.
The model's SELECT runs on them by the engine of a run; nothing is taken in or written.
`lockgate test` runs them, and `lockgate run` before it does anything else: a test that fails stops it.

  [[test]]
  name = "a phone that is none becomes null"     required; unique in the file
  because = "sales dials what stands there"      shown where the test fails
  weakened = "the register dropped its phones"   why it asks for less than it did, for `check --base`

  [test.given.raw.contacts]                      a table that the model reads; one that is not given is empty
  rows = [{ id = "1", phone = "ask" }, { id = "2", phone = "" }]

  [test.expect]                                  required
  csv = '''
  id,phone,phone_raw
  1,,ask
  2,,""
  '''
  ordered = true                                 the rows come in this order; by default in any

  [test.quarantined]                             the rows set aside by `on_fail = "quarantine"`
  rows = [{ id = "3", quarantine_reasons = ["not_null(phone)"] }]

Without [test.quarantined] the expected rows are all that the SELECT makes; with it, those that are kept.

The rows are said in one of three ways: `rows`, a list of tables; `csv`, a text; `file`, the path of a CSV
file below tests/, relative to this one. In `rows` a key that is left out is null and "" is blank; in CSV an
empty cell is null, in quotes or not, as it is in a source file: write a blank in `rows`.

A given column that is left out is null, of the column's type. Of a raw table the columns that lockgate adds
are never null: file_name is "given.csv", file_date 2024-01-01, file_row 1, 2, 3 and so on, file_line one
more, file_sha256 64 zeros, loaded_at 2024-01-01T00:00:00Z. Of the expected rows only the columns that are
named are compared; `rows = []` expects no row at all.

Values are of the types of the contract, or of what the model yields where it has none: text, int, float,
decimal, bool, date (2024-01-31), timestamp (2024-01-31T12:00:00Z), list (["a", "b"], in a CSV cell as
"[""a"", ""b""]"). Floats are equal if twelve significant digits are.

A test that fails shows the rows that are missing, those that are unexpected, and those with other cells:
rows of one key where the contract's key is among the expected columns, else the rows most alike. A cell in
[brackets] is another than expected, ∅ is null, "" is blank.

A test is a gate: `check --base` stops where one is gone, or expects fewer rows, fewer columns or no order any
more, unless it says why: by `weakened` in the test, or in place of one that was taken out by

  [[removed]]
  name = "a phone that is none becomes null"     as it was called
  because = "phones moved to another model"
"#;

fn rows_of(more: &[(&str, bool, Value)]) -> Value {
    let cell = json!({ "type": ["string", "number", "boolean", "array", "object"] });
    let row = json!({ "type": "object", "additionalProperties": cell });
    let mut keys = vec![
        (
            "rows",
            false,
            json!({ "type": "array", "items": row, "description": "a key that is left out is null" }),
        ),
        (
            "csv",
            false,
            text("a header and records; an empty cell is null, in quotes or not"),
        ),
        (
            "file",
            false,
            text("the path of a CSV file below tests/, relative to this one"),
        ),
    ];
    keys.extend(more.iter().cloned());
    let mut rows = object(&keys);
    rows["oneOf"] = json!([
        { "required": ["rows"] },
        { "required": ["csv"] },
        { "required": ["file"] },
    ]);
    rows
}

pub(super) fn schema() -> Value {
    let given = json!({
        "type": "object",
        "properties": { "raw": {
            "anyOf": [rows_of(&[]), { "type": "object", "additionalProperties": rows_of(&[]) }],
            "description": "raw tables, by the name of their source",
        } },
        "additionalProperties": rows_of(&[]),
        "description": "rows of the tables that the model reads; one that is not given is empty",
    });
    let ordered = json!({
        "type": "boolean",
        "description": "whether the rows come in this order; by default in any",
    });
    let test = object(&[
        (
            "name",
            true,
            text("what the model does, as a sentence; unique in the file"),
        ),
        (
            "because",
            false,
            text("why it must: shown where the test fails"),
        ),
        (
            "weakened",
            false,
            text("why it asks for less than it did: `check --base` wants the reason"),
        ),
        ("given", false, given),
        (
            "expect",
            true,
            described(
                rows_of(&[("ordered", false, ordered)]),
                "the rows that the model makes; only the columns named are compared",
            ),
        ),
        (
            "quarantined",
            false,
            described(
                rows_of(&[]),
                "the rows that the model's expectations set aside; the expected rows are then those it keeps",
            ),
        ),
    ]);
    let removed = object(&[
        ("name", true, text("the name that the test had")),
        ("because", true, text("why it is no longer run")),
    ]);
    object(&[
        (
            "test",
            false,
            json!({ "type": "array", "items": test, "description": "one table for each test" }),
        ),
        (
            "removed",
            false,
            json!({
                "type": "array",
                "items": removed,
                "description": "one table for each test that was taken out: `check --base` wants the reason",
            }),
        ),
    ])
}
