//! What is unusual, and what stands as it stood.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::super::counted;
use super::super::month::{Evidence, Month, News, TEST, Tone, day, month_name};
use super::super::value::celled;
use super::{anchor, breakable, chart, tested, tone_class};
use lockgate_core::contract::RAW_COLUMNS;
use lockgate_core::outcome::{Outcome, Sample};
use lockgate_core::table_name::{raw, source_of};

/// Cards that stand open; of more, those that stopped nothing are folded to their titles.
const OPEN: usize = 8;
/// Columns of a failing row shown before the rest is folded away.
const COLUMNS: usize = 5;

pub(super) fn section(month: &Month<'_>) -> Markup {
    html! {
        section id="news" aria-labelledby="news-h" {
            h2 id="news-h" {
                @match month.before {
                    Some(before) => { "What is new since " (month_name(before.as_of)) },
                    None => { "What the first run found" },
                }
            }
            @if month.news.is_empty() {
                p.calm { "Nothing." }
            }
            @for (i, news) in month.news.iter().enumerate() {
                @if i < OPEN || news.tone == Tone::Bad {
                    article class={ "card " (tone_class(news.tone)) } { (evidence(month, news, &title(news))) }
                } @else {
                    details class={ "card " (tone_class(news.tone)) } {
                        summary { (title(news)) }
                        (evidence(month, news, &html! {}))
                    }
                }
            }
            @if !month.standing.is_empty() {
                (standing(month))
            }
        }
    }
}

fn title(news: &News<'_>) -> Markup {
    let word = match (news.tone, news.since) {
        (Tone::Bad, Some(_)) => "still shut",
        (Tone::Bad, None) => "stopped",
        (Tone::Odd, _) => "look at it",
        (Tone::Note, _) => "moved",
        (Tone::Good, _) => "mended",
    };
    // A number stays with its sign.
    let text = news.title.replace(" %", "\u{a0}%");
    html! {
        h3 {
            span.tag {
                (word)
                @if let Some(since) = news.since { " since " (day(since)) }
            }
            " " (breakable(&text))
        }
    }
}

/// What there is to show of it, under its title.
fn evidence(month: &Month<'_>, news: &News<'_>, title: &Markup) -> Markup {
    html! {
        div.evidence {
            div.words {
                (title)
                @for told in news.quoted.iter().chain(&news.told) {
                    p { (told) }
                }
                @for shown in &news.evidence {
                    (words(shown, news.title.starts_with(&shown.outcome.id)))
                }
            }
            @match news.evidence.first() {
                Some(shown) => (picture(month, shown)),
                None if source_of(&news.of).is_some() => (sizes(month, &news.of)),
                None => {},
            }
        }
        @for shown in &news.evidence {
            (samples(shown.outcome))
            @if let Some(table) = &shown.outcome.table {
                (tested::table(&shown.outcome.id, table))
            }
        }
    }
}

/// What was measured; its name and its figures are left out where the title has said them.
fn words(shown: &Evidence<'_>, said: bool) -> Markup {
    let outcome = shown.outcome;
    html! {
        @if !said && outcome.kind != TEST {
            p {
                a href={ "#" (anchor(&shown.table)) } { b { (breakable(&format!("{}.{}", shown.table, outcome.id))) } }
                ": " (super::super::month::figures(outcome)) "."
            }
        }
        @if let Some(because) = &outcome.because {
            p.because { "Asked because " (because) "." }
        }
        p.place { code { (breakable(&outcome.location.to_string())) } }
    }
}

fn picture(month: &Month<'_>, shown: &Evidence<'_>) -> Markup {
    match shown.outcome.kind.as_str() {
        "row_count" => sizes_named(month, shown.outcome),
        _ => chart::large(month.trends.get(&shown.table, &shown.outcome.id)),
    }
}

