//! `salesforce_leads`: what the sales team knows, as a snapshot of one day.

use super::cell::{Case, end, end_quoted, number, padded, put, put_all, put_as};
use super::life::Life;
use super::places::Place;
use super::site::{Business, Person, Site, Spelling, domain};
use super::world::{Calendar, Draw, Slot, Source, World};
use super::{nevada, texas};

pub(super) const HEADER: &str = "id,is_deleted,last_name,first_name,title,company,street,city,\
    state,postal_code,country,phone,mobile_phone,email,website,lead_source,status,is_converted,\
    created_date,last_modified_date,last_activity_date,last_viewed_date,last_referenced_date,\
    email_bounced_reason,email_bounced_date,outreach_stage_c,current_enrollment_c,capacity_c,\
    lead_source_last_updated_c,brightwheel_school_uuid_c";

const LEAD_SOURCES: [&str; 8] = [
    "TAM",
    "TAM",
    "TAM",
    "Web",
    "Web",
    "Proactive Trial",
    "Marketing Research",
    "List Purchase",
];

/// City, code, name, postal code and country of places elsewhere, as reps type them.
const ELSEWHERE: [[&str; 5]; 12] = [
    ["New York", "NY", "New York", "10032", ""],
    ["Columbus", "OH", "Ohio", "43215", "US"],
    ["Muncie", "IN", "Indiana", "47302-4299", "United States"],
    ["Bend", "OR", "Oregon", "97701", "US"],
    ["Albany", "NY", "New York", "12205", ""],
    ["Columbia", "SC", "South Carolina", "29201", "US"],
    ["Glendale", "AZ", "Arizona", "85310", ""],
    ["Madison", "WI", "Wisconsin", "53703", "US"],
    ["Kelowna", "BC", "BC", "V1Y 1J4", ""],
    ["HALIFAX", "NS", "Nova Scotia", "B3H 1W2", "Canada"],
    ["Topeka", "KS", "Kansas", "66603", ""],
    ["", "Other", "Other", "", ""],
];

/// What a lead of Salesforce has in common with the licence lists.
enum Match {
    Phone(Source, Slot),
    Mobile(Source, Slot),
    /// A phone that begins with 1.
    Invalid,
    Nothing,
}

/// A third match by phone; one in nine each matches by mobile phone, has a phone that cannot be.
fn matching(world: &World, slot: Slot) -> Match {
    let turn = Source::ALL[(slot.at / 9 % 3) as usize];
    match slot.at {
        // Its mobile phone is the phone of the lead at 36, and that of a site in Nevada.
        1 if slot.born == 1 => Match::Mobile(Source::Nevada, world.first(slot.stratum, 36)),
        // Deleted, and the only one with this site's phone.
        2 if slot.born == 1 => Match::Phone(Source::Nevada, world.first(slot.stratum, 16)),
        // One lead, and two sites of one operator.
        7 if slot.born == 1 => Match::Phone(Source::Nevada, slot),
        at => match at % 9 {
            0 => Match::Phone(Source::Nevada, slot),
            3 => Match::Phone(Source::Oklahoma, slot),
            6 => Match::Phone(Source::Texas, slot),
            4 => Match::Mobile(turn, slot),
            8 => Match::Invalid,
            _ => Match::Nothing,
        },
    }
}

pub(super) fn row(world: &World, slot: Slot, month: u32, out: &mut Vec<u8>) {
    let mut draw = world.draw(Source::Nevada, slot, 7);
    let id = world.id(slot);
    let matching = matching(world, slot);
    let person = Person::draw(&mut draw);
    let is_deleted = slot.born == 1 && slot.at == 2;

    number(out, id);
    put(out, if is_deleted { ",TRUE," } else { ",FALSE," });
    put(out, person.surname);
    end(out);
    put_first_name(slot, person, &mut draw, out);
    put(
        out,
        draw.one(&[
            "",
            "",
            "",
            "",
            "",
            "Director",
            "Director/Principal",
            "Provider",
        ]),
    );
    end(out);
    put_company(world, slot, &matching, person, &mut draw, out);
    put_place(world, slot, &matching, &mut draw, out);
    put_phones(world, slot, &matching, out);
    put_mail(person, id, &mut draw, out);
    put(
        out,
        if draw.percent(10) {
            "https://www.example.org/school"
        } else {
            ""
        },
    );
    end(out);
    put(
        out,
        if slot.at == 16 {
            ""
        } else {
            draw.one(&LEAD_SOURCES)
        },
    );
    end(out);
    put_life(world, slot, month, out);
}

