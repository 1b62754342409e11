//! What is refused, and that what is like it and right is not.

use lockgate::engine::{QueryError, text_rows};

use super::{answer, engine_of};
use crate::support::wait;

const TABLES: [(&str, &str); 3] = [
    (
        "o",
        "select cast(column1 as bigint) k, column2 s from (values (1, 'p'), (2, 'q'), (null, 'r'))",
    ),
    (
        "i",
        "select cast(column1 as bigint) k, column2 s from (values (1, 'p'), (null, 'q'))",
    ),
    (
        "f",
        "select cast(column1 as bigint) k, column2 s from (values (1, 'p'), (4, 'q'))",
    ),
];

#[test]
fn what_is_right_is_not_refused() {
    let answered: &[(&str, &[&str])] = &[
        (
            "select k from o where coalesce(k in (select k from i), false)",
            &["1"],
        ),
        (
            "select k from o where not coalesce(k in (select k from i), false)",
            &["2", "null"],
        ),
        (
            "select k from o where (s = 'q') = (coalesce(k in (select k from i), false) or coalesce(s in (select s from f), false))",
            &["2", "null"],
        ),
        (
            "select k from o where (s = 'q') = ((k in (select k from i)) is not true)",
            &["1", "2"],
        ),
        ("select k from o where k in (select k from i)", &["1"]),
        (
            "select k from o where k in (select k from i) or s = 'r'",
            &["1", "null"],
        ),
        (
            "select k from o where s = 'p' and (k in (select k from i) or s = 'r')",
            &["1"],
        ),
        (
            "select k from o where (k in (select k from i)) is not true",
            &["2", "null"],
        ),
        (
            "select k from o where (s = 'p' and k in (select k from i)) is not true",
            &["2", "null"],
        ),
        (
            "select k from o where case when k in (select k from i) then s = 'p' else s = 'r' end",
            &["1", "null"],
        ),
        (
            "select k from o where k in (select i.k from i where i.s = o.s)",
            &["1"],
        ),
        ("select k from o where k not in (select k from f)", &["2"]),
        ("select k from o where k not in (select k from i)", &[]),
        ("select k from o where not (k in (select k from f))", &["2"]),
        ("select k from o where not (k in (select k from i))", &[]),
        (
            "select k from o where s <> 'z' and k not in (select k from f)",
            &["2"],
        ),
        (
            "select k from o where k not in (select k from f where false)",
            &["1", "2", "null"],
        ),
        ("select k from o where k not in (1, 3)", &["2"]),
        (
            "select k from o where not exists (select 1 from i where i.k = o.k)",
            &["2", "null"],
        ),
        (
            "select k from o where exists (select 1 from i where i.k = o.k) or s = 'q'",
            &["1", "2"],
        ),
        (
            "select k from o where exists (select i.k from i where i.k = o.k group by i.k)",
            &["1"],
        ),
        (
            "select k from o where exists (select 1 from i where i.k = o.k limit 1)",
            &["1"],
        ),
        (
            "select k from o where not exists (select 1 from i where (i.k = o.k) and (i.k = o.k) is not false)",
            &["2", "null"],
        ),
        (
            "select k from o where not exists (select 1 from i where (i.k < o.k) and (i.k = o.k) is not false)",
            &["1", "2", "null"],
        ),
        (
            "select k from o where not exists (select 1 from i where (i.k = o.k) is not false)",
            &[],
        ),
        (
            "select k from o where not exists (select 1 from f where (f.k = o.k) is not false)",
            &["2"],
        ),
        (
            "select k from o where not exists (select 1 from i where (i.k = 3) is not false)",
            &[],
        ),
        (
            "select k from o where not exists (select 1 from f where (f.k = 3) is not false)",
            &["1", "2", "null"],
        ),
        (
            "select k from o where not exists (select 1 from f where (f.k = cast(null as bigint)) is not false)",
            &[],
        ),
        (
            "select k from o where date '9999-12-31' > now() and k = 1",
            &["1"],
        ),
        (
            "select k from o where date '0001-01-01' < now() and timestamp '9999-12-31 00:00:00' between now() and date '9999-12-31' and k = 1",
            &["1"],
        ),
        (
            "select g, c from (select 1 g, s, count(*) c from o group by cube (g, s)) where s = 'p' order by 1",
            &["1,1", "null,1"],
        ),
        (
            "select count(*) from (select 'a' g, s, count(*) from o group by rollup (s, g)) q",
            &["7"],
        ),
        (
            "select g, count(*) from (select 'a' g, s from o) group by cube (g)",
            &["a,3", "null,3"],
        ),
        (
            "select g, count(*) from (select 'a' g, s from o where false) group by rollup (g)",
            &["null,0"],
        ),
        (
            "select grouping(g), g, count(*) from (select 1 g, s from o) group by rollup (g)",
            &["0,1,3", "1,null,3"],
        ),
        (
            "select 1, count(*) from o group by rollup (1)",
            &["1,3", "null,3"],
        ),
        (
            "select 'a' g, sum(k) from o group by grouping sets ((g), ())",
            &["a,3", "null,3"],
        ),
        (
            "select m, rank() over (order by m) from (select max(k) m from o group by s) q order by 2 desc limit 1",
            &["null,3"],
        ),
        (
            "select g, s, count(*) from (select 'x' g, s from o) group by rollup (g, s) order by g desc, s limit 3",
            &["null,null,3", "x,p,1", "x,q,1"],
        ),
        (
            "select s, count(*) from o where s = 'p' group by cube (s) order by s nulls first",
            &["null,1", "p,1"],
        ),
        (
            "select count(*) from (select 1 g, sum(k) from o group by rollup (1)) q where g is null",
            &["1"],
        ),
        (
            "select sum(c) from (select count(*) c from o where false group by grouping sets ((s), ())) q",
            &["0"],
        ),
        (
            "select g, c from (select 'x' g, count(*) c from o group by rollup (g)) q where g = 'x'",
            &["x,3"],
        ),
        (
            "select c from (select count(*) c from o where false) q where 1 = 2",
            &[],
        ),
        (
            "select q.c from o left join (select count(*) c, 7 z from i) q on q.z = 8 where o.k = 1",
            &["null"],
        ),
        ("select max(k) from o having 1 = 2", &[]),
        (
            "select c from (select count(*) c from o union all select 5) q where (select max(k) from i) = 1 order by c",
            &["3", "5"],
        ),
        (
            "select c from (select count(*) c from o union all select 5) q where (select max(k) from i) = 2",
            &[],
        ),
        ("select k from o where k = (select max(k) from i)", &["1"]),
        ("select k from o except select k from i", &["2"]),
        ("select k from o intersect select k from i", &["1", "null"]),
        (
            "select k from o union all select k from i",
            &["1", "1", "2", "null", "null"],
        ),
        ("select k from o left join f using (k)", &["1", "2", "null"]),
        (
            "select o.k, f.k from o full join f using (k)",
            &["1,1", "2,null", "null,4", "null,null"],
        ),
        (
            "select coalesce(o.k, f.k) from o full join f on o.k = f.k",
            &["1", "2", "4", "null"],
        ),
        (
            "select s, lead(k) ignore nulls over (order by s) from o",
            &["p,2", "q,null", "r,null"],
        ),
        (
            "select s, lead(k, 2) over (order by s) from o",
            &["p,null", "q,null", "r,null"],
        ),
        (
            "select k from o where (s is distinct from 'p') and k > 0",
            &["2"],
        ),
        (
            "select k from o where s is distinct from 'p'",
            &["2", "null"],
        ),
        (
            "select s from o group by s having s in (select s from f)",
            &["p", "q"],
        ),
        (
            "select g, c from (select 'x' g, count(*) c from o) where c > 2",
            &["x,3"],
        ),
        (
            "select s, count(*) from o group by rollup (s) having s is null",
            &["null,3"],
        ),
        (
            "select 'a' g, count(*) from o group by rollup (g)",
            &["a,3", "null,3"],
        ),
        (
            "select o.k from o, i, f where o.k = i.k and i.k = f.k",
            &["1"],
        ),
        ("select -k from o where k + 1 = 2", &["-1"]),
        ("select sum(k), sum(k + 1), avg(k) from o", &["3,5,1.5"]),
        ("select sum(k) filter (where s = 'z') from o", &["null"]),
        (
            "select sum(distinct k) from (select k from o union all select k from o)",
            &["3"],
        ),
        (
            "select s, sum(k) over (order by s rows between 1 preceding and current row) from o",
            &["p,1", "q,3", "r,2"],
        ),
        (
            "select s from (select s, row_number() over (order by s) n from o) where n = 1",
            &["p"],
        ),
        ("select k from o where cast(k as smallint) = 1", &["1"]),
        (
            "select count(*) from o where cast(k as double) > 1.5",
            &["1"],
        ),
    ];
    let wrong = wait(async move {
        let engine = engine_of(&TABLES).await;
        let mut wrong = Vec::new();
        for (sql, right) in answered {
            let answer = answer(&engine, sql).await;
            let is_right = answer.as_ref().is_ok_and(|lines| lines == right);
            if !is_right {
                wrong.push(format!("{sql}: {answer:?}"));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_refusal_says_what_is_wrong_and_what_to_write() {
    let refused = [
        "select k from o where k not in (select k from i where i.s = o.s)",
        "select k from o where s = 'p' and 3 not in (select k from i)",
        "select k from o where not (k not in (select k from i)) and k not in (select k from i) or s = 'r'",
        "select k from o where coalesce(k in (select k from i), true)",
        "select k from o where coalesce(k not in (select k from i), false)",
        "select k from o where (k in (select k from i)) is not false",
        "select k in (select k from i) from o",
        "select o.k from o join f on o.k = f.k and o.k in (select k from i)",
        "select k from o where exists (select max(k) from i where i.s = o.s)",
        "select k from o where not exists (select c from (select count(*) c from i) q)",
        "select k from o where exists (select 1 from i limit 0)",
        "with w as (select k from o except all select k from i) select * from w",
        "select k from o union all (select k from o intersect all select k from i)",
        "select * from o right join f using (k)",
        "select count(*) from o full join f using (k) where k > 1",
        "select o.s from o natural full join f",
        "select o.k from o full join i using (k) join f using (k)",
        "select lag(k, 3) ignore nulls over (order by s) from o",
        "select lag(k, 2 ignore nulls) over (order by s) from o",
        "select k from o where s is not distinct from 'p' or k > 1",
        "select k from o tablesample (10 percent)",
        "select k from o where s similar to 'p|q'",
        "select count(distinct k, s) from o",
        "select cast(s as varchar(1)) from o",
        "select cast(s as timestamp) at time zone 'Europe/Berlin' from o",
        "select lower(s) filter (where k > 1) from o",
        "select s, count(*) from o group by s with rollup",
    ];
    let told = wait(async move {
        let engine = engine_of(&TABLES).await;
        let mut told = String::new();
        for sql in refused {
            let error = text_rows(&engine, sql, 10).await.err();
            let refusal = error.as_ref().and_then(QueryError::refusal);
            let Some(refusal) = refusal else {
                told.push_str(&format!("{sql}\n  NOT REFUSED: {error:?}\n\n"));
                continue;
            };
            let span = refusal.span;
            let part: String = match span.start.line {
                0 => "nowhere".to_owned(),
                _ => {
                    let columns = (span.end.column - span.start.column) as usize;
                    let from = span.start.column as usize - 1;
                    let part: String = sql.chars().skip(from).take(columns).collect();
                    part.trim().to_owned()
                }
            };
            told.push_str(&format!(
                "{sql}\n  at: {part}\n  {}\n  help: {}\n\n",
                refusal.message, refusal.help
            ));
        }
        told
    });
    insta::assert_snapshot!(told);
}

#[test]
fn a_text_beside_a_number_is_refused_by_every_way_to_ask() {
    let told = wait(async {
        let engine = engine_of(&TABLES).await;
        let sql = "select k from o where s < k";
        let rows = text_rows(&engine, sql, 10).await.err();
        let planned = lockgate::engine::plan_sql(&engine, sql).await.err();
        [rows, planned].map(|error| error.expect("a refusal").to_string())
    });
    for error in told {
        assert_eq!(
            error,
            "Error during planning: `s` is text, and is compared with `k`, which is int"
        );
    }
}
