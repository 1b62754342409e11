//! The graph of the models, drawn from left to right.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::chart::short;
use super::super::verdict_class;
use super::Site;
use crate::outcome::{Asked, ModelEntry};

const WIDE: f64 = 194.0;
const GAP: f64 = 44.0;
const HIGH: f64 = 26.0;
const STEP: f64 = 34.0;
const TOP: f64 = 26.0;
/// Characters of a name that fit a box.
const NAME: usize = 24;

struct Node<'a> {
    table: String,
    column: usize,
    place: usize,
    asks: &'a [Asked],
    reads: &'a [String],
}

impl Node<'_> {
    fn x(&self) -> f64 {
        self.column as f64 * (WIDE + GAP) + 1.0
    }

    fn y(&self) -> f64 {
        TOP + self.place as f64 * STEP
    }
}

/// Every source and model, each layer right of the one before it; within a layer, right of what it reads.
pub(super) fn whole(site: &Site<'_>) -> Markup {
    let catalogue = site.catalogue;
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut heads = vec![(0, "sources".to_owned())];
    let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (place, source) in catalogue.sources.iter().enumerate() {
        let table = format!("raw.{}", source.name);
        places.insert(table.clone(), (0, place));
        nodes.push(Node {
            table,
            column: 0,
            place,
            asks: &source.asks,
            reads: &[],
        });
    }
    let mut start = 1;
    for layer in &catalogue.layers {
        let of_layer = catalogue
            .models
            .iter()
            .filter(|model| model.layer == *layer);
        let mut columns: BTreeMap<usize, Vec<&ModelEntry>> = BTreeMap::new();
        let mut depth: BTreeMap<&str, usize> = BTreeMap::new();
        for model in of_layer {
            let above = model
                .reads
                .iter()
                .filter_map(|read| depth.get(read.as_str()));
            let column = above.max().map_or(start, |above| above + 1);
            depth.insert(&model.name, column);
            columns.entry(column).or_default().push(model);
        }
        heads.extend((!columns.is_empty()).then(|| (start, layer.clone())));
        for (column, mut models) in columns {
            models.sort_by_key(|model| (middle(model, &places), &model.name));
            for (place, model) in models.into_iter().enumerate() {
                places.insert(model.name.clone(), (column, place));
                nodes.push(Node {
                    table: model.name.clone(),
                    column,
                    place,
                    asks: &model.asks,
                    reads: &model.reads,
                });
            }
            start = start.max(column + 1);
        }
    }
    drawn(
        site,
        "",
        &nodes,
        &heads,
        "The models, from files to the last layer; the tables below say the same",
    )
}

/// The mean place of what a model reads, so that few lines cross.
fn middle(model: &ModelEntry, places: &BTreeMap<String, (usize, usize)>) -> usize {
    let read = model.reads.iter().filter_map(|read| places.get(read));
    let read: Vec<usize> = read.map(|(_, place)| *place).collect();
    read.iter().sum::<usize>() * 100 / read.len().max(1)
}

/// A model between what it reads and who reads it.
pub(super) fn around(site: &Site<'_>, model: &ModelEntry) -> Markup {
    let none: &[String] = &[];
    let own = std::slice::from_ref(&model.name);
    let node = |table: &String, column, place, reads| Node {
        table: table.clone(),
        column,
        place,
        asks: asks_of(site, table),
        reads,
    };
    let above = model.reads.iter().enumerate();
    let mut nodes: Vec<Node<'_>> = above
        .map(|(place, table)| node(table, 0, place, none))
        .collect();
    nodes.push(node(&model.name, 1, 0, &model.reads));
    let below = model.read_by.iter().enumerate();
    nodes.extend(below.map(|(place, table)| node(table, 2, place, own)));
    let heads = [(0, "reads"), (1, "this model"), (2, "read by")];
    let shown = heads
        .into_iter()
        .filter(|(column, _)| nodes.iter().any(|node| node.column == *column));
    let heads: Vec<(usize, String)> = shown
        .map(|(column, name)| (column, name.to_owned()))
        .collect();
    html! {
        section id="around" aria-labelledby="around-h" {
            h2 id="around-h" { "What it reads, and who reads it" }
            div.scroll tabindex="0" role="region" aria-label="Graph around the model" {
                (drawn(site, "../", &nodes, &heads, &format!("What {} reads, and who reads it", model.name)))
            }
        }
    }
}

