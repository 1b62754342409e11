//! `source2`: Oklahoma. Cells of three lines, owners in the company's name, columns that slipped.

use super::cell::{self, Case, end, end_quoted, number, padded, put, put_all, put_as};
use super::site::{Business, Person, Site, Spelling};
use super::world::{Calendar, Draw, Slot, Source, World};

const HEADER: [&str; 2] = [
    "Type License,Company,Accepts Subsidy,Year Round,Daytime Hours,Star Level,Mon,Tues,Wed,Thurs,\
     Friday,Saturday,Sunday,Primary Caregiver,",
    ",Email,Address1,Address2,City,State,Zip,Subsidy Contract Number,Total Cap,Ages Accepted 1,AA2,\
     AA3,AA4,License Monitoring Since,School Year Only,Evening Hours",
];

pub(super) fn header(renamed: bool) -> String {
    [
        HEADER[0],
        if renamed { "Phone Number" } else { "Phone" },
        HEADER[1],
    ]
    .concat()
}

const INFANTS: &str = "Infants (0-11 months)";
const TODDLERS: &str = "Toddlers (12-23 months; 1yr.)";
const PRESCHOOL: &str = "Preschool (24-48 months; 2-4 yrs.)";
const SCHOOL: &str = "School-age (5 years-older)";

/// Ages accepted, packed to the left.
const AGES: [[&str; 4]; 8] = [
    [INFANTS, TODDLERS, PRESCHOOL, SCHOOL],
    [INFANTS, TODDLERS, PRESCHOOL, SCHOOL],
    [INFANTS, TODDLERS, PRESCHOOL, SCHOOL],
    [INFANTS, TODDLERS, PRESCHOOL, ""],
    [TODDLERS, PRESCHOOL, SCHOOL, ""],
    [TODDLERS, PRESCHOOL, "", ""],
    [PRESCHOOL, SCHOOL, "", ""],
    [SCHOOL, "", "", ""],
];

const CLOSED: &str = "CLOSED";
const HOURS: [&str; 8] = [
    "7:30AM - 5:30PM",
    "7:00AM - 5:30PM",
    "6:00AM - 6:00PM",
    "7:00AM - 5:00PM",
    "6:30AM - 6:00PM",
    "8:00AM - 5:30PM",
    "6:00AM - 5:30PM",
    "7:30AM - 6:00PM",
];

/// A hand-made row. What is empty is drawn as for any other.
#[derive(Clone, Copy)]
struct Head {
    is_center: bool,
    company: &'static str,
    caregiver: &'static str,
    street: &'static str,
    mail: &'static str,
}

const fn head(
    company: &'static str,
    caregiver: &'static str,
    street: &'static str,
    mail: &'static str,
) -> Head {
    Head {
        is_center: false,
        company,
        caregiver,
        street,
        mail,
    }
}

const fn center(company: &'static str, caregiver: &'static str, street: &'static str) -> Head {
    Head {
        is_center: true,
        company,
        caregiver,
        street,
        mail: "",
    }
}

/// The rare quirks: organisations with a comma, names that differ between two cells, a street
/// without its ordinal, mail in capitals, and one owner's centre and home (7 and 8).
const HEADS: [Head; 18] = [
    head("MCTARROW, ANNIKA", "ANNIKA MCTARROW", "", ""),
    head(
        "FAIRLOCK, JUNO DBA WHISKERS AND WRENS ,LLC",
        "Juno Fairlock",
        "",
        "",
    ),
    head("", "", "", ""),
    head(
        "BRAMWICK, SELMA DBA THE TURNIP PATCH HOME DAYCARE",
        "Selma Bramwick",
        "",
        "",
    ),
    head(
        "WEXCOMBE, ORIEL",
        "Oriel Wexcombe",
        "",
        "Oriel_wexcombe@example.org",
    ),
    head(
        "JORVALE, PERPETUA MAEVE DBA LIL TURNIPS, LLC",
        "Perpetua Jorvale",
        "",
        "",
    ),
    head(
        "QUILLON, MARTA J. DBA HOORAY! LEARNING CENTER",
        "Marta Quillon",
        "",
        "",
    ),
    center(
        "PINE AND PEBBLE LEARNING SPACE, LLC",
        "Lenore Garrowby",
        "2318 N JUNIPERWOOD PLACE",
    ),
    head(
        "GARROWBY, LENORE DBA PINE AND PEBBLE LEARNING SPACE, LLC",
        "Lenore Garrowby",
        "1412 N. CHESTERLY AVE.",
        "lenore8@example.com",
    ),
    center(
        "TUMBLE TEAPOT CHILD DEVELOPMENT CENTER",
        "BASIL ESKWELL",
        "",
    ),
    center("RISING ACORNS, LLC", "Winifred Dunmere", "7406 NW 131"),
    head("", "", "14206 E 93RD ST N", ""),
    head(
        "MCTARROW, ODETTE DBA OTTO'S PLACE",
        "Odette McTarrow",
        "",
        "LITTLE_STARGAZER41@EXAMPLE.COM",
    ),
    head("", "", "2808 NW 141ST PL.", ""),
    head("", "", "", ""),
    head("", "", "9318 HARELAND RDG", ""),
    head(
        "HOLLISTEN, VERITY DBA MRS. HOLLISTEN LITTLE LEARNING CENTER",
        "Verity Hollisten",
        "",
        "",
    ),
    head("", "", "", ""),
];

