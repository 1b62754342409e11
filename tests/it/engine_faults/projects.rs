//! Wrong answers as they would come out of a project: whole runs, and the published rows.

use lockgate::error::Error;
use lockgate::outcome::{Gate, Verdict};

use crate::support::{Scratch, model, outcome, wait};

const MANIFEST: &str = "name = 'faults'\nlayers = ['base', 'marts']\nas_of = 'newest_file'\n";

/// A project of these sources (a name, and the rows with their header) and other files.
fn project(sources: &[(&str, &str)], files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new(&[("lockgate.toml", MANIFEST)]);
    for (name, rows) in sources {
        let header = rows.lines().next().expect("a header");
        let columns: String = header
            .split(',')
            .map(|column| format!("{column} = {{}}\n"))
            .collect();
        scratch.write(
            &format!("contracts/sources/{name}.toml"),
            format!(
                "version = '1.0.0'\nsummary = 'Rows.'\nowner = 'data@example.com'\n\n[file]\nname = ['{name}_{{date}}.csv']\ndate = '%Y-%m-%d'\n\n[columns]\n{columns}"
            ),
        );
        scratch.write(&format!("data/{name}_2024-01-01.csv"), rows);
    }
    for (path, text) in files {
        scratch.write(path, text);
    }
    scratch
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

const LEADS: &str = "id,phone\nL1,P1\nL2,P2\nL3,P3\n";
const SF: &str = "id,phone\nS1,P1\nS2,P2\n";
const OWNERS: &str = "id,name\nS1,Ann\nS2,Bob\n";

#[test]
fn a_join_on_a_grouped_query_keeps_its_rows() {
    let query = "with m as (select l.id as lead_id, s.id as sf_id, count(*) as n from base_leads l \
         left join base_sf s on l.phone = s.phone group by l.id, s.id) \
         select o.id, m.lead_id from base_owners o join m on o.id = m.sf_id";
    let scratch = project(
        &[("leads", LEADS), ("sf", SF), ("owners", OWNERS)],
        &[
            (
                "models/base/base_leads.sql",
                "select id, phone from raw.leads",
            ),
            ("models/base/base_sf.sql", "select id, phone from raw.sf"),
            (
                "models/base/base_owners.sql",
                "select id, name from raw.owners",
            ),
            ("models/marts/mart.sql", query),
        ],
    );
    for _ in 0..2 {
        scratch.run();
        let rows = sorted(scratch.query("select id, lead_id from mart"));
        assert_eq!(rows, ["S1|L1", "S2|L2"]);
        assert_eq!(sorted(scratch.query(query)), rows);
    }
}

#[test]
fn least_and_greatest_of_a_cast_are_the_same_staged_and_published() {
    let query =
        "select min(cast(amount as bigint)) as lo, max(cast(amount as bigint)) as hi from t";
    let scratch = project(
        &[("amounts", "amount\n9\n10\n100\n")],
        &[
            ("models/base/t.sql", "select amount from raw.amounts"),
            ("models/marts/mart.sql", query),
        ],
    );
    for _ in 0..2 {
        scratch.run();
        assert_eq!(scratch.query("select lo, hi from mart"), ["9|100"]);
        assert_eq!(scratch.query(query), ["9|100"]);
    }
}

#[test]
fn nan_is_published_as_it_is_and_violates() {
    let scratch = project(
        &[("rates", "rate\n0.5\nNaN\n0.5\n")],
        &[
            (
                "models/base/t.sql",
                "select cast(rate as double) as rate from raw.rates",
            ),
            (
                "models/marts/kept.sql",
                "select rate from t where rate >= 0 and rate <= 1",
            ),
            ("models/marts/whole.sql", "select rate from t"),
            (
                "expectations/marts/whole.toml",
                "[[expect]]\nkind = 'between'\nid = 'between'\ncolumn = 'rate'\nmin = 0\nmax = 1\n\n\
                 [[expect]]\nkind = 'in_set'\nid = 'in_set'\ncolumn = 'rate'\nvalues = [0.5]\n\n\
                 [[expect]]\nkind = 'no_rows'\nid = 'no_rows'\nsql = 'select * from whole where rate > 1'\n",
            ),
        ],
    );
    for _ in 0..2 {
        let run = scratch.run();
        assert_eq!(
            sorted(scratch.query("select rate from t")),
            ["0.5", "0.5", "NaN"]
        );
        assert_eq!(scratch.query("select rate from kept"), ["0.5", "0.5"]);
        assert_eq!(model(&run, "whole").gate, Gate::Closed);
        for id in ["between", "in_set", "no_rows"] {
            let outcome = outcome(&run, "whole", id);
            assert_eq!(outcome.verdict, Verdict::Fail, "{id}");
            assert_eq!(outcome.rows, Some(1), "{id}");
            let shown = outcome.samples[0].values["rate"].clone();
            assert_eq!(shown.as_deref(), Some("NaN"), "{id}");
        }
    }
}

fn problem(scratch: &Scratch) -> String {
    let project = scratch.project();
    let error = wait(async move { lockgate::check::check(&project).await.err() });
    let Some(Error::Project(problems)) = error else {
        panic!("the project is refused: {error:?}");
    };
    let [problem] = problems.as_slice() else {
        panic!("one problem: {problems:?}");
    };
    let place = problem.span().expect("a place");
    format!(
        "{} at {}:{}:{}\n{}\nhelp: {}",
        problem.code(),
        place.file,
        place.line,
        place.column,
        problem.message(),
        problem.help_text().unwrap_or_default()
    )
}

#[test]
fn a_correlated_not_in_is_refused_in_a_model_and_its_cure_is_right() {
    let sources = [
        ("t1", "id,z\n1,10\n2,20\n,30\n4,40\n"),
        ("t2", "id,z\n1,5\n,50\n"),
    ];
    let base = |name: &str| {
        format!("select try_cast(id as bigint) as id, cast(z as bigint) as z from raw.{name}")
    };
    let (t1, t2) = (base("t1"), base("t2"));
    let scratch = project(
        &sources,
        &[
            ("models/base/t1.sql", t1.as_str()),
            ("models/base/t2.sql", t2.as_str()),
            (
                "models/marts/mart.sql",
                "select id from t1\nwhere id not in (select t2.id from t2 where t2.z < t1.z)\n",
            ),
        ],
    );
    insta::assert_snapshot!("not_in_of_a_model", problem(&scratch));
    let error = scratch.try_run(|_| {}).err();
    assert!(matches!(error, Some(Error::Project(_))), "{error:?}");
    scratch.write(
        "models/marts/mart.sql",
        "select id from t1 where id is not null and not exists (select 1 from t2 where t2.z < t1.z and (t2.id = t1.id or t2.id is null))",
    );
    for _ in 0..2 {
        scratch.run();
        assert_eq!(sorted(scratch.query("select id from mart")), ["2", "4"]);
    }
}

#[test]
fn an_expectation_with_a_constant_not_in_is_refused_at_its_token() {
    let scratch = project(
        &[("t", "id\n1\n2\n")],
        &[
            ("models/base/t.sql", "select id from raw.t"),
            (
                "expectations/base/t.toml",
                "[[expect]]\nkind = 'no_rows'\nid = 'none'\nsql = \"\"\"\nselect *\nfrom t\nwhere '3' not in (select o.id from t as o where o.id = t.id)\n\"\"\"\n",
            ),
        ],
    );
    insta::assert_snapshot!("not_in_of_an_expectation", problem(&scratch));
}

#[test]
fn a_sum_beyond_bigint_is_no_pass() {
    let scratch = project(
        &[("t", "a\n9223372036854775807\n1\n")],
        &[
            (
                "models/base/t.sql",
                "select cast(a as bigint) as a from raw.t",
            ),
            (
                "expectations/base/t.toml",
                "[[expect]]\nkind = 'sum'\nid = 'sum'\ncolumn = 'a'\nmax = 5\n",
            ),
        ],
    );
    for _ in 0..2 {
        let run = scratch.run();
        assert_eq!(model(&run, "t").gate, Gate::Closed);
        let outcome = outcome(&run, "t", "sum");
        assert!(
            matches!(outcome.verdict, Verdict::Fail | Verdict::Error),
            "{outcome:?}"
        );
    }
}
