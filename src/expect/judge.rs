//! Judging: a metric held against what was asked for.

use super::{Expectation, Measure};
use crate::outcome::{Metric, Severity, Verdict};

/// A verdict with what was asked for, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    pub expected: String,
}

/// Judges one metric. Nothing to ask about is `Skip`, never a silent pass.
pub fn judge(expectation: &Expectation, measure: &Measure, metric: &Metric) -> Judged {
    let expected = match measure {
        Measure::Value { bound, .. } => bound.to_string(),
        _ => format!("violations allowed: {}", expectation.allow),
    };
    let kept = match (measure, metric) {
        (_, Metric::Violations { of: Some(0), .. }) | (_, Metric::Value(None)) => {
            return Judged {
                verdict: Verdict::Skip,
                expected,
            };
        }
        (_, Metric::Violations { rows, of }) => {
            expectation.allow.allows(*rows, of.unwrap_or(*rows))
        }
        (Measure::Value { bound, .. }, Metric::Value(Some(value))) => bound.holds(*value),
        (_, Metric::Value(Some(_))) => true,
    };
    let verdict = match (kept, expectation.severity) {
        (true, _) => Verdict::Pass,
        (false, Severity::Warn) => Verdict::Warn,
        (false, Severity::Error) => Verdict::Fail,
    };
    Judged { verdict, expected }
}
