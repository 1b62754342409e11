//! Stopping in order: the first SIGINT or SIGTERM asks a run to stop, a second one stops at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockgate::engine::Warehouse;
use lockgate::error::{Error, Result};
use lockgate::outcome::{FileState, Gate, Run};
use lockgate::report::counted;
use lockgate::run::Event;
use tokio::sync::oneshot;

use crate::args::OutputFormat;
use crate::{documents, exit, stdout};

/// The signals that ask to stop, heard from when it was made: none that comes between two calls is lost.
#[cfg(unix)]
struct Signals(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let [interrupt, terminate] =
            [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok());
        Self(interrupt.zip(terminate).map(<[_; 2]>::from))
    }

    /// The exit code of the next signal.
    async fn next(&mut self) -> u8 {
        let Some([interrupt, terminate]) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            biased;
            _ = interrupt.recv() => exit::INTERRUPTED,
            _ = terminate.recv() => exit::TERMINATED,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => exit::INTERRUPTED,
            Err(_) => std::future::pending().await,
        }
    }
}

/// What a run has come to so far.
#[derive(Default)]
pub struct SoFar(Mutex<Counts>);

#[derive(Clone, Copy, Default)]
struct Counts {
    /// Files looked at, and of those taken in.
    files: u64,
    taken: u64,
    /// Models to build, and of those published.
    models: u64,
    published: u64,
}

impl SoFar {
    pub fn note(&self, event: &Event<'_>) {
        let Ok(mut counts) = self.0.lock() else {
            return;
        };
        match event {
            Event::Starts { models } => counts.models = *models as u64,
            Event::Reads { .. } => counts.files += 1,
            Event::Read { file } => counts.taken += u64::from(file.state == FileState::New),
            Event::Judged { model } => counts.published += u64::from(model.gate == Gate::Open),
            Event::Builds { .. } => {}
        }
    }

    /// One line: what came in and what did not.
    fn told(&self) -> String {
        let counts = self.0.lock().map(|counts| *counts).unwrap_or_default();
        let not_taken = counts.files - counts.taken.min(counts.files);
        let files = match (counts.taken, not_taken) {
            (taken, 0) => format!("{} taken in", counted(taken, "new file")),
            (taken, not) => format!("{} taken in, {not} not", counted(taken, "new file")),
        };
        let models = match counts.models {
            0 => "no model was built".to_owned(),
            all => format!(
                "{} of {} published",
                counts.published,
                counted(all, "model")
            ),
        };
        format!("stopped: {files}; {models}; what was staged is discarded; run again to go on\n")
    }
}

/// Runs to the end, or until a signal: then no commit is cut in two, and what is staged and not
/// committed is removed.
pub async fn or_stopped(
    warehouse: &Warehouse,
    so_far: &SoFar,
    run: impl Future<Output = Result<Run>>,
) -> Result<std::result::Result<Run, u8>> {
    let mut run = Box::pin(run);
    let code = tokio::select! {
        // What is left is the history, in a moment; who does not want to wait asks twice.
        run = &mut run => return finished(warehouse, run).await.map(Ok),
        code = first() => code,
    };
    tokio::select! {
        biased;
        // A commit that has begun comes to its end, and no other begins.
        _quiet = warehouse.between_commits() => drop(run),
        run = &mut run => return finished(warehouse, run).await.map(Ok),
    }
    warehouse.discard_unpublished().await?;
    stdout::aside(&so_far.told());
    Ok(Err(code))
}

/// A run that failed leaves nothing staged either.
async fn finished(warehouse: &Warehouse, run: Result<Run>) -> Result<Run> {
    if run.is_err() {
        // What is told is why the run failed.
        let _ = warehouse.discard_unpublished().await;
    }
    run
}

/// The first signal; a second one ends the process.
async fn first() -> u8 {
    let (heard, first) = oneshot::channel();
    apart(async {
        let mut signals = Signals::listen();
        // Nobody waits for it where the run has ended.
        let _ = heard.send(signals.next().await);
        std::process::exit(signals.next().await.into())
    });
    match first.await {
        Ok(code) => code,
        // There is no thread to hear it; then the system's own handling stands.
        Err(_) => std::future::pending().await,
    }
}

/// The next signal ends the process.
pub fn at_once() {
    apart(async { std::process::exit(Signals::listen().next().await.into()) });
}

/// Ends the process as with this error, unless it is dropped before its time.
#[must_use]
pub struct Deadline(Arc<AtomicBool>);

impl Deadline {
    pub fn after(bound: Duration, format: OutputFormat, error: Error) -> Self {
        let met = Arc::new(AtomicBool::new(false));
        let deadline = Self(met.clone());
        std::thread::spawn(move || {
            std::thread::sleep(bound);
            if !met.load(Ordering::SeqCst) {
                documents::complain(&error, format);
                std::process::exit(error.exit_code().into())
            }
        });
        deadline
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// On a thread of its own: a query that computes for long keeps every worker busy.
fn apart(heard: impl Future<Output = ()> + Send + 'static) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(heard);
        }
    });
}
