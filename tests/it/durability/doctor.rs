//! Damage that storage does: it is found, told with what is lost and how it is mended, and mended so.

use std::fs;
use std::path::PathBuf;

use lockgate::doctor;
use lockgate::outcome::{FileState, Gate, Health};

use crate::support::{Scratch, file, model, wait};

const CONTRACT: &str = "version = '1.0.0'\nsummary = 'What was sold.'\nowner = 'data@example.com'\n\n\
    [file]\nname = ['orders_{date}.csv']\ndate = '%Y-%m-%d'\n\n[columns]\nId = {}\n";

const JANUARY: &str = "orders_2024-01-01.csv";
const FEBRUARY: &str = "orders_2024-02-01.csv";

fn shop() -> Scratch {
    let shop = Scratch::new(&[
        ("lockgate.toml", "name = 'shop'\nlayers = ['base']\n"),
        ("contracts/sources/orders.toml", CONTRACT),
        ("models/base/base_orders.sql", "select id from raw.orders"),
        (
            "expectations/base/base_orders.toml",
            "[[expect]]\nkind = 'holds'\nid = 'odd'\nsql = \"id <> '2'\"\non_fail = 'quarantine'\n\
             [[expect]]\nkind = 'row_count'\nagainst = { previous = 2 }\nbetween = [0.1, 9.0]\n",
        ),
    ]);
    for (name, ids) in [(JANUARY, "1\n2\n"), (FEBRUARY, "3\n")] {
        shop.write(&format!("data/{name}"), format!("Id\n{ids}"));
        shop.run();
    }
    shop
}

fn examined(shop: &Scratch) -> Health {
    let (project, warehouse) = (shop.project(), shop.warehouse());
    let found = wait(async move { doctor::examined(&project, &warehouse, None).await });
    found.expect("the tables can be looked at")
}

/// What harms, as `doctor` prints it, without the names that change.
fn told(shop: &Scratch) -> String {
    let mut health = examined(shop);
    health.faults.retain(|fault| !fault.harmless);
    for fault in &mut health.faults {
        if let Some(file) = &mut fault.file
            && file.ends_with(".parquet")
        {
            *file = "DATA.parquet".to_owned();
        }
    }
    let text = lockgate::report::health(&health);
    anstream::adapter::strip_str(&text).to_string()
}

/// A file of a table, the newest by name.
fn newest(shop: &Scratch, folder: &str, ending: &str) -> PathBuf {
    let entries = fs::read_dir(shop.path(&format!("warehouse/{folder}"))).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    paths.sort();
    paths.pop().expect("a file")
}

#[test]
fn a_sound_warehouse_has_no_faults() {
    let shop = shop();
    assert!(examined(&shop).is_sound());
    assert_eq!(told(&shop), "5 tables read right\n");
}

#[test]
fn a_log_entry_cut_short_is_told_and_the_next_run_does_again_what_it_held() {
    let shop = shop();
    let entry = newest(&shop, "raw/orders/_delta_log", ".json");
    let text = fs::read_to_string(&entry).unwrap();
    fs::write(&entry, &text[..text.len() / 2]).unwrap();
    insta::assert_snapshot!(told(&shop));
    let error = shop.try_run(|_| {}).unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!(problem.code(), "lockgate::storage");
    assert!(problem.help_text().unwrap().contains("lockgate doctor"));

    fs::remove_file(entry).unwrap();
    shop.write(&format!("data/{FEBRUARY}"), "Id\n3\n4\n");
    let run = shop.run();
    assert_eq!(file(&run, FEBRUARY).state, FileState::New);
    assert_eq!(shop.query("select count(*) from raw.orders"), ["4"]);
    let models = shop.query("select count(*) from base_orders");
    assert_eq!(
        models,
        ["3"],
        "the same version of other rows is not the same"
    );
}

