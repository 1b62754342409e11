//! A cell's JSON against a JSON Schema: what is shown of it, and where a wrong schema is told.

use lockgate::outcome::Verdict;

use crate::ask::{Asked, ask, first_run, rows};
use crate::shop::rendered;

const SCHEMA: &str = r#"{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "tags": {"items": {"type": "string"}}}}"#;

#[tokio::test]
async fn a_cell_that_does_not_fit_is_shown_with_the_path_of_the_part_and_why() {
    let toml = format!("kind = 'json_schema'\ncolumn = 'payload'\nschema = '{SCHEMA}'");
    let sql = r#"SELECT * FROM (VALUES (1, '{"id": 1}'), (2, NULL), (3, '{"id": 1, "tags": ["a", 7]}'), (4, '{}'),
        (5, '{id: 1}'), (6, '')) AS t(n, payload)"#;
    let Asked::Judged(judged) = ask(&toml, &[("this", rows(sql).await)], first_run()).await else {
        panic!("not judged");
    };
    assert_eq!((judged.verdict, judged.rows), (Verdict::Fail, Some(4)));
    assert_eq!(judged.violations.columns, ["n", "payload", "json_fault"]);
    let told = judged.violations.rows.iter();
    let mut told: Vec<String> = told
        .map(|row| {
            let cell = |at: usize| row[at].as_deref().unwrap_or("null");
            format!("{} {}", cell(0), cell(2))
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "3 /tags/1: 7 is not of type \"string\"",
            "4 \"id\" is a required property",
            "5 no JSON: key must be a string at line 1 column 2",
            "6 no JSON: EOF while parsing a value at line 1 column 0",
        ]
    );
}

#[tokio::test]
async fn a_wrong_schema_is_told_at_its_token() {
    for (schema, message, token) in [
        (
            r#"{"type": }"#,
            "`schema` is no JSON: expected value",
            r#"}"#,
        ),
        (
            r#"{"properties": {"a": {"minimum": "1"}}}"#,
            "`schema` is no schema that can be asked: /properties/a/minimum: \"1\" is not of type \"number\"",
            r#""minimum""#,
        ),
    ] {
        let toml = format!("kind = 'json_schema'\ncolumn = 'payload'\nschema = '{schema}'");
        let table = [("this", rows("SELECT '' AS payload").await)];
        let Asked::Wrong(problems) = ask(&toml, &table, first_run()).await else {
            panic!("not refused");
        };
        assert_eq!(problems[0].message(), message);
        let place = problems[0].span().expect("a place");
        assert_eq!(place.line, 4, "{}", rendered(&problems));
        let column = "schema = '".len() + schema.find(token).unwrap() + 1;
        assert_eq!(place.column, column as u64, "{}", rendered(&problems));
    }
}

#[tokio::test]
async fn a_column_that_is_no_text_is_refused() {
    let toml = "kind = 'json_schema'\ncolumn = 'n'\nschema = 'true'";
    let asked = ask(toml, &[("this", rows("SELECT 1 AS n").await)], first_run()).await;
    assert!(matches!(asked, Asked::Wrong(_)), "{asked:?}");
}
