//! Two states of the tables: rows told apart by their key, or as whole rows.

mod memory;

use std::collections::BTreeMap;

use lockgate::diff::{self, Options, Side};
use lockgate::engine::{Engine, Warehouse};
use lockgate::history;
use lockgate::outcome::{Diff, ModelDiff, RowKind};
use lockgate::report;

use crate::shop;
use crate::support::{Scratch, wait};

const MODEL: &str = "models/base/base_orders.sql";

/// The shop after two runs: a changed amount, a row that went, one that came.
fn twice() -> Scratch {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\nb,2\nc,\n");
    scratch.run();
    scratch.write("data/orders_2024-02-01.csv", "Id,Amount\nd,4\ne,5\n");
    scratch.write(
        MODEL,
        "select id, case id when 'b' then 20 else cast(amount as bigint) end as amount, file_date\n\
         from raw.orders where id <> 'a'\n",
    );
    scratch.run();
    scratch
}

struct Asked {
    base: &'static str,
    other: &'static str,
    samples: usize,
    memory: Option<usize>,
}

const ASKED: Asked = Asked {
    base: "previous",
    other: "latest",
    samples: 5,
    memory: None,
};

fn asked(scratch: &Scratch, base: &Warehouse, asked: Asked) -> Diff {
    let (project, here, base) = (scratch.project(), scratch.warehouse(), base.clone());
    wait(async move {
        let engine = Engine::new(None).unwrap();
        history::open(&engine, &here).await.unwrap();
        let runs = history::runs_of(&engine).await.unwrap();
        let base = Side::read(asked.base, &base, &runs).unwrap();
        let other = Side::read(asked.other, &here, &runs).unwrap();
        let options = Options {
            select: &[],
            memory: asked.memory,
            samples: asked.samples,
        };
        let mut found = diff::diff(&project, &base, &other, options).await.unwrap();
        let mut records = BTreeMap::new();
        for line in runs {
            let run = history::record(&engine, &line.run_id).await.unwrap();
            records.insert(line.run_id, run.unwrap());
        }
        diff::judge(&mut found, &records);
        found
    })
}

fn diff_of(scratch: &Scratch, how: Asked) -> Diff {
    asked(scratch, &scratch.warehouse(), how)
}

fn model<'a>(diff: &'a Diff, name: &str) -> &'a ModelDiff {
    diff.models
        .iter()
        .find(|model| model.model == name)
        .unwrap()
}

/// As a terminal without colour shows it.
fn told(diff: &Diff) -> String {
    anstream::adapter::strip_str(&report::diff_summary(diff)).to_string()
}

fn counts(model: &ModelDiff) -> [u64; 5] {
    let rows = &model.rows;
    [
        rows.base,
        rows.other,
        model.added,
        model.removed,
        model.changed,
    ]
}

#[test]
fn rows_are_added_removed_and_changed_by_their_key() {
    let scratch = twice();
    let diff = diff_of(&scratch, ASKED);
    let orders = model(&diff, "base_orders");
    assert_eq!(counts(orders), [3, 4, 2, 1, 1]);
    assert_eq!(orders.key, ["id"]);
    assert_eq!(orders.columns.get("amount"), Some(&1));
    assert_eq!(orders.columns.len(), 1);
    let kinds: Vec<(RowKind, &str)> = orders
        .samples
        .iter()
        .map(|row| (row.kind, row.key["id"].as_deref().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            (RowKind::Added, "d"),
            (RowKind::Added, "e"),
            (RowKind::Removed, "a"),
            (RowKind::Changed, "b")
        ]
    );
    let amount = &orders.samples[3].values["amount"];
    assert_eq!(amount.base.as_deref(), Some("2"));
    assert_eq!(amount.other.as_deref(), Some("20"));
    assert!(diff.differs());
    let text = told(&diff);
    assert!(text.contains("3 → 4"), "{text}");
    assert!(text.contains("~ id='b'  amount='2' → '20'"), "{text}");
}

#[test]
fn as_markdown_it_fits_a_comment_and_nothing_in_it_is_markup() {
    let scratch = twice();
    let diff = diff_of(&scratch, ASKED);
    let told = report::diff_markdown(&diff, report::COMMENT);
    let told = regex::Regex::new(r"run\\?-\d+")
        .unwrap()
        .replace_all(&told, "run-1");
    insta::assert_snapshot!(told);
    let short = report::diff_markdown(&diff, 600);
    assert!(
        short.len() <= 600 && short.contains("without details here"),
        "{short}"
    );
    let mut evil = diff;
    evil.models[0].samples[0].key["id"] = Some("`<script>` @all | x".to_owned());
    evil.models[0].note = Some("<b>@here".to_owned());
    let told = report::diff_markdown(&evil, report::COMMENT);
    assert!(!told.contains("<b>") && !told.contains("@here"), "{told}");
    assert!(told.contains("`` `<script>` @all | x ``"), "{told}");
}

