//! What moved within its bounds, and what passes again.

use super::super::super::counted;
use super::super::series::Point;
use super::super::{Month, figures, month_name, number, share};
use super::{News, Tone, evidence};
use lockgate_core::outcome::{Gate, ModelRun, Verdict};

/// Notes on what moved within its bounds, at most.
const MOVED: usize = 5;

/// What passed and is far from where it used to be.
pub(super) fn moved<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let mut moved: Vec<(f64, News<'a>)> = Vec::new();
    for model in &month.run.models {
        for outcome in model.with(Verdict::Pass) {
            let points = month.trends.get(&model.name, &outcome.id);
            let Some((far, usual)) = far(points) else {
                continue;
            };
            let usual = match outcome.of {
                Some(of) => share((usual * of as f64).round() as u64, of),
                None => number(usual),
            };
            let usual = if usual.is_empty() {
                "none".to_owned()
            } else {
                usual
            };
            moved.push((
                far,
                News {
                    tone: Tone::Note,
                    title: format!(
                        "{} in {} moved: {}",
                        outcome.id,
                        model.name,
                        figures(outcome)
                    ),
                    told: vec![format!("It passes; the usual figure is {usual}.")],
                    since: None,
                    quoted: Vec::new(),
                    masked: Vec::new(),
                    of: model.name.clone(),
                    evidence: evidence(model.name.clone(), vec![outcome]),
                },
            ));
        }
    }
    moved.sort_by(|a, b| b.0.total_cmp(&a.0));
    moved.truncate(MOVED);
    moved.into_iter().map(|(_, news)| news).collect()
}

/// How many usual deviations the last figure lies from the median of at least six before it, and
/// that median; `None` where it is near: within six of them, a quarter of the median, or 2 %.
fn far(points: &[Point<'_>]) -> Option<(f64, f64)> {
    let (last, earlier) = points.split_last()?;
    let now = last.relative()?;
    let earlier: Vec<f64> = earlier.iter().filter_map(Point::relative).collect();
    if earlier.len() < 6 {
        return None;
    }
    let usual = median(earlier.clone());
    let spread = median(earlier.iter().map(|value| (value - usual).abs()).collect());
    let floor = if last.outcome.rows.is_some() {
        0.02
    } else {
        f64::MIN_POSITIVE
    };
    let reach = (6.0 * spread / 0.6745).max(usual.abs() / 4.0).max(floor);
    let distance = (now - usual).abs();
    (distance > reach).then(|| (distance / reach, usual))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// What passes again.
pub(super) fn mended<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let Some(before) = month.before else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for model in &month.run.models {
        for outcome in model.with(Verdict::Pass) {
            let points = month.trends.get(&model.name, &outcome.id);
            if points.len() > 1 && points[points.len() - 2].fell() {
                names.push(format!("{} of {}", outcome.id, model.name));
            }
        }
    }
    let shut = |model: &&ModelRun| {
        let then = before.model(&model.name);
        model.gate == Gate::Open && then.is_some_and(|then| then.gate != Gate::Open)
    };
    let opened: Vec<&str> = month
        .run
        .models
        .iter()
        .filter(shut)
        .map(|model| model.name.as_str())
        .collect();
    let mut told = Vec::new();
    if !opened.is_empty() {
        told.push(format!(
            "{} open again: {}.",
            counted(opened.len() as u64, "gate"),
            opened.join(", ")
        ));
    }
    if !names.is_empty() {
        told.push(format!("Passing again: {}.", names.join(", ")));
    }
    if told.is_empty() {
        return Vec::new();
    }
    vec![News {
        tone: Tone::Good,
        title: format!("Mended since {}", month_name(before.as_of)),
        told,
        since: None,
        quoted: Vec::new(),
        masked: Vec::new(),
        of: String::new(),
        evidence: Vec::new(),
    }]
}
