//! A month as one HTML file: no network, no framework; works from disk, in light and dark, printed.

mod chart;
mod docs;
mod extras;
mod files;
mod flow;
mod gates;
mod models;
mod news;
mod tested;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use docs::{SiteFile, docs};

use super::counted;
use super::month::{Month, Tone, day, month_name};
use lockgate_core::outcome::Verdict;
use lockgate_core::outcome::when::stamp;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The whole file. Every text of the record is escaped; the same month gives the same bytes.
pub fn html(month: &Month<'_>) -> String {
    let title = format!("{} · {}", month.run.project, month_name(month.run.as_of));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&title, &html! { style { (PreEscaped(STYLE)) } }))
            body {
                a.skip href="#main" { "To the report" }
                (gates::symbols())
                (top(month))
                main id="main" {
                    (news::section(month))
                    @if !month.stopped_by_tests() {
                        (gates::section(month))
                        (files::section(month))
                        (flow::section(month))
                        (extras::tables(month))
                        (extras::quarantine(month))
                        (extras::schema(month))
                        (models::section(month))
                        (extras::keys(month))
                    }
                    (tested::section(month))
                }
                (foot(month))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// What a browser must know of a page before its body.
fn head(title: &str, style: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            (style)
        }
    }
}

fn top(month: &Month<'_>) -> Markup {
    let run = month.run;
    let (tone, word) = match run.verdict {
        Verdict::Pass | Verdict::Skip => ("good", "passed"),
        Verdict::Warn => ("odd", "passed, with warnings"),
        Verdict::Fail => ("bad", "failed"),
        Verdict::Error => ("bad", "could not be judged"),
    };
    let headline = month.headline();
    let (name, rest) = headline.split_once(": ").unwrap_or(("", &headline));
    html! {
        header class={ "top " (tone) } {
            p.line {
                b { (run.project) }
                span { "as of " (day(run.as_of)) }
                @if let Some(before) = month.before {
                    span { "compared with " (day(before.as_of)) }
                }
                span.stamp { (word) }
            }
            h1 { span.month { (name) } " " (rest) }
        }
        nav aria-label="Parts of the report" {
            ul {
                @for (id, name) in parts(month) {
                    li { a href={ "#" (id) } { (name) } }
                }
            }
            label.search {
                span.hide { "Search expectations" }
                input id="q" type="search" placeholder="Search: model, column, verdict …" autocomplete="off" hidden;
            }
        }
    }
}

/// The sections that this month has, with their names.
fn parts(month: &Month<'_>) -> Vec<(&'static str, &'static str)> {
    if month.stopped_by_tests() {
        return vec![("news", "What is new"), ("tests", "Unit tests")];
    }
    let mut parts = vec![
        ("news", "What is new"),
        ("gates", "Gates"),
        ("files", "Files"),
        ("flow", "Row accounts"),
    ];
    if !month.run.tables.is_empty() {
        parts.push(("tables", "Tables"));
    }
    if !month.set_aside().is_empty() {
        parts.push(("aside", "Set aside"));
    }
    parts.push(("all", "Every expectation"));
    if !month.keys().is_empty() {
        parts.push(("keys", "Keys"));
    }
    if !month.run.tests.is_empty() {
        parts.push(("tests", "Unit tests"));
    }
    parts
}

fn foot(month: &Month<'_>) -> Markup {
    let run = month.run;
    html! {
        footer {
            p {
                "Run " code { (run.run_id) } ", begun " (stamp(run.started)) ", ended " (stamp(run.finished)) ". "
                (counted(month.runs.len() as u64, "run")) " of the history told here. "
                "lockgate " (env!("CARGO_PKG_VERSION")) "."
            }
        }
    }
}

/// The class of a tone.
fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "bad",
        Tone::Odd => "odd",
        Tone::Note => "note",
        Tone::Good => "good",
    }
}

/// The class of a verdict.
fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail | Verdict::Error => "bad",
        Verdict::Warn => "odd",
        Verdict::Pass => "good",
        Verdict::Skip => "mute",
    }
}

/// A name or a path that a narrow page breaks after an underscore or a slash, not within its words.
fn breakable(name: &str) -> Markup {
    html! {
        @for (i, word) in name.split_inclusive(['_', '/']).enumerate() { @if i > 0 { wbr; } (word) }
    }
}

/// The id of a model's part of the page.
fn anchor(table: &str) -> String {
    let plain = table.chars().map(|c| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    });
    format!("m-{}", plain.collect::<String>())
}
