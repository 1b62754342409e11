//! The layers as locks of a canal: an open gate lets its layer's rows pass on.

use maud::{Markup, PreEscaped, html};

use super::super::grouped;
use super::super::month::Month;
use super::{anchor, breakable, chart::short};
use lockgate_core::outcome::{FileRun, FileState, Gate, ModelRun, Verdict};

/// Models of a layer that are named; of more, those that are open and calm are folded away.
const NAMED: usize = 14;

/// The signs of gates, drawn once.
pub(super) fn symbols() -> Markup {
    PreEscaped(
        "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"hide\"><defs>\
         <symbol id=\"open\" viewBox=\"0 0 16 16\"><path d=\"M3 2v12M3 3l4 2v6l-4 2M13 2v12M13 3l-4 2v6l4 2\"/></symbol>\
         <symbol id=\"closed\" viewBox=\"0 0 16 16\"><path d=\"M2 2v12M14 2v12M2 4h12M2 8h12M2 12h12\"/></symbol>\
         <symbol id=\"skipped\" viewBox=\"0 0 16 16\"><path stroke-dasharray=\"2 2\" d=\"M2 2v12M14 2v12M2 8h12\"/></symbol>\
         </defs></svg>"
            .to_owned(),
    )
}

pub(super) fn sign(gate: Gate) -> Markup {
    let class = match gate {
        Gate::Open => "good",
        Gate::Closed => "bad",
        Gate::Skipped => "mute",
    };
    html! {
        svg class={ "sign " (class) } aria-hidden="true" { use href={ "#" (gate.as_str()) } {} }
    }
}

struct Chamber<'a> {
    name: &'a str,
    open: usize,
    closed: usize,
    skipped: usize,
    models: Vec<&'a ModelRun>,
}

pub(super) fn section(month: &Month<'_>) -> Markup {
    let mut chambers: Vec<Chamber<'_>> = Vec::new();
    let files = |state: FileState| month.arrived().filter(|file| file.state == state).count();
    chambers.push(Chamber {
        name: "files",
        open: files(FileState::New) + files(FileState::Known),
        closed: files(FileState::Refused),
        skipped: 0,
        models: Vec::new(),
    });
    for (name, models) in month.layers() {
        let gates = |gate: Gate| models.iter().filter(|model| model.gate == gate).count();
        chambers.push(Chamber {
            name,
            open: gates(Gate::Open),
            closed: gates(Gate::Closed),
            skipped: gates(Gate::Skipped),
            models,
        });
    }
    let count = chambers.len();
    // Water reaches a chamber while every gate before it is open.
    let shut = |chamber: &Chamber<'_>| chamber.closed + chamber.skipped > 0;
    let reached = chambers.iter().position(shut).unwrap_or(count);
    html! {
        section id="gates" aria-labelledby="gates-h" {
            h2 id="gates-h" { "The gates, layer by layer" }
            ol.locks {
                @for (i, chamber) in chambers.iter().enumerate() {
                    li {
                        (picture(i, count, chamber, i <= reached))
                        h3 { (chamber.name) }
                        p.tally { (tally(chamber)) }
                        (names(chamber))
                        @if i == 0 { (arrivals(month)) }
                    }
                }
            }
        }
    }
}

/// A chamber with its water; behind a shut gate it stands low.
fn picture(place: usize, count: usize, chamber: &Chamber<'_>, flows: bool) -> Markup {
    let step = 46.0 / count.max(1) as f64;
    let floor = 78.0 - step * place as f64;
    let depth = if flows { 26.0 } else { 9.0 };
    let shut = chamber.closed + chamber.skipped > 0;
    let all_shut = chamber.open == 0 && shut;
    let top = short(floor - depth);
    html! {
        svg.lock viewBox="0 0 200 84" preserveAspectRatio="none" aria-hidden="true" {
            rect.water x="0" y=(top) width="200" height=(short(84.0 - floor + depth)) {}
            path.wave d={ "M0 " (top) "h200" } {}
            rect.ground x="0" y=(short(floor)) width="200" height=(short(84.0 - floor)) {}
            @if shut {
                rect class={ "gate " (if chamber.closed > 0 { "bad" } else { "mute" }) } x="190" y=(short(floor - 34.0)) width="8" height="34" {}
                @if !all_shut { rect class="gate good" x="178" y=(short(floor - 34.0)) width="3" height="34" {} }
            } @else {
                rect class="gate good" x="194" y=(short(floor - 34.0)) width="3" height="34" {}
            }
        }
    }
}

fn tally(chamber: &Chamber<'_>) -> String {
    let all = chamber.open + chamber.closed + chamber.skipped;
    let (opened, closed) = if chamber.models.is_empty() {
        ("came in", "refused")
    } else {
        ("open", "closed")
    };
    if chamber.open == all {
        return format!("all {all} {opened}");
    }
    let parts = [
        (chamber.closed, closed),
        (chamber.skipped, "waiting"),
        (chamber.open, opened),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}

fn calm(model: &ModelRun) -> bool {
    model.gate == Gate::Open && !model.outcomes.iter().any(|o| o.verdict > Verdict::Pass)
}

fn names(chamber: &Chamber<'_>) -> Markup {
    if chamber.models.len() <= NAMED {
        return list(&chamber.models);
    }
    let (still, mut told): (Vec<&ModelRun>, Vec<&ModelRun>) =
        chamber.models.iter().partition(|model| calm(model));
    told.sort_by_key(|model| match model.gate {
        Gate::Closed => 0,
        Gate::Skipped => 1,
        Gate::Open => 2,
    });
    html! {
        (list(&told))
        details {
            summary { "and " (still.len()) " open without a warning" }
            (list(&still))
        }
    }
}

fn list(models: &[&ModelRun]) -> Markup {
    html! {
        ul.models {
            @for model in models {
                @let warned = model.with(Verdict::Warn).count();
                li {
                    a href={ "#" (anchor(&model.name)) } {
                        (sign(model.gate)) span.hide { (model.gate.as_str()) " " }
                        span.name { (breakable(&model.name)) }
                    }
                    @if let Some(rows) = model.rows { " " span.n { (grouped(rows)) } }
                    @if warned > 0 { " " span.pip.odd title={ (warned) " warned" } { (warned) span.hide { " warned" } } }
                }
            }
        }
    }
}

/// The files of the month, those that were refused first.
fn arrivals(month: &Month<'_>) -> Markup {
    let mut files: Vec<&FileRun> = month.arrived().collect();
    files.sort_by_key(|file| file.state != FileState::Refused);
    let (named, rest) = files.split_at(files.len().min(NAMED));
    html! {
        ul.models {
            @for file in named {
                @let gate = if file.state == FileState::Refused { Gate::Closed } else { Gate::Open };
                li {
                    span.it {
                        (sign(gate)) span.hide { (file.state.as_str()) " " }
                        span.name { (breakable(&file.name)) }
                    }
                    @if let Some(rows) = file.rows { " " span.n { (grouped(rows)) } }
                }
            }
        }
        @if !rest.is_empty() { a href="#files" { "and " (rest.len()) " more" } }
    }
}
