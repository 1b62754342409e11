//! Small projects with one mistake each: what is said, and with which exit code.

use super::{lockgate, starter};
use crate::shop::{pin, write};

const EXPECTATIONS: &str = "expectations/base/base_contacts.toml";
const MODEL: &str = "models/staging/stg_contacts.sql";

/// `check` of the starter with one file written anew.
fn checked(path: &str, text: &str) -> super::Answer {
    let folder = starter();
    write(folder.path(), path, text);
    lockgate(folder.path(), &["check"])
}

#[test]
fn a_mistake_in_an_expectation_is_told_as_what_it_is() {
    let cases = [
        (
            "backslash in a basic string",
            "kind = \"matches\"\ncolumn = \"phone\"\npattern = \"\\d+\"\n",
        ),
        (
            "backspace in a pattern",
            "kind = \"matches\"\ncolumn = \"phone\"\npattern = \"\\bA\"\n",
        ),
        (
            "pattern that is too large",
            "kind = \"matches\"\ncolumn = \"phone\"\npattern = '(\\w{1000}){1000}'\n",
        ),
        (
            "allow as a share alone",
            "kind = \"not_null\"\ncolumn = \"phone\"\nallow = 0.05\n",
        ),
        (
            "allow as a count alone",
            "kind = \"not_null\"\ncolumn = \"phone\"\nallow = 5\n",
        ),
        (
            "allow in per cent",
            "kind = \"not_null\"\ncolumn = \"phone\"\nallow = \"5%\"\n",
        ),
        (
            "a common key misspelt",
            "kind = \"not_null\"\ncolumn = \"phone\"\nseverty = \"warn\"\n",
        ),
        (
            "a key of no kind",
            "kind = \"row_count\"\nmin = 1\nzebra = 2\n",
        ),
        (
            "a kind misspelt",
            "kind = \"notnull\"\ncolumn = \"phone\"\n",
        ),
        (
            "a kind of dbt",
            "kind = \"accepted_values\"\ncolumn = \"phone\"\n",
        ),
        ("a kind that nobody has", "kind = \"zebra\"\n"),
    ];
    pin(
        "cli/messages",
        cases.map(|(name, text)| {
            let answer = checked(EXPECTATIONS, &format!("[[expect]]\n{text}"));
            assert_eq!(answer.code, 2, "{name}");
            (name, answer.whole())
        }),
    );
}

#[test]
fn a_mistake_in_a_model_is_told_as_what_it_is() {
    let cases = [
        (
            "a byte order mark before SQL",
            "\u{feff}select id from base_contacts\n",
        ),
        (
            "a reference of dbt",
            "select id from {{ ref('base_contacts') }}\n",
        ),
        (
            "a source of dbt",
            "select id from {{ source('crm', 'contacts') }}\n",
        ),
        (
            "a config of dbt",
            "{{ config(materialized='table') }}\nselect id from base_contacts\n",
        ),
        (
            "a loop of Jinja",
            "select {% for c in cols %} {{ c }}, {% endfor %} id from base_contacts\n",
        ),
        (
            "a sum of a text",
            "select id, phone + interval '1 day' as x from base_contacts\n",
        ),
        (
            "an argument of another type",
            "select id, round(phone, phone, phone) as x from base_contacts\n",
        ),
        ("a trailing comma", "select id, from base_contacts where\n"),
    ];
    pin(
        "cli/messages",
        cases.map(|(name, text)| {
            let answer = checked(MODEL, text);
            assert_eq!(answer.code, 2, "{name}");
            assert!(!answer.err.contains("Utf8"), "{}", answer.err);
            (name, answer.whole())
        }),
    );
}

#[test]
fn an_address_is_told_without_its_password() {
    let folder = starter();
    for place in [
        "s3://me:hunter22@store/tables",
        "https://me:hunter22@host/x?token=hunter22",
    ] {
        for format in ["table", "json"] {
            let args = ["run", "--warehouse", place, "--format", format];
            let answer = lockgate(folder.path(), &args);
            assert_eq!(answer.code, 2, "{}", answer.err);
            let said = answer.out + &answer.err;
            assert!(said.contains("…@"), "{said}");
            assert!(!said.contains("hunter22"), "{said}");
        }
    }
}
