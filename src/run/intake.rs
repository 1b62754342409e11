//! The first gate: which files there are, and which of them come in.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;

use crate::engine::{
    IngestPlan, Intake, Known, Ledger, Taken, measure, put_file, raw_path, stage_file,
};
use crate::error::Result;
use crate::expect::relation;
use crate::intake::{Claim, Refusal, Warning, claim, former_identity, identity};
use crate::outcome::{FileRun, FileState, Outcome};
use crate::project::Source;
use crate::table_name::raw;

use super::facts::Known as Settled;
use super::folder::claimed_oddity;
use super::gate::About;
use super::source::{Claimed, Standing, known_name, questions};
use super::{Event, Runner, argument, refused};

impl Runner<'_> {
    /// Takes the files of the sources in, in the order of their dates; one that
    /// is refused does not keep the others out.
    pub(super) async fn take_in(
        &mut self,
        sources: &BTreeSet<String>,
        progress: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Vec<FileRun>> {
        let folder = self.folder()?;
        let names = folder.files;
        self.all_superseded_exist(&names)?;
        let withdrawn = self.withdraw(sources).await?;
        let mut files = Vec::new();
        for source in &self.project.sources {
            if sources.contains(&source.name) {
                let odd = folder.odd.iter();
                files.extend(odd.filter_map(|odd| claimed_oddity(source, odd)));
                let claimed = self.claimed(source, &names);
                files.extend(self.source(source, claimed, progress).await?);
            }
        }
        // A file that is no longer in the folder was not met above.
        for file in withdrawn {
            if !files.iter().any(|met: &FileRun| met.name == file.name) {
                files.push(file);
            }
        }
        Ok(files)
    }

    /// Whether the file was taken out before, under the identity it has now or had in older ledgers.
    async fn was_withdrawn(&self, ledger: &Ledger<'_>, name: &str, sha256: &str) -> Result<bool> {
        if ledger.is_withdrawn(name, sha256).await? {
            return Ok(true);
        }
        if ledger.none_withdrawn() {
            return Ok(false);
        }
        match former_identity(self.options.data.join(name), sha256) {
            Ok(Some(former)) => ledger.is_withdrawn(name, &former).await,
            _ => Ok(false),
        }
    }

    /// The files of a source with their dates, or why they have none; oldest first.
    fn claimed(&self, source: &Source, names: &[String]) -> Vec<Claimed> {
        let mut claimed = Vec::new();
        for name in names {
            let date = match claim(&source.contract.file, name) {
                None => continue,
                Some(Claim::Dated(date)) => Ok(date),
                Some(Claim::Undated) => self.options.file_date.ok_or_else(|| {
                    "its name holds no date: give it with --file-date YYYY-MM-DD".to_owned()
                }),
                Some(Claim::Unreadable(text)) => Err(format!(
                    "`{text}` in its name is not a date of the form {}: rename the file, or mend `date` in {}",
                    source
                        .contract
                        .file
                        .date
                        .as_ref()
                        .map_or("", |date| date.get_ref()),
                    source.text.path
                )),
            };
            claimed.push((name.clone(), date));
        }
        claimed.sort_by(|a, b| (a.1.as_ref().ok(), &a.0).cmp(&(b.1.as_ref().ok(), &b.0)));
        claimed
    }

    /// What becomes of one file: what the ledger knows of it, or what its rows say.
    pub(super) async fn file(
        &mut self,
        source: &Source,
        name: &str,
        date: &Result<NaiveDate, String>,
        standing: Standing<'_>,
    ) -> Result<(FileRun, Option<Taken>)> {
        let ledger = standing.ledger;
        let path = self.options.data.join(name);
        let mut file = unread(source, name.to_owned(), date.as_ref().ok().copied(), None);
        let supersede = self.options.supersede.iter().any(|named| named == name);
        if let Some(before) = ledger.file(name)
            && (!supersede || standing.again)
            && self.met_again(&path, before, supersede, &mut file)
        {
            return Ok((file, None));
        }
        let date = match date {
            Ok(date) => *date,
            Err(reason) => {
                file.sha256 = identity(&path, None).ok();
                if let Some(sha256) = &file.sha256
                    && !supersede
                    && self.was_withdrawn(ledger, name, sha256).await?
                {
                    file.state = FileState::Withdrawn;
                } else {
                    file.reason = Some(reason.clone());
                }
                return Ok((file, None));
            }
        };
        if !supersede && let Some(told) = self.refused_before(source, &standing, &file).await? {
            return Ok((told, None));
        }
        let plan = IngestPlan {
            source,
            path,
            name: name.to_owned(),
            date,
            supersede,
            run_id: self.run_id,
            loaded_at: self.started.timestamp_micros(),
        };
        let taken = self.read(&plan, &standing, &mut file).await?;
        self.learn_refusal(source, &standing, &file);
        Ok((file, taken))
    }

    /// A file of a name that came in before: the same bytes are nothing new, others are refused.
    /// `false`: it replaces the one that came in.
    fn met_again(&self, path: &Path, before: &Known, supersede: bool, file: &mut FileRun) -> bool {
        match identity(path, Some(&before.sha256)) {
            Ok(sha256) if sha256 == before.sha256 => self.tell_known(file, before),
            _ if supersede => return false,
            Ok(sha256) => {
                file.reason = Some(other_bytes(before, &sha256));
                file.sha256 = Some(sha256);
            }
            Err(error) => file.reason = Some(refusal_text(&Refusal::unreadable(error))),
        }
        true
    }

    /// A file of the same bytes is there. One that a killed run took in is told by this run.
    fn tell_known(&self, file: &mut FileRun, known: &Known) {
        file.state = FileState::Known;
        file.sha256 = Some(known.sha256.clone());
        file.date = Some(known.date);
        file.rows = Some(known.rows);
        if let Some(judged) = &known.judged
            && self.options.cut_off.contains(&judged.run_id)
        {
            file.state = FileState::New;
            file.warnings.clone_from(&judged.warnings);
            file.masked_warnings.clone_from(&judged.masked_warnings);
            file.outcomes = judged.outcomes();
            if self.hides_values() {
                file.hide_values();
            }
        }
    }

    /// The file as an earlier run refused it, if all that the refusal depends on is the same. Only
    /// a file of a name that was refused before is hashed before it is read.
    async fn refused_before(
        &self,
        source: &Source,
        standing: &Standing<'_>,
        file: &FileRun,
    ) -> Result<Option<FileRun>> {
        if !self.refusals.knows(&source.name, &file.name) {
            return Ok(None);
        }
        let Ok(sha256) = identity(self.options.data.join(&file.name), None) else {
            return Ok(None);
        };
        if self
            .was_withdrawn(standing.ledger, &file.name, &sha256)
            .await?
        {
            return Ok(None);
        }
        let read = FileRun {
            sha256: Some(sha256),
            ..file.clone()
        };
        let key = self.refusal_key(source, standing, &read);
        let told = key.and_then(|key| self.refusals.of(&key));
        Ok(told.filter(|told| self.still_stands(source, told)).cloned())
    }

    fn learn_refusal(&mut self, source: &Source, standing: &Standing<'_>, file: &FileRun) {
        if refused::lasts(file)
            && let Some(key) = self.refusal_key(source, standing, file)
        {
            self.refusals.learn(key, file);
        }
    }

    /// Reads a file and judges its rows; what is to be taken in, if nothing keeps it out.
    async fn read(
        &mut self,
        plan: &IngestPlan<'_>,
        standing: &Standing<'_>,
        file: &mut FileRun,
    ) -> Result<Option<Taken>> {
        let ledger = standing.ledger;
        let warehouse = self.options.warehouse.clone();
        let warehouse = &warehouse;
        let source = plan.source;
        let name = raw(&source.name);
        let table = relation(&name);
        let asked = questions(source, plan.date);
        let staged = stage_file(&self.engine, warehouse, plan, &asked).await?;
        file.sha256 = staged.sha256().map(str::to_owned);
        if !plan.supersede
            && let Some(sha256) = staged.sha256()
            && self.was_withdrawn(ledger, &plan.name, sha256).await?
        {
            file.state = FileState::Withdrawn;
            if let Intake::Staged { rows, .. } = staged {
                warehouse.discard(&raw_path(&source.name), rows).await?;
            }
            return Ok(None);
        }
        let (sha256, rows, passed) = match staged {
            Intake::Staged {
                sha256,
                rows,
                passed,
                warnings,
            } => {
                self.warn(file, warnings, standing.twin(file));
                (sha256, rows, passed)
            }
            Intake::Refused {
                refusals, warnings, ..
            } => {
                self.refuse(file, refusals);
                self.warn(file, warnings, standing.twin(file));
                return Ok(None);
            }
        };
        if !asked.is_empty() {
            ledger.put(&self.engine, &known_name(source)).await?;
            put_file(&self.engine, warehouse, plan, &sha256, &rows).await?;
            let measured = measure(&self.engine, &table, &asked, passed).await?;
            let settled = vec![Settled::Nothing; asked.len()];
            let about = About {
                table: &name,
                as_of: plan.date,
                expectations: &source.expectations,
            };
            file.outcomes = self.outcomes(&about, settled, &asked, measured).await?;
        }
        if file.outcomes.iter().any(Outcome::closes) {
            file.reason = Some(closed_by(&file.outcomes));
            warehouse.discard(&raw_path(&source.name), rows).await?;
            return Ok(None);
        }
        file.state = FileState::New;
        file.rows = Some(rows.rows);
        let judged = self.record(source, plan.date, file);
        self.past.learn(&name, plan.date, &file.outcomes);
        Ok(Some(Taken {
            name: plan.name.clone(),
            date: plan.date,
            sha256,
            supersede: plan.supersede,
            rows,
            judged,
        }))
    }

    /// Notes why a file is refused; without samples no text of the file stands in it.
    fn refuse(&self, file: &mut FileRun, refusals: Vec<Refusal>) {
        let (mut reasons, mut masked) = (Vec::new(), Vec::new());
        for mut refusal in refusals {
            reasons.push(refusal_text(&refusal));
            refusal.hide_values();
            masked.push(refusal_text(&refusal));
        }
        if self.hides_values() {
            reasons.clone_from(&masked);
        }
        file.reason = Some(reasons.join("\n"));
        file.masked = Some(masked.join("\n"));
    }

    /// Notes what is odd about a file, and which other file has its bytes; without samples no
    /// text of the file stands in it.
    fn warn(&self, file: &mut FileRun, mut warnings: Vec<Warning>, twin: Option<String>) {
        let told = |warnings: &[Warning]| -> Vec<String> {
            let texts = warnings.iter().map(warning_text);
            twin.iter().cloned().chain(texts).collect()
        };
        let open = told(&warnings);
        warnings.iter_mut().for_each(Warning::hide_values);
        let masked = told(&warnings);
        if self.hides_values() {
            file.warnings = masked;
        } else {
            file.masked_warnings = (masked != open).then_some(masked);
            file.warnings = open;
        }
    }

    fn all_superseded_exist(&self, names: &[String]) -> Result<()> {
        let missing = self
            .options
            .supersede
            .iter()
            .find(|name| !names.contains(name));
        match missing {
            None => Ok(()),
            Some(name) => Err(argument(
                format!(
                    "--supersede names {name}, which is not in {}",
                    self.options.data.display()
                ),
                crate::error::suggest(name, names.iter().map(String::as_str)),
            )),
        }
    }
}

