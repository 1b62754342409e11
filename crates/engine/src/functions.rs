//! lockgate's SQL functions: the cleaners, each the same code as its Rust
//! function, and the surrogate key.

mod json;
pub(super) mod kernel;
mod moments;
mod similar;

use std::hash::{Hash, Hasher};

use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;

use lockgate_clean::{self as clean, address, company, person, phone};

use kernel::{fields, list, parts, parts_list, surrogate_keys, text};

use super::parse::parses_as;

/// A SQL function of lockgate's own.
#[derive(Clone, Copy)]
pub struct Function {
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it yields, and for which input null.
    pub about: &'static str,
    /// The cleaner whose reading it tells, or a part of it.
    pub cleaner: Option<&'static str>,
    kernel: Kernel,
}

/// How a function's arguments become its result, column by column.
#[derive(Clone, Copy)]
enum Kernel {
    /// One text to one text; false: null.
    Text(fn(&str, &mut String) -> bool),
    /// One text to a list of texts.
    List(fn(&str) -> Vec<String>),
    /// One text to named parts, each a text or null.
    Parts(&'static [&'static str], fn(&str) -> Vec<Option<String>>),
    /// One text to a list of such parts.
    PartsList(
        &'static [&'static str],
        fn(&str) -> Vec<Vec<Option<String>>>,
    ),
    /// Any number of values to one text.
    Key,
    /// A text, what it is to read as and its format to true or false.
    Reads,
    /// A text and a JSON Schema to why it does not fit.
    Fault,
    /// Two texts to how alike they are, from 0 to 1.
    Alike(fn(&str, &str) -> f64),
    /// Two texts to how many steps they are apart.
    Apart(fn(&str, &str) -> usize),
    /// Two texts, and how long their parts are, to the share of the parts that both have.
    Shared,
}

