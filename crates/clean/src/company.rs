//! Names of companies, as found in leads.
//!
//! [`clean`] gives the match form: two names with the same one are the same company, or the same site
//! of one. [`parts`] takes a name apart. [`CLEANER`]'s page has the rules.

mod fold;
mod laws;
mod strip;
#[cfg(test)]
mod tests;

use super::Cleaner;
use fold::{DBA, Token};
use strip::{site_of, strip, without_legal};

/// A company's name taken apart, in capitals. A part that the text lacks is `None`; no part is empty.
///
/// ```
/// let company = lockgate_clean::company::parts("Sample Holdings, L.L.C. dba The Kids' Place - Durango");
/// assert_eq!(company.name.as_deref(), Some("SAMPLE HOLDINGS"));
/// assert_eq!(company.legal_suffix.as_deref(), Some("LLC"));
/// assert_eq!(company.dba.as_deref(), Some("KIDS PLACE"));
/// assert_eq!(company.site.as_deref(), Some("DURANGO"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Company {
    /// The name without legal suffix, trade name and site. `None` only for a text without a letter or digit.
    pub name: Option<String>,
    /// `LLC`, `INC`: in one spelling, as it stands behind the name, or else behind the trade name.
    pub legal_suffix: Option<String>,
    /// The name it trades under: what stands behind DBA, T/A or AKA.
    pub dba: Option<String>,
    /// Which of the company's places: what stands behind a dash that a blank sets off, or behind AT.
    pub site: Option<String>,
}

/// Takes a name apart. Blank text has no parts.
pub fn parts(raw: &str) -> Company {
    let tokens = fold::tokens(raw);
    let mut company = Company::default();
    for (at, segment) in segments(strip(&tokens)).into_iter().enumerate() {
        let outer = without_legal(segment).1;
        let (name, site) = site_of(strip(segment));
        let (bare, legal) = without_legal(name);
        let name = fold::text(bare);
        match at {
            0 => company.name = Some(name),
            _ => {
                let known = company.dba.take();
                company.dba =
                    Some(known.map_or(name.clone(), |known| format!("{known} {DBA} {name}")));
            }
        }
        company.legal_suffix = company.legal_suffix.or(legal).or(outer);
        company.site = company.site.or(site.map(fold::text));
    }
    if company.legal_suffix.is_none() {
        company.legal_suffix = without_legal(&tokens).1;
    }
    company
}

/// The segments between the trade-name marks: the company's own name first.
fn segments(tokens: &[Token]) -> Vec<&[Token]> {
    let segments = tokens.split(|token| token.text == DBA);
    let found: Vec<_> = segments.filter(|segment| !segment.is_empty()).collect();
    // A name that is the mark alone is a name.
    if found.is_empty() && !tokens.is_empty() {
        return vec![tokens];
    }
    found
}

/// Writes the match form of `raw` to `out`, cleared first. `false`, and an empty buffer, for a text
/// without a letter or digit.
///
/// ```
/// let mut out = String::new();
/// assert!(lockgate_clean::company::clean_into("Smith & Doe, Inc.", &mut out));
/// assert_eq!(out, "SMITH AND DOE");
/// ```
pub fn clean_into(raw: &str, out: &mut String) -> bool {
    let tokens = fold::tokens(raw);
    write(&tokens, out);
    // Without its dashes the form may end in what was no end before: `L L CO - C`.
    if tokens.iter().any(|token| token.dash) {
        let tokens = fold::tokens(out);
        write(&tokens, out);
    }
    !out.is_empty()
}

fn write(tokens: &[Token], out: &mut String) {
    out.clear();
    for segment in segments(strip(tokens)) {
        if !out.is_empty() {
            out.push(' ');
            out.push_str(DBA);
        }
        let parts = strip(segment).chunk_by(|_, next| !next.dash);
        let last = parts.clone().count().saturating_sub(1);
        for (at, part) in parts.enumerate() {
            let part = if at < last {
                without_legal(part).0
            } else {
                part
            };
            for token in part {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&token.text);
            }
        }
    }
}

/// The match form of `raw`; `None` for a text without a letter or digit.
///
/// ```
/// use lockgate_clean::company::clean;
///
/// assert_eq!(clean("Neighborhood School, The").as_deref(), Some("NEIGHBORHOOD SCHOOL"));
/// assert_eq!(clean("- / -"), None);
/// ```
pub fn clean(raw: &str) -> Option<String> {
    let mut out = String::new();
    clean_into(raw, &mut out).then_some(out)
}

/// The `company` cleaner.
pub const CLEANER: Cleaner = Cleaner {
    name: "company",
    function: "clean_company",
    summary: "A company's name in a form to match by: no legal suffix, one spelling.",
    about: ABOUT,
    clean: clean_into,
    form: r"[^\s\p{P}]+( [^\s\p{P}]+)*",
    inputs: &[
        "(The )?[A-Z][a-z]{1,6}( & | and | AND |, |-| - |'s |\\. )[A-Z][a-z]{1,6}(,? (LLC|L\\.L\\.C\\.|Inc\\.?|CORP|Co|Ltd\\.|L L C)){0,2}",
        "[A-Z]{1,6} [A-Z]{1,6}( II| III| 2| #3)?( - [A-Z]{1,6}| -[A-Z]{1,6}| AT [A-Z]{1,6})?(, THE)?",
        "[A-Z]{2,6}, [A-Z]{2,6}( DBA | d/b/a | D\\.B\\.A\\. | T/A | aka )[A-Z]{2,6}( LLC)?",
    ],
    examples: &[
        ("Smith & Doe, L.L.C.", Some("SMITH AND DOE")),
        ("The Pretend School", Some("PRETEND SCHOOL")),
        ("Pretend School, The", Some("PRETEND SCHOOL")),
        ("PRETEND SCHOOL -NORTH", Some("PRETEND SCHOOL NORTH")),
        ("Pretend School II", Some("PRETEND SCHOOL II")),
        (
            "DOE, JANE DBA HAPPY KIDS LLC",
            Some("DOE JANE DBA HAPPY KIDS"),
        ),
        ("Tiny Angelâ€™s Co.", Some("TINY ANGELS")),
        ("LLC", Some("LLC")),
        ("  ", None),
        ("--", None),
    ],
    laws: laws::LAWS,
};

const ABOUT: &str = "\
The clean form of a company's name is its match form: words in capitals, single blanks between \
them. A null stays null; a text without a letter or digit has no clean form, and any other has one.

The rules, in their order:

1. Text that was decoded wrongly is put right where it can be nothing else: `â€™` and, between a \
capital and a last S, `í` are apostrophes.
2. Letters lose their accents and become capitals (NFKD); `&` is AND; apostrophes go; letters that \
periods set apart are one word (`L.L.C.` is LLC). Other marks part words.
3. The legal suffix is taken off the end, and off the name before a dash: LLC, INC, CORP, LTD, CO, \
LP, LLP, PLLC, PC and their words in full, again until none is left, but never the whole name. THE \
goes from both ends, and so does AND from the end.
4. DBA, D/B/A, T/A, AKA and DOING BUSINESS AS are the word DBA. Each side of it is a name of its own.
5. A site (`- NORTH`, `AT LONE HILL`) and a number (`II`, `2`) stay: they tell places apart.

`company_parts` gives name, legal suffix, trade name and site one by one. `LAST, FIRST` is not turned \
round: whether a person or a company is meant, the text alone does not say.";
