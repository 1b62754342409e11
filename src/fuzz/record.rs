//! What a hunt found, as a model of a run: one outcome for each law.

use indexmap::IndexMap;

use crate::clean::cleaner as built_in;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::outcome::{Gate, Limits, Location, ModelRun, Outcome, Sample, Severity, Verdict};
use crate::project::{Corpus, Project};

use super::subject::{BuiltIn, Stated, Subject, answer};
use super::{Counterexample, Declared, Hunt, LAYER, diff};

/// Hunts for a cleaner's counterexamples, keeps them in its corpus and records them. `hunt` yields them
/// with the command that finds them again; `reads` are the columns that real values came from.
pub(super) fn cleaner(
    project: &Project,
    name: &str,
    engine: &Engine,
    corpus: &mut Corpus,
    reads: Vec<String>,
    hunt: impl FnOnce(&dyn Subject, &[String]) -> Result<(Hunt, String)>,
) -> Result<ModelRun> {
    let declared = project.cleaners.iter().find(|cleaner| cleaner.name == name);
    let subject: Box<dyn Subject + '_> = match (declared, built_in(name)) {
        (Some(declared), _) => Box::new(Declared::new(declared, engine)?),
        (None, Some(cleaner)) => Box::new(BuiltIn::new(cleaner, Some(engine))?),
        (None, None) => return Err(Error::engine("fuzzing", format!("there is no {name}"))),
    };
    let known = corpus.texts.len() as u64;
    let (hunt, again) = hunt(subject.as_ref(), &corpus.texts)?;
    let mut outcomes = Vec::new();
    for law in subject.laws() {
        let found = hunt.found.iter().find(|found| found.law == law.name);
        let line = match found {
            Some(found) => Some(corpus.keep(&project.root, &found.input)?),
            None => None,
        };
        let file = declared.map_or(corpus.path.clone(), |declared| {
            declared.text.path.to_string()
        });
        let location = Location {
            file,
            line: law.line.or(line).unwrap_or(1),
        };
        outcomes.push(outcome(&law, found, hunt.cases + known, location, &again));
    }
    let holds = hunt.found.is_empty();
    let tried = hunt.cases + known > 0;
    Ok(ModelRun {
        name: name.to_owned(),
        layer: LAYER.to_owned(),
        gate: match (holds, tried) {
            (false, _) => Gate::Closed,
            (true, true) => Gate::Open,
            (true, false) => Gate::Skipped,
        },
        rows: Some(hunt.cases + known),
        quarantined: None,
        unchanged: false,
        note: Some(if tried {
            again
        } else {
            "no text was tried".to_owned()
        }),
        waits_for: None,
        reads,
        outcomes: if tried { outcomes } else { Vec::new() },
    })
}

fn outcome(
    law: &Stated,
    found: Option<&Counterexample>,
    cases: u64,
    location: Location,
    again: &str,
) -> Outcome {
    Outcome {
        id: law.name.clone(),
        kind: "law".to_owned(),
        severity: Severity::Error,
        verdict: match found {
            Some(_) => Verdict::Fail,
            None => Verdict::Pass,
        },
        rows: Some(found.map_or(0, |_| 1)),
        of: Some(cases),
        value: None,
        expected: law.statement.clone(),
        limits: Limits::default(),
        allow: None,
        shown: None,
        asked: None,
        proof: None,
        note: found.map(|_| format!("{} Again: {again}", law.statement)),
        set_aside: false,
        because: None,
        location,
        samples: found.map(sample).into_iter().collect(),
        table: None,
    }
}

fn sample(found: &Counterexample) -> Sample {
    let mut values = IndexMap::new();
    let mut tell = |name: &str, value: String| values.insert(name.to_owned(), Some(value));
    tell("input", format!("{:?}", found.input));
    tell("clean", answer(&found.clean));
    tell("found", found.broken.found.clone());
    tell("expected", found.broken.expected.clone());
    if let Some(diff) = diff(&found.broken) {
        tell("diff", diff);
    }
    Sample {
        place: None,
        values,
    }
}