/// Every function that lockgate adds to DataFusion's.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "clean_phone",
        usage: "clean_phone(text)",
        about: "The ten digits of a North American phone number; null where there is no valid one.",
        cleaner: Some("phone"),
        kernel: Kernel::Text(phone::clean_into),
    },
    Function {
        name: "phone_reason",
        usage: "phone_reason(text)",
        about: "Why clean_phone yields what it does: `ok`, `multiple`, or what is wrong. Null for null.",
        cleaner: Some("phone"),
        kernel: Kernel::Text(|raw, out| {
            out.push_str(phone::reason(raw).as_str());
            true
        }),
    },
    Function {
        name: "phone_extension",
        usage: "phone_extension(text)",
        about: "The digits of the extension; null where there is none.",
        cleaner: Some("phone"),
        kernel: Kernel::Text(|raw, out| match phone::extension(raw) {
            Some(extension) => {
                out.push_str(&extension);
                true
            }
            None => false,
        }),
    },
    Function {
        name: "phone_numbers",
        usage: "phone_numbers(text)",
        about: "Every valid number of the cell, in order, as a list of ten digits each. Null for null.",
        cleaner: Some("phone"),
        kernel: Kernel::List(phone::numbers),
    },
    Function {
        name: "phone_area",
        usage: "phone_area(text)",
        about: "Who has the area code of clean_phone's number: `us`, `canada`, `other` (Bermuda and the Caribbean), \
            `toll_free`, or `unassigned`: not in service in NANPA's list as of 2026. Null where clean_phone is.",
        cleaner: Some("phone"),
        kernel: Kernel::Text(|raw, out| match phone::area(raw) {
            Some(area) => {
                out.push_str(area.as_str());
                true
            }
            None => false,
        }),
    },
    Function {
        name: "clean_address",
        usage: "clean_address(text)",
        about: "The parts of a US address by USPS Publication 28, as a struct of texts: number, predir, name, \
            suffix, postdir, unit_type, unit, city, state, zip5, zip4; a part that is not there is null. Null for null.",
        cleaner: Some("address"),
        kernel: Kernel::Parts(ADDRESS_PARTS, address_parts),
    },
    Function {
        name: "standard_address",
        usage: "standard_address(text)",
        about: "The address in standard form; null where there is no street.",
        cleaner: Some("address"),
        kernel: Kernel::Text(address::clean_into),
    },
    Function {
        name: "address_key",
        usage: "address_key(text)",
        about: "The match key of an address: equal for the same place however it is written; null where there is no street.",
        cleaner: Some("address"),
        kernel: Kernel::Text(|raw, out| match address::key(raw) {
            Some(key) => {
                out.push_str(&key);
                true
            }
            None => false,
        }),
    },
    Function {
        name: "parses_as",
        usage: "parses_as(text, 'date', '%d.%m.%Y')",
        about: "Whether the whole text reads as a `date`, `timestamp`, `number`, `int` or `json`; a date and a timestamp by \
            the strftime format, or as ISO 8601 where it is ''. Null for null.",
        cleaner: None,
        kernel: Kernel::Reads,
    },
    Function {
        name: "json_fault",
        usage: "json_fault(text, '{\"type\": \"object\"}')",
        about: "Why a text is no JSON that fits the JSON Schema: the path of the first part that does not, and the reason. \
            Null where it fits, and for null.",
        cleaner: None,
        kernel: Kernel::Fault,
    },
    Function {
        name: "clean_company",
        usage: "clean_company(text)",
        about: "The match form of a company's name, without its legal suffix; null where there is no letter or digit.",
        cleaner: Some("company"),
        kernel: Kernel::Text(company::clean_into),
    },
    Function {
        name: "company_parts",
        usage: "company_parts(text)",
        about: "A company's name as a struct of texts: name, legal_suffix, dba (the name it trades under), site; a part \
            that is not there is null. Null for null.",
        cleaner: Some("company"),
        kernel: Kernel::Parts(&["name", "legal_suffix", "dba", "site"], |raw| {
            let parts = company::parts(raw);
            vec![parts.name, parts.legal_suffix, parts.dba, parts.site]
        }),
    },
    Function {
        name: "clean_person",
        usage: "clean_person(text)",
        about: "The people of a cell as `First Middle Last`, ` & ` between them; null where there is no letter or digit.",
        cleaner: Some("person"),
        kernel: Kernel::Text(person::clean_into),
    },
    Function {
        name: "people",
        usage: "people(text)",
        about: "The people of a cell, in its order, as a list of structs of texts: title, first, middle, last, suffix, \
            role. `first` is null where the cell cannot be split without a guess. Null for null.",
        cleaner: Some("person"),
        kernel: Kernel::PartsList(PERSON_PARTS, |raw| {
            let people = person::people(raw).into_iter();
            people.map(person_parts).collect()
        }),
    },
    Function {
        name: "jaro_winkler",
        usage: "jaro_winkler(a, b)",
        about: "How alike two texts are, from 0 to 1, by their characters as written: Jaro's similarity, raised above 0.7 by \
            a tenth for each of up to four characters that both begin with. 1 for two empty texts, 0 where one is. Null for null.",
        cleaner: None,
        kernel: Kernel::Alike(similar::jaro_winkler),
    },
    Function {
        name: "damerau_levenshtein",
        usage: "damerau_levenshtein(a, b)",
        about: "The fewest characters to insert, delete, replace, or swap with the next one, to make one text the other; \
            of an empty text the length of the other. Null for null.",
        cleaner: None,
        kernel: Kernel::Apart(similar::damerau_levenshtein),
    },
    Function {
        name: "jaccard",
        usage: "jaccard(a, b[, n])",
        about: "The share of the words (letters and digits, as written) of two texts that both have, from 0 to 1; with n, of \
            their stretches of n characters, a shorter text being one. 1 where neither has any, 0 where one has none. Null for null.",
        cleaner: None,
        kernel: Kernel::Shared,
    },
    Function {
        name: "soundex",
        usage: "soundex(text)",
        about: "The American Soundex of a name, by the rule of the National Archives: its first letter and three digits, for \
            the letters A to Z without their accents; null where there is none.",
        cleaner: None,
        kernel: Kernel::Text(clean::soundex_into),
    },
    Function {
        name: "surrogate_key",
        usage: "surrogate_key(value, …)",
        about: "32 hexadecimal digits that stand for the values: the first half of the SHA-256 of their texts, each \
            preceded by its length, so that neither null and '' nor ('a', 'bc') and ('ab', 'c') share a key. Never null.",
        cleaner: None,
        kernel: Kernel::Key,
    },
];

