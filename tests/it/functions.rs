//! The SQL functions against the Rust functions they are: nulls, layouts, slices, and `is_clean`.

use lockgate::clean::{CLEANERS, Cleaner};
use lockgate::engine::{Engine, Expression, LAYOUTS, Layout, Yields, text_rows};
use lockgate::expect::{Measure, Subject, kind, text_literal};
use proptest::prelude::*;

fn engine() -> Engine {
    Engine::new(None).expect("an engine")
}

fn planned(engine: &Engine, cleaner: &Cleaner, layout: Layout) -> Expression {
    let sql = format!("{}(value)", cleaner.function);
    Expression::plan(engine, &sql, &["value"], layout, Yields::Text).expect("a plan")
}

/// Raw texts with nulls between them, all of whose answers are known.
fn column(cleaner: &Cleaner) -> Vec<Option<String>> {
    let texts = [
        "",
        " ",
        "\0",
        "½ #x٣",
        "212-555-2368",
        "12 North Sample St",
        "Smith & Doe, LLC",
        "DOE, JANE",
        "é\u{301}",
    ];
    let examples = cleaner.examples.iter().map(|(raw, _)| *raw);
    let texts = texts
        .into_iter()
        .chain(examples)
        .map(|raw| Some(raw.to_owned()));
    texts.flat_map(|text| [text, None]).collect()
}

fn expected(cleaner: &Cleaner, column: &[Option<String>]) -> Vec<Option<String>> {
    column
        .iter()
        .map(|raw| raw.as_deref().and_then(|raw| cleaner.apply(raw)))
        .collect()
}

#[test]
fn every_layout_answers_as_the_rust_function_and_null_stays_null() {
    let engine = engine();
    for cleaner in CLEANERS {
        let column = column(cleaner);
        let expected = expected(cleaner, &column);
        for layout in LAYOUTS {
            let expression = planned(&engine, cleaner, *layout);
            let found: Result<Vec<_>, _> = expression.texts(&[&column]).into_iter().collect();
            assert_eq!(
                found.as_ref(),
                Ok(&expected),
                "{} over {layout:?}",
                cleaner.name
            );
        }
    }
}

#[test]
fn a_part_of_a_column_answers_as_that_part_of_the_answers() {
    let engine = engine();
    for cleaner in CLEANERS {
        let column = column(cleaner);
        let expected = expected(cleaner, &column);
        for layout in LAYOUTS {
            let expression = planned(&engine, cleaner, *layout);
            for (from, to) in [(0, 0), (0, 1), (1, 2), (3, column.len()), (2, 7)] {
                let found = expression.texts(&[&column[from..to]]);
                let found: Result<Vec<_>, _> = found.into_iter().collect();
                assert_eq!(
                    found.as_deref(),
                    Ok(&expected[from..to]),
                    "{} {layout:?} {from}..{to}",
                    cleaner.name
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_column_answers_the_same_in_every_layout(
        column in prop::collection::vec(prop::option::of("\\PC{0,24}|[0-9 ().x-]{7,20}|[A-Z]{2,5}, [A-Z]{2,5}( LLC)?"), 1..40),
    ) {
        let engine = engine();
        for cleaner in CLEANERS {
            let expected = expected(cleaner, &column);
            for layout in LAYOUTS {
                let found: Result<Vec<_>, _> = planned(&engine, cleaner, *layout).texts(&[&column]).into_iter().collect();
                prop_assert_eq!(found.as_ref(), Ok(&expected), "{} over {:?}", cleaner.name, layout);
            }
        }
    }
}

async fn rows(sql: &str) -> Vec<Vec<Option<String>>> {
    let page = text_rows(&engine(), sql, 100).await;
    page.unwrap_or_else(|error| panic!("{sql}: {error}")).rows
}

#[tokio::test]
async fn is_clean_by_every_cleaner_runs_and_tells_clean_from_raw() {
    let kind = kind("is_clean").expect("the kind");
    for cleaner in CLEANERS {
        let toml = format!("column = 'v'\nby = '{}'", cleaner.name);
        let text = lockgate::error::Text::new("is_clean.toml", toml.as_str());
        let table = toml::de::DeTable::parse(&toml).expect("TOML");
        let args = (kind.load)(&text, table).expect("arguments");
        let subject = Subject {
            table: "t".to_owned(),
            filter: None,
            quarantine: None,
            as_of: 0,
        };
        let Measure::Rows { holds, .. } = args.lower(&subject) else {
            panic!("is_clean asks of rows");
        };
        for (raw, clean) in cleaner.examples {
            for value in clean.iter().chain([raw]) {
                let is_clean = Some(*value) == *clean;
                let sql = format!(
                    "SELECT coalesce({holds}, false) FROM (VALUES ({})) AS t(v)",
                    text_literal(value)
                );
                let found = rows(&sql).await;
                assert_eq!(
                    found[0][0].as_deref(),
                    Some(if is_clean { "true" } else { "false" }),
                    "{} {value:?}",
                    cleaner.name
                );
            }
        }
    }
}

#[tokio::test]
async fn parts_and_people_are_fields_to_select() {
    let sql = "SELECT p['name'], p['legal_suffix'], p['dba'], p['site'] \
        FROM (SELECT company_parts(v) AS p FROM (VALUES ('Doe, L.L.C. dba Tiny Steps - West'), (NULL)) AS t(v))";
    let text = |texts: &[&str]| -> Vec<Option<String>> {
        texts.iter().map(|text| Some((*text).to_owned())).collect()
    };
    assert_eq!(
        rows(sql).await,
        [text(&["DOE", "LLC", "TINY STEPS", "WEST"]), vec![None; 4]]
    );
    let sql = "SELECT p['first'], p['last'] FROM (SELECT unnest(people(v)) AS p FROM (VALUES ('JANE & JOHN DOE & ROE'), (NULL), ('')) AS t(v))";
    assert_eq!(
        rows(sql).await,
        [text(&["Jane", "Doe"]), text(&["John", "Roe"])]
    );
    let sql = "SELECT people(v) IS NULL, cardinality(people(v)) FROM (VALUES (NULL), ('')) AS t(v)";
    assert_eq!(rows(sql).await[0][0].as_deref(), Some("true"));
}
