//! The commands of a month's start: what they print, and the exit code.

use std::path::PathBuf;

use chrono::{SecondsFormat, Utc};
use lockgate::engine::{Engine, Warehouse, past};
use lockgate::error::{Error, Problem, Result, suggest};
use lockgate::history::{self, Notice};
use lockgate::notify::{self, Patience, Undelivered};
use lockgate::outcome::{Run, Verdict};
use lockgate::project::Project;
use lockgate::report::{self, Format, Month};

use super::cli::{Channel, FailOn, Global, JudgeArgs, MonthArgs, ReportKind, Which};
use super::{Answer, detail, format, load, memory, warehouse};

const WEBHOOK: &str = "LOCKGATE_SLACK_WEBHOOK";
const SLACK: &str = "slack";

/// The project with its history.
struct Told {
    project: Project,
    warehouse: Warehouse,
    engine: Engine,
}

impl Told {
    async fn open(global: &Global) -> Result<Self> {
        let project = load(global)?;
        let warehouse = warehouse(global, &project)?;
        let engine = Engine::new(memory(global))?;
        if !history::open(&engine, &warehouse).await? {
            return Err(wrong("there is no run yet", "make the first: lockgate run"));
        }
        Ok(Self {
            project,
            warehouse,
            engine,
        })
    }

    /// The run asked for, and one run of each day of the history.
    async fn runs(&self, which: &Which) -> Result<(Run, Vec<Run>)> {
        let runs = history::months(&self.engine, &self.project.manifest.name).await?;
        let found = match (&which.run, &which.month) {
            (Some(id), _) => history::record(&self.engine, id).await?,
            (None, Some(month)) => {
                let mut of_month = runs.iter().rev();
                of_month
                    .find(|run| run.as_of.get(..7) == Some(month.as_str()))
                    .cloned()
            }
            (None, None) => runs.last().cloned(),
        };
        found.map(|run| (run, runs.clone())).ok_or_else(|| {
            let asked = which.run.as_ref().or(which.month.as_ref());
            let asked = asked.map_or(String::new(), |asked| format!(" `{asked}`"));
            wrong(
                format!("the history has no run{asked}"),
                "lockgate history lists them",
            )
        })
    }
}

fn wrong(message: impl Into<String>, help: &str) -> Error {
    Error::project(Problem::new("lockgate::history", message).help(help))
}

/// Writes the report of a run.
pub async fn report(global: &Global, args: &MonthArgs) -> Result<Answer> {
    let told = Told::open(global).await?;
    let (run, runs) = told.runs(&args.which).await?;
    let month = Month::of(&run, &runs);
    let kind = kind(global, args);
    let text = match kind {
        ReportKind::Html => report::html(&month),
        ReportKind::Markdown => report::month_markdown(&month),
        ReportKind::Json => month.json(),
        ReportKind::Slack => report::json(&report::slack(&month, false)),
    };
    let out = match (&args.out, kind) {
        (Some(out), _) => out.clone(),
        (None, ReportKind::Html) => PathBuf::from(format!("{}-{}.html", run.project, run.as_of)),
        (None, _) => return Ok(Answer::of(text)),
    };
    std::fs::write(&out, text)
        .map_err(|error| Error::engine(format!("writing {}", out.display()), error))?;
    let (headline, out) = (month.headline(), out.display());
    Ok(Answer::of(format!("{headline}\n{out}\n")))
}

fn kind(global: &Global, args: &MonthArgs) -> ReportKind {
    let by_name = |path: &PathBuf| match path.extension().and_then(|end| end.to_str()) {
        Some("md" | "markdown") => Some(ReportKind::Markdown),
        Some("json") => Some(ReportKind::Json),
        Some("html" | "htm") => Some(ReportKind::Html),
        _ => None,
    };
    let named = args.kind.or_else(|| args.out.as_ref().and_then(by_name));
    named.unwrap_or(match format(global) {
        Format::Json => ReportKind::Json,
        _ => ReportKind::Html,
    })
}

/// One expectation over the runs, or one law of a cleaner over the runs of `fuzz`.
pub async fn trend(global: &Global, name: &str, limit: usize) -> Result<Answer> {
    let told = Told::open(global).await?;
    let project = &told.project.manifest.name;
    let runs = history::months(&told.engine, project).await?;
    let fuzz_runs = history::fuzz_runs(&told.engine, project).await?;
    let mut page = report::month::trend_page(&runs, name)
        .or_else(|known| {
            let laws = report::law_page(&fuzz_runs, name);
            laws.map_err(|laws| [known, laws].concat())
        })
        .map_err(|known| {
            let known = suggest(name, known.iter().map(String::as_str));
            wrong(
                format!("no run has an expectation or a law `{name}`"),
                &known,
            )
        })?;
    page.more = page.rows.len() > limit;
    page.rows.truncate(limit);
    Ok(Answer::of(report::page(&page, format(global))))
}

/// A stored run judged again.
pub async fn judge(global: &Global, args: &JudgeArgs) -> Result<Answer> {
    let told = Told::open(global).await?;
    let Some(run) = history::record(&told.engine, &args.run).await? else {
        let message = format!("the history has no run `{}`", args.run);
        return Err(wrong(message, "lockgate history lists them"));
    };
    let past = past(&told.engine, &told.warehouse).await?;
    let mut judged = lockgate::judge::judge(&told.project, &run, &past);
    if args.save {
        judged.run.run_id = uuid::Uuid::now_v7().to_string();
        judged.run.started = now();
        judged.run.finished.clone_from(&judged.run.started);
        history::save(&told.warehouse, &judged.run).await?;
    }
    let text = match format(global) {
        Format::Table => report::rejudged(&judged, detail(global)),
        Format::Json => report::json(&judged),
        Format::Csv => report::page(&report::outcomes_page(&judged.run), Format::Csv),
    };
    Ok(Answer {
        code: code(judged.run.verdict, args.fail_on),
        ..Answer::of(text)
    })
}

/// The exit code of a run's verdict.
pub fn code(verdict: Verdict, fail_on: Option<FailOn>) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Skip => 0,
        Verdict::Warn => u8::from(fail_on == Some(FailOn::Warn)),
        Verdict::Fail => 1,
        Verdict::Error => 3,
    }
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Sends a run's report.
pub async fn notify(global: &Global, to: &Channel) -> Result<Answer> {
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
    let told = Told::open(global).await?;
    let (run, runs) = told.runs(which).await?;
    let body = report::slack(&Month::of(&run, &runs), *with_samples).to_string();
    let known = history::notices(&told.engine, &told.warehouse, SLACK, &run.run_id).await?;
    match known {
        (Some(Notice::Sent), _) => {
            let text = format!("run {} was sent before; nothing is sent\n", run.run_id);
            return Ok(Answer::of(text));
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
        Ok(()) => Ok(Answer::of(format!("run {} sent to Slack\n", run.run_id))),
        Err(error) => Err(Error::engine("telling Slack", error)),
    }
}
