//! Every expectation of every model, each over the months.

use maud::{Markup, html};

use super::super::counted;
use super::super::month::{Month, figures};
use super::super::tally::tallied;
use super::gates::sign;
use super::{anchor, chart, verdict_class};
use crate::outcome::{Gate, ModelRun, Outcome, Verdict};

pub(super) fn section(month: &Month<'_>) -> Markup {
    let count: usize = month
        .run
        .models
        .iter()
        .map(|model| model.outcomes.len())
        .sum();
    html! {
        section id="all" aria-labelledby="all-h" {
            h2 id="all-h" { "Every expectation" }
            p.lead {
                (counted(count as u64, "expectation")) " of " (counted(month.run.models.len() as u64, "model"))
                ", each over the last " (counted(month.runs.len() as u64, "run")) ". A dashed line is a bound."
            }
            p id="found" role="status" {}
            @for model in &month.run.models { (one(month, model)) }
        }
    }
}

fn one(month: &Month<'_>, model: &ModelRun) -> Markup {
    let fell = model.outcomes.iter().any(|o| o.verdict > Verdict::Pass);
    html! {
        details.model id=(anchor(&model.name)) open[fell && month.run.models.len() <= 40] {
            summary {
                (sign(model.gate)) span.hide { (model.gate.as_str()) ": " }
                b { (model.name) } " "
                small {
                    (model.layer)
                    @if let Some(rows) = model.rows { " · " (counted(rows, "row")) }
                    " · " (tally(model))
                }
            }
            @if let Some(note) = &model.note { p { (note) } }
            @if !model.outcomes.is_empty() {
                div.scroll tabindex="0" role="region" aria-label={ "Expectations of " (model.name) } {
                    table.expectations {
                        thead {
                            tr {
                                th scope="col" { "verdict" }
                                th scope="col" { "expectation" }
                                th scope="col" { "months" }
                                th scope="col" { "figures" }
                            }
                        }
                        tbody {
                            @for outcome in &model.outcomes { (line(month, model, outcome)) }
                        }
                    }
                }
            }
        }
    }
}

fn line(month: &Month<'_>, model: &ModelRun, outcome: &Outcome) -> Markup {
    let told = match &outcome.note {
        Some(note) if outcome.rows.is_none_or(|rows| rows == 0) && outcome.value.is_none() => {
            note.clone()
        }
        _ => figures(outcome),
    };
    html! {
        tr {
            td { span class={ "tag " (verdict_class(outcome.verdict)) } { (outcome.verdict) } }
            th scope="row" { (outcome.id) @if let Some(because) = &outcome.because { small { (because) } } }
            td { (chart::spark(month.trends.get(&model.name, &outcome.id))) }
            td { (told) }
        }
    }
}

fn tally(model: &ModelRun) -> String {
    if model.gate == Gate::Skipped {
        return "waits".to_owned();
    }
    let told = tallied(|verdict| model.with(verdict).count());
    if told.is_empty() {
        "nothing is asked".to_owned()
    } else {
        told
    }
}
