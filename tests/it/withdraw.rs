//! Files taken out again, and files read again.

use lockgate::outcome::{FileState, Gate, Verdict};

use crate::support::{Scratch, file, model};

const MANIFEST: &str = "name = \"shop\"\nlayers = [\"base\"]\n";

const ORDERS: &str = r#"
version = "1.0.0"
summary = "What was sold."
owner = "data@example.com"

[file]
name = ["orders_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
"#;

const JANUARY: &str = "orders_2024-01-01.csv";
const FEBRUARY: &str = "orders_2024-02-01.csv";
const IDS: &str = "select id from base_orders order by id";

/// Two months, the second with an order that is none.
fn shop() -> Scratch {
    let shop = Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/orders.toml", ORDERS),
        ("models/base/base_orders.sql", "select * from raw.orders"),
        (
            "expectations/base/base_orders.toml",
            "[[expect]]\nkind = 'matches'\ncolumn = 'id'\npattern = '^\\d+$'\n",
        ),
    ]);
    shop.write(&format!("data/{JANUARY}"), "Id,Hat\n1,red\n2,\n");
    shop.run();
    shop.write(&format!("data/{FEBRUARY}"), "Id,Hat\n3,red\nnone,\n");
    shop
}

fn withdraw(shop: &Scratch) -> lockgate::outcome::Run {
    shop.run_as(|options| options.withdraw = vec![FEBRUARY.to_owned()])
}

#[test]
fn a_withdrawn_file_opens_the_gate_and_stays_out_until_its_bytes_change() {
    let shop = shop();
    assert_eq!(model(&shop.run(), "base_orders").gate, Gate::Closed);

    let run = withdraw(&shop);
    assert_eq!(file(&run, FEBRUARY).state, FileState::Withdrawn);
    assert_eq!(model(&run, "base_orders").gate, Gate::Open);
    assert_eq!(shop.query(IDS), ["1", "2"]);

    let versions = shop.versions();
    let run = shop.run();
    assert_eq!(file(&run, FEBRUARY).state, FileState::Withdrawn);
    assert_eq!(shop.versions(), versions, "nothing changes");

    shop.write(&format!("data/{FEBRUARY}"), "Id,Hat\n3,red\n4,\n");
    let run = shop.run();
    assert_eq!(file(&run, FEBRUARY).state, FileState::New);
    assert_eq!(shop.query(IDS), ["1", "2", "3", "4"]);
}

#[test]
fn a_file_that_is_no_longer_in_the_folder_can_be_withdrawn() {
    let shop = shop();
    shop.run();
    shop.remove(&format!("data/{FEBRUARY}"));
    let run = withdraw(&shop);
    assert_eq!(file(&run, FEBRUARY).state, FileState::Withdrawn);
    assert_eq!(shop.query("select count(*) from raw.orders"), ["2"]);
}

#[test]
fn superseding_brings_a_withdrawn_file_back() {
    let shop = shop();
    shop.run();
    withdraw(&shop);
    let run = shop.run_as(|options| options.supersede = vec![FEBRUARY.to_owned()]);
    assert_eq!(file(&run, FEBRUARY).state, FileState::New);
    let run = shop.run();
    assert_eq!(file(&run, FEBRUARY).state, FileState::Known);
}

#[test]
fn a_file_of_which_no_row_came_in_cannot_be_withdrawn() {
    let shop = shop();
    let result = shop.try_run(|options| options.withdraw = vec!["orders_2024-01-1.csv".to_owned()]);
    let error = result.expect_err("there is no such file");
    let problem = &error.problems()[0];
    assert_eq!(
        problem.to_string(),
        "--withdraw names orders_2024-01-1.csv, and no row of it has come in"
    );
    assert_eq!(shop.query("select count(*) from raw.orders"), ["2"]);
}

#[test]
fn a_column_that_came_later_is_asked_only_of_later_files() {
    let shop = shop();
    shop.write(
        "models/base/base_orders.sql",
        "select id, hat from raw.orders",
    );
    shop.write(
        "contracts/sources/orders.toml",
        format!("{ORDERS}Hat = {{ since = 2024-03-01 }}\n"),
    );
    shop.write(&format!("data/{FEBRUARY}"), "Id\n3\n");
    let run = shop.run();
    assert_eq!(run.verdict, Verdict::Pass);
    let march = "orders_2024-03-01.csv";
    shop.write(&format!("data/{march}"), "Id\n5\n");
    let run = shop.run();
    assert_eq!(file(&run, march).state, FileState::Refused);

    let again = vec![JANUARY.to_owned()];
    shop.remove(&format!("data/{march}"));
    let hats = "select hat from base_orders where id = '1'";
    assert_eq!(shop.query(hats), ["~"]);
    shop.run_as(|options| options.supersede = again);
    assert_eq!(shop.query(hats), ["red"]);
}

#[test]
fn a_contract_that_gains_a_column_needs_no_new_file() {
    let shop = shop();
    shop.remove(&format!("data/{FEBRUARY}"));
    shop.write(
        "models/base/base_orders.sql",
        "select id, hat from raw.orders",
    );
    shop.write(
        "contracts/sources/orders.toml",
        format!("{ORDERS}Hat = {{}}\n"),
    );
    assert_eq!(shop.run().verdict, Verdict::Pass);
    assert_eq!(
        shop.query("select id, hat from base_orders order by id"),
        ["1|~", "2|~"]
    );
}

#[test]
fn a_renamed_column_is_read_under_both_names() {
    let shop = shop();
    let renamed = ORDERS.replace("Id = {}", "\"Order No\" = { was = [\"Id\"], as = \"id\" }");
    shop.write("contracts/sources/orders.toml", renamed);
    shop.write(&format!("data/{FEBRUARY}"), "Order No\n3\n");
    assert_eq!(shop.run().verdict, Verdict::Pass);
    assert_eq!(shop.query(IDS), ["1", "2", "3"]);
}
