//! What happens, on a terminal: one line that moves, and none where nobody looks.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use lockgate::run::Event;

pub struct Progress(ProgressBar);

impl Progress {
    /// Shown only where `wanted` and standard error is a terminal.
    pub fn new(wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    pub fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Reads { file } => self.0.set_message(format!("reading {file}")),
            Event::Starts { models } => {
                let style = ProgressStyle::with_template("{spinner} [{pos}/{len}] {msg}");
                if let Ok(style) = style {
                    self.0.set_style(style);
                }
                self.0.set_length(*models as u64);
            }
            Event::Builds { model } => self.0.set_message(format!("building {model}")),
            Event::Judged { .. } => self.0.inc(1),
            Event::Read { .. } => {}
        }
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
