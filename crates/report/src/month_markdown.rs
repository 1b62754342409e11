//! A month as Markdown.

use super::month::{
    Account, Month, News, TEST, Tone, accounts, day, figures, month_name, sample_line,
};
use super::tested::{self, shown_columns};
use super::{counted, grouped};
use lockgate_core::outcome::when::stamp;
use lockgate_core::outcome::{FileState, Gate, State, TableDiff, Verdict};

/// Columns of a unit test's rows at most.
const COLUMNS: usize = 6;

/// The document; ends in a line break. What passed is counted, not listed.
pub fn month_markdown(month: &Month<'_>) -> String {
    let run = month.run;
    let mut text = format!(
        "# {}: {}\n\n**{}**\n",
        plain(&run.project),
        month_name(run.as_of),
        plain(&month.headline())
    );
    match month.before {
        Some(before) => text.push_str(&format!(
            "\n## What is new since {}\n\n",
            month_name(before.as_of)
        )),
        None => text.push_str("\n## What the first run found\n\n"),
    }
    if month.news.is_empty() {
        text.push_str("Nothing.\n");
    }
    for news in &month.news {
        text.push_str(&item(news));
    }
    if !month.standing.is_empty() {
        text.push_str(&format!(
            "\n## {} as before\n\n",
            counted(month.standing.len() as u64, "warning")
        ));
        for news in &month.standing {
            let since = news
                .since
                .map_or(String::new(), |since| format!(", since {}", day(since)));
            text.push_str(&format!("- {}{since}\n", plain(&news.title)));
        }
    }
    text.push_str(&gates(month));
    text.push_str(&files(month));
    text.push_str(&flow(&accounts(month)));
    if let Some(told) = month.tests().told() {
        let told = super::month::capital(&told);
        text.push_str(&format!("\n## Unit tests\n\n{told}\n"));
    }
    text.push_str(&format!(
        "\nRun `{}`, {}.\n",
        run.run_id,
        stamp(run.started)
    ));
    text
}

fn item(news: &News<'_>) -> String {
    let sign = match news.tone {
        Tone::Bad => "🔴",
        Tone::Odd => "🟡",
        Tone::Note => "🔵",
        Tone::Good => "🟢",
    };
    let since = news
        .since
        .map_or(String::new(), |since| format!(", since {}", day(since)));
    let mut text = format!("- {sign} **{}**{since}\n", plain(&news.title));
    for told in news.quoted.iter().chain(&news.told) {
        text.push_str(&format!("  {}\n", plain(told)));
    }
    for shown in &news.evidence {
        let outcome = shown.outcome;
        if !news.title.starts_with(&outcome.id) && outcome.kind != TEST {
            text.push_str(&format!(
                "  - {}.{}: {}\n",
                plain(&shown.table),
                plain(&outcome.id),
                plain(&figures(outcome))
            ));
        }
        if let Some(because) = &outcome.because {
            text.push_str(&format!("  - asked because {}\n", plain(because)));
        }
        for sample in &outcome.samples {
            text.push_str(&format!("  - {}\n", plain(&sample_line(sample))));
        }
        if let Some(table) = &outcome.table {
            text.push_str(&format!("  - {}\n", plain(&outcome.location.to_string())));
            text.push_str(&diff(table));
        }
    }
    text
}

/// The rows that are not as expected, as a table in the item; a cell in bold is another than expected.
fn diff(table: &TableDiff) -> String {
    let columns = shown_columns(table, COLUMNS);
    let names = columns.iter().filter_map(|at| table.columns.get(*at));
    let names: Vec<String> = names.map(|name| plain(name)).collect();
    let mut text = format!(
        "\n  | row | {} |\n  |---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for row in &table.rows {
        let lines = match row.state {
            State::Differs => vec![("expected", &row.expected), ("found", &row.found)],
            State::Missing => vec![("missing", &row.expected)],
            State::Unexpected => vec![("unexpected", &row.found)],
        };
        for (word, cells) in lines {
            let cells = cells.as_deref().unwrap_or_default();
            let cells: Vec<_> = row.cells(cells).collect();
            let shown = columns.iter().filter_map(|at| cells.get(*at));
            let shown = shown.map(
                |(value, other)| match (plain(&tested::cell(*value)), other) {
                    (text, true) => format!("**{text}**"),
                    (text, false) => text,
                },
            );
            let shown: Vec<String> = shown.collect();
            text.push_str(&format!("  | {word} | {} |\n", shown.join(" | ")));
        }
    }
    if table.more > 0 {
        text.push_str(&format!("\n  and {} more\n", counted(table.more, "row")));
    }
    text.push('\n');
    text
}

fn gates(month: &Month<'_>) -> String {
    if month.run.models.is_empty() {
        return String::new();
    }
    let mut text = "\n## Gates\n\n| layer | model | gate | rows | failed | warned | passed |\n|---|---|---|--:|--:|--:|--:|\n".to_owned();
    for model in &month.run.models {
        let gate = match model.gate {
            Gate::Open => "open",
            Gate::Closed => "**closed**",
            Gate::Skipped => "waits",
        };
        let failed = model.with(Verdict::Fail).count() + model.with(Verdict::Error).count();
        text.push_str(&format!(
            "| {} | {} | {gate} | {} | {failed} | {} | {} |\n",
            plain(&model.layer),
            plain(&model.name),
            model.rows.map_or_else(String::new, grouped),
            model.with(Verdict::Warn).count(),
            model.with(Verdict::Pass).count(),
        ));
    }
    text
}

fn files(month: &Month<'_>) -> String {
    if month.arrived().next().is_none() {
        return String::new();
    }
    let mut text =
        "\n## What came in\n\n| file | state | rows | the files before |\n|---|---|--:|--:|\n"
            .to_owned();
    for file in month.arrived() {
        let state = match file.state {
            FileState::Refused => "**refused**",
            state => state.as_str(),
        };
        let earlier: Vec<String> = month.earlier_sizes(file).into_iter().map(grouped).collect();
        text.push_str(&format!(
            "| {} | {state} | {} | {} |\n",
            plain(&file.name),
            file.rows.map_or_else(String::new, grouped),
            earlier.join(" · ")
        ));
    }
    text
}

fn flow(accounts: &[Account<'_>]) -> String {
    if accounts.is_empty() {
        return String::new();
    }
    let mut text = "\n## Row accounts\n\n| table | rows | set aside | merged or left out | account |\n|---|--:|--:|--:|---|\n".to_owned();
    for account in accounts {
        let balance = match account.balances {
            Some(true) => "balances",
            Some(false) => "**does not balance**",
            None => "",
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {balance} |\n",
            plain(&account.table),
            account.rows.map_or_else(|| "not built".to_owned(), grouped),
            grouped(account.set_aside),
            account.merged().map_or_else(String::new, grouped),
        ));
    }
    text
}

/// A text that Markdown and HTML take for nothing but text, on one line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                plain.extend(['\\', letter])
            }
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            // A name after an at sign would be called.
            '@' => plain.push_str("@\u{200b}"),
            letter if letter.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}