/// The sizes of the files of the source whose file the outcome's rows name.
fn sizes_named(month: &Month<'_>, outcome: &Outcome) -> Markup {
    let values = outcome
        .samples
        .iter()
        .flat_map(|sample| sample.values.values().flatten());
    let named: Vec<&String> = values.collect();
    let file = month
        .run
        .files
        .iter()
        .find(|file| named.contains(&&file.name));
    match file {
        Some(file) => sizes(month, &raw(&file.source)),
        None => html! {},
    }
}

fn sizes(month: &Month<'_>, table: &str) -> Markup {
    let source = source_of(table).unwrap_or(table);
    let sizes: Vec<(NaiveDate, u64)> = month.sizes(source).into_iter().collect();
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else {
        return html! {};
    };
    html! {
        figure.chart {
            (chart::columns(&sizes))
            figcaption {
                span { (day(first.0)) }
                span.range { "rows of each file" }
                span { (day(last.0)) }
            }
        }
    }
}

/// The failing rows, as lines of their files where they know them.
pub(super) fn samples(outcome: &Outcome) -> Markup {
    let Some(first) = outcome.samples.first() else {
        return html! {};
    };
    let placed = outcome.samples.iter().any(|sample| sample.place.is_some());
    let names: Vec<&str> = first.values.keys().map(String::as_str).collect();
    let names = names
        .into_iter()
        .filter(|name| !placed || !RAW_COLUMNS.contains(name));
    let (names, hashes): (Vec<&str>, Vec<&str>) = names.partition(|name| !hashed(outcome, name));
    let names = [names, hashes].concat();
    let more = outcome
        .rows
        .unwrap_or(0)
        .saturating_sub(outcome.samples.len() as u64);
    let (shown, rest) = names.split_at(names.len().min(COLUMNS));
    html! {
        div.rows tabindex="0" role="region" aria-label={ "Rows of " (outcome.id) } {
            (sample_table(&outcome.samples, shown, placed))
        }
        @if more > 0 || !rest.is_empty() {
            details.more {
                summary {
                    @if more > 0 { "and " (counted(more, "row")) " more" }
                    @if more > 0 && !rest.is_empty() { "; " }
                    @if !rest.is_empty() { (counted(rest.len() as u64, "more column")) }
                }
                @if !rest.is_empty() {
                    div.rows tabindex="0" role="region" aria-label={ "More columns of " (outcome.id) } {
                        (sample_table(&outcome.samples, rest, placed))
                    }
                }
            }
        }
    }
}

/// Whether a column holds nothing but long hexadecimal keys, which tell a reader nothing.
fn hashed(outcome: &Outcome, name: &str) -> bool {
    let mut values = outcome.samples.iter().map(|sample| sample.values.get(name));
    values.all(|value| {
        let value = value.and_then(Option::as_ref);
        value.is_some_and(|text| text.len() >= 24 && text.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

fn sample_table(samples: &[Sample], names: &[&str], placed: bool) -> Markup {
    html! {
        table.samples {
            thead {
                tr {
                    @if placed { th scope="col" { "line" } }
                    @for name in names { th scope="col" { (name) } }
                }
            }
            tbody {
                @for sample in samples {
                    tr {
                        @if placed {
                            th scope="row" {
                                @if let Some(place) = &sample.place { (place) }
                            }
                        }
                        @for name in names {
                            @match sample.values.get(*name).and_then(Option::as_ref) {
                                Some(value) => td { (shown(value)) },
                                None => td.null { "null" },
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A value with its invisible characters visible, cut to a readable length.
pub(super) fn shown(value: &str) -> String {
    celled(value, 80)
}

fn standing(month: &Month<'_>) -> Markup {
    let count = counted(month.standing.len() as u64, "warning");
    let verb = if month.standing.len() == 1 {
        "stands"
    } else {
        "stand"
    };
    html! {
        details.standing {
            summary { (count) " " (verb) " as before" }
            ul {
                @for news in &month.standing {
                    li {
                        a href={ "#" (anchor(&news.of)) } { (news.title) }
                        @if let Some(since) = news.since { ", since " (day(since)) }
                    }
                }
            }
        }
    }
}
