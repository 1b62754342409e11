//! Cells of every kind, and the laws tried on made-up and on random ones.

use proptest::prelude::*;

use super::super::{LAWS, broken};
use super::*;

fn said(raw: &str) -> (Option<String>, Option<String>, &'static str) {
    let phone = parse(raw);
    (phone.key, phone.extension, phone.reason.as_str())
}

fn reasons(cells: &[(&str, Reason)]) {
    for (raw, expected) in cells {
        assert_eq!(reason(raw), *expected, "{raw:?}");
        assert_eq!(parse(raw).reason, *expected, "{raw:?}");
    }
}

#[test]
fn blank_cells_and_words_have_no_digits() {
    reasons(&[
        ("", Reason::Blank),
        (" \t\u{a0}\u{200b}", Reason::Blank),
        ("--", Reason::Blank),
        ("\0", Reason::Blank),
        ("n/a", Reason::Letters),
        ("#REF!", Reason::Letters),
        ("someone@example.com", Reason::Letters),
    ]);
}

#[test]
fn an_area_code_is_never_guessed() {
    reasons(&[
        ("555-2368", Reason::Local7),
        ("555-2368 cell", Reason::Local7),
        ("555-2368 x12", Reason::Local7),
        ("15552368", Reason::Length),
    ]);
    assert_eq!(extension("555-2368 x12"), None);
}

#[test]
fn spreadsheet_damage_is_undone_or_refused() {
    assert_eq!(clean("2125552368.0").as_deref(), Some("2125552368"));
    assert_eq!(clean(" '12125552368.0 ").as_deref(), Some("2125552368"));
    reasons(&[
        ("2.12555E+09", Reason::ExcelScientific),
        ("2,12555e9", Reason::ExcelScientific),
        ("2125552368e0", Reason::ExcelScientific),
        ("21255523689.0", Reason::Length),
        ("212555236.0", Reason::Length),
        ("5552368.0", Reason::Local7),
    ]);
}

#[test]
fn a_country_code_other_than_1_is_foreign() {
    reasons(&[
        ("+44 20 7946 0123", Reason::Foreign),
        ("tel: (+44) 20 7946 0123", Reason::Foreign),
        ("+2125552368", Reason::Foreign),
        ("011 44 20 7946 0123", Reason::Foreign),
        ("+1 212 555 2368", Reason::Ok),
        ("++12125552368", Reason::Ok),
    ]);
}

#[test]
fn letters_between_digits_are_not_a_number() {
    reasons(&[
        ("212-555-23b8", Reason::Letters),
        ("2I2-555-2368", Reason::Letters),
        ("212-555-236 apt 8", Reason::Letters),
        ("212-555-236\u{2164}", Reason::Length),
        ("212-555-2368 (cell)", Reason::Ok),
    ]);
}

#[test]
fn words_are_dialled_only_behind_an_area_code() {
    for (raw, expected) in [
        ("1-800-CALL-NOW", Some("8002255669")),
        ("800 goodcare", Some("8004663227")),
        ("(212) 555-KIDS", Some("2125555437")),
        ("1-877-BEST-4-KIDS", Some("8772378454")),
        ("800 GOODCAR x12", Some("8004663227")),
        ("KIDS-CARE", None),
        ("800 KIDS", None),
        ("800 GOODCAREFORALL", None),
        ("212-2345 cell", None),
        ("212 phone home", None),
        ("900 GOODCAR", None),
    ] {
        assert_eq!(clean(raw).as_deref(), expected, "{raw:?}");
    }
}

#[test]
fn a_dialled_word_has_an_extension_too() {
    let found = said("800 GOOD-car ext. 12");
    assert_eq!(found, (Some("8004663227".into()), Some("12".into()), "ok"));
}

#[test]
fn a_cell_of_several_numbers_keeps_them_all_and_the_first_is_the_key() {
    for raw in [
        "212-555-2368; 212-555-2369",
        "212-555-2368\n212-555-2369",
        "212/555-2368 / 212/555-2369",
        "212,555,2368,212,555,2369",
        "(212) 555-2368 or (212) 555-2369 (home)",
        "Call 212-555-2368 and 212-555-2369",
        "212-555-2368 & 1-212-555-2369, ",
    ] {
        assert_eq!(numbers(raw), ["2125552368", "2125552369"], "{raw:?}");
        assert_eq!(reason(raw), Reason::Multiple);
    }
}

#[test]
fn each_number_of_a_cell_has_its_own_extension() {
    let both = "212-555-2368 x1, 212-555-2369 x2";
    let expected = (Some("2125552368".into()), Some("1".into()), "multiple");
    assert_eq!(said(both), expected);
}

#[test]
fn a_number_given_twice_is_one_number() {
    let twice = "212-555-2368; +1 212-555-2368";
    assert_eq!(said(twice), (Some("2125552368".into()), None, "ok"));
}

