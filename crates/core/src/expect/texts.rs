//! Kinds that ask something of each text: its length, what it reads as, whether it is clean.

use serde::Deserialize;

use crate::contract::Type;
use crate::dates::Form;
use crate::error::{Problem, Text};
use lockgate_clean::function;

use super::arg::{Arg, Effect, TEXT_COLUMN, Takes};
use super::bound::Given;
use super::common::{TEXT, contradiction, present, wrong};
use super::kind::load_as;
use super::sql::{ident, text as text_literal};
use super::{Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Length {
    column: Name,
    #[serde(default)]
    min: Option<u32>,
    #[serde(default)]
    max: Option<u32>,
    #[serde(default)]
    equals: Option<u32>,
}

pub(super) const LENGTH: Kind = Kind {
    name: "length",
    summary: "every text has a length within bounds",
    about: "The length is counted in characters (Unicode scalar values), spaces included. A text that is shorter or \
        longer violates.\n\
        Nulls are not asked; the empty text has length 0. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::optional("min", Takes::Count, "the least length, in characters").with(Effect::Least),
        Arg::optional("max", Takes::Count, "the greatest length, in characters").with(Effect::Most),
        Arg::optional("equals", Takes::Count, "the only length, in characters"),
    ],
    examples: &[Example {
        toml: "kind = 'length'\ncolumn = 'zip'\nequals = 5",
        passes: "SELECT * FROM (VALUES ('89101'), (NULL)) AS t(zip)",
        fails: "SELECT * FROM (VALUES ('89101'), ('')) AS t(zip)",
        others: &[],
    }],
    load: load_as::<Length>,
};

impl Lower for Length {
    fn lower(&self, _: &Subject) -> Measure {
        let length = format!("character_length({})", ident(self.column.get_ref()));
        let part = |sign: &str, bound: Option<u32>| bound.map(|n| format!("{length} {sign} {n}"));
        let parts: Vec<String> = [
            part(">=", self.min),
            part("<=", self.max),
            part("=", self.equals),
        ]
        .into_iter()
        .flatten()
        .collect();
        Measure::Rows {
            holds: parts.join(" AND "),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, TEXT)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let wide = |bound: Option<u32>| bound.map(u64::from);
        let given = Given::counts(wide(self.min), wide(self.max), wide(self.equals));
        let help = "give `min`, `max` or `equals`";
        contradiction(text, self.column.span(), &given, ("length", help))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParsesAs {
    column: Name,
    #[serde(rename = "as")]
    what: What,
    #[serde(default)]
    format: Option<Name>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum What {
    Date,
    Timestamp,
    Number,
    Int,
    Json,
}

pub(super) const PARSES_AS: Kind = Kind {
    name: "parses_as",
    summary: "every text reads as a date, timestamp, number or JSON",
    about: "The whole text must read, without spaces before or after. A date is by default written 2024-01-31, a \
        timestamp 2024-01-31T06:35:38 or with a space, with or without fractions of a second and an offset. A `number` \
        is decimal, with an optional sign, fraction and exponent; an `int` is digits with an optional sign. No thousands \
        separators.\n\
        With `format` a date or timestamp must read by it whole: `%d.%m.%Y` takes `31.01.2024` and no 30th of \
        February. `%Y` is a year of four digits and `%y` one of two: by `%d/%m/%Y` nothing reads `31/01/24`.\n\
        Nulls are not asked; the empty text reads as nothing. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::required(
            "as",
            Takes::Word(&["date", "timestamp", "number", "int", "json"]),
            "what it reads as",
        ),
        Arg::optional(
            "format",
            Takes::Text,
            "for dates and timestamps: a strftime format, such as \"%d.%m.%Y\"",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'parses_as'\ncolumn = 'issued'\nas = 'date'\nformat = '%m/%d/%Y'",
            passes: "SELECT * FROM (VALUES ('02/29/2024'), (NULL)) AS t(issued)",
            fails: "SELECT * FROM (VALUES ('02/29/2023'), ('2024-02-29')) AS t(issued)",
            others: &[],
        },
        Example {
            toml: "kind = 'parses_as'\ncolumn = 'payload'\nas = 'json'",
            passes: "SELECT * FROM (VALUES ('{\"a\": [1, null]}'), ('3')) AS t(payload)",
            fails: "SELECT * FROM (VALUES ('{a: 1}'), ('')) AS t(payload)",
            others: &[],
        },
        Example {
            toml: "kind = 'parses_as'\ncolumn = 'price'\nas = 'number'",
            passes: "SELECT * FROM (VALUES ('-1.50'), ('3'), ('1e3')) AS t(price)",
            fails: "SELECT * FROM (VALUES ('1,000')) AS t(price)",
            others: &[],
        },
    ],
    load: load_as::<ParsesAs>,
};

impl Lower for ParsesAs {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let format = self.format.as_ref().map_or("", |format| format.get_ref());
        let what = match self.what {
            What::Date => "date",
            What::Timestamp => "timestamp",
            What::Number => "number",
            What::Int => "int",
            What::Json => "json",
        };
        Measure::Rows {
            holds: format!("parses_as({column}, '{what}', {})", text_literal(format)),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, TEXT)]
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let Some(format) = &self.format else {
            return Vec::new();
        };
        if !matches!(self.what, What::Date | What::Timestamp) {
            let message = "`format` is for dates and timestamps";
            return wrong(text, format.span(), message, "take it out");
        }
        if Form::new(format.get_ref()).is_none() {
            let message = "`format` is not a strftime format";
            return wrong(
                text,
                format.span(),
                message,
                "for example \"%Y-%m-%d %H:%M:%S\"",
            );
        }
        Vec::new()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IsClean {
    column: Name,
    by: Name,
}

pub(super) const IS_CLEAN: Kind = Kind {
    name: "is_clean",
    summary: "every value is what the cleaner would make of it",
    about: "A value the cleaner rejects or would change violates. The cleaner is one of lockgate's own or one that the \
        project declares in `cleaners/<name>.toml`; another SQL expression there is another question here.\n\
        Nulls are not asked. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        TEXT_COLUMN,
        Arg::required(
            "by",
            Takes::Text,
            "the name of a cleaner, such as \"phone\" or \"address\", or of one in cleaners/<name>.toml",
        ),
    ],
    examples: &[
        Example {
            toml: "kind = 'is_clean'\ncolumn = 'phone'\nby = 'phone'",
            passes: "SELECT * FROM (VALUES ('2125552368'), (NULL)) AS t(phone)",
            fails: "SELECT * FROM (VALUES ('212-555-2368'), ('12345')) AS t(phone)",
            others: &[],
        },
        Example {
            toml: "kind = 'is_clean'\ncolumn = 'address'\nby = 'address'",
            passes: "SELECT '123 MAIN ST, RENO, NV 89501' AS address",
            fails: "SELECT '123 Main Street, Reno, NV 89501' AS address",
            others: &[],
        },
    ],
    load: load_as::<IsClean>,
};

impl Lower for IsClean {
    fn lower(&self, _: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        Measure::Rows {
            holds: format!("{}({column}) = {column}", function(self.by.get_ref())),
            among: present(&self.column),
        }
    }

    fn columns(&self) -> Vec<&Name> {
        vec![&self.column]
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        vec![(&self.column, TEXT)]
    }

    fn cleaner(&self) -> Option<&Name> {
        Some(&self.by)
    }
}
