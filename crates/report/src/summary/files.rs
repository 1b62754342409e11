//! What became of the files.

use lockgate_core::outcome::{FileRun, FileState, Run};

use super::super::counted;
use super::super::style::{BAD, ODD, STRONG};
use super::wrapped;

/// How many files came in, and what is odd about which; of quiet only that.
pub(super) fn files(run: &Run, quiet: bool) -> String {
    let count = |state: FileState| {
        let files = run.files.iter().filter(|file| file.state == state);
        files.count() as u64
    };
    let (new, known, refused) = (
        count(FileState::New),
        count(FileState::Known),
        count(FileState::Refused),
    );
    let withdrawn = match count(FileState::Withdrawn) {
        0 => String::new(),
        count => format!(", {count} withdrawn"),
    };
    let mut text = String::new();
    if !quiet {
        let rows: u64 = run
            .files
            .iter()
            .filter(|file| file.state == FileState::New)
            .filter_map(|file| file.rows)
            .sum();
        text.push_str(&format!(
            "files   {} new ({}), {known} known, {refused} refused{withdrawn}\n",
            new,
            counted(rows, "row")
        ));
    }
    for file in &run.files {
        text.push_str(&file_lines(file));
    }
    for name in &run.unclaimed {
        text.push_str(&format!(
            "{ODD}  odd     {ODD:#}{name}: belongs to no source of the project\n"
        ));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn file_lines(file: &FileRun) -> String {
    let mut text = String::new();
    let reasons = file.reason.iter().flat_map(|reason| reason.lines());
    let reasons = reasons.map(|reason| (BAD, "refused", reason));
    let warnings = file
        .warnings
        .iter()
        .map(|warning| (ODD, "odd", warning.as_str()));
    for (style, word, told) in reasons.chain(warnings) {
        text.push_str(&format!(
            "{style}  {word:7}{style:#} {STRONG}{}{STRONG:#}\n",
            file.name
        ));
        text.push_str(&wrapped(told, 10));
    }
    text
}
