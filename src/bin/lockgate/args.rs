//! The command line as written.

mod diff;
mod format;

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use lockgate::dates;
use lockgate::report::Document;

pub use diff::{DiffArgs, DiffDocument, DiffReportTo, FailOnDiff};

/// Data-quality gates for layered SQL: contracts, expectations and evidence on Apache DataFusion.
///
/// Exit codes: 0 passed; 1 the data failed; 2 the project or the command line is wrong; 3 the
/// engine or the storage failed; 130 and 143 stopped by SIGINT and SIGTERM. Warnings do not fail
/// unless --fail-on warn.
#[derive(Debug, Parser)]
#[command(
    name = "lockgate",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct Global {
    /// The project's folder [default: the one with lockgate.toml, here or above]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub project: Option<PathBuf>,
    /// The folder or file:// URL of the tables [default: the manifest's]
    #[arg(long, global = true, value_name = "URL", help_heading = "Everywhere")]
    pub warehouse: Option<String>,
    /// The folder of the source files [default: the manifest's]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data: Option<PathBuf>,
    /// What sorts, groupings and joins may hold before they spill, such as 1GiB [default: no bound]
    #[arg(long, global = true, value_name = "SIZE", help_heading = "Everywhere")]
    pub memory: Option<bytesize::ByteSize>,
    /// How the answer is written
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Everywhere"
    )]
    pub format: OutputFormat,
    /// With --format csv: put ' before cells that a spreadsheet would run as a formula
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub csv_safe: bool,
    /// Whether it is coloured; auto looks at the terminal and at NO_COLOR
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Everywhere"
    )]
    pub color: Color,
    /// Tell only what did not pass
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Everywhere"
    )]
    pub quiet: bool,
    /// Tell every expectation
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Table,
    Json,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take new files in, build the layers, judge them, publish what passes
    Run(RunArgs),
    /// Plan every model against the contracts: no data, no credentials, no network
    Check(CheckArgs),
    /// Run the unit tests of models: given rows in, expected rows out; no data, no tables
    Test(TestArgs),
    /// Compare the rows of two states of the tables, by the keys of the contracts
    ///
    /// A state is a run by the beginning of its id, a table version such as 3, `previous` (the run
    /// before the last) or `latest`.
    Diff(DiffArgs),
    /// Run SQL on the published tables: models by name, raw.<source>, history.runs, history.outcomes
    Query {
        /// The SELECT
        sql: String,
        /// Rows at most [default: 100 in a table, all in JSON and CSV]
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// How long it may take, such as 30s, 5m or 1h [default: no bound]
        #[arg(long, value_name = "TIME", value_parser = time)]
        timeout: Option<Duration>,
    },
    /// Print a few rows of a model and its last verdicts
    Show {
        model: String,
        /// Rows at most
        #[arg(long, value_name = "N", default_value_t = 10)]
        limit: usize,
    },
    /// Follow a row back through the layers to the lines of its files, and forward
    Trace {
        model: String,
        /// column=value, or a value alone for a key of one column
        #[arg(required = true)]
        row: Vec<String>,
        /// Rows shown of each table at most
        #[arg(long, value_name = "N", default_value_t = 5)]
        limit: usize,
    },
    /// Tell what a file or a table holds, and suggest a contract and expectations for it
    ///
    /// Columns with their types, nulls and values; candidate keys; dependencies and the rows that
    /// break them; what the owner of the data must know.
    Profile(ProfileArgs),
    /// List past runs, newest first, or one expectation over them
    History {
        /// Runs at most
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// The figures, bounds and verdicts of one expectation, or of one law of a cleaner
        #[arg(long, value_name = "MODEL.ID")]
        expectation: Option<String>,
    },
    /// Tell a run against the months before it, as one HTML file that needs no network
    Report(MonthArgs),
    /// Write the project's documentation as static pages: models, columns with their lineage,
    /// expectations with their last verdicts
    Docs(DocsArgs),
    /// Send the report of a run
    Notify {
        #[command(subcommand)]
        to: Channel,
    },
    /// Hold the figures of a stored run against the bounds of today, without reading data
    Judge(JudgeArgs),
    /// List the expectation kinds, cleaners and SQL functions, or print the page of one
    Explain { name: Option<String> },
    /// Print the JSON Schema of a TOML file, for editors that complete and check as one types
    Schema {
        /// expectations, contract, source, test or manifest
        #[arg(default_value = "expectations")]
        file: String,
    },
    /// Write a small working project into an empty folder
    Init {
        dir: PathBuf,
        /// Another project than the small one
        #[arg(long, value_name = "NAME")]
        example: Option<ExampleName>,
    },
    /// Look for the text that breaks a cleaner: lockgate's own, and those of cleaners/<name>.toml
    Fuzz(FuzzArgs),
    /// Look for damage in the tables: what is wrong, what is lost, how it is mended; changes nothing
    Doctor,
    /// Make synthetic lead files: the same plan gives the same bytes
    Sample(SampleArgs),
}

/// Which run a report is about; by default the one of the newest day.
#[derive(Args, Debug)]
pub struct Which {
    /// The run, by its id
    #[arg(long, value_name = "ID", conflicts_with = "month")]
    pub run: Option<String>,
    /// The last run of that month
    #[arg(long, value_name = "YYYY-MM")]
    pub month: Option<String>,
}

#[derive(Args, Debug)]
pub struct MonthArgs {
    #[command(flatten)]
    pub which: Which,
    /// Where it goes [default: <project>-<date>.html for HTML, else standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How it is written [default: by the file's name, else HTML, or JSON with --format json]
    #[arg(long = "as", value_name = "KIND")]
    pub kind: Option<ReportKind>,
}

