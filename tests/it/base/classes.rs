//! Each change of a contract and of a gate has its class.

use std::fs;

use super::{EXPECTATIONS, Repository, told};

const CONTRACT: &str = "contracts/base/base_orders.toml";
const SOURCE: &str = "contracts/sources/orders.toml";

#[test]
fn every_change_of_a_contract_has_its_class() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            CONTRACT,
            "amount = { type = \"int\", null = true }\n",
            "",
            "breaking column_dropped",
        ),
        (
            CONTRACT,
            "amount = { type = \"int\"",
            "amount = { type = \"float\"",
            "breaking type_changed",
        ),
        (
            CONTRACT,
            "file_date = { type = \"date\" }",
            "file_date = { type = \"date\", null = true }",
            "breaking made_nullable",
        ),
        (
            CONTRACT,
            "int\", null = true",
            "int\"",
            "compatible made_full",
        ),
        (
            CONTRACT,
            "key = [\"id\"]",
            "key = [\"id\", \"file_date\"]",
            "breaking key_changed",
        ),
        (CONTRACT, "key = [\"id\"]\n", "", "breaking key_dropped"),
        (
            CONTRACT,
            "key = [\"id\"]",
            "key = [\"id\"]\nopen = true",
            "compatible opened",
        ),
        (
            CONTRACT,
            "[columns]\n",
            "[columns]\nshop = { type = \"text\" }\n",
            "compatible column_added",
        ),
        (
            CONTRACT,
            "owner = \"data@",
            "owner = \"shop@",
            "cosmetic words",
        ),
        (
            SOURCE,
            "orders_{date}.csv\"",
            "sales_{date}.csv\"",
            "breaking file_name_dropped",
        ),
        (SOURCE, "%Y-%m-%d", "%Y%m%d", "breaking file_date_changed"),
        (
            SOURCE,
            "date = ",
            "delimiter = \";\"\ndate = ",
            "breaking dialect_changed",
        ),
        (
            SOURCE,
            "date = ",
            "max_cells = 900000\ndate = ",
            "breaking limit_changed",
        ),
        (
            SOURCE,
            "Amount = { ",
            "Amount = { use = \"optional\", ",
            "breaking need_lowered",
        ),
        (
            SOURCE,
            "Amount = {",
            "Note = {}\nAmount = {",
            "compatible column_added",
        ),
        (
            SOURCE,
            "Amount = {",
            "Total = { as = \"amount\",",
            "compatible header_changed",
        ),
        (
            SOURCE,
            "Amount = { ",
            "Amount = { since = 2024-02-01, ",
            "breaking need_lowered",
        ),
        (
            SOURCE,
            "Amount = { ",
            "Amount = { was = [\"Total\"], ",
            "compatible header_changed",
        ),
    ];
    for (path, old, new, expected) in cases {
        let repository = Repository::shop();
        if *expected == "breaking column_dropped" {
            // Nobody may ask of a column that is gone.
            fs::remove_file(repository.root.join(EXPECTATIONS)).unwrap();
        }
        repository.swap(path, old, new);
        let (changes, problems) = repository.changes();
        let told = told(&changes);
        assert!(
            told.contains(&(*expected).to_owned()),
            "{expected}: {told:?}"
        );
        assert_eq!(
            problems
                .iter()
                .any(|problem| problem.place().is_some_and(|place| place.0 == *path)),
            !expected.starts_with("cosmetic"),
            "{expected}: {problems:?}"
        );
    }
}

#[test]
fn every_change_of_a_gate_goes_one_way() {
    let cases: &[(&str, &str, &str)] = &[
        ("min = 0", "min = -1", "breaking bound_widened"),
        ("min = 0", "min = 1", "compatible bound_narrowed"),
        ("min = 0", "min = 0\nmax = 9", "compatible bound_narrowed"),
        ("min = 0", "max = 9", "breaking bound_widened"),
        (
            "min = 0",
            "min = 0\nstrict_min = true",
            "compatible bound_narrowed",
        ),
        (
            "min = 0",
            "min = 0\nseverity = \"warn\"",
            "breaking severity_lowered",
        ),
        ("min = 0", "min = 0\nseverity = \"error\"", ""),
        (
            "min = 0",
            "min = 0\nallow = { rows = 2 }",
            "breaking tolerance_raised",
        ),
        (
            "min = 0",
            "min = 0\non_fail = \"quarantine\"",
            "breaking tolerance_raised",
        ),
        (
            "min = 0",
            "min = 0\nwhere = \"id > '5'\"",
            "breaking filter_narrowed",
        ),
        (
            "min = 0",
            "min = 0\nid = \"not_negative\"",
            "cosmetic expectation_renamed",
        ),
        ("min = 0", "min = 0\nbecause = \"so\"", "cosmetic words"),
        (
            "min = 0",
            "min = 0\nmissing = [\"-1\"]",
            "breaking argument_changed",
        ),
        (
            "kind = \"between\"",
            "kind = \"not_null\"",
            "breaking expectation_deleted",
        ),
    ];
    for (old, new, expected) in cases {
        let repository = Repository::shop();
        repository.swap(EXPECTATIONS, old, new);
        if *expected == "breaking expectation_deleted" {
            repository.swap(EXPECTATIONS, "min = 0\n", "");
        }
        let (changes, problems) = repository.changes();
        let told = told(&changes);
        match *expected {
            "" => assert_eq!(told, [""; 0]),
            expected => assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}"),
        }
        assert_eq!(
            !problems.is_empty(),
            expected.starts_with("breaking"),
            "{expected}"
        );
    }
}
