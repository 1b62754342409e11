//! Which commands answer in which formats: one table, asked before anything is done.

use lockgate::error::{Error, Problem, Result};

use super::{Cli, Command, OutputFormat};

impl Command {
    /// The command's name, and whether its answer is rows, which can be CSV. All know JSON.
    fn answer(&self) -> (&'static str, bool) {
        match self {
            Self::Run(_) => ("run", true),
            Self::Check(_) => ("check", true),
            Self::Test(_) => ("test", true),
            Self::Diff(_) => ("diff", true),
            Self::Query { .. } => ("query", true),
            Self::Show { .. } => ("show", true),
            Self::History { .. } => ("history", true),
            Self::Judge(_) => ("judge", true),
            Self::Fuzz(_) => ("fuzz", true),
            Self::Trace { .. } => ("trace", false),
            Self::Doctor => ("doctor", false),
            Self::Profile(_) => ("profile", false),
            Self::Report(_) => ("report", false),
            Self::Docs(_) => ("docs", false),
            Self::Notify { .. } => ("notify", false),
            Self::Explain { .. } => ("explain", false),
            Self::Schema { .. } => ("schema", false),
            Self::Init { .. } => ("init", false),
            Self::Sample(_) => ("sample", false),
        }
    }
}

impl Cli {
    /// Refuses a format that the command does not answer in.
    pub fn fits(&self) -> Result<()> {
        let (name, rows) = self.command.answer();
        let refused = |message: String, help: &str| {
            let problem = Problem::new("lockgate::argument", message);
            Err(Error::project(problem.help(help)))
        };
        if self.global.format == OutputFormat::Csv && !rows {
            let message =
                format!("the answer of `lockgate {name}` is no list of rows, so it cannot be CSV");
            return refused(message, "ask for --format json or --format table");
        }
        if self.global.csv_safe && self.global.format != OutputFormat::Csv {
            let message = "--csv-safe changes nothing without --format csv".to_owned();
            return refused(message, "add --format csv, or take --csv-safe out");
        }
        Ok(())
    }
}