#[test]
fn the_command_writes_documents_and_refuses_kinds_that_judge() {
    let folder = crate::cli::starter();
    let lockgate = |args: &[&str]| crate::cli::lockgate(folder.path(), args);
    assert_eq!(lockgate(&["run"]).code, 0);
    let args = [
        "diff",
        "0",
        "--report",
        "markdown=out/d.md",
        "--report",
        "json=out/d.json",
    ];
    let answer = lockgate(&args);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).unwrap();
    assert!(read("out/d.md").contains("the same"));
    assert!(read("out/d.json").contains("\"models\""));
    let answer = lockgate(&["diff", "0", "--report", "junit=out/d.xml"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer
            .err
            .contains("a diff is told as markdown or json, not as `junit`"),
        "{}",
        answer.err
    );
}

#[test]
fn with_a_bound_on_memory_it_is_the_same() {
    let scratch = twice();
    let bounded = Asked {
        memory: Some(64 * 1024 * 1024),
        ..ASKED
    };
    assert_eq!(diff_of(&scratch, bounded), diff_of(&scratch, ASKED));
}

/// Many wide rows: the second state lacks some, has others, and changed every thousandth.
fn many_twice() -> Scratch {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n");
    for (from, to, amount) in [(1, 40_000, "0"), (11, 40_005, "value % 1000 = 0")] {
        let model = format!(
            "select lpad(cast(value as varchar), 200, '0') as id, cast({amount} as bigint) as amount,\n\
             date '2024-01-01' as file_date from generate_series({from}, {to}), raw.orders\n"
        );
        scratch.write(MODEL, model);
        scratch.run();
    }
    scratch
}

#[test]
fn figures_of_expectations_stand_side_by_side() {
    let scratch = twice();
    scratch.write(
        "expectations/base/base_orders.toml",
        "[[expect]]\nkind = \"between\"\ncolumn = \"amount\"\nmin = 5\nseverity = \"warn\"\n",
    );
    scratch.run();
    let diff = diff_of(&scratch, ASKED);
    let orders = model(&diff, "base_orders");
    assert_eq!(counts(orders), [4, 4, 0, 0, 0]);
    // Nothing new was published, so the figures are those of the runs that did it.
    assert!(orders.metrics.is_empty() || orders.metrics.contains_key("between(amount)"));
}

#[test]
fn versions_and_runs_name_the_same_states() {
    let scratch = twice();
    let versions = Asked {
        base: "0",
        other: "1",
        ..ASKED
    };
    let by_version = diff_of(&scratch, versions);
    assert_eq!(counts(model(&by_version, "base_orders")), [3, 4, 2, 1, 1]);
    let same = Asked {
        base: "latest",
        ..ASKED
    };
    let same = diff_of(&scratch, same);
    assert!(!same.differs());
    assert_eq!(counts(model(&same, "base_orders")), [4, 4, 0, 0, 0]);
}

#[test]
fn no_samples_keep_every_value_out() {
    let scratch = twice();
    let without = Asked {
        samples: 0,
        ..ASKED
    };
    let diff = diff_of(&scratch, without);
    assert!(diff.models.iter().all(|model| model.samples.is_empty()));
    assert_eq!(model(&diff, "base_orders").changed, 1);
}

#[test]
fn rows_without_a_key_are_counted_whole() {
    let scratch = Scratch::new(shop::SOUND);
    let unkeyed = shop::SOUND[3].1.replace("key = [\"id\"]\n", "");
    scratch.write("contracts/base/base_orders.toml", unkeyed);
    scratch.write(
        "data/orders_2024-01-01.csv",
        "Id,Amount\na,1\na,1\na,1\nb,\n",
    );
    scratch.run();
    scratch.write(
        MODEL,
        "select id, cast(amount as bigint) as amount, file_date from raw.orders where file_row > 2\n",
    );
    scratch.run();
    let diff = diff_of(&scratch, ASKED);
    let orders = model(&diff, "base_orders");
    assert_eq!(counts(orders), [4, 2, 0, 2, 0]);
    assert_eq!(orders.key, [""; 0]);
    assert_eq!(orders.samples.len(), 1);
}

