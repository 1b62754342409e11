//! A run told against the months before it: what a data owner reads at the start of a month.
//!
//! Everything here comes from the records of runs alone, so an old month is told again the same.
//! The formats ([`super::html`], [`super::month_markdown`], [`super::slack`]) add no facts.

mod accounts;
mod news;
mod say;
mod series;
mod tested;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use lockgate_core::outcome::{FileRun, FileState, Gate, ModelRun, Outcome, Proof, Run, Verdict};
use lockgate_core::table_name::source_of;

pub use accounts::{Account, accounts};
pub(crate) use news::capital;
pub use news::{Evidence, News, Tone};
pub use say::{day, figures, month_name, number, sample_line, share};
pub use series::{Point, Trends, trend_page};
pub use tested::TestCount;

/// The kind of the outcome of a unit test.
pub const TEST: &str = "test";

/// Months that are drawn at most.
pub const MONTHS: usize = 36;

/// A run with what it is compared with.
#[derive(Debug)]
pub struct Month<'a> {
    pub run: &'a Run,
    /// The last run of an earlier month, or else of an earlier day; `None` for the first.
    pub before: Option<&'a Run>,
    /// At most [`MONTHS`] runs, one for each day, oldest first; the last is `run`.
    pub runs: Vec<&'a Run>,
    pub trends: Trends<'a>,
    /// What is unusual, the worst first.
    pub news: Vec<News<'a>>,
    /// Warnings that stand as they stood in the run before.
    pub standing: Vec<News<'a>>,
}

impl<'a> Month<'a> {
    /// Tells `run` against those of `past` that are of the same project and of an earlier day.
    /// Of several runs of one day the last started counts; what was asked of new files counts from all
    /// that are not after `run`, since a file is judged once.
    ///
    /// ```
    /// # use lockgate_core::outcome::{Command, RECORD_FORMAT, Run, Verdict};
    /// # use lockgate_report::Month;
    /// let run = Run {
    ///     format: RECORD_FORMAT, command: Command::Run, run_id: "r".into(), verdict: Verdict::Pass, project: "shop".into(),
    ///     started: "2024-05-02T08:00:00Z".parse().unwrap(), finished: "2024-05-02T08:00:09Z".parse().unwrap(),
    ///     as_of: "2024-05-01".parse().unwrap(), files: vec![], unclaimed: vec![], tests: vec![], models: vec![], tables: vec![],
    /// };
    /// let month = Month::of(&run, &[]);
    /// assert!(month.news.is_empty());
    /// assert!(month.headline().starts_with("May 2024"));
    /// ```
    pub fn of(run: &'a Run, past: &'a [Run]) -> Self {
        let mut days: BTreeMap<NaiveDate, &Run> = BTreeMap::new();
        let same = past.iter().filter(|old| old.project == run.project);
        for old in same.filter(|old| old.as_of < run.as_of) {
            let kept = days.entry(old.as_of).or_insert(old);
            if (old.started, &old.run_id) > (kept.started, &kept.run_id) {
                *kept = old;
            }
        }
        let mut runs: Vec<&Run> = days.into_values().collect();
        runs.drain(..runs.len().saturating_sub(MONTHS - 1));
        let month = |run: &Run| (run.as_of.year(), run.as_of.month());
        let earlier = runs.iter().rev().find(|old| month(old) < month(run));
        let before = earlier.or(runs.last()).copied();
        runs.push(run);
        let intakes = intakes(run, past, &runs);
        let mut month = Self {
            run,
            before,
            trends: Trends::of(&runs, &intakes),
            runs,
            news: Vec::new(),
            standing: Vec::new(),
        };
        (month.news, month.standing) = news::told(&month);
        month
    }

    /// The verdict in one sentence, beginning with the month.
    pub fn headline(&self) -> String {
        format!("{}: {}.", month_name(self.run.as_of), self.verdict_words())
    }

