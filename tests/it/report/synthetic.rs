//! Records of runs that never were.

use indexmap::IndexMap;
use lockgate::outcome::{
    Command, FileRun, FileState, Gate, Limits, Location, ModelRun, Outcome, RECORD_FORMAT, Run,
    Sample, Severity, Verdict,
};

pub fn run(id: &str, as_of: &str) -> Run {
    Run {
        format: RECORD_FORMAT,
        command: Command::Run,
        run_id: id.into(),
        verdict: Verdict::Pass,
        project: "shop".into(),
        started: format!("{as_of}T08:00:00Z").parse().unwrap(),
        finished: format!("{as_of}T08:01:00Z").parse().unwrap(),
        as_of: as_of.parse().unwrap(),
        files: Vec::new(),
        unclaimed: Vec::new(),
        tests: Vec::new(),
        models: Vec::new(),
        tables: Vec::new(),
    }
}

pub fn file(source: &str, name: &str, date: &str, rows: Option<u64>) -> FileRun {
    FileRun {
        source: source.into(),
        name: name.into(),
        date: Some(date.parse().unwrap()),
        sha256: None,
        rows,
        state: FileState::New,
        reason: None,
        masked: None,
        masked_warnings: None,
        warnings: Vec::new(),
        outcomes: Vec::new(),
    }
}

pub fn model(layer: &str, name: &str, outcomes: Vec<Outcome>) -> ModelRun {
    ModelRun {
        name: name.into(),
        layer: layer.into(),
        gate: Gate::Open,
        rows: Some(1000),
        quarantined: None,
        unchanged: false,
        note: None,
        waits_for: None,
        reads: Vec::new(),
        outcomes,
    }
}

pub fn outcome(id: &str, verdict: Verdict, rows: u64, of: u64) -> Outcome {
    Outcome {
        id: id.into(),
        kind: "holds".into(),
        severity: Severity::Error,
        verdict,
        rows: Some(rows),
        of: Some(of),
        value: None,
        expected: "violations allowed: none".into(),
        limits: Limits {
            least: None,
            most: Some(0.0),
        },
        allow: Some(lockgate::expect::Tolerance::Rows(0)),
        shown: None,
        asked: None,
        proof: None,
        note: None,
        set_aside: false,
        because: None,
        location: Location {
            file: "expectations/base/a.toml".into(),
            line: 3,
        },
        samples: Vec::new(),
        table: None,
    }
}

pub fn sample(column: &str, value: &str) -> Sample {
    Sample {
        place: Some(Location {
            file: "s_1.csv".into(),
            line: 7,
        }),
        values: IndexMap::from([(column.to_owned(), Some(value.to_owned()))]),
    }
}
