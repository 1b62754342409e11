//! A cell to its people.

use unicode_normalization::UnicodeNormalization;

use super::Person;
use super::case::cased;

/// A word, or what stands between names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    And,
    Comma,
    Semicolon,
}

const TITLES: &[&str] = &[
    "DR",
    "MISS",
    "MR",
    "MRS",
    "MS",
    "MX",
    "PROF",
    "PROFESSOR",
    "REV",
    "REVEREND",
];
const SUFFIXES: &[&str] = &["II", "III", "IV", "JR", "SR"];

/// The text with one apostrophe and one form of each letter.
pub(super) fn fold(raw: &str) -> String {
    raw.nfkc()
        .map(|letter| match letter {
            '`' | '\u{b4}' | '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
            '\u{2010}' | '\u{2011}' => '-',
            letter => letter,
        })
        .nfc()
        .collect()
}

/// Whether a letter belongs to a word by itself.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter)
}

/// The words of a folded text: letters, with hyphens and apostrophes between them.
pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word),
            _ => None,
        })
        .collect()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let joins = matches!(letter, '-' | '\'')
            && at > 0
            && is_letter(letters[at - 1])
            && letters.get(at + 1).copied().is_some_and(is_letter);
        if is_letter(*letter) || joins {
            word.push(*letter);
            continue;
        }
        end_word(&mut word, &mut tokens);
        match letter {
            '&' | '+' | '/' => tokens.push(Token::And),
            ',' => tokens.push(Token::Comma),
            ';' => tokens.push(Token::Semicolon),
            _ => {}
        }
    }
    end_word(&mut word, &mut tokens);
    tokens
}

fn end_word(word: &mut String, tokens: &mut Vec<Token>) {
    let word = std::mem::take(word);
    // A mark without a letter or digit before it is no word.
    if !word.chars().any(char::is_alphanumeric) {
        return;
    }
    tokens.push(if word.eq_ignore_ascii_case("and") {
        Token::And
    } else {
        Token::Word(word)
    });
}

/// The people of a cell.
pub(super) fn people(raw: &str) -> Vec<Person> {
    let text = fold(raw);
    let spoken = |line: &&str| line.chars().any(char::is_alphanumeric);
    let mut lines = text.lines().filter(spoken);
    let Some(name) = lines.next() else {
        return Vec::new();
    };
    let tokens = tokens(name).into_iter().map(|token| match token {
        Token::Word(word) => Token::Word(settled(word)),
        other => other,
    });
    let tokens: Vec<Token> = tokens.collect();
    let mut people: Vec<Person> = tokens
        .split(|token| *token == Token::Semicolon)
        .flat_map(cell)
        .collect();
    let role: Vec<String> = lines.flat_map(words).collect();
    if !role.is_empty() {
        if people.is_empty() {
            people.push(Person::default());
        }
        people[0].role = Some(role.join(" "));
    }
    people
}

/// The word with its capitals. A capital of two letters can make another word of it: it is read again
/// until it stays.
fn settled(mut word: String) -> String {
    for _ in 0..4 {
        let next = fold(&cased(&word));
        if next == word {
            break;
        }
        word = next;
    }
    word
}

/// The people between two semicolons.
fn cell(tokens: &[Token]) -> Vec<Person> {
    let tokens = trimmed(tokens);
    if tokens.is_empty() {
        return Vec::new();
    }
    let parts: Vec<&[Token]> = tokens
        .split(|token| *token == Token::And)
        .map(trimmed)
        .filter(|part| !part.is_empty())
        .collect();
    if let [one] = parts[..] {
        return vec![single(one).unwrap_or_else(|| whole(one))];
    }
    let each: Option<Vec<Person>> = parts.iter().map(|part| single(part)).collect();
    if let Some(people) = each
        && people.iter().all(|person| person.first.is_some())
    {
        return people;
    }
    zipped(tokens).unwrap_or_else(|| vec![whole(tokens)])
}

/// Without separators at its ends.
fn trimmed(tokens: &[Token]) -> &[Token] {
    let is_word = |token: &Token| matches!(token, Token::Word(_));
    let Some(start) = tokens.iter().position(is_word) else {
        return &[];
    };
    let end = tokens.iter().rposition(is_word).map_or(start, |at| at + 1);
    &tokens[start..end]
}

