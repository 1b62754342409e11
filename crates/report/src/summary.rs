//! What a person reads in five seconds: gates, what failed, where, what to do.

mod check;
mod files;

use lockgate_core::outcome::{
    Command, FileRun, FileState, Gate, ModelRun, Outcome, Run, Sample, Verdict,
};

pub use check::check_summary;
use files::files;

use super::style::{BAD, DIM, GOOD, ODD, STRONG};
use super::tally::{WORDS, style_of};
use super::value::quoted;
use super::{Detail, counted, cut, grouped, laws, tested};

/// Characters a line of failing values takes at most.
const LINE: usize = 118;

/// The summary of a run.
pub fn run_summary(run: &Run, detail: Detail) -> String {
    let quiet = detail == Detail::Quiet;
    let mut text = format!(
        "{STRONG}{}{STRONG:#}  as of {}  {DIM}run {}{DIM:#}\n\n",
        run.project, run.as_of, run.run_id
    );
    let of_laws = run.command == Command::Fuzz;
    text.push_str(&tested::line(run, quiet));
    if !of_laws {
        text.push_str(&files(run, quiet));
    }
    if !quiet && !run.models.is_empty() {
        text.push_str(&gates(&run.models, if of_laws { "texts" } else { "rows" }));
        text.push_str(&laws::values(&run.models, of_laws));
        text.push('\n');
    }
    if detail == Detail::Verbose {
        for model in &run.models {
            text.push_str(&format!(
                "{STRONG}{}{STRONG:#}\n{}\n",
                model.name,
                verdicts(model)
            ));
        }
    }
    for verdict in [Verdict::Error, Verdict::Fail, Verdict::Warn] {
        for file in &run.files {
            let found = file
                .outcomes
                .iter()
                .filter(|outcome| outcome.verdict == verdict);
            for outcome in found {
                text.push_str(&finding(&file.name, outcome));
            }
        }
        for model in &run.models {
            for outcome in model.with(verdict) {
                text.push_str(&finding(&model.name, outcome));
            }
        }
    }
    for model in &run.models {
        let aside = model
            .with(Verdict::Pass)
            .filter(|outcome| outcome.set_aside && outcome.rows.is_some_and(|rows| rows > 0));
        for outcome in aside {
            text.push_str(&finding(&model.name, outcome));
        }
    }
    text.push_str(&tested::failures(&run.tests));
    text.push_str(&ending(run));
    text
}

fn gates(models: &[ModelRun], unit: &str) -> String {
    let width = |of: &dyn Fn(&ModelRun) -> usize| models.iter().map(of).max().unwrap_or(0);
    let layers = width(&|model| model.layer.len());
    let names = width(&|model| model.name.len());
    let rows = width(&|model| grouped(model.rows.unwrap_or(0)).len());
    let mut text = String::new();
    for model in models {
        let (style, mark) = match model.gate {
            Gate::Open => (GOOD, "○"),
            Gate::Closed => (BAD, "●"),
            Gate::Skipped => (DIM, "·"),
        };
        let count = model.rows.map_or_else(|| "-".to_owned(), grouped);
        text.push_str(&format!(
            "{DIM}{:layers$}{DIM:#}  {style}{mark} {:7}{style:#}  {:names$}  {count:>rows$} {unit}  {}\n",
            model.layer,
            model.gate.as_str(),
            model.name,
            told(model),
        ));
    }
    text
}

/// A sentence over as many lines as it needs, indented.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(LINE)
        .initial_indent(&indent)
        .subsequent_indent(&indent)
        .break_words(false);
    format!("{}\n", textwrap::fill(text, options))
}

