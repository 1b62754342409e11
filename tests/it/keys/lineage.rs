//! Lineage of queries a person would write, and its shape on random ones.

use std::collections::BTreeSet;

use lockgate::engine::keys::{calls, decided, lineage, passed_on};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::query::random_query;
use super::{Data, RUNTIME, TABLES, plan_of, session};

/// Lineage as `column: table.column + table.column`, one for each output column.
fn lines(sql: &str) -> Vec<String> {
    let plan = plan_of(&session(&Data::default()), sql);
    let sources = lineage(&plan);
    let fields = plan.schema().fields().iter().zip(sources);
    fields
        .map(|(field, sources)| {
            let sources: Vec<String> = sources
                .iter()
                .map(|(table, column)| format!("{table}.{column}"))
                .collect();
            format!("{}: {}", field.name(), sources.join(" + "))
        })
        .collect()
}

/// What the functions of a query are computed from, as `function: table.column + table.column`.
fn called(sql: &str) -> Vec<String> {
    let plan = plan_of(&session(&Data::default()), sql);
    let told = calls(&plan).into_iter().map(|(function, sources)| {
        let sources = sources
            .iter()
            .map(|(table, column)| format!("{table}.{column}"));
        format!("{function}: {}", sources.collect::<Vec<_>>().join(" + "))
    });
    told.collect()
}

#[test]
fn functions_are_called_on_the_columns_their_arguments_are_computed_from() {
    assert_eq!(called("SELECT a FROM t"), [""; 0]);
    assert_eq!(
        called("SELECT upper(trim(s)) AS s FROM u WHERE length(s) > 2"),
        ["btrim: u.s", "character_length: u.s", "upper: u.s"]
    );
    assert_eq!(
        called("WITH q AS (SELECT a + b AS k FROM t) SELECT max(abs(k)) AS m FROM q GROUP BY k"),
        ["abs: t.a + t.b"]
    );
    assert_eq!(
        called("SELECT t.a FROM t JOIN u ON abs(t.b) = u.d WHERE t.a IN (SELECT abs(x) FROM v)"),
        ["abs: t.b + v.x"]
    );
}

#[test]
fn lineage_follows_values_to_the_columns_they_are_computed_from() {
    assert_eq!(
        lines("SELECT a AS id, b + c AS sum, 1 AS one FROM t WHERE a > 0"),
        ["id: t.a", "sum: t.b + t.c", "one: "]
    );
    assert_eq!(
        lines("SELECT t.a, u.s, coalesce(t.b, u.d) AS e FROM t LEFT JOIN u ON t.a = u.a"),
        ["a: t.a", "s: u.s", "e: t.b + u.d"]
    );
    assert_eq!(
        lines("SELECT s, count(*) AS n, max(x) FILTER (WHERE a > 0) AS x FROM v GROUP BY s"),
        ["s: v.s", "n: ", "x: v.a + v.x"]
    );
    assert_eq!(
        lines("SELECT s, row_number() OVER (PARTITION BY s ORDER BY a) AS n FROM v"),
        ["s: v.s", "n: v.a + v.s"]
    );
    assert_eq!(
        lines("SELECT a, 'x' AS w FROM t UNION ALL SELECT d, s FROM u"),
        ["a: t.a + u.d", "w: u.s"]
    );
    assert_eq!(
        lines("WITH q AS (SELECT a + b AS k FROM t) SELECT DISTINCT k FROM q AS r"),
        ["k: t.a + t.b"]
    );
    assert_eq!(
        lines("SELECT a, (SELECT max(d) FROM u WHERE u.a = t.a) AS d FROM t"),
        ["a: t.a", "d: u.d"]
    );
    assert_eq!(
        lines("SELECT (SELECT max(d) + t.b FROM u) AS d FROM t"),
        ["d: t.b + u.d"]
    );
    assert_eq!(
        lines("SELECT a, unnest([b, c]) AS e FROM t"),
        ["a: t.a", "e: t.b + t.c"]
    );
    assert_eq!(
        lines(
            "WITH RECURSIVE r AS (SELECT a, b FROM t UNION ALL SELECT b, a + 1 FROM r WHERE a < 3) SELECT * FROM r"
        ),
        ["a: t.a + t.b", "b: t.a + t.b"]
    );
    assert_eq!(
        lines("SELECT a, b, grouping(a) AS g, sum(c) AS c FROM t GROUP BY CUBE (a, b)"),
        ["a: t.a", "b: t.b", "g: t.a", "c: t.c"]
    );
}