fn head_of(slot: Slot) -> Head {
    let head = if slot.is_head() {
        HEADS.get(slot.at as usize).copied()
    } else {
        None
    };
    head.unwrap_or(head_default())
}

const fn head_default() -> Head {
    head("", "", "", "")
}

pub(super) fn row(world: &World, slot: Slot, month: u32, out: &mut Vec<u8>) {
    let mut draw = world.draw(Source::Oklahoma, slot, 4);
    let head = head_of(slot);
    let operator = world.operator(Source::Oklahoma, slot);
    let person = Person::draw(&mut world.draw(Source::Oklahoma, operator, 5));
    let is_pair = operator != slot || slot.at == 7 && slot.born == 1;
    let is_center = match slot.at {
        _ if !head.company.is_empty() => head.is_center,
        7 | 8 if is_pair => slot.at == 7,
        _ => world.is_shared(Source::Oklahoma, slot) || draw.percent(11),
    };

    put(
        out,
        if is_center {
            "CHILD CARE CENTER - K830"
        } else {
            "CHILD CARE FAMILY - K820"
        },
    );
    padded(out, world.licence(slot, 10_000, 1_000_000), 6);
    end(out);
    let from = out.len();
    match head.company {
        "" => put_company(world, slot, person, is_center, is_pair, &mut draw, out),
        company => put(out, company),
    }
    end_quoted(out, from);
    let ages = if slot.is_head() && slot.at == 14 {
        AGES[5]
    } else {
        draw.one(&AGES)
    };
    let flags = flags(slot, &mut draw);
    put_all(out, &[flags[0], ",", flags[1], ",", flags[2], ","]);
    number(out, 1 + [0, 1, 1, 1, 2, 3, 4, 4][draw.pick(8) as usize]);
    put(out, " Star Level Program,");
    put_hours(slot, is_pair, &mut draw, out);
    put_caregiver(head, person, is_center, out);
    cell::phone(
        out,
        world.phone(Source::Oklahoma, slot, month),
        ["(", ") ", "-"],
    );
    end(out);
    match head.mail {
        // One owner has one address for both sites, here that of the hand-made pair.
        "" if slot.is_head() && slot.at == 7 => put(out, HEADS[8].mail),
        "" => person.put_mail(out, world.ordinal(operator)),
        mail => put(out, mail),
    }
    end(out);
    put_address(world, slot, month, head.street, out);
    put_tail(slot, is_center, flags, ages, &mut draw, out);
}

/// Which of the four flags the site has; the last one has a column that never shows it.
fn flags(slot: Slot, draw: &mut Draw) -> [&'static str; 4] {
    let [accepts, all_year, evening] = [58, 92, 4].map(|chance| draw.percent(chance));
    let [accepts, all_year, evening] = match slot.at {
        11 if slot.is_head() => [true, false, true],
        14 if slot.is_head() => [false, true, false],
        17 if slot.is_head() => [false, false, false],
        _ => [accepts, all_year, evening],
    };
    let shown = |is_so, flag| if is_so { flag } else { "" };
    [
        shown(accepts, "Accepts Subsidy"),
        shown(all_year, "Year Round"),
        "Daytime Hours",
        shown(evening, "Evening Hours"),
    ]
}

/// `LAST, FIRST`, `LAST, FIRST DBA X`, or an organisation.
fn put_company(
    world: &World,
    slot: Slot,
    person: Person,
    is_center: bool,
    is_pair: bool,
    draw: &mut Draw,
    out: &mut Vec<u8>,
) {
    if !is_center {
        put_as(out, person.surname, Case::Upper);
        put(out, ", ");
        put_as(out, person.given, Case::Upper);
    }
    let is_named = is_center || is_pair || draw.percent(40);
    let suffix = draw.one(&[", LLC", " LLC", "", "", ", LLC"]);
    if is_named {
        put(out, if is_center { "" } else { " DBA " });
        Business::of(world, Source::Oklahoma, slot).put(out, Case::Upper);
        put(out, if is_pair { ", LLC" } else { suffix });
    }
}

