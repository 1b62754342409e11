//! Unit tests of models: what passes, how a failure is shown.

mod problems;
mod quarantine;

use std::fs;

use crate::cli::{Answer, lockgate, starter, steady};
use crate::shop::{Change, pin, project, write};

const BASE: &str = "tests/base/base_orders.toml";

/// A model of the shop over its raw table, with every type of a contract.
const TYPED: &[Change] = &[
    Change::Write(
        "models/base/base_typed.sql",
        "select id, amount as text, cast(amount as bigint) as whole, cast(amount as double) / 3 as third, \
         cast(amount as decimal(12, 2)) as price, amount > '3' as large, try_cast(id as date) as day, \
         try_cast(id as timestamp) as moment, make_array(id, amount) as both from raw.orders order by file_row desc\n",
    ),
    Change::Write(
        "contracts/base/base_typed.toml",
        r#"version = "1.0.0"
summary = "One row per order."
owner = "data@example.com"

[columns]
id = { type = "text", null = true }
text = { type = "text", null = true }
whole = { type = "int", null = true }
third = { type = "float", null = true }
price = { type = "decimal", null = true }
large = { type = "bool", null = true }
day = { type = "date", null = true }
moment = { type = "timestamp", null = true }
both = { type = "list", null = true }
"#,
    ),
];

/// `lockgate test` on the sound shop with a file of tests.
fn tested(path: &'static str, text: &'static str) -> Answer {
    let folder = project(TYPED);
    write(folder.path(), path, text);
    lockgate(folder.path(), &["test"])
}

#[test]
fn what_a_model_makes_of_given_rows_passes() {
    let answer = tested(
        BASE,
        r#"
[[test]]
name = "rows in, rows out, a subset of the columns"
[test.given.raw.orders]
rows = [{ id = "1", amount = "5" }, { id = "2" }]
[test.expect]
rows = [{ id = "2" }, { id = "1", amount = 5 }]

[[test]]
name = "CSV in, CSV out, in order"
[test.given."raw.orders"]
csv = "id,amount,file_date\n1,5,2024-02-03\n"
[test.expect]
ordered = true
csv = "file_date,id,amount\n2024-02-03,1,5\n"

[[test]]
name = "an upstream that is not given is empty"
[test.expect]
rows = []

[[test]]
name = "lockgate's own columns of a raw row are there"
[test.given.raw.orders]
rows = [{ id = "1" }]
[test.expect]
rows = [{ file_date = 2024-01-01 }]
"#,
    );
    pin("unit", [("pass", steady(&answer.whole()))]);
}

#[test]
fn a_source_called_like_a_key_of_rows_can_be_given() {
    for source in ["rows", "csv", "file"] {
        let folder = project(&[]);
        let contract = fs::read_to_string(folder.path().join("contracts/sources/orders.toml"));
        let contract = contract.unwrap().replace("orders_", &format!("{source}_"));
        write(
            folder.path(),
            &format!("contracts/sources/{source}.toml"),
            &contract,
        );
        let model = format!("select id from raw.{source}\n");
        write(folder.path(), "models/base/base_more.sql", &model);
        let test = format!(
            "[[test]]\nname = \"as it stands\"\n[test.given.raw.{source}]\nrows = [{{ id = \"1\" }}]\n\
             [test.expect]\nrows = [{{ id = \"1\" }}]\n"
        );
        write(folder.path(), "tests/base/base_more.toml", &test);
        let answer = lockgate(folder.path(), &["test"]);
        assert_eq!(answer.code, 0, "{source}: {}", answer.whole());
    }
}

