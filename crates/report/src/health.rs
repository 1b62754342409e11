//! What `doctor` found, for a person.

use lockgate_core::outcome::{Fault, Health};

use super::counted;
use super::style::{BAD, DIM, GOOD, ODD, STRONG};

/// Renders what was found; ends in a line break.
pub fn health(health: &Health) -> String {
    let mut text: String = health.faults.iter().map(fault).collect();
    let tables = counted(health.tables, "table");
    let harmful = health.faults.iter().filter(|fault| !fault.harmless).count();
    match harmful {
        0 => text.push_str(&format!("{GOOD}{tables} read right{GOOD:#}\n")),
        count => {
            let faults = counted(count as u64, "fault");
            text.push_str(&format!(
                "{BAD}{faults}{BAD:#} in {tables}; nothing was changed\n"
            ));
        }
    }
    text
}

fn fault(fault: &Fault) -> String {
    let style = if fault.harmless { ODD } else { BAD };
    let file = fault.file.iter().map(|file| format!("/{file}"));
    let file: String = file.collect();
    format!(
        "{STRONG}{}{file}{STRONG:#}\n  {style}{}{style:#}\n  {DIM}lost{DIM:#}  {}\n  {DIM}mend{DIM:#}  {}\n",
        fault.table, fault.what, fault.lost, fault.mend
    )
}
