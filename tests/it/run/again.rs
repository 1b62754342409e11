//! What a second run does, over the same files, over changed ones, and over a
//! part of the project.

use lockgate::outcome::{FileState, Gate, ModelRun, Run};

use super::{BASE_ORDERS, POSITIVE, all_open, contents, gates, market};
use crate::support::{file, model, outcome};

#[test]
fn a_second_run_changes_nothing() {
    let market = market();
    let first = market.run();
    let (before, versions) = (contents(&market), market.versions());
    let stored = market.stored("", ".parquet") - market.stored("history", ".parquet");
    let second = market.run();
    all_open(&second);
    assert!(first.files.iter().all(|file| file.state == FileState::New));
    assert!(
        second
            .files
            .iter()
            .all(|file| file.state == FileState::Known)
    );
    assert!(first.models.iter().all(|model| !model.unchanged));
    assert!(second.models.iter().all(|model| model.unchanged));
    assert_eq!(contents(&market), before);
    assert_eq!(market.versions(), versions);
    let now = market.stored("", ".parquet") - market.stored("history", ".parquet");
    assert_eq!(now, stored);
    let told = |run: &Run| -> Vec<ModelRun> {
        let models = run.models.iter().cloned();
        models
            .map(|model| ModelRun {
                unchanged: false,
                ..model
            })
            .collect()
    };
    assert_eq!(
        told(&first),
        told(&second),
        "what holds of the same rows is told the same"
    );
    let runs = "select count(*), count(distinct run_id) from history.runs";
    assert_eq!(market.query(runs), ["2|2"]);
}

#[test]
fn a_changed_expectation_judges_again_and_a_changed_query_builds_again() {
    let market = market();
    market.run();
    let versions = market.versions();
    market.write(
        "expectations/base/base_orders.toml",
        POSITIVE.replace("min = 1", "min = 15"),
    );
    let run = market.run();
    let closed = model(&run, "base_orders");
    assert_eq!((closed.gate, closed.unchanged), (Gate::Closed, true));
    assert_eq!(outcome(&run, "base_orders", "positive").rows, Some(1));
    assert_eq!(model(&run, "stg_orders").gate, Gate::Skipped);
    assert_eq!(market.versions(), versions);

    market.write("expectations/base/base_orders.toml", POSITIVE);
    let run = market.run();
    all_open(&run);
    assert!(run.models.iter().all(|model| model.unchanged));
    assert_eq!(market.versions(), versions);

    let doubled = BASE_ORDERS.replace("as bigint)", "as bigint) * 2");
    market.write("models/base/base_orders.sql", doubled);
    let run = market.run();
    all_open(&run);
    let rebuilt: Vec<&str> = run
        .models
        .iter()
        .filter(|model| !model.unchanged)
        .map(|model| model.name.as_str())
        .collect();
    assert_eq!(rebuilt, ["base_orders", "stg_orders", "mart_states"]);
    assert_eq!(market.query("select sum(amount) from mart_states"), ["120"]);
}

#[test]
fn where_a_quarantining_expectation_stands_in_its_file_builds_nothing_again() {
    let market = market();
    let sieve = "[[expect]]\nid = 'positive'\nkind = 'between'\ncolumn = 'amount'\nmin = 15\n\
                 where = \"town <> 'x'\"\non_fail = 'quarantine'\n";
    market.write("expectations/base/base_orders.toml", sieve);
    let first = market.run();
    all_open(&first);
    assert_eq!(model(&first, "base_orders").quarantined, Some(1));
    let versions = market.versions();
    let above = "# Nobody pays less.\n\n[[expect]]\nkind = 'row_count'\nmin = 1\n\n";
    let worded = sieve.replace("min = 15", "because = 'nobody pays less'\nmin = 15");
    for text in [format!("{above}{sieve}"), format!("{above}{worded}")] {
        market.write("expectations/base/base_orders.toml", text);
        let run = market.run();
        assert!(run.models.iter().all(|model| model.unchanged));
        assert_eq!(market.versions(), versions);
    }
    for changed in ["min = 25", "min = 5"] {
        let text = sieve.replace("min = 15", changed);
        market.write("expectations/base/base_orders.toml", text);
        assert!(!model(&market.run(), "base_orders").unchanged, "{changed}");
    }
    let text = sieve.replace("town <> 'x'", "town <> 'y'");
    market.write("expectations/base/base_orders.toml", text);
    assert!(
        !model(&market.run(), "base_orders").unchanged,
        "another `where`"
    );
}

