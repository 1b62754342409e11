//! The files of one source: each decided on the ledger as it stands, taken in a good many to a
//! commit. Where another run changed the table meanwhile, they are decided again.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::engine::{Ledger, Passed, Question, Taken, measure, raw_path};
use crate::error::Result;
use crate::expect::{Past, days_since_epoch, past_used, relation};
use crate::outcome::{FORMAT, FileRecord, FileRun, FileState, Outcome, Point};
use crate::project::Source;
use crate::table_name::{TableName, raw};

use super::facts::Known as Settled;
use super::gate::About;
use super::intake::unread;
use super::{Event, Runner, argument};

/// Files and rows of one commit at most: what a killed run has to read once more.
const FILES: usize = 200;
const ROWS: u64 = 1_000_000;

/// A file of more bytes takes so long that what waits is committed before it is read.
const LARGE: u64 = 8 << 20;

/// A file of the folder with its date, or why it has none.
pub(super) type Claimed = (String, Result<NaiveDate, String>);

/// What a source's expectations ask of a file of that date.
pub(super) fn questions(source: &Source, date: NaiveDate) -> Vec<Question<'_>> {
    let table = relation(&raw(&source.name));
    let expectations = source.expectations.iter();
    expectations
        .map(|expectation| Question::new(expectation, &table, None, days_since_epoch(date)))
        .collect()
}

/// The rows that came in before, as SQL names them.
pub(super) fn known_name(source: &Source) -> String {
    TableName::known(&source.name).to_string()
}

/// What a file is decided on.
pub(super) struct Standing<'a> {
    pub ledger: &'a Ledger<'a>,
    /// What comes in with the next commit.
    pub waiting: &'a [Taken],
    /// Whether it was decided before, and another run was faster.
    pub again: bool,
}

impl Standing<'_> {
    /// That another file has the same bytes, if one has.
    pub fn twin(&self, file: &FileRun) -> Option<String> {
        let sha256 = file.sha256.as_deref()?;
        let known = self.ledger.files();
        let known = known.map(|it| (it.name.as_str(), it.date, it.sha256.as_str()));
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|it| (it.name.as_str(), it.date, it.sha256.as_str()));
        let mut files = known.chain(waiting);
        let twin = files.find(|(other, _, bytes)| *bytes == sha256 && *other != file.name);
        twin.map(|(name, date, _)| format!("it holds the same bytes as {name} of {date}"))
    }
}

/// Files decided and not yet committed.
#[derive(Default)]
struct Batch {
    files: Vec<FileRun>,
    taken: Vec<Taken>,
}

impl Batch {
    fn is_full(&self) -> bool {
        let rows = self.taken.iter().map(|file| file.rows.rows);
        self.files.len() >= FILES || rows.sum::<u64>() >= ROWS
    }
}

