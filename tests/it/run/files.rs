//! What files do to a run: refused, of no source, twice the same, and the day they make today.

use lockgate::outcome::{FileState, Gate, Verdict};

use super::judged::judged;
use super::{JANUARY, MANIFEST, all_open, market};
use crate::support::{file, model};

#[test]
fn a_file_whose_rows_are_not_those_of_its_source_is_refused_and_the_next_is_not() {
    let market = market();
    market.write(
        "expectations/sources/orders.toml",
        "[[expect]]\nkind = 'matches'\nid = 'whole_numbers'\ncolumn = 'amount'\npattern = '^\\d+$'\n",
    );
    let (bad, good) = ("orders_2024-02-01.csv", "orders_2024-03-01.csv");
    market.write(
        &format!("data/{bad}"),
        "Id,Town,Amount\n4,Reno,40\n5,\"Re\nno\",x\n",
    );
    market.write(&format!("data/{good}"), "Id,Town,Amount\n6,Reno,60\n");
    let run = market.run();
    let refused = file(&run, bad);
    assert_eq!((refused.state, refused.rows), (FileState::Refused, None));
    let reason = "its rows are not what is expected of the source: whole_numbers";
    assert_eq!(refused.reason.as_deref(), Some(reason));
    let closed = &refused.outcomes[0];
    let found = (closed.verdict, closed.rows, closed.of);
    assert_eq!(found, (Verdict::Fail, Some(1), Some(2)));
    let place = closed.samples[0].place.as_ref().expect("a place");
    assert_eq!(place.to_string(), format!("{bad}:3"));
    assert_eq!(file(&run, good).state, FileState::New);
    let names = "select distinct file_name from raw.orders order by file_name";
    assert_eq!(market.query(names), ["orders_2024-01-01.csv", good]);
    assert_eq!(market.stored("raw/orders", ".parquet"), 2);
    assert_eq!(model(&run, "base_orders").gate, Gate::Skipped);
    assert_eq!(model(&run, "base_towns").gate, Gate::Open);
}

#[test]
fn today_is_the_newest_file_of_all_sources_where_the_manifest_says_so() {
    let market = market();
    let fresh = "kind = 'fresh'\ncolumn = 'file_date'\nwithin = '30 days'";
    let cases = [(fresh, Verdict::Pass, None, None)];
    assert_eq!(
        judged(&market, "base_orders", "base", &cases)
            .as_of
            .to_string(),
        "2024-01-01"
    );
    market.write("data/towns_2024-02-15.csv", "Town,State\nOmaha,NE\n");
    let cases = [(fresh, Verdict::Fail, None, None)];
    assert_eq!(
        judged(&market, "base_orders", "base", &cases)
            .as_of
            .to_string(),
        "2024-02-15"
    );
    let run = market.run_as(|options| options.select = vec!["base_orders".to_owned()]);
    assert_eq!(
        run.as_of.to_string(),
        "2024-02-15",
        "also of the sources that are not selected"
    );
    market.write("lockgate.toml", MANIFEST.replace("newest_file", "now"));
    let run = market.run();
    assert_eq!(run.as_of, run.started.date_naive());
}

#[test]
fn the_same_bytes_under_another_name_and_a_file_of_no_source_are_told() {
    let market = market();
    market.write("data/orders_2024-02-01.csv", JANUARY);
    market.write("data/order_2024-02-01.csv", JANUARY);
    market.write("data/NOTES.CSV", "a\n1\n");
    market.write("data/readme.txt", "not a table");
    let run = market.run();
    let twin = file(&run, "orders_2024-02-01.csv");
    assert_eq!(twin.state, FileState::New);
    let warning = "it holds the same bytes as orders_2024-01-01.csv of 2024-01-01";
    assert_eq!(twin.warnings, [warning]);
    assert_eq!(run.unclaimed, ["NOTES.CSV", "order_2024-02-01.csv"]);
    all_open(&run);
}
