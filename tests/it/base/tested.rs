//! Unit tests are gates: what of them may not become less without a reason.

use super::{Repository, commit, git, told};
use crate::shop::{self, pin, rendered, write};

const TESTS: &str = "tests/base/base_orders.toml";

const TWO: &str = r#"[[test]]
name = "an amount is a number"
because = "it is added up"
given.raw.orders.rows = [{ id = "1", amount = "5" }, { id = "2" }]

[test.expect]
ordered = true
rows = [{ id = "1", amount = 5 }, { id = "2" }]

[[test]]
name = "no order, no row"
expect.rows = []
"#;

/// The shop, whose base has two unit tests.
fn tested() -> Repository {
    let repository = Repository::shop();
    write(&repository.root, TESTS, TWO);
    write(&repository.root, "tests/base/made.csv", "id,amount\n1,5\n");
    git(repository.folder.path(), &["add", "-A"]);
    commit(repository.folder.path());
    repository
}

#[test]
fn every_change_of_a_unit_test_has_its_class() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "{ id = \"1\", amount = 5 }, { id = \"2\" }]",
            "{ id = \"1\", amount = 5 }]",
            &["breaking test_rows_dropped"],
        ),
        (
            "[{ id = \"1\", amount = 5 }, { id = \"2\" }]",
            "[{ id = \"1\" }, { id = \"2\" }]",
            &["breaking test_columns_dropped"],
        ),
        ("ordered = true\n", "", &["breaking test_order_dropped"]),
        (
            "ordered = true",
            "ordered = false",
            &["breaking test_order_dropped"],
        ),
        (
            "amount = 5 }, { id = \"2\" }]",
            "amount = 5 }, { id = \"2\" }, { id = \"3\" }]",
            &["compatible test_rows_added"],
        ),
        (
            "[{ id = \"1\", amount = 5 }, { id = \"2\" }]",
            "[{ id = \"1\", amount = 5, file_date = 2024-01-01 }, { id = \"2\" }]",
            &["compatible test_columns_added"],
        ),
        (
            "amount = 5",
            "amount = 6",
            &["compatible test_rows_changed"],
        ),
        (
            "expect.rows = []",
            "expect.rows = [{ id = \"1\" }]",
            &["compatible test_rows_added"],
        ),
        (
            "amount = \"5\"",
            "amount = \"6\"",
            &["compatible test_given_changed"],
        ),
        (
            "expect.rows = []",
            "given.raw.orders.rows = []\nexpect.rows = []",
            &["compatible test_given_changed"],
        ),
        ("it is added up", "it is summed", &["cosmetic words"]),
        (
            "no order, no row",
            "nothing of nothing",
            &["cosmetic test_renamed"],
        ),
        (
            "rows = [{ id = \"1\", amount = 5 }, { id = \"2\" }]",
            "csv = \"id,amount\\n1,5\\n2,\\n\"",
            &[],
        ),
        (
            "expect.rows = []",
            "expect.rows = []\n\n[[test]]\nname = \"one more\"\nexpect.rows = []",
            &["compatible test_added"],
        ),
        (
            "rows = [{ id = \"1\", amount = 5 }, { id = \"2\" }]",
            "file = \"made.csv\"",
            &["breaking test_rows_dropped"],
        ),
    ];
    for (old, new, expected) in cases {
        let repository = tested();
        repository.swap(TESTS, old, new);
        let (changes, problems) = repository.changes();
        assert_eq!(told(&changes), *expected, "{new}");
        let breaking = expected.iter().any(|it| it.starts_with("breaking"));
        assert_eq!(!problems.is_empty(), breaking, "{new}");
    }
}

