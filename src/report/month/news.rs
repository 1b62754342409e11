//! What is unusual about a month, the worst first.

mod quiet;

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::{counted, grouped};
use super::series::Point;
use super::{Month, figures, month_name, number};
use crate::outcome::{FileRun, FileState, Gate, ModelRun, Outcome, Verdict};

use quiet::{mended, moved, odd_files};

/// How bad news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Something is kept out, or shut.
    Bad,
    /// Something is let through and should be looked at.
    Odd,
    /// Within its bounds, and not as it was.
    Note,
    Good,
}

/// One thing to know.
#[derive(Debug, Serialize)]
pub struct News<'a> {
    pub tone: Tone,
    /// A sentence without its full stop.
    pub title: String,
    /// What else is to be said, a sentence each. Neither it nor the title quotes a value of a row.
    pub told: Vec<String>,
    /// What may quote values of rows.
    pub quoted: Vec<String>,
    /// What stands for `quoted` where no value may be shown.
    pub masked: Vec<String>,
    /// The first day of its standing; `None`: it is new.
    pub since: Option<&'a str>,
    /// The source of a file, or the model.
    pub of: String,
    /// What was measured, with the failing rows.
    pub evidence: Vec<Evidence<'a>>,
}

/// An outcome and the table it is about.
#[derive(Debug, Serialize)]
pub struct Evidence<'a> {
    pub table: String,
    pub outcome: &'a Outcome,
}

/// A file of less or more than these parts of its usual size is news by itself.
const USUAL: [f64; 2] = [0.8, 1.25];

/// Notes on what moved within its bounds, at most.
const MOVED: usize = 5;

/// News, the worst first, and warnings that stand as they stood.
pub(super) fn told<'a>(month: &Month<'a>) -> (Vec<News<'a>>, Vec<News<'a>>) {
    let mut news = refused(month);
    let mut explained = BTreeSet::new();
    news.extend(sizes(month, &mut explained));
    let (failed, warned) = fallen(month, &explained);
    news.extend(failed);
    news.extend(missing(month));
    news.extend(odd_files(month));
    let (standing, fresh): (Vec<_>, Vec<_>) =
        warned.into_iter().partition(|news| news.since.is_some());
    news.extend(fresh);
    news.extend(moved(month));
    news.extend(mended(month));
    news.sort_by_key(|news| (order(month, news), news.since.is_some()));
    (news, standing)
}

/// An odd file stands with what is shut behind it: it is likely the cause.
fn order(month: &Month<'_>, news: &News<'_>) -> Tone {
    match news.tone {
        Tone::Odd if shut_behind(month, &news.of) => Tone::Bad,
        tone => tone,
    }
}

/// Whether a gate is closed behind the rows of a source.
fn shut_behind(month: &Month<'_>, table: &str) -> bool {
    let mut behind = BTreeSet::from([table]);
    for model in &month.run.models {
        if table.starts_with("raw.")
            && model
                .reads
                .iter()
                .any(|read| behind.contains(read.as_str()))
        {
            behind.insert(&model.name);
            if model.gate == Gate::Closed {
                return true;
            }
        }
    }
    false
}

/// The models that are not built since something before them is shut.
fn waiting<'a>(month: &Month<'a>, why: &str) -> Option<String> {
    let models = month.run.models.iter();
    let waits =
        |model: &&ModelRun| model.gate == Gate::Skipped && model.note.as_deref() == Some(why);
    let names: Vec<&str> = models
        .filter(waits)
        .map(|model| model.name.as_str())
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!(
            "{one} waits for it; its readers keep the rows of before."
        )),
        many => Some(format!(
            "{} models wait for it, and their readers keep the rows of before: {}.",
            many.len(),
            many.join(", ")
        )),
    }
}

fn refused<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let files = month.run.files.iter();
    let files = files.filter(|file| file.state == FileState::Refused);
    let news = files.map(|file| {
        let mut told: Vec<String> = Vec::new();
        let judged: Vec<&Outcome> = file
            .outcomes
            .iter()
            .filter(|o| o.verdict > Verdict::Pass)
            .collect();
        let (mut quoted, mut masked) = (Vec::new(), Vec::new());
        if judged.is_empty() {
            quoted.extend(
                file.reason
                    .iter()
                    .flat_map(|reason| reason.lines())
                    .map(capital),
            );
            masked.extend(
                file.masked
                    .iter()
                    .flat_map(|reason| reason.lines())
                    .map(capital),
            );
        }
        told.extend(waiting(
            month,
            &format!("the file {} was refused", file.name),
        ));
        News {
            tone: Tone::Bad,
            title: format!("{} was refused: none of its rows came in", file.name),
            told,
            quoted,
            masked,
            since: refused_before(month, file),
            of: format!("raw.{}", file.source),
            evidence: evidence(format!("raw.{}", file.source), judged),
        }
    });
    news.collect()
}

/// The first run of those in a row that refused the same bytes.
fn refused_before<'a>(month: &Month<'a>, file: &FileRun) -> Option<&'a str> {
    let same = |old: &&FileRun| {
        old.name == file.name && old.sha256 == file.sha256 && old.state == FileState::Refused
    };
    let earlier = month.runs.iter().rev().skip(1);
    let days = earlier.take_while(|run| run.files.iter().any(|old| same(&old)));
    days.last().map(|run| run.as_of.as_str())
}

