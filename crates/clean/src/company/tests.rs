use proptest::prelude::*;

use super::super::broken;
use super::{CLEANER, Company, clean, parts};

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[test]
fn spellings_of_one_company_have_one_form() {
    for spellings in [
        &[
            "Pretend Kids, LLC",
            "PRETEND KIDS L.L.C.",
            "The Pretend Kids",
            "pretend  kids, inc.",
            "Pretend Kids, The",
            "Pretend Kids ,LLC",
            "PRETEND KIDS L L C",
            "Pretend Kids Limited Liability Company",
        ][..],
        &[
            "A & B Care",
            "A&B CARE",
            "A and B Care, Inc",
            "A AND B CARE CO., INC.",
        ],
        &[
            "Kid's Place - North",
            "KIDS PLACE -NORTH",
            "KIDS PLACE- NORTH",
            "Kids’ Place—North LLC",
            "KIDS PLACE LLC - NORTH",
        ],
        &[
            "Doe, Jane DBA Tiny Steps",
            "DOE JANE D/B/A TINY STEPS",
            "Doe, Jane d.b.a. The Tiny Steps, LLC",
            "DOE JANE T/A TINY STEPS",
            "Doe, Jane doing business as Tiny Steps",
        ],
        &[
            "ANGELíS CARE",
            "ANGEL'S CARE",
            "Angelâ€™s Care",
            "Angel’s Care",
        ],
    ] {
        for spelling in spellings {
            assert_eq!(clean(spelling), clean(spellings[0]), "{spelling}");
        }
    }
}

#[test]
fn what_tells_places_apart_stays() {
    for (one, other) in [
        ("Pretend School", "Pretend School II"),
        ("Pretend School 2", "Pretend School 3"),
        ("Pretend School - North", "Pretend School - South"),
        ("Pretend School", "Pretend School at Lone Hill"),
        ("Company Kids", "Kids"),
        ("Inc Kids", "Kids"),
    ] {
        assert_ne!(clean(one), clean(other));
    }
}

#[test]
fn parts_are_told_apart() {
    let company = |name, legal, dba, site| Company {
        name: some(name),
        legal_suffix: some(legal),
        dba: some(dba),
        site: some(site),
    };
    for (raw, expected) in [
        ("Pretend Kids", company("PRETEND KIDS", "", "", "")),
        (
            "Pretend Kids, L.L.C.",
            company("PRETEND KIDS", "LLC", "", ""),
        ),
        (
            "Pretend Kids - Durango LLC",
            company("PRETEND KIDS", "LLC", "", "DURANGO"),
        ),
        (
            "Pretend Kids Inc. - Durango",
            company("PRETEND KIDS", "INC", "", "DURANGO"),
        ),
        (
            "Pretend Kids at Lone Hill",
            company("PRETEND KIDS", "", "", "LONE HILL"),
        ),
        ("Kids at Play", company("KIDS AT PLAY", "", "", "")),
        ("Drop-In Care", company("DROP IN CARE", "", "", "")),
        (
            "Doe, Jane DBA Tiny Steps",
            company("DOE JANE", "", "TINY STEPS", ""),
        ),
        (
            "Doe LLC DBA Tiny Steps - West",
            company("DOE", "LLC", "TINY STEPS", "WEST"),
        ),
        ("DBA", company("DBA", "", "", "")),
        (" - ", company("", "", "", "")),
    ] {
        assert_eq!(parts(raw), expected, "{raw}");
    }
}

#[test]
fn a_suffix_alone_is_a_name() {
    for raw in ["LLC", "The", "And", "DBA", "The Co"] {
        assert!(clean(raw).is_some(), "{raw}");
    }
    assert_eq!(clean("The Co, LLC").as_deref(), Some("THE"));
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
            prop::sample::select(&["THE", "LLC", "L", "C", "CO", "AND", "&", "DBA", "D/B/A", "T/A", "-", " -", "- ", ",", ".",
                "L.L.C.", "AT", "II", "2", "KIDS", "íS", "INC", "LIMITED", "LIABILITY", "PLAY"][..]),
            0..9,
        ),
        gap in prop::sample::select(&[" ", ""][..]),
    ) {
        let raw = words.join(gap);
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{raw:?}: {found:?}");
    }

    #[test]
    fn a_name_has_a_part_exactly_when_it_has_a_form(raw in "\\PC{0,24}") {
        prop_assert_eq!(parts(&raw).name.is_some(), clean(&raw).is_some());
    }
}
