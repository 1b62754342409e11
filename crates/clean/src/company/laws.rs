//! Laws of the company cleaner alone.

use super::super::law::{BLANKS, CASE_OF_ASCII, same};
use super::super::{Broken, Cleaner, Law};
use super::fold;
use super::strip::strip;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "legal_suffix",
        statement: "A legal suffix behind the clean form changes nothing, in any spelling.",
        holds: |cleaner, raw| {
            let suffixes = [
                " LLC",
                ", LLC",
                " ,LLC",
                " L.L.C.",
                " L L C",
                " Inc.",
                ", Incorporated",
                " CORP",
                " Ltd",
                " CO.",
                " Company",
                " LP",
                " llp",
                " PLLC",
                " P.C.",
                " Co., Inc.",
            ];
            kept(cleaner, raw, |clean| {
                suffixes
                    .iter()
                    .map(|suffix| format!("{clean}{suffix}"))
                    .collect()
            })
        },
    },
    Law {
        name: "article",
        statement: "THE before or behind the clean form changes nothing, unless a legal suffix is all of it.",
        holds: |cleaner, raw| {
            if cleaner.apply(raw).is_some_and(|clean| is_suffix(&clean)) {
                return Ok(());
            }
            kept(cleaner, raw, |clean| {
                vec![
                    format!("The {clean}"),
                    format!("{clean}, THE"),
                    format!("{clean}, The, LLC"),
                ]
            })
        },
    },
    Law {
        name: "ampersand",
        statement: "An ampersand reads as AND.",
        holds: |cleaner, raw| {
            let spelled = raw.replace('&', " AND ");
            same(&cleaner.apply(raw), &cleaner.apply(&spelled))
        },
    },
    CASE_OF_ASCII,
    BLANKS,
    Law {
        name: "never_empty",
        statement: "A text with a letter or digit has a clean form.",
        holds: |cleaner, raw| {
            let speaks = fold::fold(raw).chars().any(char::is_alphanumeric);
            match cleaner.apply(raw) {
                None if speaks => Err(Broken::new("a clean form", "null")),
                _ => Ok(()),
            }
        },
    },
    Law {
        name: "digits",
        statement: "The digits of the text stay, in their order.",
        holds: |cleaner, raw| {
            let digits = |text: &str| -> Option<String> {
                Some(text.chars().filter(|letter| letter.is_numeric()).collect())
            };
            let clean = cleaner.apply(raw).unwrap_or_default();
            same(&digits(&fold::fold(raw)), &digits(&clean))
        },
    },
    Law {
        name: "apart",
        statement: "A number or another place behind the clean form makes another name.",
        holds: |cleaner, raw| {
            let Some(clean) = cleaner.apply(raw) else {
                return Ok(());
            };
            for more in [" II", " III", " 2", " - NORTH", " AT NORTH"] {
                let other = format!("{clean}{more}");
                if cleaner.apply(&other).as_ref() == Some(&clean) {
                    return Err(Broken::new(
                        format!("another name for {other:?}"),
                        format!("{clean:?}"),
                    ));
                }
            }
            Ok(())
        },
    },
];

/// Whether nothing of it would be left behind a word.
fn is_suffix(clean: &str) -> bool {
    strip(&fold::tokens(&format!("X {clean}"))).len() == 1
}

/// Whether every text made of the clean form has that clean form.
fn kept(cleaner: &Cleaner, raw: &str, made: impl Fn(&str) -> Vec<String>) -> Result<(), Broken> {
    let clean = cleaner.apply(raw);
    for text in clean.iter().flat_map(|clean| made(clean)) {
        same(&clean, &cleaner.apply(&text)).map_err(|broken| {
            Broken::new(broken.expected, format!("{} from {text:?}", broken.found))
        })?;
    }
    Ok(())
}
