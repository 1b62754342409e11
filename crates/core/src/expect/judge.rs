//! Judging: a metric held against what was asked for.

use chrono::{Datelike, NaiveDate};

use super::bound::{Against, Earlier, Near, Of, Past, Unit};
use super::{Bound, Expectation, Measure, Tolerance};
use crate::outcome::{Limits, Metric, Number, Verdict};

/// A verdict with what was asked for, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    pub expected: String,
    /// The same in figures.
    pub limits: Limits,
    /// How many violations are allowed; `None` of a value.
    pub allow: Option<Tolerance>,
    /// The value as people read it, where that is no number.
    pub shown: Option<String>,
    /// What the figures do not say: that there was no past to hold a value against, or which day a number means.
    pub note: Option<String>,
}

/// The values below which there is no spread to speak of.
const SPREAD: usize = 3;

/// Scales a median absolute deviation to the standard deviation of a normal distribution.
const NORMAL: f64 = 0.6745;

/// The same of a mean absolute deviation: the square root of half of pi.
const MEAN_NORMAL: f64 = 1.253_314;

/// Judges one metric. Nothing to ask about is `Skip`, never a silent pass.
pub fn judge(
    expectation: &Expectation,
    measure: &Measure,
    metric: &Metric,
    past: Past<'_>,
) -> Judged {
    let (kept, expected, limits, note) = match (measure, metric) {
        (Measure::Value { bound, .. }, Metric::Value(value)) => held(bound, *value, past),
        (Measure::Value { .. }, Metric::Violations { .. }) | (_, Metric::Value(_)) => {
            return mismatched(expectation);
        }
        (_, Metric::Violations { rows, of }) => {
            let kept = (*of != Some(0)).then(|| {
                let of = of.unwrap_or(*rows);
                expectation.allow.allows(*rows, of)
            });
            let expected = format!("violations allowed: {}", expectation.allow);
            let most = expectation.allow.most(of.unwrap_or(*rows));
            let limits = Limits {
                least: None,
                most: Some(most as f64),
            };
            (kept, expected, limits, None)
        }
    };
    let (kept, note) = match kept {
        None if expectation.args.needs_value() => {
            (Some(false), Some("there is no value".to_owned()))
        }
        _ => (kept, note),
    };
    let verdict = match (kept, expectation.severity) {
        (None, _) => Verdict::Skip,
        (Some(true), _) => Verdict::Pass,
        (Some(false), severity) => severity.verdict(),
    };
    let shown = match (measure, metric) {
        (Measure::Value { bound, .. }, Metric::Value(value)) => shown(bound, *value),
        _ => None,
    };
    Judged {
        verdict,
        expected,
        limits,
        allow: matches!(metric, Metric::Violations { .. }).then_some(expectation.allow),
        note: note.or_else(|| shown.clone()),
        shown,
    }
}

/// What was measured is no answer to what was asked: never a pass.
fn mismatched(expectation: &Expectation) -> Judged {
    let note = format!(
        "`{}` was not answered by what was measured, a fault of lockgate: please report it",
        expectation.kind.name
    );
    Judged {
        verdict: Verdict::Error,
        expected: format!("violations allowed: {}", expectation.allow),
        limits: Limits::default(),
        allow: None,
        shown: None,
        note: Some(note),
    }
}

/// A value that is held against fixed ends, as people read it, where that is no number.
fn shown(bound: &Bound, value: Option<Number>) -> Option<String> {
    let read = bound.against.is_none() && bound.unit != Unit::Plain;
    value.filter(|_| read).map(|value| bound.unit.show(value))
}

