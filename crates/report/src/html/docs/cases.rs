//! The unit tests of a model: what is given, what is expected, and how it last came out.

use maud::{Markup, html};

use super::{Site, tag};
use lockgate_core::outcome::{ModelEntry, TestEntry, TestRows, Verdict};

/// Nothing for a model without tests.
pub(super) fn section(site: &Site<'_>, model: &ModelEntry) -> Markup {
    html! {
        @if !model.tests.is_empty() {
            section id="tests" aria-labelledby="tests-h" {
                h2 id="tests-h" { "Unit tests" }
                @for test in &model.tests { (one(last(site, model, test), test)) }
            }
        }
    }
}

fn last(site: &Site<'_>, model: &ModelEntry, test: &TestEntry) -> Option<Verdict> {
    let of_model = site.month?.run.tests.iter();
    let mut outcomes = of_model
        .filter(|tested| tested.model == model.name)
        .flat_map(|tested| &tested.outcomes);
    let found = outcomes.find(|outcome| outcome.id == test.name)?;
    Some(found.verdict)
}

fn one(last: Option<Verdict>, test: &TestEntry) -> Markup {
    let order = if test.ordered { ", in this order" } else { "" };
    html! {
        details.test open[last.is_some_and(|verdict| verdict >= Verdict::Fail)] {
            summary {
                (tag(last))
                " " b { (test.name) }
            }
            @if let Some(because) = &test.because { p { "Because " (because) "." } }
            @if test.given.is_empty() { p.calm { "Given no rows at all." } }
            @for given in &test.given { (rows(test, &format!("Given {}", given.table), given)) }
            (rows(test, &format!("Expected of {}{order}", test.expect.table), &test.expect))
            @if let Some(set_aside) = &test.quarantined {
                (rows(test, &format!("Set aside in {}", set_aside.table), set_aside))
            }
            p { small { (test.location) } }
        }
    }
}

fn rows(test: &TestEntry, caption: &str, given: &TestRows) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ (test.name) ": " (caption) } {
            table.given {
                caption { (caption) @if given.rows.is_empty() { ": no rows" } }
                @if !given.rows.is_empty() {
                    thead { tr { @for name in &given.columns { th scope="col" { (name) } } } }
                    tbody {
                        @for row in &given.rows {
                            tr { @for cell in row { td { (value(cell.as_deref())) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Null, a blank text and a text are told apart.
fn value(cell: Option<&str>) -> Markup {
    html! {
        @match cell {
            None => span.null { "null" },
            Some("") => code { "\"\"" },
            Some(text) => (text),
        }
    }
}