fn put_first_name(slot: Slot, person: Person, draw: &mut Draw, out: &mut Vec<u8>) {
    match (slot.at, draw.pick(20)) {
        (23, _) => put(out, "Ms."),
        (29, _) => put(out, "NANETTE & DAPHNE"),
        (35, _) => put(out, "P. & Silverlake G."),
        (_, 0..=2) => {}
        (_, 3) => put_as(out, person.given, Case::Upper),
        (_, 4) => put_all(out, &["Ms. ", person.given]),
        _ => put(out, person.given),
    }
    end(out);
}

fn put_company(
    world: &World,
    slot: Slot,
    matching: &Match,
    person: Person,
    draw: &mut Draw,
    out: &mut Vec<u8>,
) {
    let from = out.len();
    match matching {
        Match::Phone(source, of) | Match::Mobile(source, of) => {
            let name = match source {
                Source::Nevada => nevada::hand_made(*of),
                Source::Oklahoma => None,
                Source::Texas => texas::hand_made(*of),
            };
            match name {
                Some(name) => put(out, name),
                None => Business::of(world, *source, *of).put(out, Case::Title),
            }
        }
        _ => match (slot.at, draw.pick(12)) {
            (29, _) => put(out, "RENVALE, NANETTE & DAPHNE FAMILY CHILD CARE"),
            (35, _) => put(out, "Neighborly School, The"),
            (_, 0) => put_all(out, &[person.surname, ", ", person.given]),
            (_, 1) => {
                Business::unlisted(world, slot).put(out, Case::Title);
                put(out, " Llc");
            }
            (_, 2) => Business::unlisted(world, slot).put(out, Case::Upper),
            _ => Business::unlisted(world, slot).put(out, Case::Title),
        },
    }
    end_quoted(out, from);
}

/// Appends street, city, state, postal code and country: all of them, or the state alone.
fn put_place(world: &World, slot: Slot, matching: &Match, draw: &mut Draw, out: &mut Vec<u8>) {
    let [is_whole, is_coded] = [60, 50].map(|chance| draw.percent(chance));
    let country = draw.one(&["", "", "US", "United States"]);
    let elsewhere = elsewhere(slot, draw);
    let (site, is_hand_made, place) = match matching {
        Match::Phone(source, of) | Match::Mobile(source, of) => {
            let site = Site::of(world, *source, *of, of.born);
            let Place {
                city, state, zip, ..
            } = site.place;
            let name = match state {
                "NV" => "Nevada",
                "OK" => "Oklahoma",
                _ => "Texas",
            };
            (site, of.is_head(), [city, state, name, zip, country])
        }
        _ => (Site::unlisted(world, slot), false, elsewhere),
    };
    let [city, code, name, zip, country] = place;
    let state = if is_coded { code } else { name };
    // A hand-made row's address is not the one that is drawn.
    let is_placed = match slot.at {
        5 | 8 | 14 | 32 => true,
        10 => false,
        _ => is_whole && !is_hand_made && !city.is_empty(),
    };
    if !is_placed {
        return put_all(out, &[",,", state, ",,,"]);
    }
    let from = out.len();
    put_typed_street(slot, &site, draw, out);
    end_quoted(out, from);
    put_all(out, &[city, ",", state, ",", zip, ",", country, ","]);
}

fn elsewhere(slot: Slot, draw: &mut Draw) -> [&'static str; 5] {
    let drawn = draw.one(&ELSEWHERE);
    match slot.at {
        5 | 32 => ELSEWHERE[10],
        8 => ELSEWHERE[9],
        10 => ELSEWHERE[8],
        14 => ELSEWHERE[2],
        26 => ELSEWHERE[11],
        _ => drawn,
    }
}