/// The part of the past that a measure is held against, newest first; none where it is held
/// against fixed ends.
pub fn past_used(measure: &Measure, past: Past<'_>) -> Vec<(NaiveDate, f64)> {
    match measure {
        Measure::Value { bound, .. } => bound
            .against
            .map(|against| earlier(against.past, past))
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

type Held = (Option<bool>, String, Limits, Option<String>);

fn held(bound: &Bound, value: Option<Number>, past: Past<'_>) -> Held {
    let Some(against) = bound.against else {
        return (
            value.map(|value| bound.holds(value)),
            bound.to_string(),
            Limits {
                least: bound.min.map(Number::as_f64),
                most: bound.max.map(Number::as_f64),
            },
            None,
        );
    };
    // NaN is within no past, not even where there is none.
    let number = value.map(|value| !value.as_f64().is_nan());
    if number == Some(false) {
        let note = "NaN is no number, and within no past".to_owned();
        return (number, words(against), Limits::default(), Some(note));
    }
    let free = |expected: String, note: String| (number, expected, Limits::default(), Some(note));
    match range(against, past) {
        Baseline::None => {
            let note = "baseline: no earlier value to hold it against".to_owned();
            free(words(against), note)
        }
        Baseline::Constant { usual, values } => {
            let note = format!(
                "constant: the last {values} values are all {usual}, a spread of none by which to judge {}; \
                 `between` bounds its ratio to them",
                value.map_or_else(|| "it".to_owned(), |value| value.to_string())
            );
            let same = value.is_some_and(|value| value.as_f64() == usual);
            match same {
                true => (number, words(against), Limits::default(), None),
                false => free(words(against), note),
            }
        }
        Baseline::Range(range, expected) => {
            let within = |value: Number| (range[0]..=range[1]).contains(&value.as_f64());
            let limits = Limits {
                least: Some(range[0]),
                most: Some(range[1]),
            };
            (value.map(within), expected, limits, None)
        }
    }
}

/// What the past says of a value.
#[derive(Clone, Debug, PartialEq)]
enum Baseline {
    /// There is not enough of it.
    None,
    /// Equal values, which have no spread.
    Constant { usual: f64, values: usize },
    /// The least and the greatest value that it allows, with that in words.
    Range([f64; 2], String),
}

fn words(against: Against) -> String {
    let usual = usual_words(against);
    match against.near {
        Near::Ratio([low, high]) => format!("{low} to {high} times {usual}"),
        Near::Percent([low, high]) => format!("a change of {low} % to {high} % from {usual}"),
        Near::Difference([low, high]) => format!("{low} to {high} more than {usual}"),
        Near::RobustZ(limit) => format!("at most {limit} robust deviations from {usual}"),
    }
}

fn usual_words(against: Against) -> String {
    let of = against.of.as_str();
    match against.past {
        Earlier::Last(previous) => format!("the {of} of the last {previous}"),
        Earlier::SameWeekday(1) => "the value of the same weekday last week".to_owned(),
        Earlier::SameWeekday(weeks) => {
            format!("the {of} of the same weekday of the last {weeks} weeks")
        }
        Earlier::SameMonthLastYear => "the value of the same month last year".to_owned(),
    }
}

/// The earlier values that count, newest first. NaN and infinities do not.
fn earlier(past: Earlier, all: Past<'_>) -> Vec<(NaiveDate, f64)> {
    let known = all.values.iter().copied();
    let known = known.filter(|(_, value)| value.is_finite());
    match past {
        Earlier::Last(n) => known.take(n).collect(),
        Earlier::SameWeekday(weeks) => {
            let on = |day: NaiveDate| {
                let days = (all.as_of - day).num_days();
                days > 0 && days % 7 == 0 && days / 7 <= weeks as i64
            };
            known.filter(|(day, _)| on(*day)).collect()
        }
        Earlier::SameMonthLastYear => {
            let month = (all.as_of.year() - 1, all.as_of.month());
            let same = |(day, _): &(NaiveDate, f64)| (day.year(), day.month()) == month;
            known.filter(same).take(1).collect()
        }
    }
}

/// What the past allows.
fn range(against: Against, past: Past<'_>) -> Baseline {
    let values = earlier(against.past, past).into_iter();
    let values: Vec<f64> = values.map(|(_, value)| value).collect();
    let usual = match against.of {
        Of::Median => median(values.clone()),
        Of::Mean => mean(&values),
        Of::Least => values.iter().copied().reduce(f64::min),
        Of::Greatest => values.iter().copied().reduce(f64::max),
    };
    let Some(usual) = usual else {
        return Baseline::None;
    };
    let range = match against.near {
        Near::Ratio(between) => times(usual, between),
        Near::Percent(change) => change.map(|end| moved(usual, end, usual.abs() * end / 100.0)),
        Near::Difference(difference) => difference.map(|end| moved(usual, end, end)),
        Near::RobustZ(_) if values.len() < SPREAD => return Baseline::None,
        Near::RobustZ(limit) => {
            let Some(unit) = deviation(&values, usual) else {
                let values = values.len();
                return Baseline::Constant { usual, values };
            };
            [usual - limit * unit, usual + limit * unit]
        }
    };
    let expected = format!(
        "between {} and {}: {}, which is {usual}",
        range[0],
        range[1],
        words(against)
    );
    Baseline::Range(range, expected)
}

/// One robust deviation: by the median of the distances from the usual value, or, where more than half of
/// the values are equal, by their mean. `None`: all are equal.
fn deviation(values: &[f64], usual: f64) -> Option<f64> {
    let distances: Vec<f64> = values.iter().map(|value| (value - usual).abs()).collect();
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    match median(distances) {
        Some(middle) if middle > 0.0 => Some(middle / NORMAL),
        _ => (mean > 0.0).then_some(mean * MEAN_NORMAL),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    let sum = values.iter().sum::<f64>();
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

/// The usual value and a step away from it; an end without limit stays one, also of a usual value of 0.
fn moved(usual: f64, end: f64, step: f64) -> f64 {
    if end.is_infinite() { end } else { usual + step }
}

/// A negative usual value turns the ends round.
fn times(usual: f64, [low, high]: [f64; 2]) -> [f64; 2] {
    let end = |end: f64| match (end.is_infinite(), usual < 0.0) {
        (true, true) => -end,
        (true, false) => end,
        (false, _) => usual * end,
    };
    let ends = [end(low), end(high)];
    [ends[0].min(ends[1]), ends[0].max(ends[1])]
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(values[middle - 1], upper)
    })
}

#[cfg(test)]
mod tests;
