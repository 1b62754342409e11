//! Clauses that DataFusion's parser takes: each is honoured, refused by the engine, or refused by the
//! gateway because the engine would leave it out.

use datafusion::prelude::SessionContext;
use lockgate::engine::Engine;

use super::answer;
use crate::ask;
use crate::support::wait;

const T: &str = "select column1 k, column2 s, column3 v from (values (1, 'a', 10), (2, 'a', 10), (3, 'b', 20), (4, null, null))";

/// The clause as the refusal names it, a query with it, and one without it, which the bare engine takes
/// for the same.
#[rustfmt::skip]
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("tablesample", "select k from t tablesample (50 percent)", "select k from t"),
    ("tablesample", "select k from t tablesample bernoulli (10) repeatable (1)", "select k from t"),
    ("tablesample", "select k from (select k from t) tablesample (1 rows)", "select k from t"),
    ("for update", "select k from t for update", "select k from t"),
    ("for update", "select k from t for share", "select k from t"),
    ("a hint", "select k from t with (nolock)", "select k from t"),
    ("partition", "select k from t partition (p1)", "select k from t"),
    ("prewhere", "select k from t prewhere k > 1", "select k from t"),
    ("connect by", "select k from t start with k = 1 connect by prior k = v", "select k from t"),
    ("settings", "select k from t settings a = 1", "select k from t"),
    ("format", "select k from t format json", "select k from t"),
    ("format", "select k from t for json auto", "select k from t"),
    ("global", "select t.k from t global join t u on t.k = u.k", "select t.k from t join t u on t.k = u.k"),
    ("* ilike", "select * ilike 'k%' from t", "select * from t"),
    ("with rollup", "select s, count(*) from t group by s with rollup", "select s, count(*) from t group by s"),
    ("with cube", "select s, count(*) from t group by all with cube", "select s, count(*) from t group by s"),
    ("with totals", "select s, count(*) from t group by s with totals", "select s, count(*) from t group by s"),
    ("filter` of `lower", "select lower(s) filter (where k > 1) from t", "select lower(s) from t"),
    ("distinct` of `lower", "select lower(distinct s) from t", "select lower(s) from t"),
    ("order by` of `lower", "select lower(s order by s) from t", "select lower(s) from t"),
    ("over` of `lower", "select lower(s) over () from t", "select lower(s) from t"),
    ("ignore nulls` of `lower", "select lower(s) ignore nulls from t", "select lower(s) from t"),
    ("ignore nulls` of `rank", "select k, rank() ignore nulls over (order by v) from t", "select k, rank() over (order by v) from t"),
    ("distinct` of `lag", "select k, lag(distinct v) over (order by k) from t", "select k, lag(v) over (order by k) from t"),
];

/// What the engine refuses by itself.
#[rustfmt::skip]
const REFUSED: &[&str] = &[
    "select k from t order by v fetch first 1 rows with ties",
    "select k from t fetch first 50 percent rows only",
    "select top 1 k from t",
    "select k from t lateral view explode(s) as e",
    "select * from t pivot (sum(v) for s in ('a', 'b'))",
    "select * from t unpivot (x for y in (k, v))",
    "select max(v) within group (order by v) from t",
    "select sum(v) ignore nulls from t",
    "select k, row_number() filter (where k > 1) over (order by k) from t",
    "select k, sum(v order by k) over () from t",
    "select k, sum(v) over (order by k rows between 1 preceding and 1 following exclude ties) from t",
    "select s collate \"C\" from t",
    "select * rename (k as kk) from t",
    "select k from t cluster by k",
    "select k from t sort by k",
    "select k from t distribute by k",
    "select k from t where s like any ('a', 'b')",
    "select k from t where s like 'a!%' escape '!'",
    "select array_agg(s limit 1) from t",
    "select array_agg(s having max v) from t",
    "select * from unnest([1, 2]) with ordinality",
    "select k from t order by k limit 1 by s",
    "select k from t for system_time as of '2024-01-01'",
];

/// What the engine honours, with its answer.
#[rustfmt::skip]
const HONOURED: &[(&str, &[&str])] = &[
    ("select k from t qualify row_number() over (order by k) = 1", &["1"]),
    ("select distinct on (s) s, k from t order by s, k desc", &["a,2", "b,3", "null,4"]),
    ("select count(*) filter (where k > 1), count(distinct s) filter (where k > 1) from t", &["3,2"]),
    ("select first_value(v order by k desc) ignore nulls from t", &["20"]),
    ("select array_agg(s order by k) ignore nulls from t", &["[a, a, b]"]),
    ("select count(*) from (select array_agg(s) ignore nulls over () a from t) where array_length(a) = 3", &["4"]),
    ("select k, last_value(v) ignore nulls over (order by k rows between unbounded preceding and unbounded following) from t where k > 2", &["3,20", "4,20"]),
    ("select percentile_cont(0.5) within group (order by v) from t", &["10.0"]),
    ("select string_agg(s, ',' order by s desc) from t", &["b,a,a"]),
    ("select k, sum(v) over (order by k groups between 1 preceding and current row) from t where k < 3", &["1,10", "2,20"]),
    ("select s, count(*) from t group by grouping sets ((s), (s)) having s = 'b'", &["b,1", "b,1"]),
    ("select k from t order by k limit 1, 2", &["2", "3"]),
    ("select * exclude (k, v) from t where k = 3", &["b"]),
    ("select * replace (k + 1 as k) from t where k = 3", &["4,b,20"]),
    ("select k from t |> where k > 2", &["3", "4"]),
];

async fn engine() -> Engine {
    let engine = Engine::new(None).expect("an engine");
    engine.put_rows("t", ask::rows(T).await).expect("a table");
    engine
}

#[test]
fn a_clause_that_the_engine_would_leave_out_is_refused() {
    let wrong = wait(async {
        let engine = engine().await;
        let mut wrong = Vec::new();
        for (clause, sql, _) in LEFT_OUT {
            let answer = answer(&engine, sql).await;
            let says = format!("refused: the engine reads `{clause}` and leaves it out | ");
            if !answer.as_ref().is_err_and(|why| why.starts_with(&says)) {
                wrong.push(format!("{sql}: {answer:?}"));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_bare_engine_leaves_it_out() {
    let honoured = wait(async {
        let context = SessionContext::new();
        let rows = ask::rows(T).await;
        context
            .register_batch("t", rows[0].clone())
            .expect("a table");
        let mut honoured = Vec::new();
        for (_, with, without) in LEFT_OUT {
            let with_it = super::bare::answer(&context, with).await;
            if with_it != super::bare::answer(&context, without).await {
                honoured.push(format!("{with}: {with_it:?}"));
            }
        }
        honoured
    });
    assert!(honoured.is_empty(), "the engine does not: {honoured:#?}");
}

#[test]
fn other_clauses_are_honoured_or_refused_by_the_engine() {
    let wrong = wait(async {
        let engine = engine().await;
        let mut wrong = Vec::new();
        for sql in REFUSED {
            if let Ok(rows) = answer(&engine, sql).await {
                wrong.push(format!("{sql}: {rows:?}"));
            }
        }
        for (sql, right) in HONOURED {
            let answer = answer(&engine, sql).await;
            if !answer.as_ref().is_ok_and(|lines| lines == right) {
                wrong.push(format!("{sql}: {answer:?}"));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
