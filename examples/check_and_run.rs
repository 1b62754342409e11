//! Checks a project, runs it and reads the record, from Rust: `cargo run --example check_and_run`.
//!
//! The project is the small one of `lockgate init`, in a folder that goes when the program ends.

use std::error::Error;

use chrono::Utc;
use lockgate::engine::{Engine, Warehouse, text_rows};
use lockgate::init::{Example, init};
use lockgate::outcome::Verdict;
use lockgate::run::{Clock, Event, Options};
use lockgate::{check, history, project, report, run};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // Plans nest deeply, and unoptimised code needs large frames for them.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(32 * 1024 * 1024)
        .enable_all()
        .build()?;
    runtime.block_on(async { tokio::spawn(example()).await? })
}

async fn example() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    init(Example::Starter, folder.path())?;
    let project = project::load(folder.path())?;

    // Every model is planned against the contracts; no data is read.
    let checked = check::check(&project).await?;
    println!("{} models keep their contracts", checked.models.len());

    // New files come in, models are built, judged, and published where their gate opens.
    let warehouse = Warehouse::open(&project.manifest.warehouse, folder.path())?;
    let data = folder.path().join(&project.manifest.data);
    let options = Options::new(data, warehouse.clone());
    let clock = Clock {
        run_id: "my-first-run".to_owned(),
        now: &Utc::now,
    };
    let told = |event: Event<'_>| {
        if let Event::Judged { model } = event {
            println!("{}: {} rows", model.name, model.rows.unwrap_or_default());
        }
    };
    let record = run::run(&project, &options, &clock, &told).await?;
    history::save(&warehouse, &record).await?;

    // The record says what came of each expectation.
    for model in &record.models {
        let passed = model.outcomes.iter();
        let passed = passed.filter(|outcome| outcome.verdict == Verdict::Pass);
        println!("{}: {} passed", model.name, passed.count());
    }
    // Colours are for terminals only.
    anstream::println!("{}", report::run_summary(&record, report::Detail::Quiet));

    // It is kept in the history, and what is published can be asked.
    let engine = Engine::of(&project, None)?;
    history::open(&engine, &warehouse).await?;
    let stored = history::record(&engine, "my-first-run").await?;
    assert!(stored.is_some_and(|stored| stored.models.len() == record.models.len()));
    engine.put_published(&warehouse, &project).await?;
    let page = text_rows(&engine, "select count(*) as n from stg_contacts", 1).await?;
    println!("{:?} contacts", page.rows);
    Ok(())
}
