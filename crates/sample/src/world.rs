//! Which leads there are, when they come and go, and which phone each has.

use std::io;

use super::Plan;

/// Area codes of every valid phone in the files.
///
/// The numbering plan's administrator has set 37X and 96X aside, and keeps codes that end in a
/// double digit for services rather than places; of those, these are given to no place and no
/// service. Left out are three equal digits, codes with a use of their own and those held for
/// toll-free calls. libphonenumber knows no number in any of them. Sorted.
pub const AREA_CODES: [u16; 56] = [
    200, 233, 244, 255, 266, 277, 288, 300, 322, 344, 355, 366, 370, 371, 372, 373, 374, 375, 376,
    377, 378, 379, 388, 400, 422, 433, 455, 466, 477, 488, 644, 655, 677, 688, 722, 733, 744, 755,
    766, 788, 922, 933, 944, 955, 960, 961, 962, 963, 964, 965, 966, 967, 968, 969, 977, 988,
];

/// The longest plan.
pub(super) const MONTHS: u32 = 36;

/// Exchanges, in order. 555 is left out whole, so that no number is one of fiction.
const EXCHANGES: [u16; 791] = {
    let mut exchanges = [0; 791];
    let mut next = 0;
    let mut code = 200;
    while code < 1000 {
        if code % 100 != 11 && code != 555 {
            exchanges[next] = code;
            next += 1;
        }
        code += 1;
    }
    exchanges
};

const PER_AREA: u64 = 791 * 10_000;

/// Each lead's numbers are cut in lanes, one per file, so that files never share one by accident
/// and places that two files share sort alike in both.
const LANES: u64 = 4;
const SALESFORCE_LANE: u64 = 3;

/// A list of licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Nevada,
    Oklahoma,
    Texas,
}

impl Source {
    pub(super) const ALL: [Source; 3] = [Source::Nevada, Source::Oklahoma, Source::Texas];
}

/// The first of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Calendar {
    pub(super) year: u64,
    pub(super) month: u64,
}

impl Calendar {
    /// Month 1 is January 2024, month 0 the December before.
    pub(super) fn of(month: u32) -> Calendar {
        let months = 2023 * 12 + 11 + u64::from(month);
        Calendar {
            year: months / 12,
            month: months % 12 + 1,
        }
    }

