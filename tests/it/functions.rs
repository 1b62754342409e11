//! The SQL functions against the Rust functions they are: nulls, layouts, slices, literals, and `is_clean`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use lockgate::clean::{CLEANERS, Cleaner};
use lockgate::engine::{
    Engine, Expression, FUNCTIONS, Function, LAYOUTS, Layout, Yields, json_rows, text_rows,
};
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

/// How each function is called over the column `value`: all of them.
fn calls() -> Vec<String> {
    let call = |function: &Function| match function.name {
        "parses_as" => "parses_as(value, 'int', '')".to_owned(),
        "json_fault" => "json_fault(value, '{\"type\": \"array\"}')".to_owned(),
        "surrogate_key" => "surrogate_key(value, '1', value)".to_owned(),
        name @ ("jaro_winkler" | "damerau_levenshtein") => format!("{name}(value, '42')"),
        "jaccard" => "jaccard(value, '42', 2)".to_owned(),
        name => format!("{name}(value)"),
    };
    FUNCTIONS.iter().map(call).collect()
}

/// A text column in every layout, whole and as a slice out of the middle of a longer one.
fn layouts(column: &[Option<String>]) -> Vec<(String, ArrayRef)> {
    let dictionary =
        |key: DataType, value: DataType| DataType::Dictionary(Box::new(key), Box::new(value));
    let types = [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Int8, DataType::Utf8),
        dictionary(DataType::UInt32, DataType::LargeUtf8),
        dictionary(DataType::Int64, DataType::Utf8View),
    ];
    let beside = [Some("beside 702-555-0187"), None, Some("")];
    let inner = column.iter().map(Option::as_deref);
    let longer: StringArray = beside.into_iter().chain(inner).chain(beside).collect();
    let mut all = Vec::new();
    for of in types {
        let longer = arrow::compute::cast(&longer, &of).expect("a cast");
        let slice = longer.slice(beside.len(), column.len());
        let indices = UInt64Array::from_iter_values(0..column.len() as u64);
        let whole = arrow::compute::take(&slice, &indices, None).expect("a copy");
        all.push((format!("{of} sliced"), slice));
        all.push((format!("{of}"), whole));
    }
    all
}

#[tokio::test]
async fn every_function_answers_the_same_in_every_layout_and_slice_and_null_stays_null() {
    let mut column = vec![Some("42".to_owned()), Some("+702 555 2368 x4".to_owned())];
    column.extend(CLEANERS.iter().flat_map(|one| self::column(one)));
    // No more than an Int8 key can tell apart.
    column.truncate(120);
    let sql = format!("SELECT {} FROM t", calls().join(", "));
    let mut plain = None;
    for (layout, array) in layouts(&column) {
        let engine = engine();
        let field = Field::new("value", array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(vec![field]));
        let batch = RecordBatch::try_new(schema, vec![array]).expect("a batch");
        engine.put_rows("t", vec![batch]).expect("a table");
        let page = text_rows(&engine, &sql, usize::MAX).await;
        let rows = page
            .unwrap_or_else(|error| panic!("{layout}: {error}"))
            .rows;
        assert_eq!(rows.len(), column.len());
        for (raw, row) in column.iter().zip(&rows) {
            for (call, cell) in calls().iter().zip(row) {
                let keyed = call.starts_with("surrogate_key");
                assert!(
                    raw.is_some() || cell.is_none() != keyed,
                    "{call} over {layout}: {cell:?}"
                );
            }
        }
        let plain = plain.get_or_insert_with(|| rows.clone());
        assert_eq!(&rows, plain, "{layout}");
    }
    let plain = plain.expect("rows");
    for at in 0..FUNCTIONS.len() {
        let answers = plain.iter().filter(|row| row[at].is_some()).count();
        assert!(answers > 0, "{} answers nothing", calls()[at]);
    }
}

#[tokio::test]
async fn every_function_of_a_literal_answers_as_of_a_column() {
    for text in [
        "'702-555-2368'",
        "'12 N Sample St, Reno, NV 89501'",
        "''",
        "NULL",
    ] {
        let over = |what: &str| calls().join(", ").replace("value", what);
        let literal = rows(&format!("SELECT {}", over(text))).await;
        let sql = format!(
            "SELECT {} FROM (VALUES ({text}), (NULL)) AS t(v)",
            over("v")
        );
        assert_eq!(literal[0], rows(&sql).await[0], "{text}");
    }
}

