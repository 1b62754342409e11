//! Capitals of a name.

/// A word of a name with its capitals: one of both cases as it is, else one capital in each part.
pub(super) fn cased(word: &str) -> String {
    let upper = word.chars().any(char::is_uppercase);
    let lower = word.chars().any(char::is_lowercase);
    if upper == lower {
        return word.to_owned();
    }
    let small = word.to_lowercase();
    if matches!(small.as_str(), "ii" | "iii" | "iv") {
        return small.to_uppercase();
    }
    let parts: Vec<String> = small.split('-').map(part).collect();
    parts.join("-")
}

/// One part of a hyphenated name, in small letters: `mcdoe`, `o'sample`.
fn part(small: &str) -> String {
    if let Some(rest) = small.strip_prefix("mc")
        && rest.chars().count() > 1
    {
        return format!("Mc{}", capital(rest));
    }
    match small.split_once('\'') {
        Some((before, behind)) if before.chars().count() == 1 && behind.chars().count() > 1 => {
            format!("{}'{}", capital(before), part(behind))
        }
        _ => capital(small),
    }
}

fn capital(small: &str) -> String {
    let mut letters = small.chars();
    match letters.next() {
        Some(first) => {
            let mut upper = first.to_uppercase();
            let head = upper.next().into_iter();
            head.chain(upper.flat_map(char::to_lowercase))
                .chain(letters)
                .collect()
        }
        None => String::new(),
    }
}
