//! What a stored run may show where the project shows no values.

use super::{FileRun, Gate, ModelRun, Outcome, Run, Verdict};

/// Stands in place of a text of the engine, which may quote a value.
const LEFT_OUT: &str = "why is not shown: the project shows no values (samples = 0)";

impl Run {
    /// The run as a project shows it that has this many `samples`: with 0, a record that was
    /// made when there were more loses every value of a row or of a file.
    pub fn shown_with(mut self, samples: usize) -> Self {
        if samples == 0 {
            self.tables.clear();
            self.files.iter_mut().for_each(FileRun::hide_values);
            self.models.iter_mut().for_each(ModelRun::hide_values);
        }
        self
    }
}

impl FileRun {
    /// Leaves out every value of a row or of the file.
    pub fn hide_values(&mut self) {
        if self.reason.is_some() {
            let masked = self.masked.clone();
            self.reason = Some(masked.unwrap_or_else(|| LEFT_OUT.to_owned()));
        }
        if let Some(masked) = self.masked_warnings.take() {
            self.warnings = masked;
        }
        self.outcomes.iter_mut().for_each(Outcome::hide_values);
    }
}

impl ModelRun {
    fn hide_values(&mut self) {
        let failed = self.gate == Gate::Closed && self.rows.is_none();
        if failed && self.note.is_some() {
            self.note = Some(format!("the query failed; {LEFT_OUT}"));
        }
        self.outcomes.iter_mut().for_each(Outcome::hide_values);
    }
}

impl Outcome {
    fn hide_values(&mut self) {
        self.samples.clear();
        if self.verdict == Verdict::Error && self.note.is_some() {
            self.note = Some(LEFT_OUT.to_owned());
        }
    }
}