#[test]
fn two_tests_that_said_the_same_are_not_one_renamed_twice() {
    let repository = Repository::shop();
    let twin = |name: &str| format!("[[test]]\nname = \"{name}\"\nexpect.rows = []\n\n");
    write(&repository.root, TESTS, &(twin("a") + &twin("b")));
    git(repository.folder.path(), &["add", "-A"]);
    commit(repository.folder.path());
    write(&repository.root, TESTS, &twin("c"));
    let found = told(&repository.changes().0);
    let whats: Vec<&str> = found.iter().map(String::as_str).collect();
    assert!(
        whats.iter().any(|it| it.contains("test_renamed")),
        "{whats:?}"
    );
    assert!(
        whats.iter().any(|it| it.contains("breaking test_deleted")),
        "{whats:?}"
    );
}

#[test]
fn a_test_that_says_the_same_in_another_order_did_not_change() {
    let repository = Repository::shop();
    let test = |rows: &str| {
        format!(
            "[[test]]\nname = \"sums\"\ngiven.raw.orders.rows = []\n\n[test.expect]\ncsv = \"\"\"\n{rows}\"\"\"\n"
        )
    };
    write(&repository.root, TESTS, &test("id,amount\na,1\nb,2\n"));
    git(repository.folder.path(), &["add", "-A"]);
    commit(repository.folder.path());
    write(&repository.root, TESTS, &test("amount,id\n2,b\n1,a\n"));
    assert_eq!(told(&repository.changes().0), [""; 0]);
}

#[test]
fn a_unit_test_that_is_gone_or_weaker_is_stopped_at_its_line() {
    let repository = tested();
    repository.swap(
        TESTS,
        "[{ id = \"1\", amount = 5 }, { id = \"2\" }]",
        "[{ id = \"1\" }]",
    );
    repository.swap(TESTS, "ordered = true", "ordered = false");
    repository.swap(
        TESTS,
        "[[test]]\nname = \"no order, no row\"\nexpect.rows = []\n",
        "",
    );
    let (_, problems) = repository.changes();
    let command = repository.command(&["check", "--base", "main"]);
    assert_eq!(command.status.code(), Some(2));
    let out = String::from_utf8(command.stdout).unwrap();
    let out: Vec<&str> = out
        .lines()
        .filter(|line| !line.contains("commit "))
        .collect();
    pin(
        "unit/base",
        [
            ("weaker", rendered(&problems)),
            ("weaker told", out.join("\n")),
        ],
    );

    repository.swap(
        TESTS,
        "because =",
        "weakened = \"the second order is no case\"\nbecause =",
    );
    let text = repository.read(TESTS);
    let removed = "[[removed]]\nname = \"no order, no row\"\nbecause = \"it says nothing\"\n";
    write(&repository.root, TESTS, &format!("{text}\n{removed}"));
    let (changes, problems) = repository.changes();
    assert!(problems.is_empty(), "{problems:?}");
    let reasons: Vec<&str> = changes
        .iter()
        .filter_map(|it| it.reason.as_deref())
        .collect();
    let case = "the second order is no case";
    assert_eq!(reasons, [case, case, case, "it says nothing"]);

    // The reason is that of the last time.
    commit(repository.folder.path());
    repository.swap(TESTS, "rows = [{ id = \"1\" }]", "rows = []");
    assert_eq!(
        told(&repository.changes().0),
        ["breaking test_rows_dropped"]
    );
}

#[test]
fn quarantined_rows_that_are_no_longer_expected_are_stopped() {
    let repository = tested();
    repository.swap(
        "expectations/base/base_orders.toml",
        "min = 0",
        "min = 0\non_fail = \"quarantine\"",
    );
    let aside = "quarantined.rows = [{ id = \"1\" }]\nexpect.rows = []";
    repository.swap(TESTS, "expect.rows = []", aside);
    let added = told(&repository.changes().0);
    assert!(
        added.contains(&"compatible test_quarantined_added".to_owned()),
        "{added:?}"
    );
    commit(repository.folder.path());
    repository.swap(
        TESTS,
        "quarantined.rows = [{ id = \"1\" }]",
        "quarantined.rows = []",
    );
    assert_eq!(
        told(&repository.changes().0),
        ["breaking test_rows_dropped"]
    );
    repository.swap(TESTS, "quarantined.rows = []\n", "");
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking test_quarantined_dropped"]);
    pin(
        "unit/base",
        [("no longer quarantined", rendered(&problems))],
    );
}

