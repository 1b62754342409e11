//! The expectations of a table, each with its last verdict and its months.

use maud::{Markup, html};

use super::super::super::month::{day, figures};
use super::super::super::tally::tallied;
use super::super::chart;
use super::{Site, breakable, tag};
use lockgate_core::outcome::{Asked, Verdict};

/// What a person wrote first; what the contract implies is folded away unless something of it fell.
pub(super) fn section(site: &Site<'_>, table: &str, asks: &[Asked]) -> Markup {
    let (written, implied): (Vec<&Asked>, Vec<&Asked>) =
        asks.iter().partition(|asked| asked.text.is_some());
    let verdict = |asked: &&Asked| Some(site.last(table, &asked.id)?.1.verdict);
    let last: Vec<Verdict> = implied.iter().filter_map(verdict).collect();
    html! {
        section id="expectations" aria-labelledby="expectations-h" {
            h2 id="expectations-h" { "Expectations" }
            @if asks.is_empty() { p.calm { "Nothing is asked of its rows." } }
            @if !written.is_empty() { (lines(site, table, &written, "Table of the expectations")) }
            @if !implied.is_empty() {
                details.standing open[last.iter().any(|verdict| *verdict > Verdict::Pass)] {
                    summary { (implied.len()) " more that the contract implies" (came_to(&last)) }
                    (lines(site, table, &implied, "Table of what the contract implies"))
                }
            }
        }
    }
}

fn came_to(last: &[Verdict]) -> String {
    if last.is_empty() {
        return String::new();
    }
    let told = tallied(|verdict| last.iter().filter(|last| **last == verdict).count());
    format!(": {told}")
}

fn lines(site: &Site<'_>, table: &str, asks: &[&Asked], label: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.expectations {
                thead { tr { th scope="col" { "last verdict" } th scope="col" { "expectation" } th scope="col" { "months" } th scope="col" { "figures" } } }
                tbody { @for asked in asks { (line(site, table, asked)) } }
            }
        }
    }
}

fn line(site: &Site<'_>, table: &str, asked: &Asked) -> Markup {
    let last = site.last(table, &asked.id);
    let points = site
        .month
        .map_or(&[][..], |month| month.trends.get(table, &asked.id));
    html! {
        tr {
            td { (tag(last.map(|(_, outcome)| outcome.verdict))) }
            th scope="row" {
                (breakable(&asked.id))
                small {
                    (asked.severity.as_str())
                    @if asked.allow != "none" { ", allows " (asked.allow) }
                    @if asked.quarantine { ", sets rows aside" }
                    ": " (asked.about)
                }
                @match &asked.text {
                    Some(text) => {
                        @if let Some(because) = &asked.because { small { "Because " (because) "." } }
                        details.more { summary { (breakable(&asked.location.to_string())) } pre { code { (text) } } }
                    },
                    None => small { "Implied by " (breakable(&asked.location.to_string())) "." },
                }
            }
            td { (chart::spark(points)) }
            td { @if let Some((at, outcome)) = last { (figures(outcome)) br; small { (day(at)) } } }
        }
    }
}