    pub(super) fn days(self) -> u64 {
        match self.month {
            2 if self.year.is_multiple_of(4) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

/// Random picks that depend on a key alone (splitmix64).
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(key: u64) -> Draw {
        Draw(key)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// One of `0..n`, for `n` up to 2^32.
    pub(super) fn pick(&mut self, n: u64) -> u64 {
        ((self.next() >> 32) * n) >> 32
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.pick(of.len() as u64) as usize]
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.pick(100) < chance
    }
}

fn scramble(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A lead's place: in a stratum of about 64, of which one lead of each kind of change lives every
/// month. So rates hold for any number of rows, and the row count never wavers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) stratum: u64,
    pub(super) at: u64,
    /// The first month that lists it.
    pub(super) born: u32,
    size: u64,
}

impl Slot {
    /// How many leads take turns in each kind of change.
    fn turns(self) -> u64 {
        self.size / 12
    }

    /// The first of the leads that changes concern; the ones before only stay.
    fn restless(self) -> u64 {
        self.size - 6 * self.turns()
    }

    /// Whether it is one of the hand-made rows at the head of each file.
    pub(super) fn is_head(self) -> bool {
        self.stratum == 0 && self.at < 22 && self.born == 1
    }

    /// How often, up to `month`, it was the turn of this lead among the `kind`th kind of change.
    fn changes(self, kind: u64, month: u32) -> u64 {
        let turns = self.turns();
        let first = self.restless() + kind * turns;
        if self.born > 1 || self.at < first || self.at >= first + turns || month < 2 {
            return 0;
        }
        let (turn, passed) = (self.at - first, u64::from(month - 2));
        if passed < turn {
            0
        } else {
            (passed - turn) / turns + 1
        }
    }

    pub(super) fn moves(self, month: u32) -> u64 {
        self.changes(1, month)
    }

    fn new_phones(self, month: u32) -> u64 {
        self.changes(2, month)
    }

    /// How often its address was spelled another way, with nothing else about it changed.
    pub(super) fn respellings(self, month: u32) -> u64 {
        self.changes(3, month) + self.changes(4, month)
    }

    /// Whether its address is one of those that are respelled.
    pub(super) fn is_respelled(self) -> bool {
        self.respellings(MONTHS) > 0
    }

    fn is_listed(self, month: u32) -> bool {
        let away = month > 1 && self.changes(0, month) != self.changes(0, month - 1);
        let gone = self.changes(5, month.saturating_sub(1)) > 0;
        !away && !gone
    }
}

/// Everything that is the same for all months of a plan.
pub(super) struct World {
    seed: u64,
    rows: u64,
    strata: u64,
    /// Places per stratum, those of all months to come among them.
    wide: u64,
    /// Numbers per lead and lane.
    room: u64,
}

impl World {
    pub(super) fn new(plan: &Plan) -> io::Result<World> {
        let invalid = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if plan.months > MONTHS {
            return invalid(format!(
                "{} months: at most {MONTHS} can be made",
                plan.months
            ));
        }
        let strata = (plan.rows.saturating_add(32) / 64).max(1);
        let wide = plan.rows.div_ceil(strata) + u64::from(MONTHS - 1);
        let numbers = AREA_CODES.len() as u64 * PER_AREA;
        // Two numbers at least, or a lead could not change its phone.
        let most = numbers / LANES / 2;
        if strata.checked_mul(wide).is_none_or(|slots| slots > most) {
            return invalid(format!(
                "{} rows: the phones reach for about 35 million",
                plan.rows
            ));
        }
        let room = numbers / LANES / (strata * wide);
        Ok(World {
            seed: plan.seed,
            rows: plan.rows,
            strata,
            wide,
            room,
        })
    }

    fn size(&self, stratum: u64) -> u64 {
        self.rows / self.strata + u64::from(stratum < self.rows % self.strata)
    }

    pub(super) fn first(&self, stratum: u64, at: u64) -> Slot {
        Slot {
            stratum,
            at,
            born: 1,
            size: self.size(stratum),
        }
    }

    /// The lead that the stratum gains in month `born`, from 2 on.
    fn newborn(&self, stratum: u64, born: u32) -> Slot {
        let at = self.wide - u64::from(MONTHS - 1) + u64::from(born - 2);
        Slot {
            stratum,
            at,
            born,
            size: self.size(stratum),
        }
    }

    /// The leads that a source lists in `month`, in the order of their phones: `rows` of them.
    ///
    /// From month 2 on each stratum gains a lead and misses one that is back the next month; from
    /// month 3 on one leaves for good, first the leavers of month 1, then the oldest newcomers.
    pub(super) fn leads(&self, month: u32) -> impl Iterator<Item = Slot> + '_ {
        (0..self.strata).flat_map(move |stratum| {
            let size = self.size(stratum);
            let turns = (size / 12) as u32;
            let oldest = month.saturating_sub(turns).max(2);
            let newest = if turns == 0 { 0 } else { month };
            let old = (0..size).map(move |at| self.first(stratum, at));
            let new = (oldest..=newest).map(move |born| self.newborn(stratum, born));
            old.filter(move |slot| slot.is_listed(month)).chain(new)
        })
    }

    /// The leads that Salesforce knows in `month`, in the order of their ids; none is forgotten.
    pub(super) fn prospects(&self, month: u32) -> impl Iterator<Item = Slot> + '_ {
        let strata = 0..self.strata;
        let old = strata.clone().flat_map(move |stratum| {
            (0..self.size(stratum)).map(move |at| self.first(stratum, at))
        });
        let new = (2..=month).flat_map(move |born| {
            let strata = strata.clone().filter(|&stratum| self.size(stratum) >= 12);
            strata.map(move |stratum| self.newborn(stratum, born))
        });
        old.chain(new)
    }

