//! Pure text cleaners: no engine.
//!
//! A [`Cleaner`] turns a raw cell into its one clean form, or says that it has
//! none. It is a plain function of the text, so that Rust, SQL, expectations
//! and the fuzzer all use the same one. What must be true of it is stated as
//! [`Law`]s: [`LAWS`] hold of every cleaner, [`Cleaner::laws`] are its own.
//!
//! ```
//! let phone = lockgate_clean::cleaner("phone").expect("a cleaner of that name");
//! let mut out = String::new();
//! assert!((phone.clean)("(212) 555-2368", &mut out));
//! assert_eq!(out, "2125552368");
//! ```

pub mod address;
pub mod company;
mod law;
pub mod person;
pub mod phone;
mod soundex;

pub use law::{Broken, LAWS, Law, SQL_LAWS, broken};
pub use soundex::soundex_into;

/// The version of the cleaners: another one may clean the same text otherwise.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A cleaner defined once and used as Rust function, SQL function, expectation
/// and fuzz subject.
#[derive(Debug)]
pub struct Cleaner {
    /// `phone`: the expectation says `by = "phone"`.
    pub name: &'static str,
    /// The SQL function that yields the clean form: `clean_phone`.
    pub function: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The cleaner's page: its rules, what null and empty do, where the rules come from.
    pub about: &'static str,
    /// Writes the clean form of a raw text to the buffer, cleared first.
    /// False, and an empty buffer: the text has no clean form, which is null in SQL.
    pub clean: fn(raw: &str, out: &mut String) -> bool,
    /// Regular expression that every clean form matches whole.
    pub form: &'static str,
    /// Regular expressions of raw texts such as the cleaner meets, for the fuzzer to start from.
    pub inputs: &'static [&'static str],
    /// Raw texts and their clean form; `None` where there is none.
    pub examples: &'static [(&'static str, Option<&'static str>)],
    /// The cleaner's own laws, beyond [`LAWS`].
    pub laws: &'static [Law],
}

impl Cleaner {
    /// The clean form in a string of its own; `None` if there is none.
    pub fn apply(&self, raw: &str) -> Option<String> {
        let mut out = String::new();
        (self.clean)(raw, &mut out).then_some(out)
    }
}

/// Every cleaner.
pub const CLEANERS: &[&Cleaner] = &[
    &phone::CLEANER,
    &address::CLEANER,
    &company::CLEANER,
    &person::CLEANER,
];

/// The cleaner of that name.
pub fn cleaner(name: &str) -> Option<&'static Cleaner> {
    CLEANERS
        .iter()
        .copied()
        .find(|cleaner| cleaner.name == name)
}

/// The SQL function that yields the clean form by the cleaner of that name: lockgate's own, or `clean_`
/// and the name for one that a project declares.
///
/// ```
/// assert_eq!(lockgate_clean::function("address"), "standard_address");
/// assert_eq!(lockgate_clean::function("zip"), "clean_zip");
/// ```
pub fn function(name: &str) -> String {
    match cleaner(name) {
        Some(cleaner) => cleaner.function.to_owned(),
        None => format!("clean_{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_fit_for_sql() {
        for (at, one) in CLEANERS.iter().enumerate() {
            let plain = |letter: u8| letter.is_ascii_lowercase() || letter == b'_';
            assert!(one.name.bytes().all(plain), "{}", one.name);
            assert!(!CLEANERS[..at].iter().any(|other| other.name == one.name));
        }
    }

    #[test]
    fn a_cleaner_is_found_by_its_name() {
        assert_eq!(cleaner("phone").map(|found| found.name), Some("phone"));
        assert!(cleaner("Phone").is_none());
        assert!(cleaner("").is_none());
    }

    #[test]
    fn every_law_holds_of_every_example() {
        for one in CLEANERS {
            for (raw, clean) in one.examples {
                assert_eq!(one.apply(raw).as_deref(), *clean, "{}: {raw:?}", one.name);
                let found = broken(one, raw);
                assert!(found.is_none(), "{}: {raw:?}: {found:?}", one.name);
            }
        }
    }
}
