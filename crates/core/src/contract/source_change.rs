//! What changed between two versions of a source's contract.

use toml::Spanned;

use crate::document::key_span;
use crate::outcome::{Change, Class, Part, Spot};

use super::change::Written;
use super::{FileRule, Need, SourceColumn, SourceContract};

fn change(class: Class, what: &'static str, place: Spot, message: String) -> Change {
    Change::new(Part::Contract, class, what, place, message)
}

/// Every change of a source's contract: its files first, then column by column.
///
/// Columns are told apart by their name in the raw table, which is what models
/// read; a header cell of another spelling under the same name is compatible.
pub fn source_changes(
    old: Written<'_, SourceContract>,
    new: Written<'_, SourceContract>,
) -> Vec<Change> {
    let mut changes = files(&old.0.file, new);
    let words = [
        ("summary", &old.0.summary, &new.0.summary),
        ("owner", &old.0.owner, &new.0.owner),
    ];
    for (name, _, _) in words.iter().filter(|(_, old, new)| old != new) {
        let place = Spot::now(new.1, key_span(new.1, name));
        let message = format!("the {name} reads otherwise");
        changes.push(change(Class::Cosmetic, "words", place, message));
    }
    let (before, after) = (old.0.raw_names(), new.0.raw_names());
    for (name, (header, column)) in before.iter().zip(&old.0.columns) {
        let now = after.iter().position(|known| known == name);
        match now.and_then(|at| new.0.columns.get_index(at)) {
            Some((header_now, column_now)) => {
                let place = Spot::now(new.1, header_now.span());
                let headers = (header.get_ref().as_str(), header_now.get_ref().as_str());
                changes.extend(of_column(name, headers, (column, column_now), &place));
            }
            None => {
                let place = Spot::base(old.1, header.span());
                let message = format!("the raw column `{name}` is gone");
                let mut gone = change(Class::Breaking, "column_dropped", place, message);
                gone.columns = vec![name.clone()];
                changes.push(gone);
            }
        }
    }
    for (name, (header, _)) in after.iter().zip(&new.0.columns) {
        if !before.contains(name) {
            let message = format!("the raw column `{name}` is new");
            let place = Spot::now(new.1, header.span());
            changes.push(change(Class::Compatible, "column_added", place, message));
        }
    }
    changes
}

fn of_column(
    name: &str,
    headers: (&str, &str),
    (before, after): (&SourceColumn, &SourceColumn),
    place: &Spot,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |class, what, message: String| {
        let mut change = change(class, what, place.clone(), message);
        change.columns = vec![name.to_owned()];
        changes.push(change);
    };
    if headers.0 != headers.1 {
        let message = format!(
            "`{name}` comes from the header `{}`, no longer from `{}`",
            headers.1, headers.0
        );
        push(Class::Compatible, "header_changed", message);
    }
    let rank = |need: Need| match need {
        Need::Essential => 2,
        Need::Optional => 1,
        Need::Ignored => 0,
    };
    let word = |need: Need| match need {
        Need::Essential => "essential",
        Need::Optional => "optional",
        Need::Ignored => "ignored",
    };
    if before.need != after.need {
        let message = format!(
            "`{name}` was {} and is {}",
            word(before.need),
            word(after.need)
        );
        match rank(after.need) < rank(before.need) {
            true => push(Class::Breaking, "need_lowered", message),
            false => push(Class::Compatible, "need_raised", message),
        }
    }
    let pattern = |column: &SourceColumn| column.matches.as_ref().map(|m| m.get_ref().clone());
    if pattern(before) != pattern(after) {
        let message = format!("`{name}` is recognised by another pattern");
        push(Class::Compatible, "pattern_changed", message);
    }
    let since =
        |column: &SourceColumn| column.since.as_ref().map(|date| date.get_ref().to_string());
    let (from, to) = (since(before), since(after));
    if from != to {
        let message = format!("older files than another date may lack `{name}`");
        // Dates of one form stand in the order of their letters; none is before all.
        match to > from {
            true => push(Class::Breaking, "need_lowered", message),
            false => push(Class::Compatible, "need_raised", message),
        }
    }
    let names = |column: &SourceColumn| -> Vec<String> {
        column
            .was
            .iter()
            .map(|name| name.get_ref().clone())
            .collect()
    };
    if names(before) != names(after) {
        let message = format!("`{name}` is also read from other header cells than before");
        push(Class::Compatible, "header_changed", message);
    }
    if before.summary != after.summary {
        push(
            Class::Cosmetic,
            "words",
            format!("the summary of `{name}` reads otherwise"),
        );
    }
    changes
}

