//! `fuzz`: looks for the text that breaks a cleaner.
//!
//! Texts of many kinds go through a cleaner, thousands at a time, and every law is asked of each. A text
//! that breaks one is made as small as it gets, told, and kept in `corpus/<cleaner>.txt`, which later
//! runs try first. The same seed, number of cases, corpus and tables give the same run.

mod declared;
mod generate;
mod real;
mod record;
mod shrink;
mod subject;

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clean::{Broken, CLEANERS, Cleaner};
use crate::engine::{Engine, Warehouse};
use crate::error::{Error, Problem, Result, suggest};
use crate::outcome::when::whole_millis;
use crate::outcome::{Command, Gate, RECORD_FORMAT, Run, Verdict};
use crate::project::{Corpus, Project};

use declared::Declared;
use generate::Texts;
use real::Tables;
use subject::{BuiltIn, Subject};

/// The layer that cleaners stand in, in a record.
pub const LAYER: &str = "cleaners";
/// Texts a batch holds at most.
const BATCH: usize = 4096;

/// How a fuzz runs.
pub struct Options<'a> {
    /// Names of cleaners; empty: all, built-in and declared.
    pub cleaners: Vec<String>,
    /// Texts tried of each cleaner, the corpus not counted.
    pub cases: u64,
    /// How long all of it may take, shared out among the cleaners; each is tried at least a little.
    pub time: Option<Duration>,
    pub seed: u64,
    /// Where the project's tables are; their values are tried with small changes.
    pub warehouse: Option<&'a Warehouse>,
    pub memory: Option<usize>,
    pub run_id: String,
    pub now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
}

/// A text that breaks a law, as small as it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The law's name.
    pub law: String,
    pub input: String,
    /// What the cleaner makes of the input: its clean form, null, or an error's text.
    pub clean: Result<Option<String>, String>,
    pub broken: Broken,
}

/// What a hunt found.
#[derive(Clone, Debug)]
struct Hunt {
    /// Texts tried, the corpus not counted.
    cases: u64,
    found: Vec<Counterexample>,
}

/// Tries a cleaner on so many texts, with its own inputs and examples to start from and no project,
/// until one breaks a law; `None`: none does.
///
/// ```
/// use lockgate::clean::{Cleaner, phone};
///
/// let last_digit_lost = Cleaner {
///     clean: |raw, out| lockgate::clean::phone::clean_into(raw, out) && out.pop().is_some(),
///     ..phone::CLEANER
/// };
/// let found = lockgate::fuzz::counterexample(&last_digit_lost, 1000, 1)?;
/// assert!(found.is_some_and(|found| found.input.chars().count() <= 20));
/// # Ok::<(), lockgate::error::Error>(())
/// ```
pub fn counterexample(cleaner: &Cleaner, cases: u64, seed: u64) -> Result<Option<Counterexample>> {
    let subject = BuiltIn::new(cleaner, None)?;
    let mut texts = Texts::new(&real::of_built_in(cleaner), seed)?;
    let bounds = Bounds {
        cases,
        laws: 1,
        over: &|| false,
    };
    let hunt = hunt(&subject, &[], &mut texts, &bounds)?;
    Ok(hunt.found.into_iter().next())
}

/// Fuzzes cleaners of the project and of lockgate.
///
/// # Errors
/// Unknown cleaners, SQL that does not plan and a corpus that cannot be read are the project's; the
/// rest the engine's.
pub async fn fuzz(project: &Project, options: &Options<'_>) -> Result<Run> {
    let started = (options.now)();
    let names = names(project, &options.cleaners)?;
    let engine = Engine::of(project, options.memory)?;
    let tables = Tables::new(project, &engine, options.warehouse).await?;
    let mut models = Vec::new();
    let count = names.len() as u32;
    for (at, name) in (1..).zip(names) {
        let mut corpus = Corpus::read(&project.root, name)?;
        let pool = tables.pool(name).await?;
        let out_of_time = || {
            let spent = ((options.now)() - started).to_std().unwrap_or_default();
            options.time.is_some_and(|time| spent >= time * at / count)
        };
        models.push(record::cleaner(
            project,
            name,
            &engine,
            &mut corpus,
            pool.columns.clone(),
            |subject, corpus| {
                let mut texts = Texts::new(&pool, options.seed)?;
                let bounds = Bounds {
                    cases: options.cases,
                    laws: usize::MAX,
                    over: &out_of_time,
                };
                let hunt = hunt(subject, corpus, &mut texts, &bounds)?;
                let again = format!(
                    "lockgate fuzz {name} --cases {} --seed {}",
                    hunt.cases, options.seed
                );
                Ok((hunt, again))
            },
        )?);
    }
    let tried = models.iter().filter(|model| model.gate != Gate::Skipped);
    let tried: Vec<_> = tried.cloned().collect();
    let verdict = match tried.is_empty() {
        true => Verdict::Skip,
        false => Run::worst(&[], &tried),
    };
    Ok(Run {
        format: RECORD_FORMAT,
        command: Command::Fuzz,
        run_id: options.run_id.clone(),
        verdict,
        project: project.manifest.name.clone(),
        started: whole_millis(started),
        finished: whole_millis((options.now)()),
        as_of: started.date_naive(),
        files: Vec::new(),
        unclaimed: Vec::new(),
        tests: Vec::new(),
        models,
        tables: Vec::new(),
    })
}

