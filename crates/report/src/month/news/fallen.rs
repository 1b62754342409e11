//! What failed or warned, and whether it is new.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::series::Point;
use super::super::{Month, figures};
use super::files::speaks_of;
use super::{News, Tone, capital, evidence, waiting};
use lockgate_core::outcome::{Blame, FileState, Gate, ModelRun, Outcome, Verdict};
use lockgate_core::table_name::raw;

/// What failed, and what warned; the first is always news, the second if it is new or worse.
pub(super) fn fallen<'a>(
    month: &Month<'a>,
    explained: &BTreeSet<(&'a str, &'a str)>,
) -> (Vec<News<'a>>, Vec<News<'a>>) {
    let mut failed = Vec::new();
    let mut warned = Vec::new();
    for model in &month.run.models {
        for outcome in model.outcomes.iter().filter(|o| o.verdict > Verdict::Pass) {
            if explained.contains(&(model.name.as_str(), outcome.id.as_str())) {
                continue;
            }
            let news = one_fallen(month, model, outcome);
            match outcome.verdict {
                Verdict::Warn => warned.push(news),
                _ => failed.push(news),
            }
        }
    }
    for file in month
        .arrived()
        .filter(|file| file.state != FileState::Refused)
    {
        for outcome in file.outcomes.iter().filter(|o| o.verdict > Verdict::Pass) {
            warned.push(News {
                tone: Tone::Odd,
                title: format!("{} in {}: {}", outcome.id, file.name, figures(outcome)),
                told: Vec::new(),
                since: None,
                quoted: Vec::new(),
                masked: Vec::new(),
                of: raw(&file.source),
                evidence: evidence(raw(&file.source), vec![outcome]),
            });
        }
    }
    (failed, warned)
}

fn one_fallen<'a>(month: &Month<'a>, model: &'a ModelRun, outcome: &'a Outcome) -> News<'a> {
    let points = month.trends.get(&model.name, &outcome.id);
    let mut told = Vec::new();
    let closes = outcome.verdict > Verdict::Warn && model.gate == Gate::Closed;
    if closes {
        told.push(format!("The gate of {} is closed.", model.name));
        told.extend(waiting(month, &Blame::Gate(model.name.clone())));
    }
    let arrived = month.arrived().find(|file| speaks_of(outcome, &file.name));
    if let Some(file) = arrived.filter(|_| month.before.is_some()) {
        told.push(format!(
            "Every row shown is of {}, which came with this run.",
            file.name
        ));
    }
    let worse = worse(points);
    if worse {
        told.push("More than in the run before.".to_owned());
    }
    let errs = outcome.verdict == Verdict::Error;
    let found = if errs {
        "it could not be asked".to_owned()
    } else {
        figures(outcome)
    };
    News {
        tone: if outcome.verdict == Verdict::Warn {
            Tone::Odd
        } else {
            Tone::Bad
        },
        title: format!("{} in {}: {found}", outcome.id, model.name),
        told,
        quoted: outcome
            .note
            .iter()
            .filter(|_| errs)
            .map(|note| capital(note))
            .collect(),
        masked: Vec::new(),
        since: standing(points).filter(|_| !worse),
        of: model.name.clone(),
        evidence: evidence(model.name.clone(), vec![outcome]),
    }
}

/// The first day of a fall that the run before saw too.
fn standing(points: &[Point<'_>]) -> Option<NaiveDate> {
    let streak = points.iter().rev().take_while(|point| point.fell());
    let days: Vec<NaiveDate> = streak.map(|point| point.day).collect();
    days.last().copied().filter(|_| days.len() > 1)
}

/// Whether it fell before, and now by half as much again and by more than two rows.
fn worse(points: &[Point<'_>]) -> bool {
    let mut last = points.iter().rev();
    let (Some(now), Some(before)) = (last.next(), last.next()) else {
        return false;
    };
    let more = match (now.outcome.rows, before.outcome.rows) {
        (Some(now), Some(then)) => before.fell() && now > then + 2,
        _ => false,
    };
    match (now.relative(), before.relative()) {
        (Some(now), Some(before)) => more && now > before * 1.5,
        _ => false,
    }
}
