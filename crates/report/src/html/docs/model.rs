//! The page of a model.

use maud::{Markup, html};

use super::super::super::{counted, grouped};
use super::super::anchor;
use super::{Site, asks, breakable, cases, columns, crumbs, graph, jumps, sql};
use lockgate_core::outcome::{Gate, ModelEntry, ModelRun};

pub(super) fn page(site: &Site<'_>, model: &ModelEntry) -> String {
    let run = site.month.and_then(|month| month.run.model(&model.name));
    let body = html! {
        header.top {
            (crumbs("../", &[&model.layer, &model.name]))
            h1 { (breakable(&model.name)) " " (site.verdict_tag(&model.name, &model.asks)) }
            @if let Some(summary) = &model.summary { p.summary { (summary) } }
            (jumps(&parts(model)))
        }
        main id="main" {
            (facts(site, model, run))
            (graph::around(site, model))
            (columns::table(site, model))
            (asks::section(site, &model.name, &model.asks))
            @if model.quarantines { (quarantine(model, run)) }
            (cases::section(site, model))
            section id="sql" aria-labelledby="sql-h" {
                h2 id="sql-h" { "SQL" }
                p.lead { code { (breakable(&model.path)) } }
                div.scroll tabindex="0" role="region" aria-label="Text of the SQL" { pre.sql { code { (sql::highlighted(site, "../", &model.sql)) } } }
            }
        }
    };
    site.frame("../", &model.name, &body)
}

/// The parts that the page of a model has, with their names.
fn parts(model: &ModelEntry) -> Vec<(&'static str, &'static str)> {
    let mut parts = vec![
        ("around", "Graph"),
        ("columns", "Columns"),
        ("expectations", "Expectations"),
    ];
    parts.extend(model.quarantines.then_some(("quarantine", "Set aside")));
    parts.extend((!model.tests.is_empty()).then_some(("tests", "Unit tests")));
    parts.push(("sql", "SQL"));
    parts
}

fn facts(site: &Site<'_>, model: &ModelEntry, run: Option<&ModelRun>) -> Markup {
    html! {
        dl.facts {
            dt { "layer" } dd { (model.layer) }
            @if let Some(owner) = &model.owner { dt { "owner" } dd { (owner) } }
            dt { "key" }
            dd {
                @match &model.key {
                    None => "none is promised",
                    Some(key) => {
                        code { (key.columns.join(", ")) } br;
                        small { @match &key.proof { Some(why) => { "proved: " (why) } None => "counted on the rows by each run" } }
                    }
                }
            }
            dt { "contract" }
            dd {
                @match (&model.contract, &model.version) {
                    (Some(path), Some(version)) => { (version) br; small { (breakable(path)) } }
                    _ => "none",
                }
            }
            dt { "last run" }
            dd { (last_run(site, model, run)) }
        }
    }
}

fn last_run(site: &Site<'_>, model: &ModelEntry, run: Option<&ModelRun>) -> Markup {
    let Some(run) = run else {
        return html! { "not run yet" };
    };
    let gate = match run.gate {
        Gate::Open => "gate open",
        Gate::Closed => "gate closed",
        Gate::Skipped => "not built: a gate before it is closed",
    };
    html! {
        @if let Some(rows) = run.rows { (counted(rows, "row")) ", " } (gate)
        @if let Some(link) = site.report_link("../", &format!("#{}", anchor(&model.name))) { br; a href=(link) { "in the report" } }
    }
}

fn quarantine(model: &ModelEntry, run: Option<&ModelRun>) -> Markup {
    let aside = run.and_then(|run| run.quarantined);
    html! {
        section id="quarantine" aria-labelledby="quarantine-h" {
            h2 id="quarantine-h" { "Rows set aside" }
            p {
                @match aside { Some(rows) => { (grouped(rows)) " by the last run. " } None => "None yet. " }
                "Each with its reasons: " code { "lockgate query \"SELECT * FROM quarantine." (model.name) "\"" }
            }
        }
    }
}
