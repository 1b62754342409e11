//! A profile for a person: the columns as a table, then keys, dependencies, findings, suggestions.

use lockgate_core::outcome::{Candidate, ColumnProfile, Dependency, Next, Place, Profile, Written};

use super::style::{BAD, DIM, GOOD, ODD, STRONG};
use super::{counted, cut, grouped};

/// Characters of a line, and of a column's name and form in the table.
const WIDTH: usize = 100;
const NAME: usize = 30;
const FORM: usize = 18;

/// Characters of a finding's kind.
const KIND: usize = 12;

/// Candidate keys told by name; the others are counted.
const KEYS: usize = 6;

/// Renders a profile; `suggestions`: also the files to write. Ends in a line break.
pub fn profile(profile: &Profile, suggestions: bool) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}  {}  {DIM}{}{DIM:#}\n",
        profile.subject,
        counted(profile.rows, "row"),
        profile.read
    );
    if profile.sampled < profile.rows {
        let rows = grouped(profile.sampled);
        text.push_str(&format!(
            "{DIM}keys and dependencies were looked for in {rows} rows, evenly chosen, and counted over all;\n\
             quartiles, shapes, words for nothing, damage and spellings are of those rows{DIM:#}\n"
        ));
    }
    if profile.masked {
        text.push_str(&format!(
            "{DIM}samples = 0: values of columns with many of them are left out{DIM:#}\n"
        ));
    }
    text.push_str(&columns(profile));
    section(&mut text, "Keys", keys(profile));
    let mut dependencies = dependencies(&profile.dependencies);
    match profile.more_dependencies {
        0 => {}
        1 => dependencies.push(format!("{DIM}and 1 more that says less{DIM:#}")),
        n => dependencies.push(format!("{DIM}and {} more that say less{DIM:#}", grouped(n))),
    }
    section(&mut text, "Dependencies", dependencies);
    let findings = profile.findings.iter().flat_map(|finding| {
        let style = match finding.kind {
            "foreign" | "misplaced" | "stray" | "damaged" => BAD,
            _ => ODD,
        };
        let mut lines = said(&finding.says, &finding.breaking, KIND);
        if let Some(first) = lines.first_mut() {
            *first = format!("{style}{:<KIND$}{style:#}{first}", finding.kind);
        }
        lines
    });
    section(&mut text, "Findings", findings.collect());
    if suggestions {
        let model = profile.next.iter().map(|next| &next.model);
        for file in profile.suggestions.iter().chain(model) {
            text.push_str(&format!(
                "\n{STRONG}Suggested: {}{STRONG:#}\n\n{}",
                file.path, file.text
            ));
        }
        if !profile.suggestions.is_empty() {
            text.push_str(&format!(
                "\n{DIM}to write these files: --write into the project, --out DIR elsewhere; -q leaves them out{DIM:#}\n"
            ));
        }
    }
    text
}

/// What was written into the project, and what is to be done next. Every line ends in a line break.
pub fn written(written: &Written, next: Option<&Next>) -> String {
    let files = written.files.iter();
    let mut text: String = files.map(|path| format!("written: {path}\n")).collect();
    let Some(next) = next else { return text };
    match &written.kept {
        None => text.push_str(&format!("next: {}\n", next.then)),
        Some(path) => text.push_str(&format!(
            "{path} is there already, and left as it is\n\
             next: {}; write one, such as\n\n{}\nand then: {}\n",
            next.says,
            textwrap::indent(&next.model.text, "    "),
            next.then
        )),
    }
    text
}

fn section(text: &mut String, title: &str, lines: Vec<String>) {
    if !lines.is_empty() {
        text.push_str(&format!("\n{STRONG}{title}{STRONG:#}\n"));
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("  {line}\n")));
    }
}

/// What one column or set tells without a break is one sentence, at the place of the first.
fn dependencies(all: &[Dependency]) -> Vec<String> {
    let whole = |one: &Dependency| one.when.is_none() && one.holds == one.of;
    let alike =
        |a: &Dependency, b: &Dependency| whole(a) && whole(b) && a.from == b.from && a.of == b.of;
    let mut lines = Vec::new();
    for (place, one) in all.iter().enumerate() {
        if all[..place].iter().any(|before| alike(before, one)) {
            continue;
        }
        let told = all.iter().filter(|other| alike(one, other));
        let told: Vec<String> = told.map(|other| format!("`{}`", other.to)).collect();
        let says = match told.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                let list = format!("{} and {last} in all ", rest.join(", "));
                one.says
                    .replacen(&format!("`{}` in all ", one.to), &list, 1)
            }
            _ => one.says.clone(),
        };
        lines.extend(said(&says, &one.breaking, 0));
    }
    lines
}

