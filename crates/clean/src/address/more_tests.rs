//! Addresses that hold more than one street line: buildings, floors, boxes, mail codes.

use super::*;

/// Asserts the standard form of each text, which reads as itself again.
fn read_as(cases: &[(&str, &str)]) {
    for (raw, expected) in cases {
        assert_eq!(clean(raw).as_deref(), Some(*expected), "{raw}");
        assert_eq!(clean(expected).as_deref(), Some(*expected), "{expected}");
        assert_eq!(key(raw), key(expected), "{raw}");
    }
}

#[test]
fn of_two_house_numbers_the_plaza_and_the_center_are_the_buildings() {
    read_as(&[
        (
            "12 Sample St. 1 Pretend Place",
            "12 SAMPLE ST 1 PRETEND PLACE",
        ),
        ("1000 Pretend Pl 12 W Sample St", "12 W SAMPLE ST"),
        ("1 Pretend Ctr 12 Sample Fwy", "12 SAMPLE FWY"),
        (
            "30 Pretend Plaza, Suite 7, 12 Sample Blvd",
            "12 SAMPLE BLVD STE 7",
        ),
        (
            "12 Sample Rd., 1 Pretend Ctr., Ste. 7",
            "12 SAMPLE RD 1 PRETEND CTR STE 7",
        ),
        (
            "12 Sample NE 400 Pretend Square, Suite 7",
            "12 SAMPLE NE 400 PRETEND SQUARE STE 7",
        ),
        ("12 Sample Center Drive", "12 SAMPLE CENTER DR"),
        ("400 Pretend Tower, 12 Sample St", "12 SAMPLE ST"),
        (
            "12 Sample Ave 400 Pretend Hall",
            "12 SAMPLE AVE 400 PRETEND HALL",
        ),
        ("12 State Road 7", "12 STATE ROAD 7"),
        ("12 NC 10", "12 NC 10"),
        ("12 Old SC-9", "12 OLD SC-9"),
    ]);
}

#[test]
fn a_floor_or_a_unit_before_the_house_number_is_the_unit() {
    read_as(&[
        (
            "Pretend Tower, 10th Floor 12 Sample Avenue",
            "12 SAMPLE AVE FL 10",
        ),
        ("attn: Ann 3 fl 12-14 Sample Square", "12-14 SAMPLE SQ FL 3"),
        ("Pretend Hall Room 4, 12 Sample St", "12 SAMPLE ST RM 4"),
        ("Pretend Inc, Attn: Ann, 12 Sample St", "12 SAMPLE ST"),
        ("Pretend Inc One Sample Place", "1 SAMPLE PL"),
        ("Pretend Square North 12 N Sample Street", "12 N SAMPLE ST"),
    ]);
}

#[test]
fn a_building_after_the_street_is_a_unit_with_its_name() {
    read_as(&[
        (
            "12 Sample Street, NW North Tower, Ste. 7",
            "12 SAMPLE ST NW NORTH TOWER STE 7",
        ),
        (
            "12 8th Street, West Hall, Room 3",
            "12 8TH ST WEST HALL RM 3",
        ),
        (
            "12 Sample Road, Pretend Place Ste 7",
            "12 SAMPLE RD PRETEND PLACE STE 7",
        ),
    ]);
}

#[test]
fn numbers_and_letters_after_a_complete_street_are_its_unit() {
    read_as(&[
        ("12 Sample Ave. W 4 N", "12 SAMPLE AVE W # 4 N"),
        ("12 W. Sample 1 W", "12 W SAMPLE # 1 W"),
        ("12 Sample Road, 106 D", "12 SAMPLE RD # 106 D"),
        ("12 Sample Street 1-5 344", "12 SAMPLE ST # 1-5 344"),
        ("12 Sample Avenue LH", "12 SAMPLE AVE # LH"),
        ("12 E 1700 S", "12 E 1700 S"),
        ("12 Country Road 2100 N", "12 COUNTRY ROAD 2100 N"),
        ("12 Sample Ln Apt. No. 4", "12 SAMPLE LN APT 4"),
        ("12 Sample Ln 2nd & Third Floor", "12 SAMPLE LN FL 2 AND 3"),
    ]);
}

#[test]
fn mail_codes_stand_with_the_unit() {
    read_as(&[
        ("12 W Sample (m/c 525) Rm. 4", "12 W SAMPLE MC 525 RM 4"),
        ("12 Sample Street (MC 525)", "12 SAMPLE ST MC 525"),
        ("12 Sample St Mail Code 7", "12 SAMPLE ST MC 7"),
        ("12 Sample St MS 12-4", "12 SAMPLE ST MS 12-4"),
        ("12 Mc Sample Rd", "12 MC SAMPLE RD"),
    ]);
}

