//! Unit tests of models: for a terminal, and as cases.

use anstyle::Style;

use lockgate_core::error::Place;
use lockgate_core::outcome::{Marked, Outcome, Run, State, TableDiff, Tested, Verdict};

use super::gather::{case, of_run};
use super::style::{BAD, DIM, GOOD, STRONG};
use super::suites::{Case, Related, Row, Suite, Suites};
use super::summary::wrapped;
use super::value::visible;
use super::{Detail, counted, cut};

/// Characters of a cell at most.
const CELL: usize = 40;

/// Characters of a line of a table at most; one column is always shown.
const LINE: usize = 110;

/// What to do about a run that its tests stopped.
pub(super) const ADVICE: &str =
    "Nothing was taken in or built. Mend the model or its test, and try it: lockgate test\n";

/// What `lockgate test` tells.
pub fn test_summary(run: &Run, detail: Detail) -> String {
    let mut text = String::new();
    if detail != Detail::Quiet {
        let names = run.tests.iter().map(|model| model.model.len()).max();
        let width = names.unwrap_or(0);
        for model in &run.tests {
            text.push_str(&of_model(model, width, detail == Detail::Verbose));
        }
        if !run.tests.is_empty() {
            text.push('\n');
        }
    }
    text.push_str(&failures(&run.tests));
    let style = match run.verdict {
        Verdict::Fail => BAD,
        _ => GOOD,
    };
    let word = run.verdict.as_str().to_uppercase();
    text.push_str(&format!("{style}{word}{style:#}  {}\n", whole(run)));
    text
}

fn of_model(model: &Tested, width: usize, verbose: bool) -> String {
    let (passed, failed) = (model.count(Verdict::Pass), model.count(Verdict::Fail));
    let mut parts = Vec::new();
    if failed > 0 {
        parts.push(format!("{BAD}{failed} failed{BAD:#}"));
    }
    if passed > 0 {
        parts.push(format!("{GOOD}{passed} passed{GOOD:#}"));
    }
    let mut text = format!("{:width$}  {}\n", model.model, parts.join(", "));
    for outcome in model.outcomes.iter().filter(|_| verbose) {
        let style = match outcome.verdict {
            Verdict::Pass => GOOD,
            _ => BAD,
        };
        let word = outcome.verdict.as_str();
        text.push_str(&format!("  {style}{word}{style:#}  {}\n", outcome.id));
    }
    text
}

/// How the tests stand, in a few words; `None` where there is none.
pub(super) fn told(tests: &[Tested]) -> Option<String> {
    let count = |verdict| {
        tests
            .iter()
            .map(|model| model.count(verdict))
            .sum::<usize>() as u64
    };
    let (passed, failed) = (count(Verdict::Pass), count(Verdict::Fail));
    match (passed, failed) {
        (0, 0) => None,
        (passed, 0) => Some(format!("{passed} passed")),
        (0, failed) => Some(format!("{failed} failed")),
        (passed, failed) => Some(format!("{failed} failed, {passed} passed")),
    }
}

/// How the tests of a run stand, in a sentence.
fn whole(run: &Run) -> String {
    match told(&run.tests) {
        Some(told) => format!("tests: {told}"),
        None => "no test of the models selected".to_owned(),
    }
}

/// How the tests of a run stand, on a line of its own; empty where there is none, or quiet is asked for.
pub(super) fn line(run: &Run, quiet: bool) -> String {
    let told = told(&run.tests).filter(|_| !quiet);
    told.map_or_else(String::new, |told| format!("tests   {told}\n"))
}

/// Every test that failed, with its table.
pub(super) fn failures(tests: &[Tested]) -> String {
    let mut text = String::new();
    for model in tests {
        let failed = model.outcomes.iter();
        for outcome in failed.filter(|outcome| outcome.verdict == Verdict::Fail) {
            text.push_str(&failure(&model.model, outcome));
        }
    }
    text
}

fn failure(model: &str, outcome: &Outcome) -> String {
    let mut text = format!(
        "{BAD}FAIL {BAD:#} {STRONG}{model}: {}{STRONG:#}\n",
        outcome.id
    );
    if let Some(because) = &outcome.because {
        text.push_str(&wrapped(&format!("because {because}"), 6));
    }
    text.push_str(&format!("      {DIM}{}{DIM:#}\n", outcome.location));
    text.push_str(&wrapped(outcome.note.as_deref().unwrap_or_default(), 6));
    if let Some(table) = &outcome.table {
        text.push('\n');
        text.push_str(&drawn(table));
    }
    text.push('\n');
    text
}

/// A cell as a reader tells null from blank.
pub(super) fn cell(value: Option<&str>) -> String {
    match value {
        None => "∅".to_owned(),
        Some("") => "\"\"".to_owned(),
        Some(text) => cut(&visible(text), CELL),
    }
}

/// One line of the table: a word, its style, cells, and whether each is another than expected.
struct Line {
    word: &'static str,
    style: Style,
    cells: Vec<(String, bool)>,
}

