//! The first gate: which files there are, and which of them come in.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::{
    IngestPlan, Intake, Known, Question, commit_file, is_withdrawn, ledger, measure, put_file,
    raw_path, stage_file, widen, withdraw,
};
use crate::error::{Error, Result};
use crate::expect::{days_since_epoch, relation};
use crate::intake::{Claim, Refusal, Warning, claim, sha256};
use crate::outcome::{FileRun, FileState, Outcome};
use crate::project::Source;

use super::gate::About;
use super::{Event, Runner, argument};

impl Runner<'_> {
    /// Takes the files of the sources in, in the order of their dates; one that
    /// is refused does not keep the others out.
    pub(super) async fn take_in(
        &mut self,
        sources: &BTreeSet<String>,
        progress: &(dyn Fn(Event<'_>) + Sync),
    ) -> Result<Vec<FileRun>> {
        let names = file_names(&self.options.data)?;
        self.all_superseded_exist(&names)?;
        let withdrawn = self.withdraw(sources).await?;
        let mut files = Vec::new();
        for source in &self.project.sources {
            if !sources.contains(&source.name) {
                continue;
            }
            let table = self
                .options
                .warehouse
                .table(&raw_path(&source.name))
                .await?;
            let mut known = match &table {
                Some(table) => {
                    widen(&self.options.warehouse, source, table, self.run_id).await?;
                    ledger(table).await?
                }
                None => Vec::new(),
            };
            for (name, date) in self.claimed(source, &names) {
                progress(Event::Reads { file: &name });
                let mut file = self.file(source, name, date, &known).await?;
                // Only a refusal by the bytes of the file quotes any of them.
                if file.masked.is_none() {
                    file.masked.clone_from(&file.reason);
                }
                known.extend(remembered(&file));
                files.push(file);
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

    /// Takes the rows of the named files out, once each of them is known to have some.
    async fn withdraw(&self, sources: &BTreeSet<String>) -> Result<Vec<FileRun>> {
        let named = &self.options.withdraw;
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let mut held = Vec::new();
        for source in &self.project.sources {
            let path = raw_path(&source.name);
            if sources.contains(&source.name)
                && let Some(table) = self.options.warehouse.table(&path).await?
            {
                let known = ledger(&table).await?.into_iter();
                held.extend(known.map(|known| (source, known)));
            }
        }
        let names = || held.iter().map(|(_, known)| known.name.as_str());
        if let Some(name) = named.iter().find(|name| !names().any(|held| held == *name)) {
            return Err(argument(
                format!("--withdraw names {name}, and no row of it has come in"),
                crate::error::suggest(name, names()),
            ));
        }
        let mut withdrawn = Vec::new();
        for (source, known) in held {
            if named.contains(&known.name) {
                let (name, sha256) = (&known.name, &known.sha256);
                withdraw(&self.options.warehouse, source, name, sha256, self.run_id).await?;
                withdrawn.push(FileRun {
                    state: FileState::Withdrawn,
                    ..unread(source, known.name, Some(known.date), known.sha256)
                });
            }
        }
        Ok(withdrawn)
    }

    async fn was_withdrawn(&self, source: &Source, name: &str, sha256: &str) -> Result<bool> {
        let path = raw_path(&source.name);
        match self.options.warehouse.table(&path).await? {
            Some(table) => is_withdrawn(&table, name, sha256).await,
            None => Ok(false),
        }
    }

    /// The files of a source with their dates, or why they have none; oldest first.
    fn claimed(&self, source: &Source, names: &[String]) -> Vec<(String, Result<String, String>)> {
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
            claimed.push((name.clone(), date.map(|date| date.to_string())));
        }
        claimed.sort_by(|a, b| (a.1.as_ref().ok(), &a.0).cmp(&(b.1.as_ref().ok(), &b.0)));
        claimed
    }

    async fn file(
        &mut self,
        source: &Source,
        name: String,
        date: Result<String, String>,
        known: &[Known],
    ) -> Result<FileRun> {
        let path = self.options.data.join(&name);
        let (sha256, _) = sha256(&path)
            .map_err(|error| Error::engine(format!("reading {}", path.display()), error))?;
        let mut file = unread(
            source,
            name.clone(),
            date.as_ref().ok().cloned(),
            sha256.clone(),
        );
        let supersede = self.options.supersede.contains(&name);
        if let Some(before) = known.iter().find(|known| known.name == name)
            && !supersede
        {
            if before.sha256 == sha256 {
                file.state = FileState::Known;
                file.date = Some(before.date.clone());
                file.rows = Some(before.rows);
                return Ok(file);
            }
            file.reason = Some(other_bytes(before, &sha256));
            return Ok(file);
        }
        if !supersede && self.was_withdrawn(source, &name, &sha256).await? {
            file.state = FileState::Withdrawn;
            return Ok(file);
        }
        let date = match date {
            Ok(date) => date,
            Err(reason) => {
                file.reason = Some(reason);
                return Ok(file);
            }
        };
        if let Some(twin) = known
            .iter()
            .find(|known| known.sha256 == sha256 && known.name != name)
        {
            file.warnings.push(format!(
                "it holds the same bytes as {} of {}",
                twin.name, twin.date
            ));
        }
        let plan = IngestPlan {
            source,
            path,
            name,
            date,
            sha256,
            supersede,
            run_id: self.run_id,
            loaded_at: self.started.timestamp_micros(),
        };
        self.read(&plan, &mut file).await?;
        Ok(file)
    }

    /// Reads a file, judges its rows, and takes it in if nothing keeps it out.
    async fn read(&mut self, plan: &IngestPlan<'_>, file: &mut FileRun) -> Result<()> {
        let warehouse = self.options.warehouse.clone();
        let warehouse = &warehouse;
        let source = plan.source;
        let name = format!("raw.{}", source.name);
        let table = relation(&name);
        let as_of = plan.date.parse().map_or(0, days_since_epoch);
        let asked: Vec<Question<'_>> = source
            .expectations
            .iter()
            .map(|expectation| Question::new(expectation, &table, None, as_of))
            .collect();
        match stage_file(&self.engine, warehouse, plan, &asked).await? {
            Intake::Staged {
                rows,
                passed,
                warnings,
            } => {
                file.warnings.extend(warnings.iter().map(warning_text));
                if !asked.is_empty() {
                    self.put_known(source).await?;
                    put_file(&self.engine, warehouse, plan, &rows).await?;
                    let measured = measure(&self.engine, &table, &asked, passed).await?;
                    let settled = vec![None; asked.len()];
                    let about = About {
                        table: &name,
                        as_of: plan.date.parse().unwrap_or(self.as_of),
                        expectations: &source.expectations,
                    };
                    file.outcomes = self.outcomes(&about, settled, &asked, measured).await?;
                }
                if file.outcomes.iter().any(Outcome::closes) {
                    file.reason = Some(closed_by(&file.outcomes));
                    return warehouse.discard(&raw_path(&source.name), rows).await;
                }
                commit_file(warehouse, plan, &rows).await?;
                file.state = FileState::New;
                file.rows = Some(rows.rows);
                self.past
                    .learn(&name, plan.date.parse().ok(), &file.outcomes);
            }
            Intake::Refused { refusals, warnings } => {
                let (mut reasons, mut masked) = (Vec::new(), Vec::new());
                for mut refusal in refusals {
                    reasons.push(refusal_text(&refusal));
                    refusal.hide_values();
                    masked.push(refusal_text(&refusal));
                }
                if self.project.manifest.samples == 0 {
                    reasons.clone_from(&masked);
                }
                file.reason = Some(reasons.join("\n"));
                file.masked = Some(masked.join("\n"));
                file.warnings.extend(warnings.iter().map(warning_text));
            }
        }
        Ok(())
    }

    /// Puts the rows that came in before into the session, for questions that compare.
    async fn put_known(&self, source: &Source) -> Result<()> {
        let name = format!("known.{}", source.name);
        match self
            .options
            .warehouse
            .table(&raw_path(&source.name))
            .await?
        {
            Some(table) => self.engine.put_table(&name, &table).await,
            None => self.engine.put_empty(&name, source.contract.raw_schema()),
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

    /// CSV files that no source of the project claims.
    pub(super) fn unclaimed(&self) -> Result<Vec<String>> {
        let mut names = file_names(&self.options.data)?;
        names.retain(|name| {
            let mut sources = self.project.sources.iter();
            name.to_lowercase().ends_with(".csv")
                && !sources.any(|source| claim(&source.contract.file, name).is_some())
        });
        Ok(names)
    }
}

/// The files of the data folder, sorted; none where there is no folder.
fn file_names(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::engine(format!("reading the folder {}", folder.display()), error);
    if !folder.exists() {
        return Err(argument(
            format!("the data folder {} is not there", folder.display()),
            "make it, name another with --data, or mend `data` in lockgate.toml".to_owned(),
        ));
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().is_file()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
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
fn unread(source: &Source, name: String, date: Option<String>, sha256: String) -> FileRun {
    FileRun {
        source: source.name.clone(),
        name,
        date,
        sha256: Some(sha256),
        rows: None,
        state: FileState::Refused,
        reason: None,
        masked: None,
        warnings: Vec::new(),
        outcomes: Vec::new(),
    }
}

fn remembered(file: &FileRun) -> Option<Known> {
    (file.state == FileState::New).then(|| Known {
        name: file.name.clone(),
        date: file.date.clone().unwrap_or_default(),
        sha256: file.sha256.clone().unwrap_or_default(),
        rows: file.rows.unwrap_or(0),
    })
}

fn other_bytes(before: &Known, sha256: &str) -> String {
    format!(
        "a file of this name came in before with other bytes: sha256 {} then, {} now. \
         If this one is right, replace the rows of the old one: lockgate run --supersede {}",
        before.sha256, sha256, before.name
    )
}

/// A text with its first letter large: a sentence of its own.
fn sentence(text: &str) -> String {
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