/// The cleaners asked for, each once, in the order built-in, declared.
fn names<'a>(project: &'a Project, asked: &[String]) -> Result<Vec<&'a str>> {
    let known: Vec<&str> = CLEANERS
        .iter()
        .map(|cleaner| cleaner.name)
        .chain(project.cleaners.iter().map(|cleaner| cleaner.name.as_str()))
        .collect();
    let unknown = asked.iter().filter(|name| !known.contains(&name.as_str()));
    let problems: Vec<Problem> = unknown
        .map(|name| {
            Problem::new("lockgate::fuzz", format!("no cleaner is called `{name}`"))
                .help(suggest(name, known.iter().copied()))
        })
        .collect();
    if !problems.is_empty() {
        return Err(Error::Project(problems));
    }
    let wanted = |name: &&str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    Ok(known.into_iter().filter(wanted).collect())
}

struct Bounds<'a> {
    cases: u64,
    /// Laws to break at most.
    laws: usize,
    /// Whether time is up.
    over: &'a dyn Fn() -> bool,
}

/// Tries the corpus, then so many texts, until every law is broken or a bound is met.
fn hunt(
    subject: &dyn Subject,
    corpus: &[String],
    texts: &mut Texts,
    bounds: &Bounds<'_>,
) -> Result<Hunt> {
    let mut hunt = Hunt {
        cases: 0,
        found: Vec::new(),
    };
    let mut standing: Vec<usize> = (0..subject.laws().len()).collect();
    ask(subject, corpus, &mut standing, &mut hunt, bounds);
    // Small batches first: most faults show at once, and need no thousands of texts.
    let mut size = 64;
    while hunt.cases < bounds.cases && !standing.is_empty() && hunt.found.len() < bounds.laws {
        if hunt.cases > 0 && (bounds.over)() {
            break;
        }
        let left = usize::try_from(bounds.cases - hunt.cases).unwrap_or(BATCH);
        let batch = texts.take(size.min(left))?;
        hunt.cases += batch.len() as u64;
        ask(subject, &batch, &mut standing, &mut hunt, bounds);
        size = (size * 2).min(BATCH);
    }
    hunt.found.sort_by_key(|found| {
        let laws = subject.laws();
        laws.iter().position(|law| law.name == found.law)
    });
    Ok(hunt)
}

/// Asks every law still standing of a batch; those that break are told and stand no longer.
fn ask(
    subject: &dyn Subject,
    texts: &[String],
    standing: &mut Vec<usize>,
    hunt: &mut Hunt,
    bounds: &Bounds<'_>,
) {
    let laws = subject.laws();
    standing.retain(|&law| {
        if hunt.found.len() >= bounds.laws {
            return true;
        }
        let broken = subject.broken(law, texts);
        let Some(at) = broken.iter().position(Option::is_some) else {
            return true;
        };
        let input = shrink::minimal(&texts[at], |texts| {
            subject
                .broken(law, texts)
                .iter()
                .map(Option::is_some)
                .collect()
        });
        let smallest = std::slice::from_ref(&input);
        if let Some(Some(broken)) = subject.broken(law, smallest).pop() {
            hunt.found.push(Counterexample {
                law: laws[law].name.clone(),
                clean: subject.clean(&input),
                input,
                broken,
            });
        }
        false
    });
}

/// The law's expected and found answers with what differs between them in brackets; `None` where they
/// are not both texts.
fn diff(broken: &Broken) -> Option<String> {
    let quoted = |text: &str| {
        text.strip_prefix('"')?
            .split_once('"')
            .map(|(text, _)| text.to_owned())
    };
    let expected: Vec<char> = quoted(&broken.expected)?.chars().collect();
    let found: Vec<char> = quoted(&broken.found)?.chars().collect();
    let same = expected
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let rest = (expected.len().min(found.len())) - same;
    let tail = expected.iter().rev().zip(found.iter().rev());
    let tail = tail.take(rest).take_while(|(a, b)| a == b).count();
    let part = |letters: &[char]| letters.iter().collect::<String>();
    Some(format!(
        "{}[-{}-]{{+{}+}}{}",
        part(&expected[..same]),
        part(&expected[same..expected.len() - tail]),
        part(&found[same..found.len() - tail]),
        part(&expected[expected.len() - tail..]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_marks_what_is_missing_and_what_is_too_much() {
        let told = |expected: &str, found: &str| diff(&Broken::new(expected, found));
        assert_eq!(
            told("\"12 N ST\"", "\"12 S ST\"").as_deref(),
            Some("12 [-N-]{+S+} ST")
        );
        assert_eq!(
            told("\"aa\"", "\"aaa\" from \"x\"").as_deref(),
            Some("aa[--]{+a+}")
        );
        assert_eq!(told("null", "\"a\""), None);
    }
}
