//! `source1`: Nevada. Upper case, the city run into the street, the status inside the type.

use super::cell::{self, Case, end, end_quoted, number, put, put_as};
use super::site::{Business, Person, Site, Spelling, site_name};
use super::world::{Calendar, Draw, Slot, Source, World};

pub(super) const HEADER: &str = "Name,Credential Type,Credential Number,Status,Expiration Date,\
    Disciplinary Action,Address,State,County,Phone,First Issue Date,Primary Contact Name,\
    Primary Contact Role";

/// Credential types as they are, and as a fault spells them.
const TYPES: [[&str; 2]; 8] = [
    ["CENTER", "Child Care Center"],
    ["CENTER (PROVISIONAL)", "Child Care Center - Provisional"],
    ["FAMILY CARE", "Family Child Care"],
    [
        "FAMILY CARE (PROVISIONAL)",
        "Family Child Care - Provisional",
    ],
    ["GROUP CARE", "Group Child Care"],
    ["GROUP CARE (PROVISIONAL)", "Group Child Care - Provisional"],
    ["ACCOMMODATION", "Accommodation Facility"],
    ["PERMITS", "Permit"],
];

const ROLES: [&str; 4] = ["Director", "Owner", "Person in Charge", "Other"];

/// A hand-made row. What is empty or `None` is drawn as for any other.
struct Head {
    at: u64,
    name: &'static str,
    kind: usize,
    /// Everything up to the comma before the state, and the ZIP.
    address: Option<[&'static str; 2]>,
    contact: &'static str,
}

const fn head(
    at: u64,
    name: &'static str,
    kind: usize,
    address: Option<[&'static str; 2]>,
    contact: &'static str,
) -> Head {
    Head {
        at,
        name,
        kind,
        address,
        contact,
    }
}

/// The rare quirks: a character decoded wrongly, spaced dashes, units in a range, streets without
/// a suffix, saints, a city that could begin with the street's last word, two people in one cell.
const HEADS: [Head; 19] = [
    head(0, "BRAMBLE & BEE CHRISTIAN PRE-SCHOOL", 0, None, ""),
    head(1, "MY LITTLE LANTERNíS HOME DAYCARE LLC", 3, None, ""),
    head(
        2,
        "PEAKVANE FITNESS - SABLEWOOD",
        6,
        Some(["7348 W. SABLEWOOD LAS VEGAS", "89117"]),
        "ODALYS FENLARK",
    ),
    head(3, "PEAKVANE FITNESS -RUSTIC", 6, None, "ODALYS FENLARK"),
    head(
        4,
        "PEAKVANE FITNESS- BLUE MESA",
        6,
        None,
        "JORIE & ODALYS, TESSENDALE & FENLARK",
    ),
    head(
        5,
        "OFFICE OF YOUTH PROGRAMS & PLAY AND THE DEPARTMENT OF SMALL PARKS & LARGE SANDBOXES",
        7,
        Some(["812 SOUTH MAPLETHORN STREET LAS VEGAS", "89101"]),
        "MAVIS BARROWBY-HALLOWEN",
    ),
    head(
        6,
        "WINNIE'S CHILDCARE",
        2,
        Some(["5118 LARKMEADOW AVENUE NORTH LAS VEGAS", "89084"]),
        "",
    ),
    head(
        7,
        "FOXGLOVE OF LAS VEGAS AT LONE CEDAR",
        0,
        None,
        "IMKE AND STELLA JARROWELL AND SUMMERBY-COLE",
    ),
    head(
        8,
        "FOXGLOVE OF LAS VEGAS AT SILVER THISTLE",
        0,
        None,
        "IMKE & FLORA JARROWELL & CRANFELL",
    ),
    head(
        9,
        "MOPPET IN HOME FAMILY CARE",
        5,
        Some(["6417 COPPER BLSSOM CT LAS VEGAS", "89108"]),
        "",
    ),
    head(
        10,
        "THIMBLETON LEARN & PLAY CENTER - OLD ORCHARD",
        1,
        Some(["4310 S. IRONVALE BLVD., STE 112-114 LAS VEGAS", "89139"]),
        "",
    ),
    head(
        11,
        "POCKETWREN ROSE GATE",
        0,
        Some(["1846 ST. ODETTA PKWY HENDERSON", "89052"]),
        "ORSOLA & TILDA MARROW HALLOWEN & NETTLEBY",
    ),
    head(
        12,
        "LANTERN FOUNDATION EARLY HEAD START - BOULDER CITY",
        0,
        Some(["308 ST. ISADORA ST BOULDER CITY", "89005"]),
        "",
    ),
    head(13, "CHAPEL CORNER DAYCARE", 1, None, ""),
    head(
        14,
        "CURIOUS CRICKETS-MILLPOND",
        0,
        None,
        "GRETA AND PAULINE DUNMERE AND SLATTERBY",
    ),
    head(
        15,
        "POCKETWREN LEARNING CENTERS - DESERT ROSEBUD",
        0,
        None,
        "ROWENA, KESTREL EDENVALE, HAVERLUND",
    ),
    head(16, "PHILIPPA ESKWELL", 2, None, "PHILIPPA ESKWELL"),
    head(
        17,
        "XYZ ETC/TINY OTTERS",
        0,
        Some(["6675 W. FALLOWDEER LAS VEGAS", "89149"]),
        "",
    ),
    head(
        18,
        "KEEP'EM CURIOUS ACADEMY, LLC",
        4,
        Some(["5274 W. PLUMFEATHER RD., STE 1 NORTH LAS VEGAS", "89031"]),
        "",
    ),
];

fn head_of(slot: Slot) -> Option<&'static Head> {
    if slot.is_head() {
        HEADS.get(slot.at as usize)
    } else {
        None
    }
}

pub(super) fn row(world: &World, slot: Slot, month: u32, respelled: bool, out: &mut Vec<u8>) {
    let mut draw = world.draw(Source::Nevada, slot, 4);
    let head = head_of(slot);
    let business = Business::of(world, Source::Nevada, slot);
    let kind = head.map_or_else(|| draw_kind(&business, &mut draw), |head| head.kind);
    let operator = world.operator(Source::Nevada, slot);
    let person = Person::draw(&mut world.draw(Source::Nevada, operator, 5));

    let from = out.len();
    match head {
        Some(head) => put(out, head.name),
        None if kind == 2 && draw.percent(15) => person.put(out, Case::Upper),
        None => put_name(
            &business,
            slot,
            operator != slot || slot.at == 7,
            &mut draw,
            out,
        ),
    }
    end_quoted(out, from);
    put(out, TYPES[kind][usize::from(respelled)]);
    end(out);
    match head {
        Some(Head { at: 13, .. }) => put(out, "006-23"),
        _ => {
            number(out, world.licence(slot, 200, 10_000));
            out.push(b'-');
            number(out, if slot.born > 1 { 24 } else { 20 + draw.pick(4) });
        }
    }
    put(out, ",Active,");
    put_expiration(slot, month, &mut draw, out);
    put(out, ",N,");
    put_address(world, slot, month, out);
    cell::phone(
        out,
        world.phone(Source::Nevada, slot, month),
        ["", "-", "-"],
    );
    end(out);
    put_issue(slot, &mut draw, out);
    end(out);
    let from = out.len();
    match head.map_or("", |head| head.contact) {
        "" => put_contact(person, &mut draw, out),
        contact => put(out, contact),
    }
    end_quoted(out, from);
    put(
        out,
        ROLES[[0, 0, 0, 0, 0, 1, 1, 1, 2, 3][draw.pick(10) as usize]],
    );
}

fn draw_kind(business: &Business, draw: &mut Draw) -> usize {
    let kinds: &[usize] = match business.is_home() {
        true => &[2, 2, 2, 2, 3, 4, 4, 4, 5, 2],
        false => &[0, 0, 0, 0, 0, 0, 0, 1, 6, 7, 0, 0],
    };
    draw.one(kinds)
}

/// The name a business goes by in Title Case elsewhere, if it is not drawn but hand-made.
pub(super) fn hand_made(slot: Slot) -> Option<&'static str> {
    head_of(slot).map(|head| head.name)
}

