//! A project as a small static site: no network, no server; works from disk, in light and dark, printed.
//!
//! It has the look of the report, and its figures come from the same records of runs.

mod asks;
mod cases;
mod cleaners;
mod columns;
mod graph;
mod index;
mod model;
mod source;
mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, html};

use super::super::month::{Month, day};
use super::{STYLE, anchor, breakable, gates, head, verdict_class};
use lockgate_core::outcome::{Asked, Catalogue, ColumnRef, Gate, Outcome, Run, Verdict};
use lockgate_core::table_name::{raw, source_of};

const OWN_STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Relative to the site's folder, with `/` between its parts.
    pub path: String,
    pub text: String,
}

/// The site of a project. `month` tells the last verdicts, `None` before the first run; `fuzz_runs` are the
/// runs of `fuzz`, oldest first, which tell the last verdicts of laws; `report` is where the report
/// of the month lies, as a link from the site's folder. The same of all four give the same bytes.
pub fn docs(
    catalogue: &Catalogue,
    month: Option<&Month<'_>>,
    fuzz_runs: &[Run],
    report: Option<&str>,
) -> Vec<SiteFile> {
    let site = Site {
        catalogue,
        month,
        fuzz_runs,
        report,
        models: catalogue
            .models
            .iter()
            .map(|model| model.name.as_str())
            .collect(),
        sources: catalogue
            .sources
            .iter()
            .map(|source| raw(&source.name))
            .collect(),
        decides: decides(catalogue),
    };
    let file = |path: String, text: String| SiteFile { path, text };
    let mut files = vec![
        file("index.html".to_owned(), index::page(&site)),
        file("style.css".to_owned(), format!("{STYLE}{OWN_STYLE}")),
        file(
            "search.js".to_owned(),
            format!("{}{SCRIPT}", site.search_index()),
        ),
    ];
    if !catalogue.cleaners.is_empty() {
        files.push(file("cleaners.html".to_owned(), cleaners::page(&site)));
    }
    for source in &catalogue.sources {
        let path = format!("source/{}.html", source.name);
        files.push(file(path, source::page(&site, source)));
    }
    for model in &catalogue.models {
        let path = format!("model/{}.html", model.name);
        files.push(file(path, model::page(&site, model)));
    }
    files
}

/// What every page knows.
struct Site<'a> {
    catalogue: &'a Catalogue,
    month: Option<&'a Month<'a>>,
    fuzz_runs: &'a [Run],
    report: Option<&'a str>,
    models: BTreeSet<&'a str>,
    /// As `raw.<source>`.
    sources: BTreeSet<String>,
    /// The models of which a column decides the rows there are.
    decides: BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a str>>>,
}

fn decides(catalogue: &Catalogue) -> BTreeMap<&str, BTreeMap<&str, Vec<&str>>> {
    let mut decides: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for model in &catalogue.models {
        for of in &model.decided_by {
            let table = decides.entry(&of.table).or_default();
            table.entry(&of.column).or_default().push(&model.name);
        }
    }
    decides
}

