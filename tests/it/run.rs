//! Gates, through whole runs: what closes one, who is kept from building, what
//! readers see meanwhile, and what a second run does.

mod hidden;
mod scan;

use lockgate::outcome::{FileState, Gate, ModelRun, Run, Verdict};

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
    let note = "the query failed: Cast error: Cannot cast string 'forty' to value of Int64 type";
    assert_eq!(failed.note.as_deref(), Some(note));
    let build = outcome(&run, "base_orders", "build");
    assert_eq!(build.verdict, Verdict::Error);
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

/// An expectation, and how it comes out: verdict, rows that violate, rows asked.
type Judged = (&'static str, Verdict, Option<u64>, Option<u64>);

/// Ten orders of Elko, of which three are 0; one of Reno, which is 5.
fn eleven() -> String {
    let mut text = "Id,Town,Amount\n".to_owned();
    for id in 1..=10 {
        text.push_str(&format!("{id},Elko,{}\n", if id <= 3 { 0 } else { 7 }));
    }
    text + "11,Reno,5\n"
}

/// Writes the expectations under ids of their places, runs, compares.
fn judged(market: &Scratch, of: &str, layer: &str, cases: &[Judged]) -> Run {
    let expectations: Vec<String> = cases
        .iter()
        .enumerate()
        .map(|(place, (toml, ..))| format!("[[expect]]\nid = 'e{place}'\n{toml}\n"))
        .collect();
    let path = format!("expectations/{layer}/{of}.toml");
    market.write(&path, expectations.concat());
    let run = market.run();
    for (place, (toml, verdict, rows, asked)) in cases.iter().enumerate() {
        let outcome = outcome(&run, of, &format!("e{place}"));
        let found = (outcome.verdict, outcome.rows, outcome.of);
        assert_eq!(found, (*verdict, *rows, *asked), "{toml}");
    }
    run
}

#[test]
fn tolerance_filter_and_severity_decide_what_violations_mean() {
    use Verdict::{Fail, Pass, Skip, Warn};
    let market = market();
    market.write("data/orders_2024-01-01.csv", eleven());
    let zero = "kind = 'between'\ncolumn = 'amount'\nmin = 1\n";
    let with = |more: &str| -> &'static str { format!("{zero}{more}").leak() };
    let run = judged(
        &market,
        "base_orders",
        "base",
        &[
            (with(""), Fail, Some(3), Some(11)),
            (with("severity = 'warn'"), Warn, Some(3), Some(11)),
            (with("allow = { rows = 2 }"), Fail, Some(3), Some(11)),
            (with("allow = { rows = 3 }"), Pass, Some(3), Some(11)),
            (with("allow = { share = 0.27 }"), Fail, Some(3), Some(11)),
            (with("allow = { share = 0.28 }"), Pass, Some(3), Some(11)),
            (
                with("where = \"town = 'Elko'\"\nallow = { share = 0.3 }"),
                Pass,
                Some(3),
                Some(10),
            ),
            (
                with("where = \"town = 'Elko'\"\nallow = { share = 0.299999999 }"),
                Fail,
                Some(3),
                Some(10),
            ),
            (with("where = \"town = 'Reno'\""), Pass, Some(0), Some(1)),
            (with("where = \"town = 'Omaha'\""), Skip, Some(0), Some(0)),
            (
                with("where = 'amount > 1000'\nallow = { share = 1.0 }"),
                Skip,
                Some(0),
                Some(0),
            ),
            ("kind = 'row_count'\nmin = 11\nmax = 11", Pass, None, None),
            (
                "kind = 'row_count'\nmax = 9\nwhere = \"town = 'Elko'\"",
                Fail,
                None,
                None,
            ),
            (
                "kind = 'unique'\ncolumns = ['town']",
                Fail,
                Some(10),
                Some(11),
            ),
            (
                "kind = 'unique'\ncolumns = ['town']\nallow = { rows = 10 }",
                Pass,
                Some(10),
                Some(11),
            ),
            (
                "kind = 'unique'\ncolumns = ['id']\nwhere = \"town = 'Elko'\"",
                Pass,
                Some(0),
                Some(10),
            ),
        ],
    );
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
}

#[test]
fn violations_at_warn_are_told_and_let_the_gate_open() {
    let market = market();
    market.write("data/orders_2024-01-01.csv", eleven());
    let warned = "kind = 'between'\ncolumn = 'amount'\nmin = 1\nseverity = 'warn'";
    let cases = [(warned, Verdict::Warn, Some(3), Some(11))];
    let run = judged(&market, "base_orders", "base", &cases);
    all_open(&run);
    assert_eq!(run.verdict, Verdict::Warn);
    let run = market.run_as(|options| options.severities = vec!["base_orders.e0=error".to_owned()]);
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
    assert_eq!(model(&run, "stg_orders").gate, Gate::Skipped);
}

#[test]
fn models_are_held_against_each_other() {
    use Verdict::{Fail, Pass};
    let market = market();
    market.write(
        "data/orders_2024-01-01.csv",
        "Id,Town,Amount\n1,Elko,10\n2,Reno,20\n3,Oz,30\n4,,40\n",
    );
    let of_marts = [
        (
            "kind = 'reconciles'\nwith = ['stg_orders']\nvalue = 'sum(amount)'\neach = 'sum(amount)'",
            Fail,
            Some(1),
            Some(1),
        ),
        (
            "kind = 'reconciles'\nwith = ['stg_orders']\nvalue = 'sum(amount)'\neach = \"sum(amount) filter (where town <> 'Oz')\"",
            Pass,
            Some(0),
            Some(1),
        ),
        (
            "kind = 'no_rows'\nsql = 'select state from mart_states where state not in (select state from stg_towns)'",
            Pass,
            Some(0),
            None,
        ),
        (
            "kind = 'no_rows'\nsql = \"select town from stg_orders where town not in (select town from stg_towns)\"",
            Fail,
            Some(1),
            None,
        ),
    ];
    judged(&market, "mart_states", "marts", &of_marts);
    let of_orders = [
        (
            "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_towns.town'",
            Fail,
            Some(1),
            Some(3),
        ),
        (
            "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_towns.town'\nwhere = 'amount < 30'",
            Pass,
            Some(0),
            Some(2),
        ),
        (
            "kind = 'reconciles'\nwith = ['raw.orders']\nper = 'town'",
            Fail,
            Some(4),
            Some(4),
        ),
        (
            "kind = 'reconciles'\nwith = ['base_orders']\nper = 'town'",
            Pass,
            Some(0),
            Some(4),
        ),
    ];
    // Each order twice, as a careless join would have it.
    let doubled = "select id, town, sum(amount) as amount from base_orders group by id, town";
    market.write(
        "models/staging/stg_orders.sql",
        format!("{doubled} union all {doubled}"),
    );
    let mut cases = of_orders;
    cases[0].2 = Some(2);
    cases[0].3 = Some(6);
    cases[1].3 = Some(4);
    cases[3] = (cases[3].0, Fail, Some(4), Some(4));
    judged(&market, "stg_orders", "staging", &cases);
    market.write("models/staging/stg_orders.sql", doubled);
    let mut cases = of_orders;
    cases[2] = (cases[2].0, Pass, Some(0), Some(4));
    judged(&market, "stg_orders", "staging", &cases);
}

#[test]
fn a_question_to_a_table_behind_a_closed_gate_is_skipped_with_the_reason() {
    let market = market();
    market.write("data/orders_2024-01-01.csv", "Id,Town,Amount\n1,Elko,-1\n");
    let refers = "kind = 'refers_to'\ncolumn = 'town'\nto = 'base_orders.town'";
    let run = judged(
        &market,
        "stg_towns",
        "staging",
        &[(refers, Verdict::Skip, None, None)],
    );
    let note = outcome(&run, "stg_towns", "e0").note.as_deref();
    assert_eq!(note, Some("the gate of base_orders is closed"));
    assert_eq!(model(&run, "stg_towns").gate, Gate::Open);
}

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
fn a_model_without_rows_is_published_and_questions_about_rows_are_not_passed_in_silence() {
    use Verdict::{Fail, Pass, Skip};
    let market = market();
    market.run();
    let none = format!("{BASE_ORDERS}where amount > 1000");
    market.write("models/base/base_orders.sql", none);
    let cases = [
        ("kind = 'not_null'\ncolumn = 'id'", Skip, Some(0), Some(0)),
        ("kind = 'unique'\ncolumns = ['id']", Skip, Some(0), Some(0)),
        ("kind = 'row_count'\nmin = 0", Pass, None, None),
        (
            "kind = 'row_count'\nmin = 1\nseverity = 'error'",
            Fail,
            None,
            None,
        ),
        (
            "kind = 'no_rows'\nsql = 'select id from base_orders'",
            Pass,
            Some(0),
            None,
        ),
    ];
    let run = judged(&market, "base_orders", "base", &cases);
    assert_eq!(model(&run, "base_orders").gate, Gate::Closed);
    assert_eq!(market.query("select count(*) from base_orders"), ["3"]);
    let run = judged(&market, "base_orders", "base", &cases[..3]);
    all_open(&run);
    assert_eq!(market.query("select count(*) from base_orders"), ["0"]);
    assert_eq!(market.query("select sum(orders) from mart_states"), ["0"]);
}

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
fn failing_rows_are_shown_with_their_file_and_line() {
    let market = market();
    market.write(
        "data/orders_2024-02-01.csv",
        "Id,Town,Amount\n4,\"El\nko\",-1\n\n5,Reno,5\n6,Reno,-2\n7,Reno,-3\n",
    );
    let run = market.run();
    let positive = outcome(&run, "base_orders", "positive");
    assert_eq!(positive.rows, Some(3));
    assert_eq!(positive.because.as_deref(), Some("a refund is no order"));
    assert_eq!(
        positive.location.to_string(),
        "expectations/base/base_orders.toml:1"
    );
    let shown: Vec<(String, Option<&str>)> = positive
        .samples
        .iter()
        .map(|sample| {
            let place = sample.place.as_ref().expect("a place").to_string();
            (place, sample.values["amount"].as_deref())
        })
        .collect();
    let expected = [
        ("orders_2024-02-01.csv:2".to_owned(), Some("-1")),
        ("orders_2024-02-01.csv:6".to_owned(), Some("-2")),
    ];
    assert_eq!(
        shown, expected,
        "as many as the manifest's `samples`, in file order"
    );
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

#[test]
fn today_is_the_newest_file_of_all_sources_where_the_manifest_says_so() {
    let market = market();
    let fresh = "kind = 'fresh'\ncolumn = 'file_date'\nwithin = '30 days'";
    let cases = [(fresh, Verdict::Pass, None, None)];
    assert_eq!(
        judged(&market, "base_orders", "base", &cases).as_of,
        "2024-01-01"
    );
    market.write("data/towns_2024-02-15.csv", "Town,State\nOmaha,NE\n");
    let cases = [(fresh, Verdict::Fail, None, None)];
    assert_eq!(
        judged(&market, "base_orders", "base", &cases).as_of,
        "2024-02-15"
    );
    let run = market.run_as(|options| options.select = vec!["base_orders".to_owned()]);
    assert_eq!(
        run.as_of, "2024-02-15",
        "also of the sources that are not selected"
    );
    market.write("lockgate.toml", MANIFEST.replace("newest_file", "now"));
    let run = market.run();
    assert_eq!(run.as_of, run.started[..10]);
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