    /// The unit tests that the run began with.
    pub fn tests(&self) -> TestCount {
        TestCount::of(self)
    }

    /// Whether unit tests kept the run from taking anything in.
    pub fn stopped_by_tests(&self) -> bool {
        self.tests().failed > 0 && self.run.models.is_empty()
    }

    fn verdict_words(&self) -> String {
        let tests = self.tests();
        if let (Some(told), true) = (tests.told(), tests.failed > 0) {
            return format!("{told}, and nothing was taken in or built");
        }
        let mut parts: Vec<String> = self.refused_words().into_iter().collect();
        parts.push(self.gate_words());
        let mut odd = self.news.iter().filter(|news| news.tone == Tone::Odd);
        match (odd.next(), odd.count()) {
            (None, _) if self.news.is_empty() => parts.push("nothing is new".to_owned()),
            (None, _) => {}
            // The name of an odd file says more than that something is odd.
            (Some(only), 0) if source_of(&only.of).is_some() => {
                return format!("{}; {}", listed(&parts), only.title);
            }
            (Some(_), 0) => parts.push("one thing is unusual".to_owned()),
            (Some(_), more) => parts.push(format!("{} things are unusual", more + 1)),
        }
        listed(&parts)
    }

    fn refused_words(&self) -> Option<String> {
        let refused = self
            .run
            .files
            .iter()
            .filter(|file| file.state == FileState::Refused);
        let names: Vec<&str> = refused.map(|file| file.name.as_str()).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("{one} was refused")),
            many => Some(format!("{} files were refused", many.len())),
        }
    }

    fn gate_words(&self) -> String {
        let [open, closed, skipped] =
            [Gate::Open, Gate::Closed, Gate::Skipped].map(|gate| self.gates(gate));
        let all = open + closed + skipped;
        match (closed, skipped) {
            (0, 0) if all == 0 => "no model was built".to_owned(),
            (0, 0) => format!("all {} opened", super::counted(all, "gate")),
            (0, waiting) => {
                format!("{waiting} of {all} gates stayed shut: readers keep the tables of before")
            }
            (shut, 0) => format!("{shut} of {all} gates closed"),
            (1, waiting) => format!("1 of {all} gates closed and {waiting} more wait behind it"),
            (shut, waiting) => {
                format!("{shut} of {all} gates closed and {waiting} more wait behind them")
            }
        }
    }

    /// How many gates of the run are so.
    pub fn gates(&self, gate: Gate) -> u64 {
        let models = self.run.models.iter().filter(|model| model.gate == gate);
        models.count() as u64
    }

    /// The files that are new since the run before, whether they came in or were refused; all
    /// of them in the first run. A run that repeats a month tells the month's files again.
    pub fn arrived(&self) -> impl Iterator<Item = &'a FileRun> {
        let since = self.before.map(|run| run.as_of);
        self.run.files.iter().filter(move |file| match since {
            None => true,
            Some(since) => {
                matches!(file.state, FileState::New | FileState::Refused)
                    || file.date.is_some_and(|date| date > since)
            }
        })
    }

    /// The rows of the last three files of the same source before this one, oldest first.
    pub fn earlier_sizes(&self, file: &FileRun) -> Vec<u64> {
        let mut sizes: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        for (date, rows) in self.sizes(&file.source) {
            if Some(date) < file.date {
                sizes.insert(date, rows);
            }
        }
        let rows: Vec<u64> = sizes.into_values().collect();
        rows[rows.len().saturating_sub(3)..].to_vec()
    }

    /// Every file of a source that came in, by its date: the rows.
    pub fn sizes(&self, source: &str) -> BTreeMap<NaiveDate, u64> {
        let mut sizes = BTreeMap::new();
        for file in self.runs.iter().flat_map(|run| &run.files) {
            if file.source == source
                && file.state != FileState::Refused
                && let (Some(date), Some(rows)) = (file.date, file.rows)
            {
                sizes.insert(date, rows);
            }
        }
        sizes
    }

    /// The sources of the run's files, each once, in their order.
    pub fn sources(&self) -> Vec<&'a str> {
        let mut sources: Vec<&str> = Vec::new();
        for file in &self.run.files {
            if !sources.contains(&file.source.as_str()) {
                sources.push(&file.source);
            }
        }
        sources
    }

    /// The layers of the run's models, each once, in build order.
    pub fn layers(&self) -> Vec<(&'a str, Vec<&'a ModelRun>)> {
        let mut layers: Vec<(&str, Vec<&ModelRun>)> = Vec::new();
        for model in &self.run.models {
            match layers.iter_mut().find(|(name, _)| *name == model.layer) {
                Some((_, models)) => models.push(model),
                None => layers.push((&model.layer, vec![model])),
            }
        }
        layers
    }

    /// The outcomes that set rows aside, with their models.
    pub fn set_aside(&self) -> Vec<(&'a ModelRun, &'a Outcome)> {
        let models = self.run.models.iter();
        let all = models.flat_map(|model| model.outcomes.iter().map(move |o| (model, o)));
        all.filter(|(_, o)| o.set_aside && o.rows.is_some_and(|rows| rows > 0))
            .collect()
    }

    /// The expectations of uniqueness, each with how it is known.
    pub fn keys(&self) -> Vec<(&'a ModelRun, &'a Outcome, &'a Proof)> {
        let models = self.run.models.iter();
        let all = models.flat_map(|model| model.outcomes.iter().map(move |o| (model, o)));
        all.filter_map(|(model, outcome)| Some((model, outcome, outcome.proof.as_ref()?)))
            .collect()
    }

    /// The whole digest as JSON; the trends are those of what did not pass.
    pub fn json(&self) -> String {
        super::json(&Digest {
            project: &self.run.project,
            run_id: &self.run.run_id,
            as_of: self.run.as_of.to_string(),
            compared_with: self.before.map(|run| run.as_of.to_string()),
            verdict: self.run.verdict,
            headline: self.headline(),
            tests: self.tests(),
            news: &self.news,
            standing: &self.standing,
            files: self.arrived().collect(),
            accounts: accounts(self),
            gates: self.run.models.iter().map(GateLine::of).collect(),
        })
    }
}

