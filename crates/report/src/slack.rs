//! A month as Slack's Block Kit: an incoming webhook's JSON body.

use serde_json::{Value, json};

use super::month::{Month, News, TEST, Tone, day, figures};
use super::{counted, cut};

/// Blocks of a message, and characters of a section, that Slack takes at most.
const BLOCKS: usize = 50;
const SECTION: usize = 3000;
/// Characters of a header block at most; an escaped one takes up to five.
const HEADER: usize = 150;
/// Lines of failing rows told for one thing.
const ROWS: usize = 3;

/// The message: the headline, then each thing that is unusual, as many as Slack takes.
///
/// Values of rows are told only `with_samples`; without, neither failing rows nor any text that
/// may quote them.
pub fn slack(month: &Month<'_>, with_samples: bool) -> Value {
    let headline = month.headline();
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": escaped(&cut(&month.run.project, HEADER / 5)) } }),
        section(&format!("*{}*", escaped(&headline))),
    ];
    // The last two are kept for what does not fit, and for the run's id.
    let room = BLOCKS - blocks.len() - 2;
    for news in month.news.iter().take(room) {
        blocks.push(section(&told(news, with_samples)));
    }
    let mut rest = Vec::new();
    if month.news.len() > room {
        rest.push(format!("{} more in the report", month.news.len() - room));
    }
    if !month.standing.is_empty() {
        let count = counted(month.standing.len() as u64, "warning");
        rest.push(format!("{count} as before"));
    }
    if !rest.is_empty() {
        blocks.push(section(&format!("And {}.", rest.join(", "))));
    }
    let mut foot = format!("as of {}, run {}", day(month.run.as_of), month.run.run_id);
    if let Some(tests) = month.tests().told() {
        foot.push_str(&format!(", {tests}"));
    }
    blocks.push(
        json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": escaped(&foot) }] }),
    );
    json!({ "text": escaped(&headline), "blocks": blocks })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": whole(text) } })
}

/// A text within a section's limit; an escape cut in two would show.
fn whole(text: &str) -> String {
    let mut short = cut(text, SECTION);
    if short.len() < text.len()
        && let Some(at) = short.rfind('&')
        && !short[at..].contains(';')
    {
        short.truncate(at);
        short.push('…');
    }
    short
}

fn told(news: &News<'_>, with_samples: bool) -> String {
    let sign = match news.tone {
        Tone::Bad => ":red_circle:",
        Tone::Odd => ":large_yellow_circle:",
        Tone::Note => ":large_blue_circle:",
        Tone::Good => ":large_green_circle:",
    };
    let mut text = format!("{sign} *{}*", escaped(&news.title));
    if let Some(since) = news.since {
        text.push_str(&format!(", since {}", day(since)));
    }
    let quoted = if with_samples {
        &news.quoted
    } else {
        &news.masked
    };
    for line in quoted.iter().chain(&news.told) {
        text.push_str(&format!("\n{}", escaped(line)));
    }
    for shown in &news.evidence {
        let outcome = shown.outcome;
        // Without figures there is but a note, and the note of an error may quote a value.
        let measured = outcome.rows.is_some() || outcome.value.is_some();
        if measured && outcome.kind != TEST && !news.title.starts_with(&outcome.id) {
            let figures = format!("{}.{}: {}", shown.table, outcome.id, figures(outcome));
            text.push_str(&format!("\n{}.", escaped(&figures)));
        }
        if let Some(because) = &outcome.because {
            text.push_str(&format!("\n_Asked because {}._", escaped(because)));
        }
    }
    if with_samples {
        let samples = news
            .evidence
            .iter()
            .flat_map(|shown| &shown.outcome.samples);
        for sample in samples.take(ROWS) {
            text.push_str(&format!(
                "\n• {}",
                escaped(&super::month::sample_line(sample))
            ));
        }
    }
    text
}

/// The three characters that Slack takes for its own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