/// Changes of how the files are named and written.
fn files(old: &FileRule, (new, text): Written<'_, SourceContract>) -> Vec<Change> {
    let mut changes = Vec::new();
    let section = key_span(text, "file");
    let names = |rule: &FileRule| -> Vec<String> {
        rule.name
            .iter()
            .map(|name| name.get_ref().clone())
            .collect()
    };
    for gone in names(old)
        .iter()
        .filter(|name| !names(&new.file).contains(name))
    {
        let span = new.file.name.first().map_or(section.clone(), |n| n.span());
        let message = format!("files of the name `{gone}` are no longer taken in");
        let place = Spot::now(text, span);
        changes.push(change(Class::Breaking, "file_name_dropped", place, message));
    }
    for name in &new.file.name {
        if !names(old).contains(name.get_ref()) {
            let message = format!("files of the name `{}` are taken in too", name.get_ref());
            let place = Spot::now(text, name.span());
            changes.push(change(Class::Compatible, "file_name_added", place, message));
        }
    }
    let date = |rule: &FileRule| rule.date.as_ref().map(|date| date.get_ref().clone());
    let dialect = |rule: &FileRule| {
        let escape = rule.escape.as_ref().map(|sign| sign.get_ref().clone());
        let (delimiter, quote) = (rule.delimiter.get_ref(), rule.quote.get_ref());
        (rule.encoding, delimiter.clone(), quote.clone(), escape)
    };
    if date(old) != date(&new.file) {
        let span = new.file.date.as_ref().map_or(section.clone(), |d| d.span());
        let place = Spot::now(text, span);
        let message = "the date in a file's name is read otherwise".to_owned();
        changes.push(change(Class::Breaking, "file_date_changed", place, message));
    }
    if dialect(old) != dialect(&new.file) {
        let message = "files are read with another encoding, delimiter, quote or escape".to_owned();
        let place = Spot::now(text, section);
        changes.push(change(Class::Breaking, "dialect_changed", place, message));
    }
    changes.extend(limits(old, (new, text)));
    changes
}

/// Another limit of what a file may hold; what is not written is the default.
fn limits(old: &FileRule, (new, text): Written<'_, SourceContract>) -> Vec<Change> {
    let of = |rule: &FileRule| {
        [
            ("max_cell_bytes", rule.max_cell_bytes.clone()),
            ("max_record_bytes", rule.max_record_bytes.clone()),
            ("max_cells", rule.max_cells.clone()),
        ]
    };
    let shown = |limit: &Option<Spanned<u64>>| match limit {
        Some(limit) => limit.get_ref().to_string(),
        None => "the default".to_owned(),
    };
    let mut changes = Vec::new();
    for ((key, before), (_, now)) in of(old).into_iter().zip(of(&new.file)) {
        let ends = (
            before.as_ref().map(Spanned::get_ref),
            now.as_ref().map(Spanned::get_ref),
        );
        if ends.0 == ends.1 {
            continue;
        }
        let span = now.as_ref().map(Spanned::span);
        let place = Spot::now(text, span.unwrap_or_else(|| key_span(text, "file")));
        let message = format!("{key} was {} and is {}", shown(&before), shown(&now));
        // Whether the default is more or less is not written in the contract.
        changes.push(match ends {
            (Some(before), Some(now)) if now < before => {
                change(Class::Compatible, "limit_lowered", place, message)
            }
            _ => change(Class::Breaking, "limit_changed", place, message),
        });
    }
    changes
}
