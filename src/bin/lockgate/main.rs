//! Arguments to one library call to an exit code: the only place that prints or reads the clock.

mod args;
mod commands;
mod context;
mod documents;
mod exit;
mod output;
mod progress;
mod stdout;
mod stop;

use std::process::ExitCode;

use clap::Parser;
use lockgate::error::{Error, Result};

use args::{Cli, Color, Command, OutputFormat};
use commands::*;
use output::reported;

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
            if !matches!(cli.command, Command::Run(_)) {
                stop::at_once();
            }
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
            let error = lockgate::engine::advised(error);
            documents::complain(&error, format);
            ExitCode::from(error.exit_code())
        }
    }
}

async fn command(cli: Cli) -> Result<u8> {
    cli.fits()?;
    let global = &cli.global;
    let answer = match cli.command {
        Command::Run(args) => {
            return reported("run", global, &args.reports, run::run(global, &args).await);
        }
        Command::Check(args) => {
            return reported(
                "check",
                global,
                &args.reports,
                check::run(global, &args).await,
            );
        }
        Command::Test(args) => {
            return reported(
                "test",
                global,
                &args.reports,
                test::run(global, &args).await,
            );
        }
        Command::Fuzz(args) => {
            return reported(
                "fuzz",
                global,
                &args.reports,
                fuzz::run(global, &args).await,
            );
        }
        Command::Diff(args) => diff::run(global, &args).await,
        Command::Query {
            sql,
            limit,
            timeout,
        } => query::run(global, &sql, limit, timeout).await,
        Command::Show { model, limit } => show::run(global, &model, limit).await,
        Command::Trace { model, row, limit } => trace::run(global, &model, &row, limit).await,
        Command::Profile(args) => profile::run(global, &args).await,
        Command::History { limit, expectation } => {
            history::run(global, expectation.as_deref(), limit).await
        }
        Command::Report(args) => report::run(global, &args).await,
        Command::Docs(args) => docs::run(global, &args).await,
        Command::Notify { to } => notify::run(global, &to).await,
        Command::Judge(args) => judge::run(global, &args).await,
        Command::Explain { name } => explain::run(global, name.as_deref()),
        Command::Schema { file } => schema::run(&file),
        Command::Init { dir, example } => init::run(global, &dir, example),
        Command::Doctor => doctor::run(global).await,
        Command::Sample(args) => sample::run(global, &args),
    };
    answer?.print(global)
}