fn put_typed_street(slot: Slot, site: &Site, draw: &mut Draw, out: &mut Vec<u8>) {
    match slot.at {
        5 => return put(out, "3468 Fm 547 West"),
        8 => return put(out, "4416 - 61 AVENUE"),
        14 => return put(out, "4418 W 9300 S"),
        _ => {}
    }
    let spelling = Spelling {
        case: Case::Title,
        long_direction: false,
        long_suffix: draw.percent(40),
        dotted_direction: false,
        dotted_suffix: draw.percent(20),
        unit: " Ste ",
    };
    site.put_street(out, &spelling);
    if slot.at == 32 || draw.percent(5) {
        put(out, ",");
    }
}

fn put_phones(world: &World, slot: Slot, matching: &Match, out: &mut Vec<u8>) {
    let phone = match matching {
        // As it was when the lead came in: what changed since is news.
        Match::Phone(source, of) => world.phone(*source, *of, of.born),
        Match::Invalid => 1_345_678_900 + world.id(slot),
        _ => world.own_phone(slot, false),
    };
    let mobile = match matching {
        Match::Mobile(source, of) => world.phone(*source, *of, of.born),
        _ => world.own_phone(slot, true),
    };
    for n in [phone, mobile] {
        number(out, n);
        end(out);
    }
}

fn put_mail(person: Person, id: u64, draw: &mut Draw, out: &mut Vec<u8>) {
    if draw.percent(15) {
        put_all(out, &["office", domain(draw.pick(2))]);
    } else {
        person.put_mail(out, id);
    }
    end(out);
}

/// Appends what follows the lead's source.
fn put_life(world: &World, slot: Slot, month: u32, out: &mut Vec<u8>) {
    let mut draw = world.draw(Source::Oklahoma, slot, 7);
    let life = Life::of(slot, month, &mut draw);
    put_all(
        out,
        &[
            life.status,
            if life.is_converted {
                ",TRUE,"
            } else {
                ",FALSE,"
            },
        ],
    );
    put_created(slot, &mut draw, out);
    end(out);
    // Everything was touched within a minute, so the date tells nothing.
    let today = Calendar::of(month - 1);
    put_day(today, today.days(), out);
    put(out, " 18:");
    let seconds = 27 * 60 + 36 + 57 - world.id(slot) * 57 / (world.slots() + 1);
    padded(out, seconds / 60, 2);
    out.push(b':');
    padded(out, seconds % 60, 2);
    end(out);
    if life.stage != "Assigned" && !life.stage.is_empty() {
        put_day(today, today.days(), out);
    }
    put_all(out, &[",,,,,", life.stage, ","]);
    let size = 20 + draw.pick(60);
    let [is_enrolled, is_sized, is_dated] = [8, 8, 5].map(|chance| draw.percent(chance));
    if is_enrolled || slot.at == 9 {
        number(out, size - 8);
    }
    end(out);
    if is_sized || slot.at == 9 {
        number(out, size);
    }
    put(
        out,
        if is_dated || slot.at == 6 {
            ",2019-06-27,"
        } else {
            ",,"
        },
    );
    number(out, world.id(slot) + 20);
}

fn put_day(month: Calendar, day: u64, out: &mut Vec<u8>) {
    number(out, month.year);
    out.push(b'-');
    padded(out, month.month, 2);
    out.push(b'-');
    padded(out, day, 2);
}

/// Appends a date and a time, whose hour is not padded.
fn put_created(slot: Slot, draw: &mut Draw, out: &mut Vec<u8>) {
    let created = match slot.born {
        // From April 2018 to December 2023.
        1 => {
            let months = 2018 * 12 + 3 + draw.pick(69);
            Calendar {
                year: months / 12,
                month: months % 12 + 1,
            }
        }
        born => Calendar::of(born - 1),
    };
    put_day(created, 1 + draw.pick(28), out);
    out.push(b' ');
    number(out, if slot.at == 5 { 0 } else { draw.pick(24) });
    for _ in 0..2 {
        out.push(b':');
        padded(out, draw.pick(60), 2);
    }
}