    /// The slot's place among `prospects`, from 1.
    pub(super) fn id(&self, slot: Slot) -> u64 {
        if slot.born > 1 {
            let born_before = u64::from(slot.born - 2) * self.strata;
            return self.rows + born_before + slot.stratum + 1;
        }
        let larger = slot.stratum.min(self.rows % self.strata);
        slot.stratum * (self.rows / self.strata) + larger + slot.at + 1
    }

    /// The slot's place among all there can be.
    pub(super) fn ordinal(&self, slot: Slot) -> u64 {
        slot.stratum * self.wide + slot.at
    }

    pub(super) fn slots(&self) -> u64 {
        self.strata * self.wide
    }

    /// A number of the slot's own in `from..upto`, in no order; beyond `upto` when the range is
    /// too small for all.
    pub(super) fn licence(&self, slot: Slot, from: u64, upto: u64) -> u64 {
        // A prime larger than the slots only changes their order.
        let shuffled = self.ordinal(slot) * 2_654_435_761 % self.slots();
        let step = ((upto - from) / self.slots()).max(1);
        from + shuffled * step + scramble(shuffled ^ from) % step
    }

    /// What everything about the lead is drawn from; `what` keeps unlike things apart.
    pub(super) fn draw(&self, source: Source, slot: Slot, what: u64) -> Draw {
        let place = self.ordinal(slot) * 4 + source as u64;
        Draw::new(scramble(self.seed ^ scramble(place)) ^ scramble(what))
    }

    /// The first site of the operator whose phone this lead has: mostly the lead itself. In each
    /// stratum one operator has two sites, and in Nevada and Texas one has three.
    pub(super) fn operator(&self, source: Source, slot: Slot) -> Slot {
        let (first, listed) = match slot.at {
            2..=4 if source != Source::Oklahoma => (2, 4),
            7..=8 => (7, 8),
            _ => return slot,
        };
        if listed < slot.restless() {
            self.first(slot.stratum, first)
        } else {
            slot
        }
    }

    /// The source that the lead's address and phone belong to: mostly its own. In every fourth
    /// stratum each two sources list one site in common.
    pub(super) fn home(&self, source: Source, slot: Slot) -> Source {
        let is_shared = slot.stratum.is_multiple_of(4) && slot.at < slot.restless();
        match (slot.at, source) {
            (19, Source::Oklahoma) if is_shared => Source::Nevada,
            (20, Source::Nevada) if is_shared => Source::Texas,
            (21, Source::Texas) if is_shared => Source::Oklahoma,
            _ => source,
        }
    }

    /// Whether another source lists the site too.
    pub(super) fn is_shared(&self, source: Source, slot: Slot) -> bool {
        let others = Source::ALL.into_iter().filter(|&other| other != source);
        let is_home = |other| self.home(other, slot) == source && slot.born == 1;
        self.home(source, slot) != source || others.into_iter().any(is_home)
    }

    /// The lead's phone in `month`, ten digits.
    pub(super) fn phone(&self, source: Source, slot: Slot, month: u32) -> u64 {
        let home = self.home(source, slot);
        let operator = self.operator(home, slot);
        let from = self.draw(home, operator, 1).pick(self.room);
        // Less than the room and not 0, so that no two numbers in a row are alike.
        let step = (self.room / 2) | 1;
        let within = (from + operator.new_phones(month) * step) % self.room;
        self.number_of(operator, home as u64, within)
    }

    /// A phone that only this Salesforce lead has, or its mobile phone.
    pub(super) fn own_phone(&self, slot: Slot, is_mobile: bool) -> u64 {
        let half = self.room / 2;
        let from = self.draw(Source::Nevada, slot, 2).pick(half);
        self.number_of(
            slot,
            SALESFORCE_LANE,
            from + if is_mobile { half } else { 0 },
        )
    }

    fn number_of(&self, slot: Slot, lane: u64, within: u64) -> u64 {
        let index = (self.ordinal(slot) * LANES + lane) * self.room + within;
        let area = u64::from(AREA_CODES[(index / PER_AREA) as usize]);
        let exchange = u64::from(EXCHANGES[(index % PER_AREA / 10_000) as usize]);
        area * 10_000_000 + exchange * 10_000 + index % 10_000
    }
}
