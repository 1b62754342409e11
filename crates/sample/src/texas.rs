//! `source3`: Texas. One column per part of the address, sorted by name, nobody to ask for.

use super::cell::{self, Case, end, end_quoted, number, put, put_all, put_as};
use super::nevada::put_date;
use super::site::{Business, Site, Spelling};
use super::world::{Calendar, Slot, Source, World};

pub(super) const HEADER: &str = "Operation,Agency Number,Operation Name,Address,City,State,Zip,\
    County,Phone,Type,Status,Issue Date,Capacity,Email Address,Facility ID,Monitoring Frequency,\
    Infant,Toddler,Preschool,School";

const CENTER: &str = "Licensed Center - Child Care Program";
const HOME: &str = "Licensed Child-Care Home";

/// A hand-made row. An empty street is drawn, city and all.
struct Head {
    name: &'static str,
    is_home: bool,
    /// Street, city, ZIP and county.
    address: Option<[&'static str; 4]>,
}

const fn at(name: &'static str, address: [&'static str; 4]) -> Head {
    Head {
        name,
        is_home: false,
        address: Some(address),
    }
}

const fn drawn(name: &'static str, is_home: bool) -> Head {
    Head {
        name,
        is_home,
        address: None,
    }
}

/// The rare quirks, in the order of their names: a quote that lost its partner, names that begin
/// with digits, farm roads, units without a word, initials spaced out, three sites on one phone
/// (2 to 4), two (7 and 8), an operation not yet permitted (13) and one name that is another and
/// a number.
const HEADS: [Head; 19] = [
    at(
        "K\" Lane Learning Center LLC\"",
        ["11850 K ST", "SOMERSET", "78069", "BEXAR"],
    ),
    drawn("1 by 1 Childcare Loft", false),
    drawn("1.2..bee Kidz", false),
    drawn("1.2..bee Kidz II", false),
    drawn("1.2..bee Kidz III", false),
    drawn("123 Moonbeam Academy", true),
    drawn("123-Abc Lantern Center", true),
    at(
        "1st Stride Early Learning Center",
        ["812 FM 694 STE 118", "PFLUGERVILLE", "78660", "TRAVIS"],
    ),
    at(
        "1st Stride University Child Care",
        ["2716 CHALKSTONE DR", "KINGWOOD", "77339", "HARRIS"],
    ),
    at(
        "1st Thistle 1st Child Growth and Learning Center, LLC",
        ["6310 FM 3477 RD", "NAVASOTA", "77868", "GRIMES"],
    ),
    at(
        "2nd Stride Daycare & Learning Center",
        ["6120 S J B THORNVALE FWY", "DALLAS", "75224", "DALLAS"],
    ),
    at(
        "4 Clover Sakes Learning Center",
        ["11234 ALDERMOSS ST STE 2", "DALLAS", "75218", "DALLAS"],
    ),
    at(
        "4th and Elmwick Lantern Christian Preschool",
        ["2718 GLIDER RD B14", "LUBBOCK", "79414", "LUBBOCK"],
    ),
    drawn("5 Small Gosling Steps", false),
    at(
        "5 Thimbles Daycare & Play Center Corp.",
        ["5530 N LOOP DR", "SWEETWATER", "79556", "NOLAN"],
    ),
    drawn("505 Quilt and Lantern Learning Center", true),
    at(
        "805 Hay Wagon Day Care",
        ["27416 FM 805", "LOS FRESNOS", "78566", "CAMERON"],
    ),
    drawn("A Bar Q Palomino", false),
    drawn("A Bar Q Palomino II", false),
];

fn head_of(slot: Slot) -> Option<&'static Head> {
    if slot.is_head() {
        HEADS.get(slot.at as usize)
    } else {
        None
    }
}

/// The name of a hand-made row.
pub(super) fn hand_made(slot: Slot) -> Option<&'static str> {
    head_of(slot).map(|head| head.name)
}

pub(super) fn row(world: &World, slot: Slot, month: u32, shifted: bool, out: &mut Vec<u8>) {
    let mut draw = world.draw(Source::Texas, slot, 4);
    let head = head_of(slot);
    let business = Business::of(world, Source::Texas, slot);
    let is_home = head.map_or(business.is_home(), |head| head.is_home);
    let is_pending = slot.at == 13 && slot.born == 1;

    number(out, world.licence(slot, 500_000, 2_000_000));
    put(out, ",,");
    let from = out.len();
    match head {
        Some(head) => put(out, head.name),
        None => {
            business.put(out, Case::Title);
            put(out, draw.one(&["", "", "", "", ", LLC", " LLC", " Inc."]));
            if world.operator(Source::Texas, slot) != slot {
                put(out, if slot.at == 4 { " III" } else { " II" });
            }
        }
    }
    end_quoted(out, from);
    let county = put_address(world, slot, month, head, out);
    let phone = world.phone(Source::Texas, slot, month);
    put_contact(county, phone, shifted, out);
    put_all(out, &[if is_home { HOME } else { CENTER }, ","]);
    if is_pending {
        put(out, ",,,");
    } else {
        put(out, "Full Permit,");
        let (year, month) = match slot.born {
            1 => (1994 + draw.pick(30), 1 + draw.pick(12)),
            born => (Calendar::of(born - 1).year, Calendar::of(born - 1).month),
        };
        put_date(out, year, month, 1 + draw.pick(28));
        end(out);
        number(out, if is_home { 12 } else { 16 + draw.pick(320) });
        end(out);
        if draw.percent(72) {
            business.put_mail(out, world.ordinal(slot));
        }
    }
    end(out);
    number(out, world.licence(slot, 130_000, 1_600_000));
    let [infant, school] = [draw.percent(88), draw.percent(95)];
    put(
        out,
        match (is_pending, infant, school) {
            (true, _, _) => ",,N,N,N,N",
            (_, true, true) => ",,Y,Y,Y,Y",
            (_, true, false) => ",,Y,Y,Y,N",
            (_, false, true) => ",,N,Y,Y,Y",
            (_, false, false) => ",,N,Y,Y,N",
        },
    );
}

/// Appends street, city, state and ZIP; gives the county, in title case or upper.
fn put_address(
    world: &World,
    slot: Slot,
    month: u32,
    head: Option<&'static Head>,
    out: &mut Vec<u8>,
) -> &'static str {
    if let Some([street, city, zip, county]) = head.and_then(|head| head.address) {
        put_all(out, &[street, ",", city, ",TX,", zip, ","]);
        return county;
    }
    let site = Site::of(world, Source::Texas, slot, month);
    let spelling = Spelling {
        case: Case::Upper,
        long_direction: false,
        long_suffix: slot.respellings(month) % 2 == 1,
        dotted_direction: false,
        dotted_suffix: false,
        unit: " STE ",
    };
    site.put_street(out, &spelling);
    end(out);
    put_as(out, site.place.city, Case::Upper);
    put_all(out, &[",", site.place.state, ",", site.place.zip, ","]);
    site.place.county
}

fn put_contact(county: &str, phone: u64, shifted: bool, out: &mut Vec<u8>) {
    if shifted {
        cell::phone(out, phone, ["", "-", "-"]);
        end(out);
    }
    put_as(out, county, Case::Upper);
    end(out);
    if !shifted {
        cell::phone(out, phone, ["", "-", "-"]);
        end(out);
    }
}
