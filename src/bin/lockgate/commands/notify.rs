//! `notify`: a run's report to a channel, once.

use chrono::Utc;
use lockgate::error::{Error, Result};
use lockgate::history::{self, Notice};
use lockgate::notify::{self, Patience, Undelivered};
use lockgate::outcome::when::stamp;
use lockgate::report::{self, Format, Month};
use serde_json::json;

use super::stored::{Stored, wrong};
use crate::args::{Channel, Global};
use crate::context::format;
use crate::output::Answer;

const WEBHOOK: &str = "LOCKGATE_SLACK_WEBHOOK";
const SLACK: &str = "slack";

/// What `notify` did with a run: sent it now, or found that it was sent before.
fn sent_to(global: &Global, run: &str, now: bool) -> Answer {
    Answer::of(match (format(global), now) {
        (Format::Json, _) => report::json(&json!({ "run_id": run, "sent": now })),
        (_, true) => format!("run {run} sent to Slack\n"),
        (_, false) => format!("run {run} was sent before; nothing is sent\n"),
    })
}

fn now() -> String {
    stamp(Utc::now())
}

/// Sends a run's report.
pub async fn run(global: &Global, to: &Channel) -> Result<Answer> {
    let Channel::Slack {
        which,
        with_samples,
        again,
    } = to;
    let Some(webhook) = std::env::var_os(WEBHOOK).and_then(|url| url.into_string().ok()) else {
        let message = format!("{WEBHOOK} is not set");
        return Err(wrong(
            message,
            "put the address of an incoming webhook into the environment",
        ));
    };
    let told = Stored::open(global).await?;
    let (run, runs) = told.runs(which).await?;
    let body = report::slack(&Month::of(&run, &runs), *with_samples).to_string();
    let known = history::notices(&told.engine, &told.warehouse, SLACK, &run.run_id).await?;
    match known {
        (Some(Notice::Sent), _) => {
            return Ok(sent_to(global, &run.run_id, false));
        }
        (Some(Notice::Begun), _) if !again => {
            let message = format!(
                "a message of run {} was begun, and it is not known whether it arrived",
                run.run_id
            );
            return Err(wrong(
                message,
                "look into the channel; to send it anyway: --again",
            ));
        }
        _ => {}
    }
    let attempt = (SLACK, run.run_id.as_str(), known.1 + 1);
    // Begun goes into the ledger before the message goes out: a process that dies in between
    // leaves a question, never a second message.
    history::notice(&told.warehouse, attempt, Notice::Begun, &now()).await?;
    let sent = notify::post(&webhook, &body, Patience::default()).await;
    let state = match &sent {
        Ok(()) => Notice::Sent,
        Err(Undelivered::Unknown(_)) => Notice::Begun,
        Err(_) => Notice::Failed,
    };
    if state != Notice::Begun {
        history::notice(&told.warehouse, attempt, state, &now()).await?;
    }
    match sent {
        Ok(()) => Ok(sent_to(global, &run.run_id, true)),
        Err(error) => Err(Error::engine("telling Slack", error)),
    }
}