/// Appends seven days.
fn put_hours(slot: Slot, is_pair: bool, draw: &mut Draw, out: &mut Vec<u8>) {
    let usual = draw.one(&HOURS);
    let (weekday, friday, saturday, sunday) = match slot.at {
        1 if slot.is_head() => ["12:00AM - 12:00AM"; 4].into(),
        2 if slot.is_head() => ["5:30AM - 11:59PM"; 4].into(),
        3 if slot.is_head() => ("7:30AM - 5:15PM", "7:30AM - 5:30PM", CLOSED, CLOSED),
        16 if slot.is_head() => (
            "6:00AM - 10:30PM",
            "6:00AM - 10:30PM",
            "6:00AM - 10:30PM",
            CLOSED,
        ),
        // The owner of a centre minds children at home on the days it is closed.
        8 if is_pair => (CLOSED, CLOSED, "6:00AM - 6:00PM", "6:00AM - 6:00PM"),
        _ => (usual, usual, CLOSED, CLOSED),
    };
    let days = [weekday, weekday, weekday, weekday, friday, saturday, sunday];
    for day in days {
        put(out, day);
        end(out);
    }
}

fn put_caregiver(head: Head, person: Person, is_center: bool, out: &mut Vec<u8>) {
    out.push(b'"');
    match head.caregiver {
        "" => person.put(out, Case::Title),
        name => put(out, name),
    }
    put(out, "\n \n ");
    put(
        out,
        if is_center {
            "Director"
        } else {
            "Primary Caregiver"
        },
    );
    put(out, "\",");
}

/// Appends street, unit, city, state and ZIP. `Address2` is always empty.
fn put_address(world: &World, slot: Slot, month: u32, street: &str, out: &mut Vec<u8>) {
    let site = Site::of(world, Source::Oklahoma, slot, month);
    let mut draw = world.draw(Source::Oklahoma, slot, 6);
    let [suffix, direction, dot] = [draw.pick(10), draw.pick(10), draw.pick(10)];
    let is_dotted = slot.respellings(month).is_multiple_of(2);
    let spelling = Spelling {
        case: Case::Upper,
        long_direction: false,
        long_suffix: suffix < 4 && !slot.is_respelled(),
        dotted_direction: (slot.is_respelled() || direction < 4) && is_dotted,
        dotted_suffix: (slot.is_respelled() || dot < 2) && is_dotted,
        unit: " STE ",
    };
    match street {
        "" => site.put_street(out, &spelling),
        street => put(out, street),
    }
    put(out, ",,");
    put_as(out, site.place.city, Case::Upper);
    put_all(out, &[",", site.place.state, ",", site.place.zip, ","]);
}

/// Appends what follows the ZIP.
///
/// The last two columns hold, whatever their names say, the first and the third of the flags that
/// are set, and where there is no third, the third age.
fn put_tail(
    slot: Slot,
    is_center: bool,
    flags: [&'static str; 4],
    ages: [&'static str; 4],
    draw: &mut Draw,
    out: &mut Vec<u8>,
) {
    put(out, "Subsidy Contract Number: ");
    match flags[0] {
        "" => put(out, "N/A"),
        _ => number(out, 16_000 + draw.pick(44_000)),
    }
    end(out);
    number(
        out,
        if is_center {
            40 + draw.pick(120)
        } else {
            draw.one(&[7, 12, 12])
        },
    );
    end(out);
    for age in ages {
        put(out, age);
        end(out);
    }
    put(out, "Monitoring since ");
    let (since, day) = match slot.born {
        // From September 2020 to November 2023.
        1 => (draw.pick(39) + 2020 * 12 + 8, 1 + draw.pick(28)),
        born => {
            let since = Calendar::of(born - 1);
            (since.year * 12 + since.month - 1, 1 + draw.pick(28))
        }
    };
    number(out, since / 12);
    out.push(b'-');
    padded(out, since % 12 + 1, 2);
    out.push(b'-');
    padded(out, day, 2);
    end(out);
    let mut set = flags.into_iter().filter(|flag| !flag.is_empty());
    put(out, set.next().unwrap_or(""));
    end(out);
    put(out, set.nth(1).unwrap_or(ages[2]));
}