#[test]
fn a_key_with_nulls_still_tells_rows_apart() {
    let scratch = Scratch::new(shop::SOUND);
    let nullable = shop::SOUND[3].1.replace(
        "id = { type = \"text\" }",
        "id = { type = \"text\", null = true }",
    );
    scratch.write("contracts/base/base_orders.toml", nullable);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n,2\n");
    scratch.run();
    scratch.write(
        MODEL,
        "select id, cast(amount as bigint) + 1 as amount, file_date from raw.orders\n",
    );
    scratch.run();
    let diff = diff_of(&scratch, ASKED);
    assert_eq!(counts(model(&diff, "base_orders")), [2, 2, 0, 0, 2]);
}

#[test]
fn a_column_that_came_and_one_of_another_type_are_told() {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\nb,2\n");
    scratch.run();
    let contract = shop::SOUND[3].1.replace(
        "amount = { type = \"int\"",
        "shop = { type = \"text\" }\namount = { type = \"float\"",
    );
    scratch.write("contracts/base/base_orders.toml", contract);
    scratch.write(
        MODEL,
        "select id, 'x' as shop, cast(amount as double) as amount, file_date from raw.orders\n",
    );
    scratch.run();
    let diff = diff_of(&scratch, ASKED);
    let orders = model(&diff, "base_orders");
    assert_eq!(orders.schema["shop"].base, None);
    assert_eq!(orders.schema["amount"].other.as_deref(), Some("float"));
    assert_eq!(counts(orders), [2, 2, 0, 0, 2]);
}

#[test]
fn two_warehouses_are_compared_and_a_missing_table_is_all_new() {
    let here = twice();
    let there = Scratch::new(shop::SOUND);
    there.write("data/orders_2024-01-01.csv", "Id,Amount\na,1\n");
    there.run_as(|options| options.select = vec!["base_orders".to_owned()]);
    let latest = Asked {
        base: "latest",
        ..ASKED
    };
    let diff = asked(&here, &there.warehouse(), latest);
    assert_eq!(counts(model(&diff, "base_orders")), [1, 4, 4, 1, 0]);
    let days = model(&diff, "mart_days");
    assert_eq!(counts(days), [0, 2, 2, 0, 0]);
    assert_eq!(days.versions.base, None);
    let text = told(&diff);
    assert!(
        text.contains("mart_days  not published → version"),
        "{text}"
    );
}

#[test]
fn a_state_with_no_table_at_all_is_told_and_a_warehouse_by_its_place() {
    let folder = crate::cli::RUN.path();
    let diff = |args: &[&str]| {
        let answer = crate::cli::lockgate(folder, &[&["diff"], args].concat());
        crate::cli::steady(&answer.whole())
    };
    let pages = [
        ("a version that no table has", diff(&["99"])),
        (
            "a warehouse with nothing in it",
            diff(&["--other-warehouse", "nowhere"]),
        ),
        (
            "a warehouse by its place",
            diff(&["--other-warehouse", "warehouse"]),
        ),
    ];
    crate::shop::pin("diff", pages);
}

#[test]
fn rows_that_a_shut_gate_kept_are_those_of_an_earlier_run_and_said_to_be() {
    let scratch = twice();
    let refused = "select id, cast(-1 as bigint) as amount, file_date from raw.orders\n";
    scratch.write(MODEL, refused);
    let shut = scratch.run().run_id;
    let diff = diff_of(&scratch, ASKED);
    assert_eq!(counts(model(&diff, "base_orders")), [4, 4, 0, 0, 0]);
    let sentence = format!(
        "run {shut} did not open the gate of base_orders, mart_days: these rows are of an earlier run"
    );
    let text = told(&diff);
    assert!(text.contains(&sentence), "{text}");
    let markdown = report::diff_markdown(&diff, report::COMMENT).replace('\\', "");
    assert!(markdown.contains(&sentence), "{markdown}");
    // What it found is of rows that nobody reads.
    scratch.write(MODEL, shop::SOUND[2].1);
    scratch.run();
    let diff = diff_of(&scratch, ASKED);
    let orders = model(&diff, "base_orders");
    assert!(orders.withheld.base && !orders.withheld.other);
    assert!(orders.metrics.is_empty(), "{:?}", orders.metrics);
}

#[test]
fn a_run_that_is_not_there_or_not_one_is_told() {
    let scratch = twice();
    let warehouse = scratch.warehouse();
    let read = |text: &str| {
        let (warehouse, text) = (warehouse.clone(), text.to_owned());
        wait(async move {
            let engine = Engine::new(None).unwrap();
            history::open(&engine, &warehouse).await.unwrap();
            let runs = history::runs_of(&engine).await.unwrap();
            Side::read(&text, &warehouse, &runs).map(|side| side.label)
        })
    };
    assert!(read("nowhere").unwrap_err().to_string().contains("nowhere"));
    assert!(
        read("run-")
            .unwrap_err()
            .to_string()
            .contains("more than one")
    );
}