fn evidence<'a>(table: String, outcomes: Vec<&'a Outcome>) -> Vec<Evidence<'a>> {
    let outcomes = outcomes.into_iter();
    outcomes
        .map(|outcome| Evidence {
            table: table.clone(),
            outcome,
        })
        .collect()
}

/// Files that came in with another number of rows than usual. Outcomes that speak of
/// nothing but such a file are told with it and noted in `explained`.
fn sizes<'a>(month: &Month<'a>, explained: &mut BTreeSet<(&'a str, &'a str)>) -> Vec<News<'a>> {
    let mut news = Vec::new();
    for file in month
        .arrived()
        .filter(|file| file.state != FileState::Refused)
    {
        let mut earlier = month.earlier_sizes(file);
        earlier.sort_unstable();
        let (Some(usual), Some(rows)) = (earlier.get(earlier.len() / 2), file.rows) else {
            continue;
        };
        let ratio = rows as f64 / (*usual).max(1) as f64;
        if (USUAL[0]..=USUAL[1]).contains(&ratio) {
            continue;
        }
        let mut told = Vec::new();
        let mut about = Vec::new();
        for (model, outcome) in month
            .run
            .models
            .iter()
            .flat_map(|model| model.outcomes.iter().map(move |o| (model, o)))
        {
            if outcome.verdict == Verdict::Warn && speaks_of(outcome, &file.name) {
                explained.insert((model.name.as_str(), outcome.id.as_str()));
                about.push(Evidence {
                    table: model.name.clone(),
                    outcome,
                });
            }
        }
        told.push(format!(
            "The median of the {} before is {}.",
            match earlier.len() {
                1 => "one".to_owned(),
                many => many.to_string(),
            },
            counted(*usual, "row")
        ));
        news.push(News {
            tone: Tone::Odd,
            title: format!(
                "{} has {}, {} of the usual {}",
                file.name,
                counted(rows, "row"),
                times(ratio),
                grouped(*usual)
            ),
            told,
            since: None,
            quoted: Vec::new(),
            masked: Vec::new(),
            of: format!("raw.{}", file.source),
            evidence: about,
        });
    }
    news
}

/// A ratio in words: `half`, `38 %`, `2.1 times`.
fn times(ratio: f64) -> String {
    match ratio {
        r if (0.49..=0.51).contains(&r) => "half".to_owned(),
        r if r < 1.0 => format!("{:.0} %", r * 100.0),
        r if r < 2.0 => format!("{:.0} %", r * 100.0),
        r => format!("{r:.1} times"),
    }
}

/// Whether every row that an outcome shows is of that file, or names it.
fn speaks_of(outcome: &Outcome, file: &str) -> bool {
    let of_file = |sample: &crate::outcome::Sample| {
        let named = sample.values.values().flatten().any(|value| value == file);
        named
            || sample
                .place
                .as_ref()
                .is_some_and(|place| place.file == file)
    };
    !outcome.samples.is_empty() && outcome.samples.iter().all(of_file)
}

/// What failed, and what warned; the first is always news, the second if it is new or worse.
fn fallen<'a>(
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
                of: format!("raw.{}", file.source),
                evidence: evidence(format!("raw.{}", file.source), vec![outcome]),
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
        told.extend(waiting(
            month,
            &format!("the gate of {} is closed", model.name),
        ));
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
fn standing<'a>(points: &[Point<'a>]) -> Option<&'a str> {
    let streak = points.iter().rev().take_while(|point| point.fell());
    let days: Vec<&str> = streak.map(|point| point.day).collect();
    days.last().copied().filter(|_| days.len() > 1)
}

/// Whether it fell before, and now by half as much again.
fn worse(points: &[Point<'_>]) -> bool {
    let mut last = points.iter().rev();
    let (Some(now), Some(before)) = (last.next(), last.next()) else {
        return false;
    };
    let counts = now.outcome.rows.is_some() && before.fell();
    match (now.relative(), before.relative()) {
        (Some(now), Some(before)) => counts && now > before * 1.5,
        _ => false,
    }
}

/// Sources of which a file came each of the two runs before, and none now.
fn missing<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let mut news = Vec::new();
    let ([.., older, before, _], Some(_)) = (month.runs.as_slice(), month.before) else {
        return news;
    };
    let came: BTreeSet<&str> = month.arrived().map(|file| file.source.as_str()).collect();
    let new = |run: &&crate::outcome::Run, source: &str| {
        run.files
            .iter()
            .any(|file| file.source == source && file.state == FileState::New)
    };
    for source in month.sources() {
        if !came.contains(source) && new(older, source) && new(before, source) {
            news.push(News {
                tone: Tone::Odd,
                title: format!("No new file of {source} came in"),
                told: vec![format!(
                    "One came each of the two runs before, the last as of {}.",
                    super::day(&before.as_of)
                )],
                since: None,
                quoted: Vec::new(),
                masked: Vec::new(),
                of: format!("raw.{source}"),
                evidence: Vec::new(),
            });
        }
    }
    news
}

/// A sentence with a large first letter and a full stop.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}
