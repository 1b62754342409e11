//! What was judged of one file, as it is kept in the commit that takes the file in.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// The form of [`FileRecord`] that this version writes; it reads this one and all before it.
pub const FORMAT: u32 = 1;

/// The verdicts and figures of one file of a source.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FileRecord {
    pub format: u32,
    /// The run that took the file in.
    pub run_id: String,
    /// What is odd about the file, and did not keep it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The same without what the file says, where that is another text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_warnings: Option<Vec<String>>,
    /// One for each expectation of its source, in their order.
    pub points: Vec<Point>,
}

/// One expectation of one file: the question's fingerprint, the figures, the limits, the verdict.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Point {
    /// Without samples: no row of the data is kept here.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The days and values that it was held against, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<(String, Option<f64>)>,
}

impl FileRecord {
    /// The outcomes as a run tells them.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let points = self.points.iter();
        points.map(|point| point.outcome.clone()).collect()
    }

    /// Reads what [`FileRecord::text`] wrote, in this version or an earlier one.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn of(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let form: Form = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if form.format > FORMAT {
            return Err(format!(
                "it was written in format {} by a later version of lockgate; this one knows {FORMAT}",
                form.format
            ));
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The record as one line of JSON.
    ///
    /// # Errors
    /// A value that JSON has no form for.
    pub fn text(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_later_version_is_told_and_not_half_read() {
        let later = r#"{"format": 2, "run_id": "r", "points": [{"new": true}]}"#;
        let told = FileRecord::of(later).unwrap_err();
        assert_eq!(
            told,
            "it was written in format 2 by a later version of lockgate; this one knows 1"
        );
    }

    #[test]
    fn a_record_reads_as_it_was_written() {
        let record = FileRecord {
            format: FORMAT,
            run_id: "r".to_owned(),
            warnings: vec!["odd".to_owned()],
            masked_warnings: None,
            points: Vec::new(),
        };
        assert_eq!(FileRecord::of(&record.text().unwrap()), Ok(record));
    }
}
