//! The key sets of a table: each counted once, however many ask about it, all in one scan.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use futures::TryStreamExt;

use lockgate_core::expect::{Measure, SkipNull};

use super::Engine;
use super::measure::Question;
use super::unique::{KeyCount, KeyCounter};

/// Columns that may be a key, and the rows of which that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeySet {
    pub columns: Vec<String>,
    pub skip_null: SkipNull,
    /// SQL that narrows the rows.
    pub filter: Option<String>,
}

impl KeySet {
    /// What a question of uniqueness is about; `None` for another, and for one whose rows other tables decide.
    pub fn of(question: &Question<'_>) -> Option<Self> {
        if question.asks_apart() {
            return None;
        }
        let Measure::Unique {
            columns, skip_null, ..
        } = &question.measure
        else {
            return None;
        };
        Some(Self {
            columns: columns.clone(),
            skip_null: *skip_null,
            filter: question.filter().map(str::to_owned),
        })
    }

    /// Those of all questions, each once.
    pub fn all(questions: &[Question<'_>]) -> Vec<Self> {
        let mut sets = Vec::new();
        for set in questions.iter().filter_map(Self::of) {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        sets
    }
}

/// What the hashes of each key set say; `None` where hashes cannot tell.
#[derive(Debug, Default)]
pub(super) struct KeyCounts(Vec<(KeySet, Option<KeyCount>)>);

impl KeyCounts {
    pub fn get(&self, set: &KeySet) -> Option<KeyCount> {
        self.0.iter().find(|(known, _)| known == set)?.1
    }

    /// Counts the sets that rows passing by have not told of.
    pub async fn complete(&mut self, engine: &Engine, table: &str, questions: &[Question<'_>]) {
        let mut sets = KeySet::all(questions);
        sets.retain(|set| !self.0.iter().any(|(known, _)| known == set));
        if sets.is_empty() {
            return;
        }
        if let Ok(counted) = scan(engine, table, &sets).await {
            self.0.extend(counted.0);
        }
    }
}

/// A counter for each key set; none where one cannot be, or failed.
pub(super) struct KeyCounters(Vec<(KeySet, Option<KeyCounter>)>);

impl KeyCounters {
    /// For a table of `schema` of which each of `parts` is counted by one of these.
    pub fn new(engine: &Engine, schema: &SchemaRef, sets: &[KeySet], parts: usize) -> Self {
        let counter = |set: &KeySet| {
            let counter = KeyCounter::new(engine, schema, set, parts);
            (set.clone(), counter.unwrap_or_default())
        };
        Self(sets.iter().map(counter).collect())
    }

    pub fn push(&mut self, batch: &RecordBatch) {
        self.each(|counter| counter.push(batch));
    }

    /// Takes in what was counted of another part of the table.
    fn absorb(&mut self, part: Self) {
        let mut parts = part.0.into_iter().map(|(_, counter)| counter);
        for (_, counter) in &mut self.0 {
            let part = parts.next().flatten();
            let joined = counter.take().zip(part);
            *counter = joined.and_then(|(mut counter, part)| {
                let done = counter.absorb(part);
                done.is_ok().then_some(counter)
            });
        }
    }

    fn each(&mut self, mut work: impl FnMut(&mut KeyCounter) -> Result<()>) {
        for (_, counter) in &mut self.0 {
            if let Some(keys) = counter
                && work(keys).is_err()
            {
                *counter = None;
            }
        }
    }

    pub fn finish(self) -> KeyCounts {
        let count = |(set, counter): (_, Option<KeyCounter>)| {
            let counted = counter.and_then(|counter| counter.finish().ok());
            (set, counted)
        };
        KeyCounts(self.0.into_iter().map(count).collect())
    }
}

/// Reads the columns of all sets once, every partition in a task of its own.
async fn scan(engine: &Engine, table: &str, sets: &[KeySet]) -> Result<KeyCounts> {
    let frame = engine.frame(&format!("SELECT * FROM {table}")).await?;
    let mut names: BTreeSet<String> = BTreeSet::new();
    for set in sets {
        names.extend(set.columns.iter().cloned());
        if let Some(filter) = &set.filter
            && let Ok(filter) = engine.expression(filter, frame.schema())
        {
            names.extend(filter.column_refs().into_iter().map(|c| c.name.clone()));
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let streams = frame
        .select_columns(&names)?
        .execute_stream_partitioned()
        .await?;
    let parts = streams.len();
    let mut tasks = Vec::with_capacity(parts);
    for mut stream in streams {
        let mut counters = KeyCounters::new(engine, &stream.schema(), sets, parts);
        tasks.push(SpawnedTask::spawn(async move {
            while let Some(batch) = stream.try_next().await? {
                counters.push(&batch);
            }
            Ok::<_, DataFusionError>(counters)
        }));
    }
    let mut all: Option<KeyCounters> = None;
    for task in tasks {
        let part = task.join().await.map_err(failed)??;
        match &mut all {
            Some(all) => all.absorb(part),
            None => all = Some(part),
        }
    }
    Ok(all.map(KeyCounters::finish).unwrap_or_default())
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
