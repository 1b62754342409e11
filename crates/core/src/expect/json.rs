//! A cell's JSON against a JSON Schema.

use serde::Deserialize;

use crate::error::{Problem, Text};

use super::arg::{Arg, TEXT_COLUMN, Takes};
use super::common::{TEXT, present, wrong};
use super::kind::load_as;
use super::sql::{ident, text as text_literal};
use super::{Example, Kind, Lower, Measure, Name, Subject};
use crate::document;
use crate::json::Schema;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonSchema {
    column: Name,
    schema: Name,
}

pub(super) const JSON_SCHEMA: Kind = Kind {
    name: "json_schema",
    summary: "every text is JSON that fits a JSON Schema",
    about: "The schema is written as JSON, of draft 2020-12 or of the draft that its `$schema` names. A keyword or format \
        that is not known, such as a misspelt one, is refused, and so is a `$ref` to another document; `format` is asked. \
        A row that violates is shown with `json_fault`: the path of the first part of the cell that does not fit, and \
        why. Text that is no JSON violates.\n\
        Nulls are not asked; the JSON text `null` is a value, which fits where the schema lets it. A column of nulls \
        alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::required(
            "schema",
            Takes::Text,
            "the JSON Schema, such as '{\"type\": \"object\", \"required\": [\"id\"]}'",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'json_schema'\ncolumn = 'payload'\nschema = '{\"type\": \"object\", \"required\": [\"id\"], \
                \"properties\": {\"id\": {\"type\": \"integer\", \"minimum\": 1}}}'",
            passes: "SELECT * FROM (VALUES ('{\"id\": 1}'), ('{\"id\": 2, \"more\": []}'), (NULL)) AS t(payload)",
            fails: "SELECT * FROM (VALUES ('{\"id\": 0}'), ('{}'), ('[1]'), ('no JSON')) AS t(payload)",
            others: &[],
        },
        Example {
            toml: "kind = 'json_schema'\ncolumn = 'payload'\nschema = '{\"items\": {\"format\": \"date\"}}'",
            passes: "SELECT '[\"2024-02-29\"]' AS payload",
            fails: "SELECT '[\"2024-02-29\", \"2023-02-29\"]' AS payload",
            others: &[],
        },
    ],
    load: load_as::<JsonSchema>,
};

/// What is shown of a row that violates: the function's own name.
const FAULT: &str = "json_fault";

impl JsonSchema {
    /// Why the cell does not fit, as SQL; null where it does.
    fn fault(&self) -> String {
        format!(
            "{FAULT}({}, {})",
            ident(self.column.get_ref()),
            text_literal(self.schema.get_ref())
        )
    }
}

impl Lower for JsonSchema {
    fn lower(&self, _: &Subject) -> Measure {
        Measure::Rows {
            holds: format!("{} IS NULL", self.fault()),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [crate::contract::Type])> {
        vec![(&self.column, TEXT)]
    }

    fn evidence(&self) -> Option<(&'static str, String)> {
        Some((FAULT, self.fault()))
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let written = self.schema.get_ref();
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(written) {
            return self.no_json(text, &error);
        }
        let Err(fault) = Schema::read(written) else {
            return Vec::new();
        };
        // The last key of the path, where it stands once.
        let key = fault.path.rsplit('/').next().unwrap_or_default();
        let quoted = format!("\"{key}\"");
        let mut found = written.match_indices(&quoted);
        let place = match (found.next(), found.next()) {
            (Some((at, _)), None) if !key.is_empty() => {
                document::within(text, &self.schema, at..at + quoted.len())
            }
            _ => self.schema.span(),
        };
        let message = format!("`schema` is no schema that can be asked: {fault}");
        wrong(text, place, message, "mend the schema here")
    }
}

impl JsonSchema {
    fn no_json(&self, text: &Text, error: &serde_json::Error) -> Vec<Problem> {
        let written = self.schema.get_ref();
        let own = Text::new("", written.as_str());
        let at = own.offset(error.line() as u64, error.column().max(1) as u64);
        let after = written.get(at..).and_then(|rest| rest.chars().next());
        let end = after.map_or(at, |c| at + c.len_utf8());
        let place = document::within(text, &self.schema, at..end);
        let told = error.to_string();
        let why = told.split(" at line ").next().unwrap_or_default();
        let message = format!("`schema` is no JSON: {why}");
        wrong(
            text,
            place,
            message,
            "mend the JSON here, or just before it",
        )
    }
}