#[tokio::test]
async fn every_function_of_no_row_yields_no_row() {
    let sql = format!(
        "SELECT {} FROM (VALUES ('a')) AS t(value) WHERE value = 'b'",
        calls().join(", ")
    );
    assert_eq!(rows(&sql).await.len(), 0);
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
            moment: lockgate::expect::Moment::from(0),
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

#[tokio::test]
async fn texts_are_compared_with_texts_of_any_layout_and_null_stays_null() {
    let of = |sql: &'static str| rows(sql);
    let row = |cells: &[Option<&str>]| {
        let cells = cells.iter().map(|cell| cell.map(str::to_owned));
        cells.collect::<Vec<_>>()
    };
    let found = of(
        "SELECT jaro_winkler(a, b), damerau_levenshtein(a, b), jaccard(a, b), jaccard(a, b, 1) \
        FROM (VALUES ('a b', 'b a'), ('', ''), ('', 'a'), ('a', NULL), (NULL, 'a')) t(a, b)",
    )
    .await;
    assert_eq!(
        found[1],
        row(&[Some("1.0"), Some("0"), Some("1.0"), Some("1.0")])
    );
    assert_eq!(
        found[2],
        row(&[Some("0.0"), Some("1"), Some("0.0"), Some("0.0")])
    );
    assert_eq!(found[3], row(&[None; 4]));
    assert_eq!(found[4], row(&[None; 4]));
    assert_eq!(found[0][2..], row(&[Some("1.0"), Some("1.0")]));
    let mixed = of("SELECT jaccard(arrow_cast('night', 'LargeUtf8'), arrow_cast('nacht', 'Dictionary(Int8, Utf8)'), 2), \
        damerau_levenshtein(arrow_cast('ca', 'LargeUtf8'), arrow_cast('abc', 'Utf8View')), \
        jaccard('a', 'b', cast(null as int)), soundex(arrow_cast('Pfister', 'Utf8View'))")
    .await;
    assert_eq!(
        mixed[0],
        row(&[Some("0.14285714285714285"), Some("2"), None, Some("P236")])
    );
}

#[tokio::test]
async fn stretches_of_no_character_are_refused() {
    let error = text_rows(&engine(), "SELECT jaccard('a', 'b', 0)", 1).await;
    let error = error.expect_err("no stretch").to_string();
    assert!(error.contains("n is 0, and must be 1 or more"), "{error}");
}

#[tokio::test]
async fn lists_maps_and_structs_are_json_for_programs_and_null_is_null() {
    let sql = "SELECT named_struct('a', 1, 'b', 'x\"y', 'm', cast('1.5' as decimal(5, 2)), 'd', DATE '2024-01-01') AS s, \
        [1, NULL, 9007199254740993] AS l, ['a', 'b,c', ''] AS t, [cast('NaN' AS double), 0.5] AS f, [true] AS b, \
        arrow_cast(['a'], 'LargeList(Utf8View)') AS g, [named_struct('k', [2])] AS n, map(['k'], [1]) AS m, \
        nullif([1], [1]) AS z, 'plain' AS p";
    let page = json_rows(&engine(), sql, 9).await.expect("rows");
    let wanted = [
        Some(r#"{"a":1,"b":"x\"y","m":1.5,"d":"2024-01-01"}"#),
        Some("[1,null,9007199254740993]"),
        Some(r#"["a","b,c",""]"#),
        Some(r#"["NaN",0.5]"#),
        Some("[true]"),
        Some(r#"["a"]"#),
        Some(r#"[{"k":[2]}]"#),
        Some(r#"[{"key":"k","value":1}]"#),
        None,
        Some("plain"),
    ];
    let wanted: Vec<_> = wanted.map(|cell| cell.map(str::to_owned)).into();
    assert_eq!(page.rows, [wanted]);
    let report = |format| lockgate::report::page(&page, format);
    let json: serde_json::Value =
        serde_json::from_str(&report(lockgate::report::Format::Json)).expect("JSON");
    assert_eq!(json[0]["s"]["b"], "x\"y");
    assert_eq!(json[0]["t"][1], "b,c");
    assert_eq!(json[0]["z"], serde_json::Value::Null);
    let csv = report(lockgate::report::Format::Csv);
    assert!(csv.contains(r#""[""a"",""b,c"",""""]""#), "{csv}");
}
