use super::*;

/// A schema, values that fit, and values that do not, each with the path of the part that does not.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

const CASES: &[Case] = &[
    ("true", &["1", "null"], &[]),
    ("{}", &["1", "null"], &[]),
    ("false", &[], &[("1", "")]),
    (
        r#"{"type": "integer"}"#,
        &["1", "-3", "1.0"],
        &[("1.5", ""), ("\"1\"", "")],
    ),
    (
        r#"{"type": ["string", "null"]}"#,
        &["null", "\"\""],
        &[("{}", "")],
    ),
    (
        r#"{"enum": [1, "a", {"b": [1, 2], "c": 0}]}"#,
        &["1.0", "\"a\"", r#"{"c": 0, "b": [1, 2.0]}"#],
        &[("2", "")],
    ),
    (r#"{"const": 0}"#, &["0", "0.0", "-0.0"], &[("false", "")]),
    (
        r#"{"minimum": 1, "exclusiveMaximum": 2.5}"#,
        &["1", "2.4", "\"not asked\""],
        &[("0", ""), ("2.5", "")],
    ),
    (
        r#"{"exclusiveMinimum": 0, "maximum": 9007199254740992}"#,
        &["1", "9007199254740992"],
        &[("0", ""), ("9007199254740993", "")],
    ),
    (r#"{"multipleOf": 0.1}"#, &["0.3", "7"], &[("0.35", "")]),
    (
        r#"{"minLength": 2, "maxLength": 3}"#,
        &["\"ab\"", "\"äöü\"", "1"],
        &[("\"a\"", ""), ("\"abcd\"", "")],
    ),
    (
        r#"{"pattern": "^[A-Z]+$"}"#,
        &["\"AB\"", "1"],
        &[("\"aB\"", "")],
    ),
    (
        r#"{"items": {"type": "integer"}, "minItems": 1, "uniqueItems": true}"#,
        &["[1, 2]", "{}"],
        &[("[]", ""), ("[1, \"x\"]", "/1"), ("[1, 2, 1.0]", "")],
    ),
    (
        r#"{"prefixItems": [{"type": "string"}], "items": false}"#,
        &["[\"a\"]", "[]"],
        &[("[1]", "/0"), ("[\"a\", 2]", "/1")],
    ),
    (
        r#"{"$schema": "https://json-schema.org/draft/2019-09/schema", "items": [{"type": "string"}], "additionalItems": {"type": "null"}}"#,
        &["[\"a\", null]"],
        &[("[\"a\", 2]", "/1")],
    ),
    (
        r#"{"contains": {"minimum": 5}, "maxContains": 1}"#,
        &["[1, 5]"],
        &[("[1]", ""), ("[5, 6]", "")],
    ),
    (
        r#"{"required": ["a", "b/c"], "properties": {"b/c": {"type": "object", "required": ["d"]}}}"#,
        &[r#"{"a": 1, "b/c": {"d": 0}}"#, "1"],
        &[(r#"{"a": 1}"#, ""), (r#"{"a": 1, "b/c": {}}"#, "/b~1c")],
    ),
    (
        r#"{"properties": {"a": {}}, "patternProperties": {"^n_": {"type": "number"}}, "additionalProperties": false}"#,
        &[r#"{"a": "x", "n_1": 1}"#],
        &[(r#"{"n_1": "x"}"#, "/n_1"), (r#"{"b": "x"}"#, "")],
    ),
    (
        r#"{"propertyNames": {"maxLength": 2}, "maxProperties": 1}"#,
        &[r#"{"ab": 1}"#],
        &[(r#"{"abc": 1}"#, ""), (r#"{"a": 1, "b": 2}"#, "")],
    ),
    (
        r#"{"dependentRequired": {"card": ["name"]}, "dependentSchemas": {"card": {"minProperties": 3}}}"#,
        &["{}", r#"{"card": 1, "name": 2, "x": 3}"#],
        &[(r#"{"card": 1}"#, ""), (r#"{"card": 1, "name": 2}"#, "")],
    ),
    (
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"], "c": {"required": ["d"]}}}"#,
        &["{}", r#"{"a": 1, "b": 1}"#],
        &[(r#"{"a": 1}"#, ""), (r#"{"c": 1}"#, "")],
    ),
    (
        r#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#,
        &["2"],
        &[("4", "")],
    ),
    (
        r#"{"anyOf": [{"type": "string"}, {"minimum": 3}]}"#,
        &["\"a\"", "3"],
        &[("2", "")],
    ),
    (
        r#"{"oneOf": [{"minimum": 1}, {"maximum": 3}]}"#,
        &["0", "4"],
        &[("2", "")],
    ),
    (r#"{"not": {"type": "null"}}"#, &["0"], &[("null", "")]),
    (
        r#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#,
        &[r#"{"a": 1, "b": 1}"#, r#"{"c": 1}"#],
        &[(r#"{"a": 1}"#, ""), ("{}", "")],
    ),
    (
        r##"{"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}}}}}"##,
        &[r#"{"left": {"left": {}}}"#],
        &[(r#"{"left": {"left": 1}}"#, "/left/left")],
    ),
    (
        r#"{"format": "date"}"#,
        &["\"2024-02-29\"", "20240229"],
        &[("\"2023-02-29\"", ""), ("\"24-02-29\"", "")],
    ),
    (
        r#"{"format": "date-time"}"#,
        &[
            "\"2024-02-29T12:00:00Z\"",
            "\"2024-02-29T12:00:00.5+02:00\"",
        ],
        &[("\"2024-02-29 12:00\"", "")],
    ),
    (
        r#"{"format": "email"}"#,
        &["\"a.b@example.com\""],
        &[("\"a b@example.com\"", ""), ("\"a@-\"", "")],
    ),
    (
        r#"{"format": "uuid"}"#,
        &["\"123e4567-e89b-12d3-a456-426614174000\""],
        &[("\"123e4567\"", "")],
    ),
    (
        r#"{"format": "uri"}"#,
        &["\"https://example.com/a?b=c\"", "\"urn:isbn:1\""],
        &[("\"example.com\"", "")],
    ),
    (
        r#"{"format": "ipv4"}"#,
        &["\"10.0.0.1\""],
        &[("\"10.0.0.256\"", "")],
    ),
    (r#"{"format": "ipv6"}"#, &["\"::1\""], &[("\"1\"", "")]),
    (
        r#"{"format": "time"}"#,
        &["\"12:00:00Z\""],
        &[("\"25:00:00Z\"", "")],
    ),
    (
        r#"{"format": "hostname"}"#,
        &["\"a-b.example\""],
        &[("\"a_b\"", "")],
    ),
    (r#"{"format": "regex"}"#, &["\"a+\""], &[("\"(\"", "")]),
];

#[test]
fn every_keyword_lets_through_what_fits_and_tells_the_part_that_does_not() {
    let mut wrong = Vec::new();
    for (schema, right, unfit) in CASES {
        let read = Schema::read(schema).unwrap_or_else(|fault| panic!("{schema}: {fault}"));
        for text in *right {
            if let Some(fault) = read.fault_of_text(text) {
                wrong.push(format!("{schema} takes {text}: {fault}"));
            }
        }
        for (text, path) in *unfit {
            let fault = read.fault_of_text(text);
            if fault.as_ref().map(|fault| fault.path.as_str()) != Some(*path) {
                wrong.push(format!("{schema} does not take {text}: {fault:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_that_is_no_json_does_not_fit_the_schema_of_all() {
    let all = Schema::read("true").unwrap();
    for text in ["", "{a: 1}", "[1,]", "NaN", "1 2"] {
        let fault = all.fault_of_text(text).expect(text);
        assert!(fault.why.starts_with("no JSON: "), "{text}: {fault}");
    }
}

#[test]
fn what_is_not_known_is_refused_at_its_path() {
    for (schema, told) in [
        ("[]", ""),
        (r#"{"type": "text"}"#, "/type"),
        (
            r#"{"requierd": ["a"]}"#,
            "/requierd: `requierd` is no keyword of JSON Schema",
        ),
        (
            r#"{"anyOf": [{"not": {"minimun": 1}}]}"#,
            "/anyOf/0/not/minimun",
        ),
        (
            r#"{"properties": {"a/b": {"minimun": 1}}}"#,
            "/properties/a~1b/minimun",
        ),
        (
            r#"{"properties": {"a": {"minimum": "1"}}}"#,
            "/properties/a/minimum",
        ),
        (r#"{"required": "a"}"#, "/required"),
        (r#"{"minLength": -1}"#, "/minLength"),
        (r#"{"multipleOf": 0}"#, "/multipleOf"),
        (r#"{"pattern": "("}"#, "/pattern"),
        (r#"{"format": "shoe"}"#, ""),
        (
            r#"{"$ref": "https://example.com/a.json"}"#,
            "/$ref: only parts of the same schema can be referred to",
        ),
        (r##"{"$ref": "#/$defs/a"}"##, ""),
        (r##"{"$ref": "#"}"##, "/$ref: refers to itself"),
        (r#"{"anyOf": []}"#, "/anyOf"),
        (
            r#"{"minContains": 1}"#,
            "/minContains: says nothing without `contains`",
        ),
        (
            r#"{"additionalItems": false}"#,
            "/additionalItems: `additionalItems` is no keyword of this draft",
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [{"type": "null"}]}"#,
            "/prefixItems: `prefixItems` is no keyword of this draft",
        ),
        (
            r##"{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a", "minimum": 1,
                "definitions": {"a": {}}}"##,
            "/minimum: says nothing beside `$ref` in this draft",
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-04/schema#"}"#,
            "/$schema: no draft that is known here",
        ),
    ] {
        let fault = Schema::read(schema).map(|_| ()).expect_err(schema);
        assert!(fault.to_string().starts_with(told), "{schema}: {fault}");
    }
    for schema in [
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "title": "t", "x-ours": 1}"#,
        r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.com/a"}"#,
        r#"{"unevaluatedProperties": false}"#,
    ] {
        assert!(Schema::read(schema).is_ok(), "{schema}");
    }
}
