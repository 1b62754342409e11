//! Gates, through whole runs: what closes one, who is kept from building, what
//! readers see meanwhile, and what a second run does.

mod again;
mod faulty;
mod files;
mod hidden;
mod judged;
mod scan;

use lockgate::outcome::{FileState, Gate, Run, Verdict};

use crate::support::{Scratch, file, model, outcome};

const MANIFEST: &str = r#"
name = "market"
layers = ["base", "staging", "marts"]
as_of = "newest_file"
samples = 2
"#;

const ORDERS: &str = r#"
version = "1.0.0"
summary = "The orders of a month."
owner = "data@example.com"

[file]
name = ["orders_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = {}
Town = {}
Amount = {}
"#;

const TOWNS: &str = r#"
version = "1.0.0"
summary = "The towns, all of them each time."
owner = "data@example.com"

[file]
name = ["towns_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Town = {}
State = {}
"#;

const BASE_ORDERS: &str = "\
select
    id,
    town,
    cast(amount as bigint) as amount,
    file_name,
    file_date,
    file_row,
    file_line
from raw.orders
";

const POSITIVE: &str = "\
[[expect]]
kind = 'between'
id = 'positive'
column = 'amount'
min = 1
because = 'a refund is no order'
";

const JANUARY: &str = "Id,Town,Amount\n1,Elko,10\n2,Reno,20\n3,Elko,30\n";
const TOWNS_JANUARY: &str = "Town,State\nElko,NV\nReno,NV\nTulsa,OK\n";

fn market() -> Scratch {
    Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/orders.toml", ORDERS),
        ("contracts/sources/towns.toml", TOWNS),
        ("models/base/base_orders.sql", BASE_ORDERS),
        (
            "models/base/base_towns.sql",
            "select town, state, file_name, file_date, file_row, file_line from raw.towns",
        ),
        (
            "models/staging/stg_orders.sql",
            "select id, town, sum(amount) as amount from base_orders group by id, town",
        ),
        (
            "models/staging/stg_towns.sql",
            "select town, max(state) as state from base_towns group by town",
        ),
        (
            "models/marts/mart_states.sql",
            "select state, count(id) as orders, sum(amount) as amount \
             from stg_towns left join stg_orders using (town) group by state",
        ),
        ("expectations/base/base_orders.toml", POSITIVE),
        ("data/orders_2024-01-01.csv", JANUARY),
        ("data/towns_2024-01-01.csv", TOWNS_JANUARY),
    ])
}

const ALL: [&str; 5] = [
    "base_orders",
    "base_towns",
    "stg_orders",
    "stg_towns",
    "mart_states",
];

fn gates(run: &Run) -> Vec<(&str, Gate)> {
    let models = run.models.iter();
    models
        .map(|model| (model.name.as_str(), model.gate))
        .collect()
}

fn all_open(run: &Run) {
    let open: Vec<(&str, Gate)> = ALL.iter().map(|name| (*name, Gate::Open)).collect();
    assert_eq!(gates(run), open);
}

fn contents(market: &Scratch) -> Vec<Vec<String>> {
    let tables = ["raw.orders", "raw.towns"].into_iter().chain(ALL);
    let rows = tables.map(|table| {
        let mut rows = market.query(&format!("select * from {table}"));
        rows.sort();
        rows
    });
    rows.collect()
}

#[test]
fn a_closed_gate_skips_descendants_not_siblings_and_readers_keep_the_last_good_version() {
    let market = market();
    all_open(&market.run());
    let before = contents(&market);
    let versions = market.versions();
    let stored = market.stored("base/base_orders", ".parquet");

    market.write(
        "data/orders_2024-02-01.csv",
        "Id,Town,Amount\n4,Reno,40\n5,Reno,-5\n",
    );
    market.write(
        "data/towns_2024-02-01.csv",
        "Town,State\nElko,NV\nOmaha,NE\n",
    );
    let run = market.run();
    let expected = [
        ("base_orders", Gate::Closed),
        ("base_towns", Gate::Open),
        ("stg_orders", Gate::Skipped),
        ("stg_towns", Gate::Open),
        ("mart_states", Gate::Skipped),
    ];
    assert_eq!(gates(&run), expected);
    assert_eq!(run.verdict, Verdict::Fail);
    for skipped in ["stg_orders", "mart_states"] {
        let note = model(&run, skipped).note.as_deref();
        assert_eq!(note, Some("the gate of base_orders is closed"), "{skipped}");
    }
    assert_eq!(
        file(&run, "orders_2024-02-01.csv").state,
        FileState::New,
        "raw keeps the rows"
    );
    let (now, later) = (contents(&market), market.versions());
    for (place, table) in ["raw.orders", "raw.towns"]
        .into_iter()
        .chain(ALL)
        .enumerate()
    {
        let kept = ["base_orders", "stg_orders", "mart_states"].contains(&table);
        assert_eq!(now[place] == before[place], kept, "{table}");
    }
    assert_eq!(later["base/base_orders"], versions["base/base_orders"]);
    assert_eq!(
        market.stored("base/base_orders", ".parquet"),
        stored,
        "nothing staged is left"
    );

    let run = market.run_as(|options| options.severities = vec!["positive=warn".to_owned()]);
    all_open(&run);
    assert_eq!(run.verdict, Verdict::Warn);
    assert_eq!(
        outcome(&run, "base_orders", "positive").verdict,
        Verdict::Warn
    );
    let total = market.query("select sum(orders), sum(amount) from mart_states");
    assert_eq!(total, ["5|95"]);
}

#[test]
fn a_query_that_fails_on_the_data_closes_its_gate_and_says_why() {
    let market = market();
    market.run();
    let before = market.query("select * from base_orders");
    market.write(
        "data/orders_2024-02-01.csv",
        "Id,Town,Amount\n4,Reno,forty\n",
    );
    market.write("data/towns_2024-02-01.csv", "Town,State\nOmaha,NE\n");
    let run = market.run();
    let failed = model(&run, "base_orders");
    assert_eq!((failed.gate, failed.rows), (Gate::Closed, None));
    let note = "the query failed: Cannot cast string 'forty' to value of int type (orders_2024-02-01.csv, line 2), in `amount`";
    assert_eq!(failed.note.as_deref(), Some(note));
    let build = outcome(&run, "base_orders", "build");
    // A value that cannot be cast is the data's fault, not the engine's.
    assert_eq!(build.verdict, Verdict::Fail);
    assert_eq!(build.location.file, "models/base/base_orders.sql");
    for (name, gate) in [
        ("stg_orders", Gate::Skipped),
        ("stg_towns", Gate::Open),
        ("mart_states", Gate::Skipped),
    ] {
        assert_eq!(model(&run, name).gate, gate, "{name}");
    }
    assert_eq!(market.query("select * from base_orders"), before);
    assert_eq!(market.query("select count(*) from stg_towns"), ["4"]);
}
