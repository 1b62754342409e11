//! `holds` and `where` that ask another table: of this run's version, as SQL means it.

use lockgate::outcome::{Gate, Verdict};

use super::{asking, told, town};
use crate::support::{model, outcome};

/// A condition over orders (id, town) and towns (town), and the ids of the orders for which it is not true.
const CONDITIONS: &[(&str, &[&str])] = &[
    ("town in (select town from b_towns)", &["3", "4"]),
    ("town not in (select town from b_towns)", &["1", "2", "4"]),
    (
        "town not in (select town from b_towns where town is not null)",
        &["1", "2", "4"],
    ),
    ("town in (select town from b_towns) or id = '3'", &["4"]),
    ("not (town in (select town from b_towns))", &["1", "2", "4"]),
    (
        "town in (select town from b_towns) is not true",
        &["1", "2"],
    ),
    (
        "exists (select 1 from b_towns as t where t.town = a_orders.town)",
        &["3", "4"],
    ),
    (
        "not exists (select 1 from b_towns t where t.town = a_orders.town)",
        &["1", "2"],
    ),
    (
        "town in (select t.town from b_towns t where t.state = 'NV')",
        &["2", "3", "4"],
    ),
    (
        "exists (select 1 from b_towns t where t.town = a_orders.town and t.state = 'NV') \
         and (town = 'Elko' or town is null)",
        &["2", "3", "4"],
    ),
    (
        "town in (select t.town from b_towns t where t.state = a_orders.town)",
        &["1", "2", "3", "4"],
    ),
    (
        "town not in (select t.town from b_towns t where t.state <> a_orders.id)",
        &["1", "2", "4"],
    ),
    (
        "amount > (select min(length(town)) from b_towns)",
        &["1", "4"],
    ),
    (
        "town in (select town from b_towns) -- the towns we know",
        &["3", "4"],
    ),
    (
        "-- the towns we know\ntown in (select town from b_towns);",
        &["3", "4"],
    ),
    (
        "town in (with t as (select town from b_towns) select town from t)",
        &["3", "4"],
    ),
    (
        "town in ('Elko', 'Reno') /* a list is no query */",
        &["3", "4"],
    ),
];

fn orders(expectations: &str) -> crate::support::Scratch {
    let town = asking(expectations);
    town.write(
        "data/orders_2024-01-01.csv",
        "Id,Town,Amount\n1,Elko,1\n2,Reno,20\n3,Tulsa,30\n4,,\n",
    );
    town.write(
        "data/towns_2024-01-01.csv",
        "Town,State\nElko,NV\nReno,OK\n",
    );
    town
}

#[test]
fn a_condition_over_another_table_is_judged_as_sql_means_it() {
    let expectations: Vec<String> = CONDITIONS
        .iter()
        .enumerate()
        .map(|(at, (sql, _))| {
            format!("[[expect]]\nid = 'c{at}'\nkind = 'holds'\nsql = \"\"\"{sql}\"\"\"\nseverity = 'warn'\n")
        })
        .collect();
    let town = orders(&expectations.concat());
    let run = town.run();
    for (at, (sql, violating)) in CONDITIONS.iter().enumerate() {
        let outcome = outcome(&run, "a_orders", &format!("c{at}"));
        let shown = outcome.samples.iter();
        let shown = shown.map(|sample| sample.values["id"].clone().unwrap_or_default());
        let mut shown: Vec<String> = shown.collect();
        shown.sort();
        assert_eq!(shown, *violating, "{sql}: {outcome:?}");
        assert_eq!(outcome.rows, Some(violating.len() as u64), "{sql}");
        assert_eq!(outcome.of, Some(4), "{sql}");
    }
}

#[test]
fn a_filter_over_another_table_narrows_every_shape_of_question() {
    let narrowed = [
        ("kind = 'row_count'\nequals = 2", None),
        ("kind = 'max'\ncolumn = 'amount'\nmax = 20", None),
        (
            "kind = 'between'\ncolumn = 'amount'\nmin = 1\nmax = 20",
            Some(2),
        ),
        ("kind = 'unique'\ncolumns = ['town']", Some(2)),
        (
            "kind = 'refers_to'\ncolumn = 'town'\nto = 'b_towns.town'",
            Some(2),
        ),
        ("kind = 'holds'\nsql = 'a_orders.amount < 21'", Some(2)),
        (
            "kind = 'overlap'\ncolumn = 'town'\nwith = 'b_towns.town'\nmin = 1",
            None,
        ),
    ];
    let filters = [
        "town in (select town from b_towns)",
        "exists (select 1 from b_towns t where t.town = a_orders.town) -- known",
    ];
    for filter in filters {
        let expectations = narrowed.iter().enumerate().map(|(at, (toml, _))| {
            format!("[[expect]]\nid = 'n{at}'\n{toml}\nwhere = \"{filter}\"\n")
        });
        let town = orders(&expectations.collect::<String>());
        let run = town.run();
        for (at, (toml, of)) in narrowed.iter().enumerate() {
            let outcome = outcome(&run, "a_orders", &format!("n{at}"));
            assert_eq!(
                outcome.verdict,
                Verdict::Pass,
                "{filter}\n{toml}\n{outcome:?}"
            );
            assert!(of.is_none() || outcome.of == *of, "{toml}\n{outcome:?}");
        }
    }
}

