//! What held rows or values before and holds none now: nothing violates, and the gate does not open.

use lockgate::engine::PastValues;
use lockgate::outcome::{FileState, Gate, Verdict};

use super::{asking, town, verdicts};
use crate::support::{Scratch, file, model, outcome};

const LARGE: &str = "select id, amount from a_orders where amount > 15";

/// Orders above 15, of which January has one and February none.
fn large(expectations: &str) -> Scratch {
    let town = town();
    town.write("models/marts/large.sql", LARGE);
    town.write("models/marts/z_readers.sql", "select id from large");
    if !expectations.is_empty() {
        town.write("expectations/marts/large.toml", expectations);
    }
    town
}

fn month(town: &Scratch, month: u32, rows: &str) {
    let text = format!("Id,Town,Amount\n{rows}");
    town.write(&format!("data/orders_2024-{month:02}-01.csv"), text);
}

#[test]
fn a_model_that_held_rows_and_holds_none_closes_until_it_has_some_again() {
    let town = large("");
    assert_eq!(model(&town.run(), "large").gate, Gate::Open);
    month(&town, 2, "3,Elko,1\n");
    for _ in 0..2 {
        let run = town.run();
        let large = model(&run, "large");
        assert_eq!((large.gate, large.rows), (Gate::Closed, Some(0)));
        let told = outcome(&run, "large", "not_empty");
        assert_eq!(told.verdict, Verdict::Fail);
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                told.note.as_deref().unwrap_or_default(),
                @r#"it held 1 rows before, and holds none now; where it may be empty, say so: kind = "row_count" with min = 0"#
            );
        }
        assert_eq!(model(&run, "z_readers").gate, Gate::Skipped);
        assert_eq!(town.query("select id from large"), ["2"]);
    }
    month(&town, 3, "4,Elko,16\n");
    assert_eq!(model(&town.run(), "large").gate, Gate::Open);
    assert_eq!(town.query("select id from large"), ["4"]);
}

#[test]
fn a_model_may_be_empty_where_its_expectations_say_so_or_it_always_was() {
    let town = large("[[expect]]\nkind = 'row_count'\nmin = 0\n");
    town.run();
    month(&town, 2, "3,Elko,1\n");
    for _ in 0..2 {
        let run = town.run();
        assert_eq!(model(&run, "large").gate, Gate::Open);
        assert_eq!(
            verdicts(&run, "large"),
            [("row_count".into(), "pass".into())]
        );
    }
    assert_eq!(town.query("select id from large"), Vec::<String>::new());

    let town = large("");
    month(&town, 1, "3,Elko,1\n");
    for _ in 0..2 {
        let run = town.run_as(|options| options.select = vec!["+large".to_owned()]);
        assert_eq!(model(&run, "large").gate, Gate::Open);
    }
}

#[test]
fn a_part_of_the_models_is_held_against_what_they_held() {
    let town = large("");
    town.run();
    month(&town, 2, "3,Elko,1\n");
    let run = town.run_as(|options| options.select = vec!["+large".to_owned()]);
    assert_eq!(model(&run, "large").gate, Gate::Closed);
    assert!(run.model("z_readers").is_none());
}

#[test]
fn a_model_whose_rows_were_all_set_aside_closes_in_its_first_run() {
    let aside =
        "[[expect]]\nkind = 'between'\ncolumn = 'amount'\nmin = 1000\non_fail = 'quarantine'\n";
    let town = large(aside);
    let run = town.run();
    assert_eq!(model(&run, "large").gate, Gate::Closed);
    let told = outcome(&run, "large", "not_empty");
    insta::assert_snapshot!(
        told.note.as_deref().unwrap_or_default(),
        @r#"every row, 1 in all, was set aside; where it may be empty, say so: kind = "row_count" with min = 0"#
    );
    let town = large(&format!("{aside}[[expect]]\nkind = 'row_count'\nmin = 0\n"));
    assert_eq!(model(&town.run(), "large").gate, Gate::Open);
}

