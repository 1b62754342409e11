//! What goes from the ends of a name, and what is its site.

use super::fold::{DBA, Token, text};

/// Legal suffixes: their words, longest first, and their one spelling.
const LEGAL: &[(&[&str], &str)] = &[
    (&["LIMITED", "LIABILITY", "COMPANY"], "LLC"),
    (&["LIMITED", "LIABILITY", "CO"], "LLC"),
    (&["LIMITED", "PARTNERSHIP"], "LP"),
    (&["LIMITED", "LIABILITY"], "LLC"),
    (&["L", "L", "C"], "LLC"),
    (&["L", "L", "P"], "LLP"),
    (&["LLC"], "LLC"),
    (&["INC"], "INC"),
    (&["INCORPORATED"], "INC"),
    (&["CORP"], "CORP"),
    (&["CORPORATION"], "CORP"),
    (&["LTD"], "LTD"),
    (&["LIMITED"], "LTD"),
    (&["CO"], "CO"),
    (&["COMPANY"], "CO"),
    (&["LP"], "LP"),
    (&["LLP"], "LLP"),
    (&["PLLC"], "PLLC"),
    (&["PC"], "PC"),
];

/// The legal suffix that ends a name, if a word is left before it: its length and its one spelling.
fn legal(tokens: &[Token]) -> Option<(usize, &'static str)> {
    let ends = |words: &[&str]| {
        let rest = tokens.len().saturating_sub(words.len());
        rest > 0
            && tokens[rest..]
                .iter()
                .zip(words)
                .all(|(token, word)| token.text == *word)
    };
    let found = LEGAL.iter().find(|(words, _)| ends(words));
    found.map(|(words, spelling)| (words.len(), *spelling))
}

/// The name without its legal suffixes, and what they are in text order.
pub(super) fn without_legal(tokens: &[Token]) -> (&[Token], Option<String>) {
    let mut rest = tokens;
    let mut found: Vec<&str> = Vec::new();
    loop {
        if let Some((length, spelling)) = legal(rest) {
            found.insert(0, spelling);
            rest = &rest[..rest.len() - length];
        } else if rest.len() > 1 && loose(rest) {
            rest = &rest[..rest.len() - 1];
        } else {
            break;
        }
    }
    (rest, (!found.is_empty()).then(|| found.join(" ")))
}

/// Whether the last word joins to nothing behind it.
fn loose(tokens: &[Token]) -> bool {
    let last = tokens.last().map(|token| token.text.as_str());
    matches!(last, Some("THE" | "AND" | DBA))
}

/// The name without legal suffix, THE and marks of a trade name at its ends. One word always stays.
pub(super) fn strip(tokens: &[Token]) -> &[Token] {
    let mut rest = without_legal(tokens).0;
    while rest.len() > 1 && matches!(rest[0].text.as_str(), "THE" | DBA) {
        rest = &rest[1..];
    }
    rest
}

/// Words behind AT that are no place: `KIDS AT PLAY`.
const NO_PLACE: &[&str] = &["HEART", "HOME", "LARGE", "PLAY", "REST", "WORK"];

/// The name before the site, and the site: what stands behind the last dash that a blank sets off,
/// or behind AT.
pub(super) fn site_of(tokens: &[Token]) -> (&[Token], Option<&[Token]>) {
    if let Some(at) = tokens
        .iter()
        .rposition(|token| token.dash)
        .filter(|at| *at > 0)
    {
        return (&tokens[..at], Some(&tokens[at..]));
    }
    let at = tokens.iter().rposition(|token| token.text == "AT");
    match at {
        Some(at) if at > 0 && at + 1 < tokens.len() => {
            let site = &tokens[at + 1..];
            if NO_PLACE.contains(&text(site).as_str()) {
                (tokens, None)
            } else {
                (&tokens[..at], Some(site))
            }
        }
        _ => (tokens, None),
    }
}
