//! Keys of queries a person would write, and of those that must have none.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{Constraint, Constraints, TableReference};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use lockgate::engine::keys::{Key, Proof, keys, prove};

use super::{Data, RUNTIME, plan_of, repeated, rows, session};

/// In the examples `t(a, b, c)` has the key `a`, `u(a, d, s)` the key `(a, d)`, and
/// `v(a, s, x)` none that is known.
fn example_keys(table: &TableReference) -> Vec<Vec<String>> {
    match table.table() {
        "t" => vec![vec!["a".to_owned()]],
        "u" => vec![vec!["a".to_owned(), "d".to_owned()]],
        _ => Vec::new(),
    }
}

/// The keys of `sql` by the names of their columns, as in `[a, b] [c]`.
fn named_keys(context: &SessionContext, sql: &str) -> String {
    let plan = plan_of(context, sql);
    let names = |key: &Key| {
        let names: Vec<&str> = key
            .iter()
            .map(|at| plan.schema().field(*at).name().as_str())
            .collect();
        format!("[{}]", names.join(", "))
    };
    keys(&plan, &example_keys)
        .iter()
        .map(names)
        .collect::<Vec<String>>()
        .join(" ")
}

#[track_caller]
fn expect_keys(examples: &[(&str, &str)]) {
    let context = session(&Data::default());
    let wrong: Vec<String> = examples
        .iter()
        .map(|(sql, expected)| (sql, expected, named_keys(&context, sql)))
        .filter(|(_, expected, found)| *expected != found)
        .map(|(sql, expected, found)| format!("{sql}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_known_key_stays_one_as_far_as_its_columns_are_passed_on() {
    expect_keys(&[
        ("SELECT * FROM t", "[a]"),
        (
            "SELECT a AS id, b FROM t WHERE b > 1 ORDER BY c LIMIT 5",
            "[id]",
        ),
        ("SELECT b, c FROM t", ""),
        ("SELECT a + 1 AS a FROM t", ""),
        (
            "SELECT CAST(a AS BIGINT) AS big, CAST(a AS VARCHAR) AS word FROM t",
            "[big] [word]",
        ),
        ("SELECT TRY_CAST(s AS INT) AS n, d FROM u", ""),
        ("SELECT d FROM u WHERE a = 1", "[d]"),
        ("SELECT d FROM u WHERE a = 1 OR d = 1", ""),
        ("SELECT d FROM u WHERE a IS NULL", "[d]"),
        ("SELECT d, s FROM u WHERE s = a", "[d, s]"),
        ("SELECT d FROM u WHERE a = s", ""),
        ("SELECT a, d FROM u WHERE a = d", "[a] [d]"),
        ("SELECT d FROM u WHERE a = (SELECT max(a) FROM v)", "[d]"),
        (
            "SELECT d FROM u WHERE a = (SELECT max(a) FROM v WHERE v.s = u.s)",
            "",
        ),
        ("SELECT * FROM v", ""),
        ("SELECT * FROM v LIMIT 1", "[]"),
        ("SELECT 1 AS one", "[]"),
        (
            "SELECT * FROM (VALUES (1, 'x'), (2, 'x')) AS w(n, s)",
            "[n]",
        ),
        (
            "SELECT * FROM (VALUES (1, 'x'), (NULL, 'y')) AS w(n, s)",
            "[s]",
        ),
        ("SELECT a, unnest([1, 2]) AS n FROM t", ""),
    ]);
}

#[test]
fn grouping_makes_keys() {
    expect_keys(&[
        ("SELECT s, count(*) AS n FROM v GROUP BY s", "[s]"),
        ("SELECT s, x, count(*) AS n FROM v GROUP BY s, x", "[s, x]"),
        ("SELECT s, count(*) AS n FROM v GROUP BY s, x", ""),
        ("SELECT count(*) AS n FROM v", "[]"),
        (
            "SELECT lower(s) AS k, count(*) AS n FROM v GROUP BY lower(s)",
            "[k]",
        ),
        (
            "SELECT s, x, count(*) AS n FROM v GROUP BY ROLLUP (s, x)",
            "",
        ),
        (
            "SELECT a, b, c, count(*) AS n FROM t GROUP BY a, b, c",
            "[a]",
        ),
        (
            "SELECT s, max(x) AS x FROM v WHERE a = 1 GROUP BY a, s",
            "[s]",
        ),
        ("SELECT DISTINCT a, s FROM v", "[a, s]"),
        ("SELECT DISTINCT ON (s) s, a FROM v ORDER BY s, a", "[s]"),
        (
            "SELECT DISTINCT ON (lower(s)) a, lower(s) AS k FROM v",
            "[k]",
        ),
        ("SELECT DISTINCT ON (s) a, x FROM v", ""),
        // What is computed from the grouping is determined by it.
        (
            "SELECT a, s, a || s AS k, count(*) AS n FROM v GROUP BY a, s, a || s",
            "[a, s]",
        ),
        (
            "SELECT x, x + 1 AS y, count(*) AS n FROM v GROUP BY x, x + 1",
            "[x, y]",
        ),
    ]);
}

#[test]
fn the_first_row_of_each_partition_is_a_key_by_what_it_is_partitioned_by() {
    let numbered = "SELECT *, row_number() OVER (PARTITION BY s ORDER BY a) AS n FROM v";
    let of = |rest: &str| format!("SELECT s, a FROM ({numbered}) AS q WHERE {rest}");
    let kept = [
        "n = 1",
        "1 = n",
        "n <= 1",
        "1 >= n",
        "n < 2",
        "2 > n",
        "n IN (1)",
        "n = 3",
        "n = 1 AND a > 0",
    ];
    let examples: Vec<(String, &str)> = kept.iter().map(|rest| (of(rest), "[s]")).collect();
    let lost = [
        "n <= 2",
        "n >= 1",
        "n = 1 OR a > 0",
        "n > 1",
        "CAST(n AS VARCHAR) < '2'",
    ];
    let lost = lost.iter().map(|rest| (of(rest), ""));
    let all: Vec<(String, &str)> = examples.into_iter().chain(lost).collect();
    expect_keys(
        &all.iter()
            .map(|(sql, keys)| (sql.as_str(), *keys))
            .collect::<Vec<_>>(),
    );
    expect_keys(&[
        (numbered, "[s, n]"),
        ("SELECT row_number() OVER () AS n, * FROM v", "[n]"),
        ("SELECT s FROM (SELECT s, rank() OVER (PARTITION BY s ORDER BY a) AS n FROM v) AS q WHERE n = 1", ""),
        ("SELECT s, a FROM v QUALIFY row_number() OVER (PARTITION BY s ORDER BY a) = 1", "[s]"),
        // Partitions by a float tell zeros apart that are equal.
        ("SELECT x FROM v QUALIFY row_number() OVER (PARTITION BY x ORDER BY a) = 1", ""),
        (
            "WITH n AS (SELECT lower(s) AS k, row_number() OVER (PARTITION BY lower(s) ORDER BY a) AS n FROM v),
                  m AS (SELECT k AS lead, n AS nth FROM n)
             SELECT lead FROM m WHERE nth = 1",
            "[lead]",
        ),
    ]);
}

#[test]
fn a_join_keeps_the_key_of_a_side_whose_rows_match_at_most_one_row() {
    expect_keys(&[
        ("SELECT u.a, u.d, t.b FROM u JOIN t ON u.d = t.a", "[a, d]"),
        (
            "SELECT u.a, u.d, t.b FROM u LEFT JOIN t ON u.d = t.a AND t.b > u.a",
            "[a, d]",
        ),
        (
            "SELECT u.a, u.d, t.b FROM t RIGHT JOIN u ON u.d = t.a",
            "[a, d]",
        ),
        ("SELECT t.a, u.d FROM t JOIN u ON t.a = u.a", "[a, d]"),
        ("SELECT t.a, t.b FROM t JOIN u ON t.a = u.a", ""),
        (
            "SELECT t.a, t.b FROM t JOIN u ON t.a = u.a AND u.d = 1",
            "[a]",
        ),
        (
            "SELECT t.a, t.b FROM t LEFT JOIN u ON t.a = u.a AND u.d = t.b",
            "[a]",
        ),
        (
            "SELECT t.a, w.a AS other FROM t CROSS JOIN t AS w",
            "[a, other]",
        ),
        ("SELECT t.a, v.s FROM t JOIN v ON t.a = v.a", ""),
        ("SELECT t.a FROM t LEFT JOIN v ON t.a = v.a", ""),
        (
            "SELECT t.a, u.a AS ua, u.d FROM t LEFT JOIN u ON t.b = u.a",
            "[a, d]",
        ),
        (
            "SELECT t.a, u.a AS ua, u.d FROM t FULL JOIN u ON t.a = u.a AND t.b = u.d",
            "",
        ),
        ("SELECT * FROM t WHERE a IN (SELECT a FROM v)", "[a]"),
        (
            "SELECT * FROM t WHERE NOT EXISTS (SELECT 1 FROM v WHERE v.a = t.a)",
            "[a]",
        ),
        ("SELECT t.* FROM t LEFT SEMI JOIN v ON t.a = v.a", "[a]"),
        ("SELECT a, t.b, w.c FROM t JOIN t AS w USING (a)", "[a]"),
        // A group that is null in k looks unmatched to whoever sees only k.
        (
            "SELECT g.k, g.d, count(*) AS n FROM t LEFT JOIN (SELECT b AS k, min(c) AS d FROM t GROUP BY b) AS g
             ON t.c = g.d GROUP BY g.k, g.d",
            "[k, d]",
        ),
        // An OR matches any number of rows, and so does a float.
        (
            "SELECT u.a, u.d FROM u JOIN t ON u.d = t.a OR u.d = t.b",
            "",
        ),
        (
            "SELECT t.a FROM t JOIN (SELECT x FROM v GROUP BY x) AS w ON t.b = w.x",
            "",
        ),
        (
            "SELECT t.a, l.s FROM t CROSS JOIN LATERAL (SELECT s FROM v WHERE v.a = t.b LIMIT 1) AS l",
            "",
        ),
        (
            "SELECT v.s, v.a, t.b, count(*) AS n FROM v LEFT JOIN t ON v.a = t.a GROUP BY v.s, v.a, t.b",
            "[s, a]",
        ),
    ]);
}

#[test]
fn parts_of_a_union_are_told_apart_by_a_literal() {
    expect_keys(&[
        ("SELECT a FROM t UNION ALL SELECT a FROM t", ""),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM t",
            "[w, a]",
        ),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'x', a FROM t",
            "",
        ),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT NULL, a FROM t",
            "",
        ),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM v",
            "",
        ),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM t UNION ALL SELECT 'z', max(a) FROM v",
            "[w, a]",
        ),
        (
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM t UNION ALL SELECT 'x', max(a) FROM v",
            "",
        ),
        ("SELECT s FROM v UNION SELECT s FROM u", "[s]"),
        ("SELECT s FROM v INTERSECT SELECT s FROM u", "[s]"),
        (
            "SELECT a FROM (SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM t) AS q WHERE w = 'y'",
            "[a]",
        ),
    ]);
}

