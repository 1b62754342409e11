//! Every expectation of every model, each over the months.

use maud::{Markup, html};

use super::super::counted;
use super::super::month::{Month, figures};
use super::super::tally::tallied;
use super::gates::sign;
use super::{anchor, breakable, chart, verdict_class};
use lockgate_core::outcome::{Gate, ModelRun, Outcome, Verdict};

/// Models that stand in run order, open where something fell; of more, what fell comes first.
const UNFOLDED: usize = 40;

fn worst(model: &ModelRun) -> Option<Verdict> {
    model.outcomes.iter().map(|outcome| outcome.verdict).max()
}

pub(super) fn section(month: &Month<'_>) -> Markup {
    let count: usize = month
        .run
        .models
        .iter()
        .map(|model| model.outcomes.len())
        .sum();
    let mut models: Vec<&ModelRun> = month.run.models.iter().collect();
    if models.len() > UNFOLDED {
        models
            .sort_by_key(|model| std::cmp::Reverse(worst(model).filter(|it| *it > Verdict::Pass)));
    }
    html! {
        section id="all" aria-labelledby="all-h" {
            h2 id="all-h" { "Every expectation" }
            p.lead {
                (counted(count as u64, "expectation")) " of " (counted(month.run.models.len() as u64, "model"))
                ", each over the last " (counted(month.runs.len() as u64, "run")) ". A dashed line is a bound."
            }
            p id="found" role="status" {}
            @for model in models { (one(month, model)) }
        }
    }
}

fn one(month: &Month<'_>, model: &ModelRun) -> Markup {
    let fell = worst(model).filter(|verdict| *verdict > Verdict::Pass);
    html! {
        details.model id=(anchor(&model.name)) open[fell.is_some() && month.run.models.len() <= UNFOLDED] {
            summary {
                (sign(model.gate)) span.hide { (model.gate.as_str()) ": " }
                b { (breakable(&model.name)) } " "
                @if let Some(verdict) = fell { span class={ "tag " (verdict_class(verdict)) } { (verdict) } " " }
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
