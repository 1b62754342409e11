//! `corpus/<cleaner>.txt`: texts that once broke a law, one JSON string a line.

use std::path::Path;

use crate::error::{Error, Problem, Result, Text};

/// The texts of a cleaner, in the file's order.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Relative to the project.
    pub path: String,
    pub texts: Vec<String>,
}

impl Corpus {
    /// Reads a cleaner's texts; none where there is no file.
    ///
    /// # Errors
    /// A line that is not a JSON string, and a file that cannot be read.
    pub fn read(root: &Path, cleaner: &str) -> Result<Self> {
        let path = format!("corpus/{cleaner}.txt");
        let mut corpus = Self {
            path: path.clone(),
            texts: Vec::new(),
        };
        let text = match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => Text::new(path.as_str(), text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(corpus),
            Err(error) => return Err(Error::engine(format!("reading {path}"), error)),
        };
        let mut problems = Vec::new();
        let mut at = 0;
        for line in text.text.split_inclusive('\n') {
            let span = at..at + line.trim_end().len();
            at += line.len();
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(known) => corpus.texts.push(known),
                Err(error) => problems.push(
                    Problem::new(
                        "lockgate::corpus",
                        format!("this is no JSON string: {error}"),
                    )
                    .at(&text, span, "here")
                    .help("each line is one raw text as a JSON string, such as \"12 N\\u00a0ST\""),
                ),
            }
        }
        if problems.is_empty() {
            Ok(corpus)
        } else {
            Err(Error::Project(problems))
        }
    }

    /// Adds a text, if it is not there, and writes the file; the 1-based line it stands at.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep(&mut self, root: &Path, text: &str) -> Result<u64> {
        if let Some(at) = self.texts.iter().position(|known| known == text) {
            return Ok(at as u64 + 1);
        }
        self.texts.push(text.to_owned());
        let failed = |error: std::io::Error| Error::engine(format!("writing {}", self.path), error);
        let mut file = String::new();
        for text in &self.texts {
            file.push_str(&serde_json::to_string(text).map_err(|error| failed(error.into()))?);
            file.push('\n');
        }
        std::fs::create_dir_all(root.join("corpus")).map_err(failed)?;
        std::fs::write(root.join(&self.path), file).map_err(failed)?;
        Ok(self.texts.len() as u64)
    }
}
