//! A stored run judged again: what changed, and how it stands.

use lockgate_core::outcome::Rejudged;

use super::style::{DIM, STRONG};
use super::{Detail, counted, run_summary};

/// The changes, then the summary of the run as it is judged now; ends in a line break.
pub fn rejudged(judged: &Rejudged, detail: Detail) -> String {
    let mut text = String::new();
    for change in &judged.changes {
        let name = match &change.id {
            Some(id) => format!("{}.{id}", change.table),
            None => change.table.clone(),
        };
        text.push_str(&format!("{STRONG}{name}{STRONG:#}  {}\n", change.told));
    }
    let count = match judged.changes.len() {
        0 => "nothing is judged otherwise".to_owned(),
        many => counted(many as u64, "change"),
    };
    text.push_str(&format!("{DIM}{count}; no data was read{DIM:#}\n\n"));
    text.push_str(&run_summary(&judged.run, detail));
    text
}