/// The SQL functions that a cleaner has, built-in or declared, by name.
pub fn functions_of(cleaner: &str) -> Vec<String> {
    let of = FUNCTIONS
        .iter()
        .filter(|function| function.cleaner == Some(cleaner));
    let mut all: Vec<String> = of.map(|function| function.name.to_owned()).collect();
    if all.is_empty() {
        all.push(clean::function(cleaner));
    }
    all
}

/// Adds all functions to a session.
pub(super) fn register(ctx: &SessionContext) {
    for function in FUNCTIONS {
        ctx.register_udf(ScalarUDF::from(Udf::new(*function)));
    }
    moments::register(ctx);
}

struct Udf {
    function: Function,
    signature: Signature,
}

impl Udf {
    fn new(function: Function) -> Self {
        let signature = match function.kernel {
            Kernel::Key => Signature::variadic_any(Volatility::Immutable),
            Kernel::Reads => Signature::string(3, Volatility::Immutable),
            Kernel::Fault | Kernel::Alike(_) | Kernel::Apart(_) => {
                Signature::string(2, Volatility::Immutable)
            }
            Kernel::Shared => similar::signature(),
            _ => Signature::string(1, Volatility::Immutable),
        };
        Self {
            function,
            signature,
        }
    }
}

impl std::fmt::Debug for Udf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.function.name)
    }
}

impl PartialEq for Udf {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

const PERSON_PARTS: &[&str] = &["title", "first", "middle", "last", "suffix", "role"];

fn person_parts(person: person::Person) -> Vec<Option<String>> {
    vec![
        person.title,
        person.first,
        person.middle,
        person.last,
        person.suffix,
        person.role,
    ]
}

const ADDRESS_PARTS: &[&str] = &[
    "number",
    "predir",
    "name",
    "suffix",
    "postdir",
    "unit_type",
    "unit",
    "city",
    "state",
    "zip5",
    "zip4",
];

fn address_parts(raw: &str) -> Vec<Option<String>> {
    let address = address::parse(raw);
    vec![
        address.number,
        address.predir,
        address.name,
        address.suffix,
        address.postdir,
        address.unit_type,
        address.unit,
        address.city,
        address.state,
        address.zip5,
        address.zip4,
    ]
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.function.kernel {
            Kernel::Text(_) | Kernel::Key | Kernel::Fault => DataType::Utf8,
            Kernel::List(_) => DataType::new_list(DataType::Utf8, true),
            Kernel::Parts(names, _) => DataType::Struct(fields(names)),
            Kernel::PartsList(names, _) => {
                DataType::new_list(DataType::Struct(fields(names)), true)
            }
            Kernel::Reads => DataType::Boolean,
            Kernel::Alike(_) | Kernel::Shared => DataType::Float64,
            Kernel::Apart(_) => DataType::Int64,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let columns = args.args.into_iter();
        let columns = columns
            .map(|arg| arg.into_array(rows))
            .collect::<Result<Vec<_>>>()?;
        let result = match self.function.kernel {
            Kernel::Text(clean) => text(&columns[0], clean)?,
            Kernel::List(numbers) => list(&columns[0], numbers)?,
            Kernel::Parts(names, of) => parts(&columns[0], names, of)?,
            Kernel::PartsList(names, of) => parts_list(&columns[0], names, of)?,
            Kernel::Key => surrogate_keys(&columns, rows)?,
            Kernel::Reads => parses_as(&columns)?,
            Kernel::Fault => json::faults(&columns)?,
            Kernel::Alike(of) => similar::alike(&columns, of)?,
            Kernel::Apart(of) => similar::apart(&columns, of)?,
            Kernel::Shared => similar::shared(&columns)?,
        };
        if scalar {
            let value = datafusion::common::ScalarValue::try_from_array(&result, 0)?;
            return Ok(ColumnarValue::Scalar(value));
        }
        Ok(ColumnarValue::Array(result))
    }
}