#[test]
fn what_a_condition_reads_is_built_first_and_is_this_runs_version() {
    for (key, sql) in [
        ("kind = 'holds'\nsql", "town in (select town from b_towns)"),
        (
            "kind = 'row_count'\nmax = 0\nwhere",
            "not exists (select 1 from b_towns t where t.town = a_orders.town)",
        ),
    ] {
        let town = asking(&format!("[[expect]]\nid = 'known'\n{key} = \"{sql}\"\n"));
        let run = town.run();
        let order: Vec<&str> = run.models.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(order, ["b_towns", "a_orders"], "{sql}");
        assert_eq!(
            outcome(&run, "a_orders", "known").verdict,
            Verdict::Pass,
            "{sql}"
        );

        town.write("data/towns_2024-02-01.csv", "Town,State\nElko,NV\n");
        let run = town.run();
        assert_eq!(
            outcome(&run, "a_orders", "known").verdict,
            Verdict::Fail,
            "{sql}"
        );

        town.write(
            "data/towns_2024-03-01.csv",
            "Town,State\nElko,NV\nReno,NV\n",
        );
        let run = town.run();
        assert_eq!(
            outcome(&run, "a_orders", "known").verdict,
            Verdict::Pass,
            "{sql}"
        );
    }
}

#[test]
fn a_condition_over_a_closed_table_is_skipped() {
    let town = asking(
        "[[expect]]\nid = 'known'\nkind = 'holds'\nsql = 'town in (select town from b_towns)'\n",
    );
    town.write(
        "expectations/base/b_towns.toml",
        "[[expect]]\nkind = 'row_count'\nmin = 5\n",
    );
    let run = town.run();
    assert_eq!(model(&run, "b_towns").gate, Gate::Closed);
    let known = outcome(&run, "a_orders", "known");
    assert_eq!(known.verdict, Verdict::Skip);
    assert_eq!(known.note.as_deref(), Some("the gate of b_towns is closed"));
}

#[test]
fn conditions_that_ask_each_other_or_what_is_built_later_are_told() {
    let known = "[[expect]]\nkind = 'holds'\nsql = 'town in (select town from b_towns)'\n";
    let town = asking(known);
    town.write(
        "expectations/base/b_towns.toml",
        "[[expect]]\nkind = 'row_count'\nmin = 1\nwhere = 'exists (select 1 from a_orders o where o.town = b_towns.town)'\n",
    );
    assert_eq!(
        told(&town),
        ["the models read each other in a circle: a_orders -> b_towns -> a_orders"]
    );
    let town = asking("[[expect]]\nkind = 'holds'\nsql = 'id in (select id from late)'\n");
    town.write("models/marts/late.sql", "select id from a_orders");
    assert_eq!(
        told(&town),
        ["`late` is built after `a_orders` and cannot gate it"]
    );
}

#[test]
fn an_in_below_another_expression_is_refused_at_its_token() {
    for sql in [
        "coalesce(town in (select town from b_towns), true)",
        "case when exists (select 1 from b_towns) then true else false end",
        "(town in (select town from b_towns)) = true",
        "town = any (select town from b_towns)",
    ] {
        let town = asking(&format!("[[expect]]\nkind = 'holds'\nsql = \"{sql}\"\n"));
        let told = told(&town);
        let first = told.first().map(String::as_str).unwrap_or_default();
        assert!(
            first.contains("IN and EXISTS may be joined by"),
            "{sql}: {told:?}"
        );
    }
}

#[test]
fn a_table_that_is_not_there_is_told_wherever_it_is_named() {
    let town = town();
    for toml in [
        "kind = 'holds'\nsql = 'town in (select town from b_town)'",
        "kind = 'row_count'\nmin = 1\nwhere = 'exists (select 1 from b_town)'",
        "kind = 'no_rows'\nsql = 'select * from b_town'",
        "kind = 'reconciles'\nwith = ['b_towns']\neach = '(select count(*) from b_town)'",
    ] {
        town.write(
            "expectations/base/a_orders.toml",
            format!("[[expect]]\n{toml}\n"),
        );
        assert_eq!(
            told(&town),
            ["there is no model or raw table `b_town`"],
            "{toml}"
        );
    }
}
