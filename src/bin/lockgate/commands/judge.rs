//! `judge`: a stored run held against the bounds of today.

use chrono::Utc;
use lockgate::engine::{Ledger, past};
use lockgate::error::Result;
use lockgate::history;
use lockgate::outcome::Command;
use lockgate::outcome::when::whole_millis;
use lockgate::report::{self, Format};
use lockgate::table_name::raw;

use super::stored::{Stored, is_month, wrong};
use crate::args::{FailOn, Global, JudgeArgs};
use crate::context::{detail, format};
use crate::exit;
use crate::output::Answer;

/// A stored run judged again.
pub async fn run(global: &Global, args: &JudgeArgs) -> Result<Answer> {
    let told = Stored::open(global).await?;
    let Some(run) = history::record(&told.engine, &args.run).await? else {
        let message = format!("the history has no run `{}`", args.run);
        return Err(wrong(message, "lockgate history lists them"));
    };
    if run.command != Command::Run {
        let months = history::months(&told.engine, &told.project.manifest.name).await?;
        is_month(&run, &months)?;
    }
    let run = run.shown_with(told.project.manifest.samples);
    let mut past = past(&told.engine, &told.warehouse).await?;
    for source in &told.project.sources {
        let ledger = Ledger::open(&told.warehouse, source).await?;
        past.of_files(&raw(&source.name), ledger.files());
    }
    let mut judged = lockgate::judge::judge(&told.project, &run, &past);
    if args.save {
        judged.run.run_id = uuid::Uuid::now_v7().to_string();
        judged.run.started = whole_millis(Utc::now());
        judged.run.finished = judged.run.started;
        history::save(&told.warehouse, &judged.run).await?;
    }
    let text = match format(global) {
        Format::Table => report::rejudged(&judged, detail(global)),
        Format::Json => report::json(&judged),
        format @ (Format::Csv | Format::CsvSafe) => {
            report::page(&report::outcomes_page(&judged.run), format)
        }
    };
    Ok(Answer {
        code: exit::of(judged.run.verdict, args.fail_on == Some(FailOn::Warn)),
        ..Answer::of(text)
    })
}