/// The verdicts of a model in a few words.
fn told(model: &ModelRun) -> String {
    if model.outcomes.is_empty() {
        return model
            .note
            .clone()
            .unwrap_or_else(|| "nothing is asked".to_owned());
    }
    let parts = WORDS.iter().filter_map(|(verdict, word)| {
        let style = style_of(*verdict);
        let count = model.with(*verdict).count();
        (count > 0).then(|| format!("{style}{count} {word}{style:#}"))
    });
    let mut text = parts.collect::<Vec<_>>().join(", ");
    if let Some(aside) = model.quarantined.filter(|aside| *aside > 0) {
        let rows = counted(aside, "row");
        text.push_str(&format!(", {ODD}{rows} quarantined{ODD:#}"));
    }
    if model.unchanged {
        text.push_str(&format!("{DIM}, unchanged{DIM:#}"));
    }
    text
}

/// One expectation that did not pass, with its first rows.
fn finding(of: &str, outcome: &Outcome) -> String {
    let (style, word) = match outcome.verdict {
        Verdict::Pass => (ODD, "ASIDE".to_owned()),
        Verdict::Warn => (ODD, "WARN".to_owned()),
        other => (BAD, other.as_str().to_uppercase()),
    };
    let mut text = format!(
        "{style}{word:5}{style:#} {STRONG}{}.{}{STRONG:#}  {}\n",
        of,
        outcome.id,
        measured(outcome)
    );
    if let Some(because) = &outcome.because {
        text.push_str(&wrapped(&format!("because {because}"), 6));
    }
    text.push_str(&format!("      {DIM}{}{DIM:#}\n", outcome.location));
    for sample in &outcome.samples {
        if outcome.kind == laws::LAW {
            text.push_str(&laws::counterexample(sample));
        } else {
            text.push_str(&format!("      {}\n", sample_line(sample)));
        }
    }
    let more = outcome
        .rows
        .unwrap_or(0)
        .saturating_sub(outcome.samples.len() as u64);
    if more > 0 && !outcome.samples.is_empty() {
        text.push_str(&format!("      {DIM}and {} more{DIM:#}\n", grouped(more)));
    }
    text.push('\n');
    text
}

/// The figures of an outcome in words.
pub(super) fn measured(outcome: &Outcome) -> String {
    if outcome.kind == laws::LAW {
        let more = outcome.note.as_ref().unwrap_or(&outcome.expected);
        return format!("{}: {more}", laws::tried(outcome));
    }
    if let (Some(_), Some(shown)) = (outcome.value, &outcome.shown) {
        return format!("the value is {shown}, and should be {}", outcome.expected);
    }
    if let Some(note) = &outcome.note {
        return note.clone();
    }
    match (outcome.rows, outcome.of, outcome.value) {
        (Some(rows), Some(of), _) => format!(
            "{} of {} {}; {}",
            grouped(rows),
            counted(of, "row"),
            if outcome.set_aside {
                "set aside"
            } else {
                "violate"
            },
            outcome.expected
        ),
        (Some(rows), None, _) => {
            format!("{} found; {}", counted(rows, "row"), outcome.expected)
        }
        (_, _, Some(value)) => format!("the value is {value}, and should be {}", outcome.expected),
        _ => "no row to ask about".to_owned(),
    }
}

fn sample_line(sample: &Sample) -> String {
    let place = match &sample.place {
        Some(place) => format!("{place}  "),
        None => String::new(),
    };
    format!("{STRONG}{place}{STRONG:#}{}", values(sample))
}

/// The values of a row on one line; what its place says already is left out.
pub(super) fn values(sample: &Sample) -> String {
    let mut line = String::new();
    for (name, value) in &sample.values {
        let placed = ["file_name", "file_date", "file_row", "file_line"];
        if sample.place.is_some() && placed.contains(&name.as_str()) {
            continue;
        }
        match value {
            Some(value) => line.push_str(&format!("{name}={}  ", quoted(Some(value), 40))),
            None => line.push_str(&format!("{name} is null  ")),
        }
    }
    cut(line.trim_end(), LINE)
}

