use super::*;

/// Street names that look like suffixes, directionals, numbers, units, states or cities.
const TRAPS: &[(&str, &str)] = &[
    ("1504 North St", "1504 NORTH ST"),
    ("1504 N St", "1504 N ST"),
    ("1 South Avenue", "1 SOUTH AVE"),
    ("1 West Drive", "1 WEST DR"),
    ("1 East Street North", "1 EAST ST N"),
    ("1 S. East Street", "1 S EAST ST"),
    ("1 S E St", "1 S E ST"),
    ("1 S.E. Sample St", "1 SE SAMPLE ST"),
    ("1 Avenue N", "1 AVENUE N"),
    ("1 Ave N", "1 AVENUE N"),
    ("1 W Avenue J", "1 W AVENUE J"),
    ("1 East Ave C", "1 E AVENUE C"),
    ("1 Sample Ave N", "1 SAMPLE AVE N"),
    ("1 N Avenue NW", "1 N AVE NW"),
    ("1 St. Rose Pkwy", "1 ST ROSE PKWY"),
    ("1 Saint Rose Parkway", "1 ST ROSE PKWY"),
    ("1 St Jude St", "1 ST JUDE ST"),
    ("1 Court St", "1 COURT ST"),
    ("1 Street Rd", "1 STREET RD"),
    ("1 Avenue Rd", "1 AVENUE RD"),
    ("1 Park Avenue", "1 PARK AVE"),
    ("1 Park Place", "1 PARK PL"),
    ("1 N Park", "1 N PARK"),
    ("1 Loop Dr", "1 LOOP DR"),
    ("1 North Loop Dr", "1 N LOOP DR"),
    ("1 E Lake Mead Pkwy", "1 E LAKE MEAD PKWY"),
    ("1 Lake St", "1 LAKE ST"),
    ("1 Lake Shore Drive", "1 LAKE SHORE DR"),
    ("1 Circle Drive", "1 CIRCLE DR"),
    ("1 Terrace Way", "1 TERRACE WAY"),
    ("1 Lane Court", "1 LANE CT"),
    ("1 Mill Street", "1 MILL ST"),
    ("1 Fort Sample Rd", "1 FORT SAMPLE RD"),
    ("1 Mount Sample Rd", "1 MOUNT SAMPLE RD"),
    ("1 Harbor Island Dr", "1 HARBOR ISLAND DR"),
    ("1 Sample Springs", "1 SAMPLE SPGS"),
    ("1 The Plaza", "1 THE PLAZA"),
    ("1 Broadway", "1 BROADWAY"),
    ("1 Boulevard East", "1 BOULEVARD E"),
    ("1 W Sample", "1 W SAMPLE"),
    ("1 NW 113", "1 NW 113"),
    ("1 NW 113th St", "1 NW 113TH ST"),
    ("1 First Street", "1 1ST ST"),
    ("1 First Sample Street", "1 FIRST SAMPLE ST"),
    ("1 Twenty-Third St", "1 23RD ST"),
    ("1 Second Avenue Second Floor", "1 2ND AVE FL 2"),
    ("1 W 35th St 15th Floor", "1 W 35TH ST FL 15"),
    ("1 Front St", "1 FRONT ST"),
    ("1 Lower Sample Rd", "1 LOWER SAMPLE RD"),
    ("1 Key St", "1 KEY ST"),
    ("1 Pier Ave", "1 PIER AVE"),
    ("1 Texas St", "1 TEXAS ST"),
    ("1 Virginia Ave", "1 VIRGINIA AVE"),
    ("1 Indiana", "1 INDIANA"),
    ("1 Cheshire Ct", "1 CHESHIRE CT"),
    ("1 Reno Ave", "1 RENO AVE"),
    ("1 Boulder City Pkwy", "1 BOULDER CITY PKWY"),
    ("1 Las Vegas Blvd S", "1 LAS VEGAS BLVD S"),
    ("1 County Line Rd", "1 COUNTY LINE RD"),
    ("1 State St", "1 STATE ST"),
    ("1 Ranch Rd", "1 RANCH RD"),
    ("1 Farm Rd", "1 FARM RD"),
    ("1 Box Canyon Rd", "1 BOX CANYON RD"),
    ("1 S R L Sample Fwy", "1 S R L SAMPLE FWY"),
    ("1 C Street", "1 C ST"),
    ("1B Sample St", "1B SAMPLE ST"),
    ("1 B Sample St", "1B SAMPLE ST"),
    ("1 One Mile Rd", "1 ONE MILE RD"),
    ("842 E 1700 S", "842 E 1700 S"),
    ("1 Sample St Extension", "1 SAMPLE ST EXT"),
    ("1 Sample St NE 204", "1 SAMPLE ST NE # 204"),
    ("1 Sample Ct 204", "1 SAMPLE CT # 204"),
    ("1 Ave Sample Blvd", "1 AVE SAMPLE BLVD"),
];