#[test]
fn a_log_entry_that_is_missing_is_told() {
    let shop = shop();
    fs::remove_file(shop.path("warehouse/base/base_orders/_delta_log/00000000000000000000.json"))
        .unwrap();
    insta::assert_snapshot!(told(&shop));
    fs::remove_dir_all(shop.path("warehouse/base/base_orders")).unwrap();
    shop.run();
    assert_eq!(shop.query("select count(*) from base_orders"), ["2"]);
}

#[test]
fn a_lost_data_file_is_told_with_the_file_whose_rows_it_held_and_mended_by_supersede() {
    let shop = shop();
    let entry = fs::read_to_string(newest(&shop, "raw/orders/_delta_log", ".json")).unwrap();
    let lost = entry
        .split("\"path\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    fs::remove_file(shop.path(&format!("warehouse/raw/orders/{lost}"))).unwrap();
    insta::assert_snapshot!(told(&shop));
    shop.run_as(|options| options.supersede = vec![FEBRUARY.to_owned()]);
    assert_eq!(shop.query("select count(*) from raw.orders"), ["3"]);
    assert_eq!(told(&shop), "5 tables read right\n");
}

#[test]
fn a_corrupt_history_file_is_told_and_stops_no_run() {
    let shop = shop();
    let bad = newest(&shop, "history/outcomes", ".parquet");
    fs::write(&bad, "no Parquet").unwrap();
    insta::assert_snapshot!(told(&shop));
    assert_eq!(model(&shop.run(), "base_orders").gate, Gate::Open);
}

#[test]
fn a_history_of_other_columns_is_told() {
    let shop = shop();
    let _ = fs::remove_dir_all(shop.path("warehouse/history/runs"));
    fs::rename(
        shop.path("warehouse/history/outcomes"),
        shop.path("warehouse/history/runs"),
    )
    .unwrap();
    insta::assert_snapshot!(told(&shop));
}

#[test]
fn a_raw_table_that_holds_a_file_twice_is_told_and_mended_by_supersede() {
    let shop = shop();
    // The second commit, as two runs at once once made it: the same file under another name.
    let entry = newest(&shop, "raw/orders/_delta_log", ".json");
    let text = fs::read_to_string(&entry).unwrap();
    let path = text
        .split("\"path\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let folder = shop.path("warehouse/raw/orders");
    fs::copy(folder.join(path), folder.join("twice.parquet")).unwrap();
    let again = text.replace(path, "twice.parquet");
    fs::write(folder.join("_delta_log/00000000000000000002.json"), again).unwrap();
    assert_eq!(shop.query("select count(*) from raw.orders"), ["4"]);
    insta::assert_snapshot!(told(&shop));
    shop.run_as(|options| options.supersede = vec![FEBRUARY.to_owned()]);
    assert_eq!(shop.query("select count(*) from raw.orders"), ["3"]);
    assert_eq!(told(&shop), "5 tables read right\n");
}

#[test]
fn a_lost_quarantine_is_built_again() {
    let shop = shop();
    let aside = "select id from quarantine.base_orders";
    assert_eq!(shop.query(aside), ["2"]);
    let entry = newest(&shop, "quarantine/base_orders/_delta_log", ".json");
    fs::remove_file(entry).unwrap();
    let run = shop.run();
    assert!(!model(&run, "base_orders").unchanged);
    assert_eq!(shop.query(aside), ["2"]);
}

#[test]
fn rows_set_aside_by_a_run_that_never_published_its_model_are_not_seen() {
    let shop = shop();
    // A run died after it committed the quarantine: that is one version ahead of its model.
    let newest = newest(&shop, "quarantine/base_orders/_delta_log", ".json");
    let text = fs::read_to_string(&newest).unwrap();
    let path = text
        .split("\"path\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let ahead = newest.with_file_name("00000000000000000002.json");
    let remove = serde_json::json!({
        "remove": { "path": path, "deletionTimestamp": 0, "dataChange": true }
    });
    fs::write(ahead, remove.to_string()).unwrap();
    assert_eq!(shop.query("select id from quarantine.base_orders"), ["2"]);
}