/// The last lines: how it stands, and what to do.
fn ending(run: &Run) -> String {
    let gates = |gate: Gate| run.models.iter().filter(|model| model.gate == gate).count();
    let (open, closed, skipped) = (gates(Gate::Open), gates(Gate::Closed), gates(Gate::Skipped));
    let style = match run.verdict {
        Verdict::Pass | Verdict::Skip => GOOD,
        Verdict::Warn => ODD,
        _ => BAD,
    };
    let word = run.verdict.as_str().to_uppercase();
    let mut text = format!(
        "{style}{word}{style:#}  {} open, {closed} closed, {skipped} skipped\n",
        counted(open as u64, "gate")
    );
    if run.tests.iter().any(|model| model.count(Verdict::Fail) > 0) {
        text.push_str(tested::ADVICE);
        return text;
    }
    let fails = run
        .models
        .iter()
        .flat_map(|model| model.with(Verdict::Fail).map(move |o| (model, o)));
    if let Some((model, outcome)) = fails.into_iter().next() {
        if outcome.kind == laws::LAW {
            text.push_str(&format!(
                "{DIM}The texts are kept in corpus/, and tried first from now on: commit them.{DIM:#}\n"
            ));
            return text;
        }
        if outcome.kind == "build" {
            let advice =
                "Mend the row at its source, or let the model take it: try_cast makes null of it.";
            text.push_str(&format!("{DIM}{advice}{DIM:#}\n"));
            text.push_str(&of_a_file(run));
            return text;
        }
        text.push_str(&format!(
            "{DIM}Mend the rows at their source, or let them through once: lockgate run --severity {}.{}=warn{DIM:#}\n",
            model.name, outcome.id
        ));
        text.push_str(&of_a_file(run));
    } else if run
        .files
        .iter()
        .any(|file| file.state == FileState::Refused)
    {
        text.push_str(&format!(
            "{DIM}What reads a refused file waits; readers keep the last good tables. Put a mended file in its place, or move it out of the folder.{DIM:#}\n"
        ));
    }
    text
}

/// What to do where all rows shown of a failure are of one file: the file may be wrong as a whole.
fn of_a_file(run: &Run) -> String {
    let failed = run
        .models
        .iter()
        .flat_map(|model| model.with(Verdict::Fail));
    let samples = failed.flat_map(|outcome| &outcome.samples);
    let of = |file: &&FileRun, sample: &Sample| {
        let place = sample.place.as_ref().map(|place| place.file.as_str());
        let mut named = sample.values.values().map(Option::as_deref).chain([place]);
        named.any(|value| value == Some(file.name.as_str()))
    };
    let mut files: Vec<Option<&str>> = samples
        .map(|sample| run.files.iter().find(|file| of(file, sample)))
        .map(|file| file.map(|file| file.name.as_str()))
        .collect();
    files.sort_unstable();
    files.dedup();
    match files[..] {
        [Some(name)] => format!(
            "{DIM}If {name} is wrong as a whole: lockgate run --supersede {name} once a mended one is in its \
             place, or --withdraw {name} to take its rows out for good{DIM:#}\n"
        ),
        _ => String::new(),
    }
}

/// A model's last verdicts, under its rows.
pub fn show_summary(run_id: &str, model: &ModelRun) -> String {
    let mut text = format!(
        "\n{DIM}gate {} in run {run_id}{DIM:#}\n",
        model.gate.as_str()
    );
    text.push_str(&verdicts(model));
    text
}

/// One line for each expectation of a model.
fn verdicts(model: &ModelRun) -> String {
    let mut text = String::new();
    let width = model.outcomes.iter().map(|o| o.id.len()).max().unwrap_or(0);
    for outcome in &model.outcomes {
        let style = style_of(outcome.verdict);
        let figures = measured(outcome);
        text.push_str(&format!(
            "{style}{:5}{style:#}  {:width$}  {figures}\n",
            outcome.verdict.as_str(),
            outcome.id
        ));
    }
    text
}