#[derive(Args, Debug)]
pub struct DocsArgs {
    /// The folder of the pages; it is made if it is not there [default: <project>-docs]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where the report of the month lies: an address, or a path from that folder [default:
    /// report.html, if it is in that folder]
    #[arg(long, value_name = "URL")]
    pub report_url: Option<String>,
    /// Write into a folder that holds other files; they stay
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    Html,
    Markdown,
    Json,
    /// The body of a message, in Block Kit
    Slack,
}

#[derive(Debug, Subcommand)]
pub enum Channel {
    /// To the incoming webhook in LOCKGATE_SLACK_WEBHOOK, once for each run
    Slack {
        #[command(flatten)]
        which: Which,
        /// Show failing rows and texts that quote values; they may be personal data
        #[arg(long)]
        with_samples: bool,
        /// Send although it is not known whether an earlier message arrived
        #[arg(long)]
        again: bool,
    },
}

#[derive(Args, Debug)]
pub struct JudgeArgs {
    /// The run, by its id
    #[arg(long, value_name = "ID")]
    pub run: String,
    /// Put it into the history as a run of its own, which counts from then on
    #[arg(long)]
    pub save: bool,
    /// Exit with 1 on warnings too
    #[arg(long, value_name = "VERDICT")]
    pub fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExampleName {
    Leads,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    /// The date of files whose name has none
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub file_date: Option<NaiveDate>,
    /// Models to build: names, globs, layer:x, path:x, state:modified, with + before or after for
    /// upstream or downstream
    #[arg(short, long, value_name = "TERM", num_args = 1..)]
    pub select: Vec<String>,
    /// What state:modified compares with: a commit, branch or tag
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    /// Judge an expectation otherwise in this run: ID=warn or MODEL.ID=error
    #[arg(long, value_name = "ID=SEVERITY")]
    pub severity: Vec<String>,
    /// A file that replaces the rows that came in under its name before, or is read again after a change of the contract
    #[arg(long, value_name = "FILE")]
    pub supersede: Vec<String>,
    /// A file whose rows are taken out again; it stays out until its bytes change or --supersede names it
    #[arg(long, value_name = "FILE")]
    pub withdraw: Vec<String>,
    /// Exit with 1 on warnings too
    #[arg(long, value_name = "VERDICT")]
    pub fail_on: Option<FailOn>,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// What a command takes that judges something.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// Also write a document: junit, sarif, github, markdown or json, to a file
    #[arg(long, value_name = "KIND=PATH")]
    pub report: Vec<ReportTo>,
}

/// A document and the file it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTo {
    pub document: Document,
    pub path: PathBuf,
}

impl std::str::FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((kind, path)) if !path.is_empty() => Ok(Self {
                document: kind.parse()?,
                path: path.into(),
            }),
            _ => Err("write KIND=PATH, for example junit=reports/run.xml".to_owned()),
        }
    }
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Compare with the commit where this branch left REF: changed contracts must raise their
    /// version, weaker gates must say why
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    #[command(flatten)]
    pub reports: ReportArgs,
}

#[derive(Args, Debug)]
pub struct ProfileArgs {
    /// A CSV file, a model, or raw.<source>
    pub target: String,
    /// Rows in which keys and dependencies are looked for, to be counted over all, at most
    #[arg(long, value_name = "N", default_value_t = lockgate::profile::SAMPLE)]
    pub sample: usize,
    /// Write the suggested contract and expectations into the project, and the model of a new source
    #[arg(long)]
    pub write: bool,
    /// Write them into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "write")]
    pub out: Option<PathBuf>,
    /// Write over files that are there, but over no model
    #[arg(long)]
    pub force: bool,
}

#[derive(Args, Debug)]
pub struct TestArgs {
    /// Models whose tests run: names, globs, layer:x, path:x, state:modified, with + before or after
    #[arg(value_name = "TERM")]
    pub select: Vec<String>,
    /// What state:modified compares with: a commit, branch or tag
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    #[command(flatten)]
    pub reports: ReportArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Warn,
}

#[derive(Args, Debug)]
pub struct SampleArgs {
    /// Rows of each source's file, every month
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub rows: u64,
    /// Months from January 2024
    #[arg(long, value_name = "M", default_value_t = 3)]
    pub months: u32,
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Something wrong in one month: KIND@MONTH, such as rename@4
    #[arg(long, value_name = "KIND@MONTH")]
    pub fault: Vec<lockgate::sample::Fault>,
    /// Where the files go; the folder is made if it is not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub struct FuzzArgs {
    /// The cleaners [default: all]
    #[arg(value_name = "CLEANER")]
    pub cleaners: Vec<String>,
    /// Texts to try of each cleaner
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub cases: u64,
    /// How long all of it may take, such as 30s, 5m or 1h [default: no bound]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub time: Option<Duration>,
    /// Try the texts of an earlier run again [default: others each time]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// A day, its year in full.
fn day(text: &str) -> Result<NaiveDate, String> {
    let read = dates::Form::new("%Y-%m-%d").and_then(|form| form.date(text));
    read.ok_or_else(|| "not a date such as 2024-01-31".to_owned())
}

/// A number of seconds, minutes or hours.
fn time(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let seconds = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*seconds)
    });
    let seconds = seconds.ok_or("write a whole number and s, m or h, such as 30s")?;
    Ok(Duration::from_secs(seconds))
}
