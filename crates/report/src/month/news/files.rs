//! Files of an unusual size, missing, or not as their contract says.

use std::collections::BTreeSet;

use super::super::super::{counted, grouped};
use super::super::{Month, day};
use super::{Evidence, News, Tone, capital};
use lockgate_core::outcome::{FileState, Outcome, Run, Sample, Verdict};
use lockgate_core::table_name::raw;

/// A file of less or more than these parts of its usual size is news by itself.
const USUAL: [f64; 2] = [0.8, 1.25];

/// Files that came in with another number of rows than usual. Outcomes that speak of
/// nothing but such a file are told with it and noted in `explained`.
pub(super) fn sizes<'a>(
    month: &Month<'a>,
    explained: &mut BTreeSet<(&'a str, &'a str)>,
) -> Vec<News<'a>> {
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
            of: raw(&file.source),
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
pub(super) fn speaks_of(outcome: &Outcome, file: &str) -> bool {
    let of_file = |sample: &Sample| {
        let named = sample.values.values().flatten().any(|value| value == file);
        named
            || sample
                .place
                .as_ref()
                .is_some_and(|place| place.file == file)
    };
    !outcome.samples.is_empty() && outcome.samples.iter().all(of_file)
}

/// Sources of which a file came each of the two runs before, and none now.
pub(super) fn missing<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let mut news = Vec::new();
    let ([.., older, before, _], Some(_)) = (month.runs.as_slice(), month.before) else {
        return news;
    };
    let came: BTreeSet<&str> = month.arrived().map(|file| file.source.as_str()).collect();
    let new = |run: &&Run, source: &str| {
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
                    day(before.as_of)
                )],
                since: None,
                quoted: Vec::new(),
                masked: Vec::new(),
                of: raw(source),
                evidence: Vec::new(),
            });
        }
    }
    news
}

/// What is odd about the files that came, and files of no source.
pub(super) fn odd_files<'a>(month: &Month<'a>) -> Vec<News<'a>> {
    let warned = month
        .arrived()
        .filter(|file| file.state != FileState::Refused && !file.warnings.is_empty());
    let mut news: Vec<News<'a>> = warned
        .map(|file| News {
            tone: Tone::Odd,
            title: format!("{} is not quite what its contract says", file.name),
            told: Vec::new(),
            since: None,
            quoted: file.warnings.iter().map(|text| capital(text)).collect(),
            masked: Vec::new(),
            of: raw(&file.source),
            evidence: Vec::new(),
        })
        .collect();
    let before: &[String] = month.before.map_or(&[], |run| &run.unclaimed);
    let strays: Vec<&str> = month
        .run
        .unclaimed
        .iter()
        .filter(|name| !before.contains(name))
        .map(String::as_str)
        .collect();
    if !strays.is_empty() {
        news.push(News {
            tone: Tone::Odd,
            title: format!(
                "{} of the data folder belong to no source",
                counted(strays.len() as u64, "file")
            ),
            told: vec![format!("{}.", strays.join(", "))],
            since: None,
            quoted: Vec::new(),
            masked: Vec::new(),
            of: String::new(),
            evidence: Vec::new(),
        });
    }
    news
}