/// `run` and those of its project before it, from the first day of `runs` on, oldest first.
fn intakes<'a>(run: &'a Run, past: &'a [Run], runs: &[&Run]) -> Vec<&'a Run> {
    let when = |run: &'a Run| (run.as_of, run.started, &run.run_id);
    let of = |old: &&'a Run| old.project == run.project && when(old) < when(run);
    let drawn = |old: &&'a Run| runs.first().is_some_and(|first| first.as_of <= old.as_of);
    let mut intakes: Vec<&Run> = past.iter().filter(of).filter(drawn).collect();
    intakes.push(run);
    intakes.sort_by_key(|run| when(run));
    intakes
}

/// `a`, `a, and b`, `a, b, and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one}, and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}

#[derive(Serialize)]
struct Digest<'a> {
    project: &'a str,
    run_id: &'a str,
    as_of: String,
    compared_with: Option<String>,
    verdict: Verdict,
    headline: String,
    tests: TestCount,
    news: &'a [News<'a>],
    standing: &'a [News<'a>],
    files: Vec<&'a FileRun>,
    accounts: Vec<Account<'a>>,
    gates: Vec<GateLine<'a>>,
}

#[derive(Serialize)]
struct GateLine<'a> {
    model: &'a str,
    layer: &'a str,
    gate: Gate,
    rows: Option<u64>,
    note: Option<&'a str>,
}

impl<'a> GateLine<'a> {
    fn of(model: &'a ModelRun) -> Self {
        Self {
            model: &model.name,
            layer: &model.layer,
            gate: model.gate,
            rows: model.rows,
            note: model.note.as_deref(),
        }
    }
}
