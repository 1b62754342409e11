use super::*;

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn past_of(against: Against, values: &[(&str, f64)]) -> Baseline {
    let values: Vec<_> = values.iter().map(|(d, value)| (day(d), *value)).collect();
    let past = Past {
        as_of: day("2024-05-01"),
        values: &values,
    };
    range(against, past)
}

fn past_range(against: Against, values: &[(&str, f64)]) -> Option<[f64; 2]> {
    match past_of(against, values) {
        Baseline::Range(range, _) => Some(range),
        _ => None,
    }
}

const MEDIAN: Against = Against {
    past: Earlier::Last(3),
    of: Of::Median,
    near: Near::Ratio([0.5, 2.0]),
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
fn a_robust_z_needs_three_values_and_equal_ones_have_no_spread() {
    let against = Against {
        past: Earlier::Last(5),
        near: Near::RobustZ(3.5),
        ..MEDIAN
    };
    let days = ["2024-04-01", "2024-03-01", "2024-02-01", "2024-01-01"];
    let past = |values: &[f64]| -> Vec<(&str, f64)> {
        days.into_iter().zip(values.iter().copied()).collect()
    };
    assert_eq!(past_of(against, &past(&[10.0, 10.0])), Baseline::None);
    let constant = Baseline::Constant {
        usual: 10.0,
        values: 3,
    };
    assert_eq!(past_of(against, &past(&[10.0, 10.0, 10.0])), constant);
    let [low, high] = past_range(against, &past(&[10.0, 11.0, 12.0])).unwrap();
    let reach = 3.5 / 0.6745;
    assert!((11.0 - low - reach).abs() < 1e-9 && (high - 11.0 - reach).abs() < 1e-9);
    // More than half are equal: the mean distance, a half, is the measure.
    let [low, high] = past_range(against, &past(&[10.0, 10.0, 10.0, 12.0])).unwrap();
    let reach = 3.5 * 0.5 * 1.253_314;
    assert!((10.0 - low - reach).abs() < 1e-9 && (high - 10.0 - reach).abs() < 1e-9);
}

#[test]
fn nan_and_infinities_are_no_part_of_a_past() {
    let values = [
        ("2024-04-01", f64::NAN),
        ("2024-03-01", f64::INFINITY),
        ("2024-02-01", 10.0),
    ];
    assert_eq!(past_range(MEDIAN, &values), Some([5.0, 20.0]));
    assert_eq!(past_range(MEDIAN, &values[..2]), None);
}

#[test]
fn the_same_month_of_last_year_is_found_whatever_its_day() {
    let against = Against {
        past: Earlier::SameMonthLastYear,
        near: Near::Ratio([0.9, 1.1]),
        ..MEDIAN
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

#[test]
fn a_change_is_in_per_cent_of_the_size_of_the_earlier_value_and_of_nothing_none_is_allowed() {
    let percent = |near| Against {
        past: Earlier::Last(1),
        near: Near::Percent(near),
        ..MEDIAN
    };
    for (before, near, wanted) in [
        (70.0, [-10.0, 10.0], [63.0, 77.0]),
        (-70.0, [-10.0, 20.0], [-77.0, -56.0]),
        (0.0, [-10.0, 10.0], [0.0, 0.0]),
        (0.0, [-10.0, f64::INFINITY], [0.0, f64::INFINITY]),
    ] {
        let found = past_range(percent(near), &[("2024-04-01", before)]);
        assert_eq!(found, Some(wanted), "{before} {near:?}");
    }
}

#[test]
fn the_last_values_count_by_their_median_mean_least_or_greatest() {
    let values = [
        ("2024-04-01", 4.0),
        ("2024-03-01", 1.0),
        ("2024-02-01", 10.0),
        ("2024-01-01", 0.0),
    ];
    for (of, usual) in [
        (Of::Median, 4.0),
        (Of::Mean, 5.0),
        (Of::Least, 1.0),
        (Of::Greatest, 10.0),
    ] {
        let against = Against {
            of,
            near: Near::Difference([-1.0, 2.0]),
            ..MEDIAN
        };
        let wanted = Some([usual - 1.0, usual + 2.0]);
        assert_eq!(past_range(against, &values), wanted, "{of:?}");
        assert_eq!(past_range(against, &[]), None);
    }
}

#[test]
fn the_same_weekday_is_looked_for_in_the_weeks_named_and_in_no_other() {
    let against = |weeks| Against {
        past: Earlier::SameWeekday(weeks),
        near: Near::Difference([0.0, 0.0]),
        ..MEDIAN
    };
    // 2024-05-01, a Wednesday, is today.
    let values = [
        ("2024-04-30", 99.0),
        ("2024-04-24", 7.0),
        ("2024-04-23", 98.0),
        ("2024-04-10", 9.0),
    ];
    assert_eq!(past_range(against(1), &values), Some([7.0, 7.0]));
    assert_eq!(past_range(against(2), &values), Some([7.0, 7.0]));
    assert_eq!(past_range(against(3), &values), Some([8.0, 8.0]));
    assert_eq!(past_range(against(1), &values[..1]), None);
}

#[test]
fn what_was_measured_of_another_kind_never_passes() {
    let text = "[[expect]]\nkind = 'not_null'\ncolumn = 'n'\n\
                [[expect]]\nkind = 'mean'\ncolumn = 'n'\nmin = 1\n";
    let (asked, problems) = crate::expect::load(&crate::error::Text::new("t", text));
    assert!(problems.is_empty(), "{problems:?}");
    let past = Past {
        as_of: day("2024-05-01"),
        values: &[],
    };
    let value = Metric::Value(Some(Number::Int(3)));
    let violations = Metric::Violations {
        rows: 0,
        of: Some(3),
    };
    for (expectation, wrong) in asked.iter().zip([value, violations]) {
        let judged = judge(expectation, &expectation.lower_anywhere(), &wrong, past);
        assert_eq!(judged.verdict, Verdict::Error, "{}", expectation.id);
    }
}
