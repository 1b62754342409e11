//! What came in, against the files of the months before.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::grouped;
use super::super::month::{Month, day};
use super::{anchor, chart};
use lockgate_core::outcome::{FileRun, FileState};
use lockgate_core::table_name::raw;

pub(super) fn section(month: &Month<'_>) -> Markup {
    let rows: u64 = month.arrived().filter_map(|file| file.rows).sum();
    let known = month.run.files.len() - month.arrived().count();
    html! {
        section id="files" aria-labelledby="files-h" {
            h2 id="files-h" { "What came in" }
            p.lead {
                (super::counted(month.arrived().count() as u64, "file")) " of this month, "
                (super::counted(rows, "row")) " in all"
                @if known > 0 { "; " (super::counted(known as u64, "earlier file")) " stand as they came in" }
                "."
            }
            div.scroll tabindex="0" role="region" aria-label="Files of this month" {
                table.arrivals {
                    thead {
                        tr {
                            th scope="col" { "file" }
                            th scope="col" { "of" }
                            th scope="col" { "state" }
                            th.n scope="col" { "rows" }
                            th.n scope="col" { "usual" }
                            th scope="col" { "months" }
                        }
                    }
                    tbody {
                        @for file in month.arrived() { (line(month, file)) }
                    }
                }
            }
        }
    }
}

fn line(month: &Month<'_>, file: &FileRun) -> Markup {
    let mut earlier = month.earlier_sizes(file);
    earlier.sort_unstable();
    let usual = earlier.get(earlier.len() / 2).copied();
    let sizes: Vec<(NaiveDate, u64)> = month.sizes(&file.source).into_iter().collect();
    let class = match file.state {
        FileState::Refused => "bad",
        FileState::Withdrawn => "mute",
        _ if !file.warnings.is_empty() => "odd",
        _ => "good",
    };
    html! {
        tr id=(anchor(&raw(&file.source))) {
            th scope="row" {
                (file.name)
                @if let Some(date) = file.date { br; small { (day(date)) } }
            }
            td { (file.source) }
            td {
                span class={ "tag " (class) } { (file.state.as_str()) }
                @if let Some(reason) = &file.reason { br; small { (reason) } }
            }
            td.n { @if let Some(rows) = file.rows { (grouped(rows)) } @else { "none" } }
            td.n { @if let Some(usual) = usual { (grouped(usual)) } @else { "–" } }
            td { (chart::columns(&sizes)) }
        }
    }
}
