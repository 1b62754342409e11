//! The graph of the models: from left to right, and on a narrow screen from top to bottom.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::super::cut;
use super::super::chart::short;
use super::super::verdict_class;
use super::Site;
use lockgate_core::outcome::{Asked, ModelEntry, Verdict};
use lockgate_core::table_name::{raw, source_of};

/// Between two columns of boxes.
const GAP: f64 = 30.0;
const HIGH: f64 = 26.0;
const STEP: f64 = 34.0;
const TOP: f64 = 26.0;
/// What a box takes beside its name, and what a character of the name takes.
const FRAME: f64 = 32.0;
const LETTER: f64 = 7.1;
/// Characters of a name that are shown.
const NAME: usize = 38;
/// The width of a phone's page, and what its lines take left of the boxes.
const NARROW: f64 = 350.0;
const GUTTER: f64 = 44.0;
/// Tables that a narrow screen shows one under the other; of more, the wide picture stands there too.
const STACKED: usize = 60;

struct Node<'a> {
    table: String,
    column: usize,
    place: usize,
    asks: &'a [Asked],
    reads: &'a [String],
}

/// Where a node's box stands.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
}

impl Place {
    fn middle(&self) -> f64 {
        self.y + HIGH / 2.0
    }
}

/// Nodes with their places, in one of the two ways.
struct Drawing<'a> {
    width: f64,
    height: f64,
    /// The names of columns and where they stand.
    heads: Vec<(f64, f64, &'a str)>,
    boxes: Vec<(&'a Node<'a>, Place)>,
    edge: fn(Place, Place) -> String,
}

/// Every source and model, each layer right of the one before it; within a layer, right of what it reads.
pub(super) fn whole(site: &Site<'_>) -> Markup {
    let catalogue = site.catalogue;
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut heads = vec![(0, "sources".to_owned())];
    let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (place, source) in catalogue.sources.iter().enumerate() {
        let table = raw(&source.name);
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
            (drawn(site, "../", &nodes, &heads, &format!("What {} reads, and who reads it", model.name)))
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
        .filter(|source| source_of(table) == Some(&source.name))
        .map(|source| &source.asks);
    models
        .next()
        .or_else(|| sources.next())
        .map_or(&[], Vec::as_slice)
}

/// The picture in both ways, of which the style shows one.
fn drawn(
    site: &Site<'_>,
    up: &str,
    nodes: &[Node<'_>],
    heads: &[(usize, String)],
    label: &str,
) -> Markup {
    html! {
        div.scroll.wide tabindex="0" role="region" aria-label=(label) { (picture(site, up, &wide(nodes, heads), label)) }
        @if nodes.len() <= STACKED { div.narrow { (picture(site, up, &narrow(nodes, heads), label)) } }
    }
}

/// Columns side by side, each as wide as its longest name.
fn wide<'a>(nodes: &'a [Node<'a>], heads: &'a [(usize, String)]) -> Drawing<'a> {
    let columns = nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let mut places = Vec::with_capacity(columns);
    let mut x = 1.0;
    for column in 0..columns {
        let of_column = nodes.iter().filter(|node| node.column == column);
        let longest = of_column.map(|node| node.table.chars().count()).max();
        let width = FRAME + LETTER * longest.unwrap_or(0).min(NAME) as f64;
        places.push((x, width));
        x += width + GAP;
    }
    let rows = nodes.iter().map(|node| node.place + 1).max().unwrap_or(1) as f64;
    let place = |node: &Node<'_>| {
        let (x, width) = places[node.column];
        let y = TOP + node.place as f64 * STEP;
        Place { x, y, width }
    };
    Drawing {
        width: x - GAP + 1.0,
        height: TOP + rows * STEP,
        heads: heads
            .iter()
            .map(|(column, name)| (places[*column].0, 14.0, name.as_str()))
            .collect(),
        boxes: nodes.iter().map(|node| (node, place(node))).collect(),
        edge: across,
    }
}

