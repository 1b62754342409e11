//! SQL that is right and has to be taken as it is.

use super::{told, town};
use crate::support::wait;

/// A model over the orders, and its rows.
const MODELS: &[(&str, &[&str])] = &[
    ("select id from a_orders -- the orders", &["1", "2"]),
    ("select id from a_orders\n-- the orders", &["1", "2"]),
    ("/* the orders */ select id from a_orders;", &["1", "2"]),
    (
        "-- the orders\nselect id from a_orders; -- all\n",
        &["1", "2"],
    ),
    ("select id from a_orders;;", &["1", "2"]),
    (
        "(select id from a_orders) union all (select town from b_towns)",
        &["1", "2", "Elko", "Reno"],
    ),
    ("(select id from a_orders)", &["1", "2"]),
    (
        "((select id from a_orders) union (select id from a_orders)) order by id",
        &["1", "2"],
    ),
    (
        "with a_orders as (select id from a_orders) select id from a_orders",
        &["1", "2"],
    ),
    (
        "with a_orders as (select id from a_orders where id = '1') select id from a_orders \
         union all select town from (with b_towns as (select town from b_towns) select town from b_towns)",
        &["1", "Elko", "Reno"],
    ),
    (
        "with t as (select id from a_orders) select id from (with t as (select id from t where id = '2') select id from t)",
        &["2"],
    ),
    (
        "with t as (with t as (select id from a_orders) select t.id from t) select t.id from t",
        &["1", "2"],
    ),
    (
        "with a as (select id from a_orders), b as (with a as (select id from a where id = '1') select * from a) \
         select a.id from a join b on a.id = b.id",
        &["1"],
    ),
    (
        "select \"o\".\"id\" from \"a_orders\" as \"o\"",
        &["1", "2"],
    ),
    ("select id from raw.\"orders\"", &["1", "2"]),
    ("select id from \"raw\".orders as o", &["1", "2"]),
    (
        "select v.id from (values ('7'), ('8')) as v(id)",
        &["7", "8"],
    ),
    (
        "select o.id from a_orders o, lateral (select t.town from b_towns t where t.town = o.town) x",
        &["1", "2"],
    ),
    (
        "select cast(value as text) as id from generate_series(1, 2)",
        &["1", "2"],
    ),
    (
        "with recursive n as (select 1 as i union all select i + 1 from n where i < 2) select cast(i as text) as id from n",
        &["1", "2"],
    ),
    (
        "select concat(max(cast(amount as int)), max(cast(amount as bigint))) as id from raw.orders",
        &["2020"],
    ),
    (
        "select cast(lo as text) as id from (select max(cast(amount as int)) as lo, max(cast(amount as double)) as hi from raw.orders)",
        &["20"],
    ),
    (
        "select cast(sum(a) as text) as id from (select sum(cast(amount as int)) over () as a, sum(cast(amount as bigint)) over () as b from raw.orders)",
        &["60"],
    ),
    (
        "select town as id from raw.orders group by town having max(cast(amount as int)) < 15 and max(cast(amount as bigint)) < 15",
        &["Elko"],
    ),
];

#[test]
fn right_sql_is_a_model() {
    let town = town();
    for (at, (sql, _)) in MODELS.iter().enumerate() {
        town.write(&format!("models/marts/m{at:02}.sql"), sql);
    }
    assert_eq!(told(&town), Vec::<String>::new());
    let run = town.run();
    for (at, (sql, rows)) in MODELS.iter().enumerate() {
        let built = run.model(&format!("m{at:02}")).expect("the model");
        assert_eq!(built.rows, Some(rows.len() as u64), "{sql}\n{built:?}");
        let found = town.query(&format!("select id from m{at:02} order by id"));
        assert_eq!(found, *rows, "{sql}");
    }
}

#[test]
fn the_models_that_a_query_reads_are_seen_through_its_ctes() {
    let town = town();
    for (sql, reads) in [
        (
            "with a_orders as (select * from a_orders) select * from a_orders",
            vec!["a_orders"],
        ),
        (
            "with x as (select * from a_orders) select * from x",
            vec!["a_orders"],
        ),
        (
            "with x as (select 1 as i) select * from x, b_towns",
            vec!["b_towns"],
        ),
        (
            "select * from (with b_towns as (select * from a_orders) select * from b_towns) t, b_towns",
            vec!["a_orders", "b_towns"],
        ),
        (
            "with recursive b_towns as (select 1 as i union all select i + 1 from b_towns where i < 3) select * from b_towns",
            vec![],
        ),
    ] {
        town.write("models/marts/late.sql", sql);
        let project = lockgate::project::load(&town.path("")).expect("the project is right");
        assert_eq!(
            project.model("late").expect("the model").reads,
            reads,
            "{sql}"
        );
    }
}

#[test]
fn a_query_that_is_not_right_is_still_refused() {
    let town = town();
    for sql in [
        "select id from a_orders; select id from a_orders",
        "with t as (select 1), t as (select 2) select * from t",
        "select max(cast(amount as int)) as a, max(cast(amount as bigint)) as a from raw.orders",
        "select id from (select id from a_orders",
    ] {
        town.write("models/marts/late.sql", sql);
        assert!(!told(&town).is_empty(), "{sql}");
    }
}

#[test]
fn a_subquery_where_the_engine_has_no_operator_is_told_by_check() {
    let town = town();
    town.write(
        "models/marts/late.sql",
        "select id, town in (select town from b_towns) as known from a_orders",
    );
    let project = lockgate::project::load(&town.path("")).expect("the project loads");
    let checked = wait(async move { lockgate::check::check(&project).await.map(drop) });
    assert!(checked.is_err());
}

#[test]
fn right_sql_is_an_expectation() {
    for sql in [
        "select id from a_orders where amount < 0 -- refunds",
        "select id from a_orders where amount < 0; -- refunds",
        "(select id from a_orders where amount < 0) union all (select id from a_orders where amount < 0)",
        "with a_orders as (select * from a_orders where amount < 0) select id from a_orders",
        "select 1 from a_orders having max(cast(amount as int)) < 0 and max(cast(amount as double)) < 0",
        "with t as (select id from a_orders) select id from (with t as (select id from t where id = '9') select id from t)",
    ] {
        let town = super::asking(&format!(
            "[[expect]]\nid = 'none'\nkind = 'no_rows'\nsql = \"\"\"{sql}\"\"\"\n"
        ));
        assert_eq!(told(&town), Vec::<String>::new(), "{sql}");
        let run = town.run();
        assert_eq!(
            crate::support::outcome(&run, "a_orders", "none").rows,
            Some(0),
            "{sql}"
        );
    }
}
