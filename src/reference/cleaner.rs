//! The page and the JSON Schema of `cleaners/<name>.toml`.

use serde_json::{Value, json};

use crate::clean::CLEANERS;
use crate::project::{ANY_TEXT, DECLARED_LAWS};

use super::schema::{object, text, texts};

pub(super) const NAME: &str = "cleaner";
pub(super) const SUMMARY: &str = "a cleaner of your own: cleaners/<name>.toml";

/// What a cleaner's file may say, for a person.
pub(super) fn page() -> String {
    let laws: String = DECLARED_LAWS
        .iter()
        .map(|(name, statement)| format!("  {name:10}  {statement}\n"))
        .collect();
    format!("{NAME}: {SUMMARY}\n\n{ABOUT}\nLaws that may be named\n\n{laws}")
}

const ABOUT: &str = r#"One SQL expression, defined once: `clean_<name>(text)` in the SQL of models and of other cleaners, `by = "<name>"`
of the expectation `is_clean`, and a subject of `lockgate fuzz`.

  summary = "The five digits of a ZIP code."     for the documentation
  sql = '''                                      required: over the text `value`; null where there is no clean form
  regexp_match(value, '^\s*([0-9]{5})(-[0-9]{4})?\s*$')[1]
  '''
  form = '[0-9]{5}'                              every clean form matches this regular expression whole
  laws = ["total", "idempotent"]                 by default all of them but `blank`, and `in_form` only with a form
  weakened = "the register has no such texts"    why it is held to less than at the base: for `check --base`

  [[input]]                                      what raw texts look like, for `fuzz` to start from; each one of
  regex = '[0-9]{5}(-[0-9]{4})?'                   texts of a regular expression
  [[input]]
  list = ["89101", " 89101-0001"]                  these texts
  [[input]]
  column = "raw.contacts.zip"                      the values of a table's column
  [[input]]
  generator = "text"                               any text, or what a built-in cleaner starts from: "phone"

  [[example]]
  raw = "89101-0001"
  clean = "89101"                                without `clean`: null

  [[law]]
  name = "zip4"
  statement = "A ZIP+4 has its ZIP code's form."
  other = "after || '-0001'"                     another raw text; what it cleans to is `other` below
  where = "after IS NOT NULL"                    the law says nothing elsewhere
  holds = "other = after"                        must be true; null is not

The SQL of `other` may use `before`, the raw text, and `after`, its clean form; `where` and `holds` may use `other` too.
Beside these inputs `fuzz` tries the values of the columns that the cleaner is used on: those that a model's SQL gives
to `clean_<name>` and those that an `is_clean` asks about. With `samples = 0` in lockgate.toml no value of a table is
tried, since a text that breaks a law is printed, and kept in corpus/<name>.txt.
"#;

pub(super) fn schema() -> Value {
    let list =
        |item: Value, about: &str| json!({ "type": "array", "items": item, "description": about });
    let names: Vec<&str> = DECLARED_LAWS.iter().map(|(name, _)| *name).collect();
    let generators = CLEANERS.iter().map(|cleaner| cleaner.name);
    let generators: Vec<&str> = generators.chain([ANY_TEXT]).collect();
    let law = object(&[
        ("name", true, text("unique among the laws of the cleaner")),
        ("statement", false, text("the law as a sentence")),
        (
            "other",
            false,
            text("SQL over `before` and `after` for another raw text; its clean form is `other`"),
        ),
        (
            "where",
            false,
            text(
                "SQL over `before`, `after` and `other`: where it is not true, the law says nothing",
            ),
        ),
        (
            "holds",
            true,
            text("SQL over `before`, `after` and `other` that must be true; null is not"),
        ),
    ]);
    let mut input = object(&[
        ("regex", false, text("texts of a regular expression")),
        ("list", false, texts("these texts")),
        (
            "column",
            false,
            text("the values of a table's column: `table.column` or `raw.source.column`"),
        ),
        (
            "generator",
            false,
            json!({ "enum": generators, "description": "any text, or what a built-in cleaner starts from" }),
        ),
    ]);
    input["oneOf"] = json!([
        { "required": ["regex"] },
        { "required": ["list"] },
        { "required": ["column"] },
        { "required": ["generator"] },
    ]);
    let example = object(&[
        ("raw", true, text("a raw text")),
        ("clean", false, text("what becomes of it; by default null")),
    ]);
    object(&[
        (
            "summary",
            false,
            text("what a clean text is, in a sentence"),
        ),
        (
            "sql",
            true,
            text("a SQL expression over the text `value`; null where it has no clean form"),
        ),
        (
            "form",
            false,
            text("a regular expression that every clean form matches whole"),
        ),
        (
            "laws",
            false,
            list(json!({ "enum": names }), "the built-in laws it must keep"),
        ),
        (
            "weakened",
            false,
            text(
                "why the cleaner is held to fewer laws, examples or inputs than at the base of `check --base`",
            ),
        ),
        ("law", false, list(law, "one table for each law of its own")),
        (
            "input",
            false,
            list(input, "what raw texts look like, for `fuzz` to start from"),
        ),
        (
            "example",
            false,
            list(example, "raw texts and what becomes of them"),
        ),
    ])
}
