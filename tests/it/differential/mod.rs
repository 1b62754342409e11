//! A differential test: generated queries over generated tables, asked in every way in which
//! lockgate holds its tables, and of SQLite. `docs/differential.md` says how to use it.

mod answer;
mod ast;
mod expectations;
mod generate;
mod long;
mod render;
mod run;
mod shapes;
mod shrink;
mod sqlite;
mod tables;
mod ways;
mod work;

use run::Sessions;
use work::{Span, measure, work};

#[test]
fn two_thousand_cases_agree_in_all_ways_and_with_sqlite() {
    let report = work(&Span::new(0, 2_000), &|_, _, _| {});
    println!("{report}");
    assert!(
        report.differences.is_empty(),
        "{}",
        report.differences.join("\n")
    );
    assert_eq!(report.cases(), 2_000);
}

#[test]
fn every_kind_measures_the_same_in_all_ways_and_as_sqlite_does() {
    let report = measure(0..1, &Span::new(0, 0));
    println!("{report}");
    assert!(
        report.differences.is_empty(),
        "{}",
        report.differences.join("\n")
    );
}

/// The shapes around kinds of wrong answers that need no luck to be met.
const MET: &[&str] = &[
    "outer_join_filter",
    "literal_aggregate",
    "min_max",
    "null_safe_chain",
    "cast_bounds",
    "grouped_twins",
    "membership",
    "using",
];

#[test]
fn without_lockgate_the_same_cases_show_what_is_wrong() {
    for shape in MET {
        let found = (0..15).any(|set| {
            let span = Span {
                sessions: Sessions::Bare,
                shown: 0,
                only: Some((*shape).to_owned()),
                ..Span::new(set * 40, set * 40 + 40)
            };
            work(&span, &|_, _, _| {}).differing() > 0
        });
        assert!(found, "nothing wrong with {shape}");
    }
}
