//! From digits to a number: prefixes, length, and the numbering plan.

use super::Reason;

/// Ten ASCII digits.
pub(super) type Key = [u8; 10];

/// A key as text.
pub(super) fn text(key: &Key) -> &str {
    // A key is digits only, so the other arm is never taken.
    std::str::from_utf8(key).unwrap_or_default()
}

/// The digits of a text. Those that no number can have are counted, not kept.
#[derive(Default)]
pub(super) struct Digits {
    kept: [u8; 16],
    count: usize,
}

impl Digits {
    pub(super) fn push(&mut self, digit: u8) {
        if let Some(place) = self.kept.get_mut(self.count) {
            *place = digit;
        }
        self.count += 1;
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The number they are, without its prefix.
    pub(super) fn number(&self) -> Result<Key, Reason> {
        let digits = &self.kept[..self.count.min(self.kept.len())];
        let national = match (self.count, digits) {
            (14, [b'0', b'1', b'1', b'1', rest @ ..]) => rest,
            (13, [b'0', b'0', b'1', rest @ ..]) => rest,
            (11, [b'1', rest @ ..]) => rest,
            _ => digits,
        };
        if let Ok(key) = Key::try_from(national) {
            return valid(key);
        }
        match (self.count, digits) {
            (7, _) => Err(Reason::Local7),
            (8.., [first, rest @ ..]) if rest.iter().all(|digit| digit == first) => {
                Err(Reason::Repeated)
            }
            (11.., [b'0', b'0', ..] | [b'0', b'1', b'1', ..]) => Err(Reason::Foreign),
            _ => Err(Reason::Length),
        }
    }
}

/// The key, if the plan allows the number.
pub(super) fn valid(key: Key) -> Result<Key, Reason> {
    let [a, b, c, d, e, f, g, h, _, _] = key;
    let refused = if key.iter().all(|digit| *digit == a) {
        Reason::Repeated
    } else if a < b'2' {
        Reason::NpaStart
    } else if (b, c) == (b'1', b'1') {
        Reason::NpaN11
    } else if b == b'9' {
        Reason::NpaN9x
    } else if is_special([a, b, c]) {
        Reason::NpaSpecial
    } else if d < b'2' {
        Reason::NxxStart
    } else if (e, f) == (b'1', b'1') {
        Reason::NxxN11
    } else if [d, e, f, g, h] == *b"55501" {
        Reason::Fictional555
    } else {
        return Ok(key);
    };
    Err(refused)
}

/// Codes that belong to no place. Of 52x and 53x, set aside for personal
/// services, 520, 530, 531, 534 and 539 are places.
fn is_special(npa: [u8; 3]) -> bool {
    match &npa {
        b"500" | b"544" | b"566" | b"577" | b"588" => true,
        b"600" | b"622" | b"633" | b"700" | b"710" | b"900" => true,
        [b'5', b'2', last] => *last != b'0',
        [b'5', b'3', last] => !b"0149".contains(last),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<String, Reason> {
        let mut digits = Digits::default();
        text.bytes().for_each(|digit| digits.push(digit));
        digits.number().map(|key| super::text(&key).to_owned())
    }

    #[test]
    fn a_prefix_goes_only_if_it_leaves_ten_digits() {
        for raw in [
            "2125552368",
            "12125552368",
            "0012125552368",
            "01112125552368",
        ] {
            assert_eq!(number(raw), Ok("2125552368".to_owned()), "{raw}");
        }
        assert_eq!(number("1234567890"), Err(Reason::NpaStart));
        assert_eq!(number("112125552368"), Err(Reason::Length));
        assert_eq!(number("02125552368"), Err(Reason::Length));
    }

    #[test]
    fn another_number_behind_an_international_prefix_is_foreign() {
        assert_eq!(number("00442079460123"), Err(Reason::Foreign));
        assert_eq!(number("011442079460123"), Err(Reason::Foreign));
        assert_eq!(number(&"01".repeat(4000)), Err(Reason::Length));
    }

    #[test]
    fn exactly_712_area_codes_are_allowed_before_the_special_ones() {
        let allowed = (0..1000)
            .filter(|npa| {
                let found = number(&format!("{npa:03}5552368"));
                matches!(found, Ok(_) | Err(Reason::NpaSpecial))
            })
            .count();
        assert_eq!(allowed, 712);
    }

    #[test]
    fn exactly_792_exchanges_are_allowed() {
        let allowed = (0..1000)
            .filter(|nxx| number(&format!("212{nxx:03}2368")).is_ok())
            .count();
        assert_eq!(allowed, 792);
    }

    #[test]
    fn area_codes_of_places_among_the_special_ones_are_kept() {
        for npa in ["520", "530", "531", "534", "539", "800", "888", "403"] {
            assert!(number(&format!("{npa}5552368")).is_ok(), "{npa}");
        }
        for npa in [
            "500", "521", "529", "533", "538", "600", "700", "710", "900",
        ] {
            let found = number(&format!("{npa}5552368"));
            assert_eq!(found, Err(Reason::NpaSpecial), "{npa}");
        }
    }

    #[test]
    fn each_rule_of_the_plan_has_its_reason() {
        let cases = [
            ("5555555555", Reason::Repeated),
            ("0000000", Reason::Local7),
            ("0125552368", Reason::NpaStart),
            ("4115552368", Reason::NpaN11),
            ("2925552368", Reason::NpaN9x),
            ("2121552368", Reason::NxxStart),
            ("2124112368", Reason::NxxN11),
            ("2125550100", Reason::Fictional555),
            ("2125550199", Reason::Fictional555),
            ("", Reason::Length),
        ];
        for (raw, reason) in cases {
            assert_eq!(number(raw), Err(reason), "{raw}");
        }
        assert!(number("2125550200").is_ok());
    }
}
