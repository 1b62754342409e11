//! The smallest cases of wrong answers of DataFusion 55.2, each with its right answer.

/// A table: its name, and a query for the rows of each of its files.
pub type Table = (&'static str, &'static [&'static str]);

pub struct Case {
    pub id: &'static str,
    pub tables: &'static [Table],
    pub sql: &'static str,
    pub right: Right,
}

pub enum Right {
    /// The rows in any order: cells parted by commas.
    Rows(&'static [&'static str]),
    /// No answer: an error that says this.
    Fails(&'static str),
    /// Refused before it runs: the message and the help begin so.
    Refused(&'static str, &'static str),
}

use Right::{Fails, Refused, Rows};

macro_rules! values {
    ($columns:literal, $values:literal) => {
        concat!("select ", $columns, " from (values ", $values, ")")
    };
}

macro_rules! case {
    ($id:literal, [$($table:literal: [$($file:expr),*]),*], $sql:literal, $right:expr) => {
        Case {
            id: $id,
            tables: &[$(($table, &[$($file),*])),*],
            sql: $sql,
            right: $right,
        }
    };
}

const T: &str = values!("cast(column1 as bigint) k", "(1), (2), (null)");
const THREE: &str = values!("cast(column1 as bigint) k", "(1), (2), (3)");
const ONE: &str = values!("cast(column1 as bigint) id", "(1)");
const A: &str = values!(
    "cast(column1 as bigint) k, column2 s, cast(column3 as double) y",
    "(1, 'x', 3.0)"
);
const B: &str = values!(
    "cast(column1 as bigint) k, column2 s, cast(column3 as double) y",
    "(1, 'y', 3.0), (2, 'z', 3.0)"
);
const O: &str = T;
const I: &str = values!("cast(column1 as bigint) k", "(1), (null)");
const I_FULL: &str = values!("cast(column1 as bigint) k", "(1)");
const NULLS: &str = values!(
    "cast(column1 as bigint) k, column2 s",
    "(1, 'p'), (null, 'q')"
);

const NULLS_BOTH: &str = values!(
    "cast(column1 as bigint) k, cast(column2 as bigint) j",
    "(1, 1), (null, 2), (3, null), (null, null)"
);

const ENDS: &str = values!(
    "cast(column1 as date) d, arrow_cast(column2, 'Timestamp(Microsecond, None)') m",
    "('9999-12-31', '9999-12-31T23:59:59.999999'), ('0001-01-01', '0001-01-01T00:00:00')"
);

const BEYOND: &str = values!(
    "cast(column1 as bigint) n, cast(column2 as double) d",
    "(9007199254740993, 9007199254740992), (1, 1)"
);

const NOT_EXISTS: &str = "write not exists (select 1 from i where ";
const ALONE: &str = "make it a condition of its own in `where`";
const KEY: &str = "join on a.k = b.k, and write coalesce(a.k, b.k)";

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case!("nan beside equal values", ["t": [values!("cast(column1 as double) x", "('0.5'), ('NaN'), ('0.5')")]],
        "select x from t", Rows(&["0.5", "0.5", "NaN"])),
    case!("nan under a filter of a range", ["t": [values!("cast(column1 as double) x", "('0.5'), ('NaN'), ('0.5')")]],
        "select x from t where x >= 0 and x <= 1", Rows(&["0.5", "0.5"])),
    case!("nan is above every number", ["t": [values!("cast(column1 as double) x", "('0.5'), ('NaN'), ('1')")]],
        "select count(*) from t where x > 2", Rows(&["1"])),
    case!("least and greatest of a cast", ["t": [values!("column1 s", "('9'), ('10'), ('100')")]],
        "select min(cast(s as bigint)), max(cast(s as bigint)) from t", Rows(&["9,100"])),
    case!("a range of a cast", ["t": [values!("column1 s", "('9'), ('10'), ('100'), ('2')")]],
        "select count(*) from t where cast(s as bigint) between 9 and 50", Rows(&["2"])),
    case!("least of a column beside greatest of an expression", ["t": [
            values!("cast(column1 as bigint) j, column2 s", "(1, 'ab'), (2, 'ab')"),
            values!("cast(column1 as bigint) j, column2 s", "(3, 'ab'), (4, 'abcdef')")]],
        "select min(j), max(length(s)) from t", Rows(&["1,6"])),
    case!("a file of nulls beside one of numbers", ["t": [
            values!("cast(column1 as bigint) j", "(null), (null), (null), (null), (null), (null), (null), (null), (null)"),
            values!("cast(column1 as bigint) j", "(5), (6), (7), (50), (60), (70), (1), (2), (3)")]],
        "select min(j), max(j) from t", Rows(&["1,70"])),
    case!("a join on a query grouped by two columns of one name", [
            "l": [values!("cast(column1 as bigint) id, cast(column2 as bigint) s", "(1, 10)")],
            "s": [values!("cast(column1 as bigint) id", "(10)")],
            "z": [values!("cast(column1 as bigint) id", "(10)")]],
        "select z.id from z join (select l.id lid, s.id sid from l left join s on l.s = s.id group by l.id, s.id) q on z.id = q.sid",
        Rows(&["10"])),
    case!("columns of one name on both sides of a right join", ["a": [A], "b": [B]],
        "select b.k from a right join b on a.k = b.k where b.y >= 0.5 and a.s is distinct from b.s", Rows(&["1", "2"])),
    case!("columns of one name on both sides of a full join", ["a": [A], "b": [B]],
        "select count(*) from a full join b on a.k = b.k where b.y >= 0.5 and coalesce(a.s, '') <> coalesce(b.s, '')", Rows(&["2"])),
    case!("an anti join as a right join", ["a": [A], "b": [B]],
        "select b.k from a right join b on a.k = b.k where a.k is null and b.s <> 'q'", Rows(&["2"])),
    case!("a sub-query as the only condition on a count", ["t": [T], "e": [ONE]],
        "select c from (select count(*) c from t) q where (select max(id) from e) > 5", Rows(&[])),
    case!("a count joined on false", ["t": [T], "e": [ONE]],
        "select e.id, q.c from e left join (select count(*) c from t) q on false", Rows(&["1,null"])),
    case!("a filter on the name beside a count", ["t": [T], "u": [values!("cast(column1 as bigint) id", "(7)")]],
        "with m as (select 'a' as metric, count(*) as v from t union all select 'b', count(*) from u) select * from m where metric = 'b'",
        Rows(&["b,1"])),
    case!("a narrowing try_cast beside a literal", ["t": [values!("cast(column1 as bigint) i", "(100000), (5)")]],
        "select i from t where try_cast(i as smallint) > 4", Rows(&["5"])),
    case!("a try_cast that fails is null", ["t": [values!("cast(column1 as bigint) i", "(100000), (5)")]],
        "select i from t where try_cast(i as smallint) is distinct from null", Rows(&["5"])),
    case!("a decimal cast to a whole number beside a literal", ["t": [values!("cast(column1 as decimal(10, 2)) m", "('1.10'), ('1.00')")]],
        "select count(*) from t where cast(m as bigint) > 1", Rows(&["0"])),
    case!("not in, correlated by equality", ["o": [O], "i": [I]],
        "select k from o where k not in (select k from i where i.k = o.k)",
        Refused("`not in` a sub-query that depends on the row", NOT_EXISTS)),
    case!("not in, correlated by order", ["o": [O], "i": [I]],
        "select k from o where k not in (select k from i where i.k < o.k)",
        Refused("`not in` a sub-query that depends on the row", NOT_EXISTS)),
    case!("a constant not in", ["o": [O], "i": [I]],
        "select k from o where 3 not in (select k from i)",
        Refused("`not in` of a value that is the same for every row", NOT_EXISTS)),
    case!("null not in", ["o": [O], "i": [I_FULL]],
        "select k from o where cast(null as bigint) not in (select k from i)",
        Refused("`not in` of a value that is the same for every row", NOT_EXISTS)),
    case!("not in beside or", ["o": [O], "i": [I]],
        "select k from o where k not in (select k from i) or k = 2",
        Refused("`not in` with a sub-query is false here where it should be null", ALONE)),
    case!("in is null", ["o": [O], "i": [I]],
        "select k from o where (k in (select k from i)) is null",
        Refused("`in` with a sub-query is false here where it should be null", ALONE)),
    case!("exists over a count", ["o": [O], "i": [I]],
        "select k from o where exists (select count(*) from i where i.k = o.k)",
        Refused("`exists` over an aggregate", "ask for the rows themselves")),
    case!("exists with an offset", ["o": [O], "i": [I]],
        "select k from o where exists (select 1 from i where i.k = o.k offset 1)",
        Refused("`exists` of a sub-query with `offset`", "count instead")),
    case!("except all", ["t": [values!("cast(column1 as bigint) k", "(1), (1)")], "u": [I_FULL]],
        "select k from t except all select k from u", Refused("`except all` does not count", "number equal rows")),
    case!("intersect all", ["t": [values!("cast(column1 as bigint) k", "(1), (1)")], "u": [I_FULL]],
        "select k from t intersect all select k from u", Refused("`intersect all` does not count", "number equal rows")),
    case!("the key of a full join using", ["a": [I_FULL], "b": [values!("cast(column1 as bigint) k", "(1), (2)")]],
        "select k, count(*) from a full join b using (k) group by k", Refused("`k` is null in the rows", KEY)),
    case!("groups of infinities", ["t": [values!("cast(column1 as bigint) g, cast(column2 as double) x", "(1, 'inf'), (2, '-inf')")]],
        "select g, min(x), max(x) from t group by g", Rows(&["1,inf,inf", "2,-inf,-inf"])),
    case!("lead over nulls", ["t": [values!("cast(column1 as bigint) id, cast(column2 as bigint) v",
            "(1, 10), (2, 20), (3, 30), (4, 40), (5, null), (6, null), (7, 70), (8, 80)")]],
        "select id, lead(v, 2) ignore nulls over (order by id) from t",
        Refused("`lead` over more than one row with `ignore nulls`", "leave the nulls out first")),
    case!("nulls that match in a chain of joins", ["a": [NULLS], "b": [NULLS]],
        "select count(*) from a join b on a.k is not distinct from b.k join a a2 on a2.s = b.s", Rows(&["2"])),
    case!("a sum beyond bigint", ["t": [values!("cast(column1 as bigint) a", "(9223372036854775807), (1)")]],
        "select sum(a) from t", Fails("9223372036854775808")),
    case!("a sum beyond decimal", ["t": [values!("cast(column1 as decimal(38, 0)) a", "('99999999999999999999999999999999999999'), ('99999999999999999999999999999999999999')")]],
        "select sum(a) from t", Fails("199999999999999999999999999999999999998")),
    case!("a sort by a constant that rollup makes null", ["t": [values!("column1 s", "('p'), ('q')")]],
        "select g, s, count(*) from (select 'x' g, s from t) q group by rollup (g, s) order by g desc, s limit 1", Rows(&["null,null,2"])),
    case!("a sum beyond bigint in groups", ["t": [values!("cast(column1 as bigint) a", "(9223372036854775807), (1)")]],
        "select sum(a) from t group by a > 0", Fails("9223372036854775808")),
    case!("a sum beyond bigint in a window", ["t": [values!("cast(column1 as bigint) a", "(9223372036854775807), (1)")]],
        "select sum(a) over (order by a rows between 1 preceding and current row) from t", Fails("9223372036854775808")),
    case!("arithmetic beyond bigint", ["t": [values!("cast(column1 as bigint) a", "(9223372036854775807), (1)")]],
        "select a + 1 from t", Fails("Overflow happened on: 9223372036854775807 + 1")),
    case!("arithmetic beyond bigint in a filter", ["t": [values!("cast(column1 as bigint) a", "(9223372036854775807), (1)")]],
        "select a from t where a * 2 > 5", Fails("Overflow happened on: 9223372036854775807 * 2")),
    case!("is distinct from beside and", ["t": [values!("column1 p, column2 q", "(true, false)")]],
        "select (p is distinct from p and q) r from t", Refused("`is distinct from` compares with all that follows it", "write (a is distinct from b) or c")),
    case!("half a row number", ["t": [values!("cast(column1 as bigint) id", "(1), (2), (3)")]],
        "select row_number() over (order by id) / 2 from t", Rows(&["0", "1", "1"])),
    case!("the difference of ranks", ["t": [values!("cast(column1 as bigint) a, cast(column2 as bigint) b", "(1, 2), (2, 1)")]],
        "select a, rank() over (order by a) - rank() over (order by b) from t", Rows(&["1,-1", "2,1"])),
    case!("a date at the end of time beside a timestamp", ["t": [values!("cast(column1 as date) d", "('9999-12-31')")]],
        "select d < timestamp '2024-01-01 00:00:00' from t", Rows(&["false"])),
    case!("a limit on rows of which no column is read", ["t": [T]],
        "select 'US' as c from t order by 'constant' limit 1", Rows(&["US"])),
    case!("a limit under a join of which no column is read", ["t": [THREE], "e": [T]],
        "select b.k, a.x from (select 7 x from e limit 1) a, t b where b.k < 3", Rows(&["1,7", "2,7"])),
    case!("an order by a column that is the same where an outer join has it", ["a": [THREE], "b": [THREE]],
        "select a.k from a left join (select k from b where k = 3) b on a.k = b.k order by b.k nulls first, a.k desc limit 1", Rows(&["2"])),
    case!("an order by a literal that a full join makes null", ["a": [THREE], "b": [ONE]],
        "select b.c from (select id, 'x' c from b) b full join a on a.k = b.id group by b.c order by b.c nulls first limit 1", Rows(&["null"])),
    case!("a window over a column that a right join makes null", ["a": [THREE], "b": [THREE]],
        "select a.k, row_number() over (partition by b.k order by a.k) from (select k from b where k = 2) b right join a on a.k = b.k", Rows(&["1,1", "2,1", "3,2"])),
    case!("in a sub-query whose filter fixes its value", ["t": [T], "e": [THREE]],
        "select k from t where 3 in (select k from e where k = 3)", Rows(&["1", "2", "null"])),
    case!("in a sub-query whose filter bounds its value", ["t": [T], "e": [THREE]],
        "select t.k from t left semi join e on 3 > e.k and e.k <= 3 and e.k >= 3", Rows(&[])),
    case!("nulls that match beside an equality that is asked later", ["a": [NULLS_BOTH], "b": [NULLS_BOTH]],
        "select a.k, a.j from a join b on a.k is not distinct from b.k where a.j = b.j", Rows(&["1,1", "null,2"])),
    case!("the month of a date at the end of time", ["t": [ENDS]],
        "select date_trunc('month', d), date_trunc('year', m) from t", Rows(&["0001-01-01T00:00:00,0001-01-01T00:00:00", "9999-12-01T00:00:00,9999-01-01T00:00:00"])),
    case!("the week and the quarter of a moment at the end of time", ["t": [ENDS]],
        "select date_trunc('week', m), date_trunc('quarter', m) from t", Rows(&["0001-01-01T00:00:00,0001-01-01T00:00:00", "9999-12-27T00:00:00,9999-10-01T00:00:00"])),
    case!("the bin of a moment at the end of time", ["t": [ENDS]],
        "select date_bin(interval '1 day', m), date_bin(interval '1 month', d) from t", Rows(&["0001-01-01T00:00:00,0001-01-01T00:00:00", "9999-12-31T00:00:00,9999-12-01T00:00:00"])),
    case!("a text at the end of time as a timestamp", ["t": [values!("column1 s", "('9999-12-31T00:00:00'), ('0001-01-01')")]],
        "select to_timestamp(s) from t", Rows(&["0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"])),
    case!("a text of a format at the end of time as a timestamp", ["t": [values!("column1 s", "('31.12.9999'), ('1.2.2024')")]],
        "select to_timestamp(s, '%d.%m.%Y') from t", Rows(&["2024-02-01T00:00:00Z", "9999-12-31T00:00:00Z"])),
    case!("moments that are one as stored", ["t": [values!("column1 s", "('2024-03-05T10:11:12.123456789'), ('2024-03-05T10:11:12.123456111')")]],
        "select count(distinct to_timestamp(s)), count(distinct cast(s as timestamp(9))) from t", Rows(&["1,1"])),
    case!("a date and hours", ["t": [ENDS]],
        "select d + interval '90 minutes', interval '1 hour' + d from t", Rows(&["0001-01-01T01:30:00,0001-01-01T01:00:00", "9999-12-31T01:30:00,9999-12-31T01:00:00"])),
    case!("a date at the end of time among timestamps", ["t": [ENDS]],
        "select d in (m), greatest(d, m) = m, m - d < interval '1 day', case when d > now() then d else m end >= m from t", Rows(&["false,true,true,false", "true,true,true,true"])),
    case!("a date at the end of time beside now", ["t": [ENDS]],
        "select coalesce(d, now()) > now() from t", Rows(&["false", "true"])),
    case!("a bigint beside a double", ["t": [BEYOND]],
        "select n = d, n > d, n between d and d, n = 9007199254740992.0, n in (9007199254740992.0) from t", Rows(&["false,true,false,false,false", "true,false,true,false,false"])),
    case!("a join of a bigint with a double", ["t": [BEYOND]],
        "select a.n, b.d from t a left join t b on a.n = b.d", Rows(&["1,1.0", "9007199254740993,null"])),
    case!("a whole number in a sub-query of floats", ["t": [BEYOND]],
        "select n from t where n in (select d from t)", Rows(&["1"])),
    case!("a float in a sub-query of whole numbers", ["t": [BEYOND]],
        "select d from t where d in (select n from t)", Rows(&["1.0"])),
    case!("a whole number not in a sub-query of floats", ["t": [BEYOND]],
        "select n from t where n not in (select d from t)", Rows(&["9007199254740993"])),
    case!("a whole number not in a sub-query of floats with null", ["t": [BEYOND]],
        "select n from t where n not in (select nullif(d, 1e0) from t)", Rows(&[])),
    case!("a half in a sub-query of whole numbers", ["t": [BEYOND]],
        "select d from t where d + 0.5 not in (select n from t) and d < 2", Rows(&["1.0"])),
    case!("whole numbers beside a float in a list", ["t": [BEYOND]],
        "select n from t where n in (9007199254740992, 1e0)", Rows(&["1"])),
    case!("whole numbers beside a float in a range", ["t": [BEYOND]],
        "select n from t where n between 1 and 9007199254740992 and n between 1e0 and 9007199254740992", Rows(&["1"])),
    case!("case of a float with a whole number", ["t": [BEYOND]],
        "select case d when 9007199254740993 then 'a' when 1 then 'b' else 'c' end from t", Rows(&["b", "c"])),
    case!("case of a whole number with a float", ["t": [BEYOND]],
        "select case n when d then 'same' else 'apart' end, case n when 9007199254740992 then 1 when 1e0 then 2 end from t",
        Rows(&["apart,null", "same,2"])),
    case!("nullif of a whole number and a float", ["t": [BEYOND]],
        "select nullif(n, d) is null from t", Rows(&["false", "true"])),
    case!("is distinct from, of a whole number and a float", ["t": [BEYOND]],
        "select n is distinct from d, n is not distinct from d, d is distinct from n, n is distinct from cast(null as double) from t",
        Rows(&["false,true,false,true", "true,false,true,true"])),
    case!("is not distinct from as a key, of a whole number and a float", ["t": [BEYOND]],
        "select a.n, b.d from t a join t b on a.n is not distinct from b.d", Rows(&["1,1.0"])),
    case!("using, of a whole number and a float", ["a": [values!("cast(column1 as bigint) k", "(9007199254740993), (1)")], "b": [values!("cast(column1 as double) k", "(9007199254740992), (1)")]],
        "select count(*) from a join b using (k)", Rows(&["1"])),
    case!("except, of whole numbers and floats", ["a": [values!("cast(column1 as bigint) k", "(9007199254740993), (1), (null)")], "b": [values!("cast(column1 as double) k", "(9007199254740992), (1), (null)")]],
        "select count(*), min(k) from (select k from a except select k from b)", Rows(&["1,9007199254740993"])),
    case!("intersect, of whole numbers and floats", ["a": [values!("cast(column1 as bigint) k", "(9007199254740993), (1), (null)")], "b": [values!("cast(column1 as double) k", "(9007199254740992), (1), (null)")]],
        "select k from (select k from a intersect select k from b)", Rows(&["1", "null"])),
    case!("a union of dates and timestamps at the ends of time", ["t": [ENDS]],
        "select d from t union all select m from t", Rows(&["0001-01-01T00:00:00", "0001-01-01T00:00:00", "9999-12-31T00:00:00", "9999-12-31T23:59:59.999999"])),
    case!("a union that leaves equal moments out, at the ends of time", ["t": [ENDS]],
        "select count(*) from (select d from t union select m from t union select d from t)", Rows(&["3"])),
    case!("a date in a sub-query of timestamps at the ends of time", ["t": [ENDS]],
        "select d from t where d in (select m from t)", Rows(&["0001-01-01"])),
    case!("a timestamp in a sub-query of dates at the ends of time", ["t": [ENDS]],
        "select m from t where m in (select d from t)", Rows(&["0001-01-01T00:00:00"])),
    case!("case and coalesce of dates and timestamps at the ends of time", ["t": [ENDS]],
        "select coalesce(d, m), case d when m then 1 else 0 end, case when d = m then d else m end from t",
        Rows(&["0001-01-01T00:00:00,1,0001-01-01T00:00:00", "9999-12-31T00:00:00,0,9999-12-31T23:59:59.999999"])),
    case!("except and intersect of dates and timestamps at the ends of time", ["t": [ENDS]],
        "select count(*) from (select d from t except select m from t) union all select count(*) + 10 from (select d from t intersect select m from t)",
        Rows(&["1", "11"])),
    case!("the seconds of a text at the ends of time", ["t": [values!("column1 s", "('9999-12-31'), ('0001-01-01T00:00:00'), (null)")]],
        "select to_unixtime(s), to_unixtime(cast(s as date)) from t", Rows(&["-62135596800,-62135596800", "253402214400,253402214400", "null,null"])),
    case!("the seconds of a text in a format at the end of time", ["t": [values!("column1 s", "('31.12.9999')")]],
        "select to_unixtime(s, '%d.%m.%Y') from t", Rows(&["253402214400"])),
    case!("a part of a text at the ends of time", ["t": [values!("column1 s", "('9999-12-31'), ('0001-01-01')")]],
        "select date_part('year', s), extract(month from s) from t", Rows(&["1,1", "9999,12"])),
    case!("seconds beyond the calendar", ["t": [values!("cast(column1 as bigint) n", "(99999999999999999), (0)")]],
        "select from_unixtime(n) from t", Fails("99999999999999999 seconds are beyond the calendar")),
    case!("using, of dates and timestamps at the ends of time", ["a": [values!("cast(column1 as date) k", "('9999-12-31'), ('2024-01-01')")], "b": [values!("arrow_cast(column1, 'Timestamp(Microsecond, None)') k", "('9999-12-31T00:00:00'), ('2024-01-01T10:00:00')")]],
        "select count(*) from a join b using (k)", Rows(&["1"])),
    case!("a bigint beside a real", ["t": [values!("cast(column1 as bigint) n, arrow_cast(column2, 'Float32') f", "(16777217, 16777216), (5, 5)")]],
        "select n from t where n = f", Rows(&["5"])),
    case!("a distinct test for truth", ["t": [T]],
        "select distinct (k > 1) is true from t", Rows(&["false", "true"])),
];
