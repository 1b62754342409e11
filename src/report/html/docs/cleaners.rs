//! The cleaners that the project declares.

use maud::{Markup, html};

use super::super::anchor;
use super::{Site, crumbs, sql};
use crate::outcome::CleanerEntry;

pub(super) fn page(site: &Site<'_>) -> String {
    let body = html! {
        header.top { (crumbs("", &["cleaners"])) h1 { "Cleaners" } }
        main id="main" { @for cleaner in &site.catalogue.cleaners { (one(site, cleaner)) } }
    };
    site.frame("", "Cleaners", &body)
}

fn one(site: &Site<'_>, cleaner: &CleanerEntry) -> Markup {
    html! {
        section id=(anchor(&cleaner.name)) {
            h2 { (cleaner.name) }
            @if let Some(summary) = &cleaner.summary { p.summary { (summary) } }
            p.lead { code { (cleaner.path) } ", in SQL " code { (cleaner.usage) } ", in expectations " code { "by = \"" (cleaner.name) "\"" } }
            div.scroll tabindex="0" role="region" aria-label={ "SQL of " (cleaner.name) } { pre.sql { code { (sql::highlighted(site, &cleaner.sql)) } } }
            @if let Some(form) = &cleaner.form { p { "A clean text matches " code { (form) } "." } }
            h3 { "Laws" }
            ul {
                @for law in &cleaner.laws {
                    li { b { (law.name) } @if let Some(statement) = &law.statement { ": " (statement) } @if let Some(holds) = &law.holds { " " code { (holds) } } }
                }
            }
            @if !cleaner.examples.is_empty() {
                h3 { "Examples" }
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
