//! Sub-queries that the engine has no operators for: each is answered, or refused by `check` at its token with a
//! form that is answered alike.

use lockgate::engine::{Engine, plan_to_run, text_rows};
use lockgate::error::Text;
use lockgate::project::{Model, sql};

use super::engine_of;
use crate::support::wait;

const TABLES: [(&str, &str); 2] = [
    (
        "m",
        "select column1 as id, column2 as n from (values ('a', 1), ('b', 2), ('c', null))",
    ),
    (
        "u",
        "select column1 as id, column2 as n from (values ('a', 5), ('a', 3), ('c', 1))",
    ),
];

/// The rows of a query, each as its cells joined by blanks, in order.
async fn rows(engine: &Engine, sql: &str) -> Vec<String> {
    let page = text_rows(engine, sql, usize::MAX).await.expect(sql);
    let rows = page.rows.into_iter().map(|row| {
        let cells = row.into_iter().map(|cell| cell.unwrap_or("~".to_owned()));
        cells.collect::<Vec<_>>().join(" ")
    });
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// A query, its rows, and for one that is refused the token it is refused at, words of the help, and the query in the
/// form that the help gives.
struct Shape {
    sql: &'static str,
    rows: &'static [&'static str],
    refused: Option<(&'static str, &'static str, &'static str)>,
}

const fn right(sql: &'static str, rows: &'static [&'static str]) -> Shape {
    Shape {
        sql,
        rows,
        refused: None,
    }
}

const fn refused(
    sql: &'static str,
    rows: &'static [&'static str],
    refused: (&'static str, &'static str, &'static str),
) -> Shape {
    Shape {
        sql,
        rows,
        refused: Some(refused),
    }
}

const COUNT: &str = "(select count(*) from u where u.id = m.id) > 0";

const SHAPES: &[Shape] = &[
    refused(
        "select id, exists (select 1 from u where u.id = m.id) as e from m",
        &["a true", "b false", "c true"],
        (
            "exists",
            "write `(select count(*) from u where u.id = m.id) > 0`",
            "select id, (select count(*) from u where u.id = m.id) > 0 as e from m",
        ),
    ),
    refused(
        "select id, not exists (select 1 from u where u.id = m.id) as e from m",
        &["a false", "b true", "c false"],
        (
            "exists",
            "write `(select count(*) from u where u.id = m.id) = 0`",
            "select id, (select count(*) from u where u.id = m.id) = 0 as e from m",
        ),
    ),
    refused(
        "select id, exists (select 1 from u) as e from m",
        &["a true", "b true", "c true"],
        (
            "exists",
            "write `(select count(*) from u) > 0`",
            "select id, (select count(*) from u) > 0 as e from m",
        ),
    ),
    refused(
        "select id, case when exists (select 1 from u where u.id = m.id) then 1 else 0 end as e from m",
        &["a 1", "b 0", "c 1"],
        (
            "exists",
            COUNT,
            "select id, case when (select count(*) from u where u.id = m.id) > 0 then 1 else 0 end as e from m",
        ),
    ),
    refused(
        "select count(*) filter (where exists (select 1 from u where u.id = m.id)) as e from m",
        &["2"],
        (
            "exists",
            "from (select m.*, (select count(*) from u where u.id = m.id) > 0 as found from m) as m",
            "select count(*) filter (where found) as e from (select m.*, (select count(*) from u where u.id = m.id) > 0 \
             as found from m) as m",
        ),
    ),
    refused(
        "select sum(case when exists (select 1 from u where u.id = m.id) then 1 else 0 end) as e from m",
        &["2"],
        (
            "exists",
            "write `found` here",
            "select sum(case when found then 1 else 0 end) as e from (select m.*, (select count(*) from u where \
             u.id = m.id) > 0 as found from m) as m",
        ),
    ),
    right(
        "select id, (select max(n) from u where u.id = m.id) as e from m",
        &["a 5", "b ~", "c 1"],
    ),
    right(
        "select id, (select count(*) from u where u.id = m.id) as e from m",
        &["a 2", "b 0", "c 1"],
    ),
    right(
        "select id, coalesce((select max(n) from u where u.id = m.id), 0) + 1 as e from m",
        &["a 6", "b 1", "c 2"],
    ),
    right(
        "select id, case when id = 'a' then (select max(n) from u where u.id = m.id) end as e from m",
        &["a 5", "b ~", "c ~"],
    ),
    right(
        "select id, (select max(n) from u) as e from m",
        &["a 5", "b 5", "c 5"],
    ),
    right(
        "select count(*) filter (where n < (select max(n) from u)) as e from m",
        &["2"],
    ),
    right("select max((select max(n) from u)) as e from m", &["5"]),
    refused(
        "select id, (select n from u where u.id = m.id) as e from m where id <> 'a'",
        &["b ~", "c 1"],
        (
            "(select n",
            "write `(select max(n) from u where u.id = m.id)`",
            "select id, (select max(n) from u where u.id = m.id) as e from m where id <> 'a'",
        ),
    ),
    refused(
        "select id, (select n from u where u.id = m.id order by n limit 1) as e from m",
        &["a 3", "b ~", "c 1"],
        (
            "(select n",
            "write `(select first_value(n order by n) from u where u.id = m.id)`",
            "select id, (select first_value(n order by n) from u where u.id = m.id) as e from m",
        ),
    ),
    refused(
        "select id from m where n = (select n from u where u.id = m.id order by n desc limit 1)",
        &[],
        (
            "(select n",
            "write `(select first_value(n order by n DESC) from u where u.id = m.id)`",
            "select id from m where n = (select first_value(n order by n DESC) from u where u.id = m.id)",
        ),
    ),
    refused(
        "select id, (select max(n) from u where u.id < m.id) as e from m",
        &["a ~", "b 5", "c 5"],
        (
            "(select max",
            "left join u on u.id < m.id",
            "select m.id, max(u.n) as e from m left join u on u.id < m.id group by m.id",
        ),
    ),
    refused(
        "select count(*) filter (where n < (select max(n) from u where u.id = m.id)) as e from m",
        &["1"],
        (
            "(select max",
            "from (select m.*, (select max(n) from u where u.id = m.id) as found from m) as m",
            "select count(*) filter (where n < found) as e from (select m.*, (select max(n) from u where u.id = m.id) \
             as found from m) as m",
        ),
    ),
    refused(
        "select max((select max(n) from u where u.id = m.id)) as e from m",
        &["5"],
        (
            "(select max",
            "write `found` here",
            "select max(found) as e from (select m.*, (select max(n) from u where u.id = m.id) as found from m) as m",
        ),
    ),
    refused(
        "select id, sum((select count(*) from u where u.id = m.id)) over () as e from m",
        &["a 3", "b 3", "c 3"],
        (
            "(select count",
            "write `found` here",
            "select id, sum(found) over () as e from (select m.*, (select count(*) from u where u.id = m.id) as found \
             from m) as m",
        ),
    ),
    refused(
        "select count(*) as c from m group by (select count(*) from u where u.id = m.id)",
        &["1", "1", "1"],
        (
            "(select count",
            "write `found` here",
            "select count(*) as c from (select m.*, (select count(*) from u where u.id = m.id) as found from m) as m \
             group by found",
        ),
    ),
    refused(
        "select id from m order by (select count(*) from u where u.id = m.id)",
        &["a", "b", "c"],
        (
            "(select count",
            "write `found` here",
            "select id from (select m.*, (select count(*) from u where u.id = m.id) as found from m) as m order by found",
        ),
    ),
    refused(
        "select m.id from m left join u on m.id = u.id and exists (select 1 from u as v where v.id = m.id)",
        &["a", "a", "b", "c"],
        (
            "exists",
            "as a column of a query before",
            "select m.id from (select m.*, (select count(*) from u as v where v.id = m.id) > 0 as found from m) as m \
             left join u on m.id = u.id and found",
        ),
    ),
    refused(
        "select id from m where not exists (select 1 from u where u.id = m.id and not exists (select 1 from u as v \
         where v.n = u.n and v.id = m.id))",
        &["a", "b", "c"],
        (
            "exists (select 1 from u as v",
            "join the outer table once more",
            "select id from m where not exists (select 1 from u join m as k on k.id = u.id where u.id = m.id and not \
             exists (select 1 from u as v where v.n = u.n and v.id = k.id))",
        ),
    ),
    right(
        "select id from m group by id having count(*) < (select count(*) from u where u.id = m.id)",
        &["a"],
    ),
    right(
        "select id from m group by id having exists (select 1 from u where u.id = m.id)",
        &["a", "c"],
    ),
    right(
        "select m.id, l.n as x from m cross join lateral (select n from u where u.id = m.id) l",
        &["a 3", "a 5", "c 1"],
    ),
    right(
        "select id from m where exists (select 1 from u where u.id = m.id and u.n > 1) or n = 2",
        &["a", "b"],
    ),
];

fn model(sql: &str) -> Model {
    let text = Text::new("models/base/this.sql", sql);
    let parsed = sql::parse(&text).expect(sql);
    Model {
        name: "this".to_owned(),
        layer: "base".to_owned(),
        text,
        sql: parsed,
        reads: Vec::new(),
        contract: None,
        expectations: Vec::new(),
        tests: Vec::new(),
        removed_tests: Vec::new(),
    }
}

#[test]
fn each_is_answered_or_refused_at_its_token_with_a_form_that_is_answered_alike() {
    wait(async {
        let engine = engine_of(&TABLES).await;
        let mut wrong = Vec::new();
        for shape in SHAPES {
            let planned = plan_to_run(&engine, shape.sql).await;
            let Some((token, help, form)) = shape.refused else {
                let found = rows(&engine, shape.sql).await;
                if planned.is_err() || found != shape.rows {
                    wrong.push(format!("{}\n  {planned:?} {found:?}", shape.sql));
                }
                continue;
            };
            let told = lockgate::engine::plan_model(&engine, &model(shape.sql)).await;
            let Err(problems) = told else {
                wrong.push(format!("{}\n  is accepted", shape.sql));
                continue;
            };
            let at = problems[0]
                .span()
                .map_or(0, |span| span.column as usize - 1);
            let stands = shape.sql[at..].starts_with(token);
            let helped = problems[0]
                .help_text()
                .is_some_and(|text| text.contains(help));
            if !stands || !helped || problems.len() > 1 {
                wrong.push(format!("{}\n  {at}: {problems:?}", shape.sql));
            }
            let found = rows(&engine, form).await;
            if found != shape.rows {
                wrong.push(format!("{form}\n  {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