#[test]
fn a_column_that_held_values_and_holds_none_is_told() {
    for (more, second) in [
        ("", Verdict::Fail),
        ("severity = 'warn'\n", Verdict::Warn),
        ("where = 'amount is not null'\n", Verdict::Skip),
    ] {
        let town = asking(&format!(
            "[[expect]]\nid = 'usual'\nkind = 'between'\ncolumn = 'amount'\nmin = 1\n{more}"
        ));
        assert_eq!(
            outcome(&town.run(), "a_orders", "usual").verdict,
            Verdict::Pass
        );
        month(&town, 2, "3,Elko,\n4,Reno,\n");
        for _ in 0..2 {
            let run = town.run();
            let usual = outcome(&run, "a_orders", "usual");
            assert_eq!(usual.verdict, second, "{more}");
            let gate = if second == Verdict::Fail {
                Gate::Closed
            } else {
                Gate::Open
            };
            assert_eq!(model(&run, "a_orders").gate, gate, "{more}");
        }
    }
}

#[test]
fn a_column_that_never_held_a_value_is_skipped() {
    let town = asking("[[expect]]\nid = 'usual'\nkind = 'between'\ncolumn = 'amount'\nmin = 1\n");
    month(&town, 1, "3,Elko,\n4,Reno,\n");
    for _ in 0..2 {
        assert_eq!(
            outcome(&town.run(), "a_orders", "usual").verdict,
            Verdict::Skip
        );
    }
    month(&town, 2, "3,Elko,4\n");
    assert_eq!(
        outcome(&town.run(), "a_orders", "usual").verdict,
        Verdict::Pass
    );
}

#[test]
fn a_file_without_rows_is_refused_whatever_is_asked_of_it() {
    let town = town();
    town.write(
        "expectations/sources/orders.toml",
        "[[expect]]\nkind = 'row_count'\nmin = 0\n",
    );
    town.run();
    month(&town, 2, "");
    let run = town.run();
    let empty = file(&run, "orders_2024-02-01.csv");
    assert_eq!(empty.state, FileState::Refused);
}

#[test]
fn a_column_of_a_file_that_held_values_and_holds_none_refuses_it() {
    let town = town();
    town.write(
        "expectations/sources/orders.toml",
        "[[expect]]\nid = 'digits'\nkind = 'matches'\ncolumn = 'amount'\npattern = '^[0-9]+$'\n",
    );
    town.run();
    month(&town, 2, "3,Elko,\n");
    let run = town.run();
    assert_eq!(
        file(&run, "orders_2024-02-01.csv").state,
        FileState::Refused
    );
}

#[test]
fn fresh_counts_and_groups_are_judged_over_nothing() {
    for toml in [
        "kind = 'fresh'\ncolumn = 'file_date'\nwithin = '45 days'",
        "kind = 'distinct_count'\ncolumn = 'town'\nmin = 1",
        "kind = 'row_count'\nmin = 1",
        "kind = 'row_count'\nper = 'town'\nmin = 1",
        "kind = 'row_count'\nper = 'town'\nequals = 2",
    ] {
        let town = asking(&format!("[[expect]]\nid = 'asked'\n{toml}\n"));
        town.write(
            "models/base/a_orders.sql",
            "select id, town, file_date from raw.orders where id = '0'",
        );
        let run = town.run();
        assert_eq!(
            outcome(&run, "a_orders", "asked").verdict,
            Verdict::Fail,
            "{toml}"
        );
        assert_eq!(model(&run, "a_orders").gate, Gate::Closed, "{toml}");
    }
}

#[test]
fn a_stored_run_stays_closed_for_what_is_gone() {
    let town = large("[[expect]]\nid = 'usual'\nkind = 'between'\ncolumn = 'amount'\nmin = 1\n");
    town.write(
        "models/marts/large.sql",
        "select id, amount from a_orders where amount is null or amount > 15",
    );
    town.run();
    for (rows, id) in [("3,Elko,1\n", "not_empty"), ("3,Elko,\n", "usual")] {
        month(&town, 2, rows);
        let run = town.run_as(|options| {
            options.supersede = match id {
                "usual" => vec!["orders_2024-02-01.csv".to_owned()],
                _ => Vec::new(),
            }
        });
        assert_eq!(outcome(&run, "large", id).verdict, Verdict::Fail, "{rows}");
        let again = lockgate::judge::judge(&town.project(), &run, &PastValues::default());
        assert_eq!(
            outcome(&again.run, "large", id).verdict,
            Verdict::Fail,
            "{rows}"
        );
        assert_eq!(model(&again.run, "large").gate, Gate::Closed, "{rows}");
        assert!(again.changes.is_empty(), "{:?}", again.changes);
    }
}
