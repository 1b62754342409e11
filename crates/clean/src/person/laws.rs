//! Laws of the person cleaner alone.

use super::super::law::{BLANKS, CASE_OF_ASCII, same};
use super::super::{Broken, Cleaner, Law};
use super::read::{fold, words};
use super::{Person, people, write};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "every_word_once",
        statement: "Every word of the text is in exactly one part of one person, and no other word is.",
        holds: |_, raw| {
            let mut told: Vec<String> = people(raw)
                .iter()
                .flat_map(|person| parts(person).into_iter().flatten().flat_map(words))
                .collect();
            let text = fold(raw);
            let mut read: Vec<String> = text.lines().flat_map(words).collect();
            for words in [&mut told, &mut read] {
                words.iter_mut().for_each(|word| *word = folded(word));
                words.sort();
            }
            if told == read {
                Ok(())
            } else {
                Err(Broken::new(format!("{read:?}"), format!("{told:?}")))
            }
        },
    },
    Law {
        name: "nothing_invented",
        statement: "Every word of the clean form is a word of the text.",
        holds: |cleaner, raw| {
            let text = fold(raw);
            let read: Vec<String> = text
                .lines()
                .flat_map(words)
                .map(|word| folded(&word))
                .collect();
            let clean = cleaner.apply(raw).unwrap_or_default();
            match words(&clean)
                .iter()
                .find(|word| !read.contains(&folded(word)))
            {
                Some(word) => Err(Broken::new(
                    format!("words of {read:?}"),
                    format!("{word:?}"),
                )),
                None => Ok(()),
            }
        },
    },
    Law {
        name: "one_reading",
        statement: "The clean form is of the people told.",
        holds: |cleaner, raw| {
            let mut expected = String::new();
            write(&people(raw), &mut expected);
            same(
                &Some(expected).filter(|text| !text.is_empty()),
                &cleaner.apply(raw),
            )
        },
    },
    CASE_OF_ASCII,
    BLANKS,
    Law {
        name: "title",
        statement: "A title before the clean form of one person changes nothing.",
        holds: |cleaner, raw| {
            let one = people(raw);
            let clean = cleaner.apply(raw);
            let [Person { first: Some(_), .. }] = one[..] else {
                return Ok(());
            };
            for title in ["Ms. ", "Mr ", "DR. "] {
                let titled = clean.as_ref().map(|clean| format!("{title}{clean}"));
                same(&clean, &titled.and_then(|titled| cleaner.apply(&titled)))?;
            }
            Ok(())
        },
    },
    Law {
        name: "turned",
        statement: "A person of two words reads the same as LAST, FIRST.",
        holds: turned,
    },
];

fn parts(person: &Person) -> [Option<&str>; 6] {
    [
        person.title.as_deref(),
        person.first.as_deref(),
        person.middle.as_deref(),
        person.last.as_deref(),
        person.suffix.as_deref(),
        person.role.as_deref(),
    ]
}

/// A word whatever its capitals.
fn folded(word: &str) -> String {
    fold(&word.to_lowercase().to_uppercase().to_lowercase())
}

fn turned(cleaner: &Cleaner, raw: &str) -> Result<(), Broken> {
    let Some(clean) = cleaner.apply(raw) else {
        return Ok(());
    };
    let plain = |word: &str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let Some((first, last)) = clean.split_once(' ').filter(|(a, b)| plain(a) && plain(b)) else {
        return Ok(());
    };
    let known = [
        "and",
        "iii",
        "dr",
        "mr",
        "mrs",
        "ms",
        "miss",
        "prof",
        "professor",
        "rev",
        "reverend",
    ];
    let names = |word: &str| !known.contains(&word.to_lowercase().as_str());
    if names(first) && names(last) {
        return same(
            &Some(clean.clone()),
            &cleaner.apply(&format!("{last}, {first}")),
        );
    }
    Ok(())
}
