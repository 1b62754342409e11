//! How far the sales team has come with a lead.

use super::world::{Draw, Slot};

/// A lead's status and outreach stage in a month.
pub(super) struct Life {
    pub(super) status: &'static str,
    /// Finer than the status; empty for some who are only assigned.
    pub(super) stage: &'static str,
    pub(super) is_converted: bool,
}

impl Life {
    /// A lead takes up to two steps, at months of its own. Who is connected stays so, and only the
    /// connected are converted.
    pub(super) fn of(slot: Slot, month: u32, draw: &mut Draw) -> Life {
        let first_step = slot.born + 1 + draw.pick(6) as u32;
        let second_step = first_step + 1 + draw.pick(6) as u32;
        let steps = usize::from(month >= first_step) + usize::from(month >= second_step);
        let outcome = draw.one(&[
            "Connected",
            "Connected",
            "Recycled",
            "Recycled",
            "Unqualified",
        ]);
        let start = if slot.born > 1 { 0 } else { draw.pick(100) };
        let path = match (slot.at, start) {
            (9, _) => ["Connected"; 3],
            (_, 0..=22) => ["Assigned", "Working", outcome],
            (_, 23..=81) => ["Working", outcome, outcome],
            (_, 82..=91) => ["Recycled", "Working", outcome],
            (_, 92..=96) => ["Connected"; 3],
            _ => ["Unqualified"; 3],
        };
        let status = path[steps];
        let assigned = draw.one(&["Added to sequence", "Added to sequence", "Assigned", ""]);
        let of_two = draw.pick(2) as usize;
        let stage = match status {
            "Assigned" => assigned,
            "Recycled" => ["Recycled - Using Competitor", "Recycled - Neglected"][of_two],
            "Unqualified" => "Unqualified - Enterprise",
            as_status => as_status,
        };
        let is_converted = status == "Connected" && (slot.at == 9 || of_two == 0);
        Life {
            status,
            stage,
            is_converted,
        }
    }
}
