//! From a text that breaks a law to the smallest that breaks it.

/// Texts tried at most.
const TRIES: usize = 40_000;

/// Texts that are not longer, and simpler, than `text`, smallest first.
fn smaller(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let count = letters.len();
    let mut out = Vec::new();
    let without = |from: usize, to: usize| -> String {
        letters[..from].iter().chain(&letters[to..]).collect()
    };
    let mut size = count;
    while size > 0 {
        let mut from = 0;
        while from < count {
            out.push(without(from, (from + size).min(count)));
            from += size;
        }
        size /= 2;
    }
    // Two letters apart may only go together: brackets, two digits of a key.
    if count <= 48 {
        for one in 0..count {
            for two in one + 2..count {
                let kept = (0..count).filter(|at| *at != one && *at != two);
                out.push(kept.map(|at| letters[at]).collect());
            }
        }
    }
    for (at, letter) in letters.iter().enumerate() {
        for simple in ['0', '1', '2', 'a', 'A', ' ', '-'] {
            if weight(simple) < weight(*letter) {
                let mut changed = letters.clone();
                changed[at] = simple;
                out.push(changed.into_iter().collect());
            }
        }
    }
    let size = size_of(text);
    out.retain(|other| size_of(other) < size);
    out.sort_by_cached_key(|other| size_of(other));
    out.dedup();
    out
}

/// What is smaller comes first: fewer characters, then simpler ones.
fn size_of(text: &str) -> (usize, u64, String) {
    let weights = text.chars().map(weight).sum();
    (text.chars().count(), weights, text.to_owned())
}

/// How far a character is from one that needs no thought.
fn weight(letter: char) -> u64 {
    match letter {
        '0'..='9' => 1 + u64::from(letter) - u64::from('0'),
        'a' => 12,
        'A' => 13,
        ' ' => 14,
        '-' => 15,
        'b'..='z' => 20 + u64::from(letter) - u64::from('a'),
        'B'..='Z' => 50 + u64::from(letter) - u64::from('A'),
        '!'..='~' => 100 + u64::from(letter),
        letter => 1000 + u64::from(letter),
    }
}

/// The smallest text found that still breaks: no part of it can go and no character can be simpler.
/// `breaks` tells it of many texts at a time.
pub(super) fn minimal(text: &str, mut breaks: impl FnMut(&[String]) -> Vec<bool>) -> String {
    let mut text = text.to_owned();
    let mut left = TRIES;
    'smaller: loop {
        let tries = smaller(&text);
        for batch in tries.chunks(64) {
            if batch.len() > left {
                return text;
            }
            left -= batch.len();
            let broken = breaks(batch);
            if let Some(at) = broken.iter().position(|broken| *broken) {
                text = batch[at].clone();
                continue 'smaller;
            }
        }
        return text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(text: &str, breaks: fn(&str) -> bool) -> String {
        minimal(text, |texts| {
            texts.iter().map(|text| breaks(text)).collect()
        })
    }

    #[test]
    fn what_does_not_matter_goes() {
        assert_eq!(
            shrunk("some (long) text x12 behind", |text| text.contains('x')),
            "x"
        );
        assert_eq!(
            shrunk("some (long) text", |text| text.contains('(')
                && text.contains(')')),
            "()"
        );
    }

    #[test]
    fn what_matters_becomes_simple() {
        assert_eq!(
            shrunk("(702) 555-0187", |text| text
                .chars()
                .filter(char::is_ascii_digit)
                .count()
                >= 10),
            "0000000000"
        );
    }

    #[test]
    fn any_text_shrinks_to_nothing_where_all_break() {
        assert_eq!(shrunk("\u{fffd}\u{1f600} text", |_| true), "");
    }
}
