//! Laws: what must be true of a cleaner for any text at all.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use regex::Regex;

use super::Cleaner;

/// A statement about a cleaner, tried on one text at a time.
#[derive(Clone, Copy)]
pub struct Law {
    pub name: &'static str,
    /// The law as a sentence.
    pub statement: &'static str,
    /// Whether the law holds of the cleaner for this text. A law that says
    /// nothing of the text holds.
    pub holds: fn(&Cleaner, &str) -> Result<(), Broken>,
}

impl Law {
    /// Like [`Law::holds`]; a panic of the cleaner breaks the law too.
    ///
    /// The panic hook still runs, so a caller that tries many texts may want
    /// to silence it.
    pub fn check(&self, cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
        panic::catch_unwind(AssertUnwindSafe(|| (self.holds)(cleaner, raw)))
            .unwrap_or_else(|panic| Err(Broken::new("an answer", said(panic.as_ref()))))
    }
}

impl fmt::Debug for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Law").field(&self.name).finish()
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    match words {
        Some(words) => format!("a panic: {words}"),
        None => "a panic".to_owned(),
    }
}

/// How a law failed to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub expected: String,
    pub found: String,
}

impl Broken {
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

/// The laws that hold a cleaner's SQL function against its Rust one: each a name and a sentence.
pub const SQL_LAWS: [(&str, &str); 2] = [
    ("null", "A null stays null, whatever layout its array has."),
    (
        "agrees_with_sql",
        "The SQL function answers as the Rust one, whatever layout its array has.",
    ),
];

/// The laws of every cleaner.
pub const LAWS: &[Law] = &[TOTAL, BLANK, IN_FORM, IDEMPOTENT, EXAMPLES];

/// The first law that this text breaks: those of every cleaner, then the
/// cleaner's own. `None`: all hold.
///
/// ```
/// use lockgate_clean::{broken, phone};
///
/// assert!(broken(&phone::CLEANER, "any text at all: ½ #x٣").is_none());
/// ```
pub fn broken(cleaner: &Cleaner, raw: &str) -> Option<(&'static Law, Broken)> {
    LAWS.iter()
        .chain(cleaner.laws)
        .find_map(|law| law.check(cleaner, raw).err().map(|broken| (law, broken)))
}

const TOTAL: Law = Law {
    name: "total",
    statement: "Any text gets an answer, the same each time, whatever the buffer held before.",
    holds: |cleaner, raw| {
        let mut used = "left over".to_owned();
        let answered = (cleaner.clean)(raw, &mut used);
        if !answered && !used.is_empty() {
            return Err(Broken::new("an empty buffer", format!("{used:?}")));
        }
        let again = cleaner.apply(raw);
        same(&answered.then_some(used), &again)
    },
};

const BLANK: Law = Law {
    name: "blank",
    statement: "The blanks of a text alone have no clean form, nor has the empty text.",
    holds: |cleaner, raw| {
        let blanks: String = raw
            .chars()
            .filter(|letter| letter.is_whitespace())
            .collect();
        same(&None, &cleaner.apply(&blanks))
    },
};

const IN_FORM: Law = Law {
    name: "in_form",
    statement: "A clean form matches the cleaner's form whole.",
    holds: |cleaner, raw| match cleaner.apply(raw) {
        Some(clean) => in_form(cleaner.form, &clean),
        None => Ok(()),
    },
};

const IDEMPOTENT: Law = Law {
    name: "idempotent",
    statement: "A clean form is its own clean form.",
    holds: |cleaner, raw| match cleaner.apply(raw) {
        Some(clean) => {
            let again = cleaner.apply(&clean);
            same(&Some(clean), &again)
        }
        None => Ok(()),
    },
};

const EXAMPLES: Law = Law {
    name: "examples",
    statement: "A text among the cleaner's examples gets the answer written there.",
    holds: |cleaner, raw| {
        let example = cleaner.examples.iter().find(|(text, _)| *text == raw);
        match example {
            Some((_, clean)) => same(&clean.map(str::to_owned), &cleaner.apply(raw)),
            None => Ok(()),
        }
    },
};

/// Of a cleaner for which the case of a letter says nothing.
pub(super) const CASE: Law = Law {
    name: "case",
    statement: "Upper and lower case of ASCII letters read the same.",
    holds: |cleaner, raw| {
        let upper = cleaner.apply(&raw.to_ascii_uppercase());
        same(&upper, &cleaner.apply(&raw.to_ascii_lowercase()))
    },
};

/// Of a cleaner for which a letter's neighbours of another script may matter.
pub(super) const CASE_OF_ASCII: Law = Law {
    name: "case",
    statement: "Upper and lower case of ASCII text read the same.",
    holds: |cleaner, raw| match raw.is_ascii() {
        true => (CASE.holds)(cleaner, raw),
        false => Ok(()),
    },
};

/// Of a cleaner for which blanks part words.
pub(super) const BLANKS: Law = Law {
    name: "blanks",
    statement: "More blanks between words, and blanks at the ends, change nothing.",
    holds: |cleaner, raw| {
        let wide = format!(" {}\u{a0}", raw.replace(' ', " \u{a0} "));
        same(&cleaner.apply(raw), &cleaner.apply(&wide))
    },
};

/// Whether two answers are the same.
pub(super) fn same(expected: &Option<String>, found: &Option<String>) -> Result<(), Broken> {
    if expected == found {
        Ok(())
    } else {
        Err(Broken::new(shown(expected), shown(found)))
    }
}

fn shown(answer: &Option<String>) -> String {
    match answer {
        Some(text) => format!("{text:?}"),
        None => "null".to_owned(),
    }
}

/// Compiling a form costs more than a thousand uses of it, and a law is tried
/// on one text at a time: compiled forms are kept.
static FORMS: Mutex<BTreeMap<&'static str, Regex>> = Mutex::new(BTreeMap::new());

fn in_form(form: &'static str, clean: &str) -> Result<(), Broken> {
    let known = FORMS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(form)
        .cloned();
    let regex = match known {
        Some(regex) => regex,
        None => {
            let regex = Regex::new(&format!(r"\A(?:{form})\z"))
                .map_err(|error| Broken::new("a regular expression", error.to_string()))?;
            FORMS
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(form, regex.clone());
            regex
        }
    };
    if regex.is_match(clean) {
        Ok(())
    } else {
        Err(Broken::new(
            format!("the form {form}"),
            format!("{clean:?}"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPPER: Cleaner = Cleaner {
        name: "upper",
        function: "upper",
        summary: "Upper case.",
        about: "",
        clean: |raw, out| {
            out.clear();
            out.push_str(raw.trim());
            out.make_ascii_uppercase();
            !out.is_empty()
        },
        form: r"\S(.*\S)?",
        inputs: &[],
        examples: &[("a b ", Some("A B")), (" ", None)],
        laws: &[],
    };

    fn breaks(clean: fn(&str, &mut String) -> bool, raw: &str) -> Option<&'static str> {
        broken(&Cleaner { clean, ..UPPER }, raw).map(|(law, _)| law.name)
    }

    #[test]
    fn a_sound_cleaner_keeps_every_law() {
        for raw in ["", " ", "a", "a b ", "é\u{a0}"] {
            let found = broken(&UPPER, raw);
            assert!(found.is_none(), "{raw:?}: {found:?}");
        }
    }

    #[test]
    fn a_buffer_that_is_not_cleared_breaks_total() {
        let clean = |raw: &str, out: &mut String| {
            out.push_str(raw);
            true
        };
        assert_eq!(breaks(clean, "a"), Some("total"));
    }

    #[test]
    fn a_panic_breaks_total_and_is_told() {
        let clean = |raw: &str, _: &mut String| raw.as_bytes()[0] == b'a';
        let found = broken(&Cleaner { clean, ..UPPER }, "").expect("a broken law");
        assert_eq!(found.0.name, "total");
        assert!(found.1.found.starts_with("a panic: index out of bounds"));
    }

    #[test]
    fn a_cleaner_that_keeps_blanks_breaks_blank() {
        let clean = |raw: &str, out: &mut String| {
            out.clear();
            out.push_str(raw);
            true
        };
        assert_eq!(breaks(clean, "a b"), Some("blank"));
    }

    #[test]
    fn a_clean_form_outside_the_form_breaks_in_form() {
        let clean = |raw: &str, out: &mut String| {
            out.clear();
            out.push_str(raw);
            !raw.trim().is_empty()
        };
        assert_eq!(breaks(clean, "a\n"), Some("in_form"));
    }

    #[test]
    fn a_cleaner_that_goes_on_changing_breaks_idempotent() {
        let clean = |raw: &str, out: &mut String| {
            out.clear();
            out.extend(raw.trim().chars().skip(1));
            !out.trim().is_empty()
        };
        assert_eq!(breaks(clean, "abc"), Some("idempotent"));
    }

    #[test]
    fn another_answer_than_the_example_breaks_examples() {
        let clean = |raw: &str, out: &mut String| {
            out.clear();
            out.push_str(raw.trim());
            !out.is_empty()
        };
        assert_eq!(breaks(clean, "a b "), Some("examples"));
    }
}
