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
//! # Crates and floors
//!
//! ```text
//! lockgate (this crate, and the binary)
//!   ├── lockgate-engine   DataFusion and Delta Lake, and nobody else's
//!   ├── lockgate-report   what is written of a run, a check, a project
//!   ├── lockgate-core     contracts, expectations, projects, records: no engine
//!   ├── lockgate-clean    the cleaners and their laws
//!   └── lockgate-sample   the generator of the sample data
//! ```
//!
//! The engine and the report know the core, the core knows the cleaners. The compiler holds
//! that. What is left stands on floors:
//!
//! ```text
//! 2  main
//! 1  run
//! 0  unit  check  diff  trace  profile  fuzz  judge  doctor  |  notify  reference  init
//! ```
//!
//! A module imports only lower floors; `unit` begins with a `check`, and `run` with both.
//! These hold, each by a test: imports go down; DataFusion's session is built in one place, and
//! all SQL goes through one gateway; nothing prints and nothing reads the clock but `main`; the
//! same data and project give the same record but for its id and times; every
//! example of every kind and cleaner runs through the real engine.
//!
//! # What a reader of the tables can rely on
//!
//! - A published table never held a row that its gate refused: rows are staged,
//!   measured, judged, and made visible by one commit, or not at all.
//! - A file comes in whole or not at all, once, and what was judged of it with it.
//! - A run killed at any instant leaves the published tables as they were.
//! - Runs at the same time leave what one of them after the other would have left.
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

pub use lockgate_clean as clean;
pub use lockgate_core::{
    contract, dates, document, error, expect, intake, outcome, project, table_name,
};
pub use lockgate_engine as engine;
pub use lockgate_engine::history;
pub use lockgate_report as report;
pub use lockgate_sample as sample;

pub mod check;
pub mod diff;
pub mod doctor;
pub mod fuzz;
pub mod init;
pub mod judge;
pub mod notify;
pub mod profile;
pub mod reference;
pub mod run;
pub mod trace;
pub mod unit;
