//! Where the values of columns come from, and where they go.

use maud::{Markup, html};

use super::{Site, column_anchor};
use crate::outcome::{ColumnEntry, ColumnRef, ModelEntry};

/// References shown of one column; more are folded away.
const SHOWN: usize = 6;

pub(super) fn table(site: &Site<'_>, model: &ModelEntry) -> Markup {
    html! {
        section id="columns" aria-labelledby="columns-h" {
            h2 id="columns-h" { "Columns" }
            @if model.open { p.lead { "The contract is open: other columns are allowed." } }
            div.scroll tabindex="0" role="region" aria-label="Columns" {
                table.columns-of {
                    thead { tr { th scope="col" { "column" } th scope="col" { "type" } th scope="col" { "comes from" } th scope="col" { "goes into" } } }
                    tbody { @for column in &model.columns { (line(site, model, column)) } }
                }
            }
            (decided(site, model))
        }
    }
}

fn line(site: &Site<'_>, model: &ModelEntry, column: &ColumnEntry) -> Markup {
    let key = model
        .key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&column.name));
    html! {
        tr id=(column_anchor(&column.name)) {
            th scope="row" {
                code { (column.name) } @if key { " " span.tag.note { "key" } }
                @if let Some(summary) = &column.summary { small { (summary) } }
            }
            td { (column.kind) @if column.null { br; small { "may be null" } } }
            td {
                @if column.from.is_empty() { small { "no column: a literal or a count of rows" } }
                @else {
                    small.how { @if column.as_is { "as it stands" } @else { "computed" } }
                    (references(site, &column.from))
                }
            }
            td { (references(site, &column.to)) }
        }
    }
}

pub(super) fn references(site: &Site<'_>, all: &[ColumnRef]) -> Markup {
    let (first, rest) = all.split_at(all.len().min(SHOWN));
    html! {
        (list(site, first))
        @if !rest.is_empty() {
            details.more { summary { "and " (rest.len()) " more" } (list(site, rest)) }
        }
    }
}

fn list(site: &Site<'_>, some: &[ColumnRef]) -> Markup {
    html! {
        @if !some.is_empty() {
            ul.refs { @for of in some { li { (site.column_link("../", of)) } } }
        }
    }
}

/// What decides which rows there are, table by table.
fn decided(site: &Site<'_>, model: &ModelEntry) -> Markup {
    let mut tables: Vec<(&str, Vec<&ColumnRef>)> = Vec::new();
    for of in &model.decided_by {
        match tables.last_mut() {
            Some((table, columns)) if *table == of.table => columns.push(of),
            _ => tables.push((&of.table, vec![of])),
        }
    }
    html! {
        h3 { "Which rows there are is decided by" }
        @if tables.is_empty() { p.calm { "nothing: every row read is a row here." } }
        @else {
            ul.decided {
                @for (table, columns) in tables {
                    li {
                        (site.table_link("../", table)) ": "
                        @for (i, of) in columns.iter().enumerate() {
                            @if i > 0 { ", " }
                            @match site.page_of(table) {
                                Some(page) => a href={ "../" (page) "#" (column_anchor(&of.column)) } { (of.column) },
                                None => (of.column),
                            }
                        }
                    }
                }
            }
        }
    }
}
