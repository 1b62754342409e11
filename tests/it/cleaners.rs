//! Cleaners of `cleaners/<name>.toml`: as SQL functions, as expectations, against a base.

use lockgate::check;
use lockgate::engine::{Engine, Expression, LAYOUTS, Yields};
use lockgate::error::Error;
use lockgate::outcome::{Change, Verdict};
use lockgate::project;

use crate::base::Repository;
use crate::shop::{self, Change::Write};
use crate::support::{Scratch, outcome, wait};

const CODE: &str = "cleaners/code.toml";
const UPPER: &str = "sql = \"upper(trim(value))\"\n";
const EXPECTATIONS: &str = "expectations/base/base_orders.toml";
const ASKED: &str = "[[expect]]\nkind = \"is_clean\"\ncolumn = \"id\"\nby = \"code\"\n";
const ORDERS: &str = "models/base/base_orders.sql";
const CLEANED: &str = "select\n    clean_code(id) as id,\n    cast(amount as bigint) as amount,\n    file_date\nfrom raw.orders\n";
const DATA: &str = "Id,Amount\nA1,1\n b2 ,2\nC3,3\n";

/// The shop with a cleaner of its own, asked of the orders' ids.
fn shop_by(cleaner: &str, more: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new(shop::SOUND);
    scratch.write(CODE, cleaner);
    scratch.write(EXPECTATIONS, ASKED);
    scratch.write("data/orders_2024-01-01.csv", DATA);
    for (path, text) in more {
        scratch.write(path, text);
    }
    scratch
}

#[test]
fn an_expectation_by_a_declared_cleaner_finds_what_the_cleaner_would_change() {
    let scratch = shop_by(UPPER, &[]);
    let run = scratch.run();
    let found = outcome(&run, "base_orders", "is_clean(id)");
    assert_eq!(
        (found.verdict, found.rows, found.of),
        (Verdict::Fail, Some(1), Some(3))
    );
    assert_eq!(found.samples[0].values["id"].as_deref(), Some(" b2 "));

    scratch.write(ORDERS, CLEANED);
    let run = scratch.run();
    let found = outcome(&run, "base_orders", "is_clean(id)");
    assert_eq!(found.verdict, Verdict::Pass, "{found:?}");
    assert_eq!(
        scratch.query("select id from base_orders order by id"),
        ["A1", "B2", "C3"]
    );
    assert_eq!(
        scratch.query("select clean_code(' x'), clean_code(null)"),
        ["X|~"]
    );
}

#[test]
fn a_source_is_asked_by_a_declared_cleaner_and_rows_are_set_aside_by_one() {
    let aside = format!("{ASKED}on_fail = \"quarantine\"\n");
    let scratch = shop_by(UPPER, &[(EXPECTATIONS, &aside)]);
    scratch.run();
    assert_eq!(
        scratch.query("select id from base_orders order by id"),
        ["A1", "C3"]
    );
    assert_eq!(
        scratch.query("select id from quarantine.base_orders"),
        [" b2 "]
    );

    let scratch = shop_by(UPPER, &[("expectations/sources/orders.toml", ASKED)]);
    let run = scratch.run();
    assert_eq!(run.files[0].outcomes[0].verdict, Verdict::Fail);
}

#[test]
fn the_function_answers_as_the_expression_in_every_layout() {
    let text = "sql = '''regexp_match(value, '^\\s*([0-9]{5})(-[0-9]{4})?\\s*$')[1]'''\n";
    let scratch = shop_by(text, &[]);
    let engine = Engine::of(&scratch.project(), None).expect("an engine");
    let column: Vec<Option<String>> = ["89101", " 89101-0001", "8910", "", "\u{661}"]
        .iter()
        .flat_map(|text| [Some((*text).to_owned()), None])
        .collect();
    for layout in LAYOUTS {
        let plan = |sql: &str| {
            let planned = Expression::plan(&engine, sql, &["value"], *layout, Yields::Text);
            planned.expect("a plan").texts(&[&column])
        };
        let function = plan("clean_code(value)");
        let sql = &scratch.project().cleaners[0].sql;
        assert_eq!(function, plan(sql.get_ref()), "{layout:?}");
        assert_eq!(function[2], Ok(Some("89101".to_owned())), "{layout:?}");
    }
}

#[test]
fn a_cleaner_may_call_another_whatever_their_names_and_its_meaning_is_that_of_both() {
    let calls = "sql = \"'#' || clean_zz(value)\"\n";
    let other = "cleaners/zz.toml";
    let scratch = shop_by(calls, &[(other, UPPER)]);
    assert_eq!(scratch.query("select clean_code(' a')"), ["#A"]);
    let meaning = |scratch: &Scratch| scratch.project().definitions()["code"].clone();
    let before = meaning(&scratch);
    scratch.write(other, "sql = \"trim(value)\"\n");
    assert_ne!(meaning(&scratch), before);
}

