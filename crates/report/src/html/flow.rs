//! Row accounts from file to the last layer: a picture of the flow, and its figures.

use maud::{Markup, html};

use super::super::grouped;
use super::super::month::{Account, Month, accounts};
use super::anchor;
use super::chart::short;
use lockgate_core::outcome::Gate;

/// Tables that a picture holds; of more, the figures stand alone.
const DRAWN: usize = 40;
const WIDTH: f64 = 1080.0;
/// The height of the fullest column's rows.
const HEIGHT: f64 = 230.0;
const BAR: f64 = 12.0;
/// What a table takes at least, for its name.
const SLOT: f64 = 40.0;

pub(super) fn section(month: &Month<'_>) -> Markup {
    let accounts = accounts(month);
    html! {
        section id="flow" aria-labelledby="flow-h" {
            h2 id="flow-h" { "Row accounts, from file to last layer" }
            @if accounts.len() <= DRAWN && accounts.iter().any(|account| !account.reads.is_empty()) {
                div.scroll tabindex="0" role="region" aria-label="Picture of the flow" { (picture(&accounts)) }
            }
            details {
                summary { "The figures" }
                (figures(&accounts))
            }
        }
    }
}

fn figures(accounts: &[Account<'_>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Row accounts" {
            table {
                thead {
                    tr {
                        th scope="col" { "table" } th scope="col" { "reads" }
                        th.n scope="col" { "rows" } th.n scope="col" { "set aside" }
                        th.n scope="col" { "merged or left out" } th scope="col" { "account" }
                    }
                }
                tbody {
                    @for account in accounts {
                        tr {
                            th scope="row" { a href={ "#" (anchor(&account.table)) } { (account.table) } }
                            td { @for (name, rows) in &account.reads { (name) " " small { (grouped(*rows)) } br; } }
                            td.n { @if let Some(rows) = account.rows { (grouped(rows)) } @else { "not built" } }
                            td.n { (grouped(account.set_aside)) }
                            td.n { @if let Some(merged) = account.merged() { (grouped(merged)) } }
                            td {
                                @match account.balances {
                                    Some(true) => span.tag.good { "balances" },
                                    Some(false) => span.tag.bad { "does not balance" },
                                    None => "",
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A table in the picture.
struct Node {
    x: f64,
    y: f64,
    height: f64,
}

fn picture(accounts: &[Account<'_>]) -> Markup {
    let mut layers: Vec<&str> = Vec::new();
    for account in accounts {
        if !layers.contains(&account.layer) {
            layers.push(account.layer);
        }
    }
    let in_layer = |layer: &str| {
        accounts
            .iter()
            .filter(|a| a.layer == layer)
            .collect::<Vec<_>>()
    };
    let rows = |account: &Account<'_>| account.rows.unwrap_or(0) as f64;
    let fullest = layers
        .iter()
        .map(|layer| in_layer(layer).iter().map(|a| rows(a)).sum::<f64>());
    let scale = HEIGHT / fullest.fold(1.0, f64::max);
    let step = WIDTH / layers.len() as f64;
    let mut nodes: Vec<Node> = Vec::new();
    let mut bottom = 0.0_f64;
    let mut y = 0.0;
    let mut layer = "";
    for account in accounts {
        if account.layer != layer {
            (layer, y) = (account.layer, 24.0);
        }
        let place = layers.iter().position(|name| *name == layer).unwrap_or(0);
        let height = (rows(account) * scale).max(2.0);
        nodes.push(Node {
            x: step * place as f64,
            y,
            height,
        });
        y += height.max(SLOT) + 10.0;
        bottom = bottom.max(y);
    }
    html! {
        svg.flow viewBox={ "0 0 " (WIDTH) " " (short(bottom)) } role="img" aria-label="How rows flow from files through the layers; the figures follow" {
            @for (i, name) in layers.iter().enumerate() {
                text.layer x=(short(step * i as f64)) y="12" { (name) }
            }
            @for (account, node) in accounts.iter().zip(&nodes) { (bands(accounts, &nodes, account, node)) }
            @for (account, node) in accounts.iter().zip(&nodes) { (bar(account, node, step)) }
        }
    }
}

/// What flows into a table: as thick as the table that is read on its side, and as the part
/// that it is of all that is read on the other.
fn bands(accounts: &[Account<'_>], nodes: &[Node], account: &Account<'_>, node: &Node) -> Markup {
    let all: f64 = account.reads.iter().map(|(_, rows)| *rows as f64).sum();
    let mut y = node.y;
    let mut drawn = Vec::new();
    for (name, rows) in account.reads.iter().filter(|_| account.rows.is_some()) {
        let from = accounts.iter().position(|other| other.table == *name);
        let Some(from) = from.map(|i| &nodes[i]).filter(|from| from.x < node.x) else {
            continue;
        };
        let part = if all > 0.0 {
            node.height * *rows as f64 / all
        } else {
            0.0
        };
        drawn.push((name, rows, band(from, node, y, part)));
        y += part;
    }
    html! {
        @for (name, rows, shape) in drawn {
            path.band d=(shape) {
                title { (name) " to " (account.table) ": " (grouped(*rows)) " rows read" }
            }
        }
    }
}

fn band(from: &Node, to: &Node, y: f64, part: f64) -> String {
    let (x0, x1) = (from.x + BAR, to.x);
    let bend = (x0 + x1) / 2.0;
    let [x0, x1, bend, top, low, y, end] =
        [x0, x1, bend, from.y, from.y + from.height, y, y + part].map(short);
    format!(
        "M{x0} {top}C{bend} {top} {bend} {y} {x1} {y}L{x1} {end}C{bend} {end} {bend} {low} {x0} {low}Z"
    )
}

fn bar(account: &Account<'_>, node: &Node, step: f64) -> Markup {
    let class = match account.gate {
        Gate::Open => "bar",
        Gate::Closed => "bar bad",
        Gate::Skipped => "bar mute",
    };
    let room = ((step - BAR - 8.0) / 7.2) as usize;
    let name = super::super::cut(&account.table, room);
    let told = match account.rows {
        Some(rows) if account.set_aside > 0 => format!(
            "{} + {} set aside",
            grouped(rows),
            grouped(account.set_aside)
        ),
        Some(rows) => grouped(rows),
        None => "not built".to_owned(),
    };
    let (x, y) = (short(node.x + BAR + 5.0), node.y);
    html! {
        rect class=(class) x=(short(node.x)) y=(short(y)) width=(BAR) height=(short(node.height)) rx="2" {
            title { (account.table) ": " (told) }
        }
        text x=(x) y=(short(y + 12.0)) { (name) }
        text.n x=(x) y=(short(y + 27.0)) { (told) }
    }
}