#[test]
fn a_proof_says_which_step_makes_the_key() {
    let context = session(&Data::default());
    let why = |sql: &str, columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        match prove(&plan_of(&context, sql), &columns, &example_keys) {
            Proof::Proved { why } => why,
            Proof::NotEstablished => "not established".to_owned(),
        }
    };
    let first = "SELECT s, a FROM v QUALIFY row_number() OVER (PARTITION BY s ORDER BY a) = 1";
    assert_eq!(why("SELECT * FROM t", &["a"]), "(a) is a key of t");
    assert_eq!(why("SELECT * FROM t", &["c", "a"]), "(a) is a key of t");
    assert_eq!(why("SELECT * FROM t", &["b"]), "not established");
    assert_eq!(why("SELECT * FROM t", &["missing"]), "not established");
    assert_eq!(
        why("SELECT s AS phone FROM v GROUP BY s", &["phone"]),
        "GROUP BY s"
    );
    assert_eq!(why("SELECT DISTINCT a, s FROM v", &["s", "a"]), "DISTINCT");
    assert_eq!(why("SELECT max(a) AS m FROM v", &[]), "at most one row");
    assert_eq!(why(first, &["s"]), "row_number() = 1 per s");
    assert_eq!(
        why(
            &format!("SELECT f.s FROM ({first}) AS f LEFT JOIN t ON f.a = t.a"),
            &["s"]
        ),
        "row_number() = 1 per s, joined to at most one row"
    );
    assert_eq!(
        why("SELECT t.a, u.d FROM t JOIN u ON t.a = u.a", &["a", "d"]),
        "(a, d) is a key of u, joined to at most one row"
    );
    assert_eq!(
        why(
            "SELECT 'x' AS w, a FROM t UNION ALL SELECT 'y', a FROM t",
            &["w", "a"]
        ),
        "UNION ALL of parts told apart by w, each with (a) is a key of t"
    );
    // A name that stands twice could mean either column.
    assert_eq!(
        why("SELECT t.a, w.a FROM t JOIN t AS w ON t.a = w.a", &["a"]),
        "not established"
    );
}

