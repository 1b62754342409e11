//! A record rendered: for a terminal, as JSON, as CSV, and as the documents that
//! other programs read. Nothing here prints.
//!
//! What a command found becomes [`Suites`] once; [`junit()`], [`sarif()`],
//! [`annotations`] and [`markdown()`] each render those.

mod change;
mod diagnostic;
mod diff;
mod diff_markdown;
mod document;
mod gather;
mod github;
mod health;
mod html;
mod junit;
mod laws;
mod markdown;
pub mod month;
mod month_markdown;
mod page;
mod profile;
mod record;
mod rejudged;
mod sarif;
mod slack;
mod suites;
mod summary;
mod tally;
mod tested;
mod trace;
mod value;

pub use change::{compared_summary, stopped_json};
pub use diagnostic::{diagnostic, problems_aside, problems_json};
pub use diff::{diff_page, diff_summary};
pub use diff_markdown::diff_markdown;
pub use document::{Document, Frame, Rule};
pub use gather::{of_check, of_error, of_fuzz, of_run};
pub use github::{AT_A_STEP, annotations};
pub use health::health;
pub use html::{SiteFile, docs, html};
pub use junit::junit;
pub use laws::law_page;
pub use markdown::{COMMENT, STEP_SUMMARY, markdown};
pub use month::Month;
pub use month_markdown::month_markdown;
pub use page::page;
pub use profile::{profile, written};
pub use record::{checked_page, json, outcomes_page};
pub use rejudged::rejudged;
pub use sarif::sarif;
pub use slack::slack;
pub use suites::{Case, Fact, Related, Row, Suite, Suites};
pub use summary::{check_summary, run_summary, show_summary};
pub use tested::{of_test, test_summary};
pub use trace::trace;

/// How much a summary tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Only what did not pass.
    Quiet,
    #[default]
    Normal,
    /// Every expectation too.
    Verbose,
}

/// How a command's answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    #[default]
    Table,
    Json,
    /// The values as they are.
    Csv,
    /// CSV whose cells no spreadsheet takes for a formula.
    CsvSafe,
}

/// The styles of a terminal; the caller strips them where they do not belong.
pub mod style {
    use anstyle::{AnsiColor, Style};

    pub const GOOD: Style = AnsiColor::Green.on_default();
    pub const ODD: Style = AnsiColor::Yellow.on_default();
    pub const BAD: Style = AnsiColor::Red.on_default().bold();
    pub const DIM: Style = Style::new().dimmed();
    pub const STRONG: Style = Style::new().bold();
}

/// `1 row`, `2 rows`.
pub fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// A whole number with its thousands apart: `1,234,567`.
///
/// ```
/// assert_eq!(lockgate_report::grouped(1234567), "1,234,567");
/// ```
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text cut to `width` characters, the last of them an ellipsis.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
