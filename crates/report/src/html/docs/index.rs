//! The first page: the layers, the graph, what each model is.

use maud::{Markup, html};

use super::super::super::month::day;
use super::super::super::{counted, grouped, tally::tallied};
use super::{Site, graph};
use lockgate_core::outcome::{ModelEntry, Verdict};
use lockgate_core::table_name::raw;

pub(super) fn page(site: &Site<'_>) -> String {
    let catalogue = site.catalogue;
    let count = |number: usize, one: &str| counted(number as u64, one);
    let columns: usize = catalogue
        .models
        .iter()
        .map(|model| model.columns.len())
        .sum();
    let asks: usize = catalogue.models.iter().map(|model| model.asks.len()).sum();
    let body = html! {
        header.top {
            p.line { span { "Documentation of the project" } @if let Some(month) = site.month { span { "as of " (day(month.run.as_of)) } } @else { span { "not run yet" } } }
            h1 { (catalogue.project) }
            p.summary {
                (count(catalogue.sources.len(), "source")) ", " (count(catalogue.models.len(), "model")) " in "
                (count(catalogue.layers.len(), "layer")) ", " (count(columns, "column")) ", " (count(asks, "expectation")) "."
            }
            (last_run(site))
        }
        main id="main" {
            section id="graph" aria-labelledby="graph-h" {
                h2 id="graph-h" { "From files to the last layer" }
                (graph::whole(site))
            }
            (sources(site))
            section id="models" aria-labelledby="models-h" {
                h2 id="models-h" { "Models" }
                @for layer in &catalogue.layers { (self::layer(site, layer)) }
            }
        }
    };
    site.frame("", "Models", &body)
}

/// How many tables came out each way, with the way into the report.
fn last_run(site: &Site<'_>) -> Markup {
    let catalogue = site.catalogue;
    let sources = catalogue.sources.iter();
    let sources = sources.map(|source| (raw(&source.name), &source.asks));
    let models = catalogue.models.iter();
    let models = models.map(|model| (model.name.clone(), &model.asks));
    let tables = sources.chain(models);
    let verdicts: Vec<Verdict> = tables
        .filter_map(|(table, asks)| site.worst(&table, asks))
        .collect();
    let told = tallied(|verdict| verdicts.iter().filter(|one| **one == verdict).count());
    html! {
        @if !told.is_empty() {
            p.lead {
                "Of the tables, " (told) ". "
                @if let Some(link) = site.report_link("", "") { a href=(link) { "The report" } }
            }
        }
    }
}

fn sources(site: &Site<'_>) -> Markup {
    html! {
        section id="sources" aria-labelledby="sources-h" {
            h2 id="sources-h" { "Sources" }
            div.scroll tabindex="0" role="region" aria-label="Table of the sources" {
                table.catalogue {
                    (head(["source", "what it is", "owner", "last verdict"]))
                    tbody {
                        @for source in &site.catalogue.sources {
                            @let table = raw(&source.name);
                            tr {
                                th scope="row" { (site.table_link("", &table)) }
                                td { (source.summary) }
                                td { (source.owner) }
                                td { (site.verdict_tag(&table, &source.asks)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Heads that the eye does not need.
fn head(names: [&str; 4]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { span.hide { (name) } } } } } }
}

fn layer(site: &Site<'_>, layer: &str) -> Markup {
    let models: Vec<&ModelEntry> = site
        .catalogue
        .models
        .iter()
        .filter(|model| model.layer == layer)
        .collect();
    if models.is_empty() {
        return html! {};
    }
    html! {
        h3 { (layer) }
        div.scroll tabindex="0" role="region" aria-label={ "Models of " (layer) } {
            table.catalogue {
                (head(["model", "what a row is", "rows", "last verdict"]))
                tbody {
                    @for model in models {
                        @let rows = site.month.and_then(|month| month.run.model(&model.name)?.rows);
                        tr {
                            th scope="row" { (site.table_link("", &model.name)) }
                            td { @if let Some(summary) = &model.summary { (summary) } @else { small { "no contract" } } }
                            td.n { @if let Some(rows) = rows { (grouped(rows)) small { " rows" } } }
                            td { (site.verdict_tag(&model.name, &model.asks)) }
                        }
                    }
                }
            }
        }
    }
}
