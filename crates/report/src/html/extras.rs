//! Tables of the project's own, rows set aside, changes of shape, and keys.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::month::{Month, day, month_name, number};
use super::super::{counted, grouped};
use super::{anchor, news, verdict_class};
use lockgate_core::outcome::{Kept, Page, Proof};

/// The small models that the manifest lists under `[report]`, the rows of this month marked.
pub(super) fn tables(month: &Month<'_>) -> Markup {
    if month.run.tables.is_empty() {
        return html! {};
    }
    html! {
        section id="tables" aria-labelledby="tables-h" {
            h2 id="tables-h" { "What the models say" }
            @for kept in &month.run.tables { (table(month, kept)) }
        }
    }
}

fn table(month: &Month<'_>, kept: &Kept) -> Markup {
    let before = month
        .before
        .and_then(|run| run.tables.iter().find(|old| old.model == kept.model));
    let page = &kept.page;
    let new = |row: &Vec<Option<String>>| before.is_some_and(|old| !old.page.rows.contains(row));
    let count = page.rows.iter().filter(|row| new(row)).count();
    html! {
        h3 { (kept.model) " " small { (counted(page.rows.len() as u64, "row")) @if count > 0 { ", " (count) " new or changed since " (before_name(month)) } } }
        div.scroll.tall tabindex="0" role="region" aria-label=(kept.model) {
            table {
                thead {
                    tr { @for (i, name) in page.columns.iter().enumerate() { th class=[numeric(page, i)] scope="col" { (name.replace('_', " ")) } } }
                }
                tbody {
                    @for row in page.rows.iter().filter(|row| new(row)).chain(page.rows.iter().filter(|row| !new(row))) {
                        tr class=[new(row).then_some("fresh")] {
                            @for (i, cell) in row.iter().enumerate() {
                                td class=[numeric(page, i)] { (value(page, i, cell.as_deref())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn before_name(month: &Month<'_>) -> String {
    month
        .before
        .map_or_else(String::new, |run| month_name(run.as_of))
}

fn numeric(page: &Page, column: usize) -> Option<&'static str> {
    page.numeric
        .get(column)
        .copied()
        .unwrap_or(false)
        .then_some("n")
}

/// A cell: shares as percentages, other numbers with their thousands apart.
fn value(page: &Page, column: usize, cell: Option<&str>) -> String {
    let Some(text) = cell else {
        return "–".to_owned();
    };
    let parsed = numeric(page, column).and_then(|_| text.parse::<f64>().ok());
    let Some(figure) = parsed.filter(|figure| figure.is_finite()) else {
        return text.to_owned();
    };
    let shares = page
        .columns
        .get(column)
        .is_some_and(|name| name.ends_with("share") || name.starts_with("share"));
    if shares && (0.0..=1.0).contains(&figure) {
        return format!("{:.1} %", figure * 100.0);
    }
    number(figure)
}

/// Rows that were set aside, by the expectation that did so.
pub(super) fn quarantine(month: &Month<'_>) -> Markup {
    let aside = month.set_aside();
    if aside.is_empty() {
        return html! {};
    }
    html! {
        section id="aside" aria-labelledby="aside-h" {
            h2 id="aside-h" { "Rows set aside, by reason" }
            @for (model, outcome) in aside {
                @let then = month.trends.get(&model.name, &outcome.id);
                @let then = then.iter().rev().nth(1).and_then(|point| point.outcome.rows);
                article.card.note {
                    h3 {
                        span class={ "tag " (verdict_class(outcome.verdict)) } { (grouped(outcome.rows.unwrap_or(0))) }
                        " " a href={ "#" (anchor(&model.name)) } { (model.name) } ": " (outcome.id)
                    }
                    @if let Some(because) = &outcome.because { p.because { "Asked because " (because) "." } }
                    @if let Some(then) = then { p { (grouped(then)) " in the run before." } }
                    (news::samples(outcome))
                }
            }
        }
    }
}

/// What the headers of files were found to be, this month and before.
pub(super) fn schema(month: &Month<'_>) -> Markup {
    let mut told: Vec<(NaiveDate, &str, &str)> = Vec::new();
    for run in month.runs.iter().rev() {
        for file in &run.files {
            let judged = !file.outcomes.is_empty();
            let reasons = file
                .reason
                .iter()
                .filter(|_| !judged)
                .flat_map(|reason| reason.lines());
            for text in file.warnings.iter().map(String::as_str).chain(reasons) {
                if !told
                    .iter()
                    .any(|(_, name, known)| *name == file.name && *known == text)
                {
                    told.push((file.date.unwrap_or(run.as_of), &file.name, text));
                }
            }
        }
    }
    html! {
        section id="schema" aria-labelledby="schema-h" {
            h2 id="schema-h" { "Changes of the files' shape" }
            @if told.is_empty() {
                p.calm { "Every file of the last " (counted(month.runs.len() as u64, "run")) " had the columns that its contract promises." }
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Changes of the files' shape" {
                    table {
                        thead { tr { th scope="col" { "date" } th scope="col" { "file" } th scope="col" { "what" } } }
                        tbody {
                            @for (date, name, text) in told {
                                tr { td { (day(date)) } th scope="row" { (name) } td { (text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Which keys the plans prove, and which the data was counted for.
pub(super) fn keys(month: &Month<'_>) -> Markup {
    let keys = month.keys();
    if keys.is_empty() {
        return html! {};
    }
    let proved = keys
        .iter()
        .filter(|(.., proof)| matches!(proof, Proof::Plan(_)))
        .count();
    html! {
        section id="keys" aria-labelledby="keys-h" {
            h2 id="keys-h" { "Keys: proved or counted" }
            p.lead { (proved) " proved from the plan alone, " (keys.len() - proved) " counted on the rows." }
            details {
                summary { "Each key" }
                div.scroll tabindex="0" role="region" aria-label="Keys" {
                    table {
                        thead { tr { th scope="col" { "model" } th scope="col" { "key" } th scope="col" { "how" } th scope="col" { "why" } } }
                        tbody {
                            @for (model, outcome, proof) in keys {
                                tr {
                                    th scope="row" { a href={ "#" (anchor(&model.name)) } { (model.name) } }
                                    td { (outcome.id) }
                                    td { @match proof { Proof::Plan(_) => "proved", _ => "counted" } }
                                    td { @match proof { Proof::Plan(why) => (why), _ => (super::super::month::figures(outcome)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
