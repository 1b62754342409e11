//! Markdown for a comment of a merge request and for the summary of a step.

use lockgate_core::outcome::{Gate, Verdict};

use super::document::Frame;
use super::suites::{Case, Suite, Suites};
use super::tally::tallied;
use super::{counted, cut, grouped};

/// Bytes of a comment at most: GitHub takes 65,536 characters.
pub const COMMENT: usize = 65_536;

/// Bytes of the summaries of a step at most.
pub const STEP_SUMMARY: usize = 1024 * 1024;

/// Bytes kept free for the lines that count what is left out, and for the advice.
const RESERVE: usize = 2048;

/// Gates above which their table is folded, so that what failed is seen first.
const UNFOLDED: usize = 30;

/// Rows of a finding at most.
const ROWS: usize = 10;

/// Characters of a text at most.
const TEXT: usize = 500;

/// The verdict, the files, the gates, and what did not pass with its first rows.
///
/// At most `limit` bytes: what does not fit is counted, the worst being shown
/// first. Text from the project or the data cannot become Markdown, HTML or a
/// mention. Empty where not even the verdict fits.
pub fn markdown(suites: &Suites, frame: &Frame<'_>, limit: usize) -> String {
    let mut page = Page {
        text: String::new(),
        limit,
    };
    if !page.add(&title(suites), 0) {
        return String::new();
    }
    page.all(
        suites
            .head
            .iter()
            .map(|line| format!("- {}\n", plain(line))),
        "line",
    );
    refused(suites, &mut page);
    gates(suites, &mut page);
    findings(suites, frame, &mut page);
    if let Some(advice) = &suites.advice {
        page.add(&format!("\n**What to do**: {}\n", plain(advice)), 0);
    }
    page.text
}

/// A text that grows up to a limit.
struct Page {
    text: String,
    limit: usize,
}

impl Page {
    /// Adds a block if it fits with `reserve` bytes to spare; whether it did.
    fn add(&mut self, block: &str, reserve: usize) -> bool {
        let fits = self.text.len() + block.len() + reserve <= self.limit;
        if fits {
            self.text.push_str(block);
        }
        fits
    }

    /// Adds blocks as long as they fit, and counts the others.
    fn all(&mut self, blocks: impl IntoIterator<Item = String>, what: &str) {
        let mut blocks = blocks.into_iter();
        let mut left = 0;
        for block in blocks.by_ref() {
            if !self.add(&block, RESERVE) {
                left = 1;
                break;
            }
        }
        left += blocks.count();
        if left > 0 {
            let more = counted(left as u64, what);
            self.add(&format!("\n{more} more left out\n"), 0);
        }
    }
}

fn title(suites: &Suites) -> String {
    let (mark, word) = match suites.verdict {
        Verdict::Pass | Verdict::Skip => ("✅", "passed"),
        Verdict::Warn => ("⚠️", "passed with warnings"),
        Verdict::Fail => ("❌", "failed"),
        Verdict::Error => ("❌", "could not be judged"),
    };
    let name = match &suites.project {
        Some(project) => format!("{} {}", suites.command, plain(project)),
        None => suites.command.to_owned(),
    };
    format!("## {mark} lockgate {name}: {word}\n\n")
}

/// The files that did not come in, which stand above everything else.
fn refused(suites: &Suites, page: &mut Page) {
    let cases = suites.with(Verdict::Fail).map(|(_, case)| case);
    let files = cases.filter(|case| case.rule == "source_file");
    let lines = files.map(|case| format!("- {} refused: {}\n", code(&case.name), told(&case.says)));
    page.all(lines, "refused file");
}

fn gates(suites: &Suites, page: &mut Page) {
    let models: Vec<&Suite> = suites
        .suites
        .iter()
        .filter(|it| it.gate.is_some())
        .collect();
    if models.is_empty() {
        return;
    }
    let folded = models.len() > UNFOLDED;
    let (open, close) = match folded {
        true => (
            format!("\n<details><summary>{} gates</summary>\n", models.len()),
            "\n</details>\n",
        ),
        false => (String::new(), ""),
    };
    let head = page.add(
        &format!("{open}\n| gate | layer | model | rows | verdicts |\n|---|---|---|--:|---|\n"),
        RESERVE,
    );
    if !head {
        return;
    }
    // Where not all fit, those that need a look stand first.
    let (look, fine): (Vec<&Suite>, Vec<&Suite>) = models.into_iter().partition(|model| {
        folded && (model.gate != Some(Gate::Open) || worst(model) > Verdict::Pass)
    });
    let share = page.text.len() + (page.limit.saturating_sub(page.text.len())) / 3;
    let whole = std::mem::replace(&mut page.limit, share);
    page.all(look.into_iter().chain(fine).map(row), "gate");
    page.limit = whole;
    page.add(close, 0);
}

fn worst(model: &Suite) -> Verdict {
    let verdicts = model.cases.iter().map(|case| case.verdict);
    verdicts.max().unwrap_or(Verdict::Pass)
}

fn row(model: &Suite) -> String {
    let gate = match model.gate {
        Some(Gate::Open) => "🟢 open",
        Some(Gate::Closed) => "🔴 closed",
        Some(Gate::Skipped) | None => "⚪ skipped",
    };
    let verdicts = match (&model.note, model.gate) {
        (Some(note), Some(Gate::Skipped)) => plain(note),
        _ => tallied(|verdict| model.count(verdict)),
    };
    format!(
        "| {gate} | {} | {} | {} | {verdicts} |\n",
        plain(model.layer.as_deref().unwrap_or_default()),
        code(&model.name).replace('|', "\\|"),
        model.rows.map_or_else(|| "–".to_owned(), grouped),
    )
}

