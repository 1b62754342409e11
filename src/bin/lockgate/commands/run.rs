//! `run`: takes new files in, builds the layers, judges them, publishes what passes.

use lockgate::engine::Running;
use lockgate::error::Result;
use lockgate::outcome::Verdict;
use lockgate::run::{Clock, Event, Options};
use lockgate::{history, unit};

use super::check::modified;
use crate::args::{FailOn, Global, OutputFormat, RunArgs};
use crate::context::{data, load, memory, warehouse};
use crate::documents::Found;
use crate::output::{found, tell};
use crate::progress::Progress;
use crate::stop;

pub async fn run(global: &Global, args: &RunArgs) -> Result<Found> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let run_id = uuid::Uuid::now_v7().to_string();
    let running = Running::begin(&warehouse, &run_id)?;
    let options = Options {
        data: data(global, &project),
        warehouse,
        file_date: args.file_date,
        select: args.select.clone(),
        modified: modified(&project, args.base.as_deref()).await?,
        severities: args.severity.clone(),
        supersede: args.supersede.clone(),
        withdraw: args.withdraw.clone(),
        cut_off: running.cut_off().to_vec(),
        memory: memory(global),
    };
    let clock = Clock {
        run_id,
        now: &chrono::Utc::now,
    };
    let progress = Progress::new(!global.quiet && global.format == OutputFormat::Table);
    let so_far = stop::SoFar::default();
    let event = |event: Event<'_>| {
        so_far.note(&event);
        progress.tell(&event);
    };
    let run = lockgate::run::run(&project, &options, &clock, &event);
    let run = stop::or_stopped(&options.warehouse, &so_far, run).await;
    progress.finish();
    let run = match run? {
        Ok(run) => run,
        Err(code) => std::process::exit(code.into()),
    };
    // What the tests stopped says nothing of the data, which the history is about.
    let stopped = unit::verdict(&run.tests) == Verdict::Fail;
    if !stopped {
        history::save(&options.warehouse, &run).await?;
    }
    running.end(!stopped && options.select.is_empty());
    tell(global, &run)?;
    let strict = args.fail_on == Some(FailOn::Warn);
    Ok(found(&run, Some(options.data), strict))
}