#[test]
fn names_that_look_like_something_else_stay_names() {
    for (raw, expected) in TRAPS {
        assert_eq!(clean(raw).as_deref(), Some(*expected), "{raw}");
    }
}

#[test]
fn the_spelling_and_the_marks_of_a_street_do_not_count() {
    let same = [
        (
            "12 N. SAMPLE AVE., STE. 4",
            "12 north sample avenue suite 4",
        ),
        ("12 SAMPLE ST,", "  12\u{a0}Sample   Street"),
        ("12 O'SAMPLE ST", "12 O\u{2019}sample St"),
        ("12 SAMPLÉ ST", "12 Sample St"),
        ("12\u{bd} SAMPLE ST", "12 1/2 SAMPLE ST"),
        ("12 A & B ST", "12 A AND B ST"),
        ("１２ SAMPLE ST", "12 SAMPLE ST"),
        (
            "12 SAMPLE ST\nRENO, NV 89501",
            "12 SAMPLE ST, RENO, NV 89501",
        ),
        ("12 SAMPLE ST SUITE100", "12 SAMPLE ST STE 100"),
        ("12 SAMPLE RD A25", "12 SAMPLE RD # A25"),
        (
            "12 SAMPLE ST, RENO, NEVADA 89501",
            "12 SAMPLE ST RENO NV 89501-0001",
        ),
        ("12 SAMPLE ST, ST PAUL, MN", "12 SAMPLE ST, SAINT PAUL, MN"),
    ];
    for (one, other) in same {
        assert!(key(one).is_some(), "{one}");
        assert_eq!(key(one), key(other), "{one} / {other}");
    }
}

#[test]
fn addresses_that_differ_keep_different_keys() {
    let apart = [
        ("12 SAMPLE ST", "13 SAMPLE ST"),
        ("12 SAMPLE ST", "12B SAMPLE ST"),
        ("12 SAMPLE ST", "12 1/2 SAMPLE ST"),
        ("12-34 SAMPLE ST", "1234 SAMPLE ST"),
        ("12 SAMPLE ST", "12 SAMPLE AVE"),
        ("12 SAMPLE ST", "12 N SAMPLE ST"),
        ("12 N SAMPLE ST", "12 S SAMPLE ST"),
        ("12 NE SAMPLE ST", "12 NW SAMPLE ST"),
        ("12 SAMPLE ST N", "12 SAMPLE ST S"),
        ("12 N SAMPLE ST", "12 SAMPLE ST N"),
        ("12 2ND ST", "12 3RD ST"),
        ("12 NW 113", "12 NW 113TH ST"),
        ("12 NORTH ST", "12 N ST"),
        ("12 AVENUE N", "12 AVENUE S"),
        ("12 SAMPLE ST APT 4", "12 SAMPLE ST"),
        ("12 SAMPLE ST APT 4", "12 SAMPLE ST APT 5"),
        ("12 SAMPLE ST APT 4", "12 SAMPLE ST FL 4"),
        ("12 SAMPLE ST APT 4", "12 SAMPLE ST PO BOX 4"),
        ("12 SAMPLE ST BLDG 1 APT 4", "12 SAMPLE ST BLDG 4 APT 1"),
        ("PO BOX 12", "PO BOX 13"),
        ("RR 2 BOX 12", "RR 3 BOX 12"),
        ("12 COUNTY ROAD 4", "12 COUNTY ROAD 5"),
        ("12 STATE ROAD 4", "12 US HIGHWAY 4"),
        (
            "12 SAMPLE ST, RENO, NV 89501",
            "12 SAMPLE ST, RENO, NV 89502",
        ),
        ("12 SAMPLE ST, PORTLAND, OR", "12 SAMPLE ST, PORTLAND, ME"),
        (
            "12 SAMPLE ST, COLUMBUS, OH 43004",
            "12 SAMPLE ST, COLUMBUS, GA 31901",
        ),
    ];
    for (one, other) in apart {
        assert!(
            key(one).is_some() && key(other).is_some(),
            "{one} / {other}"
        );
        assert_ne!(key(one), key(other), "{one} / {other}");
    }
}

