//! Copies of the cleaners, each with one fault: the fuzzer finds each, and makes its input small.

use lockgate::clean::{Broken, Cleaner, Law, address, company, person, phone};
use lockgate::fuzz::counterexample;

/// Texts the fuzzer may try.
const CASES: u64 = 20_000;
/// Characters of the smallest text at most.
const SMALL: usize = 20;

fn set(out: &mut String, text: Option<String>) -> bool {
    out.clear();
    out.push_str(text.as_deref().unwrap_or_default());
    text.is_some()
}

fn digits(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_digit).collect()
}

/// A cleaner that is wrong in one thing, and what.
type Fault = (&'static str, fn(&str, &mut String) -> bool);

const PHONES: &[Fault] = &[
    (
        "an extension is read as digits of the number",
        |raw, out| phone::clean_into(&raw.replace(['x', 'X'], ""), out),
    ),
    (
        "a leading 1 is stripped from ten digits",
        |raw, out| match digits(raw).strip_prefix('1') {
            Some(nine) if nine.len() == 9 => set(out, Some(nine.to_owned())),
            _ => phone::clean_into(raw, out),
        },
    ),
    (
        "the last digit is dropped where the text has a dot",
        |raw, out| phone::clean_into(raw, out) && (!raw.contains('.') || out.pop().is_some()),
    ),
    ("two blanks in a row are refused", |raw, out| {
        set(out, phone::clean(raw).filter(|_| !raw.contains("  ")))
    }),
    ("an exchange such as 411 is accepted", |raw, out| {
        let ten = digits(raw);
        let n11 = ten.len() == 10 && &ten[4..6] == "11" && raw.len() == 10;
        if n11 && phone::clean(&format!("{}22{}", &ten[..4], &ten[6..])).is_some() {
            set(out, Some(ten))
        } else {
            phone::clean_into(raw, out)
        }
    }),
    ("seven digits are given an area code", |raw, out| {
        let seven = digits(raw);
        if seven.len() == 7 && raw.len() == 7 {
            phone::clean_into(&format!("702{seven}"), out)
        } else {
            phone::clean_into(raw, out)
        }
    }),
    ("digits beyond the tenth are cut off", |raw, out| {
        let ten = digits(raw);
        if ten.len() > 11 && raw.len() == ten.len() {
            phone::clean_into(&ten[..10], out)
        } else {
            phone::clean_into(raw, out)
        }
    }),
    ("a country code with a plus is not known", |raw, out| {
        set(out, phone::clean(raw).filter(|_| !raw.starts_with("+1")))
    }),
    ("a 9 at the end is read as an 8", |raw, out| {
        let key = phone::clean(raw);
        let read = |key: String| match key.strip_suffix('9') {
            Some(head) => format!("{head}8"),
            None => key,
        };
        set(out, key.map(read))
    }),
    ("digits of another script are not read", |raw, out| {
        let foreign = |letter: char| letter.is_numeric() && !letter.is_ascii();
        phone::clean_into(&raw.replace(foreign, ""), out)
    }),
];

/// The standard form of an address changed before it is written.
fn altered(raw: &str, out: &mut String, change: fn(&mut address::Address)) -> bool {
    let mut parts = address::parse(raw);
    change(&mut parts);
    let form = address::clean(raw).map(|_| parts.standard());
    set(out, form.filter(|form| !form.is_empty()))
}

const ADDRESSES: &[Fault] = &[
    ("the unit is dropped", |raw, out| {
        altered(raw, out, |parts| {
            (parts.unit, parts.unit_type) = (None, None)
        })
    }),
    ("N and S are merged", |raw, out| {
        altered(raw, out, |parts| {
            if parts.predir.as_deref() == Some("S") {
                parts.predir = Some("N".to_owned());
            }
        })
    }),
    ("a suffix inside the name is abbreviated", |raw, out| {
        altered(raw, out, |parts| {
            parts.name = parts
                .name
                .take()
                .map(|name| name.replace("LAKE", "LK").replace("COURT", "CT"));
        })
    }),
    ("the letter of a house number is lost", |raw, out| {
        altered(raw, out, |parts| {
            parts.number = parts
                .number
                .take()
                .map(|number| number.trim_end_matches(['A', 'B', 'C']).to_owned());
        })
    }),
    ("capitals alone are read", |raw, out| {
        set(out, address::clean(raw).filter(|_| !raw.contains("st")))
    }),
    ("one suffix goes each time", |raw, out| {
        let form = address::clean(raw);
        set(
            out,
            form.map(|form| form.strip_suffix(" ST").unwrap_or(&form).to_owned()),
        )
    }),
    ("a comma at the end is too much", |raw, out| {
        set(out, address::clean(raw).filter(|_| !raw.ends_with(',')))
    }),
    (
        "a ZIP+4 loses its last digits and keeps the hyphen",
        |raw, out| {
            let form = address::clean(raw);
            set(
                out,
                form.map(|form| match form.rsplit_once('-') {
                    Some((head, tail)) if tail.len() == 4 => format!("{head}-"),
                    _ => form,
                }),
            )
        },
    ),
];

/// The match key of an address as a cleaner of its own.
const ADDRESS_KEY: Cleaner = Cleaner {
    name: "address_key",
    function: "address_key",
    clean: |raw, out| set(out, address::key(raw)),
    form: r"[^|]*(\|[^|]*){6}",
    examples: &[(
        "12 N Sample St, Reno, NV 89501",
        Some("12|N|SAMPLE|ST|||89501"),
    )],
    laws: &[Law {
        name: "zip_counts",
        statement: "The same street in another ZIP code has another key.",
        holds: |cleaner, raw| {
            let parts = address::parse(raw);
            let Some(zip) = parts
                .zip5
                .clone()
                .filter(|zip| zip.bytes().all(|b| b.is_ascii_digit()))
            else {
                return Ok(());
            };
            let other = address::Address {
                zip5: Some(if zip == "89101" { "89501" } else { "89101" }.to_owned()),
                ..parts.clone()
            };
            let (one, two) = (
                cleaner.apply(&parts.standard()),
                cleaner.apply(&other.standard()),
            );
            if one.is_some() && one == two {
                return Err(Broken::new("two keys", format!("{one:?}")));
            }
            Ok(())
        },
    }],
    ..address::CLEANER
};

const COMPANIES: &[Fault] = &[
    ("a second site is the first", |raw, out| {
        let form = company::clean(raw);
        set(
            out,
            form.map(|form| form.strip_suffix(" II").unwrap_or(&form).to_owned()),
        )
    }),
    ("an ampersand is dropped", |raw, out| {
        company::clean_into(&raw.replace('&', " "), out)
    }),
    ("digits are dropped", |raw, out| {
        let form = company::clean(raw);
        set(
            out,
            form.map(|form| {
                form.trim_end_matches(|c: char| c.is_ascii_digit())
                    .trim_end()
                    .to_owned()
            }),
        )
    }),
    ("a legal suffix with periods is kept", |raw, out| {
        company::clean_into(&raw.replace("L.L.C.", "L.L.C.X"), out)
    }),
];

const PEOPLE: &[Fault] = &[
    ("an initial becomes a name", |raw, out| {
        let form = person::clean(raw);
        set(out, form.map(|form| form.replace(" J ", " Jean ")))
    }),
    ("LAST, FIRST is not turned round", |raw, out| {
        person::clean_into(&raw.replace(',', " "), out)
    }),
    ("a second person is lost", |raw, out| {
        let form = person::clean(raw);
        set(
            out,
            form.map(|form| form.split(" & ").next().unwrap_or_default().to_owned()),
        )
    }),
];

/// Laws that hold a copy against the cleaner it was made of: they tell any fault at once, and no copy that
/// a user has would be told by them.
const AGAINST_THE_ORIGINAL: &[&str] = &["one_answer", "one_reading", "every_word_once"];

/// A copy of the cleaner with a fault and its laws, without those that know the original.
fn unaided(cleaner: &Cleaner, clean: fn(&str, &mut String) -> bool) -> Cleaner {
    let laws = cleaner.laws.iter();
    let laws = laws.filter(|law| !AGAINST_THE_ORIGINAL.contains(&law.name));
    Cleaner {
        clean,
        examples: &[],
        laws: laws.copied().collect::<Vec<Law>>().leak(),
        ..*cleaner
    }
}

fn found(cleaner: &Cleaner, fault: &str) {
    let found = counterexample(cleaner, CASES, 1).expect("a hunt");
    let found =
        found.unwrap_or_else(|| panic!("{}: {fault}: not found in {CASES} texts", cleaner.name));
    println!(
        "{:11} {:45} {:16} {:?}",
        cleaner.name, fault, found.law, found.input
    );
    let size = found.input.chars().count();
    assert!(
        size <= SMALL,
        "{}: {fault}: {size} characters: {found:?}",
        cleaner.name
    );
    assert_ne!(
        found.law, "examples",
        "{}: {fault}: found without looking",
        cleaner.name
    );
}

#[test]
fn at_least_twenty_faults_are_planted() {
    let planted = PHONES.len() + ADDRESSES.len() + COMPANIES.len() + PEOPLE.len() + 1;
    assert!(planted >= 20, "{planted}");
}

#[test]
fn faults_of_phone_cleaners_are_found_and_made_small() {
    for (fault, clean) in PHONES {
        found(&unaided(&phone::CLEANER, *clean), fault);
    }
}

#[test]
fn faults_of_address_cleaners_are_found_and_made_small() {
    for (fault, clean) in ADDRESSES {
        found(&unaided(&address::CLEANER, *clean), fault);
    }
}

#[test]
fn a_key_without_its_zip_code_is_found_and_made_small() {
    let clean = |raw: &str, out: &mut String| {
        let key = address::key(raw);
        set(
            out,
            key.map(|key| format!("{}|", key.rsplit_once('|').map_or("", |(head, _)| head))),
        )
    };
    let cleaner = Cleaner {
        clean,
        examples: &[],
        ..ADDRESS_KEY
    };
    // A key is no address: that it is its own clean form is not asked of it.
    let broken = counterexample(&cleaner, CASES, 1)
        .expect("a hunt")
        .expect("a counterexample");
    assert!(broken.input.chars().count() <= SMALL, "{broken:?}");
    let zip = ADDRESS_KEY.laws[0];
    assert!(zip.check(&cleaner, "1 A ST, RENO, NV 89501").is_err());
    assert!(zip.check(&ADDRESS_KEY, "1 A ST, RENO, NV 89501").is_ok());
}

#[test]
fn faults_of_company_cleaners_are_found_and_made_small() {
    for (fault, clean) in COMPANIES {
        found(&unaided(&company::CLEANER, *clean), fault);
    }
}

#[test]
fn faults_of_person_cleaners_are_found_and_made_small() {
    for (fault, clean) in PEOPLE {
        found(&unaided(&person::CLEANER, *clean), fault);
    }
}