#[test]
fn cleaners_that_call_each_other_in_a_circle_are_told() {
    let folder = shop::project(&[
        Write(CODE, "sql = \"clean_zz(value)\"\n"),
        Write("cleaners/zz.toml", "sql = \"trim(CLEAN_code(value))\"\n"),
        Write(EXPECTATIONS, ASKED),
    ]);
    let error = project::load(folder.path()).expect_err("a problem");
    shop::pin("cleaners", [("a circle of cleaners", told(&error))]);
}

#[test]
fn sql_that_does_not_plan_is_told_at_the_cleaner_and_not_at_all_who_call_it() {
    let calls = "sql = \"clean_code(value)\"\n";
    let more = [("cleaners/aa.toml", calls), (ORDERS, CLEANED)];
    let scratch = shop_by("sql = \"uper(value)\"\n", &more);
    let project = scratch.project();
    let error = wait(async move { check::check(&project).await }).expect_err("problems");
    shop::pin("cleaners", [("a cleaner that does not plan", told(&error))]);
    let error = wait(async move {
        let engine = Engine::of(&scratch.project(), None).expect("an engine");
        lockgate::engine::text_rows(&engine, "select clean_code('x')", 1).await
    });
    let why = error.expect_err("no answer").to_string();
    assert!(
        why.contains("the SQL of clean_code is not right; see: lockgate check"),
        "{why}"
    );
}

#[test]
fn sql_that_answers_otherwise_another_time_is_told() {
    for (function, sql) in [
        ("now", "concat(value, cast(now() as varchar))"),
        ("random", "concat(value, cast(random() as varchar))"),
        ("uuid", "concat(value, uuid())"),
    ] {
        let scratch = shop_by(&format!("sql = \"{sql}\"\n"), &[]);
        let project = scratch.project();
        let error = wait(async move { check::check(&project).await }).expect_err("problems");
        let told = told(&error);
        let wanted = format!("{function}() may answer otherwise another time");
        assert!(
            told.contains(&wanted) && told.contains("cleaners/code.toml:1"),
            "{told}"
        );
    }
}

fn told(error: &Error) -> String {
    shop::rendered(error.problems())
}

#[test]
fn a_cleaner_there_is_none_of_is_told_with_all_there_are() {
    let misspelt = ASKED.replace("\"code\"", "\"cod\"");
    let unknown = ASKED.replace("\"code\"", "\"iban\"");
    let cases = [
        (
            "the name of a declared cleaner misspelt",
            vec![Write(CODE, UPPER)],
            misspelt,
        ),
        (
            "a name like none",
            vec![Write(CODE, UPPER)],
            unknown.clone(),
        ),
        ("a name where no cleaner is declared", vec![], unknown),
    ];
    let cases = cases.map(|(name, changes, asked)| {
        let folder = shop::project(&changes);
        shop::write(folder.path(), EXPECTATIONS, &asked);
        let error = project::load(folder.path()).expect_err("a problem");
        (name, told(&error))
    });
    shop::pin("cleaners", cases);
}

#[test]
fn a_cleaner_whose_file_is_wrong_is_told_there_and_not_where_it_is_asked_by() {
    let folder = shop::project(&[Write(CODE, "sql = 1\n"), Write(EXPECTATIONS, ASKED)]);
    let error = project::load(folder.path()).expect_err("a problem");
    let places: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.place())
        .collect();
    assert_eq!(places, [Some((CODE.to_owned(), 1))]);
}

#[test]
fn another_expression_of_the_cleaner_asks_something_else() {
    let scratch = shop_by(UPPER, &[]);
    let asked = |scratch: &Scratch| {
        let run = scratch.run();
        let found = outcome(&run, "base_orders", "is_clean(id)");
        (found.asked.clone(), found.rows)
    };
    let (before, rows) = asked(&scratch);
    assert_eq!(rows, Some(1));
    scratch.write(CODE, "sql = \"lower(trim(value))\"\n");
    let (after, rows) = asked(&scratch);
    assert_eq!(rows, Some(3));
    assert!(before.is_some() && before != after);
}

/// A repository whose only commit holds the shop, its ids held against a cleaner of its own.
fn repository(more: &[shop::Change]) -> Repository {
    let folder = shop::project(&[Write(CODE, UPPER), Write(EXPECTATIONS, ASKED)]);
    for change in more {
        if let Write(path, text) = change {
            shop::write(folder.path(), path, text);
        }
    }
    let root = folder.path().to_owned();
    Repository::of(folder, root)
}

