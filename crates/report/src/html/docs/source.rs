//! The page of a source.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::super::month::day;
use super::super::super::{counted, grouped};
use super::super::anchor;
use super::{Site, asks, breakable, column_anchor, columns, crumbs, jumps};
use lockgate_core::outcome::{FileColumn, FileRun, FileState, SourceEntry};
use lockgate_core::table_name::raw;

pub(super) fn page(site: &Site<'_>, source: &SourceEntry) -> String {
    let table = raw(&source.name);
    let body = html! {
        header.top {
            (crumbs("../", &["sources", &source.name]))
            h1 { (breakable(&table)) " " (site.verdict_tag(&table, &source.asks)) }
            p.summary { (source.summary) }
            (jumps(&[("files", "Files"), ("columns", "Columns"), ("expectations", "Expectations")]))
        }
        main id="main" {
            dl.facts {
                dt { "owner" } dd { (source.owner) }
                dt { "contract" } dd { (source.version) br; small { (breakable(&source.path)) } }
                dt { "file name" }
                dd {
                    @for name in &source.files { code { (name) } br; }
                    @if let Some(date) = &source.date { small { "{date} reads as " (date) } }
                }
                dt { "written with" } dd {
                    "delimiter " code { (source.delimiter) }
                    @if source.quote.is_empty() { ", no quotes" } @else { ", quote " code { (source.quote) } }
                    @if let Some(escape) = &source.escape { ", escape " code { (escape) } }
                }
                dt { "read by" }
                dd { @for (i, reader) in source.read_by.iter().enumerate() { @if i > 0 { ", " } (site.table_link("../", reader)) } @if source.read_by.is_empty() { "no model" } }
            }
            (files(site, &source.name))
            section id="columns" aria-labelledby="columns-h" {
                h2 id="columns-h" { "Columns" }
                div.scroll tabindex="0" role="region" aria-label="Table of the columns" {
                    table.columns-of.of-files {
                        thead { tr { th scope="col" { "column" } th scope="col" { "in the file" } th scope="col" { "needed" } th scope="col" { "goes into" } } }
                        tbody { @for column in &source.columns { (line(site, &table, column)) } }
                    }
                }
            }
            (asks::section(site, &table, &source.asks))
        }
    };
    site.frame("../", &table, &body)
}

fn line(site: &Site<'_>, table: &str, column: &FileColumn) -> Markup {
    html! {
        tr id=(column_anchor(&column.name)) {
            th scope="row" { code { (breakable(&column.name)) } @if let Some(summary) = &column.summary { small { (summary) } } }
            td {
                @match &column.header {
                    Some(header) => (header),
                    None => small { "added by lockgate" },
                }
                @if !column.was.is_empty() { small { "was " (column.was.join(", ")) } }
                @if let Some(since) = &column.since { small { "since " (since) } }
                @if let Some(pattern) = &column.matches { small { "matches " code { (pattern) } } }
            }
            td { @if column.header.is_some() { (column.need) } }
            td { (columns::onward(site, table, &column.name, &column.to)) }
        }
    }
}

/// The files that runs have seen, by name, each as it was seen last.
fn known<'a>(site: &'a Site<'_>, source: &str) -> Vec<&'a FileRun> {
    let mut files: BTreeMap<&str, &FileRun> = BTreeMap::new();
    let runs = site.month.iter().flat_map(|month| &month.runs);
    for file in runs
        .flat_map(|run| &run.files)
        .filter(|file| file.source == source)
    {
        files.insert(&file.name, file);
    }
    let mut files: Vec<&FileRun> = files.into_values().collect();
    files.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
    files
}

fn files(site: &Site<'_>, source: &str) -> Markup {
    let files = known(site, source);
    let arrived = site
        .month
        .is_some_and(|month| month.arrived().any(|file| file.source == source));
    let part = match arrived {
        true => format!("#{}", anchor(&raw(source))),
        false => "#files".to_owned(),
    };
    let dated = |file: Option<&&FileRun>| {
        let date = file.and_then(|file| file.date);
        date.map_or_else(|| "no date".to_owned(), day)
    };
    html! {
        section id="files" aria-labelledby="files-h" {
            h2 id="files-h" { "Files" }
            @if files.is_empty() { p.calm { "None seen yet." } }
            @else {
                p.lead {
                    (counted(files.len() as u64, "file")) ", the first of " (dated(files.first()))
                    ", the last of " (dated(files.last())) ". "
                    @if let Some(link) = site.report_link("../", &part) { a href=(link) { "In the report" } }
                }
                details.standing {
                    summary { "Each file" }
                    div.scroll tabindex="0" role="region" aria-label="Table of the files" {
                        table {
                            thead { tr { th scope="col" { "file" } th scope="col" { "date" } th.n scope="col" { "rows" } th scope="col" { "state" } } }
                            tbody {
                                @for file in files.iter().rev() {
                                    tr {
                                        th scope="row" { (file.name) }
                                        td { (dated(Some(file))) }
                                        td.n { @if let Some(rows) = file.rows { (grouped(rows)) } @else { "none" } }
                                        td { @match file.state { FileState::New | FileState::Known => "came in", state => (state.as_str()) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
