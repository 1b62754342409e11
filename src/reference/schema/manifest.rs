//! The schema of `lockgate.toml`.

use serde_json::{Value, json};

use super::{object, text, texts};

pub(super) fn manifest() -> Value {
    object(&[
        ("name", true, text("what the project is called")),
        (
            "layers",
            true,
            texts("the layers in build order; a model reads its own or an earlier one"),
        ),
        (
            "data",
            false,
            text("the folder of the source files, by default \"data\""),
        ),
        (
            "outside_links",
            false,
            json!({
                "type": "boolean",
                "description": "whether links in the data folder may point out of it; by default false, and such a file is refused",
            }),
        ),
        (
            "warehouse",
            false,
            text("the folder or URL of the tables, by default \"warehouse\""),
        ),
        (
            "samples",
            false,
            json!({
                "type": "integer",
                "minimum": 0,
                "description": "failing rows shown for each expectation, by default 5; 0 keeps every value out of every output",
            }),
        ),
        (
            "as_of",
            false,
            json!({
                "enum": ["now", "newest_file"],
                "description": "the day a run takes for today: the clock's (the default), or the newest file date of all sources",
            }),
        ),
        (
            "weakened",
            false,
            text(
                "why a setting lets gates ask for less than they did: `check --base` stops one that says nothing",
            ),
        ),
        (
            "report",
            false,
            object(&[(
                "tables",
                false,
                texts(
                    "small models whose rows the report of a month shows: of at most 200 rows, and none while samples = 0",
                ),
            )]),
        ),
        (
            "removed",
            false,
            json!({
                "type": "array",
                "items": object(&[
                    ("table", true, text("the model, or raw.<source>, that was taken out")),
                    ("because", true, text("why: `check --base` stops a gate that is gone without saying so")),
                ]),
                "description": "models and sources taken out with their gates, each with the reason",
            }),
        ),
    ])
}
