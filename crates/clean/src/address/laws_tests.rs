use super::laws::is_plain;
use super::{CLEANER, parse};
use crate::broken;
use proptest::prelude::*;

#[test]
fn plain_addresses_are_plain() {
    for raw in [
        "12 N MAPLEWOOD ST APT 4, RENO, NV 89501",
        "9 ZEPHYR ROSEMONT AVE SW",
    ] {
        assert!(is_plain(&parse(raw)), "{raw}");
    }
    for raw in ["12 NORTH ST", "12 FM 4", "12 N LAKE MEAD PKWY", "PO BOX 4"] {
        assert!(!is_plain(&parse(raw)), "{raw}");
    }
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

fn plausible() -> impl Strategy<Value = String> {
    (
        (1_u32..100_000, one_of(&["", "N", "South", "s.w."])),
        one_of(&[
            "MAPLEWOOD",
            "Lake Mead",
            "NORTH",
            "5th",
            "St. Rose",
            "FM",
            "Zephyr",
        ]),
        one_of(&["", "ST", "Avenue", "blvd.", "Loop", "12", "Springs"]),
        one_of(&[
            "",
            "N",
            "Southeast",
            "APT 4",
            "# 12-B",
            "2nd Floor",
            "STE 4 REAR",
            "A25",
        ]),
        one_of(&[
            "",
            " LAS VEGAS",
            ", NORTH LAS VEGAS",
            ", Makebelieve",
            " St Paul",
        ]),
        one_of(&[
            "",
            ", NV",
            " NV 89084",
            ", Minnesota 55101-0001",
            " CT",
            " 89101",
        ]),
    )
        .prop_map(|((number, before), name, suffix, after, city, region)| {
            format!("{number} {before} {name} {suffix} {after}{city}{region}")
        })
}

proptest! {
    #[test]
    fn every_law_holds_of_plausible_addresses(raw in plausible()) {
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{raw:?}: {found:?}");
    }

    #[test]
    fn every_law_holds_of_any_text(raw in any::<String>()) {
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{raw:?}: {found:?}");
    }

    #[test]
    fn every_law_holds_of_a_soup_of_meanings(
        words in proptest::collection::vec(
            one_of(&["12", "1/2", "N", "SE", "ST", "AVE", "HWY", "STE", "#", "FL", "2ND", "BOX", "PO",
                "RR", "FM", "NY", "NEW", "YORK", "CT", "89101", "LAS", "VEGAS", ",", "ATTN", "OAK",
                "ONE", "REAR", "A", "AND", "US", "7102", "UNIT", "COUNTY", "ROAD"]),
            0..12,
        )
    ) {
        let raw = words.join(" ");
        let found = broken(&CLEANER, &raw);
        prop_assert!(found.is_none(), "{raw:?}: {found:?}");
    }
}