impl Site<'_> {
    /// A page; `up` leads from it to the site's folder: empty or `../`.
    fn frame(&self, up: &str, title: &str, body: &Markup) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                (head(&format!("{title} · {}", self.catalogue.project), &html! { link rel="stylesheet" href={ (up) "style.css" }; }))
                body data-up=(up) {
                    a.skip href="#main" { "To the page" }
                    (gates::symbols())
                    nav aria-label="Site" {
                        ul {
                            li { a href={ (up) "index.html" } { b { (self.catalogue.project) } } }
                            li { a href={ (up) "index.html#models" } { "Models" } }
                            li { a href={ (up) "index.html#sources" } { "Sources" } }
                            @if !self.catalogue.cleaners.is_empty() { li { a href={ (up) "cleaners.html" } { "Cleaners" } } }
                            @if let Some(link) = self.report_link(up, "") { li { a href=(link) { "Report" } } }
                        }
                        label.search {
                            span.hide { "Search models and columns" }
                            input id="q" type="search" placeholder="Search: model, column …" autocomplete="off" aria-controls="hits" hidden;
                        }
                    }
                    div id="hits" role="status" {}
                    (body)
                    footer { p { (self.told()) " lockgate " (env!("CARGO_PKG_VERSION")) "." } }
                    script src={ (up) "search.js" } {}
                }
            }
        };
        page.into_string()
    }

    fn told(&self) -> String {
        match self.month {
            Some(month) => format!(
                "Verdicts as of {}, run {}.",
                day(month.run.as_of),
                month.run.run_id
            ),
            None => "No run yet: no verdicts.".to_owned(),
        }
    }

    /// Into the report, where there is one: an address as it is, a path from the page.
    fn report_link(&self, up: &str, part: &str) -> Option<String> {
        let report = self.report?;
        let own = report.contains("://") || report.starts_with('/');
        let up = if own { "" } else { up };
        Some(format!("{up}{report}{part}"))
    }

    /// The page of a table, from the site's folder; `None` for a table that has none.
    fn page_of(&self, table: &str) -> Option<String> {
        match source_of(table) {
            Some(source) => self
                .sources
                .contains(table)
                .then(|| format!("source/{}.html", encoded(source))),
            None => self
                .models
                .contains(table)
                .then(|| format!("model/{}.html", encoded(table))),
        }
    }

    /// The part of a page about the cleaner that a function of SQL is.
    fn page_of_function(&self, function: &str) -> Option<String> {
        let mut cleaners = self.catalogue.cleaners.iter();
        let called = |usage: &str| usage.split('(').next() == Some(function);
        let cleaner = cleaners.find(|cleaner| called(&cleaner.usage))?;
        Some(format!("cleaners.html#{}", anchor(&cleaner.name)))
    }

    fn table_link(&self, up: &str, table: &str) -> Markup {
        match self.page_of(table) {
            Some(page) => html! { a href={ (up) (page) } { (breakable(table)) } },
            None => html! { (breakable(table)) },
        }
    }

    fn column_link(&self, up: &str, of: &ColumnRef) -> Markup {
        let name = html! { span.of { (breakable(&of.table)) "." wbr; } (breakable(&of.column)) };
        match self.page_of(&of.table) {
            Some(page) => {
                html! { a.column href={ (up) (page) "#" (column_anchor(&of.column)) } { (name) } }
            }
            None => html! { span.column { (name) } },
        }
    }

    /// The models of which a column decides the rows there are.
    fn decided(&self, table: &str, column: &str) -> &[&str] {
        let models = self.decides.get(table).and_then(|of| of.get(column));
        models.map_or(&[], Vec::as_slice)
    }

    /// What an expectation last came to, and the day.
    fn last<'s>(&'s self, table: &str, id: &'s str) -> Option<(NaiveDate, &'s Outcome)> {
        let points = self.month?.trends.get(table, id);
        points.last().map(|point| (point.day, point.outcome))
    }

    /// What a law of a cleaner last came to, and the day.
    fn law(&self, cleaner: &str, law: &str) -> Option<(NaiveDate, &Outcome)> {
        self.fuzz_runs.iter().rev().find_map(|run| {
            let found = run.model(cleaner)?;
            let outcome = found.outcomes.iter().find(|outcome| outcome.id == law)?;
            Some((run.as_of, outcome))
        })
    }

    /// The worst of the last verdicts on a table, or that the last run did not build it; `None` where no
    /// verdict was made.
    fn worst(&self, table: &str, asks: &[Asked]) -> Option<Verdict> {
        let run = self.month.and_then(|month| month.run.model(table));
        if run.is_some_and(|run| run.gate == Gate::Skipped) {
            return Some(Verdict::Skip);
        }
        let last = asks.iter().filter_map(|asked| self.last(table, &asked.id));
        last.map(|(_, outcome)| outcome.verdict).max()
    }

    fn verdict_tag(&self, table: &str, asks: &[Asked]) -> Markup {
        match self.worst(table, asks) {
            None if asks.is_empty() => html! { span.tag.mute { "nothing asked" } },
            verdict => tag(verdict),
        }
    }

    /// `const INDEX=[[name, page, what it is], …]`, for the search box.
    fn search_index(&self) -> String {
        let mut lines: Vec<[String; 3]> = Vec::new();
        let first = |text: Option<&String>| text.cloned().unwrap_or_default();
        for source in &self.catalogue.sources {
            let page = format!("source/{}.html", encoded(&source.name));
            let table = raw(&source.name);
            for column in &source.columns {
                let name = format!("{table}.{}", column.name);
                let link = format!("{page}#{}", column_anchor(&column.name));
                lines.push([name, link, first(column.header.as_ref())]);
            }
            lines.push([table, page, source.summary.clone()]);
        }
        for model in &self.catalogue.models {
            let page = format!("model/{}.html", encoded(&model.name));
            for column in &model.columns {
                let name = format!("{}.{}", model.name, column.name);
                let link = format!("{page}#{}", column_anchor(&column.name));
                lines.push([name, link, first(column.summary.as_ref())]);
            }
            lines.push([model.name.clone(), page, first(model.summary.as_ref())]);
        }
        for cleaner in &self.catalogue.cleaners {
            let link = format!("cleaners.html#{}", anchor(&cleaner.name));
            lines.push([cleaner.name.clone(), link, first(cleaner.summary.as_ref())]);
        }
        let index = super::super::json(&lines);
        let lines: Vec<&str> = index.lines().map(str::trim).collect();
        format!("const INDEX={};\n", lines.concat())
    }
}

/// The tag of a page's head with where it stands.
fn crumbs(up: &str, parts: &[&str]) -> Markup {
    html! {
        p.line { a href={ (up) "index.html" } { "All" } @for part in parts { span { (part) } } }
    }
}

/// Links to the parts of a page.
fn jumps(parts: &[(&str, &str)]) -> Markup {
    html! {
        nav.jumps aria-label="Parts of the page" {
            ul { @for (id, name) in parts { li { a href={ "#" (id) } { (name) } } } }
        }
    }
}

/// A last verdict; `None`: not run yet.
fn tag(verdict: Option<Verdict>) -> Markup {
    match verdict {
        Some(verdict) => html! { span class={ "tag " (verdict_class(verdict)) } { (verdict) } },
        None => html! { span.tag.mute { "not run yet" } },
    }
}

/// A name as a part of a link.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' => text.push(byte as char),
            // Writing into a String does not fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}

/// The id of a column's row.
fn column_anchor(name: &str) -> String {
    anchor(name).replacen("m-", "c-", 1)
}
