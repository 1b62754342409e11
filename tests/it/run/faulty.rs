//! Queries that fail on a value: whose fault it is, and where the value stands.

use lockgate::check;
use lockgate::outcome::{Gate, ModelRun, Run, Verdict};

use crate::support::{Scratch, model, wait};

const ORDERS: &str = "version = '1.0.0'\nsummary = 'Orders.'\nowner = 'o@example.com'\n[file]\nname = ['orders_{date}.csv']\n\
    date = '%Y-%m-%d'\n[columns]\nid = {}\nn = {}\n";

fn town(base: &str, top: &str, more: &str) -> Scratch {
    let manifest = format!("name = 'faulty'\nlayers = ['base', 'top']\n{more}");
    let town = Scratch::new(&[
        ("lockgate.toml", &manifest),
        ("contracts/sources/orders.toml", ORDERS),
        ("models/base/m.sql", base),
        ("models/top/t.sql", top),
    ]);
    town.write("data/orders_2024-01-01.csv", "id,n\na,5\nb,0\nc,x7\n");
    town
}

fn failed(run: &Run) -> &ModelRun {
    let closed = run.models.iter().find(|model| model.gate == Gate::Closed);
    closed.expect("a closed gate")
}

const PASSED_ON: &str = "select id, n from raw.orders\n";

#[test]
fn a_value_that_a_query_fails_on_is_told_with_its_row_and_column_however_far_from_its_file() {
    for (base, top, note, line, shown) in [
        (
            "select id,\n  cast(n as bigint) as n\nfrom raw.orders\n",
            "select 1 as a from m",
            "Cannot cast string 'x7' to value of int type (orders_2024-01-01.csv, line 4), in `n`",
            2,
            "id=c n=x7",
        ),
        (
            PASSED_ON,
            "select id,\n  cast(n as bigint) as q\nfrom m\n",
            "Cannot cast string 'x7' to value of int type, in `q`",
            2,
            "id=c n=x7",
        ),
        (
            PASSED_ON,
            "select id,\n\n  10 / coalesce(try_cast(n as bigint), 1) as q\nfrom m\n",
            "Divide by zero error, in `q`",
            3,
            "id=b n=0",
        ),
        (
            PASSED_ON,
            "select id from m\nwhere cast(n as bigint) > 3\n",
            "Cannot cast string 'x7' to value of int type",
            1,
            "id=c n=x7",
        ),
        (
            "select n, count(*) as c from raw.orders group by n\n",
            "select sum(c) as c,\n  sum(cast(n as bigint)) as q\nfrom m\n",
            "Cannot cast string 'x7' to value of int type, in `q`",
            2,
            "c=1 n=x7",
        ),
    ] {
        let run = town(base, top, "").run();
        let failed = failed(&run);
        assert_eq!(
            failed.note.as_deref(),
            Some(format!("the query failed: {note}").as_str()),
            "{top}"
        );
        let build = &failed.outcomes[0];
        assert_eq!(build.verdict, Verdict::Fail);
        assert_eq!(build.location.line, line, "{top}");
        let [sample] = build.samples.as_slice() else {
            panic!("{top}: {:?}", build.samples);
        };
        let mut values: Vec<String> = sample
            .values
            .iter()
            .filter(|(name, _)| ["id", "n", "c"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}={}", value.as_deref().unwrap_or("~")))
            .collect();
        values.sort();
        assert_eq!(values.join(" "), shown, "{top}");
        assert_eq!(run.verdict, Verdict::Fail, "{top}");
    }
}

#[test]
fn an_expectation_that_fails_on_a_value_shows_the_row_of_a_model_that_keeps_no_files() {
    let town = town(PASSED_ON, "select 1 as a from m", "");
    let expectation = "[[expect]]\nkind = 'holds'\nsql = 'cast(n as bigint) >= 0'\n";
    town.write("expectations/base/m.toml", expectation);
    let run = town.run();
    let outcome = &model(&run, "m").outcomes[0];
    assert_eq!(outcome.verdict, Verdict::Fail);
    let note = "it could not be asked: Cannot cast string 'x7' to value of int type";
    assert_eq!(outcome.note.as_deref(), Some(note));
    assert_eq!(outcome.samples[0].values["id"].as_deref(), Some("c"));
}

#[test]
fn without_samples_neither_a_value_nor_a_row_is_told() {
    let top = "select cast(n as bigint) as q from m";
    let run = town(PASSED_ON, top, "samples = 0\n").run();
    let failed = failed(&run);
    let note = "the query failed: the engine failed on a value";
    assert_eq!(failed.note.as_deref(), Some(note));
    assert!(failed.outcomes[0].samples.is_empty());
}

#[test]
fn a_constant_that_cannot_be_computed_is_refused_at_its_place_in_words_of_the_cause() {
    for (top, message, line, help) in [
        (
            "select id,\n  cast('x7' as bigint) as q from m",
            "Cannot cast string 'x7' to value of int type",
            2,
            "mend the query here",
        ),
        (
            "select id,\n  id + interval '1 day' as q from m",
            "expressions have incompatible types",
            2,
            "the types are text and interval: cast one",
        ),
    ] {
        let project = town(PASSED_ON, top, "").project();
        let error = wait(async move { check::check(&project).await }).unwrap_err();
        let [problem] = error.problems() else {
            panic!("{error}");
        };
        assert_eq!(problem.message(), message);
        assert_eq!(problem.help_text(), Some(help), "{top}");
        let place = ("models/top/t.sql".to_owned(), line);
        assert_eq!(problem.place(), Some(place), "{top}");
    }
}
