//! What can never pass, or says two things, is refused before anything is asked.

use lockgate::error::Text;
use lockgate::expect;

use crate::ask::{Asked, ask, first_run, rows};

const CASES: &[&str] = &[
    "kind = 'range'\ncolumn = 'n'",
    "kind = 'range'\ncolumn = 'n'\nmax = -1",
    "kind = 'variance'\ncolumn = 'n'\nmin = 2\nmax = 1",
    "kind = 'kurtosis'\ncolumn = 'n'\nmax = 2024-01-01",
    "kind = 'correlation'\ncolumns = ['n']\nmin = 0",
    "kind = 'correlation'\ncolumns = ['n', 'm']\nmin = 2",
    "kind = 'mutual_information'\ncolumns = ['n', 'm']\nmax = -1",
    "kind = 'entropy'\ncolumn = 'n'\nmax = -0.5",
    "kind = 'distinct_share'\nmin = 0.5",
    "kind = 'distinct_share'\ncolumn = 'n'\nmin = 1.5",
    "kind = 'unique_share'\ncolumn = 'n'\nskip_null = 'all'\nmin = 0.5",
    "kind = 'unique_share'\ncolumns = []\nmin = 0.5",
    "kind = 'metric'\nvalue = 'count(*)'",
    "kind = 'row_count_ratio'\nto = 'orders'\nmax = -1",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 1, same_weekday = 1 }\nbetween = [1, 2]",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 1, change = [1, 2] }\nbetween = [1, 2]",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 1, change = [2, 1] }",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 3 }\nbetween = [2, 0.5]",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { same_weekday = 0, change = [1, 2] }",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { previous = 9, of = 'least', robust_z = 3 }",
    "kind = 'sum'\ncolumn = 'n'\nagainst = { same_month_last_year = true, of = 'least', change = [1, 2] }",
    "kind = 'sum'\ncolumn = 'n'\nper = 'part'\nagainst = { same_weekday = 1, change = [1, 2] }",
    "kind = 'sum'\ncolumn = 'n'\nper = 'part'\nagainst = { previous = 9, robust_z = 3 }",
    "kind = 'kolmogorov_smirnov'\ncolumn = 'n'\nlike = 'a.b'\nmax = 1\nper = 'part'",
    "kind = 'columns'\nnames = ['a']\nat = 0",
    "kind = 'columns'\nnames = ['a']\nat = 2\nmatch = 'set'",
    "kind = 'compare'\ncolumn = 'n'\nis = 'equal'",
    "kind = 'compare'\ncolumn = 'n'\nis = 'equal'\nto = 'm'\nvalue = 1",
    "kind = 'compare'\ncolumn = 'n'\nis = 'less'\nto = 'm'\ntolerance = 1",
    "kind = 'compare'\ncolumn = 'n'\nis = 'equal'\nto = 'm'\ntolerance = -1.0",
    "kind = 'json_schema'\ncolumn = 't'\nschema = '{\"type\": }'",
    "kind = 'json_schema'\ncolumn = 't'\nschema = '{\"requierd\": [\"a\"]}'",
    "kind = 'json_schema'\ncolumn = 't'\nschema = '{\"$ref\": \"https://example.com/a.json\"}'",
    "kind = 'fixed_step'\ncolumn = 'n'\nstep = 0",
    "kind = 'fixed_step'\ncolumn = 'n'\nstep = '3 fortnights'",
    "kind = 'disjoint_ranges'\nstart = 'a'\nend = 'a'",
    "kind = 'disjoint_ranges'\nstart = 'a'\nend = 'b'\nclosed = true\ngaps = 'none'",
    "kind = 'disjoint_ranges'\nstart = 'a'\nend = 'b'\nclosed = true\nzero_length = true",
    "kind = 'refers_to'\nto = 'a.b'",
    "kind = 'refers_to'\ncolumn = 'n'",
    "kind = 'refers_to'\ncolumn = 'n'\nto = 'a.b'\nmodel = 'a'",
    "kind = 'refers_to'\ncolumns = ['n']\nto = 'a.b'",
    "kind = 'refers_to'\ncolumns = ['n']",
    "kind = 'refers_to'\ncolumns = []\nmodel = 'a'",
    "kind = 'refers_to'\ncolumns = ['n', 'm']\nmodel = 'a'\nmodel_columns = ['n']",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nmodel_columns = ['n']",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nkey = ['o']",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nkey = []",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\ntolerance = { m = 0.1 }",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nkey = ['n']\ntolerance = { n = 0.1 }",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nkey = ['n']\ntolerance = { o = 0.1 }",
    "kind = 'same_rows_as'\nmodel = 'a'\ncolumns = ['n', 'm']\nkey = ['n']\ntolerance = { m = -0.1 }",
    "kind = 'not_matches'\ncolumn = 't'\nany = ['a']\nall = ['b']",
    "kind = 'not_null'\ncolumn = 'n'\nmissing = []",
    "kind = 'row_count'\nmin = 1\nmissing = ['-']",
    "kind = 'holds'\nsql = 'true'\nmissing = ['-']",
    "kind = 'type'\ncolumn = 't'\ntypes = ['text']\nmissing = ['-']",
];