#[test]
fn rows_that_are_set_aside_now_are_not_less() {
    let repository = tested();
    repository.swap(
        TESTS,
        "rows = [{ id = \"1\", amount = 5 }, { id = \"2\" }]",
        "rows = [{ id = \"1\", amount = 5 }]\n\n[test.quarantined]\nrows = [{ id = \"2\" }]",
    );
    let moved = told(&repository.changes().0);
    assert!(moved.iter().all(|it| !it.contains("breaking")), "{moved:?}");
    repository.swap(TESTS, "rows = [{ id = \"2\" }]", "rows = []");
    let lost = told(&repository.changes().0);
    assert!(
        lost.contains(&"breaking test_rows_dropped".to_owned()),
        "{lost:?}"
    );
}

#[test]
fn a_folder_of_tests_that_is_gone_is_stopped() {
    let repository = tested();
    std::fs::remove_dir_all(repository.root.join("tests")).unwrap();
    let (changes, problems) = repository.changes();
    assert_eq!(told(&changes), ["breaking test_deleted"; 2]);
    pin("unit/base", [("all gone", rendered(&problems))]);
}

#[test]
fn the_tests_of_a_base_may_stand_in_files_beside_them() {
    let repository = tested();
    write(&repository.root, "tests/rows/made.csv", "id\n1\n");
    repository.swap(
        TESTS,
        "expect.rows = []",
        "expect.file = \"../rows/made.csv\"",
    );
    commit(repository.folder.path());
    assert_eq!(repository.changes().0, []);
    write(&repository.root, "tests/rows/made.csv", "id\n2\n");
    let (changes, _) = repository.changes();
    assert_eq!(told(&changes), ["compatible test_rows_changed"]);
    assert_eq!(changes[0].place.text.path.as_ref(), TESTS);
}

#[test]
fn a_renamed_column_of_a_test_is_no_column_less() {
    let repository = tested();
    repository.swap("models/base/base_orders.sql", "as amount", "as total");
    repository.swap("contracts/base/base_orders.toml", "amount =", "total =");
    repository.swap("contracts/base/base_orders.toml", "1.0.0", "2.0.0");
    repository.swap(
        "expectations/base/base_orders.toml",
        "\"amount\"",
        "\"total\"",
    );
    repository.swap(TESTS, "amount = 5", "total = 5");
    let (changes, problems) = repository.changes();
    assert!(problems.is_empty(), "{}", rendered(&problems));
    assert!(
        !told(&changes).iter().any(|it| it.contains(" test_")),
        "{changes:?}"
    );
}

#[test]
fn problems_of_a_removed_unit_test_are_told() {
    let removed =
        "\n[[removed]]\nname = \"no order, no row\"\nbecause = \"\"\n\n[[removed]]\nid = \"a\"\n";
    let text = format!(
        "{}{removed}",
        TWO.replace(
            "because = \"it is added up\"",
            "weakened = \" \"\ngiven.raw.orders.ordered = true"
        )
    );
    let folder = shop::project(&[]);
    write(folder.path(), TESTS, &text);
    let error = lockgate::project::load(folder.path()).unwrap_err();
    write(
        folder.path(),
        TESTS,
        "removed = 1\n\n[[test]]\nname = \"a\"\nexpect.file = \"../../data/rows.csv\"\n\n[[test]]\nname = \"b\"\n\
         expect.rows = []\ngiven.raw.orders.ordered = true\ngiven.raw.orders.rows = []\n",
    );
    let others = lockgate::project::load(folder.path()).unwrap_err();
    pin(
        "unit/base",
        [
            ("removed", rendered(error.problems())),
            ("others", rendered(others.problems())),
        ],
    );
}