fn words(changes: &[Change]) -> Vec<String> {
    let told = changes.iter().map(|change| {
        let spot = &change.place;
        let (class, what) = (change.class.as_str(), change.what);
        format!(
            "{class} {what} {}:{}",
            spot.text.path,
            spot.text.line(spot.span.start)
        )
    });
    told.collect()
}

#[test]
fn a_changed_cleaner_is_stopped_where_it_is_asked_by_unless_the_reason_is_said() {
    let repository = repository(&[]);
    repository.swap(
        CODE,
        "upper(trim(value))",
        "upper( trim(value) ) -- capitals",
    );
    let (changes, problems) = repository.changes();
    assert_eq!(
        words(&changes),
        ["cosmetic words expectations/base/base_orders.toml:4"]
    );
    assert!(problems.is_empty());

    repository.swap(CODE, "upper( trim(value) ) -- capitals", "trim(value)");
    let (changes, problems) = repository.changes();
    assert_eq!(
        words(&changes),
        ["breaking cleaner_changed expectations/base/base_orders.toml:4"]
    );
    shop::pin(
        "cleaners",
        [(
            "a changed cleaner against its base",
            shop::rendered(&problems),
        )],
    );

    repository.swap(
        EXPECTATIONS,
        "by =",
        "weakened = \"case is kept now\"\nby =",
    );
    let (changes, problems) = repository.changes();
    assert_eq!(
        words(&changes),
        ["compatible cleaner_changed expectations/base/base_orders.toml:5"]
    );
    assert!(problems.is_empty());
}

#[test]
fn a_model_that_calls_a_changed_cleaner_is_modified_though_its_text_is_not() {
    let repository = repository(&[Write(EXPECTATIONS, ""), Write(ORDERS, CLEANED)]);
    repository.swap(CODE, "upper(trim(value))", "upper(trim(value)) ");
    assert_eq!(words(&repository.changes().0), [""; 0]);
    repository.swap(CODE, "upper(trim(value))", "trim(value)");
    let (compared, problems) = repository.against("main").expect("a comparison");
    assert_eq!(
        words(&compared.changes),
        ["compatible plan_changed models/base/base_orders.sql:2"]
    );
    assert!(problems.is_empty());
    let project = project::load(&repository.root).expect("a project");
    let modified: Vec<String> = check::modified(&compared, &project).into_iter().collect();
    assert_eq!(modified, ["base_orders"]);
}

#[test]
fn a_run_builds_a_model_anew_whose_cleaner_changed_and_sets_other_rows_aside() {
    let aside = format!("{ASKED}on_fail = \"quarantine\"\n");
    let scratch = shop_by(UPPER, &[(ORDERS, CLEANED), (EXPECTATIONS, "")]);
    let ids = "select id from base_orders order by id";
    scratch.run();
    assert_eq!(scratch.query(ids), ["A1", "B2", "C3"]);
    scratch.write(CODE, "sql = \"lower(trim(value))\"\n");
    scratch.run();
    assert_eq!(scratch.query(ids), ["a1", "b2", "c3"]);

    let scratch = shop_by(UPPER, &[(EXPECTATIONS, &aside)]);
    scratch.run();
    assert_eq!(scratch.query(ids), ["A1", "C3"]);
    scratch.write(CODE, "sql = \"lower(value)\"\n");
    scratch.run();
    assert_eq!(scratch.query(ids), [" b2 "]);
}

#[test]
fn an_expectation_whose_own_sql_calls_a_changed_cleaner_is_stopped_at_that_sql() {
    let holds =
        "[[expect]]\nid = \"coded\"\nkind = \"holds\"\nsql = \"clean_code(id) is not null\"\n";
    let narrowed =
        "[[expect]]\nkind = \"not_null\"\ncolumn = \"amount\"\nwhere = \"clean_code(id) <> 'X'\"\n";
    for (text, line) in [(holds, 4), (narrowed, 4)] {
        let repository = repository(&[Write(EXPECTATIONS, text)]);
        repository.swap(CODE, "upper(trim(value))", "trim(value)");
        let (changes, _) = repository.changes();
        let expected = format!("breaking cleaner_changed {EXPECTATIONS}:{line}");
        assert_eq!(words(&changes), [expected]);
    }
}

#[test]
fn a_projects_cleaner_has_its_place_in_the_documentation() {
    let scratch = shop_by(UPPER, &[]);
    let project = scratch.project();
    let found = wait(async move { check::catalogue(&project).await }).expect("a catalogue");
    let files = lockgate::report::docs(&found, None, &[], None);
    let page = files.iter().find(|file| file.path.starts_with("cleaners"));
    let page = &page.expect("a page").text;
    for part in [
        "upper",
        "clean_code(text)",
        "by = &quot;code&quot;",
        "A clean form is its own clean form.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
