//! Numbers that are dialled as a word: 1-800-CALL-NOW.

use super::number::Key;

/// Words that say what a number is for. `555-2368 cell` is a local number and
/// its label, not the area code 555 and a word.
const LABELS: &[&str] = &[
    "cell",
    "desk",
    "direct",
    "fax",
    "home",
    "landline",
    "main",
    "mobile",
    "office",
    "phone",
    "tel",
    "telephone",
    "text",
    "work",
];

/// The number a text spells on the keypad, whether or not the plan allows it.
///
/// The first digit starts the number. An area code in digits is followed by 7
/// to 10 letters and digits, of which the first seven count; at least four of
/// those are letters, since with fewer the digits are a number cut short. A text
/// with a label in it spells nothing.
pub(super) fn number(text: &str) -> Option<Key> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let mut dialled = [0; 14];
    let mut count = 0;
    for letter in text[start..].chars() {
        if letter.is_ascii_alphanumeric() {
            *dialled.get_mut(count)? = u8::try_from(letter).ok()?;
            count += 1;
        } else if letter.is_alphabetic() {
            return None;
        }
    }
    let mut dialled = &dialled[..count];
    if let [b'1', rest @ ..] = dialled {
        dialled = rest;
    }
    let (area, word) = dialled.split_at_checked(3)?;
    let seven = word.get(..7).filter(|_| word.len() <= 10)?;
    let letters = seven.iter().filter(|byte| byte.is_ascii_alphabetic());
    if !area.iter().all(u8::is_ascii_digit) || letters.count() < 4 || has_label(text) {
        return None;
    }
    let mut key = Key::default();
    for (place, byte) in key.iter_mut().zip(area.iter().chain(seven)) {
        *place = keypad(*byte);
    }
    Some(key)
}

fn has_label(text: &str) -> bool {
    LABELS.iter().any(|label| {
        text.split(|letter: char| !letter.is_ascii_alphabetic())
            .any(|word| word.eq_ignore_ascii_case(label))
    })
}

/// The digit a letter is on (ITU-T E.161); a digit is itself.
pub(super) fn keypad(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        b'w'..=b'z' => b'9',
        _ => byte,
    }
}
