//! The cleaners of a project, with their laws and the texts that once broke them.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::super::month::{day, figures};
use super::super::anchor;
use super::{Site, breakable, crumbs, jumps, sql, tag};
use lockgate_core::outcome::{CleanerEntry, LawEntry, Outcome};

/// Texts of a corpus that are shown at most.
const SHOWN: usize = 50;

pub(super) fn page(site: &Site<'_>) -> String {
    let cleaners = &site.catalogue.cleaners;
    let names: Vec<String> = cleaners.iter().map(|it| anchor(&it.name)).collect();
    let parts = names.iter().zip(cleaners);
    let parts: Vec<(&str, &str)> = parts.map(|(id, it)| (id.as_str(), &*it.name)).collect();
    let body = html! {
        header.top { (crumbs("", &["cleaners"])) h1 { "Cleaners" } (jumps(&parts)) }
        main id="main" { @for cleaner in cleaners { (one(site, cleaner)) } }
    };
    site.frame("", "Cleaners", &body)
}

fn one(site: &Site<'_>, cleaner: &CleanerEntry) -> Markup {
    html! {
        section id=(anchor(&cleaner.name)) {
            h2 { (cleaner.name) }
            @if let Some(summary) = &cleaner.summary { p.summary { (summary) } }
            p.lead {
                @match &cleaner.path { Some(path) => code { (breakable(path)) }, None => "one of lockgate's own" }
                ", in SQL " code { (cleaner.usage) } ", in expectations " code { "by = \"" (cleaner.name) "\"" }
            }
            @if let Some(sql) = &cleaner.sql {
                div.scroll tabindex="0" role="region" aria-label={ "SQL of " (cleaner.name) } { pre.sql { code { (sql::highlighted(site, "", sql)) } } }
            }
            @if let Some(form) = &cleaner.form { p { "A clean text matches " code { (form) } "." } }
            p {
                @if cleaner.used_by.is_empty() { "No model uses it." } @else { "Used by " }
                @for (i, table) in cleaner.used_by.iter().enumerate() { @if i > 0 { ", " } (site.table_link("", table)) }
            }
            (laws(site, cleaner))
            (corpus(cleaner))
            (examples(cleaner))
        }
    }
}

fn laws(site: &Site<'_>, cleaner: &CleanerEntry) -> Markup {
    html! {
        h3 { "Laws" }
        div.scroll tabindex="0" role="region" aria-label={ "Laws of " (cleaner.name) } {
            table.expectations {
                thead { tr { th scope="col" { "last verdict" } th scope="col" { "law" } th scope="col" { "counterexample" } th scope="col" { "figures" } } }
                tbody { @for law in &cleaner.laws { (line(law, site.law(&cleaner.name, &law.name), !hides(cleaner))) } }
            }
        }
    }
}

fn line(law: &LawEntry, last: Option<(NaiveDate, &Outcome)>, shows: bool) -> Markup {
    html! {
        tr {
            td { (tag(last.map(|(_, outcome)| outcome.verdict))) }
            th scope="row" {
                (breakable(&law.name))
                @if let Some(statement) = &law.statement { small { (statement) } }
                @if let Some(holds) = &law.holds { small { code { (holds) } } }
            }
            td { @for sample in last.iter().filter(|_| shows).flat_map(|(_, outcome)| &outcome.samples) {
                ul.refs { @for (name, value) in &sample.values { li { small { (name) } " " code { (value.as_deref().unwrap_or("null")) } } } }
            } }
            td { @if let Some((at, outcome)) = last { (figures(outcome)) br; small { (day(at)) } } }
        }
    }
}

/// Whether the project keeps the texts to itself; a counterexample is one of them.
fn hides(cleaner: &CleanerEntry) -> bool {
    cleaner.kept > 0 && cleaner.corpus.is_empty()
}

/// The texts that once broke a law, which each run of `fuzz` tries first.
fn corpus(cleaner: &CleanerEntry) -> Markup {
    let file = format!("corpus/{}.txt", cleaner.name);
    let shown = cleaner.corpus.iter().take(SHOWN);
    let left = cleaner.kept.saturating_sub(shown.len() as u64);
    html! {
        h3 { "Kept counterexamples" }
        @if cleaner.kept == 0 {
            p.calm { "None. " code { "lockgate fuzz " (cleaner.name) } " looks for texts that break a law." }
        } @else {
            p.lead { "Texts that once broke a law, in " code { (breakable(&file)) } ". Each run of fuzz tries them first." }
            ul.corpus { @for text in shown { li { code { (format!("{text:?}")) } } } }
            @if left > 0 { p.calm { (left) @if hides(cleaner) { " kept, and not shown: the project shows no samples." } @else { " more." } } }
        }
    }
}

fn examples(cleaner: &CleanerEntry) -> Markup {
    html! {
        @if !cleaner.examples.is_empty() {
            details.standing {
                summary { "Examples" }
                div.scroll tabindex="0" role="region" aria-label={ "Examples of " (cleaner.name) } {
                    table {
                        thead { tr { th scope="col" { "raw" } th scope="col" { "clean" } } }
                        tbody {
                            @for (raw, clean) in &cleaner.examples {
                                tr { td { code { (format!("{raw:?}")) } } td { @match clean { Some(clean) => code { (format!("{clean:?}")) }, None => span.null { "null" } } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
