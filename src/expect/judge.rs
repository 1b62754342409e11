//! Judging: a metric held against what was asked for.

use chrono::Datelike;

use super::bound::{Against, Past, Unit};
use super::{Bound, Expectation, Measure};
use crate::outcome::{Limits, Metric, Number, Severity, Verdict};

/// A verdict with what was asked for, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    pub expected: String,
    /// The same in figures.
    pub limits: Limits,
    /// What the figures do not say: that there was no past to hold a value against, or which day a number means.
    pub note: Option<String>,
}

/// The values below which there is no spread to speak of.
const SPREAD: usize = 3;

/// Scales a median absolute deviation to the standard deviation of a normal distribution.
const NORMAL: f64 = 0.6745;

/// Judges one metric. Nothing to ask about is `Skip`, never a silent pass.
pub fn judge(
    expectation: &Expectation,
    measure: &Measure,
    metric: &Metric,
    past: Past<'_>,
) -> Judged {
    let (kept, expected, limits, note) = match (measure, metric) {
        (Measure::Value { bound, .. }, Metric::Value(value)) => held(bound, *value, past),
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
        (_, Metric::Value(value)) => {
            let expected = "a value".to_owned();
            (value.map(|_| true), expected, Limits::default(), None)
        }
    };
    let verdict = match (kept, expectation.severity) {
        (None, _) => Verdict::Skip,
        (Some(true), _) => Verdict::Pass,
        (Some(false), Severity::Warn) => Verdict::Warn,
        (Some(false), Severity::Error) => Verdict::Fail,
    };
    Judged {
        verdict,
        expected,
        limits,
        note,
    }
}

type Held = (Option<bool>, String, Limits, Option<String>);

fn held(bound: &Bound, value: Option<Number>, past: Past<'_>) -> Held {
    let Some(against) = bound.against else {
        let note = value.filter(|_| bound.unit != Unit::Plain);
        let note = note.map(|value| bound.unit.show(value));
        return (
            value.map(|value| bound.holds(value)),
            bound.to_string(),
            Limits {
                least: bound.min.map(Number::as_f64),
                most: bound.max.map(Number::as_f64),
            },
            note,
        );
    };
    let Some((range, expected)) = range(against, past) else {
        let note = "baseline: no earlier value to hold it against".to_owned();
        let limits = Limits::default();
        return (value.map(|_| true), words(against), limits, Some(note));
    };
    let within = |value: Number| (range[0]..=range[1]).contains(&value.as_f64());
    let limits = Limits {
        least: Some(range[0]),
        most: Some(range[1]),
    };
    (value.map(within), expected, limits, None)
}

fn words(against: Against) -> String {
    match against {
        Against::Median { previous, between } => format!(
            "{} to {} times the median of the last {previous}",
            between[0], between[1]
        ),
        Against::RobustZ { previous, limit } => {
            format!("at most {limit} robust deviations from the median of the last {previous}")
        }
        Against::SameMonthLastYear { between } => format!(
            "{} to {} times the value of the same month last year",
            between[0], between[1]
        ),
    }
}

/// The least and greatest value that the past allows, with that in words; `None` without enough of a past.
fn range(against: Against, past: Past<'_>) -> Option<([f64; 2], String)> {
    let last = |n: usize| {
        past.values
            .iter()
            .take(n)
            .map(|(_, value)| *value)
            .collect()
    };
    let (usual, range) = match against {
        Against::Median { previous, between } => {
            let usual = median(last(previous))?;
            (usual, times(usual, between))
        }
        Against::RobustZ { previous, limit } => {
            let values: Vec<f64> = last(previous);
            if values.len() < SPREAD {
                return None;
            }
            let usual = median(values.clone())?;
            let spread = median(values.iter().map(|value| (value - usual).abs()).collect())?;
            let reach = limit * spread / NORMAL;
            (usual, [usual - reach, usual + reach])
        }
        Against::SameMonthLastYear { between } => {
            let month = (past.as_of.year() - 1, past.as_of.month());
            let mut values = past.values.iter();
            let (_, usual) = values.find(|(day, _)| (day.year(), day.month()) == month)?;
            (*usual, times(*usual, between))
        }
    };
    let expected = format!(
        "between {} and {}: {}, which is {usual}",
        range[0],
        range[1],
        words(against)
    );
    Some((range, expected))
}

/// A negative usual value turns the ends round.
fn times(usual: f64, [low, high]: [f64; 2]) -> [f64; 2] {
    let ends = [usual * low, usual * high];
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
mod tests {
    use super::*;

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    fn past_range(against: Against, values: &[(&str, f64)]) -> Option<[f64; 2]> {
        let values: Vec<_> = values.iter().map(|(d, value)| (day(d), *value)).collect();
        let past = Past {
            as_of: day("2024-05-01"),
            values: &values,
        };
        range(against, past).map(|(range, _)| range)
    }

    const MEDIAN: Against = Against::Median {
        previous: 3,
        between: [0.5, 2.0],
    };

    #[test]
    fn only_the_last_values_count_and_one_wild_month_does_not_move_the_median() {
        let values = [
            ("2024-04-01", 100.0),
            ("2024-03-01", 9000.0),
            ("2024-02-01", 110.0),
            ("2024-01-01", 1.0),
        ];
        assert_eq!(past_range(MEDIAN, &values), Some([55.0, 220.0]));
    }

    #[test]
    fn fewer_values_than_asked_for_are_enough_and_none_is_a_baseline() {
        assert_eq!(
            past_range(MEDIAN, &[("2024-04-01", 10.0)]),
            Some([5.0, 20.0])
        );
        assert_eq!(past_range(MEDIAN, &[]), None);
    }

    #[test]
    fn a_negative_median_turns_the_ends_round() {
        assert_eq!(
            past_range(MEDIAN, &[("2024-04-01", -10.0)]),
            Some([-20.0, -5.0])
        );
    }

    #[test]
    fn a_robust_z_needs_three_values_and_of_equal_ones_allows_no_other() {
        let against = Against::RobustZ {
            previous: 5,
            limit: 3.5,
        };
        let two = [("2024-04-01", 10.0), ("2024-03-01", 10.0)];
        assert_eq!(past_range(against, &two), None);
        let three = [two[0], two[1], ("2024-02-01", 10.0)];
        assert_eq!(past_range(against, &three), Some([10.0, 10.0]));
        let spread = [two[0], ("2024-03-01", 11.0), ("2024-02-01", 12.0)];
        let [low, high] = past_range(against, &spread).unwrap();
        assert!(
            (11.0 - low - 3.5 / 0.6745).abs() < 1e-9 && (high - 11.0 - 3.5 / 0.6745).abs() < 1e-9
        );
    }

    #[test]
    fn the_same_month_of_last_year_is_found_whatever_its_day() {
        let against = Against::SameMonthLastYear {
            between: [0.9, 1.1],
        };
        let values = [
            ("2024-04-30", 1.0),
            ("2023-05-28", 100.0),
            ("2022-05-01", 7.0),
        ];
        let [low, high] = past_range(against, &values).unwrap();
        assert!((low - 90.0).abs() < 1e-9 && (high - 110.0).abs() < 1e-9);
        assert_eq!(past_range(against, &values[..1]), None);
    }
}
