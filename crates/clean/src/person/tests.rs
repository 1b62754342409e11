use proptest::prelude::*;

use super::super::broken;
use super::{CLEANER, Person, clean, people};

fn person(parts: [&str; 6]) -> Person {
    let [title, first, middle, last, suffix, role] =
        parts.map(|part| (!part.is_empty()).then(|| part.to_owned()));
    Person {
        title,
        first,
        middle,
        last,
        suffix,
        role,
    }
}

#[test]
fn one_person_is_taken_apart() {
    for (raw, parts) in [
        ("Jane Doe", ["", "Jane", "", "Doe", "", ""]),
        ("DOE, JANE", ["", "Jane", "", "Doe", "", ""]),
        ("DOE, JANE ANN", ["", "Jane", "Ann", "Doe", "", ""]),
        ("JANE Q. DOE", ["", "Jane", "Q", "Doe", "", ""]),
        ("Jane Sample Doe", ["", "Jane", "", "Sample Doe", "", ""]),
        ("VAN DER DOE, JANE", ["", "Jane", "", "Van Der Doe", "", ""]),
        ("Jane de la Doe", ["", "Jane", "", "De La Doe", "", ""]),
        ("Ms. Jane O'SAMPLE", ["Ms", "Jane", "", "O'Sample", "", ""]),
        ("DOE JR., JOHN", ["", "John", "", "Doe", "Jr", ""]),
        ("John Doe, III", ["", "John", "", "Doe", "III", ""]),
        ("Jane Doe\n \nOwner", ["", "Jane", "", "Doe", "", "Owner"]),
        ("doe", ["", "", "", "Doe", "", ""]),
        ("JANE & JOHN DOE", ["", "", "", "Jane & John Doe", "", ""]),
        ("A, B, C", ["", "", "", "A, B, C", "", ""]),
    ] {
        assert_eq!(people(raw), [person(parts)], "{raw}");
    }
}

#[test]
fn two_people_are_told_apart() {
    for raw in [
        "JANE & JOHN DOE & SAMPLE-ROE",
        "Jane and John Doe and Sample-Roe",
        "JANE AND JOHN DOE & SAMPLE-ROE",
        "JANE, JOHN DOE & SAMPLE-ROE",
        "Jane Doe & John Sample-Roe",
        "DOE, JANE & SAMPLE-ROE, JOHN",
        "DOE, JANE; SAMPLE-ROE, JOHN",
        "Jane Doe / John Sample-Roe",
    ] {
        let both = [
            person(["", "Jane", "", "Doe", "", ""]),
            person(["", "John", "", "Sample-Roe", "", ""]),
        ];
        assert_eq!(people(raw), both, "{raw}");
        assert_eq!(clean(raw).as_deref(), Some("Jane Doe & John Sample-Roe"));
    }
}

#[test]
fn a_double_surname_stays_with_its_person() {
    let two = people("JANE & JOHN DOE SAMPLE & ROE");
    assert_eq!(two[0].last.as_deref(), Some("Doe Sample"));
    assert_eq!(two[1].last.as_deref(), Some("Roe"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_every_law(raw in "\\PC{0,24}") {
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{found:?}");
    }

    #[test]
    fn words_that_mean_something_keep_every_law(
        words in prop::collection::vec(
            prop::sample::select(&["JANE", "John", "doe", "Mc", "O'", "&", "AND", ",", ";", "Ms.", "Dr", "JR", "III", "-", "\n",
                "de", "la", "Q", "/", "TJ", ".", "é", "'"][..]),
            0..9,
        ),
        gap in prop::sample::select(&[" ", ""][..]),
    ) {
        let raw = words.join(gap);
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{raw:?}: {found:?}");
    }
}