#[test]
fn every_spelling_of_every_suffix_is_one_suffix() {
    for &(standard, variants) in suffix::SUFFIXES {
        for variant in variants.split(' ').filter(|variant| !variant.is_empty()) {
            let expected = Some(format!("12 SAMPLE {standard}"));
            assert_eq!(
                clean(&format!("12 Sample {variant}")),
                expected,
                "{variant}"
            );
        }
    }
}

#[test]
fn numbered_roads_have_one_name_each() {
    let cases = [
        ("1 Farm to Market Road 12", "1 FM 12"),
        ("1 FM 12 RD", "1 FM 12"),
        ("1 FM12", "1 FM 12"),
        ("1 Fm 12 West", "1 FM 12 W"),
        ("1 FM 12 STE 4", "1 FM 12 STE 4"),
        ("1 CR 7", "1 COUNTY ROAD 7"),
        ("1 Co. Rd. 7", "1 COUNTY ROAD 7"),
        ("1 N County Rd MM", "1 N COUNTY ROAD MM"),
        ("1 U.S. Hwy 9", "1 US HIGHWAY 9"),
        ("1 US-9", "1 US HIGHWAY 9"),
        ("1 I-35", "1 INTERSTATE 35"),
        ("1 Old Hwy 5, Ste 110", "1 OLD HIGHWAY 5 STE 110"),
        ("1 State Rte. 140", "1 STATE ROUTE 140"),
        ("State Highway No. 33", "STATE HIGHWAY 33"),
        ("1 N Loop 12", "1 N LOOP 12"),
    ];
    for (raw, expected) in cases {
        assert_eq!(clean(raw).as_deref(), Some(expected), "{raw}");
    }
}

#[test]
fn boxes_and_routes_have_one_name_each() {
    let cases = [
        ("P. O. Box 12", "PO BOX 12"),
        ("Post Office Box #12", "PO BOX 12"),
        ("POB 12", "PO BOX 12"),
        ("P.O.Box 12, Reno, NV 89505", "PO BOX 12, RENO, NV 89505"),
        ("Rural Route 2 Box 15A", "RR 2 BOX 15A"),
        ("RR # 2 PO Box 15", "RR 2 BOX 15"),
        ("Highway Contract Route 6 Box 3", "HC 6 BOX 3"),
        ("Star Rte 6 Box # 3", "HC 6 BOX 3"),
        ("Dept 9 PO Box 12", "PO BOX 12 DEPT 9"),
        ("1 Sample St PO Box 12", "1 SAMPLE ST PO BOX 12"),
    ];
    for (raw, expected) in cases {
        assert_eq!(clean(raw).as_deref(), Some(expected), "{raw}");
    }
}

#[test]
fn the_city_is_found_without_a_delimiter() {
    let cases = [
        (
            "1 SAMPLE AVENUE NORTH LAS VEGAS, NV 89084",
            "1 SAMPLE AVE",
            "NORTH LAS VEGAS",
        ),
        (
            "1 SAMPLE AVENUE NORTH LAS VEGAS, NV 89101",
            "1 SAMPLE AVE N",
            "LAS VEGAS",
        ),
        ("1 W. SAMPLE LAS VEGAS, NV 89117", "1 W SAMPLE", "LAS VEGAS"),
        (
            "1 SAMPLE RD., STE 1 NORTH LAS VEGAS, NV 89031",
            "1 SAMPLE RD STE 1",
            "NORTH LAS VEGAS",
        ),
        (
            "1 SAMPLE BLVD., STE 4-6 LAS VEGAS, NV 89139",
            "1 SAMPLE BLVD STE 4-6",
            "LAS VEGAS",
        ),
        (
            "1 ST. SAMPLE ST BOULDER CITY, NV 89005",
            "1 ST SAMPLE ST",
            "BOULDER CITY",
        ),
        (
            "1 SAMPLE DRIVE SPRING CREEK, NV 89815",
            "1 SAMPLE DR",
            "SPRING CREEK",
        ),
        ("1 SAMPLE ST ST LOUIS MO 63103", "1 SAMPLE ST", "ST LOUIS"),
        (
            "1 SAMPLE ST SE E GRAND RAPIDS MI 49506",
            "1 SAMPLE ST SE",
            "E GRAND RAPIDS",
        ),
        ("1 Sample St New York, New York", "1 SAMPLE ST", "NEW YORK"),
        ("1 Sample Way Washington DC", "1 SAMPLE WAY", "WASHINGTON"),
    ];
    for (raw, street, city) in cases {
        let address = parse(raw);
        assert_eq!(address.city.as_deref(), Some(city), "{raw}");
        assert!(
            address.standard().starts_with(&format!("{street}, ")),
            "{raw}: {}",
            address.standard()
        );
    }
}

