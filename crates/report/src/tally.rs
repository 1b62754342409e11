//! How many came out each way.

use lockgate_core::outcome::Verdict;

use super::grouped;
use super::style::{BAD, DIM, GOOD, ODD};

/// Verdicts in words, the worst first.
pub(super) const WORDS: [(Verdict, &str); 5] = [
    (Verdict::Error, "could not be asked"),
    (Verdict::Fail, "failed"),
    (Verdict::Warn, "warned"),
    (Verdict::Pass, "passed"),
    (Verdict::Skip, "skipped"),
];

/// `2 failed, 1,024 passed`; empty where there is none.
pub(super) fn tallied(count: impl Fn(Verdict) -> usize) -> String {
    let parts = WORDS.iter().filter_map(|(verdict, word)| {
        let count = count(*verdict) as u64;
        (count > 0).then(|| format!("{} {word}", grouped(count)))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// How a verdict looks in a terminal.
pub(super) fn style_of(verdict: Verdict) -> anstyle::Style {
    match verdict {
        Verdict::Error | Verdict::Fail => BAD,
        Verdict::Warn => ODD,
        Verdict::Pass => GOOD,
        Verdict::Skip => DIM,
    }
}