impl Runner<'_> {
    /// Decides every file of a source, in order.
    pub(super) async fn source(
        &mut self,
        source: &Source,
        claimed: Vec<Claimed>,
        progress: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Vec<FileRun>> {
        let warehouse = self.options.warehouse.clone();
        let mut ledger = self.ledger(source).await?;
        let compares = compares(source);
        let mut again = BTreeSet::new();
        let (mut done, mut batch) = (Vec::new(), Batch::default());
        while done.len() < claimed.len() {
            let next = claimed.get(done.len() + batch.files.len());
            // What compares with the rows before it needs them in the table; a large file is in no
            // commit with those before it, which a run that is stopped meanwhile would lose.
            let waits = !batch.taken.is_empty()
                && (compares || next.is_some_and(|(name, _)| self.is_large(name)));
            if let Some((name, date)) = next.filter(|_| !batch.is_full() && !waits) {
                let again = again.contains(name);
                if !again {
                    progress(Event::Reads { file: name });
                }
                let standing = Standing {
                    ledger: &ledger,
                    waiting: &batch.taken,
                    again,
                };
                let (mut file, taken) = self.file(source, name, date, standing).await?;
                // Only a refusal by the bytes of the file quotes any of them.
                if file.masked.is_none() {
                    file.masked.clone_from(&file.reason);
                }
                batch.files.push(file);
                batch.taken.extend(taken);
                continue;
            }
            let Batch { files, mut taken } = std::mem::take(&mut batch);
            if taken.is_empty() || ledger.take_in(&warehouse, &mut taken, self.run_id).await? {
                files.iter().for_each(|file| progress(Event::Read { file }));
                done.extend(files);
                continue;
            }
            for file in taken {
                again.insert(file.name);
                let path = raw_path(&source.name);
                warehouse.discard(&path, file.rows).await?;
            }
            ledger = self.ledger(source).await?;
        }
        Ok(done)
    }

    fn is_large(&self, name: &str) -> bool {
        let meta = std::fs::metadata(self.options.data.join(name));
        meta.is_ok_and(|meta| meta.len() > LARGE)
    }

    /// The ledger of a source, with a record of every file that its expectations can be asked of,
    /// and this run's past as it tells it.
    async fn ledger<'s>(&mut self, source: &'s Source) -> Result<Ledger<'s>> {
        let warehouse = self.options.warehouse.clone();
        loop {
            let mut ledger = Ledger::open(&warehouse, source).await?;
            ledger.widen(&warehouse, self.run_id).await?;
            if self.fill(source, &mut ledger).await? {
                let table = raw(&source.name);
                self.past.of_files(&table, ledger.files());
                return Ok(ledger);
            }
        }
    }

    /// Measures the files of a warehouse of before records were kept, once, from their rows. What
    /// fails there came in long ago: it is a figure of the past, and closes nothing.
    async fn fill(&mut self, source: &Source, ledger: &mut Ledger<'_>) -> Result<bool> {
        if source.expectations.is_empty() {
            return Ok(true);
        }
        let without = ledger.files().filter(|known| known.judged.is_none());
        let mut without: Vec<_> = without.cloned().collect();
        if without.is_empty() {
            return Ok(true);
        }
        without.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
        let name = raw(&source.name);
        let mut records = HashMap::new();
        for known in without {
            ledger.put_file(&self.engine, &known).await?;
            let asked = questions(source, known.date);
            let passed = Passed::default();
            let measured = measure(&self.engine, &relation(&name), &asked, passed).await?;
            let about = About {
                table: &name,
                as_of: known.date,
                expectations: &source.expectations,
            };
            let settled = vec![Settled::Nothing; asked.len()];
            let mut file = unread(source, known.name.clone(), None, None);
            file.outcomes = self.outcomes(&about, settled, &asked, measured).await?;
            records.insert(known.name, self.record(source, known.date, &file));
            self.past.learn(&name, known.date, &file.outcomes);
        }
        let warehouse = &self.options.warehouse;
        ledger.record(warehouse, &records, self.run_id).await
    }

    /// What is kept with a file: its outcomes and what each was held against.
    pub(super) fn record(&self, source: &Source, as_of: NaiveDate, file: &FileRun) -> FileRecord {
        let table = raw(&source.name);
        let asked = questions(source, as_of);
        let points = file.outcomes.iter().map(|outcome| {
            let mut asked = asked.iter();
            let question = asked.find(|question| question.expectation.id == outcome.id);
            let values = self.past.before(&table, &outcome.id, as_of);
            let past = Past { as_of, values };
            let used = question.map(|question| past_used(&question.measure, past));
            Point {
                outcome: Outcome {
                    samples: Vec::new(),
                    ..outcome.clone()
                },
                past: used
                    .into_iter()
                    .flatten()
                    .map(|(day, value)| (day.to_string(), Some(value)))
                    .collect(),
            }
        });
        FileRecord {
            format: FORMAT,
            run_id: self.run_id.to_owned(),
            warnings: file.warnings.clone(),
            masked_warnings: file.masked_warnings.clone(),
            points: points.collect(),
        }
    }

    /// Takes the rows of the named files out, once each of them is known to have some.
    pub(super) async fn withdraw(&self, sources: &BTreeSet<String>) -> Result<Vec<FileRun>> {
        let named = &self.options.withdraw;
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let warehouse = &self.options.warehouse;
        let mut ledgers = Vec::new();
        for source in &self.project.sources {
            if sources.contains(&source.name) {
                ledgers.push((source, Ledger::open(warehouse, source).await?));
            }
        }
        let held = ledgers.iter().flat_map(|(_, ledger)| ledger.files());
        let names: Vec<String> = held.map(|known| known.name.clone()).collect();
        if let Some(name) = named.iter().find(|name| !names.contains(name)) {
            return Err(argument(
                format!("--withdraw names {name}, and no row of it has come in"),
                crate::error::suggest(name, names.iter().map(String::as_str)),
            ));
        }
        let mut withdrawn = Vec::new();
        for (source, mut ledger) in ledgers {
            for name in named {
                // Another run may take the same file out; then it is out.
                while let Some(known) = ledger.file(name).cloned() {
                    let out = ledger.withdraw(warehouse, name, &known.sha256, self.run_id);
                    if !out.await? {
                        ledger = Ledger::open(warehouse, source).await?;
                        if ledger.file(name).is_some() {
                            continue;
                        }
                    }
                    withdrawn.push(FileRun {
                        state: FileState::Withdrawn,
                        ..unread(source, known.name, Some(known.date), Some(known.sha256))
                    });
                    break;
                }
            }
        }
        Ok(withdrawn)
    }
}

/// Whether any expectation of a source may ask about the rows that came in before.
pub(super) fn compares(source: &Source) -> bool {
    let asks = |question: &Question<'_>| question.alone().to_lowercase().contains("known");
    // Of any day: the tables that are read are the same.
    questions(source, NaiveDate::default()).iter().any(asks)
}