#[test]
fn rows_of_a_file_are_those_of_its_csv() {
    let folder = project(&[
        Change::Write(
            BASE,
            "[[test]]\nname = \"a file\"\ngiven.raw.orders.file = \"orders.csv\"\nexpect.file = \"../made.csv\"\n",
        ),
        Change::Write("tests/base/orders.csv", "\u{feff}Id,amount\n1,5\n"),
        Change::Write("tests/made.csv", "id,amount\r\n1,6\r\n"),
    ]);
    let wrong = lockgate(folder.path(), &["test"]);
    write(folder.path(), "tests/base/orders.csv", "id,amount\n1,5\n");
    let differs = lockgate(folder.path(), &["test"]);
    assert_eq!((wrong.code, differs.code), (2, 1));
    pin(
        "unit",
        [
            ("a file with a column that is not there", wrong.err),
            ("a file whose row differs", differs.out),
        ],
    );
}

#[test]
fn values_of_every_type_are_compared() {
    let answer = tested(
        "tests/base/base_typed.toml",
        r#"
[[test]]
name = "each type, in rows"
[test.given.raw.orders]
rows = [{ id = "2024-01-31", amount = "4" }, { id = "", amount = "2" }]
[test.expect]
ordered = true
rows = [
    { id = "", text = "2", whole = 2, third = 0.666666666666667, price = 2, large = false, both = ["", "2"] },
    { id = "2024-01-31", text = "4", whole = 4, third = 1.33333333333333, price = "4.00", large = true, day = 2024-01-31, moment = 2024-01-31T00:00:00Z, both = ["2024-01-31", "4"] },
]

[[test]]
name = "each type, in CSV"
[test.given.raw.orders]
csv = """
id,amount
2024-01-31,4
"""
[test.expect]
csv = '''
text,whole,price,large,day,moment,both
4,4,4.0,true,2024-01-31,2024-01-31 00:00:00,"[""2024-01-31"", ""4""]"
'''

[[test]]
name = "what is another value is told"
[test.given.raw.orders]
rows = [{ id = "2024-01-31", amount = "4" }]
[test.expect]
rows = [{ text = "4", whole = 5, third = 1.34, price = 4.01, large = false, day = 2024-02-01, both = ["4"] }]

[[test]]
name = "a query that fails on the rows fails its test"
[test.given.raw.orders]
rows = [{ amount = "many" }]
[test.expect]
rows = []
"#,
    );
    pin("unit", [("types", steady(&answer.whole()))]);
}

const FAILING: &str = r#"
[[test]]
name = "rows are paired by the key"
because = "an order has one amount"
given.raw.orders.csv = '''
id,amount
1,5
2,6
4,7
'''
expect.csv = '''
id,amount
1,5
2,
3,7
'''

[[test]]
name = "blank is not null"
given.raw.orders.rows = [{ id = "", amount = "5" }, { amount = "6" }]
expect.rows = [{ amount = 5 }, { id = "", amount = 6 }]

[[test]]
name = "the order counts where it is asked for"
given.raw.orders.rows = [{ id = "1" }, { id = "2" }]
expect = { ordered = true, rows = [{ id = "2" }, { id = "1" }] }

[[test]]
name = "a row too many, though it is the same as another"
given.raw.orders.rows = [{ id = "1" }, { id = "1" }]
expect.rows = [{ id = "1" }]

[[test]]
name = "rows without the key are paired by likeness"
given.raw.orders.rows = [{ amount = "1", file_date = "2024-01-01" }, { amount = "2", file_date = "2024-01-02" }]
expect.rows = [{ amount = 3, file_date = 2024-01-02 }]

[[test]]
name = "no row is expected"
given.raw.orders.rows = [{ id = "1", amount = "5" }]
expect.rows = []
"#;

#[test]
fn a_failing_test_shows_its_rows_as_a_table() {
    let answer = tested(BASE, FAILING);
    assert_eq!(answer.code, 1);
    pin("unit", [("fail", steady(&answer.whole()))]);
}