#[test]
fn what_decides_which_rows_there_are_is_told_apart_from_values() {
    let by = |sql: &str| {
        let plan = plan_of(&session(&Data::default()), sql);
        let columns = decided(&plan);
        let columns = columns
            .iter()
            .map(|(table, column)| format!("{table}.{column}"));
        columns.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(by("SELECT a + b AS k FROM t ORDER BY c"), "");
    assert_eq!(by("SELECT a FROM t WHERE b > 0 AND c IS NULL"), "t.b t.c");
    assert_eq!(
        by("SELECT t.a FROM t JOIN u ON t.b = u.a AND t.c < u.d"),
        "t.b t.c u.a u.d"
    );
    assert_eq!(
        by("SELECT s, count(*) AS n FROM v GROUP BY s HAVING max(x) > 0"),
        "v.s v.x"
    );
    assert_eq!(by("SELECT a FROM t ORDER BY c LIMIT 1"), "t.c");
    assert_eq!(by("SELECT DISTINCT a FROM t"), "t.a");
    assert_eq!(
        by("SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, c"),
        "t.a t.c"
    );
    assert_eq!(
        by("SELECT a FROM t WHERE a IN (SELECT d FROM u WHERE s = 'x')"),
        "t.a u.d u.s"
    );
    assert_eq!(
        by(
            "SELECT a FROM (SELECT a, row_number() OVER (PARTITION BY b ORDER BY c) AS n FROM t) WHERE n = 1"
        ),
        "t.b t.c"
    );
}

#[test]
fn a_value_passed_on_is_told_apart_from_one_that_is_computed() {
    let passed = |sql: &str| passed_on(&plan_of(&session(&Data::default()), sql));
    assert_eq!(
        passed("SELECT a AS id, b + c AS k, 1 AS one FROM t WHERE a > 0"),
        [true, false, false]
    );
    assert_eq!(
        passed("SELECT s, max(x) AS x FROM v GROUP BY s"),
        [true, false]
    );
    assert_eq!(
        passed("SELECT a, b FROM t UNION ALL SELECT d, a + 1 FROM u"),
        [true, false]
    );
    assert_eq!(
        passed(
            "WITH q AS (SELECT a, cast(b AS varchar) AS b FROM t) SELECT * FROM q ORDER BY a LIMIT 3"
        ),
        [true, false]
    );
    assert_eq!(
        passed("SELECT t.a, u.s FROM t LEFT JOIN u ON t.a = u.a"),
        [true, true]
    );
}

#[test]
fn every_output_column_has_its_lineage_whatever_the_query() {
    let context = session(&Data::default());
    let config = Config {
        cases: 256,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&vec(any::<u8>(), 0..120), |tape| {
        let sql = random_query(&tape);
        let Ok(plan) = RUNTIME.block_on(context.state().create_logical_plan(&sql)) else {
            return Ok(());
        };
        let width = plan.schema().fields().len();
        let widths = (lineage(&plan).len(), passed_on(&plan).len());
        prop_assert_eq!(widths, (width, width), "{}", sql);
        let bases: BTreeSet<String> = lineage(&plan)
            .into_iter()
            .flatten()
            .map(|(table, _)| table)
            .collect();
        prop_assert!(
            bases
                .iter()
                .all(|base| TABLES.iter().any(|(name, _)| name == base)),
            "{}",
            sql
        );
        Ok(())
    });
    if let Err(broken) = outcome {
        panic!("{broken}");
    }
}
