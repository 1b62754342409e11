//! A lead's address, business and people, and the ways a source writes them.

use super::cell::{Case, number, put, put_as};
use super::places::{Place, places};
use super::words::{DIRECTIONS, FIRSTS, GIVEN, KINDS, SECONDS, SITES, STREETS, SUFFIXES, SURNAMES};
use super::world::{Draw, Slot, Source, World};

/// A street by its name or by its number.
#[derive(Clone, Copy)]
enum Street {
    Named(&'static str),
    Numbered(u64),
}

/// Where a lead is, however it is written.
pub(super) struct Site {
    house: u64,
    direction: usize,
    street: Street,
    suffix: usize,
    unit: Option<u64>,
    pub(super) place: Place,
}

/// How a source spells a street.
pub(super) struct Spelling {
    pub(super) case: Case,
    pub(super) long_direction: bool,
    pub(super) long_suffix: bool,
    pub(super) dotted_direction: bool,
    pub(super) dotted_suffix: bool,
    /// What goes before a unit's number.
    pub(super) unit: &'static str,
}

impl Site {
    /// The site in `month`. One that other sources list too is the same in all of them.
    pub(super) fn of(world: &World, source: Source, slot: Slot, month: u32) -> Site {
        let home = world.home(source, slot);
        Site::drawn(
            &mut world.draw(home, slot, 16 + slot.moves(month)),
            home,
            slot,
        )
    }

    /// A site that no source lists.
    pub(super) fn unlisted(world: &World, slot: Slot) -> Site {
        Site::drawn(
            &mut world.draw(Source::Nevada, slot, 8),
            Source::Nevada,
            slot,
        )
    }

    fn drawn(draw: &mut Draw, home: Source, slot: Slot) -> Site {
        let place = draw.one(places(home));
        // The sites of one operator follow one another: their houses differ whatever is drawn.
        let house = 3 * (34 + draw.pick(3900)) + slot.at % 3;
        let is_numbered = home == Source::Oklahoma && draw.percent(50);
        let directions = if is_numbered { 8 } else { 4 };
        let is_directed = is_numbered || slot.is_respelled() || draw.percent(35);
        let direction = if is_directed {
            1 + draw.pick(directions) as usize
        } else {
            0
        };
        let street = match is_numbered {
            true => Street::Numbered(4 + draw.pick(150)),
            false => Street::Named(draw.one(&STREETS)),
        };
        let suffix = draw.pick(SUFFIXES.len() as u64) as usize;
        let unit = draw.percent(6).then(|| 1 + draw.pick(320));
        Site {
            house,
            direction,
            street,
            suffix,
            unit,
            place,
        }
    }

    /// Appends house, street and unit.
    pub(super) fn put_street(&self, out: &mut Vec<u8>, spelling: &Spelling) {
        number(out, self.house);
        out.push(b' ');
        if self.direction > 0 {
            let direction = DIRECTIONS[self.direction];
            match direction[0] {
                // Two letters stay two letters: N.E. is no form of the files.
                short if short.len() > 1 => put(out, short),
                _ => put_as(
                    out,
                    direction[usize::from(spelling.long_direction)],
                    spelling.case,
                ),
            }
            if spelling.dotted_direction && !spelling.long_direction && direction[0].len() == 1 {
                out.push(b'.');
            }
            out.push(b' ');
        }
        match self.street {
            Street::Named(name) => put_as(out, name, spelling.case),
            Street::Numbered(n) => put_ordinal(out, n, spelling.case),
        }
        out.push(b' ');
        put_as(
            out,
            SUFFIXES[self.suffix][usize::from(spelling.long_suffix)],
            spelling.case,
        );
        if spelling.dotted_suffix && !spelling.long_suffix && self.suffix + 1 < SUFFIXES.len() {
            out.push(b'.');
        }
        if let Some(unit) = self.unit {
            put(out, spelling.unit);
            number(out, unit);
        }
    }
}

fn put_ordinal(out: &mut Vec<u8>, n: u64, case: Case) {
    number(out, n);
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    put_as(out, ending, case);
}

/// What a business is called.
pub(super) struct Business {
    first: &'static str,
    second: &'static str,
    kind: usize,
}

impl Business {
    /// The business of the lead, which the sites of one operator share.
    ///
    /// Texas lists by name, so its names follow the order of the places, and a site that Texas
    /// shares goes by that name elsewhere.
    pub(super) fn of(world: &World, source: Source, slot: Slot) -> Business {
        let operator = world.operator(source, slot);
        let is_sorted = source == Source::Texas
            || slot.at >= 20 && slot.at <= 21 && world.is_shared(source, slot);
        if is_sorted {
            return Business::sorted(world.ordinal(operator), world.slots());
        }
        let home = world.home(source, slot);
        Business::drawn(&mut world.draw(home, operator, 3))
    }