fn findings(suites: &Suites, frame: &Frame<'_>, page: &mut Page) {
    let shown = |case: &Case| case.rule != "source_file" || case.verdict != Verdict::Fail;
    let aside = suites.with(Verdict::Pass).filter(|(_, case)| case.notable);
    let found: Vec<_> = suites
        .findings()
        .filter(|(_, case)| shown(case))
        .chain(aside)
        .collect();
    if found.is_empty() || !page.add("\n### What did not pass\n", RESERVE) {
        return;
    }
    let mut found = found.into_iter();
    let mut left = Vec::new();
    for (suite, case) in found.by_ref() {
        if !page.add(&finding(suite, case, frame), RESERVE) {
            left.push(case.verdict);
            break;
        }
    }
    left.extend(found.map(|(_, case)| case.verdict));
    if left.is_empty() {
        return;
    }
    let words = [
        (Verdict::Error, "could not be asked"),
        (Verdict::Fail, "failed"),
        (Verdict::Warn, "warned"),
        (Verdict::Pass, "set rows aside"),
    ];
    let parts = words.iter().filter_map(|(verdict, word)| {
        let count = left.iter().filter(|it| *it == verdict).count() as u64;
        (count > 0).then(|| format!("{} {word}", grouped(count)))
    });
    let parts: Vec<String> = parts.collect();
    page.add(&format!("\n**Left out here**: {}.\n", parts.join(", ")), 0);
}

/// One case: figures, reason, place, first rows.
fn finding(suite: &Suite, case: &Case, frame: &Frame<'_>) -> String {
    let word = match case.verdict {
        Verdict::Pass => "ASIDE".to_owned(),
        other => other.as_str().to_uppercase(),
    };
    let name = code(&suite.title(case));
    let mut lines = vec![format!("\n**{word}** {name}: {}", told(&case.says))];
    lines.extend(
        case.because
            .iter()
            .map(|why| format!("because {}", told(why))),
    );
    let places = case
        .place
        .iter()
        .chain(case.related.iter().map(|it| &it.place));
    // The other end of a problem matters; the model's file of an expectation is known by its name.
    let places = places.take(if case.problem { usize::MAX } else { 1 });
    lines.extend(places.map(|at| code(&format!("{}:{}", frame.path(&at.file), at.line))));
    lines.extend(case.help.iter().map(|help| format!("→ {}", told(help))));
    let mut text = lines.join("<br>\n");
    text.push('\n');
    if case.rows.is_empty() {
        return text;
    }
    let rows: Vec<String> = case
        .rows
        .iter()
        .take(ROWS)
        .map(|row| html(&row.line()))
        .collect();
    let more = case.more + case.rows.len().saturating_sub(ROWS) as u64;
    let more = match more {
        0 => String::new(),
        more => format!(" of {}", grouped(more + rows.len() as u64)),
    };
    text.push_str(&format!(
        "\n<details><summary>{}{more}</summary>\n\n<pre>\n{}\n</pre>\n</details>\n",
        counted(rows.len() as u64, case.thing),
        rows.join("\n")
    ));
    text
}

/// A text of any length, cut and made plain.
fn told(text: &str) -> String {
    plain(&cut(text, TEXT))
}

/// A text as it stands: nothing in it is Markdown, HTML or a mention, and it is one line.
/// What it marks with backticks itself, as messages do, is code.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        escape(text, &mut plain);
        return plain;
    }
    for (at, part) in parts.into_iter().enumerate() {
        let marked = at % 2 == 1;
        // A pipe in a code span would end a cell of a table.
        if marked && !part.trim().is_empty() && !part.contains('|') {
            plain.push_str(&code(part));
        } else if marked {
            escape(&format!("`{part}`"), &mut plain);
        } else {
            escape(part, &mut plain);
        }
    }
    plain
}

fn escape(text: &str, plain: &mut String) {
    for c in text.chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            // An empty comment keeps the name apart from its sign.
            '@' => plain.push_str("@<!-- -->"),
            '\n' => plain.push_str("<br>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                plain.push('\\');
                plain.push(c);
            }
            c if c.is_whitespace() || c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
}

/// A text in a code span: the fence is longer than any run of backticks within.
pub(super) fn code(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let runs = line.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    match fence.len() {
        1 => format!("`{line}`"),
        _ => format!("{fence} {line} {fence}"),
    }
}

/// A text within an HTML element.
fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markdown_html_or_a_mention() {
        assert_eq!(
            plain("a|b *c*\n<d> @e"),
            "a\\|b \\*c\\*<br>&lt;d&gt; @<!-- -->e"
        );
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(html("</pre>&"), "&lt;/pre&gt;&amp;");
    }

    #[test]
    fn what_a_message_marks_as_code_is_code() {
        assert_eq!(plain("no column `a_<b>`, ends"), "no column `a_<b>`, ends");
        assert_eq!(plain("a ` b"), "a \\` b");
        assert_eq!(plain("`a|b` c"), "\\`a\\|b\\` c");
        assert_eq!(plain("a ` b ` c ` d"), "a \\` b \\` c \\` d");
        assert_eq!(plain("``"), "\\`\\`");
    }
}
