//! A key is proved by what was counted and planned, never by what an expectation is called.

use lockgate::outcome::{Gate, Verdict};

use super::{asking, town};
use crate::support::{Scratch, model, outcome};

/// A model that reads the orders, whose key is theirs if theirs is one.
fn reader(town: &Scratch) {
    town.write("models/marts/late.sql", "select id, amount from a_orders");
    town.write(
        "contracts/marts/late.toml",
        "version = '1.0.0'\nsummary = 's'\nowner = 'o@example.com'\nkey = ['id']\n\
         [columns]\nid = { type = 'text' }\namount = { type = 'int', null = true }\n",
    );
}

const CONTRACT: &str = "version = '1.0.0'\nsummary = 's'\nowner = 'o@example.com'\nopen = true\n";
const COLUMNS: &str = "[columns]\nid = { type = 'text', null = true }\n";
const TWICE: &str = "Id,Town,Amount\n1,Elko,10\n1,Reno,20\n";

#[test]
fn an_expectation_called_key_teaches_no_key() {
    for called in [
        "[[expect]]\nid = 'key'\nkind = 'row_count'\nmin = 1\n[[expect]]\nid = 'not_null(id)'\nkind = 'row_count'\nmax = 9\n",
        "[[expect]]\nid = 'key'\nkind = 'unique'\ncolumns = ['town']\n[[expect]]\nid = 'not_null(id)'\nkind = 'not_null'\ncolumn = 'town'\n",
    ] {
        for contract in [format!("{CONTRACT}{COLUMNS}"), String::new()] {
            let town = asking(called);
            if !contract.is_empty() {
                town.write("contracts/base/a_orders.toml", contract);
            }
            reader(&town);
            town.write("data/orders_2024-01-01.csv", TWICE);
            let run = town.run();
            let key = outcome(&run, "late", "key");
            assert_eq!(
                (key.verdict, key.rows),
                (Verdict::Fail, Some(2)),
                "{called}"
            );
            assert_eq!(model(&run, "late").gate, Gate::Closed);
        }
    }
}

#[test]
fn a_key_that_was_counted_under_a_filter_or_a_tolerance_or_with_nulls_teaches_no_key() {
    let full = "[[expect]]\nkind = 'not_null'\ncolumn = 'id'\n";
    for (unique, rows) in [
        (format!("{full}[[expect]]\nkind = 'unique'\ncolumns = ['id']\nwhere = 'amount > 15'\n"), TWICE),
        (format!("{full}[[expect]]\nkind = 'unique'\ncolumns = ['id']\nallow = {{ rows = 2 }}\n"), TWICE),
        (format!("{full}[[expect]]\nkind = 'unique'\ncolumns = ['id']\nmissing = ['1']\n"), TWICE),
        ("[[expect]]\nkind = 'unique'\ncolumns = ['id']\n".to_owned(), "Id,Town,Amount\n,Elko,1\n,Reno,2\n3,Reno,3\n"),
        (
            "[[expect]]\nkind = 'unique'\ncolumns = ['id']\n[[expect]]\nkind = 'not_null'\ncolumn = 'id'\nwhere = \"id <> ''\"\n".to_owned(),
            "Id,Town,Amount\n,Elko,1\n,Reno,2\n3,Reno,3\n",
        ),
    ] {
        let town = asking(&unique);
        reader(&town);
        town.write("data/orders_2024-01-01.csv", rows);
        let run = town.run();
        let key = outcome(&run, "late", "key");
        assert!(!key.note.as_deref().unwrap_or_default().starts_with("proved"), "{unique}\n{key:?}");
    }
}

#[test]
fn a_key_that_was_counted_over_full_columns_is_a_fact_for_readers() {
    let town = asking(
        "[[expect]]\nkind = 'unique'\ncolumns = ['id']\n[[expect]]\nkind = 'not_null'\ncolumn = 'id'\n",
    );
    reader(&town);
    let run = town.run();
    let key = outcome(&run, "late", "key");
    assert_eq!(key.verdict, Verdict::Pass);
    assert!(
        key.note
            .as_deref()
            .unwrap_or_default()
            .starts_with("proved"),
        "{key:?}"
    );
    let town = town_without();
    let run = town.run();
    let key = outcome(&run, "late", "key");
    assert_eq!((key.verdict, key.note.clone()), (Verdict::Pass, None));
}

fn town_without() -> Scratch {
    let town = town();
    reader(&town);
    town
}