/// One column: a line leaves a box and enters another on their left.
fn narrow<'a>(nodes: &'a [Node<'a>], heads: &'a [(usize, String)]) -> Drawing<'a> {
    let mut order: Vec<&Node<'_>> = nodes.iter().collect();
    order.sort_by_key(|node| (node.column, node.place));
    let mut heads = heads.iter().peekable();
    let mut named = Vec::new();
    let mut boxes = Vec::new();
    let mut y = 0.0;
    for node in order {
        if let Some((_, name)) = heads.next_if(|(column, _)| *column <= node.column) {
            named.push((GUTTER, y + 16.0, name.as_str()));
            y += TOP;
        }
        let width = NARROW - GUTTER - 1.0;
        boxes.push((
            node,
            Place {
                x: GUTTER,
                y,
                width,
            },
        ));
        y += STEP;
    }
    Drawing {
        width: NARROW,
        height: y,
        heads: named,
        boxes,
        edge: beside,
    }
}

fn picture(site: &Site<'_>, up: &str, drawing: &Drawing<'_>, label: &str) -> Markup {
    let at: BTreeMap<&str, Place> = drawing
        .boxes
        .iter()
        .map(|(node, place)| (node.table.as_str(), *place))
        .collect();
    let (width, height) = (short(drawing.width), short(drawing.height));
    html! {
        svg.dag viewBox={ "0 0 " (width) " " (height) } width=(width) style={ "min-width:" (short(drawing.width * 0.78)) "px" } role="group" aria-label=(label) {
            @for (x, y, name) in &drawing.heads { text.layer x=(short(*x)) y=(short(*y)) { (name) } }
            @for (node, place) in &drawing.boxes {
                @for (read, from) in node.reads.iter().filter_map(|read| Some((read, at.get(read.as_str())?))) {
                    path.edge d=((drawing.edge)(*from, *place)) { title { (read) " to " (node.table) } }
                }
            }
            @for (node, place) in &drawing.boxes { (boxed(site, up, node, *place)) }
        }
    }
}

/// From the right side of a box to the left side of another.
fn across(from: Place, to: Place) -> String {
    let (x0, x1) = (from.x + from.width, to.x);
    let bend = GAP.min((x1 - x0).abs()) / 2.0;
    let [y0, y1] = [from, to].map(|place| short(place.middle()));
    let [x0, x1, out, into] = [x0, x1, x0 + bend, x1 - bend].map(short);
    format!("M{x0} {y0}C{out} {y0} {into} {y1} {x1} {y1}")
}

/// From the left side of a box to that of another, the further the wider.
fn beside(from: Place, to: Place) -> String {
    let [y0, y1] = [from, to].map(|place| short(place.middle()));
    let apart = (to.y - from.y).abs() / STEP;
    // A curve reaches three quarters of the way to where it bends.
    let bend = short(from.x - (8.0 + 5.0 * apart).min(GUTTER * 1.3));
    let x = short(from.x);
    format!("M{x} {y0}C{bend} {y0} {bend} {y1} {x} {y1}")
}

fn boxed(site: &Site<'_>, up: &str, node: &Node<'_>, place: Place) -> Markup {
    let verdict = site.worst(&node.table, node.asks);
    let word = match verdict {
        Some(verdict) => verdict.as_str(),
        None if node.asks.is_empty() => "nothing asked",
        None => "not run yet",
    };
    let name = cut(&node.table, NAME);
    let Place { x, y, width } = place;
    let body = html! {
        rect.box x=(short(x)) y=(short(y)) width=(short(width)) height=(HIGH) rx="6" {}
        path class={ "verdict " (verdict.map_or("mute", verdict_class)) } d=(sign(verdict, x + 13.0, place.middle())) {}
        text x=(short(x + 24.0)) y=(short(y + 17.5)) { (name) }
        title { (node.table) ": " (word) }
    };
    html! {
        @match site.page_of(&node.table) {
            Some(page) => a href={ (up) (page) } { (body) },
            None => g { (body) },
        }
    }
}

/// A verdict by its form too, not by its colour alone: a disc, a triangle for a warning, a square that
/// stands on its corner for what failed, a ring where nothing was judged.
fn sign(verdict: Option<Verdict>, x: f64, y: f64) -> String {
    let at = format!("M{} {}", short(x), short(y));
    match verdict {
        Some(Verdict::Pass) => format!("{at}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"),
        Some(Verdict::Warn) => format!("{at}m0 -5l5.5 9.5h-11Z"),
        Some(Verdict::Fail | Verdict::Error) => format!("{at}m0 -6l6 6l-6 6l-6 -6Z"),
        Some(Verdict::Skip) | None => {
            format!("{at}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Zm2 0a2 2 0 1 1 4 0a2 2 0 1 1 -4 0Z")
        }
    }
}