    /// A business that no source lists.
    pub(super) fn unlisted(world: &World, slot: Slot) -> Business {
        Business::drawn(&mut world.draw(Source::Nevada, slot, 9))
    }

    fn drawn(draw: &mut Draw) -> Business {
        Business {
            first: draw.one(&FIRSTS),
            second: draw.one(&SECONDS),
            kind: draw.pick(KINDS.len() as u64) as usize,
        }
    }

    fn sorted(ordinal: u64, of: u64) -> Business {
        let [firsts, seconds, kinds] = [FIRSTS.len(), SECONDS.len(), KINDS.len()].map(|n| n as u64);
        let rank =
            (u128::from(ordinal) * u128::from(firsts * seconds * kinds) / u128::from(of)) as u64;
        Business {
            first: FIRSTS[(rank / kinds / seconds) as usize],
            second: SECONDS[(rank / kinds % seconds) as usize],
            kind: (rank % kinds) as usize,
        }
    }

    /// Whether its name says that it is in somebody's home.
    pub(super) fn is_home(&self) -> bool {
        self.kind >= 12
    }

    pub(super) fn put(&self, out: &mut Vec<u8>, case: Case) {
        self.put_joined(out, " ", case);
    }

    /// Appends the name, with `between` after its first word.
    pub(super) fn put_joined(&self, out: &mut Vec<u8>, between: &str, case: Case) {
        put_as(out, self.first, case);
        put(out, between);
        put_as(out, self.second, case);
        out.push(b' ');
        put_as(out, KINDS[self.kind], case);
    }

    /// Appends a mail address that only this lead has.
    pub(super) fn put_mail(&self, out: &mut Vec<u8>, ordinal: u64) {
        let from = out.len();
        put(out, self.first);
        put(out, self.second);
        number(out, ordinal);
        put(out, domain(ordinal));
        out[from..].make_ascii_lowercase();
    }
}

pub(super) fn domain(ordinal: u64) -> &'static str {
    ["@example.com", "@example.org", "@example.net"][(ordinal % 3) as usize]
}

/// The site's name among those of its operator.
pub(super) fn site_name(draw: &mut Draw, slot: Slot) -> &'static str {
    // Neighbours in an operator never draw the same.
    SITES[((draw.pick(5) * 3 + slot.at) % SITES.len() as u64) as usize]
}

/// Somebody.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) given: &'static str,
    pub(super) surname: &'static str,
}

impl Person {
    pub(super) fn draw(draw: &mut Draw) -> Person {
        Person {
            given: draw.one(&GIVEN),
            surname: draw.one(&SURNAMES),
        }
    }

    pub(super) fn put(self, out: &mut Vec<u8>, case: Case) {
        put_as(out, self.given, case);
        out.push(b' ');
        put_as(out, self.surname, case);
    }

    /// Appends a mail address that only this lead has.
    pub(super) fn put_mail(self, out: &mut Vec<u8>, ordinal: u64) {
        let from = out.len();
        put(out, self.given);
        out.push(b'.');
        out.extend(self.surname.bytes().filter(u8::is_ascii_alphabetic));
        number(out, ordinal);
        put(out, domain(ordinal));
        out[from..].make_ascii_lowercase();
    }
}