fn is_one_of(token: Option<&Token>, known: &[&str]) -> bool {
    let Some(Token::Word(word)) = token else {
        return false;
    };
    known.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The text of words and the separators between them.
fn text(tokens: &[Token]) -> Option<String> {
    let mut out = String::new();
    for token in tokens {
        match token {
            Token::Word(word) => {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
            Token::And if !out.is_empty() && !out.ends_with('&') => out.push_str(" &"),
            Token::Comma if !out.is_empty() && !out.ends_with([',', '&']) => out.push(','),
            _ => {}
        }
    }
    (!out.is_empty()).then_some(out)
}

/// One person whose name cannot be split.
fn whole(tokens: &[Token]) -> Person {
    Person {
        last: text(tokens),
        ..Person::default()
    }
}

/// Takes titles and suffixes off a name. At least one word stays.
fn affixes<'a>(mut tokens: &'a [Token], person: &mut Person) -> &'a [Token] {
    let words = |tokens: &[Token]| {
        tokens
            .iter()
            .filter(|t| matches!(t, Token::Word(_)))
            .count()
    };
    let mut titles: Vec<Token> = Vec::new();
    while words(tokens) > 1 && is_one_of(tokens.first(), TITLES) {
        titles.push(tokens[0].clone());
        tokens = trimmed(&tokens[1..]);
    }
    let mut suffixes: Vec<Token> = Vec::new();
    loop {
        let ends = tokens.len().saturating_sub(1);
        let comma = tokens.iter().rposition(|token| *token == Token::Comma);
        let titled = comma.filter(|at| {
            let behind = &tokens[at + 1..];
            behind.iter().all(|token| is_one_of(Some(token), TITLES))
        });
        if let Some(at) = titled {
            titles.extend_from_slice(&tokens[at + 1..]);
            tokens = trimmed(&tokens[..at]);
        } else if words(tokens) > 1 && is_one_of(tokens.last(), SUFFIXES) {
            suffixes.insert(0, tokens[ends].clone());
            tokens = trimmed(&tokens[..ends]);
        } else {
            break;
        }
    }
    let add = |part: &mut Option<String>, tokens: &[Token]| {
        if let Some(more) = text(tokens) {
            *part = Some(
                part.take()
                    .map_or(more.clone(), |known| format!("{known} {more}")),
            );
        }
    };
    add(&mut person.title, &titles);
    add(&mut person.suffix, &suffixes);
    tokens
}

/// A name without AND: `FIRST LAST` or `LAST, FIRST`. `None` where commas do not tell which.
fn single(tokens: &[Token]) -> Option<Person> {
    let mut person = Person::default();
    let tokens = affixes(tokens, &mut person);
    let mut parts = tokens.split(|token| *token == Token::Comma).map(trimmed);
    let parts: Vec<&[Token]> = parts.by_ref().filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [name] => first_last(name, &mut person),
        [last, given] => {
            let last = affixes(last, &mut person);
            let given = affixes(given, &mut person);
            person.last = text(last);
            person.first = text(&given[..1]);
            person.middle = text(&given[1..]);
        }
        _ => return None,
    }
    Some(person)
}

fn first_last(name: &[Token], person: &mut Person) {
    if let [_] = name {
        person.last = text(name);
        return;
    }
    let initial = |token: &Token| matches!(token, Token::Word(word) if word.chars().count() == 1);
    let middle = name[1..name.len() - 1]
        .iter()
        .take_while(|token| initial(token))
        .count();
    person.first = text(&name[..1]);
    person.middle = text(&name[1..=middle]);
    person.last = text(&name[1 + middle..]);
}

/// `F1 & F2 L1 & L2`, with as many last names as first ones.
fn zipped(tokens: &[Token]) -> Option<Vec<Person>> {
    let parts: Vec<&[Token]> = tokens
        .split(|token| matches!(token, Token::And | Token::Comma))
        .map(trimmed)
        .filter(|part| !part.is_empty())
        .collect();
    // n first names and n last names, the last first name and the first last name in one part.
    if parts.len() < 3 || parts.len().is_multiple_of(2) {
        return None;
    }
    let half = parts.len() / 2;
    let mut people = vec![Person::default(); half + 1];
    for (at, part) in parts[..=half].iter().enumerate() {
        let mut given = affixes(part, &mut people[at]);
        if at == half {
            let (first, last) = given.split_at(1);
            people[0].last = Some(text(last)?);
            given = first;
        }
        // A title alone, put in front of a last name, would be one no longer.
        if given.len() != 1 || is_one_of(given.first(), TITLES) {
            return None;
        }
        people[at].first = text(given);
    }
    for (at, part) in parts[half + 1..].iter().enumerate() {
        let last = affixes(part, &mut people[at + 1]);
        people[at + 1].last = text(last);
    }
    Some(people)
}
