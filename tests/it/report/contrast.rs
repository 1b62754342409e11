//! Texts stand out from what is behind them, in light and in dark.

use std::collections::BTreeMap;

use lockgate::report::{self, Month};

use super::synthetic::run;

/// What text is written in, and what it is written on.
const PAIRS: &[(&str, &[&str])] = &[
    ("ink", &["bg", "card", "pale"]),
    ("soft", &["bg", "card", "pale", "mute-bg"]),
    ("deep", &["bg", "card", "pale"]),
    ("mute", &["bg", "card", "mute-bg"]),
    ("bad", &["bg", "card", "bad-bg"]),
    ("odd", &["bg", "card", "odd-bg"]),
    ("good", &["bg", "card", "good-bg"]),
    ("note", &["note-bg"]),
];

/// The colours of the light style, and of the dark one, by name.
fn colours(page: &str) -> [BTreeMap<&str, &str>; 2] {
    let mut roots = page.split(":root{").skip(1);
    [(); 2].map(|()| {
        let root = roots.next().unwrap().split('}').next().unwrap();
        let named = root
            .split(';')
            .filter_map(|one| one.strip_prefix("--")?.split_once(':'));
        named.collect()
    })
}

/// The relative luminance of WCAG 2.
fn luminance(colour: &str) -> f64 {
    let digits: Vec<char> = colour.trim_start_matches('#').chars().collect();
    let wide = digits.len() / 3;
    let channel = |at: usize| {
        let text: String = digits[at * wide..(at + 1) * wide].iter().collect();
        let text = if wide == 1 { text.repeat(2) } else { text };
        let value = f64::from(u8::from_str_radix(&text, 16).unwrap()) / 255.0;
        match value <= 0.03928 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}

#[test]
fn every_text_has_a_contrast_of_four_and_a_half_to_one() {
    let page = report::html(&Month::of(&run("1", "2024-01-01"), &[]));
    for (style, colours) in ["light", "dark"].iter().zip(colours(&page)) {
        for (text, grounds) in PAIRS {
            for ground in *grounds {
                let [one, other] = [text, ground].map(|name| luminance(colours[*name]));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(
                    contrast >= 4.5,
                    "{style}: {text} on {ground} is {contrast:.2}"
                );
            }
        }
    }
    assert!(page.contains("::placeholder{color:var(--soft)"));
    assert!(page.contains(":focus-visible{outline:3px solid"));
}
