//! Made-up months of lead files, the same bytes on every machine.
//!
//! A plan of rows, months and a seed becomes, per month, three licence lists and one Salesforce
//! snapshot, with the quirks of such files: cities run into the street, cells of three lines,
//! licences whose type hides a status, operators who share one phone over several sites.
//!
//! Nobody in the files exists. Names and streets are invented, mail goes to the example domains,
//! and each valid phone has an area code given to nobody, see [`AREA_CODES`].
//!
//! # Identity
//!
//! A lead is a place in the file, and everything about it is hashed from the seed and that place,
//! so no lead is kept in memory and the memory used does not grow with the rows. What happens to it
//! in later months is arithmetic on its place too: month 3 can be told without month 2, and the
//! first three months of a plan of twelve are the three months of a plan of three.
//!
//! ```
//! # use lockgate_sample::{Plan, write};
//! # fn main() -> std::io::Result<()> {
//! # let out = std::env::temp_dir().join("lockgate-sample-doc");
//! let plan = Plan { rows: 40, months: 3, seed: 1, faults: Vec::new() };
//! let files = write(&plan, &out)?;
//! assert_eq!(files.len(), 12);
//! assert!(files[0].path.ends_with("source1_2024-01-01.csv"));
//! # Ok(()) }
//! ```

mod cell;
mod life;
mod nevada;
mod oklahoma;
mod places;
mod salesforce;
mod sheet;
mod site;
#[cfg(test)]
mod tests;
mod texas;
mod words;
mod world;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use world::AREA_CODES;

use sheet::Sheet;
use world::{Calendar, MONTHS, World};

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Rows of each source's file, every month. Salesforce begins with as many and grows.
    ///
    /// From 40 rows on each quirk and each kind of monthly change occurs; below 12 nothing changes
    /// from month to month. The phones reach for about 35 million.
    pub rows: u64,
    /// Months from January 2024, at most 36.
    pub months: u32,
    /// Another seed gives other leads.
    pub seed: u64,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
}

/// A fault of one month's delivery, written `kind@month`.
///
/// ```
/// # use lockgate_sample::{Fault, FaultKind};
/// let fault: Fault = "rename@4".parse().expect("a known kind");
/// assert_eq!(fault, Fault { kind: FaultKind::Rename, month: 4 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The month it happens in: 1 is January 2024.
    pub month: u32,
}

/// What can go wrong with a month's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `rename`: source2's column `Phone` is headed `Phone Number`.
    Rename,
    /// `half-rows`: source1 ends after half of its rows.
    HalfRows,
    /// `vocabulary`: source1 spells its credential types another way.
    Vocabulary,
    /// `shifted-phone`: source3's `Phone` holds the counties and its `County` the phones.
    ShiftedPhone,
}

impl FaultKind {
    /// Every kind, in the order messages list them.
    pub const ALL: [FaultKind; 4] = [
        FaultKind::Rename,
        FaultKind::HalfRows,
        FaultKind::Vocabulary,
        FaultKind::ShiftedPhone,
    ];

    /// The kind's name in a plan, for example `half-rows`.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Rename => "rename",
            FaultKind::HalfRows => "half-rows",
            FaultKind::Vocabulary => "vocabulary",
            FaultKind::ShiftedPhone => "shifted-phone",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.name(), self.month)
    }
}

impl FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Fault, BadFault> {
        let bad = || BadFault(text.to_owned());
        let (name, month) = text.split_once('@').ok_or_else(bad)?;
        let kind = FaultKind::ALL.into_iter().find(|k| k.name() == name);
        let month = month.parse().ok().filter(|m| (1..=MONTHS).contains(m));
        match (kind, month) {
            (Some(kind), Some(month)) => Ok(Fault { kind, month }),
            _ => Err(bad()),
        }
    }
}

/// A text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFault(String);

impl fmt::Display for BadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a fault: write kind@month, ", self.0)?;
        write!(f, "where kind is one of ")?;
        for (i, kind) in FaultKind::ALL.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}", kind.name())?;
        }
        write!(f, " and month is 1 to {MONTHS}, as in rename@4")
    }
}

impl std::error::Error for BadFault {}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// Records under the header.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
}

/// Writes the plan's files into the folder `out`, which is made if it is not there.
///
/// Month by month: `source1_2024-01-01.csv`, `source2_…`, `source3_…`, then
/// `salesforce_leads_2024-01-01.csv`, each dated the first of its month. A file of the same name is
/// replaced. UTF-8, LF, RFC 4180 quotes only where they are needed, no final newline.
///
/// # Errors
///
/// `InvalidInput` for a plan of more than 36 months or of more rows than there are phones; else
/// whatever the file system says.
pub fn write(plan: &Plan, out: &Path) -> io::Result<Vec<Written>> {
    let world = World::new(plan)?;
    std::fs::create_dir_all(out)?;
    let mut written = Vec::new();
    for month in 1..=plan.months {
        let has = |kind| plan.faults.contains(&Fault { kind, month });
        let date = Calendar::of(month);
        let path = |stem: &str| out.join(format!("{stem}_{}-{:02}-01.csv", date.year, date.month));

        let mut sheet = Sheet::create(path("source1"), nevada::HEADER)?;
        let respelled = has(FaultKind::Vocabulary);
        let kept = if has(FaultKind::HalfRows) {
            plan.rows / 2
        } else {
            plan.rows
        };
        for slot in world.leads(month).take(kept as usize) {
            sheet.row(|out| nevada::row(&world, slot, month, respelled, out))?;
        }
        written.push(sheet.finish()?);

        let renamed = has(FaultKind::Rename);
        let mut sheet = Sheet::create(path("source2"), &oklahoma::header(renamed))?;
        for slot in world.leads(month) {
            sheet.row(|out| oklahoma::row(&world, slot, month, out))?;
        }
        written.push(sheet.finish()?);

        let shifted = has(FaultKind::ShiftedPhone);
        let mut sheet = Sheet::create(path("source3"), texas::HEADER)?;
        for slot in world.leads(month) {
            sheet.row(|out| texas::row(&world, slot, month, shifted, out))?;
        }
        written.push(sheet.finish()?);

        let mut sheet = Sheet::create(path("salesforce_leads"), salesforce::HEADER)?;
        for slot in world.prospects(month) {
            sheet.row(|out| salesforce::row(&world, slot, month, out))?;
        }
        written.push(sheet.finish()?);
    }
    Ok(written)
}