/// How often the first column of `sql` comes twice when DataFusion executes it.
fn repeats(context: &SessionContext, sql: &str) -> bool {
    let collected = RUNTIME.block_on(async { context.sql(sql).await?.collect().await });
    let rows = rows(&collected.unwrap_or_else(|error| panic!("{sql}: {error}")));
    repeated(&rows, &Key::from([0])).is_some()
}

#[test]
fn a_distinct_that_datafusion_drops_for_a_false_primary_key_proves_nothing() {
    let context = session(&Data::default());
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int32, false)]));
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 1, 2]));
    let batch = RecordBatch::try_new(schema.clone(), vec![ids]).expect("a batch");
    let claim = Constraints::new_unverified(vec![Constraint::PrimaryKey(vec![0])]);
    let table = MemTable::try_new(schema, vec![vec![batch]]).expect("a table");
    context
        .register_table("claimed", Arc::new(table.with_constraints(claim)))
        .expect("a new table");
    let sql = "SELECT DISTINCT id FROM claimed";
    assert!(
        repeats(&context, sql),
        "DataFusion keeps this DISTINCT now: the guard is stricter than it must be"
    );
    assert_eq!(named_keys(&context, sql), "");
    let plan = plan_of(&context, sql);
    assert_eq!(
        keys(&plan, &|_| vec![vec!["id".to_owned()]]),
        [Key::from([0])]
    );
}

