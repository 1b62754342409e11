//! What is unusual about a month, the worst first.

mod fallen;
mod files;
mod moved;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Month, tested};
use lockgate_core::outcome::{Blame, FileRun, FileState, Gate, ModelRun, Outcome, Verdict, when};
use lockgate_core::table_name::{raw, source_of};

use fallen::fallen;
use files::{missing, odd_files, sizes};
use moved::{mended, moved};

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
    #[serde(serialize_with = "when::optional_day::serialize")]
    pub since: Option<NaiveDate>,
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

/// News, the worst first, and warnings that stand as they stood.
pub(super) fn told<'a>(month: &Month<'a>) -> (Vec<News<'a>>, Vec<News<'a>>) {
    let mut news = tested::failed(month);
    news.extend(refused(month));
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
        if source_of(table).is_some()
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
fn waiting(month: &Month<'_>, why: &Blame) -> Option<String> {
    let models = month.run.models.iter();
    let waits = |model: &&ModelRun| model.waits_for.as_ref() == Some(why);
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
        quoted.extend(file.warnings.iter().map(|text| capital(text)));
        told.extend(waiting(month, &Blame::File(file.name.clone())));
        News {
            tone: Tone::Bad,
            title: format!("{} was refused: none of its rows came in", file.name),
            told,
            quoted,
            masked,
            since: refused_before(month, file),
            of: raw(&file.source),
            evidence: evidence(raw(&file.source), judged),
        }
    });
    news.collect()
}

/// The first run of those in a row that refused the same bytes.
fn refused_before(month: &Month<'_>, file: &FileRun) -> Option<NaiveDate> {
    let same = |old: &&FileRun| {
        old.name == file.name && old.sha256 == file.sha256 && old.state == FileState::Refused
    };
    let earlier = month.runs.iter().rev().skip(1);
    let days = earlier.take_while(|run| run.files.iter().any(|old| same(&old)));
    days.last().map(|run| run.as_of)
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

/// A sentence with a large first letter and a full stop.
pub(crate) fn capital(text: &str) -> String {
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
