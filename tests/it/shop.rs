//! A small sound project in a folder of its own, and the ways to make it wrong.

use std::fs;
use std::path::Path;

use lockgate::error::Problem;
use lockgate::report;
use tempfile::TempDir;

/// The sound project: one source, one model in each of two layers.
pub const SOUND: &[(&str, &str)] = &[
    (
        "lockgate.toml",
        "name = \"shop\"\nlayers = [\"base\", \"marts\"]\n",
    ),
    (
        "contracts/sources/orders.toml",
        r#"version = "1.0.0"
summary = "The orders of a month."
owner = "data@example.com"

[file]
name = ["orders_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
Amount = { matches = '^\d+$' }
"#,
    ),
    (
        "models/base/base_orders.sql",
        "select\n    id,\n    cast(amount as bigint) as amount,\n    file_date\nfrom raw.orders\n",
    ),
    (
        "contracts/base/base_orders.toml",
        r#"version = "1.0.0"
summary = "One row per order."
owner = "data@example.com"
key = ["id"]

[columns]
id = { type = "text" }
amount = { type = "int", null = true }
file_date = { type = "date" }
"#,
    ),
    (
        "expectations/base/base_orders.toml",
        "[[expect]]\nkind = \"between\"\ncolumn = \"amount\"\nmin = 0\n",
    ),
    (
        "models/marts/mart_days.sql",
        "select file_date, count(*) as orders\nfrom base_orders\ngroup by file_date\n",
    ),
    (
        "contracts/marts/mart_days.toml",
        r#"version = "1.0.0"
summary = "One row per day."
owner = "data@example.com"
key = ["file_date"]

[columns]
file_date = { type = "date" }
orders = { type = "int" }
"#,
    ),
];

/// One step away from the sound project.
pub enum Change {
    /// The file holds this text instead, or is new.
    Write(&'static str, &'static str),
    /// The first text stands once in the file and becomes the second.
    Swap(&'static str, &'static str, &'static str),
    /// The file is taken away.
    Drop(&'static str),
}

/// The sound project with changes, in a folder that goes when the value does.
pub fn project(changes: &[Change]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in SOUND {
        write(folder.path(), path, text);
    }
    for change in changes {
        match change {
            Change::Write(path, text) => write(folder.path(), path, text),
            Change::Swap(path, old, new) => {
                let text = fs::read_to_string(folder.path().join(path)).unwrap();
                assert_eq!(text.matches(old).count(), 1, "{old} in {path}");
                write(folder.path(), path, &text.replacen(old, new, 1));
            }
            Change::Drop(path) => fs::remove_file(folder.path().join(path)).unwrap(),
        }
    }
    folder
}

pub fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The problems as a terminal without colour shows them.
pub fn rendered(problems: &[Problem]) -> String {
    let all: Vec<String> = problems.iter().map(report::diagnostic).collect();
    anstream::adapter::strip_str(&all.join("\n")).to_string()
}

/// Compares every case with its snapshot under `tests/it/snapshots`, and tells all that differ.
pub fn pin(area: &str, cases: impl IntoIterator<Item = (&'static str, String)>) {
    let mut wrong = Vec::new();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(format!("snapshots/{area}"));
    settings.bind(|| {
        for (name, text) in cases {
            let file = name.replace(' ', "_");
            if std::panic::catch_unwind(|| insta::assert_snapshot!(file, text)).is_err() {
                wrong.push(name);
            }
        }
    });
    assert!(wrong.is_empty(), "not as pinned: {wrong:#?}");
}
