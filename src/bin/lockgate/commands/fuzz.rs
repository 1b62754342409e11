//! `fuzz`: looks for the text that breaks a law of a cleaner.

use lockgate::error::Result;
use lockgate::{fuzz, history, report};

use crate::args::{FuzzArgs, Global};
use crate::context::{load, memory, warehouse};
use crate::documents::Found;
use crate::output::{found, tell};

pub async fn run(global: &Global, args: &FuzzArgs) -> Result<Found> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let seed = match args.seed {
        Some(seed) => seed,
        // Short, so that a person can type it again.
        None => u64::from(chrono::Utc::now().timestamp_subsec_nanos()),
    };
    let options = fuzz::Options {
        cleaners: args.cleaners.clone(),
        cases: args.cases,
        time: args.time,
        seed,
        warehouse: Some(&warehouse),
        memory: memory(global),
        run_id: uuid::Uuid::now_v7().to_string(),
        now: &chrono::Utc::now,
    };
    // A cleaner that panics breaks a law, and is told as one.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let run = fuzz::fuzz(&project, &options).await;
    std::panic::set_hook(hook);
    let run = run?;
    history::save(&warehouse, &run).await?;
    tell(global, &run)?;
    Ok(Found {
        suites: report::of_fuzz(&run),
        ..found(&run, None, false)
    })
}