#[test]
fn boxes_stand_with_the_street_that_has_one() {
    read_as(&[
        ("PO Bx 12", "PO BOX 12"),
        ("PO Drawer CS 12", "PO BOX CS 12"),
        ("Drawer 12", "PO BOX 12"),
        ("Department 7 Box 12", "PO BOX 12 DEPT 7"),
        ("12 Sample St, PO 4", "12 SAMPLE ST PO BOX 4"),
        ("12 N Sample Box 4", "12 N SAMPLE PO BOX 4"),
        ("PO Box 4 12 Sample St", "12 SAMPLE ST PO BOX 4"),
        ("P.O. Box 4 Hwy 7", "HIGHWAY 7 PO BOX 4"),
        ("12 Sample St PO Box 4 Ste 5", "12 SAMPLE ST PO BOX 4 STE 5"),
        ("R.D. #2 Box 15", "RR 2 BOX 15"),
        ("Route Box 15", "RR BOX 15"),
        ("12 Box Canyon Rd", "12 BOX CANYON RD"),
    ]);
}

#[test]
fn directionals_in_two_words_and_no_are_read() {
    read_as(&[
        ("12 North East 5th St", "12 NE 5TH ST"),
        ("12 Sample Rd North West", "12 SAMPLE RD NW"),
        ("12 Sample S E", "12 SAMPLE SE"),
        ("12 21st Ave No. Ste 4", "12 21ST AVE N STE 4"),
        ("12 Sample Ave No 4", "12 SAMPLE AVE # 4"),
    ]);
}

#[test]
fn house_numbers_are_read_in_all_their_forms() {
    read_as(&[
        ("100 - 102 Sample St", "100-102 SAMPLE ST"),
        ("100  -   102 Sample St", "100-102 SAMPLE ST"),
        ("12 & 14 Sample St", "12 AND 14 SAMPLE ST"),
        ("Seven Hills Rd", "SEVEN HILLS RD"),
        ("12 F 41", "12 F 41"),
    ]);
}

#[test]
fn a_state_before_the_city_is_the_state_of_the_zip_code() {
    read_as(&[
        (
            "12 Sample St Unit 4 CA Long Beach 90807",
            "12 SAMPLE ST UNIT 4, LONG BEACH, CA 90807",
        ),
        (
            "12 Sample Hwy, N Sebastopol CA",
            "12 SAMPLE HWY N, SEBASTOPOL, CA",
        ),
        (
            "12 Sample St Reno NV 89501 Pretend Inc (775) 555-0100",
            "12 SAMPLE ST, RENO, NV 89501",
        ),
    ]);
}

#[test]
fn a_city_after_a_complete_street_needs_nothing_to_show_it() {
    read_as(&[
        ("12 Sample Street Nashville", "12 SAMPLE ST, NASHVILLE"),
        (
            "12 Sample Drive Second Floor Nashville",
            "12 SAMPLE DR FL 2, NASHVILLE",
        ),
        ("12 Sample Ave St 4, Reno", "12 SAMPLE AVE STE 4, RENO"),
        ("12 Old Court St 4", "12 OLD COURT ST # 4"),
        (
            "12 Sample St Apt 4 Nashville",
            "12 SAMPLE ST APT 4, NASHVILLE",
        ),
        ("PO Box 12 Nashville", "PO BOX 12, NASHVILLE"),
        ("PO Box 12 Pretendville", "PO BOX 12"),
        (
            "12 Sample Street East Providence",
            "12 SAMPLE ST, EAST PROVIDENCE",
        ),
        ("12 Sample St E Nashville", "12 SAMPLE ST E, NASHVILLE"),
        (
            "12 W Sample Ave North Providence RI 02911",
            "12 W SAMPLE AVE, NORTH PROVIDENCE, RI 02911",
        ),
        ("12 Sample St, NY, NY 10001", "12 SAMPLE ST, NY, NY 10001"),
        ("Main, Reno, NV 89501", "MAIN, RENO, NV 89501"),
        ("12 Port St Sample", "12 PORT ST SAMPLE"),
    ]);
    assert_eq!(clean("Pretend Services Inc, Reno, NV 89501"), None);
}