#[test]
fn what_was_built_depends_on_the_version_of_every_crate_that_decides_its_rows() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let names: Vec<&str> = lockgate::run::CODE.iter().map(|(name, _)| *name).collect();
    let wanted = [
        "lockgate",
        "lockgate-clean",
        "lockgate-core",
        "lockgate-engine",
    ];
    assert_eq!(names, wanted);
    for (name, version) in lockgate::run::CODE {
        let locked = format!("name = \"{name}\"\nversion = \"{version}\"");
        assert!(lock.contains(&locked), "{locked}");
    }
}

#[test]
fn a_selection_whose_upstream_was_never_built_says_what_to_do() {
    let market = market();
    let run = market.run_as(|options| options.select = vec!["stg_orders".to_owned()]);
    assert_eq!(gates(&run), [("stg_orders", Gate::Skipped)]);
    insta::assert_snapshot!(
        model(&run, "stg_orders").note.as_deref().expect("a note"),
        @"base_orders was never published: select it too, as in --select +base_orders+"
    );
    let run = market.run_as(|options| options.select = vec!["+stg_orders".to_owned()]);
    let open = [("base_orders", Gate::Open), ("stg_orders", Gate::Open)];
    assert_eq!(gates(&run), open);
    assert_eq!(
        run.files.len(),
        1,
        "only the files that are needed are read"
    );
    let run = market.run_as(|options| options.select = vec!["stg_orders".to_owned()]);
    assert_eq!(gates(&run), [("stg_orders", Gate::Open)]);
}

#[test]
fn a_superseded_file_is_replaced_in_one_commit() {
    let market = market();
    market.run();
    let name = "orders_2024-01-01.csv";
    let rows = "select id, town, amount from raw.orders order by id";
    let before = (market.query(rows), market.versions()["raw/orders"]);
    let supersede = |options: &mut lockgate::run::Options| {
        options.supersede = vec![name.to_owned()];
    };

    market.write(&format!("data/{name}"), "Id,Town,Amount\n1,Elko\n");
    let run = market.run_as(supersede);
    assert_eq!(file(&run, name).state, FileState::Refused);
    assert_eq!(
        market.query(rows),
        before.0,
        "a refused file replaces nothing"
    );

    market.write(
        &format!("data/{name}"),
        "Id,Town,Amount\n1,Elko,11\n9,Reno,90\n",
    );
    let run = market.run();
    assert_eq!(
        file(&run, name).state,
        FileState::Refused,
        "not without being told"
    );
    let run = market.run_as(supersede);
    let taken = file(&run, name);
    assert_eq!((taken.state, taken.rows), (FileState::New, Some(2)));
    assert_eq!(market.query(rows), ["1|Elko|11", "9|Reno|90"]);
    assert_eq!(market.versions()["raw/orders"], before.1 + 1);
    assert_eq!(market.query("select sum(amount) from stg_orders"), ["101"]);

    let run = market.run_as(supersede);
    assert_eq!(
        file(&run, name).state,
        FileState::New,
        "the same bytes are read again"
    );
    assert_eq!(market.query(rows), ["1|Elko|11", "9|Reno|90"]);
    let wrong = |options: &mut lockgate::run::Options| {
        options.supersede = vec!["orders_2024-01-02.csv".to_owned()];
    };
    let error = market.try_run(wrong).expect_err("a file that is not there");
    let problem = &error.problems()[0];
    assert_eq!(
        problem.help_text(),
        Some("did you mean `orders_2024-01-01.csv`?")
    );
}