#[test]
fn more_rows_than_a_reader_takes_in_are_counted() {
    let rows: Vec<String> = (0..30)
        .map(|id| format!("{{ id = \"{id:02}\" }}"))
        .collect();
    let text = format!(
        "[[test]]\nname = \"many\"\ngiven.raw.orders.rows = [{}]\nexpect.rows = []\n",
        rows.join(", ")
    );
    let folder = project(&[]);
    write(folder.path(), BASE, &text);
    let answer = lockgate(folder.path(), &["test"]);
    assert!(answer.out.contains("30 rows unexpected"), "{}", answer.out);
    assert!(answer.out.contains("and 10 rows more"), "{}", answer.out);
}

#[test]
fn every_document_has_the_tests_that_failed() {
    let folder = project(&[Change::Write(BASE, FAILING)]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let kinds = ["junit", "sarif", "github", "markdown", "json"];
    let reports: Vec<String> = kinds
        .iter()
        .map(|kind| format!("{kind}={}", at(kind)))
        .collect();
    let mut args = vec!["test", "--format", "csv"];
    for report in &reports {
        args.extend(["--report", report]);
    }
    let answer = lockgate(folder.path(), &args);
    assert_eq!(answer.code, 1, "{}", answer.err);
    for kind in kinds {
        let text = std::fs::read_to_string(at(kind)).unwrap();
        assert!(text.contains("blank is not null"), "{kind}: {text}");
    }
    let markdown = std::fs::read_to_string(at("markdown")).unwrap();
    pin(
        "unit",
        [
            ("markdown", steady(&markdown)),
            ("csv", steady(&answer.out)),
        ],
    );
}

#[test]
fn a_selection_runs_the_tests_of_its_models() {
    let folder = starter();
    let all = lockgate(folder.path(), &["test"]);
    let one = lockgate(folder.path(), &["test", "stg_contacts"]);
    let layer = lockgate(folder.path(), &["test", "layer:base", "-v"]);
    let none = lockgate(folder.path(), &["test", "stg_contact"]);
    assert_eq!(none.code, 2);
    std::fs::remove_dir_all(folder.path().join("tests")).unwrap();
    let bare = lockgate(folder.path(), &["test"]);
    pin(
        "unit",
        [
            ("all", all.whole()),
            ("one", one.whole()),
            ("a layer", layer.whole()),
            ("none of that name", none.whole()),
            ("no test", bare.whole()),
        ],
    );
}

#[test]
fn a_test_that_fails_stops_a_run_before_anything_is_taken_in() {
    let folder = starter();
    let sql = "models/base/base_contacts.sql";
    let right = std::fs::read_to_string(folder.path().join(sql)).unwrap();
    let wrong = right.replace("clean_phone(phone) as phone", "phone");
    write(folder.path(), sql, &wrong);
    let answer = lockgate(folder.path(), &["run"]);
    assert_eq!(answer.code, 1);
    assert!(!folder.path().join("warehouse").exists());
    // Another model's tests are not asked.
    write(folder.path(), sql, &right);
    let sql = "models/staging/stg_contacts.sql";
    let text = std::fs::read_to_string(folder.path().join(sql)).unwrap();
    write(
        folder.path(),
        sql,
        &text.replace("file_date desc", "file_date"),
    );
    let whole = lockgate(folder.path(), &["run"]);
    let base = lockgate(folder.path(), &["run", "--select", "base_contacts"]);
    assert_eq!((whole.code, base.code), (1, 0), "{}", base.out);
    let today = regex::Regex::new("as of [0-9]{4}-[0-9]{2}-[0-9]{2}").unwrap();
    let whole = steady(&answer.whole());
    let told = today.replace(&whole, "as of <today>").into_owned();
    pin("unit", [("run stopped", told)]);
}

#[test]
fn the_tests_of_the_leads_project_pass() {
    let answer = lockgate(&crate::cli::root(), &["test"]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    for model in lockgate::project::load(&crate::cli::root()).unwrap().models {
        assert!(!model.tests.is_empty(), "{} has no test", model.name);
    }
}

#[test]
fn the_page_of_a_file_of_tests_is_as_approved() {
    let page = lockgate::reference::explain("test").unwrap();
    pin("unit", [("explain", page)]);
}