#[test]
fn a_distinct_that_datafusion_drops_for_a_dependency_lost_in_a_join_proves_nothing() {
    // o.a is unique, u has three rows of a = 1 that differ in d.
    let context = session(&[
        vec![[2, 1, 1]],
        vec![[2, 1, 1], [2, 2, 1], [2, 3, 1]],
        vec![],
    ]);
    let grouped = "SELECT o.a, u.d, count(*) AS n FROM (SELECT a FROM t GROUP BY a) AS o
        JOIN u ON o.a = u.a GROUP BY o.a, u.d";
    let sql = format!("SELECT DISTINCT a FROM ({grouped}) AS q");
    assert!(
        repeats(&context, &sql),
        "DataFusion keeps this DISTINCT now: the guard is stricter than it must be"
    );
    assert_eq!(named_keys(&context, &sql), "");
    assert_eq!(named_keys(&context, grouped), "[a, d]");
}

#[test]
fn a_distinct_that_datafusion_drops_for_a_key_multiplied_by_unnest_proves_nothing() {
    let context = session(&[vec![[2, 1, 1]], vec![], vec![]]);
    let opened = "SELECT a, unnest([1, 2]) AS n FROM (SELECT a FROM t GROUP BY a) AS q";
    let sql = format!("SELECT DISTINCT a FROM ({opened}) AS r");
    assert!(
        repeats(&context, &sql),
        "DataFusion keeps this DISTINCT now: the guard is stricter than it must be"
    );
    assert_eq!(named_keys(&context, &sql), "");
}
