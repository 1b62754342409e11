//! Names of persons, as found in leads: one or two people in a cell, in either order.
//!
//! [`people`] takes a cell apart, and [`clean`] writes its people in one way. Every word of the cell is
//! in exactly one place; none is invented. [`CLEANER`]'s page has the rules.

mod case;
mod laws;
mod read;
#[cfg(test)]
mod tests;

use super::Cleaner;

/// One person of a cell. A part that the cell lacks is `None`; no part is empty.
///
/// ```
/// let people = lockgate_clean::person::people("Ms. JANE DOE-MOE");
/// assert_eq!(people[0].title.as_deref(), Some("Ms"));
/// assert_eq!(people[0].first.as_deref(), Some("Jane"));
/// assert_eq!(people[0].last.as_deref(), Some("Doe-Moe"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// `Ms`, `Dr`, without its period.
    pub title: Option<String>,
    /// `None` where the cell holds one name only, or cannot be split without a guess: then all of it is
    /// in `last`.
    pub first: Option<String>,
    /// Initials after the first name; with `LAST, FIRST` every further given name.
    pub middle: Option<String>,
    /// The family name, of one word or more.
    pub last: Option<String>,
    /// `Jr`, `III`.
    pub suffix: Option<String>,
    /// What stands on the lines under the name, such as a role.
    pub role: Option<String>,
}

impl Person {
    /// First, middle and last name and the suffix, single blanks between them.
    fn write(&self, out: &mut String) {
        let parts = [&self.first, &self.middle, &self.last, &self.suffix];
        for part in parts.into_iter().flatten() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            out.push_str(part);
        }
    }
}

/// The people of a cell, in its order; empty for a text without a letter or digit.
///
/// ```
/// use lockgate_clean::person::people;
///
/// let both = people("JANE & JOHN DOE & ROE");
/// assert_eq!(both[0].last.as_deref(), Some("Doe"));
/// assert_eq!(both[1].first.as_deref(), Some("John"));
/// assert!(people(" . ").is_empty());
/// ```
pub fn people(raw: &str) -> Vec<Person> {
    read::people(raw)
}

/// Writes the clean form of `raw` to `out`, cleared first. `false`, and an empty buffer, for a text
/// without a name.
///
/// ```
/// let mut out = String::new();
/// assert!(lockgate_clean::person::clean_into("DOE, JANE", &mut out));
/// assert_eq!(out, "Jane Doe");
/// ```
pub fn clean_into(raw: &str, out: &mut String) -> bool {
    out.clear();
    write(&people(raw), out);
    !out.is_empty()
}

/// The people with ` & ` between them, or a semicolon where one of them has no first name: an ampersand
/// might make a first name of the last.
fn write(people: &[Person], out: &mut String) {
    let split = people.iter().all(|person| person.first.is_some());
    let between = if split { " & " } else { "; " };
    for person in people {
        let before = out.len();
        if before > 0 {
            out.push_str(between);
        }
        let joined = out.len();
        person.write(out);
        if out.len() == joined {
            out.truncate(before);
        }
    }
}

/// The people of `raw` as `First Middle Last`, ` & ` between them; `None` for a text without a name.
///
/// ```
/// use lockgate_clean::person::clean;
///
/// assert_eq!(clean("Dr. jane o'sample").as_deref(), Some("Jane O'Sample"));
/// assert_eq!(clean("-"), None);
/// ```
pub fn clean(raw: &str) -> Option<String> {
    let mut out = String::new();
    clean_into(raw, &mut out).then_some(out)
}

/// The `person` cleaner.
pub const CLEANER: Cleaner = Cleaner {
    name: "person",
    function: "clean_person",
    summary: "The people of a cell, first name first.",
    about: ABOUT,
    clean: clean_into,
    form: r"[^\s&,;]+[,;]?( &| [^\s&,;]+[,;]?)*",
    inputs: &[
        "(Ms\\. |Mr |DR\\. |)[A-Z][a-z]{1,6}( [A-Z]\\.?)?( Mc| O'| de la | |-)[A-Z][a-z]{1,6}(,? (Jr|SR\\.|III))?",
        "[A-Z]{2,6}( [A-Z]{2,6})?, [A-Z]{2,6}( [A-Z]{1,6})?",
        "[A-Z]{2,6}( & | AND |, |/)[A-Z]{2,6} [A-Z]{2,6}(-[A-Z]{2,4})?( & | AND |, )[A-Z]{2,6}",
        "[A-Z][a-z]{1,6} [A-Z][a-z]{1,6}\\n \\n(Owner|Director|Primary Caregiver)",
    ],
    examples: &[
        ("DOE, JANE", Some("Jane Doe")),
        ("Doe, Jane Ann", Some("Jane Ann Doe")),
        ("Ms. Jane Doe", Some("Jane Doe")),
        ("JANE & JOHN DOE & ROE", Some("Jane Doe & John Roe")),
        ("Jane Doe and John Roe", Some("Jane Doe & John Roe")),
        ("JANE & JOHN DOE", Some("Jane & John Doe")),
        ("jane o'sample-mcdoe", Some("Jane O'Sample-McDoe")),
        ("Jane Doe\n \nOwner", Some("Jane Doe")),
        ("DOE JR., JOHN", Some("John Doe Jr")),
        ("  ", None),
        ("&", None),
    ],
    laws: laws::LAWS,
};

const ABOUT: &str = "\
The clean form of a person's name is `First Middle Last Suffix`, with ` & ` between two people, or `; ` \
where one of them has no first name. A null stays null; a text without a letter or digit has no clean form.

The rules, in their order:

1. The first line that is not blank is the name; the lines under it are a role (`people` tells it).
2. Titles in front (Mr, Mrs, Ms, Miss, Mx, Dr, Prof, Rev) are taken off; Jr, Sr, II, III, IV at the end \
are the suffix. Periods go.
3. `LAST, FIRST MIDDLE` is turned round. `FIRST LAST`: the first word is the first name, single letters \
after it the middle, and all the rest the last name, since families have names of several words.
4. Two people: `F1 L1 & F2 L2` one by one; `F1 & F2 L1 & L2` first to first and last to last. The marks \
between them are &, AND, + and /, and a comma where another of them stands. Where first and last names \
do not count the same, as in `JANE & JOHN DOE`, nothing is guessed: the cell stays whole, and its first \
name is null.
5. A word in capitals, or in small letters, gets one capital, also behind a hyphen, O' and Mc; a word \
in both cases stays as it is.

Not done: nicknames, and companies in place of people.";
