//! Data-quality gates for layered SQL, on Apache DataFusion.
//!
//! A lock lifts a boat level by level, and no gate opens until the water on
//! both sides agrees. lockgate does that for data: every layer of a SQL
//! pipeline has a gate, and it opens only when the layer's contracts and
//! expectations hold.
//!
//! # The pipeline
//!
//! ```text
//! Expectation --lower--> Measure --measure--> Metric --judge--> Verdict --collect--> Run --render--> report
//! ```
//!
//! Each arrow is one function in one module, and nothing flows back. Measuring
//! is apart from judging, so that stored figures can be judged again.
//!
//! - [`expect`]: an [`Expectation`](expect::Expectation) is a use of a
//!   [`Kind`](expect::Kind); it lowers into a [`Measure`](expect::Measure).
//! - [`engine`] takes files in, builds models into staged files, and measures
//!   their rows while they are written: all row and value measures in one
//!   aggregate over one scan, uniqueness by sorted hashes.
//! - [`expect::judge`] holds a [`Metric`](outcome::Metric) against its bound.
//! - [`unit`](mod@unit) runs models on given rows before anything is taken in.
//! - [`run`](mod@run) opens a model's gate, publishes it, and skips what reads a closed one.
//! - [`profile`] tells what a file or a table holds before anything is asked of it, and suggests what to ask.
//! - [`outcome::Run`] is the record; [`report`] renders it, [`history`] keeps it.
//! - [`check::catalogue`] describes a project from its plans, as an
//!   [`outcome::Catalogue`]; [`report::docs`] renders that as a site.
//!
//! # Floors
//!
//! ```text
//! 5  main
//! 4  run  unit  check  diff  trace  profile  fuzz  judge  |  history  report  notify  reference  init
//! 3  engine
//! 2  project
//! 1  document  contract  expect  intake
//! 0  error  outcome  clean  sample
//! ```
//!
//! A module imports only lower floors. Within one, `outcome` knows `error`; all
//! of floor 1 know `document` and `contract`, and `contract` knows `document`;
//! `run` begins with a `check` and the `unit` tests, and those with a `check`.
//! These hold, each by a test: imports go down; DataFusion's session appears
//! only in `engine`; nothing prints and nothing reads the clock but `main`; the
//! same data and project give the same record but for its id and times; every
//! example of every kind and cleaner runs through the real engine.
//!
//! # What a reader of the tables can rely on
//!
//! - A published table never held a row that its gate refused: rows are staged,
//!   measured, judged, and made visible by one commit, or not at all.
//! - A file comes in whole or not at all, once.
//! - A run killed at any instant leaves the published tables as they were.
//!
//! # Example
//!
//! ```no_run
//! # async fn example() -> lockgate::error::Result<()> {
//! use lockgate::{check, project};
//!
//! let root = project::find(std::path::Path::new("."))?;
//! let project = project::load(&root)?;
//! let checked = check::check(&project).await?;
//! println!("{} models keep their contracts", checked.models.len());
//! # Ok(())
//! # }
//! ```

pub mod check;
pub mod clean;
pub mod contract;
pub mod diff;
pub mod document;
pub mod engine;
pub mod error;
pub mod expect;
pub mod fuzz;
pub mod history;
pub mod init;
pub mod intake;
pub mod judge;
pub mod notify;
pub mod outcome;
pub mod profile;
pub mod project;
pub mod reference;
pub mod report;
pub mod run;
pub mod sample;
pub mod trace;
pub mod unit;