fn put_name(business: &Business, slot: Slot, is_site: bool, draw: &mut Draw, out: &mut Vec<u8>) {
    let between = ["-", " & ", " ", " ", " ", " ", " ", " "][draw.pick(8) as usize];
    // The sites of one operator share its name.
    business.put_joined(out, if is_site { " " } else { between }, Case::Upper);
    if is_site || draw.percent(20) {
        put(out, draw.one(&[" - ", " - ", " -", "- "]));
        put_as(out, site_name(draw, slot), Case::Upper);
    } else {
        put(
            out,
            draw.one(&[
                " LLC", " L.L.C.", ", LLC", "", "", "", "", "", "", "", "", "",
            ]),
        );
    }
}

/// Licences end with a month and are renewed for a year; February ends on its 28th even in 2024.
fn put_expiration(slot: Slot, month: u32, draw: &mut Draw, out: &mut Vec<u8>) {
    let today = Calendar::of(month);
    let ends = if slot.is_head() && slot.at == 12 {
        2
    } else {
        1 + draw.pick(12)
    };
    let year = today.year + u64::from(ends < today.month);
    let day = if ends == 2 {
        28
    } else {
        Calendar { year, month: ends }.days()
    };
    put_date(out, year, ends, day);
}

fn put_issue(slot: Slot, draw: &mut Draw, out: &mut Vec<u8>) {
    let day = if draw.percent(60) {
        1
    } else {
        1 + draw.pick(28)
    };
    if slot.born > 1 {
        let issued = Calendar::of(slot.born - 1);
        return put_date(out, issued.year, issued.month, day);
    }
    put_date(out, 2013 + draw.pick(11), 1 + draw.pick(12), day);
}