#[test]
fn every_contradiction_is_told_at_its_place_with_what_to_write() {
    let mut text = String::new();
    for toml in CASES {
        let file = Text::new("this.toml", format!("[[expect]]\n{toml}\n"));
        let (_, problems) = expect::load(&file);
        assert_eq!(problems.len(), 1, "{toml}: {problems:?}");
        let (_, line) = problems[0].place().expect(toml);
        let help = problems[0].help_text().expect(toml);
        let written = toml.replace('\n', "; ");
        text.push_str(&format!(
            "{written}\n  line {line}: {}\n  {help}\n",
            problems[0].message()
        ));
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn what_does_not_fit_the_columns_is_a_problem_of_the_project() {
    let table = [
        (
            "this",
            rows("SELECT 1 AS n, 'a' AS t, DATE '2024-01-01' AS d").await,
        ),
        ("other", rows("SELECT 1 AS n").await),
    ];
    let mut text = String::new();
    for toml in [
        "kind = 'range'\ncolumn = 't'\nmax = 1",
        "kind = 'correlation'\ncolumns = ['n', 't']\nmin = 0",
        "kind = 'fixed_step'\ncolumn = 'n'\nstep = '1 day'",
        "kind = 'fixed_step'\ncolumn = 'd'\nstep = 1",
        "kind = 'fixed_step'\ncolumn = 'd'\nstep = '1 hour'",
        "kind = 'compare'\ncolumn = 't'\nis = 'equal'\nto = 'n'\ntolerance = 1",
        "kind = 'compare'\ncolumn = 'n'\nis = 'equal'\nvalue = 'a'",
        "kind = 'metric'\nvalue = 'max(t)'\nmin = 1",
        "kind = 'metric'\nvalue = 'n'\nmin = 1",
        "kind = 'metric'\nvalue = 'sum(gone)'\nmin = 1",
        "kind = 'metric'\nvalue = 'sum(n'\nmin = 1",
        "kind = 'disjoint_ranges'\nstart = 'n'\nend = 't'",
        "kind = 'disjoint_ranges'\nstart = 'n'\nend = 'd'",
        "kind = 'refers_to'\ncolumns = ['n', 't']\nmodel = 'other'",
    ] {
        let Asked::Wrong(problems) = ask(toml, &table, first_run()).await else {
            panic!("{toml}: not refused");
        };
        text.push_str(&format!("{}\n", toml.replace('\n', "; ")));
        for problem in problems {
            let help = problem.help_text().expect(toml);
            text.push_str(&format!("  {}\n  {help}\n", problem.message()));
        }
    }
    insta::assert_snapshot!(text);
}
