//! Arguments to one library call to an exit code: the only place that prints or reads the clock.

mod cli;
mod deliver;
mod explore;
mod merge;
mod monthly;
mod progress;
mod published;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprint, print};
use clap::Parser;
use lockgate::engine::Warehouse;
use lockgate::error::{Error, Result};
use lockgate::outcome::{Run, Verdict};
use lockgate::project::{self, Project};
use lockgate::report::{self, Format};
use lockgate::run::{Clock, Options};
use lockgate::{fuzz, history, init, reference, sample, unit};

use cli::{
    Cli, Color, Command, ExampleName, FailOn, FuzzArgs, Global, OutputFormat, ProfileArgs,
    ReportArgs, RunArgs, SampleArgs,
};
use deliver::{Found, Reports};

/// Plans nest deeply, and unoptimised code needs large frames for them.
const STACK: usize = 32 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build();
    let result = match runtime {
        // The command runs on a worker, whose stack is large; the main thread's is not ours to size.
        Ok(runtime) => runtime.block_on(async {
            let global = (cli.global.format, cli.global.verbose);
            match tokio::spawn(command(cli)).await {
                Ok(result) => (result, global.0),
                Err(error) => (Err(Error::engine("running the command", error)), global.0),
            }
        }),
        Err(error) => (Err(Error::engine("starting", error)), OutputFormat::Table),
    };
    match result {
        (Ok(code), _) => ExitCode::from(code),
        (Err(error), format) => {
            deliver::complain(&error, format);
            ExitCode::from(error.exit_code())
        }
    }
}

async fn command(cli: Cli) -> Result<u8> {
    let global = &cli.global;
    match cli.command {
        Command::Run(args) => {
            let found = run(global, &args).await;
            reported("run", global, &args.reports, found)
        }
        Command::Check(args) => {
            let found = merge::check(global, &args).await.map(shown);
            reported("check", global, &args.reports, found)
        }
        Command::Test(args) => {
            let found = merge::test(global, &args).await.map(shown);
            reported("test", global, &args.reports, found)
        }
        Command::Diff(args) => answered(merge::diff(global, &args).await),
        Command::Query { sql, limit } => answered(published::query(global, &sql, limit).await),
        Command::Show { model, limit } => answered(published::show(global, &model, limit).await),
        Command::Profile(args) => profile(global, &args).await,
        Command::Trace { model, row, limit } => {
            answered(published::trace(global, &model, &row, limit).await)
        }
        Command::History {
            expectation: Some(name),
            limit,
        } => answered(monthly::trend(global, &name, limit).await),
        Command::History { limit, .. } => answered(published::runs(global, limit).await),
        Command::Report(args) => answered(monthly::report(global, &args).await),
        Command::Docs(args) => answered(site::docs(global, &args).await),
        Command::Notify { to } => answered(monthly::notify(global, &to).await),
        Command::Judge(args) => answered(monthly::judge(global, &args).await),
        Command::Explain { name } => {
            let text = match name {
                Some(name) => reference::explain(&name)?,
                None => reference::catalogue(),
            };
            print!("{text}");
            Ok(0)
        }
        Command::Schema { file } => {
            print!("{}", report::json(&reference::schema(&file)?));
            Ok(0)
        }
        Command::Init { dir, example } => {
            let example = match example {
                Some(ExampleName::Leads) => init::Example::Leads,
                None => init::Example::Starter,
            };
            let files = init::init(example, &dir)?;
            let count = report::counted(files.len() as u64, "file");
            print!(
                "{count} written; now: lockgate run --project {}\n",
                dir.display()
            );
            Ok(0)
        }
        Command::Fuzz(args) => {
            let reports = args.reports.clone();
            let found = run_fuzz(global, args).await;
            reported("fuzz", global, &reports, found)
        }
        Command::Sample(args) => make_sample(&args),
    }
}

fn root(global: &Global) -> Result<PathBuf> {
    match &global.project {
        Some(root) => Ok(root.clone()),
        None => {
            let here = std::env::current_dir();
            project::find(&here.map_err(|error| Error::engine("finding the project", error))?)
        }
    }
}

fn load(global: &Global) -> Result<Project> {
    project::load(&root(global)?)
}

/// The folder of the source files.
fn data(global: &Global, project: &Project) -> PathBuf {
    match &global.data {
        Some(data) => data.clone(),
        None => project.root.join(&project.manifest.data),
    }
}

/// Writes the documents asked for, of what was found and of problems alike, and tells GitHub.
fn reported(
    command: &'static str,
    global: &Global,
    args: &ReportArgs,
    found: Result<Found>,
) -> Result<u8> {
    let reports = Reports {
        wanted: &args.report,
        root: root(global).ok(),
    };
    let (delivered, answer) = match found {
        Ok(found) => (reports.deliver(&found)?, Ok(found.exit)),
        // Where the problems cannot be written either, they are still what is told.
        Err(error) => {
            let found = Found::of_error(command, &error);
            (reports.deliver(&found).unwrap_or_default(), Err(error))
        }
    };
    // The runner reads both streams; standard output may be one document.
    match global.format {
        OutputFormat::Table => print!("{delivered}"),
        OutputFormat::Json | OutputFormat::Csv => eprint!("{delivered}"),
    }
    answer
}