/// Appends month, day and two digits of the year, none padded but the year.
pub(super) fn put_date(out: &mut Vec<u8>, year: u64, month: u64, day: u64) {
    number(out, month);
    out.push(b'/');
    number(out, day);
    out.push(b'/');
    cell::padded(out, year % 100, 2);
}

/// Appends the address, the state and the county.
fn put_address(world: &World, slot: Slot, month: u32, out: &mut Vec<u8>) {
    let site = Site::of(world, Source::Nevada, slot, month);
    let head = head_of(slot).and_then(|head| head.address);
    out.push(b'"');
    let (state, county) = match head {
        Some([address, zip]) => {
            cell::put_all(out, &[address, ", NV ", zip]);
            ("NV", "Clark")
        }
        None => {
            site.put_street(out, &spelling(world, slot, month));
            out.push(b' ');
            put_as(out, site.place.city, Case::Upper);
            cell::put_all(out, &[", ", site.place.state, " ", site.place.zip]);
            (site.place.state, site.place.county)
        }
    };
    cell::put_all(out, &["\",", state, ","]);
    put_as(out, county, Case::Upper);
    end(out);
}

fn spelling(world: &World, slot: Slot, month: u32) -> Spelling {
    let mut draw = world.draw(Source::Nevada, slot, 6);
    let direction = draw.pick(10);
    let suffix = draw.pick(10);
    let is_dotted = slot.respellings(month).is_multiple_of(2);
    Spelling {
        case: Case::Upper,
        long_direction: direction == 0 && !slot.is_respelled(),
        long_suffix: suffix < 2,
        dotted_direction: (slot.is_respelled() || direction < 9) && is_dotted,
        dotted_suffix: suffix > 7 && is_dotted,
        unit: ", STE ",
    }
}

/// One person, or in one of eight rows two: `F1 & F2 L1 & L2`.
fn put_contact(person: Person, draw: &mut Draw, out: &mut Vec<u8>) {
    if !draw.percent(12) {
        return person.put(out, Case::Upper);
    }
    let other = Person::draw(draw);
    let and = draw.one(&[" & ", " AND ", ", "]);
    put_as(out, person.given, Case::Upper);
    put(out, and);
    put_as(out, other.given, Case::Upper);
    out.push(b' ');
    put_as(out, person.surname, Case::Upper);
    put(out, and);
    put_as(out, other.surname, Case::Upper);
}