#[test]
fn a_word_that_no_list_knows_after_a_complete_street_is_a_building() {
    read_as(&[
        ("12 Sample Avenue Garage", "12 SAMPLE AVE GARAGE"),
        ("12 Sample Street Pretendville", "12 SAMPLE ST PRETENDVILLE"),
        ("Sample Road, Pretendville", "SAMPLE RD, PRETENDVILLE"),
        (
            "12 Sample Ave Garage Reno NV 89501",
            "12 SAMPLE AVE GARAGE, RENO, NV 89501",
        ),
        (
            "12 Sample Avenue, 500 North Pretend, Reno, NV 89501",
            "12 SAMPLE AVE # 500 NORTH PRETEND, RENO, NV 89501",
        ),
    ]);
    let key = |text| key(text).expect("a key");
    assert_ne!(key("12 Sample Ave Garage"), key("12 Sample Ave"));
}

#[test]
fn house_numbers_in_words_are_told_from_names() {
    read_as(&[
        ("Forty S. Sample St.", "40 S SAMPLE ST"),
        ("Two Sample Plaza Ste 4", "2 SAMPLE PLZ STE 4"),
        ("Three Pretend Center", "3 PRETEND CTR"),
        ("Six Mile Rd", "SIX MILE RD"),
        ("Two Rivers Pkwy", "TWO RIVERS PKWY"),
        ("12 Two Sample Plaza", "12 TWO SAMPLE PLZ"),
        ("12 R Sample St", "12R SAMPLE ST"),
        ("12 R E Sample St", "12 R E SAMPLE ST"),
        ("12 R St", "12 R ST"),
    ]);
}

#[test]
fn two_house_numbers_before_a_directional_are_both_the_number() {
    read_as(&[
        ("12 14 E 7th St", "12 14 E 7TH ST"),
        ("12 1700 S", "12 1700 S"),
        ("12 1700 S Apt 4", "12 1700 S APT 4"),
    ]);
    let address = parse("12 14 W. Sample Ave");
    assert_eq!(address.number.as_deref(), Some("12 14"));
    assert_eq!(address.name.as_deref(), Some("SAMPLE"));
}

#[test]
fn country_and_private_roads_are_numbered() {
    read_as(&[
        ("12 Country Rd 7", "12 COUNTRY ROAD 7"),
        ("12 Private Road 7 Apt 4", "12 PRIVATE ROAD 7 APT 4"),
        ("12 Country Rd Apt 7", "12 COUNTRY RD APT 7"),
        ("12 Private Dr 7", "12 PRIVATE DR # 7"),
    ]);
}

#[test]
fn a_zip_code_of_another_length_is_mended_or_dropped() {
    read_as(&[
        (
            "12 Sample St, Newark, NJ 7102-0001",
            "12 SAMPLE ST, NEWARK, NJ 07102-0001",
        ),
        ("12 Sample St, Reno, NV 8950-0001", "12 SAMPLE ST, RENO, NV"),
        (
            "12 Sample St 7, Reno, NV 8950189502",
            "12 SAMPLE ST # 7, RENO, NV",
        ),
        ("12 Sample St NE 204-0001", "12 SAMPLE ST NE # 204-0001"),
    ]);
}

#[test]
fn numbered_roads_are_read_as_appendix_f_has_them() {
    read_as(&[
        ("12 Cnty Hwy 7", "12 COUNTY HIGHWAY 7"),
        ("12 TSR 7", "12 TOWNSHIP ROAD 7"),
        ("12 Hwy FM 701", "12 FM 701"),
        ("12 Rd 5A", "12 ROAD 5A"),
        ("12 SR MM", "12 STATE ROAD MM"),
        ("12 Highway 7 Bypass", "12 HIGHWAY 7 BYP"),
        ("12 I 70 Byp N", "12 INTERSTATE 70 BYP N"),
        ("12 Sample Rd 5", "12 SAMPLE RD # 5"),
        (
            "12 Sample St, Pohnpei, FM 96941",
            "12 SAMPLE ST, POHNPEI, FM 96941",
        ),
    ]);
}

#[test]
fn units_before_the_building_and_bins_are_not_lost() {
    read_as(&[
        ("4th Floor Pretend Tower 12 Sample St", "12 SAMPLE ST FL 4"),
        ("North Tower 12 Sample Street", "12 SAMPLE ST"),
        ("Dept 12 0034, 7 N Sample St", "7 N SAMPLE ST DEPT 12 0034"),
        ("Bin # 12 PO Box 7", "PO BOX 7 BIN 12"),
        (
            "12 Sample St File 7 Ground Lvl",
            "12 SAMPLE ST FILE 7 LVL GROUND",
        ),
        (
            "12 Sample St Ste 4 Lower Level",
            "12 SAMPLE ST STE 4 LVL LOWR",
        ),
    ]);
}
