//! Unit tests: which ran, and how the rows of one that failed differ.

use maud::{Markup, html};

use super::super::counted;
use super::super::month::Month;
use super::super::tested::shown_columns;
use super::{anchor, verdict_class};
use lockgate_core::outcome::{Marked, State, TableDiff, Tested, Verdict};

/// Columns of a diff shown at most.
const COLUMNS: usize = 8;

/// The tests of every model; nothing where the run has none.
pub(super) fn section(month: &Month<'_>) -> Markup {
    let Some(told) = month.tests().told() else {
        return html! {};
    };
    html! {
        section id="tests" aria-labelledby="tests-h" {
            h2 id="tests-h" { "Unit tests" }
            p.lead { "Before anything was taken in, the models ran on rows written for them: " (told) "." }
            details {
                summary { "Each test" }
                @for model in &month.run.tests { (of_model(model)) }
            }
        }
    }
}

fn of_model(model: &Tested) -> Markup {
    html! {
        h3.tested { a href={ "#" (anchor(&model.model)) } { (model.model) } }
        ul.tested {
            @for outcome in &model.outcomes {
                li {
                    span class={ "tag " (verdict_class(outcome.verdict)) } { (outcome.verdict) }
                    " " (outcome.id)
                    @if outcome.verdict == Verdict::Fail { " " code { (outcome.location) } }
                }
            }
        }
    }
}

/// The rows that are not as expected, under the columns that tell why.
pub(super) fn table(of: &str, diff: &TableDiff) -> Markup {
    let columns = shown_columns(diff, COLUMNS);
    let left = (diff.columns.len() - columns.len()) as u64;
    html! {
        div.rows tabindex="0" role="region" aria-label={ "Rows of " (of) } {
            table.samples.diff {
                thead {
                    tr {
                        th scope="col" { "row" }
                        @for at in &columns { th scope="col" { (diff.columns[*at]) } }
                    }
                }
                tbody { @for row in &diff.rows { (lines(row, &columns)) } }
            }
        }
        @if left > 0 || diff.more > 0 {
            p.place {
                @if diff.more > 0 { "and " (counted(diff.more, "row")) " more" }
                @if diff.more > 0 && left > 0 { "; " }
                @if left > 0 { (counted(left, "column")) " not shown" }
            }
        }
    }
}

fn lines(row: &Marked, columns: &[usize]) -> Markup {
    html! {
        @match row.state {
            State::Differs => {
                (line(row, ("good", "expected"), &row.expected, columns))
                (line(row, ("bad", "found"), &row.found, columns))
            }
            State::Missing => (line(row, ("good", "missing"), &row.expected, columns)),
            State::Unexpected => (line(row, ("bad", "unexpected"), &row.found, columns)),
        }
    }
}

fn line(
    row: &Marked,
    (tone, word): (&str, &str),
    cells: &Option<Vec<Option<String>>>,
    columns: &[usize],
) -> Markup {
    let cells: Vec<_> = row.cells(cells.as_deref().unwrap_or_default()).collect();
    html! {
        tr class=(tone) {
            th scope="row" { (word) }
            @for at in columns {
                @match cells.get(*at) {
                    Some((None, other)) => td.null { @if *other { mark { "null" } } @else { "null" } },
                    Some((Some(value), true)) => td { mark { (super::news::shown(value)) } },
                    Some((Some(value), false)) => td { (super::news::shown(value)) },
                    None => td {},
                }
            }
        }
    }
}
