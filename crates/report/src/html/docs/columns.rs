//! Where the values of columns come from, and where they go.

use maud::{Markup, html};

use super::{Site, breakable, column_anchor};
use lockgate_core::outcome::{ColumnEntry, ColumnRef, ModelEntry};

pub(super) fn table(site: &Site<'_>, model: &ModelEntry) -> Markup {
    html! {
        section id="columns" aria-labelledby="columns-h" {
            h2 id="columns-h" { "Columns" }
            @if model.open { p.lead { "The contract is open: other columns are allowed." } }
            div.scroll tabindex="0" role="region" aria-label="Table of the columns" {
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
                code { (breakable(&column.name)) } @if key { " " span.tag.note { "key" } }
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
            td { (onward(site, &model.name, &column.name, &column.to)) }
        }
    }
}

/// What a column goes into, and the models of which it decides the rows there are.
pub(super) fn onward(site: &Site<'_>, table: &str, column: &str, to: &[ColumnRef]) -> Markup {
    let decided = site.decided(table, column);
    html! {
        (references(site, to))
        @if !decided.is_empty() {
            small.how { "decides the rows of" }
            ul.refs { @for model in decided { li { (site.table_link("../", model)) } } }
        }
    }
}

fn references(site: &Site<'_>, all: &[ColumnRef]) -> Markup {
    html! {
        @if !all.is_empty() {
            ul.refs {
                @for of_table in all.chunk_by(|one, next| one.table == next.table) {
                    li {
                        @match of_table {
                            [of] => (site.column_link("../", of)),
                            _ => (listed(site, of_table)),
                        }
                    }
                }
            }
        }
    }
}

/// Columns of one table, whose name is said once.
fn listed(site: &Site<'_>, of_table: &[ColumnRef]) -> Markup {
    html! {
        @for (i, of) in of_table.iter().enumerate() {
            @if i == 0 { (site.table_link("../", &of.table)) ": " } @else { ", " }
            @match site.page_of(&of.table) {
                Some(page) => a href={ "../" (page) "#" (column_anchor(&of.column)) } { (breakable(&of.column)) },
                None => (breakable(&of.column)),
            }
        }
    }
}

/// What decides which rows there are, table by table.
fn decided(site: &Site<'_>, model: &ModelEntry) -> Markup {
    let all = model.decided_by.as_slice();
    html! {
        h3 { "Which rows there are is decided by" }
        @if all.is_empty() { p.calm { "nothing: every row read is a row here." } }
        @else {
            ul.decided {
                @for of_table in all.chunk_by(|one, next| one.table == next.table) {
                    li { (listed(site, of_table)) }
                }
            }
        }
    }
}