#[test]
fn an_unknown_city_is_told_by_its_shape() {
    let cases = [
        (
            "1 SAMPLE ST SAN PRETENDO, CA",
            "1 SAMPLE ST",
            "SAN PRETENDO",
        ),
        (
            "1 W SAMPLE LAS MENTIRAS, TX 75201",
            "1 W SAMPLE",
            "LAS MENTIRAS",
        ),
        (
            "1 SAMPLE AVE APT 4 NORTH MAKEBELIEVE, NY 10001",
            "1 SAMPLE AVE APT 4",
            "NORTH MAKEBELIEVE",
        ),
        (
            "1 N SAMPLE MAKEBELIEVE SPRINGS, TX 75201",
            "1 N SAMPLE",
            "MAKEBELIEVE SPRINGS",
        ),
        (
            "1 N ST SAMPLE RD MAKEBELIEVE, GA 30303",
            "1 N ST SAMPLE RD",
            "MAKEBELIEVE",
        ),
        (
            "1 SAMPLE CT NW MAKEBELIEVE, GA 30303",
            "1 SAMPLE CT NW",
            "MAKEBELIEVE",
        ),
    ];
    for (raw, street, city) in cases {
        let address = parse(raw);
        assert_eq!(address.city.as_deref(), Some(city), "{raw}");
        assert!(
            address.standard().starts_with(&format!("{street}, ")),
            "{raw}: {}",
            address.standard()
        );
    }
}

#[test]
fn the_region_is_read_in_all_its_forms() {
    let zip = |raw| {
        let address = parse(raw);
        (address.state, address.zip5, address.zip4)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        zip("1 A ST, RENO, NV 895010002"),
        (some("NV"), some("89501"), some("0002"))
    );
    assert_eq!(
        zip("1 A ST, NEWARK, NJ 7102"),
        (some("NJ"), some("07102"), None)
    );
    assert_eq!(zip("1 A ST, MARION, IA 5230"), (some("IA"), None, None));
    assert_eq!(
        zip("1 A ST, RENO, NV 89501, USA"),
        (some("NV"), some("89501"), None)
    );
    assert_eq!(
        zip("1 A ST, LONDON, ON N6A 1A1, CANADA"),
        (some("ON"), some("N6A 1A1"), None)
    );
    assert_eq!(
        zip("1 A ST, RENO, Nevada, NV 89501"),
        (some("NV"), some("89501"), None)
    );
    assert_eq!(zip("1 A ST 89501"), (None, some("89501"), None));
    assert_eq!(zip("1 SAMPLE LN, NE"), (None, None, None));
}

#[test]
fn what_is_no_street_has_no_key() {
    for raw in [
        "",
        " ",
        ",",
        "\0",
        "89501",
        "Reno, NV 89501",
        "C/O Ann Sample",
        "Sample Holdings",
        "Ste 4",
    ] {
        assert_eq!(key(raw), None, "{raw:?}");
        assert_eq!(clean(raw), None, "{raw:?}");
    }
    assert_eq!(parse("Reno, NV 89501").city.as_deref(), Some("RENO"));
}

#[test]
fn what_stands_before_the_house_number_is_left_out() {
    let expected = Some("12 SAMPLE ST STE 4".to_owned());
    assert_eq!(clean("Ann Sample, 12 Sample St, Ste 4"), expected);
    assert_eq!(clean("Suite 4, 12 Sample Street"), expected);
    assert_eq!(clean("12 Sample St Ste 4 attn: Ann"), expected);
}

#[test]
fn long_texts_take_no_longer_for_each_word() {
    for part in [
        "A ",
        "1 ",
        "ST ",
        "STE 5 ",
        "1,",
        "BOX 1 ",
        "\u{bd}",
        "C O ",
        "LAS VEGAS ",
    ] {
        let text = part.repeat(1_000_000 / part.len());
        let once = clean(&text);
        assert_eq!(once.as_deref().and_then(clean), once, "{part:?}");
    }
}