fn lines(row: &Marked) -> Vec<Line> {
    let line = |word, style, cells: &Option<Vec<Option<String>>>| {
        let cells = cells.as_deref().unwrap_or_default();
        let cells = row.cells(cells).map(|(value, other)| match other {
            true => (format!("[{}]", cell(value)), true),
            false => (format!(" {} ", cell(value)), false),
        });
        Line {
            word,
            style,
            cells: cells.collect(),
        }
    };
    match row.state {
        State::Differs => vec![
            line("expected", GOOD, &row.expected),
            line("found", BAD, &row.found),
        ],
        State::Missing => vec![line("missing", GOOD, &row.expected)],
        State::Unexpected => vec![line("unexpected", BAD, &row.found)],
    }
}

/// The columns by what they tell: the first, those in which rows differ, then the others.
fn by_use(table: &TableDiff) -> Vec<usize> {
    let differs = |at: usize| {
        table.rows.iter().any(|row| {
            let found = row.found.as_deref().unwrap_or_default();
            row.cells(found).nth(at).is_some_and(|(_, other)| other)
        })
    };
    let mut order: Vec<usize> = (0..table.columns.len()).collect();
    order.sort_by_key(|at| (*at != 0, !differs(*at), *at));
    order
}

/// The columns to show of a diff where no more than `most` have room, in their order.
pub(super) fn shown_columns(table: &TableDiff, most: usize) -> Vec<usize> {
    let mut order = by_use(table);
    order.truncate(most);
    order.sort_unstable();
    order
}

/// The rows that differ, under their columns; a cell that is another than expected stands in brackets.
fn drawn(table: &TableDiff) -> String {
    let lines: Vec<Line> = table.rows.iter().flat_map(lines).collect();
    let chars = |text: &str| text.chars().count();
    let wide = |at: usize| {
        let cells = lines.iter().filter_map(|line| line.cells.get(at));
        let widest = cells.map(|(cell, _)| chars(cell)).max().unwrap_or(0);
        widest.max(table.columns.get(at).map_or(0, |name| chars(name) + 2))
    };
    let mut taken = 0;
    let mut order = by_use(table);
    order.retain(|at| {
        let width = wide(*at);
        let fits = taken == 0 || taken + width <= LINE;
        taken += if fits { width } else { LINE };
        fits
    });
    let left = table.columns.len() - order.len();
    order.sort_unstable();
    let mut text = format!("      {:10} ", "");
    for at in &order {
        let name = table.columns.get(*at).map_or("", String::as_str);
        let fill = " ".repeat(wide(*at).saturating_sub(chars(name) + 1));
        text.push_str(&format!(" {DIM}{name}{DIM:#}{fill}"));
    }
    let mut text = format!("{}\n", text.trim_end());
    for line in &lines {
        let style = line.style;
        let mut row = format!("      {style}{:10}{style:#} ", line.word);
        for at in &order {
            let Some((shown, other)) = line.cells.get(*at) else {
                continue;
            };
            let fill = " ".repeat(wide(*at).saturating_sub(chars(shown)));
            match other {
                true => row.push_str(&format!("{style}{shown}{style:#}{fill}")),
                false => row.push_str(&format!("{shown}{fill}")),
            }
        }
        text.push_str(&format!("{}\n", row.trim_end()));
    }
    if left > 0 {
        let columns = counted(left as u64, "column");
        text.push_str(&format!("      {DIM}and {columns} not shown{DIM:#}\n"));
    }
    if table.more > 0 {
        let rows = counted(table.more, "row");
        text.push_str(&format!("      {DIM}and {rows} more{DIM:#}\n"));
    }
    text
}

/// A run of unit tests: a suite for each model that has some.
pub fn of_test(run: &Run) -> Suites {
    Suites {
        command: "test",
        head: vec![whole(run), format!("run {}", run.run_id)],
        advice: None,
        ..of_run(run)
    }
}

/// The tests of one model, a case each.
pub(super) fn suite(model: &Tested) -> Suite {
    Suite {
        name: format!("tests.{}", model.model),
        layer: Some(model.layer.clone()),
        file: Some(format!("tests/{}/{}.toml", model.layer, model.model)),
        cases: model.outcomes.iter().map(|it| test(model, it)).collect(),
        ..Suite::default()
    }
}

fn test(model: &Tested, outcome: &Outcome) -> Case {
    let sql = format!("models/{}/{}.sql", model.layer, model.model);
    let table = outcome.table.as_ref();
    let rows = table.map_or_else(Vec::new, |it| {
        it.rows.iter().map(|row| told_row(it, row)).collect()
    });
    Case {
        more: table.map_or(0, |table| table.more),
        rows,
        related: vec![Related {
            place: Place::of_line(sql, 1),
            says: "the model".to_owned(),
        }],
        ..case(outcome, None)
    }
}

/// A row of a diff on one line: `differs  id=1  phone=∅, expected 7025550100`.
fn told_row(table: &TableDiff, row: &Marked) -> Row {
    let shown = row.found.as_ref().or(row.expected.as_ref());
    let cells = shown.map_or(&[][..], Vec::as_slice);
    let mut values = row.state.as_str().to_owned();
    for (at, ((value, other), name)) in row.cells(cells).zip(&table.columns).enumerate() {
        values.push_str(&format!("  {name}={}", cell(value)));
        if other {
            let expected = row.expected.as_ref().and_then(|row| row.get(at));
            let expected = expected.and_then(Option::as_deref);
            values.push_str(&format!(", expected {}", cell(expected)));
        }
    }
    Row {
        place: None,
        values,
    }
}