fn warehouse(global: &Global, project: &Project) -> Result<Warehouse> {
    match &global.warehouse {
        Some(location) => Warehouse::open(location, std::path::Path::new("")),
        None => Warehouse::open(&project.manifest.warehouse, &project.root),
    }
}

fn memory(global: &Global) -> Option<usize> {
    global
        .memory
        .map(|size| usize::try_from(size.as_u64()).unwrap_or(usize::MAX))
}

fn format(global: &Global) -> Format {
    match global.format {
        OutputFormat::Table => Format::Table,
        OutputFormat::Json => Format::Json,
        OutputFormat::Csv => Format::Csv,
    }
}

async fn run(global: &Global, args: &RunArgs) -> Result<Found> {
    let project = load(global)?;
    let options = Options {
        data: data(global, &project),
        warehouse: warehouse(global, &project)?,
        file_date: args.file_date,
        select: args.select.clone(),
        modified: merge::modified(&project, args.base.as_deref()).await?,
        severities: args.severity.clone(),
        supersede: args.supersede.clone(),
        withdraw: args.withdraw.clone(),
        memory: memory(global),
    };
    let clock = Clock {
        run_id: uuid::Uuid::now_v7().to_string(),
        now: &chrono::Utc::now,
    };
    let progress = progress::Progress::new(!global.quiet && global.format == OutputFormat::Table);
    let run = lockgate::run::run(&project, &options, &clock, &|event| progress.tell(&event)).await;
    progress.finish();
    let run = run?;
    // What the tests stopped says nothing of the data, which the history is about.
    if unit::verdict(&run.tests) != Verdict::Fail {
        history::save(&options.warehouse, &run).await?;
    }
    tell(global, &run);
    let strict = args.fail_on == Some(FailOn::Warn);
    Ok(found(&run, Some(options.data), strict))
}

/// Prints the record of a run.
fn tell(global: &Global, run: &Run) {
    print!("{}", written(global, run, report::run_summary));
}

/// The record of a run in the format asked for; `summary` is how a person reads it.
fn written(global: &Global, run: &Run, summary: fn(&Run, report::Detail) -> String) -> String {
    match format(global) {
        Format::Table => summary(run, detail(global)),
        Format::Json => report::json(run),
        Format::Csv => report::page(&report::outcomes_page(run), Format::Csv),
    }
}

/// A run as what is written of it.
fn found(run: &Run, data: Option<PathBuf>, strict: bool) -> Found {
    Found {
        suites: report::of_run(run),
        record: report::json(run),
        data,
        strict,
        exit: match run.verdict {
            Verdict::Pass | Verdict::Skip => 0,
            Verdict::Warn => u8::from(strict),
            Verdict::Fail => 1,
            Verdict::Error => 3,
        },
    }
}

fn detail(global: &Global) -> report::Detail {
    match (global.quiet, global.verbose) {
        (true, _) => report::Detail::Quiet,
        (_, true) => report::Detail::Verbose,
        _ => report::Detail::Normal,
    }
}

/// What a command has to say.
#[derive(Default)]
struct Answer {
    /// For standard output.
    text: String,
    /// For standard error.
    aside: String,
    code: u8,
}

impl Answer {
    /// For standard output, of a command that came to its end.
    fn of(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// Prints it; its exit code.
    fn print(&self) -> u8 {
        eprint!("{}", self.aside);
        print!("{}", self.text);
        self.code
    }
}

/// Prints what a command has to say; its exit code.
fn answered(answer: Result<Answer>) -> Result<u8> {
    answer.map(|answer| answer.print())
}

/// Prints what a command has to say, and goes on with what is written of it.
fn shown((answer, found): (Answer, Found)) -> Found {
    answer.print();
    found
}

async fn profile(global: &Global, args: &ProfileArgs) -> Result<u8> {
    match explore::profile(global, args).await? {
        Ok((text, after)) => {
            print!("{text}");
            eprint!("{after}");
            Ok(0)
        }
        Err(problem) => {
            deliver::complain(&Error::project(*problem), global.format);
            Ok(1)
        }
    }
}

async fn run_fuzz(global: &Global, args: FuzzArgs) -> Result<Found> {
    let project = load(global)?;
    let warehouse = warehouse(global, &project)?;
    let seed = match args.seed {
        Some(seed) => seed,
        // Short, so that a person can type it again.
        None => u64::from(chrono::Utc::now().timestamp_subsec_nanos()),
    };
    let options = fuzz::Options {
        cleaners: args.cleaners,
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
    tell(global, &run);
    Ok(Found {
        suites: report::of_fuzz(&run),
        ..found(&run, None, false)
    })
}

fn make_sample(args: &SampleArgs) -> Result<u8> {
    let plan = sample::Plan {
        rows: args.rows,
        months: args.months,
        seed: args.seed,
        faults: args.fault.clone(),
    };
    let files = sample::write(&plan, &args.out)
        .map_err(|error| Error::engine(format!("writing to {}", args.out.display()), error))?;
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    print!(
        "{} in {}, {}\n",
        report::counted(rows, "row"),
        report::counted(files.len() as u64, "file"),
        bytesize::ByteSize(bytes)
    );
    Ok(0)
}
