//! A refusal is told again from memory while nothing that it depends on changes.

use std::fs;

use lockgate::outcome::{FileRun, FileState, Run};

use crate::support::{Scratch, file};

const CONTRACT: &str = "version = '1.0.0'\nsummary = 'What was sold.'\nowner = 'data@example.com'\n\n\
    [file]\nname = ['orders_{date}.csv']\ndate = '%Y-%m-%d'\n\n[columns]\nId = {}\n";

const BROKEN: &str = "orders_2024-01-01.csv";
const FEW: &str = "orders_2024-02-01.csv";
const GOOD: &str = "orders_2024-03-01.csv";

fn shop() -> Scratch {
    let shop = Scratch::new(&[
        ("lockgate.toml", "name = 'shop'\nlayers = ['base']\n"),
        ("contracts/sources/orders.toml", CONTRACT),
        (
            "expectations/sources/orders.toml",
            "[[expect]]\nkind = 'row_count'\nmin = 2\n",
        ),
        ("models/base/base_orders.sql", "select id from raw.orders"),
    ]);
    shop.write(&format!("data/{BROKEN}"), "Name\nAda\n");
    shop.write(&format!("data/{FEW}"), "Id\n1\n");
    shop.write(&format!("data/{GOOD}"), "Id\n1\n2\n");
    shop
}

fn refused(run: &Run) -> Vec<FileRun> {
    let files = run.files.iter();
    files
        .filter(|file| file.state == FileState::Refused)
        .cloned()
        .collect()
}

/// How many refusals are remembered.
fn remembered(shop: &Scratch) -> usize {
    shop.stored("history/refusals/_delta_log", ".json")
}

#[test]
fn the_same_refusal_is_told_in_the_same_words_and_remembered_once() {
    let shop = shop();
    let first = shop.run();
    assert_eq!(refused(&first).len(), 2);
    assert_eq!(remembered(&shop), 1, "one commit for the files of a run");
    let second = shop.run();
    assert_eq!(refused(&second), refused(&first));
    assert_eq!(remembered(&shop), 1, "nothing was refused anew");
    assert_eq!(
        file(&second, GOOD).state,
        FileState::Known,
        "the rest goes on"
    );
}

#[test]
fn other_bytes_another_contract_other_expectations_and_supersede_ask_again() {
    let shop = shop();
    shop.run();
    shop.write(&format!("data/{BROKEN}"), "Id\n1\n2\n3\n");
    assert_eq!(file(&shop.run(), BROKEN).state, FileState::New);

    shop.write(
        "expectations/sources/orders.toml",
        "[[expect]]\nkind = 'row_count'\nmin = 1\n",
    );
    assert_eq!(file(&shop.run(), FEW).state, FileState::New);

    shop.write("data/orders_2024-04-01.csv", "Id,Hat\n1\n2\n");
    assert_eq!(refused(&shop.run()).len(), 1);
    shop.write("data/orders_2024-04-01.csv", "Name\n1\n2\n");
    assert_eq!(refused(&shop.run()).len(), 1);
    let renamed = CONTRACT.replace("Id = {}", "Id = { was = ['Name'] }");
    shop.write("contracts/sources/orders.toml", renamed);
    assert_eq!(refused(&shop.run()).len(), 0);
}

#[test]
fn supersede_asks_again() {
    let shop = shop();
    shop.run();
    let before = remembered(&shop);
    let run = shop.run_as(|options| options.supersede = vec![FEW.to_owned()]);
    assert_eq!(file(&run, FEW).state, FileState::Refused);
    assert_eq!(
        remembered(&shop),
        before + 1,
        "it was read, and refused again"
    );
}

#[test]
fn a_memory_that_cannot_be_read_costs_time_and_no_more() {
    let shop = shop();
    let first = shop.run();
    for entry in fs::read_dir(shop.path("warehouse/history/refusals")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::write(path, "no Parquet").unwrap();
        }
    }
    assert_eq!(refused(&shop.run()), refused(&first));
}
