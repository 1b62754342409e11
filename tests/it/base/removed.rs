//! Gates that go with the file that held them.

use lockgate::outcome::Class;

use super::Repository;
use crate::shop;

const MART: [&str; 2] = [
    "models/marts/mart_days.sql",
    "contracts/marts/mart_days.toml",
];

fn drop(repository: &Repository, paths: &[&str]) {
    for path in paths {
        std::fs::remove_file(repository.root.join(path)).unwrap();
    }
}

fn told(repository: &Repository) -> Vec<(&'static str, String)> {
    let (_, problems) = repository.changes();
    let problems = problems.iter();
    problems
        .map(|problem| (problem.code(), problem.message().to_owned()))
        .collect()
}

fn manifest(repository: &Repository, more: &str) {
    let text = format!("name = \"shop\"\nlayers = [\"base\", \"marts\"]\n{more}");
    shop::write(&repository.root, "lockgate.toml", &text);
}

#[test]
fn a_contracted_model_that_is_gone_is_breaking_and_exits_2() {
    let repository = Repository::shop();
    drop(&repository, &MART);
    let message = "`mart_days` is not guarded any more: the model is gone, with its contract";
    assert_eq!(
        told(&repository),
        [("lockgate::base::removed", message.to_owned())]
    );
    assert_eq!(
        repository
            .command(&["check", "--base", "main"])
            .status
            .code(),
        Some(2)
    );

    manifest(
        &repository,
        "[[removed]]\ntable = \"mart_days\"\nbecause = \"nobody reads it\"\n",
    );
    let (changes, problems) = repository.changes();
    assert!(problems.is_empty());
    let gone = changes
        .iter()
        .find(|change| change.what == "model_dropped")
        .unwrap();
    assert_eq!(
        (gone.class, gone.reason.as_deref()),
        (Class::Breaking, Some("nobody reads it"))
    );
    assert_eq!(
        repository
            .command(&["check", "--base", "main"])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn a_source_that_is_gone_with_all_that_reads_it_is_breaking() {
    let repository = Repository::shop();
    drop(&repository, &MART);
    drop(
        &repository,
        &[
            "contracts/sources/orders.toml",
            "models/base/base_orders.sql",
            "contracts/base/base_orders.toml",
            "expectations/base/base_orders.toml",
        ],
    );
    let told = told(&repository);
    let codes: Vec<&str> = told.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["lockgate::base::removed"; 3]);
    assert_eq!(
        told[0].1,
        "`raw.orders` is not guarded any more: the source is gone, with its contract"
    );
    let base = told
        .iter()
        .find(|(_, message)| message.starts_with("`base_orders`"));
    assert_eq!(
        base.unwrap().1,
        "`base_orders` is not guarded any more: the model is gone, with its contract, 1 expectation"
    );
}

#[test]
fn a_model_without_a_contract_is_missed_where_it_had_expectations_or_tests() {
    for (path, text, gates) in [
        (
            "expectations/marts/late.toml",
            "[[expect]]\nkind = \"row_count\"\nmin = 1\n",
            "1 expectation",
        ),
        (
            "tests/marts/late.toml",
            "[[test]]\nname = \"as it is\"\n[test.given.base_orders]\nrows = [{ id = \"1\" }]\n[test.expect]\nrows = [{ id = \"1\" }]\n",
            "1 unit test",
        ),
    ] {
        let folder = shop::project(&[]);
        shop::write(
            folder.path(),
            "models/marts/late.sql",
            "select id from base_orders\n",
        );
        shop::write(folder.path(), path, text);
        let root = folder.path().to_owned();
        let repository = Repository::of(folder, root);
        drop(&repository, &["models/marts/late.sql", path]);
        let message = format!("`late` is not guarded any more: the model is gone, with {gates}");
        assert_eq!(
            told(&repository),
            [("lockgate::base::removed", message)],
            "{path}"
        );
    }
    let folder = shop::project(&[]);
    shop::write(
        folder.path(),
        "models/marts/late.sql",
        "select id from base_orders\n",
    );
    let root = folder.path().to_owned();
    let repository = Repository::of(folder, root);
    drop(&repository, &["models/marts/late.sql"]);
    assert_eq!(told(&repository), []);
}

#[test]
fn a_file_of_gates_that_is_gone_is_told_of_each_gate() {
    let repository = Repository::shop();
    drop(&repository, &["expectations/base/base_orders.toml"]);
    let message = "a gate of `base_orders` is weaker, and nobody says why: `between(amount)` is no longer asked";
    assert_eq!(
        told(&repository),
        [("lockgate::base::weakened", message.to_owned())]
    );

    let folder = shop::project(&[]);
    shop::write(
        folder.path(),
        "expectations/sources/orders.toml",
        "[[expect]]\nkind = \"row_count\"\nmin = 1\n",
    );
    let root = folder.path().to_owned();
    let repository = Repository::of(folder, root);
    drop(&repository, &["expectations/sources/orders.toml"]);
    let message =
        "a gate of `raw.orders` is weaker, and nobody says why: `row_count` is no longer asked";
    assert_eq!(
        told(&repository),
        [("lockgate::base::weakened", message.to_owned())]
    );

    let repository = Repository::shop();
    drop(&repository, &["contracts/marts/mart_days.toml"]);
    let message = "the contract of `mart_days` is gone, the model is not";
    assert_eq!(
        told(&repository),
        [("lockgate::base::contract", message.to_owned())]
    );
}

#[test]
fn what_is_said_to_be_removed_is_gone_for_a_reason() {
    for (more, message) in [
        (
            "[[removed]]\ntable = \"mart_days\"\nbecause = \"x\"\n",
            "`mart_days` is said to be removed, and is still there",
        ),
        (
            "[[removed]]\ntable = \"raw.orders\"\nbecause = \"x\"\n",
            "`raw.orders` is said to be removed, and is still there",
        ),
        (
            "[[removed]]\ntable = \"late\"\nbecause = \" \"\n",
            "the reason says nothing",
        ),
    ] {
        let repository = Repository::shop();
        manifest(&repository, more);
        let error = lockgate::project::load(&repository.root).unwrap_err();
        assert_eq!(error.problems()[0].message(), message);
    }
}
