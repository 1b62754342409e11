//! Workflow commands of GitHub Actions: a finding shown at its line of the change.

use lockgate_core::outcome::Verdict;

use super::document::Frame;
use super::suites::{Case, Suite, Suites};
use super::{counted, cut};

/// Annotations of one level that GitHub shows of one step; it drops the others without a word.
pub const AT_A_STEP: usize = 10;

/// Rows of a finding that an annotation shows.
const ROWS: usize = 3;

/// Characters of a text that an annotation shows.
const TEXT: usize = 1000;

/// One `::error` or `::warning` a line, worst first; empty where everything passed.
///
/// Of each level at most `limit`, the last of which counts what is left out.
/// An expectation begins its line, so its column is 1.
pub fn annotations(suites: &Suites, frame: &Frame<'_>, limit: usize) -> String {
    let levels = [
        ("error", &[Verdict::Error, Verdict::Fail][..]),
        ("warning", &[Verdict::Warn]),
    ];
    let mut text = String::new();
    for (level, verdicts) in levels {
        let found: Vec<_> = verdicts.iter().flat_map(|it| suites.with(*it)).collect();
        let shown = match found.len() <= limit {
            true => found.len(),
            false => limit.saturating_sub(1),
        };
        for (suite, case) in &found[..shown] {
            text.push_str(&annotation(level, suite, case, frame));
        }
        let left = found.len() - shown;
        if left > 0 && limit > 0 {
            let more = counted(left as u64, level);
            let says = format!("and {more} more: see the step's summary or a report");
            let title = property("lockgate");
            text.push_str(&format!("::{level} title={title}::{}\n", data(&says)));
        }
    }
    text
}

fn annotation(level: &str, suite: &Suite, case: &Case, frame: &Frame<'_>) -> String {
    let mut properties = Vec::new();
    if let Some(place) = &case.place {
        properties.push(format!("file={}", property(&frame.path(&place.file))));
        properties.push(format!("line={}", place.line));
        match place.end {
            // GitHub takes columns only where they are of one line.
            Some((line, column)) if line == place.line => {
                properties.push(format!("endLine={line}"));
                properties.push(format!("col={}", place.column));
                properties.push(format!("endColumn={column}"));
            }
            Some((line, _)) => properties.push(format!("endLine={line}")),
            None => properties.push(format!("col={}", place.column)),
        }
    }
    properties.push(format!("title={}", property(&suite.title(case))));
    let mut lines = vec![cut(&case.says, TEXT)];
    lines.extend(case.because.iter().map(|why| format!("because {why}")));
    let shown = case.rows.iter().take(ROWS);
    lines.extend(shown.map(super::suites::Row::line));
    lines.extend(case.help.iter().map(|help| cut(help, TEXT)));
    format!(
        "::{level} {}::{}\n",
        properties.join(","),
        data(&lines.join("\n"))
    )
}

/// A message, as the runner reads it back.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property's value: the marks that end one are escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_message_or_a_property_is_escaped() {
        assert_eq!(data("50 %\r\na::b, c"), "50 %25%0D%0Aa::b, c");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