/// A sentence in lines that fit beside `indent` characters, and under it the rows that break it.
fn said(says: &str, breaking: &[Place], indent: usize) -> Vec<String> {
    let folded = textwrap::wrap(says, WIDTH - 2 - indent).into_iter();
    let mut lines: Vec<String> = folded.map(|line| line.into_owned()).collect();
    let pad = " ".repeat(indent);
    lines
        .iter_mut()
        .skip(1)
        .for_each(|line| *line = format!("{pad}{line}"));
    if !breaking.is_empty() {
        let places: Vec<String> = breaking.iter().map(place).collect();
        let places = cut(&places.join("; "), WIDTH - 4 - indent);
        lines.push(format!("{pad}{DIM}  {places}{DIM:#}"));
    }
    lines
}

fn place(place: &Place) -> String {
    let line = match (&place.file, place.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (None, Some(line)) => format!("line {line}"),
        _ => "a row with".to_owned(),
    };
    match (&place.value, place.line) {
        (Some(value), _) => format!("{line} {}", cut(value, 28)),
        (None, Some(_)) => line,
        (None, None) => "a row".to_owned(),
    }
}

fn keys(profile: &Profile) -> Vec<String> {
    let set = |key: &Candidate| key.columns.join(" + ");
    let (likely, chance): (Vec<_>, Vec<_>) = profile.keys.iter().partition(|key| key.identifier);
    let mut lines: Vec<String> = likely
        .iter()
        .take(KEYS)
        .map(|key| {
            format!(
                "{GOOD}●{GOOD:#} {}  {DIM}no two of {} share it{DIM:#}",
                set(key),
                counted(key.of, "row")
            )
        })
        .collect();
    if !chance.is_empty() {
        let names: Vec<String> = chance.iter().take(KEYS).map(|key| set(key)).collect();
        let more = chance.len().saturating_sub(KEYS);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        lines.push(format!(
            "{DIM}○ unique here, but no identifiers: {}{more}{DIM:#}",
            names.join(", ")
        ));
    }
    if profile.keys.is_empty() && profile.rows > 0 {
        lines.push("no set of up to three columns without nulls is unique".to_owned());
    }
    for key in &profile.almost_keys {
        let says = format!(
            "{ODD}◐{ODD:#} {} is unique but for {} of {}",
            set(key),
            counted(key.repeats, "row"),
            grouped(key.of)
        );
        lines.extend(said(&says, &key.breaking, 0));
    }
    match profile.more_almost_keys {
        0 => {}
        1 => lines.push(format!(
            "{DIM}and 1 more column is unique but for a few rows{DIM:#}"
        )),
        n => lines.push(format!(
            "{DIM}and {} more columns are unique but for a few rows{DIM:#}",
            grouped(n)
        )),
    }
    lines
}

fn columns(profile: &Profile) -> String {
    let name = |column: &ColumnProfile| column.name.chars().count().min(NAME);
    let width = profile.columns.iter().map(name).max().unwrap_or(0).max(6);
    let head = format!(
        "{:width$}  {:FORM$} {:>6} {:>6} {:>9}  ",
        "column", "reads as", "nulls", "blanks", "distinct"
    );
    let rest = WIDTH.saturating_sub(width + FORM + 29).max(16);
    let mut text = format!("\n{DIM}{head}values{DIM:#}\n");
    for column in &profile.columns {
        let form = match column.fit == column.values {
            true => column.form.clone(),
            false => format!("{} {}", column.form, share(column.fit, column.values)),
        };
        let about = if column.exact { "" } else { "~" };
        text.push_str(&format!(
            "{:width$}  {:FORM$} {:>6} {:>6} {:>9}  {}\n",
            plain(&column.name, NAME),
            plain(&form, FORM),
            some(column.nulls),
            some(column.blanks),
            format!("{about}{}", grouped(column.distinct)),
            plain(&values(column), rest),
        ));
    }
    text
}

/// Nothing is a point, so that what is there stands out.
fn some(count: u64) -> String {
    if count == 0 {
        "·".to_owned()
    } else {
        grouped(count)
    }
}

fn share(part: u64, of: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(of.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn plain(text: &str, width: usize) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { '⏎' } else { c })
        .collect();
    cut(&line, width)
}

/// The ends of numbers and dates, the words of a short list, the shape of anything else.
fn values(column: &ColumnProfile) -> String {
    if let Some([least, .., greatest]) = &column.quantiles {
        return format!("{least} … {greatest}");
    }
    if !column.top.is_empty() && column.distinct <= 12 {
        let words = column
            .top
            .iter()
            .map(|top| format!("{} {}", top.text, grouped(top.rows)));
        return words.collect::<Vec<_>>().join(", ");
    }
    let shape = column
        .shapes
        .first()
        .filter(|shape| shape.rows * 2 > column.shapes_of);
    let lengths = column
        .lengths
        .map_or(String::new(), |[least, _, most]| match least == most {
            true => format!("{least} characters"),
            false => format!("{least}–{most} characters"),
        });
    match shape {
        Some(shape) => format!("{}  {lengths}", shape.text),
        None => lengths,
    }
}