/// Which expectations keep a file out.
fn closed_by(outcomes: &[Outcome]) -> String {
    let closing: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.closes())
        .map(|outcome| outcome.id.as_str())
        .collect();
    format!(
        "its rows are not what is expected of the source: {}",
        closing.join(", ")
    )
}

/// A file that is refused until it is read.
pub(super) fn unread(
    source: &Source,
    name: String,
    date: Option<NaiveDate>,
    sha256: Option<String>,
) -> FileRun {
    FileRun {
        source: source.name.clone(),
        name,
        date,
        sha256,
        rows: None,
        state: FileState::Refused,
        reason: None,
        masked: None,
        warnings: Vec::new(),
        masked_warnings: None,
        outcomes: Vec::new(),
    }
}

fn other_bytes(before: &Known, sha256: &str) -> String {
    format!(
        "a file of this name came in before with other bytes: sha256 {} then, {} now. \
         If this one is right, replace the rows of the old one: lockgate run --supersede {}",
        before.sha256, sha256, before.name
    )
}

/// A text with its first letter large: a sentence of its own.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn refusal_text(refusal: &Refusal) -> String {
    let place = match refusal.line.map(|line| format!("line {line}")) {
        Some(line) if !refusal.message.contains(&line) => format!("{line}: "),
        _ => String::new(),
    };
    format!("{place}{}. {}", refusal.message, sentence(&refusal.help))
}

fn warning_text(warning: &Warning) -> String {
    format!("{}. {}", warning.message, sentence(&warning.help))
}