#[test]
fn an_invalid_number_of_a_cell_gives_way_to_the_valid_one() {
    assert_eq!(numbers("123-456-7890; 212-555-2368"), ["2125552368"]);
    reasons(&[
        ("123-456-7890; 212-555-2368", Reason::Ok),
        ("123-456-7890; 212-555-0100", Reason::NpaStart),
    ]);
}

#[test]
fn a_short_part_makes_the_cell_no_list() {
    reasons(&[
        ("212-555-2368 & 2369", Reason::Length),
        ("212-555-2368 / 5552369", Reason::Length),
    ]);
}

#[test]
fn reasons_are_told_apart_by_their_words() {
    let mut words: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 16);
}

#[test]
fn there_are_21_notations() {
    let mut notations = laws::notations("2125552368");
    notations.sort_unstable();
    notations.dedup();
    assert_eq!(notations.len(), 21);
}

#[test]
fn every_allowed_area_code_is_of_one_area_as_often_as_the_plan_says() {
    let mut found = std::collections::BTreeMap::new();
    for code in 200..1000 {
        if let Some(area) = area(&format!("{code}2345678")) {
            *found.entry(area).or_insert(0) += 1;
        }
    }
    let all: usize = found.values().sum();
    let expected = [
        (Area::UnitedStates, 359 + 6),
        (Area::Canada, 56),
        (Area::Other, 21),
        (Area::TollFree, 7),
        (Area::Unassigned, all - 359 - 6 - 56 - 21 - 7),
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_area_is_told_of_the_key_in_any_notation_and_of_nothing_else() {
    for (raw, told) in [
        ("8005552368", Some("toll_free")),
        ("1 (888) 555-2368 x9", Some("toll_free")),
        ("8225552368", Some("unassigned")),
        ("8015552368", Some("us")),
        ("787.555.2368", Some("us")),
        ("604-555-2368; 800-555-2368", Some("canada")),
        ("242-555-2368", Some("other")),
        ("8885550123", None),
        ("800", None),
        ("", None),
        ("é8005552", None),
    ] {
        assert_eq!(area(raw).map(Area::as_str), told, "{raw}");
    }
}

#[test]
fn a_megabyte_is_read_in_a_moment() {
    for piece in [
        "2125552368;",
        "1",
        "x1",
        ",",
        "x",
        "#",
        ", ",
        "ext",
        " or ",
        "+",
        "٣",
        "a1",
        "2125552368x;",
    ] {
        let cell = piece.repeat(1_000_000 / piece.len());
        let phone = parse(&cell);
        assert_eq!(phone.key, clean(&cell), "{piece}");
        assert_eq!(phone.reason, reason(&cell), "{piece}");
    }
}

/// What cells are made of.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "212",
        "555",
        "2368",
        "2125552368",
        "12125552369",
        "800",
        "1",
        "0",
        "9",
        "001",
        "011",
        "+",
        "+1",
        "-",
        ".",
        " ",
        "  ",
        "(",
        ")",
        "/",
        ",",
        ";",
        "|",
        "\n",
        "#",
        "x",
        "X",
        " ext ",
        ";ext=",
        "ext.",
        " or ",
        " and ",
        "&",
        "cell",
        "tel:",
        "GOOD",
        "care",
        ".0",
        "e",
        "E+09",
        "'",
        "=\"",
        "\"",
        "\u{a0}",
        "\u{200b}",
        "\u{2013}",
        "٣",
        "２",
        "é",
        "ó",
        "½",
        "²",
        "\0",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

fn valid_number() -> impl Strategy<Value = String> {
    "[2-9][0-8][0-9][2-9][0-9]{6}".prop_filter("in the plan", |key| clean(key).is_some())
}

fn all_laws_hold(raw: &str) -> Result<(), TestCaseError> {
    match broken(&CLEANER, raw) {
        None => Ok(()),
        Some((law, broken)) => Err(TestCaseError::fail(format!("{}: {broken}", law.name))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_of_any_text(raw in any::<String>()) {
        all_laws_hold(&raw)?;
    }

    #[test]
    fn laws_hold_of_cells_made_of_phone_pieces(raw in pieces()) {
        all_laws_hold(&raw)?;
    }

    #[test]
    fn laws_hold_of_any_ten_or_eleven_digits(raw in "1?[0-9]{10}") {
        all_laws_hold(&raw)?;
    }

    #[test]
    fn laws_hold_of_valid_numbers_in_any_notation(key in valid_number(), at in 0_usize..21) {
        let notation = &laws::notations(&key)[at];
        prop_assert_eq!(clean(notation), Some(key));
        all_laws_hold(notation)?;
    }

    #[test]
    fn different_valid_numbers_have_different_keys(one in valid_number(), other in valid_number()) {
        prop_assert_eq!(one == other, clean(&one) == clean(&other));
    }
}

#[test]
fn every_law_has_a_name_of_its_own() {
    let mut names: Vec<_> = LAWS
        .iter()
        .chain(CLEANER.laws)
        .map(|law| law.name)
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