fn asks_of<'a>(site: &'a Site<'_>, table: &str) -> &'a [Asked] {
    let models = site.catalogue.models.iter();
    let mut models = models
        .filter(|model| model.name == table)
        .map(|model| &model.asks);
    let sources = site.catalogue.sources.iter();
    let mut sources = sources
        .filter(|source| table.strip_prefix("raw.") == Some(&source.name))
        .map(|source| &source.asks);
    models
        .next()
        .or_else(|| sources.next())
        .map_or(&[], Vec::as_slice)
}

fn drawn(
    site: &Site<'_>,
    up: &str,
    nodes: &[Node<'_>],
    heads: &[(usize, String)],
    label: &str,
) -> Markup {
    let columns = nodes.iter().map(|node| node.column + 1).max().unwrap_or(1) as f64;
    let rows = nodes.iter().map(|node| node.place + 1).max().unwrap_or(1) as f64;
    let (width, height) = (columns * (WIDE + GAP) - GAP + 2.0, TOP + rows * STEP);
    let at: BTreeMap<&str, &Node<'_>> = nodes
        .iter()
        .map(|node| (node.table.as_str(), node))
        .collect();
    html! {
        svg.dag viewBox={ "0 0 " (short(width)) " " (short(height)) } width=(short(width)) style={ "min-width:" (short(width * 0.8)) "px" } role="group" aria-label=(label) {
            @for (column, name) in heads {
                text.layer x=(short(*column as f64 * (WIDE + GAP) + 1.0)) y="14" { (name) }
            }
            @for node in nodes {
                @for from in node.reads.iter().filter_map(|read| at.get(read.as_str())) {
                    path.edge d=(edge(from, node)) { title { (from.table) " to " (node.table) } }
                }
            }
            @for node in nodes { (boxed(site, up, node)) }
        }
    }
}

fn edge(from: &Node<'_>, to: &Node<'_>) -> String {
    let (x0, x1) = (from.x() + WIDE, to.x());
    let bend = GAP.min((x1 - x0).abs()) / 2.0;
    let [y0, y1] = [from, to].map(|node| short(node.y() + HIGH / 2.0));
    let [x0, x1, out, into] = [x0, x1, x0 + bend, x1 - bend].map(short);
    format!("M{x0} {y0}C{out} {y0} {into} {y1} {x1} {y1}")
}

fn boxed(site: &Site<'_>, up: &str, node: &Node<'_>) -> Markup {
    let verdict = site.worst(&node.table, node.asks);
    let class = verdict.map_or("mute", verdict_class);
    let word = match verdict {
        Some(verdict) => verdict.as_str(),
        None if node.asks.is_empty() => "nothing asked",
        None => "not run yet",
    };
    let name = super::super::super::cut(&node.table, NAME);
    let (x, y) = (node.x(), node.y());
    let body = html! {
        rect.box x=(short(x)) y=(short(y)) width=(WIDE) height=(HIGH) rx="6" {}
        circle class=(class) cx=(short(x + 12.0)) cy=(short(y + HIGH / 2.0)) r="4" {}
        text x=(short(x + 22.0)) y=(short(y + 17.5)) { (name) }
        title { (node.table) ": " (word) }
    };
    html! {
        @match site.page_of(&node.table) {
            Some(page) => a href={ (up) (page) } { (body) },
            None => g { (body) },
        }
    }
}
